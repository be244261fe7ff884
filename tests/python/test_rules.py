"""Each rule in a shop so small that the result can be worked out by hand."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from warehouse import PROJECT, Build, Warehouse, copy_project, write_shop

Row = dict[str, Any]
DAY = date(2024, 6, 30)
OF_ORDERS = "+fct_orders +audit_rejected_rows"


def order(order_id: str, customer_id: str | None, at: str, paid: Any = 100, **more: Any) -> Row:
    """An order."""
    return {
        "order_id": order_id,
        "customer_id": customer_id,
        "ordered_at": at,
        "paid_amount": paid,
    } | more


def line(order_id: str, product_id: str, number: Any = 1, **more: Any) -> Row:
    """An order line of one unit."""
    given = {"order_id": order_id, "line_number": number, "product_id": product_id}
    return given | {"quantity": 1, "unit_price": 100} | more


def refund(refund_id: str, at: str, amount: Any = 10, **more: Any) -> Row:
    """A refund."""
    return {"refund_id": refund_id, "refunded_at": at, "refund_amount": amount} | more


def link(identifier: str, customer_id: str, linked_at: str | None = None, **more: Any) -> Row:
    """A link of a member card."""
    given = {"identifier_type": "member_card", "identifier": identifier}
    return given | {"customer_id": customer_id, "linked_at": linked_at} | more


def event(event_id: str, at: str, name: str = "search", **more: Any) -> Row:
    """An event."""
    return {"event_id": event_id, "occurred_at": at, "event_name": name} | more


def customer(customer_id: str, **more: Any) -> Row:
    """A customer account."""
    return {"customer_id": customer_id} | more


def pseudonym(address: str) -> str:
    """The person of an email address that no account has."""
    return f"person:{sha256(address.encode()).hexdigest()[:32]}"


# every case has customers, products and orders of its own, so one build holds them all
ORDERS: list[Row] = []
ITEMS: list[Row] = []
REFUNDS: list[Row] = []
LINKS: list[Row] = []
CUSTOMERS: list[Row] = []
EVENTS: list[Row] = []

# statuses
STATUS_CASES = {
    None: ("paid", True),
    "已完成": ("completed", True),
    " Awaiting Payment": ("placed", False),
    "CANCELED": ("cancelled", False),
    "in-transit": ("shipped", True),
    "on the moon": ("paid", True),
    "Chargeback": ("refunded", True),
}
ORDERS += [
    order(f"status{number}", f"s{number}", "2024-05-01", status=word)
    for number, word in enumerate(STATUS_CASES)
]

# refunds without an order
ORDERS += [
    order("match-a", "m1", "2024-01-01"),
    order("match-b", "m1", "2024-02-01"),
    order("match-c", "m1", "2024-02-15", status="cancelled"),
    order("tie-1", "m2", "2024-01-01"),
    order("tie-2", "m2", "2024-01-01"),
    order("tie-0", "m2", "2024-01-01"),
    order("by-card", "card-m3", "2024-01-01"),
    order("by-account", "m4", "2024-01-01"),
    order("by-address", None, "2024-01-01", email="m5@shop.cn"),
    order("same-time", "m6", "2024-01-01 10:00:00"),
]
ITEMS += [line("match-a", "p1"), line("match-b", "p2"), line("match-c", "p1", 2)]
LINKS += [link("card-m3", "m3"), link("card-m4", "m4")]
CUSTOMERS += [customer("m5", email="m5@shop.cn", registered_at="2023-01-01")]
REFUNDS += [
    refund("holds-the-product", "2024-03-01", 1, customer_id="m1", product_id="p1"),
    refund("held-by-none", "2024-03-01", 2, customer_id="m1", product_id="p9"),
    refund("without-product", "2024-03-01", 4, customer_id="m1"),
    refund("holder-comes-later", "2024-01-15", 8, customer_id="m1", product_id="p2"),
    refund("before-all", "2023-12-31", 16, customer_id="m1", product_id="p1"),
    refund("tied", "2024-03-01", 1, customer_id="m2"),
    refund("account-for-card", "2024-03-01", 3, customer_id="m3"),
    refund("card-for-account", "2024-03-01", 5, customer_id="card-m4"),
    refund("only-an-address", "2024-03-01", 7, customer_id="m5"),
    refund("same-time", "2024-01-01 10:00:00", 9, customer_id="m6"),
    refund("nobody", "2024-03-01", 11, customer_id="m99"),
    refund("no-one-named", "2024-03-01", 13),
    refund("order-unknown", "2024-03-01", 15, order_id="match-z", customer_id="m1"),
]
MATCHED = {
    "match-a": 1 + 8,
    "match-b": 2 + 4,
    "match-c": 0,
    "tie-0": 0,
    "tie-1": 0,
    "tie-2": 1,
    "by-card": 3,
    "by-account": 5,
    "by-address": 0,
    "same-time": 9,
}
UNMATCHED = {"before-all", "only-an-address", "nobody", "no-one-named", "order-unknown"}

# money
ORDERS += [
    order(
        "capped", "n1", "2024-01-01", 100, currency="CNY", tax_amount=10, shipping_amount="10.00"
    ),
    order("cancelled", "n1", "2024-01-01", 100, status="cancelled"),
    order("all-tax", "n2", "2024-01-02", 10, tax_amount=8, shipping_amount=4),
    order("half-cent", "n3", "2024-01-02", "10.005", currency="CNY", tax_amount="0.005"),
    order("free-text", "n4", "2024-01-02", "+50.", tax_amount="1,0", shipping_amount="free"),
    order("refunded-word", "n5", "2024-01-03", 70, status="refunded", shipping_amount=10),
    order("refunded-both", "n5", "2024-01-04", 70, status="refunded"),
    *(
        order(order_id, "n6", "2024-01-05", 130, tax_amount=20, shipping_amount=10)
        for order_id in ("parts", "parts-left", "parts-given", "shipping-back")
    ),
]
REFUNDS += [
    refund("cap-b", "2024-03-02", 50, order_id="capped"),
    refund("cap-c", "2024-03-02", 50, order_id="capped"),
    refund("cap-a", "2024-03-03", 50, order_id="capped"),
    refund("of-cancelled", "2024-03-02", 50, order_id="cancelled"),
    refund("of-tax", "2024-03-02", 5, order_id="all-tax"),
    refund("after-the-day", "2024-07-01", 5, order_id="half-cent"),
    refund("of-both", "2024-03-02", 5, order_id="refunded-both"),
    # 130 in 14 parts, which begin with what could be the shipping
    *(refund(f"part-{n:02}", "2024-03-04", 10, order_id="parts") for n in range(11)),
    *(refund(f"part-{n:02}", "2024-03-04", "6.67", order_id="parts") for n in range(11, 13)),
    refund("part-13", "2024-03-04", "6.66", order_id="parts"),
    refund("left-1", "2024-03-04", 40, order_id="parts-left"),
    refund("left-2", "2024-03-04", 40, order_id="parts-left"),
    # 30 - 5 - 3, five sixths of the sum from 30 to 90, at least 0
    refund("given-1", "2024-03-04", 30, order_id="parts-given", tax_amount=5, shipping_amount=3),
    refund("given-2", "2024-03-05", 60, order_id="parts-given"),
    refund("given-3", "2024-03-06", 3, order_id="parts-given", tax_amount=4),
    refund("shipping-1", "2024-03-04", "11.82", order_id="shipping-back"),
]
# goods, refunded, net
MONEY = {
    "capped": (80, 80, 0),
    "cancelled": (100, 0, 0),
    "all-tax": (0, 0, 0),
    "half-cent": ("10.00", 0, "10.00"),
    "free-text": (50, 0, 50),
    "refunded-word": (60, 60, 0),
    "refunded-both": (70, 5, 65),
    "parts": (100, 100, 0),
    "parts-left": (100, "66.67", "33.33"),
    "parts-given": (100, 72, 28),
    "shipping-back": (100, 0, 100),
}

# identity
ORDERS += [
    order("before-link", "card-1", "2024-01-31 23:59:59"),
    order("at-link", "card-1", "2024-02-01 00:00:00"),
    order("after-move", "card-1", "2024-03-01 00:00:00"),
    order("chained", "chain-1", "2024-05-01"),
    order("chain-not-yet", "chain-1", "2024-03-31"),
    order("in-circle", "circle-1", "2024-05-01"),
    order("into-circle", "circle-0", "2024-05-01"),
    order("to-itself", "circle-3", "2024-05-01"),
    order("of-visitor", "visitor-1", "2024-05-01"),
    order("other-case", "CARD-1", "2024-05-01"),
]
LINKS += [
    link("card-1", "i1", "2024-02-01"),
    link("card-1", "i2", "2024-03-01"),
    link("chain-1", "chain-2"),
    link("chain-2", "i3", "2024-04-01"),
    link("circle-0", "circle-1"),
    link("circle-1", "circle-2"),
    link("circle-2", "circle-1", "2024-01-01"),
    link("circle-3", "circle-3"),
    link("visitor-1", "i4", identifier_type="visitor"),
]
PERSONS = {
    "before-link": "card-1",
    "at-link": "i1",
    "after-move": "i2",
    "chained": "i3",
    "chain-not-yet": "chain-2",
    "in-circle": "circle-1",
    "into-circle": "circle-1",
    "to-itself": "circle-3",
    "of-visitor": "visitor-1",
    "other-case": "CARD-1",
}

# guests
ORDERS += [
    order("guest-first", None, "2024-05-01", email="  Two@Shop.CN "),
    order("guest-later", None, "2024-05-01", email="late@shop.cn"),
    order("guest-nobody", None, "2024-05-01", email="nobody@shop.cn"),
    order("guest-hash", None, "2024-05-01", email="Hash@shop.cn"),
    order("guest-onwards", None, "2024-05-01", email="moved@shop.cn"),
    order("named-with-address", "g7", "2024-05-01", email="two@shop.cn"),
    order("guest-silent", None, "2024-05-01"),
]
CUSTOMERS += [
    customer("g2", email="two@shop.cn", registered_at="2023-05-01"),
    customer("g9", email="TWO@shop.cn ", registered_at="2023-04-30"),
    customer("g3", email="late@shop.cn", registered_at="2024-07-01"),
    customer("g4", email="hash@shop.cn", registered_at="2020-01-01"),
    customer("g5", email="moved@shop.cn", registered_at="2020-01-01"),
]
LINKS += [
    link(sha256(b"hash@shop.cn").hexdigest(), "g6", identifier_type="email_hash"),
    link("g5", "g8", identifier_type="old_account"),
]
PERSONS |= {
    "guest-first": "g9",
    "guest-later": pseudonym("late@shop.cn"),
    "guest-nobody": pseudonym("nobody@shop.cn"),
    "guest-hash": "g6",
    "guest-onwards": "g8",
    "named-with-address": "g7",
    "guest-silent": None,
}

# copies
OLD, NEW = "2024-06-01 00:00:00", "2024-06-02"
ORDERS += [
    order("copy-newest", "d1", "2024-05-01", 1, loaded_at=NEW),
    order(" copy-newest ", "d1", "2024-05-01", 2, loaded_at="2024-06-02 00:00:01"),
    order("copy-newest", "d1", "2024-05-01", 3, loaded_at=OLD),
    order("copy-undated", "d1", "2024-05-01", 4, loaded_at=None),
    order("copy-undated", "d1", "2024-05-01", 5, loaded_at=OLD),
    order("copy-broken", "d1", "2024-05-01", 6, loaded_at=OLD),
    order("copy-broken", "d1", "2024-05-01", "1e5", loaded_at=NEW),
    order("copy-broken", "d1", "2999-01-01", 7, loaded_at=NEW),
    order("copy-broken", "test_9", "2024-05-01", 7, loaded_at=NEW),
    order("copy-broken", "d1", "2024-05-01", -7, loaded_at=NEW),
    order("copy-odd-stamp", "d1", "2024-05-01", 8, loaded_at="2999-01-01"),
    order("copy-odd-stamp", "d1", "2024-05-01", 9, loaded_at=OLD),
    order("copy-identical", "d1", "2024-05-01", 10, loaded_at=OLD),
    order("copy-identical", "d1", "2024-05-01", 10, loaded_at=OLD),
]
KEPT = {
    "copy-newest": 2,
    "copy-undated": 5,
    "copy-broken": 6,
    "copy-odd-stamp": 9,
    "copy-identical": 10,
}
REJECTED = Counter(
    {
        ("orders", "copy-newest", "duplicate"): 2,
        ("orders", "copy-undated", "duplicate"): 1,
        ("orders", "copy-broken", "unreadable_paid_amount"): 1,
        ("orders", "copy-broken", "impossible_time"): 1,
        ("orders", "copy-broken", "test_order"): 1,
        ("orders", "copy-broken", "negative_amount"): 1,
        ("orders", "copy-odd-stamp", "duplicate"): 1,
        ("orders", "copy-identical", "duplicate"): 1,
        **{("refunds", refund_id, "unknown_order"): 1 for refund_id in UNMATCHED},
        ("identity_links", "member_card|***|", "cyclic_link"): 2,
        ("identity_links", "member_card|***|2024-01-01 00:00:00", "cyclic_link"): 1,
    }
)

# values that can be read, and what they are
TIMES = {
    "2024-03-09": "2024-03-09 00:00:00",
    "2024/3/9": "2024-03-09 00:00:00",
    "2024-03-09T10:11:12Z": "2024-03-09 10:11:12",
    "2024-03-09 10:11": "2024-03-09 10:11:00",
    "2024/03/09 1:02:03": "2024-03-09 01:02:03",
    "2024-03-09T10:11:12.250": "2024-03-09 10:11:12.250000",
    "2024-03-09T10:11:12+08:00": "2024-03-09 02:11:12",
    "2024-03-09 10:11:12 -0330": "2024-03-09 13:41:12",
    "2024-03-09 23:30:00-05": "2024-03-10 04:30:00",
    "2024-03-09 10:11:12.25 UTC": "2024-03-09 10:11:12.250000",
    "2024-03-09t10:11:12z": "2024-03-09 10:11:12",
    "2024-03-09T10:11:12+01:00[Europe/Paris]": "2024-03-09 09:11:12",
    "\u200b2024-03-09 10:11:12 GMT": "2024-03-09 10:11:12",
    "\u3000 2024-03-09 00:00:00\t": "2024-03-09 00:00:00",
    "2024-02-29": "2024-02-29 00:00:00",
}
UNREADABLE_TIMES = ["2023-02-29", "2024-13-01", "09.03.2024", "2024-03-09 25:00:00", "1709942400"]
UNREADABLE_TIMES += ["yesterday", "2024-03", "24-03-09", "infinity", "2024-03-09 10:11:12 CET"]
AMOUNTS = {"12": 12, "+1.5": "1.5", ".5": "0.5", "007.10": "7.1", "0": 0, " 3 ": 3, "5.": 5}
UNREADABLE_AMOUNTS = ["NaN", "infinity", "1e5", "1_000", "1,234.50", "12 EUR", "--1", "0x10", "١"]
ORDERS += [order(f"time-{number}", "r1", written) for number, written in enumerate(TIMES)]
ORDERS += [order(f"no-time-{n}", "r1", written) for n, written in enumerate(UNREADABLE_TIMES)]
ORDERS += [order(f"amount-{n}", "r1", "2024-05-01", paid) for n, paid in enumerate(AMOUNTS)]
ORDERS += [
    order(f"no-amount-{n}", "r1", "2024-05-01", paid) for n, paid in enumerate(UNREADABLE_AMOUNTS)
]
REJECTED.update(("orders", f"no-time-{n}", "unreadable_ordered_at") for n in range(10))
REJECTED.update(("orders", f"no-amount-{n}", "unreadable_paid_amount") for n in range(9))
# of several faults the first in the list is the reason
ORDERS += [
    order("faults-1", "test", "1950-01-01", "x"),
    order("faults-2", "Test", "1950-01-01", -1, currency="XYZ"),
    order("faults-3", "r1", "1950-01-01", -1, currency="XYZ"),
    order("faults-4", "r1", "2024-05-01", -1, currency="XYZ"),
    order("faults-5", "r1", "", ""),
    order("", "r1", "", ""),
]
REJECTED.update(
    [
        ("orders", "faults-1", "unreadable_paid_amount"),
        ("orders", "faults-2", "test_order"),
        ("orders", "faults-3", "impossible_time"),
        ("orders", "faults-4", "missing_exchange_rate"),
        ("orders", "faults-5", "missing_ordered_at"),
        ("orders", "", "missing_order_id"),
    ]
)

# test orders
TESTERS = {"test": True, "TEST_abc": True, "tester": False, "my_test": False, "testing": False}
TEST_ADDRESSES = {
    "a@test.cn": True,
    "b@Example.com": True,
    "c@contest.org": False,
    "d@shop.example": False,
    "e@test": False,
}
ORDERS += [order(f"buyer-{buyer}", buyer, "2024-05-01") for buyer in TESTERS]
ORDERS += [
    order(f"mail-{n}", "r2", "2024-05-01", email=mail) for n, mail in enumerate(TEST_ADDRESSES)
]
REJECTED.update(
    ("orders", f"buyer-{buyer}", "test_order") for buyer, is_test in TESTERS.items() if is_test
)
REJECTED.update(("orders", f"mail-{n}", "test_order") for n in range(2))

# lines
ORDERS += [order("lines", "l1", "2024-05-01", 1000), order("lines-void", "test", "2024-05-01")]
QUANTITIES = {"1": None, "999": None, "2.0": None, "1000": "abnormal_quantity"}
QUANTITIES |= {"0": "abnormal_quantity", "-1": "abnormal_quantity", "2.7": "unreadable_quantity"}
QUANTITIES |= {"": "missing_quantity", "two": "unreadable_quantity"}
ITEMS += [
    line("lines", f"l{n}", n, quantity=written, unit_price=1)
    for n, written in enumerate(QUANTITIES, start=1)
]
ITEMS += [
    line("lines", "same", None),
    line("lines", "same", None),
    line("lines", "free", 50, unit_price=0),
    line("lines", "less", 51, unit_price="-0.01"),
    line("lines", "old", 52, unit_price=1, loaded_at=OLD),
    line("lines", "new", "52.0", unit_price=2, loaded_at=NEW),
    line("lines-void", "x"),
    line("lines-nowhere", "x"),
]
REJECTED.update(
    ("order_items", f"lines|{n}", reason)
    for n, reason in enumerate(QUANTITIES.values(), start=1)
    if reason
)
REJECTED.update(
    [
        ("order_items", "lines|51", "negative_amount"),
        ("order_items", "lines|52", "duplicate"),
        ("order_items", "lines-void|1", "unknown_order"),
        ("order_items", "lines-nowhere|1", "unknown_order"),
        ("orders", "lines-void", "test_order"),
    ]
)

# events without an id
SEEN = {"occurred_at": "2024-05-01 10:00:00", "event_name": "加购", "visitor_id": "v1"}
EVENTS += [SEEN | {"loaded_at": OLD}, SEEN | {"loaded_at": OLD}, SEEN | {"page": "/a"}]
EVENTS += [SEEN | {"event_id": "e1"}, SEEN | {"event_name": "teleport"}]

# order numbers, days, churn, RFM window
ORDERS += [
    order("number-b", "o1", "2024-05-01 08:00:00"),
    order("number-a", "o1", "2024-05-01 08:00:00"),
    order("number-void", "o1", "2024-05-02", status="cancelled"),
    order("number-c", "o1", "2024-05-04 23:59:59"),
    order("window-in", "w1", str(DAY - timedelta(days=364))),
    order("window-out", "w2", str(DAY - timedelta(days=365))),
    order("inactive-180", "w3", str(DAY - timedelta(days=180))),
    order("inactive-181", "w4", str(DAY - timedelta(days=181))),
    order("new-30", "w5", str(DAY - timedelta(days=30))),
    order("new-31", "w6", str(DAY - timedelta(days=31))),
    order("on-the-day", "w7", f"{DAY} 23:59:59"),
    order("after-the-day", "w8", "2024-07-01 00:00:00"),
]
CUSTOMERS += [customer("prospect-1", registered_at="2024-06-30 23:59:59")]
CUSTOMERS += [customer("not-yet", registered_at="2024-07-01"), customer("undated")]


@pytest.fixture(scope="module")
def build(warehouse: Warehouse) -> Build:
    """All cases that need no variable but the day."""
    tables = {
        "orders": ORDERS,
        "order_items": ITEMS,
        "refunds": REFUNDS,
        "identity_links": LINKS,
        "customers": CUSTOMERS,
        "events": EVENTS,
    }
    folder = warehouse.folder("rules", lambda target: write_shop(target, tables))
    return warehouse.build(folder, as_of_date=str(DAY))


@pytest.fixture(scope="module")
def orders(build: Build) -> dict[str, Row]:
    """The orders of the build by id."""
    return build.by_key("fct_orders", "order_id")


def test_status_mapping(build: Build, orders: dict[str, Row]) -> None:
    """Mapped by the seed; unmapped and missing values count as paid, unmapped ones are listed."""
    found = {
        word: (orders[f"status{number}"]["status"], orders[f"status{number}"]["is_valid"])
        for number, word in enumerate(STATUS_CASES)
    }
    assert found == STATUS_CASES
    unmapped = build.rows("audit.audit_unmapped_values", input="orders", column_name="status")
    assert [(row["value"], row["rows"]) for row in unmapped] == [("on the moon", 1)]


def test_refunds_without_an_order(orders: dict[str, Row]) -> None:
    """The latest valid order that holds the product, else the latest; ties: greatest id."""
    assert {name: orders[name]["refunded_amount"] for name in MATCHED} == MATCHED


def test_amounts_of_orders(build: Build, orders: dict[str, Row]) -> None:
    """Goods, capped refunds and net; the day's sales book each refund on its day."""
    columns = ("goods_amount", "refunded_amount", "net_amount")
    found = {name: tuple(orders[name][column] for column in columns) for name in MONEY}
    assert found == {name: tuple(map(Decimal, values)) for name, values in MONEY.items()}
    booked = {
        row["order_date"]: row["refunded_amount"]
        for row in build.rows("rpt_sales_daily")
        if row["order_date"] in (date(2024, 3, 2), date(2024, 3, 3), date(2024, 1, 3))
    }
    expected = {date(2024, 3, 2): 80 + 5, date(2024, 3, 3): 0, date(2024, 1, 3): 60}
    assert {day: booked.get(day, 0) for day in expected} == expected


