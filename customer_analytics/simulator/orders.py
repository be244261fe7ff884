"""Orders: where they are placed, what is paid, and how they are delivered."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from customer_analytics.simulator.baskets import Lines
from customer_analytics.simulator.columns import (
    DAY,
    HOUR,
    NEVER,
    NONE,
    decimals,
    from_pool,
    integers,
    nightly_load,
    numbered,
    timestamps,
)
from customer_analytics.simulator.draws import (
    chance,
    long_tailed_seconds,
    pick,
    ranks_within,
    seconds_between,
)
from customer_analytics.simulator.people import (
    LONGEST_FIRST_VISIT,
    PAYMENT_METHODS,
    People,
    other_channel,
)
from customer_analytics.simulator.purchases import Purchases
from customer_analytics.simulator.seasons import is_live_evening
from customer_analytics.simulator.world import (
    APP,
    CHANNELS,
    CURRENCIES,
    LOCATIONS,
    MINI_PROGRAM,
    RATE_SCALE,
    STORE,
    STORES,
    World,
)
from customer_analytics.simulator.writing import contract_table

ATTEMPT_SHARE = 0.05  # purchases preceded by an order that was never paid
LOGGED_OUT_SHARE = 0.03  # orders of account holders placed as a guest, with their email address
CANCELLED_AFTER_PAYMENT_SHARE = 0.012
LIVE_SHARE = 0.45  # of mobile orders during a live-stream evening
FREE_SHIPPING_FROM = 9_900
SHIPPING, SHIPPING_ABROAD = 900, 4_500
TAX_ABROAD_PERCENT = 9.1
PLACED, PAID, SHIPPED, COMPLETED, CANCELLED, REFUNDED = range(6)
STATUSES = ["placed", "paid", "shipped", "completed", "cancelled", "refunded"]
COUPONS = ["NEW10", "SAVE15", "MEMBER"]
NEW_CUSTOMER, SAVER, MEMBER = range(3)
SHIPPING_DAYS = {
    "tier_1": 1.6,
    "new_tier_1": 2.0,
    "tier_2": 2.4,
    "tier_3": 3.0,
    "tier_4": 4.2,
    "overseas": 9.0,
}


@dataclass
class Orders:
    """Orders of a chunk, sorted by time (parallel arrays); amounts in cents of the order's
    currency, NEVER for events that do not happen. Amounts and delivery are filled in once the lines
    are known.
    """

    who: np.ndarray
    ordered_at: np.ndarray
    message: np.ndarray  # campaign whose message caused it
    is_purchase: np.ndarray  # false: an abandoned attempt
    is_farewell: np.ndarray  # the purchase after which the customer dropped out
    opens_account: np.ndarray
    channel: np.ndarray
    is_guest: np.ndarray  # placed without an account
    is_paid: np.ndarray
    campaign: np.ndarray
    coupon: np.ndarray
    discount_percent: np.ndarray
    number: np.ndarray  # within its day, from 1
    gross: np.ndarray | None = None
    goods: np.ndarray | None = None
    tax: np.ndarray | None = None
    shipping: np.ndarray | None = None
    paid_at: np.ndarray | None = None
    shipped_at: np.ndarray | None = None
    delivered_at: np.ndarray | None = None
    is_cancelled: np.ndarray | None = None

    @property
    def size(self) -> int:
        return self.who.size

    def ids(self, positions=None) -> pa.Array:
        """Order ids such as O20240105-0007; null where the position is NONE."""
        positions = np.arange(self.size) if positions is None else positions
        known = positions >= 0
        days, day = np.unique(self.ordered_at // DAY, return_inverse=True)
        labels = [f"O{label:%Y%m%d}-" for label in days.astype("datetime64[D]").tolist()]
        day_label = from_pool(
            labels, np.where(known, day[positions], NONE) if self.size else positions
        )
        number = np.where(known, self.number[positions], NONE) if self.size else positions
        return numbered(day_label, number, 4)

    def shown_customers(self, people: People, positions=None) -> pa.Array:
        """Customer ids as the shop writes them: the member card in a store, null for guests."""
        positions = np.arange(self.size) if positions is None else positions
        who, at_till = self.who[positions], self.channel[positions] == STORE
        return pc.if_else(
            pa.array(at_till & people.has_card[who]),
            people.card_ids(who),
            people.customer_ids(who, shown=~self.is_guest[positions]),
        )


@dataclass
class LostVisits:
    """Sessions that would have led to an order without the cart incident (parallel arrays)."""

    who: np.ndarray
    at: np.ndarray
    channel: np.ndarray


def draw_orders(
    world: World, people: People, purchases: Purchases, chunk: int, rng
) -> tuple[Orders, LostVisits]:
    """Orders of a chunk without lines and amounts, and the orders lost to the cart incident."""
    who, at, message, farewell, attempt = _with_attempts(people, purchases, rng)
    size = who.size
    channel = np.where(
        ~attempt & (message < 0) & chance(rng, people.store_share[who], size),
        STORE,
        other_channel(rng, people, who),
    )
    online = channel != STORE
    lost = online & chance(rng, world.is_broken("add_to_cart", at, device=people.device[who]), size)
    kept = np.flatnonzero(~lost)
    kept = kept[np.lexsort((who[kept], at[kept]))]
    lost_visits = LostVisits(who[lost], at[lost], channel[lost])
    who, at, message, farewell, attempt, channel, online = (
        values[kept] for values in (who, at, message, farewell, attempt, channel, online)
    )
    size = who.size
    is_first = np.zeros(size, dtype=bool)
    is_first[np.unique(who, return_index=True)[1]] = True
    opens_account = (
        is_first
        & people.buys_at_once[who]
        & (at <= people.registered_at[who] + LONGEST_FIRST_VISIT)
    )
    logged_out = online & ~opens_account & (message < 0) & chance(rng, LOGGED_OUT_SHARE, size)
    payment_fails = chance(rng, world.is_broken("pay", at, channel=channel), size)
    campaign, coupon, percent = _draw_discounts(
        world, people, who, at, message, channel, is_first, rng
    )
    return Orders(
        who=who,
        ordered_at=at,
        message=message,
        is_purchase=~attempt,
        is_farewell=farewell,
        opens_account=opens_account,
        channel=channel,
        is_guest=~people.is_account[who] | logged_out,
        is_paid=~attempt & ~payment_fails,
        campaign=campaign,
        coupon=coupon,
        discount_percent=percent,
        # interleaved between chunks, so that chunks number independently
        number=ranks_within(at // DAY) * world.chunks + chunk + 1,
    ), lost_visits


def _with_attempts(people: People, purchases: Purchases, rng) -> tuple[np.ndarray, ...]:
    """Precedes some purchases with an order that was placed shortly before and never paid."""
    who, at = purchases.who, purchases.at
    earlier = at - seconds_between(rng, 1_800, 2 * HOUR, who.size)
    tried = chance(rng, ATTEMPT_SHARE, who.size) & (purchases.campaign < 0)
    tried = np.flatnonzero(tried & (at - people.registered_at[who] > 3 * HOUR))
    return (
        np.r_[who, who[tried]],
        np.r_[at, earlier[tried]],
        np.r_[purchases.campaign, np.full(tried.size, NONE)],
        np.r_[purchases.is_farewell, np.zeros(tried.size, dtype=bool)],
        np.r_[np.zeros(who.size, dtype=bool), np.ones(tried.size, dtype=bool)],
    )


def _draw_discounts(
    world, people, who, at, message, channel, is_first, rng
) -> tuple[np.ndarray, ...]:
    """Campaign, coupon and discount in percent of each order; later assignments take precedence."""
    size = who.size
    campaign, coupon = np.full(size, NONE), np.full(size, NONE)
    percent = np.zeros(size, dtype=np.int64)
    usual = np.array([round(100 * one.discount) for one in world.campaigns] + [0])

    uses_coupon = chance(rng, 0.5 * people.likes_coupons[who], size)
    coupon[uses_coupon], percent[uses_coupon] = SAVER, 15
    welcome = is_first & chance(rng, 0.35, size)
    coupon[welcome], percent[welcome] = NEW_CUSTOMER, 10

    sale = world.campaign_at(at, "discount")
    in_sale = (sale >= 0) & chance(rng, 0.8, size)
    campaign[in_sale], coupon[in_sale] = sale[in_sale], NONE
    percent[in_sale] = usual[sale[in_sale]] - 5 * rng.integers(0, 3, in_sale.sum())

    mobile = np.isin(channel, [APP, MINI_PROGRAM])
    live = mobile & is_live_evening(at) & (message < 0) & chance(rng, LIVE_SHARE, size)
    campaign[live], coupon[live] = world.campaign_at(at, "live_stream")[live], NONE
    percent[live] = usual[campaign[live]]

    caused = message >= 0
    campaign[caused], coupon[caused] = message[caused], MEMBER
    percent[caused] = usual[message[caused]]
    return campaign, coupon, percent


def settle(world: World, people: People, orders: Orders, lines: Lines, rng) -> None:
    """Fills in amounts, payment and delivery; gross - discount + tax + shipping = paid."""
    size = orders.size
    orders.gross = lines.per_order(lines.quantity * lines.list_price, size)
    orders.goods = lines.per_order(lines.quantity * lines.unit_price, size)
    is_abroad = people.currency[orders.who] > 0
    rate = world.rate_on(people.currency[orders.who], orders.ordered_at // DAY)
    in_store = orders.channel == STORE
    orders.tax = (
        np.where(is_abroad, orders.goods * TAX_ABROAD_PERCENT / 100, 0).round().astype(np.int64)
    )
    fee = np.where(
        is_abroad, SHIPPING_ABROAD, np.where(orders.goods < FREE_SHIPPING_FROM, SHIPPING, 0)
    )
    orders.shipping = (np.where(in_store, 0, fee) * RATE_SCALE / rate).round().astype(np.int64)

    pay_delay = np.where(in_store, 0, long_tailed_seconds(rng, 55, 0.8, 8, 1_500, size))
    orders.paid_at = _until(world.end, orders.ordered_at + pay_delay, orders.is_paid)
    orders.is_cancelled = (
        ~in_store & orders.is_paid & chance(rng, CANCELLED_AFTER_PAYMENT_SHARE, size)
    )
    sent = orders.is_paid & ~in_store & ~orders.is_cancelled
    days = np.array([SHIPPING_DAYS[location.tier] for location in LOCATIONS])[
        people.location[orders.who]
    ]
    shipped_at = (
        orders.ordered_at
        + pay_delay
        + long_tailed_seconds(rng, 16 * HOUR, 0.5, 2 * HOUR, 4 * DAY, size)
    )
    delivered_at = shipped_at + (days * DAY * rng.gamma(6, 1 / 6, size)).astype(np.int64) + 4 * HOUR
    orders.shipped_at = _until(world.end, shipped_at, sent)
    taken_along = in_store & orders.is_paid
    orders.delivered_at = _until(
        world.end, np.where(taken_along, orders.ordered_at, delivered_at), sent | taken_along
    )


def _until(end: int, seconds: np.ndarray, happens: np.ndarray) -> np.ndarray:
    return np.where(happens & (seconds < end), seconds, NEVER)


def _statuses(world: World, orders: Orders, fully_refunded_at: np.ndarray, rng) -> np.ndarray:
    status = np.full(orders.size, PAID)
    status[orders.shipped_at < world.end] = SHIPPED
    status[orders.delivered_at < world.end] = COMPLETED
    # some refunded orders keep their old status, as they do in most shops
    status[(fully_refunded_at < world.end) & chance(rng, 0.8, orders.size)] = REFUNDED
    status[orders.is_cancelled] = CANCELLED
    given_up = (orders.ordered_at < world.end - DAY) & chance(rng, 0.7, orders.size)
    is_unpaid = orders.paid_at == NEVER
    status[is_unpaid] = np.where(given_up, CANCELLED, PLACED)[is_unpaid]
    return status


def orders_table(
    world: World, people: People, orders: Orders, fully_refunded_at: np.ndarray, rng
) -> pa.Table:
    """The contract's orders table. fully_refunded_at: seconds, NEVER for other orders."""
    who = orders.who
    in_store = orders.channel == STORE
    moved = chance(rng, 0.05, orders.size)
    shares = [location.share * (location.currency == CURRENCIES[0]) for location in LOCATIONS]
    destination = np.where(
        moved & (people.currency[who] == 0), pick(rng, shares, orders.size), people.location[who]
    )
    destination[in_store] = NONE
    knows_email = orders.is_guest & ~in_store
    method = np.where(
        in_store & chance(rng, 0.2, orders.size), len(PAYMENT_METHODS), people.payment_method[who]
    )
    changes = (
        orders.ordered_at,
        orders.paid_at,
        orders.shipped_at,
        orders.delivered_at,
        fully_refunded_at,
    )
    store = np.array([STORES.index(n) + 1 if n in STORES else NONE for n in range(len(LOCATIONS))])
    is_paid = orders.paid_at != NEVER
    return contract_table(
        "orders",
        order_id=orders.ids(),
        customer_id=orders.shown_customers(people),
        ordered_at=timestamps(orders.ordered_at),
        paid_amount=decimals(orders.goods + orders.tax + orders.shipping),
        status=from_pool(STATUSES, _statuses(world, orders, fully_refunded_at, rng)),
        currency=from_pool(CURRENCIES, people.currency[who]),
        gross_amount=decimals(orders.gross),
        discount_amount=decimals(orders.gross - orders.goods),
        tax_amount=decimals(orders.tax),
        shipping_amount=decimals(orders.shipping),
        channel=from_pool(CHANNELS, orders.channel),
        store_id=numbered("S", np.where(in_store, store[people.location[who]], NONE), 2),
        payment_method=from_pool([*PAYMENT_METHODS, "cash"], np.where(is_paid, method, NONE)),
        coupon_code=from_pool(COUPONS, orders.coupon),
        campaign_id=numbered("K", np.where(orders.campaign >= 0, orders.campaign + 1, NONE), 3),
        email=people.email.take(pa.array(who, mask=~knows_email)),
        shipping_region=from_pool([location.region for location in LOCATIONS], destination),
        shipping_city=from_pool([location.city for location in LOCATIONS], destination),
        paid_at=timestamps(orders.paid_at),
        shipped_at=timestamps(orders.shipped_at),
        delivered_at=timestamps(orders.delivered_at),
        loaded_at=timestamps(nightly_load(*changes)),
    )


def lines_table(world: World, orders: Orders, lines: Lines) -> pa.Table:
    """The contract's order_items table."""
    return contract_table(
        "order_items",
        order_id=orders.ids(lines.order),
        line_number=integers(lines.line_number),
        product_id=numbered("P", lines.product + 1, 4),
        quantity=integers(lines.quantity),
        unit_list_price=decimals(lines.list_price),
        unit_price=decimals(lines.unit_price),
        unit_cost=decimals(lines.unit_cost, known=world.catalogue.has_cost[lines.product]),
        loaded_at=timestamps(nightly_load(orders.ordered_at[lines.order])),
    )
