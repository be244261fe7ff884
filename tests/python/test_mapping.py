"""Values of common shop systems and trackers, from the raw files to the marts."""

import csv
from decimal import Decimal

import pytest
from warehouse import PROJECT, Build, Warehouse, write_shop

CASE = PROJECT.parent / "shared" / "data" / "cases" / "status_words_of_common_shops"
# one order of 11.00 per status; on-hold, checkout-draft, holded and payment_review await a payment
NO_PURCHASE = {
    "wc-pending": "placed",
    "on-hold": "placed",
    "checkout-draft": "placed",
    "draft": "placed",
    "incomplete": "placed",
    "holded": "placed",
    "payment_review": "placed",
    "authorized": "placed",
    "wc-cancelled": "cancelled",
    "wc-failed": "cancelled",
    "payment failed": "cancelled",
    "trash": "cancelled",
    "abandoned": "cancelled",
    "rejected": "cancelled",
    "declined": "cancelled",
    "fraud": "cancelled",
    "unavailable": "cancelled",
}
PURCHASES = {"wc-refunded": "refunded", "closed": "refunded", "partially_paid": "paid"}
SESSIONS = {
    "visit": [("(direct)", "(none)", "(not set)")],
    "app": [("direct", "none", None)],
    "typed": [("Direct", "None", None)],
    "first-known": [("(not set)", "(not set)", "(not set)"), ("Google", "CPC", "Spring")],
    "never-known": [("(not set)", None, "(none)")],
}


@pytest.fixture(scope="module")
def common_shops(warehouse: Warehouse) -> Build:
    """The orders of the case."""
    if not CASE.exists():
        pytest.skip(f"no {CASE}: no orders with the statuses of common shops")
    return warehouse.build(CASE, select="+fct_orders +audit_unmapped_values +rpt_sales_daily")


def test_statuses_of_common_shops(common_shops: Build) -> None:
    """Orders without a payment are no purchases, a refund leaves nothing, all are mapped."""
    with (CASE / "orders.csv").open(newline="", encoding="utf-8") as file:
        raw = {row["order_id"]: row["status"] for row in csv.DictReader(file)}
    orders = common_shops.by_key("fct_orders", "order_id")
    expected = NO_PURCHASE | PURCHASES
    assert {word: orders[key]["status"] for key, word in raw.items()} == expected
    assert {raw[key] for key, row in orders.items() if row["is_valid"]} == set(PURCHASES)
    net = {raw[key]: row["net_amount"] for key, row in orders.items() if row["net_amount"]}
    assert net == {"partially_paid": Decimal(11)}
    assert sum(row["net_amount"] for row in common_shops.rows("rpt_sales_daily")) == 11
    assert common_shops.rows("audit.audit_unmapped_values") == []


def test_direct_traffic_is_one_source(warehouse: Warehouse) -> None:
    """In any spelling; a placeholder does not hide the source of a later event."""
    events = [
        {
            "event_id": f"{session}{number}",
            "occurred_at": f"2024-01-01 10:0{number}:00",
            "event_name": "page_viewed",
            "visitor_id": session,
            "session_id": session,
            "source": source,
            "medium": medium,
            "campaign": campaign,
        }
        for session, visits in SESSIONS.items()
        for number, (source, medium, campaign) in enumerate(visits)
    ]
    orders = [{"order_id": "o1", "ordered_at": "2024-01-01", "paid_amount": 1}]
    folder = warehouse.folder(
        "traffic", lambda target: write_shop(target, {"orders": orders, "events": events})
    )
    build = warehouse.build(folder, select="+rpt_traffic_sources")
    found = {
        row["person_id"].removeprefix("visitor:"): (row["source"], row["medium"], row["campaign"])
        for row in build.rows("intermediate.int_sessions")
    }
    direct = ("direct", "none", "unknown")
    assert found == {
        "visit": direct,
        "app": direct,
        "typed": direct,
        "first-known": ("google", "cpc", "Spring"),
        "never-known": ("unknown", "unknown", "unknown"),
    }
    sessions = {
        (row["source"], row["medium"]): row["sessions"] for row in build.rows("rpt_traffic_sources")
    }
    assert sessions == {("direct", "none"): 3, ("google", "cpc"): 1, ("unknown", "unknown"): 1}