def test_customers_of_orders(orders: dict[str, Row]) -> None:
    """Links apply from their time on, chains to their end, cycles never; guests by email."""
    assert {name: orders[name]["customer_id"] for name in PERSONS} == PERSONS


def test_latest_valid_version_is_kept(orders: dict[str, Row]) -> None:
    """An invalid newer version never replaces a valid older one."""
    assert {name: orders[name]["paid_amount"] for name in KEPT} == KEPT


def test_reasons_of_rejected_rows(build: Build) -> None:
    """These rows are rejected, each for the first reason in the list, and no others."""
    found = Counter(
        (row["input"], row["row_key"], row["reason"])
        for row in build.rows("audit.audit_rejected_rows")
        if row["input"] != "events"
    )
    assert (found - REJECTED, REJECTED - found) == (Counter(), Counter())


def test_readable_timestamps(orders: dict[str, Row]) -> None:
    """ISO 8601 or slashes, with or without time of day, offsets converted."""
    found = {written: str(orders[f"time-{n}"]["ordered_at"]) for n, written in enumerate(TIMES)}
    assert found == TIMES


def test_readable_amounts(orders: dict[str, Row]) -> None:
    """Plain decimals with sign and point."""
    found = {text: orders[f"amount-{n}"]["paid_amount"] for n, text in enumerate(AMOUNTS)}
    assert found == {text: Decimal(value) for text, value in AMOUNTS.items()}


