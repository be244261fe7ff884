"""Personas of shops with drawn groups: who is recovered, and what the names say."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from warehouse import Build, Warehouse, write_shop

END = datetime(2024, 6, 30, 20)
CUSTOMERS = 400
CATEGORIES = ["food", "beauty", "toys", "shoes", "sports"]
# share of the customers, days since the first order, orders per year after it, units per order,
# shares of discounted and of store orders, sessions in 90 days
GROUPS = {
    "discount_hunter": (0.35, (150, 700), 5, 2, 0.8, 0.1, 2),
    "stock_up_buyer": (0.25, (150, 700), 3, 12, 0.2, 0.1, 1),
    "store_lover": (0.2, (150, 700), 5, 2, 0.15, 0.85, 0.3),
    "new_browser": (0.2, (5, 60), 0, 1.5, 0.2, 0.05, 10),
}
TRAITS = {
    "discount_hunter": "discounted_share_high",
    "stock_up_buyer": "units_per_order_high",
    "store_lover": "store_share_high",
    "new_browser": "sessions_90d_high",
}
# nobody has lines or sessions in a shop without their tables
UNKNOWN = ("units_per_order", "category", "sessions", "cart")


def drawn_shop(folder: Path, seed: int, *tables: str) -> Path:
    """A shop of these tables; the id of a customer begins with the group."""
    random = np.random.default_rng(seed)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows["products"] = [
        {"product_id": f"p{number}", "category": category}
        for number, category in enumerate(CATEGORIES)
    ]
    weights = [group[0] for group in GROUPS.values()]
    for number in range(CUSTOMERS):
        name = random.choice(list(GROUPS), p=weights)
        _, age, yearly, units, discounted, in_store, sessions = GROUPS[name]
        customer = f"{name}-{number}"
        days = int(random.integers(*age))
        # the first order day, and further ones until the end
        ages = [days, *random.integers(0, days, random.poisson(yearly * days / 365))]
        for position, ago in enumerate(ages):
            # everybody buys on Saturdays alone
            day = END - timedelta(days=int(ago))
            day -= timedelta(days=(day.weekday() + 2) % 7, hours=int(random.integers(12)))
            quantity = max(1, int(random.lognormal(np.log(units), 0.3)))
            price = random.lognormal(3, 0.3)
            order = {
                "order_id": f"{customer}-{position}",
                "customer_id": customer,
                "ordered_at": day,
                "gross_amount": f"{quantity * price:.2f}",
                "discount_amount": f"{quantity * price * (random.random() < discounted) / 5:.2f}",
                "channel": "store" if random.random() < in_store else "web",
            }
            order["paid_amount"] = (
                f"{float(order['gross_amount']) - float(order['discount_amount']):.2f}"
            )
            line = {
                "order_id": order["order_id"],
                "product_id": f"p{random.choice(5, p=[0.3, 0.25, 0.2, 0.15, 0.1])}",
                "quantity": quantity,
                "unit_price": f"{price:.2f}",
            }
            rows["orders"].append(order)
            rows["order_items"].append(line)
        for session in range(random.poisson(sessions)):
            visit = {
                "occurred_at": END - timedelta(days=int(random.integers(88)), hours=session % 12),
                "customer_id": customer,
                "visitor_id": customer,
                "session_id": f"{customer}-{session}",
            }
            rows["events"].append(visit | {"event_name": "view_page"})
            if random.random() < 0.3:
                rows["events"].append(visit | {"event_name": "add_to_cart"})
    return write_shop(folder, {table: rows[table] for table in tables or rows})


def personas_of(build: Build) -> dict[str, str]:
    """The persona of each customer."""
    rows = build.rows("intermediate.int_customer_personas")
    return {row["customer_id"]: row["persona"] for row in rows}


def group_of(customer: str) -> str:
    """The drawn group of a customer."""
    return customer.partition("-")[0]


def agreement(build: Build) -> float:
    """Adjusted Rand index of drawn groups and personas."""
    personas = personas_of(build)
    assert len(personas) == CUSTOMERS
    return adjusted_rand_score(
        [group_of(customer) for customer in personas], list(personas.values())
    )


@pytest.fixture(scope="module")
def full(warehouse: Warehouse) -> Build:
    """A shop with all tables that the features read."""
    folder = warehouse.folder("personas", lambda target: drawn_shop(target, 1))
    return warehouse.build(folder, select="+rpt_personas")


def test_drawn_groups_are_recovered(full: Build) -> None:
    """Four clusters, each named after what its group was drawn with."""
    assert agreement(full) > 0.9
    personas = personas_of(full)
    held = Counter((persona, group_of(customer)) for customer, persona in personas.items())
    named = {row["persona"]: row for row in full.rows("rpt_personas")}
    assert len(named) == 4
    for group, trait in TRAITS.items():
        persona = max(named, key=lambda persona: held[persona, group])
        assert trait in (named[persona]["first_trait"], named[persona]["second_trait"]), group


def test_names_say_what_sets_apart(full: Build) -> None:
    """Differences to all other customers, of the features as built; no trait that all share."""
    features = full.by_key("intermediate.int_persona_features", "customer_id")
    personas = personas_of(full)
    for row in full.rows("rpt_personas"):
        for position in ("first", "second"):
            trait = row[f"{position}_trait"]
            if trait in (None, "typical"):
                continue
            feature, _, direction = trait.rpartition("_")
            values = np.array([features[customer][feature] for customer in personas])
            inside = np.array([persona == row["persona"] for persona in personas.values()])
            found = (values[inside].mean() - values[~inside].mean()) / values.std()
            assert abs(found) >= 0.5
            assert (found > 0) == (direction == "high")
            assert float(row[f"{position}_trait_difference"]) == pytest.approx(found, abs=0.05)
            assert not trait.startswith("weekend")
    weekend = {row["mean_weekend_share"] for row in full.rows("rpt_personas")}
    assert weekend == {1}


def test_a_shop_of_orders_alone_has_personas(warehouse: Warehouse, tmp_path: Path) -> None:
    """What no table tells neither breaks the clusters nor names them."""
    shop = drawn_shop(tmp_path / "shop", 1, "orders")
    build = warehouse.build(shop, select="+rpt_personas")
    assert agreement(build) > 0.85
    rows = build.rows("rpt_personas")
    assert len(rows) >= 3
    for row in rows:
        names = f"{row['first_trait']} {row['second_trait']}"
        assert not any(unknown in names for unknown in UNKNOWN)
        assert row["category_1"] is None
        assert row["mean_cart_share"] is None
