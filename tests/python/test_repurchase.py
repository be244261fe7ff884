"""Repurchase curves are those of lifelines, from gaps worked out once more in Python."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from lifelines import KaplanMeierFitter
from warehouse import Build


def spells(days: Iterable[date], as_of: date) -> list[tuple[date, int, bool]]:
    """Order day, days until the next one (or the as-of day), and whether there was a next one."""
    ordered = sorted(set(days))
    following = [*ordered[1:], None]
    return [
        (day, ((later or as_of) - day).days, later is not None)
        for day, later in zip(ordered, following, strict=True)
    ]


@pytest.fixture(scope="module")
def gaps(sample_build: Build) -> dict[tuple[str, str], list[tuple[int, bool]]]:
    """Length of each gap, and whether it ended with an order, by kind and value of the group."""
    ((as_of,),) = sample_build.query("select as_of_date from intermediate.int_as_of")
    orders = [
        row
        for row in sample_build.rows("fct_orders", is_valid=True)
        if row["customer_id"] is not None
    ]
    by_customer: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for order in sorted(orders, key=lambda order: order["order_number"]):
        by_customer[order["customer_id"]].append(order)
    found = defaultdict(list)
    for own in by_customer.values():
        channels: dict[date, str] = {}
        for order in own:
            channels.setdefault(order["order_date"], order["channel"])
        for number, (day, length, has_ended) in enumerate(spells(channels, as_of), start=1):
            found["all", "all"].append((length, has_ended))
            found["channel", channels[day]].append((length, has_ended))
            if number <= 5:
                found["order_number", str(number)].append((length, has_ended))
    valid = {order["order_id"]: order for order in orders}
    category_days = defaultdict(set)
    for line in sample_build.rows("fct_order_items"):
        if line["quantity"] and (order := valid.get(line["order_id"])):
            category_days[order["customer_id"], line["category"]].add(order["order_date"])
    for (_, category), days in category_days.items():
        found["category", category] += [(length, ended) for _, length, ended in spells(days, as_of)]
    return dict(found)


def test_curves_equal_lifelines(
    sample_build: Build, gaps: dict[tuple[str, str], list[tuple[int, bool]]]
) -> None:
    """Every group and day: survival, who is at risk, and who came back."""
    curves = defaultdict(list)
    for row in sample_build.rows("rpt_repurchase_curve"):
        curves[row["group_by"], row["group_value"]].append(row)
    assert curves.keys() == gaps.keys()
    for group, rows in curves.items():
        lengths, ended = zip(*gaps[group], strict=True)
        survival = KaplanMeierFitter().fit(lengths, ended).survival_function_at_times(range(366))
        for row in rows:
            day = row["day"]
            assert float(row["survival"]) == pytest.approx(survival[day], abs=1e-9), (group, day)
            assert row["customers_at_risk"] == sum(length >= day for length in lengths)
            assert row["repurchases"] == sum(
                length == day and has_ended for length, has_ended in gaps[group]
            )


def test_censored_medians_equal_lifelines(
    sample_build: Build, gaps: dict[tuple[str, str], list[tuple[int, bool]]]
) -> None:
    """The day by which half have come back; none where they have not."""
    for row in sample_build.rows("rpt_category_cycles"):
        lengths, ended = zip(*gaps["category", row["category"]], strict=True)
        median = KaplanMeierFitter().fit(lengths, ended).median_survival_time_
        ours = row["censored_median_gap_days"]
        assert (float("inf") if ours is None else ours) == median, row["category"]
