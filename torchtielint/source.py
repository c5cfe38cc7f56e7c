"""One file's text: from bytes to lines that end in a line feed only, and what it takes to write the bytes back."""

from __future__ import annotations

import codecs
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from torchtielint.edits import apply_edits
from torchtielint.errors import UnreadableSourceError
from torchtielint.findings import Edit

_LINE_END = re.compile(r"\r\n|\r|\n")
_LINE_END_BYTES = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text as Python reads it.

    `text` has line feeds only, and is what everything analyses: its lines and columns are the file's own. `original`
    has the line ends that the file has, so that `encode` gives the file's bytes back.
    """

    path: str
    text: str
    original: str
    encoding: str = "utf-8"
    bom: bool = False

    @property
    def newline(self) -> str:
        """The line end that most lines of the file have; a line feed where there is none."""
        ends = [match.group() for match in _LINE_END.finditer(self.original)]
        return max(("\n", "\r\n", "\r"), key=ends.count)

    def after(self, edits: Iterable[Edit]) -> Source:
        """This source after edits: every line that they leave alone ends as it did."""
        original = apply_edits(self.original, edits, newline=self.newline)
        return replace(self, original=original, text=_unify(original))

    def encode(self) -> bytes:
        """The bytes that this source was decoded from."""
        return (codecs.BOM_UTF8 if self.bom else b"") + self.original.encode(self.encoding)


def decode(data: bytes | str, path: str) -> Source:
    """Return the source that the bytes of a file stand for.

    Raises:
        UnreadableSourceError: the declared encoding is unknown, contradicts the mark or does not fit the bytes.
    """
    if isinstance(data, str):
        return Source(path, _unify(data), data)
    bom = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if bom else data
    encoding = _declared_encoding(data)
    try:
        original = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = 1 + len(_LINE_END_BYTES.findall(body, 0, error.start))
        raise UnreadableSourceError(
            f"byte 0x{body[error.start]:02x} on line {line} is not valid {encoding}",
            line=line,
            hint="save the file as UTF-8, or declare its encoding on the first line: `# -*- coding: latin-1 -*-`",
        ) from error
    except (LookupError, UnicodeError, ValueError) as error:
        raise UnreadableSourceError(f"its declared encoding `{encoding}` cannot be used: {error}") from error
    return Source(path, _unify(original), original, encoding, bom)


def split_lines(text: str) -> list[str]:
    """The lines of a text without their ends, split where Python splits them: not at a form feed, not at U+2028."""
    return _LINE_END.split(text)


def _unify(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _declared_encoding(data: bytes) -> str:
    """The encoding that Python would read these bytes in (PEP 263), `utf-8` where it says nothing."""

    def first_lines() -> Iterator[bytes]:
        start = 0
        for end in _LINE_END_BYTES.finditer(data):
            yield data[start : end.start()] + b"\n"
            start = end.end()
        yield data[start:]

    lines = first_lines()
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(lines))
    except SyntaxError as error:
        if "invalid or missing encoding" in str(error):
            return "utf-8"  # some byte of the first two lines is not UTF-8: decoding says which
        raise UnreadableSourceError(
            f"its encoding declaration is wrong: {error}",
            hint="name an encoding that Python knows, or save the file as UTF-8 and remove the declaration",
        ) from error
    return "utf-8" if encoding == "utf-8-sig" else encoding
