"""The modules and parameters of a model as a tree, in which levels that repeat are found."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from torchtielint.kinds import TieKind
from torchtielint.pictures.document import Model
from torchtielint.pictures.ties import NUMBERED, Tie

MAX_DEPTH: Final = 40
"""Levels of the tree; names that have more keep the rest of their dots in the last."""
SHORTEST_RUN: Final = 3
"""As many neighbours that look alike become one row."""


class NodeKind(enum.Enum):
    """What a name stands for."""

    MODULE = "module"
    PARAMETER = "parameter"
    BUFFER = "buffer"


@dataclass(slots=True, eq=False)
class Node:
    """A module, parameter or buffer.

    Args:
        path: the dotted name.
        name: its last part.
        kind: what it is.
        class_name: of a module, where it is known.
        children: parameters and buffers first, then modules, in the order of registration.
        ties: the numbers of the ties that have this name.
        look: equal for nodes that cannot be told apart but for their own name.
    """

    path: str
    name: str
    kind: NodeKind
    class_name: str = ""
    children: list[Node] = field(default_factory=list)
    ties: tuple[int, ...] = ()
    look: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbours that look alike, `layers.0` to `layers.79`; mostly a single node."""

    nodes: tuple[Node, ...]

    @property
    def first(self) -> Node:
        """The node that speaks for the others."""
        return self.nodes[0]

    @property
    def label(self) -> str:
        """The names, `0 … 79` where they are several."""
        names = (self.nodes[0].name, self.nodes[-1].name)
        return names[0] if len(self.nodes) == 1 else f"{names[0]} … {names[1]}"


def tree_of(model: Model, ties: Sequence[Tie]) -> Node:
    """The tree of a model: of its modules where they are listed, and of the names in its groups in any case."""
    root = Node("", "", NodeKind.MODULE)
    nodes = {"": root}
    for entry in model.tree:
        module = _module(nodes, entry.name)
        module.class_name = entry.class_name
        for name in entry.parameters:
            _leaf(nodes, f"{entry.name}.{name}" if entry.name else name, NodeKind.PARAMETER)
    marks: dict[str, list[int]] = {}
    for tie in ties:
        for group in tie.groups:
            kind = NodeKind.BUFFER if group.buffers else NodeKind.PARAMETER
            for path in group.names:
                if group.kind is TieKind.SAME_MODULE:
                    _module(nodes, path)
                else:
                    _leaf(nodes, path, kind)
                marks.setdefault(path, []).append(tie.number)
    for path, numbers in marks.items():
        nodes[path].ties = tuple(dict.fromkeys(numbers))
    looks: dict[object, int] = {}
    _finish(root, looks, {})
    aliases = _aliases(nodes, ties)
    if aliases:
        _finish(root, looks, {path: node.look for path, node in aliases.items()})
    return root


def _aliases(nodes: Mapping[str, Node], ties: Sequence[Tie]) -> dict[str, Node]:
    """The modules that are listed under another name of theirs only, and the node of that name.

    `named_modules` gives each module once; what is known of it is true of its other names.
    """
    found: dict[str, Node] = {}
    for group in (group for tie in ties for group in tie.groups if group.kind is TieKind.SAME_MODULE):
        first = nodes[group.names[0]]
        for alias in (nodes[name] for name in group.names[1:]):
            if not alias.children and not alias.class_name:
                alias.class_name = first.class_name
                found[alias.path] = first
    return found


def runs_of(children: Sequence[Node]) -> Iterator[Run]:
    """Children in their order, neighbours that look alike and count up as one."""
    start = 0
    for index in range(1, len(children) + 1):
        if index < len(children) and _follows(children[index - 1], children[index]):
            continue
        run = tuple(children[start:index])
        if len(run) >= SHORTEST_RUN:
            yield Run(run)
        else:
            yield from (Run((node,)) for node in run)
        start = index


def stand_ins(root: Node) -> dict[str, Node]:
    """The node that speaks for each name: the one at its place in the first layer of the layers that repeat."""
    found: dict[str, Node] = {}
    pending: list[tuple[Node, Node]] = [(root, root)]
    while pending:
        node, speaker = pending.pop()
        found[node.path] = speaker
        # Nodes that look alike have children that do, in one order; aliases have none.
        if node.children:
            speakers = (run.first for run in runs_of(speaker.children) for _ in run.nodes)
            pending.extend(zip(node.children, speakers, strict=True))
    return found


def _module(nodes: dict[str, Node], path: str) -> Node:
    """The module of a name, made with those above it where it is new."""
    node = nodes.get(path)
    if node is None:
        parts = path.split(".", MAX_DEPTH)
        above, _, last = path.rpartition(".")
        if above in nodes and len(parts) <= MAX_DEPTH:
            return _child(nodes, nodes[above], path, last)
        node = nodes[""]
        for depth, name in enumerate(parts, 1):
            node = _child(nodes, node, ".".join(parts[:depth]), name)
    node.kind = NodeKind.MODULE
    return node


def _leaf(nodes: dict[str, Node], path: str, kind: NodeKind) -> None:
    if path not in nodes:
        _module(nodes, path).kind = kind


def _child(nodes: dict[str, Node], above: Node, path: str, name: str) -> Node:
    node = nodes.get(path)
    if node is None:
        node = nodes[path] = Node(path, name, NodeKind.MODULE)
        above.children.append(node)
    return node


def _finish(node: Node, looks: dict[object, int], aliases: Mapping[str, int]) -> None:
    """Put parameters before modules, and number what nodes look like, from the leaves up; aliases look like another."""
    node.children.sort(key=lambda child: child.kind is NodeKind.MODULE)
    for child in node.children:
        _finish(child, looks, aliases)
    shape = (node.kind, node.class_name, node.ties, tuple((child.name, child.look) for child in node.children))
    node.look = aliases.get(node.path, looks.setdefault(shape, len(looks)))


def _follows(before: Node, node: Node) -> bool:
    """Whether a node is the next of those that look like the one before."""
    # An alias has nothing below it, and cannot speak for a node that has.
    if before.look != node.look or (node.children and not before.children):
        return False
    first, second = NUMBERED.fullmatch(before.name), NUMBERED.fullmatch(node.name)
    return bool(first and second and first[1] == second[1] and int(second[2]) == int(first[2]) + 1)


def modules_below(node: Node) -> int:
    """How many modules a node has below it."""
    pending, count = [node], -1
    while pending:
        one = pending.pop()
        count += one.kind is NodeKind.MODULE
        pending.extend(one.children)
    return count
