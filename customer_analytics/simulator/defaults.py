"""Defaults of the command's options, without what takes long to import."""

from datetime import date

START = date(2023, 1, 1)
ORDERS_PER_YEAR = 5.3  # repeat orders of a customer while they are one
VISITS_PER_YEAR = 4.0  # without an order, of a customer while they are one
