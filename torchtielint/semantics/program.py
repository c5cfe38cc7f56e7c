"""A file as the interpreter runs it: statements are parsed by libcst, and run, only when something needs them."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from torchtielint.semantics.index import Index, Statement
from torchtielint.semantics.site import Slice

MODULE_FRAME = 0


@dataclass(eq=False, slots=True)
class Program:
    """One file: its statements, which of them bind a name, and which have run."""

    path: str
    lines: list[str]
    index: Index
    _slices: dict[Statement, Slice] = field(default_factory=dict)
    _binders: dict[str, list[Statement]] = field(default_factory=dict)
    _stars: list[Statement] = field(default_factory=list)
    _started: set[Statement] = field(default_factory=set)

    @classmethod
    def of(cls, path: str, text: str, index: Index) -> Program:
        """The program of an indexed file."""
        program = cls(path, text.split("\n"), index)
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
                text = "\n".join(self.lines[statement.first_line - 1 : statement.last_line]) + "\n"
                tree = cst.parse_module(text)
            found = self._slices[statement] = Slice(self.path, tree, statement.first_line)
        return found

    def pending(self, name: str) -> list[Statement]:
        """The statements that may bind a name and have not begun to run, in order."""
        wanted = self._binders.get(name, []) + self._stars
        return [statement for statement in wanted if statement not in self._started]

    def start(self, statement: Statement) -> bool:
        """Mark a statement as running; False when it already was."""
        if statement in self._started:
            return False
        self._started.add(statement)
        return True
