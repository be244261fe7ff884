"""What follows an order: refunds, reviews, support tickets, recommendations and loyalty points."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from customer_analytics.simulator.baskets import Lines
from customer_analytics.simulator.catalogue import CATEGORIES
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
from customer_analytics.simulator.draws import chance, long_tailed_seconds, pick, seconds_between
from customer_analytics.simulator.orders import Orders
from customer_analytics.simulator.people import People
from customer_analytics.simulator.reviews import TOPICS, review_texts
from customer_analytics.simulator.world import CURRENCIES, STORE, World
from customer_analytics.simulator.writing import contract_table

RETURN_RATES = np.array([category.return_rate for category in CATEGORIES])
REFUND_REASONS = [
    "wrong_size",
    "defective",
    "late_delivery",
    "wrong_item",
    "changed_mind",
    "cancelled",
]
CANCELLED_ORDER = 5  # the reasons before it correspond to the topics of reviews, in the same order
SIZE, QUALITY, DELIVERY, SERVICE = range(4)  # positions in TOPICS
WORN = [n for n, category in enumerate(CATEGORIES) if category.name in ("clothing", "shoes")]
LATE_DAYS = 6  # a slower parcel causes dissatisfaction
TICKET_TYPES = ["inquiry", "complaint", "return"]
INQUIRY, COMPLAINT, RETURN = range(3)
TICKET_CHANNELS = ["chat", "phone", "email", "wechat"]
CHAT = 0
UNRESOLVED_SHARE = 0.1
WITHOUT_ORDER_SHARE = 0.1  # refunds that name only the customer
POINTS_MEMBER_SHARE = 0.45
REDEEM_EVERY_ORDERS = 4
POINTS_LIVE_DAYS = 365


@dataclass
class Experience:
    """How each order went: whether the customer was dissatisfied, and with what (position in
    TOPICS).
    """

    is_bad: np.ndarray
    topic: np.ndarray


def draw_experience(world: World, orders: Orders, lines: Lines, rng) -> Experience:
    """Poor products and late parcels cause dissatisfaction; so, often, does the last order of a
    customer who drops out.
    """
    first = lines.first_of(orders.size)
    poor = 1 - world.catalogue.quality[lines.product[first]]
    travelled = np.where(orders.delivered_at < NEVER, orders.delivered_at - orders.ordered_at, 0)
    is_late = travelled > LATE_DAYS * DAY
    probability = 0.03 + 0.22 * poor + 0.15 * is_late + 0.35 * orders.is_farewell
    is_bad = chance(rng, probability, orders.size)
    topic = pick(rng, [24, 32, 16, 12, 16], orders.size)
    is_worn = np.isin(world.catalogue.category[lines.product[first]], WORN)
    topic = np.where((topic == SIZE) & ~is_worn, QUALITY, topic)
    topic = np.where((topic == DELIVERY) & (orders.channel == STORE), SERVICE, topic)
    return Experience(is_bad, np.where(is_bad & is_late, DELIVERY, topic))


@dataclass
class Refunds:
    """Refunds of a chunk (parallel arrays); line is NONE for refunds of whole orders and goodwill
    refunds.
    """

    order: np.ndarray
    refunded_at: np.ndarray
    cents: np.ndarray
    line: np.ndarray
    quantity: np.ndarray
    reason: np.ndarray
    is_full: np.ndarray

    def fully_refunded_at(self, orders: int) -> np.ndarray:
        """Per order: when it was refunded in full, NEVER for the others."""
        at = np.full(orders, NEVER)
        at[self.order[self.is_full]] = self.refunded_at[self.is_full]
        return at


def draw_refunds(
    world: World, orders: Orders, lines: Lines, experience: Experience, rng
) -> Refunds:
    """At most one refund per order: the full order, units of one line, or a goodwill refund of a
    tenth.
    """
    first = lines.first_of(orders.size)
    count = np.bincount(lines.order, minlength=orders.size)
    chosen = first + (rng.random(orders.size) * count).astype(np.int64)
    category = world.catalogue.category[lines.product[chosen]]
    probability = RETURN_RATES[category] * np.where(experience.is_bad, 5.0, 0.75)
    delivered = orders.delivered_at < NEVER
    returned = delivered & chance(rng, probability.clip(0, 0.8), orders.size)
    undone = orders.is_cancelled & (orders.paid_at < NEVER)
    order = np.flatnonzero(returned | undone)
    line, size, undone = chosen[order], order.size, undone[order]

    kind = np.where(undone, 0, pick(rng, [3, 5, 1.5], size))  # 0 in full, 1 one line, 2 goodwill
    quantity = 1 + (rng.random(size) * lines.quantity[line]).astype(np.int64)
    goods = orders.goods[order]
    cents = np.select(
        [kind == 0, kind == 1], [goods, quantity * lines.unit_price[line]], goods // 10
    )
    since = np.where(undone, orders.paid_at[order], orders.delivered_at[order])
    wait = np.where(undone, rng.integers(HOUR, DAY, size), rng.integers(DAY, 12 * DAY, size))
    annoyed = experience.is_bad[order]
    does_not_fit = annoyed | (experience.topic[order] == SIZE)
    reason = np.where(does_not_fit, experience.topic[order], pick(rng, [0, 1, 0, 1, 5], size))
    refunds = Refunds(
        order=order,
        refunded_at=since + wait,
        cents=cents,
        line=np.where(kind == 1, line, NONE),
        quantity=quantity,
        reason=np.where(undone, CANCELLED_ORDER, reason),
        is_full=(kind == 0) & ~undone,
    )
    return _sorted_by(refunds, refunds.refunded_at, (refunds.refunded_at < world.end) & (cents > 0))


def _sorted_by(rows, at: np.ndarray, kept: np.ndarray):
    """The kept entries of a dataclass of parallel arrays, ordered by time."""
    order = np.flatnonzero(kept)
    order = order[np.argsort(at[order], kind="stable")]
    return type(rows)(**{name: values[order] for name, values in vars(rows).items()})


def refunds_table(
    world: World, people: People, orders: Orders, lines: Lines, refunds: Refunds, chunk, rng
) -> pa.Table:
    """The contract's refunds table; some refunds of account holders name no order."""
    size = refunds.order.size
    has_line = refunds.line >= 0
    known_customer = ~orders.is_guest[refunds.order]
    unnamed = has_line & known_customer & chance(rng, WITHOUT_ORDER_SHARE, size)
    product = np.where(has_line, lines.product[refunds.line] + 1, NONE)
    goods = np.maximum(orders.goods[refunds.order], 1)
    tax = (refunds.cents * orders.tax[refunds.order] / goods).round().astype(np.int64)
    return contract_table(
        "refunds",
        refund_id=numbered("R", numbers(world, chunk, size), 5),
        refunded_at=timestamps(refunds.refunded_at),
        refund_amount=decimals(refunds.cents + tax),
        tax_amount=decimals(tax),
        shipping_amount=decimals(np.zeros(size, np.int64)),
        currency=from_pool(CURRENCIES, people.currency[orders.who[refunds.order]]),
        order_id=orders.ids(np.where(unnamed, NONE, refunds.order)),
        customer_id=orders.shown_customers(people, refunds.order),
        product_id=numbered("P", product, 4),
        line_number=integers(lines.line_number[refunds.line], known=has_line & ~unnamed),
        quantity=integers(refunds.quantity, known=has_line),
        reason=from_pool(REFUND_REASONS, refunds.reason),
        loaded_at=timestamps(nightly_load(refunds.refunded_at)),
    )


