"""A build as of a day equals a build from data that ends on that day."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from reference import CONTRACT, Line, Sales, Shop, Zone, guest_id
from warehouse import SAMPLE, Build, Table, Warehouse, differences, write_shop

LATER_STAMPS = {
    "orders": ("paid_at", "shipped_at", "delivered_at"),
    "support_tickets": ("resolved_at",),
    "campaign_sends": ("opened_at", "clicked_at"),
}
MONTH_ENDS = (date(2023, 12, 31), date(2024, 2, 29))
# month ends in UTC are compared with the monthly history below
DAYS = [
    ("sample", date(2024, 8, 14), "Asia/Shanghai"),
    ("hostile", date(2023, 11, 5), "America/New_York"),
]


def cut(source: Path, folder: Path, day: date, zone: Zone) -> Path:
    """Write what was known at the end of a day: the newest version of a key decides where it is.

    Order lines follow their order, products are never cut, a row without a time is kept, and what
    happened to a row later is taken away.
    """
    shop = Shop(source, zone=zone)
    end = zone.midnight(day + timedelta(days=1))

    def is_later(line: Line) -> bool:
        column = CONTRACT[line.table].as_of
        if column is None or line[column] is None:
            return False
        if CONTRACT[line.table].types[column] == "date":
            return line[column] > day
        return line[column] >= end

    tables: dict[str, list[dict[str, Any]]] = {}
    dropped: dict[str, set[str]] = {}
    for table, lines in shop.lines.items():
        dropped[table] = {line.key for line in lines if not line.reason and is_later(line)}
        kept = [line for line in lines if line.key not in dropped[table]]
        if table == "order_items":
            kept = [line for line in kept if line["order_id"] not in dropped["orders"]]
        rows = [dict(line.raw) for line in kept]
        for row, line in zip(rows, kept, strict=True):
            for column in LATER_STAMPS.get(table, ()):
                if line[column] is not None and line[column] >= end:
                    row[column] = ""
        if rows:
            tables[table] = rows
    assert all(dropped[table] for table in ("orders", "refunds", "events", "customers"))
    return write_shop(folder, tables)


def marts(build: Build) -> dict[str, Table]:
    """The tables of schema marts, without the consents of lists, which know later opt-outs, too.

    The audit covers all rows, whatever the day.
    """
    tables = build.tables("marts")
    actions = tables["marts.fct_action_list"]
    kept = [column for column in actions.columns if not column.endswith("channels")]
    kept = [column for column in kept if not column.startswith("allowed_channel")]
    assert len(actions.columns) - len(kept) == 6
    return tables | {"marts.fct_action_list": actions.select(kept)}


@pytest.mark.parametrize(("name", "day", "zone"), DAYS)
def test_as_of_date_equals_data_truncated_at_that_day(
    name: str, day: date, zone: str, warehouse: Warehouse, hostile: Path, tmp_path: Path
) -> None:
    """Every mart, exactly; the cut data is built without the variable and so must find the day."""
    source = SAMPLE if name == "sample" else hostile
    as_of = warehouse.build(source, as_of_date=str(day), shop_timezone=zone)
    folder = cut(source, tmp_path / "cut", day, Zone(zone))
    # where nothing happened on the day, the data does not tell it
    variables = {} if day in active_days(folder, Zone(zone)) else {"as_of_date": str(day)}
    until = warehouse.build(folder, shop_timezone=zone, **variables)
    lines = differences(marts(as_of), marts(until), ("build as of the day", "build of cut data"))
    assert not lines, "\n".join(lines)


def active_days(folder: Path, zone: Zone) -> set[date]:
    """The days with an accepted order, refund or event."""
    shop = Shop(folder, zone=zone)
    times = {"orders": "ordered_at", "refunds": "refunded_at", "events": "occurred_at"}
    return {
        zone.day(line[column]) for table, column in times.items() for line in shop.accepted(table)
    }


@pytest.mark.parametrize("day", MONTH_ENDS)
@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_month_ends_ignore_later_days(
    name: str, day: date, warehouse: Warehouse, hostile: Path
) -> None:
    """Monthly rows equal what a build as of the month's end says of the same customers."""
    source = SAMPLE if name == "sample" else hostile
    then = warehouse.build(source, select="+fct_customer_rfm", as_of_date=str(day))
    now = warehouse.build(source)
    snapshot = then.table("fct_customer_rfm")
    monthly = now.table("fct_customer_rfm_monthly").where(as_of_date=day)
    left_out = refunded_later(Shop(source), day) | registered_later(Shop(source), day)
    # margins have no history
    columns = [name for name in snapshot.columns if name in monthly.columns]
    assert set(snapshot.columns) - {*columns} == {"margin_amount", "costed_net_amount"}
    lines = differences(
        {"rfm": without(snapshot.select(columns), left_out)},
        {"rfm": without(monthly.select(columns), left_out)},
        ("build as of the month's end", "monthly history"),
    )
    assert len(snapshot.rows) > len(left_out) + 20
    assert not lines, "\n".join(lines)
    months = {
        row[0] for row in now.query("select distinct month from marts.fct_customer_rfm_monthly")
    }
    assert {end.replace(day=1) for end in MONTH_ENDS} <= months


