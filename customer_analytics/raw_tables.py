"""What is found of the raw tables, and the SQL that reads it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from customer_analytics.errors import CommandError

CONVERT = "python -m customer_analytics convert"


class InputError(CommandError):
    """Something about the raw files that stops a build, said in one line."""


@dataclass(frozen=True)
class RawColumn:
    """A column of the contract as it stands in the files: its name there and its DuckDB type."""

    name: str
    type: str


@dataclass
class Part:
    """Files of one table that can be read together, and the DuckDB expression that reads them."""

    relation: str
    columns: dict[str, RawColumn]


@dataclass
class RawTable:
    """What was found of one table."""

    files: list[str]
    rows: int = 0
    parts: list[Part] = field(default_factory=list)
    extra_columns: list[str] = field(default_factory=list)


@dataclass
class Inputs:
    """What was found in a folder; `problems` are what stops a build, one line each."""

    place: str
    tables: dict[str, RawTable] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def convert_command(file: Path) -> str:
    """The command that turns a file into one that can be read."""
    return f"{CONVERT} {file} FOLDER"


def shorten(text: str, length: int = 200) -> str:
    """Cut a text that would make a message unreadable; say 'nothing' for an empty one."""
    return text[: length - 4] + " ..." if len(text) > length else text or "nothing"


def and_more(items: list) -> str:
    """Say how many items there are beside the first."""
    return f" and {len(items) - 1} more" if len(items) > 1 else ""


def literal(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def glob_escaped(file: Path) -> str:
    """Write a path so that DuckDB takes none of its characters for a wildcard."""
    return re.sub(r"([*?\[])", r"[\1]", str(file))


def file_list(files: list[Path]) -> str:
    """Write paths as an SQL list."""
    return "[" + ", ".join(literal(glob_escaped(file)) for file in files) + "]"
