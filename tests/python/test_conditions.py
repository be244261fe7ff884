"""Conditions of ordinary users: no environment, no rights, no network. One clear line each."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import skip
from small_builds import ORDERS

from customer_analytics.connections import OPTIONS, connect
from customer_analytics.contract import PROJECT

# for root, so that permissions bind it as they bind the owner of the files
WITHOUT_PRIVILEGES = [
    "setpriv",
    "--inh-caps=-dac_override,-dac_read_search",
    "--bounding-set=-dac_override,-dac_read_search",
]


def command(
    *arguments: str | Path, python: list[str] | None = None, **environment: str
) -> subprocess.CompletedProcess:
    """Run a command of the package in a bare environment, without a home directory."""
    environment = {"PATH": os.defpath, "PYTHONPATH": str(PROJECT)} | environment
    return subprocess.run(
        [*(python or [sys.executable]), "-m", "customer_analytics", *map(str, arguments)],
        # Python looks for the package in the working directory first
        cwd=environment["PYTHONPATH"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def stopped(done: subprocess.CompletedProcess, *fragments: str) -> None:
    """The command ended with one line that says all of it."""
    (line,) = done.stderr.splitlines()
    assert done.returncode == 1
    assert line.startswith("Error: ") and all(part in line for part in fragments), line


# -- no environment -------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["build"], ["check"], ["report"], ["--help"]])
def test_python_without_the_packages(arguments):
    # isolated from the installed packages, as the Python of the system is
    bare = [sys.executable, "-S"]
    stopped(
        command(*arguments, python=bare), "the package ", "run `make build`", ".venv/bin/python"
    )


def test_python_without_a_package_of_one_command(tmp_path):
    """The command line can be imported, dbt cannot."""
    hidden = (
        "import runpy, sys; sys.modules['dbt'] = None; sys.argv[0] = 'customer_analytics';"
        " runpy.run_module('customer_analytics', run_name='__main__')"
    )
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", hidden, "check", str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    stopped(done, "the package dbt", "run `make build`")


# -- no network -----------------------------------------------------------------------------------


def test_no_connection_may_install_extensions(tmp_path):
    """All connections of the package are made in one place; dbt's have the same options."""
    files = (PROJECT / "customer_analytics").rglob("*.py")
    elsewhere = {file.name for file in files if "duckdb.connect(" in file.read_text("utf-8")}
    assert elsewhere == {"connections.py"}
    assert set(OPTIONS.values()) == {False}
    profiles = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    options = profiles["customer_analytics"]["outputs"]["duckdb"]["config_options"]
    assert {name: options[name] for name in OPTIONS} == OPTIONS
    with closing(connect()) as connection:
        for name in OPTIONS:
            query = f"select current_setting('{name}')"
            assert connection.execute(query).fetchall() == [(False,)]
        # formats of raw files need no extension; others would
        connection.execute("select json('[1]'), timezone('Asia/Shanghai', now())")
        with pytest.raises(duckdb.Error) as refused:
            connection.execute("select * from read_xlsx('orders.xlsx')")
        assert "http" not in str(refused.value).lower()


def test_sqlite_files_are_no_database_of_marts(tmp_path):
    """DuckDB would download an extension to open them."""
    published = tmp_path / "live" / "shop.duckdb"
    published.parent.mkdir()
    for file, options in (
        (published, ["report"]),
        (published, ["actions"]),
        (tmp_path / "shop.duckdb", ["report", "--schema", "prod_marts"]),
    ):
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("create table if not exists orders (order_id text)")
            connection.commit()
        content = file.read_bytes()
        done = command(*options, "--database", tmp_path / "shop.duckdb")
        stopped(done, f"{file} is not a DuckDB database")
        assert file.read_bytes() == content


# -- no rights ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def owner() -> list[str]:
    """Python whose user is bound by the permissions of files."""
    if os.geteuid() != 0:
        return [sys.executable]
    if shutil.which("setpriv") is None:
        skip("setpriv is not installed: permissions do not bind root")
    return [*WITHOUT_PRIVILEGES, sys.executable]


@pytest.fixture
def read_only_project(tmp_path: Path) -> Iterator[Path]:
    """A checkout in which nothing can be written; the database and raw files are elsewhere."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT / "customer_analytics", project / "customer_analytics")
    shutil.copytree(PROJECT / "models", project / "models")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT / name, project / name)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/orders.csv").write_text(ORDERS, encoding="utf-8")
    project.chmod(0o555)
    yield project
    project.chmod(0o755)


def test_read_only_project(read_only_project, owner, tmp_path):
    """Each line names the folder and the setting that puts it elsewhere."""
    project = {"python": owner, "PYTHONPATH": str(read_only_project)}
    arguments = ["build", "--data", tmp_path / "raw"]
    done = command(*arguments, **project)
    stopped(done, f"{read_only_project / 'build'} cannot be written", "ANALYTICS_DB")
    arguments += ["--database", tmp_path / "shop.duckdb"]
    done = command(*arguments, **project)
    stopped(done, f"{read_only_project / 'logs'} cannot be written", "set DBT_LOG_PATH")
    done = command(*arguments, **project, DBT_LOG_PATH=str(tmp_path / "logs"))
    stopped(done, f"{read_only_project / 'target'} cannot be written", "set DBT_TARGET_PATH")


def test_unreadable_raw_file(owner, tmp_path):
    """What check and build say of the file; without dbt, which takes half a minute to say it."""
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    file.chmod(0)
    code = "import sys; from customer_analytics.inputs import inspect_folder as look;"
    code += "print(*look(sys.argv[1]).problems, sep='\\n')"
    said = subprocess.check_output([*owner, "-c", code, str(tmp_path)], cwd=PROJECT, text=True)
    problem = f"orders: {file} cannot be read (Permission denied): check permissions"
    (line,) = said.splitlines()
    assert line.startswith(problem)
