"""The promotion response is what was drawn, and equals a regression with a column per effect."""

import numpy as np
import pytest
from sklearn.linear_model import PoissonRegressor

from customer_analytics.fits import promotions

SLOPE = -2.0


def sales(seed: int, products: int = 20, weeks: int = 60) -> tuple[np.ndarray, ...]:
    """Product, week, units and amount of weeks with a sale; demand varies beyond chance."""
    random = np.random.default_rng(seed)
    size = (products, weeks)
    cut = np.where(random.random(size) < 0.5, random.integers(1, 11, size) * 0.04, 0)
    price = random.lognormal(3, 0.5, (products, 1)).round(2) * (1 - cut)
    season = np.exp(random.normal(0, 0.2, weeks) - np.where(cut.mean(axis=0) > 0.12, 0.5, 0))
    demand = random.lognormal(3, 0.6, (products, 1)) * season * random.gamma(5, 0.2, size)
    units = random.poisson(demand * (1 - cut) ** SLOPE)
    product, week = np.nonzero(units)
    return product, week + 2800, units[units > 0].astype(float), (units * price)[units > 0]


def test_interval_holds_the_drawn_slope() -> None:
    """At least 17 of 20 intervals of 95 %; benchmarks/promotion_response.py draws 100."""
    found = [promotions.fit(*sales(seed)).values for seed in range(20)]
    assert sum(values["low"] <= SLOPE <= values["high"] for values in found) >= 17
    assert np.mean([values["slope"] for values in found]) == pytest.approx(SLOPE, abs=0.05)
    widths = [values["high"] - values["low"] for values in found]
    assert max(widths) < 1


def test_equals_a_regression_with_a_column_per_effect() -> None:
    """Slope of scikit-learn; the clustered standard error from the whole matrix of effects."""
    product, week, units, amount = sales(1, products=9, weeks=30)
    # a product that stops, and weeks without a sale at the last price
    kept = ~((product == 3) & (week > 2827)) & ~((product == 5) & (week % 7 == 0))
    product, week, units, amount = product[kept], week[kept], units[kept], amount[kept]
    values = promotions.fit(product, week, units, amount).values

    rows = []
    for one in range(9):
        known = dict(
            zip(
                week[product == one],
                zip(units[product == one], amount[product == one], strict=True),
                strict=True,
            )
        )
        price = None
        for now in range(min(known), max(known) + 1):
            sold, paid = known.get(now, (0, 0))
            price = paid / sold if sold else price
            rows.append((one, now, sold, np.log(price)))
    number, weeks, sold, log_price = map(np.array, zip(*rows, strict=True))
    effects = [number == one for one in np.unique(number)]
    effects += [weeks == one for one in np.unique(weeks)[1:]]
    matrix = np.column_stack([log_price, *effects]).astype(float)
    oracle = PoissonRegressor(
        alpha=0, fit_intercept=False, tol=1e-10, max_iter=10_000, solver="newton-cholesky"
    )
    oracle.fit(matrix, sold)
    assert values["slope"] == pytest.approx(oracle.coef_[0], abs=1e-6)
    mean = oracle.predict(matrix)
    bread = np.linalg.inv(matrix.T @ (matrix * mean[:, None]))
    scores = np.array(
        [((sold - mean)[:, None] * matrix)[number == one].sum(axis=0) for one in range(9)]
    )
    error = np.sqrt((bread @ scores.T @ scores @ bread)[0, 0] * 9 / 8)
    assert values["standard_error"] == pytest.approx(error, rel=1e-5)
    assert values["products"] == 9
    assert values["weeks"] == 30


def test_row_order_does_not_matter() -> None:
    """The same to the last digit."""
    columns = sales(2)
    order = np.random.default_rng(0).permutation(len(columns[0]))
    assert promotions.fit(*(column[order] for column in columns)) == promotions.fit(*columns)


def product_weeks(products: int, weeks: int, prices: np.ndarray) -> tuple[np.ndarray, ...]:
    """Products that sell 10 units a week at prices that take turns, each at its own pace."""
    product, week = map(np.ravel, np.mgrid[0:products, 0:weeks])
    price = prices[(week * (2 * product + 1)) % len(prices)]
    return product, week, np.full(len(product), 10.0), 10 * price


EIGHT = np.linspace(10, 14, 8).round(2)


@pytest.mark.parametrize(
    ("columns", "is_fitted"),
    [
        pytest.param(product_weeks(5, 26, EIGHT), True, id="just enough"),
        pytest.param(product_weeks(4, 26, EIGHT), False, id="products"),
        pytest.param(product_weeks(5, 25, EIGHT), False, id="weeks"),
        pytest.param(product_weeks(5, 26, EIGHT[:7]), False, id="prices"),
        pytest.param(product_weeks(5, 26, np.linspace(10, 11, 8)), False, id="variation"),
        # the price of a week is the same for all products
        pytest.param(
            (lambda p, w, u, a: (p, w, u, 10 * EIGHT[w % 8]))(*product_weeks(6, 30, EIGHT)),
            False,
            id="prices follow the weeks",
        ),
    ],
)
def test_thresholds(columns: tuple[np.ndarray, ...], is_fitted: bool) -> None:
    """One product, week or price too few, or too little variation, gives no fit."""
    assert (promotions.fit(*columns) is not None) == is_fitted
