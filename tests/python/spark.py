"""A throw-away Spark server on loopback that takes raw rows as text and builds the marts."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
from servers import die_with_parent, free_port
from warehouse import PROJECT, PUBLIC_SCHEMAS, Table, Warehouse, _kind, environment, read_shop

ONE_PROCESS = "local[2]"
# compiling queries to Java costs a third of a small build; clusters, and other masters here, do it
INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


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


class Spark:
    """The Thrift server of the pyspark package, with a metastore in memory."""

    def __init__(self, warehouse: Warehouse, master: str = ONE_PROCESS) -> None:
        """warehouse: runs dbt; master: where tasks run, in one process or in several."""
        self.warehouse = warehouse
        self.master = master
        self.port = free_port()
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the server."""
        self.folder = Path(tempfile.mkdtemp(prefix="spark"))
        try:
            with (self.folder / "log.txt").open("wb") as log:
                self._server = subprocess.Popen(
                    self._command(),
                    cwd=self.folder,
                    env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(_home())},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    preexec_fn=die_with_parent(signal.SIGKILL),
                    start_new_session=True,
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
        """Stop the server with all its processes and remove its files."""
        if self._server:
            self._server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _command(self) -> list[str]:
        settings = {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "2g",
            "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:memory:ms;create=true",
            "spark.local.dir": self.folder / "scratch",
            "spark.log.level": "WARN",
            "spark.sql.shuffle.partitions": 2,
            "spark.sql.warehouse.dir": self.folder / "warehouse",
            "spark.ui.enabled": "false",
        }
        settings |= INTERPRETED if self.master == ONE_PROCESS else {}
        command = [str(_home() / "bin" / "spark-submit"), "--master", self.master]
        command += ["--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"]
        for name, value in settings.items():
            command += ["--conf", f"{name}={value}"]
        command += ["--hiveconf", f"hive.server2.thrift.port={self.port}"]
        command += ["--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1"]
        return [*command, "spark-internal"]

    def _wait(self) -> None:
        """Wait until the server answers."""
        for _ in range(240):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            if self._server and self._server.poll() is not None:
                break
            time.sleep(0.5)
        log = (self.folder / "log.txt").read_text(errors="replace").strip().splitlines()
        raise RuntimeError("Spark did not start: " + "\n".join(log[-20:]))

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

    def load(self, tables: Mapping[str, pa.Table]) -> None:
        """Replace the raw tables: external tables over Parquet files, as loaders leave them."""
        files = self.folder / "raw"
        shutil.rmtree(files, ignore_errors=True)
        with self.cursor() as cursor:
            cursor.execute("drop schema if exists raw cascade")
            cursor.execute("create schema raw")
            for name, rows in tables.items():
                (files / name).mkdir(parents=True)
                pq.write_table(rows, files / name / "rows.parquet")
                cursor.execute(f"create table raw.{name} using parquet location '{files / name}'")

    def build(self, data: Path, project: Path = PROJECT, **variables: Any) -> dict[str, Table]:
        """Load a folder of CSV files as text, build the models, and read marts and audit."""
        self.load({name: _as_text(rows) for name, rows in read_shop(data).items()})
        with self.place():
            self.warehouse.run(project, "spark", variables, raw_schema="raw")
        return self.read(*PUBLIC_SCHEMAS)

    def place(self) -> contextlib.AbstractContextManager[None]:
        """The environment that leads dbt here."""
        place = {"SPARK_HOST": "127.0.0.1", "SPARK_PORT": str(self.port)}
        return environment(**place, ANALYTICS_SCHEMA="analytics")

    def read(self, *schemas: str) -> dict[str, Table]:
        """All tables of the schemas by schema.name."""
        tables = {}
        with self.cursor() as cursor:
            for schema in schemas:
                cursor.execute(f"show tables in analytics_{schema}")
                for _, name, _ in cursor.fetchall():
                    cursor.execute(f"select * from analytics_{schema}.{name}")
                    tables[f"{schema}.{name}"] = _table(cursor)
        return tables


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


def _table(cursor: Any) -> Table:
    columns = tuple(column[0] for column in cursor.description)
    kinds = tuple(_kind(column[1]) for column in cursor.description)
    # the driver leaves days as text
    rows = tuple(
        tuple(
            date.fromisoformat(value) if kind == "date" and value is not None else value
            for kind, value in zip(kinds, row, strict=True)
        )
        for row in cursor.fetchall()
    )
    return Table(columns, kinds, rows)
