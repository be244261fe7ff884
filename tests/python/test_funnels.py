"""Funnels equal ClickHouse's windowFunnel and a reference implementation in plain Python."""

import csv
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from behaviour import EVENT_MAPPING, Funnel, Funnels, Visits, read_funnels
from conftest import Visited
from reference import Sales, Shop
from small_builds import ORDERS, dbt, set_environment
from test_sessions import assert_same_rows
from warehouse import PROJECT, SAMPLE, Build, Warehouse, write_shop

LOGS = PROJECT.parent / "shared" / "data" / "funnel"
START = datetime(1990, 1, 10)
SECOND_OF_LOG = timedelta(hours=2)  # so that a window of 0 seconds, one hour here, holds ties only
RANDOM_START = datetime(2012, 12, 1)
LAST_DAY = "2012-12-04"
EVENTS = ["view_page", "view_category", "search", "view_product", "add_to_cart", "view_cart"]
EVENTS += ["begin_checkout", "place_order", "pay"]
DIMENSIONS = ("channel", "device", "source", "medium")


# -- one shop for many funnels --------------------------------------------------------------------


@cache
def logs() -> tuple[list[dict[str, str]], dict[int, dict[str, Any]]]:
    """Ten logs of events, and for each the funnel and the level that ClickHouse gives each user.

    Where they are not at hand, the random logs are all there is.
    """
    if not LOGS.exists():
        return [], {}
    with (LOGS / "funnel_events.csv").open(newline="", encoding="utf-8") as file:
        events = list(csv.DictReader(file))
    expected = json.loads((LOGS / "funnel_expected_windowfunnel.json").read_text(encoding="utf-8"))
    return events, {case["case_id"]: case for case in expected["cases"]}


def log_funnels() -> dict[str, dict[str, Any]]:
    """A funnel for each log."""
    hours, longest = SECOND_OF_LOG // timedelta(hours=1), 876600
    return {
        f"log_{number}": {
            "steps": [EVENT_MAPPING[word] for word in case["steps"]],
            "window_hours": min(max(1, hours * case["window_seconds"]), longest),
        }
        for number, case in logs()[1].items()
    }


def random_funnels() -> dict[str, dict[str, Any]]:
    """Funnels of 2 to 6 steps, each with several windows, in both modes, of persons and sessions.

    Their names tell: random_<number>_<kind>.
    """
    random = Random(11)
    funnels: dict[str, dict[str, Any]] = {}
    for number in range(6):
        steps = random.sample([*EVENTS, "visit"], 2 + number % 5)
        if number >= 4:
            steps = ["visit", *(step for step in steps if step != "visit")]
        for hours in (1, 3, 12, 60):
            funnels[f"random_{number}_{hours}h"] = {"steps": steps, "window_hours": hours}
        first = {"steps": steps, "window_hours": (1, 3)[number % 2], "mode": "first_entry"}
        funnels[f"random_{number}_first"] = first
        funnels[f"random_{number}_session"] = {"steps": steps, "within": "session"}
    short = {"steps": EVENTS[:4], "within": "session", "window_hours": 1}
    funnels["random_6_session"] = short
    funnels["random_7_session"] = short | {"mode": "first_entry"}
    funnels["random_8_session"] = {
        "steps": ["visit", *EVENTS[2:5]],
        "within": "session",
        "mode": "first_entry",
    }
    ten = {"steps": ["visit", *EVENTS], "window_hours": 48}
    funnels["random_9_48h"] = ten
    return funnels


def random_events() -> list[dict[str, Any]]:
    """Many events at few times; each log occurs again with more events (person +)."""
    random = Random(12)
    rows: list[dict[str, Any]] = []
    for number in range(40):
        minutes = random.choice([10, 20, 60])
        slots = random.choice([8, 40, 72])
        sessions = random.choice([[None], [None, "A"], ["A", "B", "C"]])
        drawn = [
            {
                "occurred_at": RANDOM_START + timedelta(minutes=minutes * random.randrange(slots)),
                "event_name": random.choice(EVENTS),
                "session_id": random.choice(sessions),
                "channel": random.choice([None, "app", "h5", "Web"]),
                "device": random.choice([None, "ios"]),
                "source": random.choice([None, "baidu", "direct"]),
            }
            for _ in range(random.choice([10, 30, 90]))
        ]
        split = 2 * len(drawn) // 3
        rows += [row | {"customer_id": f"p{number}"} for row in drawn[:split]]
        rows += [row | {"customer_id": f"p{number}+"} for row in drawn]
    return rows


