"""BI tools find all marts, described and typed; exposures name what is read."""

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from bi_tools import marts_promised, marts_seen
from dbt.contracts.graph.manifest import Manifest
from publishing import public_tables
from warehouse import PROJECT, Build, Warehouse

from customer_analytics.publish import MANIFEST, publish, published_database
from customer_analytics.report import site
from customer_analytics.report.site import report_folder, write_report


def exposed(manifest: Manifest) -> dict[str, set[str]]:
    """The tables of each exposure, as schema.name."""
    found = {}
    for exposure in manifest.exposures.values():
        nodes = [manifest.nodes[name] for name in exposure.depends_on_nodes]
        found[exposure.name] = {f"{node.config.schema}.{node.name}" for node in nodes}
    return found


class Listener:
    """A connection that keeps what it was asked."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, asked: list[str]) -> None:
        self.connection = connection
        self.asked = asked

    def execute(self, statement: str, *arguments: Any) -> duckdb.DuckDBPyConnection:
        """Run a statement."""
        self.asked.append(statement)
        return self.connection.execute(statement, *arguments)

    def close(self) -> None:
        """End it."""
        self.connection.close()


def test_report_reads_the_marts_of_its_exposure(
    sample_build: Build,
    warehouse: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = tmp_path / "analytics.duckdb"
    shutil.copyfile(sample_build.database, database)
    publish(database, public_tables(database))
    published = published_database(database)
    with duckdb.connect(str(published), read_only=True) as connection:
        tables = {
            f"{schema}.{name}"
            for schema, name in connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
        }
    asked: list[str] = []
    connect = duckdb.connect
    monkeypatch.setattr(
        site.duckdb, "connect", lambda *a, **named: Listener(connect(*a, **named), asked)
    )
    write_report(published, report_folder(published))
    # the schema of a table has to be written, since none of ours is DuckDB's own
    words = {word for statement in asked for word in re.findall(r"\b\w+[.]\w+\b", statement)}
    # the manifest comes with publishing and is no model
    assert words & tables - {MANIFEST} == exposed(warehouse.manifest())["report"]


def test_bi_page_names_the_marts_of_the_dashboards(warehouse: Warehouse) -> None:
    """The same as the exposures; every mart has an exposure."""
    manifest = warehouse.manifest()
    dashboards = exposed(manifest)
    del dashboards["report"]
    labels = {exposure.name: exposure.label for exposure in manifest.exposures.values()}
    page = (PROJECT / "docs" / "bi.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| (`[^|]+`) \|", page, re.MULTILINE))
    assert {label: set(re.findall(r"`(\w+)`", marts)) for label, marts in rows.items()} == {
        labels[name]: {mart.split(".")[1] for mart in marts} for name, marts in dashboards.items()
    }
    assert set().union(*dashboards.values()) == marts_promised(manifest).keys()


def test_clients_see_all_marts_with_types_and_descriptions(
    sample_build: Build, warehouse: Warehouse
) -> None:
    """On DuckDB; on Postgres see test_engines_agree.py."""
    engine = sa.create_engine(
        f"duckdb:///{sample_build.database}", connect_args={"read_only": True}
    )
    promised = marts_promised(warehouse.manifest())
    assert len(promised) > 40
    assert marts_seen(engine) == promised
    engine.dispose()
