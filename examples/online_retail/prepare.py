"""Maps UCI Online Retail to the contract: python examples/online_retail/prepare.py FILE OUT."""

from pathlib import Path

import click
import duckdb

TABLES = ("orders", "order_items", "products", "customers", "refunds")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def prepare(file: Path, out: Path) -> None:
    """Read the invoice lines of FILE (Parquet) and write one Parquet file per table into OUT."""
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("set variable invoice_lines = ?", [str(file)])
    connection.execute(Path(__file__).with_name("online_retail.sql").read_text(encoding="utf-8"))
    for table in TABLES:
        target = out / f"{table}.parquet"
        connection.execute(f"copy (from {table} order by all) to '{target}' (format parquet)")
        rows = connection.execute(f"select count(*) from '{target}'").fetchone()
        click.echo(f"{target}: {rows[0]:,} rows")


if __name__ == "__main__":
    prepare()
