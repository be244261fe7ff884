"""The build database: one build at a time; a damaged database is replaced."""

import errno
import json
import os
import re
import shutil
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from customer_analytics.connections import connect
from customer_analytics.errors import FileError
from customer_analytics.raw_tables import identifier, literal

# only to name the program in the message; the error number shows that there is one
OTHER_PROGRAM = re.compile(r"held in (?P<program>.+?) \(PID (?P<process>\d+)\)")
# DuckDB writes its log and its spilled memory next to a database
COMPANIONS = (".wal", ".tmp")
# DuckDB names the catalog after the file, up to the first dot; dbt does not quote it everywhere
CATALOG = re.compile(r"[\w -]+")
RESERVED_CATALOGS = ("main", "memory", "system", "temp")
# dbt-duckdb reads a path as a URL, in which these begin something else
SIGNS_OF_URLS = "?#"
# checksum, mark and storage version at the beginning of a DuckDB file
HEADER = struct.Struct("<8x4sQ")


class DamagedDatabase(FileError):
    """A DuckDB database that is truncated or overwritten."""


def refuse_name(database: Path) -> None:
    """Raise FileError for a path that dbt cannot build."""
    catalog = database.name.lstrip(".").split(".")[0]
    if not CATALOG.fullmatch(catalog) or catalog.lower() in RESERVED_CATALOGS:
        raise FileError(
            f"{database} cannot be built: choose a file name with only letters, digits, spaces, _"
            f" or - before the first dot, and none of {', '.join(RESERVED_CATALOGS)}"
        )
    if any(sign in str(database) for sign in SIGNS_OF_URLS):
        raise FileError(
            f"{database} contains {' or '.join(SIGNS_OF_URLS)}, which dbt cannot open: specify"
            " another path with --database or ANALYTICS_DB"
        )


def require_duckdb(database: Path) -> int | None:
    """The storage version of a DuckDB file; None if it is missing or unreadable.

    Raises FileError for any other file, so that it is never replaced.
    """
    try:
        with database.open("rb") as stream:
            header = stream.read(HEADER.size)
    except OSError:
        return None
    mark, found = HEADER.unpack(header) if len(header) == HEADER.size else (b"", 0)
    if mark != b"DUCK":
        raise FileError(
            f"{database} is not a DuckDB database and will not be overwritten: specify another file"
            " with --database or ANALYTICS_DB, or move this one"
        )
    return found


@contextmanager
def build_lock(database: Path) -> Iterator[None]:
    """Prevent a second build of the same database; a killed build releases the lock."""
    with writable(database.parent):
        database.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(with_ending(database, ".lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise FileError(
                f"another build of {database} is running (process {_builder(database)}): wait for"
                " it to finish, or build another file with --database"
            ) from None
    try:
        with writable(database.parent):
            with_ending(database, ".pid").write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        with_ending(database, ".pid").unlink(missing_ok=True)
        lock.release()


def _builder(database: Path) -> str:
    """The process with the lock; in a separate file, because Windows cannot read locked files."""
    try:
        return with_ending(database, ".pid").read_text(encoding="utf-8") or "unknown"
    except OSError:
        return "unknown"


def open_exclusively(file: Path) -> duckdb.DuckDBPyConnection:
    """Open a database exclusively; DuckDB applies the log of a killed build."""
    try:
        return connect(file)
    except duckdb.Error as error:
        raise _fault(file, first_line(str(error))) from error


def prepare(database: Path) -> None:
    """Make sure that dbt can open a database; rename a damaged one."""
    if database.exists():
        try:
            open_exclusively(database).close()
        except DamagedDatabase:
            rename_damaged(database)
    # spilled memory of a killed build would stay on disk
    shutil.rmtree(with_ending(database, ".tmp"), ignore_errors=True)


def is_damaged(database: Path) -> bool:
    """Whether some table of a database cannot be read; reads all of it."""
    if not database.exists():
        return False
    try:
        with closing(open_exclusively(database)) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()")
            for names in tables.fetchall():
                table = ".".join(map(identifier, names))
                connection.execute(f"select max(hash(content)) from {table} as content").fetchall()
    except (DamagedDatabase, duckdb.IOException, duckdb.SerializationException):
        return True
    except (duckdb.InternalException, duckdb.FatalException, duckdb.InvalidInputException):
        return True
    return False


def rename_damaged(database: Path) -> None:
    """Rename a damaged database, so that the next build creates a new one."""
    damaged = with_ending(database, f".damaged-{datetime.now():%Y%m%dT%H%M%S}")
    with writable(database.parent):
        for ending in (*COMPANIONS, ""):
            # the database last: while it exists, the next build still renames leftover companions
            if with_ending(database, ending).exists():
                with_ending(database, ending).rename(with_ending(damaged, ending))
    print(
        f"{database} is corrupted: renamed to {damaged.name}, building a new one", file=sys.stderr
    )


def sync_file(file: Path) -> None:
    """Flush the content of a file to disk."""
    # Windows cannot sync a file that is open for reading only
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Flush the directory entries of a folder to disk."""
    # Windows cannot open folders and does not need this
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def with_ending(file: Path, ending: str) -> Path:
    """The path of a file with an ending after its full name."""
    return file.with_name(file.name + ending)


@contextmanager
def writable(
    folder: Path,
    advice: str = "make it writable, or build elsewhere with --database or ANALYTICS_DB",
) -> Iterator[None]:
    """Turn write errors into a FileError that names the folder and says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            advice = "free disk space there"
        raise FileError(f"{folder} cannot be written ({error.strerror}): {advice}") from error


def first_line(message: str) -> str:
    """The first line of a DuckDB message, without its hints."""
    return message.strip().split("\n")[0]


def _fault(file: Path, reason: str) -> FileError:
    """Why a database does not open: an error of the system, or a damaged file."""
    number = _error_number(file)
    if number is None:
        found = require_duckdb(file)
        if found and found > _newest_storage_version():
            return FileError(
                f"{file} was written by a newer DuckDB (storage version {found}; DuckDB"
                f" {duckdb.__version__} is installed): build another file with --database or"
                " ANALYTICS_DB, or use the newer version"
            )
        return DamagedDatabase(f"{file} is corrupted ({reason}): run the build again to replace it")
    if number == errno.EAGAIN:
        other = OTHER_PROGRAM.search(reason)
        named = f" ({other['program']}, process {other['process']})" if other else ""
        return FileError(
            f"{file} is open in another program{named}: close it there and build again (reports"
            f" should open {file.parent / 'live' / file.name})"
        )
    return FileError(
        f"{file} cannot be opened ({reason}): make it readable and writable, or build another file"
        " with --database or ANALYTICS_DB"
    )


def _newest_storage_version() -> int | None:
    """The newest storage version that the installed DuckDB can write, and so read."""
    with tempfile.TemporaryDirectory() as folder, closing(connect()) as connection:
        file = Path(folder) / "newest.duckdb"
        connection.execute(f"attach {literal(str(file))} as newest (storage_version 'latest')")
        connection.execute("detach newest")
        return require_duckdb(file)


def _error_number(file: Path) -> int | None:
    """The system error number of a failed open; None if the file is damaged; 0 if it opens now."""
    with closing(connect()) as connection:
        connection.execute("set errors_as_json = true")
        try:
            connection.execute(f"attach {literal(str(file))} as probed")
        except duckdb.Error as error:
            details = json.loads(str(error).partition(": ")[2])
            return int(details["errno"]) if "errno" in details else None
    return 0
