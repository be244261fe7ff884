"""How many planted incidents the findings name in time, and how many they make up in quiet years.

Each seed is a shop of its own. It is simulated without incidents and built as it is: whatever is
found there is false, but for the banner source of the simulator, whose visitors never buy. Then
five incidents of random size are planted, each from a random day to the end of the second complete
week after it, so that what is found was found by then.
"""

import os
import random
import shutil
import sys
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
# weeks after the start in which incidents begin, far enough apart to leave each other alone
SLOTS = (30, 46, 62, 78, 92)
CHANNELS = ("app", "mini_program", "h5")
BANNER = "newsfeed"


@dataclass(frozen=True)
class Incident:
    """Something that goes wrong. size: the share of what fails, or the factor of what rises."""

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
        """Statements that plant it into tables orders, order_items, events, refunds, lines."""
        when = f"between timestamp '{self.onset}' and timestamp '{self.end}'"
        return SQL[self.kind].format(
            when=when, size=self.size, value=self.value, onset=self.onset, end=self.end
        )

    def is_named_by(self, finding: dict) -> bool:
        """Whether a finding tells what it is, where it is, and when it began, within a week."""
        places = {("all", "all")} if self.value == "all" else {(WHERE[self.kind], self.value)}
        if self.kind == "high_value_leave":
            places = {("value_tier", "high_value")}
        begins_in_time = abs((finding["period_start"] - self.onset).days) <= 7
        place = (finding["dimension"], finding["dimension_value"])
        return begins_in_time and place in places and finding["topic"] in TOPICS[self.kind]


CHANCE = "hash({0} || '{{onset}}') % 10000 < 10000 * {{size}}"
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
        create table lost as select order_id from orders where ordered_at {{when}}
            and ('{{value}}' = 'all' or channel = '{{value}}') and {CHANCE.format("order_id")};
        update orders set status = 'placed', paid_at = null, shipped_at = null, delivered_at = null
            where order_id in (select order_id from lost);
        update events set event_name = 'payment_failed'
            where event_name = 'pay' and order_id in (select order_id from lost);
        delete from refunds where order_id in (select order_id from lost);
        drop table lost;
    """,
    "checkout_breaks": f"""
        create table lost as select order_id from orders where ordered_at {{when}}
            and channel = '{{value}}' and {CHANCE.format("order_id")};
        {LOST_ORDERS}
    """,
    "source_without_buyers": """
        insert into events by name
        select
            'X' || number as event_id, 'view_page' as event_name, 'X' || number as visitor_id,
            'app' as channel, 'android' as device, '{value}' as source, 'display' as medium,
            timestamp '{onset}' + number * interval 1 second
                * (epoch(timestamp '{end}') - epoch(timestamp '{onset}')) / visits as occurred_at,
            timestamp '{end}' as loaded_at
        from (
            select cast(count(distinct session_id) * {size} / (1 - {size}) as bigint) as visits
            from events where occurred_at {when}
        ), lateral (select unnest(range(visits)) as number);
    """,
    "returns_rise": """
        insert into refunds by name
        with lines as (
            select items.*, orders.delivered_at, orders.customer_id from order_items as items
            inner join orders using (order_id) inner join products using (product_id)
            where products.category = '{value}' and orders.delivered_at is not null
        ), usual as (
            select count(distinct order_id) as refunds from refunds
            inner join lines using (order_id) where refunds.refunded_at {when}
        )
        select
            'X' || order_id as refund_id, order_id, line_number, customer_id, quantity,
            unit_price * quantity as refund_amount, 'quality' as reason,
            timestamp '{onset}' + hash(order_id || 'at') % 1000 / 1000.0
                * (timestamp '{end}' - timestamp '{onset}') as refunded_at,
            timestamp '{end}' as loaded_at
        from lines
        where delivered_at between timestamp '{onset}' - interval 14 day and timestamp '{onset}'
            and order_id not in (select order_id from refunds where order_id is not null)
        qualify row_number() over (partition by order_id order by line_number) = 1
            and row_number() over (order by hash(order_id))
                <= (select ({size} - 1) * refunds from usual);
    """,
    "high_value_leave": f"""
        create table lost as
        with best as (
            select customer_id from orders
            where ordered_at between timestamp '{{onset}}' - interval 365 day
                    and timestamp '{{onset}}'
                and status not in ('placed', 'cancelled')
            group by customer_id
            having count(*) >= 5 and sum(paid_amount) >= 5000
        )
        select order_id from orders where ordered_at {{when}}
            and customer_id in (select customer_id from best) and {CHANCE.format("order_id")};
        {LOST_ORDERS}
    """,
}
WHERE = {
    "payment_fails": "channel",
    "checkout_breaks": "channel",
    "source_without_buyers": "source",
    "returns_rise": "category",
}
TOPICS = {
    "payment_fails": {"funnel"},
    "checkout_breaks": {"funnel"},
    "source_without_buyers": {"source", "funnel"},
    "returns_rise": {"returns"},
    "high_value_leave": {"high_value"},
}
FINDINGS = """
    select findings.*, rules.topic from marts.rpt_findings as findings
    inner join (select distinct rule, topic from config.finding_rules) as rules using (rule)
    order by period_start, finding_id
