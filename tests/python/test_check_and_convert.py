"""The commands check and convert."""

import csv
import gzip
import json
import sys
import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from rich.console import Console

from customer_analytics import check as check_command
from customer_analytics import cli, csv_inputs
from customer_analytics.contract import PROJECT
from customer_analytics.convert import convert_all
from customer_analytics.dbt_runs import first_line
from customer_analytics.inputs import inspect_folder
from customer_analytics.options import database_file, merge_variables
from customer_analytics.raw_tables import InputError
from customer_analytics.screen import percent

HEADER = ["order_id", "ordered_at", "paid_amount", "status"]


def run(arguments: list, monkeypatch) -> int:
    monkeypatch.setattr(sys, "argv", ["customer_analytics", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code


def rows_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def save_book(file: Path, **sheets: list[list]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file


# -- convert: text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "status"),
    [
        ("gbk", "已付款，浙江省"),
        ("gb18030", "已付款𠮷"),
        ("utf-16", "已付款"),
        ("utf-16-be", "paid"),
        ("big5", "已付款，臺北市"),
        ("cp1252", "Größe für Köln"),
        ("utf-8-sig", "已付款"),
    ],
)
def test_encodings_are_converted_to_utf_8(tmp_path, encoding, status):
    text = "order_id,ordered_at,paid_amount,status\n" + f'1,2024-01-01,9.50,"{status}"\n' * 20
    source = tmp_path / "orders.csv"
    source.write_bytes(text.encode(encoding))
    before = source.read_bytes()
    (written,) = convert_all(source, tmp_path / "out", None, False)
    assert written.rows == 20
    assert rows_of(tmp_path / "out" / "orders.csv") == [
        HEADER,
        *[["1", "2024-01-01", "9.50", status]] * 20,
    ]
    assert source.read_bytes() == before
    assert inspect_folder(tmp_path / "out").problems == []


def test_encoding_option_overrides_detection(tmp_path):
    source = tmp_path / "orders.csv"
    source.write_bytes("order_id,status\n1,\xa3 5\n".encode("latin-1"))
    convert_all(source, tmp_path / "out", "latin-1", False)
    assert rows_of(tmp_path / "out" / "orders.csv")[1] == ["1", "£ 5"]
    with pytest.raises(InputError, match="cannot be read as ascii"):
        convert_all(source, tmp_path / "second", "ascii", False)
    assert list((tmp_path / "second").glob("*")) == []
    with pytest.raises(InputError, match="cannot be read as klingon"):
        convert_all(source, tmp_path / "second", "klingon", False)


def test_invalid_characters_are_replaced_and_counted(tmp_path):
    source = tmp_path / "orders.csv"
    lines = ["order_id,status", *["1,已付款"] * 50]
    source.write_bytes("\n".join(lines).encode() + b"\n2,\xe5\xb7\n")
    (written,) = convert_all(source, tmp_path / "out", None, False)
    assert written.remarks == ("1 invalid characters replaced by \ufffd",)
    assert rows_of(tmp_path / "out" / "orders.csv")[-1] == ["2", "\ufffd"]


def test_irregular_files_are_normalized(tmp_path):
    source = tmp_path / "in" / "orders.csv.gz"
    source.parent.mkdir()
    text = "\r\norder_id;ordered_at;paid_amount\r\n1;2024-01-01;2\r3;2024-01-02;4\n\n"
    source.write_bytes(gzip.compress(text.encode()))
    convert_all(source, tmp_path / "out", None, False)
    content = (tmp_path / "out" / "orders.csv").read_bytes()
    assert content == b"order_id,ordered_at,paid_amount\n1,2024-01-01,2\n3,2024-01-02,4\n"


def test_unconvertible_files_are_named(tmp_path):
    for name, content, said in (
        ("orders.csv", b"", "0 bytes"),
        ("orders.csv", b"PAR1", "a Parquet file"),
        ("orders.xlsx", b"nothing", "not a readable Excel workbook"),
        ("orders.csv", b'a,b\n1,"2\n3,4\n', "unbalanced quote near line 3"),
        ("orders.doc", b"", "neither CSV nor Excel"),
    ):
        source = tmp_path / name
        source.write_bytes(content)
        with pytest.raises(InputError, match=said) as raised:
            convert_all(source, tmp_path / "out", None, False)
        assert str(source) in str(raised.value)
        assert "\n" not in str(raised.value)
    assert list((tmp_path / "out").glob("*")) == []


def test_all_files_of_a_folder_are_converted(tmp_path):
    source = tmp_path / "in"
    (source / "events").mkdir(parents=True)
    (source / "orders.csv").write_bytes("order_id,状态\n1,已付款\n".encode("gbk"))
    (source / "events" / "1.csv").write_bytes("event_id\n1\n".encode("utf-16"))
    (source / "refunds.parquet").write_bytes(b"PAR1")
    (source / "notes.md").write_text("notes")
    save_book(
        source / "more.xlsx", customers=[["customer_id"], [1]], products=[["product_id"], [2]]
    )
    written = convert_all(source, tmp_path / "out", None, False)
    names = sorted(item.target.relative_to(tmp_path / "out").as_posix() for item in written)
    expected = ["customers.csv", "events/1.csv", "orders.csv", "products.csv", "refunds.parquet"]
    assert names == expected


def test_existing_files_are_not_overwritten(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "orders.csv").write_text("order_id\n1\n")
    with pytest.raises(InputError, match="never written to"):
        convert_all(source / "orders.csv", source, None, True)
    with pytest.raises(InputError, match="never written to"):
        convert_all(source, source, None, True)
    convert_all(source, tmp_path / "out", None, False)
    with pytest.raises(InputError, match="add --overwrite"):
        convert_all(source, tmp_path / "out", None, False)
    convert_all(source, tmp_path / "out", None, True)
    save_book(source / "orders.xlsx", orders=[["order_id"], [1]])
    with pytest.raises(InputError, match="just written from another source"):
        convert_all(source, tmp_path / "second", None, False)


# -- convert: Excel -------------------------------------------------------------------------------


def test_cells_keep_their_decimals_and_dates_are_iso(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.append(
        ["id", "money", "noise", "day", "timestamp", "flag", "text", "empty", "share", "time"]
    )
    sheet.append(
        [
            1234567890123,
            19.9,
            0.1 + 0.2,
            datetime(2024, 6, 30),
            datetime(2024, 6, 30, 12, 34, 56),
            True,
            "a,b\nc",
            None,
            0.15,
            time(9, 30),
        ]
    )
    formats = {"B2": "¥#,##0.00", "D2": "yyyy/m/d", "E2": "yyyy/m/d h:mm:ss", "I2": "0.0%"}
    for cell, number_format in formats.items():
        sheet[cell].number_format = number_format
    sheet.append([None] * 10)
    sheet.append([2, 1e-7, 1e20, datetime(2024, 6, 30, 0, 0, 0), None, False, "=", "x"])
    sheet["D4"].number_format = "yyyy-mm-dd hh:mm"
    book.save(tmp_path / "orders.xlsx")
    (written,) = convert_all(tmp_path / "orders.xlsx", tmp_path / "out", None, False)
    assert written.rows == 2
    assert rows_of(written.target)[1:] == [
        [
            "1234567890123",
            "19.90",
            "0.3",
            "2024-06-30",
            "2024-06-30 12:34:56",
            "true",
            "a,b\nc",
            "",
            "0.15",
            "09:30:00",
        ],
        ["2", "0.0000001", "1" + "0" * 20, "2024-06-30 00:00:00", "", "false", "=", "x", "", ""],
    ]


def test_excel_times_are_rounded_to_seconds(tmp_path):
    timestamps = [datetime(2024, 1, 1) + timedelta(seconds=7919 * number) for number in range(200)]
    save_book(
        tmp_path / "orders.xlsx",
        orders=[["ordered_at"], *[[timestamp] for timestamp in timestamps]],
    )
    (written,) = convert_all(tmp_path / "orders.xlsx", tmp_path / "out", None, False)
    assert [row[0] for row in rows_of(written.target)[1:]] == [
        timestamp.isoformat(sep=" ") for timestamp in timestamps
    ]


def test_sheets_become_tables(tmp_path):
    one = save_book(tmp_path / "orders.xlsx", Sheet1=[["order_id"], [1]], Empty=[])
    (written,) = convert_all(one, tmp_path / "one", None, False)
    assert written.target.name == "orders.csv"
    two = save_book(tmp_path / "export.xlsx", Orders=[["order_id"], [1]], refunds=[["refund_id"]])
    names = [item.target.name for item in convert_all(two, tmp_path / "two", None, False)]
    assert names == ["Orders.csv", "refunds.csv"]
    with pytest.raises(InputError, match="all sheets of this workbook are empty"):
        convert_all(save_book(tmp_path / "none.xlsx", a=[]), tmp_path / "none", None, False)


def test_formulas_without_a_saved_result_are_counted(tmp_path):
    file = save_book(tmp_path / "orders.xlsx", orders=[["order_id", "paid_amount"], [1, "=1+1"]])
    (written,) = convert_all(file, tmp_path / "out", None, False)
    assert "1 formulas have no cached value" in written.remarks[0]


# -- the commands ---------------------------------------------------------------------------------


def test_convert_reports_files_and_errors_in_one_line(tmp_path, capfd, monkeypatch):
    source = tmp_path / "orders.csv"
    source.write_bytes("order_id,状态\n1,已付款\n2,已发货\n".encode("gbk"))
    assert run(["convert", source, tmp_path / "out"], monkeypatch) == 0
    said = capfd.readouterr().out
    assert said == f"{tmp_path / 'out' / 'orders.csv'}: 2 rows from {source} (gb18030)\n"
    assert run(["convert", source, tmp_path / "out"], monkeypatch) == 1
    assert len(capfd.readouterr().err.splitlines()) == 1
    assert run(["convert", tmp_path / "nowhere", tmp_path / "out"], monkeypatch) == 2
    assert "does not exist" in capfd.readouterr().err


def test_internal_errors_are_reported_in_one_line(tmp_path, capfd, monkeypatch):
    def broken(*arguments) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path))
    monkeypatch.setattr(check_command, "check_folder", broken)
    assert run(["check", tmp_path], monkeypatch) == 1
    said = capfd.readouterr().err
    assert said.startswith("Error: unexpected ZeroDivisionError: two lines")
    assert len(said.splitlines()) == 1
    assert "Traceback" in (tmp_path / "customer_analytics_error.log").read_text()


def test_interruption_prints_no_traceback(tmp_path, capfd, monkeypatch):
    def interrupted(*arguments) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check_command, "check_folder", interrupted)
    assert run(["check", tmp_path], monkeypatch) == 130
    assert capfd.readouterr().err.split() == ["stopped"]


