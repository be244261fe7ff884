"""A throw-away Postgres cluster."""

import contextlib
import io
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection
from servers import Server
from warehouse import PROJECT, Row, Table, Warehouse, type_family

# always of one name, because a parsed project holds it
DATABASE = "shop"
# reads what is built, as BI tools do
READER = "bi"


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


class Postgres(Server):
    """The cluster. Its databases sort text by a locale, as most do, and not by bytes."""

    target = "postgres"
    stop_signal = signal.SIGQUIT

    def __init__(self, binaries: Path, warehouse: Warehouse) -> None:
        """binaries: where initdb and postgres are; warehouse: runs dbt."""
        super().__init__(warehouse)
        self.binaries = binaries
        # a server never runs as root
        self._as_user = {"user": "postgres"} if os.getuid() == 0 else {}
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name

    def _start(self) -> subprocess.Popen[bytes]:
        """Make the cluster and start it."""
        self.folder.chmod(0o755)
        data = self.folder / "data"
        data.mkdir()
        if self._as_user:
            shutil.chown(data, "postgres", "postgres")
        command = [str(self.binaries / "initdb"), "-D", str(data), f"--username={self.user}"]
        command += ["--auth=trust", "--encoding=UTF8", "--no-sync"]
        command += ["--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"]
        subprocess.run(command, check=True, cwd="/", capture_output=True, **self._as_user)
        command = [str(self.binaries / "postgres"), "-D", str(data), "-p", str(self.port)]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        command += ["-c", "fsync=off", "-c", "autovacuum=off", "-c", "statement_timeout=120s"]
        # compiling the long expressions of base models takes longer than reading a test's few rows
        command += ["-c", "jit=off"]
        return self._popen(command, cwd="/", **self._as_user)

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg2.OperationalError):
            with contextlib.closing(self.connect("postgres")) as admin:
                admin.cursor().execute(f"create role {READER} login")
            return True
        return False

    def connect(self, database: str, user: str | None = None) -> Connection:
        """A connection that commits each statement, of the owner unless a user is named."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user=user or self.user, dbname=database
        )
        connection.autocommit = True
        return connection

    def build(
        self,
        data: Path,
        project: Path = PROJECT,
        *,
        keep_database: bool = False,
        **options: Any,
    ) -> dict[str, Table]:
        """Build a folder of CSV files.

        keep_database: build in the database of the previous build and replace its raw rows; by
        default the database is created again. options: as for every server.
        """
        if not keep_database:
            with contextlib.closing(self.connect("postgres")) as admin:
                admin.cursor().execute(f"drop database if exists {DATABASE} with (force)")
                admin.cursor().execute(f"create database {DATABASE}")
        return super().build(data, project, **options)

    def _connection_settings(self) -> dict[str, str]:
        settings = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port)}
        return settings | {"PGUSER": self.user, "PGDATABASE": DATABASE, "BI_ROLE": READER}

    def load(self, tables: dict[str, list[dict[str, str]]]) -> None:
        """Put rows of text into schema raw, replacing the existing ones."""
        with contextlib.closing(self.connect(DATABASE)) as connection:
            cursor = connection.cursor()
            cursor.execute("create schema if not exists raw")
            for table, rows in tables.items():
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

    def load_parameters(self, parameters: Sequence[Row]) -> None:
        """Put rows into the table of fitted parameters, replacing the existing ones."""
        with contextlib.closing(self.connect(DATABASE)) as connection:
            cursor = connection.cursor()
            cursor.execute("create schema if not exists analytics_input")
            cursor.execute(
                "create table if not exists analytics_input.fitted_parameters (model text,"
                " trained_through date, parameter text, value double precision, customers bigint,"
                " log_likelihood double precision, is_identified boolean)"
            )
            cursor.execute("truncate analytics_input.fitted_parameters")
            cursor.executemany(
                "insert into analytics_input.fitted_parameters values (%s, %s, %s, %s, %s, %s, %s)",
                parameters,
            )

    def tables(self, *schemas: str) -> dict[str, Table]:
        """All tables of the schemas by schema.name."""
        found = {}
        with contextlib.closing(self.connect(DATABASE)) as connection:
            cursor = connection.cursor()
            for schema in schemas:
                cursor.execute(
                    "select table_name from information_schema.tables where table_schema = %s",
                    (f"analytics_{schema}",),
                )
                for (name,) in cursor.fetchall():
                    found[f"{schema}.{name}"] = _table(cursor, f'"analytics_{schema}"."{name}"')
        return found


def _escaped(value: str) -> str:
    """A value as the text format of COPY has it."""
    for character, written in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        value = value.replace(character, written)
    return value


def _table(cursor: Any, name: str) -> Table:
    cursor.execute(f"select * from {name}")
    columns = tuple(column.name for column in cursor.description)
    rows = tuple(cursor.fetchall())
    cursor.execute(
        "select format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        (name,),
    )
    return Table(columns, tuple(type_family(kind) for (kind,) in cursor.fetchall()), rows)
