"""The environment of the shop: locations, traffic sources, campaigns, incidents, exchange rates and
advertising.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from customer_analytics.simulator.catalogue import Catalogue
from customer_analytics.simulator.columns import (
    DAY,
    HOUR,
    NONE,
    dates,
    decimals,
    from_pool,
    integers,
    nightly_load,
    numbered,
    timestamps,
)
from customer_analytics.simulator.seasons import Promotion, Season, promotions_between
from customer_analytics.simulator.writing import contract_table

CUSTOMERS_PER_CHUNK = 10_000


@dataclass(frozen=True)
class Location:
    """A location of customers; has_store: the shop has a store there."""

    region: str
    city: str
    tier: str
    currency: str
    share: float
    has_store: bool = False


LOCATIONS = [
    Location("Shanghai", "Shanghai", "tier_1", "CNY", 10, True),
    Location("Beijing", "Beijing", "tier_1", "CNY", 9, True),
    Location("Guangdong", "Guangzhou", "tier_1", "CNY", 7, True),
    Location("Guangdong", "Shenzhen", "tier_1", "CNY", 8, True),
    Location("Zhejiang", "Hangzhou", "new_tier_1", "CNY", 7, True),
    Location("Sichuan", "Chengdu", "new_tier_1", "CNY", 6, True),
    Location("Jiangsu", "Nanjing", "new_tier_1", "CNY", 5, True),
    Location("Hubei", "Wuhan", "new_tier_1", "CNY", 5),
    Location("Shaanxi", "Xi'an", "new_tier_1", "CNY", 4),
    Location("Fujian", "Xiamen", "tier_2", "CNY", 4, True),
    Location("Anhui", "Hefei", "tier_2", "CNY", 3.5),
    Location("Yunnan", "Kunming", "tier_2", "CNY", 3),
    Location("Shandong", "Jinan", "tier_2", "CNY", 3),
    Location("Guangdong", "Zhuhai", "tier_3", "CNY", 3),
    Location("Jiangsu", "Yangzhou", "tier_3", "CNY", 3),
    Location("Hebei", "Baoding", "tier_3", "CNY", 3),
    Location("Henan", "Luoyang", "tier_3", "CNY", 3),
    Location("Gansu", "Tianshui", "tier_4", "CNY", 2),
    Location("Guizhou", "Zunyi", "tier_4", "CNY", 2),
    Location("Heilongjiang", "Daqing", "tier_4", "CNY", 2),
    Location("Hong Kong", "Hong Kong", "overseas", "HKD", 2),
    Location("California", "Los Angeles", "overseas", "USD", 1.2),
    Location("Singapore", "Singapore", "overseas", "USD", 0.8),
    Location("Bavaria", "Munich", "overseas", "EUR", 0.8),
]
STORES = [number for number, location in enumerate(LOCATIONS) if location.has_store]
CURRENCIES = ["CNY", "USD", "EUR", "HKD"]
FIRST_RATES = {"USD": 6.9500, "EUR": 7.4200, "HKD": 0.8900}
RATE_SCALE = 10_000  # exchange rates are kept as whole ten-thousandths


@dataclass(frozen=True)
class Source:
    """A traffic source: its visitors, their conversion, the spend of its buyers, and its cost.

    Advertised on spend_days (weekday numbers, Monday 0) at a cost per acquired customer or, for
    sources that acquire nobody, per session and only in FLIGHTS. Sources without spend_days cost
    nothing.
    """

    source: str
    medium: str
    campaign: str | None
    acquisition_share: float
    visit_share: float
    conversion: float
    value: float
    cost: float = 0.0
    click_cost: float = 0.0
    spend_days: tuple[int, ...] = ()


EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
SOURCES = [
    Source("direct", "none", None, 14, 26, 1.10, 1.10),
    Source("wechat", "social", None, 17, 16, 1.05, 1.05),
    Source("friend", "referral", None, 8, 4, 1.35, 1.30),
    Source("baidu", "organic", None, 10, 9, 0.95, 1.00),
    Source("google", "organic", None, 3, 3, 0.95, 1.10),
    Source("baidu", "cpc", "brand_search", 14, 9, 1.00, 1.00, 48.0, 1.6, EVERY_DAY),
    Source("douyin", "cpc", "short_video", 16, 10, 0.80, 0.80, 36.0, 0.9, (3, 4, 5)),
    Source("douyin", "live", None, 8, 7, 1.15, 0.85),
    Source("xiaohongshu", "kol", "kol_seeding", 10, 6, 1.20, 1.25, 75.0, 2.4, (4,)),
    Source("newsfeed", "display", "feed_banner", 0, 0, 0.25, 1.00, 0.4, 0.3, EVERY_DAY),
    Source("email", "email", None, 0, 3, 1.25, 1.10),
    Source("sms", "sms", None, 0, 1, 1.15, 1.00),
    Source("push", "push", None, 0, 2, 1.10, 1.00),
]
LIVE, BANNER = 7, 9
SOURCE_OF_MESSAGE = {"email": 10, "sms": 11, "push": 12, "wechat": 1}  # message channel -> SOURCES
# A banner that brings many visitors who hardly buy, in two flights (from and to as shares of the
# shop's history).
FLIGHTS = [(0.30, 0.36), (0.75, 0.81)]
BANNER_VISITORS_PER_CUSTOMER = 0.14


@dataclass(frozen=True)
class Campaign:
    """A row of the campaigns table, and its effect.

    discount: usual discount of its orders. A message campaign (channel given) is sent to a share of
    the subscribed customers. Active customers who receive it buy once more with
    `added_purchase_probability`.
    """

    name: str
    kind: str
    starts_at: int
    ends_at: int
    cost_cents: int
    discount: float
    channel: str | None = None
    added_purchase_probability: float = 0.0


MESSAGES = [  # channel, type, name, discount, added purchase probability
    ("email", "email", "Spring News Mail", 0.10, 0.12),
    ("wechat", "coupon", "Win-back Coupon", 0.20, 0.20),
    ("sms", "coupon", "SMS Reminder", 0.05, 0.00),
    ("push", "push", "App Push Flash Sale", 0.15, 0.07),
    ("email", "email", "Member Day Mail", 0.10, 0.16),
]
MESSAGE_EVERY_DAYS = 150
MESSAGE_FIRST_DAY = 45
MESSAGE_WINDOW_DAYS = 14


@dataclass(frozen=True)
class Incident:
    """An incident: failing payment in one channel, or failing cart on one device."""

    name: str
    step: str
    dimension: str
    value: str
    starts_at: int
    ends_at: int
    failure_rate: float


CHANNELS = ["app", "mini_program", "h5", "web", "store"]
APP, MINI_PROGRAM, H5, WEB, STORE = range(5)
DEVICES = ["ios", "android", "desktop"]
IOS, ANDROID, DESKTOP = range(3)
SHORTEST_SHOP_WITH_INCIDENTS = 120  # days


class World:
    """Everything that all customers share, drawn once from the seed before any customer."""

    def __init__(
        self, customers: int, days: int, seed: int, start: date, has_incidents: bool = True
    ):
        # its own branch of the seed sequence: chunks use the branches 0, 1, 2, ...
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2**32 - 1,)))
        self.customers = customers
        self.days = days
        self.chunks = -(-customers // CUSTOMERS_PER_CHUNK)
        self.promotions = promotions_between(start, days)
        self.season = Season(start, days, self.promotions)
        self.start, self.end = self.season.start, self.season.end
        self.catalogue = Catalogue(rng, self.start, days)
        self.campaigns = _campaigns(self.promotions, start, days, customers)
        self.incidents = _incidents(start, days) if has_incidents else []
        self.rate_days, self.rates = _exchange_rates(rng, self.start // DAY, days)
        self.messages = [n for n, campaign in enumerate(self.campaigns) if campaign.channel]
        self._ad_spend = _ad_spend(rng, self)

    def rate_on(self, currency: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Ten-thousandths of the reporting currency for one unit of each currency on each day."""
        week = np.searchsorted(self.rate_days, day, side="right") - 1
        return self.rates[currency, week]

    def campaign_at(self, seconds: np.ndarray, kind: str) -> np.ndarray:
        """Number of the campaign of that type running at each time; NONE if there is none."""
        found = np.full(np.shape(seconds), NONE)
        for number, campaign in enumerate(self.campaigns):
            if campaign.kind == kind:
                found[(seconds >= campaign.starts_at) & (seconds < campaign.ends_at)] = number
        return found

    def is_broken(self, step: str, seconds, channel=None, device=None) -> np.ndarray:
        """Probability that a step fails at each time, for the given channels or devices."""
        probability = np.zeros(np.shape(seconds))
        for incident in self.incidents:
            if incident.step != step:
                continue
            values, names = (
                (channel, CHANNELS) if incident.dimension == "channel" else (device, DEVICES)
            )
            hit = (
                (seconds >= incident.starts_at)
                & (seconds < incident.ends_at)
                & (values == names.index(incident.value))
            )
            probability[hit] = incident.failure_rate
        return probability

    def in_flight(self, seconds: np.ndarray) -> np.ndarray:
        """Whether the banner is shown at each time."""
        share = (seconds - self.start) / (self.end - self.start)
        return np.logical_or.reduce([(share >= first) & (share < last) for first, last in FLIGHTS])

    def tables(self) -> dict[str, pa.Table]:
        """The tables that do not depend on single customers."""
        return {
            "products": self.catalogue.table(),
            "campaigns": _campaign_table(self),
            "ad_spend": self._ad_spend,
            "exchange_rates": _rate_table(self),
        }


