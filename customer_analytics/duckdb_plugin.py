"""dbt-duckdb plugin: lets the macros look at a folder of raw files before DuckDB opens them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from customer_analytics.inputs import inspect_folder


def inspect_inputs(folder: str, table: str) -> str:
    """Describe a folder of raw files, or one table in it, as JSON: place, problems, tables, ..."""
    return json.dumps(asdict(inspect_folder(folder, table)), ensure_ascii=False)


class Plugin(BasePlugin):
    """Makes the database's folder and registers the scalar function inspect_inputs()."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Make the folder of the database file: DuckDB makes the file, but not the folder."""
        if not creds.is_motherduck and "://" not in creds.path:
            Path(creds.path).parent.mkdir(parents=True, exist_ok=True)

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the function; side effects, so that DuckDB calls it once and when run."""
        conn.create_function(
            "inspect_inputs", inspect_inputs, ["VARCHAR"] * 2, "VARCHAR", side_effects=True
        )
