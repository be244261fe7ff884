"""Measures when the findings about volumes notice a decline, on drawn orders.

The rules compare 91 days with the same days of last year, so a simulated shop of many years would
be needed; this draws only orders, runs the SQL of int_volume_declines alone on them, as of the last
day of every month of the third year, and prints the first month with a finding.
"""

import os
import re
from datetime import date, timedelta
from pathlib import Path

import click
import duckdb
import numpy as np
from dbt.cli.main import dbtRunner
from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parents[1]
START = date(2022, 1, 1)
DAYS = 3 * 365
CHANNELS = ("app", "mini_program", "web", "store")
SHARES = (0.45, 0.3, 0.15, 0.1)
MONTH_ENDS = [date(2024, month, 1) - timedelta(1) for month in range(2, 13)] + [date(2024, 12, 30)]
# name: orders a month, decline a month of all channels, step of one channel, shops drawn
SCENARIOS: dict[str, tuple[int, float, dict[str, float], int]] = {
    "2% a month, 3,000 orders": (3000, 0.02, {}, 3),
    "6% a month, 3,000 orders": (3000, 0.06, {}, 3),
    "6% a month, 300 orders": (300, 0.06, {}, 6),
    "app -20%, 3,000 orders (1,350 in app)": (3000, 0, {"app": 0.2}, 3),
    "store -20%, 3,000 orders (300 in store)": (3000, 0, {"store": 0.2}, 3),
    "mini_program -40%, 300 orders (90)": (300, 0, {"mini_program": 0.4}, 6),
    "no decline, 3,000 orders a month": (3000, 0, {}, 5),
    "no decline, 300 orders a month": (300, 0, {}, 20),
    "no decline, 60 orders a month": (60, 0, {}, 20),
}


# the last 91 days, and the same days of last year
WINDOWS = """
    create or replace table int_as_of as select date '{as_of}' as as_of_date;
    create or replace table int_period_days as
    select
        'rolling_91d' as period_kind, date '{as_of}' - 90 as period_start,
        date '{as_of}' as period_end, comparison, last_day - 90 as first_day,
        last_day - cast(number as integer) as day,
        true as is_covered_by_orders
    from range(91) as numbers (number), (values
        ('current', date '{as_of}'), ('year_ago', cast(date '{as_of}' - interval 1 year as date))
    ) as windows (comparison, last_day);
"""


def draw_orders(
    rng: np.random.Generator, orders: int, decline: float, falls: dict[str, float]
) -> dict[str, np.ndarray]:
    """Orders of three years; the decline begins with the third, half of the orders are repeats."""
    day = np.arange(DAYS)
    # a week's rhythm and a sale in November, the same every year
    rhythm = 1 + 0.2 * np.isin(day % 7, (5, 6)) + 0.5 * ((day % 365 > 308) & (day % 365 < 322))
    months = np.maximum(day - 730, 0) / 30.4
    expected = orders / 30.4 * rhythm / rhythm.mean() * (1 - decline) ** months
    placed_on = np.repeat(day, rng.poisson(expected))
    channel = rng.choice(len(CHANNELS), len(placed_on), p=SHARES)
    lost = np.zeros(len(placed_on), bool)
    for name, share in falls.items():
        lost |= (
            (channel == CHANNELS.index(name)) & (placed_on >= 730) & (rng.random(len(lost)) < share)
        )
    placed_on, channel = placed_on[~lost], channel[~lost]
    # a repeat order is of a customer of the recent orders of the channel, who so orders in bursts
    customer = np.arange(len(placed_on))
    for number in range(len(CHANNELS)):
        (rows,) = np.nonzero(channel == number)
        for position, row in enumerate(rows):
            if position and rng.random() < 0.5:
                earlier = rows[max(0, position - 1 - int(rng.exponential(len(rows) / 6)))]
                customer[row] = customer[earlier]
    _, first = np.unique(customer, return_index=True)
    is_first = np.zeros(len(customer), bool)
    is_first[first] = True
    return {
        "day": placed_on, "customer": customer, "channel": np.array(CHANNELS)[channel],
        "amount": np.round(rng.lognormal(4, 0.8, len(customer)), 2), "is_first": is_first,
    }  # fmt: skip


def first_months(
    connection: duckdb.DuckDBPyConnection, sql: str, drawn: dict[str, np.ndarray]
) -> dict[tuple[str, str], int]:
    """The first month of the third year, from 1 on, with a finding of each rule and value."""
    connection.execute(
        "create or replace table int_orders as select 'o' || row_number() over () as order_id,"
        " 'c' || customer as customer_id, cast(amount as decimal(18, 2)) as net_amount,"
        f" date '{START}' + cast(day as integer) as order_date, is_first as is_first_order,"
        " channel, true as is_valid from drawn",
    )
    found: dict[tuple[str, str], int] = {}
    for month, as_of in enumerate(MONTH_ENDS, 1):
        connection.execute(WINDOWS.format(as_of=as_of))
        for rule, value in connection.execute(
            f"select rule, dimension_value from ({sql}) where is_ongoing"
        ).fetchall():
            found.setdefault((rule, value), month)
    return found


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", default=1, show_default=True)
def main(folder: Path, seed: int) -> None:
    """Measure in FOLDER and print in which month declines are found, and false positives."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "DBT_PROFILES_DIR": str(PROJECT), "DBT_TARGET_PATH": str(folder.resolve() / "target"),
        "DBT_LOG_PATH": str(folder.resolve() / "logs"),
        "SHOP_DATA": str(PROJECT / "examples/sample"),
        "ANALYTICS_DB": str(folder.resolve() / "declines.duckdb"),
    }  # fmt: skip
    arguments = ["--select", "int_volume_declines", "--project-dir", str(PROJECT)]
    compiled = dbtRunner().invoke(["--quiet", "compile", "--no-introspect", *arguments])
    sql = re.sub(r'"declines"\."\w+"\.', "", compiled.result.results[0].node.compiled_code)
    table = Table("scenario", "shops", "found", "first month: median", "latest", "other findings")
    with duckdb.connect() as connection:
        for seed_name in ("finding_rules", "report_thresholds"):
            file = PROJECT / "seeds/config" / f"{seed_name}.csv"
            connection.execute(f"create table {seed_name} as from read_csv('{file}')")
        connection.execute("create table int_pooled_values (dimension text, dimension_value text)")
        for name, (orders, decline, falls, shops) in SCENARIOS.items():
            rng = np.random.default_rng(seed)
            value = next(iter(falls), "all")
            months, others = [], 0
            for _ in range(shops):
                drawn = draw_orders(rng, orders, decline, falls)
                found = first_months(connection, sql, drawn)
                hits = [month for (_, where), month in found.items() if where == value]
                is_drawn = bool(decline or falls)
                months += [min(hits)] if hits and is_drawn else []
                others += sum(where != value or not is_drawn for _, where in found)
            print(name, sorted(months), others, flush=True)
            table.add_row(
                name, str(shops), str(len(months)) if decline or falls else "",
                str(np.median(months)) if months else "", str(max(months, default="")), str(others),
            )  # fmt: skip
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
