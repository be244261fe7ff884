"""Suggests the rows of the seed rfm_bands from the quantiles of a shop's own customers."""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import duckdb

from customer_analytics.errors import CommandError
from customer_analytics.publish import read_built, read_published

# fewer say nothing about the shop; the default of the var rfm_minimum_customers
MINIMUM_CUSTOMERS = 30
HEADER = "measure,score,lower_bound,upper_bound"
# customers with an order in the window of the scores
BUYERS = """
    select recency_days, frequency, monetary_amount
    from marts.fct_customer_rfm
    where frequency > 0
"""
# leading digits of round numbers, from rough to fine
ROUND = (
    (1, 2, 2.5, 5),
    (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8),
    tuple(number / 10 for number in range(10, 100)),
    tuple(number / 100 for number in range(100, 1000)),
)
DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 75, 90, 120, 150, 180, 210, 240, 270, 300, 330, 365)
SMALLEST_AMOUNT = 0.01
# rule amount_bands_unfit reports a band with more
MOST_IN_ONE_BAND = 0.6


def suggest_bands(database: Path, schema: str | None = None) -> list[str]:
    """The lines of seeds/config/rfm_bands.csv for a published database.

    database: a published database, or one that another dbt project built, with its schema of marts.
    """
    reader: AbstractContextManager[duckdb.DuckDBPyConnection] = (
        read_built(database, schema) if schema else read_published(database)
    )
    with reader as connection:
        buyers = connection.execute(BUYERS).fetchall()
    if len(buyers) < MINIMUM_CUSTOMERS:
        raise CommandError(
            f"only {len(buyers)} customers of {database} have an order in the window of the RFM"
            f" scores, and bands need {MINIMUM_CUSTOMERS}: keep the bands of"
            " seeds/config/rfm_bands.csv until the shop has more"
        )
    recency, frequency, amounts = (
        sorted(map(float, values)) for values in zip(*buyers, strict=True)
    )
    days = [0, *_increasing(_quantiles(recency, 4), _nearest_days)]
    orders = [1, *_increasing(_quantiles(frequency, 3), round, above=1)]
    money = _amount_bounds(amounts)
    lines = [HEADER]
    for score, (first, last) in zip((5, 4, 3, 2), pairwise(days), strict=True):
        lines.append(f"recency_days,{score},{first if score == 5 else first + 1},{last}")
    lines.append(f"recency_days,1,{days[-1] + 1},")
    for score in (5, 4, 3, 2):
        upper = "" if score == 5 else orders[score - 1] - 1
        lines.append(f"frequency,{score},{orders[score - 2]},{upper}")
    lines.append("frequency,1,0,0")
    written = [f"{bound:.2f}".rstrip("0").rstrip(".") for bound in money]
    for score in (5, 4, 3, 2):
        upper = "" if score == 5 else written[score - 1]
        lines.append(f"monetary_amount,{score},{written[score - 2]},{upper}")
    lines.append(f"monetary_amount,1,0,{written[0]}")
    return lines


def _quantiles(ascending: Sequence[float], cuts: int) -> list[float]:
    """Values that cut a sorted list into parts of equal size."""
    return [ascending[len(ascending) * cut // (cuts + 1)] for cut in range(1, cuts + 1)]


def _amount_bounds(ascending: Sequence[float]) -> list[float]:
    """Lower bounds of the scores 2 to 5: quintiles, rounded as far as no band gets too full."""
    # those who got all their money back are below every bound
    paying = [amount for amount in ascending if amount >= SMALLEST_AMOUNT] or [SMALLEST_AMOUNT]
    for digits in ROUND:
        bounds = [_rounded(value, digits) for value in _quantiles(paying, 4)]
        at = [0, *(bisect_left(ascending, bound) for bound in bounds), len(ascending)]
        largest = max(after - before for before, after in pairwise(at))
        if _is_increasing(bounds) and largest <= MOST_IN_ONE_BAND * len(ascending):
            return bounds
    raise CommandError(
        f"the net sales of most of the {len(ascending)} customers are nearly equal (median"
        f" {ascending[len(ascending) // 2]:.2f}), so no bands divide them: set the var"
        " rfm_scoring to quantiles, or write the bands of seeds/config/rfm_bands.csv by hand"
    )


def _is_increasing(bounds: Sequence[float]) -> bool:
    return all(before < after for before, after in pairwise([0, *bounds]))


def _rounded(value: float, digits: Sequence[float]) -> float:
    """The nearest round number, by ratio."""
    power = 10.0 ** math.floor(math.log10(value))
    return round(
        min((d * power for d in (*digits, 10)), key=lambda near: abs(math.log(near / value))), 2
    )


def _nearest_days(value: float) -> int:
    return min(DAYS, key=lambda days: (abs(days - value), days))


def _increasing(
    values: Sequence[float], to_whole: Callable[[float], int], above: int = 0
) -> list[int]:
    """Rounded whole numbers, each above the one before."""
    bounds: list[int] = []
    for value in values:
        bounds.append(max(to_whole(value), (bounds[-1] if bounds else above) + 1))
    return bounds
