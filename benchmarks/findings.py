"""Measures detected incidents and false positives of the findings in simulated shops.

Each seed is a separate shop. It is first simulated and built without incidents: every finding there
is a false positive, except for the simulator's banner source, whose visitors hardly buy. Then five
incidents of random size are injected, far apart. For each incident the shop is rebuilt as of the
end of the second complete week after its onset; the incident counts as detected if a finding of
that build names it.
"""

import os
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click
import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from rich.console import Console
from rich.table import Table

from customer_analytics.simulator.shop import START, simulate

PROJECT = Path(__file__).resolve().parents[1]
DAYS = 728
# weeks after the start in which incidents begin: in the second year, when most customers have
# arrived, and far apart, so that incidents hardly touch each other's baseline
SLOTS = (54, 64, 74, 84, 94)
CHANNELS = ("app", "mini_program", "h5")
BANNER = "newsfeed"
# the findings, and the marts that are needed to inject incidents
ALL = ("run", "--select", "+rpt_findings", "+fct_orders", "+fct_customer_rfm_monthly")
# rebuilt with --again: enough after a change of rules or of anomaly detection
LATE = (
    "build", "--full-refresh", "--exclude-resource-type", "test", "unit_test", "--select",
    "finding_rules", "finding_texts", "path:models/intermediate/findings", "rpt_findings",
)  # fmt: skip


@dataclass(frozen=True)
class Incident:
    """An injected incident. size: the share that fails, or the factor by which a rate increases."""

    kind: str
    onset: date
    size: float
    value: str

    @property
    def end(self) -> date:
        """The day after the second complete week."""
        monday = self.onset + timedelta(-self.onset.weekday() % 7)
        return monday + timedelta(weeks=2)

    def sql(self) -> str:
        """Statements that inject it into orders, order_items, events, refunds and products."""
        when = f">= timestamp '{self.onset}' and {{}} < timestamp '{self.end}'"
        return SQL[self.kind].format(
            ordered=f"orders.ordered_at {when.format('orders.ordered_at')}",
            occurred=f"occurred_at {when.format('occurred_at')}",
            size=f"{self.size:.4f}", value=self.value, onset=self.onset, end=self.end,
        )  # fmt: skip

    def is_named_by(self, finding: dict) -> bool:
        """Whether a finding has its topic, its location, and its start within a week."""
        dimension, topics = NAMED_AS[self.kind]
        location = ("all", "all") if self.value == "all" else (dimension, self.value)
        return (
            abs((finding["period_start"] - self.onset).days) <= 7
            and (finding["dimension"], finding["dimension_value"]) == location
            and finding["topic"] in topics
        )


