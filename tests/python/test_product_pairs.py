"""Product pairs of a gift shop, counted again in plain Python; what was drawn is found."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import permutations, product
from pathlib import Path

import duckdb
import numpy as np
import pytest
from warehouse import PROJECT, Build, Warehouse, write_shop

ONLINE_RETAIL = PROJECT.parent / "shared" / "data" / "online_retail.parquet"
PAIRS = "int_basket_items int_product_pairs"
NEXT_ORDER_DAYS = 90
# goods that were paid for, without cancellations
LINES = (
    "from '{file}' where quantity > 0 and unit_price > 0 and invoice_no not like 'C%'"
    " and regexp_full_match(stock_code, '[0-9]{{5}}[A-Za-z]*')"
)
# published for the whole year
KNOWN = {
    200: [
        ("22386", "85099B", 757),
        ("22697", "22699", 650),
        ("21931", "85099B", 634),
        ("20725", "22383", 603),
        ("22411", "85099B", 597),
    ],
    100: [
        ("22386", "85099B", 675),
        ("22697", "22699", 552),
        ("21931", "85099B", 549),
        ("20725", "22383", 540),
        ("22411", "85099B", 527),
    ],
}


@pytest.fixture(scope="module")
def retail(warehouse: Warehouse) -> Path:
    """The goods of Online Retail as orders and order lines."""
    if not ONLINE_RETAIL.exists():
        pytest.skip(f"no {ONLINE_RETAIL}: no invoices of a real shop")
    lines = LINES.format(file=ONLINE_RETAIL)

    def write(folder: Path) -> None:
        folder.mkdir()
        with duckdb.connect() as connection:
            for table, query in {
                "order_items": "select invoice_no as order_id, stock_code as product_id, quantity,"
                f" unit_price {lines}",
                "orders": "select invoice_no as order_id, min(invoice_ts) as ordered_at,"
                " cast(min(customer_id) as varchar) as customer_id, 'paid' as status,"
                f" sum(quantity * unit_price) as paid_amount {lines} group by invoice_no",
            }.items():
                connection.execute(f"copy ({query}) to '{folder / table}.parquet'")

    return warehouse.folder("retail_goods", write)


@pytest.fixture(scope="module")
def database(warehouse: Warehouse, retail: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the pairs are counted from."""
    folder = tmp_path_factory.mktemp("retail")
    warehouse.rebuild(retail, folder, select=f"+{PAIRS.split()[0]}", max_line_quantity=10**9)
    return folder


@pytest.fixture(scope="module")
def baskets(retail: Path) -> dict[str, tuple[date, str | None, frozenset[str]]]:
    """Day, customer and products of each order, read without dbt."""
    rows = duckdb.execute(
        "select order_id, cast(ordered_at as date), customer_id, list(product_id)"
        f" from '{retail}/orders.parquet' join '{retail}/order_items.parquet' using (order_id)"
        " group by all"
    ).fetchall()
    return {order: (day, customer, frozenset(products)) for order, day, customer, products in rows}


@pytest.mark.parametrize("largest", KNOWN)
def test_known_counts(
    warehouse: Warehouse, retail: Path, database: Path, baskets: dict, largest: int
) -> None:
    """Published counts; with the default limit, every other pair of the year counted in Python."""
    build = warehouse.rebuild(
        retail, database, select=PAIRS, pairs_window_days=36_500, largest_basket=largest
    )
    found = pair_counts(build, "current", "same_order")
    for antecedent, consequent, together in KNOWN[largest]:
        assert found[antecedent, consequent] == found[consequent, antecedent] == together
    days = [(products, products) for _, _, products in baskets.values()]
    if largest == 100:
        assert found == counted(days, largest)
    totals = set(
        build.query(
            "select baskets, baskets_left_out from intermediate.int_product_pairs"
            " where period = 'current' and kind = 'same_order'"
        )
    )
    left_out = sum(len(products) > largest for products, _ in days)
    assert totals == {(len(days) - left_out, left_out)}


def test_periods_and_next_orders(
    warehouse: Warehouse, retail: Path, database: Path, baskets: dict
) -> None:
    """Half a year, the half year before, and the half year known 90 days ago."""
    window = 180
    build = warehouse.rebuild(retail, database, select=PAIRS, pairs_window_days=window)
    as_of = max(day for day, _, _ in baskets.values())
    for period, days_before in {"current": 0, "previous": window, "backtest": 90}.items():
        last = as_of - timedelta(days_before)
        first = last - timedelta(window - 1)
        orders = [products for day, _, products in baskets.values() if first <= day <= last]
        expected = counted([(products, products) for products in orders], 100)
        assert pair_counts(build, period, "same_order") == expected
        following = [
            (products, later)
            for day, products, later in next_orders(baskets)
            if first <= day <= last - timedelta(NEXT_ORDER_DAYS)
        ]
        expected = counted(following, 100, next_order=True)
        assert pair_counts(build, period, "next_order") == expected
        totals = set(
            build.query(
                "select baskets, baskets_left_out from intermediate.int_product_pairs"
                f" where period = '{period}' and kind = 'next_order'"
            )
        )
        left_out = sum(max(map(len, days)) > 100 for days in following)
        assert totals <= {(len(following) - left_out, left_out)}
        assert totals or not expected


