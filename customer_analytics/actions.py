"""Writes the customers to contact, one CSV per action, for Excel and for sending tools.

Excel needs a byte order mark to read UTF-8, and runs a text that begins with a formula sign as a
formula.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from customer_analytics.build_database import with_ending, writable
from customer_analytics.errors import FileError
from customer_analytics.publish import read_built, read_published

COLUMNS = (
    "customer_id",
    "priority",
    "action_en",
    "action_zh",
    "allowed_channel",
    "allowed_channel_en",
    "allowed_channel_zh",
    "allowed_channels",
    "denied_channels",
    "unknown_channels",
    "reason_en",
    "reason_zh",
    "value_tier_en",
    "value_tier_zh",
    "expected_value",
    "churn_probability",
    "predicted_value_365d",
)
# $unknown: whether to list customers who have neither permitted nor denied a channel, too
LISTED = "(allowed_channel is not null or ($unknown and unknown_channels is not null))"
DUE = f"""
    select
        actions.code,
        count(list.customer_id),
        count(*) filter (where {LISTED}),
        count(*) filter (where {LISTED} and allowed_channel is null)
    from marts.dim_labels as actions
    left join marts.fct_action_list as list on actions.code = list.action_code
    where actions.code_type = 'customer_action'
    group by actions.code
    order by actions.code
"""
LIST = f"""
    select {", ".join(COLUMNS)}
    from marts.fct_action_list
    where action_code = $action and {LISTED}
    order by priority
"""
# Excel also accepts the full-width signs of Chinese keyboards
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS_AT_ONCE = 10_000


@dataclass
class ActionList:
    """A written list: its file, its customers, and all customers the action is due for.

    unknown: listed customers who have not permitted any channel.
    """

    file: Path
    customers: int
    due: int
    unknown: int


def write_actions(
    database: Path,
    folder: Path,
    only: str | None = None,
    schema: str | None = None,
    include_unknown: bool = False,
) -> list[ActionList]:
    """Write the list of each action, or of one, without customers who permit no channel.

    database: a published database, or one that another dbt project built, with its schema of marts.
    include_unknown: list customers of unknown consent, too, as always if the shop has no consents.
    """
    with (
        read_built(database, schema) if schema else read_published(database) as connection,
        writable(folder, "make it writable, or choose another folder with --out"),
    ):
        shop = connection.execute("select has_subscriptions from marts.dim_shop").fetchall()
        unknown = {"unknown": include_unknown or not shop[0][0]}
        due = {action: counts for action, *counts in connection.execute(DUE, unknown).fetchall()}
        if only is not None and only not in due:
            raise ValueError(f"--action {only} is not an action: use one of {', '.join(due)}")
        if unsafe := [action for action in due if not re.fullmatch("[a-z0-9_]+", action)]:
            raise FileError(
                f"action code {unsafe[0]!r} of {database} cannot name a file: use only lower-case"
                " letters, digits and underscores in seeds/config/customer_actions.csv, and build"
                " again"
            )
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for action in [only] if only else due:
            file = folder / f"{action}.csv"
            _write(file, connection.execute(LIST, {"action": action} | unknown))
            customers, listed, of_unknown_consent = due[action]
            written.append(ActionList(file, listed, customers, of_unknown_consent))
        return written


def _write(file: Path, result: duckdb.DuckDBPyConnection) -> None:
    """Write a header and rows to a temporary file, then replace the list with it."""
    unfinished = with_ending(file, ".unfinished")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for row in _rows(result):
            writer.writerow(map(cell, row))
    unfinished.replace(file)


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[tuple]:
    while rows := result.fetchmany(ROWS_AT_ONCE):
        yield from rows


def cell(value: Any) -> Any:
    """A value for Excel; an apostrophe stops Excel from running a text as a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return value
