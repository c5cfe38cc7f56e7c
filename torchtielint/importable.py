"""The files that linted ones may import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchtielint import stamps
from torchtielint.config import shown
from torchtielint.errors import SourceSyntaxError, UnreadableSourceError
from torchtielint.nesting import refuse_deep_nesting
from torchtielint.source import decode
from torchtielint.stamps import Stamp

if TYPE_CHECKING:
    from torchtielint.semantics.project import Project


def new_project() -> Project:
    """The files that linted ones may import, none of them read yet."""
    from torchtielint.semantics.project import Project

    texts = ImportableTexts()
    return Project(texts, show, texts.stamps.get)


def show(file: str) -> str:
    """How reports call a file, given by its absolute path."""
    return shown(Path(file))


class ImportableTexts:
    """The texts of files that others import, and what these files were when they were read."""

    def __init__(self) -> None:
        self.stamps: dict[str, Stamp] = {}

    def __call__(self, file: str) -> str | None:
        """A text; None where it cannot be analysed, as is said where it is linted."""
        try:
            before = stamps.times(file)
            data = Path(file).read_bytes()
            self.stamps[file] = stamps.stamp(file, before, stamps.digest_of(data))
            text = decode(data, file).text
            refuse_deep_nesting(text)
        except (OSError, UnreadableSourceError, SourceSyntaxError):
            return None
        return None if "\0" in text else text
