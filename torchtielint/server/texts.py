"""Places in the texts of an editor: it counts lines from 0, and columns in the code units that were agreed on."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from torchtielint.findings import Position, Range
from torchtielint.source import split_lines

Encoding = types.PositionEncodingKind | str


class Lines:
    """The lines of a text, and where an editor sees a place in them."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self._lines: Sequence[str] = split_lines(text)
        self.encoding = encoding

    def to_editor(self, place: Range) -> types.Range:
        """A range as the editor counts; what lies beyond the text ends where it ends."""
        return types.Range(self._position(place.start), self._position(place.end))

    def column(self, place: types.Position) -> int:
        """The character, from 0, at which a place of the editor stands in its line."""
        line = self._lines[place.line] if place.line < len(self._lines) else ""
        width = self._width()
        if width is None or line.isascii():
            return min(place.character, len(line))
        units = 0
        for index, character in enumerate(line):
            if units >= place.character:
                return index
            units += len(character.encode(width[0], "surrogatepass")) // width[1]
        return len(line)

    def line(self, number: int) -> str:
        """A line by its number from 0; empty where there is none."""
        return self._lines[number] if number < len(self._lines) else ""

    def _position(self, position: Position) -> types.Position:
        if position.line > len(self._lines):
            last = len(self._lines) - 1
            return types.Position(last, self._units(last, len(self._lines[last])))
        return types.Position(position.line - 1, self._units(position.line - 1, position.column - 1))

    def _units(self, line: int, column: int) -> int:
        before = self._lines[line][:column]
        width = self._width()
        if width is None or before.isascii():
            return len(before)
        return len(before.encode(width[0], "surrogatepass")) // width[1]

    def _width(self) -> tuple[str, int] | None:
        """The encoding that is counted in, and the bytes of one unit; None where characters are counted."""
        if self.encoding == types.PositionEncodingKind.Utf8:
            return "utf-8", 1
        if self.encoding == types.PositionEncodingKind.Utf32:
            return None
        return "utf-16-le", 2


def changed(text: str, changes: Sequence[types.TextDocumentContentChangeEvent], encoding: Encoding) -> str:
    """A text after the changes that an editor reports, one after the other."""
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            text = _spliced(text, change, encoding)
        else:
            text = change.text
    return text


def _spliced(text: str, change: types.TextDocumentContentChangePartial, encoding: Encoding) -> str:
    lines = Lines(text, encoding)
    start, end = (_offset(text, lines, place) for place in (change.range.start, change.range.end))
    return text[:start] + change.text + text[end:]


def _offset(text: str, lines: Lines, place: types.Position) -> int:
    offset = 0
    for number in range(place.line):
        offset += len(lines.line(number))
        offset += 2 if text.startswith("\r\n", offset) else 1
        if offset >= len(text):
            return len(text)
    return offset + lines.column(place)
