"""Converts the exports of a system to tables of the input contract (option --from)."""

import re
import shlex
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from customer_analytics.adapters.exports import (
    exports_of,
    files_of,
    is_json,
    read_header,
    read_json_files,
)
from customer_analytics.adapters.systems import Export, System, read_system
from customer_analytics.build_database import writable
from customer_analytics.connections import connect
from customer_analytics.contract import Column, Table, clean_name, read_contract
from customer_analytics.convert import Output, Written, convert_file
from customer_analytics.csv_inputs import read_csv_files, scan_bytes
from customer_analytics.number_formats import SPACES, Format
from customer_analytics.parquet_inputs import parquet_header, read_parquet_files
from customer_analytics.raw_tables import (
    InputError,
    Inputs,
    Part,
    RawColumn,
    RawTable,
    and_more,
    identifier,
    literal,
    shorten,
)
from customer_analytics.screen import Steps


@dataclass
class Found:
    """The files of a folder, by export, and those that no export was recognised in."""

    files: dict[str, list[Path]] = field(default_factory=dict)
    others: list[Path] = field(default_factory=list)


def convert_exports(
    source: Path, destination: Path, names: Iterable[str], overwrite: bool
) -> list[Written]:
    """Convert a folder of exports (or one file) of one or several systems; print the results.

    One system writes orders.csv, several write orders/shopify.csv and so on. Tables of the contract
    beside the exports, such as exchange_rates.csv, are converted too. Raises InputError if a file
    cannot be read, or if the folder has no export of a system.
    """
    systems = [read_system(name) for name in dict.fromkeys(names)]
    root = Output(source, destination, overwrite).root.resolve()
    if source.is_dir() and root in destination.resolve().parents:
        raise InputError(
            f"{destination}: this folder is inside the folder of the exports, {source}: choose"
            " another destination"
        )
    nearest = next(folder for folder in (destination, *destination.parents) if folder.is_dir())
    # everything or nothing: the tables are moved to the destination when all are complete
    with (
        writable(nearest, "make it writable, or choose another destination"),
        tempfile.TemporaryDirectory(prefix=".converting-", dir=nearest) as staging,
    ):
        with Steps("convert") as steps:
            written, unused = _convert_all(source, Path(staging), systems, steps)
        written = [_moved(item, Path(staging), destination) for item in written]
        _refuse_existing(destination, written, overwrite)
        for item in written:
            staged = Path(staging) / item.target.relative_to(destination)
            item.target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(item.target)
    for item in written:
        print(f"{item.target}: {item.rows:,} rows from {item.source}")
        for remark in item.remarks:
            print(f"  {remark}")
    tables = {name for system in systems for name in system.tables}
    empty = tables - {
        item.target.relative_to(destination).parts[0].removesuffix(".csv") for item in written
    }
    if empty:
        print(f"no rows for: {', '.join(sorted(empty))}")
    for file in sorted(unused):
        print(f"not used: {file.name} (not a known {_titles(systems)} export)")
    return written


def _convert_all(
    source: Path, destination: Path, systems: list[System], steps: Steps
) -> tuple[list[Written], set[Path]]:
    """Convert to an empty folder; return what was written, and the files that were not used."""
    output = Output(source, destination, overwrite=False)
    found = {system.name: find_exports(source, system) for system in systems}
    for system in systems:
        _require_exports(system, found[system.name], output.root)
    unused = set.intersection(*(set(files.others) for files in found.values()))
    for file in sorted(unused):
        _require_readable(file)
    written = []
    steps.update("reading", total=sum(len(system.tables) for system in systems))
    for system in systems:
        is_only = len(systems) == 1
        written += _convert_system(system, found[system.name], output, is_only, steps)
    for file in sorted(filter(_is_table, unused)):
        beside = Output(file, destination, overwrite=False)
        beside.written = output.written
        written += convert_file(file, beside)
        unused.remove(file)
    if not written:
        files = [file for one in found.values() for group in one.files.values() for file in group]
        raise InputError(
            f"{output.root}: {files[0].name}{and_more(files)} of {_titles(systems)} have no rows:"
            " export them again"
        )
    names = [item.target.relative_to(destination).parts[0] for item in written]
    for name in names:
        if f"{name}.csv" in names:
            raise InputError(
                f"{output.root}: {name}.csv of the input contract lies beside exports that make the"
                f" same table: put it into another folder"
            )
    other_files = set(files_of(source)) - set(exports_of(source))
    return written, unused | other_files


