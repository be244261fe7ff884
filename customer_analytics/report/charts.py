"""Figures for Plotly.js, of rows by column name: bars, columns, lines, heatmap.

All numbers and labels come formatted, because Plotly knows no 万, and stand at whole positions,
because two products may share a name.
"""

from itertools import cycle
from math import ceil, floor, log10
from typing import Any
from unicodedata import east_asian_width

from markupsafe import Markup

from customer_analytics.report.wording import Wording, plain

Row = dict[str, Any]
Figure = dict[str, Any]

INK, FAINT, PAPER = "#24323d", "#e3e6e4", "rgba(0,0,0,0)"
PLAIN = "#3d6a8f"
SERIES = ("#3d6a8f", "#c9883a", "#5f9e8f", "#8a6f9e", "#a9b4bb", "#b5655a", "#7c8f4e", "#4f5d75")
# one colour per meaning, all over the report
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
SCALE = [[0, "#f3f5f2"], [0.5, "#8dbab0"], [1, "#1f6f6b"]]
LONGEST_LABEL = 22
BAR_HEIGHT, SMALLEST_HEIGHT = 30, 90


class Charts:
    """Draws in one language."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording

    def bars(
        self,
        rows: list[Row],
        label: str,
        values: str | dict[str, str],
        kind: str,
        code: str | None = None,
        bounds: tuple[str, str] | None = None,
        shares: str | None = None,
    ) -> Figure:
        """Lying bars, one per row, or one per row and series (column: name).

        code: column that decides the colour; bounds: columns of an interval; shares: column of
        shares that stand behind the figures.
        """
        series = values if isinstance(values, dict) else {values: ""}
        write = self._short(kind)
        positions = list(range(len(rows)))
        names = [plain(self.wording.cell(label, row[label])) for row in rows]
        traces = []
        for (column, title), colour in zip(series.items(), cycle(SERIES), strict=False):
            colours = [MEANINGS.get(row[code], PLAIN) for row in rows] if code else colour
            texts = [
                plain(write(row[column]) + (f" · {self.wording.share(row[shares])}" if shares else ""))
                for row in rows
            ]
            hovers = [f"{name}: {text}" for name, text in zip(names, texts, strict=True)]
            traces.append(
                {
                    "type": "bar",
                    "orientation": "h",
                    "name": plain(title),
                    "y": positions,
                    "x": [_number(row[column]) for row in rows],
                    "text": texts,
                    "textposition": "outside" if not bounds else "none",
                    "hovertext": hovers,
                    "hoverinfo": "text",
                    "cliponaxis": False,
                    "marker": {"color": colours},
                }
            )
            if bounds:
                traces[-1]["error_x"] = _interval(rows, column, *bounds)
        reach = _reach(rows, series, bounds)
        layout = _layout(max(SMALLEST_HEIGHT, 24 + BAR_HEIGHT * len(rows) * max(1, len(series))))
        layout["xaxis"] = {"visible": bool(bounds), "range": reach, "fixedrange": True}
        if bounds:
            layout["xaxis"] |= self._ticks(reach[0], reach[1], write) | {"zerolinecolor": INK}
        layout["yaxis"] = {
            "tickvals": positions,
            "ticktext": [_cut(self.wording.cell(label, row[label])) for row in rows],
            "range": [len(rows) - 0.5, -0.5],
            "automargin": True,
            "fixedrange": True,
            "ticks": "",
            "ticklabelstandoff": 6,
        }
        layout["bargap"] = 0.28
        return _figure(traces, layout)

    def columns(
        self, rows: list[Row], x: str, values: dict[str, str] | str, kind: str, shares: bool = False
    ) -> Figure:
        """Columns over time, stacked where several columns are named; negatives hang below.

        shares: the figures are parts of 1.
        """
        write = self._short(kind)
        series = values if isinstance(values, dict) else {values: ""}
        xs = [row[x] for row in rows]
        assert len(set(xs)) == len(xs), f"{x} is no key"
        traces = []
        for (column, name), colour in zip(series.items(), cycle(SERIES), strict=False):
            hovers = [
                f"{plain(name)} {self._x(row[x])}: {plain(write(row[column]))}".strip()
                for row in rows
            ]
            traces.append(
                {
                    "type": "bar",
                    "name": plain(name),
                    "x": list(range(len(xs))),
                    "y": [_number(row[column] or 0) for row in rows],
                    "hovertext": hovers,
                    "hoverinfo": "text",
                    "marker": {"color": MEANINGS.get(column, colour)},
                }
            )
        heights = [[trace["y"][at] for trace in traces] for at in range(len(xs))]
        top = max(sum(height for height in of if height > 0) for of in heights)
        low = min(sum(height for height in of if height < 0) for of in heights)
        layout = _layout(300) | {"barmode": "relative", "bargap": 0.25}
        layout["xaxis"] = self._positions(xs)
        layout["yaxis"] = self._scale(low, 1 if shares else top, write)
        return _figure(traces, layout)

    def lines(
        self,
        rows: list[Row],
        x: str,
        values: dict[str, str] | str,
        kind: str,
        series: str | None = None,
        diagonal: bool = False,
        x_kind: str | None = None,
        x_title: str | None = None,
    ) -> Figure:
        """Lines over time, or over a number (x_kind): one per column, or one per series.

        diagonal: a dotted line of equal values.
        """
        write = self._short(kind)
        at_numbers = x_kind is not None
        xs = _distinct(rows, x)
        traces = []
        if series:
            groups = [
                (str(name), values, [row for row in rows if row[series] == name])
                for name in _distinct(rows, series)
            ]
        else:
            named = values if isinstance(values, dict) else {values: ""}
            groups = [(name, column, rows) for column, name in named.items()]
        for (name, column, own), colour in zip(groups, cycle(SERIES), strict=False):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines" if len(own) > 40 else "lines+markers",
                    "name": plain(name),
                    "x": [_number(row[x]) if at_numbers else xs.index(row[x]) for row in own],
                    "y": [_number(row[column]) for row in own],
                    "hovertext": [
                        plain(f"{name} {self._x(row[x], x_kind)}: {write(row[column])}".strip())
                        for row in own
                    ],
                    "hoverinfo": "text",
                    "line": {"color": colour, "width": 2.5},
                    "marker": {"size": 6},
                }
            )
        heights = [height for trace in traces for height in trace["y"] if height is not None]
        layout = _layout(300)
        layout["yaxis"] = self._scale(min([0, *heights]), max([0, *heights]), write)
        if at_numbers:
            numbers = [_number(at) for at in xs]
            layout["xaxis"] = {"range": [min(numbers), max(numbers)], "fixedrange": True}
            layout["xaxis"] |= {"gridcolor": FAINT, "zeroline": False}
            layout["xaxis"] |= self._ticks(min(numbers), max(numbers), self._short(x_kind))
        else:
            layout["xaxis"] = self._positions(xs)
        if x_title:
            layout["xaxis"] |= {"title": {"text": plain(x_title), "font": {"size": 12}}}
        if diagonal:
            layout["shapes"] = [
                {"type": "line", "x0": 0, "y0": 0, "x1": 1, "y1": 1,
                 "line": {"color": "#98a3aa", "dash": "dot", "width": 1}}
            ]  # fmt: skip
        return _figure(traces, layout)

    def heatmap(
        self, rows: list[Row], x: str, y: str, value: str, kind: str, texts: bool = True
    ) -> Figure:
        """A field per row of x and y; the texts in the fields may be left out."""
        xs, ys = _distinct(rows, x), _distinct(rows, y)
        cells = {(row[x], row[y]): row[value] for row in rows}
        assert len(cells) == len(rows), f"{x} and {y} are no key"
        write = self._short(kind)
        grid = [[_number(cells.get((at, of))) for at in xs] for of in ys]
        shown = [
            ["" if (found := cells.get((at, of))) is None else plain(write(found)) for at in xs]
            for of in ys
        ]
        hovers = [
            [f"{self._x(of)} · {self._x(at)}: {shown[j][i]}" if shown[j][i] else ""
             for i, at in enumerate(xs)] for j, of in enumerate(ys)
        ]  # fmt: skip
        trace = {
            "type": "heatmap",
            "z": grid,
            "x": list(range(len(xs))),
            "y": list(range(len(ys))),
            "hovertext": hovers,
            "hoverinfo": "text",
            "colorscale": SCALE,
            "showscale": False,
            "xgap": 2,
            "ygap": 2,
        }
        if texts:
            trace |= {"text": shown, "texttemplate": "%{text}", "textfont": {"size": 11}}
        layout = _layout(60 + 28 * len(ys))
        layout["xaxis"] = self._positions(xs, all_of_them=texts) | {
            "side": "top",
            "showgrid": False,
            "automargin": True,
        }
        layout["yaxis"] = {
            "tickvals": list(range(len(ys))),
            "ticktext": [_cut(self._x(of)) for of in ys],
            "autorange": "reversed",
            "automargin": True,
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "ticklabelstandoff": 6,
        }
        figure = _figure([trace], layout)
        figure["wide"] = texts and len(xs) > 5
        return figure

    # -- parts ------------------------------------------------------------------------------------

    def _short(self, kind: str):
        return self.wording.kind({"money": "short_money", "count": "short"}.get(kind, kind))

    def _x(self, value: Any, kind: str | None = None) -> str:
        if kind:
            return self._short(kind)(value)
        if isinstance(value, int):
            return self.wording.count(value)
        return plain(self.wording.cell("month", value))

    def _positions(self, xs: list, all_of_them: bool = False) -> dict:
        step = 1 if all_of_them else max(1, ceil(len(xs) / 5))
        # counted from the end: the newest month is always named
        at = list(range(len(xs) - 1, -1, -step))[::-1]
        return {
            "tickvals": at,
            "ticktext": [_cut(self._x(xs[position])) for position in at],
            "range": [-0.5, len(xs) - 0.5],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "tickangle": 0,
        }

    def _scale(self, low: float, high: float, write) -> dict:
        high = high if high > low else low + 1
        axis = self._ticks(low, high, write)
        padding = (high - low) * 0.06
        return axis | {
            "range": [low - padding if low < 0 else 0, high + padding],
            "fixedrange": True,
            "gridcolor": FAINT,
            "zerolinecolor": "#98a3aa",
            "automargin": True,
            "ticklabelstandoff": 4,
        }

    def _ticks(self, low: float, high: float, write) -> dict:
        step = _nice((high - low) / 4)
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        values = [round(number * step, 10) for number in range(first, last + 1)]
        return {"tickvals": values, "ticktext": [plain(write(value)) for value in values]}


def _layout(height: int) -> dict:
    return {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 28, "pad": 0},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"family": "inherit", "size": 13, "color": INK},
        "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": "#98a3aa", "font": {"color": INK}},
        "showlegend": False,
        "dragmode": False,
    }


def _figure(traces: list[dict], layout: dict) -> Figure:
    """The figure, with the legend apart: in HTML it breaks its lines on a phone."""
    named = [(Markup(trace["name"]), trace) for trace in traces if trace.get("name")]
    legend = [(name, (trace.get("line") or trace["marker"])["color"]) for name, trace in named]
    return {"data": traces, "layout": layout, "legend": legend, "wide": False}


def _reach(rows: list[Row], series: dict[str, str], bounds: tuple[str, str] | None) -> list[float]:
    """From the smallest to the greatest value, with room for the figures behind the bars."""
    columns = [*series, *(bounds or ())]
    found = [_number(row[column]) for row in rows for column in columns]
    values = [0.0, *(value for value in found if value is not None)]
    low, high = min(values), max(values)
    room = (high - low or 1) * (0.08 if bounds else 0.42)
    return [low - (room if low < 0 else 0), high + room]


def _interval(rows: list[Row], value: str, lower: str, upper: str) -> dict:
    return {
        "type": "data",
        "symmetric": False,
        "array": [float(row[upper] - row[value]) for row in rows],
        "arrayminus": [float(row[value] - row[lower]) for row in rows],
        "color": INK,
        "thickness": 1.5,
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _distinct(rows: list[Row], column: str) -> list:
    return list(dict.fromkeys(row[column] for row in rows))


def _cut(label: Any) -> str:
    """A label that fits beside a chart on a phone; Chinese signs are twice as wide."""
    text, width = str(label), 0
    for position, sign in enumerate(text):
        width += 2 if east_asian_width(sign) in "WF" else 1
        if width > LONGEST_LABEL:
            return plain(text[:position] + "…")
    return plain(text)


def _nice(step: float) -> float:
    """The next step of 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(step))
    return next(nice * power for nice in (1, 2, 2.5, 5, 10) if nice * power >= step * 0.999)
