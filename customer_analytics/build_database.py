"""The database that dbt builds: one build at a time, and a damaged one is replaced."""

import errno
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from customer_analytics.errors import FileError
from customer_analytics.raw_tables import identifier, literal

# only to name the program in the message; that there is one is told by the error number
OTHER_PROGRAM = re.compile(r"held in (?P<program>.+?) \(PID (?P<process>\d+)\)")
# DuckDB keeps its log and what it puts aside from memory beside a database
COMPANIONS = (".wal", ".tmp")


class DamagedDatabase(FileError):
    """A database file that was cut, overwritten or never was one."""


@contextmanager
def only_build(database: Path) -> Iterator[None]:
    """Keep a second build of the same database out; a killed build leaves the lock free."""
    with writable(database.parent):
        database.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(beside(database, ".lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise FileError(
                f"another build of {database} is running (process {_builder(database)}): wait for"
                " its end, or build another file with --database"
            ) from None
    try:
        with writable(database.parent):
            beside(database, ".pid").write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        beside(database, ".pid").unlink(missing_ok=True)
        lock.release()


def _builder(database: Path) -> str:
    """The process that has the lock, in a file of its own: Windows lets nobody read locked ones."""
    try:
        return beside(database, ".pid").read_text(encoding="utf-8") or "unknown"
    except OSError:
        return "unknown"


def open_alone(file: Path) -> duckdb.DuckDBPyConnection:
    """Open a database that nobody else has open; the log of a killed build goes into it."""
    try:
        return duckdb.connect(str(file))
    except duckdb.Error as error:
        raise _fault(file, first_line(str(error))) from error


def prepare(database: Path) -> None:
    """Make sure that dbt can open a database: a damaged one is set aside."""
    if database.exists():
        try:
            open_alone(database).close()
        except DamagedDatabase:
            set_aside(database)
    # what a killed build put aside from memory stays on the disk otherwise
    shutil.rmtree(beside(database, ".tmp"), ignore_errors=True)


def is_damaged(database: Path) -> bool:
    """Whether some table of a database cannot be read; reads all of it."""
    if not database.exists():
        return False
    try:
        with closing(open_alone(database)) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()")
            for names in tables.fetchall():
                table = ".".join(map(identifier, names))
                connection.execute(f"select max(hash(content)) from {table} as content").fetchall()
    except (DamagedDatabase, duckdb.IOException, duckdb.SerializationException):
        return True
    except (duckdb.InternalException, duckdb.FatalException, duckdb.InvalidInputException):
        return True
    return False


def set_aside(database: Path) -> None:
    """Rename a damaged database, so that the next build starts with a new one."""
    aside = beside(database, f".damaged-{datetime.now():%Y%m%dT%H%M%S}")
    with writable(database.parent):
        for ending in (*COMPANIONS, ""):
            # the file comes last: without it nobody would look at a log that was left
            if beside(database, ending).exists():
                beside(database, ending).rename(beside(aside, ending))
    print(f"{database} is damaged: kept as {aside.name}, building a new one", file=sys.stderr)


def sync_file(file: Path) -> None:
    """Wait until the content of a file is on the disk."""
    # Windows does not sync what is open for reading only
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    # Windows opens no folders, and needs no such thing
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def beside(file: Path, ending: str) -> Path:
    """The path of a file with an ending behind its whole name."""
    return file.with_name(file.name + ending)


@contextmanager
def writable(
    folder: Path, todo: str = "make it writable, or build elsewhere with --database or ANALYTICS_DB"
) -> Iterator[None]:
    """Say in one line where nothing can be written, and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            todo = "make room there"
        raise FileError(f"{folder} cannot be written ({error.strerror}): {todo}") from error


def first_line(message: str) -> str:
    """What DuckDB says, without its advice."""
    return message.strip().split("\n")[0]


def _fault(file: Path, reason: str) -> FileError:
    """Why a database does not open: the system refuses the file, or DuckDB what is in it."""
    number = _error_number(file)
    if number is None:
        return DamagedDatabase(f"{file} is damaged: {reason}")
    if number == errno.EAGAIN:
        other = OTHER_PROGRAM.search(reason)
        named = f" ({other['program']}, process {other['process']})" if other else ""
        return FileError(
            f"{file} is open in another program{named}: close it there (reports read"
            f" {file.parent / 'live' / file.name}) and build again"
        )
    return FileError(f"{file} cannot be opened: {reason}")


def _error_number(file: Path) -> int | None:
    """The error number of the system with which a database does not open; none if it is damaged."""
    with closing(duckdb.connect()) as connection:
        connection.execute("set errors_as_json = true")
        try:
            connection.execute(f"attach {literal(str(file))} as probed")
        except duckdb.Error as error:
            details = json.loads(str(error).partition(": ")[2])
            return int(details["errno"]) if "errno" in details else None
    return 0