# the same rows for the same incident: no draw depends on the order of rows
CHANCE = "hash({0} || '{{onset}}') % 10000 < 10000 * {1}"
LOST_ORDERS = """
    delete from order_items where order_id in (select order_id from lost);
    delete from refunds where order_id in (select order_id from lost);
    delete from events where order_id in (select order_id from lost)
        and event_name in ('place_order', 'pay', 'payment_failed');
    delete from orders where order_id in (select order_id from lost);
    drop table lost;
"""
SQL = {
    "payment_fails": f"""
        create table lost as select order_id from orders where {{ordered}}
            and ('{{value}}' = 'all' or channel = '{{value}}')
            and {CHANCE.format("order_id", "{size}")};
        update orders set status = 'placed', paid_at = null, shipped_at = null, delivered_at = null
            where order_id in (select order_id from lost);
        update events set event_name = 'payment_failed'
            where event_name = 'pay' and order_id in (select order_id from lost);
        delete from refunds where order_id in (select order_id from lost);
        drop table lost;
    """,
    "checkout_breaks": f"""
        create table lost as select order_id from orders where {{ordered}}
            and channel = '{{value}}' and {CHANCE.format("order_id", "{size}")};
        {LOST_ORDERS}
    """,
    "source_without_buyers": """
        insert into events by name
        with visits as (
            select cast(count(distinct session_id) * {size} / (1 - {size}) as bigint) as visits
            from events where {occurred}
        ), numbers as (
            select visits, unnest(range(visits)) as number from visits
        )
        select
            'X' || number as event_id, 'view_page' as event_name, 'X' || number as visitor_id,
            'app' as channel, 'android' as device, '{value}' as source, 'display' as medium,
            timestamp '{onset}' + number * interval 1 second
                * (epoch(timestamp '{end}') - epoch(timestamp '{onset}')) / visits as occurred_at,
            occurred_at as loaded_at
        from numbers;
    """,
    # orders of the category without a refund get one with the additional probability
    "returns_rise": f"""
        insert into refunds by name
        with lines as (
            select
                order_id, line_number, product_id, customer_id, delivered_at,
                quantity * unit_price as refund_amount, quantity
            from orders inner join order_items using (order_id)
            inner join products using (product_id)
            where category = '{{value}}' and delivered_at is not null
            qualify row_number() over (partition by order_id order by line_number) = 1
        ), sent_back as (
            select order_id from refunds left join order_items using (order_id, line_number)
            left join products on order_items.product_id = products.product_id
            where order_id is not null and coalesce(category, '{{value}}') = '{{value}}'
        ), usual as (
            select avg(cast(order_id in (select order_id from sent_back) as integer)) as rate
            from lines
        )
        select
            'X' || order_id || '-' || '{{onset}}' as refund_id, order_id, line_number, product_id,
            customer_id, quantity, refund_amount, 'quality' as reason,
            delivered_at + interval 7 day as refunded_at, refunded_at as loaded_at
        from lines
        where delivered_at >= timestamp '{{onset}}' - interval 7 day
            and delivered_at < timestamp '{{end}}' - interval 7 day
            and order_id not in (select order_id from sent_back)
            and {CHANCE.format("order_id", "({size} - 1) * (select rate / (1 - rate) from usual)")};
    """,
    # some customers of the tier at the end of the previous month lose all their orders
    "high_value_leave": f"""
        create table lost as
        select order_id from built.marts.fct_orders as orders
        inner join built.marts.fct_customer_rfm_monthly as tiers using (customer_id)
        where {{ordered}} and value_tier = 'high_value'
            and month = date_trunc('month', date '{{onset}}') - interval 1 month
            and {CHANCE.format("customer_id", "{size}")};
        {LOST_ORDERS}
    """,
}
# the dimension that shows it, and the topics of a matching finding
NAMED_AS = {
    "payment_fails": ("channel", {"funnel"}),
    "checkout_breaks": ("channel", {"funnel"}),
    "source_without_buyers": ("source", {"source"}),
    "returns_rise": ("category", {"returns"}),
    "high_value_leave": ("value_tier", {"high_value"}),
}
# findings against a threshold, which also hold in a shop without incidents
STANDING = {"new_customer_retention_low", "top_customers_share_low", "top_customers_share_high"}
STANDING |= {"dominant_amount", "new_customer_retention_weak"}
STANDING |= {"amount_bands_unfit", "frequency_bands_unfit", "amount_bands_too_high"}
# the simulator lets a fifth fewer new customers arrive in its second year
STANDING |= {"new_customers_down"}
FINDINGS = """
    select findings.*, rules.topic from marts.rpt_findings as findings
    inner join (select distinct rule, topic from config.finding_rules) as rules using (rule)
    order by period_start, finding_id
"""


def draw_incidents(rng: random.Random, shop: Path) -> list[Incident]:
    """One incident of each kind, in random order and of random size, each in its own slot."""
    # categories with more refunds are more likely to be drawn
    categories = duckdb.sql(f"""
        select category, count(*) from '{shop}/refunds.parquet'
        inner join '{shop}/order_items.parquet' using (order_id, line_number)
        inner join '{shop}/products.parquet' on order_items.product_id = products.product_id
        group by category order by category
    """).fetchall()
    names, refunds = zip(*categories, strict=True)
    drawn = {
        "payment_fails": (rng.uniform(0.4, 0.9), rng.choice((*CHANNELS, "all"))),
        "checkout_breaks": (rng.uniform(0.5, 0.95), rng.choice(CHANNELS)),
        "source_without_buyers": (rng.uniform(0.08, 0.2), "adnet"),
        "returns_rise": (rng.uniform(1.8, 3), rng.choices(names, refunds)[0]),
        "high_value_leave": (rng.uniform(0.4, 0.8), "high_value"),
    }
    kinds = rng.sample(list(drawn), len(drawn))
    return [
        Incident(kind, START + timedelta(weeks=slot, days=rng.randrange(7)), *drawn[kind])
        for kind, slot in zip(kinds, SLOTS, strict=True)
    ]


def inject(incidents: list[Incident], quiet: Path, built: Path, folder: Path) -> None:
    """Write the files of the shop with the incidents injected; built: its database without them."""
    shutil.copytree(quiet, folder, dirs_exist_ok=True)
    tables = ("orders", "order_items", "events", "refunds", "products")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built}' as built (read_only)")
        for table in tables:
            connection.execute(f"create table {table} as from '{quiet}/{table}.parquet'")
        for incident in incidents:
            connection.execute(incident.sql())
        for table in tables:
            connection.execute(f"copy {table} to '{folder}/{table}.parquet'")


