"""Sessions, and whose they are, equal those that plain Python makes of the same events."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from behaviour import ATTRIBUTES, Funnels, Settings, Visits
from conftest import Visited
from reference import Sales, Shop
from warehouse import Build, Warehouse, differences, read_shop, write_shop

COUNTED = {
    "category_views": ("view_category",),
    "searches": ("search",),
    "product_views": ("view_product",),
    "cart_adds": ("add_to_cart",),
    "checkouts": ("begin_checkout",),
    "payment_failures": ("payment_failed",),
    "page_views": ("view_page", "view_category", "view_product"),
}
FAULTS = {
    "no time": "missing_occurred_at",
    "odd time": "unreadable_occurred_at",
    "no name": "missing_event_name",
    "future": "impossible_time",
    "ancient": "impossible_time",
    "twice": "duplicate",
    "broken copy": "unreadable_occurred_at",
}


def expected_sessions(visits: Visits, zone: str) -> list[dict]:
    """The rows of the mart, as far as the definitions fix them."""
    rows = []
    numbers: Counter[str] = Counter()
    funnels = Funnels(visits)
    placing, paying = (
        {id(step_event.session) for step_event in funnels.without_order(name)}
        for name in ("place_order", "pay")
    )
    for session in visits.sessions:
        numbers[session.person] += 1
        local = session.started_at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        orders = [visits.sales.orders[order_id] for order_id in session.orders]
        is_customer = any(event.customer == session.person for event in session.events)
        row = {
            "person_id": session.person,
            "is_customer": is_customer or not session.person.startswith("visitor:"),
            "session_number": numbers[session.person],
            "is_new_visitor": numbers[session.person] == 1,
            "started_at": session.started_at,
            "ended_at": session.ended_at,
            "session_date": local.date(),
            "session_hour": local.hour,
            "duration_seconds": (session.ended_at - session.started_at) // timedelta(seconds=1),
            "events": len(session.events),
            "is_bounce": len(session.events) == 1,
            "landing_page": session.first("page"),
            "exit_page": session.last("page"),
            "placed_orders": len(orders),
            "orders": sum(order.is_valid for order in orders),
            "net_amount": visits.net(session),
            "has_placed_order": bool(orders) or id(session) in placing,
            "has_paid": id(session) in paying
            or any(order.is_valid or funnels.has_event(order.order_id, "pay") for order in orders),
        }
        row |= {name: session.first(name) or "unknown" for name in ATTRIBUTES[:-1]}
        row |= {name: session.count(*events) for name, events in COUNTED.items()}
        rows.append(row)
    return rows


def found_sessions(build: Build) -> list[dict]:
    """The rows of the mart with a customer as a yes or no."""
    rows = build.rows("fct_sessions")
    assert len({row["session_id"] for row in rows}) == len(rows)
    for row in rows:
        row["is_customer"] = row["customer_id"] is not None
        assert row["customer_id"] in (None, row["person_id"])
    return rows


def assert_same_rows(expected: list[dict], found: list[dict]) -> None:
    """Two lists hold the same rows; if not, the first by person and start are shown."""
    columns = list(expected[0])
    ours = Counter(tuple(row[column] for column in columns) for row in expected)
    theirs = Counter(tuple(row[column] for column in columns) for row in found)
    lines = [f"expected: {dict(zip(columns, row, strict=True))}" for row in ours - theirs]
    lines += [f"found:    {dict(zip(columns, row, strict=True))}" for row in theirs - ours]
    lines.sort(key=lambda line: line[10:])
    assert not lines, "\n".join([f"{len(lines)} rows differ", *lines[:16]])


def test_sessions_equal_reference_implementation(visited: Visited) -> None:
    """Person, start, end, events, attributes, orders and money of every session."""
    expected = expected_sessions(visited.visits, visited.zone)
    assert len(expected) > 300
    assert_same_rows(expected, found_sessions(visited.build))


def test_every_event_is_in_a_session_or_excluded(visited: Visited) -> None:
    """In exactly one session, or counted with the reason for which it is left out."""
    identities = visited.visits.identities
    reasons = Counter(identities.left_out(event) for event in identities.all_events)
    kept = reasons.pop(None)
    left_out = {
        row["reason"]: row["events"] for row in visited.build.rows("audit.audit_left_out_events")
    }
    assert left_out == dict(reasons)
    in_sessions = sum(row["events"] for row in visited.build.rows("fct_sessions"))
    by_rule = sum(row["events"] for row in visited.build.rows("audit.audit_identity_rules"))
    assert in_sessions == by_rule == kept
    assert in_sessions + sum(left_out.values()) == len(identities.all_events)


def test_shared_devices(visited: Visited) -> None:
    """The devices with more customers than the variable allows, and no others."""
    expected = visited.visits.identities.shared_devices
    found = {
        row["visitor_id"]: row["customers"]
        for row in visited.build.rows("audit.audit_shared_devices")
    }
    assert found == expected


def test_orders_are_in_at_most_one_session(visited: Visited) -> None:
    """No order counts twice, and the money of sessions is that of their orders."""
    placed = sum(row["placed_orders"] for row in visited.build.rows("fct_sessions"))
    assert placed == len(visited.visits.order_sessions)
    net = sum(row["net_amount"] for row in visited.build.rows("fct_sessions"))
    orders = visited.visits.sales.orders
    assert net == sum(orders[order_id].net for order_id in visited.visits.order_sessions)


def test_invalid_events_are_in_the_ledger(warehouse: Warehouse, hostile: Path) -> None:
    """Each once, with its reason."""
    rejected = warehouse.build(hostile).rows("audit.audit_rejected_rows", input="events")
    for key, reason in FAULTS.items():
        assert [row["reason"] for row in rejected if row["row_key"] == key] == [reason], key
    without_id = [row for row in rejected if '"/a"' in (row["raw_row"] or "")]
    assert [row["reason"] for row in without_id] == ["duplicate"]


def test_sessions_do_not_depend_on_the_order_of_rows(
    warehouse: Warehouse, hostile: Path, tmp_path: Path
) -> None:
    """Events, orders and links in another order give the same sessions with the same ids."""
    tables = read_shop(hostile)
    random = Random(5)
    for rows in tables.values():
        random.shuffle(rows)
    shuffled = warehouse.build(write_shop(tmp_path, tables), select="+fct_sessions")
    ours, theirs = (build.table("fct_sessions") for build in (warehouse.build(hostile), shuffled))
    lines = differences({"fct_sessions": ours}, {"fct_sessions": theirs}, ("as made", "shuffled"))
    assert not lines, "\n".join(lines)


def test_vars_change_sessions(warehouse: Warehouse, hostile: Path) -> None:
    """Every variable of identity and sessions, each with another value, all at once."""
    build = warehouse.build(
        hostile,
        select="+fct_sessions",
        as_of_date="2024-05-14",
        identity_window_days=9,
        shared_device_customers=2,
        bot_events_per_hour=100,
        session_timeout_minutes=10,
        session_cut_on_campaign=True,
    )
    settings = Settings(timedelta(days=9), 2, 100, timedelta(minutes=10), cut_on_campaign=True)
    sales = Sales(Shop(hostile, date(2024, 5, 14)), date(2024, 5, 14))
    expected = expected_sessions(Visits(sales, settings), "UTC")
    assert_same_rows(expected, found_sessions(build))
    uncut = Visits(sales, replace(settings, cut_on_campaign=False)).sessions
    assert len(expected) > len(uncut) + 10


@pytest.fixture(scope="module")
def lookalikes(warehouse: Warehouse) -> Build:
    """People whose ids read like those of others, and one with two ids."""
    timestamp = datetime(2024, 1, 5, 9)
    events = [
        {"customer_id": "visitor:v1", "occurred_at": timestamp},
        {"visitor_id": "v1", "occurred_at": timestamp + timedelta(minutes=5)},
        {"customer_id": "a", "session_id": "b|given|c", "occurred_at": timestamp},
        {"customer_id": "a|given|b", "session_id": "c", "occurred_at": timestamp},
    ]
    for number in range(320):
        after = timestamp + timedelta(seconds=number)
        events.append({"customer_id": ("card", "owner")[number % 2], "occurred_at": after})
    for row in events:
        row |= {"event_name": "home"}
    link = {"identifier_type": "member_card", "identifier": "card", "customer_id": "owner"}
    order = {"order_id": "o1", "ordered_at": "2024-01-06", "paid_amount": 1}
    shop = {"events": events, "identity_links": [link], "orders": [order]}
    folder = warehouse.folder("lookalikes", lambda target: write_shop(target, shop))
    return warehouse.build(folder, select="+fct_sessions +audit_left_out_events")


def test_customer_id_equal_to_a_visitor_key(lookalikes: Build) -> None:
    """The two are one person to all who read the marts, and no event counts twice."""
    rows = lookalikes.rows("fct_sessions", person_id="visitor:v1")
    assert sum(row["events"] for row in rows) == 2
    assert len({row["session_id"] for row in rows}) == len(rows)


def test_two_people_never_share_a_session(lookalikes: Build) -> None:
    """Not even where one id is a prefix of the other."""
    rows = lookalikes.rows("fct_sessions")
    ids = {row["session_id"] for row in rows if row["person_id"] in ("a", "a|given|b")}
    assert len(ids) == 2


def test_bot_with_two_customer_ids(lookalikes: Build) -> None:
    """Links replace an account's id before a person's events of an hour are counted."""
    assert not lookalikes.rows("fct_sessions", person_id="owner")
    (left_out,) = lookalikes.rows("audit.audit_left_out_events")
    assert (left_out["reason"], left_out["events"]) == ("bot_rate", 320)


def test_hostile_shop_covers_the_session_rules(warehouse: Warehouse, hostile: Path) -> None:
    """Each rule decides something in it."""
    rows = warehouse.build(hostile).rows("fct_sessions")
    by_person: dict[str, list[dict]] = {}
    for row in sorted(rows, key=lambda row: row["started_at"]):
        by_person.setdefault(row["person_id"], []).append(row)
    three_days = timedelta(days=3)
    assert [row["events"] for row in by_person["visitor:long"]] == [181, 180 + 1, 60 - 1 + 1]
    assert max(row["ended_at"] - row["started_at"] for row in rows) > three_days
    assert {row["identity_rule"] for row in rows} == {
        *("customer_id", "next_login", "previous_login", "visitor_link", "visitor")
    }
    night = [row["session_hour"] for row in by_person["visitor:night owl"]]
    assert night.count(23) == 2
    assert all(row["events"] == 5 for row in by_person["visitor:night owl"])
    assert "visitor:fast" not in by_person
    assert sum(row["events"] for row in by_person["visitor:almost"]) == 300
    assert {"c11", "c13", "c37", "c38"} <= by_person.keys()
    assert sum(row["placed_orders"] - row["orders"] for row in rows) >= 2
