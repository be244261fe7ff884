"""Gamma-Gamma: how much a customer spends on an order day (Fader & Hardie 2013).

Amounts vary around a customer's own mean (gamma, shape p). These means vary between customers
(gamma, q and gamma), independently of how often they buy.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from customer_analytics.fits.parameters import Fit

MINIMUM_CUSTOMERS = 30
STARTS = ((2.0, 3.0, 1.0), (6.0, 4.0, 0.5))
# logarithms of p, q and gamma as a share of the mean amount
BOUNDS = ((-7, 12), (-7, 12), (-12, 12))


def fit(repeat_days: np.ndarray, repeat_amounts: np.ndarray, customers: np.ndarray) -> Fit | None:
    """Fit p, q and gamma (in the currency of the amounts) by maximum likelihood.

    All arrays have one entry per group of identical customers: repeat days with an amount above
    0, the sum of these amounts, and the number of customers. None for fewer than 30 customers.
    A fit is not identified if q is 1 or less (the mean is infinite) or if it is at the boundary.
    """
    count = np.asarray(customers, dtype=float)
    x, total_amount = (np.asarray(values, dtype=float) for values in (repeat_days, repeat_amounts))
    if count.sum() < MINIMUM_CUSTOMERS:
        return None
    order = np.lexsort((total_amount, x))
    x, m, count = x[order], (total_amount / x)[order], count[order]
    total, unit = count.sum(), np.average(m, weights=count)
    # x has few distinct values: compute its gamma functions once per value
    numbers, position = np.unique(x, return_inverse=True)

    def loss(logarithms: np.ndarray) -> float:
        p, q, gamma = np.exp(logarithms)
        gamma *= unit
        by_number = gammaln(p * numbers + q) - gammaln(p * numbers) + p * numbers * np.log(numbers)
        value = (
            by_number[position]
            - gammaln(q)
            + q * np.log(gamma)
            + (p * x - 1) * np.log(m)
            - (p * x + q) * np.log(gamma + m * x)
        )
        return -float(np.sum(count * value)) / total

    found = [
        minimize(
            loss,
            np.log(start),
            method="L-BFGS-B",
            jac="3-point",
            bounds=BOUNDS,
            options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-9},
        )
        for start in STARTS
    ]
    best = min(found, key=lambda result: result.fun)
    p, q, gamma = np.exp(best.x)
    at_border = any(
        min(value - low, high - value) < 1e-6
        for value, (low, high) in zip(best.x, BOUNDS, strict=True)
    )
    return Fit(
        values={"p": p, "q": q, "gamma": gamma * unit},
        customers=int(total),
        log_likelihood=float(-best.fun * total),
        is_identified=bool(q > 1 and not at_border),
    )
