"""Parquet files of a raw table: reads their columns and checks that every value can be decoded."""

from pathlib import Path

import duckdb

from customer_analytics.connections import connect
from customer_analytics.contract import Table, clean_name
from customer_analytics.encodings import other_format
from customer_analytics.raw_tables import (
    Inputs,
    Part,
    RawColumn,
    RawTable,
    file_list,
    glob_escaped,
    identifier,
    shorten,
)


def read_parquet_files(
    table: Table, files: list[Path], raw: RawTable, inputs: Inputs
) -> dict[Path, tuple[str, ...]]:
    """Add a table's parts to raw and its problems to inputs; return the header of each file."""
    headers, groups = {}, {}
    with connect() as connection:
        for file in files:
            try:
                headers[file] = parquet_header(connection, file)
                columns = _parquet_columns(connection, table, file)
                raw.rows += _read_parquet_through(connection, file, columns)
            except (duckdb.Error, OSError) as error:
                reason = shorten(str(error).split("\n")[0])
                inputs.problems.append(
                    f"{table.name}: {file} cannot be read as Parquet ({_what_it_is(file, reason)}):"
                    " export it again"
                )
                continue
            groups.setdefault(tuple(columns.items()), []).append(file)
    for columns, members in groups.items():
        relation = f"read_parquet({file_list(members)}, union_by_name=true, binary_as_string=true)"
        raw.parts.append(Part(relation, dict(columns)))
    return headers


def parquet_header(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[str, ...]:
    """Column names as written; DuckDB itself renames those that differ only in case."""
    rows = connection.execute(
        "select name, coalesce(num_children, 0) from parquet_schema(?)", [glob_escaped(file)]
    ).fetchall()
    names, inside = [], 0
    for name, children in rows[1:]:
        if inside == 0:
            names.append(name)
        else:
            inside -= 1
        inside += children
    return tuple(names)


def _parquet_columns(
    connection: duckdb.DuckDBPyConnection, table: Table, file: Path
) -> dict[str, RawColumn]:
    described = connection.execute(
        f"describe select * from read_parquet({file_list([file])}, binary_as_string=true)"
    ).fetchall()
    return {
        clean_name(name): RawColumn(name, kind)
        for name, kind, *_ in described
        if clean_name(name) in table.columns
    }


def _read_parquet_through(
    connection: duckdb.DuckDBPyConnection, file: Path, columns: dict[str, RawColumn]
) -> int:
    """Count the rows and decode every value, so that a corrupt page cannot fail in mid-build."""
    names = ", ".join(identifier(column.name) for column in columns.values()) or "1"
    return connection.execute(
        f"select count(*), max(hash({names}))"
        f" from read_parquet({file_list([file])}, binary_as_string=true)"
    ).fetchall()[0][0]


def _what_it_is(file: Path, reason: str) -> str:
    if file.stat().st_size == 0:
        return "empty, 0 bytes"
    with file.open("rb") as stream:
        kind = other_format(stream.read(8))
    return kind if kind and kind != "a Parquet file" else reason
