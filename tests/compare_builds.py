"""Compare every mart of two checkouts row by row: python tests/compare_builds.py --help.

The net for a refactoring. Both checkouts build the same inputs; names and types of the columns and
all rows of the schemas marts and audit must be equal, floating point numbers to nine digits. What
is meant to differ is listed in compare_builds.yml, each entry with its reason.
"""

import argparse
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import yaml

PROJECT = Path(__file__).resolve().parents[1]
ALLOWED = Path(__file__).with_suffix(".yml")
SCHEMAS = ("marts", "audit")
TOLERANCE = 1e-9

# prints a folder of raw files; the sample lies in the project
MAKE_HOSTILE = "import sys; sys.path[:0] = ['tests/python']; import shops, pathlib;"
MAKE_HOSTILE += " shops.hostile_shop(pathlib.Path(sys.argv[1]))"
INPUTS = {
    "sample": {},
    "hostile": {"shop_timezone": "Asia/Shanghai"},
    "hostile_ny": {
        "shop_timezone": "America/New_York",
        "as_of_date": "2023-11-05",
        "rfm_scoring": "quantiles",
    },
    "online_retail": {"max_line_quantity": 100000},
    "simulated": {},
}
# vars that the other checkout does not have, with the values that it takes for granted
GRANTED = {"guests_with_email_are_customers": False}


def main() -> None:
    """Build what is missing, compare, and exit with 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", type=Path, help="the other checkout, with an environment in .venv")
    parser.add_argument("--inputs", nargs="+", choices=INPUTS, default=list(INPUTS))
    parser.add_argument("--select", help="build and compare only these models (dbt selection)")
    parser.add_argument("--folder", type=Path, default=PROJECT / "build" / "compare")
    parser.add_argument("--base-folder", type=Path, help="keep the base's databases here")
    parser.add_argument("--online-retail", type=Path, help="online_retail.parquet")
    parser.add_argument("--rows", type=int, default=5, help="differing rows to show of each mart")
    options = parser.parse_args()
    base_folder = options.base_folder or options.folder / "base"
    failed = False
    for name in options.inputs:
        data = raw_folder(name, base_folder / "data", options.base, options.online_retail)
        if data is None:
            print(f"{name}: skipped, --online-retail FILE names the data")
            continue
        theirs = build(options.base, data, INPUTS[name], base_folder / name, None)
        ours = build(
            PROJECT, data, INPUTS[name] | GRANTED, options.folder / name, options.select or ""
        )
        lines = compare(theirs, ours, options.rows, partial=bool(options.select))
        print(f"{name}: {'equal' if not lines else f'{len(lines)} lines of differences'}")
        print("\n".join(lines))
        failed = failed or bool(lines)
    sys.exit(failed)


def raw_folder(name: str, folder: Path, base: Path, online_retail: Path | None) -> Path | None:
    """Make the raw files of an input, with the generators of the base."""
    if name == "sample":
        return base.resolve() / "examples" / "sample"
    name = name.removesuffix("_ny")
    target = folder.resolve() / name
    commands = {
        "hostile": ["-c", MAKE_HOSTILE, str(target)],
        "simulated": [
            *("-m", "customer_analytics", "simulate", "--customers", "5000", "--days", "500"),
            *("--seed", "7", "--dirty", "--out", str(target)),
        ],
        "online_retail": [
            "examples/online_retail/prepare.py",
            str(online_retail and online_retail.resolve()),
            str(target),
        ],
    }
    if not target.exists():
        if name == "online_retail" and online_retail is None:
            return None
        subprocess.run([python(base), *commands[name]], cwd=base, check=True, stdout=sys.stderr)
    return target


def build(project: Path, data: Path, variables: dict, folder: Path, select: str | None) -> Path:
    """Build all models (if select is given, only these) and return the database."""
    database = folder.resolve() / "analytics.duckdb"
    if select is None and database.exists():
        return database
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob("analytics.duckdb*"):
        leftover.unlink()
    command = [str(Path(python(project)).with_name("dbt")), "build", "--quiet"]
    command += ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    command += ["--vars", yaml.safe_dump(variables)] if variables else []
    command += ["--select", *select.split()] if select else ["--select", "*"]
    environment = os.environ | {
        "SHOP_DATA": str(data),
        "ANALYTICS_DB": str(database),
        "DBT_TARGET_PATH": str(folder.resolve() / "target"),
        "DBT_LOG_PATH": str(folder.resolve() / "logs"),
        "DBT_PROFILES_DIR": str(project.resolve()),
    }
    outcome = subprocess.run(command, cwd=project, env=environment, check=False)
    if outcome.returncode:
        database.unlink(missing_ok=True)
        sys.exit(f"dbt build of {project} on {data} failed")
    return database


def python(project: Path) -> str:
    """The interpreter of a checkout's environment, else the one that runs this."""
    own = project.resolve() / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def compare(theirs: Path, ours: Path, most_rows: int, partial: bool = False) -> list[str]:
    """What differs and is not allowed to, as readable lines."""
    allowed = yaml.safe_load(ALLOWED.read_text(encoding="utf-8")) or {}
    lines = []
    with closing(duckdb.connect()) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{theirs}' as before (read_only)")
        connection.execute(f"attach '{ours}' as after (read_only)")
        before, after = (tables(connection, name) for name in ("before", "after"))
        for table in sorted(before | after):
            entry = allowed.get(table, {})
            if table not in before or table not in after:
                side = "before" if table in before else "after"
                if entry.get("only") != side and not (partial and side == "before"):
                    lines.append(f"{table}: only {side}")
                continue
            if entry.get("rows"):
                continue
            lines += compare_table(connection, table, before, after, entry, most_rows)
    return lines


