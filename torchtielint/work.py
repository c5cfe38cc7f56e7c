"""What travels to workers and back: files to check, and what was found in them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torchtielint.findings import Certainty, Finding
from torchtielint.selectors import Catalogue
from torchtielint.semantics.reliance import Relied
from torchtielint.stamps import Stamp

# What one worker is given at a time: enough that handing it out costs nothing, little enough to share work evenly.
CHUNK_BYTES = 150_000
CHUNK_FILES = 16


@dataclass(frozen=True, slots=True)
class Work:
    """A file to check, with all that a worker needs to know; its content where the worker cannot read it itself.

    Args:
        copied: where it is a copy: the folder under which the files of another machine are, and the one there in which
            the command was called.
    """

    path: str
    shown: str
    codes: frozenset[str]
    certainty: Certainty
    catalogue: Catalogue
    run: str = ""
    data: bytes | None = None
    copied: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one file, and the traces of our own mistakes.

    `own` and `relied` are what it holds for; None where it may be otherwise next time, as where a file could not be
    read.
    """

    findings: tuple[Finding, ...]
    traces: tuple[str, ...] = ()
    own: Stamp | None = None
    relied: Relied | None = None


def in_chunks(work: Sequence[Work]) -> list[tuple[Work, ...]]:
    """Files that probably import each other together, as they are in one folder; those that take longest first."""
    folders: dict[str, list[Work]] = {}
    for item in work:
        folders.setdefault(item.path.rpartition(os.sep)[0], []).append(item)
    sized: list[tuple[int, tuple[Work, ...]]] = []
    for items in folders.values():
        chunk: list[Work] = []
        size = 0
        for item in items:
            own = _size(item)
            if chunk and (size + own > CHUNK_BYTES or len(chunk) == CHUNK_FILES):
                sized.append((size, tuple(chunk)))
                chunk, size = [], 0
            chunk.append(item)
            size += own
        sized.append((size, tuple(chunk)))
    return [chunk for _, chunk in sorted(sized, key=lambda one: -one[0])]


def _size(item: Work) -> int:
    if item.data is not None:
        return len(item.data)
    try:
        return Path(item.path).stat().st_size
    except OSError:
        return 0
