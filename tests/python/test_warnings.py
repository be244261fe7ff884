"""Warnings about the input tables: the same lines in check, in build and in dbt build."""

import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from conftest import skip
from rich.console import Console
from small_builds import dbt, set_environment
from test_bad_input import run_cli as run
from warehouse import PROJECT, Build, Warehouse, write_shop

from customer_analytics.build import print_results
from customer_analytics.screen import Steps

ONLINE_RETAIL = PROJECT.parent / "shared" / "data" / "online_retail.parquet"
SELECT = "+audit_warnings"
SHANGHAI = "Asia/Shanghai"
Subject = tuple[str, str | None, str | None]


def lines(build: Build, severity: str = "warning") -> dict[Subject, str]:
    """The messages of a build in their order, by warning, table and column."""
    rows = sorted(
        build.rows("audit.audit_warnings", severity=severity), key=lambda row: row["position"]
    )
    return {(row["warning"], row["input"], row["column_name"]): row["message"] for row in rows}


def orders(count: int, *changed: dict[str, Any]) -> list[dict[str, Any]]:
    """Orders of 10.00 of many customers; the last ones are changed."""
    first = datetime(2024, 5, 1, 8)
    rows = [
        {
            "order_id": f"o{number}",
            "customer_id": f"c{number}",
            "ordered_at": first + timedelta(hours=number),
            "paid_amount": "10.00",
            "currency": "EUR",
            "status": "paid",
            "channel": "web",
        }
        for number in range(count)
    ]
    same = count - len(changed)
    return rows[:same] + [row | change for row, change in zip(rows[same:], changed, strict=True)]


# -- every kind -----------------------------------------------------------------------------------

PHONE = "13800138000"
MANY = {
    "orders": orders(
        100,
        {"status": "on_ice", "paid_amount": "1234.50"},
        {"status": "on_ice", "paid_amount": "1000.00"},
        {"status": "for ann@shop.cn"},
        {"channel": "kiosk"},
        {"channel": "kiosk"},
        {"currency": "CHF", "paid_amount": "2000.00"},
        {"currency": "CHF"},
        {"paid_amount": PHONE},
        {"paid_amount": "10,00"},
        {"paid_amount": "10,00"},
        {"order_id": "4,51E+12"},
        {"order_id": "o1", "customer_id": "another"},
        {"order_id": "o2", "customer_id": "c2", "status": "shipped"},
    ),
    "order_items": [
        {
            "order_id": "o1",
            "line_number": number,
            "product_id": "p",
            "quantity": 1,
            "unit_price": price,
        }
        for number, price in ((1, 1), (1, 2), (2, 1))
    ],
    "customers": [{"customer_id": "c1", "loaded_at": "1/5/24", "e-mail": "a@shop.cn", "note": "x"}],
    "events": [
        {
            "event_id": f"e{number}",
            "occurred_at": "2024-05-01",
            "event_name": "view_product" if number else "wiggle",
            "visitor_id": "v",
        }
        for number in range(50)
    ],
    "refunds": [
        {
            "refund_id": f"r{number}",
            "refunded_at": "2024-05-20",
            "refund_amount": 1,
            "order_id": key,
        }
        for number, key in enumerate(["o1", "o2", "gone"])
    ],
}
for number, row in enumerate(MANY["orders"]):
    row |= {"tax_amount": "1,00" if number % 3 else "1.00", "shiping_amount": "0.00"}
# an exact copy is no other version
MANY["orders"].append(MANY["orders"][3])

