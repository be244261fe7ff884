"""Publishes a finished build: copies it to the folder live next to the build database.

Readers never see a half-built mart: the published database is replaced as a whole, and only after
all tests have passed. Open connections keep the old file; reconnect to see new data.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb

from customer_analytics import __version__
from customer_analytics.build_database import (
    first_line,
    open_exclusively,
    sync_file,
    sync_folder,
    with_ending,
    writable,
)
from customer_analytics.errors import FileError
from customer_analytics.options import DEFAULT_NAME
from customer_analytics.raw_tables import identifier, literal

LIVE = "live"
MANIFEST = "audit.publication"
PUBLIC_TABLES = """
    select table_schema || '.' || table_name, table_type = 'VIEW'
    from information_schema.tables
    where table_schema in ('marts', 'audit')
"""

# tables that have the names of marts: a project may build everything into one schema
BUILT_COLUMNS = """
    select
        tables.schema_name,
        tables.table_name,
        tables.comment,
        columns.column_name,
        columns.comment
    from duckdb_tables() as tables
    inner join duckdb_columns() as columns using (table_oid, database_name)
    where tables.database_name = 'built'
        and regexp_full_match(tables.table_name, '(dim|fct|rpt|audit)_[a-z0-9_]+')
    order by columns.column_index
"""


def published_database(database: Path) -> Path:
    """The file that reports read; it keeps its name, because views contain the catalog name."""
    if database.parent.name == LIVE:
        raise FileError(
            f"{database} is in the folder {LIVE} of published databases: specify the database to"
            f" build, such as {database.parent.parent / database.name}"
        )
    return database.parent / LIVE / database.name


def output_folder(published: Path, name: str) -> Path:
    """The folder for the report or lists of a published database; each database has its own."""
    own = name if published.name == DEFAULT_NAME else f"{published.stem}_{name}"
    return published.parent.parent / own


@contextmanager
def read_published(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published database, read-only; a missing or unreadable one raises FileError."""
    if not published.exists():
        raise FileError(
            f"{published} does not exist, so nothing has been published yet: run"
            " customer-analytics build, or pass --schema for the marts of another dbt project"
        )
    try:
        with closing(duckdb.connect(str(published), read_only=True)) as connection:
            yield connection
    except (duckdb.CatalogException, duckdb.BinderException, duckdb.IOException) as error:
        raise FileError(
            f"{published} cannot be read ({first_line(str(error))}): rebuild and publish it"
            " with customer-analytics build"
        ) from error


