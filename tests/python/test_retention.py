"""Cohorts, lifecycle and drop points equal ClickHouse's retention and a count of sets of customers.

The sets are taken from orders as reference.py reads them, or from marts that other tests hold
against it. The definition is used as it stands: who ordered in these days, customer by customer.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Visited
from reference import Order, Sales, half_up
from test_sessions import assert_same_rows
from warehouse import PROJECT, Build, Warehouse, write_shop

COUNTS = PROJECT.parent / "shared" / "data" / "retention"
KINDS = ("calendar_month", "rolling_30d", "on_or_after")
Row = dict[str, Any]


def month_number(day: date) -> int:
    """Months are counted through the years, so that they can be subtracted."""
    return 12 * day.year + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month."""
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    """The last day of a month."""
    return first_day(month + 1) - timedelta(days=1)


def rate(part: int, whole: int) -> Decimal:
    """A fraction as marts show it."""
    return half_up(Fraction(part, whole), 6)


def shown(rows: list[Row], columns: list[str]) -> list[Row]:
    """Some columns of rows."""
    return [{column: row[column] for column in columns} for row in rows]


# -- ClickHouse -----------------------------------------------------------------------------------


def test_monthly_retention_equals_clickhouse(warehouse: Warehouse, tmp_path: Path) -> None:
    """The counts that retention() gives; the last month is not over and has no rate."""
    if not COUNTS.exists():
        pytest.skip(f"no {COUNTS}: no counts of ClickHouse to compare with")
    with (COUNTS / "retention_orders.csv").open(newline="", encoding="utf-8") as file:
        orders = [
            {
                "order_id": f"o{number}",
                # 0 alone is a placeholder
                "customer_id": f"u{row['user_id']}",
                "ordered_at": row["order_date"],
                "paid_amount": 1,
            }
            for number, row in enumerate(csv.DictReader(file))
        ]
    with (COUNTS / "retention_expected_monthly.csv").open(newline="", encoding="utf-8") as file:
        counts = [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file)]
    assert len(counts) > 100

    build = warehouse.build(write_shop(tmp_path / "raw", {"orders": orders}))
    cells = build.rows("rpt_cohort_retention", cohort_value="all", retention_kind="calendar_month")
    before_first = month_number(date(2023, 12, 1))
    last = max(row["cohort_month_no"] + row["month_offset"] for row in counts)
    expected = [
        {
            "cohort_month": first_day(before_first + row["cohort_month_no"]),
            "period_number": row["month_offset"],
            "retained_customers": row["retained_users"],
            "is_mature": row["cohort_month_no"] + row["month_offset"] < last,
        }
        for row in counts
    ]
    assert_same_rows(expected, shown(cells, list(expected[0])))
    assert all((cell["retention_rate"] is None) == (not cell["is_mature"]) for cell in cells)


# -- cohorts --------------------------------------------------------------------------------------


def is_in_period(kind: str, first: date, day: date, period: int) -> bool:
    """Whether an order of a customer counts in a period."""
    months, days = month_number(day) - month_number(first), (day - first).days
    if kind == "rolling_30d":
        return days == 0 if period == 0 else 30 * (period - 1) < days <= 30 * period
    return months >= period if kind == "on_or_after" else months == period


def periods(kind: str, cohort: int, until: date) -> Iterator[tuple[int, bool]]:
    """The periods of a cohort that have begun, and whether they are over for everyone."""
    period = 0
    while True:
        if kind == "rolling_30d":
            begins = first_day(cohort) + timedelta(days=30 * (period - 1) + 1 if period else 0)
            ends = last_day(cohort) + timedelta(days=30 * period)
        else:
            begins, ends = first_day(cohort + period), last_day(cohort + period)
        if begins > until:
            return
        yield period, ends <= until
        period += 1


