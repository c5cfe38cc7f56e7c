"""What every surface speaks: a finding, where it is, and how sure it is."""

from __future__ import annotations

import enum
from dataclasses import dataclass

RULES_URL = "https://github.com/torchtielint/torchtielint/blob/main/rules/"


class Severity(enum.Enum):
    """How bad the effect is when the finding is true."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Certainty(enum.IntEnum):
    """How sure the interpreter is; a setting says from which level on findings are shown."""

    HINT = 0
    LIKELY = 1
    PROVEN = 2


class Applicability(enum.Enum):
    """Whether a fix keeps every name, value and tie that there is and works (safe), or may change some (unsafe)."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file: line and column (in characters), both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """A span of a file; the end is exclusive. In a notebook it is one of a cell, which `cell` numbers from 1."""

    start: Position
    end: Position
    cell: int = 0

    def page(self, path: str) -> str:
        """What its lines are lines of: a file, or `path:cell 3` of a notebook."""
        return f"{path}:cell {self.cell}" if self.cell else path


@dataclass(frozen=True, slots=True)
class Note:
    """Another place that explains a finding, such as where a parameter was first registered."""

    message: str
    path: str
    range: Range


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of a range by other text."""

    range: Range
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that together repair a finding."""

    message: str
    applicability: Applicability
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to report about one file.

    `symbol` names what it is about independently of lines (`Class.attribute`), for fingerprints and baselines;
    it is empty where nothing has a name.
    """

    code: str
    name: str
    severity: Severity
    certainty: Certainty
    message: str
    path: str
    range: Range
    help: str = ""
    notes: tuple[Note, ...] = ()
    fix: Fix | None = None
    symbol: str = ""

    @property
    def url(self) -> str:
        """The address of the rule's page."""
        return f"{RULES_URL}{self.code}.md"

    @property
    def sort_key(self) -> tuple[str, int, Range, str, str]:
        """The order of every report: path, place, code."""
        return (self.path, self.range.cell, self.range, self.code, self.message)
