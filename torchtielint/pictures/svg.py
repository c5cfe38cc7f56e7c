"""One picture of the models and their ties, for a README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from torchtielint.pictures.document import Model, Status, read_models
from torchtielint.pictures.drawing import draw
from torchtielint.pictures.markup import Markup, join, tag
from torchtielint.pictures.shapes import FONT, STYLE, Shape, described, shape_of
from torchtielint.pictures.wording import KIND_MEANINGS, STATUS_WORDS, cells, clip, plural, tally
from torchtielint.reporters.style import visible
from torchtielint.runtime.lines import human_bytes

MAX_MODELS: Final = 12
MAX_LISTED: Final = 8
"""Ties that are named below a drawing; the rest is counted."""
WIDEST: Final = 110
LINE: Final = 18
PADDING: Final = 16
CELL: Final = 7.4
"""Pixels of a character of the text below a drawing."""

LIGHT: Final = {
    "ink": "#1f2328", "muted": "#59636e", "line": "#c4ccd4", "paper": "#ffffff", "tie": "#0a5fb4", "wrong": "#bc4c00",
}  # fmt: skip
DARK: Final = {
    "ink": "#e6edf3", "muted": "#9aa4af", "line": "#48515b", "paper": "#14181d", "tie": "#6cb6ff", "wrong": "#ffa657",
}  # fmt: skip


def render_svg(document: Mapping[str, object]) -> str:
    """Draw the models of a document below each other: at most twelve, those with ties first.

    Raises:
        ValueError: the document cannot be read.
    """
    models = read_models(document)
    ranked = sorted(models, key=lambda model: (not model.has_problems, not model.groups, model.status is Status.OK))
    chosen = ranked[:MAX_MODELS]
    panels: list[Markup] = []
    width, y = 320, PADDING
    for model in chosen:
        panel = _panel(model)
        panels.append(tag("g", panel.elements, transform=f"translate({PADDING} {y})"))
        width, y = max(width, panel.width), y + panel.height + PADDING
    footer = _footer(ranked[MAX_MODELS:]) if models else "No models."
    if footer:
        panels.append(tag("text", footer, x=PADDING, y=y + 8, class_="line"))
        width, y = max(width, _wide(footer)), y + LINE + PADDING // 2
    width += 2 * PADDING
    return (
        tag(
            "svg",
            tag("title", _title(models), id="title"),
            tag("desc", _description(chosen), id="desc"),
            tag("style", Markup(_style())),
            tag("rect", x=0.5, y=0.5, width=width - 1, height=y - 1, rx=8, class_="sheet"),
            *panels,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {width} {y}",
            width=width,
            height=y,
            role="img",
            aria_labelledby="title desc",
        )
        + "\n"
    )


def _style() -> str:
    """Concrete colours, since not every program that shows SVG knows variables; dark ones where they are asked for."""
    light, dark = (_rules(palette) for palette in (LIGHT, DARK))
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _rules(palette: Mapping[str, str]) -> str:
    own = (
        ".sheet{{fill:{paper};stroke:{line}}}.head{{font:700 15px {font};fill:{ink}}}"
        ".line{{font:12px {font};fill:{muted}}}.wrongly{{fill:{wrong}}}"
    )
    return STYLE.substitute(palette, font=FONT) + own.format(font=FONT, **palette)


def _panel(model: Model) -> Shape:
    """A model: what it is, its tree, and its ties in words."""
    heading = clip(visible(model.target), 64)
    summary = clip(visible(_summary(model)), WIDEST)
    parts = [tag("text", heading, x=0, y=14, class_="head"), tag("text", summary, x=0, y=34, class_="line")]
    width, y = max(cells(heading) * 10, _wide(summary)), 44
    if not model.groups:
        return Shape(join(*parts), width, y)
    drawing = draw(model)
    shape = shape_of(drawing)
    parts.append(tag("g", shape.elements, transform=f"translate(0 {y})"))
    width, y = max(width, shape.width), y + shape.height + 6
    listed = [
        (f"{described(tie, WIDEST)} ({human_bytes(tie.first.nbytes)})", tie.first.is_false)
        for tie in drawing.ties[:MAX_LISTED]
    ]
    more = len(drawing.ties) - MAX_LISTED
    if more > 0:
        listed.append((f"and {plural(more, 'more tie')}", False))
    if drawing.undrawn:
        listed.append((f"not drawn: {plural(drawing.undrawn, 'more name')}", False))
    for line, wrong in listed:
        y += LINE
        parts.append(tag("text", line, x=0, y=y, class_="line wrongly" if wrong else "line"))
        width = max(width, _wide(line))
    return Shape(join(*parts), width, y + 8)


def _summary(model: Model) -> str:
    if model.status is not Status.OK:
        return f"{STATUS_WORDS[model.status]}: {model.reason.strip().splitlines()[0] if model.reason.strip() else ''}"
    count = model.parameters
    if count is None:
        return tally(model)
    saved = f", sharing saves {human_bytes(count.saved)}" if count.saved else ""
    return f"{tally(model)}; {plural(count.unique, 'parameter')} under {plural(count.named, 'name')}{saved}"


def _wide(line: str) -> int:
    return int(cells(line) * CELL) + 1


def _title(models: Sequence[Model]) -> str:
    return f"Tied parameters of {models[0].target if len(models) == 1 else plural(len(models), 'model')}"


def _description(models: Sequence[Model]) -> str:
    """What the picture shows, for those who hear it."""
    said = []
    for model in models:
        ties = [f"{described(tie)} ({KIND_MEANINGS[tie.first.kind]})." for tie in draw(model).ties[:MAX_LISTED]]
        said.append(" ".join([f"{model.target}: {_summary(model)}.", *ties]))
    return " ".join(said)


def _footer(models: Sequence[Model]) -> str:
    """What is left out."""
    if not models:
        return ""
    tied = sum(bool(model.groups) for model in models)
    failed = sum(model.status is Status.FAILED for model in models)
    parts = [f"{tied:,} with ties" if tied else "", f"{failed:,} failed" if failed else ""]
    said = ", ".join(part for part in parts if part)
    return f"Not drawn: {plural(len(models), 'more model')}{f' ({said})' if said else ''}."
