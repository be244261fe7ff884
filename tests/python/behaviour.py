"""Persons, sessions and funnels once more, in plain Python.

Written from the definitions and not from the models, one event after the other, on top of the
cleaned rows of reference.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

from reference import Line, Sales, is_valid, mapping, seed, status, word_key

EVENT_MAPPING = mapping("event_mapping", "event")
CHANNEL_MAPPING = mapping("channel_mapping", "channel")
TRAFFIC_MAPPING = {row["word"]: row for row in seed("traffic_mapping")}
BOT_PATTERNS = [row["pattern"] for row in seed("bot_user_agents")]
ATTRIBUTES = ("channel", "device", "source", "medium", "campaign", "page")
ORDER_EVENTS = ("place_order", "pay")
INSTANT = timedelta(microseconds=1)
NEVER = datetime.max


@dataclass(frozen=True)
class Settings:
    """The variables that identity and sessions depend on."""

    identity_window: timedelta = timedelta(days=30)
    shared_device_customers: int = 3
    bot_events_per_hour: int = 300
    timeout: timedelta = timedelta(minutes=30)
    longest_session: timedelta = timedelta(days=3)
    cut_on_campaign: bool = False


def in_bytes(value: str | None) -> bytes:
    """How texts are ordered: by their bytes, none at all first."""
    return (value or "").encode()


def mapped(value: object, values: Mapping[str, str]) -> str | None:
    """The canonical value of a mapping seed; unmapped values are kept."""
    return values.get(word_key(str(value)), str(value)) if value is not None else None


def traffic(given: Mapping[str, object]) -> dict[str, str | None]:
    """Source, medium and campaign in one spelling."""
    found: dict[str, str | None] = {}
    for name, value in given.items():
        text = None if value is None else str(value)
        if text is not None and word_key(text) == "null":
            found[name] = None
        elif text is not None and word_key(text) in TRAFFIC_MAPPING:
            found[name] = TRAFFIC_MAPPING[word_key(text)][name] or None
        else:
            found[name] = text and (text if name == "campaign" else text.lower())
    return found


def has_pattern(value: str, pattern: str) -> bool:
    """Whether a text matches a pattern in which a star matches any text."""
    first, *others = pattern.split("*")
    if not others:
        return value == pattern
    if not value.startswith(first):
        return False
    at = len(first)
    for part in others[:-1]:
        at = value.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return len(value) - at >= len(others[-1]) and value.endswith(others[-1])


# -- events and who did them ----------------------------------------------------------------------


@dataclass
class Event:
    """An accepted event up to the as-of day."""

    key: str
    has_id: bool
    at: datetime
    name: str
    visitor: str | None
    customer: str | None
    given_session: str | None
    order_id: str | None
    is_by_bot_program: bool
    attributes: dict[str, str | None]
    person: str = ""

    @property
    def order(self) -> tuple[datetime, bytes]:
        """Events ordered by time, then by id."""
        return self.at, self.key.encode()


class Identities:
    """Decides for each event whose it is, and which events are nobody's."""

    def __init__(self, sales: Sales, settings: Settings) -> None:
        """sales: the shop as of the end of a day."""
        self.sales = sales
        self.settings = settings

    @cached_property
    def all_events(self) -> list[Event]:
        """Accepted events up to the as-of day, with the customers that account links lead to."""
        lines = self.sales.shop.accepted("events")
        return [self._event(line) for line in lines if line["occurred_at"] < self.sales.end]

    def _event(self, line: Line) -> Event:
        customer = line["customer_id"]
        user_agent = str(line["user_agent"] or "").lower()
        attributes: dict[str, Any] = {name: line[name] for name in ATTRIBUTES}
        attributes |= traffic({name: line[name] for name in ("source", "medium", "campaign")})
        attributes["channel"] = mapped(line["channel"], CHANNEL_MAPPING)
        # what a page was asked for may be personal
        attributes["page"] = (attributes["page"] or "").split("?")[0].split("#")[0] or None
        return Event(
            line.key,
            line["event_id"] is not None,
            line["occurred_at"],
            str(mapped(line["event_name"], EVENT_MAPPING)),
            line["visitor_id"],
            customer and self.sales.links.person(customer, line["occurred_at"]),
            line["session_id"],
            line["order_id"],
            any(has_pattern(user_agent, pattern) for pattern in BOT_PATTERNS),
            attributes,
        )

    @cached_property
    def bots(self) -> set[tuple[str, str]]:
        """Visitors, else customers, with too many events in a clock hour."""
        hours: dict[tuple[tuple[str, str], datetime], int] = defaultdict(int)
        for event in self.all_events:
            hours[actor(event), event.at.replace(minute=0, second=0, microsecond=0)] += 1
        limit = self.settings.bot_events_per_hour
        return {who for (who, _), events in hours.items() if who[1] and events > limit}

    def left_out(self, event: Event) -> str | None:
        """Why an event is in no session: bots are left out, and so is what nobody did."""
        if event.is_by_bot_program:
            return "bot_user_agent"
        if actor(event) in self.bots:
            return "bot_rate"
        return None if event.visitor or event.customer else "no_person"

    @cached_property
    def events(self) -> list[Event]:
        """The events of people, each with its person, in order of time."""
        for event in self._kept:
            event.person = event.customer or self._visitor(event)
        return sorted(self._kept, key=lambda event: event.order)

    @cached_property
    def _kept(self) -> list[Event]:
        return [event for event in self.all_events if not self.left_out(event)]

    @cached_property
    def _logins(self) -> dict[str, set[tuple[datetime | None, str]]]:
        """When visitors were seen as which customer: links, and events that name both.

        A link of a visitor is a login at its time. Without a time it holds whenever no login
        is near, and names the customer that it leads to at the end of the as-of day.
        """
        logins = defaultdict(set)
        for line in self.sales.shop.accepted("identity_links"):
            since = line["linked_at"]
            is_visitor = str(line["identifier_type"]).lower() == "visitor"
            if is_visitor and (since is None or since < self.sales.end):
                timestamp = since or self.sales.end - INSTANT
                customer = self.sales.links.person(line["customer_id"], timestamp)
                logins[line["identifier"]].add((since, customer))
        for event in self._kept:
            if event.visitor and event.customer:
                logins[event.visitor].add((event.at, event.customer))
        return logins

    @cached_property
    def shared_devices(self) -> dict[str, int]:
        """Visitors with more customers than one person has, and how many."""
        customers = {
            visitor: len({who for _, who in logins}) for visitor, logins in self._logins.items()
        }
        limit = self.settings.shared_device_customers
        return {visitor: number for visitor, number in customers.items() if number > limit}

    def _visitor(self, event: Event) -> str:
        """The person of an anonymous event.

        The next login within the window, else the previous one; of logins at one time the
        smallest customer. On a device with many customers no login says who was there before.
        """
        logins = self._logins.get(str(event.visitor), set())
        window = self.settings.identity_window
        is_shared = event.visitor in self.shared_devices
        dated = [(since, who) for since, who in logins if since]
        later = [
            (since - event.at, in_bytes(who), who)
            for since, who in dated
            if event.at <= since <= event.at + window
        ]
        earlier = [
            (event.at - since, in_bytes(who), who)
            for since, who in dated
            if event.at - window <= since <= event.at
        ]
        undated = [who for since, who in logins if since is None]
        if later and not is_shared:
            return min(later)[2]
        if earlier:
            return min(earlier)[2]
        if undated and not is_shared:
            return min(undated, key=in_bytes)
        return f"visitor:{event.visitor}"


