"""No personal data reaches a mart, the audit, the report, a list or a log, wherever it stood."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count, cycle
from pathlib import Path
from typing import Any

import pytest
from postgres import Postgres
from reference import CONTRACT, text
from small_builds import dbt, set_environment
from test_bad_input import run_cli
from test_engines_agree import READING
from test_report import publish_copy
from warehouse import Build, Table, Warehouse, differences, read_shop, write_shop

from customer_analytics.report.site import report_folder, write_report

Row = dict[str, Any]
# keys whose digits are never telephone, card or ID numbers
KEYS = ("order_id", "product_id", "refund_id", "campaign_id", "line_number")
ADDRESSES = (
    "anna@mail.com",
    "Berta.B+news@mail.co.uk",
    "carla%40mail.com",
    "dora＠mail.com",
    "emma @ mail.com",
    "安娜@mail.cn",
    "frida(at)mail.com",
)
NUMBERS = (
    "13612348000",
    "138 1113 8642",
    "139-2213-8642",
    "１３７３３１３８６４２",
    "+86 135 4413 8642",
    "0086 13455138642",
    "010-65557788",
    "(0755) 8642 7531",
    "（021）65553311",
    "(415) 736-2841",
    "628-736-2842",
    "212.736.2843",
    "+1 (650) 736-2844",
    "0151 57362845",
    "+49 (0)171 5736 2846",
    "0049 172 57362847",
    "030/57362848",
    "06 57 36 28 49",
    "0757362850",
    "07700 957362",
    "020 7946 0736",
    "090-5736-2851",
    "0412 573 628",
    "0912-573-629",
    "98573 62852",
    "8 (495) 573-62-85",
    "612 57 36 28",
    "(11) 95736-2853",
    "9573 6285",
    "4012 8888 8888 1881",
    "5105105105105100",
    "3714 496353 98431",
    "6222600910001234564",
    "51010419900228306X",
    "310101198506151238",
    "AT61 1904 3002 3457 3201",
)
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


def is_id(column: str) -> bool:
    """Ids are personal data only as a whole."""
    return column.endswith("_id") or column == "identifier"


def every_kind(table: str, numbering: Iterator[int]) -> list[Row]:
    """Rows with every kind in every column: alone, in a sentence, and in a row that is rejected."""
    types, required = CONTRACT[table].types, CONTRACT[table].required
    texts = [column for column, kind in types.items() if kind == "text"]
    rows = []
    for form, is_broken in (("{}", False), ("call {} now", False), ("请联系{}谢谢", True)):
        for number in range(len(ADDRESSES + NUMBERS)):
            row = {column: GOOD.get(kind, "") for column, kind in types.items()}
            for place, column in enumerate(texts):
                # in keys, an at sign in words stands for itself
                kinds = ADDRESSES[:-1] if column in KEYS else ADDRESSES + NUMBERS
                kind = kinds[(number + place) % len(kinds)]
                row[column] = kind if is_id(column) else form.format(kind)
            for column in KEYS:
                if column in types and number >= len(ADDRESSES):
                    row[column] = f"{column}-{next(numbering)}" if types[column] == "text" else "1"
            # digits alone would be a number
            spoilt = [column for column in types if column not in texts and is_broken]
            for place, column in enumerate(spoilt):
                kinds = ADDRESSES[:-1] if column in KEYS else ADDRESSES + NUMBERS
                row[column] = f"~{kinds[(number + place) % len(kinds)]}"
            if is_broken and not spoilt:
                row[required[0] if required else texts[0]] = ""
            rows.append(row)
    return rows


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
            if kind == "text" and column not in KEYS:
                secrets += [injected.number(), injected.number(), injected.number()]
                if not is_id(column):
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
        rows += every_kind(table, injected.numbering)
    # their unknown words are opt-outs, which would empty the lists
    for number, row in enumerate(injected.tables["subscriptions"]):
        row["customer_id"] = f"S{number}"
    consents = [{"customer_id": kind, "changed_at": "2024-05-01"} for kind in ADDRESSES + NUMBERS]
    row = dict.fromkeys(CONTRACT["subscriptions"].types, "")
    row |= {"channel": "email", "status": "subscribed"}
    injected.tables["subscriptions"] += [row | consent for consent in consents]
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
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the build, the report and the lists are written."""
    return tmp_path_factory.mktemp("personal")


