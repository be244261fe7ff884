"""Terminal output: console, progress bar, percentages."""

import sys

from rich.console import Console
from rich.progress import Progress, ProgressColumn


def screen() -> Console:
    """The terminal, or 140 columns if the output is not a terminal: wide enough for all tables."""
    return Console() if sys.stdout.isatty() else Console(width=140)


def progress_bar(*columns: ProgressColumn) -> Progress:
    """A transient progress bar; off without a terminal, to keep control characters out of logs."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def percent(share: float) -> str:
    """A share as a percentage; 0% and 100% only if the share is exactly 0 or 1."""
    if 0 < share < 0.001:
        return "under 0.1%"
    if 0.999 < share < 1:
        return "over 99.9%"
    return "0%" if share == 0 else "100%" if share == 1 else f"{100 * share:.1f}%"
