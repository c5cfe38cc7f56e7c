"""One model's part of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from torchtielint.pictures.document import Model, Status
from torchtielint.pictures.drawing import Drawing, draw
from torchtielint.pictures.markup import Markup, join, prose, tag
from torchtielint.pictures.outline import Room, outline
from torchtielint.pictures.shapes import described, shape_of
from torchtielint.pictures.survival import tables
from torchtielint.pictures.ties import Tie
from torchtielint.pictures.wording import KIND_MEANINGS, STATUS_WORDS, kind, plural, shape, tally
from torchtielint.runtime.lines import human_bytes

FEW_NAMES: Final = 8
"""Names that are listed at once; the others are there to be opened."""
MOST_NAMES: Final = 1000


def section(model: Model, number: int, room: Room, *, is_open: bool) -> Markup:
    """A model as a disclosure: its summary says what was found, its body shows it."""
    drawing = draw(model)
    words = [model.target, model.place, model.reason[:200], *(tie.first.kind.value for tie in drawing.ties)]
    words += (name for tie in drawing.ties for name in tie.first.names[:FEW_NAMES])
    return tag(
        "details",
        _summary(model),
        tag("div", *_body(model, drawing, number, room), class_="body"),
        class_="model",
        id=f"m{number}",
        data_find=" ".join(words),
        data_is=" ".join(_sorts(model)),
        open=is_open,
    )


def _sorts(model: Model) -> Iterator[str]:
    """The choices of the page's filter that show this model."""
    if model.status is not Status.OK:
        yield model.status.value
    if model.groups:
        yield "ties"
    if model.has_problems:
        yield "problems"


def _summary(model: Model) -> Markup:
    is_bad = model.status is Status.FAILED
    status = tag("span", STATUS_WORDS[model.status], class_="chip bad" if is_bad else "chip")
    problem = tag("span", "! problems", class_="chip bad") if model.has_problems else Markup("")
    said = tally(model) or prose(" ".join(model.reason.strip().splitlines()[:1]))
    heading = tag("h2", tag("code", model.target))
    return tag("summary", heading, " ", status, " ", problem, " ", tag("span", said, class_="muted any"))


def _body(model: Model, drawing: Drawing, number: int, room: Room) -> Iterator[Markup]:
    if model.reason:
        yield tag(
            "p", tag("strong", f"{model.status.value}: "), tag("span", prose(model.reason), class_="any"), class_="note"
        )
    yield _facts(model)
    yield from _problems(model)
    if model.status is not Status.OK:
        return
    if drawing.ties:
        yield _figure(drawing)
        yield tag("h3", "Ties")
        yield from (_card(tie, number) for tie in drawing.ties)
        yield from tables(drawing.ties)
    else:
        yield tag("p", "No two names of this model share a tensor.")
    yield from _predictions(model)
    yield outline(drawing.root, room)


def _facts(model: Model) -> Markup:
    rows = [
        ("Source", tag("code", model.place)),
        ("Built by", tag("code", model.built_by)),
        ("Device", tag("code", model.device)),
    ]
    known = [(name, value) for name, value in rows if value != "<code></code>"]
    count = model.parameters
    if count is not None:
        known.append(
            ("Parameters", join(f"{count.unique:,} under {plural(count.named, 'name')}, {count.elements:,} elements"))
        )
        known.append(("Memory", join(f"{human_bytes(count.bytes)}; sharing saves {human_bytes(count.saved)}")))
    met = [expectation.text for expectation in model.expectations if expectation.met]
    if met:
        known.append(("As expected", join(*(tag("div", "✓ ", tag("code", one)) for one in met))))
    return tag("dl", *(join(tag("dt", name), tag("dd", value)) for name, value in known))