def actor(event: Event) -> tuple[str, str]:
    """Who acts, as far as the event alone tells: the visitor, else the customer."""
    return ("visitor", event.visitor) if event.visitor else ("customer", event.customer or "")


# -- sessions -------------------------------------------------------------------------------------


@dataclass
class Session:
    """Events of one person that belong together, in order."""

    person: str
    given: str | None
    events: list[Event]
    orders: list[str] = field(default_factory=list)

    @property
    def started_at(self) -> datetime:
        """The first event's time."""
        return self.events[0].at

    @property
    def ended_at(self) -> datetime:
        """The last event's time."""
        return self.events[-1].at

    @property
    def order(self) -> tuple[bytes, datetime, bytes]:
        """Sessions ordered by person, start and given id."""
        return in_bytes(self.person), self.started_at, in_bytes(self.given)

    def first(self, attribute: str) -> str | None:
        """An attribute's first value."""
        return _first(self.events, attribute)

    def last(self, attribute: str) -> str | None:
        """An attribute's last value."""
        return _first(self.events[::-1], attribute)

    def count(self, *names: str) -> int:
        """How many events have one of these names."""
        return sum(event.name in names for event in self.events)


def _first(events: list[Event], attribute: str) -> str | None:
    for event in events:
        value = event.attributes[attribute]
        if value is not None:
            rivals = [other for other in events if other.at == event.at]
            values = {other.attributes[attribute] for other in rivals} - {None}
            # the definitions do not say which of two events without an id is the first
            assert len(values) == 1 or all(other.has_id for other in rivals), rivals
            return value
    return None


