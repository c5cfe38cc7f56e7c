"""Findings as a reader wants them: what, where, the code itself, what explains it, what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from torchtielint.edits import hunks
from torchtielint.findings import Finding, Fix, Note, Range
from torchtielint.reporters.report import Report
from torchtielint.reporters.snippet import UNLIMITED, Drawing, cut, snippet
from torchtielint.reporters.style import visible

CONTEXT = 1


def full(report: Report) -> Iterator[str]:
    """Each finding as a block of lines, an empty line after it."""
    for finding in report.findings:
        yield from _block(finding, report)
        yield ""


def _block(finding: Finding, report: Report) -> Iterator[str]:
    style = report.style
    edits = finding.fix.edits if finding.fix is not None else ()
    others = [*(note.range for note in finding.notes), *(edit.range for edit in edits)]
    lines = max(finding.range.end.line + CONTEXT, *(place.end.line for place in others), 0)
    gutter = len(str(lines))
    code = style.link(style.severity(finding.code, finding.severity), finding.url)
    head = _wrapped(visible(finding.message), report.width, first=len(finding.code) + 1, rest=len(finding.code) + 1)
    yield f"{code} {style.strong(head[0])}"
    yield from (style.strong(line) for line in head[1:])
    yield from _place(finding.path, finding.range, report, gutter, finding=finding)
    for note in finding.notes:
        yield from _labelled("note", note.message, report, gutter)
        yield from _place(note.path, note.range, report, gutter, note=note)
    if finding.help:
        yield from _labelled("help", finding.help, report, gutter)
    if finding.fix is not None:
        yield from _labelled("fix", f"{finding.fix.message} ({finding.fix.applicability.value})", report, gutter)
        yield from _changes(finding.path, finding.fix, report, gutter)
    name = f"{finding.name} ({finding.severity.value}"
    name += ")" if finding.certainty.name == "PROVEN" else f", {finding.certainty.name.lower()})"
    yield from _labelled("rule", name, report, gutter)
    indent = gutter + 9 if report.width is None or gutter + 9 + len(finding.url) <= report.width else 0
    yield f"{' ' * indent}{style.link(style.faint(finding.url), finding.url)}"


def _place(
    path: str, place: Range, report: Report, gutter: int, *, finding: Finding | None = None, note: Note | None = None
) -> Iterator[str]:
    style = report.style
    yield f"{' ' * gutter}{style.frame('-->')} {visible(place.page(path))}:{place.start.line}:{place.start.column}"
    lines = report.lines_of(place.page(path))
    if not lines or not any(lines):
        return
    columns = max(20, (report.width or UNLIMITED + gutter + 3) - gutter - 3)
    if finding is not None:
        severity = finding.severity
        drawing = Drawing(style, columns, gutter, lambda text: style.severity(text, severity))
        yield from snippet(lines, place, drawing, context=CONTEXT)
    elif note is not None:
        yield from snippet(lines, place, Drawing(style, columns, gutter, style.other), context=0)


def _changes(path: str, fix: Fix, report: Report, gutter: int) -> Iterator[str]:
    """The lines that a fix takes away and brings."""
    page = fix.edits[0].range.page(path) if fix.edits else path
    lines = report.lines_of(page)
    if not lines or not any(lines) or any(edit.range.page(path) != page for edit in fix.edits):
        return  # edits in several cells
    style = report.style
    columns = max(20, (report.width or UNLIMITED + gutter + 3) - gutter - 3)
    drawing = Drawing(style, columns, gutter, style.other)
    yield drawing.row(None, "")
    for first, gone, come in hunks(lines, fix.edits):
        yield from (
            drawing.row(first + row, style.gone(f"- {cut(line, columns - 2)}")) for row, line in enumerate(gone)
        )
        yield from (
            drawing.row(first + row, style.come(f"+ {cut(line, columns - 2)}")) for row, line in enumerate(come)
        )
    yield drawing.row(None, "")


def _labelled(label: str, text: str, report: Report, gutter: int) -> Iterator[str]:
    indent = gutter + len(label) + 5
    wrapped = _wrapped(visible(text), report.width, first=indent, rest=indent)
    yield f"{' ' * gutter} {report.style.frame('=')} {report.style.strong(label + ':')} {wrapped[0]}"
    yield from wrapped[1:]


def _wrapped(text: str, width: int | None, *, first: int, rest: int) -> list[str]:
    """A text broken at blanks to the width of the terminal; the first line starts at a column, others are indented."""
    if width is None or not text:
        return [text]
    lines = textwrap.wrap(
        text,
        max(width, first + 20),
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [lines[0][first:], *lines[1:]]
