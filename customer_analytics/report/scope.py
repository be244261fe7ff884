"""Narrows the report to one channel or one region of the customers.

The queries of the chapters read views instead of the marts. A mart without a view cannot be
narrowed, so that no figure of the whole shop gets into the report.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from customer_analytics.errors import CommandError
from customer_analytics.raw_tables import literal

SQL = Path(__file__).parent / "scopes"
# marts that hold no figures
SHARED = {"dim_dates", "dim_labels", "dim_shop"}
TABLE = re.compile(r"\b(?:marts|audit)\.(\w+)")
# values that the marts keep apart; those in the pool of small values have no rows of their own
VALUES = {
    "channel": "select distinct dimension_value from marts.rpt_kpis"
    " where dimension = 'channel' and pooled_values is null and dimension_value != 'unknown'",
    "region": "select distinct region from marts.dim_customers where region != 'unknown'",
}
CUSTOMERS = {
    "channel": "select customer_id from marts.fct_orders"
    " where is_first_order and channel = {value}",
    "region": "select customer_id from marts.dim_customers where region = {value}",
}
OF_CUSTOMERS = "select * from marts.{mart} where customer_id in (select customer_id from of_scope)"
# rows of the channel take the place of those of the whole shop
OF_CHANNEL = """
    select * replace ('all' as dimension, 'all' as dimension_value) from marts.{mart}
    where dimension = 'channel' and dimension_value = {value}
"""
COHORTS = """
    select * replace ('all' as cohort_dimension, 'all' as cohort_value)
    from marts.rpt_cohort_retention
    where cohort_dimension = 'channel' and cohort_value = {value}
"""
CUSTOMER_MARTS = {
    "dim_customers": OF_CUSTOMERS,
    "fct_action_list": OF_CUSTOMERS,
    "fct_customer_churn": OF_CUSTOMERS,
    "fct_customer_lifetime_value": OF_CUSTOMERS,
    "fct_customer_rfm": OF_CUSTOMERS,
    "rpt_segments": (SQL / "rpt_segments.sql").read_text(encoding="utf-8"),
}
NARROWED = {
    "channel": CUSTOMER_MARTS
    | {
        "rpt_carts": "select * from marts.rpt_carts where channel = {value}",
        "rpt_cohort_retention": COHORTS,
        "rpt_findings": OF_CHANNEL,
        "rpt_funnel": OF_CHANNEL,
        "rpt_kpis": OF_CHANNEL,
        "rpt_sales_drivers": OF_CHANNEL,
        "rpt_value_curves": OF_CHANNEL,
    },
    "region": CUSTOMER_MARTS | {"rpt_kpis": (SQL / "rpt_kpis.sql").read_text(encoding="utf-8")},
}


@dataclass(frozen=True)
class Scope:
    """A channel or region, such as channel=web."""

    dimension: str
    value: str

    @classmethod
    def read(cls, text: str) -> "Scope":
        """The scope of the option --scope."""
        dimension, equals, value = text.partition("=")
        if dimension not in NARROWED or not equals or not value:
            raise ValueError(
                f"--scope is '{text}': write it as channel=web or region=Guangdong (dimensions:"
                f" {', '.join(NARROWED)})"
            )
        return cls(dimension, value)

    @property
    def folder(self) -> str:
        """The name of the report's folder."""
        return re.sub(r"[^\w-]+", "_", f"report_{self.dimension}_{self.value}")

    def create_views(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Create a temporary view for each mart that can be narrowed."""
        known = sorted(value for (value,) in connection.execute(VALUES[self.dimension]).fetchall())
        if self.value not in known:
            raise CommandError(
                f"--scope {self.dimension}={self.value}: the marts know no such {self.dimension}"
                f" (values: {', '.join(known) or 'none'}); use one of the values, or no --scope"
            )
        value = literal(self.value)
        customers = CUSTOMERS[self.dimension].replace("{value}", value)
        connection.execute(f"create or replace temp view of_scope as {customers}")
        for mart, select in NARROWED[self.dimension].items():
            filled = select.replace("{mart}", mart).replace("{value}", value)
            connection.execute(f"create or replace temp view {mart} as {filled}")

    def left_out(self, question: str) -> set[str]:
        """The marts of a query that cannot be narrowed."""
        return set(TABLE.findall(question)) - NARROWED[self.dimension].keys() - SHARED

    def narrow(self, question: str) -> str:
        """The query on the views instead of the marts."""
        narrowed = NARROWED[self.dimension]
        return TABLE.sub(lambda at: f"temp.{at[1]}" if at[1] in narrowed else at[0], question)
