"""Readers see whole builds that passed their tests, whatever happens to a build.

Two shops are built once by the real command. Most tests then put one of the ready files in the
place of dbt's work (publishing.py), because what happens around dbt is what they are about.
"""

import errno
import json
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from publishing import public_tables, publish_ready
from small_builds import query, set_environment
from test_bad_input import run_cli
from warehouse import copy_project, write_shop

from customer_analytics import build, dbt_runs
from customer_analytics.adapters.exports import exports_of
from customer_analytics.build_database import build_lock, is_damaged, open_exclusively, prepare
from customer_analytics.contract import PROJECT
from customer_analytics.dbt_runs import DbtFailure, FailedTests
from customer_analytics.errors import FileError
from customer_analytics.guard import Bounds, ShrunkInputs, refuse_shrunk
from customer_analytics.inputs import unchanged
from customer_analytics.publish import manifest_file, publish, published_database

PUBLISHING = Path(__file__).with_name("publishing.py")
COMMAND = [sys.executable, "-m", "customer_analytics", "build"]


def shop(folder: Path, orders: int) -> Path:
    """A shop with one order a day: o1 for 1.25 on the first of March, o2 for 2.25 on the second."""
    rows = [
        {
            "order_id": f"o{day}",
            "customer_id": f"c{day % 5}",
            "ordered_at": f"2024-03-{day:02} 12:00:00",
            "paid_amount": f"{day}.25",
        }
        for day in range(1, orders + 1)
    ]
    # two rows that the ledger must show as rejected
    rows += [rows[0] | {"order_id": "o98", "paid_amount": "-1.00"}, rows[0] | {"order_id": ""}]
    return write_shop(folder, {"orders": rows})


def state(database: Path) -> dict[str, tuple]:
    """Rows of each mart and their checksum."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        return {
            name: connection.execute(
                f"select count(*), sum(hash(mart)::hugeint) from {name} as mart"
            ).fetchone()
            for name in public_tables(database)
        }


class Ready:
    """Two finished builds: of a shop with ten orders and, a day later, of one with eleven."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "analytics.duckdb"
        # as operations.md describes it for machines with little memory
        profiles = (PROJECT / "profiles.yml").read_text(encoding="utf-8")
        small = profiles.replace("settings:\n", "settings:\n        memory_limit: 2GB\n", 1)
        assert small != profiles
        (folder / "profiles.yml").write_text(small, encoding="utf-8")
        self.shops = [shop(folder / "first", 10), shop(folder / "second", 11)]
        self.printed, self.files, self.states = [], [], []
        for number, raw in enumerate(self.shops):
            self.printed.append(self.build(raw).stdout)
            # under its own name, because views hold the name of the catalog
            self.files.append(folder / f"ready{number}" / self.database.name)
            self.files[-1].parent.mkdir()
            shutil.copyfile(published_database(self.database), self.files[-1])
            self.states.append(state(self.files[-1]))

    def environment(self, **others: str) -> dict[str, str]:
        """Where the command puts its files."""
        paths = {"DBT_TARGET_PATH": "target", "DBT_LOG_PATH": "logs"}
        own = {name: str(self.folder / path) for name, path in paths.items()}
        # without a home directory, as some schedulers and containers have it
        own |= {"ANALYTICS_DB": str(self.database), "HOME": "/nonexistent"}
        own |= {"DBT_PROFILES_DIR": str(self.folder)}
        return os.environ | own | others

    def build(self, raw: Path) -> subprocess.CompletedProcess:
        """Run the command as a scheduler does."""
        return subprocess.run(
            [*COMMAND, "--data", str(raw)],
            cwd=PROJECT,
            env=self.environment(),
            check=True,
            capture_output=True,
            text=True,
        )


@pytest.fixture(scope="module")
def ready(tmp_path_factory) -> Ready:
    """Both builds and their content."""
    builds = Ready(tmp_path_factory.mktemp("ready"))
    assert builds.states[0] != builds.states[1]
    return builds


@pytest.fixture
def database(tmp_path, ready, monkeypatch) -> Path:
    """The place of a file to build, where the first of the two builds has been published."""
    database = set_environment(monkeypatch, tmp_path, ready.shops[0]).with_name("analytics.duckdb")
    shutil.copyfile(ready.files[0], database)
    publish(database, public_tables(database))
    assert state(published_database(database)) == ready.states[0]
    return database