def _require_readable(file: Path) -> None:
    """Stop at a damaged file: it may be an export whose rows would be missing."""
    name = file.name.lower()
    try:
        if name.endswith((".csv", ".csv.gz", ".tsv")):
            scan_bytes(file)
        elif name.endswith(".parquet"):
            with connect() as connection:
                parquet_header(connection, file)
        elif is_json(file) and file.stat().st_size == 0:
            raise InputError(
                "is empty (0 bytes): export it again, or delete it if there is no data"
            )
    except InputError as error:
        raise InputError(f"{file} {error}") from error
    except (duckdb.Error, OSError, EOFError, zlib.error) as error:
        reason = shorten(str(error).split("\n")[0])
        raise InputError(
            f"{file} cannot be read ({reason}): export it again, or delete it"
        ) from error


def _moved(item: Written, staging: Path, destination: Path) -> Written:
    return replace(item, target=destination / item.target.relative_to(staging))


def _refuse_existing(destination: Path, written: list[Written], overwrite: bool) -> None:
    """Stop if the destination already has one of the tables, in this form or in another one."""
    targets = {item.target for item in written}
    tables = {item.target.relative_to(destination).parts[0].partition(".")[0] for item in written}
    entries = sorted(destination.iterdir()) if destination.is_dir() else []
    for entry in entries:
        files = set(entry.iterdir()) if entry.is_dir() else {entry}
        if entry.name.partition(".")[0] not in tables or (overwrite and files <= targets):
            continue
        if files <= targets:
            raise InputError(
                f"{sorted(files)[0]}: this file already exists: add --overwrite to replace it"
            )
        raise InputError(
            f"{destination}: {entry.name} already holds a table that would be written: choose an"
            " empty folder"
        )


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


def _is_table(file: Path) -> bool:
    """Whether a file is named like a table of the contract and has its required columns."""
    table = read_contract().get(clean_name(file.name.partition(".")[0]))
    return (
        table is not None
        and not is_json(file)
        and set(table.required_columns) <= set(map(clean_name, read_header(file)))
    )


def _require_exports(system: System, found: Found, root: Path) -> None:
    if not found.files:
        names = ", ".join(file.name for file in found.others)
        wanted = "; ".join(
            f"{export.label} (columns {', '.join(sorted(export.recognised_by))})"
            for export in system.exports.values()
        )
        raise InputError(
            f"{root}: no {system.title} export found (found: {shorten(names)}): add one"
            f" of these, or leave out --from {system.name}: {wanted}"
        )


def _convert_system(
    system: System, found: Found, output: Output, is_only: bool, steps: Steps
) -> list[Written]:
    written = []
    with tempfile.TemporaryDirectory() as spilled, closing(connect()) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"set temp_directory = {literal(spilled)}")
        remarks = {
            name: _load(connection, export, found.files.get(name, []), output.root)
            for name, export in system.exports.items()
        }
        connection.execute(system.common())
        for table, mapping in system.tables.items():
            steps.update(f"{system.name} {table}")
            steps.advance()
            given = [name for name in mapping.exports if name in found.files]
            if not given:
                continue
            target = output.target(
                output.root / "file", f"{table}.csv" if is_only else f"{table}/{system.name}.csv"
            )
            found_remarks = [remark for name in given for remark in remarks[name]]
            with output.complete(target, found_remarks) as partial:
                rows = _write(connection, system.query(table), partial)
            if not rows:
                target.unlink()
                continue
            remarks |= {name: [] for name in given}
            files = ", ".join(file.name for name in given for file in found.files[name])
            written.append(Written(target, shorten(files), rows, tuple(found_remarks)))
    return written


