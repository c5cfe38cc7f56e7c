"""Parameters that an optimizer left out as they were frozen, and that are unfrozen later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import containers, modules, things
from torchtielint.semantics.facts.optimizers import ThawedLate
from torchtielint.semantics.records import Whole
from torchtielint.semantics.training import FlagEvent, Thawed
from torchtielint.semantics.values import TRUE, Optimizer, Ref, Value, members, truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.training import Built


# What an optimizer leaves out


def asks_for_gradient(test: cst.BaseExpression, name: str) -> bool:
    """Whether a condition on a parameter lets only those through that require a gradient."""
    match test:
        case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value="requires_grad")):
            return owner == name
        case cst.BooleanOperation(left=left, operator=cst.And(), right=right):
            return asks_for_gradient(left, name) or asks_for_gradient(right, name)
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(comparator=cst.Name(value="True"))]):
            return asks_for_gradient(left, name)
    return False


def only_trained(machine: Machine, wholes: Iterable[Whole]) -> tuple[Whole, ...]:
    """What is left of the parameters of modules where those that require no gradient are left out."""
    found: list[Whole] = []
    for whole in wholes:
        records = {key: machine.tensor(Ref(key)) for key in whole.parameters}
        frozen = {key for key, record in records.items() if record is not None and record.requires_grad is not True}
        found.append(Whole(whole.module, whole.parameters - frozen, frozenset(frozen)))
    return tuple(found)


def filtered(machine: Machine, given: Value | None, depth: int = 0) -> tuple[Whole, ...]:
    """The modules of which an optimizer is given the parameters that require a gradient, and no others."""
    record = machine.container(given)
    if given is None or record is None:
        return ()
    found = [whole for whole in containers.wholes(machine, given) if whole.frozen is not None]
    if depth < 2:
        found.extend(whole for item in record.items for whole in filtered(machine, item, depth + 1))
    return tuple(found)


# What is set to require a gradient


def note_thing(machine: Machine, thing: Value, flag: Value | None, node: cst.CSTNode) -> None:
    """`requires_grad` is set on the parameters of a thing that is not known, or on one of them."""
    wanted = truth(TRUE if flag is None else flag)
    if wanted is None or machine.muted:
        return
    training, order = machine.training, machine.counter.next()
    some = len(machine.context.guards) > machine.context.loop_guards
    for optimizer, built in training.optimizers.items() if wanted else ():
        left_out = any(things.related(machine, whole.module, thing) for whole in built.filtered)
        if left_out and _was_frozen(machine, thing, before=optimizer.key):
            _note(machine, optimizer, thing, node, order)
    training.flags.append(FlagEvent(thing, order, wanted, some))


def _was_frozen(machine: Machine, thing: Value, *, before: int) -> bool:
    """Whether (some of) a thing was frozen last, before an optimizer was built."""
    for event in reversed(machine.training.flags):
        if event.order > before or not things.related(machine, event.thing, thing):
            continue
        if not event.on:
            return True
        if not event.some and things.is_below(thing, event.thing):
            return False
    return False


def note_tensor(machine: Machine, value: Value, flag: bool | None) -> None:
    """`requires_grad` is set on known tensors."""
    statement = machine.context.statement
    if flag is not True or statement is None or machine.muted:
        return
    keys = {member.key for member in members(value) if isinstance(member, Ref)}
    for optimizer, built in machine.training.optimizers.items():
        for whole in built.filtered:
            if whole.frozen is not None and keys & whole.frozen:
                _note(machine, optimizer, whole.module, statement, machine.counter.next(), frozenset(keys))


def _note(
    machine: Machine,
    optimizer: Optimizer,
    thing: Value,
    node: cst.CSTNode,
    order: int,
    keys: frozenset[int] = frozenset(),
) -> None:
    site = machine.site(machine.context.statement or node)
    thawed = Thawed(optimizer, thing, site, order, machine.context.loops, keys)
    if all(other.site != site or other.optimizer != optimizer for other in machine.training.thawed):
        machine.training.thawed.append(thawed)


# Where it matters


def used(machine: Machine, optimizer: Optimizer, built: Built) -> None:
    """An optimizer is used: what was unfrozen before is not updated."""
    machine.training.steps.append((optimizer, machine.context.loops))
    for thawed in machine.training.thawed:
        if thawed.optimizer == optimizer:
            _judge(machine, thawed, built)


def round_ended(machine: Machine, loop: int, *, extended: Iterable[Optimizer]) -> None:
    """At the end of a loop's round: what was unfrozen in it is not updated by what ran before, in the next round."""
    stepped = {optimizer for optimizer, loops in machine.training.steps if loop in loops}
    for thawed in machine.training.thawed:
        built = machine.training.optimizers.get(thawed.optimizer)
        if loop in thawed.loops and built is not None and thawed.optimizer in stepped - set(extended):
            _judge(machine, thawed, built)


def _judge(machine: Machine, thawed: Thawed, built: Built) -> None:
    """Report it where no optimizer was built since that has the parameters."""
    for optimizer, other in machine.training.optimizers.items():
        later = optimizer.key > thawed.order
        if later and (thawed.keys & other.parameters or any(_has(machine, one, thawed) for one in other.wholes)):
            return
    name = _shown(machine, thawed.thing)
    machine.emit(ThawedLate(thawed.site, name, built.site))


def _has(machine: Machine, module: Value, thawed: Thawed) -> bool:
    known = isinstance(module, Ref) and bool(thawed.keys & modules.live_parameters(machine, module))
    return known or things.related(machine, module, thawed.thing)


def _shown(machine: Machine, thing: Value) -> str:
    return things.shown(machine, thing) or "the module"
