"""The events of sessions: one row per step, with its time, product and order.

One step of each session has a known time; the other steps are placed around it with pauses of
seconds to minutes.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from customer_analytics.simulator.baskets import Lines
from customer_analytics.simulator.catalogue import CATEGORIES
from customer_analytics.simulator.columns import (
    NEVER,
    NONE,
    from_pool,
    nightly_load,
    numbered,
    timestamps,
)
from customer_analytics.simulator.draws import long_tailed_seconds, ranks_within
from customer_analytics.simulator.identity import visitor_ids, visitor_links
from customer_analytics.simulator.orders import Orders
from customer_analytics.simulator.people import People
from customer_analytics.simulator.visits import ALL_PATHS, STEP, STEPS, Visits
from customer_analytics.simulator.world import CHANNELS, DEVICES, H5, SOURCES, World
from customer_analytics.simulator.writing import contract_table

BOT_AGENT = "Mozilla/5.0 (compatible; Googlebot/2.1)"


@dataclass
class _Steps:
    """Events of all sessions, session by session (parallel arrays)."""

    visit: np.ndarray
    position: np.ndarray
    step: np.ndarray
    line: np.ndarray
    at: np.ndarray
    is_logged_in: np.ndarray


def _first_logins(visits: Visits) -> np.ndarray:
    """Whether the session is the first in which its customer is logged in on this device."""
    known = np.flatnonzero(visits.is_logged_in)
    order = known[np.lexsort((visits.anchor_at[known], visits.who[known], visits.visitor[known]))]
    first = np.zeros(visits.size, dtype=bool)
    if order.size:
        person = visits.visitor[order] * (visits.who.max(initial=0) + 1) + visits.who[order]
        first[order[np.r_[True, person[1:] != person[:-1]]]] = True
    return first


def _lay_out(people: People, orders: Orders, visits: Visits, rng) -> _Steps:
    """The steps of all sessions with their times. A login or registration is the second step of a
    session.
    """
    enters = np.where(visits.registers, STEP["register"], NONE)
    enters = np.where((enters == NONE) & _first_logins(visits), STEP["login"], enters)
    has_entry = enters >= 0
    length = ALL_PATHS.lengths[visits.path] + has_entry
    visit = np.repeat(np.arange(visits.size), length)
    position = ranks_within(visit)
    on_path = position - (has_entry[visit] & (position >= 1))
    is_entry = has_entry[visit] & (position == 1)
    step = np.where(is_entry, enters[visit], ALL_PATHS.steps[visits.path[visit], on_path])
    line = np.where(is_entry, 0, ALL_PATHS.line[visits.path[visit], on_path])

    has_order = visits.order >= 0
    on_register = visits.registers & ~has_order
    anchor = ALL_PATHS.anchor[visits.path] + (has_entry & has_order)
    anchor = np.where(on_register, 1, anchor)
    pause = _pauses(people, orders, visits, visit, position, anchor, rng)
    passed = np.cumsum(pause)
    start = np.cumsum(np.r_[0, length[:-1]]) if visits.size else np.zeros(0, dtype=np.int64)
    at = visits.anchor_at[visit] + passed - passed[start + anchor][visit]
    # only account holders log in: a session that began before the account starts when it is opened
    is_known = visits.is_logged_in[visit] & ~visits.registers[visit]
    at = np.where(is_known, np.maximum(at, people.registered_at[visits.who[visit]] + 1), at)
    logged_in = visits.is_logged_in[visit] & (~has_entry[visit] | (position >= 1))
    return _Steps(visit, position, step, line, at, logged_in)


def _pauses(people, orders, visits: Visits, visit, position, anchor, rng) -> np.ndarray:
    """Seconds before each step; between steps at known times (registering, ordering, paying) the
    available time is divided evenly.
    """
    pause = long_tailed_seconds(rng, 38, 0.9, 3, 1_200, visit.size)
    has_order = visits.order >= 0
    opens = visits.registers & has_order
    steps_between = np.maximum(anchor - 1, 1)
    since = visits.anchor_at - people.registered_at[visits.who]
    between = opens[visit] & (position > 1) & (position <= anchor[visit])
    even = (since // steps_between)[visit]
    rest = (since - (steps_between - 1) * (since // steps_between))[visit]
    pause = np.where(between, np.where(position == 2, rest, even), pause)

    paid_at = np.where(has_order, orders.paid_at[visits.order], NEVER)
    is_paid = paid_at != NEVER
    delay = np.where(is_paid, paid_at - visits.anchor_at, 0)
    after = ALL_PATHS.lengths[visits.path] - 1 - ALL_PATHS.anchor[visits.path]
    after = np.maximum(np.where(has_order, after, 1), 1)
    paying = (is_paid & has_order)[visit] & (position > anchor[visit])
    is_last = position == (anchor + after)[visit]
    share = (delay // after)[visit]
    remainder = (delay - (after - 1) * (delay // after))[visit]
    return np.where(paying, np.where(is_last, remainder, share), pause)


def events_and_links(
    world: World, people: People, orders: Orders, lines: Lines, visits: Visits, chunk: int, rng
) -> tuple[pa.Table, pa.Table]:
    """The contract's events table, and the identity links of visitors that logged in."""
    steps = _lay_out(people, orders, visits, rng)
    kept = np.flatnonzero((steps.at < world.end) & (steps.at >= world.start))
    kept = kept[np.lexsort((steps.position[kept], steps.visit[kept], steps.at[kept]))]
    visit, position, step, at = (
        getattr(steps, name)[kept] for name in ("visit", "position", "step", "at")
    )
    logged_in = steps.is_logged_in[kept]
    logins = np.flatnonzero(np.isin(step, [STEP["login"], STEP["register"]]))
    links = visitor_links(world, people, visits, visit[logins], at[logins], chunk, rng)

    product = _products(world, orders, lines, visits, visit, step, steps.line[kept], rng)
    about_order = np.isin(step, [STEP["place_order"], STEP["pay"], STEP["payment_failed"]])
    numbers = np.arange(kept.size) * world.chunks + chunk + 1
    events = contract_table(
        "events",
        event_id=numbered("E", numbers, 6),
        occurred_at=timestamps(at),
        event_name=from_pool(STEPS, step),
        visitor_id=visitor_ids(world, visits.visitor[visit], chunk),
        customer_id=people.customer_ids(visits.who[visit], shown=logged_in),
        # the tracker of the mobile site sets no session ids
        session_id=numbered(
            "S", np.where(visits.channel[visit] == H5, NONE, visit * world.chunks + chunk + 1), 5
        ),
        product_id=numbered("P", np.where(product >= 0, product + 1, NONE), 4),
        order_id=orders.ids(np.where(about_order, visits.order[visit], NONE)),
        channel=from_pool(CHANNELS, visits.channel[visit]),
        device=from_pool(DEVICES, visits.device[visit]),
        **_origin(world, visits, visit, position == 0),
        page=_pages(world, step, visits.product[visit]),
        user_agent=from_pool([BOT_AGENT], np.where(visits.is_bot[visit], 0, NONE)),
        loaded_at=timestamps(nightly_load(at)),
    )
    return events, links


