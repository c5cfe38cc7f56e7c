"""The JSON of a notebook, of which some cells get other texts: all else stays byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from torchtielint.source import decode

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def sources(data: bytes) -> dict[int, str]:
    """The texts of the cells of a notebook, by number from 1; none of a format before the fourth."""
    return {number: text for number, (_, text) in _sources(decode(data, "").original).items()}


def with_sources(data: bytes, texts: Mapping[int, str]) -> bytes:
    """The bytes of a notebook in which some cells, given by number, have other texts; all else stays as it was.

    Raises:
        KeyError: there is no such cell.
        UnreadableSourceError: it is no text.
    """
    document = decode(data, "")
    text = document.original
    spans = _sources(text)
    for number in sorted(texts, reverse=True):
        (start, end), _ = spans[number]
        text = text[:start] + _written(text[start:end], texts[number]) + text[end:]
    return replace(document, original=text).encode()


def _sources(text: str) -> dict[int, tuple[tuple[int, int], str]]:
    """Where the text of a document has those of its cells, and what they are, by number from 1."""
    found: dict[int, tuple[tuple[int, int], str]] = {}
    try:
        for key, start, _ in _members(text, _after_space(text, 0)):
            for number, (at, _) in enumerate(_elements(text, start), 1) if key == "cells" else ():
                for name, begin, end in _members(text, at):
                    if name == "source":
                        value = json.loads(text[begin:end])
                        found[number] = (begin, end), value if isinstance(value, str) else "".join(value)
    except (ValueError, IndexError, TypeError, RecursionError):
        return {}
    return found


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """The keys of an object, and where their values stand."""
    if text[at] != "{":
        return
    at = _after_space(text, at + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _after_space(text, _after_space(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        yield key, start, end
        at = _after_space(text, end)
        at = _after_space(text, at + 1) if text[at] == "," else at


def _elements(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the elements of a list stand."""
    if text[at] != "[":
        return
    at = _after_space(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        yield at, end
        at = _after_space(text, end)
        at = _after_space(text, at + 1) if text[at] == "," else at


def _written(old: str, text: str) -> str:
    """The JSON of a cell's new text in the form of the old: one string, or one a line; lines that stay are kept."""
    escaped = old.isascii()
    if not old.startswith("["):
        return json.dumps(text, ensure_ascii=escaped)
    spans = list(_elements(old, 0))
    known = {json.loads(old[start:end]): old[start:end] for start, end in spans}
    lines = text.split("\n")
    parts = [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    if not spans or not parts:
        return json.dumps(parts, ensure_ascii=escaped)
    before, after = old[: spans[0][0]], old[spans[-1][1] :]
    between = old[spans[0][1] : spans[1][0]] if len(spans) > 1 else f",{before[1:]}"
    return before + between.join(known.get(part, json.dumps(part, ensure_ascii=escaped)) for part in parts) + after
