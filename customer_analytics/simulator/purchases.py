"""Purchase times: the MBG/NBD model of Batislam et al. (2007) on the shop's demand clock."""

from dataclasses import dataclass

import numpy as np

from customer_analytics.simulator.columns import DAY, NEVER, NONE
from customer_analytics.simulator.draws import chance
from customer_analytics.simulator.people import People, first_visit_delay
from customer_analytics.simulator.world import World

# from opening an account to the first order of those who do not buy at once
MEAN_DECISION_DAYS = 25


@dataclass
class Purchases:
    """Purchases, sorted by person and time.

    who: person. at: seconds. campaign: number of the message that caused the purchase, NONE for all
    others. dropped_out_at (one per person): seconds of the purchase after which the person dropped
    out, NEVER for customers who are active at the end.
    """

    who: np.ndarray
    at: np.ndarray
    campaign: np.ndarray
    dropped_out_at: np.ndarray

    @property
    def is_farewell(self) -> np.ndarray:
        """Whether it is the purchase after which the person dropped out."""
        return self.at == self.dropped_out_at[self.who]


def purchase_times(
    rate: np.ndarray,
    dropout: np.ndarray,
    first: np.ndarray,
    horizon: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Purchase times of the MBG/NBD model until the horizon.

    While active, customers buy at exponentially distributed intervals with their own rate (per unit
    of time). After each purchase, the first included, they drop out with their own probability.

    first: time of the first purchase, at or after the horizon for people without one. Returns the
    buyer and the time of each purchase (unsorted), and for each customer the time of the purchase
    after which they dropped out (infinite while active).
    """
    alive = np.flatnonzero(first < horizon)
    now = first[alive]
    buyers, times = [alive], [now]
    left_at = np.full(first.size, np.inf)
    while alive.size:
        leaves = chance(rng, dropout[alive], alive.size)
        left_at[alive[leaves]] = now[leaves]
        alive, now = alive[~leaves], now[~leaves]
        now = now + rng.exponential(size=alive.size) / rate[alive]
        alive, now = alive[now < horizon], now[now < horizon]
        buyers.append(alive)
        times.append(now)
    return np.concatenate(buyers), np.concatenate(times), left_at


def draw_purchases(world: World, people: People, rng: np.random.Generator) -> Purchases:
    """All purchases of a chunk that no message caused."""
    season = world.season
    wait = rng.exponential(MEAN_DECISION_DAYS, people.size)
    at_once = people.registered_at + first_visit_delay(rng, people.size)
    first = np.where(
        people.buys_at_once,
        season.elapsed(at_once),
        season.elapsed(people.registered_at + DAY) + wait,
    )
    never = (people.buys_at_once & (at_once >= world.end)) | ~people.is_buyer
    first[never] = world.days
    who, elapsed, left_at = purchase_times(
        people.purchase_rate, people.dropout, first, world.days, rng
    )
    is_last = elapsed == left_at[who]
    at = season.at(elapsed)
    dropped_out_at = np.full(people.size, NEVER)
    dropped_out_at[who[is_last]] = at[is_last]
    order = np.lexsort((at, who))
    return Purchases(who[order], at[order], np.full(who.size, NONE), dropped_out_at)


def with_added(
    purchases: Purchases, who: np.ndarray, at: np.ndarray, campaign: np.ndarray
) -> Purchases:
    """The purchases together with those that messages caused."""
    who = np.concatenate([purchases.who, who])
    at = np.concatenate([purchases.at, at])
    campaign = np.concatenate([purchases.campaign, campaign])
    order = np.lexsort((at, who))
    return Purchases(who[order], at[order], campaign[order], purchases.dropped_out_at)
