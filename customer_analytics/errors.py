"""Errors that end a command with one line instead of a traceback."""

import sys


class CommandError(Exception):
    """Ends a command; its message says in one line what is wrong and what to do."""


class FileError(CommandError):
    """A file or folder that cannot be read, built or published."""


def missing_package(error: ModuleNotFoundError) -> str:
    """What to do in a Python without the packages of this project, such as that of the system."""
    return (
        f"the package {error.name} is not installed in {sys.executable}: run `make build`, which"
        " installs all packages into .venv, and use .venv/bin/python"
    )