def numbers(world: World, chunk: int, size: int) -> np.ndarray:
    """Consecutive numbers from 1, interleaved so that each chunk numbers its own rows."""
    return np.arange(size) * world.chunks + chunk + 1


@dataclass
class Reviews:
    """Reviews of a chunk (parallel arrays)."""

    order: np.ndarray
    created_at: np.ndarray
    product: np.ndarray
    rating: np.ndarray
    topic: np.ndarray


def draw_reviews(
    world: World, orders: Orders, lines: Lines, experience: Experience, rng
) -> Reviews:
    """Reviews some days after delivery; dissatisfied customers write more often."""
    first = lines.first_of(orders.size)
    writes = chance(rng, np.where(experience.is_bad, 0.3, 0.10), orders.size)
    writes &= ~orders.is_guest & (orders.channel != STORE)
    order = np.flatnonzero(writes & (orders.delivered_at < NEVER))
    size = order.size
    created_at = orders.delivered_at[order] + seconds_between(rng, 6 * HOUR, 15 * DAY, size)
    annoyed = experience.is_bad[order]
    rating = np.where(
        annoyed, pick(rng, [45, 38, 17], size) + 1, pick(rng, [0, 0, 8, 32, 60], size) + 1
    )
    reviews = Reviews(
        order, created_at, lines.product[first[order]], rating, experience.topic[order]
    )
    return _sorted_by(reviews, created_at, created_at < world.end)


