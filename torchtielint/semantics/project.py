"""Names across files: which file an import means, and its program, read on demand and kept."""

from __future__ import annotations

import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchtielint.errors import SourceSyntaxError
from torchtielint.semantics.index import index_source
from torchtielint.semantics.program import Program

if TYPE_CHECKING:
    from torchtielint.findings import Range
    from torchtielint.semantics.facts.base import Fact

SUFFIX = ".py"
INIT = "__init__.py"
# What a repository has at its top: imports are looked for up to there.
TOP_MARKERS = frozenset({".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg"})
# Folders of installed packages: what lies beside a package there belongs to others.
INSTALLED = frozenset({"site-packages", "dist-packages"})
# Folders above a package that are looked at where nothing marks the top of a repository.
MAX_UNMARKED = 2
MAX_MARKED = 12
# Imported files that are kept indexed, and lines of them that are kept parsed.
MAX_PROGRAMS = 512
MAX_PARSED_LINES = 30_000
# Files that are looked into for a name that a star import may bind.
MAX_STARS = 24
# A file above this size holds data, not classes.
MAX_BYTES = 2_000_000

# What is known from elsewhere, whatever lies beside a file under these names.
_FOREIGN_TOPS = frozenset(sys.stdlib_module_names) | {"torch"}


@dataclass(eq=False, slots=True)
class Project:
    """The files that the linted ones may import: found by the rules of Python's own import, never imported.

    Args:
        read: the text of a file by its absolute path; None where it has none that can be analysed.
        show: how findings call a file.
        said: what files say of themselves, for those that others asked about; None while that is found out.
    """

    read: Callable[[str], str | None]
    show: Callable[[str], str] = str
    said: dict[str, frozenset[tuple[type[Fact], Range]] | None] = field(default_factory=dict)
    _programs: OrderedDict[str, Program | None] = field(default_factory=OrderedDict)
    _roots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _found: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _entries: dict[str, frozenset[str]] = field(default_factory=dict)

    # Names

    def absolute_name(self, importer: str, dotted: str) -> str:
        """The absolute dotted name of what a file imports, where `dotted` begins with a dot for each level."""
        relative = dotted.lstrip(".")
        levels = len(dotted) - len(relative)
        if not levels:
            return dotted
        folder = os.path.dirname(importer)
        for _ in range(levels - 1):
            folder = os.path.dirname(folder)
        package = self._package_name(folder)
        return f"{package}.{relative}" if relative else package

    def _package_name(self, folder: str) -> str:
        """The dotted name of a folder: as many names as there are packages; a folder without `__init__.py` is one."""
        names = [os.path.basename(folder)]
        parent = os.path.dirname(folder)
        while INIT in self._listing(folder) and INIT in self._listing(parent):
            names.append(os.path.basename(parent))
            folder, parent = parent, os.path.dirname(parent)
        return ".".join(reversed(names))

    def knows(self, importer: str, name: str) -> bool:
        """Whether a dotted name may be one of the project's own."""
        top = name.split(".", maxsplit=1)[0]
        if not top or top in _FOREIGN_TOPS:
            return False
        listings = (self._listing(root) for root in self.roots(os.path.dirname(importer)))
        return any(top in listing or top + SUFFIX in listing for listing in listings)

    def find(self, importer: str, name: str) -> str | None:
        """The file of a module, or the folder of a package without `__init__.py`, by its absolute dotted name."""
        folder = os.path.dirname(importer)
        key = (folder, name)
        if key not in self._found:
            self._found[key] = self._search(folder, name)
        return self._found[key]

    def _search(self, folder: str, name: str) -> str | None:
        parts = name.split(".")
        namespace = None
        own = self._package_name(folder).split(".")[0]
        for root in self.roots(folder):
            if os.path.basename(root) in INSTALLED and parts[0] != own:
                continue
            place = root
            for part in parts[:-1]:
                place = os.path.join(place, part) if part in self._listing(place) else ""
                if not place:
                    break
            if not place:
                continue
            entries = self._listing(place)
            inside = os.path.join(place, parts[-1])
            if parts[-1] in entries and INIT in self._listing(inside):
                return os.path.join(inside, INIT)
            if parts[-1] + SUFFIX in entries:
                return inside + SUFFIX
            if parts[-1] in entries and namespace is None and self._holds_python(inside):
                namespace = inside
        return namespace

    def _holds_python(self, folder: str) -> bool:
        """Whether a folder without `__init__.py` is a namespace package: it, or a folder in it, has Python files."""
        entries = self._listing(folder)
        return any(entry.endswith(SUFFIX) for entry in entries) or any(
            INIT in self._listing(os.path.join(folder, entry)) for entry in entries if "." not in entry
        )

    def roots(self, folder: str) -> tuple[str, ...]:
        """Where the absolute imports of the files in a folder are looked for, nearest first."""
        if folder not in self._roots:
            self._roots[folder] = tuple(dict.fromkeys(self._all_roots(folder)))
        return self._roots[folder]

    def _all_roots(self, folder: str) -> Iterator[str]:
        if INIT not in self._listing(folder):
            yield folder  # a script's own folder
        top = folder
        while INIT in self._listing(top):
            top = os.path.dirname(top)
        yield top
        if os.path.basename(top) in INSTALLED:
            return
        for above in self._above(top):
            yield above
            if "src" in self._listing(above):
                yield os.path.join(above, "src")

    def _above(self, folder: str) -> Iterator[str]:
        """The folders from one up to the top of its repository; only a few where nothing marks that."""
        chain = [folder]
        while len(chain) < MAX_MARKED and not TOP_MARKERS & self._listing(chain[-1]):
            parent = os.path.dirname(chain[-1])
            if parent == chain[-1]:
                break
            chain.append(parent)
        marked = bool(TOP_MARKERS & self._listing(chain[-1]))
        yield from chain if marked else chain[:MAX_UNMARKED]

    def _listing(self, folder: str) -> frozenset[str]:
        """The names in a folder; none where it is no folder."""
        if folder not in self._entries:
            try:
                self._entries[folder] = frozenset(os.listdir(folder))
            except OSError:
                self._entries[folder] = frozenset()
        return self._entries[folder]

    # Programs

    def program(self, file: str) -> Program | None:
        """The program of a file; None where it cannot be read or parsed."""
        if file in self._programs:
            self._programs.move_to_end(file)
            return self._programs[file]
        made = self._programs[file] = self._make(file)
        if len(self._programs) > MAX_PROGRAMS:
            self._programs.popitem(last=False)
        return made

    def _make(self, file: str) -> Program | None:
        try:
            if not os.path.isfile(file) or os.path.getsize(file) > MAX_BYTES:
                return None
            text = self.read(file)
            return None if text is None else Program.of(self.show(file), text, index_source(text), file)
        except (OSError, SourceSyntaxError, RecursionError):
            return None  # whoever imports it does not know it; it is reported where it is linted itself

    def binds(self, file: str, name: str, seen: set[str] | None = None) -> bool:
        """Whether a file binds a name, itself or by a star import; False where that takes too many files to know."""
        seen = set() if seen is None else seen
        if file in seen or len(seen) >= MAX_STARS:
            return False
        seen.add(file)
        program = self.program(file)
        if program is None:
            return False
        if program.binders(name):
            return True
        taken = (self.find(file, self.absolute_name(file, dotted)) for dotted in program.stars)
        return any(self.binds(other, name, seen) for other in taken if other is not None)

    def trim(self) -> None:
        """Let go of parsed slices of the files that were not asked for lately; between two linted files."""
        kept = 0
        for program in reversed(self._programs.values()):
            if program is not None:
                kept += program.parsed_lines
                if kept > MAX_PARSED_LINES:
                    program.forget()