def refunded_later(shop: Shop, day: date) -> set[str]:
    """Customers of orders that are called refunded, but whose refunds come after the day.

    The status has no history: as of the day such an order counts as refunded in full, while the
    history, which knows the refunds, books them on their days.
    """
    then, end = Sales(shop, day), Sales(shop, date(2099, 1, 1))
    return {
        str(order.customer_id)
        for order in then.orders.values()
        if order.status == "refunded" and order.refunds != end.orders[order.order_id].refunds
    }


def registered_later(shop: Shop, day: date) -> set[str]:
    """Guests who open an account after the day: the history knows only the account."""
    then, end = Sales(shop, day), Sales(shop, date(2099, 1, 1))
    return {
        str(order.customer_id)
        for order in then.orders.values()
        if order.customer_id != end.orders[order.order_id].customer_id
    }


def without(table: Table, customers: Iterable[str]) -> Table:
    """The table without some customers."""
    excluded, position = set(customers), table.columns.index("customer_id")
    rows = tuple(row for row in table.rows if row[position] not in excluded)
    return Table(table.columns, table.kinds, rows)


def test_previous_tiers_and_months_in_tier(sample_build: Build) -> None:
    """The previous tier and the months in a tier equal those counted from the months."""
    history: dict[str, list[dict]] = {}
    for row in sorted(sample_build.rows("fct_customer_rfm_monthly"), key=lambda row: row["month"]):
        history.setdefault(row["customer_id"], []).append(row)
    for months in history.values():
        tier, stay = "none", 0
        for row in months:
            stay = stay + 1 if row["value_tier"] == tier else 1
            assert (row["previous_value_tier"], row["months_in_tier"]) == (tier, stay)
            tier = row["value_tier"]
        starts = [row["month"] for row in months]
        assert len(set(starts)) == len(starts)
        assert len(starts) == 1 + 12 * (starts[-1].year - starts[0].year) + (
            starts[-1].month - starts[0].month
        )


# -- later information ----------------------------------------------------------------------------


def order(order_id: str, day: str, **values: Any) -> dict[str, Any]:
    """An order of customer c1 over 100."""
    given = {"order_id": order_id, "customer_id": "c1", "ordered_at": day, "paid_amount": 100}
    return given | values


def later_registration() -> tuple[dict, dict]:
    """A guest is matched only once the account exists; later shipping dates are unknown."""
    guest = order("o1", "2024-01-10", customer_id=None, email="a@b.cn")
    early = order("o3", "2024-01-12", customer_id=None, email="c@d.cn")
    before = {
        "orders": [guest | {"shipped_at": ""}, order("o2", "2024-01-20"), early],
        "customers": [{"customer_id": "c8", "registered_at": "2023-05-01", "email": "C@D.cn"}],
    }
    later = {"customer_id": "c9", "registered_at": "2024-03-01", "email": "a@b.cn"}
    same = {"customer_id": "c0", "registered_at": "2024-03-01", "email": "c@d.cn"}
    return before, {"customers": [later, same], "orders": [order("o4", "2024-02-01")]}


def later_cycle() -> tuple[dict, dict]:
    """A link that is part of a cycle only since a later link was valid until then."""
    link = {"identifier_type": "member_card", "identifier": "a", "customer_id": "b"}
    before = {
        "orders": [
            order("o5", "2024-01-10", customer_id="a"),
            order("o6", "2024-01-20", customer_id="b"),
        ],
        "identity_links": [link | {"linked_at": "2024-01-01"}],
    }
    back = {"identifier_type": "member_card", "identifier": "b", "customer_id": "a"}
    return before, {"identity_links": [back | {"linked_at": "2024-03-01"}]}


def later_currency() -> tuple[dict, dict]:
    """An order that moved behind the day does not count for the default currency before it."""
    rate = {"currency": "AAA", "rate_date": "2024-01-01", "rate_to_reporting": 2}
    before = {
        "orders": [order("o7", "2024-01-10", currency="BBB", loaded_at="2024-01-10")],
        "exchange_rates": [rate, rate | {"currency": "BBB"}],
    }
    moved = order("o8", "2024-01-20", currency="AAA", loaded_at="2024-01-20")
    later = moved | {"ordered_at": "2024-03-01", "loaded_at": "2024-03-01"}
    return before, {"orders": [moved, later]}


def test_later_rows_change_nothing_as_of_the_day(warehouse: Warehouse, tmp_path: Path) -> None:
    """All marts of a shop without the later rows equal those as of the day with them."""
    before: dict[str, list] = {}
    after: dict[str, list] = {}
    for known, later in (later_registration(), later_cycle(), later_currency()):
        for tables, added in ((before, known), (after, later)):
            for table, rows in added.items():
                tables.setdefault(table, []).extend(rows)
    full = {table: [*before.get(table, []), *after.get(table, [])] for table in {**before, **after}}
    day = "2024-01-31"
    as_of = warehouse.build(write_shop(tmp_path / "full", full), as_of_date=day)
    until = warehouse.build(write_shop(tmp_path / "cut", before), as_of_date=day)
    # each rule has its effect: a guest with an account, the linked account, the default currency
    found = as_of.by_key("fct_orders", "order_id")
    assert {key: row["customer_id"] for key, row in found.items()} == {
        "o1": guest_id("a@b.cn"),
        "o2": "c1",
        "o3": "c8",
        "o5": "b",
        "o6": "b",
        "o7": "c1",
    }
    assert {row["currency"] for row in found.values()} == {"BBB"}
    names = ("build as of the day", "build of cut data")
    lines = differences(marts(as_of), marts(until), names)
    assert not lines, "\n".join(lines)
