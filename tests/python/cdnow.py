"""CDNOW: 2,357 customers of a record shop and all they bought, on which models are published.

The sample of Fader & Hardie, as the package lifetimes carries it (only its file is read).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

from conftest import skip

END_OF_CALIBRATION = date(1997, 9, 30)
Days = dict[date, Decimal]


def cdnow_customers() -> dict[int, Days]:
    """What each customer (by number in the sample) paid on each order day; skips without it."""
    found = find_spec("lifetimes")
    if found is None or found.origin is None:
        skip("package lifetimes is not installed: no CDNOW sample to fit")
    customers: dict[int, Days] = defaultdict(lambda: defaultdict(Decimal))
    file = Path(found.origin).parent / "datasets" / "CDNOW_sample.txt"
    for line in file.read_text(encoding="ascii").splitlines():
        _, customer, day, _, dollars = line.split()
        customers[int(customer)][datetime.strptime(day, "%Y%m%d").date()] += Decimal(dollars)
    assert len(customers) == 2357
    return customers


def order_rows(customers: dict[int, Days]) -> list[dict[str, object]]:
    """One order per customer and day, in the columns of the input contract."""
    return [
        {
            "order_id": f"{customer}-{day:%Y%m%d}",
            "customer_id": customer,
            "ordered_at": day,
            "paid_amount": amount,
        }
        for customer, days in customers.items()
        for day, amount in days.items()
    ]


def recencies(days: Iterable[date], until: date) -> tuple[int, int, int] | None:
    """Order days after the first, days from first to last and to the end; None: none by then."""
    known = sorted(day for day in days if day <= until)
    if not known:
        return None
    return len(known) - 1, (known[-1] - known[0]).days, (until - known[0]).days
