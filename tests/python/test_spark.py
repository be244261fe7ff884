"""Spark gives the same marts as DuckDB, to the cent."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from reference import CONTRACT
from spark import Spark
from warehouse import (
    PROJECT,
    Build,
    Table,
    Warehouse,
    differences,
    environment,
    read_shop,
    write_shop,
)

from customer_analytics.cli import cli

pytestmark = pytest.mark.spark
NAMES = ("DuckDB", "Spark")
# a zone that moves days, and the scores that take window functions
VARIABLES = {"shop_timezone": "America/New_York", "rfm_scoring": "quantiles"}
# Every data test costs more than a second there. Marts that equal DuckDB's row by row have the same
# keys and values: only tests with SQL of their own run, which show how the engine behaves.
TESTS = ["test_type:singular"]
LEFT_OUT = [
    # names a type as Spark does not; typed raw tables are tested below
    "input_value__floats_become_plain_decimals",
    # a channel of the hostile shop has costs but no net sales: its margin rate has no row
    "rpt_kpis__dimensions_add_up",
]


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


def compare_staged(spark: Spark, shop: Path, tables: Iterable[str], **variables: Any) -> list[str]:
    """Build the models that reject rows, on Spark from what is loaded; return what is not equal."""
    select = " ".join(f"+base_shop__{table}" for table in tables)
    ours = spark.warehouse.build(shop, select=select, **variables)
    with spark.dbt_environment():
        spark.warehouse.run(PROJECT, "spark", variables, select, raw_schema="raw")
    both = [build.tables("staging") for build in (ours, spark)]
    names = [f"staging.base_shop__{table}" for table in tables]
    return compare(*({name: tables[name] for name in names} for tables in both))


@pytest.fixture(scope="module")
def build(warehouse: Warehouse, sample_and_hostile: Path) -> Build:
    """The shop on DuckDB."""
    return warehouse.build(sample_and_hostile, **VARIABLES)


@pytest.fixture(scope="module")
def marts(spark: Spark, sample_and_hostile: Path, build: Build) -> dict[str, Table]:
    """The shop, loaded into Spark as text; its tables remain until the next build."""
    return spark.build(sample_and_hostile, parameters=build.parameters(), **VARIABLES)


def test_every_mart_is_the_same(marts: dict[str, Table], build: Build) -> None:
    """Reports and fits of a real size; ties, copies, half cents, cycles of links."""
    ours = build.tables()
    assert len(ours) > 15
    lines = compare(ours, marts)
    assert not lines, "\n".join(lines)


@pytest.mark.usefixtures("marts")
def test_data_tests_pass(spark: Spark, warehouse: Warehouse) -> None:
    """As tests of dbt."""
    with spark.dbt_environment():
        warehouse.test(PROJECT, "spark", VARIABLES, TESTS, LEFT_OUT, raw_schema="raw")


@pytest.mark.usefixtures("marts")
def test_fits_on_spark_equal_those_on_duckdb(spark: Spark, build: Build, tmp_path: Path) -> None:
    """The command fit reads days, numbers and booleans there as they are."""
    variables = json.dumps(VARIABLES | {"raw_schema": "raw"})
    options = ["fit", "--target", "spark", "--vars", variables]
    with (
        spark.dbt_environment(),
        environment(DBT_TARGET_PATH=str(tmp_path), DBT_LOG_PATH=str(tmp_path)),
    ):
        CliRunner().invoke(cli, options, catch_exceptions=False)
    with spark.cursor() as cursor:
        cursor.execute("select * from analytics_input.fitted_parameters")
        theirs = {row[:3]: row[3:] for row in cursor.fetchall()}
    ours = build.parameters()
    assert len(ours) == len(theirs) > 100
    for model, day, parameter, value, customers, _, is_identified in ours:
        twin = theirs[model, str(day), parameter]
        assert twin[0] == pytest.approx(value, rel=1e-6, abs=1e-9)
        assert (twin[1], twin[3]) == (customers, is_identified)


def test_odd_values_give_the_same_results(spark: Spark, odd: Path) -> None:
    """Every column with every odd value."""
    variables = {"shop_timezone": "Asia/Shanghai", "as_of_date": "2024-06-30"}
    spark.load(read_shop(odd))
    lines = compare_staged(spark, odd, CONTRACT, **variables)
    assert not lines, "\n".join(lines)


def test_typed_raw_columns_give_the_same_results_as_text(spark: Spark, tmp_path: Path) -> None:
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
    spark.load_typed({"orders": pa.table(orders), "products": pa.table(products)})
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
    lines = compare_staged(spark, write_shop(tmp_path / "shop", text), text)
    assert not lines, "\n".join(lines)
