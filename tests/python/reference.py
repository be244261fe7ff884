"""The rules of the project once more, in plain Python: cleaning, orders, RFM and churn.

Written from the definitions and not from the models, with exact fractions instead of SQL's
decimals, so that the two can be held against each other. It knows the tables that these rules
need, and it reads a folder of CSV files with nothing but the csv module.
"""

import csv
import fnmatch
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import yaml
from warehouse import PROJECT, read_shop

Raw = dict[str, str]
CENT = Decimal("0.01")
WHITESPACE = " \t\r\n\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x2010)))
WHITESPACE += "\u2060\ufeff"
DAY = r"([1-9]\d{3})[-/](\d{1,2})[-/](\d{1,2})"
CLOCK = r"[Tt ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?"
OFFSET = r" ?([Zz]|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)(?:\[[A-Za-z0-9/_+-]+\])?"
TIME = re.compile(f"{DAY}(?:{CLOCK}(?:{OFFSET})?)?", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


# -- reading values -------------------------------------------------------------------------------


def text(value: str | None) -> str | None:
    """A value without surrounding whitespace; None if nothing is left."""
    return (value or "").strip(WHITESPACE) or None


def cents(value: Fraction | Decimal | int) -> Decimal:
    """An exact amount, half up to cents."""
    exact = Fraction(value)
    return half_up(exact, 2)


def half_up(value: Fraction, places: int) -> Decimal:
    """An exact number, half up (away from zero) to decimal places."""
    scaled = abs(value) * 10**places
    whole = (scaled * 2 + 1) // 2
    return Decimal(int(whole) if value >= 0 else -int(whole)).scaleb(-places)


def number(value: str | None) -> Decimal | None:
    """A plain decimal number."""
    found = text(value)
    return Decimal(found) if found and NUMBER.fullmatch(found) else None


def integer(value: str | None, digits: int = 10) -> int | None:
    """A whole number of so many digits at most, however many zeros its decimals have."""
    found = number(value)
    if found is None or found != int(found) or abs(found) >= 10**digits:
        return None
    return int(found)


def identifier(value: str | None) -> str | None:
    """An id as people mean it; an e-mail address as its pseudonym."""
    found = text(value)
    if found and found.startswith('="') and found.endswith('"') and len(found) > 2:
        found = found[2:-1].strip()
    elif found and found.startswith("'"):
        found = found[1:].strip()
    if found and re.fullmatch(r"\d+\.0+", found, re.ASCII):
        found = found.partition(".")[0]
    if found and "@" in found:
        return guest_id(found)
    return found or None


def person(value: str | None) -> str | None:
    """The id of a customer or visitor; None for a placeholder."""
    found = identifier(value)
    return None if found and found.lower() in PLACEHOLDERS else found


def address(value: str | None) -> str | None:
    """An e-mail address in lower case; it has an @ and is no placeholder."""
    found = (text(value) or "").lower()
    return found if "@" in found and found not in PLACEHOLDERS else None


def guest_id(mail: str) -> str:
    """The person of an e-mail address that no account has."""
    return f"person:{sha256(mail.lower().encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class Zone:
    """The shop's time zone, and that of raw times without an offset."""

    name: str = "UTC"
    raw: str = "UTC"

    def day(self, timestamp: datetime) -> date:
        """The shop's day of a timestamp in UTC."""
        return timestamp.replace(tzinfo=UTC).astimezone(ZoneInfo(self.name)).date()

    def midnight(self, day: date) -> datetime:
        """The timestamp in UTC at which a day of the shop begins."""
        return to_utc(datetime.combine(day, time()), self.name)

    def timestamp(self, value: str | None) -> datetime | None:
        """A written time in UTC; a day alone is midnight in the shop."""
        found = TIME.fullmatch(text(value) or "")
        if not found:
            return None
        year, month, day, hour, minute, second, fraction, offset = found.groups()
        try:
            if hour is None:
                return self.midnight(date(int(year), int(month), int(day)))
            parts = [int(year), int(month), int(day), int(hour), int(minute), int(second or 0)]
            timestamp = datetime(*parts, int((fraction or "0").ljust(6, "0")[:6]))
        except ValueError:
            return None
        if not offset:
            return to_utc(timestamp, self.raw)
        if offset[0] in "+-":
            digits = offset[1:].replace(":", "").ljust(4, "0")
            shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
            timestamp += shift if offset[0] == "-" else -shift
        return timestamp


def to_utc(local: datetime, zone: str) -> datetime:
    """A local time in UTC: the later one where the clocks go back, one hour on where they go on."""
    readings = [local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
    return local - min(reading.utcoffset() for reading in readings)


def written_day(value: str | None) -> date | None:
    """The day of a date column, as it is written."""
    found = TIME.fullmatch(text(value) or "")
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


# -- the contract and the word lists --------------------------------------------------------------


@dataclass(frozen=True)
class Contract:
    """One table of the input contract."""

    key: tuple[str, ...]
    as_of: str | None
    types: dict[str, str]
    required: tuple[str, ...]


def contract() -> dict[str, Contract]:
    """All tables of the contract, from the properties of the input models."""
    file = PROJECT / "models" / "input" / "_input_shop__models.yml"
    tables = {}
    for table in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]:
        meta = table["config"]["meta"]
        required = [
            column["name"]
            for column in table["columns"]
            if column.get("config", {}).get("meta", {}).get("required")
        ]
        types = {column["name"]: column["data_type"] for column in table["columns"]}
        tables[table["name"].removeprefix("input_shop__")] = Contract(
            tuple(meta["key"]), meta.get("as_of"), types, tuple(required)
        )
    return tables


CONTRACT = contract()
PERSONS = ("customer_id", "visitor_id", "identifier")


def seed(name: str) -> list[Raw]:
    """The rows of a seed."""
    with (PROJECT / "seeds" / "config" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


PLACEHOLDERS = {row["placeholder"].lower() for row in seed("placeholder_ids")} | {"null"}


def mapping(name: str, column: str) -> dict[str, str]:
    """A mapping seed: the exported value and its canonical value."""
    return {row["word"]: row[column] for row in seed(name)}


PUNCTUATION = str.maketrans({" ": "_", "-": "_", "–": "_", "，": ",", "（": "(", "）": ")"})


def word_key(value: str) -> str:
    """The spelling in mapping seeds: lower case with underscores and half-width punctuation."""
    return value.lower().translate(PUNCTUATION).replace("___", "_")


# -- cleaning -------------------------------------------------------------------------------------


@dataclass
class Line:
    """One raw row: its values as read, and why it is rejected (None: accepted)."""

    table: str
    raw: Raw
    values: dict[str, object]
    key: str
    reason: str | None = None
    matched_order_id: str | None = None

    def __getitem__(self, column: str) -> object:
        return self.values.get(column)

    @property
    def amount(self) -> Decimal:
        """The money the row carries in its own currency; unreadable counts as 0."""
        if self.table == "orders":
            return number(self.raw.get("paid_amount")) or Decimal(0)
        if self.table == "refunds":
            return number(self.raw.get("refund_amount")) or Decimal(0)
        if self.table == "order_items":
            quantity = integer(self.raw.get("quantity")) or 0
            return quantity * (number(self.raw.get("unit_price")) or Decimal(0))
        return Decimal(0)


@dataclass
class Shop:
    """A folder of raw files, cleaned. Rows after the as-of day are accepted here."""

    folder: Path
    as_of_date: date | None = None
    zone: Zone = field(default_factory=Zone)
    earliest: date = date(1990, 1, 1)
    latest: date = field(default_factory=lambda: datetime.now(UTC).date())
    max_line_quantity: int = 1000

    @cached_property
    def lines(self) -> dict[str, list[Line]]:
        """All rows of all tables, each with its reason if it is rejected."""
        raw = read_shop(self.folder)
        read = {table: [self._read(table, row) for row in raw.get(table, [])] for table in CONTRACT}
        for table, lines in read.items():
            if table not in ("orders", "order_items", "refunds", "identity_links"):
                self._reject_older_versions(table, lines)
        self._reject_cycles(read["identity_links"])
        self._reject_older_versions("identity_links", read["identity_links"])
        self._check_orders(read)
        self._reject_older_versions("orders", read["orders"])
        orders = {line["order_id"] for line in read["orders"] if not line.reason}
        for line in read["order_items"]:
            if not line.reason:
                line.reason = self._line_error(line, orders)
        self._reject_older_versions("order_items", read["order_items"])
        self._match_refunds(read)
        self._reject_older_versions("refunds", read["refunds"])
        return read

    def accepted(self, table: str) -> list[Line]:
        """The rows of a table that are not rejected."""
        return [line for line in self.lines[table] if not line.reason]

    @property
    def links(self) -> "Links":
        """Which person an account belongs to, and when."""
        return Links(self.accepted("identity_links"))

    def _read(self, table: str, raw: Raw) -> Line:
        columns = CONTRACT[table].types
        values = {
            column: self._value(column, raw.get(column), kind) for column, kind in columns.items()
        }
        if values.get("currency"):
            # compared in capitals, also where it is part of a key
            values["currency"] = str(values["currency"]).upper()
        parts = []
        for column in CONTRACT[table].key:
            value = values[column]
            if value is None:
                value = text(raw.get(column)) or ""
            # texts that are part of a key are compared in one spelling
            is_word = column in ("identifier_type", "channel")
            parts.append(str(value).lower() if is_word else str(value))
        line = Line(table, raw, values, "|".join(parts))
        if table == "events" and not line.key:
            rest = [text(raw.get(column)) or "" for column in columns if column != "loaded_at"]
            line.key = "\x1f".join(rest)
        line.reason = self._value_error(line)
        return line

    def _value(self, column: str, value: str | None, kind: str) -> object:
        if column in PERSONS:
            return person(value)
        if column == "email":
            return address(value)
        if column == "line_number":
            return integer(value, 18)
        readers: dict[str, Callable[[str | None], object]] = {
            "text": identifier if column.endswith("_id") else text,
            "decimal": number,
            "integer": integer,
            "timestamp": self.zone.timestamp,
            "date": written_day,
            "boolean": text,
        }
        return readers[kind](value)

    def _value_error(self, line: Line) -> str | None:
        described = CONTRACT[line.table]
        for column in described.required:
            is_placeholder = column in PERSONS and line[column] is None
            if text(line.raw.get(column)) is None or is_placeholder:
                return f"missing_{column}"
            if line[column] is None:
                return f"unreadable_{column}"
        if line.table == "nps_responses" and not 0 <= line["score"] <= 10:
            return "unreadable_score"
        if line.table == "orders" and self._is_test(line):
            return "test_order"
        times = [column for column in described.required if described.types[column] == "timestamp"]
        days = [column for column in described.required if described.types[column] == "date"]
        for column in times:
            if not self.earliest <= self.zone.day(line[column]) <= self.latest:
                return "impossible_time"
        for column in days:
            if not self.earliest <= line[column] <= self.latest:
                return "impossible_time"
        if line.table == "exchange_rates" and line["rate_to_reporting"] <= 0:
            return "impossible_rate"
        return None

    @cached_property
    def _test_patterns(self) -> list[Raw]:
        return seed("test_order_patterns")

    def _is_test(self, line: Line) -> bool:
        return any(
            fnmatch.fnmatchcase(
                (text(line.raw.get(pattern["column_name"])) or "").lower(), pattern["pattern"]
            )
            for pattern in self._test_patterns
        )

    def _reject_older_versions(self, table: str, lines: list[Line]) -> None:
        """Of the good rows of a key the newest stays; of lines without a number the newest load."""
        good = [
            line
            for line in lines
            if not line.reason and not (table == "order_items" and line["line_number"] is None)
        ]
        newest = self._newest(good)
        for line in good:
            if line is not newest[line.key]:
                line.reason = "duplicate"
        if table == "order_items":
            loads: dict[object, datetime] = {}
            unnumbered = [line for line in lines if not line.reason and line["line_number"] is None]
            for line in unnumbered:
                loaded_at = self._loaded_at(line)
                loads[line["order_id"]] = max(loaded_at, loads.get(line["order_id"], loaded_at))
            for line in unnumbered:
                if self._loaded_at(line) < loads[line["order_id"]]:
                    line.reason = "duplicate"

    def _loaded_at(self, line: Line) -> datetime:
        """The time of a load; a row without a possible one is the oldest."""
        loaded_at = line["loaded_at"]
        if loaded_at and self.earliest <= self.zone.day(loaded_at) <= self.latest:
            return loaded_at
        return datetime.min

    @staticmethod
    def _newest(good: Iterable[Line]) -> dict[str, Line]:
        """The newest version of each key."""
        newest: dict[str, Line] = {}
        for line in good:
            other = newest.setdefault(line.key, line)
            if (line["loaded_at"] or datetime.min) > (other["loaded_at"] or datetime.min):
                newest[line.key] = line
        return newest

    def _reject_cycles(self, links: list[Line]) -> None:
        accounts = [
            line
            for line in links
            if not line.reason and str(line["identifier_type"]).lower() != "visitor"
        ]
        known = [line for line in accounts if not self._is_later(line)]
        for line in accounts:
            # until a cycle closes, only its later links are rejected
            if self._leads_back(line, accounts if self._is_later(line) else known):
                line.reason = "cyclic_link"

    @staticmethod
    def _leads_back(link: Line, links: list[Line]) -> bool:
        """Whether the link's customer leads back to its identifier."""
        steps = defaultdict(set)
        for line in links:
            steps[line["identifier"]].add(line["customer_id"])
        seen, open_ids = set(), [link["customer_id"]]
        while open_ids:
            account = open_ids.pop()
            if account not in seen:
                seen.add(account)
                open_ids += steps.get(account, ())
        return link["identifier"] in seen

    def _is_later(self, link: Line) -> bool:
        """Whether a link was made after the as-of day."""
        since = link["linked_at"]
        return bool(self.as_of_date and since and self.zone.day(since) > self.as_of_date)

    def _check_orders(self, read: Mapping[str, list[Line]]) -> None:
        self._rates = defaultdict(dict)
        for line in read["exchange_rates"]:
            if not line.reason:
                self._rates[line["currency"]][line["rate_date"]] = line
        counts: dict[str, int] = defaultdict(int)
        # an older version of an order has no say
        orders = [line for line in read["orders"] if not line.reason]
        for line in self._newest(orders).values():
            if line["currency"]:
                ordered_on = self.zone.day(line["ordered_at"])
                if self.as_of_date is None or ordered_on <= self.as_of_date:
                    counts[line["currency"]] += 1
        by_frequency = sorted(counts, key=lambda currency: (-counts[currency], currency))
        self.reporting_currency = by_frequency[0] if by_frequency else None
        for line in read["orders"]:
            if line.reason:
                continue
            if self.rate(line) is None:
                line.reason = "missing_exchange_rate"
            elif line["paid_amount"] < 0:
                line.reason = "negative_amount"

    def rate(self, order: Line, currency: object = None) -> Decimal | None:
        """The newest exchange rate on or before the day of an order, of its or another currency."""
        currency = currency or order["currency"] or self.reporting_currency
        if currency == self.reporting_currency:
            return Decimal(1)
        ordered_on = self.zone.day(order["ordered_at"])
        days = [day for day in self._rates[currency] if day <= ordered_on]
        return self._rates[currency][max(days)]["rate_to_reporting"] if days else None

    def _line_error(self, line: Line, orders: set[object]) -> str | None:
        if line["unit_price"] < 0:
            return "negative_amount"
        if not 0 < line["quantity"] < self.max_line_quantity:
            return "abnormal_quantity"
        return None if line["order_id"] in orders else "unknown_order"

    def _match_refunds(self, read: Mapping[str, list[Line]]) -> None:
        links = Links([line for line in read["identity_links"] if not line.reason])
        orders = {line["order_id"]: line for line in read["orders"] if not line.reason}
        products = defaultdict(set)
        for line in read["order_items"]:
            if not line.reason:
                products[line["order_id"]].add(line["product_id"])
        by_account = defaultdict(list)
        for line in orders.values():
            if line["customer_id"] and is_valid(status(line)):
                by_account[line["customer_id"]].append(line)
        for line in read["refunds"]:
            if line.reason:
                continue
            line.matched_order_id = line["order_id"]
            if line["order_id"] is None and line["customer_id"]:
                timestamp = line["refunded_at"]
                person = links.person(line["customer_id"], timestamp)
                candidates = [
                    order
                    for account, placed in by_account.items()
                    if links.person(account, timestamp) == person
                    for order in placed
                    if order["ordered_at"] <= timestamp
                ]
                best = max(
                    candidates,
                    key=lambda order, product=line["product_id"]: (
                        product is not None and product in products[order["order_id"]],
                        order["ordered_at"],
                        str(order["order_id"]).encode(),
                    ),
                    default=None,
                )
                line.matched_order_id = best and best["order_id"]
            order = orders.get(line.matched_order_id)
            if order and self.rate(order, line["currency"]) is None:
                line.reason = "missing_exchange_rate"
            elif line["refund_amount"] < 0:
                line.reason = "negative_amount"
            elif not order:
                line.reason = "unknown_order"


class Links:
    """Follows identity links as they stood at a timestamp."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """lines: accepted identity links; visitors are devices and no accounts."""
        self._links: dict[object, list[tuple[datetime, str]]] = defaultdict(list)
        for line in lines:
            if str(line["identifier_type"]).lower() != "visitor":
                since = line["linked_at"] or datetime.min
                self._links[line["identifier"]].append((since, str(line["customer_id"])))
        for links in self._links.values():
            links.sort()

    def person(self, account: object, timestamp: datetime) -> object:
        """The customer at the end of the chain."""
        while True:
            current = [
                target for since, target in self._links.get(account, []) if since <= timestamp
            ]
            if not current:
                return account
            account = current[-1]


STATUSES = mapping("order_status_mapping", "status")
CATEGORIES = mapping("category_mapping", "category")


def status(order: Line) -> str:
    """The status of an order; unmapped and missing values count as paid."""
    return STATUSES.get(word_key(str(order["status"] or "")).removeprefix("wc_"), "paid")


def is_valid(order_status: str) -> bool:
    """Whether an order of this status is a purchase."""
    return order_status not in ("placed", "cancelled")


# -- orders ---------------------------------------------------------------------------------------


@dataclass
class Order:
    """An accepted order in the reporting currency, as of the end of the as-of day."""

    order_id: str
    customer_id: str | None
    ordered_at: datetime
    order_date: date
    status: str
    is_valid: bool
    line: Line
    rate: Decimal
    paid: Decimal
    tax: Decimal
    shipping: Decimal
    goods: Decimal
    refunded: Decimal = Decimal(0)
    refunds: list[tuple[date, Decimal]] = field(default_factory=list)
    booked: list[tuple[Line, Decimal]] = field(default_factory=list)

    @property
    def net(self) -> Decimal:
        """Net sales; nothing where the order is no purchase."""
        return self.goods - self.refunded if self.is_valid else Decimal(0)


@dataclass
class OrderLine:
    """An accepted line of an order, after refunds."""

    order_id: str
    product_id: object
    quantity: int
    paid: Decimal
    returned: int = 0
    net: Decimal = Decimal(0)


def split(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """An amount in proportion to weights, rounded on the running sum."""
    total, running, parts = sum(weights), Decimal(0), []
    for weight in weights:
        before, running = running, running + weight
        parts.append(
            cents(Fraction(amount * running) / Fraction(total))
            - cents(Fraction(amount * before) / Fraction(total))
            if total
            else Decimal(0)
        )
    return parts


def named_first(refunds: Iterable[tuple], lines: Mapping[int, OrderLine]) -> list[tuple]:
    """The refunds that name a line come before those that name a product."""
    return sorted(refunds, key=lambda refund: refund[0]["line_number"] not in lines)


def targets(refund: Line, lines: Mapping[int, OrderLine]) -> list[OrderLine]:
    """The line that a refund names, else those of its product."""
    if refund["line_number"] in lines:
        return [lines[refund["line_number"]]]
    return [line for line in lines.values() if line.product_id == refund["product_id"]]


class Sales:
    """Orders with their refunds, and who placed them, as of the end of a day."""

    def __init__(self, shop: Shop, as_of_date: date) -> None:
        """shop: cleaned rows; as_of_date: the day after whose end nothing is known."""
        self.shop = shop
        self.as_of_date = as_of_date
        self.end = shop.zone.midnight(as_of_date + timedelta(days=1))
        self.links = shop.links

    @cached_property
    def email_owners(self) -> dict[str, Line]:
        """The customer of each e-mail address: the one registered first, if by now at all."""
        owners: dict[str, Line] = {}

        def age(line: Line) -> tuple[datetime, bytes]:
            return (line["registered_at"] or datetime.min, str(line["customer_id"]).encode())

        for line in self.shop.accepted("customers"):
            if line["email"] and (line["registered_at"] or datetime.min) < self.end:
                mail = str(line["email"])
                if mail not in owners or age(line) < age(owners[mail]):
                    owners[mail] = line
        return owners

    def buyer(self, order: Line) -> str | None:
        """The person behind an order; None: a guest without an e-mail address."""
        account, timestamp = order["customer_id"], order["ordered_at"]
        if account is None and order["email"]:
            mail = str(order["email"])
            for linked_id in (sha256(mail.encode()).hexdigest(), guest_id(mail)):
                linked = self.links.person(linked_id, timestamp)
                if linked != linked_id:
                    return linked
            owner = self.email_owners.get(mail)
            account = owner["customer_id"] if owner else guest_id(mail)
        return account and self.links.person(account, timestamp)

    @cached_property
    def orders(self) -> dict[str, Order]:
        """All accepted orders by id."""
        orders = {}
        for line in self.shop.accepted("orders"):
            if line["ordered_at"] >= self.end:
                continue
            rate = self.shop.rate(line)

            def convert(column: str, line: Line = line, rate: Decimal = rate) -> Decimal:
                value = line[column]
                return cents(Fraction(value) * Fraction(rate)) if value is not None else Decimal(0)

            paid, tax, shipping = map(convert, ("paid_amount", "tax_amount", "shipping_amount"))
            order_status = status(line)
            orders[line["order_id"]] = Order(
                line["order_id"],
                self.buyer(line),
                line["ordered_at"],
                self.shop.zone.day(line["ordered_at"]),
                order_status,
                is_valid(order_status),
                line,
                rate,
                paid,
                tax,
                shipping,
                max(paid - tax - shipping, Decimal(0)),
            )
        self._book_refunds(orders)
        return orders

    def _book_refunds(self, orders: Mapping[str, Order]) -> None:
        known = [line for line in self.shop.accepted("refunds") if line["refunded_at"] < self.end]
        known.sort(key=lambda line: (line["refunded_at"], str(line["refund_id"]).encode()))
        by_order = defaultdict(list)
        for line in known:
            if line.matched_order_id in orders:
                by_order[line.matched_order_id].append(line)
        for order_id, lines in by_order.items():
            if orders[order_id].is_valid:
                self._book_goods(orders[order_id], lines)
        for order in orders.values():
            if order.status == "refunded" and not order.refunds:
                order.refunded = order.goods
                order.refunds.append((order.order_date, order.goods))

    def _book_goods(self, order: Order, lines: list[Line]) -> None:
        """The goods part of each refund of an order, at most what the customer paid for goods."""
        taxed = order.goods + order.tax

        def share(refunded: Decimal) -> Decimal:
            part = min(refunded, taxed)
            return cents(Fraction(part * order.goods) / Fraction(taxed)) if taxed else Decimal(0)

        with_shipping = order.goods + order.shipping
        shippings = {order.shipping}
        if with_shipping:
            tax = cents(Fraction(order.tax * order.shipping) / Fraction(with_shipping))
            shippings.add(order.shipping + tax)
        refunded = goods = Decimal(0)
        for line in lines:
            rate = Fraction(self.shop.rate(order.line, line["currency"]))
            amount, *given = (
                None
                if line[column] is None or line[column] < 0
                else cents(Fraction(line[column]) * rate)
                for column in ("refund_amount", "tax_amount", "shipping_amount")
            )
            before, counted = refunded, min(goods, order.goods)
            refunded += amount
            named = (line["product_id"], line["line_number"], line["quantity"])
            if given != [None, None]:
                goods += max(amount - sum(part or Decimal(0) for part in given), Decimal(0))
            else:
                if amount not in shippings or any(value is not None for value in named):
                    goods += share(refunded) - share(before)
                # what the shop keeps pays for the goods that stay sold
                goods = max(goods, order.goods - (order.paid - refunded))
            booked = min(amount, min(goods, order.goods) - counted)
            order.refunded += booked
            order.refunds.append((self.shop.zone.day(line["refunded_at"]), booked))
            order.booked.append((line, booked))

    def order_lines(self) -> list[OrderLine]:
        """All accepted lines, with the units returned and their part of net sales."""
        raw, returns, found = defaultdict(list), defaultdict(list), []
        for line in self.shop.accepted("order_items"):
            raw[line["order_id"]].append(line)
        for line in self.shop.accepted("refunds"):
            if line["refunded_at"] < self.end:
                returns[line.matched_order_id].append((line, line["quantity"] or 0))
        for order_id, order in self.orders.items():
            numbered = {line["line_number"]: line for line in raw[order_id] if line["line_number"]}
            others = [line for line in raw[order_id] if not line["line_number"]]
            others.sort(
                key=lambda line: (line["product_id"].encode(), line["quantity"], line["unit_price"])
            )
            first = max(numbered, default=0) + 1
            numbered.update(enumerate(others, start=first))
            own = {}
            for number, line in sorted(numbered.items()):
                price = line["quantity"] * Fraction(line["unit_price"]) * Fraction(order.rate)
                own[number] = OrderLine(
                    order_id, line["product_id"], line["quantity"], cents(price)
                )
            lines = list(own.values())
            for line, units in named_first(returns[order_id], own):
                for target in targets(line, own):
                    taken = max(min(units, target.quantity - target.returned), 0)
                    target.returned += taken
                    units -= taken
            if order.is_valid and order.refunded == order.goods > 0:
                for line in lines:
                    line.returned = line.quantity
            weights = [line.paid for line in lines]
            if not any(weights):
                weights = [Decimal(line.quantity) for line in lines]
            for line, goods in zip(lines, split(order.goods, weights), strict=True):
                line.net = goods
            for line, amount in named_first(order.booked, own):
                for target in targets(line, own):
                    taken = min(amount, target.net)
                    target.net -= taken
                    amount -= taken
            for line, net in zip(
                lines, split(order.net, [line.net for line in lines]), strict=True
            ):
                line.net = net
            found += lines
        return found

    @cached_property
    def purchases(self) -> dict[str, list[Order]]:
        """The valid orders of each customer, oldest first."""
        purchases = defaultdict(list)
        for order in self.orders.values():
            if order.is_valid and order.customer_id:
                purchases[order.customer_id].append(order)
        for placed in purchases.values():
            placed.sort(key=lambda order: (order.ordered_at, order.order_id.encode()))
        return dict(purchases)


# -- RFM ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rfm:
    """Recency, frequency and monetary amount of a customer."""

    recency: int
    frequency: int
    monetary: Decimal


def measures(sales: Sales, window_days: int = 365) -> dict[str, Rfm]:
    """Recency, frequency and monetary amount of all customers with a valid order ever."""
    found = {}
    for customer, placed in sales.purchases.items():
        ages = [(sales.as_of_date - order.order_date).days for order in placed]
        recent = [order for order, age in zip(placed, ages, strict=True) if age < window_days]
        found[customer] = Rfm(
            min(ages), len(recent), sum((order.net for order in recent), Decimal(0))
        )
    return found


def band_scores(rfm: Rfm) -> tuple[int, int, int]:
    """Scores by the fixed bands."""
    r = next((s for s, top in ((5, 30), (4, 60), (3, 90), (2, 180)) if rfm.recency <= top), 1)
    f = next((s for s, low in ((5, 10), (4, 5), (3, 3), (2, 1)) if rfm.frequency >= low), 1)
    bounds = ((5, 10000), (4, 5000), (3, 2000), (2, 500))
    return r, f, next((s for s, low in bounds if rfm.monetary >= low), 1)


def quantile_scores(all_measures: Mapping[str, Rfm]) -> dict[str, tuple[int, int, int]]:
    """Scores by mid-rank: half of the share that is strictly worse and the share worse or equal.

    Frequency and amount are ranked among customers with an order in the window; others score 1.
    """
    recencies = [-rfm.recency for rfm in all_measures.values()]
    buyers = [rfm for rfm in all_measures.values() if rfm.frequency]

    def score(mine: Decimal | int, every: Sequence[Decimal | int]) -> int:
        worse = sum(other < mine for other in every)
        worse_or_equal = sum(other <= mine for other in every)
        return min(5, 1 + 5 * (worse + worse_or_equal) // (2 * len(every)))

    return {
        customer: (
            score(-mine.recency, recencies),
            score(mine.frequency, [rfm.frequency for rfm in buyers]) if mine.frequency else 1,
            score(mine.monetary, [rfm.monetary for rfm in buyers]) if mine.frequency else 1,
        )
        for customer, mine in all_measures.items()
    }


def value_tier(r: int, f: int, m: int) -> str:
    """The scheme value_tier."""
    if r >= 4 and f >= 4 and m >= 4:
        return "high_value"
    if r == 1 and f >= 2:
        return "churn_risk"
    if r == f == m == 1:
        return "low_value"
    return "general" if max(r, f, m) <= 2 else "potential"


def lifecycle_segment(r: int, f: int, m: int) -> str:
    """The scheme lifecycle_segment."""
    if r >= 4 and f >= 4 and m >= 4:
        return "high_value"
    if r <= 2 and f >= 3 and m >= 3:
        return "churn_warning"
    if r >= 4 and f <= 3:
        return "potential"
    return "dormant" if r <= 2 and f <= 2 else "regular"


def behaviour_segment(r: int, f: int, m: int) -> str:
    """The scheme behaviour_segment."""
    if r == 1:
        return "dormant"
    if f >= 4:
        return "loyal_high_value" if m >= 4 else "frequent_low_value"
    return "rare_high_value" if m >= 4 else "regular"


def rfm_8(r: int, f: int, m: int) -> str:
    """The scheme rfm_8: high is 3 and more."""
    worth = "important" if m >= 3 else "general"
    kinds = {(True, True): "value", (True, False): "develop", (False, True): "keep"}
    return f"{worth}_{kinds.get((r >= 3, f >= 3), 'win_back')}"


def rfm_11(r: int, f: int, m: int) -> str:
    """The scheme rfm_11 on R and the mean of F and M, half up."""
    fm = (f + m + 1) // 2
    if (r == 5 and fm >= 4) or (r == 4 and fm == 5):
        return "champions"
    if r >= 4:
        if fm == 4:
            return "loyal"
        return "potential_loyalist" if fm >= 2 else ("recent" if r == 5 else "promising")
    if r == 3:
        return {5: "loyal", 4: "loyal", 3: "need_attention"}.get(fm, "about_to_sleep")
    if fm == 5:
        return "cannot_lose"
    return "at_risk" if fm >= 3 else ("hibernating" if r == 2 else "lost")


SCHEMES = {
    "value_tier": value_tier,
    "lifecycle_segment": lifecycle_segment,
    "behaviour_segment": behaviour_segment,
    "rfm_8": rfm_8,
    "rfm_11": rfm_11,
}


# -- churn ----------------------------------------------------------------------------------------


@dataclass
class Churn:
    """What the churn rules say about a customer."""

    recency: int
    expected_gap: Fraction | None
    overdue_ratio: Fraction | None
    signals: set[str]


WEIGHTS = {
    "overdue": 30,
    "orders_halved": 25,
    "visits_halved": 22,
    "amount_dropped": 20,
    "complaints_up": 18,
    "returns_up": 15,
    "bad_reviews": 12,
    "unsubscribed": 10,
    "cart_left": 8,
}


def gaps(days: Iterable[date]) -> list[int]:
    """Days between distinct days."""
    return [(later - earlier).days for earlier, later in pairwise(sorted(set(days)))]


def drawn(own: list[int], general: Fraction) -> Fraction:
    """The median of gaps, drawn towards a more general one: weight n / (n + 3)."""
    if not own:
        return general
    weight = Fraction(len(own), len(own) + 3)
    return weight * Fraction(median(own)) + (1 - weight) * general


class ChurnRules:
    """Expected gaps and signals for all customers of a shop."""

    def __init__(
        self,
        sales: Sales,
        visits: Mapping[str, list[datetime]],
        cart_adds: Mapping[str, list[datetime]],
    ) -> None:
        """sales: the orders as of a day, which is also the day the rules look from.

        visits, cart_adds: when sessions of persons began, and when they put something in the cart.
        """
        self.sales = sales
        self.visits = visits
        self.cart_adds = cart_adds
        self.day = sales.as_of_date

    @cached_property
    def baskets(self) -> dict[str, list[tuple[str, Decimal]]]:
        """Category and paid amount of each line of an order."""
        categories = {}
        for line in self.sales.shop.accepted("products"):
            word = line["category"]
            categories[line["product_id"]] = (
                CATEGORIES.get(word_key(str(word)), word) if word else "unknown"
            )
        baskets = defaultdict(list)
        for line in self.sales.shop.accepted("order_items"):
            order = self.sales.orders.get(line["order_id"])
            if order:
                exact = line["quantity"] * Fraction(line["unit_price"]) * Fraction(order.rate)
                category = categories.get(line["product_id"], "unknown")
                baskets[order.order_id].append((category, cents(exact)))
        return baskets

    @cached_property
    def shop_gap(self) -> Fraction | None:
        """The median gap of the shop."""
        pooled = [
            gap
            for placed in self.sales.purchases.values()
            for gap in gaps(order.order_date for order in placed)
        ]
        return Fraction(median(pooled)) if pooled else None

    @cached_property
    def category_gaps(self) -> dict[str, Fraction]:
        """The median gap within each category, drawn to the shop's."""
        pooled = defaultdict(list)
        for placed in self.sales.purchases.values():
            days = defaultdict(set)
            for order in placed:
                for category, _ in self.baskets.get(order.order_id, ()):
                    days[category].add(order.order_date)
            for category, ordered_on in days.items():
                pooled[category] += gaps(ordered_on)
        return {category: drawn(own, self.shop_gap) for category, own in pooled.items()}

    def preferred_category(self, placed: list[Order]) -> str | None:
        """The category with the greatest share of a customer's money."""
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        for order in placed:
            for category, amount in self.baskets.get(order.order_id, ()):
                amounts[category] += amount
        return min(
            amounts,
            key=lambda category: (-amounts[category], category.encode()),
            default=None,
        )

    @cached_property
    def result(self) -> dict[str, Churn]:
        """Every customer with a valid order."""
        return {customer: self._evaluate(customer) for customer in self.sales.purchases}

    def _evaluate(self, customer: str) -> Churn:
        placed = self.sales.purchases[customer]
        own = gaps(order.order_date for order in placed)
        expected = self.category_gaps.get(self.preferred_category(placed) or "", self.shop_gap)
        if len(own) >= 2:
            expected = drawn(own, expected)
        recency = min(self._age(order.order_date) for order in placed)
        ratio = Fraction(recency) / expected if expected else None
        signals = self._order_signals(placed) | self._feedback_signals(customer)
        signals |= self._visit_signals(customer, placed[-1].ordered_at)
        if ratio is not None and ratio >= 2:
            signals.add("overdue")
        return Churn(recency, expected, ratio, signals)

    def _age(self, day: date) -> int:
        return (self.day - day).days

    def _order_signals(self, placed: list[Order]) -> set[str]:
        recent = [order for order in placed if self._age(order.order_date) < 90]
        older = [order for order in placed if self._age(order.order_date) >= 90]
        period_before = [order for order in older if self._age(order.order_date) < 180]
        signals = set()
        if len(period_before) >= 2 and 2 * len(recent) <= len(period_before):
            signals.add("orders_halved")
        if recent and len(older) >= 2:
            mean_recent = Fraction(sum(order.net for order in recent)) / len(recent)
            mean_before = Fraction(sum(order.net for order in older)) / len(older)
            if 0 < mean_before >= 2 * mean_recent:
                signals.add("amount_dropped")
        if recent and 2 * sum(order.refunded > 0 for order in recent) >= len(recent):
            signals.add("returns_up")
        return signals

    def _visit_signals(self, customer: str, last_ordered_at: datetime) -> set[str]:
        day = self.sales.shop.zone.day
        signals = set()
        ages = [self._age(day(timestamp)) for timestamp in self.visits.get(customer, ())]
        recent, before = sum(a < 90 for a in ages), sum(90 <= a < 180 for a in ages)
        if before >= 4 and 2 * recent <= before:
            signals.add("visits_halved")
        left = [
            timestamp
            for timestamp in self.cart_adds.get(customer, ())
            if timestamp > last_ordered_at
        ]
        if any(7 <= self._age(day(timestamp)) <= 30 for timestamp in left):
            signals.add("cart_left")
        return signals

    @cached_property
    def _feedback(self) -> dict[str, dict[object, list[Line]]]:
        """Reviews, tickets and subscriptions known by now, by the person behind them."""
        feedback = {}
        for table in ("reviews", "support_tickets", "subscriptions"):
            by_person = defaultdict(list)
            for line in self.sales.shop.accepted(table):
                timestamp = line[CONTRACT[table].as_of]
                if timestamp < self.sales.end and line["customer_id"]:
                    by_person[self.sales.links.person(line["customer_id"], timestamp)].append(line)
            feedback[table] = by_person
        return feedback

    def _feedback_signals(self, customer: str) -> set[str]:
        day = self.sales.shop.zone.day
        signals = set()
        ages = [
            self._age(day(line["opened_at"]))
            for line in self._feedback["support_tickets"].get(customer, ())
            if str(line["ticket_type"] or "").lower() == "complaint"
        ]
        recent, before = sum(a < 90 for a in ages), sum(90 <= a < 180 for a in ages)
        if recent >= 2 and recent > before:
            signals.add("complaints_up")
        ratings = [
            line["rating"]
            for line in self._feedback["reviews"].get(customer, ())
            if line["rating"] is not None and self._age(day(line["created_at"])) < 90
        ]
        if ratings and sum(ratings) <= 2 * len(ratings):
            signals.add("bad_reviews")
        # by channel: whether it is allowed, and since when
        consents: dict[str, tuple[bool, datetime]] = {}
        lines = [
            (line["changed_at"], str(line["status"]).lower() != "subscribed", str(line["channel"]))
            for line in self._feedback["subscriptions"].get(customer, ())
        ]
        for changed_at, is_withdrawn, channel in sorted(lines):
            known = consents.get(channel.lower())
            if known is None or known[0] == is_withdrawn:
                consents[channel.lower()] = (not is_withdrawn, changed_at)
        if consents and not any(is_allowed for is_allowed, _ in consents.values()):
            left = max(changed_at for _, changed_at in consents.values())
            if self._age(day(left)) < 90:
                signals.add("unsubscribed")
        return signals


def main_signal(signals: Iterable[str]) -> str | None:
    """The signal with the greatest weight, then the first by name."""
    return min(signals, key=lambda signal: (-WEIGHTS[signal], signal), default=None)


def best_customers(all_measures: Mapping[str, Rfm], percent: int = 20) -> set[str]:
    """The customers in the top percent by window amount, among those with an order in it."""
    buyers = [customer for customer, rfm in all_measures.items() if rfm.frequency]
    buyers.sort(key=lambda customer: (-all_measures[customer].monetary, customer.encode()))
    return {
        customer
        for rank, customer in enumerate(buyers, start=1)
        if -(-100 * rank // len(buyers)) <= percent
    }
