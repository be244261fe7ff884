"""When people buy: months, weekdays, hours, promotions and live-stream evenings.

Demand is a weight per hour. The cumulative sum of these weights, scaled to one per day on average,
is a demand clock. On this clock a customer buys at a constant rate, as the purchase model requires;
converted back to calendar time, purchases concentrate in busy hours.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from customer_analytics.simulator.columns import DAY, HOUR

MONTHS = [1.05, 0.80, 0.95, 0.95, 1.00, 1.15, 0.90, 0.95, 1.00, 1.05, 1.25, 1.10]
WEEKDAYS = [0.92, 0.94, 0.97, 1.02, 1.05, 1.12, 1.05]  # Monday first
HOURS = [
    0.35, 0.18, 0.10, 0.07, 0.07, 0.12, 0.30, 0.55, 0.85, 1.10, 1.25, 1.20,
    1.35, 1.20, 1.05, 1.05, 1.10, 1.15, 1.25, 1.55, 2.05, 2.15, 1.60, 0.80,
]  # fmt: skip
LIVE_WEEKDAY, LIVE_HOURS, LIVE_WEIGHT = 3, range(20, 22), 1.8  # Thursday evenings
LAST_DAY_RUSH = 1.5


@dataclass(frozen=True)
class Promotion:
    """A promotion of some days: its uplift in demand and its usual discount."""

    name: str
    first: date
    last: date
    demand: float
    discount: float


def promotions_of(year: int) -> list[Promotion]:
    """The promotions of a Chinese cross-border shop in one calendar year."""
    thanksgiving = date(year, 11, 1) + timedelta((3 - date(year, 11, 1).weekday()) % 7 + 21)
    black_friday = thanksgiving + timedelta(1)
    return [
        Promotion("New Year Goods", date(year, 1, 8), date(year, 1, 16), 1.4, 0.15),
        Promotion("Queens Day", date(year, 3, 6), date(year, 3, 8), 1.6, 0.15),
        Promotion("618", date(year, 6, 1), date(year, 6, 18), 2.1, 0.25),
        Promotion("Summer Clearance", date(year, 8, 18), date(year, 8, 24), 1.3, 0.30),
        Promotion("Double 11", date(year, 11, 1), date(year, 11, 11), 2.2, 0.30),
        Promotion("Black Friday", black_friday, black_friday + timedelta(3), 1.8, 0.20),
        Promotion("Double 12", date(year, 12, 10), date(year, 12, 12), 1.6, 0.20),
    ]


def promotions_between(start: date, days: int) -> list[Promotion]:
    """All promotions that begin inside the window, ordered by time."""
    end = start + timedelta(days)
    years = range(start.year, end.year + 1)
    return [sale for year in years for sale in promotions_of(year) if start <= sale.first < end]


class Season:
    """The demand clock: converts seconds (UTC) to days of demand since the start, and back."""

    def __init__(self, start: date, days: int, promotions: list[Promotion]):
        self.start = (start - date(1970, 1, 1)).days * DAY
        self.end = self.start + days * DAY
        self.days = days
        weights = _hourly_weights(start, days, promotions)
        self._hours = self.start + HOUR * np.arange(weights.size + 1)
        self._elapsed = np.r_[0.0, np.cumsum(weights)] * (days / weights.sum())

    def at(self, elapsed_days) -> np.ndarray:
        """Seconds since 1970 at which that many days of demand have passed (inside the window)."""
        return np.interp(elapsed_days, self._elapsed, self._hours).round().astype(np.int64)

    def elapsed(self, seconds) -> np.ndarray:
        """Days of demand from the start to the given times; the window's length after its end."""
        return np.interp(seconds, self._hours, self._elapsed)


def is_live_evening(seconds: np.ndarray) -> np.ndarray:
    """Whether times fall into a live-stream evening."""
    weekday = (seconds // DAY + 3) % 7  # 1970-01-01 was a Thursday
    hour = seconds % DAY // HOUR
    return (weekday == LIVE_WEEKDAY) & (hour >= LIVE_HOURS.start) & (hour < LIVE_HOURS.stop)


def _hourly_weights(start: date, days: int, promotions: list[Promotion]) -> np.ndarray:
    calendar = [start + timedelta(day) for day in range(days)]
    daily = np.array([MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] for day in calendar])
    for sale in promotions:
        first, last = (sale.first - start).days, (sale.last - start).days
        daily[first : last + 1] *= sale.demand
        daily[last : last + 1] *= LAST_DAY_RUSH
    hourly = daily[:, None] * np.array(HOURS)
    live_days = [number for number, day in enumerate(calendar) if day.weekday() == LIVE_WEEKDAY]
    hourly[np.ix_(live_days, LIVE_HOURS)] *= LIVE_WEIGHT
    return hourly.ravel()
