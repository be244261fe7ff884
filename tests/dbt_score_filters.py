"""Which macros dbt-score looks at."""

from dbt_score import Macro, rule_filter


@rule_filter
def is_entry_point(macro: Macro) -> bool:
    """Variants for one warehouse (duckdb__read_date) and generic tests say nothing of their own."""
    return "__" not in macro.name and not macro.name.startswith("test_")