def cut(events: list[Event], settings: Settings) -> list[list[Event]]:
    """One person's events without a given session: a new one after a longer gap, in pieces.

    Piece k of a visit holds what happened more than 3k and at most 3k + 3 days after its start.
    If it is asked for, a visit also starts at an event with another campaign than the last.
    """
    pieces: list[list[Event]] = []
    cuts = campaign_changes(events) if settings.cut_on_campaign else set()
    start = last = datetime.min
    piece = 0
    for event in events:
        is_cut = event.at in cuts and event.at > start
        is_new = not pieces or event.at - last > settings.timeout or is_cut
        if is_new:
            start = event.at
        offset = event.at - start
        number = (offset - INSTANT) // settings.longest_session if offset else 0
        if is_new or number != piece:
            pieces.append([])
        pieces[-1].append(event)
        last, piece = event.at, number
    return pieces


def campaign_changes(events: list[Event]) -> set[datetime]:
    """The times of events that name another campaign than the last event that named one."""
    named = [event for event in events if event.attributes["campaign"]]
    return {
        later.at
        for earlier, later in pairwise(named)
        if earlier.attributes["campaign"] != later.attributes["campaign"]
    }


class Visits:
    """The sessions of a shop, and the orders that belong to them."""

    def __init__(self, sales: Sales, settings: Settings | None = None) -> None:
        """sales: the shop as of the end of a day."""
        self.sales = sales
        self.settings = settings or Settings()
        self.identities = Identities(sales, self.settings)

    @cached_property
    def sessions(self) -> list[Session]:
        """All sessions in order, with their orders."""
        groups: dict[tuple[str, str | None], list[Event]] = defaultdict(list)
        for event in self.identities.events:
            groups[event.person, event.given_session].append(event)
        sessions = [
            Session(person, given, piece)
            for (person, given), events in groups.items()
            for piece in ([events] if given else cut(events, self.settings))
        ]
        sessions.sort(key=lambda session: session.order)
        self._give_orders(sessions)
        return sessions

    def _give_orders(self, sessions: list[Session]) -> None:
        """To the earliest event's session that names the order, else to the buyer's latest.

        The latest is the one that started last of those that were running when the order was
        placed, which they do until the timeout after their last event.
        """
        named: dict[str, Session] = {}
        first_seen: dict[str, datetime] = {}
        by_person = defaultdict(list)
        for session in sessions:
            by_person[session.person].append(session)
            for event in session.events:
                if event.order_id and event.at < first_seen.get(event.order_id, NEVER):
                    first_seen[event.order_id], named[event.order_id] = event.at, session
        for order in self.sales.orders.values():
            running = [
                session
                for session in by_person.get(order.customer_id or "", ())
                if session.started_at <= order.ordered_at
                and order.ordered_at <= session.ended_at + self.settings.timeout
            ]
            session = named.get(order.order_id) or (running[-1] if running else None)
            if session:
                session.orders.append(order.order_id)

    @cached_property
    def order_sessions(self) -> dict[str, Session]:
        """The session of each order that has one."""
        return {order: session for session in self.sessions for order in session.orders}

    @cached_property
    def visit_times(self) -> dict[str, list[datetime]]:
        """When the sessions of each person began."""
        times = defaultdict(list)
        for session in self.sessions:
            times[session.person].append(session.started_at)
        return dict(times)

    @cached_property
    def cart_times(self) -> dict[str, list[datetime]]:
        """When each person put something in the cart."""
        times = defaultdict(list)
        for event in self.identities.events:
            if event.name == "add_to_cart":
                times[event.person].append(event.at)
        return dict(times)

    def net(self, session: Session) -> Decimal:
        """The money of a session's orders."""
        orders = self.sales.orders
        return sum((orders[order_id].net for order_id in session.orders), Decimal(0))