@pytest.fixture(scope="module")
def build(folder: Path, work: Path) -> Build:
    """The shop, built; its rows are many enough for all kinds of rejected rows.

    As the command does it, with logs and files of dbt.
    """
    with pytest.MonkeyPatch.context() as patch:
        database = set_environment(patch, work, folder)
        arguments = ["build", "--quiet", "--vars", '{"as_of_date": "2024-05-20"}']
        for kind in ("test", "unit_test"):
            arguments += ["--exclude-resource-type", kind]
        assert dbt(arguments).success
        return Build(database)


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


def digits_of(text: str) -> str:
    """Text without what people write between digits, in half-width letters."""
    return re.sub(r"[\s()./+-]", "", unicodedata.normalize("NFKC", text.lower()))


def kinds_in(text: str) -> list[str]:
    """The kinds of personal data that a text contains."""
    bare, text = digits_of(text), text.lower()
    found = [kind for kind in ADDRESSES if kind.lower() in text]
    return found + [kind for kind in NUMBERS if digits_of(kind) in bare]


def test_no_kind_of_personal_data_is_published(build: Build) -> None:
    """In no text of marts and audit; instead, such ids are pseudonyms."""
    assert len(ADDRESSES + NUMBERS) == 43
    lines = []
    for name, table in build.tables().items():
        for position, column in enumerate(table.columns):
            if table.kinds[position] == "text":
                cells = {str(row[position]) for row in table.rows}
                lines += [f"{name}.{column}: {cell}" for cell in cells if kinds_in(cell)]
    assert not lines, "\n".join(lines)
    customers = {row["customer_id"] for row in build.rows("dim_customers")}
    for kind in ADDRESSES + NUMBERS:
        pseudonym = "person:" + sha256(kind.lower().encode()).hexdigest()[:32]
        assert pseudonym in customers, kind


def test_no_kind_of_personal_data_is_in_files(build: Build, work: Path) -> None:
    """In no part of the report, of the lists, and of dbt's logs and files."""
    file = publish_copy(build.database, work)
    write_report(file, report_folder(file))
    lists = work / "lists"
    with pytest.MonkeyPatch.context() as patch:
        options = ["--database", str(work / "analytics.duckdb"), "--out", str(lists)]
        assert run_cli(["actions", *options], patch) == 0
    assert any("person:" in path.read_text("utf-8") for path in lists.glob("*.csv"))
    folders = (report_folder(file), lists, work / "target", work / "logs")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".csv", ".log", ".json", ".sql"}
    found = {
        str(path.relative_to(work)): kinds
        for path in files
        if (kinds := kinds_in(path.read_text("utf-8", errors="replace")))
    }
    assert found == {}


def test_no_email_hash_is_published(build: Build, injected: Injected) -> None:
    """The hash that matches guests is only in staging."""
    addresses = [*injected.addresses, *map(str.lower, ADDRESSES)]
    hashes = [sha256(address.encode()).hexdigest() for address in addresses]
    lines = leaks(build.tables(), hashes, r"^$")
    assert not lines, "\n".join(lines)


def test_texts_of_the_sample_stay_as_they_are(sample: Path, sample_build: Build) -> None:
    """Its ids, product codes, order numbers, words and user agents; it has no phone numbers."""
    changed, seen = [], 0
    for table, raw in read_shop(sample).items():
        base = sample_build.table(f"staging.base_shop__{table}")
        for column in {*CONTRACT[table].types} & {*base.columns} - {"customer_id", "visitor_id"}:
            if CONTRACT[table].types[column] == "text" and raw and column in raw[0]:
                given = {text(row[column]) for row in raw} - {None}
                read = {row[0] for row in base.select([column]).rows}
                seen += len(given)
                lost = {value.lower() for value in given} - {str(value).lower() for value in read}
                changed += [(table, column, value) for value in lost]
    assert seen > 10000
    assert changed == []


def test_both_warehouses_mask_the_same_values(
    folder: Path, build: Build, postgres: Postgres
) -> None:
    """Regular expressions differ between warehouses; what they strike out must not."""
    schemas = ("staging", "audit")
    postgres.build(folder, select=READING, as_of_date="2024-05-20")
    lines = differences(build.tables(*schemas), postgres.tables(*schemas), ("DuckDB", "Postgres"))
    assert not lines, "\n".join(lines)
