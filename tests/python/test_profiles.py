"""Profiles of customer groups: a plain count, drawn shops with and without a preference."""

import shutil
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.stats import false_discovery_control, norm
from warehouse import Build, Warehouse

GROUPS = {"region": 12, "city_tier": 5, "gender": 2, "value_tier": 5, "persona": 4}
TRAITS = {"category": 20, "channel": 4, "device": 3, "payment_method": 5, "daypart": 6}


def test_profiles_equal_a_plain_count(sample_build: Build) -> None:
    """Counts, shares, index and z of every row; chance by the functions of SciPy."""
    kinds = sample_build.by_key("config.profile_traits", "trait")
    customers = sample_build.by_key("dim_customers", "customer_id")
    own = defaultdict(dict)
    for row in sample_build.rows("fct_customer_traits"):
        own[row["customer_id"]][row["trait"]] = row["value"]
    values, known = Counter(), Counter()
    pairs, group_known, money, orders = Counter(), Counter(), Counter(), Counter()
    for customer, traits in own.items():
        profiled = {trait: value for trait, value in traits.items() if kinds[trait]["is_profiled"]}
        values.update(profiled.items())
        known.update(profiled.keys())
        for kind, group in traits.items():
            if not kinds[kind]["is_group"]:
                continue
            for trait, value in profiled.items():
                if trait != kind:
                    pairs[kind, group, trait, value] += 1
                    group_known[kind, group, trait] += 1
                    money[kind, group, trait, value] += customers[customer]["lifetime_net_amount"]
                    orders[kind, group, trait, value] += customers[customer]["lifetime_orders"]
    rows = sample_build.by_key("rpt_profiles", "group_kind", "group_value", "trait", "trait_value")
    assert rows.keys() == pairs.keys()
    tested, levels = [], []
    for key, row in rows.items():
        group = group_known[key[:3]]
        rest_with, rest = values[key[2:]] - pairs[key], known[key[2]] - group
        assert row["customers"] == pairs[key]
        assert row["net_amount"] == money[key]
        assert row["orders"] == orders[key]
        assert float(row["share"]) == pytest.approx(pairs[key] / group, abs=1e-6)
        if rest_with:
            index = 100 * (pairs[key] / group) / (rest_with / rest)
            assert float(row["profile_index"]) == pytest.approx(index, abs=1e-6)
        if min(group, rest) < 30 or group * values[key[2:]] < 5 * known[key[2]]:
            assert row["z_score"] is None
            assert not row["is_beyond_chance"]
            continue
        pooled = values[key[2:]] / known[key[2]]
        if 0 < pooled < 1:
            error = np.sqrt(pooled * (1 - pooled) * (1 / group + 1 / rest))
            z = (pairs[key] / group - rest_with / rest) / error
            assert float(row["z_score"]) == pytest.approx(z, abs=1e-6)
            tested.append(row)
            levels.append(2 * norm.sf(abs(z)))
    beyond = false_discovery_control(levels) <= 0.05
    assert [row["is_beyond_chance"] for row in tested] == beyond.tolist()
    assert 0 < beyond.sum() < len(tested)


def drawn(build: Build, folder: Path, seed: int, share_of_preference: float) -> Build:
    """A copy of a build whose 2,000 customers have drawn traits.

    Customers of region 3 prefer category 5 and channel 1 with the given additional share.
    """
    random = np.random.default_rng(seed)
    folder.mkdir()
    shutil.copy(build.database, folder)
    rows = []
    for customer in range(2000):
        own = {trait: int(random.integers(many)) for trait, many in (GROUPS | TRAITS).items()}
        if own["region"] == 3 and random.random() < share_of_preference:
            own |= {"category": 5, "channel": 1}
        rows += [(f"c{customer}", trait, f"v{value}") for trait, value in own.items()]
    with closing(duckdb.connect(str(folder / "analytics.duckdb"))) as connection:
        connection.execute("delete from marts.fct_customer_traits")
        connection.execute(
            "insert into marts.fct_customer_traits select * from (select"
            " unnest($1) as customer_id, unnest($2) as trait, unnest($3) as value)",
            list(map(list, zip(*rows, strict=True))),
        )
        connection.execute(
            "create or replace table marts.dim_customers as select distinct customer_id,"
            " 1 as lifetime_orders, cast(10 as numeric(18, 2)) as lifetime_net_amount"
            " from marts.fct_customer_traits"
        )
    return Build(folder / "analytics.duckdb")


def test_preferences_are_found_and_chance_is_not(
    warehouse: Warehouse, sample: Path, sample_build: Build, tmp_path: Path
) -> None:
    """A preference is the first line of its group; of ten shops without one hardly any line."""
    found = lines = 0
    for seed in range(10):
        folder = tmp_path / str(seed)
        drawn(sample_build, folder, seed, 0)
        rows = warehouse.rebuild(sample, folder, select="rpt_profiles").rows("rpt_profiles")
        found += sum(row["is_beyond_chance"] for row in rows)
        lines += sum(row["z_score"] is not None for row in rows)
    assert lines > 5000
    assert found <= lines / 20
    drawn(sample_build, tmp_path / "preference", 10, 0.3)
    build = warehouse.rebuild(sample, tmp_path / "preference", select="rpt_profiles")
    top = build.rows("rpt_profiles", group_kind="region", group_value="v3")
    top = sorted(top, key=lambda row: row["rank"])[:2]
    assert [(row["trait"], row["trait_value"]) for row in top] == [
        ("category", "v5"),
        ("channel", "v1"),
    ]
    assert all(row["is_beyond_chance"] for row in top)
