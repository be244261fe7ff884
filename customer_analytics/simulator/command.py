"""The command simulate."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from customer_analytics.simulator import defaults

if TYPE_CHECKING:
    from customer_analytics.simulator.shop import Summary


@click.command("simulate")
@click.option(
    "--customers",
    type=click.IntRange(100, 5_000_000),
    default=1_000,
    show_default=True,
    help="Number of customer accounts; guests are extra.",
)
@click.option(
    "--days",
    type=click.IntRange(30, 7_300),
    default=730,
    show_default=True,
    help="Length of the history in days.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=7,
    show_default=True,
    help="Random seed; the same seed and options give identical files.",
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    default=defaults.START.isoformat(),
    show_default=True,
    help="First day of the shop.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Output folder: new, empty, or an earlier simulation, which is replaced.",
)
@click.option(
    "--dirty",
    is_flag=True,
    help="Vary the formatting of values in valid rows, and add rows that must be rejected.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="File format of all tables.",
)
@click.option(
    "--orders-per-year",
    type=click.FloatRange(0, 100, min_open=True),
    default=defaults.ORDERS_PER_YEAR,
    show_default=True,
    help="Average number of repeat orders per active customer per year.",
)
@click.option(
    "--visits-per-year",
    type=click.FloatRange(0, 1_000),
    default=defaults.VISITS_PER_YEAR,
    show_default=True,
    help="Average number of sessions without an order per active customer per year.",
)
@click.option(
    "--incidents/--no-incidents",
    "has_incidents",
    default=True,
    show_default=True,
    help="Inject one payment incident and one cart incident, three weeks each (requires --days 120"
    " or more).",
)
def simulate(
    customers: int,
    days: int,
    seed: int,
    start: datetime,
    out: Path,
    dirty: bool,
    file_format: str,
    orders_per_year: float,
    visits_per_year: float,
    has_incidents: bool,
) -> None:
    """Generate a synthetic shop with its ground truth.

    Writes all tables of the input contract to the output folder, and the ground truth to its
    subfolder truth.
    """
    from customer_analytics.simulator import shop

    console = Console()
    # no progress bar in log files: it would write control characters
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Simulating customers", total=customers)
        try:
            summary = shop.simulate(
                customers,
                days,
                seed,
                out,
                dirty,
                file_format,
                start.date(),
                progress=lambda done, _: bar.update(task, completed=done),
                orders_per_year=orders_per_year,
                visits_per_year=visits_per_year,
                has_incidents=has_incidents,
            )
        except (OSError, ValueError) as error:
            raise click.ClickException(str(error)) from None
    _show(console, summary)


def _show(console: Console, summary: "Summary") -> None:
    table = Table("table", "rows", "must be rejected")
    table.columns[1].justify = table.columns[2].justify = "right"
    for name, rows in summary.rows.items():
        injected = sum(
            count for (table_name, _), count in summary.injected.items() if table_name == name
        )
        table.add_row(name, f"{rows:,}", f"{injected:,}" if injected else "")
    console.print(table)
    console.print(
        f"Written to {summary.out}, ground truth to {summary.out / 'truth'}.",
        soft_wrap=True,
    )