# -- funnels --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Funnel:
    """A funnel as the variable lists it."""

    name: str
    steps: tuple[str, ...]
    window: timedelta | None
    mode: str = "latest_entry"
    within: str = "person"


def read_funnels(variable: Mapping[str, Mapping[str, Any]]) -> list[Funnel]:
    """The funnels of the variable."""
    return [
        Funnel(
            name,
            tuple(given["steps"]),
            timedelta(hours=given["window_hours"]) if "window_hours" in given else None,
            given.get("mode", "latest_entry"),
            given.get("within", "person"),
        )
        for name, given in variable.items()
    ]


@dataclass
class Entry:
    """One way through a funnel: when each step was reached."""

    step_times: list[datetime]
    closes_at: datetime

    @property
    def entered_at(self) -> datetime:
        """The time of step 1."""
        return self.step_times[0]


def entries(funnel: Funnel, step_events: Iterable[tuple[datetime, int]]) -> list[Entry]:
    """The entries of one person (or session); step_events: time and step number from 1.

    Equal times count in step order. Each step 1 is an entry (mode first_entry: only where none is
    open), the window holds its end. A later step belongs to the latest of the entries
    that have come to the step before, and an entry takes the first that belongs to it.
    """
    found: list[Entry] = []
    latest: dict[int, Entry] = {}
    for at, step in sorted(set(step_events)):
        if step == 1:
            if funnel.mode == "latest_entry" or not found or at > found[-1].closes_at:
                found.append(
                    Entry([at], at + funnel.window if funnel.window is not None else NEVER)
                )
                latest[1] = found[-1]
        elif step - 1 in latest and at <= latest[step - 1].closes_at:
            entry = latest[step] = latest[step - 1]
            if len(entry.step_times) == step - 1:
                entry.step_times.append(at)
    return found


@dataclass
class StepEvent:
    """Something a person did that may be a step."""

    person: str | None
    session: Session | None
    at: datetime
    name: str


