"""Publishes a finished build: copies its marts to the folder live next to the build database.

Readers never see a half-built mart: the published database is replaced as a whole, and only after
all tests have passed. Open connections keep the old file; reconnect to see new data.
"""

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb

from customer_analytics import __version__
from customer_analytics.build_database import (
    first_line,
    open_exclusively,
    require_duckdb,
    sync_file,
    sync_folder,
    with_ending,
    writable,
)
from customer_analytics.connections import connect
from customer_analytics.errors import FileError
from customer_analytics.guard import Bounds, refuse_shrunk
from customer_analytics.options import DEFAULT_NAME
from customer_analytics.raw_tables import identifier, literal

LIVE = "live"
MANIFEST = "audit.publication"
SCHEMAS = ("marts", "audit")
# as in profiles.yml: drivers of BI tools are older than the DuckDB that builds
STORAGE_VERSION = "v1.4.0"

# tables that have the names of marts: a project may build everything into one schema
COLUMNS = """
    select
        columns.schema_name,
        columns.table_name,
        tables.comment,
        columns.column_name,
        columns.comment
    from duckdb_columns() as columns
    left join duckdb_tables() as tables using (table_oid, database_name)
    where columns.database_name = ?
        and regexp_full_match(columns.table_name, '(dim|fct|rpt|audit)_[a-z0-9_]+')
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
    require_duckdb(published)
    try:
        with closing(connect(published, read_only=True)) as connection:
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
    require_duckdb(database)
    with closing(connect()) as connection:
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
    columns = connection.execute(COLUMNS, ["built"]).fetchall()
    found = sorted({owner for owner, table, *_ in columns if table == "dim_shop"})
    if schema not in found:
        raise FileError(
            f"{database} has no marts in schema {schema} (schemas with marts:"
            f" {', '.join(found) or 'none'}): pass the schema of the marts with --schema, or run"
            " dbt build in your project first"
        )
    for own, theirs in zip(SCHEMAS, (schema, schema.replace("marts", "audit")), strict=True):
        chosen = [column for _, *column in (row for row in columns if row[0] == theirs)]
        _create_marts(connection, "view", chosen, f"built.{identifier(theirs)}", own)


def _create_marts(
    connection: duckdb.DuckDBPyConnection, kind: str, columns: list[list], source: str, target: str
) -> None:
    """Create a schema with one view or table per mart of another schema, with all comments.

    columns: table, its comment, column and its comment.
    """
    connection.execute(f"create schema {target}")
    for table, comment in sorted({(table, comment or "") for table, comment, *_ in columns}):
        connection.execute(f"create {kind} {target}.{table} as from {source}.{table}")
        connection.execute(f"comment on {kind} {target}.{table} is {literal(comment)}")
    for table, _, column, comment in columns:
        name = f"{target}.{table}.{identifier(column)}"
        connection.execute(f"comment on column {name} is {literal(comment or '')}")


def manifest_file(published: Path) -> Path:
    """The manifest file next to a published database."""
    return with_ending(published, ".json")


def recover_publication(published: Path) -> None:
    """Remove the files of a publish that was killed, and restore a missing manifest file."""
    require_duckdb(published)
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


def publish(
    database: Path, models: set[str], location: str = "", bounds: Bounds | None = None
) -> None:
    """Copy the marts of the build database and replace the published database with the copy.

    models: the tables of the build, as schema.name; location: where the raw tables are; bounds: how
    much the inputs may have shrunk since the last publication.
    """
    published = published_database(database)
    recover_publication(published)
    unfinished = _unfinished(published)
    try:
        with writable(published.parent):
            unfinished.mkdir()
            files = [published, manifest_file(published)]
            database_copy, manifest_copy = (unfinished / file.name for file in files)
            # the open connection prevents all other programs from writing during the copy
            with closing(open_exclusively(database)) as connection:
                columns = [
                    row
                    for row in connection.execute(COLUMNS, [_catalog(connection)]).fetchall()
                    if f"{row[0]}.{row[1]}" in models and row[0] in SCHEMAS
                ]
                manifest = _describe(connection, columns, location)
                if published.exists() and files[1].exists():
                    before = json.loads(files[1].read_text(encoding="utf-8"))
                    refuse_shrunk(before["ledger"], manifest["ledger"], bounds or Bounds())
                text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
                _copy(connection, columns, text, database_copy)
            sync_file(database_copy)
            _write(manifest_copy, text)
            for new, old in zip((database_copy, manifest_copy), files, strict=True):
                _keep_permissions(new, old)
            _swap(unfinished, published)
    except (FileError, duckdb.Error) as error:
        raise FileError(f"built and tested, but not published: {first_line(str(error))}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _catalog(connection: duckdb.DuckDBPyConnection) -> str:
    return _value(connection, "select current_database()")


def _copy(
    connection: duckdb.DuckDBPyConnection, columns: list[tuple], manifest: str, file: Path
) -> None:
    """Write the marts and the manifest into a new file."""
    try:
        connection.execute(
            f"attach {literal(str(file))} as published (storage_version {literal(STORAGE_VERSION)})"
        )
        connection.execute("begin")
        for schema in SCHEMAS:
            chosen = [column for owner, *column in columns if owner == schema]
            _create_marts(connection, "table", chosen, schema, f"published.{schema}")
        connection.execute(f"create table published.{MANIFEST} as select ? as manifest", [manifest])
        connection.execute("commit")
        # explicitly, because DuckDB does not report a full disk on closing
        connection.execute("checkpoint published")
    except duckdb.IOException as error:
        raise FileError(
            f"{file.parent.parent} cannot be written ({first_line(str(error))}): free disk space"
            " there"
        ) from error


def _keep_permissions(new: Path, old: Path) -> None:
    """Give a file the permissions and the group of the file that it will replace."""
    if os.name == "nt" or not old.exists():
        return
    status = old.stat()
    # the group may be one that only an administrator can set
    with suppress(PermissionError):
        os.chown(new, -1, status.st_gid)
    new.chmod(stat.S_IMODE(status.st_mode))


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


def _describe(connection: duckdb.DuckDBPyConnection, columns: list[tuple], location: str) -> dict:
    """The manifest of a build."""
    # dbt takes a second to import
    from dbt_common.invocation import get_invocation_id

    names = sorted({f"{schema}.{table}" for schema, table, *_ in columns})
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
        "rows": {name: _value(connection, f"select count(*) from {name}") for name in names},
    }
    # dates and decimals as text, as in the file
    return json.loads(json.dumps(manifest, default=str))


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
        with closing(connect(published, read_only=True)) as connection:
            return _value(connection, f"select manifest from {MANIFEST}")
    except duckdb.Error:
        return None


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    sync_file(file)