"""


def draw_incidents(rng: random.Random, shop: Path) -> list[Incident]:
    """One incident of each kind, in random order, of random size, each in a slot of its own."""
    largest = duckdb.sql(
        f"select category from '{shop}/order_items.parquet'"
        f" inner join '{shop}/products.parquet' using (product_id)"
        " group by category order by count(*) desc limit 8"
    ).fetchall()
    drawn = {
        "payment_fails": (rng.uniform(0.4, 0.9), rng.choice((*CHANNELS, "all"))),
        "checkout_breaks": (rng.uniform(0.5, 0.95), rng.choice(CHANNELS)),
        "source_without_buyers": (rng.uniform(0.08, 0.2), "adnet"),
        "returns_rise": (rng.uniform(2, 3), rng.choice(largest)[0]),
        "high_value_leave": (rng.uniform(0.4, 0.8), "high_value"),
    }
    kinds = rng.sample(list(drawn), len(drawn))
    return [
        Incident(kind, START + timedelta(weeks=slot, days=rng.randrange(7)), *drawn[kind])
        for kind, slot in zip(kinds, SLOTS, strict=True)
    ]


def plant(incidents: list[Incident], quiet: Path, folder: Path) -> None:
    """Write the quiet shop's files again with the incidents in them."""
    shutil.copytree(quiet, folder, dirs_exist_ok=True)
    tables = ("orders", "order_items", "events", "refunds", "products")
    with duckdb.connect() as connection:
        for table in tables:
            connection.execute(f"create table {table} as from '{quiet}/{table}.parquet'")
        for incident in incidents:
            connection.execute(incident.sql())
        for table in tables:
            connection.execute(f"copy {table} to '{folder}/{table}.parquet'")


def find(shop: Path, folder: Path) -> list[dict]:
    """Build what the findings need, without tests of data, and read them."""
    database = folder / f"{shop.name}.duckdb"
    database.unlink(missing_ok=True)
    os.environ |= {
        "SHOP_DATA": str(shop), "ANALYTICS_DB": str(database), "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs"),
    }  # fmt: skip
    arguments = ["--quiet", "run", "--project-dir", str(PROJECT), "--select", "+rpt_findings"]
    seeds = dbtRunner().invoke(["--quiet", "seed", "--project-dir", str(PROJECT)])
    if not (seeds.success and dbtRunner().invoke(arguments).success):
        sys.exit(f"dbt failed, see {folder / 'logs'}")
    DuckDBConnectionManager.close_all_connections()
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(FINDINGS)
        names = [column[0] for column in rows.description]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def is_alarm(finding: dict) -> bool:
    """Whether a finding says that something has happened; the others hold months against an aim."""
    is_sudden = finding["rule"] not in ("new_customer_retention_low", "top_customers_share_low",
                                        "top_customers_share_high")  # fmt: skip
    return is_sudden and BANNER not in finding["dimension_value"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seeds", default="101-104", show_default=True, help="First and last seed.")
@click.option("--customers", default=10_000, show_default=True)
@click.option("--orders-per-year", default=10.0, show_default=True)
@click.option("--visits-per-year", default=12.0, show_default=True)
def main(folder: Path, seeds: str, customers: int, orders_per_year: float, visits_per_year: float):
    """Measure in FOLDER and print what was found, missed and made up."""
    first, last = (int(seed) for seed in seeds.split("-"))
    console = Console(width=150)
    table = Table("seed", "incident", "where", "size", "onset", "found as", "begins")
    found, planted, false = 0, 0, []
    for seed in range(first, last + 1):
        quiet, broken = folder / f"quiet_{seed}", folder / f"broken_{seed}"
        simulate(
            customers, DAYS, seed, quiet, file_format="parquet", orders_per_year=orders_per_year,
            visits_per_year=visits_per_year, has_incidents=False,
        )  # fmt: skip
        made_up = [finding for finding in find(quiet, folder) if is_alarm(finding)]
        false += [(seed, finding["finding_en"]) for finding in made_up]
        incidents = draw_incidents(random.Random(seed), quiet)
        plant(incidents, quiet, broken)
        findings = find(broken, folder)
        for incident in sorted(incidents, key=lambda incident: incident.onset):
            names = [finding for finding in findings if incident.is_named_by(finding)]
            found, planted = found + bool(names), planted + 1
            table.add_row(
                str(seed), incident.kind, incident.value, f"{incident.size:.2f}",
                str(incident.onset), *(
                    (names[0]["rule"], str(names[0]["period_start"])) if names else ("-", "")
                ),
            )  # fmt: skip
    console.print(table)
    for seed, text in false:
        console.print(f"made up in quiet shop {seed}: {text}", soft_wrap=True)
    years = (last - first + 1) * DAYS / 365
    console.print(
        f"found {found} of {planted} ({found / planted:.0%});"
        f" made up {len(false)} in {years:.1f} quiet years ({len(false) / years:.1f} a year)"
    )


if __name__ == "__main__":
    main()
