"""Fixes, round by round until nothing is left to fix; what cannot be verified is not made."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from torchtielint.edits import compatible
from torchtielint.findings import Edit, Finding
from torchtielint.name_errors import name_errors

T = TypeVar("T")
FixableT = TypeVar("FixableT", bound="Fixable")


class Fixable(Protocol):
    """A text that fixes change: a file's, or the program of a notebook."""

    @property
    def text(self) -> str:
        """What is checked."""

    def after(self: T, edits: Iterable[Edit]) -> T:
        """The same after edits of its text; ValueError where they cannot be made."""

    def encode(self) -> bytes:
        """The bytes of the file."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A finding whose fix was not made, and why not."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Fixed(Generic[FixableT]):
    """A source after its fixes, those that were made in the order of making, and those that were not."""

    source: FixableT
    made: tuple[Finding, ...]
    refused: tuple[Refused, ...]


Check = Callable[[str], Sequence[Finding]]


def fix_source(source: FixableT, *, check: Check, guard: Check, wanted: Callable[[Finding], bool]) -> Fixed[FixableT]:
    """Fix what can be fixed in a source.

    It ends, as each round leaves fewer findings.

    Args:
        source: the source.
        check: gives the findings of a text whose fixes may be made: suppressed ones are not among them.
        guard: gives the findings by which fixes are verified.
        wanted: whether the fix of a finding is asked for.
    """
    made: list[Finding] = []
    refused: dict[object, Refused] = {}
    while True:
        offered = [one for one in check(source.text) if wanted(one) and _identity_of_fix(one) not in refused]
        chosen = compatible(offered)
        if not chosen:
            return Fixed(source, tuple(made), tuple(refused.values()))
        source, accepted, failed = _round(source, chosen, guard)
        made += accepted
        refused.update({_identity_of_fix(one.finding): one for one in failed})


def _round(source: FixableT, chosen: list[Finding], guard: Check) -> tuple[FixableT, list[Finding], list[Refused]]:
    """All fixes at once, and where that is no good, those that are good beside the ones before them."""
    before = Counter(map(_identity, guard(source.text)))
    whole = _attempt(source, chosen, before, guard)
    if not isinstance(whole, str):
        return whole, chosen, []
    if len(chosen) == 1:
        return source, [], [Refused(chosen[0], whole)]
    accepted: list[Finding] = []
    failed: list[Refused] = []
    best = source
    for one in chosen:
        trial = _attempt(source, [*accepted, one], before, guard)
        if not isinstance(trial, str):
            accepted.append(one)
            best = trial
        else:
            failed.append(Refused(one, trial))
    return best, accepted, failed


def _attempt(source: FixableT, chosen: list[Finding], before: Counter[tuple[str, str]], guard: Check) -> FixableT | str:
    """The source after the fixes, or why it is no good."""
    edits = [edit for one in chosen if one.fix is not None for edit in one.fix.edits]
    try:
        after = source.after(edits)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user's own warnings are not ours to show
            compile(after.text, "<fix>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            unknown = name_errors(after.text) - name_errors(source.text)
            after.encode()
    except (SyntaxError, ValueError, RecursionError):
        return "the result is no valid Python"
    if unknown:
        return f"the result uses {', '.join(f'`{name}`' for name in sorted(unknown))} where it is not defined"
    left = Counter(map(_identity, guard(after.text)))
    over = left - (before - Counter(map(_identity, chosen)))
    if over:
        code, message = min(over)
        own = any((code, message) == _identity(one) for one in chosen)
        return f"the finding would stay: {code} {message}" if own else f"another finding would appear: {code} {message}"
    return after


def _identity(finding: Finding) -> tuple[str, str]:
    """What a finding is apart from its place, which fixes move."""
    return finding.code, finding.message


def _identity_of_fix(finding: Finding) -> object:
    return _identity(finding), finding.fix and tuple(edit.content for edit in finding.fix.edits)
