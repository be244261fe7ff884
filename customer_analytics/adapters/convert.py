"""Converts the exports of a system to tables of the input contract (option --from)."""

import shlex
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from customer_analytics.adapters.exports import exports_of, read_header
from customer_analytics.adapters.systems import Export, System, read_system
from customer_analytics.contract import Column, Table
from customer_analytics.convert import Output, Written
from customer_analytics.csv_inputs import read_csv_files
from customer_analytics.number_formats import SPACES, Format
from customer_analytics.parquet_inputs import read_parquet_files
from customer_analytics.raw_tables import (
    InputError,
    Inputs,
    RawTable,
    identifier,
    literal,
    shorten,
)


@dataclass
class Found:
    """The files of a folder, by export, and those that no export was recognised in."""

    files: dict[str, list[Path]] = field(default_factory=dict)
    others: list[Path] = field(default_factory=list)


def convert_exports(
    source: Path, destination: Path, names: Iterable[str], overwrite: bool
) -> list[Written]:
    """Convert a folder of exports (or one file) of one or several systems; print the results.

    One system writes orders.csv, several write orders/shopify.csv and so on. Raises InputError if
    a file cannot be read, or if the folder has no export of a system.
    """
    output = Output(source, destination, overwrite)
    systems = [read_system(name) for name in dict.fromkeys(names)]
    written, unused = [], None
    for system in systems:
        found = find_exports(source, system)
        written += _convert_system(system, found, output, is_only=len(systems) == 1)
        unused = set(found.others) if unused is None else unused & set(found.others)
    for item in written:
        print(f"{item.target}: {item.rows:,} rows from {item.source}")
        for remark in item.remarks:
            print(f"  {remark}")
    for file in sorted(unused or ()):
        print(f"not used: {file.name} (no known export of {_titles(systems)})")
    return written


def variables_of(names: Iterable[str]) -> dict[str, str]:
    """The dbt vars that a build of these systems' exports needs."""
    return {
        name: value for system in names for name, value in read_system(system).variables.items()
    }


def next_command(folder: Path, names: Iterable[str]) -> str:
    """The command that checks the converted tables, with the vars that they need."""
    variables = variables_of(names)
    text = ", ".join(f"{name}: {value}" for name, value in variables.items())
    options = ["--vars", f"{{{text}}}"] if variables else []
    return "next: " + shlex.join(["customer-analytics", "check", str(folder), *options])


def find_exports(source: Path, system: System) -> Found:
    """Find the exports of a system among the files of a folder by their headers."""
    found = Found()
    for file in exports_of(source):
        export = system.recognise(read_header(file))
        if export:
            found.files.setdefault(export.name, []).append(file)
        else:
            found.others.append(file)
    return found


def _convert_system(system: System, found: Found, output: Output, is_only: bool) -> list[Written]:
    if not found.files:
        names = ", ".join(file.name for file in found.others)
        wanted = " or ".join(
            f"{export.label} (columns {', '.join(sorted(export.recognised_by))})"
            for export in system.exports.values()
        )
        raise InputError(
            f"{output.root}: no {system.title} export found (found: {shorten(names)}): add the"
            f" {wanted}"
        )
    written = []
    with closing(duckdb.connect()) as connection:
        connection.execute("set timezone = 'UTC'")
        remarks = {
            name: _load(connection, export, found.files.get(name, []), output.root)
            for name, export in system.exports.items()
        }
        for table, mapping in system.tables.items():
            given = [name for name in mapping.exports if name in found.files]
            if not given:
                continue
            target = output.target(
                output.root / "file", f"{table}.csv" if is_only else f"{table}/{system.name}.csv"
            )
            rows = connection.execute(
                f"create or replace temp table converted as {system.query(table)}"
            ).fetchall()[0][0]
            if not rows:
                continue
            found_remarks = [remark for name in given for remark in remarks.pop(name, [])]
            with output.complete(target, found_remarks) as partial:
                connection.execute(
                    f"copy converted to {literal(str(partial))} (format csv, header)"
                )
            files = ", ".join(file.name for name in given for file in found.files[name])
            written.append(Written(target, shorten(files), rows, tuple(found_remarks)))
    return written


def _load(
    connection: duckdb.DuckDBPyConnection, export: Export, files: list[Path], root: Path
) -> list[str]:
    """Create a table named after the export with its columns; return remarks on its numbers.

    Two more columns tell where a row was: file_number (files in order of their names) and
    row_number (within the file).
    """
    columns = {name: Column(name, "text") for name in export.columns}
    selects = []
    for number, file in enumerate(files, start=1):
        table = Table(export.label, "", columns)
        raw, inputs = RawTable(files=[file.name]), Inputs(str(root))
        is_parquet = file.name.lower().endswith(".parquet")
        (read_parquet_files if is_parquet else read_csv_files)(table, [file], raw, inputs)
        if inputs.problems:
            raise InputError(inputs.problems[0])
        for part in raw.parts:
            selects.append(_select(export, number, part))
    if not selects:
        empty = ", ".join(f"cast(null as varchar) as {identifier(name)}" for name in export.columns)
        selects = [f"select 1 as file_number, 1 as row_number, {empty} where false"]
    connection.execute(
        f"create table {identifier(export.name)} as {' union all by name '.join(selects)}"
    )
    return list(_parse_amounts(connection, export))


def _select(export: Export, number: int, part) -> str:
    values = []
    for name, kind in export.columns.items():
        found = part.columns.get(name)
        value = identifier(found.name) if found else "null"
        if kind != "any":
            value = f"nullif(trim(cast({value} as varchar)), '')"
        values.append(f"{value} as {identifier(name)}")
    return (
        f"select {number} as file_number, row_number() over () as row_number,"
        f" {', '.join(values)} from {part.relation}"
    )


def _parse_amounts(connection: duckdb.DuckDBPyConnection, export: Export) -> Iterator[str]:
    """Turn the amounts of an export into decimals, whichever format they are written in."""
    for name, kind in export.columns.items():
        if kind != "amount":
            continue
        column, table = identifier(name), identifier(export.name)
        written = Format(Column(name, "decimal"))
        for (text,) in connection.execute(
            f"select distinct {column} from {table} where {column} is not null"
        ).fetchall():
            written.add(text)
        thousands = {"comma": f"[.{SPACES}]", "point": f"[,{SPACES}]"}.get(written.name or "")
        number = column
        if thousands:
            number = f"regexp_replace({column}, {literal(thousands)}, '', 'g')"
            number = f"replace({number}, ',', '.')"
        number = f"try_cast({number} as decimal(18, 4))"
        unreadable = connection.execute(
            f"select count(*), min({column}) from {table}"
            f" where {column} is not null and {number} is null"
        ).fetchall()[0]
        if unreadable[0]:
            yield (
                f"{export.label}, column {name}: {unreadable[0]:,} values are no numbers (such as"
                f" {shorten(unreadable[1], 40)}) and count as empty: correct them in the export"
            )
        connection.execute(f"alter table {table} alter {column} type decimal(18, 4) using {number}")


def _titles(systems: list[System]) -> str:
    return " or ".join(system.title for system in systems)
