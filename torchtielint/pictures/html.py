"""The report as one page that needs nothing else: no network, no other file, no font of its own."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Final

from torchtielint.pictures.document import Model, Status, read_models
from torchtielint.pictures.markup import Markup, tag
from torchtielint.pictures.outline import Room
from torchtielint.pictures.sections import section
from torchtielint.pictures.shapes import FONT, STYLE
from torchtielint.pictures.wording import plural
from torchtielint.runtime.lines import human_bytes

FEW: Final = 3
"""As many models are open when the page is."""
CHOICES: Final = {
    "all": "all models",
    "ties": "with ties",
    "problems": "false ties and findings",
    "failed": "failed",
    "skipped": "skipped",
}
_COLOURS: Final = {name: f"var(--{name})" for name in ("ink", "muted", "line", "paper", "tie", "wrong")}


def render_html(document: Mapping[str, object]) -> str:
    """Write the page of a document.

    Whatever the names and reasons in it are, they end up as text: they are escaped where they are put in, and the
    page's own policy runs no script but its own.

    Raises:
        ValueError: the document cannot be read.
    """
    models = read_models(document)
    style, script = _resource("page.css") + STYLE.substitute(_COLOURS, font=FONT), _resource("page.js")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("title", _title(models)),
        tag("style", Markup(style)),
    )
    body = tag("body", *_body(models), tag("script", Markup(script)))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """What the browser may load and run: this style and this script, by their contents."""
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (style, script)]
    own = f"style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _title(models: Sequence[Model]) -> str:
    return f"Tied parameters: {models[0].target if len(models) == 1 else plural(len(models), 'model')}"


def _body(models: Sequence[Model]) -> Iterator[Markup]:
    yield tag("a", "Skip to the models", href="#models", class_="skip")
    theme = tag("button", "Use dark colours", type="button", id="theme", class_="scripted", hidden=True)
    yield tag("header", tag("div", tag("h1", _title(models)), theme, class_="top"), tag("p", *_overview(models)))
    yield _bar()
    room = Room()
    is_open = len(models) <= FEW
    sections = (section(model, number, room, is_open=is_open) for number, model in enumerate(models, 1))
    yield tag("main", *sections, id="models", tabindex=-1)


def _overview(models: Sequence[Model]) -> Iterator[str]:
    """The whole run in one sentence or two."""
    built = [model for model in models if model.status is Status.OK]
    tied = sum(bool(model.groups) for model in built)
    wrong = sum(model.has_problems for model in models)
    saved = sum(model.parameters.saved for model in built if model.parameters)
    yield f"{plural(len(built), 'model')} built, {tied:,} with ties; sharing saves {human_bytes(saved)}. "
    if wrong:
        yield tag("strong", f"{plural(wrong, 'model')} with false ties, disagreements or broken expectations. ")
    failed = sum(model.status is Status.FAILED for model in models)
    skipped = sum(model.status is Status.SKIPPED for model in models)
    if failed or skipped:
        yield f"{failed:,} failed, {skipped:,} skipped."


def _bar() -> Markup:
    """What is of use with the page's script only, and hidden without."""
    search = tag("input", type="search", id="search", autocomplete="off", spellcheck="false")
    options = (tag("option", words, value=value) for value, words in CHOICES.items())
    return tag(
        "div",
        tag("label", "Search models and parameters", search, class_="wide"),
        tag("label", "Show", tag("select", *options, id="choice")),
        tag("output", id="shown", for_="search choice"),
        class_="bar scripted",
        role="search",
        hidden=True,
    )
