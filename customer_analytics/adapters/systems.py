"""What the adapters know of each system: its exports, the headers they have, and the mapping."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from customer_analytics.contract import clean_name

FOLDER = Path(__file__).resolve().parent
KINDS = ("text", "amount", "json", "any")


@dataclass(frozen=True)
class Export:
    """A file that a system exports.

    recognised_by: columns that only this export has together. columns: all columns that the SQL
    reads, each with its kind: text, amount (a decimal number), json (nested values or JSON text,
    read as JSON), or any (its own type, if the file has types). A file may lack columns that it is
    not recognised by; they are then null. A text column line_item_# is the list of the values of
    line_item_1, line_item_2 and so on.
    """

    name: str
    label: str
    recognised_by: frozenset[str]
    columns: dict[str, str]


@dataclass(frozen=True)
class Mapping:
    """A table of the contract: the exports it is made of, and the source of each column."""

    exports: tuple[str, ...]
    columns: dict[str, str]


@dataclass(frozen=True)
class System:
    """A shop or marketing system.

    words: status and event words of the system, by contract column, with what they become. gaps:
    what the exports lack, with what follows. variables: dbt vars that its exports need.
    """

    name: str
    title: str
    how_to_export: str
    exports: dict[str, Export]
    tables: dict[str, Mapping]
    words: dict[str, dict[str, str]]
    gaps: dict[str, str]
    variables: dict[str, str]

    def recognise(self, header: Iterable[str]) -> Export | None:
        """The export with this header; of several, the one recognised by the most columns."""
        names = set(map(clean_name, header))
        matches = [export for export in self.exports.values() if export.recognised_by <= names]
        return max(matches, key=lambda export: len(export.recognised_by), default=None)

    def common(self) -> str:
        """SQL to run before the queries: macros of all systems, and views of this one."""
        files = [FOLDER / "macros.sql", FOLDER / self.name / "_views.sql"]
        return "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())

    def query(self, table: str) -> str:
        """The SQL of a table; it reads one relation per export."""
        return (FOLDER / self.name / f"{table}.sql").read_text(encoding="utf-8")


def system_names() -> list[str]:
    """Names of all systems, as given to --from."""
    return sorted(file.parent.name for file in FOLDER.glob("*/system.yml"))


@cache
def read_system(name: str) -> System:
    """Read the description of a system."""
    with (FOLDER / name / "system.yml").open(encoding="utf-8") as file:
        entry = yaml.safe_load(file)
    return System(
        name=name,
        title=entry["title"],
        how_to_export=entry["how_to_export"],
        exports={key: _export(key, value) for key, value in entry["exports"].items()},
        tables={
            key: Mapping(tuple(value["exports"]), value["columns"])
            for key, value in entry["tables"].items()
        },
        words=entry.get("words", {}),
        gaps=entry.get("gaps", {}),
        variables=entry.get("variables", {}),
    )


def recognise_system(header: Iterable[str]) -> System | None:
    """The system that exports files with this header."""
    names = list(header)
    found = []
    for name in system_names():
        export = read_system(name).recognise(names)
        if export:
            found.append((len(export.recognised_by), name))
    return read_system(max(found)[1]) if found else None


def _export(name: str, entry: dict) -> Export:
    columns = {clean_name(column): kind for kind in KINDS for column in entry.get(kind, [])}
    recognised_by = frozenset(map(clean_name, entry["recognised_by"]))
    return Export(
        name=name,
        label=entry["label"],
        recognised_by=recognised_by,
        columns=dict.fromkeys(sorted(recognised_by), "text") | columns,
    )
