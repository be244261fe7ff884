"""Prints tables and draws a plot of the figures of growth.py."""

from itertools import pairwise
from pathlib import Path

from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

BUILDS = {"full": "", "beside": ", the other checkout"}
MOST_GROWTH = 1.1  # times the growth of the data
MOST_BY_HAND = 1.5  # times the better script
LEAST_SECONDS = 1  # CPU time below which the growth of a model is noise
LEAST_SHARE = 0.01  # share of total CPU time below which a model has no line of its own


def cpu(build: dict, models: list[str] | None = None) -> float:
    """CPU seconds of some models, by default of all."""
    names = build["models"] if models is None else models
    return sum(build["models"][name]["cpu_seconds"] for name in names)


def show(console: Console, sizes: list[dict]) -> None:
    """Print all tables and whether the targets are met."""
    console.print(_builds(sizes))
    for size in sizes:
        console.print(_models(size))
        console.print(_core_results(size))
    for smaller, larger in pairwise(sizes):
        console.print(_growth(smaller, larger))


def _table(title: str, *columns: str) -> Table:
    """A table whose columns after the first are numbers."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f}"


def _builds(sizes: list[dict]) -> Table:
    table = _table(
        "Builds",
        *("customers", "input rows", "CPU s", "of it models", "seconds", "input rows/s"),
        *("peak MB", "written MB", "database MB"),
    )
    for size in sizes:
        for name, title in BUILDS.items():
            build = size[name]
            if build is None:
                continue
            table.add_row(
                f"{size['customers']:,}{title}",
                f"{build['input_rows']:,}",
                f"{build['cpu_seconds']:.1f}",
                f"{cpu(build):.1f}",
                f"{build['seconds']:.1f}",
                f"{build['input_rows'] / build['seconds']:,.0f}",
                _megabytes(build["peak_bytes"]),
                _megabytes(build["written_bytes"]),
                _megabytes(build["database_bytes"]),
            )
    return table


def _models(size: dict) -> Table:
    """The most expensive models."""
    table = _table(
        f"Models, {size['customers']:,} customers",
        *("model", "CPU s", "seconds", "rows", "rows/s", "written MB"),
    )
    full = size["full"]
    costs = sorted(full["models"].items(), key=lambda item: -item[1]["cpu_seconds"])
    shown = [item for item in costs if item[1]["cpu_seconds"] >= LEAST_SHARE * cpu(full)]
    for name, cost in shown:
        rows = cost["rows"]
        table.add_row(
            name,
            f"{cost['cpu_seconds']:.2f}",
            f"{cost['seconds']:.2f}",
            "" if rows is None else f"{rows:,}",
            "" if rows is None else f"{rows / cost['seconds']:,.0f}",
            _megabytes(cost["written_bytes"]),
        )
    others = [name for name, _ in costs[len(shown) :]]
    table.add_section()
    table.add_row(
        f"{len(others)} others",
        f"{cpu(full, others):.2f}",
        f"{sum(full['models'][name]['seconds'] for name in others):.2f}",
        *("", "", ""),
    )
    return table


def _core_results(size: dict) -> Table:
    """The models of the core results next to the scripts."""
    table = _table(
        f"Clean orders, RFM and its history, daily sales: {size['customers']:,} customers",
        *("", "CPU s", "peak MB", f"times the better script (aim: {MOST_BY_HAND})"),
    )
    best = min(cost["cpu_seconds"] for cost in size["by_hand"].values())
    for name, cost in size["by_hand"].items():
        seconds, peak = cost["cpu_seconds"], _megabytes(cost["peak_bytes"])
        table.add_row(f"{name} script", f"{seconds:.2f}", peak, f"{seconds / best:.2f}")
    for title, models in size["core_models"].items():
        seconds = cpu(size["full"], models)
        table.add_row(
            f"{len(models)} models, {title}", f"{seconds:.2f}", "", f"{seconds / best:.2f}"
        )
    return table


def _growth(smaller: dict, larger: dict) -> Table:
    """CPU time by data size: in total, and for models that grow faster than allowed."""
    factor = larger["customers"] / smaller["customers"]
    most = MOST_GROWTH * factor
    table = _table(
        f"{factor:g} times the customers: growth of CPU (aim: at most {most:g})",
        *("", f"CPU s, {smaller['customers']:,}", f"CPU s, {larger['customers']:,}", "growth"),
    )
    pairs = {"full build": (smaller["full"]["cpu_seconds"], larger["full"]["cpu_seconds"])}
    pairs["all models"] = (cpu(smaller["full"]), cpu(larger["full"]))
    for name in larger["full"]["models"]:
        before, after = cpu(smaller["full"], [name]), cpu(larger["full"], [name])
        if after >= LEAST_SECONDS and after > most * before:
            pairs[name] = (before, after)
    for name, (before, after) in pairs.items():
        table.add_row(name, f"{before:.2f}", f"{after:.2f}", f"{after / before:.1f}")
    return table


def draw(sizes: list[dict], file: Path) -> None:
    """Two plots: CPU time by size, and the most expensive models at the largest size."""
    figure = Figure(figsize=(12, 5), layout="constrained")
    by_size, by_model = figure.subplots(1, 2)
    customers = [size["customers"] for size in sizes]
    for name, title in BUILDS.items():
        if sizes[0][name]:
            seconds = [size[name]["cpu_seconds"] for size in sizes]
            by_size.plot(customers, seconds, marker="o", label=f"build{title}")
    for name in sizes[0]["by_hand"]:
        seconds = [size["by_hand"][name]["cpu_seconds"] for size in sizes]
        by_size.plot(customers, seconds, marker="s", linestyle="--", label=f"{name} script")
    for title in sizes[0]["core_models"]:
        seconds = [cpu(size["full"], size["core_models"][title]) for size in sizes]
        by_size.plot(customers, seconds, marker="^", linestyle=":", label=f"core models, {title}")
    by_size.set(xscale="log", yscale="log", xlabel="customers", ylabel="CPU seconds")
    by_size.legend()
    models = sizes[-1]["full"]["models"]
    dearest = sorted(models, key=lambda name: models[name]["cpu_seconds"])[-15:]
    by_model.barh(dearest, [models[name]["cpu_seconds"] for name in dearest])
    by_model.set(xlabel=f"CPU seconds, {customers[-1]:,} customers")
    figure.savefig(file)
