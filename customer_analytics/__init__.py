"""E-commerce customer analytics: command line and helpers of the dbt project."""

__version__ = "1.0.0"  # as in dbt_project.yml
