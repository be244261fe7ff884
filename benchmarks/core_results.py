"""Compares the results of the hand-written scripts with the marts, row by row."""

from pathlib import Path

import duckdb

MARTS = {
    "orders": "fct_orders",
    "rfm": "fct_customer_rfm",
    "rfm_monthly": "fct_customer_rfm_monthly",
    "sales_daily": "rpt_sales_daily",
}


def compare_with_marts(database: Path, results: Path) -> dict[str, int]:
    """The row count of each result; raises ValueError if one differs from its mart."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        return {name: _compare(connection, name, results) for name in MARTS}


def _compare(connection: duckdb.DuckDBPyConnection, name: str, results: Path) -> int:
    mart, result = f"marts.{MARTS[name]}", f"'{results / name}.parquet'"
    described = connection.execute(f"describe from {result}").fetchall()
    columns = ", ".join(column for column, *_ in described)
    # cast both to one type, because a Parquet file may have a wider decimal
    empty_mart = f"select {columns} from {mart} where false"
    written = f"select {columns} from ({empty_mart} union all by name from {result})"
    differing = f"""
        (select 'mart' as only_in, * from (select {columns} from {mart} except all {written}))
        union all
        (select 'result', * from ({written} except all select {columns} from {mart}))
        order by all
    """
    examples = connection.execute(f"from ({differing}) order by 2, 3 limit 4").fetchall()
    if examples:
        lines = "\n".join(str(example) for example in examples)
        raise ValueError(f"{results.name}: {name} differs from {mart}, for example\n{lines}")
    return connection.execute(f"select count(*) from {result}").fetchall()[0][0]
