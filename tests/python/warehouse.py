"""Builds the project into throw-away databases, inside this process, and reads what came out.

A build in one process costs a third of one from the command line, because dbt is imported and the
project parsed once. Equal builds (same project, data, variables, warehouse) are made once for all
tests of a run, also when they are spread over several processes.
"""

import contextlib
import csv
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from filelock import FileLock

PROJECT = Path(__file__).resolve().parents[2]
SAMPLE = PROJECT / "examples" / "sample"
PUBLIC_SCHEMAS = ("marts", "audit")
QUIET = ["--log-level", "none", "--log-level-file", "none", "--no-send-anonymous-usage-stats"]
# dbt resolves these variables while parsing, so a change of one needs a parse of its own
PARSED_VARS = ("rfm_scoring", "inputs")

Row = tuple[Any, ...]
Rows = list[Mapping[str, Any]]


class BuildFailed(Exception):
    """A build that did not succeed, with what dbt said about it."""


@dataclass(frozen=True)
class Table:
    """The content of one table: its columns, the family of their types, and its rows."""

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[Row, ...]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def select(self, columns: Iterable[str]) -> "Table":
        """The table with some of its columns only."""
        positions = [self.columns.index(column) for column in columns]
        rows = tuple(tuple(row[position] for position in positions) for row in self.rows)
        kinds = tuple(self.kinds[position] for position in positions)
        return Table(tuple(self.columns[position] for position in positions), kinds, rows)

    def where(self, **values: Any) -> "Table":
        """The rows that have these values."""
        wanted = {self.columns.index(name): value for name, value in values.items()}
        rows = tuple(
            row for row in self.rows if all(row[at] == value for at, value in wanted.items())
        )
        return Table(self.columns, self.kinds, rows)


