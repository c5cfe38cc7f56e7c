"""Findings as an editor takes them: diagnostics, actions, and what a pointer that rests on one is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lsprotocol import types

from torchtielint import pages
from torchtielint.findings import Applicability, Edit, Finding, Position, Range, Severity
from torchtielint.ignoring import ignore_edit
from torchtielint.server.texts import Lines

SOURCE = "torchtielint"
UNUSED = "TTL002"
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_MENTION = re.compile(r"\bTTL\d{3}\b")
_COMMENT = re.compile(r"#.*")


@dataclass(frozen=True, slots=True)
class Page:
    """One text of an editor, a file or a cell, and what was found in it.

    Args:
        uri: what the editor calls it.
        version: which of its versions was checked.
        text: that version.
        lines: its lines, for the places in them.
        findings: what was found, in order.
        whole: the text that it is a part of, which comments are looked for in; and how many lines of it stand before.
    """

    uri: str
    version: int | None
    text: str
    lines: Lines
    findings: tuple[Finding, ...] = ()
    whole: str = ""
    above: int = 0

    def under(self, position: types.Position) -> Iterator[Finding]:
        """The findings that cover a place."""
        at = (position.line, position.character)
        for finding in self.findings:
            own = self.lines.to_editor(finding.range)
            if (own.start.line, own.start.character) <= at <= (own.end.line, own.end.character):
                yield finding

    def on_lines(self, place: types.Range) -> Iterator[Finding]:
        """The findings on the lines of a range: a cursor need not stand exactly on one to have it fixed."""
        for finding in self.findings:
            own = self.lines.to_editor(finding.range)
            if own.start.line <= place.end.line and place.start.line <= own.end.line:
                yield finding


def diagnostic(
    finding: Finding, page: Page, locate: Callable[[str, int], tuple[str, Lines] | None]
) -> types.Diagnostic:
    """A finding as a diagnostic; `locate` knows the URI and the lines of a path and a cell."""
    related: list[types.DiagnosticRelatedInformation] = []
    for note in finding.notes:
        found = locate(note.path, note.range.cell)
        if found is not None:
            place = types.Location(found[0], found[1].to_editor(note.range))
            related.append(types.DiagnosticRelatedInformation(place, note.message))
    return types.Diagnostic(
        page.lines.to_editor(finding.range),
        f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(finding.url),
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if finding.code == UNUSED else None,
        related_information=related or None,
        data={"name": finding.name},
    )


def actions(
    page: Page, place: types.Range, shown: Mapping[Finding, types.Diagnostic], *, versioned: bool
) -> Iterator[types.CodeAction]:
    """What can be done about the findings that a range touches: safe fixes first, then unsafe ones, then silence."""
    touched = list(page.on_lines(place))
    fixable = [finding for finding in touched if finding.fix is not None]
    for finding in sorted(fixable, key=lambda one: one.fix is not None and one.fix.applicability.value):
        yield from _fix(page, finding, shown, versioned=versioned)
    for finding in touched:
        edit = _ignore(page, finding)
        if edit is not None:
            title = f"Ignore {finding.code} ({finding.name}) here"
            yield _action(page, title, [edit], finding, shown, versioned=versioned)


def _fix(
    page: Page, finding: Finding, shown: Mapping[Finding, types.Diagnostic], *, versioned: bool
) -> Iterator[types.CodeAction]:
    fix = finding.fix
    if fix is None or any(edit.range.cell != finding.range.cell for edit in fix.edits):
        return
    safe = fix.applicability is Applicability.SAFE
    title = fix.message[:1].upper() + fix.message[1:] + ("" if safe else " (changes what the model computes or stores)")
    action = _action(page, f"{finding.code}: {title}", fix.edits, finding, shown, versioned=versioned)
    action.is_preferred = safe
    yield action


def _ignore(page: Page, finding: Finding) -> Edit | None:
    """The comment that silences a finding, as an edit of its page; not one about a comment or the whole file."""
    if finding.code in ("TTL001", UNUSED, "TTL003"):
        return None
    line = finding.range.start.line + page.above
    edit = ignore_edit(page.whole or page.text, line, finding.code)
    if edit is None:
        return None
    return moved(edit, -page.above)


def moved(edit: Edit, lines: int) -> Edit:
    """An edit so many lines further down."""
    from dataclasses import replace

    start = replace(edit.range.start, line=edit.range.start.line + lines)
    end = replace(edit.range.end, line=edit.range.end.line + lines)
    return Edit(replace(edit.range, start=start, end=end), edit.content)


def _action(
    page: Page,
    title: str,
    edits: Sequence[Edit],
    finding: Finding,
    shown: Mapping[Finding, types.Diagnostic],
    *,
    versioned: bool,
) -> types.CodeAction:
    return types.CodeAction(
        title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[shown[finding]] if finding in shown else None,
        edit=workspace_edit(page, edits, versioned=versioned),
    )


def fix_all(page: Page, text: str, *, versioned: bool) -> Iterator[types.CodeAction]:
    """The action that puts a text in place of a page's, from the first line that differs to the last."""
    old, new = page.text.split("\n"), text.split("\n")
    if old == new:
        return
    shorter = min(len(old), len(new))
    same = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - same) if old[-1 - at] != new[-1 - at]), shorter - same)
    start, end = Position(same + 1, 1), Position(len(old) - tail + 1, 1)
    content = "".join(f"{line}\n" for line in new[same : len(new) - tail])
    if not tail:  # there is no line behind it
        end = Position(len(old), len(old[-1]) + 1)
        content = content.removesuffix("\n")
    edit = workspace_edit(page, [Edit(Range(start, end), content)], versioned=versioned)
    yield types.CodeAction("Fix all that is safe to fix", kind=FIX_ALL, edit=edit)


def workspace_edit(page: Page, edits: Iterable[Edit], *, versioned: bool) -> types.WorkspaceEdit:
    """Edits of one page; of the version that was checked, where the editor understands that."""
    made = [types.TextEdit(page.lines.to_editor(edit.range), edit.content) for edit in edits]
    if not versioned:
        return types.WorkspaceEdit(changes={page.uri: made})
    document = types.OptionalVersionedTextDocumentIdentifier(page.uri, page.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, made)])


def hover(page: Page, position: types.Position, *, markdown: bool) -> types.Hover | None:
    """The page of the rule of a finding, or of a code in a comment."""
    comment = _COMMENT.search(page.lines.line(position.line))
    mentions = _MENTION.finditer(comment.group()) if comment else ()
    column = page.lines.column(position)
    codes = [
        one.group() for one in mentions if comment and one.start() <= column - comment.start() <= one.end()
    ] or list(dict.fromkeys(finding.code for finding in page.under(position)))
    texts = [pages.for_readers(found.text) for code in codes if (found := pages.load(code)) is not None]
    if not texts:
        return None
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, "\n\n---\n\n".join(texts)))