def test_lines_without_a_number_are_kept(build: Build) -> None:
    """They get their own numbers; of a numbered line, the latest version is kept."""
    lines = build.rows("fct_order_items", order_id="lines")
    numbers = [row["line_number"] for row in lines]
    assert len(set(numbers)) == len(numbers)
    found = Counter((row["product_id"], row["quantity"]) for row in lines)
    assert found == Counter(
        {
            ("l1", 1): 1,
            ("l2", 999): 1,
            ("l3", 2): 1,
            ("same", 1): 2,
            ("free", 1): 1,
            ("new", 1): 1,
        }
    )


def test_events_without_an_id(build: Build) -> None:
    """Identical events are duplicates; an unmapped name is kept and listed."""
    ledger = build.rows("audit.audit_row_ledger", input="events")[0]
    assert (ledger["rows_in"], ledger["rows_accepted"], ledger["rows_rejected"]) == (5, 4, 1)
    unmapped = build.rows("audit.audit_unmapped_values", input="events")
    assert [(row["value"], row["rows"]) for row in unmapped] == [("teleport", 1)]


def test_order_numbers_and_days(orders: dict[str, Row]) -> None:
    """Ties by id; orders that are not purchases have no number."""
    columns = ("order_number", "is_first_order", "days_since_previous_order")
    found = {
        name: tuple(orders[f"number-{name}"][column] for column in columns)
        for name in ("a", "b", "c", "void")
    }
    assert found == {
        "a": (1, True, None),
        "b": (2, False, 0),
        "c": (3, False, 3),
        "void": (None, False, None),
    }


