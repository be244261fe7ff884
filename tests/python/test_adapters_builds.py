"""An order export alone gives the marts: every customer compared with pandas on the raw files."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest
from adapters import FIXTURES, Purchase, person, rfm
from warehouse import Build, Warehouse

from customer_analytics.adapters.convert import convert_exports, variables_of

SELECT = "+fct_orders +fct_customer_rfm +fct_customer_churn +rpt_cohort_retention +audit_row_ledger"


@dataclass(frozen=True)
class Expected:
    """Valid orders worked out from the raw files, the day of the last accepted one, and orders."""

    purchases: list[Purchase]
    as_of: date
    orders: int


def read_exports(folder: Path, pattern: str) -> pd.DataFrame:
    """The files of an export, as text; empty cells are missing values."""
    files = sorted(folder.glob(pattern))
    frames = [pd.read_csv(file, dtype=str).assign(file=number) for number, file in enumerate(files)]
    return pd.concat(frames, ignore_index=True)


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def amount(value: object) -> Decimal:
    return Decimal(str(value)) if pd.notna(value) else Decimal(0)


# -- Shopify --------------------------------------------------------------------------------------

SHOPIFY_RATES = {"USD": Decimal(1), "EUR": Decimal("1.10")}


def shopify_goods(order: pd.Series, lines: pd.DataFrame) -> tuple[Decimal, Decimal]:
    """What the goods cost without tax, and their tax."""
    subtotal, taxes = amount(order["Subtotal"]), amount(order["Taxes"])
    tips = sum(map(amount, lines.loc[lines["Lineitem name"] == "Tip", "Lineitem price"]))
    others = amount(order["Total"]) - subtotal - tips - amount(order["Duties"])
    if taxes and others >= taxes and not str(order["Tax 1 Name"]).startswith(("GB", "DE")):
        return subtotal + tips, taxes
    if taxes:
        rate = Decimal(re.search(r"(\d+)%", order["Tax 1 Name"])[1]) / 100
        return subtotal / (1 + rate) + tips, taxes
    return subtotal + tips, Decimal(0)


def shopify(folder: Path) -> Expected:
    """Orders of the last file that has them; customers by account, email address or number."""
    rows = read_exports(folder, "orders_export_*.csv")
    rows = rows[rows["file"] == rows.groupby("Name")["file"].transform("max")]
    accounts = read_exports(folder, "customers_export.csv")
    by_email = dict(zip(accounts["Email"].str.lower(), accounts["Customer ID"], strict=True))
    numbers = accounts["Phone"].fillna(accounts["Default Address Phone"])
    numbers = numbers.str.replace(r"\D", "", regex=True)
    by_number = dict(zip(numbers, accounts["Customer ID"], strict=True))
    # the order's own fields are on its first row only
    orders = rows.groupby("Name").first()
    purchases, days = [], []
    for name, order in orders.iterrows():
        lines = rows[rows["Name"] == name]
        day = pd.to_datetime(order["Created at"], utc=True).date()
        days.append(day)
        is_sent = order["Fulfillment Status"] in ("fulfilled", "partial")
        paid = order["Financial Status"] not in ("pending", "authorized", "unpaid")
        dead = order["Financial Status"] in ("voided", "expired") or pd.notna(order["Cancelled at"])
        if dead or not (paid or is_sent):
            continue
        customer = None
        if pd.notna(order["Email"]):
            address = order["Email"].lower()
            customer = by_email.get(address, person(address)).lstrip("'")
        elif pd.notna(order["Phone"]):
            number = re.sub(r"\D", "", order["Phone"])
            customer = by_number.get(number, person(order["Phone"])).lstrip("'")
        goods, taxes = shopify_goods(order, lines)
        refunded = amount(order["Refunded Amount"])
        if refunded:
            refunded = min(refunded, goods + taxes) * goods / (goods + taxes)
        rate = SHOPIFY_RATES[order["Currency"]]
        refund = cents(refunded * rate)
        purchases.append(Purchase(name, customer, day, cents(goods * rate) - refund, refund))
    return Expected(purchases, max(days), len(orders))


# -- WooCommerce ----------------------------------------------------------------------------------


def woocommerce(folder: Path) -> Expected:
    """Three exports; accounts by id, guests by the email address of an account, or their own."""
    advanced = read_exports(folder, "orders-2024-*.csv")
    advanced = advanced[~advanced["Order Total Amount"].str.startswith("-")]
    advanced = advanced.drop_duplicates("Order Number")
    orders = [
        {
            "id": row["Order Number"],
            "at": pd.to_datetime(row["Order Date"]),
            "status": row["Order Status"],
            "customer": "0",
            "email": row["Email (Billing)"],
            "total": amount(row["Order Total Amount"]),
            "tax": amount(row["Order Total Tax Amount"]),
            "shipping": amount(row["Order Shipping Amount"]),
            "refund": amount(row["Order Refund Amount"]),
        }
        for _, row in advanced.iterrows()
    ]
    for pattern, column, refunds in (
        ("orders-export-*.csv", "date", "refunds"),
        ("order_export_*.csv", "order_date", "refund_items"),
    ):
        for _, row in read_exports(folder, pattern).iterrows():
            is_day_first = row[column][2] == "-"
            refunded = re.findall(r"amount:([\d.]+)", str(row[refunds]))
            orders.append(
                {
                    "id": row["order_id"],
                    "at": pd.to_datetime(row[column], dayfirst=is_day_first),
                    "status": row["status"],
                    "customer": row["customer_id"],
                    "email": row["billing_email"],
                    "total": amount(row["order_total"]),
                    "tax": amount(row["tax_total"]),
                    "shipping": amount(row["shipping_total"]),
                    "refund": sum(map(Decimal, refunded), Decimal(0)),
                }
            )
    accounts = read_exports(folder, "customers-*.csv")
    by_email = dict(zip(accounts["email"], accounts["customer_id"], strict=True))
    by_email |= {order["email"]: order["customer"] for order in orders if order["customer"] != "0"}
    paid = ("completed", "processing", "refunded", "wc-completed")
    purchases = []
    for order in orders:
        if order["status"].lower() not in paid:
            continue
        address = order["email"].lower()
        customer = order["customer"]
        if customer == "0":
            customer = by_email.get(address, person(address))
        goods = order["total"] - order["tax"] - order["shipping"]
        share = goods / (goods + order["tax"])
        refund = cents(min(order["refund"], goods + order["tax"]) * share)
        purchases.append(
            Purchase(order["id"], customer, order["at"].date(), goods - refund, refund)
        )
    return Expected(purchases, max(order["at"].date() for order in orders), len(orders))


# -- both -----------------------------------------------------------------------------------------

SYSTEMS: dict[str, tuple[Callable[[Path], Expected], str]] = {
    "shopify": (shopify, "UTC"),
    # local times: an order at 00:10 in Berlin is on the day before in UTC
    "woocommerce": (woocommerce, "Europe/Berlin"),
}


@pytest.fixture(scope="module", params=SYSTEMS)
def compared(
    request: pytest.FixtureRequest, warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Build, Expected]:
    """The fixture of a system, built as `build --from` does, and its figures from the raw files."""
    name = request.param
    folder = tmp_path_factory.mktemp(name) / "converted"
    convert_exports(FIXTURES / name, folder, [name], overwrite=False)
    expected, zone = SYSTEMS[name]
    build = warehouse.build(folder, select=SELECT, shop_timezone=zone, **variables_of([name]))
    return build, expected(FIXTURES / name)


def test_orders(compared: tuple[Build, Expected]) -> None:
    """Every valid order: customer, day, net sales and refunded goods; no order is lost."""
    build, expected = compared
    rows = build.rows("fct_orders")
    found = {
        row["order_id"]: (
            row["customer_id"],
            row["order_date"],
            row["net_amount"],
            row["refunded_amount"],
        )
        for row in rows
        if row["is_valid"]
    }
    assert found == {
        order.order_id: (
            order.customer_id,
            order.day,
            order.net_amount,
            order.refunded_amount,
        )
        for order in expected.purchases
    }
    assert len(rows) == expected.orders
    ledger = build.by_key("audit.audit_row_ledger", "input")
    assert {table: row["rows_rejected"] for table, row in ledger.items() if row["rows_in"]} == (
        dict.fromkeys((table for table, row in ledger.items() if row["rows_in"]), 0)
    )


def test_rfm_of_every_customer(compared: tuple[Build, Expected]) -> None:
    """Recency, frequency, monetary amount and the three scores."""
    build, expected = compared
    rows = build.rows("fct_customer_rfm")
    assert {row["as_of_date"] for row in rows} == {expected.as_of}
    columns = ("recency_days", "frequency", "monetary_amount", "r_score", "f_score", "m_score")
    found = {row["customer_id"]: tuple(row[column] for column in columns) for row in rows}
    assert found == rfm(expected.purchases, expected.as_of)


def test_churn_and_retention(compared: tuple[Build, Expected]) -> None:
    """Every customer has a churn status; cohorts are the months of the first orders."""
    build, expected = compared
    first: dict[str, date] = {}
    for order in sorted(expected.purchases, key=lambda order: order.day):
        if order.customer_id:
            first.setdefault(order.customer_id, order.day)
    churn = build.by_key("fct_customer_churn", "customer_id")
    assert set(churn) == set(first)
    cohorts: dict[date, int] = {}
    for day in first.values():
        cohorts[day.replace(day=1)] = cohorts.get(day.replace(day=1), 0) + 1
    rows = build.rows(
        "rpt_cohort_retention",
        cohort_dimension="all",
        retention_kind="calendar_month",
        period_number=0,
    )
    assert {row["cohort_month"]: row["cohort_customers"] for row in rows} == cohorts
