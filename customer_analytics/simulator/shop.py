"""Simulates a shop from end to end and writes its exports together with the ground truth."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from customer_analytics.simulator.aftersales import (
    draw_experience,
    draw_refunds,
    draw_reviews,
    draw_tickets,
    nps_table,
    points_table,
    refunds_table,
    reviews_table,
    tickets_table,
)
from customer_analytics.simulator.baskets import draw_lines
from customer_analytics.simulator.columns import NEVER, decimals, integers, numbered, timestamps
from customer_analytics.simulator.defaults import ORDERS_PER_YEAR, START, VISITS_PER_YEAR
from customer_analytics.simulator.dirt import Dirt
from customer_analytics.simulator.events import events_and_links
from customer_analytics.simulator.identity import card_links
from customer_analytics.simulator.marketing import (
    draw_consents,
    draw_sends,
    sends_table,
    subscriptions_table,
)
from customer_analytics.simulator.orders import draw_orders, lines_table, orders_table, settle
from customer_analytics.simulator.people import customers_table, draw_people
from customer_analytics.simulator.purchases import draw_purchases, with_added
from customer_analytics.simulator.visits import draw_visits
from customer_analytics.simulator.world import CUSTOMERS_PER_CHUNK, World
from customer_analytics.simulator.writing import ShopWriter, as_text, remove_tables

MARKER = "simulation.json"
STAGES = [
    "people",
    "purchases",
    "consents",
    "sends",
    "orders",
    "lines",
    "settlement",
    "aftersales",
    "visits",
]


@dataclass(frozen=True)
class Summary:
    """The written files: rows by input table, injected rows by reason, and the folder."""

    out: Path
    rows: dict[str, int]
    injected: dict[tuple[str, str], int]


def simulate(
    customers: int,
    days: int,
    seed: int,
    out: Path,
    dirty: bool = False,
    file_format: str = "csv",
    start: date = START,
    progress: Callable[[int, int], None] | None = None,
    *,
    orders_per_year: float = ORDERS_PER_YEAR,
    visits_per_year: float = VISITS_PER_YEAR,
    has_incidents: bool = True,
) -> Summary:
    """Writes a simulated shop into a folder: the tables of the input contract, and `truth/`.

    customers: accounts (guests are added to them). days: length of the shop's history from `start`
    on. The same arguments give byte-identical files. dirty: vary the spelling of valid rows and
    inject rows that must be rejected. file_format: csv or parquet. progress: called with (customers
    done, customers). orders_per_year, visits_per_year: mean repeat orders and sessions without an
    order of an active customer. has_incidents: inject a payment and a cart incident of three weeks
    each, if the shop has at least 120 days.

    Raises FileExistsError if the folder contains anything but an earlier simulation, ValueError for
    invalid sizes.
    """
    if customers < 100 or days < 30:
        raise ValueError(
            f"{customers} customers and {days} days are too few: use at least 100 customers and 30"
            " days"
        )
    if file_format not in ("csv", "parquet"):
        raise ValueError(f"file format {file_format} is unknown: use csv or parquet")
    arguments = {
        "customers": customers, "days": days, "seed": seed, "start": start.isoformat(),
        "dirty": dirty, "orders_per_year": orders_per_year, "visits_per_year": visits_per_year,
        "has_incidents": has_incidents,
    }  # fmt: skip
    _prepare(out, arguments)
    world = World(customers, days, seed, start, has_incidents)
    writer = ShopWriter(out, file_format, in_parts=world.chunks > 1)
    output = _Output(world, writer, dirty, seed)
    output.write_tables(world.tables(), chunk=world.chunks)
    for chunk in range(world.chunks):
        output.write_chunk(_Chunk(world, chunk, seed, orders_per_year, visits_per_year))
        if progress:
            progress(min((chunk + 1) * CUSTOMERS_PER_CHUNK, customers), customers)
    output.write_truth()
    return Summary(out, writer.close(), dict(output.injected))


def _prepare(out: Path, arguments: dict) -> None:
    """Prepares a folder that is new, empty, or an earlier simulation."""
    if out.exists() and not out.is_dir():
        raise FileExistsError(f"{out} is a file, not a folder: choose another folder")
    if out.is_dir() and any(out.iterdir()) and not (out / "truth" / MARKER).is_file():
        raise FileExistsError(
            f"{out} is not empty and not an earlier simulation: choose another folder"
        )
    remove_tables(out)
    (out / "truth").mkdir(parents=True)
    (out / "truth" / MARKER).write_text(json.dumps(arguments, indent=2) + "\n", encoding="utf-8")


class _Chunk:
    """One chunk of customers with all their activity. Each stage has its own random generator, so
    that, for example, more sessions leave orders unchanged, and chunks are independent.
    """

    def __init__(
        self, world: World, chunk: int, seed: int, orders_per_year: float, visits_per_year: float
    ):
        self.world, self.chunk = world, chunk
        branches = np.random.SeedSequence(seed, spawn_key=(chunk,)).spawn(len(STAGES))
        self.rng = {
            name: np.random.default_rng(branch)
            for name, branch in zip(STAGES, branches, strict=True)
        }
        rng = self.rng
        first = chunk * CUSTOMERS_PER_CHUNK
        accounts = min(CUSTOMERS_PER_CHUNK, world.customers - first)
        self.people = draw_people(world, rng["people"], first, accounts, orders_per_year)
        natural = draw_purchases(world, self.people, rng["purchases"])
        self.consents = draw_consents(world, self.people, natural.dropped_out_at, rng["consents"])
        self.sends = draw_sends(world, self.people, natural, self.consents, rng["sends"])
        added = self.sends.is_added
        self.purchases = with_added(
            natural, self.sends.who[added], self.sends.added_at[added], self.sends.campaign[added]
        )
        self.orders, self.lost = draw_orders(
            world, self.people, self.purchases, chunk, rng["orders"]
        )
        self.lines = draw_lines(world, self.people, self.orders, rng["lines"])
        settle(world, self.people, self.orders, self.lines, rng["settlement"])
        after = rng["aftersales"]
        self.experience = draw_experience(world, self.orders, self.lines, after)
        self.refunds = draw_refunds(world, self.orders, self.lines, self.experience, after)
        self.reviews = draw_reviews(world, self.orders, self.lines, self.experience, after)
        self.tickets = draw_tickets(world, self.orders, self.refunds, self.experience, after)
        self.visits = draw_visits(
            world, self.people, self.orders, self.lines, self.lost, self.sends, self.reviews,
            self.tickets, natural.dropped_out_at, visits_per_year, rng["visits"],
        )  # fmt: skip

    def tables(self) -> dict[str, pa.Table]:
        """The chunk's part of the tables that depend on customers."""
        world, chunk, people, orders, lines = (
            self.world,
            self.chunk,
            self.people,
            self.orders,
            self.lines,
        )
        after, visits_rng = self.rng["aftersales"], self.rng["visits"]
        fully_refunded_at = self.refunds.fully_refunded_at(orders.size)
        bought = np.bincount(orders.who, minlength=people.size)
        events, visitor_links = events_and_links(
            world, people, orders, lines, self.visits, chunk, visits_rng
        )
        return {
            "orders": orders_table(world, people, orders, fully_refunded_at, self.rng["orders"]),
            "order_items": lines_table(world, orders, lines),
            "customers": customers_table(people, world.season, bought, self.rng["people"]),
            "identity_links": pa.concat_tables([visitor_links, card_links(people)]),
            "events": events,
            "refunds": refunds_table(world, people, orders, lines, self.refunds, chunk, after),
            "reviews": reviews_table(world, people, orders, self.reviews, chunk, after),
            "support_tickets": tickets_table(world, people, orders, self.tickets, chunk),
            "nps_responses": nps_table(world, people, orders, self.experience, chunk, after),
            "point_transactions": points_table(world, people, orders, chunk, after),
            "subscriptions": subscriptions_table(people, self.consents, world.end),
            "campaign_sends": sends_table(world, people, self.sends),
        }

    def customer_truth(self) -> pa.Table:
        """The parameters of each account: the table truth/customers."""
        people = self.people
        who = np.flatnonzero(people.is_account)
        buys = people.is_buyer[who]
        dropped_out_at = self.purchases.dropped_out_at[who]
        return pa.table(
            {
                "customer_id": people.customer_ids(who),
                "is_buyer": pa.array(buys),
                # repeat purchases per day of mean demand; none for those who only open an account
                "purchase_rate": pa.array(people.purchase_rate[who].round(8), mask=~buys),
                "dropout_probability": pa.array(people.dropout[who].round(6), mask=~buys),
                "spend_mean": decimals(people.spend_mean[who].round().astype(np.int64)),
                "dropped_out_at": timestamps(dropped_out_at),
                "is_alive_at_end": pa.array(buys & (dropped_out_at == NEVER)),
            }
        )

    def incident_damage(self) -> np.ndarray:
        """Orders lost to each incident: never placed, or not paid."""
        orders, failed = self.orders, self.orders.is_purchase & ~self.orders.is_paid
        damage = []
        for incident in self.world.incidents:
            at = self.lost.at if incident.step == "add_to_cart" else orders.ordered_at[failed]
            damage.append(((at >= incident.starts_at) & (at < incident.ends_at)).sum())
        return np.array(damage, dtype=np.int64)

    def campaign_results(self) -> np.ndarray:
        """Per campaign: treated, control, added purchases, customers converted by it; shape
        (campaigns, 4). A purchase that failed because of the cart incident does not count.
        """
        sends, orders, campaigns = self.sends, self.orders, len(self.world.campaigns)
        caused = orders.message >= 0
        placed = np.isin(
            sends.who * campaigns + sends.campaign,
            orders.who[caused] * campaigns + orders.message[caused],
        )
        columns = [
            sends.is_treated,
            ~sends.is_treated,
            sends.is_added & placed,
            sends.is_converted_by_it & placed,
        ]
        return np.stack(
            [np.bincount(sends.campaign[column], minlength=campaigns) for column in columns], axis=1
        )