# beginning of each message, in the order of the lines
EXPECTED = {
    ("unknown_status", "orders", "status"): (
        'orders.status: 2 of 94 orders (2.1%, 2,234.50 EUR) have an unknown status: "on_ice" (2).'
    ),
    ("missing_exchange_rate", "orders", "currency"): (
        "orders.currency: 2 of 101 rows (2.0%) are rejected, because exchange_rates has no rate of"
        " their currency on or before their day: CHF (2, 2,010.00)."
    ),
    ("repeated_order", "orders", None): (
        "orders: 2 of 101 rows (2.0%, 20.00) repeat an order_id with other values"
    ),
    ("repeated_key", "order_items", None): (
        "order_items: 1 of 3 rows (33.3%, 2.00) repeat the key of another row"
    ),
    ("shared_order_id", "orders", "order_id"): (
        "orders.order_id: 1 of 94 order ids (1.1%) belong to several customers or stores"
    ),
    ("rejected_rows", "orders", None): (
        "orders: 7 of 101 rows (6.9%, 2,040.00) are rejected: duplicate (3, 3.0%),"
        " missing_exchange_rate (2, 2.0%), unreadable_paid_amount (2, 2.0%)."
    ),
    ("rejected_other_rows", "refunds", None): (
        "refunds: 1 of 3 rows (33.3%, 1.00) are rejected: unknown_order (1, 33.3%)."
    ),
    ("abnormal_amount", "orders", "paid_amount"): (
        "orders.paid_amount: 1 of 94 amounts (1.1%) are above 1,000 times the median order (10.00)"
    ),
    ("damaged_id", "orders", "order_id"): (
        "orders.order_id: 1 of 101 ids (1.0%) are in scientific notation"
    ),
    ("unusable_values", "orders", "tax_amount"): "orders.tax_amount: 6",
    ("unusable_loaded_at", "customers", "loaded_at"): "customers.loaded_at: 1 of 1 values (100%)",
    ("similar_column", "customers", "e-mail"): "customers.e-mail: this column is ignored",
    ("similar_column", "orders", "shiping_amount"): "orders.shiping_amount: this column is ignored",
    ("unknown_event", "events", "event_name"): (
        'events.event_name: 1 of 50 events (2.0%) have an unknown name: "wiggle" (1).'
    ),
    ("unknown_channel", "orders", "channel"): (
        'orders.channel: 2 of 94 orders (2.1%) have an unknown channel: "kiosk" (2).'
    ),
}


@pytest.fixture(scope="module")
def many(warehouse: Warehouse) -> Build:
    """A shop with faults of most kinds."""
    folder = warehouse.folder("warnings", lambda target: write_shop(target, MANY))
    return warehouse.build(folder, select=SELECT)


def test_kinds_of_warnings_and_their_order(many: Build) -> None:
    """Each with its table, column, count and share; an unknown status first, with its money."""
    found = lines(many)
    assert list(found) == list(EXPECTED)
    assert {key: text for key, text in found.items() if not text.startswith(EXPECTED[key])} == {}


def test_warnings_hold_no_personal_data(many: Build) -> None:
    """Neither words nor sums: the sum of one phone number would be the number."""
    rows = many.rows("audit.audit_warnings") + many.rows("audit.audit_warning_items")
    text = str([list(row.values()) for row in rows]).replace(",", "")
    assert "ann@" not in text and PHONE not in text


LOCAL = {
    "orders": [
        {
            "order_id": f"o{number}",
            "ordered_at": at,
            "paid_amount": 120,
            "tax_amount": 20,
            "gross_amount": gross,
            "email": "a@shop.cn",
        }
        for number, (at, gross) in enumerate(
            [("2024-05-01 08:00:00", 100), ("2024-05-01T08:00:00Z", 100), ("2024-05-01", None)]
        )
    ],
}
VARIABLES = {"shop_timezone": SHANGHAI, "guests_with_email_are_customers": False}


def test_warnings_that_depend_on_vars(warehouse: Warehouse, tmp_path: Path) -> None:
    """Times without an offset, list prices without tax, orders without a customer."""
    folder = write_shop(tmp_path / "shop", LOCAL)
    found = lines(warehouse.build(folder, select=SELECT, **VARIABLES))
    assert list(found) == [
        ("negative_discount", "orders", "gross_amount"),
        ("no_customer", "orders", "customer_id"),
        ("local_time", None, None),
    ]
    discount, customer, local = found.values()
    assert "2 of 2 orders with a list price (100%) cost more than" in discount
    assert "The var prices_include_tax is true: set it to false" in discount
    assert "3 of 3 orders (100%, 360.00) have neither a customer_id nor" in customer.replace(
        " EUR", ""
    )
    assert local.startswith(
        "1 of 3 times (33.3%) have no offset and are read as UTC: orders.ordered_at (1, 33.3%)."
        f" The var shop_timezone is {SHANGHAI}: set the var input_timezone to shop"
    )
    settled = {"shop_timezone": SHANGHAI, "input_timezone": "shop", "prices_include_tax": False}
    assert lines(warehouse.build(folder, select=SELECT, **settled)) == {}


# -- no warning without a fault -------------------------------------------------------------------


