"""What files and folders were when they were read: by the system's word first, by content where that differs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import NamedTuple

# Whatever changed later than so long ago may change again without a new time: no clock of a file system is exact.
UNSURE = 2_000_000_000  # nanoseconds
ABSENT = "-"
# What a repository has at its top.
MARKERS = frozenset({".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg"})


class Stamp(NamedTuple):
    """A file or folder at one moment.

    `modified` is 0 where the times say nothing, as it had just changed. `digest` stands for the bytes of a file, or
    for the names in a folder; `-` where it does not exist or cannot be read.
    """

    path: str
    modified: int
    changed: int
    size: int
    digest: str

    def same_times(self, other: tuple[int, int, int]) -> bool:
        """Whether the system says that nothing changed."""
        return self.modified != 0 and (self.modified, self.changed, self.size) == other


def times(path: str) -> tuple[int, int, int]:
    """When something was modified, when its entry was changed, and its size; zeros where it does not exist."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size


def stamp(path: str, before: tuple[int, int, int], digest: str) -> Stamp:
    """The stamp of what was read after its times were taken."""
    modified, changed, size = before
    recent = time.time_ns() - max(modified, changed) < UNSURE
    return Stamp(path, 0 if recent else modified, changed, size, digest)


def digest_of(data: bytes) -> str:
    """What stands for these bytes, and in all likelihood for no others."""
    import hashlib  # a few milliseconds, which a run that finds nothing changed does not spend

    return hashlib.blake2b(data, digest_size=16).hexdigest()


def digest_of_names(names: Iterable[str]) -> str:
    """What stands for the names in a folder that decide what an import means; caches and logs come and go."""
    telling = [name for name in names if name.endswith(".py") or "." not in name or name in MARKERS]
    return digest_of("\0".join(sorted(telling)).encode("utf-8", "surrogateescape"))


def stamp_now(path: str) -> Stamp:
    """Read a file or a folder for its stamp alone."""
    before = times(path)
    try:
        if os.path.isdir(path):
            return stamp(path, before, digest_of_names(os.listdir(path)))
        with open(path, "rb") as file:
            return stamp(path, before, digest_of(file.read()))
    except (OSError, ValueError):
        return Stamp(path, *before, ABSENT)