def _origin(world: World, visits: Visits, visit, is_first) -> dict[str, pa.Array]:
    """Traffic source as trackers write it: on the first event of a session only."""
    source = np.where(is_first, visits.source[visit], NONE)
    message = np.where(is_first, visits.message[visit], NONE)
    labels = [source.campaign for source in SOURCES] + [one.name for one in world.campaigns]
    return {
        "source": from_pool([source.source for source in SOURCES], source),
        "medium": from_pool([source.medium for source in SOURCES], source),
        "campaign": from_pool(labels, np.where(message >= 0, len(SOURCES) + message, source)),
    }


def _products(
    world: World, orders: Orders, lines: Lines, visits: Visits, visit, step, line, rng
) -> np.ndarray:
    """Product of each event: that of the order's first or second line, or a similar one that was
    viewed.
    """
    per_product = np.isin(step, [STEP[name] for name in (
        "view_product", "add_to_cart", "remove_from_cart", "share", "review",
    )])  # fmt: skip
    own = visits.product[visit]
    second_line = np.zeros(visits.size, dtype=np.int64)
    if orders.size:
        second_line = np.minimum(
            lines.first_of(orders.size)[visits.order] + 1, lines.product.size - 1
        )
    second = lines.product[second_line[visit]] if lines.product.size else own
    # customers compare similar products
    size = len(world.catalogue.category) // len(CATEGORIES)
    similar = own // size * size + rng.integers(0, size, own.size)
    is_shared = step == STEP["share"]
    product = np.select([(line == 1) | is_shared, line == 2], [own, second], similar)
    return np.where(per_product, product, NONE)


def _pages(world: World, step: np.ndarray, product: np.ndarray) -> pa.Array:
    pages = ["/home", "/search", *(f"/c/{category.name}" for category in CATEGORIES)]
    page = np.select(
        [step == STEP["view_page"], step == STEP["search"], step == STEP["view_category"]],
        [0, 1, 2 + world.catalogue.category[product]],
        NONE,
    )
    return from_pool(pages, page)
