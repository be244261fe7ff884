"""Default values of the command's options, separate to avoid slow imports."""

from datetime import date

START = date(2023, 1, 1)
ORDERS_PER_YEAR = 5.3  # repeat orders of an active customer
VISITS_PER_YEAR = 4.0  # sessions without an order of an active customer
