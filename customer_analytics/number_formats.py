"""Rewrites numbers with decimal commas or thousands separators as plain decimals."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from customer_analytics.contract import Column, clean_name, read_contract
from customer_analytics.csv_files import csv_reader, open_text

# spaces (plain, no-break, thin, narrow no-break) and apostrophes group thousands in either format
SPACES = " \u00a0\u2009\u202f'\u2019"
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
DECIMAL_COMMA = re.compile(rf"[+-]?(\d+|[1-9]\d{{0,2}}([.{SPACES}]\d{{3}})+)?(,\d*)?", re.ASCII)
DECIMAL_POINT = re.compile(rf"[+-]?(\d+|[1-9]\d{{0,2}}([,{SPACES}]\d{{3}})+)?(\.\d*)?", re.ASCII)
NUMERIC = ("decimal", "integer")
REMARKS = {
    "comma": "decimal commas replaced by points",
    "point": "thousands separators removed",
}


@dataclass
class Format:
    """The number formats that fit every number of a column so far."""

    column: Column
    fitting: set[str] = field(default_factory=lambda: {"plain", "comma", "point"})
    is_ambiguous: bool = False
    rewritten: int = 0

    def add(self, text: str) -> None:
        """Take one more value into account; a text without a digit is no number."""
        value = text.strip()
        if not re.search(r"\d", value):
            return
        readings = _readings(value)
        if self.column.data_type == "integer":
            readings = {name: read for name, read in readings.items() if _is_whole(read)}
        self.fitting &= readings.keys()
        if len({readings[name] for name in self.fitting & {"comma", "point"}}) > 1:
            self.is_ambiguous = True

    @property
    def name(self) -> str | None:
        """The format to rewrite: comma or point; None for plain, mixed and ambiguous numbers."""
        if "plain" in self.fitting or not self.fitting:
            return None
        if self.is_ambiguous and len(self.fitting) > 1:
            return None
        return "comma" if self.fitting == {"comma"} else "point"

    def rewrite(self, text: str) -> str:
        """A value as a plain decimal."""
        plain = _readings(text.strip()).get(self.name or "", text)
        self.rewritten += plain != text
        return plain

    @property
    def remark(self) -> str | None:
        """What was done to the column, and what could not be done."""
        if self.name:
            return f"{self.column.name}: {REMARKS[self.name]} in {self.rewritten:,} values"
        if "plain" in self.fitting:
            return None
        reason = (
            "each comma may be a decimal comma or a thousands separator"
            if self.fitting
            else "they are written in more than one format"
        )
        return f"{self.column.name}: numbers not rewritten, because {reason}: write 1234.50"


def rewrite_numbers(file: Path, table: str) -> tuple[str, ...]:
    """Rewrite the number columns of a CSV file of a contract table in place; return remarks.

    A column is rewritten only if one format fits all its numbers.
    """
    described = read_contract().get(clean_name(table))
    columns = described.columns if described else {}
    numeric = {name for name, column in columns.items() if column.data_type in NUMERIC}
    with open_text(file) as lines:
        records = csv_reader(lines, ",")
        header = [clean_name(name) for name in next(records, [])]
        formats = {
            position: Format(columns[name])
            for position, name in enumerate(header)
            if name in numeric
        }
        if formats:
            for record in records:
                for position, found in formats.items():
                    if position < len(record):
                        found.add(record[position])
    if any(found.name for found in formats.values()):
        rewritten = file.with_name(file.name + ".numbers")
        with (
            open_text(file) as lines,
            rewritten.open("w", encoding="utf-8", newline="") as stream,
        ):
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows(_rewritten(csv_reader(lines, ","), formats))
        rewritten.replace(file)
    return tuple(found.remark for found in formats.values() if found.remark)


def _rewritten(records: Iterable[list[str]], formats: dict[int, Format]) -> Iterator[list[str]]:
    for number, record in enumerate(records):
        if number:
            for position, found in formats.items():
                if found.name and position < len(record):
                    record[position] = found.rewrite(record[position])
        yield record


def _readings(value: str) -> dict[str, str]:
    """The value as a plain decimal in each format that it fits."""
    readings = {}
    if PLAIN.fullmatch(value):
        readings["plain"] = value
    if DECIMAL_COMMA.fullmatch(value):
        readings["comma"] = re.sub(rf"[.{SPACES}]", "", value).replace(",", ".")
    if DECIMAL_POINT.fullmatch(value):
        readings["point"] = re.sub(rf"[,{SPACES}]", "", value)
    return readings


def _is_whole(plain: str) -> bool:
    return not plain.partition(".")[2].strip("0")