def _write(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> int:
    """Write the rows of a query to a CSV file without holding them in memory; count them."""
    return connection.execute(
        f"copy ({query}\n) to {literal(str(file))} (format csv, header)"
    ).fetchall()[0][0]


def _load(
    connection: duckdb.DuckDBPyConnection, export: Export, files: list[Path], root: Path
) -> list[str]:
    """Create a relation named after the export with its columns; return remarks on its values.

    Two more columns tell where a row was: file_number (files in order of their names) and
    row_number (within the file). Exports without amounts are views, which need no memory.
    """
    selects, unreadable = [], []
    for number, file in enumerate(files, start=1):
        header = list(map(clean_name, read_header(file)))
        kinds = {name: "text" for name in header if _group_of(name) in export.columns}
        kinds |= export.columns
        table = Table(export.label, "", {name: Column(name, kind) for name, kind in kinds.items()})
        raw, inputs = RawTable(files=[file.name]), Inputs(str(root))
        if is_json(file):
            read_json_files(table, [file], raw, inputs)
        elif file.name.lower().endswith(".parquet"):
            read_parquet_files(table, [file], raw, inputs)
        else:
            read_csv_files(table, [file], raw, inputs)
        if inputs.problems:
            raise InputError(inputs.problems[0])
        for part in raw.parts:
            selects.append(_select(export, number, part))
            unreadable += _unreadable_json(connection, export, part)
    if not selects:
        empty = ", ".join(
            f"cast(null as varchar{'[]' if name.endswith('#') else ''}) as {identifier(name)}"
            for name in export.columns
        )
        selects = [f"select 1 as file_number, 1 as row_number, {empty} where false"]
    kind = "table" if "amount" in export.columns.values() else "view"
    connection.execute(
        f"create {kind} {identifier(export.name)} as {' union all by name '.join(selects)}"
    )
    return [*unreadable, *_parse_amounts(connection, export)]


def _select(export: Export, number: int, part: Part) -> str:
    values = []
    for name, kind in export.columns.items():
        if name.endswith("#"):
            members = [
                _text(identifier(found.name))
                for member, found in part.columns.items()
                if _group_of(member) == name
            ]
            listed = f"list_filter([{', '.join(members)}]::varchar[], lambda x: x is not null)"
            values.append(f"{listed} as {identifier(name)}")
            continue
        found = part.columns.get(name)
        value = identifier(found.name) if found else "null"
        if kind == "json":
            value = _json_value(value, found)
        elif kind != "any":
            value = _text(value, is_id=name.split("_")[-1].split(" ")[-1] == "id")
        values.append(f"{value} as {identifier(name)}")
    return (
        f"select {number} as file_number, row_number() over () as row_number,"
        f" {', '.join(values)} from {part.relation}"
    )


def _json_value(value: str, found: RawColumn | None) -> str:
    if found is None:
        return "cast(null as json)"
    if found.type == "VARCHAR":
        return f"try_cast(nullif(trim({value}), '') as json)"
    return f"to_json({value})"


def _unreadable_json(
    connection: duckdb.DuckDBPyConnection, export: Export, part: Part
) -> Iterator[str]:
    for name, kind in export.columns.items():
        found = part.columns.get(name)
        if kind != "json" or found is None or found.type != "VARCHAR":
            continue
        column = identifier(found.name)
        count, example = connection.execute(
            f"select count(*), min({column}) from {part.relation}"
            f" where trim({column}) <> '' and try_cast({column} as json) is null"
        ).fetchall()[0]
        if count:
            yield (
                f"{export.label}, column {name}: {count:,} values are not valid JSON (such as"
                f" {shorten(example, 40)}) and count as empty: correct them in the"
                " export"
            )


def _text(value: str, is_id: bool = False) -> str:
    """A value as text; null if it is empty or as dumps of databases write a missing value.

    Spreadsheets write ="1001", and data frames 1001.0 for an id.
    """
    text = f"trim(regexp_replace(cast({value} as varchar), '^=\"(.*)\"$', '\\1'))"
    if is_id:
        text = f"regexp_replace({text}, '^([0-9]+)[.]0$', '\\1')"
    return f"case when {text} not in ('', 'NULL', '\\N') then {text} end"


def _group_of(name: str) -> str:
    """The name of the list that a numbered column belongs to: line_item_# for line_item_12."""
    return re.sub(r"[0-9]+$", "#", name)


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
                f"{export.label}, column {name}: {unreadable[0]:,} values are not numbers (such as"
                f" {shorten(unreadable[1], 40)}) and count as empty: correct them in the export"
            )
        connection.execute(f"alter table {table} alter {column} type decimal(18, 4) using {number}")


def _titles(systems: list[System]) -> str:
    return " or ".join(system.title for system in systems)
