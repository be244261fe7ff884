"""The commands: check, convert, build, report, actions, suggest-bands, fit, simulate."""

import os
import sys
import tempfile
import traceback
from pathlib import Path

import click

from customer_analytics import __version__
from customer_analytics.adapters.systems import system_names
from customer_analytics.contract import PROJECT
from customer_analytics.dbt_runs import log_file
from customer_analytics.errors import CommandError, missing_package
from customer_analytics.screen import screen
from customer_analytics.simulator.command import simulate

# each command imports its own libraries when it runs, so commands start fast
FOLDER = click.Path(file_okay=False, path_type=Path)
SCHEMA = click.option(
    "--schema",
    metavar="NAME",
    help="Schema of the marts, such as prod_marts, if another dbt project built the database.",
)
FROM = click.option(
    "--from",
    "systems",
    type=click.Choice(system_names()),
    multiple=True,
    help="System that wrote the exports; may be given several times.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="customer-analytics")
def cli() -> None:
    """Customer analytics for online shops: build marts and a report from raw exports."""


@cli.command()
@click.argument("folder", type=FOLDER, required=False)
@click.option("--timezone", metavar="ZONE", help="Time zone of the shop, such as Asia/Shanghai.")
@click.option("--vars", "variables", metavar="YAML", help="Other dbt vars: '{name: value}'.")
def check(folder: Path | None, timezone: str | None, variables: str | None) -> None:
    """Check the raw files in FOLDER before a build.

    Prints tables found and missing, the marts that each table unlocks, and all problems that would
    stop a build. FOLDER defaults to SHOP_DATA, else the bundled sample.
    """
    from customer_analytics.check import check_folder
    from customer_analytics.options import merge_variables

    try:
        merged = merge_variables(variables, None, timezone)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    location = (
        folder.absolute() if folder else Path(os.environ.get("SHOP_DATA") or "examples/sample")
    )
    if not check_folder(location, screen(), merged):
        sys.exit(1)


@cli.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("destination", type=FOLDER)
@FROM
@click.option("--encoding", help="Encoding of the source, such as gb18030. Default: detected.")
@click.option("--overwrite", is_flag=True, help="Replace existing files in DESTINATION.")
def convert(
    source: Path,
    destination: Path,
    systems: tuple[str, ...],
    encoding: str | None,
    overwrite: bool,
) -> None:
    """Convert the exports of a shop system to input tables, or any CSV and Excel files to UTF-8.

    SOURCE is a file or a folder; the converted files go to the folder DESTINATION. With --from,
    exports are recognised by their headers, whatever their file names, and become the tables of the
    input contract. Without it, each table is named after its file, or after its sheet in a
    workbook.
    """
    if systems:
        from customer_analytics.adapters.convert import convert_exports, next_command

        if encoding:
            raise click.UsageError(
                f"--encoding {encoding} does not work with --from, which reads UTF-8: run convert"
                " without --from first"
            )
        convert_exports(source, destination, systems, overwrite)
        click.echo(next_command(destination, systems))
        return
    from customer_analytics.convert import convert_all

    convert_all(source, destination, encoding, overwrite)


@cli.command()
@click.option(
    "--data", type=FOLDER, help="Folder of raw files. Default: SHOP_DATA, else the bundled sample."
)
@FROM
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file to build. Default: ANALYTICS_DB or, if unset, build/analytics.duckdb.",
)
@click.option("--as-of", metavar="DATE", help="Snapshot date of all marts, such as 2024-06-30.")
@click.option("--timezone", metavar="ZONE", help="Time zone of the shop, such as Asia/Shanghai.")
@click.option("--vars", "variables", metavar="YAML", help="Other dbt vars: '{name: value}'.")
@click.option(
    "--shrink-percent",
    type=click.FloatRange(0, 100),
    default=20,
    show_default=True,
    help="Publish nothing if an input lost more than this percentage of its rows or amount.",
)
@click.option(
    "--shrink-days",
    type=click.IntRange(1),
    default=7,
    show_default=True,
    help="Publish nothing if an input ends this many days earlier than the published one.",
)
@click.option("--accept-shrink", is_flag=True, help="Publish this build even if inputs shrank.")
def build(
    data: Path | None,
    systems: tuple[str, ...],
    database: Path | None,
    as_of: str | None,
    timezone: str | None,
    variables: str | None,
    shrink_percent: float,
    shrink_days: int,
    accept_shrink: bool,
) -> None:
    """Build, test and publish all marts, and write the report.

    Marts are published to the folder live next to the database. If a model or test fails, an input
    has shrunk, or the build is stopped, the published marts stay unchanged. With --from, the
    exports in --data are converted first, into the folder converted next to the database.
    """
    from customer_analytics.build import build_marts
    from customer_analytics.guard import Bounds
    from customer_analytics.options import merge_variables

    try:
        merged = merge_variables(variables, as_of, timezone)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    build_marts(
        screen(),
        data=data and data.expanduser().absolute(),
        systems=systems,
        database=database and database.expanduser().absolute(),
        variables=merged,
        bounds=Bounds(shrink_percent, shrink_days, accept_shrink),
    )