def write_funnel_shop(folder: Path) -> Path:
    """The logs and the random events, each of its own people, and an order that is no one's."""
    seconds = [
        {
            "occurred_at": START + int(row["ts"]) * SECOND_OF_LOG,
            "event_name": row["event_type"],
            "customer_id": f"log {row['case_id']} user {row['user_id']}",
        }
        for row in logs()[0]
    ]
    events = seconds + random_events()
    Random(13).shuffle(events)
    numbered = [row | {"event_id": f"e{number}"} for number, row in enumerate(events)]
    orders = [{"order_id": "o1", "ordered_at": "1990-01-10", "paid_amount": 1}]
    return write_shop(folder, {"orders": orders, "events": numbered})


@dataclass
class Walked:
    """A shop whose funnels were once built by dbt and once walked in Python."""

    build: Build
    python: Funnels
    funnels: list[Funnel]


@pytest.fixture(scope="module")
def walked(warehouse: Warehouse) -> Walked:
    """Many funnels over one shop, in one build."""
    variable = log_funnels() | random_funnels()
    folder = warehouse.folder("funnels", write_funnel_shop)
    build = warehouse.build(
        folder, select="+fct_funnel_entries", as_of_date=LAST_DAY, funnels=variable
    )
    python = Funnels(Visits(Sales(Shop(folder), datetime.fromisoformat(LAST_DAY).date())))
    return Walked(build, python, read_funnels(variable))


def expected_entries(python: Funnels, funnels: list[Funnel]) -> list[dict]:
    """The rows of the mart, as far as the definitions fix them."""
    rows = []
    for funnel in funnels:
        for person, session, entry, is_mature in python.of(funnel):
            row = {
                "funnel": funnel.name,
                "person_id": person,
                "entered_at": entry.entered_at,
                "entered_date": python.visits.sales.shop.zone.day(entry.entered_at),
                "steps": len(funnel.steps),
                "reached_step": len(entry.step_times),
                "is_mature": is_mature,
            }
            for step in range(10):
                reached = entry.step_times[step : step + 1]
                row[f"step_{step + 1}_at"] = reached[0] if reached else None
            for name in DIMENSIONS:
                row[name] = (session and session.first(name)) or "unknown"
            rows.append(row)
    return rows


