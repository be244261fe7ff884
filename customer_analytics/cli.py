"""The commands: check, convert, build, report, actions, fit, simulate."""

import os
import sys
import traceback
from pathlib import Path

import click

from customer_analytics import __version__
from customer_analytics.contract import PROJECT
from customer_analytics.dbt_runs import log_file
from customer_analytics.errors import CommandError
from customer_analytics.screen import screen
from customer_analytics.simulator.command import simulate

# commands import what they need when they run: no command waits for the libraries of another
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="customer-analytics")
def cli() -> None:
    """Customer analytics for online shops: from raw exports to segments, churn and sales."""


@cli.command()
@click.argument("folder", type=FOLDER, required=False)
def check(folder: Path | None) -> None:
    """Look at the raw files in FOLDER: what is there, what is missing, what would stop a build.

    Without FOLDER the one of SHOP_DATA is checked, else the bundled sample.
    """
    from customer_analytics.check import check_folder

    place = folder.absolute() if folder else Path(os.environ.get("SHOP_DATA") or "examples/sample")
    if not check_folder(place, screen()):
        sys.exit(1)


@cli.command()
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("destination", type=FOLDER)
@click.option("--encoding", help="Encoding of the source, such as gb18030; detected if not given.")
@click.option("--overwrite", is_flag=True, help="Replace files of an earlier conversion.")
def convert(source: Path, destination: Path, encoding: str | None, overwrite: bool) -> None:
    """Write SOURCE, a file or folder of CSV or Excel, as CSV in UTF-8 into the folder DESTINATION.

    The name of a file, or of a sheet in a workbook, becomes the name of the table.
    """
    from customer_analytics.convert import convert_all

    convert_all(source, destination, encoding, overwrite)


@cli.command()
@click.option(
    "--data", type=FOLDER, help="Folder of raw files; default SHOP_DATA, else the sample."
)
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file to build; default ANALYTICS_DB, else build/analytics.duckdb.",
)
@click.option("--as-of", metavar="DATE", help="Day all marts are as of, such as 2024-06-30.")
@click.option("--timezone", metavar="ZONE", help="Zone of the shop's days, such as Asia/Shanghai.")
@click.option("--vars", "variables", metavar="YAML", help="Further dbt vars: '{name: value}'.")
def build(
    data: Path | None,
    database: Path | None,
    as_of: str | None,
    timezone: str | None,
    variables: str | None,
) -> None:
    """Build and test all marts, put them into the folder live, report on them and show the results.

    What fails or is stopped leaves the marts in the folder live as they were.
    """
    from customer_analytics.build import build_marts
    from customer_analytics.options import merge_variables

    try:
        merged = merge_variables(variables, as_of, timezone)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    build_marts(
        screen(),
        data=data and data.expanduser().absolute(),
        database=database and database.expanduser().absolute(),
        variables=merged,
    )


@cli.command()
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file that was built; default ANALYTICS_DB, else build/analytics.duckdb.",
)
@click.option("--out", type=FOLDER, help="Folder to write into; default report, beside live.")
def report(database: Path | None, out: Path | None) -> None:
    """Write the report on the published marts: en.html and zh.html, which any browser shows.

    A build does so by itself. The pages need neither a server nor a network.
    """
    from customer_analytics.options import database_file
    from customer_analytics.publish import published_database
    from customer_analytics.report.site import report_folder, write_report

    published = published_database(database_file(database and database.expanduser().absolute()))
    folder = out.expanduser().absolute() if out else report_folder(published)
    write_report(published, folder)
    click.echo(folder / "en.html")
    click.echo(folder / "zh.html")


@cli.command()
@click.option("--action", metavar="CODE", help="Only this action, such as win_back; default all.")
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file that was built; default ANALYTICS_DB, else build/analytics.duckdb.",
)
@click.option("--out", type=FOLDER, help="Folder to write into; default actions, beside live.")
def actions(action: str | None, database: Path | None, out: Path | None) -> None:
    """Write the published list of whom to contact as CSV, one file per action, for Excel.

    A file holds only customers who allow a channel, and that channel; customer ids are all that it
    tells of a person.
    """
    from customer_analytics.actions import write_actions
    from customer_analytics.options import database_file
    from customer_analytics.publish import folder_beside, published_database

    published = published_database(database_file(database and database.expanduser().absolute()))
    folder = out.expanduser().absolute() if out else folder_beside(published, "actions")
    try:
        written = write_actions(published, folder, action)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    for one in written:
        click.echo(f"{one.file}: {one.customers:,} of {one.due:,} customers allow a channel")


@cli.command()
@click.option("--target", required=True, help="Warehouse of profiles.yml: postgres or spark.")
@click.option("--vars", "variables", metavar="YAML", help="dbt vars of the build: '{name: value}'.")
def fit(target: str, variables: str | None) -> None:
    """Fit churn, value and personas on what a build has left in a warehouse without Python.

    The next build there scores all customers with the parameters. On DuckDB builds fit by
    themselves.
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
    """Run the command line; whatever goes wrong ends in one line, never in a traceback."""
    try:
        if not (PROJECT / "dbt_project.yml").exists():
            raise CommandError(
                f"{PROJECT} holds no dbt project: install customer-analytics from its checkout,"
                " with pip install --editable"
            )
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CommandError as error:
        _stop(str(error))
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # the reader of our output has gone, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _stop(f"{where}{error.strerror or error}")
    except Exception as error:
        _stop(f"unexpected {type(error).__name__}: {error} (details: {_save_details()})")


def _stop(reason: str) -> None:
    click.echo(f"Error: {' '.join(reason.split())}", err=True)
    sys.exit(1)


def _save_details() -> Path:
    """Keep the traceback of a fault of ours where it can be sent from, not on the screen."""
    file = log_file().with_name("customer_analytics_error.log")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(traceback.format_exc(), encoding="utf-8")
    return file
