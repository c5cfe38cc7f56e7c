"""What can go wrong: a user's mistake, or a text that is not Python."""

from __future__ import annotations

from collections.abc import Iterable

ISSUES_URL = "https://github.com/torchtielint/torchtielint/issues"


def nearest(typed: str, known: Iterable[str], likeness: float) -> str:
    """What a user may have meant: the word most like the one typed, empty where none is as like as that."""
    import difflib  # for mistakes, which most runs do not make

    return next(iter(difflib.get_close_matches(typed, list(known), 1, likeness)), "")


class TorchtielintError(Exception):
    """A user's mistake: shown as one line and a hint, exit code 2."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(TorchtielintError):
    """Options or arguments that contradict each other or name something unknown."""


class ConfigError(TorchtielintError):
    """A configuration that cannot be read, or says something that has no meaning."""


class PathError(TorchtielintError):
    """A path on the command line that is no file or folder."""


class WorkerError(TorchtielintError):
    """Models cannot be measured: there is nothing to measure them with."""


class SourceSyntaxError(Exception):
    """A text is not valid Python; the place is counted from 1."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.message = message


class UnreadableSourceError(Exception):
    """A file whose bytes are no text, or whose text no parser survives; the message says why, the hint what helps."""

    def __init__(self, message: str, *, line: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.hint = hint