def levels(build: Build) -> dict[tuple[str, str], int]:
    """The furthest step of each person in each funnel, where it entered."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in build.rows("fct_funnel_entries"):
        key = row["funnel"], row["person_id"]
        found[key] = max(found[key], row["reached_step"])
    return found


def test_levels_equal_clickhouse(walked: Walked) -> None:
    """User by user, in all ten logs."""
    if not logs()[0]:
        message = f"the logs with ClickHouse's levels are not there ({LOGS}): nothing to compare"
        pytest.skip(message)
    found = levels(walked.build)
    differing, compared = [], Counter()
    for number, case in logs()[1].items():
        for user, level in case["expected_level"]["default"].items():
            ours = found.get((f"log_{number}", f"log {number} user {user}"), 0)
            compared[level] += 1
            if ours != level:
                differing.append(f"log {number}, user {user}: {ours} instead of {level}")
    assert not differing, "\n".join(differing[:20])
    assert compared.total() > 300
    assert set(compared) == {0, 1, 2, 3, 4}


def test_entries_equal_reference_implementation(walked: Walked) -> None:
    """Entries, step times, maturity and attributes equal the reference implementation."""
    expected = expected_entries(walked.python, walked.funnels)
    assert len(expected) > 5000
    assert {row["is_mature"] for row in expected} == {True, False}
    assert_same_rows(expected, walked.build.rows("fct_funnel_entries"))


def test_levels_of_random_logs_equal_clickhouse(walked: Walked, tmp_path: Path) -> None:
    """The same step events given to ClickHouse, which runs within this process."""
    why = "chdb, ClickHouse as a Python package, is not installed: make oracle"
    chdb = pytest.importorskip("chdb", reason=why)
    chosen = [
        funnel
        for funnel in walked.funnels
        if funnel.within == "person" and funnel.mode == "latest_entry" and "log" not in funnel.name
    ]
    expected = {}
    for funnel in chosen:
        step_events = tmp_path / "step_events.tsv"
        with step_events.open("w", encoding="utf-8") as file:
            for person, steps in walked.python.steps_of(funnel).items():
                for step_event, step in steps:
                    second = (step_event.at - START) // timedelta(seconds=1)
                    file.write(f"{person}\t{second}\t{step}\n")
        window = (funnel.window or timedelta()) // timedelta(seconds=1)
        conditions = ", ".join(f"step = {step + 1}" for step in range(len(funnel.steps)))
        columns = "person String, second UInt64, step UInt8"
        answer = chdb.query(
            f"select person, windowFunnel({window})(second, {conditions})"
            f" from file('{step_events}', 'TSV', '{columns}') group by person",
            "TSV",
        )
        for line in answer.bytes().decode().splitlines():
            person, level = line.split("\t")
            if int(level):
                expected[funnel.name, person] = int(level)
    names = {funnel.name for funnel in chosen}
    found = {key: level for key, level in levels(walked.build).items() if key[0] in names}
    assert len(expected) > 500
    assert set(expected.values()) >= {1, 2, 3, 4, 5, 6}
    assert found == expected


# -- properties -----------------------------------------------------------------------------------


def test_wider_windows_never_lower_a_level(walked: Walked) -> None:
    """And it raises some."""
    found = levels(walked.build)
    raised = 0
    for number in range(6):
        for narrow, wide in pairwise((1, 3, 12, 60)):
            for (funnel, person), level in list(found.items()):
                if funnel == f"random_{number}_{narrow}h":
                    more = found[f"random_{number}_{wide}h", person]
                    assert more >= level, (funnel, person)
                    raised += more > level
    assert raised > 10


def test_more_events_never_lower_a_level(walked: Walked) -> None:
    """Each random log occurs again with half as many events added.

    Only a visit may disappear: an event in a pause joins the sessions before and after it.
    """
    found = levels(walked.build)
    without_visit = {
        funnel.name
        for funnel in walked.funnels
        if "visit" not in funnel.steps and funnel.mode == "latest_entry"
    }
    raised = 0
    for (funnel, person), level in list(found.items()):
        if funnel in without_visit and person.startswith("p") and not person.endswith("+"):
            more = found[funnel, f"{person}+"]
            assert more >= level, (funnel, person)
            raised += more > level
    assert raised > 10


def test_steps_of_an_entry(walked: Walked) -> None:
    """In order, within the window, each at an event of its name, none after a missing step."""
    happened: dict[tuple[str, str], set[datetime]] = defaultdict(set)
    in_session: dict[str, list[set[datetime]]] = defaultdict(list)
    for step_event in walked.python.step_events:
        happened[str(step_event.person), step_event.name].add(step_event.at)
    for session in walked.python.visits.sessions:
        in_session[session.person].append({event.at for event in session.events})
    funnels = {funnel.name: funnel for funnel in walked.funnels}
    for row in walked.build.rows("fct_funnel_entries"):
        funnel = funnels[row["funnel"]]
        times = [row[f"step_{step}_at"] for step in range(1, 11)]
        reached = times[: row["reached_step"]]
        assert None not in reached
        assert times[len(reached) :] == [None] * (10 - len(reached))
        assert reached == sorted(reached)
        assert reached[0] == row["entered_at"]
        assert funnel.window is None or reached[-1] - reached[0] <= funnel.window
        for at, step in zip(reached, funnel.steps, strict=False):
            assert at in happened[row["person_id"], step]
        if funnel.within == "session":
            assert any(set(reached) <= session for session in in_session[row["person_id"]])


def test_first_entries_do_not_overlap(walked: Walked) -> None:
    """In mode first_entry windows do not overlap; in the other mode many do."""
    by_person: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in walked.build.rows("fct_funnel_entries"):
        by_person[row["funnel"], row["person_id"]].append(row["entered_at"])
    compared = 0
    for funnel in walked.funnels:
        if funnel.mode == "first_entry" and funnel.within == "person":
            assert funnel.window
            hours = funnel.window // timedelta(hours=1)
            for (name, person), entered in by_person.items():
                if name == funnel.name:
                    gaps = [later - earlier for earlier, later in pairwise(sorted(entered))]
                    assert all(gap > funnel.window for gap in gaps)
                    latest = by_person[name.replace("first", f"{hours}h"), person]
                    assert set(entered) <= set(latest)
                    assert min(entered) == min(latest)
                    compared += len(latest) > len(entered)
    assert compared > 20


# -- the funnels of the project -------------------------------------------------------------------


@cache
def default_funnels() -> list[Funnel]:
    """The default funnels of the project."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return read_funnels(project["vars"]["funnels"])


