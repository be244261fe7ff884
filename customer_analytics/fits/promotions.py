"""Promotion response: how the units of a product follow the price paid for it."""

import numpy as np
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from customer_analytics.fits.parameters import Fit

MINIMUM_PRODUCTS = 5
MINIMUM_PRICES = 8
MINIMUM_WEEKS = 26
MINIMUM_VARIATION = 0.05
MOST_STEPS = 100


def fit(product: np.ndarray, week: np.ndarray, units: np.ndarray, amount: np.ndarray) -> Fit | None:
    """Fit a Poisson regression of weekly units on ln(unit price) with product and week effects.

    All arrays have one entry per product and week with a sale; week is a whole number, amount the
    sum paid. Weeks without a sale between the first and the last one of a product count as 0 units
    at the last price. Only products with 8 prices, 26 weeks and a standard deviation of ln(price)
    above 0.05 take part; None for fewer than 5 of them. Parameters: the slope, its standard error
    and 95 % interval, and the numbers of products, weeks and distinct prices.
    """
    product, week, units, amount = _candidates(product, week, units, amount)
    if not len(product):
        return None
    sold, price, lives = _grid(product, week, units, amount)
    distinct = [
        np.unique(row[row_sold > 0].round(4)) for row, row_sold in zip(price, sold, strict=True)
    ]
    taking_part = [
        len(prices) >= MINIMUM_PRICES
        and life.sum() >= MINIMUM_WEEKS
        and np.log(row[life]).std() > MINIMUM_VARIATION
        for prices, row, life in zip(distinct, price, lives, strict=True)
    ]
    products = int(np.sum(taking_part))
    if products < MINIMUM_PRODUCTS:
        return None
    sold, price, lives = sold[taking_part], price[taking_part], lives[taking_part]
    # a week in which nothing was sold says nothing about prices
    weeks = sold.sum(axis=0) > 0
    with threadpool_limits(limits=1):
        found = _regression(sold[:, weeks], np.log(price[:, weeks]), lives[:, weeks])
    if found is None:
        return None
    slope, error = found
    half_width = error * float(student.ppf(0.975, products - 1))
    values = {
        "slope": slope,
        "standard_error": error,
        "low": slope - half_width,
        "high": slope + half_width,
        "products": products,
        "weeks": int(weeks.sum()),
        "distinct_prices": len(
            np.unique(np.concatenate([distinct[row] for row in np.flatnonzero(taking_part)]))
        ),
    }
    return Fit(values=values, customers=products)


def _candidates(product: np.ndarray, week: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """Rows of products with enough weeks; the grid of all products could fill the memory."""
    _, row, sales = np.unique(product, return_inverse=True, return_counts=True)
    first, last = np.full(len(sales), np.inf), np.full(len(sales), -np.inf)
    np.minimum.at(first, row, week)
    np.maximum.at(last, row, week)
    # as many weeks with a sale as prices are needed
    kept = ((sales >= MINIMUM_PRICES) & (last - first + 1 >= MINIMUM_WEEKS))[row]
    return [values[kept] for values in (product, week, *others)]


def _grid(
    product: np.ndarray, week: np.ndarray, units: np.ndarray, amount: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Units, price and whether the product was on sale, by product and week."""
    _, row = np.unique(product, return_inverse=True)
    column = week - week.min()
    sold = np.zeros((row.max() + 1, column.max() + 1))
    price = np.ones_like(sold)
    sold[row, column] = units
    price[row, column] = amount / units
    weeks = np.arange(sold.shape[1])
    last_sale = np.maximum.accumulate(np.where(sold > 0, weeks, -1), axis=1)
    lives = (last_sale >= 0) & (weeks <= last_sale[:, -1:])
    return sold, np.take_along_axis(price, np.maximum(last_sale, 0), axis=1), lives


def _regression(
    sold: np.ndarray, log_price: np.ndarray, lives: np.ndarray
) -> tuple[float, float] | None:
    """The slope and its standard error; None if prices do not vary apart from the weeks.

    The effect of a product has a closed form (its predicted units add up to its units), so that
    Newton's method searches the slope and the week effects only. The standard error is robust to
    dependence within a product (Wooldridge 1999), with the factor G / (G - 1) for G products.
    """
    total = sold.sum(axis=1, keepdims=True)

    def predicted(slope: float, week_effects: np.ndarray) -> np.ndarray:
        exponent = np.where(lives, slope * log_price + week_effects, -np.inf)
        weight = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        return total * weight / weight.sum(axis=1, keepdims=True)

    def likelihood(mean: np.ndarray) -> float:
        at = sold > 0
        # a step that is too long predicts no units where some were sold: it is halved
        with np.errstate(divide="ignore"):
            return float(np.sum(sold[at] * np.log(mean[at])))

    def centred(values: np.ndarray, mean: np.ndarray) -> np.ndarray:
        return values - (mean * values).sum(axis=1, keepdims=True) / total

    slope, week_effects = 0.0, np.zeros(sold.shape[1])
    mean = predicted(slope, week_effects)
    best = likelihood(mean)
    for _ in range(MOST_STEPS):
        of_weeks = np.diag(mean.sum(axis=0)) - mean.T @ (mean / total)
        price = centred(log_price, mean)
        residual = sold - mean
        targets = np.column_stack([(mean * price).sum(axis=0), residual.sum(axis=0)])
        by_week, residual_by_week = np.linalg.lstsq(of_weeks, targets, rcond=None)[0].T
        # the part of the price that products and weeks do not explain
        own = centred(price - by_week, mean)
        information = float(np.sum(mean * own**2))
        if information < 1e-8 * total.sum():
            return None
        step = float(np.sum(residual * own)) / information
        week_step = residual_by_week - by_week * step
        size = 1.0
        while size > 1e-6:
            candidate = predicted(slope + size * step, week_effects + size * week_step)
            value = likelihood(candidate)
            if value >= best - 1e-9 * abs(best):
                break
            size /= 2
        slope, week_effects, mean = slope + size * step, week_effects + size * week_step, candidate
        converged, best = abs(size * step) < 1e-9, value
        if converged:
            break
    else:
        return None
    count = len(sold)
    scores = np.sum((sold - mean) * own, axis=1)
    return slope, float(np.sqrt(count / (count - 1) * np.sum(scores**2)) / information)
