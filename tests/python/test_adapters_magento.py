"""The adapter of Magento 2: its rules on the fixture, worked out by hand."""

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from adapters import FIXTURES, by_key, converted, read_rows

from customer_analytics.adapters.convert import convert_exports

MAGENTO = FIXTURES / "magento"
Tables = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of the fixture."""
    return converted("magento", tmp_path_factory.mktemp("magento"))


def order(number: int) -> str:
    """The number that customers see."""
    return f"{number:09}"


# paid, gross, discount, tax, shipping
AMOUNTS = {
    # 2 x 50 less 10, shipping 5, 20 % of 90 + 5 = 19; discount with tax 10 x (114 - 5) / 90 = 12.11
    1: ("114.00", "121.11", "12.11", "19.00", "5.00"),
    # paid 18.00 EUR, which was 20.00 USD then
    2: ("20.00", "20.00", "0.00", "0.00", "0.00"),
    # 120 less 12, 20 % of 108 = 21.60; discount with tax 14.40
    9: ("129.60", "144.00", "14.40", "21.60", "0.00"),
    # 120 with tax less 12 with tax: 108 of which 18 are tax
    10: ("108.00", "120.00", "12.00", "18.00", "0.00"),
    # the discount of 5 is on shipping, which cost 5
    11: ("60.00", "60.00", "0.00", "0.00", "0.00"),
}


def test_amounts(tables: Tables) -> None:
    """In the base currency; list prices and discounts with tax."""
    orders = by_key(tables["orders"], "order_id")
    names = ("paid", "gross", "discount", "tax", "shipping")
    for number, expected in AMOUNTS.items():
        found = tuple(Decimal(orders[order(number)][f"{name}_amount"]) for name in names)
        assert found == tuple(map(Decimal, expected)), number
    assert {row["currency"] for row in orders.values()} == {"USD"}


def test_store_credit_is_no_discount(tmp_path: Path) -> None:
    """It lowers the amount that was paid."""
    source = tmp_path / "exports"
    source.mkdir()
    rows = read_rows(MAGENTO / "sales_order.csv")
    rows[1]["base_grand_total"] = "15.0000"
    with (source / "orders.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerow(rows[1])
    convert_exports(source, tmp_path / "shop", ["magento"], overwrite=False)
    (row,) = read_rows(tmp_path / "shop" / "orders.csv")
    assert (Decimal(row["paid_amount"]), Decimal(row["discount_amount"])) == (15, 0)


def test_states_and_times(tables: Tables) -> None:
    """States, not the statuses that a shop can rename; times are UTC."""
    orders = by_key(tables["orders"], "order_id")
    assert [orders[order(number)]["status"] for number in range(1, 12)] == [
        "complete",
        "processing",
        "new",
        "pending_payment",
        "holded",
        "payment_review",
        "canceled",
        "closed",
        "complete",
        "complete",
        "processing",
    ]
    assert orders[order(1)]["ordered_at"] == "2024-01-31 23:30:00Z"


def test_customers(tables: Tables) -> None:
    """Accounts by id, guests by email address; NULL of a dump is a missing value."""
    orders = by_key(tables["orders"], "order_id")
    found = {number: orders[order(number)] for number in (1, 2, 10)}
    assert {number: (row["customer_id"], row["email"]) for number, row in found.items()} == {
        1: ("1", "ada@mail.invalid"),
        2: ("", "Eve@mail.invalid"),
        10: ("", "eve@mail.invalid"),
    }
    assert found[2]["coupon_code"] == ""
    customers = by_key(tables["customers"], "customer_id")
    columns = ("gender", "birth_date", "registered_at")
    assert {key: tuple(row[column] for column in columns) for key, row in customers.items()} == {
        "1": ("female", "1980-05-06", "2023-12-01 08:00:00Z"),
        "2": ("", "", "2024-01-01 08:00:00Z"),
    }


def test_lines(tables: Tables) -> None:
    """A configurable product and a bundle are one line each, with the discount of their parts."""
    assert len(tables["order_items"]) == 11
    lines = by_key(tables["order_items"], "order_id", "line_number")

    def line(number: int, item: str) -> tuple:
        row = lines[order(number), item]
        numbers = (row["quantity"], row["unit_list_price"], row["unit_price"])
        return row["product_id"], *map(Decimal, numbers), row["unit_cost"]

    # (100 - 10) / 2
    assert line(1, "1") == ("SHIRT-M", 2, 50, 45, "20.0000")
    # 120 less 2 and 10
    assert line(9, "10") == ("SET", 1, 120, 108, "")
    # 100 without tax, less 12 with and 10 without tax
    assert line(10, "13") == ("lamp", 1, 100, 90, "")


def test_refunds(tables: Tables) -> None:
    """Lines of a credit memo, and the rest; whole where a fee was kept."""
    refunds = by_key(tables["refunds"], "refund_id")
    columns = ("refund_amount", "tax_amount", "shipping_amount")
    found = {
        key: (row["order_id"], row["line_number"], *(Decimal(row[column]) for column in columns))
        for key, row in refunds.items()
    }
    assert found == {
        # 132: lamp of 100 and its tax of 20; shipping of 10 and its tax of 2
        "900000001-9": (order(8), "9", 120, 20, 0),
        "900000001": (order(8), "", 12, 2, 10),
        # one of two shirts: 50 - 5 + 9
        "900000002-1": (order(1), "1", 54, 9, 0),
        # a mug of 20 less a fee of 5
        "900000003": (order(11), "", 15, 0, 0),
    }
    assert refunds["900000002-1"]["refunded_at"] == "2024-02-05 09:00:00Z"
    shirt = refunds["900000002-1"]
    assert (shirt["product_id"], shirt["quantity"]) == ("SHIRT-M", "1")


def test_orders_alone(tmp_path: Path) -> None:
    """Only sales_order is necessary; without the lines, credit memos stay whole."""
    source = tmp_path / "exports"
    source.mkdir()
    for name in ("sales_order.csv", "sales_creditmemo.csv"):
        shutil.copy(MAGENTO / name, source)
    convert_exports(source, tmp_path / "shop", ["magento"], overwrite=False)
    assert {file.stem for file in (tmp_path / "shop").iterdir()} == {"orders", "refunds"}
    refunds = by_key(read_rows(tmp_path / "shop" / "refunds.csv"), "refund_id")
    assert {key: Decimal(row["refund_amount"]) for key, row in refunds.items()} == {
        "900000001": 132,
        "900000002": 54,
        "900000003": 15,
    }


def test_products(tables: Tables) -> None:
    """Once each, not once per language."""
    products = by_key(tables["products"], "product_id")
    assert (products["mug"]["product_name"], products["mug"]["category"]) == ("Mug", "Kitchen")
    assert products["lamp"]["category"] == "Lighting"
    assert Decimal(products["lamp"]["list_price"]) == 100


def test_addresses_are_linked_to_their_accounts(tables: Tables) -> None:
    """Consents and messages by email address, such as Klaviyo's, reach the account."""
    accounts = {row["customer_id"]: row["email"] for row in tables["customers"] if row["email"]}
    found = {row["customer_id"]: row["identifier"] for row in tables["identity_links"]}
    assert found == accounts
    assert {row["identifier_type"] for row in tables["identity_links"]} == {"email"}
