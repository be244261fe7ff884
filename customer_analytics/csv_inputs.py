"""CSV files of a raw table: detects their layout and the DuckDB options that lose no rows.

Every file is scanned once from start to end before DuckDB reads it. DuckDB 1.5.6 is fast and
correct on regular files. With its lenient options, however, it swallows rows after a broken quote,
loses rows at buffer boundaries in files with mixed line endings, and fails on lines with more
values than columns. So the scan detects the layout of the file, and the options follow from it.
"""

import codecs
import csv
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from customer_analytics.connections import connect
from customer_analytics.contract import Table, clean_name
from customer_analytics.csv_files import (
    CHUNK,
    LONGEST,
    TOO_LONG,
    LineLength,
    chunks,
    csv_reader,
    find_header,
    is_padded_gzip,
    open_bytes,
    open_text,
    strip_spaces_after_quotes,
)
from customer_analytics.encodings import detect_encoding, other_format, wide_encoding
from customer_analytics.raw_tables import (
    InputError,
    Inputs,
    Part,
    RawColumn,
    RawTable,
    convert_command,
    file_list,
    literal,
)

# bytes of an irregular file, which DuckDB reads in one buffer
LARGEST_BUFFER = 1 << 28


@dataclass(frozen=True)
class Layout:
    """The layout of a CSV file; files with the same layout can be read together."""

    header: tuple[str, ...]
    delimiter: str
    blank_lines_before: int
    width: int
    is_ragged: bool
    has_multiline_values: bool
    buffer_size: int  # not 0: the file is irregular and must be read in one buffer


@dataclass(frozen=True)
class ByteScan:
    """Properties of the bytes of a text file, before parsing."""

    size: int
    has_quotes: bool
    line_ends: frozenset[str]
    has_long_line: bool


def read_csv_files(
    table: Table, files: list[Path], raw: RawTable, inputs: Inputs
) -> dict[Path, tuple[str, ...]]:
    """Add a table's parts to raw and its problems to inputs; return the header of each file."""
    headers, groups = {}, {}
    for file in files:
        try:
            layout, rows = scan_csv(file, table)
        except InputError as error:
            inputs.problems.append(f"{table.name}: {file} {error}")
            continue
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            inputs.problems.append(
                f"{table.name}: {file} cannot be read ({reason}): check permissions or export again"
            )
            continue
        headers[file] = layout.header
        raw.rows += rows
        groups.setdefault(layout, []).append(file)
    for layout, members in groups.items():
        raw.parts.append(csv_part(table, layout, members))
    return headers


def scan_csv(file: Path, table: Table) -> tuple[Layout, int]:
    """Read a CSV file from start to end; return its layout and its number of rows."""
    scan = scan_bytes(file)
    if file.name.lower().endswith(".gz") and is_padded_gzip(file):
        raise InputError(
            f"has trailing NUL bytes (0x00) after its gzip data, which DuckDB cannot read: run"
            f" `{convert_command(file)}`"
        )
    delimiter, header, blank_lines = _read_header(file, table)
    widths, has_multiline_values = _count_widths(file, delimiter, scan)
    blank_records = widths.pop(0, 0)
    layout = Layout(
        header=header,
        delimiter=delimiter,
        blank_lines_before=blank_lines,
        width=max(widths),
        is_ragged=len(widths) > 1,
        has_multiline_values=has_multiline_values,
        buffer_size=(
            scan.size + CHUNK
            if blank_records or len(scan.line_ends) > 1 or scan.has_long_line
            else 0
        ),
    )
    if layout.buffer_size > LARGEST_BUFFER:
        raise InputError(_irregular(file, f"it has {scan.size >> 20:,} MB"))
    if layout.buffer_size:
        return layout, _count_rows_with_duckdb(file, table, layout)
    return layout, widths.total() - 1


