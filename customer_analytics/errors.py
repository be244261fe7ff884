"""What ends a command with one line instead of a traceback."""


class CommandError(Exception):
    """The reason why a command ends, in one line, with what to do about it."""


class FileError(CommandError):
    """A file or folder that cannot be read, built or published."""