def publish_second(database: Path, ready: Ready) -> int:
    """Let the command find the second build ready made; return its exit status."""
    with pytest.raises(SystemExit) as stop:
        publish_ready(database, ready.files[1])
    return stop.value.code


def one_line(capfd, *fragments: str) -> None:
    """The only line on the screen's error side says all of it."""
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("Error: ") and all(part in line for part in fragments), line


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# -- what is published ----------------------------------------------------------------------------


def test_a_build_is_published_with_its_manifest(ready):
    published = published_database(ready.database)
    assert str(published) in ready.printed[1]
    assert state(published) == state(ready.database) == ready.states[1]
    assert names(published.parent) == {"analytics.duckdb", "analytics.duckdb.json"}
    assert not ready.database.with_name("analytics.duckdb.wal").exists()
    text = manifest_file(published).read_text(encoding="utf-8")
    assert query(published, "select manifest from audit.publication") == [(text,)]
    manifest = json.loads(text)
    assert manifest["as_of_date"] == "2024-03-11"
    assert manifest["input"] == str(ready.shops[1])
    assert manifest["versions"]["duckdb"] == duckdb.__version__
    # 1 + ... + 11 and eleven quarters; the rejected amount is what the raw row says
    assert manifest["ledger"]["orders"] == {
        "rows_in": 13,
        "rows_accepted": 11,
        "rows_rejected": 2,
        "amount_in": "69.0000",
        "amount_accepted": "68.7500",
        "amount_rejected": "0.2500",
        "is_balanced": True,
        "last_date": "2024-03-11",
        "newest_loaded_at": None,
    }
    assert manifest["rows"]["marts.fct_orders"] == 11
    assert manifest["rows"]["audit.audit_rejected_rows"] == 2
    models = {f"marts.{file.stem}" for file in (PROJECT / "models/marts").rglob("*.sql")}
    assert {name.replace("audit.", "marts.") for name in manifest["rows"]} == models
    built = json.loads((ready.folder / "target/run_results.json").read_text(encoding="utf-8"))
    assert manifest["build_id"] == built["metadata"]["invocation_id"]


def test_only_marts_and_audit_are_published(ready):
    """With their comments; in a format that drivers of DuckDB 1.4 can read."""
    published, built = published_database(ready.database), ready.database
    schemas = "select distinct schema_name from duckdb_tables() order by 1"
    assert query(published, schemas) == [("audit",), ("marts",)]
    assert query(published, "select count(*) from duckdb_views() where not internal") == [(0,)]
    comments = (
        "select {0}.schema_name, {0}.table_name, {1} from duckdb_{0}() as {0}"
        " where {0}.schema_name in ('marts', 'audit') and {0}.table_name <> 'publication'"
        " order by all"
    )
    for names in (("tables", "comment"), ("columns", "column_name, data_type, comment")):
        found = query(published, comments.format(*names))
        assert found == query(built, comments.format(*names))
        assert all(row[-1] for row in found)
    (version,) = query(
        published, "select tags['storage_version'] from duckdb_databases() where not internal"
    )
    assert version[0].startswith("v1.4.0")
    # the build database keeps everything, so that one model can be run again
    assert query(built, "select count(*) from staging.stg_shop__orders") == [(11,)]


def test_no_block_of_the_published_file_holds_other_models(ready, database):
    with closing(open_exclusively(database)) as connection:
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.of_mine as select 'only-in-the-build' as a")
        connection.execute("checkpoint")
    publish(database, public_tables(database))
    assert b"only-in-the-build" in database.read_bytes()
    assert b"only-in-the-build" not in published_database(database).read_bytes()


def test_marts_that_the_project_no_longer_has_are_not_published(ready, database):
    with closing(open_exclusively(database)) as connection:
        connection.execute("create table marts.rpt_of_old as select 1 as a")
    publish(database, public_tables(ready.files[0]))
    assert state(published_database(database)) == ready.states[0]


