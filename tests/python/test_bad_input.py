"""Bad input stops a build with one clear message."""

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from small_builds import EXCLUDED, ORDERS, SMALL_BUILD, content, dbt, set_environment

from customer_analytics import cli
from customer_analytics.contract import PROJECT


def folder_with(**files: str | bytes) -> Callable[[Path], None]:
    """A function that fills a folder; dots of file names are written as two underscores."""

    def fill(folder: Path) -> None:
        folder.mkdir(parents=True)
        for name, text in files.items():
            file = folder / name.replace("__", ".")
            data = text.encode() if isinstance(text, str) else text
            file.write_bytes(gzip.compress(data) if file.suffix == ".gz" else data)

    return fill


def nowhere(folder: Path) -> None:
    """A folder that is not there."""


BAD = {
    "missing folder": (nowhere, ["does not exist"]),
    "empty folder": (folder_with(), ["orders: required table missing", "found: nothing"]),
    "no orders": (
        folder_with(customers__csv="customer_id\nc1\n"),
        ["orders: required table missing", "found: customers.csv"],
    ),
    "missing required column": (
        folder_with(orders__csv="order_id,ordered_at,total\no1,2024-01-01,2\n"),
        [
            "orders.paid_amount: required column missing",
            "orders.csv",
            "found: order_id, ordered_at",
        ],
    ),
    "missing required column of another table": (
        folder_with(orders__csv=ORDERS, events__csv="event_id,occurred_at\ne,2024-01-01\n"),
        ["events.event_name: required column missing", "events.csv"],
    ),
    "garbage": (
        folder_with(orders__parquet=b"no parquet at all"),
        ["orders: ", "orders.parquet", "cannot be read as Parquet"],
    ),
    "binary csv": (
        folder_with(orders__csv=bytes(range(256)) * 10),
        ["orders: ", "orders.csv", "is a binary file, not CSV"],
    ),
    "zero bytes": (folder_with(orders__csv=""), ["orders: ", "orders.csv", "is empty (0 bytes)"]),
    "zero bytes of another table": (
        folder_with(orders__csv=ORDERS, refunds__csv=""),
        ["refunds: ", "refunds.csv", "is empty (0 bytes)"],
    ),
    "header only": (
        folder_with(orders__csv=ORDERS.split("\n")[0] + "\n"),
        ["orders: ", "orders.csv", "has a header but no rows"],
    ),
    "unreadable throughout": (
        folder_with(orders__csv=ORDERS.replace("9.50", '"1,234.50"').replace("1.00", "1e5")),
        [
            "orders.paid_amount: no value",
            "orders.csv",
            "1,234.50",
            "1e5",
            "can be read as decimal",
        ],
    ),
    "empty throughout": (
        folder_with(orders__csv="order_id,ordered_at,paid_amount\n,2024-01-01,1\n,2024-01-02,1\n"),
        ["orders.order_id: no value", "found: only empty values"],
    ),
    "no number in Parquet": (None, ["orders.paid_amount: no value", "found: nan"]),
    "two files": (
        folder_with(orders__csv=ORDERS, orders__csv__gz=ORDERS),
        ["orders: ", "orders.csv and orders.csv.gz", "the same table twice"],
    ),
    "another encoding": (
        folder_with(orders__csv=ORDERS.encode("utf-16")),
        [
            "orders: ",
            "orders.csv",
            "is not UTF-8 (looks like utf-16)",
            "customer-analytics convert",
        ],
    ),
    "broken quotation mark": (
        folder_with(orders__csv=ORDERS + 'o3,"2024-01-01,1\no4,2024-01-01,2\n'),
        ["orders: ", "orders.csv", "the quote opened on line 4 is never closed"],
    ),
}


def fill(name: str, folder: Path) -> None:
    make = BAD[name][0]
    if make:
        make(folder)
        return
    folder.mkdir(parents=True)
    duckdb.sql(
        "copy (select 'o1' as order_id, date '2024-01-01' as ordered_at,"
        f" 'nan'::double as paid_amount) to '{folder / 'orders.parquet'}'"
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    """A database with results of good input."""
    folder = tmp_path_factory.mktemp("earlier")
    with pytest.MonkeyPatch.context() as patch:
        set_environment(patch, folder, folder / "good")
        folder_with(orders__csv=ORDERS)(folder / "good")
        dbt(SMALL_BUILD)
    return folder / "earlier.duckdb"


@pytest.fixture
def earlier(database, monkeypatch, tmp_path) -> Path:
    """The same, with the environment pointing at a folder of raw files still to be filled."""
    set_environment(monkeypatch, database.parent, tmp_path / "raw")
    return database


def stated_once(output: str, fragments: list[str]) -> None:
    """One line says all of it, and no line is part of a traceback."""
    assert "Traceback" not in output
    lines = [line for line in output.splitlines() if all(part in line for part in fragments)]
    assert len(lines) == 1, output


def run_cli(arguments: list[str], monkeypatch) -> int:
    monkeypatch.setattr(sys, "argv", ["customer_analytics", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code


@pytest.mark.parametrize("name", BAD)
def test_dbt_build_reports_once_and_keeps_earlier_orders(earlier, tmp_path, capfd, name):
    before = content(earlier)
    assert len(before["input.orders"]) == 2
    fill(name, tmp_path / "raw")
    outcome = dbt(SMALL_BUILD)
    assert not outcome.success
    printed = capfd.readouterr()
    stated_once(printed.out + printed.err, [*BAD[name][1], str(tmp_path / "raw")])
    assert content(earlier)["input.orders"] == before["input.orders"]


@pytest.mark.parametrize(
    "name", ["missing folder", "garbage", "unreadable throughout", "two files"]
)
def test_command_build_reports_in_one_line(earlier, tmp_path, capfd, monkeypatch, name):
    before = content(earlier)
    fill(name, tmp_path / "raw")
    assert run_cli(["build"], monkeypatch) == 1
    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    stated_once(printed.err, ["Error: ", *BAD[name][1], str(tmp_path / "raw")])
    assert content(earlier) == before


@pytest.mark.parametrize("name", ["empty folder", "zero bytes", "unreadable throughout"])
def test_command_check_reports_the_same_problem(earlier, tmp_path, capfd, monkeypatch, name):
    fill(name, tmp_path / "raw")
    assert run_cli(["check", str(tmp_path / "raw")], monkeypatch) == 1
    stated_once(capfd.readouterr().out, ["problem: ", *BAD[name][1], str(tmp_path / "raw")])


def test_other_commands_do_not_change_the_input_views(earlier):
    before = content(earlier)
    for command in (["compile"], ["test"]):
        assert dbt([*command, "--select", "order_status_mapping", *EXCLUDED, "--quiet"]).success
        assert content(earlier) == before


def test_exit_status_of_commands(earlier, tmp_path):
    """In a subprocess, as a shell or scheduler sees it."""
    for command in (
        [str(Path(sys.executable).with_name("dbt")), *SMALL_BUILD],
        [sys.executable, "-m", "customer_analytics", "build", "--data", str(tmp_path / "raw")],
    ):
        done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
        assert done.returncode != 0
        stated_once(done.stdout + done.stderr, [str(tmp_path / "raw"), "does not exist"])
