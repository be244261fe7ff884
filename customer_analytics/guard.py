"""Stops a publication whose inputs have shrunk: the export was probably cut off."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from customer_analytics.errors import CommandError

# columns of audit_row_ledger; it covers all rows, whatever the snapshot date
MEASURES = {"rows": "rows_in", "accepted rows": "rows_accepted", "amount": "amount_accepted"}
NOTHING = dict.fromkeys(MEASURES.values(), 0)

Ledger = dict[str, dict[str, Any]]


class ShrunkInputs(CommandError):
    """Inputs have shrunk since the last publication; one line per input."""


@dataclass(frozen=True)
class Bounds:
    """How much an input may shrink: percent of its rows or amount, days that its last day is back.

    accept: publish whatever has shrunk.
    """

    percent: float = 20
    days: int = 7
    accept: bool = False


def refuse_shrunk(before: Ledger, now: Ledger, bounds: Bounds) -> None:
    """Raise ShrunkInputs if an input has fewer rows, money or days than the bounds permit.

    before, now: rows of audit_row_ledger by input, of the published build and of the new one.
    """
    changes = {name: _changes(row, now.get(name, NOTHING), bounds) for name, row in before.items()}
    lines = [
        f"built and tested, but not published: {name} has shrunk since the last publication"
        f" ({'; '.join(shrunk)}): export it again, or publish it once with --accept-shrink"
        for name, shrunk in changes.items()
        if shrunk
    ]
    if lines and not bounds.accept:
        raise ShrunkInputs(*lines)


def _changes(before: dict[str, Any], now: dict[str, Any], bounds: Bounds) -> list[str]:
    """What was and what is, for each measure that has shrunk too much."""
    shrunk = []
    kept = 1 - Decimal(str(bounds.percent)) / 100
    for measure, column in MEASURES.items():
        old, new = Decimal(str(before[column])), Decimal(str(now[column]))
        if new < old * kept:
            shrunk.append(f"{measure}: {_shown(old)}, now {_shown(new)}")
    # manifests of earlier versions have no last day
    if last := before.get("last_date"):
        new_last = now.get("last_date")
        back = (date.fromisoformat(last) - date.fromisoformat(str(new_last or date.min))).days
        if back >= bounds.days:
            shrunk.append(f"last day: {last}, now {new_last or 'none'}")
    return shrunk


def _shown(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
