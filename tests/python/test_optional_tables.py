"""Orders are enough; a missing table affects only marts that depend on it."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from reference import CONTRACT, Sales, Shop
from warehouse import PROJECT, SAMPLE, Table, Warehouse, differences, environment, write_shop

OPTIONAL = [table for table in CONTRACT if table != "orders"]
# each table once, with a few of the others
GROUPS = [tuple(OPTIONAL[number::5]) for number in range(5)]
LAST_DAY = "2024-05-14"
SALES = {"fct_orders", "rpt_sales_daily"}
RFM = {"fct_customer_rfm", "fct_customer_rfm_monthly", "rpt_segments", "rpt_segment_migration"}
RFM |= {"rpt_pareto"}
# what must not change when a table is missing; the others may at least lose a column's content
UNTOUCHED = {
    table: {*SALES, *RFM, "fct_order_items"}
    for table in OPTIONAL
    if table not in ("order_items", "products", "customers", "identity_links", "refunds")
    and table != "exchange_rates"
}
UNTOUCHED["products"] = RFM - {"fct_customer_rfm", "rpt_segments"}
# where a table feeds a mart, these columns do not come from it
LINE = ["order_id", "line_number", "product_id", "quantity", "paid_amount"]
ORDER = ["order_id", "ordered_at", "order_date", "status", "channel", "currency", "paid_amount"]
# margins need the costs of products
SCORED = ["customer_id", "recency_days", "frequency", "monetary_amount", "rfm_cell", "value_tier"]
KEPT_COLUMNS = {
    "products": {
        "fct_order_items": LINE,
        "fct_orders": [*ORDER, "customer_id", "net_amount"],
        "fct_customer_rfm": SCORED,
        "rpt_segments": ["scheme", "segment", "customers", "net_amount", "orders", "repeat_buyers"],
    },
    "order_items": {
        "fct_orders": [*ORDER, "customer_id"],
        "fct_customer_rfm": ["customer_id", "recency_days", "frequency"],
    },
    "customers": {"fct_order_items": LINE, "fct_orders": [*ORDER, "net_amount"]},
    "identity_links": {"fct_order_items": LINE, "fct_orders": ORDER},
    "refunds": {"fct_order_items": LINE, "fct_orders": [*ORDER, "customer_id", "is_valid"]},
}


def without_tables(source: Path, folder: Path, *tables: str) -> Path:
    """A copy of a folder without some tables."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("truth"))
    for table in tables:
        (folder / f"{table}.csv").unlink()
    return folder


def test_data_tests_pass(warehouse: Warehouse, tmp_path: Path) -> None:
    """Data tests accept customers known only from sessions."""
    order = {"order_id": "o1", "customer_id": "c1", "ordered_at": "2024-03-10", "paid_amount": 10}
    event = {"occurred_at": "2024-03-09", "event_name": "view_page", "customer_id": "c2"}
    data = write_shop(tmp_path / "raw", {"orders": [order], "events": [event]})
    build = warehouse.rebuild(data, tmp_path)
    assert {row["customer_id"] for row in build.rows("dim_customers")} == {"c1", "c2"}
    with environment(ANALYTICS_DB=str(build.database), SHOP_DATA=str(data)):
        warehouse.test(PROJECT, "duckdb", {}, ["*"])


def unaffected(table: str) -> dict[str, set[str] | None]:
    """The marts that do without a table, with the columns that stay as they are (None: all)."""
    whole = dict.fromkeys(UNTOUCHED.get(table, ()))
    return whole | {name: set(columns) for name, columns in KEPT_COLUMNS.get(table, {}).items()}


@pytest.mark.parametrize("missing", GROUPS, ids=" and ".join)
def test_tables_may_be_missing(
    missing: tuple[str, ...], warehouse: Warehouse, hostile: Path, tmp_path: Path
) -> None:
    """The build passes, all marts exist, and marts that need none of the tables are unchanged."""
    whole = warehouse.build(hostile, as_of_date=LAST_DAY)
    part = warehouse.build(
        without_tables(hostile, tmp_path / "part", *missing), as_of_date=LAST_DAY
    )
    assert part.tables().keys() == whole.tables().keys()
    for table in missing:
        assert part.rows("audit.audit_row_ledger", input=table)[0]["rows_in"] == 0
    kept = unaffected(missing[0])
    for table in missing[1:]:
        others = unaffected(table)
        kept = {
            name: columns & others[name] if columns and others[name] else columns or others[name]
            for name, columns in kept.items()
            if name in others
        }
    assert kept or "exchange_rates" in missing
    ours, theirs = {}, {}
    for name, columns in kept.items():
        listed = sorted(columns) if columns else whole.table(name).columns
        ours[name] = whole.table(name).select(listed)
        theirs[name] = part.table(name).select(listed)
    lines = differences(ours, theirs, ("all tables", f"without {' and '.join(missing)}"))
    assert not lines, "\n".join(lines)


def test_orders_alone_are_enough(warehouse: Warehouse, tmp_path: Path) -> None:
    """RFM, segments, churn and sales exist and are equal where they need only orders."""
    whole = warehouse.build(SAMPLE)
    (as_of_date,) = {row["as_of_date"] for row in whole.rows("fct_customer_rfm")}
    folder = without_tables(SAMPLE, tmp_path / "orders", *OPTIONAL)
    alone = warehouse.build(folder, as_of_date=str(as_of_date))
    assert alone.tables().keys() == whole.tables().keys()
    for name in ("fct_customer_churn", "rpt_segments", "rpt_sales_daily", "dim_customers"):
        assert alone.rows(name), name
    assert {row["churn_status"] for row in alone.rows("fct_customer_churn")} > {"active", "churned"}

    simple = simple_customers(as_of_date)
    assert len(simple) > 100
    for name, columns in {
        "fct_customer_rfm": SCORED,
        "fct_customer_rfm_monthly": None,
        "fct_customer_churn": ["customer_id", "recency_days", "is_churned"],
    }.items():
        ours, theirs = whole.table(name), alone.table(name)
        lines = differences(
            {name: only(ours, simple).select(columns or ours.columns)},
            {name: only(theirs, simple).select(columns or theirs.columns)},
            ("all tables", "orders alone"),
        )
        assert not lines, "\n".join(lines)


def simple_customers(day: date) -> set[str]:
    """Customers whose orders no other table touches: no refund, no rate, no link, no address."""
    shop = Shop(SAMPLE)
    sales = Sales(shop, day)
    touched = {str(line["customer_id"]) for line in shop.accepted("identity_links")}
    given = {line["order_id"]: line["customer_id"] for line in shop.accepted("orders")}
    refunded = {line.matched_order_id for line in shop.accepted("refunds")}
    for customer, placed in sales.purchases.items():
        for order in placed:
            if order.order_id in refunded or order.rate != 1:
                touched.add(customer)
            if given[order.order_id] != customer:
                touched.add(customer)
    return set(sales.purchases) - touched


def only(table: Table, customers: set[str]) -> Table:
    """The rows of some customers."""
    position = table.columns.index("customer_id")
    rows = tuple(row for row in table.rows if row[position] in customers)
    return Table(table.columns, table.kinds, rows)
