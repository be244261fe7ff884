"""BG/NBD and MBG/NBD: how often customers buy, and when they stop.

While active, a customer buys at random at a rate that varies between customers (gamma, r and
alpha). After each purchase the customer drops out with a probability that also varies (beta, a and
b). In BG/NBD (Fader, Hardie & Lee 2005) this starts with the second purchase, in MBG/NBD
(Batislam, Denizel & Filiztekin 2007) with the first. Time is counted in weeks.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, psi

from customer_analytics.fits.parameters import Fit

MINIMUM_CUSTOMERS = 30
MINIMUM_REPEAT_CUSTOMERS = 10
# r, alpha as a share of the mean observed time, a, b
STARTS = ((0.5, 0.3, 0.8, 2.5), (1.0, 1.0, 0.1, 10.0))
# logarithms of the parameters, so wide that beyond them is only the boundary itself
BOUNDS = ((-10, 10), (-10, 14), (-14, 14), (-14, 14))


def fit(
    repeat_days: np.ndarray,
    active_days: np.ndarray,
    observed_days: np.ndarray,
    customers: np.ndarray,
    *,
    first_purchase_counts: bool = False,
) -> Fit | None:
    """Fit r, alpha (weeks), a and b of BG/NBD by maximum likelihood.

    All arrays have one entry per group of identical customers: frequency x (order days after the
    first), recency t_x (days from the first to the last order day), age T (days from the first
    order day to the end of the data), and the number of customers. None for fewer than 30
    customers or fewer than 10 repeat customers. A fit is not identified at the boundary, where
    drop-out cannot be distinguished from infrequent buying: a / (a + b) below 0.001 or above 0.999,
    or b above 1,000.
    """
    count = np.asarray(customers, dtype=float)
    x, t_x, t = (
        np.asarray(days, dtype=float) for days in (repeat_days, active_days, observed_days)
    )
    if count.sum() < MINIMUM_CUSTOMERS or count[x > 0].sum() < MINIMUM_REPEAT_CUSTOMERS:
        return None
    # sorted, because floating-point sums depend on the order
    order = np.lexsort((t, t_x, x))
    x, t_x, t, count = x[order], t_x[order] / 7, t[order] / 7, count[order]
    total = count.sum()
    log_likelihood = _log_likelihood(x, t_x, t, count, int(first_purchase_counts))

    def loss(logarithms: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = log_likelihood(np.exp(logarithms))
        return -value / total, -gradient * np.exp(logarithms) / total

    mean_time = max(np.average(t, weights=count), 1.0)
    found = [
        minimize(
            loss,
            np.log([r, alpha * mean_time, a, b]),
            jac=True,
            method="L-BFGS-B",
            bounds=BOUNDS,
            options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-10},
        )
        for r, alpha, a, b in STARTS
    ]
    best = min(found, key=lambda result: result.fun)
    r, alpha, a, b = np.exp(best.x)
    return Fit(
        values={"r": r, "alpha": alpha, "a": a, "b": b},
        customers=int(total),
        log_likelihood=float(-best.fun * total),
        is_identified=bool(1e-3 <= a / (a + b) <= 1 - 1e-3 and b <= 1e3),
    )


def _log_likelihood(
    x: np.ndarray, t_x: np.ndarray, t: np.ndarray, count: np.ndarray, first: int
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Equation 6 of Fader, Hardie & Lee, summed over all customers, and its gradient.

    Its second term, for customers who have dropped out, is the first term times the odds of having
    dropped out, a / (b + n - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x). Here n is the number of
    purchases after which the customer could drop out: x in BG/NBD (first is 0), x + 1 in MBG/NBD
    (first is 1). The term is 0 if n is 0.
    """
    # days and purchases have few distinct values: compute functions of one of them once per value
    purchases, x_at = np.unique(x, return_inverse=True)
    ends, t_at = np.unique(t, return_inverse=True)
    lasts, t_x_at = np.unique(t_x, return_inverse=True)
    with_purchases = np.bincount(x_at, weights=count)
    with_end = np.bincount(t_at, weights=count)
    purchases_by_end = np.bincount(t_at, weights=count * x)
    chances = purchases + first
    # max: without a chance the odds are 0 and their logarithm is undefined
    before = np.maximum(chances, 1) - 1
    could_leave = x + first > 0
    x_at, t_at, t_x_at, x, who = (values[could_leave] for values in (x_at, t_at, t_x_at, x, count))

    def value_and_gradient(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha, a, b = parameters
        log_end, log_last = np.log(alpha + ends), np.log(alpha + lasts)
        inverse_end, inverse_last = 1 / (alpha + ends), 1 / (alpha + lasts)
        silence = log_end[t_at] - log_last[t_x_at]
        log_odds = (np.log(a) - np.log(b + before))[x_at] + (r + x) * silence
        gone = who * expit(log_odds)
        gone_by_purchases = np.bincount(x_at, weights=gone, minlength=len(purchases))
        exponents = r * with_end + purchases_by_end
        of_purchases = (
            gammaln(r + purchases)
            - gammaln(r)
            + r * np.log(alpha)
            + betaln(a, b + chances)
            - betaln(a, b)
        )
        value = (
            np.sum(with_purchases * of_purchases)
            - np.sum(exponents * log_end)
            + np.sum(who * np.logaddexp(0, log_odds))
        )
        gradient_r = (
            np.sum(with_purchases * (psi(r + purchases) - psi(r) + np.log(alpha)))
            - np.sum(with_end * log_end)
            + np.sum(gone * silence)
        )
        gradient_alpha = (
            np.sum(with_purchases) * r / alpha
            - np.sum(exponents * inverse_end)
            + np.sum(gone * (r + x) * (inverse_end[t_at] - inverse_last[t_x_at]))
        )
        rest = psi(a + b) - psi(a + b + chances)
        gradient_a = np.sum(with_purchases * rest) + np.sum(gone_by_purchases) / a
        gradient_b = np.sum(with_purchases * (rest - psi(b) + psi(b + chances))) - np.sum(
            gone_by_purchases / (b + before)
        )
        return float(value), np.array([gradient_r, gradient_alpha, gradient_a, gradient_b])

    return value_and_gradient
