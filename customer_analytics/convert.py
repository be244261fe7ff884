"""The command convert: converts text in any encoding and Excel workbooks to UTF-8 CSV."""

import csv
import io
import math
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

from customer_analytics.contract import clean_name, read_contract
from customer_analytics.csv_files import (
    CHUNK,
    TOO_LONG,
    chunks,
    csv_reader,
    find_header,
    has_too_long_line,
    open_bytes,
    open_text,
    strip_spaces_after_quotes,
)
from customer_analytics.encodings import detect_encoding, other_format
from customer_analytics.number_formats import rewrite_numbers
from customer_analytics.raw_tables import InputError
from customer_analytics.screen import progress_bar

TEXT_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".txt")
BOOK_SUFFIXES = (".xlsx", ".xlsm")
MOST_COLUMNS = 1000
# parts of a workbook that unpack to more than this are refused if they are packed suspiciously well
LARGEST_PART, HIGHEST_RATIO = 1 << 26, 200


@dataclass(frozen=True)
class Written:
    """A file that was written: its source and encoding, its rows, and remarks."""

    target: Path
    source: str
    rows: int | None
    remarks: tuple[str, ...] = ()


def convert_all(
    source: Path, destination: Path, encoding: str | None, overwrite: bool
) -> list[Written]:
    """Convert a file, or all files of a folder and of its table folders; print the results."""
    files, ignored = _files_to_convert(source)
    if not files:
        found = f" (found: {', '.join(ignored)})" if ignored else ""
        raise InputError(f"{source}: no CSV or Excel file to convert{found}: choose another folder")
    output = Output(source, destination, overwrite)
    written = []
    progress = progress_bar(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with progress:
        for file in files:
            task = progress.add_task(file.name, total=file.stat().st_size)
            written += convert_file(
                file,
                output,
                encoding,
                lambda done, task=task: progress.update(task, completed=done),
            )
            progress.update(task, completed=file.stat().st_size)
    for item in written:
        rows = "copied" if item.rows is None else f"{item.rows:,} rows"
        print(f"{item.target}: {rows} from {item.source}")
        for remark in item.remarks:
            print(f"  {remark}")
    if ignored:
        print(f"not converted: {', '.join(ignored)}")
    return written


def _files_to_convert(source: Path) -> tuple[list[Path], list[str]]:
    if source.is_file():
        if not source.name.lower().endswith(TEXT_SUFFIXES + BOOK_SUFFIXES):
            raise InputError(
                f"{source}: this is neither CSV nor Excel (.xlsx): save it as one of them first"
            )
        return [source], []
    files, ignored = [], []
    for entry in sorted(source.iterdir()):
        if entry.name[0] in "._" or entry.name.startswith("~$"):
            continue
        inside = entry.is_dir() and clean_name(entry.name) in read_contract()
        for file in sorted(entry.iterdir()) if inside else [entry]:
            known = file.name.lower().endswith((*TEXT_SUFFIXES, *BOOK_SUFFIXES, ".parquet"))
            if file.is_file() and known and file.name[0] not in "._":
                files.append(file)
            else:
                ignored.append(file.relative_to(source).as_posix())
    return files, ignored


class Output:
    """Writes files atomically; never overwrites a source or a file written in the same run."""

    def __init__(self, source: Path, destination: Path, overwrite: bool) -> None:
        self.root = source if source.is_dir() else source.parent
        self.destination = destination
        self.overwrite = overwrite
        self.written: set[Path] = set()
        if destination.resolve() == self.root.resolve():
            raise InputError(
                f"{destination}: this is the source folder, which is never written to: choose"
                " another destination"
            )

    def target(self, file: Path, name: str) -> Path:
        """The path that a source file is written to under a table's name."""
        target = self.destination / file.parent.relative_to(self.root) / name
        if target in self.written:
            raise InputError(
                f"{file}: {target} was just written from another source: rename one of the two"
            )
        if target.exists() and not self.overwrite:
            raise InputError(f"{target}: this file already exists: add --overwrite to replace it")
        return target

    @contextmanager
    def open(self, target: Path, remarks: list[str]) -> Iterator:
        """A csv writer to a file that appears only when it is complete, with plain numbers."""
        with (
            self.complete(target, remarks) as partial,
            partial.open("w", encoding="utf-8", newline="") as stream,
        ):
            yield csv.writer(stream, lineterminator="\n")

    @contextmanager
    def complete(self, target: Path, remarks: list[str]) -> Iterator[Path]:
        """The path of a CSV file to write, which is moved to the target when it is complete."""
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".partial")
        try:
            yield partial
            remarks += rewrite_numbers(partial, target.stem)
            partial.replace(target)
            self.written.add(target)
        finally:
            partial.unlink(missing_ok=True)