class _Output:
    """Writes tables, with injected rows if requested, and sums up the ground truth."""

    def __init__(self, world: World, writer: ShopWriter, dirty: bool, seed: int):
        self.world, self.writer, self.dirty, self.seed = world, writer, dirty, seed
        self.injected: Counter[tuple[str, str]] = Counter()
        self.damage = np.zeros(len(world.incidents), dtype=np.int64)
        self.results = np.zeros((len(world.campaigns), 4), dtype=np.int64)

    def write_chunk(self, chunk: _Chunk) -> None:
        self.write_tables(chunk.tables(), chunk.chunk)
        self.writer.write_truth("customers", chunk.customer_truth())
        self.damage += chunk.incident_damage()
        self.results += chunk.campaign_results()

    def write_tables(self, tables: dict[str, pa.Table], chunk: int) -> None:
        """chunk: the chunk of the tables; the number of chunks for tables of the whole shop."""
        if self.dirty:
            # a branch below the chunk's own, beside those of its stages
            branch = np.random.SeedSequence(self.seed, spawn_key=(chunk, len(STAGES)))
            dirt = Dirt(
                {name: as_text(table) for name, table in tables.items()}, chunk,
                str(np.datetime64(int(self.world.rate_days[0]), "D")),
                np.random.default_rng(branch),
            )  # fmt: skip
            tables = dirt.tables_with_errors()
            self.writer.write_truth("injected_rows", dirt.injected_table())
            self.injected.update((name, reason) for name, _, reason in dirt.injected)
        for name, table in tables.items():
            self.writer.write(name, table)

    def write_truth(self) -> None:
        """The ground-truth tables of the whole shop."""
        injected = sorted(self.injected.items())
        self.writer.write_truth("injected_counts", pa.table({
            "input": pa.array([name for (name, _), _ in injected], pa.string()),
            "reason": pa.array([reason for (_, reason), _ in injected], pa.string()),
            "rows": integers([count for _, count in injected]),
        }))  # fmt: skip
        self.writer.write_truth("incidents", self._incidents())
        self.writer.write_truth("campaign_effects", self._campaign_effects())

    def _incidents(self) -> pa.Table:
        """The incidents: what failed, when, and how many orders were lost."""
        incidents = self.world.incidents
        return pa.table({
            "incident": pa.array([incident.name for incident in incidents], pa.string()),
            "step": pa.array([incident.step for incident in incidents], pa.string()),
            "dimension": pa.array([incident.dimension for incident in incidents], pa.string()),
            "value": pa.array([incident.value for incident in incidents], pa.string()),
            "starts_at": timestamps([incident.starts_at for incident in incidents]),
            "ends_at": timestamps([incident.ends_at for incident in incidents]),
            "failure_rate": pa.array([incident.failure_rate for incident in incidents]),
            "lost_orders": integers(self.damage),
        })  # fmt: skip

    def _campaign_effects(self) -> pa.Table:
        """True effect of each message campaign: true_uplift is the share of treated customers who
        bought within its window and would not have done so otherwise.
        """
        numbers = np.array(self.world.messages, dtype=np.int64)
        treated, control, added, converted = (
            self.results[numbers].T if numbers.size else np.zeros((4, 0))
        )
        campaigns = [self.world.campaigns[number] for number in self.world.messages]
        return pa.table({
            "campaign_id": numbered("K", numbers + 1, 3),
            "added_purchase_probability": pa.array(
                [campaign.added_purchase_probability for campaign in campaigns], pa.float64()
            ),
            "treated": integers(treated),
            "control": integers(control),
            "added_orders": integers(added),
            "converted_customers": integers(converted),
            "true_uplift": pa.array((converted / np.maximum(treated, 1)).round(6)),
        })  # fmt: skip
