"""Writes the pages and assets of the report so that readers always see a complete one."""

import json
import shutil
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from customer_analytics.build_database import writable
from customer_analytics.contract import read_contract
from customer_analytics.errors import FileError
from customer_analytics.publish import MANIFEST, output_folder, read_built, read_published
from customer_analytics.raw_tables import literal
from customer_analytics.report.charts import Charts
from customer_analytics.report.queries import Answers, Row, read_marts
from customer_analytics.report.scope import Scope
from customer_analytics.report.wording import LANGUAGES, Wording

HERE = Path(__file__).parent
ASSETS = "assets"
CHAPTERS = (
    "overview",
    "profile",
    "behaviour",
    "retention",
    "value",
    "churn",
    "channels",
    "products",
    "feedback",
    "diagnosis",
    "quality",
)
CURRENCY = "select reporting_currency from marts.dim_shop"
EMPTY_INPUTS = "select input from audit.audit_row_ledger where rows_in = 0"


def report_folder(published: Path, scope: Scope | None = None) -> Path:
    """The default folder of the report, next to the folder live; each scope has its own."""
    return output_folder(published, scope.folder if scope else "report")


def write_report(
    database: Path, folder: Path, schema: str | None = None, scope: Scope | None = None
) -> None:
    """Write the report on the marts of a published database into a folder.

    schema: that of the marts in a database that another dbt project built; scope: the channel or
    region to which the report is narrowed.

    Each page is replaced in one step. Assets are named by their content, and those of the previous
    report are kept until the next one, so readers of either report find all files.
    """
    loaded = _assets()
    names = {name: _named_by_content(name, text) for name, text in loaded.items()}
    with read_built(database, schema) if schema else read_published(database) as connection:
        pages = {
            f"{language}.html": _render(connection, language, names, scope)
            for language in LANGUAGES
        }
    _keep_what_is_not_ours(folder, {ASSETS, *pages})
    files = {names[name]: text for name, text in loaded.items()} | pages
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    with writable(folder.parent, "make it writable, or choose another folder with --out"):
        shutil.rmtree(unfinished, ignore_errors=True)
        for target in (unfinished, folder):
            (target / ASSETS).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (unfinished / name).write_text(text, encoding="utf-8")
        _remove_unused_assets(folder)
        # pages last, when their assets are in place
        for name in files:
            (unfinished / name).replace(folder / name)
        shutil.rmtree(unfinished)


def _assets() -> dict[str, str]:
    """The assets of the pages, by name."""
    own = {
        name: (HERE / ASSETS / name).read_text(encoding="utf-8")
        for name in ("report.css", "report.js")
    }
    # importing Plotly takes a second, and only its script is needed
    (plotly,) = find_spec("plotly").submodule_search_locations
    script = Path(plotly) / "package_data" / "plotly.min.js"
    return own | {"plotly.min.js": script.read_text(encoding="utf-8")}


def _named_by_content(name: str, text: str) -> str:
    """The path of an asset in the report, with a hash of its content."""
    stem, ending = name.split(".", 1)
    return f"{ASSETS}/{stem}-{sha256(text.encode()).hexdigest()[:8]}.{ending}"


def _remove_unused_assets(folder: Path) -> None:
    """Remove assets that the current pages do not load."""
    standing = "".join(page.read_text(encoding="utf-8") for page in folder.glob("*.html"))
    for asset in folder.glob(f"{ASSETS}/*-????????.*"):
        if asset.name not in standing:
            asset.unlink()


def _keep_what_is_not_ours(folder: Path, own: set[str]) -> None:
    """Refuse a folder with other files: the report could overwrite them."""
    if folder.is_dir() and (others := {file.name for file in folder.iterdir()} - own):
        raise FileError(
            f"{folder} contains other files ({min(others)}), so the report is not written there:"
            " choose another folder with customer-analytics report --out"
        )


def _render(
    connection: duckdb.DuckDBPyConnection,
    language: str,
    assets: dict[str, str],
    scope: Scope | None,
) -> str:
    """The page of a language; assets: paths of the assets."""
    manifest = json.loads(_value(connection, f"select manifest from {MANIFEST}"))
    as_of_date = date.fromisoformat(manifest["as_of_date"])
    published_at = datetime.fromisoformat(manifest["published_at"])
    answers = Answers(connection, language, as_of_date, scope)
    wording = Wording(language, _value(connection, CURRENCY))
    empty = {name for (name,) in connection.execute(EMPTY_INPUTS).fetchall()}
    environment = _environment(wording, empty)
    environment.globals["scope"] = scope and _described(answers, scope)
    results = {chapter: answers.of_chapter(chapter) for chapter in CHAPTERS}
    # of a channel or region, a chapter that cannot be narrowed has no rows at all
    chapters = [chapter for chapter in CHAPTERS if not scope or any(results[chapter].values())]
    shared = {
        "language": language,
        "as_of_date": as_of_date,
        "published_at": published_at,
        "age_days": (published_at.date() - as_of_date).days,
        "versions": manifest["versions"],
        "chapters": chapters,
    }
    rendered = {
        chapter: Markup(
            environment.get_template(f"chapters/{chapter}.html.j2").render(
                shared | results[chapter]
            )
        )
        for chapter in chapters
    }
    return environment.get_template("page.html.j2").render(
        shared
        | {
            "rendered": rendered,
            "left_out_chapters": [chapter for chapter in CHAPTERS if chapter not in chapters],
            "left_out": {chapter: answers.left_out(chapter) for chapter in chapters},
            "assets": assets,
            "marts": read_marts(connection),
            # the database may contain additional marts
            "described": wording.texts["marts"],
        }
    )


def _described(answers: Answers, scope: Scope) -> Row:
    """The scope with its labels."""
    labels = "select label('dimension', '{}') as dimension_name, label('{}', {}) as value_name"
    (row,) = answers.ask(labels.format(scope.dimension, scope.dimension, literal(scope.value)))
    return row | {"dimension": scope.dimension}


def _environment(wording: Wording, empty_inputs: set[str]) -> Environment:
    """Jinja with the texts, number formats and charts of a language."""
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
            "count", "short", "money", "short_money", "share", "change", "moved", "points",
            "decimal", "month", "day", "timestamp", "kpi", "versus",
        )
    }  # fmt: skip
    environment.globals |= {
        "t": wording.text,
        "cell": wording.cell,
        "charts": Charts(wording),
        "figure_columns": figure_columns,
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
    """The missing inputs that would unlock a mart."""
    return [
        table.name
        for table in read_contract().values()
        if table.name in empty_inputs and mart in table.opens
    ]


def figure_columns(rows: list[Row], columns: list[str]) -> set[str]:
    """The columns that contain numbers, by their first value."""
    first = {
        column: next((row[column] for row in rows if row[column] is not None), None)
        for column in columns
    }
    return {column for column, value in first.items() if type(value) in (int, float, Decimal)}


def spread(rows: list[Row], key: str, column: str, value: str) -> list[Row]:
    """Pivots rows: one row per key, one column per value of another column."""
    columns = list(dict.fromkeys(row[column] for row in rows))
    pivoted = {at: {key: at, **dict.fromkeys(columns)} for at in sorted({row[key] for row in rows})}
    for row in rows:
        pivoted[row[key]][row[column]] = row[value]
    return list(pivoted.values())


def _value(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    return connection.execute(query).fetchall()[0][0]
