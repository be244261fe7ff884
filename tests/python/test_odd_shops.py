"""Shops with next to nothing, or far too much: the build is right and the report is written."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from publishing import public_tables
from warehouse import Build, Rows, Warehouse, write_shop

from customer_analytics.publish import publish, published_database
from customer_analytics.report.site import report_folder, write_report

PHONE = 13912345678
YEARS = range(2010, 2025)


def order(number: Any, day: date, customer: str | None, amount: int = 10) -> dict[str, Any]:
    """An order."""
    return {"order_id": f"o{number}", "ordered_at": day, "customer_id": customer} | {
        "paid_amount": amount
    }


def one_row() -> dict[str, Rows]:
    return {"orders": [order(1, date(2024, 6, 1), "c1")]}


def all_refunded() -> dict[str, Rows]:
    """Thirty customers; each gives back everything a week later."""
    orders = [order(number, date(2024, 6, 1), f"c{number}") for number in range(30)]
    refunds = [
        {"refund_id": f"r{number}", "order_id": f"o{number}", "refund_amount": 10}
        | {"refunded_at": date(2024, 6, 8)}
        for number in range(30)
    ]
    return {"orders": orders, "refunds": refunds}


def guests_and_no_money() -> dict[str, Rows]:
    """Guests without an address, to whom everything is given."""
    return {"orders": [order(day, date(2024, 6, day), None, 0) for day in range(1, 31)]}


def fifteen_years() -> dict[str, Rows]:
    """Forty orders of forty customers in each month; one amount is a telephone number."""
    orders = [
        order(f"{year}-{month}-{number}", date(year, month, 1 + number % 28), f"c{number}")
        for year in YEARS
        for month in range(1, 13)
        for number in range(40)
    ]
    next(row for row in orders if row["order_id"] == "o2020-2-7")["paid_amount"] = PHONE
    return {"orders": orders}


@pytest.fixture
def built(warehouse: Warehouse, tmp_path: Path):
    """Build a shop, publish it and write its report."""

    def build(tables: dict[str, Rows]) -> Build:
        build = warehouse.build(write_shop(tmp_path / "shop", tables))
        copy = tmp_path / "analytics.duckdb"
        shutil.copyfile(build.database, copy)
        publish(copy, public_tables(copy))
        report = report_folder(published_database(copy))
        write_report(published_database(copy), report)
        assert {page.name for page in report.glob("*.html")} == {"en.html", "zh.html"}
        return build

    return build


def total(build: Build, metric: str) -> Any:
    """A metric of the whole shop over all months."""
    where = f"metric = '{metric}' and period_kind = 'month' and dimension = 'all'"
    return build.query(f"select sum(value) from marts.rpt_kpis where {where}")[0][0]


def test_one_row(built) -> None:
    build = built(one_row())
    assert (total(build, "orders"), total(build, "net_amount")) == (1, 10)
    assert [row["customer_id"] for row in build.rows("dim_customers")] == ["c1"]


def test_all_orders_refunded(built) -> None:
    build = built(all_refunded())
    assert (total(build, "orders"), total(build, "net_amount")) == (30, 0)
    assert build.query("select sum(net_amount) from marts.rpt_sales_daily") == [(0,)]
    assert total(build, "customers") == 30


def test_guests_who_pay_nothing(built) -> None:
    build = built(guests_and_no_money())
    assert (total(build, "orders"), total(build, "net_amount")) == (30, 0)
    assert build.rows("dim_customers") == []
    assert total(build, "customers") in (0, None)


def test_fifteen_years_with_a_telephone_number_as_amount(built) -> None:
    """The amount counts as it is, is warned of and named by a finding."""
    build = built(fifteen_years())
    orders = 15 * 12 * 40
    assert total(build, "orders") == orders
    assert total(build, "net_amount") == 10 * (orders - 1) + PHONE
    (warning,) = build.rows("audit.audit_warnings", warning="abnormal_amount")
    assert warning["rows"] == 1
    assert warning["column_name"] == "paid_amount"
    (finding,) = build.rows("rpt_findings", rule="dominant_amount")
    assert finding["dimension_value"] == "o2020-2-7"
    assert (finding["period_start"], finding["period_end"]) == (
        date(2020, 1, 1),
        date(2020, 3, 31),
    )
    assert finding["numerator"] == finding["affected_amount"] == PHONE
    assert finding["denominator"] == PHONE + Decimal(119 * 10)
    assert "Order: o2020-2-7" in finding["finding_en"]
