"""Connections to DuckDB that never download an extension."""

from pathlib import Path

import duckdb

# profiles.yml has the same options for dbt; formats that this project reads are part of DuckDB
OPTIONS = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def connect(file: Path | str = ":memory:", read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file, or a database in memory."""
    return duckdb.connect(str(file), read_only=read_only, config=OPTIONS)