def scan_bytes(file: Path) -> ByteScan:
    """Check that the whole file is UTF-8; find the properties that decide the reader options."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, has_quotes, has_long_line, ends, last = 0, False, False, Counter(), b""
    lines = LineLength()
    with open_bytes(file) as stream:
        for chunk in chunks(stream):
            if size == 0:
                _check_head(file, chunk[:10_000])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise InputError(_wrong_encoding(file, size + error.start)) from error
            if lines.is_too_long(chunk):
                raise InputError(
                    f"has a line or value {TOO_LONG}: check for a missing quote or line break, and"
                    " export it again"
                )
            size += len(chunk)
            has_quotes = has_quotes or b'"' in chunk
            joined = last + chunk
            ends["\r\n"] += joined.count(b"\r\n")
            ends["\r"] += chunk.count(b"\r")
            ends["\n"] += chunk.count(b"\n")
            has_long_line = has_long_line or (len(chunk) == CHUNK and b"\n" not in chunk)
            last = chunk[-1:]
    if size == 0:
        raise InputError("is empty (0 bytes): export it again, or delete it if there is no data")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise InputError(
            "is truncated (it ends in the middle of a multi-byte character): export it again"
        ) from error
    ends.subtract({"\r": ends["\r\n"], "\n": ends["\r\n"]})
    return ByteScan(size, has_quotes, frozenset(+ends), has_long_line)


def _check_head(file: Path, head: bytes) -> None:
    kind = other_format(head)
    if kind and "Excel" in kind:
        raise InputError(f"is {kind}, not CSV: save it as .xlsx and run `{convert_command(file)}`")
    if kind:
        raise InputError(f"is {kind}, not CSV: correct the file extension, or export it again")
    if (wide_encoding(head) or "").startswith(("utf-16", "utf-32")):
        raise InputError(_wrong_encoding(file))
    controls = sum(head.count(code) for code in [*range(9), *range(14, 32)])
    if controls > len(head) / 100:
        raise InputError("is a binary file, not CSV: export it again as CSV in UTF-8")


def _wrong_encoding(file: Path, position: int | None = None) -> str:
    with open_bytes(file) as stream:
        encoding = detect_encoding(chunks(stream))
    where = "" if position is None else f" at byte {position + 1:,}"
    if encoding == "utf-8":
        return f"has bytes that are not valid UTF-8{where}: run `{convert_command(file)}`"
    looks = f"looks like {encoding}" if encoding else "encoding not detected"
    option = "" if encoding else " --encoding NAME"
    return f"is not UTF-8{where} ({looks}): run `{convert_command(file)}{option}`"


def _read_header(file: Path, table: Table) -> tuple[str, tuple[str, ...], int]:
    found = find_header(file, table.columns)
    if found is None:
        raise InputError("has an unbalanced quote in its header: export it again")
    if not found[1]:
        raise InputError("has no header, only blank lines: export it again")
    return found


def _count_widths(file: Path, delimiter: str, scan: ByteScan) -> tuple[Counter, bool]:
    """Count records by number of values (0: blank line); say whether values contain newlines."""
    if not scan.has_quotes and "\r" not in scan.line_ends:
        mark = delimiter.encode()
        with open_bytes(file) as lines:
            # a byte order mark alone is not a line
            widths = Counter(
                line.count(mark) + 1 if line.strip(b"\r\n" + codecs.BOM_UTF8) else 0
                for line in lines
            )
        return widths, False
    try:
        with open_text(file) as lines:
            return _count_quoted_widths(csv_reader(lines, delimiter))
    except csv.Error:
        pass
    # some programs write spaces after a closing quote; DuckDB ignores them
    try:
        with open_text(file) as lines:
            return _count_quoted_widths(
                csv_reader(strip_spaces_after_quotes(lines, delimiter), delimiter)
            )
    except csv.Error as error:
        raise InputError(_quotation_fault(file, delimiter)) from error


def _count_quoted_widths(reader) -> tuple[Counter, bool]:
    widths = Counter(map(len, reader))
    return widths, reader.line_num > widths.total()


def _quotation_fault(file: Path, delimiter: str) -> str:
    line = 1
    with open_text(file) as lines:
        ends: list[bool] = []
        read: list[int] = []
        reader = csv_reader(
            _record_end(strip_spaces_after_quotes(lines, delimiter), ends, read), delimiter
        )
        try:
            for _ in reader:
                line = reader.line_num + 1
                read.clear()
        except csv.Error:
            if sum(read) > LONGEST:
                return (
                    f"has a line or value {TOO_LONG}: check"
                    " for a missing quote or line break, and export it again"
                )
            end = "is never closed" if ends else "closes in the middle of a value"
            return (
                f"has an unbalanced quote: the quote opened on line {line} {end}, so the rows"
                " after it cannot be separated: escape quotes inside values by doubling them"
            )
    return "has an unbalanced quote: escape quotes inside values by doubling them"


def _record_end(lines: Iterable[str], ends: list[bool], read: list[int]) -> Iterator[str]:
    """The same lines; appends their lengths to read, and to ends if more is asked for."""
    for line in lines:
        read.append(len(line))
        yield line
    ends.append(True)


def _count_rows_with_duckdb(file: Path, table: Table, layout: Layout) -> int:
    """Count the rows of an irregular file with DuckDB, and check that it loses no row and no value.

    DuckDB and Python must find the same number of non-empty rows and of characters except spaces.
    """
    part = csv_part(table, layout, [file])
    row_text = "replace(concat(*columns(*)), ' ', '')"
    with open_text(file) as lines:
        reader = csv_reader(strip_spaces_after_quotes(lines, layout.delimiter), layout.delimiter)
        texts = ("".join(record).replace(" ", "") for record in reader)
        next(text for text in texts if text)
        lengths = [len(text) for text in texts if text]
    try:
        with connect() as connection:
            rows, filled, characters = connection.execute(
                "select count(*), count(*) filter (where row_text <> ''),"
                f" coalesce(sum(length(row_text)), 0)"
                f" from (select {row_text} as row_text from {part.relation})"
            ).fetchall()[0]
    except duckdb.Error as error:
        raise InputError(_irregular(file, str(error).split("\n")[0])) from error
    if (filled, characters) != (len(lengths), sum(lengths)):
        raise InputError(_irregular(file, f"DuckDB reads {filled} of {len(lengths)} rows"))
    return rows


def _irregular(file: Path, reason: str) -> str:
    return (
        "has mixed line endings, blank lines or very long lines and cannot be read safely"
        f" ({reason}): run `{convert_command(file)}`"
    )


def csv_part(table: Table, layout: Layout, files: list[Path]) -> Part:
    """The DuckDB expression that reads files of one layout, with the contract's column names."""
    names = list(map(clean_name, layout.header))
    names = [
        name if name in table.columns and names.index(name) == position else f"extra {position + 1}"
        for position, name in enumerate(names)
    ]
    # declare the values beyond the header too, or DuckDB 1.5.6 fails on them; they are ignored
    beyond = [f"extra {position + 1}" for position in range(len(names), layout.width)]
    declared = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names + beyond)
    is_simple = not (layout.is_ragged or layout.has_multiline_values or layout.buffer_size)
    options = {
        "auto_detect": "false",
        "header": "true",
        "skip": layout.blank_lines_before,
        "delim": literal(layout.delimiter),
        "quote": "'\"'",
        "escape": "'\"'",
        "null_padding": str(layout.is_ragged).lower(),
        # parallel readers do not pad rows or read values that contain newlines
        "parallel": str(is_simple).lower(),
        "strict_mode": str(not layout.buffer_size).lower(),
    }
    if layout.buffer_size:
        # the whole file in one buffer: DuckDB loses rows of irregular files at buffer boundaries
        options |= {"buffer_size": layout.buffer_size, "max_line_size": layout.buffer_size}
    settings = ", ".join(f"{name}={value}" for name, value in options.items())
    columns = {name: RawColumn(name, "VARCHAR") for name in names if name in table.columns}
    return Part(f"read_csv({file_list(files)}, {settings}, columns={{{declared}}})", columns)
