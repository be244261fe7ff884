"""Writes a year of a simulated shop as Parquet files, one per input and month."""

from datetime import date
from pathlib import Path

import duckdb

SQL = Path(__file__).with_suffix(".sql")
# in export order: by day, then by time
ORDERED_BY = {
    "orders": "ordered_at, order_id",
    "order_items": "order_id, line_number",
    "products": "product_id",
    "customers": "customer_id",
    "identity_links": "identifier",
    "events": "occurred_at, event_id",
    "refunds": "refunded_at, refund_id",
    "campaigns": "campaign_id",
    "exchange_rates": "rate_date",
}
MONTH_ENDS = [date(2023, month + 1, 1) for month in range(1, 12)] + [date(2024, 1, 1)]
SPANS = [(date(2023, number, 1), end) for number, end in enumerate(MONTH_ENDS, start=1)]


def write_shop(folder: Path, customers: int) -> None:
    """Write <folder>/year/<input>/<month>.parquet."""
    scratch = folder / "shop.duckdb"
    with duckdb.connect(str(scratch)) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"set variable customers = {customers}")
        connection.execute(SQL.read_text(encoding="utf-8"))
        for name in ORDERED_BY:
            for start, end in SPANS:
                target = folder / "year" / name / f"{start:%Y-%m}.parquet"
                _write(connection, name, target, start, end)
    scratch.unlink()


def _write(
    connection: duckdb.DuckDBPyConnection, name: str, target: Path, start: date, end: date
) -> None:
    """Write the rows that arrived from start until before end; no file if there are none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"set variable first_load_date = date '{start}'")
    connection.execute(f"set variable last_load_date = date '{end}' - 1")
    connection.execute(f"""
        copy (
            select * exclude (load_date), loaded_on(load_date) as loaded_at
            from raw_{name}
            where load_date >= date '{start}' and load_date < date '{end}'
            order by load_date, {ORDERED_BY[name]}
        ) to '{target}' (format parquet, compression zstd)
    """)
    if not _rows(connection, target):
        target.unlink()


def _rows(connection: duckdb.DuckDBPyConnection, file: Path) -> int:
    ((rows,),) = connection.execute(f"select count(*) from '{file}'").fetchall()
    return rows
