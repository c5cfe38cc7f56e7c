"""What is found in a text that was checked a moment ago: only the statements that changed are run anew.

What is found in the others moves with them. It may depend on those that changed, so that a whole check has to follow;
until it has ended, this is what a reader is shown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchtielint.checks.run import facts_for, findings_of, once_each
from torchtielint.findings import Edit, Finding, Fix, Note, Position, Range
from torchtielint.repairs.workshop import Workshop
from torchtielint.semantics.analysis import analyse
from torchtielint.semantics.index import Index, Statement, StatementKind, index_source
from torchtielint.semantics.program import Program

if TYPE_CHECKING:
    from torchtielint.checks.registry import Rule
    from torchtielint.semantics.project import Project

MOST_CHANGED = 8
"""With more statements changed a whole check is as good."""


@dataclass(frozen=True, slots=True)
class Before:
    """The statements of a text by their own texts, and what was found in it."""

    statements: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, text: str, findings: Collection[Finding]) -> Before:
        """What was found in a text that can be parsed."""
        lines = text.split("\n")
        index = index_source(text)
        return cls(tuple((_text(lines, one), one.first_line) for one in index.statements), tuple(findings))


@dataclass(frozen=True, slots=True)
class _Moved:
    """Lines that are somewhere else now."""

    first: int
    last: int
    by: int


def check_again(
    text: str, before: Before, *, path: str, rules: Collection[Rule], file: str, project: Project | None
) -> list[Finding] | None:
    """What is found in a text that is much what it was; None where only a whole check can tell.

    Raises:
        SourceSyntaxError: when the text is not valid Python.
    """
    index = index_source(text)
    moved, changed = _compared(text, index, before)
    imports = any(one.kind is StatementKind.IMPORT for one in changed)
    if index.whole is not None or len(changed) > MOST_CHANGED or imports:
        return None
    if any(one.kind is not StatementKind.DEFINITION for one in changed):  # what a module does itself is one program
        changed = [one for one in index.statements if one in changed or one.kind is StatementKind.CODE]
    found = [finding for one in before.findings if (finding := _carried(one, moved, path)) is not None]
    if changed:
        program = Program.of(path, text, index, file)
        facts, finished = analyse(program, project, frozenset(changed), wanted=facts_for(rules))
        if not finished:
            return None
        spans = [(one.first_line, one.last_line) for one in changed]
        found = [finding for finding in found if not _is_in(finding, path, spans)]
        found += [finding for finding in findings_of(facts, rules, Workshop(program)) if _is_in(finding, path, spans)]
    return once_each(text, found)


def _text(lines: Sequence[str], statement: Statement) -> str:
    return "\n".join(lines[statement.first_line - 1 : statement.last_line])


def _compared(text: str, index: Index, before: Before) -> tuple[list[_Moved], list[Statement]]:
    """Where the statements are that did not change, and those that are new."""
    known: dict[str, deque[int]] = {}
    for own, first in before.statements:
        known.setdefault(own, deque()).append(first)
    lines = text.split("\n")
    moved: list[_Moved] = []
    changed: list[Statement] = []
    for statement in index.statements:
        places = known.get(_text(lines, statement))
        if places:
            first = places.popleft()
            last = first + statement.last_line - statement.first_line
            moved.append(_Moved(first, last, statement.first_line - first))
        else:
            changed.append(statement)
    return moved, changed


def _is_in(finding: Finding, path: str, spans: Sequence[tuple[int, int]]) -> bool:
    line = finding.range.start.line
    return finding.path == path and any(first <= line <= last for first, last in spans)


def _carried(finding: Finding, moved: Sequence[_Moved], path: str) -> Finding | None:
    """A finding where its statement is now; None where that has changed."""
    place = _shifted(finding.range, moved)
    if place is None:
        return None
    return replace(
        finding,
        range=place,
        notes=tuple(_notes(finding.notes, moved, path)),
        fix=None if finding.fix is None else _fix(finding.fix, moved),
    )


def _notes(notes: Sequence[Note], moved: Sequence[_Moved], path: str) -> Iterator[Note]:
    for note in notes:
        place = _shifted(note.range, moved) if note.path == path else note.range
        if place is not None:
            yield replace(note, range=place)


def _fix(fix: Fix, moved: Sequence[_Moved]) -> Fix | None:
    edits: list[Edit] = []
    for edit in fix.edits:
        place = _shifted(edit.range, moved)
        if place is None:
            return None
        edits.append(replace(edit, range=place))
    return replace(fix, edits=tuple(edits))


def _shifted(place: Range, moved: Sequence[_Moved]) -> Range | None:
    """Where a range is now, if it is one of a statement that did not change."""
    for one in moved:
        if one.first <= place.start.line and place.end.line <= one.last:
            start = Position(place.start.line + one.by, place.start.column)
            return replace(place, start=start, end=Position(place.end.line + one.by, place.end.column))
    return None
