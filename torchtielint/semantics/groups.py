"""Parameter groups: what an optimizer is given, as whole modules, and where two groups have the same parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.semantics import modules, things
from torchtielint.semantics.facts.optimizers import GroupsOverlap, StateOptimized
from torchtielint.semantics.values import Arguments, Const, ModuleItems, Opaque, Part, Ref, Value, Weight, members

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.training import Built

_PARAMS = Const.of("params")


def check(machine: Machine, arguments: Arguments, node: cst.Call) -> None:
    """An optimizer is built."""
    given = arguments.get(0, "params")
    if given is None or not node.args:
        return
    record = machine.container(given)
    if record is None:
        return
    if any(
        isinstance(one, Weight) and one.entry_of is not None for value in record.elements() for one in members(value)
    ):
        machine.emit(StateOptimized(machine.site(node), machine.text(node.args[0].value)))
        return
    if record.kind not in ("list", "tuple") or record.rest or {"ValueError", "Exception"} & set(machine.context.caught):
        return
    found = [given for item in record.items if (given := _whole_module(machine, item)) is not None]
    whole = [items.module for items in dict.fromkeys(found)]  # a generator that is given twice is empty at last
    for position, later in enumerate(whole):
        earlier = next((one for one in whole[:position] if _overlap(machine, one, later)), None)
        if earlier is not None:
            names = things.shown(machine, earlier), things.shown(machine, later)
            machine.emit(GroupsOverlap(machine.site(node), *names, certain=isinstance(later, Ref)))
            return


def unfiltered(machine: Machine, given: Value) -> tuple[Value, ...]:
    """The modules all of whose parameters an optimizer is given, as they come from `parameters()`."""
    record = machine.container(given)
    if record is not None and not (record.kind in ("list", "tuple") and not record.rest):
        return ()
    found = [given] if record is None else [_whole_module(machine, item) for item in record.items]
    return tuple(one.module for one in found if isinstance(one, ModuleItems) and one.kind == "parameters")


def check_added(machine: Machine, built: Built, group: Value, node: cst.Call) -> None:
    """A group is added to an optimizer: parameters that it has already are refused."""
    items = _whole_module(machine, group)
    if items is None or {"ValueError", "Exception"} & set(machine.context.caught):
        return
    for whole in built.unfiltered:
        overlaps = _overlap(machine, whole, items.module)
        if overlaps and isinstance(items.module, Ref):
            # what is new since then is not in the optimizer yet
            overlaps = bool(modules.live_parameters(machine, items.module) & built.parameters)
        if overlaps:
            names = things.shown(machine, whole), things.shown(machine, items.module)
            machine.emit(GroupsOverlap(machine.site(node), *names, certain=isinstance(items.module, Ref)))
            return


def _whole_module(machine: Machine, group: Value) -> ModuleItems | None:
    """All parameters of a module, where a group holds them: `{"params": module.parameters()}`."""
    record = machine.container(group)
    if record is None or record.kind != "dict" or record.rest or len(record.keys) != len(record.items):
        return None
    for key, value in zip(record.keys, record.items, strict=True):
        if key == _PARAMS and isinstance(value, ModuleItems) and value.kind == "parameters":
            return value
    return None


def _overlap(machine: Machine, one: Value, other: Value) -> bool:
    """Whether two modules certainly have parameters in common."""
    if isinstance(one, Ref) and isinstance(other, Ref):
        return bool(modules.live_parameters(machine, one) & modules.live_parameters(machine, other))
    if not isinstance(one, (Opaque, Part)) or not isinstance(other, (Opaque, Part)):
        return False
    return things.is_model(machine, one) and things.is_model(machine, other) and things.related(machine, one, other)
