"""What the tests of adapters share: fixtures, converted tables, and RFM worked out in Python."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from customer_analytics.adapters.convert import convert_exports

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "adapters"

# the scores of the definitions: (score, upper bound) of recency, (score, lower bound) of the others
RECENCY = ((5, 30), (4, 60), (3, 90), (2, 180))
FREQUENCY = ((5, 10), (4, 5), (3, 3), (2, 1))
MONETARY = ((5, 10000), (4, 5000), (3, 2000), (2, 500))


def read_rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column name."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def converted(name: str, folder: Path) -> dict[str, list[dict[str, str]]]:
    """The tables that the fixture of a system is converted to."""
    convert_exports(FIXTURES / name, folder / "shop", [name], overwrite=False)
    return {file.stem: read_rows(file) for file in sorted((folder / "shop").glob("*.csv"))}


def by_key(rows: Iterable[dict[str, str]], *key: str) -> dict:
    """Rows by their key, which is unique."""
    found = {}
    for row in rows:
        value = row[key[0]] if len(key) == 1 else tuple(row[column] for column in key)
        assert value not in found, f"{value} occurs twice"
        found[value] = row
    return found


def person(contact: str) -> str:
    """The customer id that the project gives to an email address or a phone number."""
    digest = hashlib.sha256(contact.strip().lower().encode()).hexdigest()
    return f"person:{digest[:32]}"


@dataclass(frozen=True)
class Purchase:
    """A valid order as worked out from the raw export."""

    order_id: str
    customer_id: str | None
    day: date
    net_amount: Decimal
    refunded_amount: Decimal = Decimal(0)


def rfm(purchases: Iterable[Purchase], as_of: date) -> dict[str, tuple]:
    """Recency, frequency, monetary amount and their scores of every customer."""
    days, window = defaultdict(list), defaultdict(list)
    for purchase in purchases:
        if purchase.customer_id:
            days[purchase.customer_id].append(purchase.day)
            if (as_of - purchase.day).days < 365:
                window[purchase.customer_id].append(purchase.net_amount)
    found = {}
    for customer, ordered in days.items():
        recency = (as_of - max(ordered)).days
        frequency, amount = len(window[customer]), sum(window[customer], Decimal(0))
        found[customer] = (
            recency,
            frequency,
            amount,
            next((score for score, bound in RECENCY if recency <= bound), 1),
            next((score for score, bound in FREQUENCY if frequency >= bound), 1),
            next((score for score, bound in MONETARY if amount >= bound), 1),
        )
    return found
