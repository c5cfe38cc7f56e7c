"""A drawing as elements of SVG: the tree on the left, the ties as curves on its right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import Template
from typing import Final

from torchtielint.kinds import TieKind
from torchtielint.pictures.drawing import Arc, Drawing, Row, RowKind
from torchtielint.pictures.markup import Markup, join, tag
from torchtielint.pictures.ties import Tie
from torchtielint.pictures.wording import cells, clip, kind
from torchtielint.reporters.style import visible

ROW: Final = 22
CELL: Final = 8
"""Pixels of a monospaced character at 13 pixels, with the widest of the usual fonts."""
INDENT: Final = 16
MARGIN: Final = 8
LONGEST_LABEL: Final = 44
LONGEST_NOTE: Final = 30
MOST_NAMES: Final = 12
BULGE: Final = 30
LANE: Final = 26
"""Pixels between the control points of neighbouring curves: their numbers do not touch."""
FONT: Final = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"

STYLE: Final = Template(
    ".name,.class,.mark{font:13px $font;fill:$ink;unicode-bidi:isolate}"
    ".end{font-weight:700}.class,.rest{fill:$muted}.rest{font-style:italic}"
    ".mark{font-size:11px;font-weight:700;text-anchor:middle}.badge{fill:$paper;stroke:$ink}"
    ".branch{fill:none;stroke:$line}.lead{stroke:$line;stroke-dasharray:1 3}"
    ".arc{fill:none;stroke-width:2;stroke:$tie}.dot{fill:$tie;stroke:$tie;stroke-width:2}"
    ".wrong .arc{stroke:$wrong}.wrong .dot{fill:$paper;stroke:$wrong}.wrong .badge{stroke:$wrong}"
    ".apart .arc{stroke:$muted;stroke-width:1.5}.apart .dot{fill:$paper;stroke:$muted}"
    ".same-module .arc{stroke-width:4}.same-storage .arc{stroke-dasharray:7 4}.overlapping .arc{stroke-dasharray:2 3}"
    ".adjacent .arc{stroke-dasharray:12 3 2 3}.equal-values .arc{stroke-dasharray:1 5}"
)
"""The look of the elements; what has a colour has a form or a word of its own as well."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Elements and the pixels that they take."""

    elements: Markup
    width: int
    height: int


def shape_of(drawing: Drawing) -> Shape:
    """The elements of a drawing, from its top left corner."""
    rows, arcs = drawing.rows, drawing.arcs
    column = max(_label_end(row) for row in rows) + 12
    ties = {tie.number: tie for tie in drawing.ties}
    lanes = _lanes(arcs)
    parts = [*_branches(rows), *(_row(row, index) for index, row in enumerate(rows))]
    parts += (_lead(row, index, column) for index, row in enumerate(rows) if row.is_end)
    placed = list(zip(arcs, lanes, strict=True))
    parts += (_arc(arc, ties[arc.tie], column, lane) for arc, lane in placed)
    # Above all curves, so that none runs through a number.
    parts += (_badge(arc, column, lane) for arc, lane in placed)
    return Shape(join(*parts), column + (_reach(max(lanes)) + 12 if arcs else 0), len(rows) * ROW + 4)


def _x(row: Row) -> int:
    return MARGIN + INDENT * row.depth


def _y(index: int) -> int:
    return index * ROW + ROW // 2 + 2


def _shown(row: Row) -> tuple[str, str]:
    """The label and the note as there is room for them."""
    return clip(visible(row.label), LONGEST_LABEL), clip(visible(row.note), LONGEST_NOTE)


def _label_end(row: Row) -> int:
    label, note = _shown(row)
    return _x(row) + CELL * (cells(label) + (1 + cells(note) if note else 0))


def _row(row: Row, index: int) -> Markup:
    label, note = _shown(row)
    look = "name end" if row.is_end else "name rest" if row.kind is RowKind.REST else "name"
    x, y = _x(row), _y(index) + 4
    name = tag("text", label, x=x, y=y, class_=look)
    if not note:
        return name
    return join(name, tag("text", note, x=x + CELL * (cells(label) + 1), y=y, class_="class"))


