"""Tensors whose elements share memory, as `expand` makes them, and modules that keep them as state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchtielint.semantics.facts.overlap import OverlappingState
from torchtielint.semantics.records import Role
from torchtielint.semantics.values import FALSE, Arguments, Ref, Value, constant, truth

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.machine import Machine

_EXPANDING = frozenset({"expand", "expand_as", "broadcast_to"})
_COPYING = frozenset({"reshape", "reshape_as"})


def after_view(machine: Machine, value: Value, name: str, arguments: Arguments) -> Value:
    """The result of a view called `name`: whether its elements share memory."""
    record = machine.tensor(value)
    if record is None or not isinstance(value, Ref):
        return value
    if name in _COPYING:
        machine.update(value, replace(record, overlaps=False))
    elif name in _EXPANDING and (name == "expand_as" or _grows(machine, arguments)):
        machine.update(value, replace(record, overlaps=True))
    return value


def _grows(machine: Machine, arguments: Arguments) -> bool:
    """Whether `expand(*sizes)` repeats elements: -1 and 1 keep a dimension, anything else beside -1 grows one.

    Without a -1, sizes that are not known may be those that the tensor has; then the first one decides.
    """
    given = arguments.positional or tuple(value for name, value in arguments.keywords if name == "size")
    if len(given) == 1 and (container := machine.container(given[0])) is not None:
        if container.rest:
            return False
        given = container.items
    sizes = [constant(size) for size in given]
    if arguments.open or not sizes:
        return False
    kept = [size in (1, -1) for size in sizes]
    return not all(kept) if -1 in sizes else not kept[0]


def after_repeat(machine: Machine, value: Value, arguments: Arguments) -> Value:
    """The result of `einops.repeat(tensor, pattern)`: a new axis of its own is an expanded one."""
    record, pattern = machine.tensor(value), constant(arguments.get(1, "pattern"))
    if record is None or not isinstance(value, Ref) or not isinstance(pattern, str) or "->" not in pattern:
        return value
    before, _, after = pattern.partition("->")
    new = {axis for axis in after.replace("(", " ").replace(")", " ").split() if axis not in before.split()}
    new -= {"1", "...", *(axis for axis in before.replace("(", " ").replace(")", " ").split())}
    new = {axis for axis in new if constant(arguments.keyword(axis)) != 1}
    grouped = {axis for part in after.split("(")[1:] for axis in part.split(")")[0].split()}
    if new and not new & grouped:
        machine.update(value, replace(record, overlaps=True))
    return value


def note_parameter(machine: Machine, data: Value | None, node: cst.CSTNode, *, trains: bool | None) -> None:
    """A Parameter is made of a tensor."""
    record = machine.tensor(data)
    if record is not None and record.overlaps:
        machine.emit(OverlappingState(machine.site(node), "nn.Parameter", "", trains=trains is not False))


def note_buffer(machine: Machine, name: str, value: Value | None, persistent: Value | None, node: cst.CSTNode) -> None:
    """A buffer is registered; one that is no part of the state dict is never written to by torch."""
    record = machine.tensor(value)
    stays = persistent is None or truth(persistent) is True
    if record is not None and record.overlaps and record.role is Role.TENSOR and stays and persistent != FALSE:
        machine.emit(OverlappingState(machine.site(node), "buffer", name, trains=False))
