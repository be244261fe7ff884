"""The customers: location, acquisition source, purchase rate, spend, and shopping habits."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from customer_analytics.simulator.columns import (
    DAY,
    NEVER,
    NONE,
    dates,
    from_pool,
    joined,
    nightly_load,
    numbered,
    timestamps,
)
from customer_analytics.simulator.draws import chance, pick, seconds_between
from customer_analytics.simulator.seasons import Season
from customer_analytics.simulator.world import (
    ANDROID,
    APP,
    CURRENCIES,
    DESKTOP,
    H5,
    IOS,
    LOCATIONS,
    MINI_PROGRAM,
    SOURCES,
    WEB,
    World,
)
from customer_analytics.simulator.writing import contract_table

GUESTS_PER_CUSTOMER = 0.06
BUYER_SHARE = 0.92  # the others open an account and never buy
BUYS_AT_ONCE_SHARE = 0.7  # first order in the session that opens the account
RATE_SHAPE = 0.7  # r of the MBG/NBD
DROPOUT_A, DROPOUT_B = 0.9, 5.0  # a and b of the MBG/NBD
ORDER_SHAPE, SPEND_SHAPE = 3.0, 2.3  # p and q of the Gamma-Gamma
MEAN_SPEND = 660.0  # yuan per order over all customers, before price steps and discounts
LONGEST_FIRST_VISIT = 1_200  # seconds from opening an account to an order in the same session
# above 1: more customers arrive early, as after a launch campaign
EARLY_ARRIVAL = 1.45
TRACKED_SHARE = 0.36  # share that consents to tracking

GENDERS = ["female", "male"]
OCCUPATIONS = [
    "office", "engineer", "teacher", "medical", "sales", "freelance", "student", "retired",
]  # fmt: skip
STUDENT, RETIRED = 6, 7
INCOMES = ["under_5k", "5k_10k", "10k_20k", "20k_50k", "over_50k"]
EDUCATIONS = ["high_school", "college", "bachelor", "master"]
MARITAL = ["single", "married", "divorced"]
MEMBER_TIERS = ["basic", "silver", "gold", "platinum"]
PAYMENT_METHODS = ["wechat_pay", "alipay", "bank_card", "paypal"]
SURNAMES = ["wang", "li", "zhang", "liu", "chen", "yang", "zhao", "huang", "zhou", "wu", "xu"]
GIVEN_NAMES = ["wei", "fang", "min", "jing", "lei", "na", "tao", "yan", "jun", "xin", "hao", "mei"]
# .example is reserved for documentation: these addresses cannot exist
MAIL_DOMAINS = ["qmail.example", "post.example", "mail-cn.example"]


@dataclass
class People:
    """One entry per account of a chunk, then one per guest (parallel arrays); times in seconds."""

    number: np.ndarray  # account number over all chunks, from 1; NONE for guests
    registered_at: np.ndarray  # first contact of guests
    is_buyer: np.ndarray
    buys_at_once: np.ndarray
    purchase_rate: np.ndarray  # lambda of the MBG/NBD, per day of demand
    dropout: np.ndarray  # p of the MBG/NBD, after each purchase
    spend_mean: np.ndarray  # mean of the gamma of order values, cents
    location: np.ndarray
    currency: np.ndarray
    source: np.ndarray
    device: np.ndarray
    channel: np.ndarray  # usual one
    store_share: np.ndarray  # share of orders in the store
    is_tracked: np.ndarray
    is_card_replaced: np.ndarray
    likes_coupons: np.ndarray
    payment_method: np.ndarray
    email: pa.Array

    @property
    def size(self) -> int:
        return self.number.size

    @property
    def is_account(self) -> np.ndarray:
        return self.number >= 0

    @property
    def has_card(self) -> np.ndarray:
        return self.is_account & (self.store_share > 0)

    def customer_ids(self, who: np.ndarray, shown=True) -> pa.Array:
        """Account ids of people; null for guests, for NONE, and where not shown."""
        return numbered("C", np.where((who >= 0) & shown, self.number[who], NONE), 6)

    def card_ids(self, who: np.ndarray) -> pa.Array:
        """Ids of the member cards of the given people; null without a card."""
        return numbered("M", np.where(self.has_card[who], self.number[who], NONE), 6)


def draw_people(
    world: World, rng: np.random.Generator, first: int, accounts: int, rate: float
) -> People:
    """People of one chunk.

    first: number of accounts before this chunk. rate: mean purchase rate of active customers, in
    repeat orders per year (365 days of demand). Rates are gamma and drop-out probabilities beta
    distributed (MBG/NBD, Batislam et al. 2007), mean order values inverse-gamma as in the
    Gamma-Gamma model (Fader & Hardie 2013).
    """
    size = accounts + int(rng.binomial(accounts, GUESTS_PER_CUSTOMER))
    is_account = np.arange(size) < accounts
    arrived = world.days * rng.random(size) ** EARLY_ARRIVAL
    location = pick(rng, [location.share for location in LOCATIONS], size)
    source = pick(rng, [source.acquisition_share for source in SOURCES], size)
    currency = np.array([CURRENCIES.index(location.currency) for location in LOCATIONS])[location]
    value = np.array([source.value for source in SOURCES])[source]
    spend_scale = 100 * MEAN_SPEND * (SPEND_SHAPE - 1)
    device, channel = _device_and_channel(rng, size)
    near_store = np.array([location.has_store for location in LOCATIONS])[location]
    number = np.where(is_account, first + 1 + np.arange(size), NONE)
    return People(
        number=number,
        registered_at=world.season.at(arrived),
        is_buyer=chance(rng, np.where(is_account, BUYER_SHARE, 1.0), size),
        buys_at_once=chance(rng, np.where(is_account, BUYS_AT_ONCE_SHARE, 1.0), size),
        # guests rarely come back: only a third of them may
        purchase_rate=rng.gamma(RATE_SHAPE, rate / 365 / RATE_SHAPE, size)
        * np.where(is_account | chance(rng, 0.33, size), 1.0, 1e-9),
        dropout=rng.beta(DROPOUT_A, DROPOUT_B, size),
        spend_mean=value * spend_scale / rng.gamma(SPEND_SHAPE, 1.0, size),
        location=location,
        currency=currency,
        source=source,
        device=device,
        channel=channel,
        store_share=np.where(near_store & chance(rng, 0.3, size), rng.beta(2, 2, size), 0.0),
        is_tracked=chance(rng, TRACKED_SHARE, size),
        is_card_replaced=chance(rng, 0.08, size),
        likes_coupons=rng.beta(1.2, 4, size),
        payment_method=np.where(
            currency == 0, pick(rng, [50, 38, 12], size), pick(rng, [0, 0, 4, 6], size)
        ),
        email=_emails(rng, size, is_account, first),
    )


def _device_and_channel(rng, size: int) -> tuple[np.ndarray, np.ndarray]:
    device = pick(rng, [34, 50, 16], size)
    channel = np.array([APP, MINI_PROGRAM, H5])[pick(rng, [24, 62, 14], size)]
    return device, np.where(device == DESKTOP, WEB, channel)


def other_channel(rng, people: People, who: np.ndarray) -> np.ndarray:
    """Channel of single sessions: mostly the usual one, otherwise another that the device has."""
    usual = people.channel[who]
    mobile = np.array([APP, MINI_PROGRAM, H5])[pick(rng, [35, 45, 20], who.size)]
    changes = chance(rng, 0.25, who.size) & np.isin(people.device[who], [IOS, ANDROID])
    return np.where(changes, mobile, usual)


def _emails(rng, size: int, is_account: np.ndarray, first: int) -> pa.Array:
    given = rng.integers(0, len(GIVEN_NAMES), size)
    surname = rng.integers(0, len(SURNAMES), size)
    domain = rng.integers(0, len(MAIL_DOMAINS), size)
    known = chance(rng, np.where(is_account, 0.8, 0.6), size)
    # guest numbers continue those of the accounts; the letter keeps their addresses distinct
    mark = pa.array(np.where(is_account, "", "g"))
    number = pa.array((first + 1 + np.arange(size)).astype(str))
    return joined(
        from_pool(GIVEN_NAMES, np.where(known, given, NONE)), ".", from_pool(SURNAMES, surname),
        mark, number, "@", from_pool(MAIL_DOMAINS, domain),
    )  # fmt: skip


def customers_table(people: People, season: Season, orders_by_person: np.ndarray, rng) -> pa.Table:
    """The contract's customers table. orders_by_person decides the loyalty tier."""
    who = np.flatnonzero(people.is_account)
    size = who.size
    registered = people.registered_at[who]
    age = (18 + rng.gamma(2.6, 6.8, size)).clip(18, 80)
    born = season.start // DAY - (age * 365.25).astype(np.int64)
    working = pick(rng, [33, 14, 9, 8, 22, 14], size)
    occupation = np.select([age < 23, age >= 60], [STUDENT, RETIRED], working)
    has_birth_date = chance(rng, 0.75, size)
    tier = np.digitize(orders_by_person[who], [3, 6, 12])
    location = people.location[who]

    def attribute(pool: list[str], shares: list[float], known: float) -> pa.Array:
        return from_pool(pool, np.where(chance(rng, known, size), pick(rng, shares, size), NONE))

    return contract_table(
        "customers",
        customer_id=people.customer_ids(who),
        registered_at=timestamps(registered),
        gender=attribute(GENDERS, [58, 42], 0.9),
        birth_date=dates(np.where(has_birth_date, born, NEVER)),
        age_band=from_pool(
            ["18-24", "25-34", "35-44", "45-54", "55+"],
            np.where(chance(rng, 0.5, size) & ~has_birth_date,
                     np.digitize(age, [25, 35, 45, 55]), NONE),
        ),
        region=from_pool([location.region for location in LOCATIONS], location),
        city=from_pool([location.city for location in LOCATIONS], location),
        city_tier=from_pool([location.tier for location in LOCATIONS], location),
        occupation=from_pool(OCCUPATIONS, np.where(chance(rng, 0.7, size), occupation, NONE)),
        income_band=attribute(INCOMES, [12, 34, 34, 16, 4], 0.55),
        education=attribute(EDUCATIONS, [18, 26, 44, 12], 0.55),
        marital_status=attribute(MARITAL, [48, 47, 5], 0.6),
        member_tier=from_pool(MEMBER_TIERS, tier),
        acquisition_source=from_pool([source.source for source in SOURCES], people.source[who]),
        acquisition_medium=from_pool([source.medium for source in SOURCES], people.source[who]),
        email=people.email.take(pa.array(who)),
        phone=_masked_phones(rng, size),
        loaded_at=timestamps(nightly_load(registered)),
    )  # fmt: skip


def _masked_phones(rng, size: int) -> pa.Array:
    digits = numbered("", rng.integers(0, 10_000, size), 4)
    known = np.where(chance(rng, 0.85, size), rng.integers(0, 3, size), NONE)
    return joined(from_pool(["138****", "159****", "186****"], known), digits)


def first_visit_delay(rng, size: int) -> np.ndarray:
    """Seconds from opening an account to an order in the same session."""
    return seconds_between(rng, 180, LONGEST_FIRST_VISIT, size)
