"""Readers see whole builds that passed their tests, whatever happens to a build.

Two shops are built once by the real command. Most tests then put one of the ready files in the
place of dbt's work (publishing.py), because what happens around dbt is what they are about.
"""

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pytest
from publishing import public_tables, publish_ready
from small_builds import query, set_places
from test_bad_input import run_cli
from warehouse import copy_project, write_shop

from customer_analytics import build, dbt_runs
from customer_analytics.contract import PROJECT
from customer_analytics.dbt_runs import DbtFailure
from customer_analytics.publish import live_file, manifest_file, publish
from customer_analytics.working_file import (
    is_damage,
    make_ready,
    only_build,
    open_alone,
)

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
    """What stands in all marts: the number of rows of each, and what they add up to."""
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
        self.working = folder / "analytics.duckdb"
        self.shops = [shop(folder / "first", 10), shop(folder / "second", 11)]
        self.printed, self.files, self.states = [], [], []
        for number, raw in enumerate(self.shops):
            self.printed.append(self.build(raw).stdout)
            # under its own name, because views hold the name of the catalog
            self.files.append(folder / f"ready{number}" / self.working.name)
            self.files[-1].parent.mkdir()
            shutil.copyfile(live_file(self.working), self.files[-1])
            self.states.append(state(self.files[-1]))

    def environment(self, **others: str) -> dict[str, str]:
        """Where the command puts its files."""
        places = {"DBT_TARGET_PATH": "target", "DBT_LOG_PATH": "logs"}
        own = {name: str(self.folder / place) for name, place in places.items()}
        return os.environ | {"ANALYTICS_DB": str(self.working)} | own | others

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
    """Both builds, and what stands in them."""
    builds = Ready(tmp_path_factory.mktemp("ready"))
    assert builds.states[0] != builds.states[1]
    return builds


@pytest.fixture
def working(tmp_path, ready, monkeypatch) -> Path:
    """The place of a file to build, where the first of the two builds has been published."""
    working = set_places(monkeypatch, tmp_path, ready.shops[0]).with_name("analytics.duckdb")
    shutil.copyfile(ready.files[0], working)
    publish(working, public_tables(working))
    assert state(live_file(working)) == ready.states[0]
    return working


def publish_second(working: Path, ready: Ready) -> int:
    """Let the command find the second build ready made; return its exit status."""
    with pytest.raises(SystemExit) as stop:
        publish_ready(working, ready.files[1])
    return stop.value.code


def one_line(capfd, *fragments: str) -> None:
    """The only line on the screen's error side says all of it."""
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("Error: ") and all(part in line for part in fragments), line


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# -- what is published ----------------------------------------------------------------------------


def test_a_build_is_published_with_its_manifest(ready):
    live = live_file(ready.working)
    assert str(live) in ready.printed[1]
    assert state(live) == state(ready.working) == ready.states[1]
    assert names(live.parent) == {"analytics.duckdb", "analytics.duckdb.json"}
    assert not ready.working.with_name("analytics.duckdb.wal").exists()
    text = manifest_file(live).read_text(encoding="utf-8")
    assert query(live, "select manifest from audit.publication") == [(text,)]
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
        "newest_loaded_at": None,
    }
    assert manifest["rows"]["marts.fct_orders"] == 11
    assert manifest["rows"]["audit.audit_rejected_rows"] == 2
    models = {f"marts.{file.stem}" for file in (PROJECT / "models/marts").rglob("*.sql")}
    assert {name.replace("audit.", "marts.") for name in manifest["rows"]} == models
    built = json.loads((ready.folder / "target/run_results.json").read_text(encoding="utf-8"))
    assert manifest["build_id"] == built["metadata"]["invocation_id"]


def test_the_views_of_the_live_file_work(ready):
    assert query(live_file(ready.working), "select count(*) from staging.stg_shop__orders") == [
        (11,)
    ]


def test_marts_that_the_project_no_longer_has_are_not_published(ready, working):
    with closing(open_alone(working)) as connection:
        connection.execute('create table marts."rpt of old" as select 1 as a')
        connection.execute("create table intermediate.of_mine as select 1 as a")
    publish(working, public_tables(ready.files[0]))
    assert state(live_file(working)) == ready.states[0]
    assert query(live_file(working), "select * from intermediate.of_mine") == [(1,)]


