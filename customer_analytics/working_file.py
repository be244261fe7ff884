"""The file that dbt builds: one build at a time, and a damaged file does not stop the next one."""

import errno
import fcntl
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

# what DuckDB says of a file that was cut, overwritten or never was a database
DAMAGE = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Could not read enough bytes from file",
    "Failure while replaying WAL file",
)
OTHER_PROGRAM = re.compile(r"Conflicting lock is held in (?P<program>.+?) \(PID (?P<process>\d+)\)")
# DuckDB keeps its log and what it puts aside from memory beside a database
COMPANIONS = (".wal", ".tmp")


class FileError(Exception):
    """A database file that cannot be built or published, with the reason in one line."""


@contextmanager
def only_build(working: Path) -> Iterator[None]:
    """Keep a second build of the same file out; a killed build leaves the lock free."""
    lock = beside(working, ".lock")
    with writable(working.parent):
        working.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a+", encoding="utf-8")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise FileError(
                f"another build of {working} is running (process {file.read() or 'unknown'}):"
                " wait for its end, or build another file with --database"
            ) from error
        with writable(working.parent):
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
        yield


def open_alone(file: Path) -> duckdb.DuckDBPyConnection:
    """Open a database that nobody else has open; the log of a killed build goes into it."""
    try:
        return duckdb.connect(str(file))
    except duckdb.Error as error:
        raise FileError(_reason(file, str(error))) from error


def make_ready(working: Path, live: Path) -> None:
    """Make sure that dbt can go on with a file; a damaged one is replaced."""
    if working.exists():
        try:
            open_alone(working).close()
        except FileError as error:
            if not is_damage(str(error), working):
                raise
            start_again(working, live)
    # what a killed build put aside from memory stays on the disk otherwise
    shutil.rmtree(beside(working, ".tmp"), ignore_errors=True)
    beside(working, ".copy").unlink(missing_ok=True)


def is_damage(reason: str, working: Path) -> bool:
    """Whether DuckDB says that this file is damaged; a raw file it names does not count."""
    named = re.search(r'file "(.+?)"', reason)
    return any(sign in reason for sign in DAMAGE) and (
        named is None or named[1] in (str(working), str(beside(working, ".wal")))
    )


def start_again(working: Path, live: Path) -> None:
    """Set a damaged file aside and go on from the live one, else from nothing."""
    aside = beside(working, f".damaged-{datetime.now():%Y%m%dT%H%M%S}")
    for ending in (*COMPANIONS, ""):
        # the file comes last: without it nobody would look at a log that was left
        if beside(working, ending).exists():
            beside(working, ending).rename(beside(aside, ending))
    origin = "from nothing"
    if live.exists():
        try:
            with closing(duckdb.connect(str(live), read_only=True)):
                copy_file(live, working)
            origin = f"from {live}"
        except duckdb.Error as error:
            origin += f", since the live file cannot be read either ({_first_line(str(error))})"
    print(f"{working} is damaged: set aside as {aside.name}, building {origin}", file=sys.stderr)


def copy_file(source: Path, destination: Path) -> None:
    """Copy a file so that the destination is whole or not there, also after a power failure."""
    unfinished = beside(destination, ".copy")
    try:
        shutil.copyfile(source, unfinished)
        write_through(unfinished)
        unfinished.replace(destination)
    finally:
        unfinished.unlink(missing_ok=True)


def write_through(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
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


def _reason(file: Path, message: str) -> str:
    other = OTHER_PROGRAM.search(message)
    if other:
        return (
            f"{file} is open in another program ({other['program']}, process {other['process']}):"
            f" close it there (reports read {file.parent / 'live' / file.name}) and build again"
        )
    return f"{file} cannot be opened: {_first_line(message)}"


def _first_line(message: str) -> str:
    return message.strip().split("\n")[0]
