"""Simulates a shop: realistic data for every table of the input contract, with its ground truth."""
