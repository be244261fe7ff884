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
    "last_order_date",
    "recency_days",
    "next_order_due_on",
    "usual_category_en",
    "usual_category_zh",
    "suggested_product_id",
    "suggested_product_name",
    "discount_habit_en",
    "discount_habit_zh",
    "usual_daypart_en",
    "usual_daypart_zh",
    "expected_value",
    "churn_probability",
    "predicted_value_365d",
    "valid_until",
)
# $unknown: whether to list customers who have neither permitted nor denied a channel, too
LISTED = "(allowed_channel is not null or ($unknown and unknown_channels is not null))"
DUE = f"""
    select
        actions.code,
        count(list.customer_id),
        count(*) filter (where {LISTED} and not is_control),
        count(*) filter (where {LISTED} and not is_control and allowed_channel is null),
        count(*) filter (where {LISTED} and is_control)
    from marts.dim_labels as actions
    left join marts.fct_action_list as list on actions.code = list.action_code
    where actions.code_type = 'customer_action'
    group by actions.code
    order by actions.code
"""
LIST = f"""
    select {", ".join(COLUMNS)}
    from marts.fct_action_list
    where action_code = $action and {LISTED} and is_control = $control
    order by priority
"""
# A formula may begin where a cell does: at the start of a text, and after a semicolon or line break
# in it, where Excel splits a line if its list separator is not the comma. Excel also accepts the
# full-width signs of Chinese keyboards.
FORMULA_STARTS = re.compile(r"\A(?=[\t\r\n])|(?:\A|(?<=[;\t\r\n]))(?=[=+\-@＝＋－＠])")
ROWS_AT_ONCE = 10_000


@dataclass
class ActionList:
    """A written list: its file, its customers, and all customers the action is due for.

    unknown: listed customers who have not permitted any channel.
    control: customers of the control group, who are in control_file instead.
    """

    file: Path
    customers: int
    due: int
    unknown: int
    control_file: Path
    control: int


@dataclass
class ActionLists:
    """All written lists, and whether the shop has a table of consents."""

    lists: list[ActionList]
    has_consents: bool


def write_actions(
    database: Path,
    folder: Path,
    only: str | None = None,
    schema: str | None = None,
    include_unknown: bool = False,
) -> ActionLists:
    """Write the list of each action, or of one, without customers who permit no channel.

    Customers of the control group, who are not to be contacted, go to a file of the same name in
    the folder control.

    database: a published database, or one that another dbt project built, with its schema of marts.
    include_unknown: list customers of unknown consent, too, as always if the shop has no consents.
    """
    with (
        read_built(database, schema) if schema else read_published(database) as connection,
        writable(folder, "make it writable, or choose another folder with --out"),
    ):
        ((has_consents,),) = connection.execute(
            "select has_subscriptions from marts.dim_shop"
        ).fetchall()
        unknown = {"unknown": include_unknown or not has_consents}
        due = {action: counts for action, *counts in connection.execute(DUE, unknown).fetchall()}
        if only is not None and only not in due:
            raise ValueError(f"--action {only} is not an action: use one of {', '.join(due)}")
        if unsafe := [action for action in due if not re.fullmatch("[a-z0-9_]+", action)]:
            raise FileError(
                f"action code {unsafe[0]!r} of {database} cannot name a file: use only lower-case"
                " letters, digits and underscores in seeds/config/customer_actions.csv, and build"
                " again"
            )
        control_folder = folder / "control"
        control_folder.mkdir(parents=True, exist_ok=True)
        written = []
        for action in [only] if only else due:
            file, control_file = (parent / f"{action}.csv" for parent in (folder, control_folder))
            for path, is_control in [(file, False), (control_file, True)]:
                values = {"action": action, "control": is_control} | unknown
                _write(path, connection.execute(LIST, values))
            customers, listed, of_unknown_consent, control = due[action]
            written.append(
                ActionList(file, listed, customers, of_unknown_consent, control_file, control)
            )
        return ActionLists(written, has_consents)


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
    return FORMULA_STARTS.sub("'", value) if isinstance(value, str) else value
