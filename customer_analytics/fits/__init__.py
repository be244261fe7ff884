"""Fits statistical models: from tables of grouped or sampled customers to tables of parameters.

SQL computes the inputs of the models and the scores of all customers; only the search for the
best parameters is done in Python.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_analytics.fits import bg_nbd, gamma_gamma, logistic, markov, personas, promotions
from customer_analytics.fits.parameters import parameter_table


def purchase_parameters(histories: pa.Table, spending: pa.Table) -> pa.Table:
    """Parameters of BG/NBD, MBG/NBD and Gamma-Gamma for each snapshot date.

    MBG/NBD is fitted on the latest snapshot date only. histories: number of customers by
    snapshot_date, repeat_days (x), active_days (t_x) and observed_days (T); spending: number of
    customers by snapshot_date, paid_repeat_days and repeat_amount.
    """
    history = ("repeat_days", "active_days", "observed_days", "customers")
    spent = ("paid_repeat_days", "repeat_amount", "customers")
    fits = {
        "bg_nbd": ((day, bg_nbd.fit(*_columns(rows, *history))) for day, rows in _days(histories)),
        "mbg_nbd": (
            (day, bg_nbd.fit(*_columns(rows, *history), first_purchase_counts=True))
            for day, rows in _days(histories)[-1:]
        ),
        "gamma_gamma": (
            (day, gamma_gamma.fit(*_columns(rows, *spent))) for day, rows in _days(spending)
        ),
    }
    return pa.concat_tables([parameter_table(model, found) for model, found in fits.items()])


def logistic_parameters(rows: pa.Table, days: list[date]) -> pa.Table:
    """Parameters of the logistic model for each snapshot date, from rows labelled by then.

    rows: sampled rows of int_churn_features with a label; the floating-point columns are the
    features. The parameters include horizon_days, the horizon of the labels: scores for another
    horizon need another fit.
    """
    # without rows, warehouse drivers return columns without a type
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


def persona_parameters(sample: pa.Table) -> pa.Table:
    """Cluster centres of the personas, from the sampled rows of the as-of day."""
    # sorted, because the starting points of K-means depend on the order of columns
    names = sorted(_features(sample))
    return parameter_table(
        "kmeans",
        ((day, personas.fit(_matrix(rows, names), names)) for day, rows in _days(sample)),
    )


def markov_parameters(transitions: pa.Table) -> pa.Table:
    """Removal effect of each traffic source, from the rows of int_path_transitions."""
    columns = [transitions[name].to_pylist() for name in ("from_source", "to_source", "paths")]
    days = {day: markov.fit(*columns) for day in transitions["as_of_date"].to_pylist()[:1]}
    return parameter_table("markov", days.items())


def promotion_parameters(sales: pa.Table) -> pa.Table:
    """Promotion response of each category; a parameter is named <name>.<category>.

    sales: units and paid_amount by snapshot_date (the same in all rows), category, product_id and
    week (its Monday).
    """
    if not len(sales):
        return parameter_table("promotion_response", [])
    sales = sales.set_column(
        sales.schema.get_field_index("week"),
        "week",
        pc.cast(pc.cast(sales["week"], pa.date32()), pa.int32()),
    )
    fits = []
    for category in sorted(pc.unique(sales["category"]).to_pylist()):
        rows = sales.filter(pc.equal(sales["category"], category))
        product, week, units, amount = _columns(rows, "product_id", "week", "units", "paid_amount")
        fit = promotions.fit(product, week // 7, units.astype(float), amount.astype(float))
        values = {f"{name}.{category}": value for name, value in fit.values.items()} if fit else {}
        fits.append((rows["snapshot_date"][0].as_py(), fit and replace(fit, values=values)))
    return parameter_table("promotion_response", fits)


def _days(table: pa.Table) -> list[tuple[date, pa.Table]]:
    """The rows of each snapshot date."""
    days = sorted(pc.unique(table["snapshot_date"]).to_pylist())
    return [(day, table.filter(pc.equal(table["snapshot_date"], pa.scalar(day)))) for day in days]


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
