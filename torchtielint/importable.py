"""The files that linted ones may import."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from torchtielint import stamps
from torchtielint.config import shown
from torchtielint.errors import SourceSyntaxError, UnreadableSourceError
from torchtielint.source import decode
from torchtielint.stamps import Stamp

if TYPE_CHECKING:
    from torchtielint.semantics.project import Project


def show(file: str) -> str:
    """How reports call a file, given by its absolute path."""
    return shown(Path(file))


def show_copied(copied: tuple[str, str], file: str) -> str:
    """How reports call the file of another machine, given the path of its copy."""
    root, here = copied
    path = file.removeprefix(root)
    return path.removeprefix(here.rstrip(os.sep) + os.sep)


def new_project(show: Callable[[str], str] = show) -> Project:
    """The files that linted ones may import, none of them read yet; `show` says how reports call them."""
    from torchtielint.semantics.project import Project

    texts = ImportableTexts()
    return Project(texts, show, texts.stamps.get)


class ImportableTexts:
    """The texts of files that others import, and what these files were when they were read."""

    def __init__(self) -> None:
        self.stamps: dict[str, Stamp] = {}

    def __call__(self, file: str) -> str | None:
        """A text; None where it cannot be analysed, as is said where it is linted."""
        from torchtielint.nesting import refuse_deep_nesting  # its patterns take a while to compile

        try:
            before = stamps.times(file)
            data = Path(file).read_bytes()
            self.stamps[file] = stamps.stamp(file, before, stamps.digest_of(data))
            text = decode(data, file).text
            refuse_deep_nesting(text)
        except (OSError, UnreadableSourceError, SourceSyntaxError):
            return None
        return None if "\0" in text else text
