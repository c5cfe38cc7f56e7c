"""Notebooks: the code cells of a `.ipynb` file as one program, and what is found in it, cell by cell.

The program has the lines of every cell as they are, one cell after the other, with a line of ours before each: an own
statement, so that no comment is about the next cell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torchtielint.errors import SourceSyntaxError, UnreadableSourceError
from torchtielint.findings import Finding, Fix, Position, Range
from torchtielint.magics import plain_python
from torchtielint.source import decode, split_lines

# What `json` gives: whoever reads it looks at its types first.
Json = Any

_BEFORE = "pass"
_BEFORE_INDENTED = "if True:"  # IPython takes a common indent away
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its number among all cells from 1, its text, and the line of the program that it starts on."""

    number: int
    text: str
    first: int

    @property
    def lines(self) -> list[str]:
        """Its lines as they are, magics and all."""
        return split_lines(self.text)


@dataclass(frozen=True, slots=True)
class Notebook:
    """The code cells of a notebook as one program.

    Args:
        cells: the code cells in order.
        program: their text as plain Python.
        rewritten: the lines of the program, from 1, that are not what the cell says.
    """

    cells: tuple[Cell, ...]
    program: str
    rewritten: frozenset[int] = frozenset()
    _starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(cell.first for cell in self.cells))

    def cell_of(self, line: int) -> Cell | None:
        """The cell of a line of the program; the line behind a cell belongs to it, that before the first to none."""
        import bisect

        index = bisect.bisect_right(self._starts, line) - 1
        return None if index < 0 else self.cells[index]

    def within(self, place: Range) -> Range:
        """A range of the program as one of its cell."""
        cell = self.cell_of(place.start.line)
        if cell is None:
            return place
        above = cell.first - 1
        start, end = place.start, place.end
        return Range(Position(start.line - above, start.column), Position(end.line - above, end.column), cell.number)

    def placed(self, finding: Finding) -> Finding:
        """A finding about the program as one about its cell; a fix of what the cell does not say falls away."""
        notes = tuple(
            replace(note, range=self.within(note.range)) if note.path == finding.path else note
            for note in finding.notes
        )
        fix = None if finding.fix is None else self._placed_fix(finding.fix)
        return replace(finding, range=self.within(finding.range), notes=notes, fix=fix)

    def _placed_fix(self, fix: Fix) -> Fix | None:
        for edit in fix.edits:
            touched = range(edit.range.start.line, edit.range.end.line + (edit.range.end.column > 1))
            if not self.rewritten.isdisjoint(touched):
                return None
        edits = tuple(replace(edit, range=self.within(edit.range)) for edit in fix.edits)
        return replace(fix, edits=edits)

    def without_broken_cells(self) -> tuple[Notebook, list[tuple[Cell, SourceSyntaxError]]]:
        """The notebook without the cells that are no Python each by itself, and these with what is wrong with them."""
        from torchtielint.semantics.index import index_source

        lines = split_lines(self.program)
        broken: list[tuple[Cell, SourceSyntaxError]] = []
        for cell in self.cells:
            span = slice(cell.first - 2, cell.first - 1 + len(cell.lines))
            try:
                index_source("\n".join(lines[span]))
            except SourceSyntaxError as error:
                error.line = max(error.line - 1, 1)
                broken.append((cell, error))
                lines[span] = [_BEFORE] + [""] * len(cell.lines)
        return Notebook(self.cells, "\n".join(lines), self.rewritten), broken


def read_notebook(data: bytes | str) -> Notebook:
    """Read the text of a notebook; one in another language than Python has no cells.

    Raises:
        UnreadableSourceError: it is no notebook.
    """
    document = _document(data)
    if not _speaks_python(document):
        return assemble(())
    return assemble((number, text) for number, cell in _cells(document) if (text := _text(cell)) is not None)


def assemble(cells: Iterable[tuple[int, str]]) -> Notebook:
    """The notebook of numbered texts of code cells."""
    made: list[Cell] = []
    program: list[str] = []
    rewritten: set[int] = set()
    for number, given in cells:
        text = _SURROGATES.sub("\ufffd", given.replace("\r\n", "\n").replace("\r", "\n"))
        lines, changed = plain_python(text.split("\n"))
        begun = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
        program.append(_BEFORE_INDENTED if begun[:1] in (" ", "\t") else _BEFORE)
        made.append(Cell(number, text, len(program) + 1))
        rewritten.update(len(program) + 1 + at for at in changed)
        program += lines
    return Notebook(tuple(made), "\n".join([*program, ""]), frozenset(rewritten))


def _document(data: bytes | str) -> dict[str, Json]:
    try:
        document = json.loads(decode(data, "").text)
    except (ValueError, RecursionError) as error:
        raise UnreadableSourceError(f"it is no notebook: {error}", line=getattr(error, "lineno", 1)) from error
    if not isinstance(document, dict) or not isinstance(document.get("cells", document.get("worksheets")), list):
        raise UnreadableSourceError("it is no notebook, as it has no list of cells")
    return document


def _cells(document: Mapping[str, Json]) -> Iterable[tuple[int, dict[str, Json]]]:
    """All cells with their numbers; those of the third format stand in a worksheet."""
    sheets = document.get("worksheets", ()) if "cells" not in document else ()
    nested = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    found = document.get("cells") or [cell for cells in nested if isinstance(cells, list) for cell in cells]
    return ((number, cell) for number, cell in enumerate(found, 1) if isinstance(cell, dict))


def _text(cell: Mapping[str, Json]) -> str | None:
    """The text of a cell; None where it is no Python."""
    language = _inside(cell, "metadata", "vscode", "languageId") or "python"
    if cell.get("cell_type") != "code" or language != "python":
        return None
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else None


def _speaks_python(document: Mapping[str, Json]) -> bool:
    """Whether a notebook says that it is written in Python, or nothing."""
    said = _inside(document, "metadata", "language_info", "name") or _inside(
        document, "metadata", "kernelspec", "language"
    )
    return not isinstance(said, str) or said.lower() in ("python", "ipython", "python3", "")


def _inside(document: Json, *keys: str) -> Json:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document
