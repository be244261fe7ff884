"""Mistakes in the seeds stop a build, and its one line names all of them."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from small_builds import ORDERS
from test_bad_input import run_cli
from warehouse import PROJECT, copy_project

from customer_analytics import build, dbt_runs, failed_tests

SEEDS = ["--select", "resource_type:seed", "--indirect-selection", "cautious"]


def add_lines(file: Path, *lines: str) -> None:
    """Add lines to a seed."""
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def test_message_names_all_failed_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """A line twice, a code that is a path, a word with an unknown status, a missing label."""
    project = copy_project(tmp_path / "project")
    shutil.copytree(PROJECT / "tests" / "seeds", project / "tests" / "seeds")
    seeds = project / "seeds" / "config"
    labels = seeds / "labels.csv"
    lines = labels.read_text(encoding="utf-8").splitlines()
    add_lines(labels, lines[4], "channel,kiosk,Kiosk,")
    outside = "../../../outside,Outside,外面,Why,原因,next_order,0.1,true,0,1,"
    actions = seeds / "customer_actions.csv"
    last = len(actions.read_text(encoding="utf-8").splitlines()) + 1
    add_lines(actions, outside)
    add_lines(seeds / "order_status_mapping.csv", "lost,vanished")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "orders.csv").write_text(ORDERS, encoding="utf-8")
    for module in (dbt_runs, failed_tests):
        monkeypatch.setattr(module, "PROJECT", project)
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(project)

    def run_seeds(arguments: list[str], *others: Any) -> Any:
        selected = [] if "--select" in arguments else SEEDS
        return dbt_runs.run_dbt([*arguments, *selected], *others)

    monkeypatch.setattr(build, "run_dbt", run_seeds)
    arguments = ["build", "--data", str(raw), "--database", str(tmp_path / "shop.duckdb")]
    assert run_cli(arguments, monkeypatch) == 1
    (error,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Error: ")]
    for expected in (
        f"(seeds/config/labels.csv line 5 and {len(lines) + 1})",
        f"label_zh '' (seeds/config/labels.csv line {len(lines) + 2})",
        f"action_code '../../../outside' (seeds/config/customer_actions.csv line {last})",
        "status 'vanished' (seeds/config/order_status_mapping.csv line ",
        "correct these and build again",
        "dbt.log",
    ):
        assert expected in error
    assert (tmp_path / "DBT_LOG_PATH" / "dbt.log").exists()
