"""Small exports as shop systems, warehouses, data frames and spreadsheets write them.

Each case is a folder of ../shared/data/cases with what is wrong in it; the values here are
worked out by hand. What the folders stand for is also tried on rows of our own.
"""

import gzip
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import skip
from test_bad_input import run_cli as run
from warehouse import PROJECT, Build, BuildFailed, Warehouse, copy_project, write_shop

from customer_analytics.csv_files import is_padded_gzip

CASES = PROJECT.parent / "shared" / "data" / "cases"
OF_ORDERS = "+fct_orders"
WARNINGS = "+audit_warnings"
SHANGHAI = "Asia/Shanghai"


def case(name: str) -> Path:
    """The folder of a case; skips where it is absent."""
    if not (CASES / name).exists():
        skip(f"no case {CASES / name}: nothing to compare")
    return CASES / name


def guest(address: str) -> str:
    """The person of an email address that no account has."""
    return f"person:{sha256(address.encode()).hexdigest()[:32]}"


def column(build: Build, name: str) -> dict[str, Any]:
    """A column of fct_orders by order id."""
    return {key: row[name] for key, row in build.by_key("fct_orders", "order_id").items()}


def orders(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Orders of one day that differ in what a test is about."""
    given = {"ordered_at": "2024-05-01 08:00:00", "paid_amount": 100}
    return [{"order_id": f"o{number}"} | given | row for number, row in enumerate(rows)]


# -- times ----------------------------------------------------------------------------------------


def test_timestamps_of_bigquery(warehouse: Warehouse) -> None:
    """All six are read, one with an offset."""
    found = column(warehouse.build(case("timestamps_of_bigquery"), select=OF_ORDERS), "ordered_at")
    ten = datetime(2024, 1, 5, 10)
    exact = {"F1": ten.replace(microsecond=123_000), "F4": ten.replace(hour=9)}
    assert found == dict.fromkeys(("F0", "F1", "F2", "F3", "F4", "F5"), ten) | exact


@pytest.mark.parametrize("zone", ["shop", SHANGHAI])
def test_local_times_without_zone(zone: str, warehouse: Warehouse) -> None:
    """Six orders of the evening of one day in Beijing."""
    variables = {"shop_timezone": SHANGHAI, "input_timezone": zone}
    folder = case("local_times_without_zone")
    build = warehouse.build(folder, select=OF_ORDERS, **variables)
    assert set(column(build, "order_date").values()) == {date(2024, 5, 31)}
    assert column(build, "ordered_at")["N0"] == datetime(2024, 5, 31, 8, 30)


def test_typed_times_are_in_the_input_timezone(warehouse: Warehouse, tmp_path: Path) -> None:
    """A Parquet column with a zone is exact, one without is local; a text beside it is read once.

    A day is midnight in the shop, and a date column is a day as written.
    """
    folder = tmp_path / "orders"
    folder.mkdir()
    local = "timestamp '2024-05-31 20:00:00'"
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'America/New_York'")
        for name, written in {
            "local": local,
            "zoned": "timestamptz '2024-05-31 20:00:00+08'",
            "day": "date '2024-05-31'",
            "text": "'2024-05-31T20:00:00'",
        }.items():
            connection.execute(
                f"copy (select '{name}' as order_id, {written} as ordered_at, {local} as paid_at,"
                f" 10 as paid_amount) to '{folder / name}.parquet'"
            )
        connection.execute(
            f"copy (select 'c1' as customer_id, {local} as registered_at, {local} as birth_date)"
            f" to '{tmp_path / 'customers.parquet'}'"
        )
    variables = {"shop_timezone": SHANGHAI, "input_timezone": "shop"}
    select = f"{OF_ORDERS} +stg_shop__customers"
    build = warehouse.build(tmp_path, select=select, **variables)
    noon = datetime(2024, 5, 31, 12)
    found = column(build, "ordered_at")
    assert found == {"local": noon, "zoned": noon, "text": noon, "day": datetime(2024, 5, 30, 16)}
    assert set(column(build, "paid_at").values()) == {noon}
    ((registered_at, birth_date),) = build.query(
        "select registered_at, birth_date from staging.stg_shop__customers"
    )
    assert (registered_at, birth_date) == (noon, date(2024, 5, 31))
    # without the var, both columns without a zone are UTC
    found = column(warehouse.build(tmp_path, select=select, shop_timezone=SHANGHAI), "ordered_at")
    assert found["zoned"] == noon
    assert found["local"] == found["text"] == datetime(2024, 5, 31, 20)


def test_hours_that_a_clock_change_skips_or_repeats(warehouse: Warehouse, tmp_path: Path) -> None:
    """A skipped hour is read as if the clock had not changed; a repeated one as its second."""
    times = {"skipped": "2024-03-31 02:30:00", "repeated": "2024-10-27 02:30:00"}
    rows = orders(*({"order_id": key, "ordered_at": value} for key, value in times.items()))
    folder = write_shop(tmp_path / "shop", {"orders": rows})
    build = warehouse.build(folder, select=OF_ORDERS, input_timezone="Europe/Berlin")
    assert column(build, "ordered_at") == {
        "skipped": datetime(2024, 3, 31, 1, 30),
        "repeated": datetime(2024, 10, 27, 1, 30),
    }


def warnings(build: Build) -> list[str]:
    """The lines that check and build print."""
    return [f"{row['severity']}: {row['message']}" for row in build.rows("audit.audit_warnings")]


def test_times_without_an_offset_are_counted(warehouse: Warehouse, tmp_path: Path) -> None:
    """Only where the shop's zone is not UTC and nobody has said which zone they are in."""
    rows = orders({}, {"ordered_at": "2024-05-01T08:00:00Z"}, {"ordered_at": "2024-05-01"}, {})
    folder = write_shop(tmp_path / "shop", {"orders": rows})
    said = "2 of 4 times (50.0%) have no offset and are read as UTC: orders.ordered_at (2, 50.0%)"
    build = warehouse.build(folder, select=WARNINGS, shop_timezone=SHANGHAI)
    assert said in str(warnings(build))
    settled = {"shop_timezone": SHANGHAI, "input_timezone": "UTC"}
    assert "offset" not in str(warnings(warehouse.build(folder, select=WARNINGS, **settled)))


# -- ids ------------------------------------------------------------------------------------------


def test_float_ids_in_csv(warehouse: Warehouse) -> None:
    """Five spellings of one id are one customer, the one of the account."""
    build = warehouse.build(case("float_ids_in_csv"), select=f"{OF_ORDERS} +int_customers_resolved")
    assert set(column(build, "customer_id").values()) == {"17850"}
    accounts = build.rows("intermediate.int_customers_resolved")
    assert [(row["customer_id"], row["city"]) for row in accounts] == [("17850", "Lima")]


def test_ids_in_scientific_notation(warehouse: Warehouse) -> None:
    """Excel has damaged them, which nobody can undo."""
    said = str(warnings(warehouse.build(case("excel_scientific_ids"), select=WARNINGS)))
    assert "warning: orders.order_id: 3 of 3 ids (100%) are in scientific notation" in said
    assert said.count("scientific notation") == 1


def test_line_level_export_as_orders(warehouse: Warehouse) -> None:
    """Two of three rows are lost; the warning says what they probably are."""
    found = warnings(warehouse.build(case("line_level_export_as_orders"), select=WARNINGS))
    (line,) = [line for line in found if line.startswith("warning: ")]
    assert line.startswith("warning: orders: 8 of 12 rows (66.7%, ")
    assert "If this is an export of order lines, hand it over as order_items" in line


def test_placeholder_customer_ids(warehouse: Warehouse) -> None:
    """Eleven guest orders, counted as changed."""
    build = warehouse.build(
        case("placeholder_customer_ids"), select=f"{OF_ORDERS} +audit_changed_values"
    )
    assert set(column(build, "customer_id").values()) == {None}
    changes = build.rows("audit.audit_changed_values", change="placeholder")
    assert [(row["column_name"], row["rows"]) for row in changes] == [("customer_id", 11)]


def test_placeholders_of_every_table(warehouse: Warehouse, tmp_path: Path) -> None:
    """A placeholder is no customer, visitor or link; a row that needs a customer is rejected."""
    at = "2024-05-01"
    tables = {
        "orders": orders({"customer_id": "GUEST", "email": "Ann@shop.cn"}, {"customer_id": "g1"}),
        "customers": [{"customer_id": "None"}, {"customer_id": "g1", "email": "n/a"}],
        "identity_links": [
            {"identifier_type": "member_card", "identifier": "0", "customer_id": "g1"},
            {"identifier_type": "member_card", "identifier": "card", "customer_id": "(null)"},
        ],
        "events": [
            {"event_id": "e1", "event_name": "x", "occurred_at": at, "visitor_id": "undefined"},
            {"event_id": "e2", "event_name": "x", "occurred_at": at, "customer_id": "0"},
        ],
        "reviews": [{"review_id": "r1", "created_at": at, "customer_id": "anonymous"}],
    }
    folder = write_shop(tmp_path / "shop", tables)
    build = warehouse.build(folder, select=f"{OF_ORDERS} +int_persons +audit_rejected_rows")
    assert column(build, "customer_id") == {"o0": guest("ann@shop.cn"), "o1": "g1"}
    rejected = {(row["input"], row["reason"]) for row in build.rows("audit.audit_rejected_rows")}
    assert rejected == {
        ("customers", "missing_customer_id"),
        ("identity_links", "missing_identifier"),
        ("identity_links", "missing_customer_id"),
    }
    persons = {row["person_id"] for row in build.rows("intermediate.int_persons")}
    assert persons == {guest("ann@shop.cn"), "g1"}


# -- guests ---------------------------------------------------------------------------------------


def test_guests_with_email_only(warehouse: Warehouse) -> None:
    """One customer with three orders."""
    build = warehouse.build(case("guests_with_email_only"), select=f"{OF_ORDERS} +fct_customer_rfm")
    assert column(build, "order_number") == {"GE0": 1, "GE1": 2, "GE2": 3}
    (customer,) = build.rows("fct_customer_rfm")
    assert (customer["customer_id"], customer["frequency"]) == (guest("ghost@mail.net"), 3)


GUESTS = orders(
    {"email": "a@mail.net"},
    {"email": " A@MAIL.net", "ordered_at": "2024-05-02"},
    {"email": "b@mail.net"},
    {"email": "c@mail.net"},
    {"email": "no address"},
    {"customer_id": "d@mail.net"},
    {"email": "d@mail.net"},
    {"email": "shared@mail.net"},
    {"email": "linked@mail.net"},
    {"customer_id": "c9", "email": "a@mail.net"},
)
GUEST_TABLES = {
    "orders": GUESTS,
    "customers": [
        {"customer_id": "c1", "email": "b@mail.net", "registered_at": "2024-01-01"},
        {"customer_id": "c2", "email": "c@mail.net", "registered_at": "2024-06-01"},
        {"customer_id": "c3", "email": "shared@mail.net", "registered_at": "2024-02-01"},
        {"customer_id": "c4", "email": "shared@mail.net", "registered_at": "2024-01-01"},
        {"customer_id": "c5", "email": "linked@mail.net", "registered_at": "2024-01-01"},
    ],
    "identity_links": [
        {"identifier_type": "email", "identifier": "Linked@mail.net", "customer_id": "c6"}
    ],
}
OWNERS = {
    "o0": guest("a@mail.net"),
    "o1": guest("a@mail.net"),
    "o2": "c1",
    "o3": guest("c@mail.net"),
    "o4": None,
    "o5": guest("d@mail.net"),
    "o6": guest("d@mail.net"),
    "o7": "c4",
    "o8": "c6",
    "o9": "c9",
}


def test_whom_guest_orders_belong_to(warehouse: Warehouse, tmp_path: Path) -> None:
    """To a link, else to the account registered first by the day, else to their own person."""
    folder = write_shop(tmp_path / "shop", GUEST_TABLES)
    build = warehouse.build(folder, select=OF_ORDERS, as_of_date="2024-05-31")
    assert column(build, "customer_id") == OWNERS
    assert column(build, "account_id")["o0"] is None
    later = warehouse.build(folder, select=OF_ORDERS, as_of_date="2024-06-01")
    assert column(later, "customer_id") == OWNERS | {"o3": "c2"}


@pytest.mark.parametrize(
    ("erased", "nobody"),
    [
        # an account, whose guest orders make no person either, and a hash;
        # an account that shares its address with another one, and a person
        (
            ["c1", sha256(b"a@mail.net").hexdigest(), "c4", guest("d@mail.net")],
            {"o2", "o0", "o1", "o9", "o7", "o5", "o6"},
        ),
        # the accounts of an address, and an address without one
        (["shared@mail.net", "A@mail.net"], {"o7", "o0", "o1", "o9"}),
    ],
)
def test_erased_guests(
    erased: list[str], nobody: Iterable[str], warehouse: Warehouse, tmp_path: Path
) -> None:
    """A deletion request names a customer, a person, an address or its hash; sales stay."""
    project = copy_project(tmp_path / "project")
    seed = project / "seeds" / "config" / "erased_customers.csv"
    seed.write_text("\n".join(["customer_id", *erased, ""]), encoding="utf-8")
    folder = write_shop(tmp_path / "shop", GUEST_TABLES)
    select = f"{OF_ORDERS} +int_persons"
    build = warehouse.build(folder, project=project, select=select, as_of_date="2024-05-31")
    assert column(build, "customer_id") == OWNERS | dict.fromkeys(nobody)
    assert sum(column(build, "net_amount").values()) == 1000
    persons = {row["person_id"] for row in build.rows("intermediate.int_persons")}
    assert not persons & ({OWNERS[key] for key in nobody} - {"c9"})


# -- lines, dates, numbers, files -----------------------------------------------------------------


def test_line_ids_of_14_digits_loaded_twice(warehouse: Warehouse) -> None:
    """Two lines and their margin, however the lines are numbered."""
    folder = case("line_ids_of_14_digits_loaded_twice")
    build = warehouse.build(folder, select=f"{OF_ORDERS} +fct_order_items")
    assert column(build, "margin_amount") == dict.fromkeys(("G1", "G9", "G10"), Decimal(60))
    assert column(build, "order_lines") == dict.fromkeys(("G1", "G9", "G10"), 2)
    numbers = sorted(row["line_number"] for row in build.rows("fct_order_items", order_id="G1"))
    assert numbers == [13567890123456, 13567890123457]


def test_birth_date_in_the_future(warehouse: Warehouse) -> None:
    """2050-01-01 and 1900-01-01 say nothing about an age."""
    folder = case("birth_date_in_the_future")
    build = warehouse.build(folder, select="+int_customers_resolved")
    ages = [row["age_band"] for row in build.rows("intermediate.int_customers_resolved")]
    assert ages == ["unknown", "unknown"]


def test_decimal_comma_in_tax_only(
    warehouse: Warehouse,
    tmp_path: Path,
    capfd: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command check reports the column, convert rewrites it."""
    folder = case("decimal_comma_in_tax_only")
    assert run(["check", str(folder)], monkeypatch) == 0
    said = " ".join(capfd.readouterr().out.split())
    assert "tax_amount 100% unreadable" in said
    assert "warning: orders.tax_amount: 5 of 5 values (100%) are unreadable" in said
    target = tmp_path / "converted"
    assert run(["convert", str(folder), str(target)], monkeypatch) == 0
    assert "tax_amount: decimal commas replaced by points in 5 values" in capfd.readouterr().out
    build = warehouse.build(target, select=OF_ORDERS)
    assert set(column(build, "net_amount").values()) == {Decimal(100)}


def test_gzip_padded_with_zeros(
    warehouse: Warehouse,
    tmp_path: Path,
    capfd: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command check says which command reads the file."""
    folder = case("gzip_padded_with_zeros")
    assert run(["check", str(folder)], monkeypatch) == 1
    said = " ".join(capfd.readouterr().out.split())
    assert "has trailing NUL bytes (0x00) after its gzip data" in said
    with pytest.raises(BuildFailed, match="has trailing NUL bytes"):
        warehouse.build(folder, select=OF_ORDERS)
    target = tmp_path / "converted"
    assert run(["convert", str(folder), str(target)], monkeypatch) == 0
    paid = column(warehouse.build(target, select=OF_ORDERS), "paid_amount")
    assert paid == {"o1": 10, "o2": 20}


@pytest.mark.parametrize("many", [1, 3_000_000])
def test_gzip_data_that_end_with_zeros_are_not_padded(many: int, tmp_path: Path) -> None:
    """Gzip data usually end with a zero of their own, and may have several members."""
    data = gzip.compress(b"order_id\n" * many)
    for content, is_padded in {
        data: False,
        data + data: False,
        data + b"\0": True,
        data + data + bytes(3): True,
        data + bytes(2_000_000): True,
    }.items():
        file = tmp_path / "orders.csv.gz"
        file.write_bytes(content)
        assert is_padded_gzip(file) == is_padded
