"""A throw-away Postgres cluster on loopback that takes raw rows as text and builds the marts."""

import contextlib
import io
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg2
from psycopg2.extensions import connection as Connection
from servers import die_with_parent, free_port
from warehouse import PROJECT, PUBLIC_SCHEMAS, Row, Table, Warehouse, _kind, environment, read_shop


def find_binaries() -> Path | None:
    """The folder of the newest installed Postgres' programs."""
    folders = [file.parent for file in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not folders and (on_path := shutil.which("initdb")):
        folders = [Path(on_path).resolve().parent]
    return max(folders, key=lambda folder: _version(folder.parent.name), default=None)


def _version(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return 0.0


class Postgres:
    """The cluster. Its databases sort text by a locale, as most do, and not by bytes."""

    def __init__(self, binaries: Path, warehouse: Warehouse) -> None:
        """binaries: where initdb and pg_ctl are; warehouse: runs dbt."""
        self.binaries = binaries
        self.warehouse = warehouse
        self.port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        # a server never runs as root
        self._as_user = {"user": "postgres"} if os.getuid() == 0 else {}
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name

    def __enter__(self) -> Self:
        """Make the cluster and start it."""
        # pytest's folders are closed to other users, and socket paths must be short
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.data.mkdir()
        if self._as_user:
            shutil.chown(self.data, "postgres", "postgres")
        try:
            options = ["--auth=trust", f"--username={self.user}", "--encoding=UTF8", "--no-sync"]
            options += ["--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"]
            self._run("initdb", "-D", str(self.data), *options)
            options = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
            options += ["-c", "unix_socket_directories=", "-c", "fsync=off"]
            options += ["-c", "statement_timeout=120s"]
            self._server = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.data), *options],
                preexec_fn=die_with_parent(signal.SIGQUIT),
                **self._surroundings,
            )
            self._wait()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the cluster and remove its files."""
        if self._server:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _surroundings(self) -> dict[str, Any]:
        """How the programs are run: as a user that is not root, silently."""
        silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        return {"cwd": "/", "stderr": subprocess.DEVNULL} | silent | self._as_user

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), *arguments]
        subprocess.run(command, check=True, **self._surroundings)

    def _wait(self) -> None:
        """Wait until the server answers."""
        for _ in range(600):
            with contextlib.suppress(psycopg2.OperationalError):
                self.connect("postgres").close()
                return
            if self._server and self._server.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError("Postgres did not start")

    def connect(self, database: str) -> Connection:
        """A connection that commits each statement."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user=self.user, dbname=database
        )
        connection.autocommit = True
        return connection

    def build(
        self, data: Path, project: Path = PROJECT, *, goes_on: bool = False, **variables: Any
    ) -> dict[str, Table]:
        """Load a folder of CSV files as text, build the models, and read marts and audit.

        goes_on: keep what the last build has left, and load the raw rows in place of the old ones.
        """
        # always of one name, because a parsed project holds it
        database = "shop"
        if not goes_on:
            with contextlib.closing(self.connect("postgres")) as admin:
                admin.cursor().execute(f"drop database if exists {database} with (force)")
                admin.cursor().execute(f"create database {database}")
        with contextlib.closing(self.connect(database)) as connection:
            _load(connection, data)
        place = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": self.user}
        with environment(**place, PGDATABASE=database, ANALYTICS_SCHEMA="analytics"):
            self.warehouse.run(project, "postgres", variables, raw_schema="raw")
        with contextlib.closing(self.connect(database)) as connection:
            return _read(connection, {f"analytics_{schema}": schema for schema in PUBLIC_SCHEMAS})


def _load(connection: Connection, data: Path) -> None:
    cursor = connection.cursor()
    cursor.execute("create schema if not exists raw")
    for table, rows in read_shop(data).items():
        columns = list(rows[0]) if rows else ["order_id"]
        listed = ", ".join(f'"{column}"' for column in columns)
        typed = ", ".join(f'"{column}" text' for column in columns)
        cursor.execute(f"create table if not exists raw.{table} ({typed})")
        cursor.execute(f"truncate raw.{table}")
        lines = io.StringIO()
        for row in rows:
            lines.write("\t".join(_escaped(row[column]) for column in columns) + "\n")
        lines.seek(0)
        cursor.copy_expert(f"copy raw.{table} ({listed}) from stdin", lines)


def _escaped(value: str) -> str:
    """A value as the text format of COPY has it."""
    for character, written in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        value = value.replace(character, written)
    return value


def _read(connection: Connection, schemas: Mapping[str, str]) -> dict[str, Table]:
    cursor = connection.cursor()
    cursor.execute(
        "select table_schema, table_name from information_schema.tables"
        " where table_schema = any(%s) order by 1, 2",
        (list(schemas),),
    )
    tables = {}
    for schema, name in cursor.fetchall():
        cursor.execute(f'select * from "{schema}"."{name}"')
        columns = tuple(column.name for column in cursor.description)
        rows: list[Row] = cursor.fetchall()
        cursor.execute(
            "select format_type(atttypid, atttypmod) from pg_attribute"
            f' where attrelid = \'"{schema}"."{name}"\'::regclass and attnum > 0'
            " and not attisdropped order by attnum"
        )
        kinds = tuple(_kind(kind) for (kind,) in cursor.fetchall())
        tables[f"{schemas[schema]}.{name}"] = Table(columns, kinds, tuple(rows))
    return tables
