"""Breakdowns of a shop with more values than they show, counted once more in Python."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import pytest
from warehouse import Build, Rows, Warehouse, write_shop

AS_OF = date(2024, 3, 31)
DAYS = 91
SHOWN = 50
# 60 values of each kind and one that has the name of the pool, which has the most orders
NUMBERS = range(60)
MARTS = (
    "rpt_kpis", "rpt_cohort_retention", "rpt_repurchase_curve", "rpt_funnel", "rpt_carts",
    "rpt_traffic_sources", "rpt_customer_portrait",
)  # fmt: skip


def values(kind: str) -> list[str]:
    """The values of a dimension; each but the first is rarer than the one before."""
    return ["other", *(f"{kind} {number:02}" for number in NUMBERS)]


def shop() -> dict[str, Rows]:
    """Orders, each with an event and one line or two; visitors who buy nothing."""
    random = Random(5)
    weights = [100, *(60 // (1 + number // 6) for number in NUMBERS)]

    def some(kind: str) -> str:
        return random.choices(values(kind), weights)[0]

    tables = defaultdict(list)
    customers = [f"c{number:03}" for number in range(200)]
    for customer in customers:
        tables["customers"].append(
            {"customer_id": customer, "city": some("city"), "city_tier": some("tier")}
        )
    for number, category in enumerate(values("category")):
        tables["products"].append({"product_id": f"p{number}", "category": category})
    days = [(customer, day) for customer in customers for day in range(DAYS)]
    for number, (customer, day) in enumerate(random.sample(days, 1500)):
        ordered = {"order_id": f"o{number}", "customer_id": customer, "channel": some("channel")}
        at = f"{date(2024, 1, 1) + timedelta(day)} 12:00:00"
        tables["orders"].append(ordered | {"ordered_at": at, "paid_amount": 10})
        event = {"event_name": "place_order", "occurred_at": at, "source": some("source")}
        tables["events"].append(ordered | event)
        for line in range(random.choice((1, 2))):
            product = f"p{values('category').index(some('category'))}"
            tables["order_items"].append(
                {"order_id": f"o{number}", "line_number": line, "product_id": product}
                | {"quantity": 1, "unit_price": 5}
            )
    visits = [(f"v{number}", day) for number in range(150) for day in range(DAYS)]
    for visitor, day in random.sample(visits, 600):
        at = f"{date(2024, 1, 1) + timedelta(day)} 15:00:00"
        tables["events"].append(
            {"visitor_id": visitor, "event_name": "view_page", "occurred_at": at}
            | {"channel": some("channel"), "source": some("source")}
        )
    return tables


@pytest.fixture(scope="module")
def build(warehouse: Warehouse) -> Build:
    """The shop, built up to the marts with breakdowns."""
    folder = warehouse.folder("many values", lambda target: write_shop(target, shop()))
    select = " ".join(f"+{mart}" for mart in MARTS)
    return warehouse.build(folder, select=select, as_of_date=AS_OF)


class Pools:
    """The value that a breakdown shows for each value of the shop."""

    def __init__(self) -> None:
        self.tables = shop()
        orders = self.tables["orders"]
        categories = {row["product_id"]: row["category"] for row in self.tables["products"]}
        self.categories = defaultdict(set)
        for line in self.tables["order_items"]:
            self.categories[line["order_id"]].add(categories[line["product_id"]])
        self.customers = {row["customer_id"]: row for row in self.tables["customers"]}
        self.shown = {
            "channel": largest(row["channel"] for row in orders),
            "category": largest(value for own in self.categories.values() for value in own),
            "source": largest(
                row["source"] for row in self.tables["events"] if row.get("order_id")
            ),
            "city": largest(self.customers[row["customer_id"]]["city"] for row in orders),
            "city_tier": largest(self.customers[row["customer_id"]]["city_tier"] for row in orders),
        }

    def of(self, dimension: str, value: str) -> str:
        """The value itself, or other."""
        return value if value in self.shown[dimension] else "other"


def largest(given: Iterable[str]) -> set[str]:
    """The values with most orders; one called other is never shown for itself."""
    counted = Counter(value for value in given if value != "other")
    return set(sorted(counted, key=lambda value: (-counted[value], value))[:SHOWN])


@pytest.fixture(scope="module")
def pools() -> Pools:
    """The shown values of each dimension."""
    pools = Pools()
    # the shop has ties at the boundary, and enough values
    assert all(len(shown) == SHOWN for shown in pools.shown.values())
    return pools


def counted(build: Build, mart: str, dimension: str, value: str, where: str, sums: str) -> Counter:
    """A sum of a mart by month and value."""
    rows = build.query(
        f"select {dimension}, {value}, {sums} from marts.{mart} where {where} group by all"
    )
    return Counter({(month, name): total for month, name, total in rows if total})


def month(day: str | date) -> date:
    """The first day of a month."""
    return date.fromisoformat(str(day)[:10]).replace(day=1)


def test_kpis_count_orders_and_customers_once(build: Build, pools: Pools) -> None:
    """Customers of several pooled channels and orders of several pooled categories count once."""
    buyers, orders = defaultdict(set), defaultdict(set)
    for order in pools.tables["orders"]:
        at = month(order["ordered_at"])
        buyers[at, pools.of("channel", order["channel"])].add(order["customer_id"])
        for category in pools.categories[order["order_id"]]:
            orders[at, pools.of("category", category)].add(order["order_id"])
    for metric, dimension, column, expected in (
        ("customers", "channel", "value", buyers),
        ("return_rate", "category", "denominator", orders),
    ):
        where = f"metric = '{metric}' and period_kind = 'month' and dimension = '{dimension}'"
        found = counted(
            build, "rpt_kpis", "period_start", "dimension_value", where, f"sum({column})"
        )
        assert found == Counter({key: len(members) for key, members in expected.items()})


def test_values_add_up_to_the_shop(build: Build) -> None:
    """Orders of the channels are the orders of the shop."""
    orders = (
        "select sum(value) from marts.rpt_kpis"
        " where metric = 'orders' and period_kind = 'month' and dimension = "
    )
    assert build.query(f"{orders}'channel'") == build.query(f"{orders}'all'") == [(1500,)]


def test_cohorts(build: Build, pools: Pools) -> None:
    """Customers by the channel of their first order."""
    first: dict[str, dict] = {}
    for order in sorted(pools.tables["orders"], key=lambda order: order["ordered_at"]):
        first.setdefault(order["customer_id"], order)
    expected = Counter(
        (month(order["ordered_at"]), pools.of("channel", order["channel"]))
        for order in first.values()
    )
    where = "cohort_dimension = 'channel' and retention_kind = 'calendar_month'"
    where += " and period_number = 0"
    columns = ("rpt_cohort_retention", "cohort_month", "cohort_value")
    assert counted(build, *columns, where, "sum(cohort_customers)") == expected


@pytest.mark.parametrize("group", ["channel", "category"])
def test_repurchase_curves(build: Build, pools: Pools, group: str) -> None:
    """Each order day begins a gap; a day with several pooled categories begins one."""
    days = {
        (order["customer_id"], order["ordered_at"], pools.of(group, value))
        for order in pools.tables["orders"]
        for value in (
            [order["channel"]] if group == "channel" else pools.categories[order["order_id"]]
        )
    }
    expected = Counter(value for _, _, value in days)
    rows = build.rows("rpt_repurchase_curve", group_by=group, day=0)
    assert {row["group_value"]: row["customers_at_risk"] for row in rows} == expected
    # an order of any pooled category ends the gap of the pool, and all but the last gap end
    (pool,) = build.query(
        "select sum(repurchases) from marts.rpt_repurchase_curve"
        f" where group_by = '{group}' and group_value = 'other'"
    )
    if group == "category":
        buyers = {customer for customer, _, value in days if value == "other"}
        assert pool == (expected["other"] - len(buyers),)


def test_traffic_sources_and_funnels_count_people_once(build: Build, pools: Pools) -> None:
    """Each event is a session of its own; people of several pooled sources count once."""
    sessions, people = Counter(), defaultdict(set)
    for event in pools.tables["events"]:
        key = month(event["occurred_at"]), pools.of("source", event["source"])
        sessions[key] += 1
        people[key].add(event.get("customer_id") or event["visitor_id"])
    once = Counter({key: len(members) for key, members in people.items()})
    found = [
        counted(build, "rpt_traffic_sources", "month", "source", "true", f"sum({column})")
        for column in ("sessions", "people")
    ]
    assert found == [sessions, once]
    # entries of the last week have not run their course
    february = "funnel = 'purchase' and dimension = 'source' and step_number = 1"
    february += " and month < '2024-03-01'"
    columns = ("rpt_funnel", "month", "dimension_value")
    found = counted(build, *columns, february, "sum(people)")
    assert found == Counter({key: number for key, number in once.items() if key[0].month < 3})


def test_portrait(build: Build, pools: Pools) -> None:
    """Buyers by city."""
    buyers = {order["customer_id"] for order in pools.tables["orders"]}
    expected = Counter(pools.of("city", pools.customers[buyer]["city"]) for buyer in buyers)
    rows = build.rows("rpt_customer_portrait", attribute="city")
    assert {row["value"]: row["customers"] for row in rows} == expected


def test_pools_say_how_many_values_they_hold(build: Build, pools: Pools) -> None:
    """The value called other is one of them; rows of single values have no number."""
    present = {
        "channel": {event["channel"] for event in pools.tables["events"]},
        "category": {value for own in pools.categories.values() for value in own},
        "source": {event["source"] for event in pools.tables["events"]},
        "city": {row["city"] for row in pools.customers.values()},
    }
    number = {dimension: len(values) - SHOWN for dimension, values in present.items()}
    for mart, dimension, value, kinds in (
        ("rpt_kpis", "dimension", "dimension_value", ("channel", "category", "source")),
        ("rpt_cohort_retention", "cohort_dimension", "cohort_value", ("channel",)),
        ("rpt_repurchase_curve", "group_by", "group_value", ("channel", "category")),
        ("rpt_funnel", "dimension", "dimension_value", ("channel", "source")),
        ("rpt_customer_portrait", "attribute", "value", ("city",)),
    ):
        for kind in kinds:
            found = build.query(
                f"select distinct {value} = 'other', pooled_values from marts.{mart}"
                f" where {dimension} = '{kind}'"
            )
            assert set(found) == {(False, None), (True, number[kind])}, (mart, kind)
    found = build.query(
        "select distinct source = 'other', pooled_sources, medium, pooled_mediums"
        " from marts.rpt_traffic_sources"
    )
    assert set(found) == {
        (False, None, "unknown", None),
        (True, number["source"], "unknown", None),
    }
