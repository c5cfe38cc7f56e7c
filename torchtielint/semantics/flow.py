"""Control flow: what a branch may assume, how often a loop runs, and what it makes anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import (
    checkpoints,
    containers,
    expressions,
    instances,
    loops,
    optimizers,
    streams,
)
from torchtielint.semantics.machine import Loop
from torchtielint.semantics.records import ModuleRecord, SlotKind
from torchtielint.semantics.state import State
from torchtielint.semantics.values import (
    NONE,
    UNKNOWN,
    Const,
    Part,
    Ref,
    Value,
    is_unknown,
    join,
    members,
    truth,
)

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

MAX_ROUNDS = 8
MAX_NESTING = 2  # `for i, (a, b) in enumerate(zip(...))`
MAX_UNROLLED = 32  # rounds of loops in loops that are run one by one


@contextmanager
def assuming(machine: Machine, test: cst.BaseExpression, holds: bool) -> Iterator[None]:
    """Run a branch that is taken when a test holds (or does not): names that it speaks of are narrowed."""
    narrow(machine, test, holds)
    with machine.within(guards=(*machine.context.guards, (test, holds))):
        yield


def narrow(machine: Machine, test: cst.BaseExpression, holds: bool) -> None:
    """Drop the alternatives of the tested name that contradict the outcome of a test."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            narrow(machine, inner, not holds)
        case cst.BooleanOperation(left=left, operator=operator, right=right):
            if isinstance(operator, cst.And) is holds:
                narrow(machine, left, holds)
                narrow(machine, right, holds)
        case cst.Comparison(left=target, comparisons=[cst.ComparisonTarget(operator=operator, comparator=other)]):
            if isinstance(other, cst.Name) and other.value == "None":
                is_none = isinstance(operator, (cst.Is, cst.Equal))
                if is_none or isinstance(operator, (cst.IsNot, cst.NotEqual)):
                    _keep(
                        machine,
                        target,
                        lambda member: None if is_unknown(member) else (member == NONE) is (is_none is holds),
                    )
        case cst.Call(func=cst.Name(value="isinstance"), args=[cst.Arg(value=target), cst.Arg(value=kinds)]):
            with machine.muting():
                wanted = expressions.evaluate(machine, kinds)
            _keep(machine, target, lambda member: _agrees(instances.is_instance(machine, member, wanted), holds))
        case cst.Name() | cst.Attribute():
            _keep(machine, test, lambda member: _agrees(truth(member), holds))


def _agrees(answer: bool | None, holds: bool) -> bool | None:
    return None if answer is None else answer is holds


def _keep(machine: Machine, target: cst.BaseExpression, keeps: Callable[[Value], bool | None]) -> None:
    """Keep the alternatives of a name or attribute that a predicate does not rule out."""
    match target:
        case cst.Name(value=name):
            key = (machine.frame.key, name)
            value = machine.state.get(key)
            if isinstance(value, Value) and len(members(value)) > 1:
                kept = [member for member in members(value) if keeps(member) is not False]
                if kept and len(kept) < len(members(value)):
                    machine.state.set(key, join(kept))
        case cst.Attribute(value=cst.Name() as owner, attr=cst.Name(value=name)):
            ref = machine.lookup(owner.value)
            record = machine.module(ref)
            slot = (record.slots or {}).get(name) if record else None
            if record and slot and len(members(slot.value)) > 1:
                kept = [member for member in members(slot.value) if keeps(member) is not False]
                if kept and len(kept) < len(members(slot.value)):
                    machine.update(ref, record.with_slot(name, replace(slot, value=join(kept))))  # type: ignore[arg-type]  # a value with a record is a Ref


def comprehend(
    machine: Machine, clause: cst.CompFor, once: Callable[[], None], *, lazy: bool = False
) -> tuple[int | None, int]:
    """Run the clauses of a comprehension; gives the number of rounds, where known, and the identity of its loop."""
    loop = machine.counter.next()
    if not lazy:
        streams.consume_source(machine, clause, "a comprehension")
    rounds = _clause(machine, clause, once, loop)
    return rounds, loop


def _clause(machine: Machine, clause: cst.CompFor, once: Callable[[], None], loop: int) -> int | None:
    elements = containers.iterate(machine, expressions.evaluate(machine, clause.iter))
    loops = (*machine.context.loops, loop)
    known = elements.known and len(elements.items) <= MAX_ROUNDS
    choices = elements.items if known else (join((*elements.items, *elements.rest)),)
    total: int | None = 0
    for value in choices:
        with machine.within(loops=loops, varying=machine.context.varying | objects_in(machine, value)):
            containers.unpack(machine, clause.target, value)
            tests = [truth(expressions.evaluate(machine, part.test)) for part in clause.ifs]
            if False in tests:
                continue
            for part in clause.ifs:
                narrow(machine, part.test, holds=True)
            if clause.inner_for_in is not None:
                rounds = _clause(machine, clause.inner_for_in, once, loop)
            else:
                once()
                rounds = 1
            rounds = rounds if all(tests) else None
        total = None if total is None or rounds is None else total + rounds
    return total if known else None


