"""Names of files: which one an import means, by the rules of Python's own import, without reading any."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from torchtielint import stamps
from torchtielint.semantics.reliance import Answer, Ledger, Question
from torchtielint.stamps import MARKERS, Stamp

SUFFIX = ".py"
INIT = "__init__.py"
# Folders of installed packages: what lies beside a package there belongs to others.
INSTALLED = frozenset({"site-packages", "dist-packages"})
# Folders above a package that are looked at where nothing marks the top of a repository.
MAX_UNMARKED = 2
MAX_MARKED = 12

# What is known from elsewhere, whatever lies beside a file under these names.
_FOREIGN_TOPS = frozenset(sys.stdlib_module_names) | {"torch"}


@dataclass(eq=False, slots=True)
class Lookup:
    """The folders that are looked into, each listed once; every question is noted down with its answer.

    Args:
        ledger: where.
    """

    ledger: Ledger = field(default_factory=Ledger, kw_only=True)
    _roots: dict[str, tuple[tuple[str, ...], frozenset[str]]] = field(default_factory=dict, kw_only=True)
    _answers: dict[Question, tuple[Answer, frozenset[str]]] = field(default_factory=dict, kw_only=True)
    _entries: dict[str, frozenset[str]] = field(default_factory=dict, kw_only=True)
    _stamps: dict[str, Stamp] = field(default_factory=dict, kw_only=True)
    _looked: set[str] = field(default_factory=set, kw_only=True)

    def answer(self, question: Question) -> Answer:
        """Answer a question; what was asked once is known."""
        known = self._answers.get(question)
        if known is None:
            outer, self._looked = self._looked, set()
            answer = self._worked_out(question)
            known = self._answers[question] = (answer, frozenset(self._looked))
            self._looked = outer
        self.ledger.current.answers[question] = known[0]
        self._looked |= known[1]
        return known[0]

    def _worked_out(self, question: Question) -> Answer:
        match question.kind:
            case "find":
                return self._search(question.folder, question.name)
            case "knows":
                listings = (self._listing(root) for root in self.roots(question.folder))
                return any(question.name in listing or question.name + SUFFIX in listing for listing in listings)
            case "package":
                return self._name_of_package(question.folder)

    @property
    def folders(self) -> Collection[Stamp]:
        """What the folders were that were looked into."""
        return self._stamps.values()

    @property
    def listings(self) -> Mapping[str, frozenset[str]]:
        """The names in the folders that were looked into; none where one is none, or cannot be read."""
        return self._entries

    def stamps_behind(self, question: Question) -> Iterator[Stamp]:
        """What the folders were that an answer was found in."""
        return (self._stamps[folder] for folder in self._answers[question][1])

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
        return str(self.answer(Question("package", folder)))

    def _name_of_package(self, folder: str) -> str:
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
        return bool(self.answer(Question("knows", os.path.dirname(importer), top)))

    def find(self, importer: str, name: str) -> str | None:
        """The file of a module, or the folder of a package without `__init__.py`, by its absolute dotted name."""
        found = self.answer(Question("find", os.path.dirname(importer), name))
        return found if isinstance(found, str) else None

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
            outer, self._looked = self._looked, set()
            found = tuple(dict.fromkeys(self._all_roots(folder)))
            self._roots[folder] = (found, frozenset(self._looked))
            self._looked = outer
        roots, looked = self._roots[folder]
        self._looked |= looked
        return roots

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
        while len(chain) < MAX_MARKED and not MARKERS & self._listing(chain[-1]):
            parent = os.path.dirname(chain[-1])
            if parent == chain[-1]:
                break
            chain.append(parent)
        marked = bool(MARKERS & self._listing(chain[-1]))
        yield from chain if marked else chain[:MAX_UNMARKED]

    def _listing(self, folder: str) -> frozenset[str]:
        """The names in a folder; none where it is no folder."""
        self._looked.add(folder)
        if folder not in self._entries:
            before = stamps.times(folder)
            try:
                names = frozenset(os.listdir(folder))
                digest = stamps.digest_of_names(names)
            except OSError:
                names, digest = frozenset(), stamps.ABSENT
            self._entries[folder] = names
            self._stamps[folder] = stamps.stamp(folder, before, digest)
        return self._entries[folder]
