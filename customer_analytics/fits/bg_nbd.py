"""BG/NBD: how often customers buy, and when they stop (Fader, Hardie & Lee 2005).

While alive, a customer buys at random with a rate that differs from customer to customer (gamma,
r and alpha), and after each purchase stops for good with a probability that differs, too (beta,
a and b). Time is counted in weeks.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, psi

from customer_analytics.fits.parameters import Fit

MINIMUM_CUSTOMERS = 30
MINIMUM_REPEAT_CUSTOMERS = 10
# r, alpha as a share of the mean observed time, a, b
STARTS = ((0.5, 0.3, 0.8, 2.5), (1.0, 1.0, 0.1, 10.0))
# logarithms of the parameters: beyond lies only the border itself
BOUNDS = ((-10, 10), (-10, 14), (-14, 14), (-14, 14))


def fit(
    repeat_days: np.ndarray,
    active_days: np.ndarray,
    observed_days: np.ndarray,
    customers: np.ndarray,
) -> Fit | None:
    """Fit r, alpha (weeks), a and b by maximum likelihood.

    All arrays have one entry per group of customers that are alike: order days after the first
    (x), days from the first order day to the last (t_x) and to the end of the data (T), and how
    many such customers there are. None for fewer than 30 customers or 10 who came back. Not
    identified are fits at the border, where drop-out cannot be told from rare buying: a / (a + b)
    below 0.001, or b above 1,000.
    """
    count = np.asarray(customers, dtype=float)
    x, t_x, t = (
        np.asarray(days, dtype=float) for days in (repeat_days, active_days, observed_days)
    )
    if count.sum() < MINIMUM_CUSTOMERS or count[x > 0].sum() < MINIMUM_REPEAT_CUSTOMERS:
        return None
    # sums of floating point numbers depend on their order
    order = np.lexsort((t, t_x, x))
    x, t_x, t, count = x[order], t_x[order] / 7, t[order] / 7, count[order]
    total = count.sum()

    def loss(logarithms: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = _log_likelihood(np.exp(logarithms), x, t_x, t, count)
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
        is_identified=bool(a / (a + b) >= 1e-3 and b <= 1e3),
    )


def _log_likelihood(
    parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, t: np.ndarray, count: np.ndarray
) -> tuple[float, np.ndarray]:
    """Equation 6 of the paper, summed over all customers, and its gradient."""
    r, alpha, a, b = parameters
    came_back = x > 0
    # max: who never came back has no second term, and its logarithms would be undefined
    repeats = np.maximum(x, 1)
    alive = betaln(a, b + x) - (r + x) * np.log(alpha + t)
    gone = np.where(
        came_back, betaln(a + 1, b + repeats - 1) - (r + x) * np.log(alpha + t_x), -np.inf
    )
    either = np.logaddexp(alive, gone)
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b) + either
    is_alive = np.exp(alive - either)
    is_gone = 1 - is_alive
    gradient_r = (
        psi(r + x)
        - psi(r)
        + np.log(alpha)
        - is_alive * np.log(alpha + t)
        - is_gone * np.log(alpha + t_x)
    )
    gradient_alpha = r / alpha - (r + x) * (is_alive / (alpha + t) + is_gone / (alpha + t_x))
    gradient_a = psi(a + b) - psi(a) + is_alive * psi(a) + is_gone * psi(a + 1) - psi(a + b + x)
    gradient_b = (
        psi(a + b)
        - psi(b)
        + is_alive * psi(b + x)
        + is_gone * psi(b + repeats - 1)
        - psi(a + b + x)
    )
    gradients = np.array([gradient_r, gradient_alpha, gradient_a, gradient_b])
    return float(np.sum(count * value)), gradients @ count
