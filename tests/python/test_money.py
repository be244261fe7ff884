"""Small shops with tax, shipping and currencies, whose amounts were worked out by hand."""

from decimal import Decimal
from pathlib import Path

import pytest
from warehouse import PROJECT, Build, Warehouse

CASES = PROJECT.parent / "shared" / "data" / "cases"


def build_case(name: str, warehouse: Warehouse, select: str) -> Build:
    """A build of one case."""
    if not CASES.exists():
        pytest.skip(f"no {CASES}: no small shops to build")
    return warehouse.build(CASES / name, select=select)


def amounts(build: Build, column: str) -> dict[str, Decimal]:
    """An amount of each order."""
    return {row["order_id"]: row[column] for row in build.rows("fct_orders")}


def test_refunds_contain_tax(warehouse: Warehouse) -> None:
    """Half of T1 and three quarters of T2 go back; of T3 only the shipping."""
    build = build_case("refund_with_tax", warehouse, "+fct_orders +rpt_categories_monthly")
    assert amounts(build, "net_amount") == {"T1": 50, "T2": 50, "T3": 100}
    assert amounts(build, "margin_amount") == {"T1": 30, "T2": 30, "T3": None}
    # the kept line of each order; T3 has no lines
    lines = build.by_key("fct_order_items", "order_id", "product_id")
    assert {key: line["net_amount"] for key, line in lines.items() if line["net_amount"]} == {
        ("T1", "P2"): 50,
        ("T2", "P4"): 50,
        ("T3", "unknown"): 100,
    }
    assert [row["net_amount"] for row in build.rows("rpt_categories_monthly")] == [200]


def test_refunds_have_a_currency(warehouse: Warehouse) -> None:
    """44.00 dollars of an order of 80 euros, worth 88.00 dollars."""
    build = build_case("refund_in_other_currency", warehouse, "+fct_orders")
    assert amounts(build, "net_amount")["A2"] == Decimal("44.00")


def test_list_prices_contain_tax(warehouse: Warehouse) -> None:
    """Nobody got a discount, whatever the list price is taken from."""
    build = build_case("list_price_with_tax", warehouse, "+fct_orders +dim_customers")
    assert set(amounts(build, "discount_amount").values()) == {0}
    goods = amounts(build, "goods_amount")
    assert amounts(build, "gross_amount") == goods
    sensitivity = {row["price_sensitivity"] for row in build.rows("dim_customers")}
    assert sensitivity == {"low"}


def test_the_cases_are_there_or_skipped() -> None:
    """A case that is renamed must not be skipped silently."""
    if not CASES.exists():
        pytest.skip(f"no {CASES}: no small shops to build")
    names = ("refund_with_tax", "refund_in_other_currency", "list_price_with_tax")
    assert [name for name in names if not Path(CASES / name / "orders.csv").exists()] == []
