"""Products and categories, worked out once more from single orders and lines."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
from conftest import Visited
from reference import half_up
from scipy.stats import binomtest
from warehouse import Warehouse, write_shop

SUMMED = ["fct_orders", "fct_order_items", "rpt_products", "rpt_categories_monthly"]
SUMMED += ["rpt_sales_daily", "rpt_order_hours"]
# of the discount hunters of hunters_and_others and of all others
HUNTERS, OTHERS, HUNTER_SHARE, OTHER_SHARE = 60, 540, 0.9, 0.15


def test_net_sales_agree(visited: Visited) -> None:
    """Lines, products, categories, hours and days hold the net sales of the orders, to the cent."""
    totals = {mart: sum(row["net_amount"] for row in visited.build.rows(mart)) for mart in SUMMED}
    assert totals["fct_orders"] > 0
    assert set(totals.values()) == {totals["fct_orders"]}, totals


def test_products_equal_a_plain_count(visited: Visited) -> None:
    """Stock classes, repurchases and first orders that lead to a repeat, as page 3 defines them."""
    build = visited.build
    ((as_of,),) = build.query("select as_of_date from marts.dim_shop")
    orders = build.by_key("fct_orders", "order_id")
    lines = build.rows("fct_order_items", is_valid=True)
    days, net = defaultdict(set), Counter()
    for line in lines:
        days[line["product_id"]].add(line["order_date"])
        if line["product_id"] != "unknown" and (as_of - line["order_date"]).days < 365:
            net[line["product_id"]] += line["net_amount"]
    order_days = defaultdict(set)
    for order in orders.values():
        if order["is_valid"] and order["customer_id"] is not None:
            order_days[order["customer_id"]].add(order["order_date"])
    mature = {
        customer: any(0 < (day - min(own)).days <= 90 for day in own)
        for customer, own in order_days.items()
        if (as_of - min(own)).days >= 90
    }
    classes, before = {}, Decimal(0)
    for product in sorted(net, key=lambda one: (-net[one], one.encode())):
        share = Fraction(before) / Fraction(net.total()) if net.total() else 1
        classes[product] = (
            "A" if share < Fraction(8, 10) else "B" if share < Fraction(95, 100) else "C"
        )
        before += net[product]
    rated = 0
    for row in build.rows("rpt_products"):
        product = row["product_id"]
        sold = days[product]
        if product == "unknown":
            assert row["stock_class"] is None
        elif not sold or (as_of - max(sold)).days >= 90:
            assert row["stock_class"] == "idle"
        else:
            assert row["stock_class"] == classes[product], product
        assert (row["first_sold_on"], row["last_sold_on"]) == (
            (min(sold), max(sold)) if sold else (None, None)
        )
        own = {line["order_id"] for line in lines if line["product_id"] == product}
        buyers = Counter(orders[order]["customer_id"] for order in own)
        del buyers[None]
        assert row["customers"] == len(buyers)
        assert row["repeat_customers"] == sum(count >= 2 for count in buyers.values())
        first = [orders[order]["customer_id"] for order in own if orders[order]["is_first_order"]]
        first = [mature[customer] for customer in first if customer in mature]
        assert (row["first_customers"], row["first_repeat_customers"]) == (len(first), sum(first))
        shown = [row[f"first_repeat_rate{bound}"] for bound in ("", "_lower", "_upper")]
        if len(first) < 30:
            assert shown == [None, None, None]
        else:
            rated += 1
            interval = binomtest(sum(first), len(first)).proportion_ci(method="wilson")
            expected = (sum(first) / len(first), interval.low, interval.high)
            assert [float(value) for value in shown] == pytest.approx(expected, abs=1e-6)
        if mature:
            share = half_up(Fraction(sum(mature.values()), len(mature)), 6)
            assert row["shop_first_repeat_rate"] == share
    assert rated or visited.build.query("select count(*) < 400 from marts.dim_customers") == [
        (True,)
    ]


def test_categories_equal_a_plain_count(visited: Visited) -> None:
    """Net sales by category and month, and the season index of complete years."""
    ((as_of,),) = visited.build.query("select as_of_date from marts.dim_shop")
    lines = visited.build.rows("fct_order_items", is_valid=True)
    months, years = Counter(), Counter()
    orders, first = defaultdict(set), {}
    for line in lines:
        day = line["order_date"]
        for category in (line["category"], None):
            months[category, day.replace(day=1)] += line["net_amount"]
            years[category, day.year] += line["net_amount"]
        orders[line["category"], day.replace(day=1)].add(line["order_id"])
        first[line["category"]] = min(first.get(line["category"], day), day)
    indexed = 0
    for row in visited.build.rows("rpt_categories_monthly"):
        category, month = row["category"], row["month"]
        assert row["net_amount"] == months[category, month]
        assert row["orders"] == len(orders[category, month])
        year = month.year
        whole = first[category] < date(year, 2, 1) and as_of >= date(year, 12, 31)
        parts = (months[None, month], years[category, year], years[None, year])
        if not whole or 0 in parts:
            assert row["season_index"] is None
        else:
            indexed += 1
            index = months[category, month] / parts[0] / (parts[1] / parts[2])
            assert float(row["season_index"]) == pytest.approx(float(index), abs=1e-6)
        del orders[category, month]
    # one shop ends before its first complete year
    assert indexed or as_of < date(2023, 12, 31)
    assert not orders


def hunters_and_others(folder: Path) -> Path:
    """Orders of customers who mostly buy at a discount, and of others; one to twelve each."""
    random = Random(21)
    rows = []
    for number in range(HUNTERS + OTHERS):
        share = HUNTER_SHARE if number < HUNTERS else OTHER_SHARE
        for order in range(random.randint(1, 12)):
            day = datetime(2024, 1, 1) + timedelta(days=random.randrange(300))
            rows.append(
                {
                    "order_id": f"o{number}-{order}",
                    "customer_id": f"{'hunter' if number < HUNTERS else 'other'}{number}",
                    "ordered_at": day,
                    "gross_amount": 100,
                    "paid_amount": 80 if random.random() < share else 100,
                    "status": "paid",
                }
            )
    return write_shop(folder, {"orders": rows})


def test_discount_hunters_are_recovered(warehouse: Warehouse) -> None:
    """The dependence equals numpy's moments, and finds the customers who were made hunters."""
    folder = warehouse.folder("discount_hunters", hunters_and_others)
    build = warehouse.build(folder, select="+int_discount_dependence")
    rows = build.rows("intermediate.int_discount_dependence")
    assert len(rows) == HUNTERS + OTHERS
    counted = build.query(
        "select customer_id, count(*), count(*) filter (where discount_amount > 0)"
        " from intermediate.int_orders group by customer_id"
    )
    n, k = (np.array([row[position] for row in counted], dtype=float) for position in (1, 2))
    again = n >= 2
    shop_share = k[again].sum() / n[again].sum()
    residuals = n[again] * (k[again] / n[again] - shop_share) ** 2
    spread = shop_share * (1 - shop_share)
    degrees = again.sum() - 1
    weight = n[again].sum() - (n[again] ** 2).sum() / n[again].sum()
    correlation = (residuals.sum() - spread * degrees) / (spread * (weight - degrees))
    prior = 1 / correlation - 1
    expected = dict(
        zip((row[0] for row in counted), (k + shop_share * prior) / (n + prior), strict=True)
    )
    for row in rows:
        assert float(row["discount_dependence"]) == pytest.approx(
            expected[row["customer_id"]], abs=1e-6
        )
    half = Decimal("0.5")
    hunters = {row["customer_id"] for row in rows if row["customer_id"].startswith("hunter")}
    found = {row["customer_id"] for row in rows if row["discount_dependence"] >= half}
    by_share = {
        row["customer_id"] for row in rows if row["cheaper_orders"] >= half * row["priced_orders"]
    }
    # one or two orders do not make a hunter; the plain share takes them for one
    known = {row["customer_id"] for row in rows if row["priced_orders"] >= 3}
    assert len(found & hunters) >= 0.9 * len(found)
    assert len(found & hunters & known) >= 0.9 * len(hunters & known)
    assert len(by_share & hunters) < 0.6 * len(by_share)
