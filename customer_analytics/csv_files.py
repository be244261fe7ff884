"""Taking CSV files apart with Python's csv module: the same way for every command."""

import csv
import gzip
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from customer_analytics.contract import clean_name

DELIMITERS = [",", ";", "\t"]
CHUNK = 1 << 20


def open_bytes(file: Path) -> io.BufferedIOBase:
    """Open a file, unpacked if it is gzipped."""
    return gzip.open(file) if file.name.lower().endswith(".gz") else file.open("rb")


def chunks(stream: io.BufferedIOBase) -> Iterator[bytes]:
    """The bytes of an open file in pieces."""
    return iter(lambda: stream.read(CHUNK), b"")


def open_text(file: Path, encoding: str = "utf-8", errors: str = "strict") -> io.TextIOWrapper:
    """Open a text file with its line ends as they are and without a byte order mark."""
    return io.TextIOWrapper(
        open_bytes(file),
        encoding="utf-8-sig" if encoding == "utf-8" else encoding,
        errors=errors,
        newline="",
    )


def csv_reader(lines: Iterable[str], delimiter: str):
    """A csv reader that raises csv.Error on broken quotation marks instead of guessing."""
    # texts of reviews may be longer than the csv module's limit of 128 KB
    csv.field_size_limit(sys.maxsize)
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def without_blanks(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """Drop blanks between a closing quotation mark and the delimiter; some programs write them."""
    blanks = re.compile(f'" +(?=[{delimiter}\r\n]|$)')
    return (blanks.sub('"', line) for line in lines)


def find_header(
    file: Path, columns: Iterable[str], encoding: str = "utf-8", errors: str = "strict"
) -> tuple[str, tuple[str, ...], int] | None:
    """Return the delimiter, the header and the blank lines before it; no names if there is no line.

    The delimiter is the one under which the header names most of the given columns, then the one
    that makes most columns; None if the quotation marks of the header are broken under all of them.
    """
    candidates = []
    for delimiter in DELIMITERS:
        with open_text(file, encoding, errors) as lines:
            reader = csv_reader(lines, delimiter)
            try:
                header = next((record for record in reader if record), [])
            except csv.Error:
                continue
            known = sum(clean_name(name) in columns for name in header)
            blank_lines = reader.line_num - 1 - sum(name.count("\n") for name in header)
            candidates.append((known, len(header), delimiter, tuple(header), blank_lines))
    # the first of equals wins, so that a header of one column counts as written with commas
    return max(candidates, key=lambda candidate: candidate[:2])[2:] if candidates else None
