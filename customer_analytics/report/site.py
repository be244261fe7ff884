"""Writes the report: both pages and their assets, swapped in as a whole."""

import json
import shutil
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from customer_analytics.contract import read_contract
from customer_analytics.publish import MANIFEST
from customer_analytics.report.charts import Charts
from customer_analytics.report.queries import Answers, Row, read_marts
from customer_analytics.report.wording import LANGUAGES, Wording
from customer_analytics.working_file import FileError, writable

HERE = Path(__file__).parent
ASSETS = ("report.css", "report.js")
PLOTLY = "plotly.min.js"
CHAPTERS = (
    "overview",
    "portrait",
    "behaviour",
    "retention",
    "value",
    "churn",
    "channels",
    "products",
    "voice",
    "diagnosis",
    "quality",
)
CURRENCY = "select currency from staging.base_shop__reporting_currency"
EMPTY_INPUTS = "select input from audit.audit_row_ledger where rows_in = 0"


def report_folder(live: Path) -> Path:
    """Where the report stands unless told otherwise: beside the folder live."""
    return live.parent.parent / "report"


def write_report(live: Path, folder: Path) -> None:
    """Write the report on the published marts into a folder; readers see the old one until then."""
    pages = _render_pages(live)
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    replaced = folder.with_name(f".{folder.name}.replaced")
    _keep_what_is_not_ours(folder, {f"{language}.html" for language in LANGUAGES})
    with writable(folder.parent):
        for leftover in (unfinished, replaced):
            shutil.rmtree(leftover, ignore_errors=True)
        assets = unfinished / "assets"
        assets.mkdir(parents=True)
        for language, page in pages.items():
            (unfinished / f"{language}.html").write_text(page, encoding="utf-8")
        for name in ASSETS:
            shutil.copyfile(HERE / "assets" / name, assets / name)
        (assets / PLOTLY).write_text(_plotly_script(), encoding="utf-8")
        if folder.exists():
            folder.rename(replaced)
        unfinished.rename(folder)
        shutil.rmtree(replaced, ignore_errors=True)


def _keep_what_is_not_ours(folder: Path, pages: set[str]) -> None:
    """A folder that holds anything but a report is never replaced."""
    if folder.is_dir() and (
        others := {file.name for file in folder.iterdir()} - pages - {"assets"}
    ):
        raise FileError(
            f"{folder} holds other files ({min(others)}), so the report does not take its place:"
            " name another folder with python -m customer_analytics report --out"
        )


def _plotly_script() -> str:
    # takes a second to import
    from plotly.offline import get_plotlyjs

    return get_plotlyjs()


def _render_pages(live: Path) -> dict[str, str]:
    """Both pages by language."""
    if not live.exists():
        raise FileError(
            f"{live} does not exist, so nothing has been published: run python -m"
            " customer_analytics build"
        )
    try:
        with closing(duckdb.connect(str(live), read_only=True)) as connection:
            manifest = json.loads(_value(connection, f"select manifest from {MANIFEST}"))
            return {language: _render(connection, language, manifest) for language in LANGUAGES}
    except (duckdb.CatalogException, duckdb.BinderException, duckdb.IOException) as error:
        raise FileError(
            f"{live} cannot be reported ({str(error).splitlines()[0]}): build and publish it anew"
            " with python -m customer_analytics build"
        ) from error


def _render(connection: duckdb.DuckDBPyConnection, language: str, manifest: dict) -> str:
    as_of_date = date.fromisoformat(manifest["as_of_date"])
    published_at = datetime.fromisoformat(manifest["published_at"])
    answers = Answers(connection, language, as_of_date)
    wording = Wording(language, _value(connection, CURRENCY))
    empty = {name for (name,) in connection.execute(EMPTY_INPUTS).fetchall()}
    environment = _environment(wording, empty)
    shared = {
        "language": language,
        "as_of_date": as_of_date,
        "published_at": published_at,
        "age_days": (published_at.date() - as_of_date).days,
        "versions": manifest["versions"],
        "chapters": CHAPTERS,
    }
    rendered = {
        chapter: Markup(
            environment.get_template(f"chapters/{chapter}.html.j2").render(
                shared | answers.of_chapter(chapter)
            )
        )
        for chapter in CHAPTERS
    }
    return environment.get_template("page.html.j2").render(
        shared
        | {
            "rendered": rendered,
            "marts": read_marts(connection),
            # a shop may have marts of its own
            "described": wording.texts["marts"],
        }
    )


def _environment(wording: Wording, empty_inputs: set[str]) -> Environment:
    """Jinja with the words, numbers and charts of a language."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        name: wording.kind(name)
        for name in (
            "count", "short", "money", "short_money", "share", "change", "points", "decimal",
            "month", "day", "moment", "kpi",
        )
    }  # fmt: skip
    environment.globals |= {
        "t": wording.text,
        "cell": wording.cell,
        "charts": Charts(wording),
        "is_figure": is_figure,
        "pairs": lambda rows, key, value: {row[key]: row[value] for row in rows},
        "spread": spread,
        "runs": lambda rows, column: [
            (key, list(own)) for key, own in groupby(rows, key=lambda row: row[column])
        ],
        "openers": lambda mart: openers(mart, empty_inputs),
        "absent": lambda *inputs: [name for name in inputs if name in empty_inputs],
        "opened_by": lambda name: read_contract()[name].opens,
    }
    return environment


def openers(mart: str, empty_inputs: set[str]) -> list[str]:
    """The inputs that a shop has not handed over and that would open a mart."""
    return [
        table.name
        for table in read_contract().values()
        if table.name in empty_inputs and mart in table.opens
    ]


def is_figure(rows: list[Row], column: str) -> bool:
    """Whether a column holds numbers."""
    values = [row[column] for row in rows if row[column] is not None]
    return bool(values) and type(values[0]) in (int, float, Decimal)


def spread(rows: list[Row], key: str, column: str, value: str) -> list[Row]:
    """The rows with one column per value of another: one row per key."""
    columns = list(dict.fromkeys(row[column] for row in rows))
    return [
        {key: at, **dict.fromkeys(columns)}
        | {row[column]: row[value] for row in rows if row[key] == at}
        for at in sorted({row[key] for row in rows})
    ]


def _value(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    return connection.execute(query).fetchall()[0][0]
