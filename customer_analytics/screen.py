"""What commands print: a console, a progress bar, shares of something."""

import sys

from rich.console import Console
from rich.progress import Progress, ProgressColumn


def screen() -> Console:
    """The terminal; without one a page wide enough for all tables."""
    return Console() if sys.stdout.isatty() else Console(width=140)


def progress_bar(*columns: ProgressColumn) -> Progress:
    """A bar that is gone at the end, on a terminal only: log files want no control characters."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def percent(share: float) -> str:
    """A share for people: never 0 % or 100 % for some or for not quite all."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.999 < share < 1:
        return "over 99.9 %"
    return "0 %" if share == 0 else "100 %" if share == 1 else f"{100 * share:.1f} %"
