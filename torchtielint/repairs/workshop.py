"""The tools that repairs share: where syntax stands, what is around it, how a name is spelled here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, WhitespaceInclusivePositionProvider

from torchtielint.findings import Applicability, Edit, Fix, Position, Range
from torchtielint.repairs.imports import Spelling, spell
from torchtielint.semantics.program import Program
from torchtielint.semantics.site import Site, Slice

NodeT = TypeVar("NodeT", bound=cst.CSTNode)
Repair = Callable[["Workshop"], Fix | None]


@dataclass(frozen=True, eq=False)
class Bench:
    """One slice of a file, and what is asked of its syntax."""

    program: Program
    piece: Slice

    @cached_property
    def _wrapper(self) -> MetadataWrapper:
        return MetadataWrapper(self.piece.tree, unsafe_skip_copy=True)

    @cached_property
    def _parents(self) -> Mapping[cst.CSTNode, cst.CSTNode]:
        return self._wrapper.resolve(ParentNodeProvider)

    @cached_property
    def _outer(self) -> Mapping[cst.CSTNode, CodeRange]:
        return self._wrapper.resolve(WhitespaceInclusivePositionProvider)

    def around(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What a node stands in, from the inside out."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def closest(self, node: cst.CSTNode, kind: type[NodeT]) -> NodeT | None:
        """The closest of a kind that a node stands in."""
        return next((one for one in self.around(node) if isinstance(one, kind)), None)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """What a node stands in."""
        return self._parents.get(node)

    def range(self, node: cst.CSTNode) -> Range:
        """Where a node stands, without parentheses around it."""
        return self.piece.range_of(node)

    def outer(self, node: cst.BaseExpression) -> Range:
        """Where an expression stands, with the parentheses around it."""
        found = self._outer[node]
        above = self.piece.first_line - 1
        return Range(
            Position(found.start.line + above, found.start.column + 1),
            Position(found.end.line + above, found.end.column + 1),
        )

    def text(self, place: Range) -> str:
        """The text of a range as it is in the file."""
        lines = self.program.lines()
        start, end = place.start, place.end
        if start.line == end.line:
            return lines[start.line - 1][start.column - 1 : end.column - 1]
        first, last = lines[start.line - 1][start.column - 1 :], lines[end.line - 1][: end.column - 1]
        return "\n".join([first, *lines[start.line : end.line - 1], last])

    def code(self, node: cst.BaseExpression) -> str:
        """An expression as it is in the file, with the parentheses around it."""
        return self.text(self.outer(node))

    def between(self, start: Position, end: Position, content: str = "") -> Edit | None:
        """Replace what is between two positions; None where that would lose a comment."""
        place = Range(start, end)
        return None if "#" in self.text(place) else Edit(place, content)

    def replace(self, node: cst.BaseExpression, content: str) -> Edit:
        """Replace an expression."""
        return Edit(self.outer(node), content)

    def spell(self, dotted: str, node: cst.CSTNode) -> Spelling | None:
        """How to write the name of something that another module defines at the place of a node."""
        inside = [one for one in (node, *self.around(node)) if isinstance(one, cst.FunctionDef)]
        return spell(self.program, dotted, inside, before=self.range(node).start.line)

    def dotted(self, node: cst.BaseExpression) -> str:
        """What a dotted name means by the imports at the top of the file; empty where they do not say."""
        from torchtielint.repairs.imports import meaning

        return meaning(self.program, node)


@dataclass(frozen=True, eq=False)
class Workshop:
    """Where the fixes of one file's findings are made."""

    program: Program
    _benches: dict[int, Bench] = field(default_factory=dict)

    def bench(self, site: Site) -> Bench:
        """The bench for a site."""
        key = id(site.slice)
        if key not in self._benches:
            self._benches[key] = Bench(self.program, site.slice)
        return self._benches[key]

    def repaired(self, repair: Repair) -> Fix | None:
        """The fix that a repair makes; None where it sees that none would be right."""
        try:
            return repair(self)
        except Exception:  # a mistake in a repair must not hide its finding; the tests let it through
            return None


def safe(message: str, *edits: Edit | None) -> Fix | None:
    """A fix that keeps every name, value and tie that there is; None where one of its edits is."""
    return _fix(message, Applicability.SAFE, edits)


def unsafe(message: str, *edits: Edit | None) -> Fix | None:
    """A fix that may change names, values or ties that there are, or guesses; None where one of its edits is."""
    return _fix(message, Applicability.UNSAFE, edits)


def _fix(message: str, applicability: Applicability, edits: tuple[Edit | None, ...]) -> Fix | None:
    present = tuple(edit for edit in edits if edit is not None)
    return Fix(message, applicability, present) if len(present) == len(edits) else None


def insert(position: Position, content: str) -> Edit:
    """Put something in at a position."""
    return Edit(Range(position, position), content)