def test_write_ahead_log_of_a_killed_process_is_published(database):
    code = (
        "import duckdb, os, sys; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute('create table marts.fct_late as select 7 as a'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(database)], check=False)
    assert database.with_name("analytics.duckdb.wal").exists()
    publish(database, {*public_tables(database), "marts.fct_late"})
    assert query(published_database(database), "select a from marts.fct_late") == [(7,)]


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_published_files_keep_their_permissions(mask, ready, database):
    published = published_database(database)
    files = (published, manifest_file(published))
    for file, mode in zip(files, (0o640, 0o604), strict=True):
        file.chmod(mode)
    groups = [file.stat().st_gid for file in files]
    before = os.umask(mask)
    try:
        assert publish_second(database, ready) == 0
    finally:
        os.umask(before)
    assert state(published) == ready.states[1]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o640, 0o604]
    assert [file.stat().st_gid for file in files] == groups


# -- shrunken inputs ------------------------------------------------------------------------------


def row(rows: int, accepted: int, amount: str, last: str | None) -> dict[str, Any]:
    return dict(
        zip(LEDGER_COLUMNS, (rows, accepted, amount, last), strict=True),
    )


LEDGER_COLUMNS = ("rows_in", "rows_accepted", "amount_accepted", "last_date")
BEFORE = row(1000, 900, "500.00", "2024-03-31")


@pytest.mark.parametrize(
    ("now", "bounds", "said"),
    [
        # exactly a fifth less, and six days: permitted
        (row(800, 720, "400.00", "2024-03-25"), Bounds(), None),
        (row(799, 720, "400.00", "2024-03-31"), Bounds(), "rows: 1,000, now 799"),
        (row(1000, 719, "400.00", "2024-03-31"), Bounds(), "accepted rows: 900, now 719"),
        (row(1000, 900, "399.99", "2024-03-31"), Bounds(), "amount: 500, now 399.99"),
        (row(1000, 900, "500", "2024-03-24"), Bounds(), "last day: 2024-03-31, now 2024-03-24"),
        (row(1000, 900, "500", None), Bounds(), "last day: 2024-03-31, now none"),
        (row(700, 700, "350", "2024-03-01"), Bounds(30, 31), None),
        (row(700, 629, "350", "2024-03-31"), Bounds(30, 31), "accepted rows: 900, now 629"),
        (row(0, 0, "0", None), Bounds(accept=True), None),
        # what grows is no concern of the guard
        (row(5000, 5000, "9000", "2026-01-01"), Bounds(), None),
        # manifests of earlier versions have no last day
        (BEFORE, Bounds(0, 1), None),
    ],
)
def test_bounds_of_the_guard(now, bounds, said):
    """Over 20 % fewer rows or less money, or a last day at least 7 days back."""
    if said is None:
        refuse_shrunk({"orders": BEFORE}, {"orders": now}, bounds)
        return
    with pytest.raises(ShrunkInputs) as stop:
        refuse_shrunk(
            {"orders": BEFORE, "events": BEFORE}, {"orders": now, "events": BEFORE}, bounds
        )
    (line,) = stop.value.args
    assert f"orders has shrunk since the last publication ({said})" in line
    assert "--accept-shrink" in line


def test_guard_compares_what_earlier_manifests_have():
    """An input that is gone has shrunk; without a last day only rows and money count."""
    earlier = {name: value for name, value in BEFORE.items() if name != "last_date"}
    refuse_shrunk({"orders": earlier}, {"orders": row(1000, 900, "500", "2020-01-01")}, Bounds())
    with pytest.raises(ShrunkInputs, match=r"rows: 1,000, now 0.*amount: 500, now 0"):
        refuse_shrunk({"orders": earlier}, {}, Bounds())


def shrunken(ready: Ready, folder: Path) -> Path:
    """The second build, of an export with 3 of 13 orders and no events; 5 events were published."""
    file = folder / "shrunken" / "analytics.duckdb"
    file.parent.mkdir()
    shutil.copyfile(ready.files[1], file)
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute(
            "update audit.audit_row_ledger set rows_in = 3, rows_accepted = 3,"
            " amount_accepted = 6.75, last_date = date '2024-03-03' where input = 'orders'"
        )
    return file


