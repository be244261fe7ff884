"""Parses CSV files with Python's csv module, in the same way for every command."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from customer_analytics.contract import clean_name

DELIMITERS = [",", ";", "\t"]
CHUNK = 1 << 20
# of a line or a value, so that a small compressed file cannot fill the memory
LONGEST = 1 << 24
TOO_LONG = f"longer than {LONGEST >> 20} MB"


def open_bytes(file: Path) -> io.BufferedIOBase:
    """Open a file; decompress it if it is gzipped."""
    return gzip.open(file) if file.name.lower().endswith(".gz") else file.open("rb")


def is_padded_gzip(file: Path) -> bool:
    """Whether a gzip file has zero bytes after its data, which Python skips and DuckDB does not."""
    with file.open("rb") as stream:
        stream.seek(-1, io.SEEK_END)
        # the last byte of gzip data is 0 too, unless it unpacks to 16 MB or more
        if stream.read() != b"\0":
            return False
        stream.seek(0)
        unpacker = zlib.decompressobj(wbits=31)
        for chunk in chunks(stream):
            rest = chunk
            while rest:
                if unpacker.eof:
                    if rest[0] == 0:
                        return True
                    unpacker = zlib.decompressobj(wbits=31)
                # in steps, so that a small file cannot unpack to more than the memory
                unpacker.decompress(rest, CHUNK)
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    return False


def chunks(stream: io.BufferedIOBase) -> Iterator[bytes]:
    """The bytes of an open file in chunks."""
    return iter(lambda: stream.read(CHUNK), b"")


class LineLength:
    """The length of the lines of a file that is read in chunks."""

    def __init__(self) -> None:
        self.last = 0

    def is_too_long(self, chunk: bytes) -> bool:
        """Whether a line that ends in the chunk, or does not end yet, is longer than LONGEST."""
        ends = [found for mark in (b"\n", b"\r") if (found := chunk.find(mark)) >= 0]
        if self.last + min(ends, default=len(chunk)) > LONGEST:
            return True
        if ends:
            self.last = len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        else:
            self.last += len(chunk)
        return False


def has_too_long_line(file: Path) -> bool:
    """Whether a line of a file is longer than LONGEST; the file may be in any encoding."""
    lines = LineLength()
    with open_bytes(file) as stream:
        return any(lines.is_too_long(chunk) for chunk in chunks(stream))


def open_text(file: Path, encoding: str = "utf-8", errors: str = "strict") -> io.TextIOWrapper:
    """Open a text file; keep its line endings and drop a byte order mark."""
    return io.TextIOWrapper(
        open_bytes(file),
        encoding="utf-8-sig" if encoding == "utf-8" else encoding,
        errors=errors,
        newline="",
    )


def csv_reader(lines: Iterable[str], delimiter: str):
    """A csv reader that raises csv.Error on broken quotes instead of guessing."""
    # review texts may be longer than the csv module's limit of 128 KB
    csv.field_size_limit(LONGEST)
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def strip_spaces_after_quotes(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """Drop spaces between a closing quote and the delimiter; some programs write them."""
    spaces = re.compile(f'" +(?=[{delimiter}\r\n]|$)')
    return (spaces.sub('"', line) for line in lines)


def find_header(
    file: Path, columns: Iterable[str], encoding: str = "utf-8", errors: str = "strict"
) -> tuple[str, tuple[str, ...], int] | None:
    """Return the delimiter, the header and the number of blank lines before it.

    The header is empty if the file has no line. The delimiter is the one with which the header has
    the most of the given columns; on a tie, the one that gives the most columns. None if the quotes
    of the header are broken with every delimiter.
    """
    candidates = []
    for delimiter in DELIMITERS:
        with open_text(file, encoding, errors) as lines:
            reader = csv_reader(iter(lambda lines=lines: lines.readline(LONGEST), ""), delimiter)
            try:
                header = next((record for record in reader if record), [])
            except csv.Error:
                continue
            known = sum(clean_name(name) in columns for name in header)
            blank_lines = reader.line_num - 1 - sum(name.count("\n") for name in header)
            candidates.append((known, len(header), delimiter, tuple(header), blank_lines))
    # on a tie the first wins: a header of one column counts as comma-separated
    return max(candidates, key=lambda candidate: candidate[:2])[2:] if candidates else None
