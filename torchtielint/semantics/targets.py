"""Target networks that are no copy: the name of one is given to the very module that is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules, naming, sharing, things
from torchtielint.semantics.facts.checkpoints import TargetIsOnline
from torchtielint.semantics.records import ModuleRecord, ObjectRecord
from torchtielint.semantics.values import ABSENT, Part, Ref, Value, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site

Place = tuple[Value | int, str]
"""An attribute of an object, or a variable of a frame."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A place whose name says that it is a target network gets a module that has another name.

    Args:
        target, online: the two places, and how they are written.
        replaces: it held another module before.
    """

    site: Site
    module: Value
    target: Place
    online: Place
    target_text: str
    online_text: str
    replaces: bool


def note(machine: Machine, target: cst.BaseExpression, value: Value) -> None:
    """`target = value`, before it happens."""
    place = _place(machine, target)
    if place is None or not naming.says_target(place[1]):
        return
    if isinstance(place[0], int):
        machine.frame.captured = True  # what the variable holds in the end is judged later
    machine.training.targets.setdefault(place, {}).update(dict.fromkeys(members(value)))
    if machine.muted or not _is_trainable(machine, value) or sharing.sharing_intended(machine):
        return
    held = _value(machine, place)
    before = members(held) if held is not None else ()
    replaces = value not in before and any(_is_trainable(machine, one) for one in before)
    if machine.context.guards and not replaces:
        return
    for name, text in _other_names(machine, place, value, target):
        alias = Alias(
            machine.site(machine.context.statement or target), value, place, name, machine.text(target), text, replaces
        )
        machine.training.aliases.append(alias)


def _place(machine: Machine, target: cst.BaseExpression) -> Place | None:
    match target:
        case cst.Name(value=name):
            return machine.frame.key, name
        case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=name)):
            return machine.lookup(owner), name
    return None


def _value(machine: Machine, place: Place) -> Value | None:
    """What a place holds."""
    owner, name = place
    if isinstance(owner, int):
        found = machine.state.get((owner, name))
        return found if isinstance(found, Value) else None
    held = _attributes(machine, owner).get(name)
    if held is not None or isinstance(owner, Ref):
        return held
    return things.read(machine, owner, name)


def _attributes(machine: Machine, owner: Value) -> Mapping[str, Value]:
    match machine.record(owner):
        case ObjectRecord(attributes=attributes):
            return attributes
        case ModuleRecord() if isinstance(owner, Ref):
            return {name: slot.value for name, slot in modules.slots(machine, owner).items()}
    return {}


def _is_trainable(machine: Machine, value: Value) -> bool:
    """Whether a value is one module with parameters, as far as is known."""
    record = machine.module(value)
    if record is None:
        return things.is_model(machine, value)
    return record.open or modules.has_parameters(machine, value)


def _other_names(
    machine: Machine, place: Place, value: Value, target: cst.BaseExpression
) -> Iterator[tuple[Place, str]]:
    """The names beside a place that one object has already, and that are those of a model."""
    owner, own = place
    prefix = ""
    held: dict[str, Value] = {}
    if isinstance(owner, int):
        held = _variables(machine, owner)
    else:
        held = dict(_attributes(machine, owner))
        prefix = f"{machine.text(target).rpartition('.')[0]}."
        if isinstance(value, Part) and value.owner == owner:
            held[value.name] = value
    for name, found in held.items():
        if found == value and name != own and not naming.says_target(name) and naming.says_online(name):
            yield (owner, name), f"{prefix}{name}"


def _variables(machine: Machine, frame: int) -> dict[str, Value]:
    found: dict[str, Value] = {}
    state = machine.state
    while state is not None:
        for key, cell in state.cells.items():
            if isinstance(key, tuple) and key[0] == frame and isinstance(cell, Value):
                found.setdefault(key[1], cell)
        if state.parent is None:
            break
        state = state.parent
    return found


def settle(machine: Machine) -> None:
    """At the end of an entry point or method: the aliases that still hold."""
    aliases, machine.training.aliases = machine.training.aliases, []
    for alias in aliases:
        held = [_value(machine, place) for place in (alias.target, alias.online)]
        still = [value is not None and alias.module in members(value) for value in held]
        alone = [value == alias.module for value in held]
        if all(still) and alias.replaces and naming.says_target_network(alias.target[1]):
            _emit(machine, alias)
        elif all(alone) and not alias.replaces:
            machine.training.lasting.append(alias)


def finish(machine: Machine) -> None:
    """At the end of a class, or of code outside of one: the targets that never got a module of their own."""
    settle(machine)
    for alias in machine.training.lasting:
        bound = set(machine.training.targets.get(alias.target, ())) - {ABSENT}
        if bound == {alias.module} and (_is_pair(alias) or _is_trained(machine, alias.module)):
            _emit(machine, alias)
    machine.training.lasting.clear()


def _is_pair(alias: Alias) -> bool:
    return naming.says_pair(alias.target[1], alias.online[1])


def _is_trained(machine: Machine, module: Value) -> bool:
    """Whether an optimizer took the parameters of a module."""
    return any(
        things.related(machine, whole, module)
        for built in machine.training.optimizers.values()
        for whole in built.wholes
    )


def _emit(machine: Machine, alias: Alias) -> None:
    machine.emit(TargetIsOnline(alias.site, alias.target_text, alias.online_text))