def _branches(rows: Sequence[Row]) -> list[Markup]:
    """The lines from each module to what is in it."""
    above: list[int] = []
    found = []
    for index, row in enumerate(rows):
        above[row.depth :] = [index]
        if row.depth:
            start = rows[above[row.depth - 1]]
            path = f"M{_x(start) + 4} {_y(above[row.depth - 1]) + 8}V{_y(index)}H{_x(row) - 3}"
            found.append(tag("path", d=path, class_="branch"))
    return found


def _lead(row: Row, index: int, column: int) -> Markup:
    return tag("line", x1=_label_end(row) + 3, y1=_y(index), x2=column - 6, y2=_y(index), class_="lead")


def _arc(arc: Arc, tie: Tie, column: int, lane: int) -> Markup:
    """A group: a curve from each of its rows to the next, and a dot at each."""
    bulge = column + BULGE + LANE * lane
    curves = []
    for first, second in _pairs(arc):
        top, bottom = _y(first), _y(second)
        # A tie among layers that are one row here is a loop at this row.
        away = 14 if first == second else 0
        path = f"M{column} {top}C{bulge} {top - away} {bulge} {bottom + away} {column} {bottom}"
        curves.append(tag("path", d=path, class_="arc"))
    dots = [_dot(arc, column, _y(row)) for row in arc.rows]
    return tag("g", tag("title", described(tie)), *curves, *dots, class_=_look(arc))


def _badge(arc: Arc, column: int, lane: int) -> Markup:
    """The number of a tie, on the first of its curves."""
    first, second = _pairs(arc)[0]
    x, y = column + _reach(lane), (_y(first) + _y(second)) // 2
    circle = tag("circle", cx=x, cy=y, r=9, class_="badge")
    return tag("g", circle, tag("text", str(arc.tie), x=x, y=y + 4, class_="mark"), class_=_look(arc))


def _pairs(arc: Arc) -> list[tuple[int, int]]:
    """The rows that a curve goes between; from a single one to itself."""
    return list(pairwise(arc.rows)) or [(arc.rows[0], arc.rows[0])]


def _look(arc: Arc) -> str:
    sort = "wrong" if arc.is_false else "true" if arc.kind.is_sharing else "apart"
    return f"tie {sort} {arc.kind.value}"


def _dot(arc: Arc, x: int, y: int) -> Markup:
    """A circle for a parameter, a square for a module."""
    if arc.kind is TieKind.SAME_MODULE:
        return tag("rect", x=x - 4, y=y - 4, width=8, height=8, class_="dot")
    return tag("circle", cx=x, cy=y, r=4, class_="dot")


def _reach(lane: int) -> int:
    """How far right of the dots a curve gets: a Bezier curve reaches three quarters of the way to its controls."""
    return (BULGE + LANE * lane) * 3 // 4


def _lanes(arcs: Sequence[Arc]) -> list[int]:
    """A lane for each arc, so that those that are side by side do not cross: the shorter is the further in."""
    spans = [(arc.rows[0], arc.rows[-1]) for arc in arcs]
    lanes = [0] * len(arcs)
    taken: list[list[tuple[int, int]]] = []
    for index in sorted(range(len(arcs)), key=lambda index: spans[index][1] - spans[index][0]):
        lane = next((at for at, others in enumerate(taken) if not _crosses(spans[index], others)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append(spans[index])
        lanes[index] = lane
    return lanes


def _crosses(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    """Whether a span has rows in common with others; a shared end is none unless one of them is a loop there."""
    for other in others:
        low, high = max(span[0], other[0]), min(span[1], other[1])
        if low < high or (low == high and (span[0] == span[1] or other[0] == other[1])):
            return True
    return False


def described(tie: Tie, width: int = 400) -> str:
    """A tie in one line of some width: its number, its kind, as many of its names as there is room for."""
    times = f", {len(tie.groups):,} times" if len(tie.groups) > 1 else ""
    words = f"Tie {tie.number}{times}, {kind(tie.first)}: "
    names = [visible(name) for name in tie.first.names]
    shown = [clip(name, max(20, width // 2 - 14)) for name in names[:MOST_NAMES]]
    while len(shown) > 1 and cells(words) + sum(cells(name) + 2 for name in shown) > width - 15 * (shown != names):
        shown.pop()
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    return f"{words}{', '.join(shown)}{more}"
