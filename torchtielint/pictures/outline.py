"""The whole tree of a model, level by level, to be opened by who wants to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from torchtielint.pictures.drawing import label, note
from torchtielint.pictures.markup import Markup, join, tag
from torchtielint.pictures.tree import Node, NodeKind, Run, modules_below, runs_of
from torchtielint.pictures.wording import plural

MAX_ROWS: Final = 6000
"""Rows of one model's tree: 5,000 modules that have nothing in common are shown."""
MAX_PAGE_ROWS: Final = 40_000
"""Rows of all trees on a page: a browser takes some 50 microseconds for one."""
MOST_OWN: Final = 12
"""Parameters that the row of a module names."""


@dataclass(slots=True)
class Room:
    """How many rows the trees of a page may still have."""

    rows: int = MAX_PAGE_ROWS
    model: int = field(default=MAX_ROWS)

    def for_model(self) -> bool:
        """Begin another model; False where the page is full."""
        self.model = min(MAX_ROWS, self.rows)
        return self.model > 0

    def take(self) -> bool:
        """Take a row, where there is one left."""
        if self.model <= 0:
            return False
        self.model -= 1
        self.rows -= 1
        return True


def outline(root: Node, room: Room) -> Markup:
    """The tree as a disclosure; layers that look alike are one row with a count."""
    count = modules_below(root) + 1
    title = tag("summary", f"Module tree ({plural(count, 'module')})")
    if not room.for_model():
        return tag("details", title, tag("p", "Left out of this page, which has many models: the JSON has it."))
    return tag("details", title, tag("ul", _item(Run((root,)), room), class_="outline"), class_="tree")


def _item(run: Run, room: Room) -> Markup:
    node = run.first
    if not room.take():
        return Markup("")
    # Parameters that nothing ties are told in the row of their module: half of all rows would be theirs.
    own: list[Run] = []
    runs: list[Run] = []
    for below in runs_of(node.children):
        first = below.first
        (runs if first.kind is NodeKind.MODULE or first.ties or first.children else own).append(below)
    name = join(tag("code", label(run)), " ", _note(run, own), _marks(node))
    if not runs:
        return tag("li", name, class_="leaf")
    items = []
    for index, below in enumerate(runs):
        item = _item(below, room)
        if not item:
            left = sum(len(other.nodes) for other in runs[index:])
            items.append(tag("li", f"… {left:,} more, left out of this page: the JSON has them", class_="leaf rest"))
            break
        items.append(item)
    return tag("li", tag("details", tag("summary", name), tag("ul", *items), open=not node.path))


def _note(run: Run, own: Sequence[Run]) -> Markup:
    """The class of a module and the names of its own parameters."""
    words = "parameter" if run.first.kind is NodeKind.PARAMETER else note(run)
    names = ", ".join(one.label for one in own[:MOST_OWN])
    more = f" and {len(own) - MOST_OWN:,} more" if len(own) > MOST_OWN else ""
    said = f"{words}: {names}{more}" if words and names else f"{words}{names}{more}"
    return tag("span", said, class_="muted") if said else Markup("")


def _marks(node: Node) -> Markup:
    """The ties that a name is in."""
    if not node.ties:
        return Markup("")
    return join(" ", tag("span", " ".join(f"tie {number}" for number in node.ties), class_="chip"))
