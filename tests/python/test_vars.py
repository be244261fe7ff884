"""Values of vars: days (YAML reads 2024-06-30 as a date, which is neither text nor JSON), SQL."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_builds import dbt, query, set_environment
from test_bad_input import run_cli
from warehouse import PROJECT

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


# the project's vars but raw_path, any text in which quotes are doubled, and funnels, tested below
PROJECT_VARS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
CHECKED = PROJECT_VARS.keys() - {"raw_path", "funnels"}


@pytest.mark.parametrize(
    "given",
    [
        dict.fromkeys(CHECKED, "x'||'y"),
        {name: ["CNY"] for name in CHECKED | {"raw_path"}},
        {
            "as_of_date": "2024-02-30",
            "latest_date": "2023-02-29",
            "reporting_currency": "CNYX",
            "max_order_amount": True,
            "monthly_discount_rate": False,
            "pairs_window_days": 90,
            "raw_schema": "a.b.c",
            "raw_tables": {"orders": "sales.orders'--"},
            "inputs": {"orders": "a.b"},
        },
        {"reporting_currency": "", "max_order_amount": float("inf")},
        {"max_order_amount": float("nan")},
        {"funnels": {"a": {"window_hours": 1, "steps": ["visit", "x'||'y"]}}},
    ],
    ids=["SQL", "lists", "just beyond", "infinite", "no number", "funnels"],
)
def test_one_message_names_all_invalid_vars(
    given: dict[str, Any], database: Path, capfd: pytest.CaptureFixture
) -> None:
    """No value reaches SQL as SQL."""
    assert not dbt(["run-operation", "check_vars", "--vars", yaml.safe_dump(given)]).success
    said = "".join(capfd.readouterr())
    assert [name for name in given if f"var {name}" not in said] == []


def test_usual_values_are_accepted(database: Path) -> None:
    variables = {
        "raw_path": "/data/ann's shop",
        "raw_schema": "my-lake.sales 2",
        "raw_tables": {"orders": "db.sales.Shop_Orders", "events": "事件"},
        "as_of_date": "2024-02-29",
        "reporting_currency": " cny ",
        "max_order_amount": 0.5,
        "monthly_discount_rate": 0,
        "pairs_window_days": 91,
        "shop_timezone": "America/Argentina/Buenos_Aires",
        "input_timezone": "shop",
    }
    assert dbt(["run-operation", "check_vars", "--vars", json.dumps(variables)]).success
