"""The command build: dbt build, its publication, the report, and an account of what came out."""

import os
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytz
import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from customer_analytics.check import percent
from customer_analytics.contract import PROJECT
from customer_analytics.dbt_runs import DbtFailure, environment, run_dbt
from customer_analytics.inputs import resolve_folder
from customer_analytics.publish import DEFAULT_NAME, live_file, publish, tidy_up
from customer_analytics.report.site import report_folder, write_report
from customer_analytics.working_file import is_damage, make_ready, only_build, start_again

DEFAULT_DATABASE = f"build/{DEFAULT_NAME}"


def build_marts(
    console: Console,
    data: Path | None = None,
    database: Path | None = None,
    variables: dict | None = None,
) -> None:
    """Build all marts from a folder of raw files, publish them and print the main results."""
    file = database_file(database)
    live = live_file(file)
    settings = {"ANALYTICS_DB": str(file)}
    if data is not None:
        settings["SHOP_DATA"] = str(data)
    arguments = ["build", "--fail-fast"]
    if variables:
        arguments += ["--vars", yaml.safe_dump(variables)]
    with only_build(file), environment(**settings):
        tidy_up(live)
        make_ready(file, live)
        try:
            models = _run(arguments)
        except DbtFailure as failure:
            if is_damage(str(failure), file):
                start_again(file, live)
                models = _run(arguments)
            else:
                raise
        place = _raw_place(variables or {})
        publish(file, models, place)
        write_report(live, report_folder(live))
    print_results(console, live, place)


def _run(arguments: list[str]) -> set[str]:
    """Run dbt build with all data tests, show how far it is, and return its models' tables."""
    console_of_progress = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=console_of_progress,
        transient=True,
        # log files want no control characters
        disable=not console_of_progress.is_terminal,
    )
    with progress:
        nodes = [result.node for result in run_dbt(arguments, _Follower(progress)).results]
    return {f"{node.schema}.{node.alias}" for node in nodes if node.resource_type == "model"}


def _raw_place(variables: dict) -> str:
    """Where dbt reads the raw tables, in words."""
    if variables.get("raw_schema"):
        return f"schema {variables['raw_schema']}"
    folder = variables.get("raw_path") or os.environ.get("SHOP_DATA") or "examples/sample"
    return str(resolve_folder(folder))


def database_file(database: Path | None = None) -> Path:
    """The DuckDB file to build; a relative name of the environment starts at the project."""
    return (PROJECT / (database or os.environ.get("ANALYTICS_DB") or DEFAULT_DATABASE)).resolve()


def merge_variables(
    text: str | None, as_of: str | None, timezone: str | None
) -> dict[str, str | int | float | bool | None]:
    """Put the options that are dbt vars together; an option of its own wins over --vars."""
    if timezone is not None and timezone not in pytz.all_timezones_set:
        raise ValueError(f"{timezone} is no time zone: use a name such as Asia/Shanghai")
    try:
        variables = yaml.safe_load(text) if text else {}
    except yaml.YAMLError as error:
        raise ValueError("--vars is no YAML: write it as '{name: value}'") from error
    if not isinstance(variables, dict):
        raise ValueError("--vars names no vars: write it as '{name: value}'")
    # YAML takes 2024-06-30 for a date, vars are texts
    variables = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in variables.items()
    }
    given = {"as_of_date": as_of, "shop_timezone": timezone}
    return variables | {name: value for name, value in given.items() if value is not None}


class _Follower:
    """Moves the progress bar along with dbt's events."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.task = progress.add_task("reading the project", total=None)

    def __call__(self, event) -> None:
        if event.info.name == "LogHookStartLine":
            self.progress.update(self.task, description="looking at the raw tables")
        elif event.info.name == "LogStartLine":
            self.progress.update(
                self.task, total=event.data.total, description=event.data.node_info.node_name[:50]
            )
        elif event.info.name == "NodeFinished":
            self.progress.advance(self.task)


# -- what came out --------------------------------------------------------------------------------

TIERS = """
    select segment_en, customers, customer_share, net_amount_share
    from marts.rpt_segments
    where scheme = 'value_tier'
    order by net_amount_share desc nulls last, customers desc
"""
CHURN = """
    select churn_status_en, count(*) as customers, count(*) / sum(count(*)) over () as share
    from marts.fct_customer_churn
    group by churn_status_en
    order by customers desc
"""
LEDGER = """
    select
        sum(rows_in)::bigint,
        sum(rows_accepted)::bigint,
        sum(rows_rejected)::bigint,
        bool_and(is_balanced)
    from audit.audit_row_ledger
"""
AS_OF = "select max(as_of_date) from marts.fct_customer_rfm"


def print_results(console: Console, file: Path, place: str) -> None:
    """Print customers by value and by churn, the row ledger, and where everything is.

    place: where the raw tables were read from.
    """
    try:
        with closing(duckdb.connect(str(file), read_only=True)) as connection:
            tiers, churn, ledger, as_of = (
                connection.execute(query).fetchall()
                for query in (TIERS, CHURN, LEDGER, AS_OF)
            )
    except duckdb.Error as error:
        raise DbtFailure(
            f"{file} was built but cannot be read: {str(error).splitlines()[0]}"
        ) from error
    rows, accepted, rejected, is_balanced = ledger[0]
    print(f"Customers as of {as_of[0][0]}, from {place}")
    console.print(_grid("value tier", ["customers", "share", "share of net sales"], tiers))
    console.print(_grid("churn", ["customers", "share"], churn))
    balance = "" if is_balanced else " - NOT BALANCED, see audit.audit_row_ledger"
    print(f"Rows: {rows:,} in = {accepted:,} accepted + {rejected:,} rejected{balance}")
    if rejected:
        print(
            "      why rows were rejected: audit.audit_rejection_reasons, audit.audit_rejected_rows"
        )
    print("Where to look next")
    print(f"  {file} - schema marts, with any DuckDB client that opens it read-only")
    print("  dbt docs generate --static - what all tables and columns mean, in one HTML page")
    print("  analyses/ - questions as SQL to start from")
    print(f"  {report_folder(file) / 'en.html'} (and zh.html) - the report, for any browser")


def _grid(first: str, others: list[str], rows: list[tuple]) -> Grid:
    grid = Grid()
    grid.add_column(first)
    for name in others:
        grid.add_column(name, justify="right")
    for row in rows:
        grid.add_row(str(row[0]), *map(_shown, row[1:]))
    return grid


def _shown(value) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else percent(float(value))
