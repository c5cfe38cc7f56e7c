"""Comments that silence findings, which of them did, and what is wrong with the others.

`# noqa` and `# noqa: TTL301, TTL302` as flake8 reads them; `# torchtielint: ignore[code-or-name, ...] reason` on any
line of a statement, or on a line of its own for the next one; `# torchtielint: ignore-file[...]` on a line of its own.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from torchtielint.findings import Applicability, Certainty, Edit, Finding, Fix, Position, Range, Severity
from torchtielint.selectors import Catalogue
from torchtielint.statements import Comment, comments_of

UNUSED = "TTL002"
MAY_MATTER = re.compile(r"torchtielint:|noqa[^\n]*\bTTL\d", re.IGNORECASE)
_ANY = re.compile(r"torchtielint:|noqa", re.IGNORECASE)
_NOQA = re.compile(r"#\s*noqa(?::[\s]?(?P<items>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
_OWN = re.compile(r"#\s*torchtielint:\s*(?P<word>[\w-]+)?\s*(?P<bracket>\[(?P<items>[^\]]*)(?P<closed>\])?)?")
_ITEM = re.compile(r"[^\s,]+")


_END = 1 << 60  # after every line


@dataclass(slots=True)
class Item:
    """One entry of a directive: the text, where it starts in the file's line, the codes that it stands for."""

    text: str
    column: int
    codes: frozenset[str]
    used: bool = False


@dataclass(slots=True)
class Directive:
    """One request to be silent: on which lines, and about what (no items: about everything)."""

    comment: Comment
    start: int
    end: int
    own_form: bool
    first: int
    last: int
    blanket: bool
    items: list[Item] = field(default_factory=list)
    used: bool = False
    problem: str = ""
    help: str = ""

    def silences(self, finding: Finding) -> bool:
        """Whether it silences a finding; what does so is marked as used."""
        if self.problem or not self.first <= finding.range.start.line <= self.last:
            return False
        matching = [item for item in self.items if finding.code in item.codes]
        for item in matching:
            item.used = True
        self.used = self.used or self.blanket
        return self.blanket or bool(matching)


def suppress(
    findings: Sequence[Finding], text: str, *, path: str, catalogue: Catalogue, enabled: frozenset[str]
) -> list[Finding]:
    """Leave out the findings that comments silence, and add one for each comment that silences nothing.

    An entry about a rule that is not on in this run is not unused: nobody can know.
    """
    if not _ANY.search(text):
        return list(findings)
    comments, exact = comments_of(text)
    directives = [directive for comment in comments for directive in _directives(comment, catalogue)]
    index = _Index(directives)
    kept = [finding for finding in findings if not _silenced(finding, index.about(finding))]
    if UNUSED not in enabled or not exact:
        return kept
    index = _Index(one for one in directives if one.blanket or any(UNUSED in item.codes for item in one.items))
    for last in (False, True):  # what may silence such findings is itself judged last, and not by itself
        for one in directives:
            for finding in _unused(one, path, enabled, catalogue, last=last):
                others = [other for other in index.about(finding) if other is not one or not (last or one.blanket)]
                if not _silenced(finding, others):
                    kept.append(finding)
    return kept


class _Index:
    """Directives by the lines that they are about; statements do not overlap, so that few are about one line."""

    def __init__(self, directives: Iterable[Directive]) -> None:
        self._file: list[Directive] = []
        self._by_start: dict[int, list[Directive]] = {}
        for directive in directives:
            if directive.comment.own_line and not directive.own_form:
                continue  # a `noqa` on a line of its own is about nothing
            place = self._file if directive.last == _END else self._by_start.setdefault(directive.first, [])
            place.append(directive)
        self._starts = sorted(self._by_start)

    def about(self, finding: Finding) -> list[Directive]:
        """Those that may be about a finding: the file's, and those of the nearest statement above its line."""
        before = bisect.bisect_right(self._starts, finding.range.start.line)
        return self._file + (self._by_start[self._starts[before - 1]] if before else [])


def _silenced(finding: Finding, directives: Iterable[Directive]) -> bool:
    applying = [directive for directive in directives if directive.silences(finding)]  # all of them, not only the first
    return bool(applying)


def _directives(comment: Comment, catalogue: Catalogue) -> Iterator[Directive]:
    for match in _NOQA.finditer(comment.text):
        items = _items(match, comment, catalogue, codes_only=True)
        yield _directive(match, comment, items, own_form=False, blanket=match["items"] is None)
    for match in _OWN.finditer(comment.text):
        yield _own_directive(match, comment, catalogue)


def _directive(
    match: re.Match[str], comment: Comment, items: list[Item], *, own_form: bool, blanket: bool
) -> Directive:
    return Directive(comment, match.start(), match.end(), own_form, comment.first, comment.last, blanket, items)