class Funnels:
    """All entries of a shop's funnels."""

    def __init__(self, visits: Visits) -> None:
        """visits: the sessions of the shop."""
        self.visits = visits
        self.end = visits.sales.end

    @cached_property
    def step_events(self) -> list[StepEvent]:
        """Starts of sessions, events, and orders placed and paid."""
        found = []
        for session in self.visits.sessions:
            found.append(StepEvent(session.person, session, session.started_at, "visit"))
            found += [
                StepEvent(session.person, session, event.at, event.name)
                for event in session.events
                if event.name not in ORDER_EVENTS
            ]
        return found + [step_event for name in ORDER_EVENTS for step_event in self._orders(name)]

    def _orders(self, name: str) -> list[StepEvent]:
        """Each order once, at its earliest event of the name or at its own time; and the others."""
        seen = self._first_events[name]
        tracked = [step_event for (person, _), step_event in seen.items() if person is None]
        return tracked + self._untracked(name) + self.without_order(name)

    def _untracked(self, name: str) -> list[StepEvent]:
        """Orders that have no event of this name."""
        found = [
            self._order(order_id, name)
            for order_id in self._visited_orders
            if not self.has_event(order_id, name)
        ]
        return [step_event for step_event in found if step_event]

    def has_event(self, order_id: str, name: str) -> bool:
        """Whether an event of this name has the order's id."""
        return (None, order_id) in self._first_events[name]

    def without_order(self, name: str) -> list[StepEvent]:
        """Events that name no order of the shop, of an unknown id a person's first one.

        Where an order of the same person has no event and is near, they are that order.
        """
        times = defaultdict(list)
        for order in self._untracked(name):
            times[order.person].append(order.at)
        timeout = self.visits.settings.timeout
        return [
            step_event
            for (person, _), step_event in self._first_events[name].items()
            if person is not None
            and not any(abs(step_event.at - at) <= timeout for at in times[person])
        ]

    @cached_property
    def _first_events(self) -> dict[str, dict[tuple[str | None, Any], StepEvent]]:
        """By name: the first event of each order, person and unknown id, and all without an id."""
        found: dict[str, dict[tuple[str | None, Any], StepEvent]] = {
            name: {} for name in ORDER_EVENTS
        }
        for session in self.visits.sessions:
            for event in session.events:
                if event.name in ORDER_EVENTS:
                    is_known = event.order_id in self.visits.sales.orders
                    number = event.order_id or len(found[event.name])
                    key = (None if is_known else session.person), number
                    earlier = found[event.name].get(key)
                    if not earlier or event.at < earlier.at:
                        step_event = StepEvent(session.person, session, event.at, event.name)
                        found[event.name][key] = step_event
        return found

    @cached_property
    def _visited_orders(self) -> list[str]:
        """Orders with a session, or of a customer with events that day."""
        day = self.visits.sales.shop.zone.day
        days = {
            (session.person, day(event.at))
            for session in self.visits.sessions
            for event in session.events
        }
        return [
            order.order_id
            for order in self.visits.sales.orders.values()
            if order.order_id in self.visits.order_sessions
            or (order.customer_id, day(order.ordered_at)) in days
        ]

    @cached_property
    def _lines(self) -> dict[str, Line]:
        return {line["order_id"]: line for line in self.visits.sales.shop.accepted("orders")}

    def _order(self, order_id: str, name: str) -> StepEvent | None:
        """An order is placed at its time, and paid when it was or, if it was, when it was placed.

        It is its customer's, of a guest that of its session, and so it is if one of the two is an
        event. What did not happen while that session ran is in no session.
        """
        order, line = self.visits.sales.orders[order_id], self._lines[order_id]
        session = self.visits.order_sessions.get(order_id)
        is_seen = any(self.has_event(order_id, kind) for kind in ORDER_EVENTS)
        person = None if is_seen else order.customer_id
        happened_at = order.ordered_at
        if name == "pay":
            happened_at = line["paid_at"]
            if happened_at is None or happened_at >= self.end:
                happened_at = order.ordered_at if is_valid(status(line)) else None
        if happened_at is None:
            return None
        person = person or (session.person if session else None)
        return StepEvent(person, self._running(session, happened_at), happened_at, name)

    def _running(self, session: Session | None, at: datetime) -> Session | None:
        """The session, if it runs at that time: until the timeout after its last event."""
        timeout = self.visits.settings.timeout
        is_running = session and session.started_at <= at <= session.ended_at + timeout
        return session if is_running else None

    def steps_of(self, funnel: Funnel) -> dict[Any, list[tuple[StepEvent, int]]]:
        """The steps of each person, or of each session by its position."""
        numbers = {name: number for number, name in enumerate(funnel.steps, start=1)}
        place = {id(session): at for at, session in enumerate(self.visits.sessions)}
        by_actor = defaultdict(list)
        for step_event in self.step_events:
            if step_event.name in numbers:
                who: Any = step_event.person
                if funnel.within == "session":
                    who = place[id(step_event.session)] if step_event.session else None
                if who is not None:
                    by_actor[who].append((step_event, numbers[step_event.name]))
        return by_actor

    def of(self, funnel: Funnel) -> list[tuple[str, Session | None, Entry, bool]]:
        """Person, session of step 1, entry and whether it can still change."""
        found = []
        for steps in self.steps_of(funnel).values():
            for entry in entries(funnel, ((step_event.at, step) for step_event, step in steps)):
                first = [m for m, step in steps if step == 1 and m.at == entry.entered_at]
                session = min((m.session for m in first if m.session), key=_order, default=None)
                is_mature = entry.closes_at <= self.end or (
                    funnel.within == "session"
                    and session is not None
                    and session.ended_at + self.visits.settings.timeout <= self.end
                )
                person = session.person if funnel.within == "session" else first[0].person
                found.append((str(person), session, entry, is_mature))
        return found


def _order(session: Session) -> tuple[bytes, datetime, bytes]:
    return session.order
