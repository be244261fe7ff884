"""Sessions in the app, mini program and sites: who comes when, from which source, and how far they
get.

A session follows one of a few paths (a list of steps). One of its steps has a known time: placing
the order, opening the account, or else the first step.
"""

from dataclasses import dataclass, fields

import numpy as np

from customer_analytics.simulator.aftersales import CHAT, Reviews, Tickets
from customer_analytics.simulator.baskets import Lines
from customer_analytics.simulator.columns import DAY, NEVER, NONE
from customer_analytics.simulator.defaults import VISITS_PER_YEAR
from customer_analytics.simulator.draws import chance, pick
from customer_analytics.simulator.marketing import Sends
from customer_analytics.simulator.orders import LostVisits, Orders
from customer_analytics.simulator.people import People, other_channel
from customer_analytics.simulator.seasons import is_live_evening
from customer_analytics.simulator.world import (
    APP,
    BANNER,
    BANNER_VISITORS_PER_CUSTOMER,
    DESKTOP,
    FLIGHTS,
    LIVE,
    MINI_PROGRAM,
    SOURCE_OF_MESSAGE,
    SOURCES,
    STORE,
    WEB,
    World,
)

STEPS = [
    "view_page", "view_category", "search", "view_product", "add_to_cart", "remove_from_cart",
    "begin_checkout", "add_payment_info", "place_order", "pay", "payment_failed",
    "login", "register", "share", "review", "support_chat",
]  # fmt: skip
STEP = {name: number for number, name in enumerate(STEPS)}

# Paths by outcome. A step that ends in 1 or 2 concerns the product of the first or second line of
# the order (or the main product of the session), any other step a similar product.
PATHS = {
    "bounce": [
        "view_page",
        "view_page",
        "view_product",
    ],
    "look": [
        "view_page view_category",
        "search view_category",
        "view_page search",
    ],
    "product": [
        "view_page view_product1",
        "search view_product1",
        "view_category view_product view_product1",
        "view_page view_product1 share",
        "view_page search view_product view_product1",
    ],
    "cart": [
        "view_product1 add_to_cart1",
        "view_category view_product1 add_to_cart1",
        "view_page search view_product1 add_to_cart1 remove_from_cart1",
        "search view_product view_product1 add_to_cart1 view_page",
    ],
    "checkout": [
        "view_product1 add_to_cart1 begin_checkout",
        "search view_product1 add_to_cart1 begin_checkout view_page",
    ],
    "payment_info": [
        "view_page view_product1 add_to_cart1 begin_checkout add_payment_info",
    ],
    "order": [
        "view_product1 add_to_cart1 place_order pay",
        "view_product1 add_to_cart1 begin_checkout place_order pay",
        "view_category view_product1 add_to_cart1 begin_checkout add_payment_info place_order pay",
        "view_page search view_product1 add_to_cart1 begin_checkout place_order pay",
    ],
    "big_order": [
        "view_product1 add_to_cart1 view_product2 add_to_cart2 begin_checkout place_order pay",
        "view_category view_product1 add_to_cart1 add_to_cart2 add_payment_info place_order pay",
    ],
    "second_try": [
        "view_product1 add_to_cart1 begin_checkout place_order payment_failed pay",
    ],
    "unpaid": [
        "view_product1 add_to_cart1 begin_checkout place_order payment_failed",
        "view_page view_product1 add_to_cart1 begin_checkout add_payment_info place_order",
    ],
    "broken_payment": [
        "view_product1 add_to_cart1 begin_checkout place_order payment_failed",
    ],
    "register": [
        "view_page view_product1",
        "view_page view_category",
    ],
    "review": [
        "view_product1 review1",
    ],
    "chat": [
        "view_page support_chat",
    ],
}
BROWSING = ["bounce", "look", "product", "cart", "checkout", "payment_info"]
# share of sessions that continue from each step to the next, times the conversion of their source
CONTINUES = [0.60, 0.72, 0.40, 0.42, 0.45]
SECOND_TRY_SHARE = 0.05

