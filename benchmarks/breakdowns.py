"""Measures build and report of a shop with many values of every dimension.

The same simulated shop is written with 20 and with 20,000 distinct channels, devices, sources,
media, categories, cities and city tiers. Both are built and reported by the command build, each in
a process of its own.
"""

import os
import resource
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.table import Table

from customer_analytics.simulator.shop import simulate

PROJECT = Path(__file__).resolve().parents[1]
# column by table; a value is chosen by a hash of the row
DIMENSIONS = {
    "orders": ("channel",),
    "events": ("channel", "device", "source", "medium"),
    "customers": ("city", "city_tier", "acquisition_source"),
    "ad_spend": ("source", "medium"),
}
PRODUCTS = 20_000
# the shop must have enough products for its categories
PRODUCT = f"'p' || hash({{key}}, product_id) % {PRODUCTS}"


def write_shop(source: Path, target: Path, values: int) -> None:
    """Copy a simulated shop; every dimension gets this many distinct values."""
    target.mkdir(parents=True, exist_ok=True)
    with closing(duckdb.connect()) as connection:
        for file in source.glob("*.parquet"):
            table = file.stem
            replaced = [
                f"'{column} ' || hash(rowid, '{column}') % {values} as {column}"
                for column in DIMENSIONS.get(table, ())
            ]
            if table in ("order_items", "events"):
                key = "order_id" if table == "order_items" else "session_id"
                given = "product_id is not null"
                product = PRODUCT.format(key=key)
                replaced.append(f"case when {given} then {product} end as product_id")
            rows = f"(select row_number() over () as rowid, * from '{file}')"
            select = f"select * exclude (rowid) replace ({', '.join(replaced)}) from {rows}"
            if not replaced:
                select = f"from '{file}'"
            if table == "products":
                select = (
                    "select 'p' || number as product_id, 'product ' || number as product_name,"
                    f" 'category ' || number % {values} as category, 10 as list_price"
                    f" from range({PRODUCTS}) as numbers (number)"
                )
            connection.execute(f"copy ({select}) to '{target / file.name}' (format parquet)")


def measured_build(data: Path, database: Path) -> float:
    """The CPU seconds of the command build, which also writes the report."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "customer_analytics", "build"],
        env=os.environ | {"SHOP_DATA": str(data), "ANALYTICS_DB": str(database)},
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--customers", default=10_000, show_default=True)
@click.option("--values", default=(20, 20_000), multiple=True, show_default=True)
def main(folder: Path, customers: int, values: tuple[int, ...]) -> None:
    """Build the shop with each number of values below FOLDER and print the cost."""
    folder = folder.resolve()
    simulated = folder / "simulated"
    if not simulated.exists():
        simulate(customers, 730, seed=7, out=simulated, file_format="parquet")
    table = Table("values", "CPU s", "database", "report")
    for number in values:
        data, database = folder / f"data_{number}", folder / str(number) / "shop.duckdb"
        write_shop(simulated, data, number)
        database.parent.mkdir(exist_ok=True)
        seconds = measured_build(data, database)
        sizes = (database, *database.parent.glob("shop_report/en.html"))
        table.add_row(
            f"{number:,}",
            f"{seconds:.0f}",
            *(f"{file.stat().st_size / 1e6:.1f} MB" for file in sizes),
        )
    Console().print(table)


if __name__ == "__main__":
    main()