@dataclass
class Build:
    """A finished build in a DuckDB file."""

    database: Path
    _tables: dict[str, Table] = field(default_factory=dict, repr=False)

    def query(self, sql: str) -> list[Row]:
        """The rows of a query."""
        with contextlib.closing(duckdb.connect(str(self.database), read_only=True)) as connection:
            return connection.execute(sql).fetchall()

    def parameters(self) -> list[Row]:
        """The fitted parameters, which other warehouses need to give the same scores."""
        return self.query("select * from marts.fct_model_parameters")

    def tables(self, *schemas: str) -> dict[str, Table]:
        """All tables of the schemas (default: marts and audit) by schema.name."""
        listed = ", ".join(f"'{schema}'" for schema in schemas or PUBLIC_SCHEMAS)
        names = self.query(
            "select table_schema || '.' || table_name from information_schema.tables"
            f" where table_schema in ({listed}) order by 1"
        )
        return {name: self.table(name) for (name,) in names}

    def table(self, name: str) -> Table:
        """One table, such as marts.fct_orders; the schema marts may be left off."""
        name = name if "." in name else f"marts.{name}"
        if name not in self._tables:
            with contextlib.closing(duckdb.connect(str(self.database), read_only=True)) as source:
                source.execute("set TimeZone = 'UTC'")
                cursor = source.execute(f"select * from {name}")
                columns = tuple(column[0] for column in cursor.description)
                kinds = tuple(type_family(str(column[1])) for column in cursor.description)
                self._tables[name] = Table(columns, kinds, tuple(cursor.fetchall()))
        return self._tables[name]

    def rows(self, name: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of a table that have these values, by column name."""
        return self.table(name).where(**values).dicts()

    def by_key(self, name: str, *key: str) -> dict[Any, dict[str, Any]]:
        """The rows of a table by their key (a tuple where it has several columns)."""
        found: dict[Any, dict[str, Any]] = {}
        for row in self.rows(name):
            value = row[key[0]] if len(key) == 1 else tuple(row[column] for column in key)
            assert value not in found, f"{name}: {value} occurs twice"
            found[value] = row
        return found


def type_family(type_name: str) -> str:
    """The family of a column type, for DuckDB's and Postgres' names alike."""
    name = type_name.lower()
    families = {
        "time": ("timestamp", "datetime"),
        "date": ("date",),
        "text": ("varchar", "string", "text", "character"),
        "boolean": ("bool",),
        "decimal": ("decimal", "numeric"),
        "float": ("double", "float", "real"),
        "integer": ("number", "integer", "bigint", "smallint", "hugeint", "tinyint", "int"),
    }
    for kind, beginnings in families.items():
        if name.startswith(beginnings):
            return kind
    return name


# -- building -------------------------------------------------------------------------------------


class Warehouse:
    """Builds data into DuckDB files (and Postgres schemas) below a folder that tests share."""

    def __init__(self, shared: Path, own: Path) -> None:
        """shared: builds of all processes; own: dbt's files of this process."""
        self.shared = shared
        self.own = own
        self._manifests: dict[str, Manifest] = {}

    def build(
        self,
        data: Path,
        *,
        project: Path = PROJECT,
        select: str | None = None,
        prepare: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
        **variables: Any,
    ) -> Build:
        """Build a folder of raw files on DuckDB; an equal build is made once.

        select: build only these models; prepare: does something to the empty database before.
        """
        description = json.dumps(
            [str(data), _fingerprint(data), str(project), select, variables], default=str
        )
        name = hashlib.sha256(description.encode()).hexdigest()[:16]
        folder = self.shared / "builds" / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        # the name of the file is the name of the catalog, which a parsed project holds
        database = folder / "analytics.duckdb"
        with FileLock(folder.with_suffix(".lock")):
            failure = folder / "failure.txt"
            if failure.exists():
                raise BuildFailed(failure.read_text(encoding="utf-8"))
            if not database.exists():
                unfinished = self.own / "analytics.duckdb"
                for leftover in self.own.glob("analytics.duckdb*"):
                    leftover.unlink()
                folder.mkdir(exist_ok=True)
                if prepare:
                    with contextlib.closing(duckdb.connect(str(unfinished))) as connection:
                        prepare(connection)
                try:
                    with environment(ANALYTICS_DB=str(unfinished), SHOP_DATA=str(data)):
                        self.run(project, "duckdb", variables, select)
                except BuildFailed as error:
                    failure.write_text(str(error), encoding="utf-8")
                    raise
                shutil.move(unfinished, database)
        return Build(database)

    def rebuild(
        self,
        data: Path,
        folder: Path,
        *,
        project: Path = PROJECT,
        select: str | None = None,
        **variables: Any,
    ) -> Build:
        """Build into analytics.duckdb of a folder, on top of an earlier build."""
        database = folder / "analytics.duckdb"
        with environment(ANALYTICS_DB=str(database), SHOP_DATA=str(data)):
            self.run(project, "duckdb", variables, select)
        return Build(database)

    def folder(self, name: str, write: Callable[[Path], object]) -> Path:
        """A folder below the shared one that is written once for all processes."""
        folder = self.shared / "data" / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not folder.exists():
                unfinished = folder.with_suffix(".unfinished")
                write(unfinished)
                unfinished.rename(folder)
        return folder

    def run(
        self,
        project: Path,
        target: str,
        variables: Mapping[str, Any],
        select: str | None = None,
        raw_schema: str | None = None,
    ) -> None:
        """Run seeds and models of a project on one of its targets, in the environment as it is."""
        variables = dict(variables) | ({"raw_schema": raw_schema} if raw_schema else {})
        manifest = self._parse(project, target, variables)
        arguments = ["build", "--exclude-resource-type", "test", "--exclude-resource-type"]
        arguments += ["unit_test", "--no-write-json", "--vars", json.dumps(variables, default=str)]
        arguments += ["--select", *select.split()] if select else []
        self._invoke(arguments, project, target, manifest)

    def test(
        self,
        project: Path,
        target: str,
        variables: Mapping[str, Any],
        select: Iterable[str],
        exclude: Iterable[str] = (),
        raw_schema: str | None = None,
    ) -> None:
        """Run data tests of a project on what was built on one of its targets."""
        variables = dict(variables) | ({"raw_schema": raw_schema} if raw_schema else {})
        manifest = self._parse(project, target, variables)
        arguments = ["test", "--no-write-json", "--vars", json.dumps(variables, default=str)]
        arguments += ["--exclude-resource-type", "unit_test", "--select", *select]
        arguments += ["--exclude", *exclude] if exclude else []
        self._invoke(arguments, project, target, manifest)

    def manifest(self) -> Manifest:
        """The parsed project, as it stands for DuckDB."""
        return self._parse(PROJECT, "duckdb", {})

    def _parse(self, project: Path, target: str, variables: Mapping[str, Any]) -> Manifest:
        parsed = {name: variables[name] for name in PARSED_VARS if name in variables}
        key = json.dumps([str(project), target, parsed])
        if key not in self._manifests:
            arguments = ["parse", "--no-write-json", "--vars", json.dumps(parsed)]
            self._manifests[key] = self._invoke(arguments, project, target, None)
        return self._manifests[key]

    def _invoke(
        self, arguments: list[str], project: Path, target: str, manifest: Manifest | None
    ) -> Any:
        profiles = self._profiles(project)
        paths = ["--project-dir", str(project), "--profiles-dir", str(profiles)]
        paths += ["--target-path", str(self.own / "target"), "--target", target]
        try:
            with contextlib.chdir(project), environment(DBT_LOG_PATH=str(self.own / "logs")):
                outcome = dbtRunner(manifest=manifest).invoke(arguments + paths + QUIET)
        finally:
            # dbt keeps the file open as long as the process lives
            DuckDBConnectionManager.close_all_connections()
        if outcome.exception is not None:
            raise BuildFailed(str(outcome.exception))
        if not outcome.success:
            errors = [
                f"{result.node.name}: {result.message}"
                for result in outcome.result
                if str(result.status) in ("error", "fail", "runtime error")
            ]
            raise BuildFailed("\n".join(errors) or "dbt did not succeed")
        return outcome.result

    def _profiles(self, project: Path) -> Path:
        """The project's profiles with limits, so that a runaway query fails and fills no disk."""
        folder = self.own / "profiles" / hashlib.sha256(str(project).encode()).hexdigest()[:8]
        if not folder.exists():
            folder.mkdir(parents=True)
            text = (project / "profiles.yml").read_text(encoding="utf-8")
            profiles = yaml.safe_load(text)
            settings = profiles["customer_analytics"]["outputs"]["duckdb"]["settings"]
            settings |= {"memory_limit": "3GB", "max_temp_directory_size": "1GB"}
            written = yaml.safe_dump(profiles, allow_unicode=True)
            (folder / "profiles.yml").write_text(written, encoding="utf-8")
        return folder


@contextlib.contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _fingerprint(folder: Path) -> list[tuple[str, int, int]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        (str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
    ]


def copy_project(folder: Path) -> Path:
    """A copy of the dbt project whose seeds or models a test may change."""
    for name in ("models", "macros", "seeds", "tests/generic"):
        if (PROJECT / name).exists():
            shutil.copytree(PROJECT / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml", "selectors.yml"):
        shutil.copy(PROJECT / name, folder / name)
    # the plugin of profiles.yml is looked for in the project's folder
    (folder / "customer_analytics").symlink_to(PROJECT / "customer_analytics")
    return folder


# -- comparing ------------------------------------------------------------------------------------


def differences(
    ours: Mapping[str, Table], theirs: Mapping[str, Table], names: tuple[str, str]
) -> list[str]:
    """What is not equal in two sets of tables, as readable lines; empty when all is equal."""
    lines = []
    for name in sorted(set(ours) | set(theirs)):
        if name not in ours or name not in theirs:
            lines.append(f"{name}: only in {names[0] if name in ours else names[1]}")
            continue
        one, other = ours[name], theirs[name]
        if one.columns != other.columns:
            lines.append(f"{name}: columns {one.columns} and {other.columns}")
            continue
        for column, kind, other_kind in zip(one.columns, one.kinds, other.kinds, strict=True):
            if kind != other_kind:
                lines.append(f"{name}.{column}: {kind} in {names[0]}, {other_kind} in {names[1]}")
        lines += _row_differences(name, one, other, names)
    return lines


def _row_differences(name: str, one: Table, other: Table, names: tuple[str, str]) -> list[str]:
    """Rows that only one table has, each with the most similar row of the other."""
    mine, yours = Counter(map(_plain, one.rows)), Counter(map(_plain, other.rows))
    only_mine = list((mine - yours).elements())
    only_yours = list((yours - mine).elements())
    if not only_mine and not only_yours:
        return []
    lines = [
        f"{name}: {len(only_mine)} of {len(one.rows)} rows only in {names[0]},"
        f" {len(only_yours)} of {len(other.rows)} only in {names[1]}"
    ]
    for row in only_mine[:4]:
        twin = max(only_yours[:500], key=lambda candidate: _likeness(row, candidate), default=None)
        if twin is None or _likeness(row, twin) < max(1, len(row) // 3):
            lines.append(f"    only {names[0]}: {dict(zip(one.columns, row, strict=True))}")
            continue
        changed = [
            f"{column} {mine_value!r} / {your_value!r}"
            for column, mine_value, your_value in zip(one.columns, row, twin, strict=True)
            if mine_value != your_value
        ]
        lines.append(f"    {row[:3]}: {', '.join(changed)}")
    if not only_mine:
        for row in only_yours[:4]:
            lines.append(f"    only {names[1]}: {dict(zip(one.columns, row, strict=True))}")
    return lines


def _likeness(one: Row, other: Row) -> int:
    return sum(left == right for left, right in zip(one, other, strict=True))


def _plain(row: Row) -> Row:
    return tuple(float(f"{value:.10g}") if isinstance(value, float) else value for value in row)


# -- writing raw files ----------------------------------------------------------------------------


def write_shop(folder: Path, tables: Mapping[str, Rows]) -> Path:
    """Write rows as CSV, one file per table; a table's columns are those that its rows name."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for row in rows:
                writer.writerow([_written(row.get(column)) for column in columns])
    return folder


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | Decimal):
        return str(value)
    return str(value)


def read_shop(folder: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of a folder of CSV files (one per table) as text, without any help from dbt."""
    tables = {}
    for file in sorted(folder.glob("*.csv")):
        with file.open(newline="", encoding="utf-8-sig") as opened:
            reader = csv.reader(opened)
            header = [column.strip().lower() for column in next(reader)]
            tables[file.stem] = [
                dict(zip(header, [*row, *[""] * len(header)], strict=False)) for row in reader
            ]
    return tables