def test_shrunken_inputs_are_not_published(database, ready, tmp_path, capfd, monkeypatch):
    file = shrunken(ready, tmp_path)
    manifest = manifest_file(published_database(database))
    text = manifest.read_text(encoding="utf-8")
    # as if events had been published, which the second build does not have
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute(
            "update audit.audit_row_ledger set rows_in = 5, rows_accepted = 4"
            " where input = 'events'"
        )
    publish(database, public_tables(database))
    before = state(published_database(database))
    with pytest.raises(SystemExit) as stop:
        publish_ready(database, file)
    assert stop.value.code == 1
    lines = capfd.readouterr().err.splitlines()
    assert [line.split(" not published: ")[1].split(" has ")[0] for line in lines] == [
        "events",
        "orders",
    ]
    assert "(rows: 5, now 0; accepted rows: 4, now 0)" in lines[0]
    assert (
        "(rows: 12, now 3; accepted rows: 10, now 3; amount: 57.50, now 6.75;"
        " last day: 2024-03-10, now 2024-03-03)" in lines[1]
    )
    assert all(line.startswith("Error: ") and "--accept-shrink" in line for line in lines)
    assert state(published_database(database)) == before
    assert names(database.parent / "live") == {"analytics.duckdb", "analytics.duckdb.json"}
    # once with the switch; the figures of that build are then those to compare with
    with pytest.raises(SystemExit) as stop:
        publish_ready(database, file, options=["--accept-shrink"])
    assert stop.value.code == 0
    assert publish_second(database, ready) == 0
    with pytest.raises(SystemExit) as stop:
        publish_ready(database, file, options=["--shrink-percent", "95", "--shrink-days", "9"])
    assert stop.value.code == 0
    assert text != manifest.read_text(encoding="utf-8")


# -- raw files that change ------------------------------------------------------------------------


def replaced(file: Path) -> None:
    """By a file of the same size and time, as tools do that keep times."""
    status = file.stat()
    other = file.with_name("other")
    shutil.copyfile(file, other)
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(file)


def appended(file: Path) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write("o99,c1,2024-03-05 12:00:00,1.00\n")


def joined_by_another(file: Path) -> None:
    (file.parent / "refunds.csv").write_text("refund_id,refunded_at,refund_amount\n")


@pytest.mark.parametrize("change", [replaced, appended, Path.unlink, joined_by_another])
@pytest.mark.parametrize("fails", [False, True])
def test_raw_files_that_change_stop_the_build(
    change, fails, database, ready, tmp_path, capfd, monkeypatch
):
    raw = tmp_path / "raw"
    shutil.copytree(ready.shops[1], raw)

    def run(_arguments):
        change(raw / "orders.csv")
        if fails:
            raise FailedTests("half a file", [])
        shutil.copyfile(ready.files[1], database)
        return public_tables(database)

    monkeypatch.setattr(build, "_run", run)
    arguments = ["build", "--database", str(database), "--data", str(raw)]
    assert run_cli(arguments, monkeypatch) == 1
    one_line(capfd, str(raw), "changed during the build", "run the build again")
    assert state(published_database(database)) == ready.states[0]


def test_other_files_may_change(database, ready, tmp_path, monkeypatch):
    raw = tmp_path / "raw"
    shutil.copytree(ready.shops[1], raw)

    def run(_arguments):
        (raw / "notes.txt").write_text("read by nobody", encoding="utf-8")
        shutil.copyfile(ready.files[1], database)
        return public_tables(database)

    monkeypatch.setattr(build, "_run", run)
    arguments = ["build", "--database", str(database), "--data", str(raw)]
    assert run_cli(arguments, monkeypatch) == 0
    assert state(published_database(database)) == ready.states[1]


def test_exports_that_change_stop_the_conversion(tmp_path):
    (tmp_path / "orders.json").write_text("[]", encoding="utf-8")
    with (
        pytest.raises(FileError, match="changed during the build"),
        unchanged(lambda: exports_of(tmp_path)),
    ):
        (tmp_path / "orders.json").write_text("[1]", encoding="utf-8")


# -- readers --------------------------------------------------------------------------------------

