"""Plotly.js figures from rows: bars, columns, lines, heatmap.

Numbers and labels are formatted in Python, because Plotly does not know 万. Values are placed at
integer positions, because two products may have the same name.
"""

from itertools import cycle
from typing import Any

from markupsafe import Markup

from customer_analytics.report import axes
from customer_analytics.report.axes import MEANINGS, PLAIN, QUIET, SERIES, Write, number, plain
from customer_analytics.report.wording import Wording

BAR_HEIGHT, FIRST_LINE, NEXT_LINE, SMALLEST_HEIGHT, HEIGHT = 30, 24, 18, 60, 300

Row = dict[str, Any]
Figure = dict[str, Any]


class Charts:
    """Creates figures in one language."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording

    def bars(
        self,
        rows: list[Row],
        label: str,
        values: str | dict[str, str],
        kind: str,
        code: str | None = None,
        shares: str | None = None,
        bounds: tuple[str, str] | None = None,
    ) -> Figure:
        """Horizontal bars, one per row, or one per row and series (column: name).

        code: column that decides the colour; shares: column of shares shown after the figures;
        bounds: columns of an interval.
        """
        write, series = self._short(kind), _series(values)
        names = [self.wording.cell(label, row[label]) for row in rows]
        labels = [axes.label(name) for name in names]
        traces, figures = [], []
        for (column, title), colour in zip(series.items(), cycle(SERIES), strict=False):
            texts = [write(row[column]) + self._share(row, shares) for row in rows]
            figures += texts
            trace = self._bar(title, texts, names)
            trace |= {"orientation": "h", "text": list(map(plain, texts)), "cliponaxis": False}
            trace |= {"textposition": "none" if bounds else "outside"}
            trace |= {"y": list(range(len(rows))), "x": [number(row[column]) for row in rows]}
            trace["marker"] = {"color": colour}
            if code:
                # of two bars with the same colour the last one is opaque
                shade = 1 if column == list(series)[-1] else 0.45
                colours = [MEANINGS.get(row[code], PLAIN) for row in rows]
                trace["marker"] = {"color": colours, "opacity": shade}
            if bounds:
                trace["error_x"] = _interval(rows, column, *bounds)
            traces.append(trace)
        room = 0.08 if bounds else axes.room_behind(labels, figures)
        reach = _reach(rows, [*series, *(bounds or ())], room)
        xaxis = {"visible": bool(bounds), "range": reach}
        if bounds:
            signed = self.wording.signed if kind == "points" else write
            xaxis |= axes.ticks(*reach, signed) | {"zeroline": True, "zerolinecolor": axes.INK}
        line = FIRST_LINE + NEXT_LINE * max(text.count("<br>") for text in labels)
        height = 12 + len(rows) * max(BAR_HEIGHT * len(series), line) + (30 if bounds else 0)
        layout = axes.layout(max(SMALLEST_HEIGHT, height), xaxis=xaxis, yaxis=axes.lines_of(labels))
        return _figure(traces, layout | {"barmode": "group"})

    def columns(
        self,
        rows: list[Row],
        x: str,
        values: str | dict[str, str],
        kind: str,
        shares: bool = False,
        notes: str | None = None,
    ) -> Figure:
        """Columns over time, stacked if there are several series; negative values go below the
        axis.

        shares: the values are shares that add up to 1; notes: column shown when the mouse is over a
        column.
        """
        write = self._short(kind)
        xs = [row[x] for row in rows]
        assert len(set(xs)) == len(xs), f"several rows have the same {x}"
        traces = []
        for (column, title), colour in zip(_series(values).items(), cycle(SERIES), strict=False):
            texts = [write(row[column]) + _note(row, notes) for row in rows]
            trace = self._bar(title, texts, [f"{title} {self._at(at)}".strip() for at in xs])
            trace |= {"x": list(range(len(xs))), "y": [number(row[column] or 0) for row in rows]}
            traces.append(trace | {"marker": {"color": MEANINGS.get(column, colour)}})
        stacks = list(zip(*(trace["y"] for trace in traces), strict=True))
        top = max(sum(height for height in stack if height > 0) for stack in stacks)
        low = min(sum(height for height in stack if height < 0) for stack in stacks)
        layout = axes.layout(
            HEIGHT,
            xaxis=axes.positions(xs, self.wording),
            yaxis=axes.scale(low, 1 if shares else top, write, whole=kind == "count"),
        )
        # keep a single month narrow
        return _figure(traces, layout | {"bargap": max(0.25, 1 - 0.12 * len(xs))})

    def lines(
        self,
        rows: list[Row],
        x: str,
        values: str | dict[str, str],
        kind: str,
        x_kind: str | None = None,
        x_title: str = "",
        diagonal: bool = False,
    ) -> Figure:
        """Lines over time, or over a number (x_kind), one per column; diagonal: x equals y."""
        write = self._short(kind)
        xs = [row[x] for row in rows]
        write_x = self._short(x_kind) if x_kind else self._at
        at = [number(value) for value in xs] if x_kind else list(range(len(xs)))
        traces = [
            {
                "type": "scatter",
                "mode": "lines" if len(rows) > 40 else "lines+markers",
                "name": plain(title),
                "x": at,
                "y": [number(row[column]) for row in rows],
                "hovertext": [
                    plain(f"{title} {write_x(row[x])}: {write(row[column])}".strip())
                    for row in rows
                ],
                "hoverinfo": "text",
                "line": {"color": colour, "width": 2.5},
                "marker": {"size": 6},
            }
            for (column, title), colour in zip(_series(values).items(), cycle(SERIES), strict=False)
        ]
        heights = [height for trace in traces for height in trace["y"] if height is not None]
        low, high = (0, 1) if diagonal else (min([0, *heights]), max([0, *heights]))
        xaxis = axes.positions(xs, self.wording)
        if x_kind:
            reach = [0, 1] if diagonal else [min(at), max(at)]
            xaxis = axes.ticks(*reach, write_x) | {"range": reach, "gridcolor": axes.FAINT}
            xaxis["title"] = {"text": plain(x_title), "font": {"size": 12}, "standoff": 10}
        layout = axes.layout(HEIGHT, xaxis=xaxis, yaxis=axes.scale(low, high, write))
        if diagonal:
            ends = {"x0": 0, "y0": 0, "x1": 1, "y1": 1}
            dotted = {"color": QUIET, "dash": "dot", "width": 1}
            layout["shapes"] = [{"type": "line", "line": dotted} | ends]
        return _figure(traces, layout)

    def heatmap(
        self, rows: list[Row], x: str, y: str, value: str, kind: str, every: int | None = None
    ) -> Figure:
        """A cell per row of x and y; values are written into the cells unless every is given."""
        write = self._short(kind)
        xs, ys = _distinct(rows, x), _distinct(rows, y)
        cells = {(row[x], row[y]): row[value] for row in rows}
        assert len(cells) == len(rows), f"several rows have the same {x} and {y}"
        shown = [
            [plain(write(cells[at, of])) if (at, of) in cells else "" for at in xs] for of in ys
        ]
        trace = {
            "type": "heatmap",
            "z": [[number(cells.get((at, of))) for at in xs] for of in ys],
            "x": list(range(len(xs))),
            "y": list(range(len(ys))),
            "hovertext": [
                [f"{plain(self._at(of))} · {plain(self._at(at))}: {text}" if text else ""
                 for at, text in zip(xs, line, strict=True)]
                for of, line in zip(ys, shown, strict=True)
            ],
            "hoverinfo": "text",
            "colorscale": axes.SCALE,
            "showscale": False,
            "xgap": 2,
            "ygap": 2,
        }  # fmt: skip
        if every is None:
            trace |= {"text": shown, "texttemplate": "%{text}", "textfont": {"size": 11}}
        layout = axes.layout(
            56 + 28 * len(ys),
            xaxis=axes.positions(xs, self.wording, every=every or 1) | {"side": "top"},
            yaxis=axes.lines_of([axes.label(self._at(of)) for of in ys]),
        )
        layout["margin"] |= {"t": 40}
        return _figure([trace], layout) | {"wide": every is None and len(xs) > 4}

    # -- parts ------------------------------------------------------------------------------------

    def _short(self, kind: str) -> Write:
        return self.wording.kind({"money": "short_money", "count": "short"}.get(kind, kind))

    def _at(self, value: Any) -> str:
        return self.wording.cell("month", value)

    def _share(self, row: Row, shares: str | None) -> str:
        return f" · {self.wording.share(row[shares])}" if shares and row[shares] is not None else ""

    def _bar(self, title: str, texts: list[str], names: list[str]) -> dict:
        hovers = [plain(f"{name}: {text}") for name, text in zip(names, texts, strict=True)]
        return {"type": "bar", "name": plain(title), "hovertext": hovers, "hoverinfo": "text"}


def _note(row: Row, column: str | None) -> str:
    return f" · {row[column]}" if column and row[column] else ""


def _series(values: str | dict[str, str]) -> dict[str, str]:
    return values if isinstance(values, dict) else {values: ""}


def _figure(traces: list[dict], layout: dict) -> Figure:
    """The figure, with a separate HTML legend, which wraps on a phone."""
    named = [trace for trace in traces if trace.get("name")]
    legend = [
        (Markup(trace["name"]), *_swatch(trace.get("line") or trace["marker"])) for trace in named
    ]
    return {"data": traces, "layout": layout, "legend": legend, "wide": False}


def _swatch(style: dict) -> tuple[str, float]:
    """Colour and opacity of a series in the legend; grey where its bars have several colours."""
    colour = style["color"]
    return (colour if isinstance(colour, str) else "#5c6b76"), style.get("opacity", 1)


def _reach(rows: list[Row], columns: list[str], room: float) -> list[float]:
    """The range of the values, with space for the figures behind the bars."""
    found = [row[column] for row in rows for column in columns if row[column] is not None]
    low, high = float(min([0, *found])), float(max([0, *found]))
    room *= high - low or 1
    return [low - (room if low < 0 else 0), high + room]


def _interval(rows: list[Row], value: str, lower: str, upper: str) -> dict:
    return {
        "type": "data",
        "symmetric": False,
        "array": [float(row[upper] - row[value]) for row in rows],
        "arrayminus": [float(row[value] - row[lower]) for row in rows],
        "color": axes.INK,
        "thickness": 1.5,
    }


def _distinct(rows: list[Row], column: str) -> list:
    return list(dict.fromkeys(row[column] for row in rows))
