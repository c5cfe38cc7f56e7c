"""What `torchtielint ties` is asked to measure, and where Python finds it."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from torchtielint.config import shown
from torchtielint.errors import PathError, UsageError

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
DOCUMENTS = ("README.md", "README.rst", "README.txt", "readme.md")


@dataclass(frozen=True, slots=True)
class ModelTarget:
    """Models of one Python module.

    Args:
        shown: how reports call it, without the attribute.
        module: what it is imported as.
        file: its file, where it belongs to no package; else it is imported by its name.
        path: folders from which it is imported, first of all.
        attribute: one class, function or model in it; empty for every class.
        source: the file with its source, where that is known.
    """

    shown: str
    module: str
    file: str = ""
    path: tuple[str, ...] = ()
    attribute: str = ""
    source: str = ""

    @property
    def place(self) -> str:
        """What is the same for every way to name the module."""
        return self.source or self.module

    @property
    def documents(self) -> tuple[str, ...]:
        """READMEs beside the project, in which calls of its classes may be shown."""
        roots = [Path(folder) for folder in self.path]
        folders = dict.fromkeys(folder for root in roots for folder in (root, root.parent))
        return tuple(str(folder / name) for folder in folders for name in DOCUMENTS if (folder / name).is_file())


def parse_target(text: str, base: Path | None = None) -> ModelTarget | Path:
    """Read `path/file.py`, `file.py::Class`, `pkg.mod:Class` or `pkg.mod`; a folder comes back as a path.

    Args:
        text: the target.
        base: what its path is relative to, and where a dotted name is looked for first; by default the working folder.

    Raises:
        PathError: a file or folder does not exist.
        UsageError: it is none of these.
    """
    file, found, attribute = text.partition("::")
    folder = Path.cwd() if base is None else base
    if found or text.endswith((".py", ".ipynb")) or os.sep in text or folder.joinpath(text).is_dir():
        path = Path(file) if base is None else Path(shown(folder / file))
        if not path.exists():
            raise PathError(f"`{file}` does not exist")
        if path.is_dir():
            if found:
                raise UsageError(f"`{file}` is a folder: name the file that defines `{attribute}`")
            return path
        if file.endswith(".ipynb"):
            raise UsageError(f"`{file}` is a notebook, which is not run", hint="`ties --static` reads its cells")
        if found and not _DOTTED.fullmatch(attribute):
            raise UsageError(f"`{attribute}` is no name", hint=f"for example `{file}::Model`")
        return of_file(str(path), attribute)
    module, _, attribute = text.partition(":")
    if not _DOTTED.fullmatch(module) or (":" in text and not _DOTTED.fullmatch(attribute)):
        raise UsageError(
            f"`{text}` is no target", hint="targets are `path/file.py`, `file.py::Class`, `pkg.mod:Class` or `pkg.mod`"
        )
    folders = [inner for outer in (folder, Path.cwd()) for inner in (outer, outer / "src")]
    roots = [one for one in dict.fromkeys(folders) if one.is_dir()]
    places = (root.joinpath(*module.split(".")) for root in roots)
    source = next((str(file) for place in places for file in _sources(place) if file.is_file()), "")
    return ModelTarget(module, module, path=tuple(map(str, roots)), attribute=attribute, source=source)


def _sources(place: Path) -> tuple[Path, Path]:
    return place.with_suffix(".py"), place / "__init__.py"


def of_file(file: str, attribute: str = "") -> ModelTarget:
    """The models of a file: imported as a part of its package, where it is in one."""
    path = Path(file).absolute()
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        parts.insert(0, folder.name)
        folder = folder.parent
    if len(parts) > 1 or path.stem == "__init__":
        return ModelTarget(file, ".".join(parts), path=(str(folder),), attribute=attribute, source=str(path))
    if path.stem.isidentifier() and path.stem not in {*sys.stdlib_module_names, "torch"}:
        return ModelTarget(file, path.stem, str(path), (str(folder),), attribute, str(path))
    made_up = f"torchtielint_target_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    return ModelTarget(file, made_up, str(path), (str(folder),), attribute, str(path))


def shown_as(target: ModelTarget, name: str) -> str:
    """How reports call one model of a target."""
    return f"{target.shown}{'::' if target.shown.endswith('.py') else ':'}{name}"