def test_days_at_the_boundaries(build: Build, orders: dict[str, Row]) -> None:
    """The window of 365 days, 180 days of inactivity, 30 days of being new, the day itself."""
    rfm = build.by_key("fct_customer_rfm", "customer_id")
    assert [rfm[name]["frequency"] for name in ("w1", "w2", "w7")] == [1, 0, 1]
    assert [rfm[name]["recency_days"] for name in ("w1", "w2", "w7")] == [364, 365, 0]
    churn = build.by_key("fct_customer_churn", "customer_id")
    assert [churn[name]["is_churned"] for name in ("w3", "w4")] == [False, True]
    people = build.by_key("dim_customers", "customer_id")
    names = ("w5", "w6", "w4", "prospect-1", "undated")
    stages = [people[name]["lifecycle_stage"] for name in names]
    assert stages[0] == "new"
    assert stages[1] in ("active", "at_risk")
    assert stages[2:] == ["churned", "prospect", "prospect"]
    assert "not-yet" not in people
    assert "w8" not in people
    assert "after-the-day" not in orders


def test_marts_add_up(build: Build, orders: dict[str, Row]) -> None:
    """Daily sales and orders agree in every sum."""
    columns = ("gross_amount", "discount_amount", "net_amount", "refunded_amount")
    for column in columns:
        daily = sum(row[column] or 0 for row in build.rows("rpt_sales_daily"))
        each = sum(row[column] or 0 for row in orders.values() if row["is_valid"])
        assert daily == each, column


# -- time zones -----------------------------------------------------------------------------------

ZONES = {
    "Asia/Shanghai": {
        "2024-01-31 15:59:59": "2024-01-31",
        "2024-01-31 16:00:00": "2024-02-01",
        "2024-02-01T00:00:00+08:00": "2024-02-01",
        "2024-02-01": "2024-02-01",
        "2024/2/29": "2024-02-29",
        "1991-07-01 15:00:00": "1991-07-02",  # summer time was nine hours ahead
    },
    "America/New_York": {
        "2024-03-10 04:59:59": "2024-03-09",
        "2024-03-10 05:00:00": "2024-03-10",
        "2024-03-11 03:59:59": "2024-03-10",
        "2024-03-11 04:00:00": "2024-03-11",
        "2024-11-03 03:59:59": "2024-11-02",
        "2024-11-03 04:00:00": "2024-11-03",
        "2024-11-04 04:59:59": "2024-11-03",
        "2024-11-04 05:00:00": "2024-11-04",
        "2024-03-10": "2024-03-10",
        "2024-03-11": "2024-03-11",
        "2024-11-03": "2024-11-03",
        "2024-11-04": "2024-11-04",
    },
}
MIDNIGHTS = {
    "Asia/Shanghai": {"2024-02-01": "2024-01-31 16:00:00"},
    "America/New_York": {
        "2024-03-10": "2024-03-10 05:00:00",
        "2024-03-11": "2024-03-11 04:00:00",
        "2024-11-03": "2024-11-03 04:00:00",
        "2024-11-04": "2024-11-04 05:00:00",
    },
}


@pytest.mark.parametrize("zone", ZONES)
def test_time_zones_move_days(zone: str, warehouse: Warehouse, tmp_path: Path) -> None:
    """Days are those of the shop; a day alone is its midnight, also where clocks change."""
    rows = [order(f"o{n}", "c1", written) for n, written in enumerate(ZONES[zone])]
    late = [refund("r1", "2024-12-31 23:30:00", order_id="o0")]
    folder = write_shop(tmp_path / "shop", {"orders": rows, "refunds": late})
    build = warehouse.build(folder, select="+fct_orders +fct_customer_rfm", shop_timezone=zone)
    found = build.by_key("fct_orders", "order_id")
    days = {w: str(found[f"o{n}"]["order_date"]) for n, w in enumerate(ZONES[zone])}
    assert days == ZONES[zone]
    timestamps = {w: str(found[f"o{n}"]["ordered_at"]) for n, w in enumerate(ZONES[zone])}
    assert timestamps | MIDNIGHTS[zone] == timestamps
    # the default day is the local one of the last refund
    last = date(2025, 1, 1) if zone == "Asia/Shanghai" else date(2024, 12, 31)
    assert {row["as_of_date"] for row in build.rows("fct_customer_rfm")} == {last}