def convert_file(
    file: Path,
    output: Output,
    encoding: str | None = None,
    advance: Callable[[int], object] = lambda done: None,
) -> list[Written]:
    """Convert a CSV file or a workbook to UTF-8 CSV; copy a Parquet file.

    advance: called with the number of bytes read so far.
    """
    name = file.name.lower()
    if name.endswith(".parquet"):
        target = output.target(file, file.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
        return [Written(target, str(file), None)]
    if name.endswith(BOOK_SUFFIXES):
        return _convert_book(file, output, advance)
    return [_convert_text(file, output, encoding, advance)]


# -- text -----------------------------------------------------------------------------------------


def _convert_text(file: Path, output: Output, encoding: str | None, advance) -> Written:
    with open_bytes(file) as stream:
        head = stream.read(8)
    if not head:
        raise InputError(f"{file}: this file is empty (0 bytes): export it again")
    if other_format(head):
        raise InputError(
            f"{file}: this is {other_format(head)}, not text: correct the file extension, or save"
            " it as CSV or .xlsx"
        )
    if has_too_long_line(file):
        raise InputError(
            f"{file} has a line or value {TOO_LONG}: check for a missing quote or line break, and"
            " export it again"
        )
    with open_bytes(file) as stream:
        read_as = encoding or detect_encoding(chunks(stream))
    if read_as is None:
        raise InputError(f"{file}: could not detect the encoding; pass --encoding")
    stem = re.sub(r"(\.csv\.gz|\.csv|\.tsv|\.txt)$", "", file.name, flags=re.IGNORECASE)
    target = output.target(file, f"{stem}.csv")
    # only UTF-8 with a few invalid bytes is read with losses, which a remark reports
    errors = "replace" if read_as == "utf-8" and not encoding else "strict"
    try:
        delimiter = _delimiter(file, clean_name(stem), read_as, errors)
        rows, broken = 0, 0
        remarks: list[str] = []
        with output.open(target, remarks) as writer, open_text(file, read_as, errors) as lines:
            reader = csv_reader(
                strip_spaces_after_quotes(_counting(lines, advance), delimiter), delimiter
            )
            for record in reader:
                if record:
                    broken += sum(value.count("\ufffd") for value in record)
                    writer.writerow(record)
                    rows += 1
    except (UnicodeError, LookupError) as error:
        raise InputError(
            f"{file}: cannot be read as {read_as} ({error}): pass another --encoding"
        ) from error
    except csv.Error as error:
        raise InputError(
            f"{file} has an unbalanced quote near line {reader.line_num} ({error}), so the rows"
            " after it cannot be separated: escape quotes inside values by doubling them"
        ) from error
    if broken:
        remarks.append(f"{broken:,} invalid characters replaced by \ufffd")
    return Written(target, f"{file} ({read_as})", rows - 1, tuple(remarks))


def _counting(lines: io.TextIOWrapper, advance) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number % 10_000 == 0:
            advance(lines.buffer.tell())
        yield line


def _delimiter(file: Path, table: str, encoding: str, errors: str) -> str:
    columns = read_contract()[table].columns if table in read_contract() else {}
    found = find_header(file, columns, encoding, errors)
    if found is None:
        raise InputError(f"{file} has an unbalanced quote in its header: export it again")
    return found[0]


# -- Excel ----------------------------------------------------------------------------------------


def _convert_book(file: Path, output: Output, advance) -> list[Written]:
    from openpyxl import load_workbook

    _check_parts(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except Exception as error:
        # openpyxl raises different exceptions, depending on the corrupt part
        raise InputError(
            f"{file}: not a readable Excel workbook ({_why(file, error)}): save it again as .xlsx"
        ) from error
    try:
        sheets = [sheet for sheet in book.worksheets if _has_rows(sheet)]
        if not sheets:
            raise InputError(f"{file}: all sheets of this workbook are empty: export it again")
        written = []
        for number, sheet in enumerate(sheets):
            target = output.target(file, f"{_table_name(sheet.title, file, len(sheets))}.csv")
            remarks = list(_unsaved_formulas(file, sheet.title))
            with output.open(target, remarks) as writer:
                rows = 0
                for record in _records(sheet, file):
                    writer.writerow(record)
                    rows += 1
            advance(file.stat().st_size * (number + 1) / len(sheets))
            source = f"{file} (sheet {sheet.title})"
            written.append(Written(target, source, rows - 1, tuple(remarks)))
        return written
    finally:
        book.close()


def _why(file: Path, error: Exception) -> str:
    with file.open("rb") as stream:
        kind = other_format(stream.read(8))
    if kind and "old or password" in kind:
        return kind
    return f"{type(error).__name__}: {error}" if zipfile.is_zipfile(file) else "not a zip file"


def _has_rows(sheet) -> bool:
    # some programs write a wrong sheet size, which openpyxl would trust
    sheet.reset_dimensions()
    return any(value is not None for row in sheet.iter_rows(values_only=True) for value in row)


def _table_name(title: str, file: Path, sheets: int) -> str:
    """The name of the sheet, if it is a table or one of several sheets; else that of the file."""
    if clean_name(title) in read_contract() or sheets > 1:
        return re.sub(r'[\\/:*?"<>|]', "_", title.strip())
    return file.stem


def _check_parts(file: Path) -> None:
    """Refuse a workbook with a part that fills the memory when it is unpacked."""
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        for part in archive.infolist():
            if part.file_size > max(LARGEST_PART, HIGHEST_RATIO * part.compress_size):
                raise InputError(
                    f"{file}: {part.filename} in this workbook unpacks to"
                    f" {part.file_size >> 20:,} MB, far more than a table: save it again as .xlsx"
                )


def _records(sheet, file: Path) -> Iterator[list[str]]:
    """The non-empty rows of a sheet as text."""
    from openpyxl.utils import get_column_letter

    width = 0
    for row in sheet.iter_rows():
        record = [cell_text(cell) for cell in row]
        if any(record):
            filled = max(position for position, value in enumerate(record) if value) + 1
            if filled > MOST_COLUMNS:
                raise InputError(
                    f"{file}: sheet {sheet.title} has a value in column"
                    f" {get_column_letter(filled)}, far to the right of a table: delete it there"
                    " and save the workbook again"
                )
            width = width or filled
            # keep values to the right of the header, although they are usually notes or sums
            yield record[: max(width, filled)] + [""] * (width - len(record))


def cell_text(cell) -> str:
    """A cell as text: numbers with the decimals shown in Excel, dates and times as ISO 8601."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return _time_text(value, cell.number_format)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, (int, float)):
        return _number_text(value, cell.number_format)
    return str(value)


def _time_text(value: datetime, number_format: str) -> str:
    # Excel stores times as fractions of a day, which are off by a few microseconds
    rounded = (value + timedelta(microseconds=500)).replace(microsecond=0)
    if abs(rounded - value) > timedelta(milliseconds=1):
        rounded = value
    has_time = re.search(r"[hs]", re.sub(r"\[[^\]]*\]|\"[^\"]*\"", "", number_format.lower()))
    if not has_time and rounded.time() == time():
        return rounded.date().isoformat()
    return rounded.isoformat(sep=" ")


def _number_text(value: float, number_format: str) -> str:
    if not math.isfinite(value):
        return str(value)
    # Excel has 15 significant digits; the rest is floating-point noise
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    shown = re.search(r"0\.(0+)", number_format.split(";")[0])
    if shown and "%" not in number_format:
        whole, _, decimals = text.partition(".")
        text = f"{whole}.{decimals.ljust(len(shown[1]), '0')}"
    return text


def _unsaved_formulas(file: Path, title: str) -> tuple[str, ...]:
    """A remark on formulas without a result: a program wrote the file, Excel never saved it."""
    from openpyxl import load_workbook

    if not _has_formulas(file):
        return ()
    values = load_workbook(file, read_only=True, data_only=True)
    formulas = load_workbook(file, read_only=True)
    try:
        count = sum(
            isinstance(formula, str) and formula.startswith("=") and value is None
            for value_row, formula_row in zip(
                values[title].iter_rows(values_only=True),
                formulas[title].iter_rows(values_only=True),
                strict=False,
            )
            for value, formula in zip(value_row, formula_row, strict=False)
        )
    finally:
        values.close()
        formulas.close()
    if not count:
        return ()
    return (
        f"{count:,} formulas have no cached value: open the workbook in Excel, save it, convert"
        " again",
    )


def _has_formulas(file: Path) -> bool:
    with zipfile.ZipFile(file) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_contains_formula(archive, name) for name in sheets if name.endswith(".xml"))


def _contains_formula(archive: zipfile.ZipFile, name: str) -> bool:
    last = b""
    with archive.open(name) as stream:
        while chunk := stream.read(CHUNK):
            if re.search(rb"<f[ >/]", last + chunk):
                return True
            last = chunk[-3:]
    return False
