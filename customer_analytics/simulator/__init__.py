"""A simulated shop: honest data for every table of the input contract, and the truth behind it."""

from customer_analytics.simulator.shop import Summary, simulate

__all__ = ["Summary", "simulate"]
