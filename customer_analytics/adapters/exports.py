"""Finds files that may be exports of a system, and reads their headers and JSON files."""

import re
from pathlib import Path

import duckdb

from customer_analytics.connections import connect
from customer_analytics.contract import Table, clean_name
from customer_analytics.csv_files import find_header
from customer_analytics.parquet_inputs import parquet_header
from customer_analytics.raw_tables import (
    Inputs,
    Part,
    RawColumn,
    RawTable,
    file_list,
    identifier,
    literal,
    shorten,
)

JSON_SUFFIXES = (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
SUFFIXES = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet", *JSON_SUFFIXES)
# an object has no header: fields that are null may be absent
HEADER_OBJECTS = 1000


def is_json(file: Path) -> bool:
    """Whether a file has the name of a JSON file."""
    return file.name.lower().endswith(JSON_SUFFIXES)


def read_header(file: Path) -> tuple[str, ...]:
    """The column names of a CSV, Parquet or JSON file; empty if it has none."""
    try:
        if is_json(file):
            return _json_fields(file)
        if file.name.lower().endswith(".parquet"):
            with connect() as connection:
                return parquet_header(connection, file)
        header = find_header(file, (), errors="replace")
    except (duckdb.Error, OSError, EOFError):
        return ()
    return header[1] if header else ()


def exports_of(source: Path) -> list[Path]:
    """All files that may be exports, also of subfolders; 2.csv comes before 10.csv."""
    return [file for file in files_of(source) if file.name.lower().endswith(SUFFIXES)]


def files_of(source: Path) -> list[Path]:
    """The file, or all files of a folder and its subfolders that are not hidden."""
    if source.is_file():
        return [source]
    files = [
        file
        for file in source.rglob("*")
        if file.is_file() and all(part[0] not in "._" for part in file.relative_to(source).parts)
    ]
    return sorted(
        files, key=lambda file: [_natural(part) for part in file.relative_to(source).parts]
    )


def _natural(name: str) -> list[tuple[int, str]]:
    return [
        (int(text), "") if text.isdigit() else (-1, text) for text in re.split("([0-9]+)", name)
    ]


def read_json_files(table: Table, files: list[Path], raw: RawTable, inputs: Inputs) -> None:
    """Add a part of JSON files (JSON lines or an array) to raw and its problems to inputs.

    Columns of the type json keep nested values; the others are text.
    """
    for file in files:
        try:
            fields = {clean_name(name): name for name in _json_fields(file)}
            columns = {
                name: RawColumn(fields.get(name, name), _json_type(column.data_type))
                for name, column in table.columns.items()
            }
            types = ", ".join(
                f"{identifier(column.name)}: {literal(column.type)}" for column in columns.values()
            )
            relation = f"read_json({file_list([file])}, columns={{{types}}})"
            with connect() as connection:
                # read every value, so that a malformed one cannot fail later
                raw.rows += connection.execute(
                    f"select count(*), max(hash(columns(*))) from {relation}"
                ).fetchall()[0][0]
        except duckdb.Error as error:
            reason = shorten(str(error).split("\n")[0])
            inputs.problems.append(
                f"{table.name}: {file} is malformed JSON ({reason}): export it again"
            )
            continue
        raw.parts.append(Part(relation, columns))


def _json_type(kind: str) -> str:
    return "JSON" if kind == "json" else "VARCHAR"


def _json_fields(file: Path) -> tuple[str, ...]:
    query = "select distinct unnest(json_keys(json)) from (select json from {} limit {})"
    files = file_list([file])
    with connect() as connection:
        try:
            relation = f"read_json_objects({files})"
            rows = connection.execute(query.format(relation, HEADER_OBJECTS)).fetchall()
        except duckdb.Error:
            # malformed after its first lines
            options = "format = 'newline_delimited', ignore_errors = true"
            relation = f"read_json_objects({files}, {options})"
            rows = connection.execute(query.format(relation, HEADER_OBJECTS)).fetchall()
    return tuple(sorted(name for (name,) in rows if name))
