"""A throw-away Spark: the Thrift server of the pyspark package, with a metastore in memory."""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from servers import Server
from warehouse import Row, Table, Warehouse, type_family

TWO_EXECUTORS = "local-cluster[2,1,1024]"
# what lives for minutes is slowed down by Java's thorough compiler
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"


def missing() -> str | None:
    """What Spark lacks on this machine, in one line; None where it can start."""
    for package in ("pyspark", "pyhive", "dbt.adapters.spark"):
        with contextlib.suppress(ModuleNotFoundError):
            if importlib.util.find_spec(package):
                continue
        return (
            f"Spark is not installed (no Python package {package}; make spark): nothing to compare"
        )
    java = Path(os.environ.get("JAVA_HOME", "")) / "bin" / "java"
    if not (java.is_file() or shutil.which("java")):
        return "Java is not installed (no java on the PATH): Spark cannot start, nothing to compare"
    return None


class Spark(Server):
    """The server. Its tasks run in two processes, so that nothing depends on being in one."""

    target = "spark"

    def __init__(self, warehouse: Warehouse, master: str = TWO_EXECUTORS) -> None:
        """warehouse: runs dbt; master: where tasks run."""
        super().__init__(warehouse)
        self.master = master
        _poll_often()

    def _start(self) -> subprocess.Popen[bytes]:
        settings = {
            "spark.driver.extraJavaOptions": QUICK_JAVA,
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "2g",
            "spark.executor.extraJavaOptions": QUICK_JAVA,
            "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:ms;create=true",
            "spark.local.dir": self.folder / "scratch",
            "spark.log.level": "WARN",
            "spark.sql.shuffle.partitions": 2,
            "spark.sql.warehouse.dir": self.folder / "warehouse",
            "spark.ui.enabled": "false",
        }
        command = [str(_home() / "bin" / "spark-submit"), "--master", self.master]
        command += ["--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"]
        for name, value in settings.items():
            command += ["--conf", f"{name}={value}"]
        command += ["--hiveconf", f"hive.server2.thrift.port={self.port}"]
        command += ["--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1", "spark-internal"]
        settings = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(_home())}
        return self._popen(command, cwd=self.folder, env=os.environ | settings)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    @contextlib.contextmanager
    def cursor(self) -> Iterator[Any]:
        """A cursor of a session in UTC."""
        from pyhive import hive

        settings = {"set:spark.sql.session.timeZone": "UTC"}
        connection = hive.connect(
            host="127.0.0.1", port=self.port, username="tests", configuration=settings
        )
        with contextlib.closing(connection):
            yield connection.cursor()

    def _connection_settings(self) -> dict[str, str]:
        return {"SPARK_HOST": "127.0.0.1", "SPARK_PORT": str(self.port)}

    def load(self, tables: dict[str, list[dict[str, str]]]) -> None:
        """Put rows of text into schema raw, replacing the existing ones."""
        self.load_typed({name: _as_text(rows) for name, rows in tables.items()})

    def load_typed(self, tables: Mapping[str, pa.Table]) -> None:
        """The same with types: external tables over Parquet files, as loaders leave them."""
        files = self.folder / "raw"
        shutil.rmtree(files, ignore_errors=True)
        with self.cursor() as cursor:
            cursor.execute("drop schema if exists raw cascade")
            cursor.execute("create schema raw")
            for name, rows in tables.items():
                (files / name).mkdir(parents=True)
                pq.write_table(rows, files / name / "rows.parquet")
                cursor.execute(f"create table raw.{name} using parquet location '{files / name}'")

    def load_parameters(self, parameters: Sequence[Row]) -> None:
        """Put rows into the table of fitted parameters, replacing the existing ones."""
        rows = ", ".join(
            f"('{model}', date '{day}', '{name}', {value!r}d, {customers},"
            f" {'null' if likelihood is None else f'{likelihood!r}d'}, {is_identified})"
            for model, day, name, value, customers, likelihood, is_identified in parameters
        )
        with self.cursor() as cursor:
            cursor.execute("create schema if not exists analytics_input")
            cursor.execute("drop table if exists analytics_input.fitted_parameters")
            cursor.execute(
                "create table analytics_input.fitted_parameters (model string,"
                " trained_through date, parameter string, value double, customers bigint,"
                " log_likelihood double, is_identified boolean) using parquet"
            )
            cursor.execute(f"insert into analytics_input.fitted_parameters values {rows}")

    def tables(self, *schemas: str) -> dict[str, Table]:
        """All tables of the schemas by schema.name."""
        found = {}
        with self.cursor() as cursor:
            for schema in schemas:
                cursor.execute(f"show tables in analytics_{schema}")
                for _, name, _ in cursor.fetchall():
                    found[f"{schema}.{name}"] = _table(cursor, f"analytics_{schema}.{name}")
        return found


def _poll_often() -> None:
    """Let dbt ask every 50 ms whether a statement has finished.

    Profiles take whole seconds only, and most of the thousand statements of a build take less.
    """
    from dbt.adapters.spark.connections import PyhiveConnectionWrapper

    PyhiveConnectionWrapper.poll_interval = property(lambda _: 0.05, lambda *_: None)


def _home() -> Path:
    """Where the pyspark package keeps Spark."""
    spec = importlib.util.find_spec("pyspark")
    assert spec and spec.origin
    return Path(spec.origin).parent


def _as_text(rows: list[dict[str, str]]) -> pa.Table:
    columns = list(rows[0]) if rows else ["order_id"]
    return pa.table(
        {column: pa.array([row[column] for row in rows], pa.string()) for column in columns}
    )


def _table(cursor: Any, name: str) -> Table:
    cursor.execute(f"select * from {name}")
    columns = tuple(column[0] for column in cursor.description)
    kinds = tuple(type_family(column[1]) for column in cursor.description)
    # the driver leaves days as text
    rows = tuple(
        tuple(
            date.fromisoformat(value) if kind == "date" and value is not None else value
            for kind, value in zip(kinds, row, strict=True)
        )
        for row in cursor.fetchall()
    )
    return Table(columns, kinds, rows)