def traits(build: Build) -> dict[str, dict[str, str]]:
    """What cohorts are divided by, for each customer."""
    amounts: dict[str, Counter[str]] = defaultdict(Counter)
    level_amounts: dict[str, Counter[str]] = defaultdict(Counter)
    levels = {row["product_id"]: row["price_level"] for row in build.rows("dim_products")}
    for line in build.rows("fct_order_items"):
        if line["quantity"]:
            amounts[line["order_id"]][line["category"]] += line["paid_amount"]
            level_amounts[line["order_id"]][levels[line["product_id"]]] += line["paid_amount"]
    profiles = build.by_key("dim_customers", "customer_id")
    found = {}
    for order in build.rows("fct_orders", is_first_order=True):
        categories, prices = amounts[order["order_id"]], level_amounts[order["order_id"]]
        profile = profiles[order["customer_id"]]
        discount = order["discount_amount"]
        found[order["customer_id"]] = {
            "all": "all",
            "channel": order["channel"],
            "acquisition_source": profile["acquisition_source"],
            "first_category": min(
                categories, key=lambda name: (-categories[name], name.encode()), default="unknown"
            ),
            "first_price_level": min(
                prices, key=lambda name: (-prices[name], name.encode()), default="unknown"
            ),
            "first_order_discounted": (
                "unknown" if discount is None else "yes" if discount > 0 else "no"
            ),
            "city_tier": profile["city_tier"],
        }
    return found


def expected_cells(sales: Sales, described: dict[str, dict[str, str]]) -> list[Row]:
    """All rows of rpt_cohort_retention."""
    cohorts: dict[tuple[int, str, str], list[list[Order]]] = defaultdict(list)
    for customer, placed in sales.purchases.items():
        cohort = month_number(min(order.order_date for order in placed))
        for dimension, value in described[customer].items():
            cohorts[cohort, dimension, value].append(placed)
    # existing customers look new in months that begin in the first 90 days
    first_order = min(order.order_date for placed in sales.purchases.values() for order in placed)
    truncated = {
        cohort for cohort, *_ in cohorts if first_day(cohort) <= first_order + timedelta(days=90)
    }
    # periods that are over for a cohort without them
    counted = {
        (kind, period)
        for kind in KINDS
        for cohort in {cohort for cohort, *_ in cohorts} - truncated
        for period, is_over in periods(kind, cohort, sales.as_of_date)
        if is_over
    }
    rows = []
    for (cohort, dimension, value), members in cohorts.items():
        for kind in KINDS:
            so_far = Decimal(0)
            # money of on_or_after is that of the month itself
            booked = "calendar_month" if kind == "on_or_after" else kind
            for period, is_over in periods(kind, cohort, sales.as_of_date):
                retained, money = 0, Decimal(0)
                for placed in members:
                    first = min(order.order_date for order in placed)
                    days = [order.order_date for order in placed]
                    retained += any(is_in_period(kind, first, day, period) for day in days)
                    for order in placed:
                        if is_in_period(booked, first, order.order_date, period):
                            money += order.net
                so_far += money
                rows.append(
                    {
                        "cohort_month": first_day(cohort),
                        "cohort_dimension": dimension,
                        "cohort_value": value,
                        "retention_kind": kind,
                        "period_number": period,
                        "is_mature": is_over,
                        "is_left_truncated": cohort in truncated,
                        "is_in_totals": cohort not in truncated or (kind, period) not in counted,
                        "cohort_customers": len(members),
                        "retained_customers": retained,
                        "retention_rate": rate(retained, len(members)) if is_over else None,
                        "net_amount": money,
                        "cumulative_net_amount": so_far,
                        "cumulative_net_amount_per_customer": half_up(
                            Fraction(so_far) / len(members), 2
                        ),
                    }
                )
    return rows


def test_cohorts_equal_reference_implementation(visited: Visited) -> None:
    """All three kinds by all dimensions: who, how many of them, when it is over, what they paid."""
    expected = expected_cells(visited.visits.sales, traits(visited.build))
    assert len(expected) > 500
    found = visited.build.rows("rpt_cohort_retention")
    assert_same_rows(expected, shown(found, list(expected[0])))


# -- lifecycle ------------------------------------------------------------------------------------


def acquisition_days(visited: Visited) -> dict[str, date]:
    """The day on which each person registered or first ordered, whatever became of the order."""
    sales = visited.visits.sales
    days: dict[str, list[date]] = defaultdict(list)
    for row in visited.build.rows("dim_customers"):
        if row["registered_at"]:
            days[row["customer_id"]].append(sales.shop.zone.day(row["registered_at"]))
    for order in sales.orders.values():
        if order.customer_id:
            days[order.customer_id].append(order.order_date)
    return {customer: min(found) for customer, found in days.items()}