@pytest.mark.parametrize(
    ("zone", "timestamps"),
    [
        ("UTC", ["2024-01-09 23:59:59", "2024-01-10", "2024-01-20 23:59:59", "2024-01-21"]),
        (
            "Asia/Shanghai",
            ["2024-01-09 15:59:59", "2024-01-10", "2024-01-20 15:59:59", "2024-01-20 16:00:00"],
        ),
    ],
)
def test_earliest_and_latest_day(
    zone: str, timestamps: list[str], warehouse: Warehouse, tmp_path: Path
) -> None:
    """Both inclusive, in local days; impossible optional times become null."""
    rows = [
        order(f"o{n}", "c1", written, shipped_at="2024-02-01" if n == 1 else "2024-01-15")
        for n, written in enumerate(timestamps)
    ]
    folder = write_shop(tmp_path / "shop", {"orders": rows})
    limits = {"earliest_date": "2024-01-10", "latest_date": "2024-01-20"}
    build = warehouse.build(folder, select=OF_ORDERS, shop_timezone=zone, **limits)
    found = build.by_key("fct_orders", "order_id")
    assert found.keys() == {"o1", "o2"}
    assert (found["o1"]["shipped_at"], found["o2"]["shipped_at"]) != (None, None)
    assert found["o1"]["shipped_at"] is None
    rejected = build.rows("audit.audit_rejected_rows")
    assert {(row["row_key"], row["reason"]) for row in rejected} == {
        ("o0", "impossible_time"),
        ("o3", "impossible_time"),
    }


# -- currencies -----------------------------------------------------------------------------------


def rate(currency: str, day: str, value: Any) -> Row:
    """An exchange rate."""
    return {"currency": currency, "rate_date": day, "rate_to_reporting": value}


CURRENCY_SHOP = {
    "orders": [
        order("usd-1", "c1", "2024-01-05", "10.01", currency="usd "),
        order("usd-2", "c1", "2024-01-10", 10, currency="USD"),
        order("cny-1", "c1", "2024-01-05", 10, currency="CNY"),
        order("cny-2", "c1", "2024-01-06", 10, currency=" cny"),
        order("none", "c1", "2024-01-06", 10),
        order("eur-early", "c1", "2024-01-01", 10, currency="EUR"),
        order("eur-late", "c1", "2024-02-01", 10, currency="EUR"),
        order("eur-late-2", "c1", "2024-02-02", 10, currency="EUR"),
        order("test-eur", "test", "2024-01-02", 10, currency="EUR"),
    ],
    "exchange_rates": [
        rate("usd", "2024-01-01", "7.15"),
        rate("USD", "2024-01-10", "7.2"),
        rate("USD", "2024-01-11", "8"),
        rate("EUR", "2024-01-02", "7.8"),
        rate("EUR", "2024-01-03", "0"),
        rate("CNY", "2024-01-01", "0.14"),
    ],
    "refunds": [
        refund("r1", "2024-03-01", 1, order_id="usd-1"),
        refund("r2", "2024-03-01", 5, order_id="usd-2", currency="eur"),
        refund("r3", "2024-03-01", "0.1", order_id="cny-1", currency="USD"),
        refund("r4", "2024-03-01", 1, order_id="none", currency="JPY"),
    ],
}


@pytest.fixture(scope="module")
def currency_shop(warehouse: Warehouse) -> Path:
    """Orders in three currencies."""
    return warehouse.folder("currencies", lambda folder: write_shop(folder, CURRENCY_SHOP))


def paid(build: Build) -> dict[str, Decimal]:
    """What was paid for each accepted order."""
    return {row["order_id"]: row["paid_amount"] for row in build.rows("fct_orders")}


def test_default_currency_is_the_most_frequent(currency_shop: Path, warehouse: Warehouse) -> None:
    """Three orders in euros; a missing rate is never taken as 1; the rate is that of the day."""
    build = warehouse.build(currency_shop, select=OF_ORDERS)
    assert paid(build) == {
        "usd-1": Decimal("71.57"),  # 71.5715
        "usd-2": Decimal("72.00"),
        "cny-1": Decimal("1.40"),
        "cny-2": Decimal("1.40"),
        "none": Decimal("10.00"),
        "eur-early": Decimal("10.00"),
        "eur-late": Decimal("10.00"),
        "eur-late-2": Decimal("10.00"),
    }
    # in its own currency at the rate of the order's day, by default in that of the order
    refunded = {row["order_id"]: row["refunded_amount"] for row in build.rows("fct_orders")}
    assert refunded["usd-1"] == Decimal("7.15")
    assert refunded["usd-2"] == Decimal("5.00")
    assert refunded["cny-1"] == Decimal("0.72")  # 0.715
    assert refunded["none"] == 0
    reasons = {(row["row_key"], row["reason"]) for row in build.rows("audit.audit_rejected_rows")}
    assert reasons == {
        ("test-eur", "test_order"),
        ("EUR|2024-01-03", "impossible_rate"),
        ("r4", "missing_exchange_rate"),
    }


def test_default_currency_depends_on_the_as_of_date(
    currency_shop: Path, warehouse: Warehouse
) -> None:
    """Up to the day, two currencies have two orders each: the first by name is used."""
    build = warehouse.build(currency_shop, select=OF_ORDERS, as_of_date="2024-01-31")
    amounts = paid(build)
    assert amounts["cny-1"] == amounts["none"] == Decimal("10.00")
    assert amounts["usd-2"] == Decimal("72.00")
    assert "eur-early" not in amounts  # no rate on or before its day
    rejected = build.rows("audit.audit_rejected_rows", reason="missing_exchange_rate")
    assert {row["row_key"] for row in rejected} == {"eur-early", "r4"}


def test_reporting_currency_var(currency_shop: Path, warehouse: Warehouse) -> None:
    """The variable decides, in capitals or not."""
    build = warehouse.build(currency_shop, select=OF_ORDERS, reporting_currency="usd")
    amounts = paid(build)
    assert amounts["usd-1"] == Decimal("10.01")
    assert amounts["none"] == Decimal("10.00")
    assert amounts["cny-1"] == Decimal("1.40")
    assert "eur-early" not in amounts


# -- erased customers -----------------------------------------------------------------------------


