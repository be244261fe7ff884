"""Describes failed data tests; those of seeds with the rows that a user has edited."""

import csv
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from customer_analytics.connections import connect
from customer_analytics.contract import PROJECT

MOST_ROWS = 3
# what dbt's own tests call the column that they test
TESTED_COLUMNS = ("unique_field", "value_field")


def describe(nodes: list[Any], database: Path) -> str:
    """One line that names each failed test, its seed or model, its file and, of seeds, its rows.

    nodes: the failed tests, compiled.
    """
    ends = f": correct {'this' if len(nodes) == 1 else 'these'} and build again"
    with closing(connect(database, read_only=True)) as connection:
        return "; ".join(_described(node, connection) for node in nodes) + ends


def _described(node: Any, connection: duckdb.DuckDBPyConnection) -> str:
    parents = [parent.split(".") for parent in node.depends_on.nodes]
    if any(kind != "seed" for kind, *_ in parents):
        names = ", ".join(name for *_, name in parents)
        return f"{names}: test {node.name} failed ({node.original_file_path})"
    cursor = connection.execute(node.compiled_code)
    columns = [column[0] for column in cursor.description]
    columns = [node.column_name if name in TESTED_COLUMNS else name for name in columns]
    failing = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    rows = [_row(parents[0][-1], row) for row in failing[:MOST_ROWS]]
    if len(failing) > MOST_ROWS:
        rows.append(f"{len(failing) - MOST_ROWS} more")
    return f"test {node.name} failed for {', '.join(rows)}"


def _row(seed: str, row: dict[str, Any]) -> str:
    """The values of a failing row, and where its seed holds them."""
    if row.keys() == {"column_name", "code"}:
        # a test of several columns
        row = {row["column_name"]: row["code"]}
    (file,) = (PROJECT / "seeds").rglob(f"{seed}.csv")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        own = {name: value for name, value in row.items() if name in reader.fieldnames} or row
        texts = {name: "" if value is None else str(value) for name, value in own.items()}
        lines = [
            str(reader.line_num)
            for record in reader
            if all(record.get(name) == text for name, text in texts.items())
        ]
    values = ", ".join(f"{name} {text!r}" for name, text in texts.items())
    where = f" line {' and '.join(lines)}" if lines else ""
    return f"{values} ({file.relative_to(PROJECT)}{where})"
