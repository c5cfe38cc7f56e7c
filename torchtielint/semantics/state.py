"""The state of the abstract machine: the heap and the variables, layered so that branches are cheap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from torchtielint.semantics.records import Record, join_records
from torchtielint.semantics.values import ABSENT, Value, join

Key = int | tuple[int, str]
Cell = Record | Value
Changes = dict[Key, Cell]


class State:
    """Changes on top of a parent state.

    A key is the identity of an object (its cell: a record) or a frame and a name (its cell: a value). A branch is a
    child state; `absorb` joins the changes of several children into this state.
    """

    __slots__ = ("alive", "cells", "parent")

    def __init__(self, parent: State | None = None) -> None:
        self.parent = parent
        self.cells: Changes = {}
        self.alive = True

    def get(self, key: Key) -> Cell | None:
        """The cell of a key, here or in a parent."""
        state: State | None = self
        while state is not None:
            cell = state.cells.get(key)
            if cell is not None:
                return cell
            state = state.parent
        return None

    def named(self, frame: int, since: State | None = None) -> list[Value]:
        """What the variables of a frame hold that were bound after an ancestor (None: ever)."""
        names: dict[Key, None] = {}
        state: State | None = self
        while state is not since and state is not None:
            names.update(dict.fromkeys(key for key in state.cells if isinstance(key, tuple) and key[0] == frame))
            state = state.parent
        return [value for key in names if isinstance(value := self.get(key), Value)]

    def set(self, key: Key, cell: Cell) -> None:
        """Change a cell in this layer."""
        self.cells[key] = cell

    def changes_since(self, base: State) -> Changes:
        """Everything that changed on the way from an ancestor to here."""
        layers = []
        state: State | None = self
        while state is not None and state is not base:
            layers.append(state.cells)
            state = state.parent
        merged: Changes = {}
        for layer in reversed(layers):
            merged.update(layer)
        return merged

    def absorb(self, branches: Iterable[Mapping[Key, Cell]]) -> None:
        """Continue after the branches met; without a branch that gets here, the code that follows is dead."""
        found = list(branches)
        if not found:
            self.alive = False
        elif len(found) == 1:
            self.cells.update(found[0])
        else:
            for key in dict.fromkeys(key for branch in found for key in branch):
                joined = self._join(key, found)
                if joined is not None:
                    self.cells[key] = joined

    def _join(self, key: Key, branches: list[Mapping[Key, Cell]]) -> Cell | None:
        before = self.get(key)
        if isinstance(key, tuple):
            return join(_as_value(branch.get(key, before)) for branch in branches)
        joined: Record | None = None
        for branch in branches:
            record = branch.get(key, before)
            if record is None:
                continue  # made in another branch only: nothing here refers to it
            if isinstance(record, Value):
                raise TypeError(f"object {key} has a value where a record belongs")
            joined = record if joined is None else join_records(joined, record)
        return joined


def without_frame(changes: Changes, frame: int) -> Changes:
    """Changes without those of the variables of a frame: nobody reads them once it has ended."""
    return {key: cell for key, cell in changes.items() if not (isinstance(key, tuple) and key[0] == frame)}


def _as_value(cell: Cell | None) -> Value:
    if cell is None:
        return ABSENT
    if not isinstance(cell, Value):
        raise TypeError("a variable has a record where a value belongs")
    return cell
