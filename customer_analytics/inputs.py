"""Inspects a folder of raw files: which tables of the contract are there, and can they be read?"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from customer_analytics.adapters.exports import exports_of, read_header
from customer_analytics.adapters.systems import recognise_system
from customer_analytics.contract import PROJECT, Table, clean_name, read_contract
from customer_analytics.csv_inputs import read_csv_files
from customer_analytics.errors import CommandError, FileError
from customer_analytics.parquet_inputs import read_parquet_files
from customer_analytics.raw_tables import CONVERT, Inputs, RawTable, and_more, shorten

SUFFIXES = (".parquet", ".csv", ".csv.gz")


def inspect_folder(folder: str | Path, only: str = "") -> Inputs:
    """Find and scan the tables of the contract in a folder.

    folder: a relative path is relative to the project folder; only: inspect only this table.
    """
    location = resolve_folder(folder)
    inputs = Inputs(location=str(location))
    tables = [table for table in read_contract().values() if only in ("", table.name)]
    try:
        found, inputs.ignored = _find_files(
            location, {table.name for table in tables}, inputs.problems
        )
    except OSError as error:
        # report a missing folder once, not for each of the sixteen tables
        if any(table.required for table in tables):
            inputs.problems.append(f"{location}: {_folder_fault(location, error)}")
        return inputs
    for table in tables:
        if table.name in found:
            _inspect_table(table, found[table.name], inputs)
    stopped = {problem.split(":")[0] for problem in inputs.problems}
    for table in tables:
        if table.required and table.name not in stopped:
            inputs.problems.extend(_missing_or_empty(table, inputs))
    if inputs.problems:
        inputs.problems.extend(export_hints(location, exports_of(location)))
    return inputs


def resolve_folder(folder: str | Path) -> Path:
    """Return the folder as an absolute path; a relative path is relative to the project folder."""
    return (PROJECT / Path(folder).expanduser()).resolve()


def _folder_fault(location: Path, error: OSError) -> str:
    if not location.exists():
        return (
            "the folder of raw files does not exist: correct the path (--data, SHOP_DATA or var"
            " raw_path)"
        )
    if not location.is_dir():
        return "this is a file, not a folder: set --data, SHOP_DATA or var raw_path to its folder"
    return f"the folder cannot be read ({error.strerror}): make it readable"


# -- which files hold a table ---------------------------------------------------------------------


def _find_files(
    location: Path, wanted: set[str], problems: list[str]
) -> tuple[dict[str, list[Path]], list[str]]:
    """Return the files of each wanted table, and the names of entries that belong to no table."""
    tables = {name: [] for name in read_contract()}
    ignored = []
    for entry in _visible(location):
        name = clean_name(_stem(entry) if entry.is_file() else entry.name)
        known = name in tables and (entry.is_dir() or _suffix(entry) is not None)
        if known:
            tables[name].append(entry)
        else:
            ignored.append(entry.name)
    found = {}
    for name, entries in tables.items():
        if name not in wanted:
            continue
        if len(entries) > 1:
            names = " and ".join(_display(entry, location) for entry in entries)
            problems.append(
                f"{name}: {location} contains {names}, the same table twice: keep one of them"
            )
        elif entries and entries[0].is_dir():
            files = _files_of_folder(name, entries[0], problems)
            if files:
                found[name] = files
            else:
                ignored.append(f"{entries[0].name}/")
        elif entries:
            found[name] = entries
    return found, ignored


def _files_of_folder(table: str, folder: Path, problems: list[str]) -> list[Path]:
    entries = _visible(folder)
    nested = [entry.name for entry in entries if entry.is_dir()]
    files = [entry for entry in entries if entry.is_file() and _suffix(entry)]
    if nested:
        problems.append(
            f"{table}: {folder} contains the folder {nested[0]}: put all files of a table directly"
            f" into {table}/"
        )
        return []
    if len({_suffix(file) == ".parquet" for file in files}) > 1:
        problems.append(
            f"{table}: {folder} contains both Parquet and CSV files, possibly the same rows twice:"
            " keep one format"
        )
        return []
    return files


def _visible(folder: Path) -> list[Path]:
    """Entries of a folder without those of other programs, which begin with a dot or underscore."""
    return sorted(entry for entry in folder.iterdir() if entry.name[0] not in "._")


def _suffix(path: Path) -> str | None:
    return next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), None)


def _stem(path: Path) -> str:
    return path.name[: -len(_suffix(path) or "") or None]


def _display(entry: Path, location: Path) -> str:
    return entry.relative_to(location).as_posix() + ("/" if entry.is_dir() else "")


# -- one table ------------------------------------------------------------------------------------


def _inspect_table(table: Table, files: list[Path], inputs: Inputs) -> None:
    found = _scan_table(table.name, inputs.location, tuple((file, _state(file)) for file in files))
    inputs.tables |= found.tables
    inputs.problems += found.problems


def _state(file: Path) -> tuple[int, ...]:
    """Changes whenever the file does, and when another file takes its place."""
    try:
        status = file.stat()
    except OSError:
        return ()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def table_files(folder: str | Path) -> list[Path]:
    """The files of all tables of the contract in a folder; none if it cannot be read."""
    try:
        found, _ = _find_files(resolve_folder(folder), set(read_contract()), [])
    except OSError:
        return []
    return [file for files in found.values() for file in files]


@contextmanager
def unchanged(find: Callable[[], list[Path]]) -> Iterator[None]:
    """Raise FileError if files change within a with block; find: returns them."""

    def refuse_changes() -> None:
        after = {file: _state(file) for file in find()}
        changed = sorted(
            file for file in before.keys() | after.keys() if before.get(file) != after.get(file)
        )
        if changed:
            raise FileError(
                f"{changed[0]}{and_more(changed)} changed during the build, so nothing was"
                " published: run the build again when the export is complete"
            )

    before = {file: _state(file) for file in find()}
    try:
        yield
    except CommandError:
        # half a file can cause any error
        refuse_changes()
        raise
    refuse_changes()


@lru_cache(maxsize=64)
def _scan_table(name: str, folder: str, states: tuple[tuple[Path, tuple[int, ...]], ...]) -> Inputs:
    """Scan the files of a table once, although the models and the command check all need them."""
    table, location, files = read_contract()[name], Path(folder), [file for file, _ in states]
    found = Inputs(location=folder)
    raw = found.tables[name] = RawTable(files=[_display(file, location) for file in files])
    if _suffix(files[0]) == ".parquet":
        headers = read_parquet_files(table, files, raw, found)
    else:
        headers = read_csv_files(table, files, raw, found)
    # after a broken file do not report its columns as missing too
    if not found.problems:
        found.problems.extend(_column_problems(table, headers))
    known = {column for part in raw.parts for column in part.columns}
    names = {column for header in headers.values() for column in header}
    raw.extra_columns = sorted(
        column for column in names if clean_name(column) not in known and column
    )
    return found


def _column_problems(table: Table, headers: dict[Path, tuple[str, ...]]) -> Iterable[str]:
    """Required columns missing in a file, and columns that a file has more than once."""
    for file, header in headers.items():
        counts = Counter(map(clean_name, header))
        for column in table.columns:
            if counts[column] > 1:
                yield (
                    f"{table.name}.{column}: {file} has {counts[column]} columns of this name"
                    " (ignoring case and surrounding whitespace): keep one"
                )
    for column in table.required_columns:
        lacking = [
            file for file, header in headers.items() if column not in map(clean_name, header)
        ]
        if lacking:
            columns = ", ".join(name.strip() for name in headers[lacking[0]] if name.strip())
            yield (
                f"{table.name}.{column}: required column missing in {lacking[0]}{and_more(lacking)}"
                f" (found: {shorten(columns)}): add it, or rename the matching column"
            )


def _missing_or_empty(table: Table, inputs: Inputs) -> Iterable[str]:
    raw = inputs.tables.get(table.name)
    wanted = f"{table.name}.csv, {table.name}.csv.gz, {table.name}.parquet or a folder {table.name}"
    if raw is None:
        present = [
            entry.name + ("/" if entry.is_dir() else "")
            for entry in _visible(Path(inputs.location))
        ]
        yield (
            f"{table.name}: required table missing in {inputs.location}"
            f" (found: {shorten(', '.join(present))}):"
            f" add {wanted}, or set SHOP_DATA to another folder{_conversion_hint(inputs)}"
        )
    elif raw.rows == 0:
        yield (
            f"{table.name}: {Path(inputs.location) / raw.files[0]}{and_more(raw.files)} has a"
            " header but no rows: export it again"
        )


def _conversion_hint(inputs: Inputs) -> str:
    books = [name for name in inputs.ignored if name.lower().endswith((".xlsx", ".xlsm"))]
    return (
        f"; to convert Excel: {CONVERT} {Path(inputs.location) / books[0]} FOLDER" if books else ""
    )


def export_hints(location: Path, files: Iterable[Path]) -> Iterable[str]:
    """The command that converts the files, if there are exports of known systems among them."""
    systems = {file: recognise_system(read_header(file)) for file in files}
    known = {file: system for file, system in systems.items() if system}
    if known:
        titles = " and ".join(sorted({system.title for system in known.values()}))
        options = " ".join(sorted({f"--from {system.name}" for system in known.values()}))
        yield (
            f"{location}: {next(iter(known)).name}{and_more(list(known))} found, exports of"
            f" {titles}: run `{CONVERT} {location} FOLDER {options}` and use FOLDER, or"
            f" `customer-analytics build {options} --data {location}`"
        )
