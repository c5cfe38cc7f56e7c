"""Text edits: which of them fit together, and what they make of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from torchtielint.findings import Edit, Finding, Position

_LINE_END = re.compile(r"\r\n|\r|\n")


class Offsets:
    """From lines and columns to offsets in a text, whatever ends its lines."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
        self._size = len(text)

    def __call__(self, position: Position) -> int:
        """The offset of a position; that of the end for one behind the last line."""
        if position.line > len(self._starts):
            return self._size
        return min(self._starts[position.line - 1] + position.column - 1, self._size)


def apply_edits(text: str, edits: Iterable[Edit], *, newline: str = "\n") -> str:
    """A text after edits that do not overlap; equal ones are made once, and new lines end as `newline` says."""
    offset = Offsets(text)
    pieces: list[str] = []
    done = 0
    for edit in sorted(set(edits), key=lambda edit: (edit.range, edit.content)):
        pieces += [text[done : offset(edit.range.start)], edit.content.replace("\n", newline)]
        done = offset(edit.range.end)
    return "".join([*pieces, text[done:]])


def compatible(findings: Iterable[Finding]) -> list[Finding]:
    """The findings whose fixes can be made together: of two that touch, the first in the order of reports."""
    taken: set[Edit] = set()
    chosen: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: finding.sort_key):
        edits = () if finding.fix is None else finding.fix.edits
        if edits and not any(_touch(one, other) for one in edits for other in taken):
            chosen.append(finding)
            taken.update(edits)
    return chosen


def _touch(one: Edit, other: Edit) -> bool:
    """Whether two edits concern a common place; equal ones are one edit."""
    if one == other:
        return False
    empty = one.range.start == one.range.end or other.range.start == other.range.end
    if empty:
        return one.range.start <= other.range.end and other.range.start <= one.range.end
    return one.range.start < other.range.end and other.range.start < one.range.end


def hunks(lines: Sequence[str], edits: Sequence[Edit]) -> list[tuple[int, list[str], list[str]]]:
    """What edits change, as the first line, the lines that go and the lines that come, from top to bottom."""
    groups: list[list[Edit]] = []
    for edit in sorted(set(edits), key=lambda edit: (edit.range, edit.content)):
        if groups and edit.range.start.line <= groups[-1][-1].range.end.line:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    return [hunk for group in groups if any((hunk := _hunk(lines, group))[1:])]


def _hunk(lines: Sequence[str], edits: Sequence[Edit]) -> tuple[int, list[str], list[str]]:
    first = edits[0].range.start.line
    last = min(max(edit.range.end.line for edit in edits), len(lines))
    text = "\n" * (first - 1) + "".join(f"{line}\n" for line in lines[first - 1 : last])
    old = list(lines[first - 1 : last])
    after = apply_edits(text, edits)[first - 1 :]
    new = after.removesuffix("\n").split("\n") if after else []
    while old and new and old[0] == new[0]:
        old, new, first = old[1:], new[1:], first + 1
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return first, old, new