def expected_months(visited: Visited) -> list[Row]:
    """All rows of rpt_lifecycle_monthly, from one set of customers per month."""
    sales = visited.visits.sales
    acquired = acquisition_days(visited)
    media = {
        row["customer_id"]: row["acquisition_medium"].lower()
        for row in visited.build.rows("dim_customers")
    }
    knows_referrals = "referral" in (media[customer] for customer in acquired)
    active: dict[int, set[str]] = defaultdict(set)
    money: Counter[int] = Counter()
    orders: Counter[int] = Counter()
    first: dict[str, date] = {}
    for customer, placed in sales.purchases.items():
        first[customer] = min(order.order_date for order in placed)
        for order in placed:
            month = month_number(order.order_date)
            active[month].add(customer)
            orders[month] += 1
            money[month] += order.net
    rows = []
    for month in range(
        min(month_number(day) for day in acquired.values()), month_number(sales.as_of_date) + 1
    ):
        came = [customer for customer, day in acquired.items() if month_number(day) == month]
        days_to_order = [
            (first[customer] - acquired[customer]).days for customer in came if customer in first
        ]
        is_over = last_day(month) <= sales.as_of_date
        has_had_30_days = last_day(month) + timedelta(days=30) <= sales.as_of_date
        activated = sum(days <= 30 for days in days_to_order)
        here, before = active[month], active[month - 1]
        new = {customer for customer in here if month_number(first[customer]) == month}
        retained = here & before
        rows.append(
            {
                "month": first_day(month),
                "is_complete": is_over,
                "acquired": len(came),
                "activated": activated,
                "is_activation_complete": has_had_30_days,
                "activation_rate": rate(activated, len(came)) if came and has_had_30_days else None,
                "active": len(here),
                "new": len(new),
                "retained": len(retained),
                "resurrected": len(here - new - retained),
                "dormant": len(before - here),
                "active_before": len(before),
                "retention_rate": rate(len(retained), len(before)) if before and is_over else None,
                "orders": orders[month],
                "revenue": Decimal(money[month]),
                "revenue_per_active": (
                    half_up(Fraction(money[month]) / len(here), 2) if here else None
                ),
                "referrals": (
                    sum(media[customer] == "referral" for customer in came)
                    if knows_referrals
                    else None
                ),
            }
        )
    return rows


def test_lifecycle_equals_reference_implementation(visited: Visited) -> None:
    """Every column of every month, the identities of the definition among them."""
    expected = expected_months(visited)
    assert any(row["resurrected"] for row in expected)
    assert_same_rows(expected, visited.build.rows("rpt_lifecycle_monthly"))


# -- drop points ----------------------------------------------------------------------------------


def expected_points(sales: Sales) -> list[Row]:
    """All rows of rpt_drop_points."""
    gaps: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for placed in sales.purchases.values():
        days = sorted({order.order_date for order in placed})
        for number, (day, following) in enumerate(zip(days, [*days[1:], None], strict=True), 1):
            gap = (following - day).days if following else None
            gaps[number].append(((sales.as_of_date - day).days, gap))
    rows = []
    for number in range(1, min(10, max(gaps)) + 1):
        row: Row = {"from_order_number": number, "customers": len(gaps[number])}
        for window in (30, 60, 90, 180):
            observed = [gap for age, gap in gaps[number] if age >= window]
            reordered = [gap for gap in observed if gap is not None and gap <= window]
            row[f"observed_{window}d"] = len(observed)
            row[f"reordered_{window}d"] = len(reordered)
            row[f"reorder_rate_{window}d"] = (
                rate(len(reordered), len(observed)) if observed else None
            )
            if window > 30:
                silent = [gap for gap in observed if gap is None or gap > 30]
                late = sum(gap is not None and gap <= window for gap in silent)
                row[f"silent_{window}d"] = len(silent)
                row[f"silent_reordered_{window}d"] = late
                row[f"silent_reorder_rate_{window}d"] = rate(late, len(silent)) if silent else None
        returns = Counter(reordered)
        steepest = min(returns, key=lambda day: (-returns[day], day), default=None)
        row["steepest_day"] = steepest
        row["steepest_day_reorders"] = None if steepest is None else returns[steepest]
        rows.append(row)
    return rows


def test_drop_points_equal_reference_implementation(visited: Visited) -> None:
    """How many went on within each window, and on which day most of them did."""
    expected = expected_points(visited.visits.sales)
    assert len(expected) > 3
    assert_same_rows(expected, visited.build.rows("rpt_drop_points"))
