"""The adapter of Olist: its rules on the fixture, worked out by hand."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from adapters import FIXTURES, by_key, converted, read_rows

from customer_analytics.adapters.convert import convert_exports, next_command

OLIST = FIXTURES / "olist"
Tables = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of the fixture."""
    return converted("olist", tmp_path_factory.mktemp("olist"))


def identifier(start: str) -> str:
    """An id of the fixture, which repeats its first characters."""
    return (start * 32)[:32]


def without(folder: Path, *names: str) -> Tables:
    """The tables of the fixture without some of its files."""
    shutil.copytree(OLIST, folder / "exports", ignore=shutil.ignore_patterns(*names))
    convert_exports(folder / "exports", folder / "shop", ["olist"], overwrite=False)
    return {file.stem: read_rows(file) for file in (folder / "shop").glob("*.csv")}


def test_amounts(tables: Tables) -> None:
    """Payments are summed, freight is shipping, and without payments price and freight count."""
    orders = by_key(tables["orders"], "order_id")
    found = {
        order[:2]: (Decimal(row["paid_amount"]), row["shipping_amount"])
        for order, row in orders.items()
    }
    assert found == {
        "01": (Decimal("72.19"), "13.2900"),
        # vouchers 60 + 50, card 65; freight 5 + 5 + 15.10
        "02": (Decimal("175.00"), "25.1000"),
        # goods 100 and freight 20 in installments with interest of 6.50
        "03": (Decimal("126.50"), "20.0000"),
        "04": (Decimal("0.00"), "7.7800"),
        # no lines
        "05": (Decimal("45.00"), ""),
        "06": (Decimal("15.00"), "5.0000"),
        # no payment: 58.90 + 13.29
        "07": (Decimal("72.19"), "13.2900"),
        "08": (Decimal("72.19"), "13.2900"),
        # 72.50 by card and 72.50 by voucher
        "09": (Decimal("145.00"), "15.1000"),
    }
    assert {row["currency"] for row in orders.values()} == {"BRL"}


def test_payment_method_is_the_largest_part(tables: Tables) -> None:
    """Vouchers of 110 outweigh a card of 65; of equal parts the first payment counts."""
    found = {row["order_id"][:2]: row["payment_method"] for row in tables["orders"]}
    assert (found["02"], found["09"], found["03"]) == ("voucher", "credit_card", "credit_card")
    # not_defined is no method
    assert (found["04"], found["07"]) == ("", "")


def test_customer_is_the_unique_id(tables: Tables) -> None:
    """Three orders with three ids are one person; an order without customer is a guest order."""
    found = [row["customer_id"] for row in tables["orders"]]
    assert found.count(identifier("a1")) == 3
    assert found[-1] == ""
    accounts = by_key(tables["customers"], "customer_id")
    assert len(accounts) == 5
    # the latest of the three orders went to Rio de Janeiro
    assert accounts[identifier("a1")] == {
        "customer_id": identifier("a1"),
        "region": "RJ",
        "city": "rio de janeiro",
    }
    assert tables["orders"][0]["shipping_region"] == "SP"


def test_orders_without_customers_are_guest_orders(tmp_path: Path) -> None:
    """The id of an order's customer is another one for each order, so it is no customer."""
    found = without(tmp_path, "olist_customers*")
    assert {row["customer_id"] for row in found["orders"]} == {""}
    assert "customers" not in found


def test_times_stay_local(tables: Tables) -> None:
    """They have no offset; the command names the zone of the dataset."""
    orders = by_key(tables["orders"], "order_id")
    first = orders[identifier("01")]
    assert first["ordered_at"] == "2017-10-02 10:56:33"
    assert first["paid_at"] == "2017-10-02 11:07:15"
    assert first["shipped_at"] == "2017-10-04 19:55:00"
    assert first["delivered_at"] == "2017-10-10 21:25:13"
    command = next_command(Path("shop"), ["olist"])
    assert "{shop_timezone: America/Sao_Paulo, input_timezone: shop}" in command


def test_one_line_per_unit(tables: Tables) -> None:
    """Two units of a product are two rows of the dataset, and stay two lines."""
    lines = by_key(tables["order_items"], "order_id", "line_number")
    assert len(lines) == 10
    assert {row["quantity"] for row in lines.values()} == {"1"}
    second = [row for (order, _), row in lines.items() if order == identifier("02")]
    assert sum(Decimal(row["unit_price"]) for row in second) == Decimal("149.90")
    assert [row["product_id"][:2] for row in second] == ["92", "92", "93"]


def test_categories_are_translated(tables: Tables) -> None:
    """pc_gamer has no translation in the dataset."""
    found = {row["product_id"][:2]: row["category"] for row in tables["products"]}
    assert found == {"91": "health_beauty", "92": "pc_gamer", "93": "sports_leisure", "94": ""}


def test_reviews(tables: Tables) -> None:
    """The answer is the time of a review; a survey about two orders is two reviews."""
    reviews = by_key(tables["reviews"], "review_id")
    first = reviews[identifier("81")]
    assert first["created_at"] == "2017-10-12 03:43:48"
    assert (first["customer_id"], first["rating"]) == (identifier("a1"), "5")
    assert first["product_id"] == identifier("91")
    # its order has two products
    second = reviews[identifier("82")]
    assert second["product_id"] == ""
    assert second["review_text"] == 'Recomendo\nVeio só um\nfaltou o outro "copo"'
    shared = {key: row["order_id"][:2] for key, row in reviews.items() if key.startswith("83")}
    assert shared == {identifier("83"): "03", identifier("83") + "-2": "06"}
    # without an answer, the day on which the survey was sent
    assert reviews[identifier("84")]["created_at"] == "2018-03-14 00:00:00"


def test_later_files_win(tmp_path: Path) -> None:
    """An order and its payments in a second file replace those of the first one."""
    shutil.copytree(OLIST, tmp_path / "exports")
    for name, old, new in (
        ("olist_orders_dataset", ",shipped,", ",delivered,"),
        ("olist_order_payments_dataset", "126.50", "130.00"),
    ):
        lines = (OLIST / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        kept = [line.replace(old, new) for line in lines if line.startswith(identifier("03"))]
        text = "\n".join([lines[0], *kept]) + "\n"
        (tmp_path / "exports" / f"{name}_2.csv").write_text(text, encoding="utf-8")
    convert_exports(tmp_path / "exports", tmp_path / "shop", ["olist"], overwrite=False)
    orders = by_key(read_rows(tmp_path / "shop" / "orders.csv"), "order_id")
    assert len(orders) == 9
    changed = orders[identifier("03")]
    assert (changed["status"], changed["paid_amount"]) == ("delivered", "130.0000")