VISITS_BEFORE_ACCOUNT = 0.9
ANONYMOUS_VISITORS_PER_CUSTOMER = 0.55  # visitors who never become customers
LOGGED_OUT_SHARE = 0.15  # share of sessions of account holders
LINGER_DAYS = 40  # customers who dropped out still browse for some time
SHARED_DEVICE_SHARE = 0.03
BOT_SHARE = 0.02  # of anonymous visitors


@dataclass
class Visits:
    """Sessions (parallel arrays). who: person, NONE for anonymous visitors. anchor_at: seconds of
    the step whose time is known.
    """

    who: np.ndarray
    visitor: np.ndarray
    anchor_at: np.ndarray
    path: np.ndarray
    channel: np.ndarray
    device: np.ndarray
    source: np.ndarray
    message: np.ndarray  # campaign whose message was clicked
    order: np.ndarray
    product: np.ndarray
    is_logged_in: np.ndarray
    registers: np.ndarray
    is_bot: np.ndarray

    @property
    def size(self) -> int:
        return self.who.size

    def take(self, positions: np.ndarray) -> "Visits":
        return Visits(**{name: values[positions] for name, values in vars(self).items()})


def _joined(parts: list[Visits]) -> Visits:
    return Visits(
        **{
            item.name: np.concatenate([getattr(part, item.name) for part in parts])
            for item in fields(Visits)
        }
    )


class Paths:
    """All paths as a table of steps, one row per path, padded with NONE."""

    def __init__(self):
        texts = [path.split() for group in PATHS.values() for path in group]
        self.lengths = np.array([len(path) for path in texts])
        shape = (len(texts), self.lengths.max())
        self.steps = np.full(shape, NONE)
        self.line = np.zeros(shape, dtype=np.int64)
        for row, path in enumerate(texts):
            for column, word in enumerate(path):
                self.steps[row, column] = STEP[word.rstrip("12")]
                self.line[row, column] = int(word[-1]) if word[-1].isdigit() else 0
        counts = [len(group) for group in PATHS.values()]
        self.first = dict(zip(PATHS, np.cumsum([0, *counts[:-1]]).tolist(), strict=True))
        self.count = dict(zip(PATHS, counts, strict=True))
        order_step = self.steps == STEP["place_order"]
        self.anchor = np.where(order_step.any(axis=1), order_step.argmax(axis=1), 0)

    def draw(self, kind: str, rng, size: int) -> np.ndarray:
        return self.first[kind] + rng.integers(0, self.count[kind], size)


ALL_PATHS = Paths()


def draw_visits(
    world: World, people: People, orders: Orders, lines: Lines, lost: LostVisits, sends: Sends,
    reviews: Reviews, tickets: Tickets, dropped_out_at: np.ndarray, visits_per_year: float, rng,
) -> Visits:  # fmt: skip
    """All recorded sessions of a chunk by time, of anonymous visitors and of customers who
    consented.
    """
    draw = _Draw(world, people, rng)
    opened = np.zeros(people.size, dtype=bool)
    opened[orders.who[orders.opens_account & (orders.channel != STORE)]] = True
    starts_in_store = np.zeros(people.size, dtype=bool)
    starts_in_store[orders.who[orders.opens_account & (orders.channel == STORE)]] = True
    clicks = np.flatnonzero((sends.clicked_at != NEVER) & ~sends.is_added)
    reviewing = np.flatnonzero(chance(rng, 0.6, reviews.order.size))
    chats = np.flatnonzero(tickets.channel == CHAT)
    registering = np.flatnonzero(people.is_account & ~opened & ~starts_in_store)
    parts = [
        draw.ordering(orders, lines),
        draw.known("register", registering, people.registered_at[registering], registers=True),
        draw.known("review", orders.who[reviews.order[reviewing]], reviews.created_at[reviewing],
                   product=reviews.product[reviewing]),
        draw.known("chat", orders.who[tickets.order[chats]], tickets.opened_at[chats]),
        draw.known("product", sends.who[clicks], sends.clicked_at[clicks],
                   message=sends.campaign[clicks]),
        draw.known("product", lost.who, lost.at, channel=lost.channel),
        draw.browsing(dropped_out_at, visits_per_year),
        draw.before_account(),
        draw.anonymous_visitors(visits_per_year),
    ]  # fmt: skip
    visits = _joined(parts)
    inside = (visits.anchor_at >= world.start) & (visits.anchor_at < world.end)
    order = np.flatnonzero(inside)
    return visits.take(order[np.lexsort((visits.visitor[order], visits.anchor_at[order]))])


