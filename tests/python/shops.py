"""Small generated shops with edge cases that real shops rarely have."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from odd_visits import OddVisits, odd_links, odd_orders
from warehouse import write_shop

START = datetime(2023, 1, 1)
DAYS = 500
STATUSES = ["paid", "Completed ", "已完成", "shipped", "Refunded", "refunded", "cancelled"]
STATUSES += ["placed", "", "Awaiting Payment", "退款成功", "on the moon", "in-transit", None]
CURRENCIES = ["CNY", "CNY", "CNY", "CNY", "cny ", None, "USD", " usd", "EUR", "JPY", "XXX"]
CATEGORIES = ["手机", "Smart Phone", "shoes", "Shoes ", "odd things", "FOOD", None, "beauty"]
LOADED = datetime(2025, 1, 1)


def hostile_shop(folder: Path, seed: int = 1) -> Path:
    """A shop full of ties, copies, chains, odd currencies and refunds in every wrong way."""
    random = Random(seed)
    maker = _Maker(random)
    tables = {
        "customers": maker.customers(),
        "products": maker.products(),
        "exchange_rates": maker.exchange_rates(),
        "identity_links": maker.identity_links(),
        "orders": maker.orders(),
        "order_items": maker.order_items(),
        "refunds": maker.refunds(),
        "reviews": maker.reviews(),
        "support_tickets": maker.support_tickets(),
        "subscriptions": maker.subscriptions(),
        "events": maker.events(),
        "nps_responses": maker.nps_responses(),
        "point_transactions": maker.point_transactions(),
        "campaigns": maker.campaigns(),
        "campaign_sends": maker.campaign_sends(),
        "ad_spend": maker.ad_spend(),
    }
    tables["events"] += OddVisits().events
    tables["identity_links"] += odd_links()
    tables["orders"] += odd_orders()
    for rows in tables.values():
        random.shuffle(rows)
    return write_shop(folder, tables)


def spell_time(random: Random, timestamp: datetime) -> str:
    """One of the many ways in which a time can be written."""
    slashes = (
        f"{timestamp.year}/{timestamp.month}/{timestamp.day} {timestamp.hour}:{timestamp:%M:%S}"
    )
    ahead = timestamp + timedelta(hours=8)
    behind = timestamp - timedelta(hours=3, minutes=30)
    return random.choice(
        [
            f"{timestamp:%Y-%m-%d %H:%M:%S}",
            f"{timestamp:%Y-%m-%d %H:%M:%S}",
            f"{timestamp:%Y-%m-%dT%H:%M:%SZ}",
            f"{timestamp:%Y-%m-%dT%H:%M:%S.000}",
            slashes,
            f"{ahead:%Y-%m-%dT%H:%M:%S}+08:00",
            f"{ahead:%Y/%m/%d %H:%M:%S} +0800",
            f"{behind:%Y-%m-%d %H:%M:%S}-03:30",
            f"\t{timestamp:%Y-%m-%d %H:%M:%S} ",
        ]
    )


class _Maker:
    """Makes the tables one after the other; later ones refer to earlier ones."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.accounts = [f"c{n}" for n in range(1, 46)] + ["C1", "客户 7", "Ünal", "a-b", "Z"]
        self.cards = [f"card{n}" for n in range(12)]
        self.loads = 0

    def _loaded(self) -> str | None:
        """A different timestamp for each call, in no order of rows; seldom none at all."""
        self.loads += 1
        timestamp = LOADED + timedelta(minutes=(self.loads * 7919) % 100_003)
        return f"{timestamp:%Y-%m-%d %H:%M:%S}"

    def _timestamp(self) -> datetime:
        """A timestamp; often on a full day or shortly around midnight in Shanghai or in UTC."""
        day = START + timedelta(days=self.random.randrange(DAYS))
        edges = [0, 1, -1, 16 * 3600, 16 * 3600 - 1, 16 * 3600 + 1]
        seconds = self.random.choice([*edges, self.random.randrange(86400)])
        return day + timedelta(seconds=seconds)

    def _time(self, timestamp: datetime) -> str:
        return spell_time(self.random, timestamp)

    def _pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def _amount(self, top: float = 900) -> str:
        """An amount; half cents and more decimals than a currency has are common."""
        places = self._pick(0, 1, 2, 2, 2, 3, 4)
        amount = f"{self.random.random() * top:.{places}f}"
        return self._pick(amount, amount, f"+{amount}", f" {amount}", "0.005", "10.125")

    def customers(self) -> list[dict[str, Any]]:
        """Accounts; some share an address, some are registered after their orders or never."""
        rows = []
        for number, account in enumerate(self.accounts):
            registered = START + timedelta(days=self.random.randrange(-50, DAYS))
            rows.append(
                {
                    "customer_id": account,
                    "registered_at": self._pick(self._time(registered), None),
                    "email": self._pick(f"Mail{number % 15}@shop.cn", f" mail{number % 15}@SHOP.cn")
                    if number % 3
                    else None,
                    "city": self._pick("Berlin", "上海", None, "ÅRHUS", "zürich", "Zürich"),
                    "birth_date": self._pick("1990-02-29", "1988/2/29", "2001-07-30", None),
                    "loaded_at": self._loaded(),
                }
            )
        again = [dict(row) for row in self.random.sample(rows, 10)]
        for row in again:
            row |= {"city": "Oslo", "loaded_at": self._loaded()}
        return rows + again

    def products(self) -> list[dict[str, Any]]:
        """Products with categories in many spellings, some without price or cost."""
        return [
            {
                "product_id": f"p{number}",
                "category": self._pick(*CATEGORIES),
                "brand": self._pick("Ähre", "Zeta", "apex", "Apex", None),
                "list_price": self._pick(self._amount(200), None),
                "unit_cost": self._pick(self._amount(100), None),
                "loaded_at": self._loaded(),
            }
            for number in range(20)
        ]

    def exchange_rates(self) -> list[dict[str, Any]]:
        """Rates with gaps, and none in the first weeks."""
        rows = []
        for currency, rate in (("USD", 7.1), ("EUR ", 7.85), ("jpy", 0.0487)):
            for day in range(20, DAYS, 9):
                rate_date = START + timedelta(days=day)
                value = f"{rate * (1 + self.random.random() / 20):.{self._pick(2, 4, 8)}f}"
                rows.append(
                    {
                        "currency": currency,
                        "rate_date": f"{rate_date:%Y-%m-%d}",
                        "rate_to_reporting": self._pick(value, value, value, "0", "-1", "1e1"),
                        "loaded_at": self._loaded(),
                    }
                )
        again = [
            dict(row, rate_to_reporting="5.5", loaded_at=self._loaded())
            for row in self.random.sample(rows, 15)
        ]
        return rows + again

    def identity_links(self) -> list[dict[str, Any]]:
        """Cards that move between accounts, chains, cycles, visitors and hashes of addresses."""
        links: list[tuple[str, str, str, datetime | None]] = []
        for card in self.cards:
            for _ in range(self._pick(1, 1, 2, 3)):
                links.append(
                    ("member_card", card, self._pick(*self.accounts[:30]), self._linked_at())
                )
        links += [
            ("member_card", "chain1", "chain2", None),
            ("member_card", "chain2", "c3", START + timedelta(days=200)),
            ("old_account", "c40", "c41", START + timedelta(days=100)),
            ("old_account", "c41", "c42", START + timedelta(days=300)),
            ("member_card", "loop1", "loop2", None),
            ("member_card", "loop2", "loop1", START),
            ("member_card", "self", "self", None),
            ("member_card", "into", "loop1", None),
            ("Visitor", "c5", "c6", None),
            ("visitor", "v1", "c6", START),
        ]
        for number in (1, 2, 20):
            address = sha256(f"mail{number}@shop.cn".encode()).hexdigest()
            links.append(("email_hash", address, f"c{number + 10}", self._linked_at()))
        return [
            {
                "identifier_type": kind,
                "identifier": identifier,
                "customer_id": customer,
                "linked_at": self._time(timestamp) if timestamp else None,
                "loaded_at": self._loaded(),
            }
            for kind, identifier, customer, timestamp in links
        ]

    def _linked_at(self) -> datetime | None:
        return self._pick(None, self._timestamp(), self._timestamp())

    def orders(self) -> list[dict[str, Any]]:
        """Orders of accounts, cards and guests; several versions of many, some of them broken."""
        buyers = [*self.accounts, *self.cards, "chain1", "chain2", "loop1", "loop2", "self", "into"]
        rows = []
        self.order_ids = []
        for number in range(700):
            # ids that sort differently by bytes and by a locale
            order_id = self._pick(f"o{number}", f"O{number}", f"ö-{number}", f"_{number}")
            self.order_ids.append(order_id)
            timestamp = self._timestamp()
            buyer = self._pick(*buyers, None, None, None, None, None, None)
            row = {
                "order_id": order_id,
                "customer_id": buyer,
                "ordered_at": self._time(timestamp),
                "paid_amount": self._amount(),
                "status": self._pick(*STATUSES),
                "currency": self._pick(*CURRENCIES),
                "tax_amount": self._pick(None, "0", self._amount(50), "n/a"),
                "shipping_amount": self._pick(None, "", "12", self._amount(20), "free"),
                "gross_amount": self._pick(None, self._amount(1200)),
                "discount_amount": self._pick(None, self._amount(100)),
                "channel": self._pick("APP", "小程序", "Web", None, "carrier pigeon", "in-store"),
                "email": self._pick(None, f"MAIL{self.random.randrange(22)}@shop.cn "),
                "shipped_at": self._pick(None, self._time(timestamp + timedelta(days=2)), "soon"),
                "delivered_at": self._pick(None, self._time(timestamp + timedelta(days=40))),
                "paid_at": self._pick(None, self._time(timestamp + timedelta(days=1))),
                "loaded_at": self._loaded(),
            }
            rows.append(row)
            if number % 4 == 0:
                rows += self._versions(row)
        self.all_orders = rows
        return rows

    def _versions(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        changes: list[Callable[[], dict[str, Any]]] = [
            lambda: {"ordered_at": self._time(self._timestamp())},
            lambda: {"status": "cancelled"},
            lambda: {"paid_amount": self._amount()},
            lambda: {"paid_amount": self._pick("-3", "1e3", "", "NaN", "1,000.00")},
            lambda: {"ordered_at": self._pick("2024-02-30", "1969-12-31", "2999-01-01", " ")},
            lambda: {"customer_id": self._pick("test", "TEST_1", "c9", None)},
            lambda: {"email": self._pick("a@test.cn", "B@Example.com", "c@contest.org")},
            lambda: {"currency": "KRW"},
        ]
        versions = []
        for _ in range(self._pick(1, 1, 2, 3)):
            versions.append(row | self._pick(*changes)() | {"loaded_at": self._loaded()})
        return versions

    def order_items(self) -> list[dict[str, Any]]:
        """Lines with and without a number, of good, bad and unknown orders."""
        rows = []
        for order_id in [*self.order_ids, "nowhere"]:
            for line_number in range(1, self._pick(1, 2, 3, 4)):
                rows.append(
                    {
                        "order_id": order_id,
                        "line_number": self._pick(line_number, line_number, f"{line_number}.0", ""),
                        "product_id": f"p{self.random.randrange(22)}",
                        "quantity": self._pick(1, 1, 2, 3, "2.0", 999, 1000, 0, -1, "1.5"),
                        "unit_price": self._pick(self._amount(), self._amount(9), "-1", "0"),
                        "unit_list_price": self._pick(None, self._amount(999)),
                        "unit_cost": self._pick(None, self._amount(99)),
                        "loaded_at": self._loaded(),
                    }
                )
        again = [
            dict(row, quantity=self._pick(5, 1000, "x"), loaded_at=self._loaded())
            for row in self.random.sample(rows, 60)
        ]
        return rows + again

    def refunds(self) -> list[dict[str, Any]]:
        """Refunds with an order or without, beyond its amount, at equal times, before it."""
        rows = []
        parts = Random(5)
        for number in range(400):
            placed = self._pick(*self.all_orders[:250])
            named = self._pick(True, True, False)
            buyer = placed["customer_id"] or self._pick(*self.accounts)
            timestamp = START + timedelta(days=self.random.randrange(DAYS), hours=16)
            rows.append(
                {
                    "refund_id": self._pick(f"r{number}", f"R{number}", f"é{number}"),
                    "refunded_at": self._time(timestamp),
                    "refund_amount": self._amount(self._pick(5, 300, 2000)),
                    "tax_amount": parts.choice([None, None, None, "0", "-1", "3.33", "9"]),
                    "shipping_amount": parts.choice([None, None, None, "5", "x"]),
                    "currency": parts.choice([None, None, None, "eur", "USD ", "CNY", "GBP"]),
                    "order_id": placed["order_id"] if named else None,
                    "customer_id": self._pick(buyer, *self.cards) if not named else None,
                    "product_id": self._pick(None, f"p{self.random.randrange(20)}"),
                    "line_number": self._pick(None, 1, 2),
                    "quantity": self._pick(None, 1, 2, "-1"),
                    "loaded_at": self._loaded(),
                }
            )
        again = [
            dict(row, refund_amount=self._pick("-1", "7.77", ""), loaded_at=self._loaded())
            for row in self.random.sample(rows, 40)
        ]
        return rows + again

    def reviews(self) -> list[dict[str, Any]]:
        """Good and bad reviews by accounts and cards."""
        return [
            {
                "review_id": f"rv{number}",
                "created_at": self._time(self._timestamp()),
                "customer_id": self._pick(*self.accounts, *self.cards, None),
                "rating": self._pick("1", "1.0", "2", "3", "5", "five", None),
                "loaded_at": self._loaded(),
            }
            for number in range(300)
        ]

    def support_tickets(self) -> list[dict[str, Any]]:
        """Complaints and others by accounts and cards."""
        return [
            {
                "ticket_id": f"t{number}",
                "opened_at": self._time(self._timestamp()),
                "customer_id": self._pick(*self.accounts, *self.cards, None),
                "ticket_type": self._pick("complaint", "Complaint", "inquiry", "return", None),
                "loaded_at": self._loaded(),
            }
            for number in range(400)
        ]

    def subscriptions(self) -> list[dict[str, Any]]:
        """Consent that comes and goes."""
        return [
            {
                "customer_id": self._pick(*self.accounts),
                "channel": self._pick("email", "Email", "sms", "push"),
                "status": self._pick("subscribed", "unsubscribed", "Unsubscribed"),
                "changed_at": self._time(START + timedelta(minutes=number * 1717)),
                "loaded_at": self._loaded(),
            }
            for number in range(400)
        ]

    def events(self) -> list[dict[str, Any]]:
        """Events, some without an id, some of them duplicates."""
        rows = [
            {
                "event_id": self._pick(f"e{number}", None),
                "occurred_at": self._time(START + timedelta(minutes=number * 2401)),
                "event_name": self._pick("view", "加购", "Add to Cart", "odd event"),
                "visitor_id": f"v{number % 9}",
                "customer_id": self._pick(None, *self.accounts),
                "page": self._pick(None, "/home", "/p?q=ä"),
                "loaded_at": self._loaded(),
            }
            for number in range(300)
        ]
        return rows + [dict(row) for row in self.random.sample(rows, 30)]

    def nps_responses(self) -> list[dict[str, Any]]:
        """Answers on and beyond the scale."""
        return [
            {
                "response_id": f"n{number}",
                "responded_at": self._time(self._timestamp()),
                "score": self._pick(0, 10, 7, "9.0", 11, "-1", "7.5"),
                "customer_id": self._pick(*self.accounts, None),
                "loaded_at": self._loaded(),
            }
            for number in range(60)
        ]

    def point_transactions(self) -> list[dict[str, Any]]:
        """Points earned and used."""
        return [
            {
                "transaction_id": f"pt{number}",
                "customer_id": self._pick(*self.accounts),
                "occurred_at": self._time(self._timestamp()),
                "transaction_type": self._pick("earn", "Redeem", "expire"),
                "points": self._pick(5, "10.0", "-3", "many"),
                "loaded_at": self._loaded(),
            }
            for number in range(60)
        ]

    def campaigns(self) -> list[dict[str, Any]]:
        """Campaigns, some without a time."""
        return [
            {
                "campaign_id": f"k{number}",
                "campaign_type": self._pick("email", "coupon", None),
                "starts_at": self._pick(None, self._time(self._timestamp())),
                "cost_amount": self._pick(None, self._amount()),
                "loaded_at": self._loaded(),
            }
            for number in range(12)
        ]

    def campaign_sends(self) -> list[dict[str, Any]]:
        """Sends of which some were opened later."""
        return [
            {
                "campaign_id": f"k{number % 12}",
                "customer_id": self._pick(*self.accounts),
                "sent_at": self._time(self._timestamp()),
                "variant": self._pick("treatment", "Control"),
                "opened_at": self._pick(None, self._time(self._timestamp())),
                "loaded_at": self._loaded(),
            }
            for number in range(80)
        ]

    def ad_spend(self) -> list[dict[str, Any]]:
        """Spending by day; the same day twice is a copy."""
        return [
            {
                "spend_date": f"{START + timedelta(days=number // 2):%Y/%m/%d}",
                "source": self._pick("baidu", "Google"),
                "medium": self._pick("cpc", None),
                "cost_amount": self._amount(),
                "loaded_at": self._loaded(),
            }
            for number in range(60)
        ]


# -- odd values -----------------------------------------------------------------------------------

# no letters whose capitals are another letter or two (ß, İ): there warehouses differ, and may

ODD_TIMES = (
    """
2024-02-30|2024-2-9|2024/01/05 7:05|2024-01-05T24:00:00|2024-01-05 23:59:60|2024-01-05 23:59:59
2024-01-05T10:00:00+14:00|2024-01-05T10:00:00+15:00|2024-01-05T10:00:00-12:45|2024-01-05 10:00+0530
2024-01-05 10:00:00+5|2024-01-05 10:00:00 Z|2024-01-05t10:00:00z|2024-01-05 10|2024-01-05T1:2
2024-01-05 10:00:00.1234567|2024-01-05 10:00:00.123456789Z|2024-01-05 10:00:00.1234567890
0999-01-01|10000-01-01|2024-01-05  10:00|２０２４-01-05|2024-01/05|1900-02-29|2000-02-29|now|today
-infinity|2024-01-05 10:00:00 UTC|20240105|2024-01-05T10:00:00.5-01|2024-00-10|2024-01-32|1/5/2024
2024-12-31T23:30:00-01:00|1990-01-01|1989-12-31 23:59:59|2024-01-05T10:00:00 +08:00|2024-01-05T
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
ODD_NUMBERS = (
    """
1.00005|0.00005|0.00004|-0|+|.|-.5|1.|00|١٢|１２|½|1 000|$5|5%|1e-5|0x1A|1.2.3|true|-0.00004|1.0|2.5
+2|1e2|2147483648|9999999999|.0|00007|-1|999|1000|0.0|NaN|Infinity|1,5|2.0000|12.3456|7.00000001
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
ODD_TEXTS = [
    *("PAID ", "paid\u200b", "STRASSE", "Ärger", "ñ", "null", "NULL", "None", "N/A", "\\N"),
    *("a|b", 'a"b', "a'b", "a\\b", "a\nb", "a\r\nb", "a\tb", "\u00a0 x \u3000", "\ufeffx", "👍🏽"),
    *("é", "e\u0301", "i", "I", "-", "--", " - ", "a  b", "A_B", "a-b", "x" * 300, "{}"),
    *("是", "TRUE", "yes", "0", "1", "%", "_", "$1", "{{ x }}", "email", "Subscribed", "complaint"),
]
ODD_VALUES = {
    "timestamp": ODD_TIMES,
    "date": ODD_TIMES,
    "decimal": ODD_NUMBERS,
    "integer": ODD_NUMBERS,
    "boolean": ODD_TEXTS,
    "text": ODD_TEXTS,
}
GOOD_VALUES = {
    "timestamp": "2024-01-04 10:00:00",
    "date": "2024-01-04",
    "decimal": "5",
    "integer": "5",
    "boolean": "true",
    "text": None,
}


def odd_shop(folder: Path, columns: dict[str, dict[str, str]], required: dict[str, Any]) -> Path:
    """One row for each column and odd value of its type; all other values of the row are good.

    columns: types of the columns by table; required: which of them a row cannot do without.
    """
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, types in columns.items():
        rows = tables.setdefault(table, [])
        for odd_column, odd_type in types.items():
            for value in ODD_VALUES[odd_type]:
                row = {column: GOOD_VALUES[kind] for column, kind in types.items()}
                for column in required[table]:
                    # ids that orders, lines, refunds and people share
                    row[column] = row[column] or f"{column}-{len(rows) % 700}"
                if table == "orders":
                    row |= {"order_id": f"order_id-{len(rows)}", "customer_id": f"c{len(rows) % 9}"}
                if table != "orders" and "order_id" in row and "customer_id" in row:
                    row |= {"order_id": f"order_id-{len(rows) % 700}"}
                rows.append(row | {odd_column: value})
    return write_shop(folder, tables)
