"""Logistic regression of churn on features known on a snapshot date (scikit-learn)."""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from customer_analytics.fits.parameters import Fit

MINIMUM_ROWS = 200
MINIMUM_ROWS_OF_EACH_KIND = 30


def fit(features: np.ndarray, names: Sequence[str], churned: np.ndarray) -> Fit | None:
    """Fit an intercept and a coefficient per standardised feature, with a ridge penalty (C = 1).

    features: rows by features; names: names of features; churned: one boolean per row. None for
    fewer than 200 rows, or fewer than 30 churned or retained customers among them. Parameters:
    intercept, and for each feature coefficient.<name>, mean.<name> and scale.<name>. A feature
    that does not vary has scale 1 and coefficient 0.
    """
    x, y = np.asarray(features, dtype=float), np.asarray(churned, dtype=bool)
    churners = int(y.sum())
    if len(y) < MINIMUM_ROWS or min(churners, len(y) - churners) < MINIMUM_ROWS_OF_EACH_KIND:
        return None
    # sorted, because floating-point sums depend on the order
    order = np.lexsort((*x.T, y))
    x, y = x[order], y[order]
    with threadpool_limits(limits=1):
        scaler = StandardScaler().fit(x)
        standardised = scaler.transform(x)
        model = LogisticRegression(C=1.0, tol=1e-8, max_iter=10_000).fit(standardised, y)
        log_odds = model.decision_function(standardised)
    values = {"intercept": float(model.intercept_[0])}
    for position, name in enumerate(names):
        values[f"coefficient.{name}"] = float(model.coef_[0][position])
        values[f"mean.{name}"] = float(scaler.mean_[position])
        values[f"scale.{name}"] = float(scaler.scale_[position])
    log_likelihood = -float(np.sum(np.logaddexp(0, np.where(y, -log_odds, log_odds))))
    return Fit(values=values, customers=len(y), log_likelihood=log_likelihood)
