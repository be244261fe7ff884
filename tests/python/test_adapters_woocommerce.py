"""The adapter of WooCommerce: its rules on the fixture, worked out by hand."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from adapters import FIXTURES, by_key, converted, read_rows

from customer_analytics.adapters.convert import convert_exports, next_command

WOOCOMMERCE = FIXTURES / "woocommerce"
ADVANCED = "orders-2024-05-31-10-15-00.csv"
CELLS = "orders-export-2024_05_31_10_20_00.csv"
Tables = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of the fixture."""
    return converted("woocommerce", tmp_path_factory.mktemp("woocommerce"))


def convert_rows(rows: list[dict[str, str]], folder: Path) -> Tables:
    """The tables made of one file with these rows."""
    source = folder / "exports"
    source.mkdir()
    with (source / "export.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    convert_exports(source, folder / "shop", ["woocommerce"], overwrite=False)
    return {file.stem: read_rows(file) for file in (folder / "shop").glob("*.csv")}


# paid, gross, discount, tax, shipping
AMOUNTS = {
    # goods 18 + 22.50 = 40.50 after 4.50 off, shipping 5, 20 % tax on both: 9.10; the discount as
    # quoted with tax: 4.50 x (54.60 - 5) / 40.50 = 5.51
    "101": ("54.60", "55.11", "5.51", "9.10", "5.00"),
    "102": ("120.00", "120.00", "0.00", "20.00", "0.00"),
    "108": ("72.00", "62.00", "0.00", "12.00", "10.00"),
    # with its refund of 12.00 as a row of its own
    "109": ("36.00", "36.00", "0.00", "6.00", "0.00"),
    # 2.50 x (57 - 5) / 42.50 = 3.06
    "201": ("57.00", "55.06", "3.06", "9.50", "5.00"),
    # with a fee of 10.00 for wrapping
    "203": ("60.00", "60.00", "0.00", "10.00", "0.00"),
    "301": ("54.00", "54.00", "0.00", "9.00", "0.00"),
}


def test_amounts(tables: Tables) -> None:
    """What was paid, and its parts; list prices and discounts with tax."""
    orders = by_key(tables["orders"], "order_id")
    names = ("paid", "gross", "discount", "tax", "shipping")
    for order, expected in AMOUNTS.items():
        found = tuple(Decimal(orders[order][f"{name}_amount"]) for name in names)
        assert found == tuple(map(Decimal, expected)), order


def test_orders_of_all_exports(tables: Tables) -> None:
    """Each order once, although one export repeats it on every line."""
    orders = by_key(tables["orders"], "order_id")
    assert sorted(orders) == [
        *(str(number) for number in range(101, 111)),
        *(str(number) for number in range(201, 208)),
        *(str(number) for number in range(301, 305)),
    ]


STATUSES = {
    "101": "Completed",
    "102": "Processing",
    "103": "Pending payment",
    "104": "On hold",
    "105": "Cancelled",
    "106": "Refunded",
    "107": "Failed",
    # not that of its refund
    "109": "Completed",
    "110": "Draft",
    "203": "wc-completed",
    "205": "trash",
    "207": "on-hold",
    "302": "pending",
    "303": "checkout-draft",
}


def test_statuses(tables: Tables) -> None:
    """As exported; the seed knows them with and without the prefix wc-."""
    orders = by_key(tables["orders"], "order_id")
    assert {order: orders[order]["status"] for order in STATUSES} == STATUSES


def test_times_are_local(tables: Tables) -> None:
    """Without an offset, which the next command says; days before months become ISO dates."""
    orders = by_key(tables["orders"], "order_id")
    assert orders["102"]["ordered_at"] == "2024-01-31 23:40"
    assert orders["109"]["ordered_at"] == "2024-02-29 12:00"
    assert orders["301"]["ordered_at"] == "2024-05-16 07:32:06"
    assert orders["301"]["paid_at"] == "2024-05-16T07:35:00+02:00"
    command = next_command(Path("shop"), ["woocommerce"])
    assert command.endswith("--vars '{input_timezone: shop}'")


def test_guests(tables: Tables) -> None:
    """Customer id 0 is a guest, known by email address."""
    orders = by_key(tables["orders"], "order_id")
    found = {order: (row["customer_id"], row["email"]) for order, row in orders.items()}
    assert found["201"] == ("5", "ada@mail.invalid")
    assert found["204"] == ("", "gus@mail.invalid")
    # the default fields have no user id
    assert found["102"] == ("", "Eve@mail.invalid")


def test_accounts(tables: Tables) -> None:
    """Of the customer export, and of orders: so the guest order 204 belongs to account 7."""
    customers = by_key(tables["customers"], "customer_id")
    assert {key: row["email"] for key, row in customers.items()} == {
        "5": "ada@mail.invalid",
        "6": "fay@mail.invalid",
        "7": "gus@mail.invalid",
        "9": "hal@mail.invalid",
    }
    assert customers["5"]["registered_at"] == "2023-12-01 08:00:00"
    assert customers["7"]["registered_at"] == ""


def test_user_id_is_an_optional_field(tmp_path: Path) -> None:
    """Added to the default fields, it identifies customers."""
    rows = [row | {"Customer User ID": "0"} for row in read_rows(WOOCOMMERCE / ADVANCED)]
    rows[0]["Customer User ID"] = rows[1]["Customer User ID"] = "5"
    tables = convert_rows(rows, tmp_path)
    orders = by_key(tables["orders"], "order_id")
    assert (orders["101"]["customer_id"], orders["102"]["customer_id"]) == ("5", "")
    accounts = [(row["customer_id"], row["email"]) for row in tables["customers"]]
    assert accounts == [("5", "ada@mail.invalid")]


def test_order_fields_on_the_first_row_only(tmp_path: Path) -> None:
    """An option of the export: further lines have no fields of the order but its number."""
    rows = read_rows(WOOCOMMERCE / ADVANCED)[:2]
    keep = ("Order Number", "SKU", "Item #", "Item Name", "Quantity", "Item Cost")
    rows[1] = {name: value if name in keep else "" for name, value in rows[1].items()}
    tables = convert_rows(rows, tmp_path)
    (order,) = tables["orders"]
    assert (order["status"], Decimal(order["paid_amount"])) == ("Completed", Decimal("54.60"))
    assert [row["product_id"] for row in tables["order_items"]] == ["MUG-B", "Teapot"]


def test_an_order_in_two_files_counts_as_in_the_last(tmp_path: Path) -> None:
    """Once, whichever export it is of."""
    for name in (ADVANCED, CELLS):
        folder = tmp_path / name
        (folder / "exports").mkdir(parents=True)
        rows = read_rows(WOOCOMMERCE / name)[:1]
        status = "Order Status" if name == ADVANCED else "status"
        for file, word in (("a.csv", "on-hold"), ("b.csv", "completed")):
            rows[0][status] = word
            with (folder / "exports" / file).open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        convert_exports(folder / "exports", folder / "shop", ["woocommerce"], overwrite=False)
        (order,) = read_rows(folder / "shop" / "orders.csv")
        assert order["status"] == "completed"
        lines = read_rows(folder / "shop" / "order_items.csv")
        assert [row["line_number"] for row in lines] == list("12")[: len(lines)]
        assert len(lines) == (1 if name == ADVANCED else 2)


def line(tables: Tables, order: str, number: str) -> tuple:
    row = by_key(tables["order_items"], "order_id", "line_number")[order, number]
    numbers = (row["quantity"], row["unit_list_price"], row["unit_price"])
    return row["product_id"], *(Decimal(number) if number else None for number in numbers)


def test_lines(tables: Tables) -> None:
    """Prices per unit without tax; the list price where the export has it."""
    assert line(tables, "101", "1") == ("MUG-B", 2, None, 9)
    # without a discount in the order, what was paid is the list price
    assert line(tables, "109", "1") == ("MUG-B", 3, 10, 10)
    # cells: the name has separators, which are escaped
    assert line(tables, "201", "1") == ("MUG-B", 2, 10, 10)
    assert line(tables, "201", "2") == ("Teapot", 1, 25, Decimal("22.5"))
    # columns line_item_1, line_item_2
    assert line(tables, "301", "1") == ("MUG-B", 2, 10, 10)
    assert line(tables, "301", "2") == ("Teapot", 1, 25, 25)
    assert len(tables["order_items"]) == 24


def test_names_with_separators(tmp_path: Path) -> None:
    """A product without sku is known by its name, whatever is in it."""
    row = next(row for row in read_rows(WOOCOMMERCE / CELLS) if row["order_id"] == "201")
    row["line_items"] = row["line_items"].replace("sku:MUG-B", "sku:")
    tables = convert_rows([row], tmp_path)
    assert line(tables, "201", "1") == ("Mug: Blue | large; new", 2, 10, 10)
    assert line(tables, "201", "2") == ("Teapot", 1, 25, Decimal("22.5"))


def test_more_columns_of_lines(tmp_path: Path) -> None:
    """There are as many as the longest order of the export has lines."""
    row = next(read_rows(file)[0] for file in WOOCOMMERCE.glob("order_export_*.csv"))
    row |= {f"line_item_{number}": "" for number in range(3, 12)}
    row["line_item_11"] = "name:Lamp|product_id:13|sku:LAMP|quantity:3|total:270.00|sub_total:300"
    tables = convert_rows([row], tmp_path)
    assert line(tables, "301", "3") == ("LAMP", 3, 100, 90)


def test_one_row_per_item(tmp_path: Path) -> None:
    """A format of Customer/Order/Coupon Export."""
    row = next(row for row in read_rows(WOOCOMMERCE / CELLS) if row["order_id"] == "201")
    del row["line_items"], row["refunds"], row["refunded_total"]
    items = ("item_id", "item_product_id", "item_name", "item_sku", "item_quantity")
    items += ("item_subtotal", "item_subtotal_tax", "item_total", "item_total_tax")
    values = [
        ("1", "11", "Mug", "MUG-B", "2", "20.00", "0.00", "20.00", "0.00"),
        ("2", "12", "Teapot", "", "1", "25.00", "0.00", "22.50", "0.00"),
    ]
    rows = [row | dict(zip(items, found, strict=True)) for found in values]
    tables = convert_rows([found | {"refunded_total": "6.00"} for found in rows], tmp_path)
    (order,) = tables["orders"]
    assert (order["order_id"], Decimal(order["paid_amount"])) == ("201", 57)
    assert order["coupon_code"] == "TEN"
    assert line(tables, "201", "1") == ("MUG-B", 2, 10, 10)
    assert line(tables, "201", "2") == ("Teapot", 1, 25, Decimal("22.5"))
    (refund,) = tables["refunds"]
    assert (refund["refunded_at"], Decimal(refund["refund_amount"])) == ("2024-02-03 09:00:00", 6)


def test_refunds(tables: Tables) -> None:
    """Each with its date and reason where cells have them, else their sum on the order's day."""
    found = {
        row["refund_id"]: (
            row["order_id"],
            row["refunded_at"],
            Decimal(row["refund_amount"]),
            row["reason"],
        )
        for row in tables["refunds"]
    }
    assert found == {
        "106-refund": ("106", "2024-02-10 09:00", 60, ""),
        "108-refund": ("108", "2024-02-12 09:00", 24, ""),
        "109-refund": ("109", "2024-02-29 12:00", 12, ""),
        "2021": ("202", "2024-03-02 10:00:00", 24, "wrong: colour; sorry"),
        "2022": ("202", "2024-03-20 10:00:00", 12, ""),
        "2061": ("206", "2024-04-12 10:00:00", 30, "broken"),
        "301-refund-1": ("301", "2024-05-20 12:13:48", 6, "late; sorry"),
    }


def test_products(tables: Tables) -> None:
    """What can be bought: variations, with the category of their parent, and simple products."""
    products = by_key(tables["products"], "product_id")
    columns = ("product_name", "category", "brand")
    assert {key: tuple(row[column] for column in columns) for key, row in products.items()} == {
        "MUG-B": ("Mug - Blue", "Kitchen", "Potters"),
        "Teapot": ("Teapot", "Kitchen", "Potters"),
        "LAMP": ("Lamp", "Lighting", ""),
        # its parent has no sku: Parent is id:14
        "SC-R": ("Scarf - Red", "Clothing", ""),
    }
    # the price of the teapot is reduced to 20
    assert Decimal(products["Teapot"]["list_price"]) == 25


def test_addresses_are_linked_to_their_accounts(tmp_path: Path) -> None:
    """Each address of one account, also of its orders; not an address of two accounts."""
    header = (
        "customer_id,user_login,date_registered,email,billing_email,billing_phone,billing_state"
    )
    accounts = [
        "1,ann,,Ann@mail.invalid,,,",
        "2,b,,shared@mail.invalid,,,",
        "3,c,,shared@mail.invalid,,,",
    ]
    source = tmp_path / "exports"
    source.mkdir()
    (source / "customers.csv").write_text("\n".join([header, *accounts, ""]), encoding="utf-8")
    convert_exports(source, tmp_path / "shop", ["woocommerce"], overwrite=False)
    links = read_rows(tmp_path / "shop" / "identity_links.csv")
    assert [(row["identifier"], row["customer_id"]) for row in links] == [("ann@mail.invalid", "1")]


def test_an_order_of_two_plugins_counts_once(tmp_path: Path) -> None:
    """With the lines and the amount of Advanced Order Export."""
    advanced = read_rows(WOOCOMMERCE / ADVANCED)
    shared = advanced[0]["Order Number"]
    cells = [row | {"order_id": shared} for row in read_rows(WOOCOMMERCE / CELLS)[:1]]
    both = tmp_path / "both"
    both.mkdir()
    alone = convert_rows(advanced, tmp_path)
    save(both / "exports", {"advanced.csv": advanced, "cells.csv": cells})
    convert_exports(both / "exports", both / "shop", ["woocommerce"], overwrite=False)
    for table in ("orders", "order_items"):
        assert read_rows(both / "shop" / f"{table}.csv") == alone[table], table


def save(folder: Path, files: dict[str, list[dict[str, str]]]) -> None:
    """Write CSV files."""
    folder.mkdir()
    for name, rows in files.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
