"""Adapters: turn the exports of common shop systems into the tables of the input contract.

Each folder is one system: system.yml describes its exports and the mapping, one SQL file per table
of the contract reads them.
"""
