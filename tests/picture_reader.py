"""Reads what is drawn back into trees, and insists that it is well formed."""

from __future__ import annotations

import html.parser
import xml.etree.ElementTree as ET

from picture_documents import document

from torchtielint.pictures import render_html, render_svg
from torchtielint.pictures.document import read_models
from torchtielint.pictures.drawing import draw

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta", "br", "input"}


class Nested(html.parser.HTMLParser):
    """Reads a page into a tree, and insists that each element is closed where it should be."""

    def __init__(self):
        super().__init__()
        self.builder, self.open = ET.TreeBuilder(), []

    def handle_starttag(self, tag, attrs):
        assert len(attrs) == len(dict(attrs)), f"an attribute twice: {attrs}"
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        self.open.append(tag)
        if tag in VOID:
            self.handle_endtag(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert tag == self.open.pop()
        self.builder.end(tag)

    def handle_data(self, data):
        if self.open:
            self.builder.data(data)


def read(markup):
    """The tree of a page, or of a part of it."""
    parser = Nested()
    parser.feed(markup)
    parser.close()
    assert [] == parser.open
    return parser.builder.close()


def page_of(*models):
    """The page of some models."""
    return read(render_html(document(*models)))


def drawing_of(*models):
    return ET.fromstring(render_svg(document(*models)))


def words(element):
    return " ".join("".join(element.itertext()).split())


def having(root, tag, look):
    """The elements that have a class."""
    return [one for one in root.iter(tag) if look in one.get("class", "").split()]


def drawn(*models):
    """What is drawn of one model."""
    return draw(read_models(document(*models))[0])


def rows(drawing):
    return [(row.depth, row.label, row.note) for row in drawing.rows]
