"""Visits in every odd way: events, identity links and orders that the hostile shop adds."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

Row = dict[str, Any]
LOADED = "2025-03-01 00:00:00"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WORDS = ["home", "screen_view", "列表页", "catalog", "Search", "Product Detail", "view-item"]
WORDS += ["加购", "add_to_cart", "checkout", "shipping_details", "payment_details", "odd event"]
PROGRAMS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "CURL/8.1",
    "Mozilla/5.0 HeadlessChrome/119.0",
]
PEOPLE = ["Mozilla/5.0 (iPhone)", "my curl/8.1", "robotics shop app", None]


def at(text: str) -> datetime:
    """A time in UTC as it is written here."""
    return datetime.fromisoformat(text)


class OddVisits:
    """Collects the events of one situation after the other."""

    def __init__(self) -> None:
        """All that is random comes from a generator of its own."""
        self.random = Random(7)
        self.events: list[Row] = []
        self._windows()
        self._shared_devices()
        self._gaps()
        self._long_visits()
        self._edges_of_days()
        self._given_sessions()
        self._ties()
        self._orders()
        self._bots()
        self._faults()
        self._tangle()

    def add(self, visitor: str | None, timestamp: datetime, **values: Any) -> None:
        """An event; by default an anonymous one, of any kind, with an id."""
        row = {
            "event_id": f"x{len(self.events)}",
            "occurred_at": timestamp.isoformat(sep=" "),
            "event_name": self.random.choice(WORDS),
            "visitor_id": visitor,
            "user_agent": self.random.choice(PEOPLE),
            "loaded_at": LOADED,
        }
        self.events.append(row | values)

    def _windows(self) -> None:
        """Anonymous events around logins, at the end of the window and after it."""
        login = at("2023-03-31 12:00:00")
        self.add("win", login, customer_id="c2")
        second = timedelta(seconds=1)
        for distance in (second, DAY, 30 * DAY, 30 * DAY + second):
            self.add("win", login - distance)
            self.add("win", login + distance)
        self.add("win", login)
        self.add("two", at("2023-04-01"), customer_id="c3")
        self.add("two", at("2023-04-11"), customer_id="c8")
        # two logins at one time: capital letters come first in bytes
        self.add("two", at("2023-06-11"), customer_id="c3")
        self.add("two", at("2023-06-11"), customer_id="C1")
        for day in ("03-20", "04-05", "04-12", "05-25", "06-11", "06-20", "08-20"):
            self.add("two", at(f"2023-{day}"))
        self.add("undated", at("2023-05-01"), customer_id="c12")
        for visitor in ("undated", "undated by card", "linked", "linked later", "Linked"):
            for day in ("03-01", "04-20", "05-20", "08-20", "09-05 15:00", "10-30"):
                self.add(visitor, at(f"2023-{day}"))

    def _shared_devices(self) -> None:
        """Devices with three customers and with more, counted in several ways."""
        start = at("2023-05-10 10:00:00")
        devices = {
            "kiosk": ["c14", "c15", "c16", "c17"],
            "family": ["c14", "c15", "c16"],
            "three and a link": ["c14", "c15", "c16"],
            "three and a copy": ["c40", "c41", "c18", "c19"],  # c40 has become c41 by then
            "four later": ["c14", "c15", "c16"],
            "three and a bot": ["c14", "c15", "c16"],
        }
        for device, customers in devices.items():
            for number, customer in enumerate(customers):
                self.add(device, start + 2 * number * 60 * MINUTE, customer_id=customer)
            for hours in (-1, 1, 3, 20, 24 * 35):
                self.add(device, start + hours * 60 * MINUTE)
            # at the timestamp of a login: it is both the next and the previous one
            self.add(device, start)
        self.add("four later", at("2024-01-10"), customer_id="c20")
        self.add("three and a bot", start + DAY, customer_id="c21", user_agent=PROGRAMS[0])

    def _gaps(self) -> None:
        """Half an hour to the millisecond, and a login in the middle of a visit."""
        timestamp = at("2023-03-05 08:00:00")
        steps = (0, 30 * MINUTE, 30 * MINUTE + timedelta(milliseconds=1), MINUTE, 29 * MINUTE)
        for number, step in enumerate(steps):
            timestamp += step or timedelta()
            self.add("gap", timestamp, customer_id="c23" if number == 3 else None)

    def _long_visits(self) -> None:
        """A week without a pause; events at the very end of three and of six days."""
        start = at("2023-02-01 03:00:00")
        for number in range(7 * 60):
            self.add("long", start + number * 24 * MINUTE, campaign="long" if number % 7 else None)
        for days in (3, 6):
            self.add("long", start + days * DAY + timedelta(milliseconds=1))
        for number in range(5 * 48):
            self.add("given and long", start + number * 30 * MINUTE, session_id="endless")
        for number in range(4 * 48):
            self.add(None, start + number * 30 * MINUTE, customer_id="c24")

    def _edges_of_days(self) -> None:
        """Across midnight, the changes of clocks in New York and the ends of as-of days."""
        for timestamp in (
            *("2023-06-30 23:50:00", "2023-09-05 15:50:00", "2023-11-06 04:50:00"),
            *("2023-03-12 06:50:00", "2023-11-05 05:50:00", "2023-12-31 23:50:00"),
        ):
            for minutes in (0, 9, 10, 11, 20):
                self.add("night owl", at(timestamp) + minutes * MINUTE, channel="APP")
        for end in ("2023-07-01 00:00:00", "2023-09-05 16:00:00", "2023-11-06 05:00:00"):
            self.add("last timestamp", at(end) - timedelta(milliseconds=1))
            self.add("last timestamp", at(end), event_name="checkout")

    def _given_sessions(self) -> None:
        """Given ids of several people, spelled alike, and events without one in between."""
        start = at("2023-04-15 10:00:00")
        for number in range(12):
            given = (None, "S1", "s1", "S1 ")[number % 4]
            self.add("mixed", start + number * 10 * MINUTE, session_id=given)
        self.add("mixed", start + 9 * DAY, session_id="S1")
        for number, customer in enumerate((None, "c25", None, "c26", None)):
            timestamp = start + 40 * DAY + number * MINUTE
            self.add("changes", timestamp, session_id="S1", customer_id=customer)
        self.add(None, start, session_id="S1", customer_id="c27")
        self.add(None, start, session_id="S1", customer_id="C1")
        self.add(None, start, session_id="S1", customer_id="c1")

    def _ties(self) -> None:
        """Everything at one time: the ids decide, by their bytes."""
        timestamp = at("2023-05-05 05:05:05")
        ids = ["é", "E-b", "E_a", "e a", "Z", "a", "ä", "10", "9"]
        for number, name in enumerate(ids):
            given = None if number % 2 else "tied"
            self.add(
                "tie",
                timestamp + (number // 5) * MINUTE,
                event_id=name,
                session_id=given,
                channel=[None, "微信小程序", "Web", "carrier pigeon"][number % 4],
                source=[None, "b", "a"][number % 3],
                page=[f"/{number}", None][number // 3 % 2],
                device=None if number < 5 else f"device {number}",
            )

    def _orders(self) -> None:
        """Events that name orders, and visits of buyers around the times of their orders."""
        start = at("2023-06-05 10:00:00")
        for order_id in ("w1", "w5", "w6", "no such order", "W1"):
            for number, visitor in enumerate(("buyer b", "buyer a", "buyer a")):
                # two visitors at one time, and one of them again on the next day
                timestamp = start + (DAY if number == 2 else timedelta())
                self.add(visitor, timestamp, order_id=order_id, event_name="checkout")
        for customer in ("c29", "c30"):
            for minutes in (0, 20):
                self.add(None, start + minutes * MINUTE, customer_id=customer)
            for minutes in (10, 15):
                timestamp = start + minutes * MINUTE
                self.add(None, timestamp, customer_id=customer, session_id="inner")
        for timestamp in ("2024-02-01 10:00:00", "2024-02-01 10:10:00"):
            self.add(None, at(timestamp), customer_id="c29", event_name="Purchase")

    def _bots(self) -> None:
        """More than 300 events in a clock hour, exactly 300, and 301 in an hour across two."""
        start = at("2023-07-03 09:00:00")
        for number in range(301):
            timestamp = start + number * timedelta(seconds=11)
            self.add("fast", timestamp, customer_id="c31" if number == 5 else None)
            self.add("fast in two hours", timestamp + 30 * MINUTE)
            self.add(None, timestamp, customer_id="c32")
            self.add("fast later", timestamp + 250 * DAY)
            if number:
                self.add("almost", timestamp)
        self.add("fast", start - 5 * DAY)
        self.add("fast", start + 5 * DAY, customer_id="c33")
        self.add("calm", start, customer_id="c32")
        self.add("fast later", start + DAY, customer_id="c34")
        for number, program in enumerate(PROGRAMS):
            self.add("program", start + number * MINUTE, user_agent=program)
        self.add("program", start + DAY, customer_id="c35", user_agent=PROGRAMS[0])
        self.add("program", start + DAY)
        self.add(None, start)
        self.add(None, start, user_agent=PROGRAMS[1])

    def _faults(self) -> None:
        """Events that are rejected, by the reason that they are to have; ids tell which."""
        timestamp = at("2023-05-01 10:00:00")
        again = {"customer_id": "c36", "loaded_at": "2025-03-02 00:00:00"}
        self.add("fault", timestamp, event_id="no time", occurred_at=None)
        self.add("fault", timestamp, event_id="odd time", occurred_at="2023-02-30 10:00")
        self.add("fault", timestamp, event_id="no name", event_name=" ")
        self.add("fault", timestamp, event_id="future", occurred_at="2999-01-01 10:00:00")
        self.add("fault", timestamp, event_id="ancient", occurred_at="1989-12-31 23:59:59")
        self.add("fault", timestamp, event_id="twice")
        self.add("fault", timestamp + DAY, event_id="twice", **again)
        self.add("fault", timestamp, event_id="broken copy")
        self.add("fault", timestamp, event_id="broken copy", occurred_at="soon", **again)
        # without an id: equal to the byte, equal but for the page, and once more much later
        for page, minutes in (("/a", 0), ("/a", 0), ("/b", 1), (None, 1), ("/a", 120)):
            same = {"event_id": None, "event_name": "home", "page": page, "user_agent": None}
            self.add("fault", timestamp + minutes * MINUTE, **same)

    def _tangle(self) -> None:
        """Few people and timestamps, many events: visitors, customers and given ids at random."""
        pick = self.random.choice
        for _ in range(500):
            timestamp = at("2023-07-20") + pick(range(14)) * 9 * DAY + pick(range(40)) * 10 * MINUTE
            customer = pick([None] * 9 + ["c1", "c2", "C1", "card1", "chain1", "Z"])
            self.add(
                pick(["t1", "t2", "t3", "T1", None if customer else "t1"]),
                timestamp,
                customer_id=customer,
                session_id=pick([None, None, None, "S1", "S2"]),
                channel=pick([None, None, "app", "h5"]),
                device=pick([None, "ios", "Pixel 8"]),
                source=pick([None, "baidu", "Baidu", "direct"]),
                medium=pick([None, "cpc", "CPC"]),
                campaign=pick([None, "a", "b"]),
                page=pick([None, "/x", "/y"]),
            )


def odd_links() -> list[Row]:
    """Visitors that are tied to customers by a link, on time, later or always."""
    links = [
        ("visitor", "undated", "c11", None),
        ("VISITOR", "undated by card", "old card", None),
        ("member_card", "old card", "c13", "2023-08-01 00:00:00"),
        ("visitor", "linked", "c37", "2023-09-05 15:59:59"),
        ("visitor", "linked later", "c38", "2023-09-05 16:00:00"),
        ("visitor", "three and a link", "c39", None),
        ("visitor", "two", "a-b", "2023-06-11 00:00:00"),
        ("visitor", "no such visitor", "c1", None),
    ]
    return [
        {
            "identifier_type": kind,
            "identifier": identifier,
            "customer_id": customer,
            "linked_at": timestamp,
            "loaded_at": LOADED,
        }
        for kind, identifier, customer, timestamp in links
    ]


def odd_orders() -> list[Row]:
    """Orders around the visits of their buyers, to the millisecond."""
    orders = [
        ("w1", "c28", "2023-06-05 11:00:00", "paid", None),
        ("w2", "c29", "2023-06-05 10:50:00", "paid", "2023-06-07 10:00:00"),
        ("w3", "c29", "2023-06-05 10:50:00.001", "paid", None),
        ("w4", "c30", "2023-06-05 10:10:00", "placed", None),
        ("w5", None, "2023-06-05 10:30:00", "completed", None),
        ("w6", "c30", "2023-06-05 10:05:00", "cancelled", None),
        ("w7", "c30", "2023-06-05 09:59:59.999", "paid", "2023-09-05 16:00:00"),
        ("w8", "c30", "2023-06-05 10:15:00", "cancelled", "2023-06-05 10:16:00"),
    ]
    return [
        {
            "order_id": order_id,
            "customer_id": customer,
            "ordered_at": timestamp,
            "paid_amount": "100.00",
            "status": status,
            "paid_at": paid_at,
            "loaded_at": LOADED,
        }
        for order_id, customer, timestamp, status, paid_at in orders
    ]
