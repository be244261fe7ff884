"""The common table format for the parameters of all fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("model", pa.string()),
        ("trained_through", pa.date32()),
        ("parameter", pa.string()),
        ("value", pa.float64()),
        ("customers", pa.int64()),
        ("log_likelihood", pa.float64()),
        ("is_identified", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Fit:
    """A fitted model: named parameter values and information on the fit.

    customers: number of customers it was fitted on (logistic regression: customers times snapshot
    dates); log_likelihood: None for models without one; is_identified: false if the data do not
    determine the values, because the best fit is at the boundary of the parameter space
    (Gamma-Gamma: or has an infinite mean).
    """

    values: dict[str, float]
    customers: int
    log_likelihood: float | None = None
    is_identified: bool = True


def parameter_table(model: str, fits: Iterable[tuple[date, Fit | None]]) -> pa.Table:
    """One row per last training day and parameter; no rows for a day without a fit."""
    rows = [
        {
            "model": model,
            "trained_through": trained_through,
            "parameter": parameter,
            "value": float(value),
            "customers": int(fit.customers),
            "log_likelihood": fit.log_likelihood,
            "is_identified": fit.is_identified,
        }
        for trained_through, fit in fits
        if fit is not None
        for parameter, value in sorted(fit.values.items())
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)
