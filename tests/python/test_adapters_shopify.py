"""The adapter of Shopify: its rules on the fixture, worked out by hand."""

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from adapters import FIXTURES, by_key, converted, read_rows

from customer_analytics.adapters.convert import convert_exports

SHOPIFY = FIXTURES / "shopify"
Tables = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of the fixture."""
    return converted("shopify", tmp_path_factory.mktemp("shopify"))


def amounts(row: dict[str, str], *names: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(row[f"{name}_amount"]) for name in names)


def orders_from(
    rows: list[dict[str, str]], folder: Path, name: str = "orders_export.csv"
) -> Tables:
    """The tables made of changed rows of the fixture's second file."""
    (folder / "exports").mkdir(exist_ok=True)
    with (folder / "exports" / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    convert_exports(folder / "exports", folder / "shop", ["shopify"], overwrite=True)
    return {file.stem: read_rows(file) for file in (folder / "shop").glob("*.csv")}


# paid, gross, discount, tax, shipping
AMOUNTS = {
    # 2 x 20 + 30 = 70 less 7, and 8 % tax on top: (63 + 7) x 1.08 = 75.60, 7 x 1.08 = 7.56
    "#1001": ("73.04", "75.60", "7.56", "5.04", "5.00"),
    # the code FREESHIP gives back the shipping of 10: no discount on goods, and no shipping paid
    "#1002": ("57.00", "57.00", "0.00", "0.00", "0.00"),
    "#1003": ("44.00", "40.00", "0.00", "0.00", "4.00"),
    # 20 % on top of 50
    "#1006": ("60.00", "60.00", "0.00", "10.00", "0.00"),
    # prices with 20 % tax: shipping 12 / 1.2 = 10, tax (120 + 12) / 6 = 22, goods 120 / 1.2 = 100
    "#1015": ("132.00", "122.00", "0.00", "22.00", "10.00"),
    # prices with tax: 100 less 10
    "#1016": ("90.00", "100.00", "10.00", "15.00", "0.00"),
    # the tip of 2.50 is a line, but no part of Subtotal, and no discount
    "#1017": ("52.50", "52.50", "0.00", "0.00", "0.00"),
    # free by a code of 20
    "#1022": ("0.00", "20.00", "20.00", "0.00", "0.00"),
    # duties of 15 are tax: goods 135 - 15 - 20 = 100
    "#1023": ("135.00", "115.00", "0.00", "15.00", "20.00"),
    # a line of 20 was removed from the order: Discount Amount is 0
    "#1024": ("30.00", "30.00", "0.00", "0.00", "0.00"),
    # 130 less 13 (TEN), shipping 6 less 6, 8 % of 117 on top: 130 x 1.08, 13 x 1.08
    "#1025": ("126.36", "140.40", "14.04", "9.36", "0.00"),
}


def test_amounts(tables: Tables) -> None:
    """What was paid, and its parts; list prices and discounts with tax."""
    orders = by_key(tables["orders"], "order_id")
    for order, expected in AMOUNTS.items():
        found = amounts(orders[order], "paid", "gross", "discount", "tax", "shipping")
        assert found == tuple(map(Decimal, expected)), order


def test_goods_are_gross_less_discount(tables: Tables) -> None:
    """In every order, with tax: the rule that the marts are built on."""
    for row in tables["orders"]:
        paid, gross, discount, shipping = amounts(row, "paid", "gross", "discount", "shipping")
        assert gross - discount == paid - shipping, row["order_id"]


def test_tax_on_shipping_needs_a_rate(tmp_path: Path) -> None:
    """Without a rate in the name of the tax, shipping stays as it is quoted."""
    rows = [row for row in read_rows(SHOPIFY / "orders_export_2.csv") if row["Name"] == "#1015"]
    rows[0]["Tax 1 Name"] = "VAT"
    (order,) = orders_from(rows, tmp_path)["orders"]
    assert amounts(order, "shipping", "tax") == (12, 22)
    # goods taxed at 20 %, shipping not: 120 / 6 = 20
    rows[0] |= {"Tax 1 Name": "GB VAT 20%", "Taxes": "20.00"}
    (order,) = orders_from(rows, tmp_path)["orders"]
    assert amounts(order, "shipping", "tax") == (12, 20)


STATUSES = {
    "#1001": "completed",
    # cash on delivery stays pending when the order is fulfilled
    "#1003": "shipped",
    "#1010": "shipped",
    # pending in the first file, paid in the second
    "#1004": "completed",
    "#1005": "authorized",
    "#1006": "completed",
    # cancelled and refunded
    "#1011": "cancelled",
    "#1012": "refunded",
    "#1013": "cancelled",
    "#1014": "expired",
    "#1019": "partially_paid",
    "#1020": "shipped",
    "#1021": "unpaid",
    "#1024": "paid",
}


def test_statuses(tables: Tables) -> None:
    """Three columns decide: cancellation, payment and fulfillment."""
    orders = by_key(tables["orders"], "order_id")
    assert {order: orders[order]["status"] for order in STATUSES} == STATUSES


@pytest.mark.parametrize("word", ["pending", "authorized", "unpaid"])
def test_unpaid_orders_that_were_sent(word: str, tmp_path: Path) -> None:
    """Count as shipped: paid on delivery or by invoice."""
    rows = [row for row in read_rows(SHOPIFY / "orders_export_2.csv") if row["Name"] == "#1021"]
    rows[0] |= {"Financial Status": word, "Fulfillment Status": "fulfilled"}
    (order,) = orders_from(rows, tmp_path)["orders"]
    assert order["status"] == "shipped"


def test_an_order_in_two_files_counts_as_in_the_last(tables: Tables) -> None:
    """Once, with the lines of one file."""
    orders = by_key(tables["orders"], "order_id")
    assert len(orders) == 25
    assert orders["#1004"]["paid_at"] == "2024-03-02 08:00:00 -0500"
    lines = [row for row in tables["order_items"] if row["order_id"] == "#1004"]
    assert [(row["line_number"], row["product_id"]) for row in lines] == [
        ("1", "POT-1"),
        ("2", "MUG-B"),
    ]


def test_the_prices_of_an_order_are_those_of_the_last_file(tmp_path: Path) -> None:
    """Also where the order was reduced since: 40 instead of 50 paid."""
    rows = [row for row in read_rows(SHOPIFY / "orders_export_2.csv") if row["Name"] == "#1004"]
    orders_from(rows, tmp_path, "orders_export_1.csv")
    rows[0] |= {"Subtotal": "40.00", "Total": "40.00", "Discount Amount": "10.00"}
    tables = orders_from(rows, tmp_path, "orders_export_2.csv")
    assert [Decimal(row["unit_price"]) for row in tables["order_items"]] == [24, 16]
    (order,) = tables["orders"]
    assert amounts(order, "paid", "gross", "discount") == (40, 50, 10)


def test_lines_at_the_start_of_a_file_do_not_replace_their_order(tmp_path: Path) -> None:
    """A file that begins with the second line of an order lacks the fields of the order."""
    rows = [row for row in read_rows(SHOPIFY / "orders_export_2.csv") if row["Name"] == "#1004"]
    orders_from(rows, tmp_path, "orders_export_1.csv")
    (order,) = orders_from(rows[1:], tmp_path, "orders_export_2.csv")["orders"]
    assert amounts(order, "paid") == (50,)


def test_customers_are_recognised(tables: Tables) -> None:
    """By email address; without one, by the phone number of an account; else by the number."""
    orders = by_key(tables["orders"], "order_id")
    known = {order: (row["customer_id"], row["email"]) for order, row in orders.items()}
    assert known["#1001"] == ("", "ada@mail.invalid")
    assert known["#1002"] == ("", "Ada@mail.invalid")
    assert known["#1007"] == ("", "")
    # the account has the number as '+1 415-555-0103, the order as +14155550103
    assert known["#1008"] == known["#1009"] == ("'7000000000003", "")
    assert known["#1010"] == known["#1013"] == ("+8801700000001", "")


def test_refunds(tables: Tables) -> None:
    """The sum of an order, on the day of its cancellation, else of the order."""
    refunds = by_key(tables["refunds"], "order_id")
    assert {order: Decimal(row["refund_amount"]) for order, row in refunds.items()} == {
        "#1006": 24,
        "#1011": 24,
        "#1012": 50,
    }
    assert refunds["#1006"]["refunded_at"] == "2024-01-31 20:00:00 -0500"
    assert refunds["#1011"]["refunded_at"] == "2024-03-12 09:00:00 -0400"


def test_lines(tables: Tables) -> None:
    """List price, and the price paid after the order's discount."""
    lines = by_key(tables["order_items"], "order_id", "line_number")
    columns = ("product_id", "quantity", "unit_list_price", "unit_price")

    def line(order: str, number: str) -> tuple:
        row = lines[order, number]
        return row[columns[0]], *(Decimal(row[column]) for column in columns[1:])

    # 63 of 70 paid: 20 x 0.9 and 30 x 0.9
    assert line("#1001", "1") == ("MUG-B", 2, 20, 18)
    # the compare-at price of 35 is no list price
    assert line("#1001", "2") == ("POT-1", 1, 30, 27)
    assert line("#1010", "1") == ("Apple Cider Vinegar - Color-free", 1, 1400, 1400)
    assert line("#1017", "1") == ("Tip", 1, Decimal("2.5"), Decimal("2.5"))
    assert line("#1017", "2") == ("KET", 1, 50, 50)
    assert line("#1022", "1") == ("MUG-B", 1, 20, 0)


def test_channels_and_stores(tables: Tables) -> None:
    """580111 is the number of the online store."""
    orders = by_key(tables["orders"], "order_id")
    assert (orders["#1017"]["channel"], orders["#1017"]["store_id"]) == ("web", "")
    assert (orders["#1008"]["channel"], orders["#1008"]["store_id"]) == ("pos", "Main Street Store")
    assert {row["currency"] for row in tables["orders"]} == {"USD", "EUR"}


def test_customers(tables: Tables) -> None:
    """The newer layout, with Customer ID."""
    customers = by_key(tables["customers"], "customer_id")
    assert list(customers) == [f"'700000000000{number}" for number in (1, 2, 3, 4)]
    assert customers["'7000000000001"]["region"] == "IL"
    assert customers["'7000000000003"]["email"] == ""


def test_customers_without_id(tmp_path: Path) -> None:
    """The older layouts: email address, else phone number, is the id, in orders too."""
    header = "First Name,Last Name,Email,Company,Address1,Address2,City,Province,Province Code,"
    header += "Country,Country Code,Zip,Phone,Accepts Marketing,Total Spent,Total Orders,Tags,Note,"
    header += "Tax Exempt"
    address = ",,1 Main Street,,Springfield,Illinois,IL,United States,US,'02134,"
    lines = [
        header,
        f"Ada,Example,ada@mail.invalid{address}'+14155550101,yes,361.40,7,,,no",
        f"Cyd,Example,{address}'+1 415-555-0103,no,80.00,2,,,no",
    ]
    source = tmp_path / "exports"
    source.mkdir()
    (source / "customers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for file in SHOPIFY.glob("orders_export_*.csv"):
        shutil.copy(file, source)
    convert_exports(source, tmp_path / "shop", ["shopify"], overwrite=False)
    customers = read_rows(tmp_path / "shop" / "customers.csv")
    assert [row["customer_id"] for row in customers] == ["+14155550103", "ada@mail.invalid"]
    assert [row["region"] for row in customers] == ["IL", "IL"]
    orders = by_key(read_rows(tmp_path / "shop" / "orders.csv"), "order_id")
    assert orders["#1008"]["customer_id"] == "+14155550103"
    consents = read_rows(tmp_path / "shop" / "subscriptions.csv")
    assert [(row["customer_id"], row["channel"], row["status"]) for row in consents] == [
        ("+14155550103", "email", "unsubscribed"),
        ("ada@mail.invalid", "email", "subscribed"),
    ]


def test_consents(tables: Tables) -> None:
    """As of the customer's latest order; an account without orders has none."""
    consents = by_key(tables["subscriptions"], "customer_id", "channel")
    found = {key: (row["status"], row["changed_at"][:10]) for key, row in consents.items()}
    assert found == {
        ("'7000000000001", "email"): ("subscribed", "2024-05-01"),
        ("'7000000000001", "sms"): ("unsubscribed", "2024-05-01"),
        ("'7000000000002", "email"): ("unsubscribed", "2024-04-11"),
        ("'7000000000002", "sms"): ("unsubscribed", "2024-04-11"),
        ("'7000000000003", "email"): ("unsubscribed", "2024-03-09"),
        ("'7000000000003", "sms"): ("subscribed", "2024-03-09"),
    }


def test_products(tables: Tables) -> None:
    """One a variant; a row that only has a picture is none."""
    products = by_key(tables["products"], "product_id")
    assert set(products) == {"MUG-B", "'0012", "POT-1", "Postcard"}
    red = products["'0012"]
    assert (red["product_name"], red["category"], red["brand"]) == (
        "Mug - Red",
        "Drinkware",
        "Potters",
    )
    # without Type the category is Product Category; the price of today is the list price
    assert products["POT-1"]["category"] == "Home & Garden > Kitchen"
    assert Decimal(products["POT-1"]["list_price"]) == 30
    assert Decimal(products["POT-1"]["unit_cost"]) == 12
    # as the line without a sku is called
    assert "Postcard" in {row["product_id"] for row in tables["order_items"]}


def test_consents_as_booleans(tmp_path: Path) -> None:
    """As spreadsheets and warehouses write yes and no; other words are no consent."""
    row = read_rows(SHOPIFY / "customers_export.csv")[0] | {"Accepts SMS Marketing": ""}
    order = {"Name": "#1", "Financial Status": "paid", "Lineitem name": "x"}
    order |= {"Lineitem quantity": "1", "Created at": "2024-01-01", "Email": row["Email"]}
    for answer in ("TRUE", "0", "perhaps"):
        source = tmp_path / answer
        source.mkdir()
        for name, rows in {
            "customers": [row | {"Accepts Email Marketing": answer}],
            "orders": [order],
        }.items():
            with (source / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        convert_exports(source, tmp_path / "shop" / answer, ["shopify"], overwrite=False)
        rows = read_rows(tmp_path / "shop" / answer / "subscriptions.csv")
        said = "subscribed" if answer == "TRUE" else "unsubscribed"
        assert [consent["status"] for consent in rows] == [said], answer


def test_lines_in_the_next_file_belong_to_the_order(tmp_path: Path) -> None:
    """A large export may be cut between two lines of an order."""
    rows = [row for row in read_rows(SHOPIFY / "orders_export_2.csv") if row["Name"] == "#1004"]
    for name in ("whole", "cut"):
        (tmp_path / name).mkdir()
    whole = orders_from(rows, tmp_path / "whole", "orders_export_1.csv")
    orders_from(rows[:1], tmp_path / "cut", "orders_export_1.csv")
    cut = orders_from(rows[1:], tmp_path / "cut", "orders_export_2.csv")
    assert cut["order_items"] == whole["order_items"]


def test_two_shops_may_share_order_names(tmp_path: Path) -> None:
    """Both orders are written, and staging rejects one as a duplicate, which the ledger shows."""
    rows = [row for row in read_rows(SHOPIFY / "orders_export_2.csv") if row["Name"] == "#1004"]
    other = [row | {"Id": row["Id"] and "77"} for row in rows]
    other[0] |= {"Total": "99.00", "Refunded Amount": "9.00"}
    orders_from(rows, tmp_path, "orders_export_1.csv")
    tables = orders_from(other, tmp_path, "orders_export_2.csv")
    assert [row["order_id"] for row in tables["orders"]] == ["#1004", "#1004"]
    paid = {Decimal(row["paid_amount"]) for row in tables["orders"]}
    assert paid == {Decimal(rows[0]["Total"]), Decimal(99)}
    assert len(tables["order_items"]) == 2 * len(rows)
