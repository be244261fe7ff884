"""Consent, messages with a control group, and the true effect of the messages."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from customer_analytics.simulator.columns import (
    DAY,
    HOUR,
    NEVER,
    from_pool,
    nightly_load,
    numbered,
    timestamps,
)
from customer_analytics.simulator.draws import chance, long_tailed_seconds, seconds_between
from customer_analytics.simulator.people import People
from customer_analytics.simulator.purchases import Purchases
from customer_analytics.simulator.world import MESSAGE_WINDOW_DAYS, World
from customer_analytics.simulator.writing import contract_table

CONSENT_CHANNELS = ["email", "sms", "push", "wechat"]
CONSENT_SHARES = [0.6, 0.4, 0.45, 0.65]
LEAVES_LIST_SHARE = 0.06  # of active customers
LEAVES_LIST_SHARE_OF_LOST = 0.4
RETURNS_TO_LIST_SHARE = 0.1
ADDRESSED_SHARE = 0.7  # of the subscribed customers
CONTROL_SHARE = 0.3


@dataclass
class Consents:
    """Whether and until when customers may be contacted; shape (people, channels), seconds."""

    is_given: np.ndarray
    given_at: np.ndarray
    withdrawn_at: np.ndarray
    renewed_at: np.ndarray

    def holds(self, channel: int, at: int) -> np.ndarray:
        """Per person: whether the channel is permitted at that time."""
        given = self.is_given[:, channel] & (self.given_at[:, channel] < at)
        withdrawn = (self.withdrawn_at[:, channel] <= at) & (self.renewed_at[:, channel] > at)
        return given & ~withdrawn


def draw_consents(world: World, people: People, dropped_out_at: np.ndarray, rng) -> Consents:
    """Consent is given with the account; customers who drop out often withdraw it."""
    shape = (people.size, len(CONSENT_CHANNELS))
    is_given = (rng.random(shape) < CONSENT_SHARES) & people.is_account[:, None]
    given_at = np.repeat(people.registered_at[:, None] + 30, shape[1], axis=1)
    is_lost = dropped_out_at != NEVER
    leaves = rng.random(people.size) < np.where(
        is_lost, LEAVES_LIST_SHARE_OF_LOST, LEAVES_LIST_SHARE
    )
    all_channels = rng.random(people.size) < 0.6
    withdraws = leaves[:, None] & (all_channels[:, None] | (rng.random(shape) < 0.5)) & is_given
    after_loss = np.where(is_lost, dropped_out_at, 0) + rng.integers(DAY, 75 * DAY, people.size)
    any_time = (
        people.registered_at
        + DAY
        + (rng.random(people.size) * np.maximum(world.end - people.registered_at, 0)).astype(
            np.int64
        )
    )
    at = np.where(is_lost, after_loss, any_time)[:, None] + rng.integers(0, 600, shape)
    withdrawn_at = np.where(withdraws & (at < world.end), at, NEVER)
    renews = (withdrawn_at != NEVER) & (rng.random(shape) < RETURNS_TO_LIST_SHARE)
    renewed = np.where(renews, withdrawn_at, 0) + rng.integers(5 * DAY, 90 * DAY, shape)
    renewed_at = np.where(renews & (renewed < world.end), renewed, NEVER)
    return Consents(is_given, given_at, withdrawn_at, renewed_at)


def subscriptions_table(people: People, consents: Consents, end: int) -> pa.Table:
    """The contract's subscriptions table: one row per change of a consent."""
    rows = []
    for at, status in (
        (consents.given_at, 0),
        (consents.withdrawn_at, 1),
        (consents.renewed_at, 0),
    ):
        who, channel = np.nonzero(consents.is_given & (at < end))
        rows.append((who, channel, np.full(who.size, status), at[who, channel]))
    who, channel, status, at = (np.concatenate(part) for part in zip(*rows, strict=True))
    order = np.lexsort((channel, at))
    who, channel, status, at = who[order], channel[order], status[order], at[order]
    return contract_table(
        "subscriptions",
        customer_id=people.customer_ids(who),
        channel=from_pool(CONSENT_CHANNELS, channel),
        status=from_pool(["subscribed", "unsubscribed"], status),
        changed_at=timestamps(at),
        loaded_at=timestamps(nightly_load(at)),
    )


