"""Parameters that forward reads without their gradient, and whether anything reads them with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.use import DetachedUse
from torchtielint.semantics.records import Role, SlotKind, TensorRecord
from torchtielint.semantics.values import Const, Ref, Value, members

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchtielint.semantics.definitions import ClassModel
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site
    from torchtielint.semantics.values import Arguments


@dataclass(frozen=True, slots=True)
class DetachedRead:
    """An operation of a forward takes a parameter's values without its gradient: where they were cut off, and how."""

    key: int
    site: Site
    operation: str


def cut_off(machine: Machine, keys: Iterable[int]) -> frozenset[int]:
    """The Parameters whose values a tensor made of others carries, once it carries no gradient of theirs."""
    found: set[int] = set()
    for key in keys:
        record = machine.tensor(Ref(key))
        if record is None:
            continue
        base = record.view.base if record.view is not None and record.role is Role.TENSOR else key
        shown = machine.tensor(Ref(base))
        found |= record.cut_from
        if shown is not None and shown.role is Role.PARAMETER:
            found.add(base)
    return frozenset(found)


def note_operands(machine: Machine, values: Sequence[Value]) -> frozenset[int]:
    """An operation that gradients flow through takes these values; gives what its result is cut off from.

    An operation on one tensor alone may be for a log; what it makes is as cut off as what it was given.
    """
    alone = sum(not isinstance(value, Const) for value in values) < 2
    cut: set[int] = set()
    for value in values:
        for member in members(value):
            record = machine.tensor(member)
            if record is None or not isinstance(member, Ref):
                continue
            if not record.cut_from:
                note_plain(machine, (member,))
            elif alone:
                cut |= record.cut_from
            else:
                note_detached(machine, record)
    return frozenset(cut)


def note_detached(machine: Machine, record: TensorRecord) -> None:
    """An operation takes a tensor that is cut off from Parameters."""
    context = machine.context
    if context.grad is not True:
        machine.uses.plain.update(record.cut_from)
    elif context.where is Where.FORWARD and not machine.muted:
        cut = _where_cut(machine, record)
        machine.uses.detached.update(
            dict.fromkeys(DetachedRead(key, cut.site, cut.operation) for key in record.cut_from)
        )


def _where_cut(machine: Machine, record: TensorRecord) -> TensorRecord:
    """The tensor that was cut off first, of those that one was made from."""
    for _ in range(8):
        found = [machine.tensor(Ref(key)) for key in sorted(record.sources)]
        inner = next((source for source in found if source is not None and source.cut_from), None)
        if inner is None:
            break
        record = inner
    return record


def note_plain(machine: Machine, values: Iterable[Value]) -> None:
    """Somebody gets these values with their gradients, or may ask for it; a constructor's own reads do not count."""
    if machine.context.where is Where.INIT:
        return
    for value in values:
        for member in members(value):
            record = machine.tensor(member)
            container = machine.container(member)
            if record is not None and isinstance(member, Ref) and not record.cut_from:
                base = record.view.base if record.view is not None and record.role is Role.TENSOR else member.key
                machine.uses.plain.add(base)
            elif container is not None:
                note_plain(machine, [item for item in container.elements() if machine.container(item) is None])


_INITIALISES = re.compile(r"init|reset")


def note_write(machine: Machine, key: int) -> None:
    """A tensor is written to: outside of what initialises it, its values have another source than gradients."""
    entry = machine.stack[0].name if machine.stack else ""
    if machine.context.where is not Where.INIT and not _INITIALISES.search(entry):
        machine.uses.plain.add(key)


def note_class(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """Every method of a class ran: the parameters of its own of which no method used the gradient."""
    record = machine.module(ref)
    if record is None or ref.key in machine.handed_on or ref.key in machine.uses.modules_by_name:
        return
    for name, slot in (record.slots or {}).items():
        tensor = machine.tensor(slot.value)
        if slot.kind is not SlotKind.PARAMETER or tensor is None or not isinstance(slot.value, Ref):
            continue
        trains = tensor.requires_grad is True and not tensor.escaped
        if not trains or slot.value.key in machine.uses.plain:
            continue
        for read in machine.uses.detached:
            if read.key == slot.value.key:
                fact = DetachedUse(read.site, modules.class_name(record), name, read.operation)
                machine.uses.detached_uses.append(fact)


_OPERATIONS = frozenset(
    {
        "matmul", "mm", "bmm", "mv", "dot", "outer", "mul", "multiply", "div", "divide", "true_divide", "sub",
        "subtract", "addmm", "baddbmm", "addmv", "addcmul", "pow",
    }
)  # fmt: skip


def note_call(machine: Machine, arguments: Arguments, node: cst.Call) -> None:
    """`x.matmul(...)` of an `x` that is not known: a tensor's method, by its name."""
    if isinstance(node.func, cst.Attribute) and node.func.attr.value in _OPERATIONS:
        for value in arguments.all():
            record = machine.tensor(value)
            if record is not None and record.cut_from:
                note_detached(machine, record)


_COMMON = frozenset({"weight", "bias"})


def settle(machine: Machine) -> None:
    """After everything ran: what code outside of the class does not read either."""
    for fact in machine.uses.detached_uses:
        if fact.attribute in _COMMON or fact.attribute not in machine.uses.read_on_things:
            machine.emit(fact)
    machine.uses.detached_uses.clear()
