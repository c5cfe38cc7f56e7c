"""What is drawn of a model: the rows that its ties need, and the ties between them."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from torchtielint.kinds import TieKind
from torchtielint.pictures.document import Model
from torchtielint.pictures.ties import Tie, ties_of
from torchtielint.pictures.tree import Node, NodeKind, Run, modules_below, runs_of, stand_ins, tree_of
from torchtielint.pictures.wording import plural

MAX_ENDS: Final = 48
"""Tied names that one drawing shows; what is left out is counted."""
MAX_ENDS_OF_TIE: Final = 12
MAX_NEIGHBOURS: Final = 8
"""Modules without ties that are shown in each of the upper ones, so that a reader finds the way; others are counted."""
UPPER_LEVELS: Final = 2


class RowKind(enum.Enum):
    """What a row of the drawing stands for."""

    MODULE = "module"
    PARAMETER = "parameter"
    BUFFER = "buffer"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the drawn tree.

    Args:
        depth: of the tree, from 0.
        label: the name, or what is left out.
        note: the class and how often it repeats.
        kind: of what it stands for.
        is_end: some drawn tie has it.
    """

    depth: int
    label: str
    note: str
    kind: RowKind
    is_end: bool


@dataclass(frozen=True, slots=True)
class Arc:
    """One group as it is drawn.

    Args:
        tie: its number.
        kind: how the names are one.
        is_false: whether they only look like one.
        rows: the rows that it ties, in order; a single one where the names are those of layers that repeat.
        times: how often it repeats, in layers that look alike.
    """

    tie: int
    kind: TieKind
    is_false: bool
    rows: tuple[int, ...]
    times: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawn part of a model.

    Args:
        ties: all of the model, drawn or not.
        root: the whole tree.
        rows: of the tree, in order.
        arcs: between them.
        undrawn: names of ties that are left out.
    """

    ties: tuple[Tie, ...]
    root: Node
    rows: tuple[Row, ...]
    arcs: tuple[Arc, ...]
    undrawn: int


@dataclass(slots=True)
class _Link:
    """Nodes that a tie connects, and how many groups do so once layers that repeat are one row."""

    tie: Tie
    nodes: tuple[Node, ...]
    times: int = 0


def draw(model: Model, *, ends: int = MAX_ENDS) -> Drawing:
    """Choose what is drawn of a model.

    Args:
        model: of the document.
        ends: as many tied names at most.
    """
    ties = ties_of(model.groups)
    root = tree_of(model, ties)
    links, undrawn = _chosen(_links(ties, stand_ins(root)), ends)
    wanted = {node.path for link in links for node in link.nodes}
    outline = _Outline(wanted, _needed(root, wanted), [], {})
    outline.add(Run((root,)), 0)
    arcs = []
    for link in links:
        rows = tuple(sorted(outline.places[node.path] for node in link.nodes))
        arcs.append(Arc(link.tie.number, link.tie.first.kind, link.tie.first.is_false, rows, link.times))
    return Drawing(tuple(ties), root, tuple(outline.rows), tuple(arcs), undrawn)


def _links(ties: Sequence[Tie], speakers: Mapping[str, Node]) -> list[_Link]:
    """What connects which nodes, each once."""
    links: dict[tuple[int, tuple[str, ...]], _Link] = {}
    for tie in ties:
        for group in tie.groups:
            nodes = {speakers[name].path: speakers[name] for name in group.names}
            link = links.setdefault((tie.number, tuple(nodes)), _Link(tie, tuple(nodes.values())))
            link.times += 1
    return list(links.values())


def _chosen(links: Sequence[_Link], ends: int) -> tuple[list[_Link], int]:
    """The links that there is room for, false ties first, and how many names are left out."""
    chosen: list[_Link] = []
    undrawn = 0
    for link in sorted(links, key=lambda link: (not link.tie.first.is_false, not link.tie.first.kind.is_sharing)):
        room = min(ends, MAX_ENDS_OF_TIE)
        # One end alone would look like a tie of another sort.
        if room < min(2, len(link.nodes)):
            undrawn += len(link.nodes)
            continue
        undrawn += max(0, len(link.nodes) - room)
        link.nodes = link.nodes[:room]
        ends -= len(link.nodes)
        chosen.append(link)
    return sorted(chosen, key=lambda link: link.tie.number), undrawn


def _needed(root: Node, wanted: set[str]) -> set[str]:
    """The names that are drawn open or as ends: those of ties, and of the modules that they are in."""
    needed: set[str] = set()

    def visit(node: Node) -> bool:
        # Every child is visited: no short cut.
        below = [visit(child) for child in node.children]
        if any(below) or node.path in wanted:
            needed.add(node.path)
            return True
        return False

    visit(root)
    return needed


@dataclass(frozen=True, slots=True)
class _Outline:
    """The rows as they are put down, and where each name is."""

    wanted: set[str]
    needed: set[str]
    rows: list[Row]
    places: dict[str, int]

    def add(self, run: Run, depth: int) -> None:
        """Put down a row, and what is needed below it."""
        node = run.first
        self.places[node.path] = len(self.rows)
        is_closed = depth > 0 and node.path not in self.needed
        said = " ".join((note(run), *contents(node))) if is_closed else note(run)
        self.rows.append(Row(depth, label(run), said.strip(), RowKind(node.kind.value), node.path in self.wanted))
        if is_closed:
            return
        left: list[Run] = []
        neighbours = 0
        for below in runs_of(node.children):
            if below.first.path in self.needed:
                self.add(below, depth + 1)
            elif below.first.kind is NodeKind.MODULE and depth < UPPER_LEVELS and neighbours < MAX_NEIGHBOURS:
                neighbours += 1
                self.add(below, depth + 1)
            else:
                left.append(below)
        hidden = sum(1 + modules_below(node) for run in left for node in run.nodes if node.kind is NodeKind.MODULE)
        if hidden:
            self.rows.append(Row(depth + 1, plural(hidden, "more module"), "", RowKind.REST, is_end=False))


def label(run: Run) -> str:
    """The name of a row; the model itself has none."""
    return run.label if run.first.path else "(model)"


def contents(node: Node) -> Iterator[str]:
    """What a closed module is made of, where that is several of one class: `[Block ×12]`."""
    classes = [child.class_name for child in node.children if child.kind is NodeKind.MODULE]
    if len(classes) > 1 and len(set(classes)) == 1 and classes[0]:
        yield f"[{classes[0]} ×{len(classes)}]"


def note(run: Run) -> str:
    """The class of a row and how often it repeats."""
    kind = "buffer" if run.first.kind is NodeKind.BUFFER else run.first.class_name
    times = f"×{len(run.nodes)}" if len(run.nodes) > 1 else ""
    return " ".join(part for part in (kind, times) if part)