def tables(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    """{schema.table: {column: type}} of the schemas to compare."""
    found: dict[str, dict[str, str]] = {}
    rows = connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
        f" where database_name = '{database}' and schema_name in {SCHEMAS} order by 1, column_index"
    )
    for table, column, data_type in rows.fetchall():
        found.setdefault(table, {})[column] = data_type
    return found


def compare_table(connection, table, before, after, entry, most_rows) -> list[str]:
    """Columns, types and rows of one table."""
    renamed, ignored = entry.get("renamed", {}), entry.get("columns", {})
    old = {renamed.get(name, name): kind for name, kind in before[table].items()}
    old = {name: kind for name, kind in old.items() if name not in ignored}
    new = {name: kind for name, kind in after[table].items() if name not in ignored}
    if old != new:
        return [
            f"{table}.{name}: {old.get(name, 'absent')} before, {new.get(name, 'absent')} after"
            for name in old | new
            if old.get(name) != new.get(name)
        ]
    back = {new_name: old_name for old_name, new_name in renamed.items()}
    before_columns = ", ".join(f'"{back.get(name, name)}" as "{name}"' for name in old)
    after_columns = ", ".join(f'"{name}"' for name in old)
    exact = [name for name, kind in old.items() if kind not in ("DOUBLE", "FLOAT")]
    floats = [name for name in old if name not in exact]
    listed = ", ".join(f'"{name}"' for name in exact) or "1"
    sides = {
        "before": f"(select {before_columns} from before.{table})",
        "after": f"(select {after_columns} from after.{table})",
    }
    lines = []
    for side, other in (("before", "after"), ("after", "before")):
        query = f"select {listed} from {sides[side]} except all select {listed} from {sides[other]}"
        (count,) = connection.execute(f"select count(*) from ({query})").fetchone()
        if count:
            lines.append(f"{table}: {count} rows only {side}")
            rows = connection.execute(f"{query} order by all limit {most_rows}").fetchall()
            lines += [f"    {dict(zip(exact, row, strict=True))}" for row in rows]
    if lines or not floats:
        return lines
    order = ", ".join(f'"{name}"' for name in [*exact, *floats])
    numbered = "select *, row_number() over (order by {}) as position from {}"
    for name in floats:
        bound = f'{TOLERANCE} * greatest(abs(a."{name}"), abs(b."{name}"), 1e-6)'
        query = (
            f'select a.position, a."{name}", b."{name}"'
            f" from ({numbered.format(order, sides['before'])}) as a"
            f" inner join ({numbered.format(order, sides['after'])}) as b using (position)"
            f' where (a."{name}" is null) <> (b."{name}" is null)'
            f' or abs(a."{name}" - b."{name}") > {bound}'
        )
        rows = connection.execute(query).fetchall()
        if rows:
            lines.append(f"{table}.{name}: {len(rows)} values differ, such as {rows[:most_rows]}")
    return lines


if __name__ == "__main__":
    main()
