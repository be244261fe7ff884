"""rpt_kpis by period and rpt_sales_drivers, recomputed from single orders and sessions."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from reference import half_up
from warehouse import Build

ROLLING = {"rolling_28d": 28, "rolling_91d": 91, "rolling_365d": 365}
DAY = timedelta(days=1)
Window = tuple[date, date]


def month_end(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, at most the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Period:
    """A period, the one before and the one a year before; `days`: those known so far."""

    kind: str
    start: date
    end: date
    previous: Window
    year_ago: Window
    days: Window

    @classmethod
    def of(cls, kind: str, day: date, as_of: date) -> "Period":
        """The calendar period with a day, or the rolling one that ends on it."""
        if kind in ROLLING:
            length = timedelta(days=ROLLING[kind])
            year_ago = months_before(day, 12)
            start = day - length + DAY
            previous = start - length, start - DAY
            return cls(
                kind, start, day, previous, (year_ago - length + DAY, year_ago), (start, day)
            )
        if kind == "month":
            start, end = day.replace(day=1), month_end(day)
            previous, year_ago = months_before(start, 1), months_before(start, 12)
            ends = month_end(previous), month_end(year_ago)
        else:
            length = timedelta(days=7 if kind == "week" else 1)
            start = day - timedelta(days=day.weekday()) if kind == "week" else day
            end, previous = start + length - DAY, start - length
            year_ago = start - timedelta(days=364) if kind == "week" else months_before(day, 12)
            ends = previous + length - DAY, year_ago + length - DAY
        # a running period is compared with as many days of the others
        elapsed = min(end, as_of) - start if end > as_of else timedelta(days=999)
        known = [min(e, b + elapsed) for b, e in zip((previous, year_ago), ends, strict=True)]
        return cls(
            kind, start, end, (previous, known[0]), (year_ago, known[1]), (start, min(end, as_of))
        )

    def window_before(self, window: Window) -> date:
        """First day of the period before one of the windows."""
        if self.kind == "month":
            return months_before(window[0], 1)
        return window[0] - timedelta(days=ROLLING[self.kind])


def periods(first: date, as_of: date) -> Iterator[Period]:
    """All periods since the first day of the data."""
    days = [first + timedelta(days=number) for number in range((as_of - first).days + 1)]
    found = {
        Period.of(kind, day, as_of)
        for day in days
        for kind in ("day", "week", "month")
        if kind != "day" or (as_of - day).days < 800
    }
    found |= {
        Period.of(kind, day, as_of)
        for day in days
        for kind in ROLLING
        if day in (as_of, month_end(day))
    }
    yield from found


class Facts:
    """Valid orders and sessions of a build, by day."""

    def __init__(self, build: Build) -> None:
        """Read the facts."""
        ((self.as_of,),) = build.query("select as_of_date from marts.dim_shop")
        self.orders, self.sessions, self.lines = (defaultdict(list) for _ in range(3))
        self.earlier = defaultdict(list)
        for order in build.rows("fct_orders", is_valid=True):
            self.orders[order["order_date"]].append(order)
            self.earlier[order["customer_id"]].append(order["order_date"])
        for session in build.rows("fct_sessions"):
            self.sessions[session["session_date"]].append(session)
        for line in build.rows("fct_order_items"):
            self.lines[line["order_id"]].append(line)
        known = [day for facts in (self.orders, self.sessions) for day in facts]
        self.first = min(known)
        self.first_order = min(self.orders, default=None)
        self.first_session = min(self.sessions, default=None)

    def within(self, facts: dict[date, list], first: date | None, period: Period, window: Window):
        """Rows of a window; none if a rolling one begins before the first row."""
        if first is None or (period.kind in ROLLING and window[0] < first):
            return []
        span = (window[1] - window[0]).days + 1
        return [row for n in range(span) for row in facts[window[0] + n * DAY]]

    def metrics(self, period: Period, window: Window, channel: str | None) -> dict[str, Any]:
        """Numerator and denominator by metric; metrics without rows are left out."""
        orders = self.within(self.orders, self.first_order, period, window)
        sessions = self.within(self.sessions, self.first_session, period, window)
        if channel is not None:
            orders = [order for order in orders if order["channel"] == channel]
            sessions = [session for session in sessions if session["channel"] == channel]
        found: dict[str, Any] = {}
        if orders:
            net = sum(order["net_amount"] for order in orders)
            buyers = {order["customer_id"] for order in orders} - {None}
            found |= {
                "orders": (len(orders), None),
                "net_amount": (net, None),
                "customers": (len(buyers), None),
                "new_customers": (sum(order["is_first_order"] for order in orders), None),
                "average_order_amount": (net, len(orders)),
            }
        if sessions:
            placed = sum(session["has_placed_order"] for session in sessions)
            found |= {
                "sessions": (len(sessions), None),
                "conversion_rate": (placed, len(sessions)),
                "session_duration": (
                    sum(session["duration_seconds"] for session in sessions),
                    len(sessions),
                ),
            }
        return found

    def sales(self, period: Period, window: Window) -> dict[tuple[str, str], list]:
        """Customers, orders and net sales by dimension and value."""
        before = period.window_before(window)
        groups, found = {}, defaultdict(lambda: [set(), set(), Decimal(0)])
        for order in self.within(self.orders, self.first_order, period, window):
            who = order["customer_id"]
            if who not in groups:
                earlier = [day for day in self.earlier[who] if day < window[0]]
                groups[who] = (
                    "new" if not earlier else "retained" if max(earlier) >= before else "returned"
                )
            group = "guest" if who is None else groups[who]
            parts = [
                ("all", "all", order["net_amount"]),
                ("customer_group", group, order["net_amount"]),
                ("channel", order["channel"], order["net_amount"]),
            ]
            parts += [
                ("category", line["category"], line["net_amount"])
                for line in self.lines[order["order_id"]]
            ]
            for dimension, value, net in parts:
                part = found[dimension, value]
                part[0].add(who or ("guest", order["order_id"]))
                part[1].add(order["order_id"])
                part[2] += net
        return {
            key: [Fraction(len(a)), Fraction(len(b)), Fraction(net)]
            for key, (a, b, net) in found.items()
        }


@pytest.fixture(scope="session", params=["sample", "hostile"])
def facts(request: pytest.FixtureRequest, warehouse, sample, hostile) -> tuple[Build, Facts]:
    """Builds that other tests need as well, and their orders and sessions."""
    build = warehouse.build(sample if request.param == "sample" else hostile)
    return build, Facts(build)


def value(counted: tuple | None) -> Decimal | None:
    """The value of a metric."""
    if counted is None or counted[1] == 0:
        return None
    return half_up(Fraction(counted[0]) / (counted[1] or 1), 6)


def test_kpis_of_every_period(facts: tuple[Build, Facts]) -> None:
    build, known = facts
    rows = [row for days in (known.orders, known.sessions) for day in days.values() for row in day]
    channels = {row["channel"] for row in rows}
    expected = {}
    for period in periods(known.first, known.as_of):
        complete = period.end < known.as_of or (period.end == known.as_of and period.kind != "day")
        for channel in {None} | channels:
            current, previous, year_ago = (
                known.metrics(period, window, channel)
                for window in (period.days, period.previous, period.year_ago)
            )
            for metric in current.keys() | previous.keys() | year_ago.keys():
                others = value(previous.get(metric)), value(year_ago.get(metric))
                is_rate = metric in ("average_order_amount", "conversion_rate", "session_duration")
                if metric in current or not is_rate:
                    key = metric, period.kind, period.start, period.end, channel or "all"
                    expected[key] = (value(current.get(metric, (0, None))), *others, complete)
    metrics = {key[0] for key in expected}
    assert len(metrics) == 8
    key = ("metric", "period_kind", "period_start", "period_end", "dimension_value")
    values = ("value", "previous_value", "year_ago_value", "is_complete")
    found = {
        tuple(row[column] for column in key): tuple(row[column] for column in values)
        for row in build.rows("rpt_kpis")
        if row["metric"] in metrics and row["dimension"] in ("all", "channel")
    }
    wrong = {key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)}
    assert {key: (expected.get(key), found.get(key)) for key in sorted(wrong)[:5]} == {}


def shapley(new: list[Fraction], old: list[Fraction]) -> list[Fraction]:
    """Mean effect of each factor over the six orders in which they can change."""
    effects = [Fraction(0)] * 3
    for order in permutations(range(3)):
        factors = list(old)
        for factor in order:
            before = factors[0] * factors[1] * factors[2]
            factors[factor] = new[factor]
            effects[factor] += (factors[0] * factors[1] * factors[2] - before) / 6
    return effects


def factors(sales: list[Fraction], other: list[Fraction]) -> list[Fraction]:
    """Customers, orders of each, amount of each order; without customers, averages of the other."""
    customers, orders, net = sales if sales[0] else other
    return [sales[0], orders / customers, net / orders]


def test_sales_drivers_of_every_period(facts: tuple[Build, Facts]) -> None:
    """A driver may be two cents off where a half cent or the rounding goes elsewhere."""
    build, known = facts
    names = ("period_kind", "period_start", "dimension", "dimension_value", "driver")
    found = build.by_key("rpt_sales_drivers", *names)
    checked = set()
    for period in periods(known.first, known.as_of):
        if period.kind in ("day", "week") or (period.kind in ROLLING and period.end != known.as_of):
            continue
        current = known.sales(period, period.days)
        others = {
            name: known.sales(period, window)
            for name, window in (
                ("change_amount", period.previous),
                ("yoy_change_amount", period.year_ago),
            )
        }
        for dimension, name in {key for sales in (current, *others.values()) for key in sales}:
            keys = [
                (period.kind, period.start, dimension, name, driver)
                for driver in ("customers", "orders_per_customer", "amount_per_order")
            ]
            checked |= set(keys)
            new = current.get((dimension, name), [Fraction(0)] * 3)
            assert [found[key]["numerator"] for key in keys] == new
            for column, sales in others.items():
                old = sales.get((dimension, name), [Fraction(0)] * 3)
                amounts = [found[key][column] for key in keys]
                if not sales:
                    assert amounts == [None] * 3
                elif not new[0] and not old[0]:
                    assert amounts == [0] * 3
                else:
                    assert sum(amounts) == new[2] - old[2]
                    effects = shapley(factors(new, old), factors(old, new))
                    assert [float(amount) for amount in amounts] == pytest.approx(
                        [float(effect) for effect in effects], abs=0.02
                    )
    assert checked == found.keys()


@pytest.mark.parametrize("shop", ["sample", "hostile", "odd"])
def test_sales_drivers_add_up(shop: str, warehouse, request: pytest.FixtureRequest) -> None:
    """To the cent, for every dimension and both comparisons."""
    build = warehouse.build(request.getfixturevalue(shop))
    net_sales = {
        (row["period_kind"], row["period_start"]): row
        for row in build.rows("rpt_kpis", metric="net_amount", dimension="all")
    }
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for row in build.rows("rpt_sales_drivers"):
        for column in ("change_amount", "yoy_change_amount"):
            key = row["period_kind"], row["period_start"], row["dimension"], column
            sums[key] += row[column] or 0
    assert sums
    for (kind, start, _, column), total in sums.items():
        row = net_sales[kind, start]
        other = row["previous_value" if column == "change_amount" else "year_ago_value"]
        assert total == (0 if other is None else row["value"] - other)
