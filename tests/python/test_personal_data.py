"""No e-mail address and no telephone number reaches a mart or the audit, wherever it stood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count, cycle
from pathlib import Path
from typing import Any

import pytest
from postgres import Postgres
from reference import CONTRACT
from test_engines_agree import READING
from warehouse import Build, Table, Warehouse, differences, write_shop

Row = dict[str, Any]
# ids that name a person may be telephone numbers; other long numbers are no one's
PERSON_IDS = ("customer_id", "visitor_id", "identifier")
GOOD = {
    "timestamp": "2024-05-01 10:00:00",
    "date": "2024-05-01",
    "decimal": "5",
    "integer": "5",
    "boolean": "true",
}


@dataclass
class Injected:
    """A shop with a secret in every column, and what must not be found again."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    numbering: Iterator[int] = field(default_factory=count)

    def address(self) -> str:
        """A new e-mail address in a sentence, or alone."""
        number = next(self.numbering)
        address = (f"secret.{number}@hidden-mail.cn", f"Secret+{number}@Hidden.mail.org")[
            number % 2
        ]
        self.addresses.append(address.lower())
        return address

    def number(self) -> str:
        """A new telephone number in one of the ways to write it."""
        number = next(self.numbering)
        digits = f"1{3 + number % 7}9{number:08}"
        self.numbers.append(digits)
        first, second, third = digits[:3], digits[3:7], digits[7:]
        ways = [
            digits,
            f"+86{digits}",
            f"+86 {first} {second} {third}",
            f"{first}-{second}-{third}",
            f"0086 {digits}",
            f"+1 ({first}) {second}-{third}",
        ]
        return ways[number % len(ways)]


def inject() -> Injected:
    """Per column of the contract: rows with an address, a number or both; good and broken rows."""
    injected = Injected()
    for table, described in CONTRACT.items():
        rows = injected.tables.setdefault(table, [])
        broken = {column: "?" for column in described.required if column not in described.key}
        if not broken:
            broken = {described.key[0]: ""}
        for column, kind in described.types.items():
            secrets = [injected.address(), f"write to {injected.address()}, please"]
            if kind == "text" and (not column.endswith("_id") or column in PERSON_IDS):
                secrets += [injected.number(), injected.number(), injected.number()]
                if column not in PERSON_IDS:
                    secrets.append(f"请联系{injected.number()}谢谢 or {injected.address()}")
            for secret in secrets:
                for change in ({}, broken):
                    row = {name: GOOD.get(kind, "") for name, kind in described.types.items()}
                    for name in described.required:
                        row[name] = row[name] or f"{name}-{next(injected.numbering)}"
                    for name in described.key:
                        if described.types[name] == "text":
                            row[name] = f"{name}-{next(injected.numbering)}"
                    row = row | {name: value for name, value in change.items() if name != column}
                    rows.append(row | {column: secret})
                    # a copy, so that some good rows are rejected as well
                    if not change:
                        rows.append(row | {column: secret, "loaded_at": "2024-05-02"})
    # lines, refunds and events of orders that are there, with all that hangs on them
    known = [row["order_id"] for row in injected.tables["orders"] if row["paid_amount"] == "5"]
    for table in ("order_items", "refunds", "events"):
        for row, order_id in zip(injected.tables[table], cycle(known), strict=False):
            if "@" not in row["order_id"]:
                row["order_id"] = order_id
    for row in injected.tables["exchange_rates"]:
        row["currency"] = row["currency"] if "@" in row["currency"] else "USD"
    return injected


@pytest.fixture(scope="module")
def injected() -> Injected:
    """The shop and its secrets."""
    return inject()


@pytest.fixture(scope="module")
def folder(injected: Injected, warehouse: Warehouse) -> Path:
    """The shop as files."""
    return warehouse.folder("personal", lambda target: write_shop(target, injected.tables))


@pytest.fixture(scope="module")
def build(folder: Path, warehouse: Warehouse) -> Build:
    """The shop, built; its rows are many enough for all kinds of rejected rows."""
    return warehouse.build(folder, as_of_date="2024-06-30")


def leaks(tables: dict[str, Table], secrets: list[str], pattern: str) -> list[str]:
    """Where a secret is found in any column; pattern: what is taken out of a cell before."""
    strip = re.compile(pattern)
    wanted = re.compile("|".join(map(re.escape, secrets)))
    lines = []
    for name, table in tables.items():
        for position, column in enumerate(table.columns):
            cells = {strip.sub("", str(row[position]).lower()): row for row in table.rows}
            found = [row for cell, row in cells.items() if wanted.search(cell)]
            if found:
                lines.append(f"{name}.{column}: {len(found)} such as {found[0]}")
    return lines


def test_injected_personal_data_reaches_the_marts(build: Build, injected: Injected) -> None:
    """The tests are valid only if these rows reach marts and audit."""
    assert len(injected.addresses) > 300
    assert len(injected.numbers) > 150
    ledger = {row["input"]: row for row in build.rows("audit.audit_row_ledger")}
    assert ledger.keys() == CONTRACT.keys()
    for table, row in ledger.items():
        assert row["rows_accepted"] > 3, table
        assert row["rows_rejected"] > 5, table
    assert len(build.rows("fct_orders")) > 50
    assert len(build.rows("dim_customers")) > 50
    assert build.rows("audit.audit_unmapped_values")


def test_no_email_address_is_published(build: Build, injected: Injected) -> None:
    """In no column of any table of marts and audit."""
    lines = leaks(build.tables(), injected.addresses, r"^$")
    assert not lines, "\n".join(lines)


def test_no_phone_number_is_published(build: Build, injected: Injected) -> None:
    """In any spelling."""
    lines = leaks(build.tables(), injected.numbers, r"[ ()+-]")
    assert not lines, "\n".join(lines)


def test_no_email_hash_is_published(build: Build, injected: Injected) -> None:
    """The hash that matches guests is only in staging."""
    hashes = [sha256(address.encode()).hexdigest() for address in injected.addresses]
    lines = leaks(build.tables(), hashes, r"^$")
    assert not lines, "\n".join(lines)


def test_both_warehouses_mask_the_same_values(
    folder: Path, build: Build, postgres: Postgres
) -> None:
    """Regular expressions differ between warehouses; what they strike out must not."""
    schemas = ("staging", "audit")
    postgres.build(folder, select=READING, as_of_date="2024-06-30")
    lines = differences(build.tables(*schemas), postgres.tables(*schemas), ("DuckDB", "Postgres"))
    assert not lines, "\n".join(lines)
