"""Builds of the input models, and of one seed."""

import os
from contextlib import closing
from functools import cache
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from customer_analytics.contract import PROJECT

# this test of the seed reads another one
EXCLUDED = ("--exclude", "mapped_values__ignores_spelling_and_prefix")
SMALL_BUILD = [
    "build",
    "--select",
    "path:models/input",
    "order_status_mapping",
    *EXCLUDED,
    "--quiet",
]
ORDERS = "order_id,ordered_at,paid_amount\no1,2024-01-01,9.50\no2,2024-02-01,1.00\n"


def set_environment(patch: pytest.MonkeyPatch, folder: Path, raw: Path) -> Path:
    """Point dbt and the commands at a folder of raw files; return the database to build."""
    database = folder / "earlier.duckdb"
    patch.setenv("SHOP_DATA", str(raw))
    patch.setenv("ANALYTICS_DB", str(database))
    patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
    patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
    patch.setenv("DBT_PROFILES_DIR", str(PROJECT))
    patch.chdir(PROJECT)
    return database


def dbt(arguments: list[str]):
    """Run dbt as its own command does, but within this process and without parsing again."""
    manifest = _manifest(os.environ.get("DBT_TARGET"), os.environ.get("PGDATABASE"))
    outcome = dbtRunner(manifest=manifest).invoke([*arguments, "--no-send-anonymous-usage-stats"])
    DuckDBConnectionManager.close_all_connections()
    return outcome


@cache
def _manifest(target: str | None, database: str | None) -> Manifest:
    # both are named by the environment only: then the commands need not parse again either
    return dbtRunner().invoke(["parse", "--quiet"]).result


def query(database: Path, sql: str) -> list[tuple]:
    """The rows of a query."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def content(database: Path) -> dict[str, list[tuple]]:
    """All tables of a database."""
    tables = query(
        database,
        "select schema_name, table_name from duckdb_tables()"
        " union all select schema_name, view_name from duckdb_views() where not internal",
    )
    return {
        f"{schema}.{name}": sorted(query(database, f'select * from {schema}."{name}"'), key=repr)
        for schema, name in tables
    }