def _seconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY


def _campaigns(sales: list[Promotion], start: date, days: int, customers: int) -> list[Campaign]:
    campaigns = [
        Campaign(
            f"{sale.name} {sale.first.year}", "discount", _seconds(sale.first),
            _seconds(sale.last + timedelta(1)), 300_000 + 150 * customers, sale.discount,
        )
        for sale in sales
    ]  # fmt: skip
    end = start + timedelta(days)
    month = start.replace(day=1)
    while month < end:
        following = (month + timedelta(32)).replace(day=1)
        first = _seconds(max(month, start))
        name = f"Live Evenings {month:%Y-%m}"
        campaigns.append(
            Campaign(name, "live_stream", first, _seconds(following), 60_000 + 30 * customers, 0.20)
        )
        month = following
    for number, day in enumerate(range(MESSAGE_FIRST_DAY, days - 7, MESSAGE_EVERY_DAYS)):
        channel, kind, name, discount, added = MESSAGES[number % len(MESSAGES)]
        first = _seconds(start + timedelta(day))
        campaigns.append(
            Campaign(
                f"{name} {start + timedelta(day):%Y-%m}", kind, first,
                first + MESSAGE_WINDOW_DAYS * DAY, 20_000 + 60 * customers, discount,
                channel, added,
            )
        )  # fmt: skip
    return sorted(campaigns, key=lambda campaign: campaign.starts_at)


