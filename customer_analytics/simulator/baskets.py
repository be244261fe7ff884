"""The lines of an order: categories that are due, products that fit the customer's budget, and
prices.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from customer_analytics.simulator.catalogue import CATEGORIES, Catalogue
from customer_analytics.simulator.columns import DAY
from customer_analytics.simulator.draws import chance, pick_rows, ranks_within
from customer_analytics.simulator.people import ORDER_SHAPE, People
from customer_analytics.simulator.world import RATE_SCALE, World

MOST_LINES = 5
COMPANION_SHARE = 0.3  # share of second lines that complement the first, such as a case for a phone
MOST_UNITS = 12
CLEARANCE_SHARE = 0.1
SUMMER, WINTER = (5, 6, 7), (10, 11, 0)

CYCLES = np.array([category.cycle_days for category in CATEGORIES])
SHARES = np.array([category.share for category in CATEGORIES])
LOWEST = np.array([category.lowest_price * 100 for category in CATEGORIES])
USUAL_QUANTITY = np.array([category.usual_quantity for category in CATEGORIES])
COMPANION = np.array(
    [[other.name for other in CATEGORIES].index(category.companion) for category in CATEGORIES]
)


@dataclass
class Lines:
    """Order lines, sorted by order; order is the position of the order. Prices are in cents of the
    order's currency.
    """

    order: np.ndarray
    line_number: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    list_price: np.ndarray
    unit_price: np.ndarray
    unit_cost: np.ndarray

    def per_order(self, values: np.ndarray, orders: int) -> np.ndarray:
        """Sum of whole numbers over the lines of each order (exact up to 2^53)."""
        return np.bincount(self.order, weights=values, minlength=orders).astype(np.int64)

    def first_of(self, orders: int) -> np.ndarray:
        """Position of the first line of each order."""
        return np.searchsorted(self.order, np.arange(orders))


def draw_lines(world: World, people: People, orders, rng: np.random.Generator) -> Lines:
    """The lines of all orders of a chunk.

    orders: uses who, ordered_at, is_purchase, coupon and discount_percent.
    """
    size = orders.who.size
    wanted = 1 + np.minimum(rng.poisson(0.85, size), MOST_LINES - 1)
    categories = _due_categories(people, orders, wanted, rng)
    present = np.arange(MOST_LINES) < wanted[:, None]
    order, position = np.nonzero(present)
    category = categories[order, position]

    value = people.spend_mean[orders.who] * rng.gamma(ORDER_SHAPE, 1 / ORDER_SHAPE, size)
    split = rng.gamma(4.0, 1.0, (size, MOST_LINES)) * present
    line_value = (value[:, None] * split / split.sum(axis=1, keepdims=True))[order, position]
    units = 1 + rng.poisson(USUAL_QUANTITY[category] - 1)
    product = world.catalogue.product_near(category, line_value / units)
    product = world.catalogue.on_sale(product, orders.ordered_at[order] // DAY)
    price = world.catalogue.list_price[product]
    most = np.where(USUAL_QUANTITY[category] > 1.2, MOST_UNITS, 2)
    quantity = np.clip((line_value / price).round().astype(np.int64), 1, most)

    # a product appears at most once per order
    _, kept = np.unique(order * len(world.catalogue.category) + product, return_index=True)
    kept.sort()
    return _priced(world, people, orders, order[kept], product[kept], quantity[kept], rng)


def _due_categories(people: People, orders, wanted: np.ndarray, rng) -> np.ndarray:
    """Categories of up to MOST_LINES lines per order, shape (orders, MOST_LINES).

    The probability of a category is proportional to the customer's taste and to 1 - exp(-(days /
    cycle)^2), where days is the time since the customer last bought it: a Weibull distribution
    function with shape 2.
    """
    taste = rng.gamma(0.5, 1.0, (people.size, len(CATEGORIES))) * SHARES + 1e-6
    # small budgets rarely buy phones: the weight falls if the cheapest product costs twice the
    # usual order
    taste /= 1 + (LOWEST / (2 * people.spend_mean[:, None])) ** 4
    day = orders.ordered_at / DAY
    last_bought = day.min(initial=0) - CYCLES * rng.uniform(0.2, 2, taste.shape)
    by_person = np.lexsort((orders.ordered_at, orders.who))
    rank = ranks_within(orders.who[by_person])
    by_rank = by_person[np.argsort(rank, kind="stable")]
    bounds = np.r_[0, np.cumsum(np.bincount(rank))]
    chosen = np.zeros((orders.who.size, MOST_LINES), dtype=np.int64)
    companions = chance(rng, COMPANION_SHARE, orders.who.size)
    for first, last in itertools.pairwise(bounds):
        now = by_rank[first:last]
        who = orders.who[now]
        passed = (day[now, None] - last_bought[who]) / CYCLES
        weights = taste[who] * -np.expm1(-(passed**2)) * _in_season(orders.ordered_at[now])
        drawn = pick_rows(rng, weights + 1e-12, MOST_LINES)
        drawn[:, 1] = np.where(companions[now], COMPANION[drawn[:, 0]], drawn[:, 1])
        chosen[now] = drawn
        bought = (np.arange(MOST_LINES) < wanted[now, None]) & orders.is_purchase[now, None]
        row, position = np.nonzero(bought)
        last_bought[who[row], drawn[row, position]] = day[now][row]
    return chosen


def _in_season(seconds: np.ndarray) -> np.ndarray:
    """Seasonal demand factor of each category at each time; shape (times, categories)."""
    month = seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12
    factor = np.ones((seconds.size, len(CATEGORIES)))
    names = [category.name for category in CATEGORIES]
    summer, winter = np.isin(month, SUMMER), np.isin(month, WINTER)
    factor[winter, names.index("clothing")] = 1.4
    factor[winter, names.index("beverages")] = 1.3
    factor[summer, names.index("skincare")] = 1.3
    factor[summer, names.index("beverages")] = 0.8
    return factor


def _priced(world: World, people: People, orders, order, product, quantity, rng) -> Lines:
    """Catalogue prices in the order's currency after discounts, in whole cents."""
    catalogue: Catalogue = world.catalogue
    rate = world.rate_on(people.currency[orders.who[order]], orders.ordered_at[order] // DAY)
    list_price = (catalogue.list_price[product] * RATE_SCALE / rate).round().astype(np.int64)
    unit_cost = (catalogue.unit_cost[product] * RATE_SCALE / rate).round().astype(np.int64)
    takes_part = chance(rng, 0.85, order.size) | (orders.coupon[order] >= 0)
    clearance = np.where(
        chance(rng, CLEARANCE_SHARE, order.size), rng.integers(2, 9, order.size) * 5, 0
    )
    percent = np.maximum(orders.discount_percent[order] * takes_part, clearance)
    return Lines(
        order=order,
        line_number=ranks_within(order) + 1,
        product=product,
        quantity=quantity,
        list_price=list_price,
        unit_price=(list_price * (100 - percent) / 100).round().astype(np.int64),
        unit_cost=unit_cost,
    )
