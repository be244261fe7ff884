"""Fits of statistical models: tables of grouped or sampled customers in, tables of parameters out.

What a model weighs is computed in SQL, and so are the scores of all customers; only the search
for the best parameters is done here.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_analytics.fits import bg_nbd, gamma_gamma, logistic, personas
from customer_analytics.fits.parameters import parameter_table


def bg_nbd_parameters(groups: pa.Table) -> pa.Table:
    """Parameters of BG/NBD for each day through which int_bg_nbd_groups goes."""
    return parameter_table(
        "bg_nbd",
        (
            (
                day,
                bg_nbd.fit(
                    *_columns(rows, "repeat_days", "active_days", "observed_days", "customers")
                ),
            )
            for day, rows in _by_day(groups, "trained_through")
        ),
    )


def gamma_gamma_parameters(groups: pa.Table) -> pa.Table:
    """Parameters of Gamma-Gamma for each day through which int_gamma_gamma_groups goes."""
    return parameter_table(
        "gamma_gamma",
        (
            (day, gamma_gamma.fit(*_columns(rows, "repeat_days", "repeat_amount", "customers")))
            for day, rows in _by_day(groups, "trained_through")
        ),
    )


def logistic_parameters(rows: pa.Table, days: list[date]) -> pa.Table:
    """Parameters of the logistic model for each of the days, from rows whose labels end by it.

    rows: int_churn_training; its columns of floating point numbers are the features. Beside the
    parameters of the fit stands horizon_days, what its labels ask about: scores for other horizons
    need other fits.
    """
    # drivers of warehouses give columns without rows no type
    if not len(rows):
        return parameter_table("logistic", [])
    names = _features(rows)
    horizon = (rows["label_through"][0].as_py() - rows["snapshot_date"][0].as_py()).days
    fits = []
    for day in sorted(days):
        known = rows.filter(pc.less_equal(rows["label_through"], pa.scalar(day)))
        fit = logistic.fit(_matrix(known, names), names, *_columns(known, "churned"))
        fits.append((day, fit and replace(fit, values=fit.values | {"horizon_days": horizon})))
    return parameter_table("logistic", fits)


def persona_parameters(rows: pa.Table) -> pa.Table:
    """Centres of the clusters of customers, from the sampled rows of int_persona_features."""
    names = _features(rows)
    # drivers of warehouses give columns without rows no type
    sample = rows.filter(rows["is_in_sample"]) if len(rows) else rows
    return parameter_table(
        "kmeans",
        (
            (day, personas.fit(_matrix(customers, names), names))
            for day, customers in _by_day(sample, "as_of_date")
        ),
    )


def _by_day(table: pa.Table, column: str) -> list[tuple[date, pa.Table]]:
    days = sorted(pc.unique(table[column]).to_pylist())
    return [(day, table.filter(pc.equal(table[column], pa.scalar(day)))) for day in days]


def _columns(table: pa.Table, *names: str) -> list[np.ndarray]:
    return [
        np.asarray(
            table[name].to_pylist() if pa.types.is_decimal(table[name].type) else table[name]
        )
        for name in names
    ]


def _features(table: pa.Table) -> list[str]:
    return [field.name for field in table.schema if pa.types.is_floating(field.type)]


def _matrix(table: pa.Table, names: list[str]) -> np.ndarray:
    return np.column_stack([np.asarray(table[name], dtype=float) for name in names])
