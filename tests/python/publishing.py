"""Publishes a ready build as the command does, but without dbt; in a process that can be killed.

    python publishing.py DATABASE READY [OPERATION]

READY takes the place of what dbt would build in DATABASE (and may be DATABASE itself). Before the
given operation on files (counted from 0, when READY is in its place) the process kills its group.
"""

import os
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from customer_analytics import build, cli

COMMAND = ("customer_analytics", "build")
CHANGES = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"}


def public_tables(database: Path) -> set[str]:
    """All marts of a database as schema.name."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        names = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema in ('marts', 'audit')"
        ).fetchall()
    return {name for (name,) in names if name != "audit.publication"}


def publish_ready(
    database: Path, ready: Path, operation: int | None = None, options: Sequence[str] = ()
) -> None:
    """Run the command build with a file in the place of dbt's work; ends the process."""

    def copied(_arguments: list[str]) -> set[str]:
        if ready != database:
            shutil.copyfile(ready, database)
        print("built", flush=True)
        if operation is not None:
            sys.addaudithook(_Killer(database.parent, operation))
        return public_tables(ready)

    with (
        patch.object(build, "_run", copied),
        patch.object(sys, "argv", [*COMMAND, "--database", str(database), *options]),
    ):
        cli.main()


class _Killer:
    """Kills the group of this process before its n-th change from now of files in a folder."""

    def __init__(self, folder: Path, n: int) -> None:
        self.folder = str(folder)
        self.left = n

    def __call__(self, event: str, arguments: tuple) -> None:
        if event in CHANGES and str(arguments[0]).startswith(self.folder):
            if self.left == 0:
                os.killpg(0, signal.SIGKILL)
            self.left -= 1


if __name__ == "__main__":
    publish_ready(
        Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None
    )