def _incidents(start: date, days: int) -> list[Incident]:
    if days < SHORTEST_SHOP_WITH_INCIDENTS:
        return []

    def monday_after(share: float) -> date:
        day = start + timedelta(int(days * share))
        return day + timedelta(-day.weekday() % 7)

    payment, cart = monday_after(0.71), monday_after(0.92)
    return [
        Incident("android_cart_button", "add_to_cart", "device", "android",
                 _seconds(cart), _seconds(cart + timedelta(21)), 0.95),
        Incident("mini_program_payment", "pay", "channel", "mini_program",
                 _seconds(payment), _seconds(payment + timedelta(21)), 0.80),
    ]  # fmt: skip


def _exchange_rates(rng, first_day: int, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Weekly rates from five weeks before the first order; rates[currency, week], with the
    reporting currency at 1.
    """
    rate_days = np.arange(first_day - 35, first_day + days, 7)
    rates = [np.full(rate_days.size, RATE_SCALE)]
    for currency in CURRENCIES[1:]:
        walk = np.cumsum(rng.normal(0, 0.004, rate_days.size))
        rates.append((FIRST_RATES[currency] * np.exp(walk) * RATE_SCALE).round().astype(np.int64))
    return rate_days, np.array(rates)


def _rate_table(world: World) -> pa.Table:
    weeks, foreign = world.rate_days.size, len(CURRENCIES) - 1
    days = np.tile(world.rate_days, foreign)
    return contract_table(
        "exchange_rates",
        currency=from_pool(CURRENCIES, np.repeat(np.arange(1, foreign + 1), weeks)),
        rate_date=dates(days),
        rate_to_reporting=decimals(world.rates[1:].ravel(), scale=4),
        loaded_at=timestamps(days * DAY + 6 * HOUR),
    )


def _campaign_table(world: World) -> pa.Table:
    starts = np.array([campaign.starts_at for campaign in world.campaigns], dtype=np.int64)
    return contract_table(
        "campaigns",
        campaign_id=numbered("K", np.arange(1, starts.size + 1), 3),
        campaign_name=pa.array([campaign.name for campaign in world.campaigns], pa.string()),
        campaign_type=pa.array([campaign.kind for campaign in world.campaigns], pa.string()),
        starts_at=timestamps(starts),
        ends_at=timestamps([campaign.ends_at for campaign in world.campaigns]),
        cost_amount=decimals([campaign.cost_cents for campaign in world.campaigns]),
        loaded_at=timestamps(nightly_load(starts)),
    )


def _ad_spend(rng, world: World) -> pa.Table:
    """Spend follows the customers that a source is expected to acquire on that day."""
    all_days = np.arange(world.start, world.end, DAY)
    share = sum(source.acquisition_share for source in SOURCES)
    demand = np.diff(world.season.elapsed(np.r_[all_days, world.end])) / world.days
    parts = []
    for number, source in enumerate(SOURCES):
        active = np.isin((all_days // DAY + 3) % 7, source.spend_days)
        expected = world.customers * source.acquisition_share / share * demand
        if number == BANNER:
            active &= world.in_flight(all_days)
            expected = world.customers * BANNER_VISITORS_PER_CUSTOMER / max(active.sum(), 1)
            expected = np.full(all_days.size, expected)
        budget = expected[active] * source.cost * 7 / max(len(source.spend_days), 1)
        cents = (100 * (5 + budget * rng.lognormal(0, 0.25, budget.size))).astype(np.int64)
        clicks = rng.poisson(cents / 100 / max(source.click_cost, 0.01))
        parts.append((np.full(clicks.size, number), all_days[active], cents, clicks))
    number, seconds, cents, clicks = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((number, seconds))
    number, seconds, cents, clicks = number[order], seconds[order], cents[order], clicks[order]
    return contract_table(
        "ad_spend",
        spend_date=dates(seconds // DAY),
        source=from_pool([source.source for source in SOURCES], number),
        cost_amount=decimals(cents),
        medium=from_pool([source.medium for source in SOURCES], number),
        campaign=from_pool([source.campaign for source in SOURCES], number),
        impressions=integers(clicks * 40 + rng.integers(0, 40, clicks.size)),
        clicks=integers(clicks),
        loaded_at=timestamps(nightly_load(seconds)),
    )
