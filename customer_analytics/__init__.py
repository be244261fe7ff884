"""E-commerce customer analytics: the commands and helpers around the dbt project."""

__version__ = "1.0.0"  # as in dbt_project.yml