def test_a_clean_shop_has_no_warning(warehouse: Warehouse, tmp_path: Path) -> None:
    """Newer versions of a row, guests, few odd words and columns of other names are no faults."""
    rows = orders(120, {"status": "on_ice"}, {"customer_id": None})
    for row in rows:
        row |= {"loaded_at": "2024-06-01", "landing_site": "/", "tags": "new"}
    rows += [row | {"loaded_at": "2024-06-02", "paid_amount": "12.00"} for row in rows[:20]]
    folder = write_shop(tmp_path / "shop", {"orders": rows})
    build = warehouse.build(folder, select=SELECT)
    assert lines(build) == {}
    assert list(lines(build, "note")) == [
        ("unknown_status", "orders", "status"),
        ("rejected_rows", "orders", None),
    ]


def test_the_sample_has_one_warning(sample_build: Build) -> None:
    """Its faulty rows are few, except for a status that it is meant to have."""
    assert list(lines(sample_build)) == [("unknown_status", "orders", "status")]
    assert lines(sample_build, "note")


def test_online_retail_has_no_warning(warehouse: Warehouse, tmp_path: Path) -> None:
    """Its refunds of orders before the first day are a note."""
    if not ONLINE_RETAIL.exists():
        skip(f"no {ONLINE_RETAIL}: no shop to build")
    script = PROJECT / "examples" / "online_retail" / "prepare.py"
    folder = tmp_path / "shop"
    subprocess.run([sys.executable, script, ONLINE_RETAIL, folder], check=True, capture_output=True)
    build = warehouse.build(folder, select=SELECT)
    assert lines(build) == {}
    notes = lines(build, "note")
    assert "unknown_order (568, 6.5%)" in notes["rejected_other_rows", "refunds", None]


# -- where they are printed -----------------------------------------------------------------------


def printed(text: str) -> list[str]:
    """The lines of warnings and notes in an output."""
    return [line for line in text.splitlines() if line.startswith(("warning: ", "note: "))]


def test_check_and_dbt_build_print_the_same_lines(
    many: Build,
    warehouse: Warehouse,
    tmp_path: Path,
    capfd: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those of audit_warnings; dbt prints them as one block when it builds that model."""
    folder = warehouse.folder("warnings", lambda target: write_shop(target, MANY))
    expected = [f"warning: {text}" for text in lines(many).values()]
    expected += [f"note: {text}" for text in lines(many, "note").values()]
    assert expected[0].startswith("warning: orders.status: 2 of 94 orders")
    database = set_environment(monkeypatch, tmp_path, folder)
    assert run(["check", str(folder)], monkeypatch) == 0
    said = capfd.readouterr().out
    assert printed(said) == expected
    assert "ignored columns in customers: e-mail, note" in said
    shutil.copy(many.database, database)
    assert dbt(["run", "--select", "audit_warnings", "--no-use-colors"]).success
    said = capfd.readouterr().out
    assert printed(said) == expected
    block = "input tables (also in audit_warnings):\n" + "\n".join(expected) + "\n"
    assert said.count(block) == 1
    # another selection prints none, also where the table is missing
    assert dbt(["run", "--select", "input_shop__orders", "--no-use-colors"]).success
    assert printed(capfd.readouterr().out) == []


def test_build_ends_with_the_warnings(
    sample_build: Build, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """After the count of rows, in the same words."""
    print_results(Console(width=140), sample_build.database, "raw")
    said = capsys.readouterr().out
    (warning,) = lines(sample_build).values()
    notes = [f"note: {text}" for text in lines(sample_build, "note").values()]
    assert printed(said) == [f"warning: {warning}", *notes]
    assert said.index("Rows: ") < said.index("warning: ") < said.index("Next steps")


# -- progress -------------------------------------------------------------------------------------


def test_progress_without_a_terminal(capsys: pytest.CaptureFixture) -> None:
    """A line per interval, also within a long step, and none in a short command."""
    with Steps("build", interval=0.05) as steps:
        steps.update("int_orders", total=210)
        for _ in range(120):
            steps.advance()
        sleep(0.2)
    said = capsys.readouterr().out.splitlines()
    assert 2 <= len(said) <= 5
    assert re.fullmatch("build: 120 of 210 steps after [0-9]+ s, now int_orders", said[0])
    with Steps("build", interval=30):
        pass
    assert capsys.readouterr().out == ""
