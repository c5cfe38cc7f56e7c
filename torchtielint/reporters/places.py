"""Paths, columns and texts in the forms that programs at the other end want."""

from __future__ import annotations

import os
from collections.abc import Sequence

from torchtielint.findings import Finding, Position, Range

STDIN = "<stdin>"


def beneath(path: str, root: str) -> str:
    """A path relative to a folder where it lies in it, else as it is given; with `/` on every system."""
    if path == STDIN or not root:
        return _slashed(path)
    whole = os.path.abspath(path)  # noqa: PTH100  # a Path would keep the `..` of a linked folder's neighbour
    inside = whole.startswith(root.rstrip(os.sep) + os.sep)
    return _slashed(whole[len(root.rstrip(os.sep)) + 1 :] if inside else path)


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def plain(text: str) -> str:
    """A text that is valid Unicode: bytes of a file name that are none are written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def is_whole(place: Range) -> bool:
    """Whether a place is a file, or a line of it, and no span in it."""
    return place.start == place.end


def cell_of(place: Range) -> str:
    """Where in a notebook a place is, to stand before a message: its lines are no lines of the file; else nothing."""
    return f"cell {place.cell}, line {place.start.line}: " if place.cell else ""


def explained(finding: Finding) -> list[str]:
    """What stands below a message where there are no places beside its own: those of the notes, and what to do."""
    lines: list[str] = []
    for note in finding.notes:
        start = note.range.start
        lines.append(f"note: {note.message}: {beneath(note.range.page(note.path), '')}:{start.line}:{start.column}")
    return [*lines, f"help: {finding.help}"] if finding.help else lines


def utf8_column(position: Position, lines: Sequence[str] | None) -> int:
    """The column of a position counted in bytes of UTF-8; in characters where the line is not to be had."""
    if not lines or position.line > len(lines):
        return position.column
    before = lines[position.line - 1][: position.column - 1]
    return len(before.encode("utf-8", "surrogatepass")) + 1
