"""Raw tables found in a folder, and the SQL that reads them."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from customer_analytics.errors import CommandError

CONVERT = "customer-analytics convert"


class InputError(CommandError):
    """A problem of the raw files that stops a build, in one line."""


@dataclass(frozen=True)
class RawColumn:
    """A column of the contract as found in the files: its name there and its DuckDB type."""

    name: str
    type: str


@dataclass
class Part:
    """Files of one table that can be read together, and the DuckDB expression that reads them."""

    relation: str
    columns: dict[str, RawColumn]


@dataclass
class RawTable:
    """The files, rows and columns found for one table."""

    files: list[str]
    rows: int = 0
    parts: list[Part] = field(default_factory=list)
    extra_columns: list[str] = field(default_factory=list)


@dataclass
class Inputs:
    """The tables found in a folder; each line in `problems` stops a build."""

    location: str
    tables: dict[str, RawTable] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def convert_command(file: Path) -> str:
    """The command that converts a file to UTF-8 CSV."""
    return f"{CONVERT} {file} FOLDER"


def shorten(text: str, length: int = 200) -> str:
    """Shorten a text for a message; return 'nothing' for an empty one."""
    return text[: length - 4] + " ..." if len(text) > length else text or "nothing"


def and_more(items: list) -> str:
    """How many items there are after the first, as in ' and 2 more'."""
    return f" and {len(items) - 1} more" if len(items) > 1 else ""


def literal(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def glob_escaped(file: Path) -> str:
    """Escape a path so that DuckDB reads none of its characters as a wildcard."""
    return re.sub(r"([*?\[])", r"[\1]", str(file))


def file_list(files: list[Path]) -> str:
    """Write paths as an SQL list."""
    return "[" + ", ".join(literal(glob_escaped(file)) for file in files) + "]"
