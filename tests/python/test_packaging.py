"""What is installed, what a command imports, and that versions and locks agree."""

import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from customer_analytics import __version__
from customer_analytics.contract import PROJECT

sys.path.insert(0, str(PROJECT / "requirements"))
from install import pip_settings, uv_environment

# name, version, and the rest: a marker, and hashes on lines of their own
PIN = re.compile(r"^([\w.-]+)==([^ ;]+)(.*(?:\n    --hash=\S+( \\)?)*)", re.MULTILINE)
LOCKS = sorted((PROJECT / "requirements").glob("*.txt"))
# the modules that a command imports when it runs; a build writes the report as well
COMMANDS = {
    "check": "customer_analytics.check",
    "convert": "customer_analytics.convert",
    "report": "customer_analytics.report.site",
    "build": "customer_analytics.build",
    "actions": "customer_analytics.actions",
    "fit": "customer_analytics.fit",
    "simulate": "customer_analytics.simulator.shop",
}
ALSO = {"build": {"report"}}
# on POSIX systems only
POSIX = ("fcntl", "grp", "pwd", "resource", "termios")
HEAVY = ("dbt", "dbt_common", "duckdb", "numpy", "pandas", "plotly", "pyarrow", "scipy", "sklearn")


def python(code: str) -> str:
    """What Python prints, in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(
        command, cwd=PROJECT, check=True, capture_output=True, text=True, timeout=120
    ).stdout


def imported_by(statement: str) -> set[str]:
    """The modules in memory after a statement."""
    return set(python(f"{statement}\nimport sys; print('\\n'.join(sys.modules))").splitlines())


# -- versions and locks ---------------------------------------------------------------------------


def test_all_version_numbers_are_equal() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    dbt = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["version"] == dbt["version"] == __version__


def test_lock_files_agree_and_contain_no_url() -> None:
    """Every package has a hash and the same version in all lock files."""
    assert {lock.stem for lock in LOCKS} >= {"build", "dev", "install", "postgres", "spark"}
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text and "index-url" not in text, lock
        pins = re.findall(
            r"^([\w.-]+)==([^ ;]+)(.*(?:\n    --hash=\S+( \\)?)*)", text, re.MULTILINE
        )
        assert pins, lock
        for name, version, rest, _ in pins:
            assert "--hash=sha256:" in rest, f"{lock}: {name}"
            marker = rest.split("\\")[0].strip()
            versions.setdefault(f"{name} {marker}", set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_licences_of_all_locked_packages_are_listed() -> None:
    """Each package with its versions and lock files, and no other."""
    locked: dict[str, tuple[set[str], set[str]]] = {}
    for lock in LOCKS:
        for name, version, _, _ in PIN.findall(lock.read_text(encoding="utf-8")):
            versions, files = locked.setdefault(name, (set(), set()))
            versions.add(version)
            files.add(lock.stem)
    text = (PROJECT / "docs" / "licences.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in row[1:-1].split("|")] for row in text.splitlines() if "|" in row
    ]
    listed = {
        name: (set(versions.split(", ")), set(files.split(", ")))
        for name, versions, licence, files in rows[2:]
        if licence
    }
    assert len(listed) == len(rows) - 2
    assert listed == locked, "run make licences"


def test_build_lock_excludes_other_warehouses_and_test_tools() -> None:
    build, dev = ((PROJECT / f"requirements/{name}.txt").read_text() for name in ("build", "dev"))
    for package in ("dbt-postgres", "pandas", "pytest", "sqlfluff", "playwright", "dbt-metricflow"):
        assert f"\n{package}==" in f"\n{dev}"
        assert f"\n{package}==" not in f"\n{build}"


def test_uv_uses_the_settings_of_pip() -> None:
    listed = "\n".join(
        [
            ":env:.index-url='https://packages.example.com/simple'",
            "freeze.timeout='1'",
            "global.cert='/etc/company.pem'",
            "global.index-url='https://other.example.com/simple'",
            "global.timeout='60'",
        ]
    )
    settings = pip_settings(listed)
    environment = uv_environment(settings, {"PATH": "/bin"})
    assert environment == {
        "PATH": "/bin",
        "UV_DEFAULT_INDEX": "https://packages.example.com/simple",
        "SSL_CERT_FILE": "/etc/company.pem",
        "UV_HTTP_TIMEOUT": "60",
    }
    # settings of uv itself take precedence
    assert uv_environment(settings, {"UV_DEFAULT_INDEX": "x"})["UV_DEFAULT_INDEX"] == "x"
    assert uv_environment({}, {}) == {"UV_HTTP_TIMEOUT": "180"}


def test_wheel_contains_the_files_of_the_report(tmp_path: Path) -> None:
    hatchling = Path(sysconfig.get_path("scripts")) / "hatchling"
    command = [str(hatchling), "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        (entry_points,) = (name for name in held if name.endswith("entry_points.txt"))
        scripts = archive.read(entry_points).decode()
    package = PROJECT / "customer_analytics"
    files = {
        file.relative_to(PROJECT).as_posix()
        for file in package.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert {Path(file).suffix for file in files} == {".py", ".css", ".js", ".j2", ".sql", ".yml"}
    assert files == {name for name in held if name.startswith("customer_analytics/")}
    assert "customer-analytics = customer_analytics.cli:main" in scripts


# -- imports --------------------------------------------------------------------------------------


def test_help_imports_no_library_of_a_command() -> None:
    code = "from customer_analytics.cli import cli; cli(['--help'], standalone_mode=False)"
    found = imported_by(code)
    assert found.isdisjoint(HEAVY)
    assert found.isdisjoint(COMMANDS.values())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_does_not_import_the_others(command: str) -> None:
    found = imported_by(f"import {COMMANDS[command]}")
    others = {name for name in COMMANDS if name != command} - ALSO.get(command, set())
    assert found.isdisjoint(COMMANDS[name] for name in others)
    if command not in ("fit", "simulate"):
        # dbt takes seconds, and is there when it runs
        assert found & set(HEAVY) <= {"duckdb"}


def test_commands_import_without_posix_modules() -> None:
    python(
        f"""
import importlib, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in {POSIX}:
            raise ModuleNotFoundError(f"no module {{name}} here", name=name)

for name in {POSIX}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Hidden())
for name in {("customer_analytics.cli", *COMMANDS.values(), "dbt.cli.main")}:
    importlib.import_module(name)
"""
    )