@pytest.fixture(scope="module")
def target_folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("check")


@pytest.fixture
def own_target(target_folder, monkeypatch) -> None:
    """Parsed files and logs of dbt do not land in the project."""
    monkeypatch.setenv("DBT_TARGET_PATH", str(target_folder / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(target_folder / "logs"))


@pytest.mark.parametrize("command", [[], ["check"], ["convert"], ["build"], ["simulate"]])
def test_every_command_has_help(command, capfd, monkeypatch):
    assert run([*command, "--help"], monkeypatch) == 0
    assert "Usage:" in capfd.readouterr().out


@pytest.mark.parametrize(
    "option", [["--vars", "["], ["--vars", "x"], ["--timezone", "Mars"], ["--nonsense"]]
)
def test_invalid_options_are_named(option, capfd, monkeypatch):
    assert run(["build", *option], monkeypatch) == 2
    assert "Traceback" not in capfd.readouterr().err


def test_options_become_vars():
    merged = merge_variables("{rfm_window_days: 90, as_of_date: 2024-01-01}", None, None)
    assert merged == {"rfm_window_days": 90, "as_of_date": "2024-01-01"}
    merged = merge_variables("as_of_date: 2024-01-01", "2024-06-30", "Asia/Shanghai")
    assert merged == {"as_of_date": "2024-06-30", "shop_timezone": "Asia/Shanghai"}
    assert merge_variables(None, None, None) == {}


def test_database_from_option_environment_or_default(monkeypatch, tmp_path):
    monkeypatch.setenv("ANALYTICS_DB", "a.duckdb")
    assert database_file(tmp_path / "b.duckdb") == tmp_path / "b.duckdb"
    assert database_file() == PROJECT / "a.duckdb"
    monkeypatch.delenv("ANALYTICS_DB")
    assert database_file() == PROJECT / "build" / "analytics.duckdb"


def test_dbt_messages_are_shortened():
    assert (
        first_line("Compilation Error in operation x\n  orders: gone\n\n  > in macro")
        == "orders: gone"
    )
    assert first_line("Got 3 results, configured to fail if != 0") == (
        "Got 3 results, configured to fail if != 0"
    )
    assert first_line("") == "no reason given"


def test_percentages_never_round_to_0_or_100():
    shares = [0, 0.0001, 0.001, 0.5, 0.9999, 1]
    assert list(map(percent, shares)) == [
        "0%",
        "under 0.1%",
        "0.1%",
        "50.0%",
        "over 99.9%",
        "100%",
    ]


def test_check_shows_tables_shares_and_ignored_files(tmp_path, own_target, capfd, monkeypatch):
    raw = tmp_path / "raw"
    raw.mkdir()
    lines = [f"o{number},2024-01-{number:02},{number}.00,,x" for number in range(1, 10)]
    content = "order_id,ordered_at,paid_amount,customer_id,extra\n" + "\n".join(lines)
    (raw / "orders.csv").write_text(content + '\no10,yesterday,"1,234.50",c1,x\n')
    (raw / "refunds.csv").write_text("refund_id,refunded_at,refund_amount\n")
    (raw / "readme.txt").write_text("hello")
    monkeypatch.setattr(cli, "screen", lambda: Console(width=400))
    assert run(["check", raw], monkeypatch) == 0
    said = " ".join(capfd.readouterr().out.replace("│", " ").split())
    assert "ordered_at 10.0% unreadable" in said
    assert "paid_amount 10.0% unreadable" in said
    assert "customer_id 90.0% empty" in said
    assert "ignored columns in orders: extra" in said
    assert "ignored in the folder: readme.txt" in said
    assert "fct_customer_churn.has_bad_reviews" in said
    assert f"build --data {raw}" in said


def test_check_uses_the_macros_of_staging(tmp_path, own_target):
    """Its shares are those of the values that staging turns into something."""
    raw = tmp_path / "raw"
    raw.mkdir()
    values = ["1.50", "+2", "-3.", ".5", "1e5", "NaN", "1_000", "1,234.50", "infinity", "", " 7 "]
    content = "\n".join(f'o{number},2024-01-01,"{value}"' for number, value in enumerate(values))
    (raw / "orders.csv").write_text("order_id,ordered_at,paid_amount\n" + content + "\n")
    report = check_command._report(raw)
    assert report["counts"]["orders"]["columns"]["paid_amount"] == {"filled": 10, "readable": 5}
    assert json.dumps(report["problems"]) == "[]"


# -- files that would fill the memory --------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"o1,2024-01-01,1," + b"x" * 20_000_000 + b"\n", "has a line or value longer than 16 MB"),
        (
            b'o1,2024-01-01,1,"' + (b"x" * 99 + b"\n") * 200_000 + b'"\n',
            "has a line or value longer than 16 MB: check",
        ),
    ],
    ids=["one line", "many lines"],
)
def test_huge_value_is_a_problem(tmp_path: Path, written: bytes, expected: str) -> None:
    """A small compressed file; memory holds no more than the longest line allowed."""
    file = tmp_path / "orders.csv.gz"
    file.write_bytes(gzip.compress(",".join(HEADER).encode() + b"\n" + written))
    assert file.stat().st_size < 100_000
    (problem,) = inspect_folder(tmp_path).problems
    assert expected in problem
    with pytest.raises(InputError, match=r"16 MB|field larger than field limit"):
        convert_all(tmp_path, tmp_path / "out", None, overwrite=False)
    assert not list((tmp_path / "out").rglob("*.csv"))