class Builder:
    """Builds the models that findings need, from a copy of one database with the seeds."""

    def __init__(self, folder: Path, again: bool):
        self.folder, self.again = folder, again
        os.environ |= {
            "DBT_PROFILES_DIR": str(PROJECT), "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }  # fmt: skip
        self.seeded = folder / "seeds.duckdb"
        if not (again and self.seeded.exists()):
            self.seeded.unlink(missing_ok=True)
            self._dbt(self.seeded, "seed")

    def database(self, shop: Path, as_of: date) -> Path:
        """The database of a shop as of a day."""
        return self.folder / f"{shop.name}_{as_of}.duckdb"

    def find(self, shop: Path, as_of: date) -> list[dict]:
        """All findings in a shop as of a day."""
        database = self.database(shop, as_of)
        only_late = self.again and database.exists()
        if not only_late:
            # left by an interrupted run
            database.with_name(f"{database.name}.wal").unlink(missing_ok=True)
            shutil.copy(self.seeded, database)
        os.environ["SHOP_DATA"] = str(shop)
        self._dbt(database, *(LATE if only_late else ALL), "--vars", f"{{as_of_date: {as_of}}}")
        with duckdb.connect(str(database), read_only=True) as connection:
            rows = connection.execute(FINDINGS)
            names = [column[0] for column in rows.description]
            return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]

    def _dbt(self, database: Path, *arguments: str) -> None:
        os.environ["ANALYTICS_DB"] = str(database)
        result = dbtRunner().invoke(["--quiet", *arguments, "--project-dir", str(PROJECT)])
        DuckDBConnectionManager.close_all_connections()
        if not result.success:
            sys.exit(f"dbt {arguments[0]} of {database} failed, see {self.folder / 'logs'}")


def is_alarm(finding: dict) -> bool:
    """Whether a finding of a shop without incidents is a false positive."""
    return finding["rule"] not in STANDING and BANNER not in finding["dimension_value"]


def measure(
    seed: int, builder: Builder, customers: int, orders: float, visits: float
) -> Iterator[tuple[str, int | None]]:
    """Measure one shop: yields a pair for each false positive and for each incident; the second
    value is the error of the detected start in days, None if the incident was missed.
    """
    quiet, broken = (builder.folder / f"{name}_{seed}" for name in ("quiet", "broken"))
    simulate(
        customers, DAYS, seed, quiet, file_format="parquet", orders_per_year=orders,
        visits_per_year=visits, has_incidents=False,
    )  # fmt: skip
    last_day = START + timedelta(DAYS - 1)
    for finding in filter(is_alarm, builder.find(quiet, last_day)):
        print(f"{seed}  false positive: {finding['finding_en']}", flush=True)
        yield "false positive", None
    incidents = draw_incidents(random.Random(seed), quiet)
    inject(incidents, quiet, builder.database(quiet, last_day), broken)
    for incident in incidents:
        found = builder.find(broken, incident.end - timedelta(1))
        starts = [f["period_start"] for f in found if incident.is_named_by(f)]
        shown = f"found from {starts[0]}" if starts else "missed"
        print(
            f"{seed}  {incident.kind} ({incident.value}, {incident.size:.2f}) from"
            f" {incident.onset}: {shown}",
            flush=True,
        )
        yield incident.kind, abs((starts[0] - incident.onset).days) if starts else None


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seeds", default="104-109", show_default=True, help="First and last seed.")
@click.option("--customers", default=10_000, show_default=True)
@click.option("--orders-per-year", default=10.0, show_default=True)
@click.option("--visits-per-year", default=12.0, show_default=True)
@click.option(
    "--again", is_flag=True, help="Rebuild only the findings, on the databases of the last run."
)
def main(
    folder: Path, seeds: str, customers: int, orders_per_year: float, visits_per_year: float,
    again: bool,
):  # fmt: skip
    """Measure in FOLDER and print detected and missed incidents and false positives."""
    folder.mkdir(parents=True, exist_ok=True)
    builder = Builder(folder.resolve(), again)
    first, last = (int(seed) for seed in seeds.split("-"))
    results = [
        result
        for seed in range(first, last + 1)
        for result in measure(seed, builder, customers, orders_per_year, visits_per_year)
    ]
    false_positives = sum(kind == "false positive" for kind, _ in results)
    table = Table("incident", "injected", "found", "share", "mean days off", "max days off")
    for kinds in [*([kind] for kind in SQL), list(SQL)]:
        errors = [error for kind, error in results if kind in kinds]
        found = [error for error in errors if error is not None]
        table.add_row(
            kinds[0] if len(kinds) == 1 else "all", str(len(errors)), str(len(found)),
            f"{len(found) / len(errors):.0%}", f"{sum(found) / max(len(found), 1):.1f}",
            str(max(found, default="")),
        )  # fmt: skip
    Console().print(table)
    years = (last - first + 1) * DAYS / 365
    print(
        f"{false_positives} false positives in {years:.1f} incident-free years:"
        f" {false_positives / years:.1f} a year"
    )


if __name__ == "__main__":
    main()
