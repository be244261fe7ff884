"""Measures build cost by shop size, compared with hand-written scripts and another checkout.

Builds a simulated year of a shop of each size. Every build and every script runs in its own
process, and its CPU time is measured. Needs requirements/bench.txt.
"""

import json
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click
import duckdb
import yaml
from core_results import MARTS, compare_with_marts
from growth_report import draw, show
from rich.console import Console
from year_of_shop import write_shop

PROJECT = Path(__file__).resolve().parents[1]
SCRIPTS = {"Polars": "core_polars.py", "DuckDB": "core_duckdb.py"}
# scripts need only the last event day: they read one column, the models stage all
EVENT_STAGING = {"base_shop__events", "stg_shop__events"}


def run(
    command: list[str], log: Path, project: Path = PROJECT, **environment: Path
) -> dict[str, float]:
    """Run a program and return its cost; its output goes to the log."""
    started_at = time.monotonic()
    own = project / ".venv" / "bin" / "python"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [str(own) if own.exists() else sys.executable, "-W", "ignore", *command],
            cwd=project,
            env=os.environ | {name: str(path) for name, path in environment.items()},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise click.ClickException(f"{Path(command[0]).name} failed: its output is in {log}")
    return {
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "seconds": time.monotonic() - started_at,
        "peak_bytes": usage.ru_maxrss * 1024,
        "written_bytes": usage.ru_oublock * 512,
    }


def build(folder: Path, name: str, project: Path = PROJECT) -> dict:
    """Build all marts of a checkout from <folder>/year; return the cost in total and per model."""
    costs_file = folder / f"{name}.json"
    for leftover in folder.glob("shop.duckdb*"):
        leftover.unlink()
    command = [str(PROJECT / "benchmarks" / "measured_build.py"), str(costs_file)]
    command += ["--quiet", "build", "--resource-type", "model", "--resource-type", "seed"]
    costs = run(
        command,
        folder / f"{name}.log",
        project,
        SHOP_DATA=folder / "year",
        ANALYTICS_DB=folder / "shop.duckdb",
        DBT_TARGET_PATH=folder / f"target-{name}",
        DBT_LOG_PATH=folder / "logs",
        DBT_PROFILES_DIR=folder,
    )
    nodes = json.loads(costs_file.read_text(encoding="utf-8"))
    models = {node.split(".")[-1]: cost for node, cost in nodes.items() if node[:6] == "model."}
    with duckdb.connect(str(folder / "shop.duckdb"), read_only=True) as connection:
        rows = count_rows(connection)
        query = "select cast(sum(rows_in) as bigint) from audit.audit_row_ledger"
        costs["input_rows"] = connection.execute(query).fetchall()[0][0]
    for model, cost in models.items():
        cost["rows"] = rows.get(model)
    costs["database_bytes"] = (folder / "shop.duckdb").stat().st_size
    return costs | {"models": models}


def write_profile(folder: Path, memory: str | None) -> None:
    """A profile for builds in a folder; memory: DuckDB's memory limit."""
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    if memory:
        profile["customer_analytics"]["outputs"]["duckdb"]["settings"]["memory_limit"] = memory
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")


def count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The row count of all tables."""
    tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    return {
        table: connection.execute(f"select count(*) from {schema}.{table}").fetchall()[0][0]
        for schema, table in tables
    }


def compute_by_hand(folder: Path, repeat: int) -> dict[str, dict]:
    """The cost of each script, the lowest of some runs; its results must equal the marts."""
    costs = {}
    for name, script in SCRIPTS.items():
        results = folder / f"core-{name.lower()}"
        command = [str(PROJECT / "benchmarks" / script), str(folder / "year"), str(results)]
        runs = [run(command, folder / f"{results.name}.log") for _ in range(repeat)]
        # in another process: on Linux, the peak memory of children includes that of this process
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as helper:
            compared = helper.submit(compare_with_marts, folder / "shop.duckdb", results)
        try:
            rows = compared.result()
        except ValueError as error:
            raise click.ClickException(f"{name}: {error}") from error
        costs[name] = min(runs, key=lambda cost: cost["cpu_seconds"]) | {"rows": rows}
    return costs


def core_models(manifest: dict) -> list[str]:
    """The models upstream of the marts of the scripts, including these marts."""
    found, waiting = set(), [f"model.customer_analytics.{mart}" for mart in MARTS.values()]
    while waiting:
        node = waiting.pop()
        if node.startswith("model.") and node not in found:
            found.add(node)
            waiting += manifest["parent_map"][node]
    return sorted(node.split(".")[-1] for node in found)


def measure(
    folder: Path, customers: int, repeat: int, memory: str | None, beside: Path | None
) -> dict:
    """All figures of one size; the simulated shop is kept for the next run."""
    if not (folder / "year").exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_shop(folder, customers)
    write_profile(folder, memory)
    # alternately, because the speed of a shared machine varies
    builds, others = [], []
    for _ in range(repeat):
        if beside:
            others.append(build(folder, "beside", beside))
        builds.append(build(folder, "full"))
    by_hand = compute_by_hand(folder, repeat)
    manifest = json.loads((folder / "target-full" / "manifest.json").read_text(encoding="utf-8"))
    core = core_models(manifest)
    return {
        "customers": customers,
        "full": min(builds, key=lambda cost: cost["cpu_seconds"]),
        "beside": min(others, key=lambda cost: cost["cpu_seconds"]) if others else None,
        "by_hand": by_hand,
        "core_models": {
            "all that lead there": core,
            "without the staging of events": [name for name in core if name not in EVENT_STAGING],
        },
    }


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--sizes", default="10000 100000", help="Customers of each shop.")
@click.option(
    "--repeat", default=1, help="Runs of each build and script; the lowest CPU time counts."
)
@click.option("--memory", help="DuckDB memory limit of builds, such as 5GB.")
@click.option(
    "--beside",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another checkout with an environment in .venv; builds alternate on the same shops.",
)
def main(folder: Path, sizes: str, repeat: int, memory: str | None, beside: Path | None) -> None:
    """Measure in FOLDER and write growth.json and growth.svg there."""
    folder = folder.absolute()
    # no terminal: use a width that fits the tables
    console = Console(width=None if sys.stdout.isatty() else 140)
    measured = []
    for customers in sorted(int(size) for size in sizes.split()):
        console.print(f"{customers:,} customers ...")
        size = folder / str(customers)
        measured.append(measure(size, customers, repeat, memory, beside and beside.absolute()))
    figures = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "sizes": measured,
    }
    (folder / "growth.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    show(console, measured)
    draw(measured, folder / "growth.svg")
    console.print(
        f"All figures are in {folder / 'growth.json'}, a plot in {folder / 'growth.svg'}."
    )


if __name__ == "__main__":
    main()
