"""How figures and findings read, in the page and in the drawings alike."""

from __future__ import annotations

import unicodedata
from typing import Final

from torchtielint.kinds import TieKind
from torchtielint.pictures.document import Group, Model, Status
from torchtielint.runtime.report import Outcome

OUTCOME_SYMBOLS: Final = {
    Outcome.KEPT: "✓",
    Outcome.DEMOTED: "◐",
    Outcome.BROKEN: "✗",
    Outcome.ERROR: "!",
    Outcome.SKIPPED: "-",
}
OUTCOME_MEANINGS: Final = {
    Outcome.KEPT: "the names are one as they were",
    Outcome.DEMOTED: "they still share memory, and are one object no more",
    Outcome.BROKEN: "they share nothing any more, or are stepped apart",
    Outcome.ERROR: "the operation raises",
    Outcome.SKIPPED: "it was not tried; the reason says why",
}
STATUS_WORDS: Final = {Status.OK: "✓ built", Status.FAILED: "✗ failed", Status.SKIPPED: "- skipped"}
KIND_MEANINGS: Final = {
    TieKind.SAME_PARAMETER: "one Parameter under several names",
    TieKind.SAME_MODULE: "one module under several names",
    TieKind.SAME_STORAGE: "separate Parameters over the same bytes",
    TieKind.OVERLAPPING: "separate tensors that have bytes in common",
    TieKind.ADJACENT: "neighbours in one storage: no sharing",
    TieKind.EQUAL_VALUES: "equal contents in separate storages: no sharing",
}
_WIDE: Final = frozenset({"W", "F"})
ELLIPSIS: Final = "…"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """A count with its noun: `1 tie`, `2,000 ties`."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def shape(group: Group) -> str:
    """`float32 [50257, 768]`, as far as it is known."""
    sizes = "" if group.shape is None else f"[{', '.join(map(str, group.shape))}]"
    return " ".join(part for part in (group.dtype, sizes) if part)


def kind(group: Group) -> str:
    """The kind in words, with what it holds where that is no parameter."""
    return f"{group.kind.value}{', buffers' if group.buffers else ''}{', a false tie' if group.is_false else ''}"


def tally(model: Model) -> str:
    """What was found in one model, in a few words."""
    if model.status is not Status.OK:
        return ""
    false = sum(group.is_false for group in model.groups)
    true = sum(group.kind.is_sharing for group in model.groups) - false
    rest = len(model.groups) - false - true
    broken = len(model.broken_expectations)
    parts = [
        plural(true, "tie") if true else "",
        plural(false, "false tie") if false else "",
        plural(rest, "group that does not share", "groups that do not share") if rest else "",
        plural(len(model.disagreements), "disagreement") if model.disagreements else "",
        plural(broken, "broken expectation") if broken else "",
    ]
    return ", ".join(part for part in parts if part) or "nothing is shared"


def cells(content: str) -> int:
    """How many cells of a monospaced line a text takes."""
    if content.isascii():
        return len(content)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in _WIDE else 1 for one in content
    )


def clip(content: str, width: int) -> str:
    """A text of at most `width` cells: its middle is left out, since both ends of a name tell it from others."""
    if cells(content) <= width:
        return content
    half = (width - 1) // 2
    head, tail = content[:half], content[-half:]
    while cells(head) > half:
        head = head[:-1]
    while cells(tail) > half:
        tail = tail[1:]
    return f"{head}{ELLIPSIS}{tail}"
