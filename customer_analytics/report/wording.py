"""Sentences and numbers in the reader's language: texts from texts/, number formats from Babel."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel import Locale, dates, numbers
from markupsafe import Markup

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("en", "zh")
NOTHING = "–"
# from here on numbers in sentences and charts are rounded to thousands or 万
COMPACT_FROM = 10_000
ENDINGS = {
    "_amount": "money",
    "_value": "money",
    "amount": "money",
    "spend": "money",
    "_cost": "money",
    "_share": "share",
    "_rate": "share",
    "_probability": "share",
    "difference": "points",
    "_days": "decimal",
    "_index": "decimal",
}


@cache
def read_texts(language: str) -> dict[str, Any]:
    """The texts of a language, nested as in the file."""
    return yaml.safe_load((TEXTS / f"{language}.yml").read_text(encoding="utf-8"))


class Wording:
    """Formats text and numbers for one language and one currency."""

    def __init__(self, language: str, currency: str | None) -> None:
        self.language = language
        self.locale = Locale.parse("zh_Hans_CN" if language == "zh" else language)
        self.currency = currency
        self.texts = read_texts(language)

    def text(self, key: str, **values: Any) -> Markup:
        """The sentence of a key such as churn.states.says, with its placeholders filled.

        Integers are formatted as counts; `count` selects singular or plural.
        """
        entry = self.texts
        for part in key.split("."):
            entry = entry[part]
        if isinstance(entry, dict):
            entry = entry.get(self.locale.plural_form(values["count"]), entry["other"])
        shown = {
            name: self.count(value) if isinstance(value, int) else value
            for name, value in values.items()
        }
        return Markup(entry).format(**shown)

    # -- figures ----------------------------------------------------------------------------------

    def count(self, value: Any) -> str:
        """An integer in full."""
        return NOTHING if value is None else numbers.format_decimal(int(value), locale=self.locale)

    def short(self, value: Any) -> str:
        """A number for charts and sentences: 12,345 is 12.3K, or 1.2万 in Chinese."""
        if value is None:
            return NOTHING
        if abs(value) < COMPACT_FROM:
            return numbers.format_decimal(round(value, 1), format="#,##0.#", locale=self.locale)
        return numbers.format_compact_decimal(value, fraction_digits=1, locale=self.locale)

    def money(self, value: Any) -> str:
        """An amount in full, with cents if it is small and not whole."""
        if value is None:
            return NOTHING
        digits = "#,##0" if abs(value) >= 1000 or value == int(value) else "#,##0.00"
        if self.currency is None:
            return numbers.format_decimal(value, format=digits, locale=self.locale)
        return numbers.format_currency(
            value, self.currency, format=f"¤{digits}", currency_digits=False, locale=self.locale
        )

    def short_money(self, value: Any) -> str:
        """An amount for charts and sentences."""
        if value is None or abs(value) < COMPACT_FROM:
            return self.money(value)
        if self.currency is None:
            return self.short(value)
        return numbers.format_compact_currency(
            value, self.currency, fraction_digits=1, locale=self.locale
        )

    def share(self, value: Any) -> str:
        """A percentage, with one decimal below 10%."""
        if value is None:
            return NOTHING
        digits = "#,##0.0%" if 0 < abs(value) < Decimal("0.0995") else "#,##0%"
        return numbers.format_percent(value, format=digits, locale=self.locale)

    def change(self, value: Any, unit: str = "amount") -> str:
        """A change with its sign: in percentage points for rates, otherwise relative."""
        if value is None:
            return NOTHING
        if unit == "rate":
            return self.points(value)
        if not round(value, 3):
            return numbers.format_percent(0, locale=self.locale)
        return numbers.format_percent(value, format="+#,##0.0%;-#,##0.0%", locale=self.locale)

    def moved(self, value: Any, unit: str = "amount") -> str:
        """A change in a sentence, which may be zero."""
        if value is None or round(value, 3):
            return self.change(value, unit)
        return str(self.text("common.unchanged"))

    def points(self, value: Any) -> str:
        """A difference of two shares in percentage points."""
        if value is None:
            return NOTHING
        points = "0"
        if round(value, 3):
            digits = "+#,##0.0;-#,##0.0"
            points = numbers.format_decimal(100 * value, format=digits, locale=self.locale)
        return str(self.text("common.points", points=points))

    def versus(self, value: Any, shop: Any) -> str:
        """How far a value is above or below that of the shop."""
        difference = round(float(value) / float(shop) - 1, 3)
        if not difference:
            return str(self.text("common.level"))
        key = "common.above" if difference > 0 else "common.below"
        return str(self.text(key, share=self.share(abs(difference))))

    def signed(self, value: Any) -> str:
        """A tick label on an axis of differences of two shares."""
        digits = "+#,##0.#;-#,##0.#" if value else "0"
        return numbers.format_decimal(100 * value, format=digits, locale=self.locale)

    def decimal(self, value: Any) -> str:
        """A decimal number, with up to two decimals if it is small."""
        if value is None:
            return NOTHING
        digits = "#,##0" if abs(value) >= 100 else "#,##0.#" if abs(value) >= 10 else "#,##0.##"
        return numbers.format_decimal(value, format=digits, locale=self.locale)

    def kpi(self, value: Any, unit: str) -> str:
        """A headline metric, formatted by its unit."""
        kinds = {"amount": "short_money", "count": "short", "rate": "share"}
        return NOTHING if value is None else self.kind(kinds.get(unit, "decimal"))(value)

    # -- times ------------------------------------------------------------------------------------

    def month(self, value: date | None) -> str:
        """A month with its year."""
        if value is None:
            return NOTHING
        return dates.format_skeleton("yMMM", value, locale=self.locale)

    def month_name(self, value: date) -> str:
        """A month without its year, short."""
        return dates.format_skeleton("MMM", value, locale=self.locale)

    def year(self, value: date) -> str:
        """The year of a date."""
        return dates.format_skeleton("y", value, locale=self.locale)

    def day(self, value: date | None) -> str:
        """A day."""
        return NOTHING if value is None else dates.format_date(value, "long", locale=self.locale)

    def timestamp(self, value: datetime) -> str:
        """A timestamp in UTC, to the minute."""
        return f"{self.day(value.date())} {value:%H:%M} UTC"

    def weekday(self, number: int) -> str:
        """The name of a weekday, 1 for Monday."""
        return self.locale.days["stand-alone"]["abbreviated"][number - 1]

    # -- any --------------------------------------------------------------------------------------

    def cell(self, column: str, value: Any) -> str:
        """A table value, formatted by the name of its column."""
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return str(self.text("common.yes" if value else "common.no"))
        if isinstance(value, str):
            return value
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            return self.month(value) if column.endswith("month") else self.day(value)
        return self.kind(_kind_of(column, value))(value)

    def kind(self, name: str) -> Callable[[Any], str]:
        """The formatter of a kind of number: money, share, count, ..."""
        return getattr(self, name)


def _kind_of(column: str, value: Any) -> str:
    """The kind of number in a column, by its name; otherwise by the value."""
    for ending, kind in ENDINGS.items():
        if column.endswith(ending):
            return kind
    return "count" if isinstance(value, int) else "decimal"