def test_erased_customers(warehouse: Warehouse, tmp_path: Path) -> None:
    """Their orders are kept as guest orders; no other data of them is left."""
    project = copy_project(tmp_path / "project")
    seed = project / "seeds" / "config" / "erased_customers.csv"
    seed.write_text("customer_id\nforgotten-77\n", encoding="utf-8")
    gone = "forgotten-77"
    address = "gone@shop.cn"
    traces = {"customer_id": gone, "loaded_at": "2024-01-05"}
    tables = {
        "orders": [
            order("o1", gone, "2024-01-01", 80, email=address, shipping_city="Tracetown"),
            order("o2", "c1", "2024-01-02", 20),
            order("o3", gone, "broken", 10, coupon_code="TRACE-1"),
        ],
        "order_items": [line("o1", "p1")],
        "refunds": [refund("r1", "2024-01-03", 30, order_id="o1", reason="trace-r", **traces)],
        "customers": [
            customer(gone, email=address, city="Tracetown"),
            customer(gone, email=address, city="Tracetown", loaded_at="2024-01-01"),
            customer("c1", email=address, city="Oslo"),
        ],
        "identity_links": [link("trace-card", gone)],
        "events": [{"event_id": "e1", "event_name": "trace-e", "occurred_at": DAY} | traces],
        "reviews": [{"review_id": "rv1", "created_at": DAY, "review_text": "trace"} | traces],
        "support_tickets": [{"ticket_id": "t1", "opened_at": DAY, "topic": "trace"} | traces],
        "nps_responses": [{"response_id": "n1", "responded_at": DAY, "score": 1} | traces],
        "point_transactions": [
            {"transaction_id": "x1", "occurred_at": DAY, "transaction_type": "trace", "points": 1}
            | traces
        ],
        "subscriptions": [{"channel": "trace", "status": "trace", "changed_at": DAY} | traces],
        "campaign_sends": [{"campaign_id": "k1", "sent_at": DAY, "channel": "trace"} | traces],
    }
    # a known order of each kind keeps the columns readable
    tables["events"].append({"event_id": "e2", "event_name": "search", "occurred_at": DAY})
    folder = write_shop(tmp_path / "shop", tables)
    build = warehouse.build(folder, project=project, as_of_date=str(DAY))

    found = build.by_key("fct_orders", "order_id")
    assert (found["o1"]["customer_id"], found["o1"]["net_amount"]) == (None, Decimal("50.00"))
    assert found["o2"]["customer_id"] == "c1"
    reasons = Counter(
        (row["input"], row["reason"]) for row in build.rows("audit.audit_rejected_rows")
    )
    once = ["identity_links", "events", "reviews", "support_tickets", "nps_responses"]
    once += ["point_transactions", "subscriptions", "campaign_sends"]
    assert reasons == Counter(
        {(table, "erased"): 1 for table in once}
        | {("customers", "erased"): 2, ("orders", "unreadable_ordered_at"): 1}
    )
    for name, table in build.tables().items():
        for row in table.rows:
            for column, value in zip(table.columns, row, strict=True):
                content = str(value).lower()
                assert gone not in content, (name, column, value)
                if name.startswith("audit."):
                    assert "trace" not in content, (name, column, value)
                assert "trace-" not in content, (name, column, value)
    assert all(row["is_balanced"] for row in build.rows("audit.audit_row_ledger"))


def test_erased_customers_leave_no_trace(warehouse: Warehouse, tmp_path: Path) -> None:
    """An account, an e-mail address and a telephone number as id: in no table of any schema.

    Neither the ids, keys made of them, their addresses and hashes, their cards, nor the visitors
    that are nobody else. Their orders stay, as do visitors that are somebody else as well.
    """
    project = copy_project(tmp_path / "project")
    seed = project / "seeds" / "config" / "erased_customers.csv"
    gone = ["forgotten-77", "Zoe@gone-mail.cn", "13855512345"]
    seed.write_text("\n".join(["customer_id", *gone, ""]), encoding="utf-8")
    address = "gone-too@gone-mail.cn"

    accounts = ["forgotten-77", "zoe@gone-mail.cn", "13855512345"]
    tables = {
        "orders": [
            *[order(f"o{n}", account, DAY, 10) for n, account in enumerate(accounts)],
            order("o4", "", DAY, 10, email=address),
            order("o5", "kept-1", DAY, 10),
            order("o6", "gone-card", DAY, -1),
        ],
        "customers": [customer(accounts[0], email=address), customer("kept-1")],
        "identity_links": [
            link("gone-card", accounts[0]),
            link("gone-visitor", accounts[1], identifier_type="visitor"),
            link("kept-visitor", accounts[1], identifier_type="visitor"),
            link("kept-visitor", "kept-1", identifier_type="visitor"),
            link(sha256(address.encode()).hexdigest(), accounts[0], identifier_type="email_hash"),
        ],
        "events": [
            event(f"e{number}", DAY, visitor_id=visitor, customer_id=account)
            for number, (visitor, account) in enumerate(
                [
                    ("gone-device", accounts[0]),
                    ("gone-device", ""),
                    ("gone-visitor", ""),
                    ("kept-visitor", ""),
                    ("gone-phone", accounts[2]),
                    ("gone-phone", ""),
                    ("kept-device", "kept-1"),
                    ("kept-device", accounts[2]),
                    ("kept-device", ""),
                ]
            )
        ],
        "subscriptions": [
            {"customer_id": account, "channel": "sms", "status": "subscribed", "changed_at": DAY}
            for account in [*accounts, "kept-1"]
        ],
        "refunds": [
            refund(f"r{n}", DAY, 3, customer_id=account) for n, account in enumerate(accounts)
        ],
    }
    folder = write_shop(tmp_path / "shop", tables)
    build = warehouse.build(folder, project=project, as_of_date=str(DAY))

    assert len(build.rows("fct_orders")) == 5
    assert sum(row["refunded_amount"] for row in build.rows("fct_orders")) == 9
    kept = build.rows("staging.base_shop__events", rejection_reason=None)
    assert {row["row_key"] for row in kept} == {"e3", "e6", "e8"}
    assert sum(row["events"] for row in build.rows("fct_sessions")) == 3
    traces = ["gone-", *[trace.lower() for trace in (*gone, address)]]
    for address_or_number in (*accounts[1:], address):
        traces.append(sha256(address_or_number.encode()).hexdigest()[:32])
    names = build.query(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where table_name <> 'erased_customers'"
    )
    assert len(names) > 100
    for (name,) in names:
        table = build.table(name)
        for column, *values in zip(table.columns, *table.rows, strict=True):
            for value in map(str, values):
                assert not any(trace in value.lower() for trace in traces), (name, column, value)


# -- quantiles ------------------------------------------------------------------------------------


def quantile_rows(many: int) -> list[Row]:
    """Customers of whom the n-th ordered n days before the day, pairs on the same one."""
    return [
        order(f"o{n}", f"c{n:02}", str(DAY - timedelta(days=n - n % 2)), 100 + n)
        for n in range(many)
    ]


