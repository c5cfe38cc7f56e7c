"""Elements of HTML and SVG, put together so that nothing gets in unescaped."""

from __future__ import annotations

from html import escape
from typing import Final

from torchtielint.reporters.style import visible

VOID: Final = frozenset({"br", "input", "meta", "path", "circle", "rect", "line"})
"""Elements without contents; those of SVG are closed in XML's way, which HTML reads as well."""


class Markup(str):
    """Text that is markup already; any other string is escaped when it gets into an element."""

    __slots__ = ()


def tag(name: str, /, *contents: str, **attributes: str | int | float | bool) -> Markup:
    """An element.

    Args:
        name: of the element.
        contents: in order; what is no `Markup` is escaped, and shows controls and marks of direction as escapes.
        attributes: a trailing underscore is dropped (`class_`), others become hyphens; True is an attribute without
            a value in HTML (`hidden=""`), False leaves it out.
    """
    head = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{"" if value is True else text(str(value))}"'
        for key, value in attributes.items()
        if value is not False
    )
    if name in VOID:
        return Markup(f"<{name}{head}/>")
    return Markup(f"<{name}{head}>{join(*contents)}</{name}>")


def join(*contents: str) -> Markup:
    """Contents one after the other, escaped where they are no markup."""
    return Markup("".join(content if isinstance(content, Markup) else text(content) for content in contents))


def text(content: str) -> Markup:
    """A text as it is safe in an element and in an attribute, whatever it holds."""
    return Markup(escape(visible(content), quote=True))


def prose(content: str) -> Markup:
    """A message of one or several lines; what is between backticks is code."""
    return Markup("<br/>".join(_line(line) for line in content.strip().splitlines()))


def _line(line: str) -> Markup:
    pieces = line.split("`")
    # A backtick without a partner is one.
    last = [f"`{pieces.pop()}"] if len(pieces) % 2 == 0 else []
    return join(*(tag("code", piece) if index % 2 else piece for index, piece in enumerate(pieces)), *last)