@contextmanager
def read_built(database: Path, schema: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Marts that another dbt project built, read-only, with the schema names of published ones.

    schema: that of the marts, such as prod_marts; the audit tables are in prod_audit.
    """
    if not database.exists():
        raise FileError(
            f"no database at {database}: specify the DuckDB file of your project with --database"
        )
    with closing(duckdb.connect()) as connection:
        try:
            connection.execute(f"attach {literal(str(database))} as built (read_only)")
            _view_marts(connection, database, schema)
        except (duckdb.CatalogException, duckdb.IOException) as error:
            raise FileError(
                f"{database} cannot be read ({first_line(str(error))}): close programs that write"
                " to it, or run dbt build in your project again"
            ) from error
        written_at = datetime.fromtimestamp(database.stat().st_mtime, UTC)
        manifest = {
            "published_at": written_at.isoformat(timespec="seconds"),
            "as_of_date": str(_value(connection, "select as_of_date from marts.dim_shop")),
            "versions": {"customer_analytics": __version__},
        }
        text = json.dumps(manifest)
        connection.execute(f"create table {MANIFEST} as select ? as manifest", [text])
        yield connection


def _view_marts(connection: duckdb.DuckDBPyConnection, database: Path, schema: str) -> None:
    """Create schemas marts and audit with one view per mart of the attached database."""
    columns = connection.execute(BUILT_COLUMNS).fetchall()
    found = sorted({owner for owner, table, *_ in columns if table == "dim_shop"})
    if schema not in found:
        raise FileError(
            f"{database} has no marts in schema {schema} (schemas with marts:"
            f" {', '.join(found) or 'none'}): pass the schema of the marts with --schema, or run"
            " dbt build in your project first"
        )
    for own, theirs in (("marts", schema), ("audit", schema.replace("marts", "audit"))):
        connection.execute(f"create schema {own}")
        for table, comment in {row[1:3] for row in columns if row[0] == theirs}:
            view = f"{own}.{table}"
            connection.execute(f"create view {view} as from built.{identifier(theirs)}.{table}")
            connection.execute(f"comment on view {view} is {literal(comment or '')}")
        for _, table, _, column, comment in (row for row in columns if row[0] == theirs):
            name = f"{own}.{table}.{identifier(column)}"
            connection.execute(f"comment on column {name} is {literal(comment or '')}")


def manifest_file(published: Path) -> Path:
    """The manifest file next to a published database."""
    return with_ending(published, ".json")


def recover_publication(published: Path) -> None:
    """Remove the files of a publish that was killed, and restore a missing manifest file."""
    unfinished = _unfinished(published)
    with writable(published.parent):
        if unfinished.exists():
            shutil.rmtree(unfinished)
        # created now, so that a read-only folder stops the build before it begins
        unfinished.mkdir(parents=True)
        stored = _stored_manifest(published)
        manifest = manifest_file(published)
        if stored and not (manifest.exists() and manifest.read_text(encoding="utf-8") == stored):
            _write(unfinished / manifest.name, stored)
            (unfinished / manifest.name).replace(manifest)
        unfinished.rmdir()


def publish(database: Path, models: set[str], location: str = "") -> None:
    """Copy the build database, describe the copy, and replace the published one with it.

    models: the tables and views of the build, as schema.name; location: where the raw tables are.
    """
    published = published_database(database)
    recover_publication(published)
    unfinished = _unfinished(published)
    try:
        with writable(published.parent):
            unfinished.mkdir()
            new = unfinished / published.name
            # the open connection prevents all other programs from writing during the copy
            with closing(open_exclusively(database)) as connection:
                connection.execute("checkpoint")
                shutil.copyfile(database, new)
            manifest = _describe(new, models, location)
            sync_file(new)
            _write(unfinished / manifest_file(published).name, manifest)
            _swap(unfinished, published)
    except (FileError, duckdb.Error) as error:
        raise FileError(f"built and tested, but not published: {first_line(str(error))}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _unfinished(published: Path) -> Path:
    return published.with_name(f".{published.name}.unfinished")


def _swap(unfinished: Path, published: Path) -> None:
    """Replace database and manifest; if killed in between, the manifest is missing, never wrong."""
    manifest_file(published).unlink(missing_ok=True)
    # left by a client that wrote to the published database; DuckDB would apply it to the new one
    with_ending(published, ".wal").unlink(missing_ok=True)
    sync_folder(published.parent)
    (unfinished / published.name).replace(published)
    sync_folder(published.parent)
    (unfinished / manifest_file(published).name).replace(manifest_file(published))
    sync_folder(published.parent)


def _describe(file: Path, models: set[str], location: str) -> str:
    """Write the manifest into the database that it describes, and return it as JSON."""
    # dbt takes a second to import
    from dbt_common.invocation import get_invocation_id

    with closing(open_exclusively(file)) as connection:
        tables = dict(connection.execute(PUBLIC_TABLES).fetchall())
        # marts that the project no longer has
        for name in tables.keys() - models:
            schema, table = name.split(".", 1)
            kind = "view" if tables[name] else "table"
            connection.execute(f"drop {kind} {schema}.{identifier(table)}")
        manifest = {
            "build_id": get_invocation_id(),
            "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "as_of_date": _value(connection, "select as_of_date from marts.dim_shop"),
            "input": location,
            "versions": {
                "customer_analytics": __version__,
                "dbt": version("dbt-core"),
                "duckdb": duckdb.__version__,
            },
            "ledger": _ledger(connection),
            "rows": {
                name: _value(connection, f"select count(*) from {name}")
                for name in sorted(tables.keys() & models)
            },
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False, default=str) + "\n"
        connection.execute(f"create or replace table {MANIFEST} as select ? as manifest", [text])
        # explicitly, because DuckDB does not report a full disk on closing
        connection.execute("checkpoint")
    return text


def _ledger(connection: duckdb.DuckDBPyConnection) -> dict[str, dict]:
    """Rows and money of each input: received, accepted, rejected."""
    ledger = connection.execute("select * from audit.audit_row_ledger order by input")
    names = [column[0] for column in ledger.description]
    rows = [dict(zip(names, row, strict=True)) for row in ledger.fetchall()]
    return {row.pop("input"): row for row in rows}


def _value(connection: duckdb.DuckDBPyConnection, query: str):
    return connection.execute(query).fetchall()[0][0]


def _stored_manifest(published: Path) -> str | None:
    """The manifest stored in a published database; None if it cannot be read."""
    if not published.exists():
        return None
    try:
        with closing(duckdb.connect(str(published), read_only=True)) as connection:
            return _value(connection, f"select manifest from {MANIFEST}")
    except duckdb.Error:
        return None


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    sync_file(file)
