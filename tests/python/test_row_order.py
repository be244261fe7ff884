"""What comes out does not depend on the order of rows, nor on how they are spread over files."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warehouse import SAMPLE, Warehouse, differences, read_shop, write_shop

Rows = list[dict[str, str]]
NAMES = ("files as they are", "other files")


def as_parquet(folder: Path, table: str, rows: Rows) -> None:
    """One Parquet file, all text."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = {column: [row[column] or None for row in rows] for column in rows[0]}
    content = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    pq.write_table(content, folder / f"{table}.parquet")


def as_parquet_parts(folder: Path, table: str, rows: Rows) -> None:
    """Several Parquet files per table, with columns in another order in each."""
    for part in range(3):
        columns = list(rows[0])
        columns = columns[part:] + columns[:part]
        chosen = [{column: row[column] for column in columns} for row in rows[part::3]]
        if chosen:
            as_parquet(folder / table, f"part-{part}", chosen)


def as_csv_parts(folder: Path, table: str, rows: Rows) -> None:
    """Several CSV files per table."""
    for part in range(2):
        if rows[part::2]:
            write_shop(folder / table, {f"part-{part}": rows[part::2]})


@pytest.mark.parametrize(
    ("name", "write"), [("sample", as_parquet_parts), ("hostile", as_csv_parts)]
)
def test_row_and_file_order_change_nothing(
    name: str,
    write: Callable[[Path, str, Rows], None],
    warehouse: Warehouse,
    hostile: Path,
    tmp_path: Path,
) -> None:
    """All marts and the whole audit."""
    source = SAMPLE if name == "sample" else hostile
    random = Random(20)
    for table, rows in read_shop(source).items():
        random.shuffle(rows)
        write(tmp_path / "shuffled", table, rows)
    shuffled = warehouse.build(tmp_path / "shuffled").tables()
    lines = differences(warehouse.build(source).tables(), shuffled, NAMES)
    assert not lines, "\n".join(lines)


def test_copies_with_equal_loaded_at(warehouse: Warehouse, tmp_path: Path) -> None:
    """The version that is kept depends on values, not on the order of rows."""
    loaded = ["2024-05-01 00:00:00", None]
    orders = [
        {
            "order_id": f"o{number}",
            "customer_id": f"c{copy % 3}",
            "ordered_at": f"2024-01-{1 + number:02}",
            "paid_amount": 10 * copy + number,
            "loaded_at": loaded[number % 2],
        }
        for number in range(20)
        for copy in range(1, 5)
    ]
    customers = [
        {"customer_id": f"c{number}", "city": f"city {copy}"}
        for number in range(3)
        for copy in range(6)
    ]
    lines = [
        {
            "order_id": f"o{number}",
            "line_number": line_number,
            "product_id": f"p{copy}",
            "quantity": 1,
            "unit_price": copy,
        }
        for number in range(20)
        for copy in range(3)
        for line_number in (1, None)
    ]
    shop = {"orders": orders, "customers": customers, "order_items": lines}
    backwards = {table: rows[::-1] for table, rows in shop.items()}
    select = "+fct_orders +fct_order_items +dim_customers +audit_rejected_rows"
    ours = warehouse.build(write_shop(tmp_path / "forwards", shop), select=select).tables()
    theirs = warehouse.build(write_shop(tmp_path / "backwards", backwards), select=select).tables()
    assert len(ours["marts.fct_orders"].rows) == 20
    found = differences(ours, theirs, ("rows forwards", "rows backwards"))
    assert not found, "\n".join(found)
