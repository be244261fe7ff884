"""Fits models on rows of a warehouse without Python and writes the parameters to it."""

import json
from datetime import date
from typing import Any

import pyarrow as pa
from rich.console import Console

from customer_analytics.dbt_runs import DbtFailure, first_line, run_dbt
from customer_analytics.fits import (
    logistic_parameters,
    markov_parameters,
    persona_parameters,
    promotion_parameters,
    purchase_parameters,
)

DAYS = ("snapshot_date", "label_through", "as_of_date", "week")
# grouped or without ids: no customer id leaves the warehouse
QUERIES = {
    "days": "select snapshot_date from {{ ref('int_snapshot_dates') }} where is_scored",
    "histories": "select snapshot_date, repeat_days, active_days, observed_days,"
    " count(*) as customers from {{ ref('int_order_features') }} where is_scored"
    " group by snapshot_date, repeat_days, active_days, observed_days",
    "spending": "select snapshot_date, paid_repeat_days, repeat_amount, count(*) as customers"
    " from {{ ref('int_order_features') }} where is_scored and paid_repeat_days > 0"
    " group by snapshot_date, paid_repeat_days, repeat_amount",
    "labelled": "select snapshot_date, label_through, {{ churn_features() | join(', ') }}, churned"
    " from {{ ref('int_churn_features') }} where is_in_sample and churned is not null",
    "sample": "select snapshot_date, {{ persona_features() | join(', ') }}"
    " from {{ ref('int_persona_features') }} where is_in_sample",
    "transitions": "select as_of_date, from_source, to_source, paths"
    " from {{ ref('int_path_transitions') }}",
    "sales": "select as_of.as_of_date as snapshot_date, items.category, items.product_id,"
    " cast(date_trunc('week', items.order_date) as date) as week, sum(items.quantity) as units,"
    " sum(items.paid_amount) as paid_amount from {{ ref('int_order_items_valued') }} as items"
    " cross join {{ ref('int_as_of') }} as as_of where items.is_valid and items.paid_amount > 0"
    " and items.product_id is not null group by as_of.as_of_date, items.category,"
    " items.product_id, cast(date_trunc('week', items.order_date) as date)",
}


def fit_on(target: str, variables: dict[str, Any], console: Console) -> None:
    """Fit all models on the tables of the last build on a target, and write the parameters there.

    target: a target of profiles.yml except DuckDB, where every build fits the models; variables:
    dbt vars of that build. Raises DbtFailure if nothing was built or the target is unknown.
    """
    if target == "duckdb":
        raise DbtFailure(
            f"target {target} needs no fit, because every build on DuckDB fits the models itself:"
            " use --target postgres or spark"
        )
    rows = _read(target, variables)
    days = [day.as_py() for day in rows["days"]["snapshot_date"]]
    parameters = pa.concat_tables(
        [
            purchase_parameters(rows["histories"], rows["spending"]),
            logistic_parameters(rows["labelled"], days),
            persona_parameters(rows["sample"]),
            markov_parameters(rows["transitions"]),
            promotion_parameters(rows["sales"]),
        ]
    )
    if not len(parameters):
        raise DbtFailure(
            f"no model fitted: the last build on target {target} has {_customers(rows)} customers,"
            " and at least 30 are needed, at least 10 of them with repeat orders: build with more"
            " data"
        )
    arguments = {"rows": [_literals(row) for row in parameters.to_pylist()]}
    command = ["run-operation", "write_fitted_parameters", "--args", json.dumps(arguments)]
    run_dbt([*command, "--vars", json.dumps(variables)], target=target)
    for model in sorted(set(parameters["model"].to_pylist())):
        console.print(f"{model}: fitted on data through {', '.join(_days_of(parameters, model))}")
    console.print("The next build scores all customers with these parameters.")


def _customers(rows: dict[str, pa.Table]) -> int:
    """The customers of the newest snapshot date."""
    histories = rows["histories"].to_pylist()
    newest = max((row["snapshot_date"] for row in histories), default=None)
    return sum(row["customers"] for row in histories if row["snapshot_date"] == newest)


def _read(target: str, variables: dict[str, Any]) -> dict[str, pa.Table]:
    """The rows of each query. Not with dbt show, which infers types per cell and is 4x slower."""
    from dbt.adapters.factory import FACTORY
    from dbt_common.exceptions import DbtRuntimeError

    command = ["compile", "--inline", ";".join(QUERIES.values()), "--vars", json.dumps(variables)]
    compiled = run_dbt(command, target=target).results[0].node.compiled_code
    # the only one: that of the target
    (adapter,) = FACTORY.adapters.values()
    try:
        with adapter.connection_named("fit"):
            return {
                name: _table(adapter.connections.add_query(query)[1])
                for name, query in zip(QUERIES, compiled.split(";"), strict=True)
            }
    except DbtRuntimeError as error:
        reason = first_line(error.msg)
        raise DbtFailure(f"{reason}: run dbt build --target {target} first") from error


def _table(cursor: Any) -> pa.Table:
    names = [column[0] for column in cursor.description]
    columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(names)
    return pa.table(
        {
            name: _days(column) if name in DAYS else column
            for name, column in zip(names, columns, strict=True)
        }
    )


def _days(column: tuple[Any, ...]) -> tuple[Any, ...]:
    # Spark's driver returns dates as text
    is_text = bool(column) and isinstance(column[0], str)
    return tuple(date.fromisoformat(day) for day in column) if is_text else column


def _literals(row: dict[str, Any]) -> dict[str, Any]:
    """A row as text with every digit of its floating-point numbers."""
    return {
        name: value if value is None or isinstance(value, bool) else str(value)
        for name, value in row.items()
    }


def _days_of(parameters: pa.Table, model: str) -> list[str]:
    rows = parameters.to_pylist()
    return sorted({str(row["trained_through"]) for row in rows if row["model"] == model})