READER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    print(connection.execute("select count(*) from marts.fct_orders").fetchone()[0], flush=True)
"""


@contextmanager
def reader(published: Path) -> Iterator[Callable[[], int]]:
    """Another process that has the published database open and counts the orders when asked."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(published)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def count() -> int:
        process.stdin.write("\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    with process:
        yield count
        process.stdin.close()


def test_open_connections_keep_the_old_marts(ready, database):
    with reader(published_database(database)) as count:
        assert count() == 10
        assert publish_second(database, ready) == 0
        assert count() == 10
        with reader(published_database(database)) as recount:
            assert recount() == 11
    assert state(published_database(database)) == ready.states[1]


def test_changes_by_clients_are_lost_with_the_next_build(ready, database):
    published = published_database(database)
    code = (
        "import duckdb, os, sys; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute('delete from marts.fct_orders'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(published)], check=False)
    assert query(published, "select count(*) from marts.fct_orders") == [(0,)]
    assert publish_second(database, ready) == 0
    assert state(published) == ready.states[1]


# -- builds that are not published ----------------------------------------------------------------


def test_failing_data_test_keeps_the_published_marts(database, ready, tmp_path, capfd, monkeypatch):
    project = copy_project(tmp_path / "project")
    (project / "tests" / "no_second_order.sql").write_text(
        "select order_id from {{ ref('fct_orders') }} where order_id = 'o11'", encoding="utf-8"
    )
    monkeypatch.setattr(dbt_runs, "PROJECT", project)
    monkeypatch.setenv("DBT_PROFILES_DIR", str(project))
    monkeypatch.setenv("ANALYTICS_DB", str(database))
    log = tmp_path / "logs" / "dbt.log"
    monkeypatch.setenv("DBT_LOG_PATH", str(log.parent))
    before = manifest_file(published_database(database)).read_text(encoding="utf-8")
    assert run_cli(["build", "--data", str(ready.shops[1])], monkeypatch) == 1
    one_line(capfd, "fct_orders", "test no_second_order failed", f"see {log}")
    assert "no_second_order" in log.read_text(encoding="utf-8")
    # what reads fct_orders was not built again: by now the build database is of two builds
    assert state(database) not in ready.states
    assert state(published_database(database)) == ready.states[0]
    assert manifest_file(published_database(database)).read_text(encoding="utf-8") == before


def test_failing_build_completes_an_interrupted_publication(database, capfd, monkeypatch):
    """Killed between the two files, a publication leaves its manifest in the database only."""
    manifest = manifest_file(published_database(database))
    text = manifest.read_text(encoding="utf-8")
    leftover = database.parent / "live" / ".analytics.duckdb.unfinished"
    leftover.mkdir()
    (leftover / "analytics.duckdb").touch()
    manifest.unlink()

    def fail(_arguments):
        raise DbtFailure("no orders")

    monkeypatch.setattr(build, "_run", fail)
    assert run_cli(["build", "--database", str(database)], monkeypatch) == 1
    one_line(capfd, "no orders")
    assert manifest.read_text(encoding="utf-8") == text
    assert names(database.parent / "live") == {"analytics.duckdb", "analytics.duckdb.json"}


def test_concurrent_build_of_the_same_database_is_refused(database, ready, capfd):
    with build_lock(database):
        assert publish_second(database, ready) == 1
    one_line(capfd, "another build", str(database), f"(process {os.getpid()})")
    assert state(published_database(database)) == ready.states[0]
    assert publish_second(database, ready) == 0


def test_builds_of_two_databases_in_one_folder_are_independent(database, ready, tmp_path):
    other = tmp_path / "other.duckdb"
    with build_lock(database):
        assert publish_second(other, ready) == 0
    assert names(database.parent / "live") == {
        "analytics.duckdb",
        "analytics.duckdb.json",
        "other.duckdb",
        "other.duckdb.json",
    }


def test_database_open_in_another_program_is_named(database, ready, capfd):
    with reader(database) as count:
        assert count() == 10
        assert publish_second(database, ready) == 1
    one_line(capfd, f"{database} is open in another program", "process ", "close it there")
    assert publish_second(database, ready) == 0


def test_building_the_published_database_is_refused(database, ready, capfd):
    assert publish_second(published_database(database), ready) == 1
    one_line(capfd, "folder live", str(database))
    assert state(published_database(database)) == ready.states[0]


# -- damaged files --------------------------------------------------------------------------------


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path) -> None:
    os.truncate(file, 0)


def overwritten(file: Path) -> None:
    file.write_bytes(b"order_id,paid_amount\n" * 1000)


def no_blocks(file: Path) -> None:
    """Every block behind the headers, so that DuckDB opens the file but cannot read its tables."""
    with file.open("r+b") as stream:
        for start in range(3 * 4096 + 100, file.stat().st_size, 4096):
            stream.seek(start)
            stream.write(b"no block")


def damaged_copy(database: Path) -> Path:
    """The damaged file, in whose place no file is left."""
    assert not database.exists()
    (aside,) = (file for file in database.parent.glob("analytics.duckdb.damaged-*[0-9]"))
    return aside


def test_damaged_database_is_renamed(database, capfd):
    cut(database)
    damaged = database.read_bytes()
    prepare(database)
    (line,) = capfd.readouterr().err.splitlines()
    assert f"{database} is corrupted" in line and "building a new one" in line
    assert damaged_copy(database).name in line
    assert damaged_copy(database).read_bytes() == damaged


@pytest.mark.parametrize("place", [".", "live"])
@pytest.mark.parametrize("change", [empty, overwritten])
def test_files_of_other_programs_are_refused(place, change, database, ready, capfd):
    """At once, and without a change: only a file with DuckDB's mark is ever replaced."""
    other = database.parent / place / database.name
    change(other)
    content = other.read_bytes()
    files = set(database.parent.rglob("*"))
    assert publish_second(database, ready) == 1
    one_line(capfd, f"{other} is not a DuckDB database", "--database", "move this one")
    assert other.read_bytes() == content
    assert set(database.parent.rglob("*")) == files


NAMES = {"a'b.duckdb": False, 'a"b.duckdb': False, "a;b.duckdb": False, "temp.duckdb": False}
NAMES |= {"what?/a.duckdb": False, "no #1/a.duckdb": False}
NAMES |= {"a b-1.ü.duckdb": True, "it's/a.duckdb": True, "商店.db": True}


@pytest.mark.parametrize("name", NAMES)
def test_names_that_dbt_cannot_build_are_refused(name, tmp_path, ready, capfd, monkeypatch):
    """The others publish; dbt builds them too (tried by hand, because each takes a minute)."""
    file = tmp_path / name
    if NAMES[name]:
        assert publish_second(file, ready) == 0
        assert state(published_database(file)) == ready.states[1]
    else:
        assert run_cli(["build", "--database", str(file)], monkeypatch) == 1
        one_line(capfd, str(file), "--database" if "/" in name else "choose a file name")
        assert list(tmp_path.iterdir()) == []


def test_database_of_a_newer_duckdb_is_named(database, ready, capfd):
    """The header says which version wrote the file; its checksum is DuckDB's."""
    content = bytearray(database.read_bytes())
    content[12:20] = (99).to_bytes(8, "little")
    checksum = 5381
    for position in range(8, 4096, 8):
        word = int.from_bytes(content[position : position + 8], "little")
        checksum ^= word * 0xBF58476D1CE4E5B9 % 2**64
    content[:8] = checksum.to_bytes(8, "little")
    database.write_bytes(content)
    assert publish_second(database, ready) == 1
    one_line(capfd, f"{database} was written by a newer DuckDB", "99", duckdb.__version__)
    assert database.read_bytes() == content


def test_spill_files_of_a_killed_process_are_removed(database, ready):
    left = database.with_name("analytics.duckdb.tmp")
    left.mkdir()
    (left / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    prepare(database)
    assert not left.exists()
    assert state(database) == ready.states[0]


def test_mismatched_log_is_renamed_with_its_database(database, ready, capfd):
    code = (
        "import duckdb, os, shutil, sys; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute('create table marts.late as select 7 as a');"
        "connection.execute('checkpoint');"
        "connection.execute('insert into marts.late values (8)'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(database)], check=False)
    shutil.copyfile(ready.files[0], database)
    prepare(database)
    assert "is corrupted" in capfd.readouterr().err
    assert damaged_copy(database).with_name(damaged_copy(database).name + ".wal").exists()


@contextmanager
def failing_first(database: Path, failure: DbtFailure, ready: Ready) -> Iterator[list[bool]]:
    """dbt fails, and builds the second shop if it is run once more; whether a file was there."""
    found: list[bool] = []

    def run(_arguments):
        found.append(database.exists())
        if len(found) == 1:
            raise failure
        shutil.copyfile(ready.files[1], database)
        return public_tables(database)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "prepare", lambda *_: None)
        patch.setattr(build, "_run", run)
        yield found


def test_damage_during_a_build_restarts_the_build(database, ready, monkeypatch, capfd):
    # DuckDB still opens it where the blocks of its catalog are whole
    no_blocks(database)
    assert is_damaged(database)
    with failing_first(database, DbtFailure("fct_orders: cannot be read"), ready) as found:
        assert run_cli(["build", "--database", str(database)], monkeypatch) == 0
    assert found == [True, False]
    assert "is corrupted" in capfd.readouterr().err
    assert state(published_database(database)) == ready.states[1]


def test_unreadable_table_is_damage(tmp_path):
    """The catalog is whole, so DuckDB opens the file without a complaint."""
    file = tmp_path / "analytics.duckdb"
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute("create table filled as select hash(range) as a from range(1000000)")
        connection.execute("create table small as select 1 as a")
    assert not is_damaged(file)
    with file.open("r+b") as stream:
        stream.seek(file.stat().st_size // 3)
        stream.write(b"no block")
    open_exclusively(file).close()
    assert is_damaged(file)


@pytest.mark.parametrize("failure", [DbtFailure, partial(FailedTests, nodes=[])])
def test_other_failures_keep_the_database(failure, database, ready, monkeypatch, capfd):
    """What DuckDB says of a broken raw file is what it says of a broken database."""
    said = 'Could not read enough bytes from file "/exports/orders.parquet": attempted to read 8'
    # the seeds, whose failed tests a message also names, are not built here
    monkeypatch.setattr(build, "_failed_tests", lambda failure, _variables: [failure])
    monkeypatch.setattr(build, "describe", lambda failures, _file: str(failures[0]))
    with failing_first(database, failure(said), ready) as found:
        assert run_cli(["build", "--database", str(database)], monkeypatch) == 1
    assert found == [True]
    one_line(capfd, "orders.parquet")
    assert state(database) == ready.states[0]


# -- disks ----------------------------------------------------------------------------------------


def limited(size: int) -> Callable[[], None]:
    """No file of the process may grow beyond a size, as if the disk were full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_full_disk_while_publishing(database, ready):
    # the build database exists already, but there is no space for its copy
    shutil.copyfile(ready.files[1], database)
    done = subprocess.run(
        [sys.executable, PUBLISHING, database, database],
        preexec_fn=limited(database.stat().st_size - 100_000),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "built and tested, but not published" in line and "free disk space there" in line
    assert state(published_database(database)) == ready.states[0]
    assert names(database.parent / "live") == {"analytics.duckdb", "analytics.duckdb.json"}
    assert publish_second(database, ready) == 0
    assert state(published_database(database)) == ready.states[1]


def test_full_disk_while_building(ready, tmp_path):
    database = tmp_path / "analytics.duckdb"
    shutil.copyfile(ready.files[0], database)
    publish(database, public_tables(database))
    database.unlink()
    done = subprocess.run(
        [*COMMAND, "--data", str(ready.shops[1])],
        cwd=PROJECT,
        env=ready.environment(ANALYTICS_DB=str(database)),
        # room for what dbt keeps of the project, but not for the database
        preexec_fn=limited(8_000_000),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ") and os.strerror(errno.EFBIG) in line
    assert state(published_database(database)) == ready.states[0]


@pytest.mark.parametrize("place", [".", "live"])
def test_read_only_folder_stops_before_the_build(place, ready, capfd):
    # pytest's own folders are closed to the user that root becomes here
    folder = Path(tempfile.mkdtemp(prefix="publish"))
    database = folder / "analytics.duckdb"
    try:
        shutil.copyfile(ready.files[0], database)
        publish(database, public_tables(database))
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777)
        (folder / place).chmod(0o555)
        with no_privileges():
            assert publish_second(database, ready) == 1
        one_line(capfd, f"{folder / place} cannot be written (Permission denied)", "--database")
        assert state(published_database(database)) == ready.states[0]
        assert state(database) == ready.states[0]
    finally:
        (folder / place).chmod(0o777)
        shutil.rmtree(folder)


@contextmanager
def no_privileges() -> Iterator[None]:
    """Permissions do not bind root."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_make_clean_keeps_the_published_marts(database, ready, tmp_path):
    for folder in ("build/live", "target", "logs"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(published_database(database), tmp_path / "build/live/analytics.duckdb")
    (tmp_path / "build/analytics.duckdb").touch()
    command = ["make", "-f", str(PROJECT / "Makefile"), "clean"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert names(tmp_path / "build") == {"live"}
    assert state(tmp_path / "build/live/analytics.duckdb") == ready.states[0]
    assert not (tmp_path / "target").exists()


# -- kills ----------------------------------------------------------------------------------------


def check_published(database: Path, ready: Ready) -> int:
    """The published marts are those of one of the two builds, and no manifest says otherwise."""
    published = published_database(database)
    found = state(published)
    assert found in ready.states
    manifest = manifest_file(published)
    if manifest.exists():
        text = manifest.read_text(encoding="utf-8")
        assert query(published, "select manifest from audit.publication") == [(text,)]
        rows = json.loads(text)["rows"]
        assert rows == {name: count for name, (count, _) in found.items()}
    return ready.states.index(found)


def start(*arguments: str | Path, environment: dict[str, str]) -> subprocess.Popen:
    """Start Python as the leader of a process group of its own."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )


def test_kill_before_each_file_operation_leaves_a_whole_build(database, ready):
    """Kills before the first change on the disk, then before the second, until none is left."""
    seen, kills = [], 0
    while True:
        shop_now = kills % 2
        process = start(
            PUBLISHING, database, ready.files[shop_now], str(kills), environment=os.environ.copy()
        )
        process.communicate()
        seen.append(check_published(database, ready))
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        kills += 1
    assert kills >= 10
    assert set(seen) == {0, 1}
    # the next run has finished or removed whatever the killed ones had begun
    assert seen[-1] == shop_now
    assert names(database.parent / "live") == {"analytics.duckdb", "analytics.duckdb.json"}


def test_kills_during_publication(database, ready):
    process = start(PUBLISHING, database, ready.files[1], environment=os.environ.copy())
    assert process.stdout.readline() == "built\n"
    began = time.monotonic()
    process.communicate()
    duration = time.monotonic() - began
    assert check_published(database, ready) == 1
    for kill in range(5):
        process = start(PUBLISHING, database, ready.files[kill % 2], environment=os.environ.copy())
        assert process.stdout.readline() == "built\n"
        time.sleep(duration * kill / 5)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        check_published(database, ready)
    assert publish_second(database, ready) == 0
    assert check_published(database, ready) == 1
    assert names(database.parent / "live") == {"analytics.duckdb", "analytics.duckdb.json"}


def steps_done(log: Path) -> float:
    """The share of a running build's steps that dbt's log names."""
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    steps = re.findall(r" (\d+) of (\d+) (?:START|OK|PASS) (?!hook)", text)
    return int(steps[-1][0]) / int(steps[-1][1]) if steps else 0


def test_kills_during_a_build(ready, tmp_path):
    """The real command: early, among the models, and among the last marts."""
    for part in (0.01, 0.4, 0.9):
        logs = tmp_path / str(part)
        environment = ready.environment(DBT_LOG_PATH=str(logs))
        process = start(*COMMAND[1:], "--data", ready.shops[0], environment=environment)
        while process.poll() is None and steps_done(logs / "dbt.log") < part:
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert part <= steps_done(logs / "dbt.log") < 1
        check_published(ready.database, ready)
    ready.build(ready.shops[0])
    assert check_published(ready.database, ready) == 0
    assert names(published_database(ready.database).parent) == {
        "analytics.duckdb",
        "analytics.duckdb.json",
    }
