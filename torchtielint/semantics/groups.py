"""Parameter groups: what an optimizer is given, as whole modules, and where two groups have the same parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.semantics import containers, modules, things
from torchtielint.semantics.facts.optimizers import GroupsOverlap, StateOptimized
from torchtielint.semantics.records import Role, Whole
from torchtielint.semantics.values import Arguments, Const, ModuleItems, Opaque, Part, Ref, Value, Weight, members

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    _check_one(machine, _wholes(machine, given), node)
    if record.kind not in ("list", "tuple") or record.rest:
        return
    before: list[Whole] = []
    refused = False
    for group in _all_taken(machine, record.items):
        _check_one(machine, group, node)
        refused = refused or _check_against(machine, before, group, node)
        before.extend(group)


def _check_one(machine: Machine, group: Sequence[Whole], node: cst.Call) -> None:
    """One group, or a list of parameters, that has some of them twice."""
    for position, later in enumerate(group):
        earlier = next((one for one in group[:position] if _overlap(machine, one, later)), None)
        if earlier is not None:
            _emit(machine, earlier, later, node, within=True)
            return


def _check_against(machine: Machine, before: Sequence[Whole], group: Sequence[Whole], node: cst.Call) -> bool:
    """Whether torch refuses a group after others, as they have a parameter in common."""
    if {"ValueError", "Exception"} & set(machine.context.caught):
        return False
    for later in group:
        earlier = next((one for one in before if _overlap(machine, one, later)), None)
        if earlier is not None:
            _emit(machine, earlier, later, node, within=False)
            return True
    return False


def _emit(machine: Machine, earlier: Whole, later: Whole, node: cst.Call, *, within: bool) -> None:
    names = _shown(machine, earlier), _shown(machine, later)
    certain = isinstance(later.module, Ref)
    machine.emit(GroupsOverlap(machine.site(node), *names, within=within, certain=certain))


def _shown(machine: Machine, whole: Whole) -> str:
    """A module, or a single parameter, as messages call it."""
    if machine.tensor(whole.module) is None:
        return things.shown(machine, whole.module)
    held = modules.slots(machine, machine.subject).items() if machine.subject is not None else ()
    return next((f"self.{name}" for name, slot in held if slot.value == whole.module), "a parameter")


def unfiltered(machine: Machine, given: Value) -> tuple[Whole, ...]:
    """The modules all of whose parameters an optimizer is given."""
    record = machine.container(given)
    if record is None or record.wholes:
        return _wholes(machine, given)
    if record.kind not in ("list", "tuple") or record.rest:
        return ()
    return tuple(whole for group in _all_taken(machine, record.items) for whole in group)


def check_added(machine: Machine, built: Built, group: Value, node: cst.Call) -> None:
    """A group is added to an optimizer: parameters that it has already are refused."""
    for taken in _all_taken(machine, (group,)):
        _check_against(machine, built.unfiltered, taken, node)


def _all_taken(machine: Machine, groups: Sequence[Value]) -> list[tuple[Whole, ...]]:
    """What each group certainly holds; a generator that is given twice is empty at last."""
    found: list[tuple[Whole, ...]] = []
    used: set[Value] = set()
    for group in groups:
        value = _parameters(machine, group)
        held = machine.container(value)
        if value is not None and value not in used:
            found.append(_taken(machine, value))
        if value is not None and (isinstance(value, ModuleItems) or (held is not None and held.kind == "generator")):
            used.add(value)
    return found


def _parameters(machine: Machine, group: Value) -> Value | None:
    """What a group gives as its parameters: `{"params": ...}`."""
    record = machine.container(group)
    if record is None or record.kind != "dict" or record.rest or len(record.keys) != len(record.items):
        return None
    return next((value for key, value in zip(record.keys, record.items, strict=True) if key == _PARAMS), None)


def _taken(machine: Machine, value: Value) -> tuple[Whole, ...]:
    """Whole modules, and single Parameters."""
    held = machine.container(value)
    single = (value,) if held is None else held.items if held.kind != "dict" and not held.escaped else ()
    alone = [Whole(one, frozenset({one.key})) for one in single if isinstance(one, Ref) and _is_parameter(machine, one)]
    return (*_wholes(machine, value), *alone)


def _wholes(machine: Machine, value: Value) -> tuple[Whole, ...]:
    """The modules of which a value has all parameters, frozen ones as well."""
    return tuple(whole for whole in containers.wholes(machine, value) if whole.frozen is None)


def _is_parameter(machine: Machine, value: Ref) -> bool:
    record = machine.tensor(value)
    return record is not None and record.role is Role.PARAMETER


def _overlap(machine: Machine, earlier: Whole, later: Whole) -> bool:
    """Whether two modules certainly have parameters in common."""
    one, other = earlier.module, later.module
    if isinstance(one, Ref) and isinstance(other, Ref):
        return bool(earlier.parameters & later.parameters)
    if not all(isinstance(side, (Opaque, Part)) and things.is_model(machine, side) for side in (one, other)):
        return False
    return things.related(machine, one, other) and all(things.is_unchanged(machine, side) for side in (one, other))