def test_what_a_killed_process_left_in_the_log_is_published_too(working):
    code = (
        "import duckdb, os, sys; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute('create table intermediate.late as select 7 as a'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(working)], check=False)
    log = working.with_name("analytics.duckdb.wal")
    assert log.exists()
    publish(working, public_tables(working))
    assert not log.exists()
    assert query(live_file(working), "select a from intermediate.late") == [(7,)]


# -- readers --------------------------------------------------------------------------------------

READER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    print(connection.execute("select count(*) from marts.fct_orders").fetchone()[0], flush=True)
"""


@contextmanager
def reader(live: Path) -> Iterator[Callable[[], int]]:
    """Another process that has the live file open and counts the orders when asked."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(live)],
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


def test_a_reader_keeps_its_marts_and_a_new_one_sees_the_new(ready, working):
    with reader(live_file(working)) as count:
        assert count() == 10
        assert publish_second(working, ready) == 0
        assert count() == 10
        with reader(live_file(working)) as count_anew:
            assert count_anew() == 11
    assert state(live_file(working)) == ready.states[1]


def test_what_a_client_wrote_into_the_live_file_does_not_reach_the_next(ready, working):
    live = live_file(working)
    code = (
        "import duckdb, os, sys; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute('delete from marts.fct_orders'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(live)], check=False)
    assert query(live, "select count(*) from marts.fct_orders") == [(0,)]
    assert publish_second(working, ready) == 0
    assert state(live) == ready.states[1]


# -- builds that are not published ----------------------------------------------------------------


def test_a_failing_test_leaves_the_live_marts(working, ready, tmp_path, capfd, monkeypatch):
    project = copy_project(tmp_path / "project")
    (project / "tests" / "no_second_order.sql").write_text(
        "select order_id from {{ ref('fct_orders') }} where order_id = 'o11'", encoding="utf-8"
    )
    monkeypatch.setattr(dbt_runs, "PROJECT", project)
    monkeypatch.setenv("DBT_PROFILES_DIR", str(project))
    monkeypatch.setenv("ANALYTICS_DB", str(working))
    before = manifest_file(live_file(working)).read_text(encoding="utf-8")
    assert run_cli(["build", "--data", str(ready.shops[1])], monkeypatch) == 1
    rebuilt, failed = capfd.readouterr().err.splitlines()
    # the raw tables lie elsewhere than before: first that, then what failed
    assert "changed: place of the raw tables" in rebuilt
    assert rebuilt.endswith("building everything anew")
    assert "no_second_order" in failed
    assert "Got 1 result" in failed
    # what reads fct_orders was not built again: by now the working file is of two builds
    assert state(working) not in ready.states
    assert state(live_file(working)) == ready.states[0]
    assert manifest_file(live_file(working)).read_text(encoding="utf-8") == before


def test_a_build_that_fails_still_finishes_what_a_killed_one_began(working, capfd, monkeypatch):
    """Killed between the two files, a publication leaves its manifest in the live file only."""
    manifest = manifest_file(live_file(working))
    text = manifest.read_text(encoding="utf-8")
    leftover = working.parent / "live" / ".analytics.duckdb.unfinished"
    leftover.mkdir()
    (leftover / "analytics.duckdb").touch()
    manifest.unlink()

    def fail(_arguments):
        raise DbtFailure("no orders")

    monkeypatch.setattr(build, "_run", fail)
    assert run_cli(["build", "--database", str(working)], monkeypatch) == 1
    one_line(capfd, "no orders")
    assert manifest.read_text(encoding="utf-8") == text
    assert names(working.parent / "live") == {"analytics.duckdb", "analytics.duckdb.json"}


def test_a_second_build_at_once_ends(working, ready, capfd):
    with only_build(working):
        assert publish_second(working, ready) == 1
    one_line(capfd, "another build", str(working), f"(process {os.getpid()})")
    assert state(live_file(working)) == ready.states[0]
    assert publish_second(working, ready) == 0


def test_builds_of_two_files_in_one_folder_do_not_meet(working, ready, tmp_path):
    other = tmp_path / "other.duckdb"
    with only_build(working):
        assert publish_second(other, ready) == 0
    assert names(working.parent / "live") == {
        "analytics.duckdb",
        "analytics.duckdb.json",
        "other.duckdb",
        "other.duckdb.json",
    }


def test_a_file_that_another_program_has_open_is_named_with_it(working, ready, capfd):
    with reader(working) as count:
        assert count() == 10
        assert publish_second(working, ready) == 1
    one_line(capfd, f"{working} is open in another program", "process ", "close it there")
    assert publish_second(working, ready) == 0


def test_the_live_file_itself_is_not_built(working, ready, capfd):
    assert publish_second(live_file(working), ready) == 1
    one_line(capfd, "folder live", str(working))
    assert state(live_file(working)) == ready.states[0]


# -- damaged files --------------------------------------------------------------------------------


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path) -> None:
    os.truncate(file, 0)


def overwritten(file: Path) -> None:
    file.write_bytes(b"order_id,paid_amount\n" * 1000)


@pytest.mark.parametrize("damage", [cut, empty, overwritten])
def test_a_damaged_file_is_set_aside_and_the_live_one_taken(damage, working, ready, capfd):
    damage(working)
    damaged = working.read_bytes()
    make_ready(working, live_file(working))
    (line,) = capfd.readouterr().err.splitlines()
    assert f"{working} is damaged" in line and str(live_file(working)) in line
    (aside,) = working.parent.glob("analytics.duckdb.damaged-*")
    assert aside.read_bytes() == damaged
    assert state(working) == ready.states[0]


def test_what_a_killed_process_put_aside_from_memory_goes(working, ready):
    left = working.with_name("analytics.duckdb.tmp")
    left.mkdir()
    (left / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    make_ready(working, live_file(working))
    assert not left.exists()
    assert state(working) == ready.states[0]


@pytest.mark.parametrize("live_is_damaged", [True, False])
def test_without_a_good_live_file_a_build_starts_from_nothing(live_is_damaged, working, capfd):
    live = live_file(working)
    if live_is_damaged:
        cut(live)
    else:
        live.unlink()
    cut(working)
    make_ready(working, live)
    assert "from nothing" in capfd.readouterr().err
    assert not working.exists()


def test_a_log_that_does_not_fit_its_file_is_set_aside_with_it(working, ready, capfd):
    code = (
        "import duckdb, os, shutil, sys; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute('create table staging.late as select 7 as a');"
        "connection.execute('checkpoint');"
        "connection.execute('insert into staging.late values (8)'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(working)], check=False)
    shutil.copyfile(ready.files[0], working)
    make_ready(working, live_file(working))
    assert "is damaged" in capfd.readouterr().err
    assert len(list(working.parent.glob("analytics.duckdb.damaged-*.wal"))) == 1
    assert state(working) == ready.states[0]


def test_damage_found_while_building_starts_the_build_again(working, ready, monkeypatch, capfd):
    # every block behind the headers, so that the marts cannot be read
    with working.open("r+b") as file:
        for start in range(3 * 4096 + 100, working.stat().st_size, 4096):
            file.seek(start)
            file.write(b"no block")
    with pytest.raises(duckdb.Error) as fault:
        query(working, "select * from marts.fct_orders")
    assert is_damage(str(fault.value), working)
    answers = iter([DbtFailure(f"fct_orders: {fault.value}"), None])
    monkeypatch.setattr(build, "make_ready", lambda *_: None)

    def run(_arguments):
        answer = next(answers)
        if answer:
            raise answer
        assert state(working) == ready.states[0]
        shutil.copyfile(ready.files[1], working)
        return public_tables(working)

    monkeypatch.setattr(build, "_run", run)
    assert run_cli(["build", "--database", str(working)], monkeypatch) == 0
    assert "is damaged" in capfd.readouterr().err
    assert state(live_file(working)) == ready.states[1]


def test_a_broken_raw_file_is_no_damage_of_the_database(working):
    said = 'Could not read enough bytes from file "/exports/orders.parquet": attempted to read 8'
    assert not is_damage(said, working)
    assert is_damage(said.replace("/exports/orders.parquet", str(working)), working)


# -- disks ----------------------------------------------------------------------------------------


def limited(size: int) -> Callable[[], None]:
    """No file of the process may grow beyond a size, as if the disk were full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_disk_that_fills_up_while_publishing(working, ready):
    # the working file stands there already, its copy does not fit
    shutil.copyfile(ready.files[1], working)
    done = subprocess.run(
        [sys.executable, PUBLISHING, working, working],
        preexec_fn=limited(working.stat().st_size - 100_000),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "built and tested, but not published" in line and "make room there" in line
    assert state(live_file(working)) == ready.states[0]
    assert names(working.parent / "live") == {"analytics.duckdb", "analytics.duckdb.json"}
    assert publish_second(working, ready) == 0
    assert state(live_file(working)) == ready.states[1]


def test_a_disk_that_fills_up_while_dbt_builds(ready, tmp_path):
    working = tmp_path / "analytics.duckdb"
    shutil.copyfile(ready.files[0], working)
    publish(working, public_tables(working))
    working.unlink()
    done = subprocess.run(
        [*COMMAND, "--data", str(ready.shops[1])],
        cwd=PROJECT,
        env=ready.environment(ANALYTICS_DB=str(working)),
        # room for what dbt keeps of the project, but not for the database
        preexec_fn=limited(8_000_000),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ") and os.strerror(errno.EFBIG) in line
    assert state(live_file(working)) == ready.states[0]


@pytest.mark.parametrize("place", [".", "live"])
def test_a_folder_that_cannot_be_written_stops_before_the_build(place, ready, capfd):
    # pytest's own folders are closed to the user that root becomes here
    folder = Path(tempfile.mkdtemp(prefix="publish"))
    working = folder / "analytics.duckdb"
    try:
        shutil.copyfile(ready.files[0], working)
        publish(working, public_tables(working))
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777)
        (folder / place).chmod(0o555)
        with no_privileges():
            assert publish_second(working, ready) == 1
        one_line(capfd, f"{folder / place} cannot be written (Permission denied)", "--database")
        assert state(live_file(working)) == ready.states[0]
        assert state(working) == ready.states[0]
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


def test_make_clean_leaves_the_live_marts(working, ready, tmp_path):
    for folder in ("build/live", "target", "logs"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(live_file(working), tmp_path / "build/live/analytics.duckdb")
    (tmp_path / "build/analytics.duckdb").touch()
    command = ["make", "-f", str(PROJECT / "Makefile"), "clean"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert names(tmp_path / "build") == {"live"}
    assert state(tmp_path / "build/live/analytics.duckdb") == ready.states[0]
    assert not (tmp_path / "target").exists()


# -- kills ----------------------------------------------------------------------------------------


def check_live(working: Path, ready: Ready) -> int:
    """The live marts are those of one of the two builds, and no manifest says otherwise."""
    live = live_file(working)
    found = state(live)
    assert found in ready.states
    manifest = manifest_file(live)
    if manifest.exists():
        text = manifest.read_text(encoding="utf-8")
        assert query(live, "select manifest from audit.publication") == [(text,)]
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


def test_a_kill_before_any_change_of_files_leaves_one_of_the_builds(working, ready):
    """Kills before the first change on the disk, then before the second, until none is left."""
    seen, kills = [], 0
    while True:
        shop_now = kills % 2
        process = start(
            PUBLISHING, working, ready.files[shop_now], str(kills), environment=os.environ.copy()
        )
        process.communicate()
        seen.append(check_live(working, ready))
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        kills += 1
    assert kills >= 10
    assert set(seen) == {0, 1}
    # the next run has finished or removed whatever the killed ones had begun
    assert seen[-1] == shop_now
    assert names(working.parent / "live") == {"analytics.duckdb", "analytics.duckdb.json"}


def test_kills_spread_over_the_publication(working, ready):
    process = start(PUBLISHING, working, ready.files[1], environment=os.environ.copy())
    assert process.stdout.readline() == "built\n"
    began = time.monotonic()
    process.communicate()
    duration = time.monotonic() - began
    assert check_live(working, ready) == 1
    for kill in range(20):
        process = start(PUBLISHING, working, ready.files[kill % 2], environment=os.environ.copy())
        assert process.stdout.readline() == "built\n"
        time.sleep(duration * kill / 20)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        check_live(working, ready)
    assert publish_second(working, ready) == 0
    assert check_live(working, ready) == 1
    assert names(working.parent / "live") == {"analytics.duckdb", "analytics.duckdb.json"}


def test_kills_spread_over_a_build(ready):
    """The real command; all but the last without data tests, which write nothing."""
    environment = ready.environment(DBT_RESOURCE_TYPES="model seed")
    arguments = ("-m", "customer_analytics", "build", "--data")
    began = time.monotonic()
    start(*arguments, ready.shops[0], environment=environment).communicate()
    duration = time.monotonic() - began
    assert check_live(ready.working, ready) == 0
    for kill in range(12):
        process = start(*arguments, ready.shops[(kill + 1) % 2], environment=environment)
        time.sleep(duration * (0.25 + 0.065 * kill))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        check_live(ready.working, ready)
    ready.build(ready.shops[1])
    assert check_live(ready.working, ready) == 1
    assert names(live_file(ready.working).parent) == {"analytics.duckdb", "analytics.duckdb.json"}
