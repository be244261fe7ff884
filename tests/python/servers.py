"""Base class of temporary servers: port, files, builds, and shutdown with the tests."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from warehouse import PROJECT, PUBLIC_SCHEMAS, Row, Table, Warehouse, environment, read_shop


class Server:
    """A server on loopback that takes a shop's raw rows as text and builds the marts."""

    target: str  # of profiles.yml
    stop_signal = signal.SIGTERM

    def __init__(self, warehouse: Warehouse) -> None:
        """warehouse: runs dbt."""
        self.warehouse = warehouse
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the server and wait until it answers."""
        # pytest's folders are closed to other users, and paths of sockets must be short
        self.folder = Path(tempfile.mkdtemp(prefix=self.target))
        try:
            self._process = self._start()
            for _ in range(240):
                if self._answers():
                    return self
                if self._process.poll() is not None:
                    break
                time.sleep(0.5)
            raise RuntimeError(f"{self.target} did not start: {self._log_tail()}")
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server with all its processes and remove its files."""
        if self._process:
            self._process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _popen(self, command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start the server's process; it must not outlive a test run that is killed (on Linux)."""

        def end_with_parent() -> None:
            with contextlib.suppress(OSError, AttributeError):
                ctypes.CDLL(None).prctl(1, self.stop_signal)

        with (self.folder / "log.txt").open("wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent,
                start_new_session=True,
                **options,
            )

    def _log_tail(self) -> str:
        log = self.folder / "log.txt"
        return "\n".join(log.read_text(errors="replace").splitlines()[-20:])

    def build(
        self,
        data: Path,
        project: Path = PROJECT,
        *,
        select: str | None = None,
        parameters: Sequence[Row] = (),
        **variables: Any,
    ) -> dict[str, Table]:
        """Load a folder of CSV files as text, build the models, and read marts and audit.

        select: build only these models; parameters: rows of fitted parameters that the build finds,
        as the command fit leaves them.
        """
        self.load(read_shop(data))
        if parameters:
            self.load_parameters(parameters)
        with self.dbt_environment():
            self.warehouse.run(project, self.target, variables, select, raw_schema="raw")
        return self.tables(*PUBLIC_SCHEMAS)

    def dbt_environment(self) -> contextlib.AbstractContextManager[None]:
        """Environment variables that connect dbt to this server."""
        return environment(**self._connection_settings(), ANALYTICS_SCHEMA="analytics")

    # -- what each server does in its own way -----------------------------------------------------

    def _start(self) -> subprocess.Popen[bytes]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError

    def _connection_settings(self) -> dict[str, str]:
        raise NotImplementedError

    def load(self, tables: dict[str, list[dict[str, str]]]) -> None:
        """Put rows of text into schema raw, replacing the existing ones."""
        raise NotImplementedError

    def load_parameters(self, parameters: Sequence[Row]) -> None:
        """Put rows into the table of fitted parameters, replacing the existing ones."""
        raise NotImplementedError

    def tables(self, *schemas: str) -> dict[str, Table]:
        """All tables of the schemas by schema.name."""
        raise NotImplementedError
