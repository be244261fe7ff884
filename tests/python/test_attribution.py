"""Attribution: paths, credits and amounts, worked out once more in plain Python."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import Visited
from warehouse import PROJECT, Build, Warehouse, write_shop

PATHS = PROJECT.parent / "shared" / "data" / "attribution"
LOOKBACK, HALF_LIFE = timedelta(days=30), timedelta(days=7)
MOST_TOUCHES = 500


@dataclass(frozen=True)
class Touch:
    """A session with a source."""

    at: datetime
    session_id: str
    source: str


@dataclass
class JourneyPath:
    """Touches in order, and the order that they lead to."""

    touches: list[Touch]
    order: dict[str, Any] | None


def paths_of(
    sessions: Iterable[dict], orders: Iterable[dict], visitors: dict[str, str], end: datetime
) -> list[JourneyPath]:
    """Paths by the definition: person by person, order by order.

    visitors: the person of the session of each guest order.
    """
    touches, purchases = defaultdict(list), defaultdict(list)
    for session in sessions:
        if session["source"] != "unknown":
            touches[session["person_id"]].append(
                Touch(session["started_at"], session["session_id"], session["source"])
            )
    for order in orders:
        person = order["customer_id"] or visitors.get(order["order_id"])
        purchases[person].append(order)
    found = [JourneyPath([], order) for order in purchases.pop(None, [])]
    for person in {*touches, *purchases}:
        own = sorted(touches[person], key=lambda touch: (touch.at, touch.session_id.encode()))
        previous = datetime.min
        for order in sorted(
            purchases[person], key=lambda order: (order["ordered_at"], order["order_id"].encode())
        ):
            between = [touch for touch in own if previous < touch.at <= order["ordered_at"]]
            served = [touch for touch in between if order["ordered_at"] - touch.at <= LOOKBACK]
            found.append(JourneyPath(served[-MOST_TOUCHES:], order))
            found.append(JourneyPath([t for t in between if t not in served][-MOST_TOUCHES:], None))
            previous = order["ordered_at"]
        late = [touch for touch in own if touch.at > previous and touch.at + LOOKBACK < end]
        found.append(JourneyPath(late[-MOST_TOUCHES:], None))
    return [path for path in found if path.touches or path.order]


def removal_effects(paths: Iterable[JourneyPath]) -> dict[str, float]:
    """Share of orders lost without a source, by iterating the chain until nothing moves."""
    leaving: dict[str, Counter[str]] = defaultdict(Counter)
    for path in paths:
        if path.touches:
            steps = ["(start)", *(touch.source for touch in path.touches)]
            for origin, target in zip(steps, [*steps[1:], "+" if path.order else "-"], strict=True):
                leaving[origin][target] += 1

    def chance(removed: str | None = None) -> float:
        chances = dict.fromkeys(leaving, 0.0) | {"+": 1.0, "-": 0.0}
        moved = 1.0
        while moved > 1e-15:
            moved = 0.0
            for origin, targets in leaving.items():
                going_on = (n * chances[t] for t, n in targets.items() if t != removed)
                before, chances[origin] = chances[origin], sum(going_on) / sum(targets.values())
                moved = max(moved, abs(chances[origin] - before))
        return chances["(start)"]

    return {s: 1 - chance(s) / chance() for s in leaving if s != "(start)"} if chance() else {}


def weights(path: JourneyPath, effects: dict[str, float]) -> dict[str, list[float]]:
    """The weight of each touch by model."""
    number = len(path.touches)
    sources = [touch.source for touch in path.touches]
    paid = [at for at, source in enumerate(sources) if source != "direct"]
    ends = {0, number - 1}
    last_at = path.touches[-1].at
    return {
        "first": [float(at == 0) for at in range(number)],
        "last": [float(at == number - 1) for at in range(number)],
        "last_non_direct": [
            float(at == (paid[-1] if paid else number - 1)) for at in range(number)
        ],
        "linear": [1.0] * number,
        "position": [0.4 if at in ends else 0.2 / (number - 2) for at in range(number)]
        if number > 2
        else [1.0] * number,
        "time_decay": [0.5 ** ((last_at - touch.at) / HALF_LIFE) for touch in path.touches],
        "markov": [effects[source] for source in sources],
        "shapley": [1 / Counter(sources)[source] for source in sources],
    }


def amounts(net: Decimal, credits_: list[float]) -> list[Decimal]:
    """Cents of each touch; the last one takes the rest, or all if the others would take more."""
    exact = [(net * Decimal(credit)).quantize(Decimal("1e-6")) for credit in credits_[:-1]]
    found = [amount.quantize(Decimal("0.01"), ROUND_HALF_UP) for amount in exact]
    if sum(found) > net:
        found = [Decimal(0)] * len(found)
    return [*found, net - sum(found)]


def check(build: Build, visitors: dict[str, str], zone: str = "UTC") -> list[JourneyPath]:
    """The marts of a build are those of the definition."""
    ((as_of,),) = build.query("select as_of_date from intermediate.int_as_of")
    midnight = datetime.combine(as_of + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
    end = midnight.astimezone(UTC).replace(tzinfo=None)
    orders = [row for row in build.rows("intermediate.int_orders") if row["is_valid"]]
    sessions = build.rows("intermediate.int_sessions")
    paths = paths_of(sessions, orders, visitors, end)
    effects = removal_effects(paths)
    fitted = {
        row["parameter"].removeprefix("removal_effect."): row["value"]
        for row in build.rows("intermediate.int_markov_parameters")
    }
    assert fitted == pytest.approx(effects, abs=1e-9)
    rows = build.by_key("fct_attribution", "order_id", "model", "touch_number")
    first_session = min((session["started_at"] for session in sessions), default=None)
    seen = 0
    for path in paths:
        if path.order is None:
            continue
        order_id, net = path.order["order_id"], path.order["net_amount"]
        models = weights(path, effects) if path.touches else dict.fromkeys(MODELS)
        for model, given in models.items():
            if path.touches and model == "markov" and not effects:
                continue
            shares = [weight / sum(given) for weight in given] if given else [1.0]
            for number, (share, amount) in enumerate(
                zip(shares, amounts(net, shares), strict=True), start=1 if given else 0
            ):
                row = rows[order_id, model, number]
                seen += 1
                touch = path.touches[number - 1] if given else None
                assert row["source"] == (touch.source if touch else "(none)")
                assert float(row["credit"]) == pytest.approx(share, abs=3e-10)
                assert row["attributed_amount"] == amount, (order_id, model, number)
                assert row["touches"] == len(path.touches)
                assert row["before_tracking"] == (
                    first_session is None or path.order["ordered_at"] < first_session + LOOKBACK
                )
    assert seen == len(rows)
    return paths


MODELS = (
    "first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley",
)  # fmt: skip


def test_attribution_equals_the_definition(visited: Visited) -> None:
    """On shops with guests, links between visitors and customers, and several time zones."""
    guests = {
        order_id: session.person for order_id, session in visited.visits.order_sessions.items()
    }
    paths = check(visited.build, guests, visited.zone)
    assert any(len(path.touches) > 1 and path.order for path in paths)


def test_boundaries_and_ties(warehouse: Warehouse) -> None:
    """Times to the second, ties, leftovers, cuts and cents, each worked out by hand as well."""
    noon = datetime(2024, 3, 1, 12)
    second, day = timedelta(seconds=1), timedelta(days=1)
    events: list[dict[str, Any]] = []
    orders: list[dict[str, Any]] = []

    def touch(person: str, at: datetime, source: str = "google") -> None:
        events.append(
            {
                "event_id": f"e{len(events)}", "occurred_at": at, "event_name": "view_page",
                "customer_id": person, "session_id": f"s{len(events)}", "source": source,
            }
        )  # fmt: skip

    def order(person: str, at: datetime, amount: str = "10.00", name: str = "") -> None:
        orders.append(
            {
                "order_id": name or f"o-{person}", "customer_id": person, "ordered_at": at,
                "paid_amount": amount, "status": "paid",
            }
        )  # fmt: skip

    touch("early", noon - 60 * day)
    for person, at in {"on-time": noon - 30 * day, "late": noon - 30 * day - second}.items():
        touch(person, at)
        order(person, noon)
    touch("same-second", noon)
    order("same-second", noon)
    touch("after", noon + second)
    order("after", noon)
    for name in ("o-twice-b", "o-twice-a"):
        order("twice", noon, name=name)
    touch("twice", noon - day)
    touch("between", noon - day, "bing")
    order("between", noon, name="o-between-1")
    touch("between", noon + day, "google")
    order("between", noon + 2 * day, name="o-between-2")
    for source in ("google", "bing", "google", "direct", "email", "google"):
        touch("cents", noon - timedelta(hours=len(events)), source)
    order("cents", noon, "0.03")
    for number in range(620):
        touch("frequent", noon - timedelta(minutes=number), f"source{number % 7}")
    order("frequent", noon, "123.45")
    order("", noon, name="o-guest")
    # on the last day: a touch whose 30 days are over at its end, and one that may still serve
    touch("over", noon, "old")
    touch("open", noon + 12 * timedelta(hours=1), "young")
    order("last-day", noon + 30 * day)
    refund = {"refund_id": "r1", "refunded_at": noon + day, "refund_amount": "4.00"}
    tables = {
        "orders": orders,
        "events": events,
        "refunds": [
            refund | {"order_id": "o-on-time"},
            refund | {"refund_id": "r2", "order_id": "o-late", "refunded_at": noon + 90 * day},
        ],
    }
    data = warehouse.folder("attribution_boundaries", lambda target: write_shop(target, tables))
    build = warehouse.build(data, select=SELECTED, as_of_date=date(2024, 3, 31))
    paths = check(build, {})
    by_order = {path.order["order_id"]: path for path in paths if path.order}
    lengths = {order_id: len(path.touches) for order_id, path in by_order.items()}
    assert lengths == {
        "o-on-time": 1, "o-late": 0, "o-same-second": 1, "o-after": 0, "o-twice-a": 1,
        "o-twice-b": 0, "o-between-1": 1, "o-between-2": 1, "o-cents": 6, "o-frequent": 500,
        "o-guest": 0, "o-last-day": 0,
    }  # fmt: skip
    lost = sorted(touch.source for path in paths if not path.order for touch in path.touches)
    assert lost == ["google", "google", "google", "old"]
    rows = build.by_key("fct_attribution", "order_id", "model", "touch_number")
    assert rows["o-on-time", "last", 1]["attributed_amount"] == 6
    assert rows["o-late", "last", 0]["attributed_amount"] == 10
    linear = [rows["o-cents", "linear", number]["attributed_amount"] for number in range(1, 7)]
    assert linear == [Decimal(text) for text in ("0", "0", "0", "0", "0", "0.03")]


SELECTED = "+fct_attribution +rpt_attribution +rpt_conversion_paths"


def test_published_paths(warehouse: Warehouse) -> None:
    """First, last, linear, Shapley and the removal effects of 3,796 kinds of paths."""
    if not PATHS.exists():
        pytest.skip(f"reference data is absent: {PATHS}")
    data = warehouse.folder("attribution_paths", _write_paths)
    build = warehouse.build(data, select=SELECTED)
    totals = {
        (source, model): float(credit)
        for source, model, credit in build.query(
            "select source, model, sum(credit) from marts.fct_attribution"
            " where source <> '(none)' group by all"
        )
    }
    effects = {
        row["parameter"].removeprefix("removal_effect."): row["value"]
        for row in build.rows("intermediate.int_markov_parameters")
    }
    with (PATHS / "paths_synthetic_expected.csv").open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    assert {row["channel"] for row in expected} == set(effects)
    for row in expected:
        for model, column in PUBLISHED.items():
            assert totals[row["channel"], model] == pytest.approx(float(row[column]), abs=1e-7)
        assert effects[row["channel"]] == pytest.approx(float(row["removal_effect"]), abs=1e-9)


PUBLISHED = {"first": "first", "last": "last", "linear": "linear", "shapley": "shapley_exact"}


def _write_paths(target: Path) -> None:
    """One person per path; those that do not convert leave their touches behind."""
    events, orders = [], []
    start = datetime(2024, 1, 1)
    with (PATHS / "paths_synthetic.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            converted, lost = int(row["total_conversions"]), int(row["total_null"])
            for number in range(converted + lost):
                person = f"p{len(events)}"
                sources = row["path"].split(" > ")
                for hour, source in enumerate(sources):
                    events.append(
                        {
                            "event_id": f"e{len(events)}", "customer_id": person, "source": source,
                            "session_id": f"s{hour}", "event_name": "view_page",
                            "occurred_at": start + timedelta(hours=hour),
                        }
                    )  # fmt: skip
                if number < converted:
                    orders.append(
                        {
                            "order_id": f"o{len(orders)}", "customer_id": person,
                            "ordered_at": start + timedelta(days=1), "paid_amount": "1.00",
                        }
                    )  # fmt: skip
    orders.append(
        {
            "order_id": "last",
            "customer_id": "last",
            "ordered_at": datetime(2024, 6, 1),
            "paid_amount": 1,
        }
    )
    write_shop(target, {"orders": orders, "events": events})
