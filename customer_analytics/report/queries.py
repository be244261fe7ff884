"""Queries the published marts for the chapters; the queries are in chapters/*.sql."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from customer_analytics.report.scope import Scope

CHAPTERS = Path(__file__).parent / "chapters"
QUERY = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
# newest_month: the latest complete month, or the first month of a shop younger than a month
PERIODS = """
    create or replace temp table periods as
    with first_order as (
        select min(period_start) as month from marts.rpt_kpis
        where metric = 'orders' and period_kind = 'month'
    ),

    newest as (
        select
            ?::date as as_of_date,
            greatest(
                date_trunc('month', as_of_date + 1) - interval 1 month,
                month
            )::date as newest_month
        from first_order
    )

    select newest.*, (newest_month - interval 12 month)::date as first_month from newest
"""
# rows of a table; the others are pooled as one row, so that shares add up to the whole
MOST_ROWS = 10
# a code without a label is shown unchanged; pooled_values: how many values the row holds, if it is
# the pool of a dimension; place: rank of a value in its table, with a value called other last
LABELS = """
    create or replace temp macro label(type_of_code, code_of_label) as coalesce(
        (
            select max(labels.label_{lang}) from marts.dim_labels as labels
            where labels.code_type = type_of_code and labels.code = code_of_label
        ),
        code_of_label
    );

    create or replace temp macro value_label(type_of_code, code_of_label, pooled_values) as case
        when pooled_values is null then label(type_of_code, code_of_label)
        else label('pool', 'other') || ' (' || pooled_values || ')'
    end;

    create or replace temp macro shown_value(code, place) as
        case when place <= {rows} then code else 'other' end;

    create or replace temp macro values_held(place, pooled_values) as
        case when place <= {rows} then pooled_values else coalesce(pooled_values, 1) end
"""

Row = dict[str, Any]


class Answers:
    """The results of the chapter queries, in one language; scope: of one channel or region."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        language: str,
        as_of_date: date,
        scope: Scope | None = None,
    ) -> None:
        self.connection = connection
        self.language = language
        self.scope = scope
        connection.execute(PERIODS, [as_of_date])
        connection.execute(LABELS.format(lang=language, rows=MOST_ROWS))
        if scope:
            scope.create_views(connection)

    def ask(self, question: str) -> list[Row]:
        """The rows of a query, by column name; {lang} in it is replaced by the language.

        A query that cannot be narrowed to the scope has no rows.
        """
        if self.scope:
            if self.scope.left_out(question):
                return []
            question = self.scope.narrow(question)
        cursor = self.connection.execute(question.replace("{lang}", self.language))
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def of_chapter(self, chapter: str) -> dict[str, list[Row]]:
        """The results of all queries of a chapter, by query name."""
        return {name: self.ask(question) for name, question in read_questions(chapter).items()}

    def left_out(self, chapter: str) -> list[str]:
        """The marts of a chapter that cannot be narrowed to the scope."""
        if not self.scope:
            return []
        questions = read_questions(chapter).values()
        return sorted(set().union(*map(self.scope.left_out, questions)))


def read_questions(chapter: str) -> dict[str, str]:
    """The queries of a chapter by name; each starts with a line `-- name: ...`."""
    text = (CHAPTERS / f"{chapter}.sql").read_text(encoding="utf-8")
    _, *parts = QUERY.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def read_marts(connection: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    """All marts with their descriptions and those of their columns."""
    tables = connection.execute(
        "select schema_name, table_name, comment from ("
        "  from duckdb_tables() select schema_name, table_name, comment, database_name"
        "  union all from duckdb_views() select schema_name, view_name, comment, database_name)"
        " where schema_name in ('marts', 'audit') and table_name != 'publication'"
        " and database_name = current_database() order by 2"
    ).fetchall()
    columns = connection.execute(
        "select table_name, column_name, comment from duckdb_columns()"
        " where schema_name in ('marts', 'audit') and database_name = current_database()"
        " order by table_name, column_index"
    ).fetchall()
    return {
        table: {
            "schema": schema,
            "description": comment,
            "columns": [(column, text) for owner, column, text in columns if owner == table],
        }
        for schema, table, comment in tables
    }
