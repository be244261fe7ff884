"""Axes, labels and colours that the charts share."""

from collections.abc import Callable
from datetime import date
from math import ceil, floor, log10
from typing import Any
from unicodedata import east_asian_width

from markupsafe import escape

from customer_analytics.report.wording import Wording

INK, QUIET, FAINT, CLEAR = "#24323d", "#98a3aa", "#e3e6e4", "rgba(0,0,0,0)"
PLAIN = "#3d6a8f"
SERIES = (PLAIN, "#c9883a", "#5f9e8f", "#8a6f9e", "#a9b4bb", "#b5655a", "#7c8f4e", "#4f5d75")
SCALE = [[0, "#f3f5f2"], [0.5, "#8dbab0"], [1, "#1f6f6b"]]
# one colour per meaning throughout the report
MEANINGS = {
    "high_value": "#1f6f6b",
    "potential": "#6fb0a3",
    "general": "#a9b8c2",
    "churn_risk": "#d9973f",
    "low_value": "#d3cbbd",
    "unscored": "#e0e0dd",
    "active": "#2f7f79",
    "at_risk": "#d9973f",
    "churned": "#a8503f",
    "new": "#3d6a8f",
    "prospect": "#a9b8c2",
    "retained": "#2f7f79",
    "resurrected": "#8a6f9e",
    "dormant": "#d3cbbd",
    "high": "#a8503f",
    "medium": "#d9973f",
    "low": "#6fb0a3",
}
LONGEST_LINE, MOST_LINES = 20, 3
BREAKS = " ，、；"
# pixels: width of a chart on a phone, width of a letter
PHONE_WIDTH, LETTER = 310, 7.6

Write = Callable[[Any], str]


def plain(text: Any) -> str:
    """A text that Plotly shows literally; otherwise it would render <b> as markup."""
    return str(escape(text))


def number(value: Any) -> float | None:
    """A number for JSON."""
    return None if value is None else float(value)


def label(text: str) -> str:
    """A label of up to three lines that fits next to a chart on a phone."""
    lines, rest = [], text
    while rest and len(lines) < MOST_LINES:
        line, rest = _split(rest)
        lines.append(line)
    return "<br>".join(map(plain, lines)) + ("…" if rest else "")


def room_behind(labels: list[str], texts: list[str]) -> float:
    """The space for figures behind bars on a phone, as a share of the longest bar."""
    longest_label = max(_width(line) for text in labels for line in text.split("<br>"))
    needed = LETTER * (1 + max(map(_width, texts)))
    left = PHONE_WIDTH - LETTER * longest_label
    return needed / max(left - needed, 0.1 * left)


def _width(text: str) -> int:
    """The width of a text in letters; Chinese characters count as two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _split(text: str) -> tuple[str, str]:
    """The part of a text that fits in one line, and the rest."""
    fitting = next((at for at in range(len(text)) if _width(text[: at + 1]) > LONGEST_LINE), None)
    if fitting is None:
        return text, ""
    at = max(text.rfind(sign, 0, fitting) for sign in BREAKS) + 1 or fitting
    return text[:at].strip(), text[at:].strip()


def layout(height: int, **axes: dict) -> dict:
    """The layout of a chart; axes: xaxis and yaxis."""
    fixed = {"fixedrange": True, "zeroline": False, "ticks": "", "automargin": True}
    return {
        "height": height,
        "margin": {"l": 8, "r": 26, "t": 8, "b": 8, "pad": 0},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"size": 13, "color": INK},
        "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": QUIET, "font": {"color": INK}},
        "showlegend": False,
        "dragmode": False,
        "barmode": "relative",
        "bargap": 0.25,
    } | {name: fixed | axis for name, axis in axes.items()}


def lines_of(labels: list[str]) -> dict:
    """An axis with a label for each row, the first row at the top."""
    return {
        "tickvals": list(range(len(labels))),
        "ticktext": labels,
        "range": [len(labels) - 0.5, -0.5],
        "showgrid": False,
        "ticklabelstandoff": 6,
    }


def scale(low: float, high: float, write: Write, whole: bool = False) -> dict:
    """A numeric axis that starts at 0 or below, with some margin; whole: only integers."""
    high = high if high > low else low + 1
    room = (high - low) * 0.06
    return ticks(low, high, write, whole) | {
        "range": [low - room if low < 0 else 0, high + room],
        "gridcolor": FAINT,
        "zeroline": True,
        "zerolinecolor": QUIET,
        "ticklabelstandoff": 4,
    }


def ticks(low: float, high: float, write: Write, whole: bool = False) -> dict:
    """Round numbers between two bounds, formatted for the language."""
    step = _nice(max((high - low or 1) / 4, 1 if whole else 0), whole)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    values = [round(times * step, 10) for times in range(first, last + 1)]
    texts = [plain(write(value)) for value in values]
    return {"tickvals": values, "ticktext": texts, "tickangle": 0}


def _nice(step: float, whole: bool) -> float:
    """The next step of 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(step))
    steps = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    return next(nice * power for nice in steps if nice * power >= step * 0.999)


def positions(xs: list, wording: Wording, every: int | None = None) -> dict:
    """An axis of months or other values in their order; only some ticks are labelled, to fit on a
    phone.

    every: label every n-th value from the first.
    """
    # counted from the end, so that the latest month is always labelled
    newest_first = range(len(xs) - 1, -1, -max(1, ceil(len(xs) / 5)))
    at = list(range(0, len(xs), every)) if every else list(newest_first)[::-1]
    named = [xs[position] for position in at]
    if isinstance(xs[0], date):
        texts = _months(named, wording)
    else:
        texts = [label(wording.cell("", value)) for value in named]
    return {
        "tickvals": at,
        "ticktext": texts,
        "range": [-0.5, len(xs) - 0.5],
        "ticklabeloverflow": "allow",
        "ticklabelstandoff": 6,
        "showgrid": False,
        "tickangle": 0,
    }


def _months(months: list[date], wording: Wording) -> list[str]:
    """Short month names, with the year below where it changes."""
    years = [None, *(month.year for month in months)]
    return [
        wording.month_name(month) + (f"<br>{wording.year(month)}" if month.year != before else "")
        for month, before in zip(months, years, strict=False)
    ]
