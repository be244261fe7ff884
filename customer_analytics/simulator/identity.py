"""How the shop identifies customers: visitors that log in, and member cards."""

import numpy as np
import pyarrow as pa

from customer_analytics.simulator.columns import (
    from_pool,
    joined,
    nightly_load,
    numbered,
    timestamps,
)
from customer_analytics.simulator.draws import chance
from customer_analytics.simulator.people import People
from customer_analytics.simulator.visits import Visits
from customer_analytics.simulator.world import World
from customer_analytics.simulator.writing import contract_table

LINKED_SHARE = 0.92  # share of first logins that the shop's identity service recorded


def visitor_ids(world: World, visitor: np.ndarray, chunk: int) -> pa.Array:
    return numbered("V", visitor * world.chunks + chunk + 1, 5)


def visitor_links(
    world: World, people: People, visits: Visits, visit, at, chunk: int, rng
) -> pa.Table:
    """Links from visitors to the customers who logged in, as far as they were recorded."""
    recorded = chance(rng, LINKED_SHARE, visit.size)
    visit, at = visit[recorded], at[recorded]
    return contract_table(
        "identity_links",
        identifier_type=from_pool(["visitor"], np.zeros(visit.size, dtype=np.int64)),
        identifier=visitor_ids(world, visits.visitor[visit], chunk),
        customer_id=people.customer_ids(visits.who[visit]),
        linked_at=timestamps(at),
        loaded_at=timestamps(nightly_load(at)),
    )


def card_links(people: People) -> pa.Table:
    """Links from member cards to their accounts.

    A replaced card is linked to its successor (M... to N...), and the successor to the account.
    """
    who = np.flatnonzero(people.has_card)
    old = people.card_ids(who)
    replaced = people.is_card_replaced[who]
    new = joined("N", numbered("", people.number[who], 6))
    accounts = people.customer_ids(who)
    at = people.registered_at[who]
    target = np.where(
        replaced, new.to_numpy(zero_copy_only=False), accounts.to_numpy(zero_copy_only=False)
    )
    identifiers = pa.concat_arrays([old, new.filter(pa.array(replaced))])
    targets = pa.concat_arrays([pa.array(target, pa.string()), accounts.filter(pa.array(replaced))])
    linked_at = np.r_[at, at[replaced]]
    return contract_table(
        "identity_links",
        identifier_type=from_pool(["member_card"], np.zeros(linked_at.size, dtype=np.int64)),
        identifier=identifiers,
        customer_id=targets,
        linked_at=timestamps(linked_at),
        loaded_at=timestamps(nightly_load(linked_at)),
    )
