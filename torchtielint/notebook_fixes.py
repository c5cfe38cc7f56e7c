"""Fixes in the cells of a notebook: all else of the file stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from torchtielint.edits import apply_edits
from torchtielint.errors import UnreadableSourceError
from torchtielint.findings import Edit, Position, Range
from torchtielint.notebook import Cell, Notebook, assemble, read_notebook
from torchtielint.notebook_json import sources, with_sources


@dataclass(frozen=True, slots=True)
class Cells:
    """The program of a notebook, as fixes see it.

    Args:
        data: the bytes of the file.
        notebook: its cells, as they are now.
        changed: the texts of those that are not what the file says, by number.
    """

    data: bytes
    notebook: Notebook
    changed: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: bytes) -> Cells:
        """The cells of a file; those that are no Python are left out.

        Raises:
            UnreadableSourceError: it is no notebook, or one of a format whose cells are not found again.
        """
        notebook = read_notebook(data)
        known = sources(data)
        if any(known.get(cell.number) != cell.text for cell in notebook.cells):
            raise UnreadableSourceError("the texts of its cells cannot be replaced one by one")
        return cls(data, notebook.without_broken_cells()[0])

    @property
    def text(self) -> str:
        """The program."""
        return self.notebook.program

    def after(self, edits: Iterable[Edit]) -> Cells:
        """The cells after edits of the program.

        Raises:
            ValueError: they concern what no cell says, or several cells at once.
        """
        by_cell: dict[int, list[Edit]] = {}
        cells = {cell.number: cell for cell in self.notebook.cells}
        for edit in edits:
            cell, own = self._within(edit)
            by_cell.setdefault(cell.number, []).append(own)
        new = {number: _edited(cells[number].text, own) for number, own in by_cell.items()}
        texts = ((number, new.get(number, cell.text)) for number, cell in cells.items())
        made = assemble(texts).without_broken_cells()[0]
        return replace(self, notebook=made, changed={**self.changed, **new})

    def _within(self, edit: Edit) -> tuple[Cell, Edit]:
        start, end = edit.range.start, edit.range.end
        cell = self.notebook.cell_of(start.line)
        touched = range(start.line, end.line + (end.column > 1))
        if cell is None or not self.notebook.rewritten.isdisjoint(touched):
            raise ValueError(edit)
        above, count = cell.first - 1, len(cell.lines)
        if end.line - above > count + 1 or (end.line - above == count + 1 and end.column > 1):
            raise ValueError(edit)
        place = Range(Position(start.line - above, start.column), Position(end.line - above, end.column))
        return cell, replace(edit, range=place)

    def encode(self) -> bytes:
        """The bytes of the file with the new texts."""
        return with_sources(self.data, self.changed)


def _edited(text: str, edits: Iterable[Edit]) -> str:
    """The text of a cell, whose last line has no end, after edits that may reach to the line below."""
    return apply_edits(f"{text}\n", edits).removesuffix("\n")
