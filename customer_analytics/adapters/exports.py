"""Finds files that may be exports of a system, and reads their headers."""

from pathlib import Path

import duckdb

from customer_analytics.csv_files import find_header
from customer_analytics.parquet_inputs import parquet_header

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".txt", ".parquet")


def read_header(file: Path) -> tuple[str, ...]:
    """The header of a CSV or Parquet file; empty if it is no text or has no header."""
    try:
        if file.name.lower().endswith(".parquet"):
            with duckdb.connect() as connection:
                return parquet_header(connection, file)
        header = find_header(file, (), errors="replace")
    except (duckdb.Error, OSError, EOFError):
        return ()
    return header[1] if header else ()


def exports_of(source: Path) -> list[Path]:
    """All files that may be exports: those of the folder and of its subfolders."""
    if source.is_file():
        return [source]
    files = sorted(
        file
        for file in source.rglob("*")
        if file.is_file() and file.name.lower().endswith(SUFFIXES)
    )
    hidden = [
        file for file in files if any(part[0] in "._" for part in file.relative_to(source).parts)
    ]
    return [file for file in files if file not in hidden]