def reviews_table(
    world: World, people: People, orders: Orders, reviews: Reviews, chunk, rng
) -> pa.Table:
    """The contract's reviews table."""
    size = reviews.order.size
    return contract_table(
        "reviews",
        review_id=numbered("RV", numbers(world, chunk, size), 5),
        created_at=timestamps(reviews.created_at),
        customer_id=people.customer_ids(orders.who[reviews.order]),
        product_id=numbered("P", reviews.product + 1, 4),
        order_id=orders.ids(reviews.order),
        rating=decimals(100 * reviews.rating),
        review_text=review_texts(reviews.rating, reviews.topic, rng),
        has_media=pa.array(chance(rng, 0.25, size)),
        loaded_at=timestamps(nightly_load(reviews.created_at)),
    )


@dataclass
class Tickets:
    """Support tickets of a chunk (parallel arrays); resolved_at is NEVER while open."""

    order: np.ndarray
    opened_at: np.ndarray
    kind: np.ndarray
    topic: np.ndarray
    channel: np.ndarray
    resolved_at: np.ndarray


def draw_tickets(
    world: World, orders: Orders, refunds: Refunds, experience: Experience, rng
) -> Tickets:
    """Questions about open orders, complaints of dissatisfied customers, and refund requests."""
    everyone = np.arange(orders.size)
    asks = everyone[chance(rng, 0.04, orders.size) & orders.is_paid]
    complains = everyone[
        chance(rng, np.where(experience.is_bad, 0.4, 0.005), orders.size)
        & (orders.delivered_at < NEVER)
    ]
    parts = [
        (asks, orders.ordered_at[asks] + seconds_between(rng, HOUR, 2 * DAY, asks.size), INQUIRY),
        (
            complains,
            orders.delivered_at[complains] + seconds_between(rng, HOUR, 5 * DAY, complains.size),
            COMPLAINT,
        ),
    ]
    returns = np.flatnonzero(
        chance(rng, 0.6, refunds.order.size) & (refunds.reason != CANCELLED_ORDER)
    )
    returned = refunds.order[returns]
    since = orders.delivered_at[returned]
    share = rng.uniform(0.05, 0.8, returned.size)
    parts.append(
        (
            returned,
            since + (share * (refunds.refunded_at[returns] - since)).astype(np.int64),
            RETURN,
        )
    )
    order = np.concatenate([part[0] for part in parts])
    opened_at = np.concatenate([part[1] for part in parts])
    kind = np.concatenate([np.full(part[0].size, part[2]) for part in parts])
    resolved_at = opened_at + long_tailed_seconds(rng, 9 * HOUR, 1.1, 300, 20 * DAY, order.size)
    is_open = chance(rng, UNRESOLVED_SHARE, order.size) | (resolved_at >= world.end)
    tickets = Tickets(
        order, opened_at, kind, experience.topic[order], pick(rng, [50, 20, 12, 18], order.size),
        np.where(is_open, NEVER, resolved_at),
    )  # fmt: skip
    return _sorted_by(tickets, opened_at, opened_at < world.end)


def tickets_table(
    world: World, people: People, orders: Orders, tickets: Tickets, chunk: int
) -> pa.Table:
    """The contract's support_tickets table."""
    return contract_table(
        "support_tickets",
        ticket_id=numbered("T", numbers(world, chunk, tickets.order.size), 5),
        opened_at=timestamps(tickets.opened_at),
        customer_id=people.customer_ids(orders.who[tickets.order]),
        order_id=orders.ids(tickets.order),
        ticket_type=from_pool(TICKET_TYPES, tickets.kind),
        topic=from_pool(TOPICS, tickets.topic),
        channel=from_pool(TICKET_CHANNELS, tickets.channel),
        resolved_at=timestamps(tickets.resolved_at),
        loaded_at=timestamps(nightly_load(tickets.opened_at, tickets.resolved_at)),
    )


