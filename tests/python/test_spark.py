"""Spark gives the same marts as DuckDB, to the cent."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from spark import Spark
from warehouse import PROJECT, Build, Table, Warehouse, differences, write_shop

pytestmark = pytest.mark.spark
NAMES = ("DuckDB", "Spark")
# Every data test costs more than a second there. Marts that equal DuckDB's row by row need no
# second check of their values: only those run that show how the engine behaves, with its functions,
# with sums across models and with the keys of marts.
TESTS = ["test_type:singular", "test_name:unique,marts", "test_name:unique_combination,marts"]
# names a type as Spark does not; typed raw tables are tested below
LEFT_OUT = ["input_value__floats_become_plain_decimals"]


STAGED = ("staging.base_shop__orders", "staging.base_shop__products")
SMALL = "+base_shop__orders +base_shop__products"


def compare(ours: Mapping[str, Table], theirs: Mapping[str, Table]) -> list[str]:
    """Print one line for each mart; return what is not equal."""
    print(f"\n{'table':<36}{'DuckDB':>10}{'Spark':>10}  equal")
    lines = []
    for name in sorted({*ours, *theirs}):
        one, other = ({name: tables[name]} if name in tables else {} for tables in (ours, theirs))
        found = differences(one, other, NAMES)
        counts = [len(tables[name].rows) if name in tables else "-" for tables in (ours, theirs)]
        print(f"{name:<36}{counts[0]:>10}{counts[1]:>10}  {'no' if found else 'yes'}")
        lines += found
    return lines


def test_dirty_sample_gives_the_same_marts(sample: Path, sample_build: Build, spark: Spark) -> None:
    """Loaded into Spark as text."""
    ours = sample_build.tables()
    assert len(ours) > 15
    lines = compare(ours, spark.build(sample))
    assert not lines, "\n".join(lines)


def test_data_tests_pass_on_the_sample(warehouse: Warehouse, spark: Spark) -> None:
    """On what the test before has built."""
    with spark.place():
        warehouse.test(PROJECT, "spark", {}, TESTS, LEFT_OUT, raw_schema="raw")


def test_hostile_shop_gives_the_same_marts(
    hostile: Path, warehouse: Warehouse, spark: Spark
) -> None:
    """Ties, copies, half cents, circles of links; a zone that moves days."""
    variables = {"shop_timezone": "America/New_York", "rfm_scoring": "quantiles"}
    ours = warehouse.build(hostile, **variables).tables()
    lines = compare(ours, spark.build(hostile, **variables))
    assert not lines, "\n".join(lines)


def test_typed_raw_columns_are_read_like_text(
    tmp_path: Path, warehouse: Warehouse, spark: Spark
) -> None:
    """Numbers, days and times in types of their own; ids that a loader made numbers."""
    orders = {
        "order_id": pa.array([1.0, 123456789.0, 3.0], pa.float64()),
        "customer_id": pa.array([7, 8, 7], pa.int64()),
        "ordered_at": pa.array([datetime(2024, 1, 31, 23, 59, 59, 500000)] * 3, pa.timestamp("us")),
        "paid_amount": pa.array([9.5, 0.00001, 12345678.25], pa.float64()),
        "tax_amount": pa.array([Decimal("0.00000000"), None, Decimal("1.25000000")]),
        "loaded_at": pa.array([datetime(2024, 2, 1)] * 3, pa.timestamp("us", tz="UTC")),
    }
    products = {
        "product_id": pa.array([1, 2], pa.int32()),
        "launched_on": pa.array([date(2024, 2, 29), None], pa.date32()),
    }
    spark.load({"orders": pa.table(orders), "products": pa.table(products)})
    text = {
        "orders": [
            {"order_id": "1", "customer_id": "7", "paid_amount": "9.5", "tax_amount": "0"},
            {"order_id": "123456789", "customer_id": "8", "paid_amount": "0.00001"},
            {
                "order_id": "3",
                "customer_id": "7",
                "paid_amount": "12345678.25",
                "tax_amount": "1.25",
            },
        ],
        "products": [{"product_id": "1", "launched_on": "2024-02-29"}, {"product_id": "2"}],
    }
    for order in text["orders"]:
        order |= {"ordered_at": "2024-01-31 23:59:59.5", "loaded_at": "2024-02-01"}
    build = warehouse.build(write_shop(tmp_path / "shop", text), select=SMALL)
    with spark.place():
        warehouse.run(PROJECT, "spark", {}, SMALL, raw_schema="raw")
    lines = differences(
        *(
            {name: tables[name] for name in STAGED}
            for tables in (build.tables("staging"), spark.read("staging"))
        ),
        NAMES,
    )
    assert not lines, "\n".join(lines)
