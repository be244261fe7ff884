"""The one shape in which all fits hand over their parameters."""

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
    """What a model learned: named values, and what they rest on.

    customers: how many customers (logistic regression: customers on snapshot dates) it was fitted
    on;
    log_likelihood: null for models without one; is_identified: whether the data determine the
    values, or the best fit lies at the border of what is possible.
    """

    values: dict[str, float]
    customers: int
    log_likelihood: float | None = None
    is_identified: bool = True


def parameter_table(model: str, fits: Iterable[tuple[date, Fit | None]]) -> pa.Table:
    """One row per day through which was learned, and parameter; no row where there was no fit."""
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
