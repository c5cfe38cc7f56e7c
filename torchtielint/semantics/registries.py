"""The dicts in which a module keeps what it registers, written to past `register_parameter` and its kin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchtielint.semantics import attributes, calls, modules, things
from torchtielint.semantics.facts.registration import PokeEffect, RegistryPoked
from torchtielint.semantics.records import Role, SlotKind
from torchtielint.semantics.values import (
    ABSENT,
    NONE,
    Arguments,
    Part,
    Ref,
    Registry,
    Value,
    constant,
    join,
    members,
)

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.machine import Machine

NAMES = {
    "_parameters": SlotKind.PARAMETER,
    "_buffers": SlotKind.BUFFER,
    "_modules": SlotKind.MODULE,
}
PLAIN = "__dict__"


def read(machine: Machine, ref: Ref, name: str) -> Value:
    """`module._parameters`: who reads it may add and delete; nothing about the module is certain any more."""
    buffers = {key for key, slot in modules.slots(machine, ref).items() if slot.kind is SlotKind.BUFFER}
    attributes.doubt(machine, ref, plain=name == PLAIN)
    return Registry(ref, name, frozenset(buffers))


def store(machine: Machine, value: Value, index: Value, new: Value, node: cst.CSTNode) -> None:
    """`registry[index] = new`, for one of the dicts of a module, known or not."""
    name = constant(index)
    match value:
        case Registry(module=module, name=registry):
            effect = _effect(machine, value, name, new)
            record = machine.module(module)
            owner = modules.class_name(record) if record is not None else ""
        case Part(owner=owner_value, name=registry) if registry in NAMES and things.is_model(machine, owner_value):
            effect = _wrong_kind(machine, registry, new) or (_DOTTED if _has_dot(name) else None)
            owner = things.shown(machine, owner_value)
        case _:
            return
    certain = isinstance(value, Registry)
    if effect is not None:
        shown = name if isinstance(name, str) else ""
        site = machine.site(machine.context.statement or node)
        machine.emit(RegistryPoked(site, owner, registry, shown, effect, certain))


_DOTTED = PokeEffect.DOTTED


def _has_dot(name: object) -> bool:
    return isinstance(name, str) and "." in name


def _effect(machine: Machine, poked: Registry, name: object, new: Value) -> PokeEffect | None:
    """What is wrong with an entry; None where a registering method would have done the same, or it is not known."""
    if ABSENT in members(new) or new == NONE:
        return None
    registry = poked.name
    held = _held(machine, poked, name) if isinstance(name, str) else None
    if registry == PLAIN:
        return PokeEffect.SHADOWS if held is not None and held is not SlotKind.PLAIN else None
    wrong = _wrong_kind(machine, registry, new)
    if wrong is not None:
        return wrong
    if _has_dot(name):
        return PokeEffect.DOTTED
    if held is SlotKind.PLAIN:
        return PokeEffect.HIDDEN
    return PokeEffect.DUPLICATE if held is not None and held is not NAMES[registry] else None


def _wrong_kind(machine: Machine, registry: str, new: Value) -> PokeEffect | None:
    """Whether an entry is certainly of a kind that does not belong there."""
    kinds = {attributes.kind_of(machine, member) for member in members(new)}
    if registry == "_parameters" and kinds <= {"tensor", "buffer"}:
        records = [machine.tensor(member) for member in members(new)]
        moved = any(record is not None and record.same_as is not None for record in records)
        return None if moved else PokeEffect.TENSOR
    if registry == "_modules" and kinds <= {"tensor", "buffer", "parameter", "plain"}:
        return PokeEffect.NO_MODULE
    return None


def _held(machine: Machine, poked: Registry, name: str) -> SlotKind | None:
    """How a module holds a name, as far as that is certain although its registries were read."""
    slot = modules.slots(machine, poked.module).get(name)
    if slot is None or ABSENT in members(slot.value):
        return None
    if slot.kind is not SlotKind.UNCERTAIN:
        return slot.kind if slot.kind is not SlotKind.DERIVED else None
    if machine.module(slot.value) is not None:
        return SlotKind.MODULE
    if name in poked.buffers:
        return SlotKind.BUFFER
    record = machine.tensor(slot.value)
    return {Role.PARAMETER: SlotKind.PARAMETER, Role.BUFFER: SlotKind.BUFFER}.get(record.role) if record else None


def remove(machine: Machine, value: Value, index: Value | None) -> None:
    """`del registry[index]`, `registry.pop(index)`: the name is free; which one, where that is not known, is open."""
    record = machine.module(value.module) if isinstance(value, Registry) else None
    if record is None or not isinstance(value, Registry):
        return
    name = constant(index)
    slots = {
        key: slot if isinstance(name, str) and key != name else replace(slot, value=join((slot.value, ABSENT)))
        for key, slot in (record.slots or {}).items()
    }
    machine.update(value.module, replace(record, slots=slots))


def call_method(machine: Machine, registry: Registry, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """A method of one of the dicts."""
    first = arguments.positional[0] if arguments.positional else None
    if name in ("pop", "popitem", "clear", "__delitem__"):
        remove(machine, registry, first)
    elif name in ("__setitem__", "setdefault") and len(arguments.positional) > 1 and first is not None:
        store(machine, registry, first, arguments.positional[1], node)
    elif name == "update":
        given = machine.container(first)
        for key, item in zip(given.keys, given.items, strict=False) if given is not None and not given.rest else ():
            store(machine, registry, key, item, node)
    return calls.call_unknown(machine, arguments, node)