def run_loop(
    machine: Machine,
    choices: Sequence[Value] | None,
    summary: Value,
    body: Callable[[Value], None],
    assigned: frozenset[str],
) -> None:
    """Run a loop's body: once per known round, or once for all where the rounds are not known."""
    with loops.watching(machine):
        _run_rounds(machine, choices, summary, body, assigned)


def _run_rounds(
    machine: Machine,
    choices: Sequence[Value] | None,
    summary: Value,
    body: Callable[[Value], None],
    assigned: frozenset[str],
) -> None:
    guards = len(machine.context.guards)
    unrolled = machine.context.unrolled * max(1, len(choices or ()))
    if choices is not None and len(choices) <= MAX_ROUNDS and unrolled <= MAX_UNROLLED:
        with machine.within(loop_guards=guards, unrolled=unrolled, loop_names=assigned):
            for value in choices:
                if not _round(machine, value, body):
                    break
        return
    loop = machine.counter.next()
    with machine.within(
        loops=(*machine.context.loops, loop),
        loop_guards=guards,
        loop_names=assigned,
        varying=machine.context.varying | objects_in(machine, summary),
    ):
        forget(machine, assigned)
        forgetobjects_in(machine)
        goes_on = _round(machine, summary, body)
    checkpoints.round_ended(machine, loop)
    streams.round_ended(machine, loop, goes_on=goes_on)
    optimizers.round_ended(machine, loop)


def objects_in(machine: Machine, value: Value, depth: int = 0) -> frozenset[int]:
    """The objects that a loop's variable may be, or holds, one in each round."""
    found: set[int] = set()
    for member in members(value):
        record = machine.container(member)
        if record is not None and depth < MAX_NESTING:
            for element in record.elements():
                found |= objects_in(machine, element, depth + 1)
        elif isinstance(member, Ref):
            found.add(member.key)
    return frozenset(found)


def _round(machine: Machine, value: Value, body: Callable[[Value], None]) -> bool:
    """One round; False when the loop is certainly left in it."""
    base = machine.state
    here = Loop(base)
    machine.frame.jumps.append(here)
    machine.state = State(base)
    try:
        body(value)
    finally:
        machine.frame.jumps.pop()
    ends = [*here.continues]
    if machine.state.alive:
        ends.append(machine.state.changes_since(base))
    goes_on = bool(ends)
    machine.state = base
    base.absorb([*ends, *here.breaks])
    return goes_on and base.alive


def jump(machine: Machine, *, leaves: bool) -> None:
    """`break` or `continue`: what changed so far goes to the loop's end."""
    if machine.frame.jumps:
        here = machine.frame.jumps[-1]
        target = here.breaks if leaves else here.continues
        if leaves:
            checkpoints.left_with(machine)
        target.append(machine.state.changes_since(here.base))
    if leaves:
        loops.note_exit(machine)
    machine.state.alive = False


def forget(machine: Machine, assigned: frozenset[str]) -> None:
    """Before the one round that stands for all: what the body assigns may hold a later round's value already."""
    for name in assigned:
        if "." in name:
            _forget_attribute(machine, name)
            continue
        key = (machine.frame.key, name)
        value = machine.state.get(key)
        if isinstance(value, Value):
            machine.state.set(key, UNKNOWN if isinstance(value, Const) else join((value, UNKNOWN)))


def forgetobjects_in(machine: Machine) -> None:
    """What objects hold that are no modules may come from an earlier round, where it is a plain value."""
    for ref in machine.variables():
        record = machine.instance(ref)
        if record is not None and isinstance(ref, Ref):
            held = {
                name: Part(ref, name) if isinstance(value, Const) else value
                for name, value in record.attributes.items()
            }
            machine.update(ref, replace(record, attributes=held))


def _forget_attribute(machine: Machine, dotted: str) -> None:
    owner, _, name = dotted.partition(".")
    ref = machine.state.get((machine.frame.key, owner))
    record = machine.record(ref) if isinstance(ref, Value) else None
    if isinstance(record, ModuleRecord) and record.slots and name in record.slots:
        slot = record.slots[name]
        if slot.kind is SlotKind.PLAIN and isinstance(slot.value, Const):
            machine.update(ref, record.with_slot(name, replace(slot, value=UNKNOWN)))  # type: ignore[arg-type]  # a value with a record is a Ref