def pair_counts(build: Build, period: str, kind: str) -> dict[tuple[str, str], int]:
    """Baskets with both products of a pair, as dbt counts them."""
    rows = build.query(
        "select antecedent, consequent, orders_together from intermediate.int_product_pairs"
        f" where level = 'product' and period = '{period}' and kind = '{kind}'"
    )
    return {(antecedent, consequent): together for antecedent, consequent, together in rows}


def counted(baskets: list, largest: int, next_order: bool = False) -> dict[tuple[str, str], int]:
    """The pairs in 20 or more baskets of at most so many products on either side."""
    counts: Counter = Counter()
    for products, later in baskets:
        if max(len(products), len(later)) > largest:
            continue
        if next_order:
            counts.update((one, other) for one in products - later for other in later)
        else:
            counts.update(permutations(products, 2))
    return {pair: together for pair, together in counts.items() if together >= 20}


def next_orders(baskets: dict) -> Iterator[tuple[date, frozenset[str], frozenset[str]]]:
    """The products of each order day of a customer, and of the next one within 90 days."""
    days: dict[str, dict[date, frozenset[str]]] = defaultdict(dict)
    for day, customer, products in baskets.values():
        if customer:
            days[customer][day] = days[customer].get(day, frozenset()) | products
    for bought in days.values():
        dates = sorted(bought)
        for day, later in zip(dates, [*dates[1:], None], strict=True):
            is_soon = later and (later - day).days <= NEXT_ORDER_DAYS
            yield day, bought[day], bought[later] if is_soon else frozenset()


# -- a drawn shop ---------------------------------------------------------------------------------

SLOPE = -2.0
HUNTERS, CUSTOMERS = 100, 400


def drawn_shop(folder: Path) -> Path:
    """60 weeks in which plates go with mugs, and the first 100 customers wait for cut prices.

    An order has one of 16 products, whose weekly price is the list price or less, and which sells
    in proportion to price to the power of the slope; or a mug, half of the time with a plate.
    """
    random = np.random.default_rng(7)
    products = [
        {"product_id": f"{category}{number}", "category": category, "list_price": 20 + number}
        for category, number in product(("phones", "cases"), range(8))
    ]
    kitchen = [
        {"product_id": name, "category": "kitchen", "list_price": 9} for name in ("mug", "plate")
    ]
    orders, lines = [], []

    def order(week: int, bought: list[dict], cut: float) -> None:
        placed = datetime(2024, 1, 1) + timedelta(week * 7, int(random.integers(86400)))
        found = {"order_id": f"o{len(orders)}", "ordered_at": placed, "status": "paid"}
        for one in bought:
            price = round(one["list_price"] * (1 - cut), 2)
            line = {"order_id": found["order_id"], "product_id": one["product_id"], "quantity": 1}
            lines.append(line | {"unit_price": price, "unit_list_price": one["list_price"]})
        found["customer_id"] = f"c{random.integers(0 if cut else HUNTERS, CUSTOMERS)}"
        orders.append(
            found | {"paid_amount": sum(line["unit_price"] for line in lines[-len(bought) :])}
        )

    for week in range(60):
        for one in products:
            cut = random.integers(1, 11) * 0.04 if random.random() < 0.5 else 0
            for _ in range(random.poisson(8 * (1 - cut) ** SLOPE)):
                order(week, [one], cut)
        for _ in range(10):
            order(week, kitchen[: random.integers(1, 3)], 0)
    return write_shop(
        folder, {"products": [*products, *kitchen], "orders": orders, "order_items": lines}
    )


def test_drawn_pair_and_promotion_response_are_found(warehouse: Warehouse) -> None:
    """The drawn pair leads the list, and the interval of each category holds the drawn slope."""
    shop = warehouse.folder("drawn_pairs", drawn_shop)
    build = warehouse.build(shop, select="+rpt_product_pairs +int_promotion_parameters")
    pairs = build.rows("rpt_product_pairs", level="product", kind="same_order")
    leading = {(row["antecedent"], row["consequent"]) for row in pairs if row["rank"] <= 2}
    assert leading == {("mug", "plate"), ("plate", "mug")}
    parameters = dict(
        build.query("select parameter, value from intermediate.int_promotion_parameters")
    )
    for category in ("phones", "cases"):
        assert parameters[f"low.{category}"] <= SLOPE <= parameters[f"high.{category}"]
        assert parameters[f"high.{category}"] < -1
        assert parameters[f"products.{category}"] == 8
