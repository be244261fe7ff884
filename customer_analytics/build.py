"""The command build: runs dbt build, publishes, writes the report and prints the results."""

import os
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import yaml
from rich.console import Console
from rich.table import Table as Grid

from customer_analytics.build_database import (
    build_lock,
    first_line,
    is_damaged,
    prepare,
    refuse_name,
    rename_damaged,
    require_duckdb,
)
from customer_analytics.connections import connect
from customer_analytics.dbt_runs import (
    DbtFailure,
    FailedTests,
    environment,
    log_file,
    run_dbt,
    show_steps,
)
from customer_analytics.errors import CommandError, FileError
from customer_analytics.failed_tests import describe
from customer_analytics.guard import Bounds
from customer_analytics.inputs import resolve_folder, table_files, unchanged
from customer_analytics.options import database_file
from customer_analytics.publish import publish, published_database, recover_publication
from customer_analytics.report.site import report_folder, write_report
from customer_analytics.screen import Steps, percent


def build_marts(
    console: Console,
    data: Path | None = None,
    systems: tuple[str, ...] = (),
    database: Path | None = None,
    variables: dict[str, Any] | None = None,
    bounds: Bounds | None = None,
) -> None:
    """Build all marts from a folder of raw files, publish them and print the main results.

    systems: the systems whose exports the folder holds; they are converted first. bounds: how much
    the inputs may have shrunk since the last publication.
    """
    file = database_file(database)
    published = published_database(file)
    refuse_name(file)
    for existing in (file, published):
        require_duckdb(existing)
    if systems:
        data, variables = _convert(data, systems, file.parent / "converted", variables or {})
    settings = {"ANALYTICS_DB": str(file)}
    if data is not None:
        settings["SHOP_DATA"] = str(data)
    # a build with a failure is not published, so stop at the first one
    arguments = ["build", "--fail-fast"]
    if variables:
        arguments += ["--vars", yaml.safe_dump(variables)]
    with build_lock(file), environment(**settings):
        recover_publication(published)
        prepare(file)
        location = _raw_location(variables or {})
        try:
            with unchanged(lambda: table_files(location)):
                models = _build(arguments, file)
        except FailedTests as failure:
            nodes = _failed_tests(failure, arguments[2:])
            raise CommandError(f"{describe(nodes, file)}: see {log_file()}") from failure
        publish(file, models, location, bounds)
        write_report(published, report_folder(published))
    print_results(console, published, location)


def _convert(
    data: Path | None, systems: tuple[str, ...], folder: Path, variables: dict[str, Any]
) -> tuple[Path, dict[str, Any]]:
    """Convert exports; return the folder of the tables and the vars that they need."""
    from customer_analytics.adapters.convert import convert_exports, variables_of
    from customer_analytics.adapters.exports import exports_of

    if data is None:
        raise FileError(f"--from {systems[0]} needs the folder of the exports: add --data FOLDER")
    # tables of an earlier build, which this one may not have, go when the new ones are complete
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    with unchanged(lambda: exports_of(data)):
        convert_exports(data, new, systems, overwrite=False)
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
    return folder, variables_of(systems) | variables


def _build(arguments: list[str], file: Path) -> set[str]:
    """Run dbt build, a second time if the database was damaged; return the tables of its models."""
    try:
        return _run(arguments)
    except FailedTests:
        raise
    except DbtFailure:
        if not is_damaged(file):
            raise
        rename_damaged(file)
        return _run(arguments)


def _run(arguments: list[str]) -> set[str]:
    """Run dbt build with all data tests and show its progress; return the tables of its models."""
    with Steps("build") as steps:
        nodes = [result.node for result in run_dbt(arguments, show_steps(steps)).results]
    return {f"{node.schema}.{node.alias}" for node in nodes if node.resource_type == "model"}


def _failed_tests(first: FailedTests, variables: list[str]) -> list[Any]:
    """The tests of a failure, and all others of seeds that fail: the build stopped at the first."""
    found = {node.unique_id: node for node in first.nodes}
    # without the tests that also read models, which may not be built
    tests = ["build", "--select", "resource_type:seed", "--indirect-selection", "cautious"]
    try:
        run_dbt(tests + variables)
    except FailedTests as others:
        found |= {node.unique_id: node for node in others.nodes}
    return list(found.values())


def _raw_location(variables: dict[str, Any]) -> str:
    """The schema or folder of the raw tables, for messages."""
    if variables.get("raw_schema"):
        return f"schema {variables['raw_schema']}"
    folder = variables.get("raw_path") or os.environ.get("SHOP_DATA") or "examples/sample"
    return str(resolve_folder(folder))


# -- results --------------------------------------------------------------------------------------

TIERS = """
    select segment_en, customers, customer_share, net_amount_share
    from marts.rpt_segments
    where scheme = 'value_tier'
    order by net_amount_share desc nulls last, customers desc
"""
CHURN = """
    select labels.label_en, count(*) as customers, count(*) / sum(count(*)) over () as share
    from marts.fct_customer_churn as churn
    inner join marts.dim_labels as labels
        on labels.code_type = 'churn_status' and churn.churn_status = labels.code
    group by labels.label_en
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
WARNINGS = "select severity, message from audit.audit_warnings order by position"
AS_OF = "select max(as_of_date) from marts.fct_customer_rfm"


def print_results(console: Console, file: Path, location: str) -> None:
    """Print customers by value tier and churn status, ledger, warnings, and where results are.

    location: where the raw tables were read from.
    """
    try:
        with closing(connect(file, read_only=True)) as connection:
            tiers, churn, ledger, as_of, warnings = (
                connection.execute(query).fetchall()
                for query in (TIERS, CHURN, LEDGER, AS_OF, WARNINGS)
            )
    except duckdb.Error as error:
        raise FileError(
            f"{file} was published but cannot be read ({first_line(str(error))}): run"
            " customer-analytics build again"
        ) from error
    rows, accepted, rejected, is_balanced = ledger[0]
    print(f"Customers as of {as_of[0][0]}, from {location}")
    console.print(_grid("value tier", ["customers", "share", "share of net sales"], tiers))
    console.print(_grid("churn status", ["customers", "share"], churn))
    balance = "" if is_balanced else " - DOES NOT RECONCILE, see audit.audit_row_ledger"
    print(f"Rows: {rows:,} in = {accepted:,} accepted + {rejected:,} rejected{balance}")
    for severity, message in warnings:
        print(f"{severity}: {message}")
    print("Next steps")
    print(f"  report: open {report_folder(file) / 'en.html'} (or zh.html) in a browser")
    print(f"  marts: open {file} read-only with any DuckDB client, schema marts")
    print("  columns: dbt docs generate --static documents all tables and columns in one HTML page")
    print("  example queries: analyses/")


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
