"""Value curves of customers, worked out once more from single orders."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from warehouse import Build


def test_curves_of_cohort_months_equal_a_plain_sum(sample_build: Build) -> None:
    """Net sales and margin per customer up to each day; immature points are null."""
    ((as_of,),) = sample_build.query("select as_of_date from marts.dim_shop")
    orders = defaultdict(list)
    for order in sample_build.rows("fct_orders", is_valid=True):
        if order["customer_id"] is not None:
            orders[order["customer_id"]].append(order)
    cohorts = defaultdict(list)
    for own in orders.values():
        first = min(order["order_date"] for order in own)
        cohorts[first.replace(day=1)].append((first, own))
    curves = defaultdict(dict)
    for row in sample_build.rows("rpt_value_curves", dimension="cohort_month"):
        curves[date.fromisoformat(row["dimension_value"])][row["days"]] = row
    assert curves.keys() == cohorts.keys()
    mature = 0
    for month, customers in cohorts.items():
        last_day = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        for days, row in curves[month].items():
            assert row["is_mature"] == (last_day + timedelta(days=days) <= as_of)
            if not row["is_mature"]:
                assert row["net_amount_per_customer"] is None
                assert row["margin_amount_per_customer"] is None
                continue
            mature += 1
            within = [
                order
                for first, own in customers
                for order in own
                if (order["order_date"] - first).days <= days
            ]
            margins = [o["margin_amount"] for o in within if o["margin_amount"] is not None]
            assert row["customers"] == len(customers)
            assert row["net_amount"] == sum((o["net_amount"] for o in within), Decimal(0))
            assert row["margin_amount"] == (sum(margins) if margins else None)
            assert row["net_amount_per_customer"] == pytest.approx(
                row["net_amount"] / len(customers), abs=Decimal("0.005")
            )
    assert mature > 100


@pytest.mark.parametrize("dimension", ["acquisition_source", "first_category", "channel"])
def test_curves_of_groups_equal_a_plain_sum(sample_build: Build, dimension: str) -> None:
    """Net sales and margin up to each day of the cohort months that are mature by then.

    Months that begin within 90 days of the shop's first order hold old customers and are left out.
    """
    ((as_of,),) = sample_build.query("select as_of_date from marts.dim_shop")
    groups = sample_build.by_key("intermediate.int_customer_cohorts", "customer_id")
    orders = defaultdict(list)
    for order in sample_build.rows("fct_orders", is_valid=True):
        if order["customer_id"] is not None:
            orders[order["customer_id"]].append(order)
    firsts = {customer: min(o["order_date"] for o in own) for customer, own in orders.items()}
    opened = min(firsts.values())
    rows = sample_build.rows("rpt_value_curves", dimension=dimension)
    assert len(rows) > 80
    for row in rows:
        within = []
        customers = 0
        for customer, own in orders.items():
            first = firsts[customer]
            month = first.replace(day=1)
            last_day = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            if (
                groups[customer][dimension] == row["dimension_value"]
                and month > opened + timedelta(days=90)
                and last_day + timedelta(days=row["days"]) <= as_of
            ):
                customers += 1
                within += [o for o in own if (o["order_date"] - first).days <= row["days"]]
        margins = [o["margin_amount"] for o in within if o["margin_amount"] is not None]
        assert row["customers"] == customers
        assert row["net_amount"] == sum((o["net_amount"] for o in within), Decimal(0))
        assert row["margin_amount"] == (sum(margins) if margins else None)
