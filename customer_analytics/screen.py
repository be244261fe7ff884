"""Terminal output: console, progress, percentages."""

import sys
from threading import Event, Thread
from time import monotonic
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn

# seconds between two lines of progress without a terminal
LINE_INTERVAL = 30.0


def screen() -> Console:
    """The terminal, or 140 columns if the output is not a terminal: wide enough for all tables."""
    return Console() if sys.stdout.isatty() else Console(width=140)


def progress_bar(*columns: ProgressColumn) -> Progress:
    """A transient progress bar; off without a terminal, to keep control characters out of logs."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


class Steps:
    """The steps of a long command: a progress bar, and in a log file a line per interval."""

    def __init__(self, command: str, interval: float = LINE_INTERVAL) -> None:
        self.command = command
        self.interval = interval
        self.done = 0
        self.total: int | None = None
        self.description = "starting"
        self._started = monotonic()
        self._ended = Event()
        self._writer = Thread(target=self._write_lines, daemon=True)
        self._bar = progress_bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
        )
        self._task = self._bar.add_task(self.description, total=None)

    def __enter__(self) -> Self:
        """Show the bar, or begin to write lines."""
        self._bar.start()
        if not sys.stdout.isatty():
            self._writer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the bar, or end the lines."""
        self._ended.set()
        if self._writer.is_alive():
            self._writer.join()
        self._bar.stop()

    def update(self, description: str, total: int | None = None) -> None:
        """Name the current step; total: number of all steps, if it is known by now."""
        self.description = description
        self.total = total or self.total
        self._bar.update(self._task, description=description, total=self.total)

    def advance(self) -> None:
        """One more step is done."""
        self.done += 1
        self._bar.advance(self._task)

    def line(self) -> str:
        """The progress in one line, such as: build: 120 of 210 steps after 30 s, now int_orders."""
        steps = f"{self.done} of {self.total} steps" if self.total else f"{self.done} steps"
        seconds = monotonic() - self._started
        return f"{self.command}: {steps} after {seconds:.0f} s, now {self.description}"

    def _write_lines(self) -> None:
        while not self._ended.wait(self.interval):
            print(self.line(), flush=True)


def percent(share: float) -> str:
    """A share as a percentage; 0% and 100% only if the share is exactly 0 or 1."""
    if 0 < share < 0.001:
        return "under 0.1%"
    if 0.999 < share < 1:
        return "over 99.9%"
    return "0%" if share == 0 else "100%" if share == 1 else f"{100 * share:.1f}%"
