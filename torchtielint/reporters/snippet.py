"""The lines of a file that a finding is about, with carets under what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from torchtielint.findings import Range
from torchtielint.reporters.style import Style, cells, shown_character

TAB = 4
SHOWN_LINES = 6
UNLIMITED = 160  # columns of code where the report goes to no terminal
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Drawing:
    """How snippets are drawn: the colours, the columns there are for code, the width of the line numbers."""

    style: Style
    columns: int
    gutter: int
    mark: Callable[[str], str]

    def row(self, number: int | None, code: str) -> str:
        """One row: a line number or none, the bar, the code."""
        shown = "" if number is None else str(number)
        return f"{self.style.frame(f'{shown:>{self.gutter}} |')} {code}".rstrip()


def snippet(lines: Sequence[str], place: Range, drawing: Drawing, *, context: int) -> Iterator[str]:
    """The lines of a range with carets under it; a long one is cut in its middle, a wide one around its start."""
    first = min(place.start.line, len(lines))
    last = max(first, min(place.end.line, len(lines)))
    if last > first and place.end.column == 1:
        last -= 1
    margin = "  " if last > first else ""  # the bar beside several lines moves them, and so their neighbours
    yield drawing.row(None, "")
    for number in range(max(1, first - context), first):
        if any(lines[above - 1].strip() for above in range(max(1, first - context), number + 1)):
            yield drawing.row(number, margin + _window(lines[number - 1], 0, drawing.columns - len(margin))[0])
    if first == last:
        yield from _single(lines[first - 1], place, drawing, number=first)
    else:
        yield from _several(lines, place, drawing, first, last)
    below = min(len(lines), last + context)
    for number in range(last + 1, below + 1):
        if any(lines[after - 1].strip() for after in range(number, below + 1)):
            yield drawing.row(number, margin + _window(lines[number - 1], 0, drawing.columns - len(margin))[0])
    yield drawing.row(None, "")


def cut(line: str, columns: int) -> str:
    """A line of code as it is shown, cut to so many columns."""
    return _window(line, 0, columns)[0]


def _single(line: str, place: Range, drawing: Drawing, *, number: int) -> Iterator[str]:
    start = min(place.start.column - 1, len(line))
    end = len(line) if place.end.line > place.start.line else min(place.end.column - 1, len(line))
    shown, begin, finish = _window(line, start, drawing.columns, end)
    begin = min(begin, drawing.columns - 1)  # past the end of a line that fills its columns
    yield drawing.row(number, shown)
    yield drawing.row(None, " " * begin + drawing.mark("^" * max(1, finish - begin)))


def _several(lines: Sequence[str], place: Range, drawing: Drawing, first: int, last: int) -> Iterator[str]:
    """A bar beside the lines of the range, from where it starts to where it ends."""
    columns = drawing.columns - 2
    head = lines[first - 1]
    start = min(place.start.column - 1, len(head))
    shown, begin, _ = _window(head, start, columns)
    if head[:start].strip():
        yield drawing.row(first, f"  {shown}")
        yield drawing.row(None, drawing.mark(f" {'_' * (begin + 1)}^"))
    else:
        yield drawing.row(first, f"{drawing.mark('/')} {shown}")
    numbers = list(range(first + 1, last + 1))
    if len(numbers) > SHOWN_LINES:
        numbers = [*numbers[: SHOWN_LINES // 2], 0, *numbers[-SHOWN_LINES // 2 :]]
    for number in numbers:
        code = _window(lines[number - 1], 0, columns)[0] if number else ""
        row = drawing.row(number or None, f"{drawing.mark('|')} {code}")
        yield row if number else f"{row} {drawing.style.frame('...')}"
    end = min(place.end.column - 1, len(lines[last - 1])) if last == place.end.line else len(lines[last - 1])
    _, _, finish = _window(lines[last - 1], 0, columns, end)
    yield drawing.row(None, drawing.mark(f"|{'_' * max(1, finish)}^"))


def _window(line: str, start: int, columns: int, end: int | None = None) -> tuple[str, int, int]:
    """A line as it is shown, with the columns of two of its characters; cut to the columns around the first.

    Returns:
        The shown text, and where in it, in columns, the characters `start` and `end` stand.
    """
    end = start if end is None else max(start, end)
    pieces: list[str] = []
    column = 0
    offsets = [0]
    for character in line:
        piece = " " * (TAB - column % TAB) if character == "\t" else shown_character(character)
        pieces.append(piece)
        column += cells(piece)
        offsets.append(column)
    begin, finish = offsets[start], offsets[end]
    if column <= columns:
        return "".join(pieces), begin, finish
    left = 0
    if finish > columns - 1:
        left = max(0, min(begin - columns // 4, column - columns + 1))
    first = next(index for index, offset in enumerate(offsets) if offset >= left)
    left = offsets[first]
    room = columns - (1 if first else 0)
    stop = len(pieces)
    if offsets[-1] - left > room:
        stop = max(index for index, offset in enumerate(offsets) if offset - left <= room - 1)
    text = (_CUT if first else "") + "".join(pieces[first:stop]) + (_CUT if stop < len(pieces) else "")
    shift = (1 if first else 0) - left
    limit = cells(text)
    return text, min(begin + shift, limit), min(finish + shift, limit)