@dataclass
class Sends:
    """Customers contacted by message campaigns, and the purchases that this causes (parallel
    arrays).

    added_at: seconds of the purchase that a message caused; NEVER for most. is_converted_by_it:
    would not have bought within the campaign's window otherwise.
    """

    campaign: np.ndarray
    who: np.ndarray
    sent_at: np.ndarray
    is_treated: np.ndarray
    opened_at: np.ndarray
    clicked_at: np.ndarray
    added_at: np.ndarray
    is_converted_by_it: np.ndarray

    @property
    def is_added(self) -> np.ndarray:
        return self.added_at != NEVER


def draw_sends(
    world: World, people: People, purchases: Purchases, consents: Consents, rng
) -> Sends:
    """Contacts a random part of the subscribers; some treated customers buy because of it."""
    parts = [
        _draw_campaign(world, people, purchases, consents, number, rng) for number in world.messages
    ]
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return Sends(nothing, nothing, nothing, nothing > 0, nothing, nothing, nothing, nothing > 0)
    return Sends(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _draw_campaign(world, people, purchases, consents, number: int, rng) -> tuple:
    campaign = world.campaigns[number]
    hour = campaign.starts_at + 10 * HOUR
    channel = CONSENT_CHANNELS.index(campaign.channel)
    may_address = consents.holds(channel, campaign.starts_at) & (
        people.registered_at < campaign.starts_at
    )
    who = np.flatnonzero(may_address)
    who = who[chance(rng, ADDRESSED_SHARE, who.size)]
    sent_at = hour + rng.integers(0, 1_800, who.size)
    treated = ~chance(rng, CONTROL_SHARE, who.size)

    bought_before = _purchases_between(purchases, who, np.zeros_like(sent_at), sent_at) > 0
    is_customer = bought_before & (purchases.dropped_out_at[who] > sent_at)
    adds = treated & is_customer & chance(rng, campaign.added_purchase_probability, who.size)
    window = MESSAGE_WINDOW_DAYS * DAY
    added_at = sent_at + long_tailed_seconds(rng, 1.5 * DAY, 1.0, HOUR, window - DAY, who.size)
    adds &= (added_at < world.end) & (added_at < purchases.dropped_out_at[who])
    would_buy_anyway = _purchases_between(purchases, who, sent_at, sent_at + window) > 0

    opens = treated & (adds | chance(rng, 0.32, who.size))
    clicks = opens & (adds | chance(rng, 0.25, who.size))
    # the click comes before the purchase it leads to
    until = np.where(adds, added_at, sent_at + 3 * DAY) - sent_at
    opened_at = sent_at + (until * rng.uniform(0.05, 0.5, who.size)).astype(np.int64)
    clicked_at = opened_at + seconds_between(rng, 5, 120, who.size)
    opened_at = np.where(opens & (opened_at < world.end), opened_at, NEVER)
    clicked_at = np.where(clicks & (clicked_at < world.end), clicked_at, NEVER)
    return (
        np.full(who.size, number), who, sent_at, treated, opened_at, clicked_at,
        np.where(adds, added_at, NEVER), adds & ~would_buy_anyway,
    )  # fmt: skip


def _purchases_between(purchases: Purchases, who, after, until) -> np.ndarray:
    """Purchases of each person in (after, until]."""
    # person and time as one number: seconds fit into 34 bits
    keys = (purchases.who << 34) + purchases.at
    upto = np.searchsorted(keys, (who << 34) + until, side="right")
    return upto - np.searchsorted(keys, (who << 34) + after, side="right")


def sends_table(world: World, people: People, sends: Sends) -> pa.Table:
    """The contract's campaign_sends table."""
    return contract_table(
        "campaign_sends",
        campaign_id=numbered("K", sends.campaign + 1, 3),
        customer_id=people.customer_ids(sends.who),
        sent_at=timestamps(sends.sent_at),
        channel=from_pool([campaign.channel for campaign in world.campaigns], sends.campaign),
        variant=from_pool(["control", "treatment"], sends.is_treated),
        opened_at=timestamps(sends.opened_at),
        clicked_at=timestamps(sends.clicked_at),
        loaded_at=timestamps(nightly_load(sends.sent_at, sends.opened_at, sends.clicked_at)),
    )
