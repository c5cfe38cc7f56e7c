"""What every format is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from torchtielint.findings import Certainty, Finding, Severity
from torchtielint.reporters.style import Style

HOMEPAGE = "https://github.com/torchtielint/torchtielint"


@dataclass(frozen=True, slots=True)
class RulePage:
    """What formats with rules in them say about one: its page, and what stands there about it."""

    summary: str
    markdown: str
    severity: Severity | None = None
    certainty: Certainty | None = None


def _no_lines(path: str) -> Sequence[str] | None:
    return None


def _no_page(code: str) -> RulePage | None:
    return None


@dataclass(frozen=True)
class Report:
    """Findings in order, and what it takes to show them.

    Args:
        findings: what was found, sorted.
        files_checked: how many files were looked at.
        lines_of: the lines of a file by the path that findings give, or of a cell by the `page` of a range; None where
            they cannot be had.
        style: colours, or none.
        width: the columns of the terminal; None where the report goes elsewhere.
        root: the folder that paths are relative to for programs at the other end; empty: as findings give them.
        page_of: the page of a rule; None where it has none.
        complete: every file was checked to its end.
    """

    findings: Sequence[Finding]
    files_checked: int = 0
    lines_of: Callable[[str], Sequence[str] | None] = _no_lines
    style: Style = field(default_factory=Style)
    width: int | None = None
    root: str = ""
    page_of: Callable[[str], RulePage | None] = _no_page
    complete: bool = True