def test_default_funnels_equal_reference_implementation(visited: Visited) -> None:
    """Row by row, including steps that are known only from orders."""
    expected = expected_entries(Funnels(visited.visits), default_funnels())
    assert len(expected) > 300
    assert_same_rows(expected, visited.build.rows("fct_funnel_entries"))


def test_sessions_of_entries(visited: Visited) -> None:
    """An entry within a session has this session; one of a person may span several."""
    sessions = visited.build.by_key("fct_sessions", "session_id")
    funnels = {funnel.name: funnel for funnel in default_funnels()}
    for row in visited.build.rows("fct_funnel_entries"):
        funnel = funnels[row["funnel"]]
        if funnel.within == "person":
            assert row["session_id"] is None
        else:
            session = sessions[row["session_id"]]
            assert session["person_id"] == row["person_id"]
            # a visit is entered with its start, a checkout with the first product in the cart
            latest = "started_at" if funnel.steps[0] == "visit" else "ended_at"
            assert session["started_at"] <= row["entered_at"] <= session[latest]
    assert {funnel.within for funnel in funnels.values()} == {"person", "session"}


def test_funnel_report_counts_people(visited: Visited) -> None:
    """A person counts in a month and value with its furthest mature entry of that month."""
    entries = visited.build.rows("fct_funnel_entries", is_mature=True)
    furthest: dict[tuple, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    many: Counter[tuple] = Counter()
    for row in entries:
        month = row["entered_date"].replace(day=1)
        kind = "new" if row["is_new_customer"] else "returning"
        values = {"all": "all", "customer_type": kind} | {name: row[name] for name in DIMENSIONS}
        for dimension, value in values.items():
            group = row["funnel"], month, dimension, value
            person = row["person_id"]
            furthest[group][person] = max(furthest[group][person], row["reached_step"])
            for step in range(row["reached_step"]):
                many[(*group, step + 1)] += 1
    expected, found = {}, {}
    for funnel in default_funnels():
        for group, reached in furthest.items():
            if group[0] == funnel.name:
                for number, step in enumerate(funnel.steps, start=1):
                    people = sum(level >= number for level in reached.values())
                    counts = (step, people, len(reached), many[(*group, number)])
                    expected[(*group, number)] = counts
    shown = {"all", "customer_type", *DIMENSIONS}
    for row in visited.build.rows("rpt_funnel"):
        if row["dimension"] in shown:
            key = ("funnel", "month", "dimension", "dimension_value", "step_number")
            columns = ("step", "people", "entered", "entries")
            values = tuple(row[column] for column in columns)
            found[tuple(row[column] for column in key)] = values
    assert found == expected


def test_funnel_report_adds_up(visited: Visited) -> None:
    """People decrease along the steps; entries of the values of a dimension add up to all."""
    rows = visited.build.rows("rpt_funnel")
    by_group: dict[tuple, list[dict]] = defaultdict(list)
    totals: dict[tuple, Counter[str]] = defaultdict(Counter)
    for row in sorted(rows, key=lambda row: row["step_number"]):
        group = row["funnel"], row["month"], row["dimension"], row["dimension_value"]
        by_group[group].append(row)
        totals[row["funnel"], row["month"], row["step"]][row["dimension"]] += row["entries"]
    for group, steps in by_group.items():
        people = [row["people"] for row in steps]
        assert people == sorted(people, reverse=True), group
        assert [row["people_before"] for row in steps] == [people[0], *people[:-1]]
        assert [row["step_number"] for row in steps] == list(range(1, len(steps) + 1))
        assert {row["entered"] for row in steps} == {people[0]}
    dimensions = {row["dimension"] for row in rows}
    assert dimensions >= {"all", "customer_type", *DIMENSIONS}
    for key, by_dimension in totals.items():
        assert dict(by_dimension) == dict.fromkeys(dimensions, by_dimension["all"]), key


def test_immature_entries_are_not_in_the_report(visited: Visited) -> None:
    """Entries whose window ends after as_of_date are immature and not in the report."""
    entries = visited.build.rows("fct_funnel_entries", funnel="purchase")
    end = visited.visits.sales.end
    window = timedelta(hours=168)
    for row in entries:
        assert row["is_mature"] == (row["entered_at"] + window <= end)
    counted = sum(
        row["entries"]
        for row in visited.build.rows("rpt_funnel", funnel="purchase", dimension="all")
        if row["step_number"] == 1
    )
    assert counted == sum(row["is_mature"] for row in entries) < len(entries)


# -- steps from orders ----------------------------------------------------------------------------


def order(order_id: str, customer_id: str | None, ordered_at: str, **values: Any) -> dict[str, Any]:
    """An order over 100, paid if nothing else is said."""
    given = {"order_id": order_id, "customer_id": customer_id, "ordered_at": ordered_at}
    return given | {"paid_amount": 100, "status": "paid"} | values


def event(
    name: str, occurred_at: str, customer_id: str | None = None, **values: Any
) -> dict[str, Any]:
    """An event."""
    return {"event_name": name, "occurred_at": occurred_at, "customer_id": customer_id} | values


ORDER_SHOP: dict[str, list[dict[str, Any]]] = {
    "orders": [
        order("o1", "paid later", "2024-01-10 10:00:00", paid_at="2024-01-11 09:00:00"),
        order("o2", "no time", "2024-01-10 10:10:00"),
        order("o3", "cancelled", "2024-01-10 10:10:00", status="cancelled"),
        order("o4", "unpaid", "2024-01-10 10:10:00", status="placed"),
        order("o5", "without events", "2024-01-10 10:10:00"),
        order("o6", None, "2024-01-10 10:10:00"),
        order("o7", "seen", "2024-01-10 10:10:00", paid_at="2024-01-10 10:20:00"),
        order("o8", "buyer", "2024-01-10 10:10:00"),
    ],
    "events": [
        *(
            event("add_to_cart", "2024-01-10 09:50:00", customer)
            for customer in ("paid later", "no time", "cancelled", "unpaid", "seen")
        ),
        event("add_to_cart", "2024-01-10 09:50:00", visitor_id="v1"),
        event("checkout", "2024-01-10 10:09:00", visitor_id="v1", order_id="o6"),
        # whose session it is does not make it theirs
        event("checkout", "2024-01-10 10:09:00", visitor_id="other", order_id="o8"),
        # one order is tracked, three weeks late
        event("place_order", "2024-02-01 10:00:00", "seen", order_id="o7"),
        event("add_to_cart", "2024-02-01 09:40:00", "seen"),
    ],
}
ORDER_FUNNELS = {
    "bought": {"steps": ["add_to_cart", "place_order", "pay"], "window_hours": 48},
    "placed": {"steps": ["place_order", "pay"], "window_hours": 48},
    "at_once": {"steps": ["add_to_cart", "place_order", "pay"], "within": "session"},
}


def order_funnels(warehouse: Warehouse, day: str) -> dict[tuple[str, str, str], list]:
    """Step times by funnel, person and day of entry, as times of day with the day of the month."""
    build = warehouse.build(
        warehouse.folder("orders and events", lambda folder: write_shop(folder, ORDER_SHOP)),
        select="+fct_funnel_entries",
        as_of_date=day,
        funnels=ORDER_FUNNELS,
    )
    return {
        (row["funnel"], row["person_id"], f"{row['entered_at']:%m-%d}"): [
            f"{row[f'step_{step}_at']:%d %H:%M}" for step in range(1, row["reached_step"] + 1)
        ]
        for row in build.rows("fct_funnel_entries")
    }


def test_orders_replace_missing_events(warehouse: Warehouse) -> None:
    """Orders provide both steps if their customer has events that day; cancelled were placed."""
    found = order_funnels(warehouse, "2024-01-31")
    cart, placed, paid = "10 09:50", "10 10:10", "10 10:20"
    bought = {
        "paid later": [cart, "10 10:00", "11 09:00"],
        "no time": [cart, placed, placed],
        "cancelled": [cart, placed],
        "unpaid": [cart, placed],
        "seen": [cart, placed, paid],
        "visitor:v1": [cart, placed, placed],
    }
    expected = {("bought", person, "01-10"): times for person, times in bought.items()}
    expected |= {("placed", person, "01-10"): times[1:] for person, times in bought.items()}
    expected["placed", "buyer", "01-10"] = [placed, placed]
    assert {key: times for key, times in found.items() if key[0] != "at_once"} == expected


def test_order_steps_within_the_session(warehouse: Warehouse) -> None:
    """The steps of an order are in its session, but not those days later."""
    found = order_funnels(warehouse, "2024-01-31")
    cart, placed, paid = "10 09:50", "10 10:10", "10 10:20"
    assert {key[1]: times for key, times in found.items() if key[0] == "at_once"} == {
        "paid later": [cart, "10 10:00"],
        "no time": [cart, placed, placed],
        "cancelled": [cart, placed],
        "unpaid": [cart, placed],
        "seen": [cart, placed, paid],
        "visitor:v1": [cart, placed, placed],
    }


def test_a_tracked_order_leaves_the_others(warehouse: Warehouse) -> None:
    """With a place_order event of one order, the others are placed as before."""
    found = order_funnels(warehouse, "2024-02-10")
    cart, placed = "10 09:50", "10 10:10"
    bought = {
        "paid later": [cart, "10 10:00", "11 09:00"],
        "no time": [cart, placed, placed],
        "cancelled": [cart, placed],
        "unpaid": [cart, placed],
        "visitor:v1": [cart, placed, placed],
    }
    expected = {("bought", person, "01-10"): times for person, times in bought.items()}
    expected |= {("placed", person, "01-10"): times[1:] for person, times in bought.items()}
    expected |= {("at_once", person, "01-10"): times for person, times in bought.items()}
    expected["at_once", "paid later", "01-10"] = [cart, "10 10:00"]
    expected["placed", "buyer", "01-10"] = [placed, placed]
    for funnel in ("bought", "at_once"):
        expected[funnel, "seen", "01-10"] = [cart]
        # its event comes after paid_at, and nothing is paid before it is placed
        expected[funnel, "seen", "02-01"] = ["01 09:40", "01 10:00", "01 10:00"]
    expected["placed", "seen", "02-01"] = ["01 10:00", "01 10:00"]
    assert found == expected


def purchase_events(customer: str, day: str, *orders: tuple[str, str, str | None]) -> list[dict]:
    """A visit that fills a cart, and what the shop's tracker then says about orders."""
    steps = [("page_view", "10:00"), ("view_product", "10:01"), ("add_to_cart", "10:02")]
    browsed = [event(name, f"{day} {at}:00", customer, source="google") for name, at in steps]
    said = [
        event(name, f"{day} {at}", customer, source="google", order_id=order_id)
        for name, at, order_id in orders
    ]
    return browsed + said


def tracked(order_id: str | None) -> tuple[tuple[str, str, str | None], ...]:
    """The events of a confirmation page."""
    return ("place_order", "10:03:00", order_id), ("purchase", "10:03:01", order_id)


CONFIRMATION_SHOP: dict[str, list[dict[str, Any]]] = {
    "orders": [
        order("R1", "again", "2024-04-01 10:03:00", paid_at="2024-04-01 10:03:01"),
        order("R2", "no id", "2024-04-01 10:03:30"),
        order("R3", "untracked", "2024-04-01 10:03:30"),
        order("R5", "cancelled", "2024-04-01 10:03:30", status="cancelled"),
        order("R6", "late", "2024-04-01 10:03:30"),
    ],
    "events": [
        *purchase_events("again", "2024-04-01", *tracked("R1")),
        *purchase_events("no id", "2024-04-01", ("purchase", "10:04:00", None)),
        event("purchase", "2024-04-01 10:33:30", "no id"),
        *purchase_events("untracked", "2024-04-01"),
        *purchase_events("not exported", "2024-04-01", *tracked("R4")),
        *purchase_events("cancelled", "2024-04-01"),
        # 30 minutes and a second after R6: an order that the export lacks
        *purchase_events("late", "2024-04-01", ("search", "10:20:00", None)),
        event("purchase", "2024-04-01 10:33:31", "late"),
        # both leave a cart and open the old confirmation page
        *purchase_events("again", "2024-05-10", *tracked("R1")),
        *purchase_events("not exported", "2024-05-10", *tracked("R4")),
    ],
}


def test_a_confirmation_page_opened_again_is_no_order(warehouse: Warehouse, tmp_path: Path) -> None:
    """Each order converts one entry, one session and one cart, tracked or not."""
    build = warehouse.build(
        write_shop(tmp_path / "shop", CONFIRMATION_SHOP),
        select="+fct_funnel_entries +rpt_funnel +fct_sessions +rpt_carts +rpt_traffic_sources",
        as_of_date="2024-06-30",
    )
    reached = {
        (row["person_id"], row["entered_at"].month): row["reached_step"]
        for row in build.rows("fct_funnel_entries", funnel="purchase")
    }
    april = {"again": 5, "no id": 5, "untracked": 5, "not exported": 5, "cancelled": 4, "late": 5}
    may = {"again": 3, "not exported": 3}
    expected = {(person, 4): level for person, level in april.items()}
    expected |= {(person, 5): level for person, level in may.items()}
    assert reached == expected
    people = {
        (row["month"].month, row["step"]): (row["people"], row["entries"])
        for row in build.rows("rpt_funnel", funnel="purchase", dimension="all")
    }
    assert people[4, "place_order"] == (6, 6)
    assert people[4, "pay"] == (5, 5)
    assert people[5, "add_to_cart"] == (2, 2)
    assert people[5, "place_order"] == people[5, "pay"] == (0, 0)
    counted = ("placed_orders", "orders", "has_placed_order", "has_paid")
    sessions = {
        (row["person_id"], row["started_at"].month): tuple(row[name] for name in counted)
        for row in build.rows("fct_sessions")
    }
    assert len(build.rows("fct_sessions")) == len(sessions)
    one, none = (1, 1, True, True), (0, 0, False, False)
    assert sessions == {
        ("again", 4): one,
        ("no id", 4): one,
        ("untracked", 4): one,
        ("not exported", 4): (0, 0, True, True),
        ("cancelled", 4): (1, 0, True, False),
        ("late", 4): one,
        ("again", 5): none,
        ("not exported", 5): none,
    }
    carts = {row["month"].month: row for row in build.rows("rpt_carts")}
    assert (carts[4]["carts"], carts[4]["abandoned_carts"]) == (6, 1)
    assert (carts[5]["carts"], carts[5]["abandoned_carts"]) == (2, 2)
    sources = {row["month"].month: row for row in build.rows("rpt_traffic_sources")}
    counted = ("sessions", "ordering_sessions", "paying_sessions", "orders")
    assert [sources[4][name] for name in counted] == [6, 6, 5, 4]
    assert [sources[5][name] for name in counted] == [2, 0, 0, 0]


# -- wrong definitions ----------------------------------------------------------------------------

GOOD = {"steps": ["visit", "pay"], "window_hours": 24}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown step": (GOOD | {"steps": ["visit", "fly"]}, "fly"),
    "raw word as a step": (GOOD | {"steps": ["visit", "purchase"]}, "purchase"),
    "one step": (GOOD | {"steps": ["visit"]}, "steps"),
    "no step": (GOOD | {"steps": []}, "steps"),
    "steps missing": ({"window_hours": 24}, "steps"),
    "steps as text": (GOOD | {"steps": "visit"}, "steps"),
    "steps as a mapping": (GOOD | {"steps": {"visit": 1, "pay": 2}}, "steps"),
    "too many steps": (GOOD | {"steps": ["visit", *EVENTS, "share"]}, "steps"),
    "a step twice": (GOOD | {"steps": ["visit", "pay", "visit"]}, "visit"),
    "unknown mode": (GOOD | {"mode": "last_entry"}, "last_entry"),
    "unknown actor": (GOOD | {"within": "household"}, "household"),
    "no window": ({"steps": ["visit", "pay"]}, "window_hours"),
    "window of nothing": (GOOD | {"window_hours": 0}, "window_hours"),
    "negative window": (GOOD | {"window_hours": -24}, "window_hours"),
    "part of an hour": (GOOD | {"window_hours": 1.5}, "window_hours"),
    "window as text": (GOOD | {"window_hours": "a week"}, "window_hours"),
    "unknown key": (GOOD | {"windwo_hours": 24}, "windwo_hours"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_invalid_funnels_are_rejected(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run stops, and one line names the funnel and what is wrong with it."""
    funnel, named = WRONG[fault]
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "orders.csv").write_text(ORDERS, encoding="utf-8")
    set_environment(monkeypatch, tmp_path, raw)
    variables = json.dumps({"funnels": {"good": GOOD, "my_funnel": funnel}})
    command = ["build", "--select", "event_mapping", "int_funnel_steps", "--quiet"]
    outcome = dbt([*command, "--vars", variables])
    said = [str(outcome.exception or "")]
    if not outcome.exception:
        said = [str(result.message) for result in outcome.result if result.status != "success"]
    assert not outcome.success
    assert any("my_funnel" in line and named in line for text in said for line in text.split("\n"))


# -- the simulated shop ---------------------------------------------------------------------------


def test_simulated_incidents_lower_the_rates(sample_build: Build) -> None:
    """The rate of the month falls where the simulator broke a step for a channel or device."""
    with (SAMPLE / "truth" / "incidents.csv").open(newline="", encoding="utf-8") as file:
        incidents = list(csv.DictReader(file))
    assert incidents
    for incident in incidents:
        month = datetime.fromisoformat(incident["starts_at"]).date().replace(day=1)
        rows = sample_build.rows(
            "rpt_funnel",
            funnel="purchase",
            step=incident["step"],
            dimension=incident["dimension"],
            dimension_value=incident["value"],
        )
        broken = [row for row in rows if row["month"] == month]
        sound = [row for row in rows if row["month"] != month]
        usual = sum(row["people"] for row in sound) / sum(row["people_before"] for row in sound)
        assert [float(row["step_rate"]) < usual / 2 for row in broken] == [True], incident


def test_a_source_without_buyers_is_flagged(sample_build: Build) -> None:
    """Visitors from the newsfeed hardly ever buy; no other source is flagged."""
    rows = sample_build.rows("rpt_traffic_sources", is_high_traffic_low_conversion=True)
    assert {row["source"] for row in rows} == {"newsfeed"}
