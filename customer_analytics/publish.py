"""Puts a finished build where it is read: into the folder live beside the file that was built.

Readers never see a half-built mart: the live file is replaced as a whole, and only after all tests
have passed. Whoever has it open keeps the old one until they open it again.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb
from dbt_common.invocation import get_invocation_id

from customer_analytics import __version__
from customer_analytics.raw_tables import identifier
from customer_analytics.working_file import FileError, beside, open_alone, writable, write_through

LIVE = "live"
DEFAULT_NAME = "analytics.duckdb"
MANIFEST = "audit.publication"
PUBLIC_TABLES = """
    select table_schema || '.' || table_name, table_type = 'VIEW'
    from information_schema.tables
    where table_schema in ('marts', 'audit')
"""


def live_file(working: Path) -> Path:
    """The file that reports read. It keeps its name, because views hold the name of the catalog."""
    if working.parent.name == LIVE:
        raise FileError(
            f"{working} lies in a folder {LIVE}, where reports read: name the file to build, such"
            f" as {working.parent.parent / working.name}"
        )
    return working.parent / LIVE / working.name


def folder_beside(live: Path, name: str) -> Path:
    """Where what is made of the live file stands; of several databases each has a folder."""
    own = name if live.name == DEFAULT_NAME else f"{live.stem}_{name}"
    return live.parent.parent / own


@contextmanager
def read_published(live: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts, read-only; what is missing in them is said in one line."""
    if not live.exists():
        raise FileError(
            f"{live} does not exist, so nothing has been published: run python -m"
            " customer_analytics build"
        )
    try:
        with closing(duckdb.connect(str(live), read_only=True)) as connection:
            yield connection
    except (duckdb.CatalogException, duckdb.BinderException, duckdb.IOException) as error:
        raise FileError(
            f"{live} cannot be read ({str(error).splitlines()[0]}): build and publish it anew"
            " with python -m customer_analytics build"
        ) from error


def manifest_file(live: Path) -> Path:
    """The account of the live file beside it."""
    return beside(live, ".json")


def tidy_up(live: Path) -> None:
    """Remove what a killed publish has left, and finish what it had begun."""
    unfinished = _unfinished(live)
    with writable(live.parent):
        if unfinished.exists():
            shutil.rmtree(unfinished)
        # made now, so that a folder that cannot be written stops the build before it begins
        unfinished.mkdir(parents=True)
        stored = _stored_manifest(live)
        manifest = manifest_file(live)
        if stored and not (manifest.exists() and manifest.read_text(encoding="utf-8") == stored):
            _write(unfinished / manifest.name, stored)
            (unfinished / manifest.name).replace(manifest)
        unfinished.rmdir()


def publish(working: Path, models: set[str], place: str = "") -> None:
    """Copy the built file, describe the copy, and put it in the place of the live file.

    models: the tables and views that the build has made, as schema.name.
    """
    live = live_file(working)
    tidy_up(live)
    unfinished = _unfinished(live)
    try:
        with writable(live.parent):
            unfinished.mkdir()
            new = unfinished / live.name
            # the open connection keeps all other programs from writing while the file is copied
            with closing(open_alone(working)) as connection:
                connection.execute("checkpoint")
                shutil.copyfile(working, new)
            manifest = _describe(new, models, place)
            write_through(new)
            _write(unfinished / manifest_file(live).name, manifest)
            _swap(unfinished, live)
    except (FileError, duckdb.Error) as error:
        reason = str(error).split("\n")[0]
        raise FileError(f"built and tested, but not published: {reason}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _unfinished(live: Path) -> Path:
    return live.with_name(f".{live.name}.unfinished")


def _swap(unfinished: Path, live: Path) -> None:
    """A kill may come at any moment: then the manifest is missing for a while, never wrong."""
    manifest_file(live).unlink(missing_ok=True)
    # left by a client that wrote into the live file; DuckDB would apply it to the new one
    beside(live, ".wal").unlink(missing_ok=True)
    write_through(live.parent)
    (unfinished / live.name).replace(live)
    write_through(live.parent)
    (unfinished / manifest_file(live).name).replace(manifest_file(live))
    write_through(live.parent)


def _describe(file: Path, models: set[str], place: str) -> str:
    """Write the manifest into the file that it speaks of, and return it as JSON."""
    with closing(open_alone(file)) as connection:
        tables = dict(connection.execute(PUBLIC_TABLES).fetchall())
        # marts that the project no longer has would stay for ever, with the figures of their day
        for name in tables.keys() - models:
            schema, table = name.split(".", 1)
            kind = "view" if tables[name] else "table"
            connection.execute(f"drop {kind} {schema}.{identifier(table)}")
        manifest = {
            "build_id": get_invocation_id(),
            "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "as_of_date": _value(connection, "select as_of_date from intermediate.int_as_of"),
            "input": place,
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
        # on closing, DuckDB would keep to itself that the disk is full
        connection.execute("checkpoint")
    return text


def _ledger(connection: duckdb.DuckDBPyConnection) -> dict[str, dict]:
    """Rows and money of each input: handed over, accepted, rejected."""
    ledger = connection.execute("select * from audit.audit_row_ledger order by input")
    names = [column[0] for column in ledger.description]
    rows = [dict(zip(names, row, strict=True)) for row in ledger.fetchall()]
    return {row.pop("input"): row for row in rows}


def _value(connection: duckdb.DuckDBPyConnection, query: str):
    return connection.execute(query).fetchall()[0][0]


def _stored_manifest(live: Path) -> str | None:
    """The manifest in the live file; none if there is no such file or it cannot be read now."""
    if not live.exists():
        return None
    try:
        with closing(duckdb.connect(str(live), read_only=True)) as connection:
            return _value(connection, f"select manifest from {MANIFEST}")
    except duckdb.Error:
        return None


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    write_through(file)