@cli.command()
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file that was built. Default: ANALYTICS_DB or, if unset, build/analytics.duckdb.",
)
@SCHEMA
@click.option(
    "--scope",
    "text",
    metavar="NAME=VALUE",
    help="Only one channel or one region of the customers, such as channel=web.",
)
@click.option("--out", type=FOLDER, help="Output folder. Default: the folder report next to live.")
def report(database: Path | None, schema: str | None, text: str | None, out: Path | None) -> None:
    """Regenerate the report from the published marts.

    Writes en.html and zh.html, which open in any browser without a server or network access. A
    build also writes them. The report of a scope has a folder of its own, such as
    report_channel_web, and leaves out the charts that cover only the whole shop.
    """
    from customer_analytics.options import database_file
    from customer_analytics.publish import published_database
    from customer_analytics.report.scope import Scope
    from customer_analytics.report.site import report_folder, write_report

    try:
        scope = Scope.read(text) if text else None
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    file = database_file(database and database.expanduser().absolute())
    published = published_database(file)
    folder = out.expanduser().absolute() if out else report_folder(published, scope)
    write_report(file if schema else published, folder, schema, scope)
    click.echo(folder / "en.html")
    click.echo(folder / "zh.html")


@cli.command()
@click.option("--action", metavar="CODE", help="Only this action, such as win_back. Default: all.")
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file that was built. Default: ANALYTICS_DB or, if unset, build/analytics.duckdb.",
)
@SCHEMA
@click.option("--out", type=FOLDER, help="Output folder. Default: the folder actions next to live.")
@click.option(
    "--include-unknown",
    is_flag=True,
    help="Also list customers who have neither permitted nor denied a channel.",
)
def actions(
    action: str | None,
    database: Path | None,
    schema: str | None,
    out: Path | None,
    include_unknown: bool,
) -> None:
    """Write one CSV per action: whom to contact, why, and on which permitted channel.

    The files open in Excel. They list only customers who permit a channel, and never a denied
    channel. If the shop has no table subscriptions, no consent is known and all customers are
    listed. They identify customers only by id: no name, email address or phone number.

    A random tenth of the customers is a control group: do not contact them, and compare them later
    with those whom you contacted. Their files are in the folder control.
    """
    from customer_analytics.actions import write_actions
    from customer_analytics.options import database_file
    from customer_analytics.publish import output_folder, published_database

    file = database_file(database and database.expanduser().absolute())
    published = published_database(file)
    folder = out.expanduser().absolute() if out else output_folder(published, "actions")
    try:
        written = write_actions(
            file if schema else published, folder, action, schema, include_unknown
        )
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    for one in written.lists:
        unknown = f"; the consent of {one.unknown:,} is unknown" if one.unknown else ""
        control = f"; control group of {one.control:,} in {one.control_file}" if one.control else ""
        click.echo(
            f"{one.file}: {one.customers:,} of {one.due:,} customers can be contacted"
            f"{unknown}{control}"
        )
    if any(one.control for one in written.lists):
        click.echo("do not contact the control group: it shows what happens without the action")
    if not written.has_consents:
        click.echo(
            "the shop has no table subscriptions: no opt-in or opt-out is on record, so the lists"
            " hold all customers; check that you may contact them"
        )
    elif any(one.unknown for one in written.lists):
        click.echo(
            "check that you may contact customers whose consent is unknown: neither an opt-in nor"
            " an opt-out of theirs is on record for the channels in unknown_channels"
        )


@cli.command("suggest-bands")
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file that was built. Default: ANALYTICS_DB or, if unset, build/analytics.duckdb.",
)
@SCHEMA
def suggest_bands(database: Path | None, schema: str | None) -> None:
    """Print RFM bands that fit the shop, as rows of seeds/config/rfm_bands.csv.

    The bands follow the quantiles of the customers with an order in the window of the scores (365
    days by default), in round numbers. Replace the rows of the seed with them and build again.
    """
    from customer_analytics.bands import suggest_bands
    from customer_analytics.options import database_file
    from customer_analytics.publish import published_database

    file = database_file(database and database.expanduser().absolute())
    for line in suggest_bands(file if schema else published_database(file), schema):
        click.echo(line)
    click.echo(
        "replace the rows of seeds/config/rfm_bands.csv with these and build again", err=True
    )


@cli.command()
@click.option("--target", required=True, help="Target in profiles.yml: postgres or spark.")
@click.option(
    "--vars", "variables", metavar="YAML", help="The dbt vars of the build: '{name: value}'."
)
def fit(target: str, variables: str | None) -> None:
    """Fit the churn, value, persona, attribution and promotion models on Postgres or Spark.

    Run it after a build. Later builds score all customers with the fitted parameters. On DuckDB
    every build fits the models itself.
    """
    from customer_analytics.fit import fit_on
    from customer_analytics.options import merge_variables

    try:
        merged = merge_variables(variables, None, None)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    fit_on(target, merged, screen())


cli.add_command(simulate)


def main() -> None:
    """Run the command line; every error ends in one line, never in a traceback."""
    try:
        if not (PROJECT / "dbt_project.yml").exists():
            raise CommandError(
                f"no dbt_project.yml in {PROJECT}: install customer-analytics from a checkout of"
                " the repository with pip install --editable"
            )
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CommandError as error:
        _stop(*error.args)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # the reader of our output has closed the pipe, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except ModuleNotFoundError as error:
        _stop(missing_package(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _stop(f"{where}{error.strerror or error}")
    except Exception as error:
        _stop(f"unexpected {type(error).__name__}: {error}; report it and attach {_save_details()}")


def _stop(*reasons: str) -> None:
    for reason in reasons:
        click.echo(f"Error: {' '.join(reason.split())}", err=True)
    sys.exit(1)


def _save_details() -> Path:
    """Write the traceback of an unexpected error to a file; return the file."""
    file = log_file().with_name("customer_analytics_error.log")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        # the project folder may be read-only
        file = Path(tempfile.gettempdir()) / file.name
        file.write_text(traceback.format_exc(), encoding="utf-8")
    return file