class _Draw:
    """Draws the types of sessions of one chunk."""

    def __init__(self, world: World, people: People, rng: np.random.Generator):
        self.world, self.people, self.rng = world, people, rng
        # everyone has an app and a browser; some share the browser of the previous person
        shares = chance(rng, SHARED_DEVICE_SHARE, people.size)
        self.browser_of = np.maximum(np.arange(people.size) - shares, 0)

    def _visits(self, path, who, at, **given) -> Visits:
        people, size = self.people, who.size
        channel = given.get("channel", other_channel(self.rng, people, who))
        message = given.get("message", np.full(size, NONE))
        in_browser = ~np.isin(channel, [APP, MINI_PROGRAM])
        return Visits(
            who=who,
            visitor=np.where(in_browser, 2 * self.browser_of[who] + 1, 2 * who),
            anchor_at=at,
            path=path,
            channel=channel,
            device=people.device[who],
            source=self._sources(
                who, at, channel, message, given.get("registers", False), "order" in given
            ),
            message=message,
            order=given.get("order", np.full(size, NONE)),
            product=given.get(
                "product", self.rng.integers(0, len(self.world.catalogue.category), size)
            ),
            is_logged_in=np.broadcast_to(given.get("is_logged_in", people.is_account[who]), size),
            registers=np.broadcast_to(given.get("registers", False), size),
            is_bot=np.zeros(size, dtype=bool),
        )

    def known(self, kind: str, who: np.ndarray, at: np.ndarray, **given) -> Visits:
        """Sessions of logged-in customers at given times."""
        tracked = np.flatnonzero(self.people.is_tracked[who])
        given = {name: value[tracked] if np.ndim(value) else value for name, value in given.items()}
        return self._visits(
            ALL_PATHS.draw(kind, self.rng, tracked.size), who[tracked], at[tracked], **given
        )

    def _sources(self, who, at, channel, message, registers, buys: bool) -> np.ndarray:
        """Source of each session: that which acquired the customer, none (direct), or any other."""
        rng, own = self.rng, self.people.source[who]
        shares = [source.visit_share * (source.conversion**2 if buys else 1) for source in SOURCES]
        anything = pick(rng, shares, who.size)
        kind = pick(rng, [45, 30, 25], who.size)
        source = np.select([(kind == 0) | registers, kind == 1], [own, 0], anything)
        live = is_live_evening(at) & np.isin(channel, [APP, MINI_PROGRAM])
        live &= chance(rng, 0.5, who.size)
        source = np.where(live, LIVE, source)
        by_message = np.array(
            [SOURCE_OF_MESSAGE.get(campaign.channel, 0) for campaign in self.world.campaigns] or [0]
        )
        return np.where(message >= 0, by_message[message], source)

    def ordering(self, orders: Orders, lines: Lines) -> Visits:
        """Sessions that end with an order, paid or not."""
        rng, people = self.rng, self.people
        order = np.flatnonzero(people.is_tracked[orders.who] & (orders.channel != STORE))
        size = order.size
        first = lines.first_of(orders.size)[order]
        has_more = np.bincount(lines.order, minlength=orders.size)[order] > 1
        broken = ~orders.is_paid[order] & orders.is_purchase[order]
        paid = orders.paid_at[order] < NEVER
        path = np.select(
            [broken, ~paid, chance(rng, SECOND_TRY_SHARE, size), has_more],
            [
                ALL_PATHS.draw(kind, rng, size)
                for kind in ("broken_payment", "unpaid", "second_try", "big_order")
            ],
            ALL_PATHS.draw("order", rng, size),
        )
        return self._visits(
            path, orders.who[order], orders.ordered_at[order],
            channel=orders.channel[order], message=orders.message[order], order=order,
            product=lines.product[first], is_logged_in=~orders.is_guest[order],
            registers=orders.opens_account[order] & people.is_account[orders.who[order]],
        )  # fmt: skip

    def browsing(self, dropped_out_at: np.ndarray, visits_per_year: float) -> Visits:
        """Sessions without an order while people are active, and a little longer."""
        rng, people, season = self.rng, self.people, self.world.season
        since = season.elapsed(people.registered_at + 1_800)
        lost_at = np.where(dropped_out_at == NEVER, self.world.end, dropped_out_at)
        until = np.minimum(
            season.elapsed(lost_at) + LINGER_DAYS * rng.random(people.size), self.world.days
        )
        span = np.maximum(until - since, 0)
        # frequent buyers browse more
        interest = np.sqrt(people.purchase_rate / people.purchase_rate.mean())
        interest *= people.is_account & people.is_tracked
        visits = rng.poisson(visits_per_year / 365 * span * interest)
        who = np.repeat(np.arange(people.size), visits)
        at = season.at(since[who] + span[who] * rng.random(who.size))
        logged_in = people.is_account[who] & ~chance(rng, LOGGED_OUT_SHARE, who.size)
        found = self._visits(np.zeros(who.size, dtype=np.int64), who, at, is_logged_in=logged_in)
        return self._with_browsing_path(found)

    def before_account(self) -> Visits:
        """Anonymous sessions in the weeks before an account is opened."""
        rng, people = self.rng, self.people
        visits = rng.poisson(VISITS_BEFORE_ACCOUNT * people.is_tracked)
        who = np.repeat(np.arange(people.size), visits)
        at = people.registered_at[who] - rng.integers(DAY // 4, 21 * DAY, who.size)
        found = self._visits(ALL_PATHS.draw("product", rng, who.size), who, at, is_logged_in=False)
        found.source = people.source[who]
        return found

    def anonymous_visitors(self, visits_per_year: float) -> Visits:
        """Sessions of people who never buy or open an account, and of search engine bots."""
        rng, people = self.rng, self.people
        number = rng.poisson(
            people.size * ANONYMOUS_VISITORS_PER_CUSTOMER * visits_per_year / VISITS_PER_YEAR
        )
        visits = rng.geometric(0.75, number)
        visitor = np.repeat(np.arange(number), visits)
        size = visitor.size
        device = pick(rng, [34, 48, 18], number)[visitor]
        channel = np.where(device == DESKTOP, WEB, pick(rng, [22, 48, 30], number)[visitor])
        at = self.world.season.at(self.world.days * rng.random(size))
        source = pick(rng, [source.visit_share for source in SOURCES[:BANNER]], number)[visitor]
        by_banner = visitor < int(people.size * BANNER_VISITORS_PER_CUSTOMER)
        source[by_banner] = BANNER
        first, last = np.array(FLIGHTS)[rng.integers(0, len(FLIGHTS), size)].T
        shown = (first + (last - first) * rng.random(size)) * self.world.days * DAY
        at[by_banner] = self.world.start + shown[by_banner].astype(np.int64)
        nothing = np.full(size, NONE)
        found = Visits(
            who=nothing, visitor=2 * people.size + visitor, anchor_at=at, path=nothing,
            channel=channel, device=device, source=source, message=nothing, order=nothing,
            product=rng.integers(0, len(self.world.catalogue.category), size),
            is_logged_in=np.zeros(size, dtype=bool), registers=np.zeros(size, dtype=bool),
            is_bot=chance(rng, BOT_SHARE, number)[visitor],
        )  # fmt: skip
        return self._with_browsing_path(found)

    def _with_browsing_path(self, visits: Visits) -> Visits:
        """How far sessions without an order get: further from good sources, not past a failing
        cart.
        """
        rng = self.rng
        conversion = np.array([source.conversion for source in SOURCES])[visits.source]
        depth = np.zeros(visits.size, dtype=np.int64)
        for reached, share in enumerate(CONTINUES):
            depth += (depth == reached) & chance(
                rng, np.minimum(share * conversion, 0.95), visits.size
            )
        broken = self.world.is_broken("add_to_cart", visits.anchor_at, device=visits.device)
        no_cart = chance(rng, broken, visits.size) | visits.is_bot
        depth = np.where(no_cart, np.minimum(depth, BROWSING.index("product")), depth)
        visits.path = np.choose(
            depth, [ALL_PATHS.draw(kind, rng, visits.size) for kind in BROWSING]
        )
        return visits