def nps_table(
    world: World, people: People, orders: Orders, experience: Experience, chunk, rng
) -> pa.Table:
    """The contract's nps_responses table: a survey some days after delivery with a low response
    rate.
    """
    answers = chance(rng, 0.06, orders.size) & ~orders.is_guest & (orders.delivered_at < NEVER)
    order = np.flatnonzero(answers)
    at = orders.delivered_at[order] + seconds_between(rng, 3 * DAY, 10 * DAY, order.size)
    order, at = order[at < world.end], at[at < world.end]
    by_time = np.argsort(at, kind="stable")
    order, at = order[by_time], at[by_time]
    content = pick(rng, [0, 0, 0, 0, 0, 2, 4, 12, 24, 30, 28], order.size)
    annoyed = pick(rng, [14, 8, 10, 14, 12, 18, 14, 7, 3], order.size)
    return contract_table(
        "nps_responses",
        response_id=numbered("N", numbers(world, chunk, order.size), 5),
        responded_at=timestamps(at),
        score=integers(np.where(experience.is_bad[order], annoyed, content)),
        customer_id=people.customer_ids(orders.who[order]),
        loaded_at=timestamps(nightly_load(at)),
    )


def points_table(world: World, people: People, orders: Orders, chunk: int, rng) -> pa.Table:
    """The contract's point_transactions table.

    Members earn one point per currency unit of delivered orders, redeem half of their points every
    few orders, and lose the rest a year after their last order. Redeemed and expired points are
    negative; a balance never is.
    """
    is_member = chance(rng, POINTS_MEMBER_SHARE, people.size) & people.is_account
    earns = (
        is_member[orders.who]
        & ~orders.is_guest
        & (orders.delivered_at < NEVER)
        & (orders.goods >= 100)
    )
    order = np.flatnonzero(earns)
    order = order[np.lexsort((orders.delivered_at[order], orders.who[order]))]
    who, at, points = orders.who[order], orders.delivered_at[order], orders.goods[order] // 100
    starts = (
        np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
        if who.size
        else np.zeros(0, dtype=np.int64)
    )
    group = np.repeat(np.arange(starts.size), np.diff(np.r_[starts, who.size]))
    rank = np.arange(who.size) - starts[group]
    earned = np.cumsum(points)
    block = np.flatnonzero(rank % REDEEM_EVERY_ORDERS == REDEEM_EVERY_ORDERS - 1)
    redeemed = (
        earned[block]
        - earned[block - REDEEM_EVERY_ORDERS + 1]
        + points[block - REDEEM_EVERY_ORDERS + 1]
    ) // 2
    redeemed_at = at[block] + seconds_between(rng, 60, 3_600, block.size)

    last = np.r_[starts[1:], who.size][: starts.size] - 1
    total = np.add.reduceat(points, starts) if starts.size else points
    spent = np.bincount(group[block], weights=redeemed, minlength=starts.size).astype(np.int64)
    parts = [
        (order, who, at, np.zeros_like(at), points),
        (np.full(block.size, NONE), who[block], redeemed_at, np.ones_like(redeemed_at), -redeemed),
        (np.full(last.size, NONE), who[last], at[last] + POINTS_LIVE_DAYS * DAY,
         np.full(last.size, 2), spent - total),
    ]  # fmt: skip
    order, who, at, kind, points = (np.concatenate(part) for part in zip(*parts, strict=True))
    kept = np.flatnonzero((at < world.end) & (points != 0))
    kept = kept[np.lexsort((who[kept], at[kept]))]
    return contract_table(
        "point_transactions",
        transaction_id=numbered("L", numbers(world, chunk, kept.size), 6),
        customer_id=people.customer_ids(who[kept]),
        occurred_at=timestamps(at[kept]),
        transaction_type=from_pool(["earn", "redeem", "expire"], kind[kept]),
        points=integers(points[kept]),
        order_id=orders.ids(order[kept]),
        loaded_at=timestamps(nightly_load(at[kept])),
    )
