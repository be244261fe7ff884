"""Days as vars: YAML reads 2024-06-30 as a date, which is neither text nor JSON."""

from pathlib import Path
from typing import Any

import pytest
from small_builds import dbt, query, set_environment
from test_bad_input import run_cli

from customer_analytics import build
from customer_analytics.dbt_runs import DbtFailure, run_dbt

DAYS = "{earliest_date: 2015-01-01, latest_date: 2016-12-31, as_of_date: 2016-06-30}"
ORDERS = "order_id,ordered_at,paid_amount\n" + "".join(
    f"o{year},{year}-06-01,9.50\n" for year in range(2013, 2019)
)
SELECTION = ["--select", "+stg_shop__orders", "--exclude-resource-type", "test"]
SELECTION += ["--exclude-resource-type", "unit_test"]
ACCEPTED = "select order_id from staging.stg_shop__orders order by order_id"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database to build from orders of six years."""
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return set_environment(monkeypatch, tmp_path, raw)


def test_dbt_accepts_unquoted_yaml_dates(database: Path) -> None:
    outcome = dbt(["build", *SELECTION, "--quiet", "--vars", DAYS])
    assert outcome.success, outcome.exception or outcome.result
    assert query(database, ACCEPTED) == [("o2015",), ("o2016",)]


def test_command_build_accepts_unquoted_yaml_dates(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_some(arguments: list[str], *others: Any) -> Any:
        return run_dbt([*arguments, *SELECTION], *others)

    monkeypatch.setattr(build, "run_dbt", run_some)
    for name in ("publish", "write_report", "print_results"):
        monkeypatch.setattr(build, name, lambda *_: None)
    arguments = ["build", "--database", str(database), "--vars", DAYS]
    assert run_cli(arguments, monkeypatch) == 0
    assert query(database, ACCEPTED) == [("o2015",), ("o2016",)]


def test_failed_operation_reports_the_reason(database: Path) -> None:
    """dbt's result of an operation names neither a node nor a reason."""
    with pytest.raises(DbtFailure, match=r"^var rfm_scoring is 'x': use bands"):
        run_dbt(["run-operation", "check_vars", "--vars", "{rfm_scoring: x}"])
    with pytest.raises(DbtFailure, match="no_such_macro"):
        run_dbt(["run-operation", "no_such_macro"])
