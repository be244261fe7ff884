"""Removal effects of traffic sources in a first-order Markov chain."""

from collections.abc import Sequence

import numpy as np

from customer_analytics.fits.parameters import Fit

START, ORDER, NO_ORDER = "(start)", "(order)", "(none)"


def fit(origins: Sequence[str], targets: Sequence[str], paths: Sequence[int]) -> Fit | None:
    """Share of the orders that would be lost without each source (Anderl et al. 2016).

    origins, targets: states of each kind of transition; a path begins at START and ends at ORDER or
    NO_ORDER; paths: how often it occurs. A visitor who would go on to the removed source is lost
    there. None if no path ends at an order. Parameters: removal_effect.<source>, from 0 to 1.
    """
    sources = sorted({*origins} - {START})
    states = {source: number for number, source in enumerate([START, *sources])}
    between = np.zeros((len(states), len(states)))
    to_order = np.zeros(len(states))
    leaving = np.zeros(len(states))
    for origin, target, count in zip(origins, targets, paths, strict=True):
        leaving[states[origin]] += count
        if target == ORDER:
            to_order[states[origin]] += count
        elif target != NO_ORDER:
            between[states[origin], states[target]] += count
    if not to_order.any():
        return None
    between /= leaving[:, None]
    to_order /= leaving
    chance = _chances(between, to_order)[0]
    effects = {}
    for source in sources:
        without = between.copy()
        without[:, states[source]] = 0
        effects[f"removal_effect.{source}"] = 1 - _chances(without, to_order)[0] / chance
    return Fit(values=effects, customers=int(leaving[0]))


def _chances(between: np.ndarray, to_order: np.ndarray) -> np.ndarray:
    """Probability of an order from each state: an absorbing chain, solved exactly."""
    return np.linalg.solve(np.eye(len(to_order)) - between, to_order)