def _own_directive(match: re.Match[str], comment: Comment, catalogue: Catalogue) -> Directive:
    word = match["word"] or ""
    items = _items(match, comment, catalogue, codes_only=False)
    made = _directive(match, comment, items, own_form=True, blanket=match["bracket"] is None)
    if word == "ignore-file":
        made.first, made.last = 1, _END
    if word not in ("ignore", "ignore-file"):
        made.problem = f"`torchtielint: {word}` is no directive, so it silences nothing"
        made.help = "write `# torchtielint: ignore[TTL301] reason` or `# torchtielint: ignore-file[TTL301]`"
    elif word == "ignore-file" and not comment.own_line:
        made.problem = "`ignore-file` beside code silences nothing"
        made.help = "give it a line of its own, or write `ignore` for this statement only"
    elif match["bracket"] is not None and match["closed"] is None:
        made.problem = "the bracket is not closed, so the comment silences nothing"
        made.help = f"write `# torchtielint: {word}[TTL301]`"
    elif match["bracket"] is not None and not items:
        made.problem = "the brackets are empty, so the comment silences nothing"
        made.help = f"name rules in them, or write `# torchtielint: {word}` to silence all"
    return made


def _items(match: re.Match[str], comment: Comment, catalogue: Catalogue, *, codes_only: bool) -> list[Item]:
    """The entries of a directive; of `noqa` only those that are about us."""
    items: list[Item] = []
    for found in _ITEM.finditer(match["items"] or ""):
        text = found.group()
        if codes_only and not text.upper().startswith("TTL"):
            continue
        codes = catalogue.expand(text)[1]
        items.append(Item(text, comment.column + match.start("items") + found.start(), codes))
    return items


def _unused(
    directive: Directive, path: str, enabled: frozenset[str], catalogue: Catalogue, *, last: bool
) -> Iterator[Finding]:
    """What is to be said about a directive; `last` is the turn of those that may silence TTL002 themselves."""
    if directive.problem:
        if not last:
            yield _finding(directive, path, directive.problem, directive.help)
        return
    whole_file = directive.last == _END
    if directive.blanket:
        if last and directive.own_form and not directive.used:
            scope = "this file" if whole_file else "this statement"
            yield _finding(directive, path, f"no rule reports anything on {scope}", "remove the comment", remove=True)
        return
    dead: list[tuple[Item, str, str]] = []
    for item in directive.items:
        if not item.codes:
            near = catalogue.nearest(item.text)
            dead.append((item, f"`{item.text}` is no rule", f"did you mean `{near}`?" if near else "remove it"))
        elif not item.used and item.codes <= enabled:
            where = "in this file" if whole_file else "on this statement"
            dead.append((item, f"`{item.text}` reports nothing {where}", "remove it"))
    for item, message, help_ in dead:
        if (UNUSED in item.codes) is last:
            yield _finding(directive, path, message, help_, item=item, dead=[one for one, _, _ in dead])


def _finding(
    directive: Directive,
    path: str,
    message: str,
    help_: str,
    *,
    item: Item | None = None,
    dead: Sequence[Item] = (),
    remove: bool = False,
) -> Finding:
    line, column = directive.comment.line, directive.comment.column
    start, end = column + directive.start, column + directive.end
    if item is not None:
        start, end = item.column, item.column + len(item.text)
        if len(dead) == len(directive.items):
            help_ = help_.replace("remove it", "remove the comment")
    return Finding(
        UNUSED,
        "unused-suppression",
        Severity.WARNING,
        Certainty.PROVEN,
        message,
        path,
        Range(Position(line, start + 1), Position(line, end + 1)),
        help=help_,
        fix=_fix(directive, dead) if dead or remove else None,
    )


def _fix(directive: Directive, dead: Sequence[Item]) -> Fix | None:
    """Take the dead entries out; the whole comment where nothing else is in it; keep misspelt ones."""
    if any(not item.codes for item in dead):
        return None
    comment = directive.comment
    body = comment.text[directive.start : directive.end]
    opening = body.find("[" if directive.own_form else ":") + 1
    entries = _ITEM.findall(body[opening:].removesuffix("]")) if dead else []
    live = [entry for entry in entries if entry not in {item.text for item in dead}]
    whole = directive.start == 0 and (directive.own_form or directive.end == len(comment.text.rstrip()))
    if not live and whole:
        return Fix("remove the comment", Applicability.SAFE, (Edit(comment.removal, ""),))
    kept = ", ".join(live)
    content = "" if not live else f"{body[:opening]}{kept}]" if directive.own_form else f"{body[:opening]} {kept}"
    start = Position(comment.line, comment.column + directive.start + 1)
    end = Position(comment.line, comment.column + directive.end + 1)
    return Fix("remove what silences nothing", Applicability.SAFE, (Edit(Range(start, end), content),))
