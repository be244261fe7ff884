"""Small random draws used throughout the simulation."""

import numpy as np


def pick(rng: np.random.Generator, shares, size: int) -> np.ndarray:
    """Positions drawn in proportion to shares (any positive scale)."""
    limits = np.cumsum(np.asarray(shares, dtype=float))
    return np.searchsorted(limits, rng.random(size) * limits[-1], side="right")


def pick_rows(rng: np.random.Generator, weights: np.ndarray, draws: int = 1) -> np.ndarray:
    """Positions drawn separately from each row of weights; shape (rows, draws)."""
    limits = np.cumsum(weights, axis=1)
    at = rng.random((len(weights), draws)) * limits[:, -1:]
    return (limits[:, None, :] <= at[:, :, None]).sum(axis=2)


def chance(rng: np.random.Generator, probability, size: int) -> np.ndarray:
    """True with the given probability (one for all, or one each)."""
    return rng.random(size) < probability


def seconds_between(rng: np.random.Generator, low: float, high: float, size: int) -> np.ndarray:
    """Whole seconds, uniform between two bounds."""
    return rng.integers(int(low), int(high), size)


def long_tailed_seconds(rng, median: float, spread: float, low, high, size: int) -> np.ndarray:
    """Whole seconds, log-normal around a median and cut at both ends."""
    drawn = np.exp(rng.normal(np.log(median), spread, size))
    return np.clip(drawn, low, high).astype(np.int64)


def ranks_within(groups: np.ndarray) -> np.ndarray:
    """Position (from 0) of each element in its group; elements of a group must be adjacent."""
    if groups.size == 0:
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    lengths = np.diff(np.r_[starts, groups.size])
    return np.arange(groups.size) - np.repeat(starts, lengths)