def test_longest_allowed_value_is_read(tmp_path: Path) -> None:
    """15 MB; longer than DuckDB's own limit of a line."""
    rows = b"o1,2024-01-01,1," + b"x" * 15_000_000 + b"\no2,2024-01-01,1,\n"
    (tmp_path / "orders.csv").write_bytes(",".join(HEADER).encode() + b"\n" + rows)
    inputs = inspect_folder(tmp_path)
    assert inputs.problems == []
    assert inputs.tables["orders"].rows == 2


def test_large_irregular_file_must_be_converted(tmp_path: Path, monkeypatch) -> None:
    """DuckDB reads an irregular file in one buffer."""
    monkeypatch.setattr(csv_inputs, "LARGEST_BUFFER", 2_000_000)
    rows = b"o1,2024-01-01,1,\n" * 100_000
    (tmp_path / "orders.csv").write_bytes(",".join(HEADER).encode() + b"\n\n" + rows)
    (problem,) = inspect_folder(tmp_path).problems
    assert "cannot be read safely (it has 1 MB): run `customer-analytics convert" in problem


@pytest.mark.parametrize("cell", ["XFD1", "XFD50"])
def test_cell_far_to_the_right_is_refused(tmp_path: Path, cell: str) -> None:
    book = Workbook()
    for row in [HEADER, *([f"o{number}", "2024-01-01", 1] for number in range(100))]:
        book.active.append(row)
    book.active[cell] = "x"
    book.save(tmp_path / "orders.xlsx")
    with pytest.raises(InputError, match="sheet Sheet has a value in column XFD"):
        convert_all(tmp_path, tmp_path / "out", None, overwrite=False)
    assert not list((tmp_path / "out").rglob("*.csv"))


def test_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    file = save_book(tmp_path / "orders.xlsx", orders=[HEADER, ["o1", "2024-01-01", 1]])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/extra.xml", b" " * 70_000_000)
    with pytest.raises(InputError, match=r"xl/extra\.xml in this workbook unpacks to 66 MB"):
        convert_all(file, tmp_path / "out", None, overwrite=False)
