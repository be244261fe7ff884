"""E-commerce customer analytics: the commands and helpers around the dbt project."""
