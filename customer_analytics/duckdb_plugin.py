"""dbt-duckdb plugin: lets macros inspect a folder of raw files before DuckDB opens them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from customer_analytics.inputs import inspect_folder


def inspect_inputs(folder: str, table: str) -> str:
    """Describe a folder of raw files, or one of its tables, as JSON (see raw_tables.Inputs)."""
    return json.dumps(asdict(inspect_folder(folder, table)), ensure_ascii=False)


class Plugin(BasePlugin):
    """Creates the folder of the database and registers the scalar function inspect_inputs()."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Create the folder of the database file; DuckDB creates only the file."""
        if not creds.is_motherduck and "://" not in creds.path:
            Path(creds.path).parent.mkdir(parents=True, exist_ok=True)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the function; side_effects=True makes DuckDB call it once, at run time."""
        conn.create_function(
            "inspect_inputs", inspect_inputs, ["VARCHAR"] * 2, "VARCHAR", side_effects=True
        )
