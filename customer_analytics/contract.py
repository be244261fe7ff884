"""The input contract, read from the properties of the input models."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parent.parent
CONTRACT_FILE = PROJECT / "models" / "input" / "_input_shop__models.yml"
PREFIX = "input_shop__"


@dataclass(frozen=True)
class Column:
    """A column of an input table; `data_type` names the macro that reads it."""

    name: str
    data_type: str
    required: bool = False
    personal: bool = False
    description: str = ""


@dataclass(frozen=True)
class Table:
    """An input table, with its key and the marts that it unlocks."""

    name: str
    description: str
    columns: dict[str, Column]
    required: bool = False
    key: tuple[str, ...] = ()
    opens: tuple[str, ...] = field(default=())

    @property
    def required_columns(self) -> list[str]:
        """Names of the required columns."""
        return [column.name for column in self.columns.values() if column.required]


@cache
def read_contract(path: Path = CONTRACT_FILE) -> dict[str, Table]:
    """Return the contract's tables by name, in the order of the file."""
    with path.open(encoding="utf-8") as file:
        models = yaml.safe_load(file)["models"]
    tables = [_table(entry) for entry in models]
    return {table.name: table for table in tables}


def clean_name(name: str) -> str:
    """Header names are compared without surrounding whitespace and case."""
    return name.strip().lower()


def _table(entry: dict) -> Table:
    meta = _meta(entry)
    columns = [_column(column) for column in entry["columns"]]
    return Table(
        name=entry["name"].removeprefix(PREFIX),
        # without the reference to the table of columns, which dbt docs show
        description=entry.get("description", "").partition("\n")[0],
        columns={column.name: column for column in columns},
        required=bool(meta.get("required")),
        key=tuple(meta.get("key", ())),
        opens=tuple(meta.get("opens", ())),
    )


def _column(entry: dict) -> Column:
    meta = _meta(entry)
    return Column(
        name=entry["name"],
        data_type=entry["data_type"],
        required=bool(meta.get("required")),
        personal=bool(meta.get("personal")),
        description=entry.get("description", ""),
    )


def _meta(entry: dict) -> dict:
    return entry.get("config", {}).get("meta", {})
