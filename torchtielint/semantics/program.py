"""A file as the interpreter runs it: statements are parsed by libcst, and run, only when something needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics.index import Index, Statement
from torchtielint.semantics.reliance import Ledger, Uses
from torchtielint.semantics.site import Slice
from torchtielint.stamps import Stamp

if TYPE_CHECKING:
    from torchtielint.semantics.screen.shapes import Shape

MODULE_FRAME = 0
"""The key of the frame of the file under analysis; the files that it imports have other ones."""


@dataclass(eq=False, slots=True)
class Program:
    """One file: its statements, and which of them bind a name.

    Args:
        path: how findings call the file.
        file: its absolute path; the same as `path` where it has none.
        parsed_lines: how many lines the slices have that are parsed.
        shapes: what the screen has read of its statements.
        shapes_use: what it used for that.
        ledger: where the names that others ask for are noted down.
        stamp: what the file was when it was read.
    """

    path: str
    text: str
    index: Index
    file: str = ""
    parsed_lines: int = 0
    shapes: dict[Statement, Shape] = field(default_factory=dict)
    shapes_use: dict[Statement, Uses] = field(default_factory=dict)
    ledger: Ledger | None = None
    stamp: Stamp | None = None
    _lines: list[str] = field(default_factory=list)
    _slices: dict[Statement, Slice] = field(default_factory=dict)
    _binders: dict[str, list[Statement]] = field(default_factory=dict)
    _stars: list[Statement] = field(default_factory=list)

    @classmethod
    def of(cls, path: str, text: str, index: Index, file: str = "") -> Program:
        """The program of an indexed file."""
        program = cls(path, text, index, file or path)
        for statement in index.statements:
            for name in statement.binds:
                program._binders.setdefault(name, []).append(statement)
            if statement.star:
                program._stars.append(statement)
        return program

    def parse(self, statement: Statement) -> Slice:
        """A statement's slice of the file, parsed once."""
        found = self._slices.get(statement)
        if found is None:
            tree = self.index.whole
            if tree is None:
                tree = cst.parse_module(self.lines_of(statement))
            found = self._slices[statement] = Slice(self.path, tree, statement.first_line)
            self.parsed_lines += statement.last_line - statement.first_line + 1
        return found

    def lines_of(self, statement: Statement) -> str:
        """The text of a statement's lines."""
        return "\n".join(self.lines()[statement.first_line - 1 : statement.last_line]) + "\n"

    def forget(self) -> None:
        """Let go of the parsed slices; what still needs one holds it."""
        self._slices.clear()
        self._lines = []
        self.parsed_lines = 0

    def binders(self, name: str) -> Sequence[Statement]:
        """The statements that bind a name for certain, or under a condition, but for star imports."""
        self._note(name)
        return self._binders.get(name, ())

    @property
    def stars(self) -> Iterator[str]:
        """What it takes everything from, as dotted names with their leading dots."""
        return (dotted for statement in self._stars for name, dotted in statement.imports if name == "*")

    def may_bind(self, name: str) -> list[Statement]:
        """The statements that may bind a name, in order: star imports may bind any."""
        self._note(name)
        return [*self._binders.get(name, ()), *self._stars]

    def lines(self) -> Sequence[str]:
        """The lines of the text."""
        self._lines = self._lines or self.text.split("\n")
        return self._lines

    def everything(self) -> str:
        """The text, for whoever looks at all of it."""
        if self.ledger is not None:
            self.ledger.everything(self, placed=False)
        return self.text

    def _note(self, name: str) -> None:
        if self.ledger is not None:
            self.ledger.name(self, name)


@dataclass(eq=False, slots=True)
class Scope:
    """A file inside one machine: the frame of its names, and which of its statements have begun to run.

    Args:
        key: the frame's part of the keys of the names.
        stars: what `from ... import *` took everything from, in order, by absolute dotted name.
    """

    program: Program
    key: int
    stars: list[str] = field(default_factory=list)
    _started: set[Statement] = field(default_factory=set)

    def pending(self, name: str) -> list[Statement]:
        """The statements that may bind a name and have not begun to run, in order."""
        return [statement for statement in self.program.may_bind(name) if statement not in self._started]

    def start(self, statement: Statement) -> bool:
        """Mark a statement as running; False when it already was."""
        if statement in self._started:
            return False
        self._started.add(statement)
        return True
