"""The command check: what would a build read from a folder, and what is wrong with it?"""

import json
import os
import shlex
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from customer_analytics.contract import PROJECT, Table, read_contract
from customer_analytics.dbt_runs import (
    DbtFailure,
    environment,
    log_file,
    run_dbt,
    show_steps,
)
from customer_analytics.inputs import export_hints, inspect_folder, resolve_folder
from customer_analytics.screen import Steps, percent

NOTABLE_EMPTY_SHARE = 0.2
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
SEVERITIES = ("warning: ", "note: ")
NOTHING_READ = {"counts": {}, "warnings": [], "ignored": []}


def check_folder(folder: str | Path, console: Console, variables: dict | None = None) -> bool:
    """Print tables, problems and warnings of a folder; return whether a build would run."""
    location = resolve_folder(folder)
    with Steps("check") as steps:
        report = (
            _report(location, variables, steps)
            if location.is_dir()
            else _report_without_dbt(location)
        )
    if report["tables"]:
        console.print(_overview(report))
    # print, not rich: rich would wrap the lines
    for line in report["warnings"]:
        print(line)
    for table, found in report["tables"].items():
        if found["extra_columns"]:
            print(f"ignored columns in {table}: {', '.join(found['extra_columns'])}")
    if report["ignored"]:
        print(f"ignored in the folder: {', '.join(report['ignored'])}")
        if not report["problems"]:
            # otherwise a problem names the command already
            for hint in export_hints(location, [location / name for name in report["ignored"]]):
                print(f"not converted: {hint}")
    for problem in report["problems"]:
        print(f"problem: {problem}")
    if report["problems"]:
        count = len(report["problems"])
        print(
            "fix this problem before you build"
            if count == 1
            else f"fix these {count} problems before you build"
        )
    else:
        command = shlex.join(
            ["python", "-m", "customer_analytics", "build", "--data", str(location)]
        )
        print(f"ready to build: {command}")
    return not report["problems"]


def _report_without_dbt(location: Path) -> dict:
    problems = inspect_folder(location).problems
    return {"location": str(location), "problems": problems, "tables": {}} | NOTHING_READ


def _report(location: Path, variables: dict | None = None, steps: Steps | None = None) -> dict:
    """Run the macros and models of a build in an in-memory database, so nothing is changed."""
    messages = []

    def keep(event) -> None:
        if event.info.name == "JinjaLogInfo":
            messages.append(event.data.msg)
        elif count_step:
            count_step(event)

    count_step = show_steps(steps) if steps else None
    options = ["--vars", json.dumps(variables or {})]
    # a separate target folder, or the next build would have to parse the whole project again
    settings = {
        "SHOP_DATA": str(location),
        "ANALYTICS_DB": ":memory:",
        "DBT_TARGET_PATH": str(PROJECT / os.environ.get("DBT_TARGET_PATH", "target") / "check"),
    }
    with environment(**settings):
        run_dbt(["run-operation", "report_inputs", *options], keep)
        reports = [message for message in messages if message.startswith("{")]
        if not reports:
            raise DbtFailure(f"dbt did not report the input tables of {location}: see {log_file()}")
        report = json.loads(reports[-1])
        if not report["problems"]:
            run_dbt(["build", "--select", "+audit_warnings", *WITHOUT_TESTS, *options], keep)
    lines = [line for message in messages for line in message.split("\n")]
    return report | {"warnings": [line for line in lines if line.startswith(SEVERITIES)]}


def _overview(report: dict) -> Grid:
    grid = Grid(title=f"Input tables in {report['location']}", title_justify="left")
    grid.add_column("table", no_wrap=True)
    grid.add_column("rows", justify="right", no_wrap=True)
    grid.add_column("files", overflow="fold")
    grid.add_column("remarks", overflow="fold")
    grid.add_column("unlocks", overflow="fold")
    for table in read_contract().values():
        found = report["tables"].get(table.name)
        style = None if found else "dim"
        grid.add_row(*_row(table, found, report), style=style)
    return grid


def _row(table: Table, found: dict | None, report: dict) -> list[str]:
    name = f"{table.name} *" if table.required else table.name
    opens = ", ".join(table.opens) or "no mart yet"
    if found is None:
        return [name, "absent", "", "", opens]
    files = found["files"][0] if len(found["files"]) == 1 else f"{len(found['files'])} files"
    counts = report["counts"].get(table.name)
    if counts is None:
        return [name, "?", files, "see the problem below", opens]
    return [name, f"{counts['rows']:,}", files, "; ".join(_remarks(table, found, counts)), opens]


def _remarks(table: Table, found: dict, counts: dict) -> list[str]:
    """Absent columns, and shares of empty or unreadable values worth reporting.

    Empty values are reported from NOTABLE_EMPTY_SHARE on; in required columns, always.
    """
    remarks = []
    present = {column for part in found["parts"] for column in part["columns"]}
    rows = counts["rows"]
    for column in table.columns.values():
        filled, readable = (counts["columns"][column.name][kind] for kind in ("filled", "readable"))
        if column.name not in present or rows == 0:
            continue
        empty = (rows - filled) / rows
        if empty and (column.required or empty >= NOTABLE_EMPTY_SHARE):
            remarks.append(f"{column.name} {percent(empty)} empty")
        if readable < filled:
            remarks.append(f"{column.name} {percent((filled - readable) / rows)} unreadable")
    absent = [column for column in table.columns if column not in present]
    return remarks + ([f"no column {', '.join(absent)}"] if absent else [])
