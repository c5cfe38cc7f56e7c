"""Where something happens: a syntax node in a parsed slice of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from torchtielint.findings import Position, Range


@dataclass(eq=False, slots=True)
class Slice:
    """Some whole top-level statements of a file, parsed; `first_line` is the 1-based line at which they start."""

    path: str
    tree: cst.Module
    first_line: int
    _ranges: Mapping[cst.CSTNode, CodeRange] | None = field(default=None, repr=False)
    _codes: dict[cst.CSTNode, str] = field(default_factory=dict, repr=False)

    def code(self, node: cst.CSTNode) -> str:
        """A node as written; kept, as libcst writes it out anew each time."""
        found = self._codes.get(node)
        if found is None:
            found = self._codes[node] = self.tree.code_for_node(node)
        return found

    def range_of(self, node: cst.CSTNode) -> Range:
        """The range of a node in the file; computed only when asked, as most slices have no finding."""
        if self._ranges is None:
            wrapper = MetadataWrapper(self.tree, unsafe_skip_copy=True)
            self._ranges = wrapper.resolve(PositionProvider)
        found = self._ranges[node]
        offset = self.first_line - 1
        return Range(
            Position(found.start.line + offset, found.start.column + 1),
            Position(found.end.line + offset, found.end.column + 1),
        )


@dataclass(frozen=True, slots=True)
class Call:
    """A call into another file.

    Args:
        site: where it stands.
        plain: it is one of a plain function, not of a method.
        guards: under how many tests it stands.
    """

    site: Site
    plain: bool
    guards: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """A node and the slice that it stands in; compared by identity of the node.

    `call` is of code in another file: the call in the file under analysis that led there.
    """

    node: cst.CSTNode = field(hash=False, compare=False)
    slice: Slice = field(hash=False, compare=False)
    key: int = 0
    call: Call | None = field(default=None, hash=False, compare=False)

    @classmethod
    def of(cls, node: cst.CSTNode, piece: Slice) -> Site:
        """The site of a node."""
        return cls(node, piece, id(node))

    @property
    def path(self) -> str:
        """The file."""
        return self.slice.path

    @property
    def range(self) -> Range:
        """The range in the file."""
        return self.slice.range_of(self.node)