def _problems(model: Model) -> Iterator[Markup]:
    """What makes the command exit with 1."""
    for found in model.disagreements:
        place = join(" ", tag("code", found.place)) if found.place else Markup("")
        yield tag(
            "p", tag("strong", found.code), " ", tag("span", prose(found.message), class_="any"), place, class_="note"
        )
    for expectation in model.broken_expectations:
        said = join(tag("strong", "Not as expected: "), tag("code", expectation.text))
        yield tag("p", said, " ", tag("span", prose(expectation.message), class_="any"), class_="note")


def _figure(drawing: Drawing) -> Markup:
    shape = shape_of(drawing)
    picture = tag(
        "svg",
        tag(
            "title",
            "The part of the module tree that has ties. " + " ".join(f"{described(tie)}." for tie in drawing.ties[:20]),
        ),
        shape.elements,
        viewBox=f"0 0 {shape.width} {shape.height}",
        width=shape.width,
        height=shape.height,
        role="img",
    )
    left = f" {plural(drawing.undrawn, 'name')} of ties had no room." if drawing.undrawn else ""
    caption = (
        f"Each curve is a tie; its number is that of the tie below. A dashed curve is a false tie or no sharing.{left}"
    )
    region = tag("div", picture, class_="scroll", tabindex=0, role="region", aria_label="Picture of the ties")
    return tag("figure", region, tag("figcaption", caption))


def _card(tie: Tie, number: int) -> Markup:
    """A tie in words."""
    group = tie.first
    sort = "false" if group.is_false else "true" if group.kind.is_sharing else "apart"
    rows = [("Kind", KIND_MEANINGS[group.kind]), ("Tensor", shape(group)), ("Size", _bytes(tie))]
    rows += [("Consequence", group.consequence)]
    facts = (join(tag("dt", name), tag("dd", value, class_="any")) for name, value in rows if value)
    advice = tag("ul", *(tag("li", prose(one), class_="any") for one in group.advice))
    return tag(
        "section",
        tag("h3", f"Tie {tie.number}: {kind(group)}"),
        _names(tie),
        tag("dl", *facts),
        join(tag("p", "What to do:"), advice) if group.advice else "",
        class_=f"card {sort}",
        id=f"m{number}-t{tie.number}",
    )


def _bytes(tie: Tie) -> str:
    each = human_bytes(tie.first.nbytes)
    return each if len(tie.groups) == 1 else f"{each} each, {human_bytes(tie.first.nbytes * len(tie.groups))} in all"


def _names(tie: Tie) -> Markup:
    """The names of a tie: of its first group at once, the rest on demand."""
    first = tie.first.names
    listed = _list(first[:FEW_NAMES])
    parts = [listed]
    if len(first) > FEW_NAMES:
        parts.append(_more(plural(len(first) - FEW_NAMES, "more name"), first[FEW_NAMES:]))
    if len(tie.groups) > 1:
        others = [", ".join(group.names) for group in tie.groups[1:]]
        parts.append(_more(f"{plural(len(others), 'more group')} like this", others))
    return join(*parts)


def _more(title: str, names: Sequence[str]) -> Markup:
    left = len(names) - MOST_NAMES
    rest = tag("p", f"… and {left:,} more: the JSON has them") if left > 0 else ""
    return tag("details", tag("summary", title), _list(names[:MOST_NAMES]), rest)


def _list(names: Sequence[str]) -> Markup:
    return tag("ul", *(tag("li", tag("code", name)) for name in names), class_="names")


def _predictions(model: Model) -> Iterator[Markup]:
    """What the source shows, where it was read."""
    if model.predicted is None:
        return
    items = [
        tag("li", f"{tie.kind.value}: ", tag("code", ", ".join(tie.names)), f" (line {tie.line})" if tie.line else "")
        for tie in model.predicted[:MOST_NAMES]
    ]
    title = tag("summary", f"Predicted from the source ({plural(len(model.predicted), 'tie')})")
    yield tag("details", title, tag("ul", *items) if items else tag("p", "The source shows no tie."))
