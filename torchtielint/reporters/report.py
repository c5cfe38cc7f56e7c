"""What every format is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from torchtielint.findings import Finding
from torchtielint.reporters.style import Style


def _no_lines(path: str) -> Sequence[str] | None:
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
    """

    findings: Sequence[Finding]
    files_checked: int = 0
    lines_of: Callable[[str], Sequence[str] | None] = _no_lines
    style: Style = field(default_factory=Style)
    width: int | None = None
