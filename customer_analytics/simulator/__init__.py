"""A simulated shop: honest data for every table of the input contract, and the truth behind it."""
