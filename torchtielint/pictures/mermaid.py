"""The models and their ties as a mermaid flowchart, for Markdown that shows these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import Final

from torchtielint.kinds import TieKind
from torchtielint.pictures.document import Model, Status, read_models
from torchtielint.pictures.drawing import Arc, Drawing, Row, RowKind, draw
from torchtielint.pictures.wording import STATUS_WORDS, clip, plural
from torchtielint.reporters.style import visible

MAX_EDGES: Final = 400
"""mermaid refuses a diagram of more than 500 (`maxEdges`)."""
MAX_CHARACTERS: Final = 45_000
"""mermaid refuses a text of more than 50,000 (`maxTextSize`)."""
MAX_ENDS: Final = 24
"""Tied names of one model: a diagram is laid out anew by whoever opens it, and large ones cannot be read."""
LONGEST: Final = 60

_PLAIN: Final = frozenset(" ,:/()=×…")
_LINKS: Final = {
    TieKind.SAME_PARAMETER: "<==>",
    TieKind.SAME_MODULE: "<==>",
    TieKind.SAME_STORAGE: "<-.->",
    TieKind.OVERLAPPING: "<-.->",
    TieKind.ADJACENT: "-.-",
    TieKind.EQUAL_VALUES: "-.-",
}
_CLASSES: Final = (
    "  classDef tied stroke-width:3px",
    "  classDef wrong stroke-width:3px,stroke-dasharray:6 4",
    "  classDef failed stroke-dasharray:2 3",
)


def render_mermaid(document: Mapping[str, object]) -> str:
    """Write the flowchart of a document: as many models as mermaid takes, those with findings first, then with ties.

    Raises:
        ValueError: the document cannot be read.
    """
    models = read_models(document)
    ranked = sorted(models, key=lambda model: (not model.has_problems, not model.groups, model.status is Status.OK))
    chart = _Chart()
    # What comes after the first without room matters less, and there may be thousands.
    drawn = sum(1 for _ in takewhile(chart.add, ranked))
    left = len(ranked) - drawn
    if left:
        words = f"{plural(left, 'more model')} left out: a diagram has no room for more"
        chart.lines += [f"  %% {words}", f'  rest["{label(words)}"]']
    if not models:
        chart.lines.append('  none["no models"]')
    return "\n".join(["flowchart LR", *chart.lines, *_CLASSES]) + "\n"


@dataclass(slots=True)
class _Chart:
    """What is written so far; `MAX_EDGES` and `MAX_CHARACTERS` hold of it."""

    lines: list[str] = field(default_factory=list)
    models: int = 0
    edges: int = 0
    characters: int = 1000

    def add(self, model: Model) -> bool:
        """Put down a model, unless there is no room."""
        name = f"m{self.models + 1}"
        drawing = draw(model, ends=MAX_ENDS)
        edges = len(drawing.rows) + sum(len(arc.rows) for arc in drawing.arcs)
        lines = list(_subgraph(name, model, drawing))
        characters = sum(len(line) + 1 for line in lines)
        if self.edges + edges > MAX_EDGES or self.characters + characters > MAX_CHARACTERS:
            return False
        self.models += 1
        self.edges += edges
        self.characters += characters
        self.lines += lines
        return True


def _subgraph(name: str, model: Model, drawing: Drawing) -> Iterator[str]:
    yield f'  subgraph {name}["{label(model.target)}"]'
    if model.status is not Status.OK:
        reason = model.reason.strip().splitlines()
        words = f"{STATUS_WORDS[model.status]}: {reason[0] if reason else 'no reason given'}"
        yield f'    {name}n0["{label(words)}"]:::failed'
    elif not drawing.ties:
        yield f'    {name}n0["nothing is shared"]'
    else:
        yield from _tree(name, drawing)
        yield from (line for arc in drawing.arcs for line in _ties(name, arc))
        if drawing.undrawn:
            words = f"{plural(drawing.undrawn, 'more name')} of ties not drawn"
            yield f'    {name}rest["{label(words)}"]'
    yield "  end"


def _tree(name: str, drawing: Drawing) -> Iterator[str]:
    """A node for each row, linked with the module that it is in."""
    looks = {row: "wrong" if arc.is_false else "tied" for arc in drawing.arcs for row in arc.rows}
    above: list[int] = []
    for index, row in enumerate(drawing.rows):
        above[row.depth :] = [index]
        node = f"{name}n{index}{_node(row)}"
        look = f":::{looks[index]}" if index in looks else ""
        yield f"    {name}n{above[row.depth - 1]} --- {node}{look}" if row.depth else f"    {node}{look}"


def _node(row: Row) -> str:
    """Modules are boxes, parameters have round ends."""
    words = f'"{label(f"{row.label} {row.note}".strip())}"'
    return f"[{words}]" if row.kind in (RowKind.MODULE, RowKind.REST) else f"([{words}])"


def _ties(name: str, arc: Arc) -> Iterator[str]:
    pairs: Sequence[tuple[int, int]] = list(pairwise(arc.rows)) or [(arc.rows[0], arc.rows[0])]
    words = label(f"{arc.tie}: {arc.kind.value}{', false tie' if arc.is_false else ''}")
    for first, second in pairs:
        yield f'    {name}n{first} {_LINKS[arc.kind]}|"{words}"| {name}n{second}'


def label(content: str) -> str:
    """A text as it is safe between double quotes: all but letters, digits and a few marks is a numbered entity.

    Points, hyphens and underscores stay inside words only: elsewhere they can make a list or emphasis in Markdown.
    """
    shown = f" {clip(visible(content), LONGEST).strip()} "
    return "".join(
        one if _is_plain(one) or (one in "._-" and _is_word(before) and _is_word(after)) else f"#{ord(one)};"
        for before, one, after in zip(shown, shown[1:], shown[2:], strict=False)
    )


def _is_plain(character: str) -> bool:
    return _is_word(character) or character in _PLAIN


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()
