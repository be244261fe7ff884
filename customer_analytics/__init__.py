"""E-commerce customer analytics: the commands and helpers around the dbt project."""

__version__ = "0.1.0"
