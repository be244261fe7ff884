"""Errors that end a command with one line instead of a traceback."""


class CommandError(Exception):
    """Ends a command; its message says in one line what is wrong and what to do."""


class FileError(CommandError):
    """A file or folder that cannot be read, built or published."""