@pytest.mark.parametrize("many", [10, 9])
def test_quantile_scores(many: int, warehouse: Warehouse, tmp_path: Path) -> None:
    """Ties have equal scores; with too few customers there are no scores."""
    folder = write_shop(tmp_path / "shop", {"orders": quantile_rows(many)})
    variables = {"rfm_scoring": "quantiles", "rfm_minimum_customers": 10, "as_of_date": str(DAY)}
    build = warehouse.build(folder, select="+fct_customer_rfm +rpt_segments", **variables)
    rfm = build.by_key("fct_customer_rfm", "customer_id")
    segments = {row["segment"]: row["customers"] for row in build.rows("rpt_segments")}
    if many == 9:
        columns = ("r_score", "f_score", "m_score", "rfm_cell", "value_tier", "rfm_11")
        found = {tuple(row[column] for column in columns) for row in rfm.values()}
        assert found == {(None, None, None, None, "unscored", "unscored")}
        assert segments["unscored"] == 9
        return
    # pairs: worse are 8, 8, 6, 6, ... of 10, worse or equal 2 more; one order each; amounts differ
    assert [rfm[f"c{n:02}"]["r_score"] for n in range(10)] == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert [rfm[f"c{n:02}"]["f_score"] for n in range(10)] == [3] * 10
    assert [rfm[f"c{n:02}"]["m_score"] for n in range(10)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert "unscored" not in segments


# -- variables ------------------------------------------------------------------------------------

FLIP_SHOP = {
    "orders": [
        order(
            *("o1", "c1", "2024-01-01 20:00:00", 100),
            currency="CNY",
            tax_amount=20,
            gross_amount=110,
        ),
        order("o2", "c1", "2024-05-01 20:00:00", 50, currency="CNY"),
        order("o3", "c2", "2024-05-02 20:00:00", 70, currency="USD"),
    ],
    "order_items": [line("o1", "p1", quantity=40)],
    "refunds": [refund("r1", "2024-05-03", 50, order_id="o2")],
    "exchange_rates": [
        rate("USD", "2024-01-01", 7),
        rate("USD", "2024-03-01", 7),
        rate("CNY", "2024-01-01", "0.5"),
    ],
    "events": [
        # 19 days before a login
        event("e1", "2024-04-01 10:00:00", visitor_id="v1"),
        event("e2", "2024-04-20 10:00:00", visitor_id="v1", customer_id="c1"),
        # before the logins of two customers
        event("e3", "2024-04-02 10:00:00", visitor_id="v2"),
        event("e4", "2024-04-03 10:00:00", visitor_id="v2", customer_id="c1"),
        event("e5", "2024-04-03 12:00:00", visitor_id="v2", customer_id="c2"),
        # three in an hour, of two campaigns, with pauses of 20 and 39 minutes
        event("e6", "2024-04-04 10:00:00", visitor_id="v3", campaign="spring"),
        event("e7", "2024-04-04 10:20:00", "view_product", visitor_id="v3", campaign="summer"),
        event("e8", "2024-04-04 10:59:00", visitor_id="v3"),
        # 48 hours before an order
        event("e9", "2024-04-30 20:00:00", "add_to_cart", customer_id="c2"),
    ],
}
# variable: another value, the mart to look at, and its expected content
FLIPS: dict[str, tuple[Any, str, str, list]] = {
    "raw_path": (None, "fct_orders", "order_id", ["other"]),
    "as_of_date": ("2024-02-01", "fct_orders", "order_id", ["o1"]),
    "shop_timezone": (
        "Asia/Shanghai",
        "fct_orders",
        "order_date",
        [date(2024, 1, 2), date(2024, 5, 2), date(2024, 5, 3)],
    ),
    "input_timezone": (
        "America/New_York",
        "fct_orders",
        "order_date",
        [date(2024, 1, 2), date(2024, 5, 2), date(2024, 5, 3)],
    ),
    "guests_with_email_are_customers": (False, "fct_orders", "customer_id", ["c1", None]),
    "earliest_date": ("2024-02-01", "fct_orders", "order_id", ["o2", "o3"]),
    "latest_date": ("2024-05-01", "fct_orders", "order_id", ["o1", "o2"]),
    # the second customer first ordered four months later
    "history_starts_at_opening": (
        True,
        "intermediate.int_customer_cohorts",
        "is_left_truncated",
        [False, False],
    ),
    "reporting_currency": ("USD", "fct_orders", "paid_amount", [25, 50, 70]),
    "max_line_quantity": (40, "fct_orders", "order_lines", [0, 0, 0]),
    # 70 USD are 490
    "max_order_amount": (100, "fct_orders", "order_id", ["o1", "o2"]),
    # 110 - 100 without a fifth of tax, 110 - 80
    "prices_include_tax": (False, "fct_orders", "discount_amount", [30, None, None]),
    "refunded_orders_count": (False, "fct_orders", "is_valid", [False, True, True]),
    "rfm_window_days": (30, "fct_customer_rfm", "frequency", [1, 1]),
    "rfm_scoring": ("quantiles", "fct_customer_rfm", "rfm_cell", [None, None]),
    "rfm_minimum_customers": (2, "fct_customer_rfm", "rfm_cell", ["242", "424"]),
    "churn_inactive_days": (1, "fct_customer_churn", "is_churned", [False, True]),
    "identity_window_days": (
        18,
        "fct_sessions",
        "person_id",
        [*["c1"] * 3, *["c2"] * 2, "visitor:v1", *["visitor:v3"] * 2],
    ),
    "shared_device_customers": (
        1,
        "fct_sessions",
        "person_id",
        [*["c1"] * 3, *["c2"] * 2, "visitor:v2", *["visitor:v3"] * 2],
    ),
    "bot_events_per_hour": (2, "fct_sessions", "person_id", [*["c1"] * 4, *["c2"] * 2]),
    "session_timeout_minutes": (39, "fct_sessions", "events", [*[1] * 6, 3]),
    "session_cut_on_campaign": (True, "fct_sessions", "events", [1] * 9),
    "churn_horizon_days": (
        30,
        "intermediate.int_snapshot_dates",
        "label_through",
        [date(2024, 3, 1), date(2024, 3, 30), date(2024, 4, 30), None, None],
    ),
    "model_sample_customers": (
        1,
        "intermediate.int_order_features",
        "is_in_sample",
        [False, True, True],
    ),
    # each month once for each of the two purchase models
    "monthly_discount_rate": (0, "intermediate.int_bg_nbd_forecasts", "discount_factor", [1] * 24),
    "cart_abandonment_hours": (48, "rpt_carts", "abandoned_carts", [0]),
    "funnels": (
        {"cart_to_pay": {"steps": ["add_to_cart", "pay"], "window_hours": 48}},
        "fct_funnel_entries",
        "reached_step",
        # the order has neither a session nor an event on its day
        [1],
    ),
}
DEFAULTS = {
    ("fct_orders", "order_id"): ["o1", "o2", "o3"],
    ("fct_orders", "customer_id"): ["c1", pseudonym("ann@shop.cn")],
    ("fct_orders", "order_date"): [date(2024, 1, 1), date(2024, 5, 1), date(2024, 5, 2)],
    ("fct_orders", "paid_amount"): [50, 100, 490],
    ("fct_orders", "discount_amount"): [8, None, None],
    ("fct_orders", "order_lines"): [0, 0, 1],
    ("fct_orders", "is_valid"): [True, True, True],
    ("fct_customer_rfm", "frequency"): [1, 2],
    ("fct_customer_rfm", "rfm_cell"): ["521", "521"],
    ("fct_customer_churn", "is_churned"): [False, False],
    ("intermediate.int_customer_cohorts", "is_left_truncated"): [False, True],
    ("intermediate.int_snapshot_dates", "label_through"): [date(2024, 4, 30), *[None] * 4],
    ("intermediate.int_order_features", "is_in_sample"): [True, True, True],
    ("intermediate.int_bg_nbd_forecasts", "discount_factor"): sorted(
        1 / 1.01**month for month in [*range(1, 13)] * 2
    ),
    ("fct_sessions", "person_id"): [*["c1"] * 4, *["c2"] * 2, *["visitor:v3"] * 2],
    ("fct_sessions", "events"): [*[1] * 7, 2],
    ("rpt_carts", "abandoned_carts"): [1],
    # each session enters two funnels, and one continues to a product; a cart enters the third
    ("fct_funnel_entries", "reached_step"): [*[1] * 16, 2],
}


REGULARS = {
    "orders": [
        order(f"{customer}-{day}", f"c{customer}", day)
        for customer in range(30)
        for day in ("2024-01-01", "2024-02-01")
    ]
}

GUESTS = {
    "orders": [
        order("o1", "c1", "2024-01-01"),
        order("o2", None, "2024-01-02", email="Ann@shop.cn"),
    ]
}


def values(build: Build, mart: str, column: str) -> list:
    """The values of a column, in order."""
    return in_order(row[column] for row in build.rows(mart))


def in_order(found: Iterable[Any]) -> list:
    """Sorted, nulls last."""
    return sorted(found, key=lambda value: (value is None, value))


# variables of a group change different columns, so one build shows the effects of all of them
GROUPS = [
    [
        *("max_line_quantity", "prices_include_tax", "rfm_window_days", "churn_inactive_days"),
        *("session_timeout_minutes", "churn_horizon_days"),
        *("cart_abandonment_hours", "funnels"),
    ],
    [
        *("refunded_orders_count", "reporting_currency", "identity_window_days"),
        "history_starts_at_opening",
    ],
    ["latest_date", "shared_device_customers"],
    ["earliest_date", "bot_events_per_hour"],
    ["raw_path"],
    ["as_of_date"],
    ["shop_timezone", "session_cut_on_campaign"],
    ["input_timezone"],
    ["max_order_amount"],
    ["guests_with_email_are_customers"],
    ["rfm_scoring", "model_sample_customers"],
    ["rfm_minimum_customers"],
    ["monthly_discount_rate"],
]


def test_groups_hold_every_var_once() -> None:
    assert sorted(name for group in GROUPS for name in group) == sorted(FLIPS)
    for group in GROUPS:
        assert len({FLIPS[name][1:3] for name in group}) == len(group)


@pytest.mark.parametrize("group", GROUPS, ids="-".join)
def test_every_var_has_an_effect(group: list[str], warehouse: Warehouse, tmp_path: Path) -> None:
    """Builds with changed variables, and what each of them changes."""
    folder = warehouse.folder("flips", lambda target: write_shop(target, FLIP_SHOP))
    variables = {name: FLIPS[name][0] for name in group}
    if "guests_with_email_are_customers" in group:
        folder = warehouse.folder("guests", lambda target: write_shop(target, GUESTS))
    if "monthly_discount_rate" in group:
        # purchases are expected from 30 customers on
        folder = warehouse.folder("regulars", lambda target: write_shop(target, REGULARS))
    if "raw_path" in group:
        other = {"orders": [order("other", "c1", "2024-01-01")]}
        variables["raw_path"] = str(write_shop(tmp_path / "other", other))
    if "rfm_minimum_customers" in group:
        variables["rfm_scoring"] = "quantiles"
    marts = {FLIPS[name][1].rpartition(".")[2] for name in group}
    select = " ".join(f"+{mart}" for mart in sorted(marts))
    changed = warehouse.build(folder, select=select, **variables)
    for name in group:
        _, mart, column, expected = FLIPS[name]
        assert values(warehouse.build(folder), mart, column) == DEFAULTS[mart, column], name
        assert values(changed, mart, column) == in_order(expected), name


def test_large_amounts(warehouse: Warehouse, tmp_path: Path) -> None:
    """Prices in a currency of many zeros: a line of millions, billions in an order."""
    millions = {"unit_price": 45_000_000, "unit_list_price": 50_000_000, "unit_cost": 30_000_000}
    tables = {
        "orders": [order("o1", "c1", "2024-01-01", 4_500_000_000, currency="IDR")],
        "order_items": [line("o1", "p1", quantity=100, **millions)],
    }
    select = "+fct_order_items +fct_orders"
    build = warehouse.build(write_shop(tmp_path / "shop", tables), select=select)
    (item,) = build.rows("fct_order_items")
    assert item["list_amount"] == 5_000_000_000
    assert item["margin_amount"] == 1_500_000_000
    assert build.rows("fct_orders")[0]["net_amount"] == 4_500_000_000


def test_date_columns_read_the_formats_of_timestamps(warehouse: Warehouse, tmp_path: Path) -> None:
    """A date that mixes dashes and slashes is read the same in date and time columns."""
    rates = [rate("USD", "2024-01-01", 7), rate("EUR", "2024-01/01", 8)]
    tables = {
        "orders": [order("o1", "c1", "2024-01/05"), order("o2", "c1", "2024-01-05")],
        "exchange_rates": rates,
    }
    build = warehouse.build(write_shop(tmp_path / "shop", tables), select="+audit_row_ledger")
    rejected = {row["input"]: row["rows_rejected"] for row in build.rows("audit.audit_row_ledger")}
    assert rejected["orders"] == rejected["exchange_rates"]


def test_raw_tables_in_a_schema(warehouse: Warehouse, tmp_path: Path) -> None:
    """With raw_schema the raw tables are read from the database, whatever the folder holds."""
    folder = warehouse.folder("flips", lambda target: write_shop(target, FLIP_SHOP))

    def load(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("create schema exports")
        for table in FLIP_SHOP:
            file = folder / f"{table}.csv"
            connection.execute(
                f"create table exports.{table} as"
                f" from read_csv('{file}', header = true, all_varchar = true)"
            )

    empty = tmp_path / "empty"
    empty.mkdir()
    build = warehouse.build(empty, select="+fct_orders", prepare=load, raw_schema="exports")
    assert values(build, "fct_orders", "paid_amount") == DEFAULTS["fct_orders", "paid_amount"]


def test_every_var_is_tested() -> None:
    """A new variable needs a test here or a unit test; models and tables: test_input_views.py."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    given = set()
    for file in (PROJECT / "models").rglob("*__unit_tests.yml"):
        for test in yaml.safe_load(file.read_text(encoding="utf-8"))["unit_tests"]:
            given |= test.get("overrides", {}).get("vars", {}).keys()
    others = {"raw_schema", "raw_tables", "inputs"}
    assert project["vars"].keys() - FLIPS.keys() - others <= given
    assert FLIPS.keys() <= project["vars"].keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("raw_tables", "sales"),
        ("raw_tables", {"order": "sales.shop_orders"}),
        ("raw_tables", {"orders": "sales..shop_orders"}),
        ("inputs", ["my_orders"]),
        ("inputs", {"order": "my_orders"}),
        ("rfm_scoring", "deciles"),
        ("shop_timezone", "Mars/Olympus"),
        ("input_timezone", "CEST"),
        ("guests_with_email_are_customers", "maybe"),
        ("as_of_date", "30.6.2024"),
        ("history_starts_at_opening", "sometimes"),
        ("max_line_quantity", 0),
        ("max_order_amount", "1e6"),
        ("prices_include_tax", "sometimes"),
        ("refunded_orders_count", "maybe"),
        ("identity_window_days", 0),
        ("churn_horizon_days", 2_000_000_000),
        ("bot_events_per_hour", -1),
        ("session_timeout_minutes", "half an hour"),
        ("cart_abandonment_hours", 1.5),
        ("session_cut_on_campaign", "sometimes"),
        ("funnels", {}),
    ],
)
def test_invalid_vars_are_rejected(name: str, value: Any, warehouse: Warehouse) -> None:
    """Stop the run and say which variable it is."""
    folder = warehouse.folder("flips", lambda target: write_shop(target, FLIP_SHOP))
    with pytest.raises(Exception, match=name):
        warehouse.build(folder, **{name: value})
