"""Names across files: which file an import means, and its program, read on demand and kept."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchtielint import stamps
from torchtielint.errors import SourceSyntaxError
from torchtielint.semantics.index import index_source
from torchtielint.semantics.lookup import Lookup
from torchtielint.semantics.program import Program
from torchtielint.semantics.reliance import Answer, Question, Read, Relied, Uses, fingerprint

if TYPE_CHECKING:
    from torchtielint.findings import Range
    from torchtielint.semantics.facts.base import Fact
    from torchtielint.stamps import Stamp

# Imported files that are kept indexed, and lines of them that are kept parsed.
MAX_PROGRAMS = 512
MAX_PARSED_LINES = 30_000
# Files that are looked into for a name that a star import may bind.
MAX_STARS = 24
# A file above this size holds data, not classes.
MAX_BYTES = 2_000_000


def _not_known(_file: str) -> None:
    return None


def _go_on() -> None:
    return None


@dataclass(eq=False, slots=True)
class Project(Lookup):
    """The files that the linted ones may import: found by the rules of Python's own import, never imported.

    Args:
        read: the text of a file by its absolute path; None where it has none that can be analysed.
        show: how findings call a file.
        stamp: what a file was when it was last read; None where that is not known, and nothing can be kept.
        checkpoint: is called now and then during an analysis, and ends it by raising.
        said: what files say of themselves, for those that others asked about, and what that used.
    """

    read: Callable[[str], str | None]
    show: Callable[[str], str] = str
    stamp: Callable[[str], Stamp | None] = _not_known
    checkpoint: Callable[[], None] = _go_on
    said: dict[str, tuple[frozenset[tuple[type[Fact], Range]], Uses]] = field(default_factory=dict)
    _programs: OrderedDict[str, Program | None] = field(default_factory=OrderedDict)
    _missing: dict[str, Stamp] = field(default_factory=dict)

    def program(self, file: str) -> Program | None:
        """The program of a file; None where it cannot be read or parsed."""
        if file in self._programs:
            self._programs.move_to_end(file)
        else:
            self._programs[file] = self._make(file)
            if len(self._programs) > MAX_PROGRAMS:
                self._programs.popitem(last=False)
        found = self._programs[file]
        if found is None:
            self.ledger.current.missing.add(file)
        return found

    def _make(self, file: str) -> Program | None:
        made = self._read(file)
        if made is None:
            self._missing[file] = stamps.stamp_now(file)
        else:
            made.ledger, made.stamp = self.ledger, self.stamp(file)
        return made

    def _read(self, file: str) -> Program | None:
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

    def relied(self, own: str, placed: Collection[str]) -> Relied | None:
        """What was used since the ledger was started, beside the file itself; None where that is not known.

        Args:
            own: the file.
            placed: the files that its findings point into, as findings call them.
        """
        names: dict[Program, set[str]] = {}
        whole: dict[Program, bool] = {}
        answers: dict[Question, Answer] = {}
        missing: set[str] = set()
        for part in self.ledger.current.all():
            answers |= part.answers
            missing |= part.missing
            for program, asked in part.names.items():
                names.setdefault(program, set()).update(asked)
            for program, lines in part.whole.items():
                whole[program] = lines or whole.get(program, False)
        behind = {stamp for question in answers for stamp in self.stamps_behind(question)}
        behind |= {self._missing[file] for file in missing}
        reads = [Read(file, (), False, "") for file in missing]
        for program in dict.fromkeys((*names, *whole)):
            if program.file == own:
                continue
            if program.stamp is None:
                return None
            found_by = None if program in whole else names[program]
            lines = whole.get(program, False) or program.path in placed
            found = fingerprint(program.index, program.lines(), found_by, placed=lines)
            by_name = None if found_by is None else tuple(sorted(found_by))
            reads.append(Read(program.file, by_name, lines, found))
            behind.add(program.stamp)
        return Relied(tuple(sorted(answers.items(), key=repr)), tuple(sorted(reads, key=repr)), tuple(sorted(behind)))

    def trim(self) -> None:
        """Let go of parsed slices of the files that were not asked for lately; between two linted files."""
        kept = 0
        for program in reversed(self._programs.values()):
            if program is not None:
                kept += program.parsed_lines
                if kept > MAX_PARSED_LINES:
                    program.forget()
