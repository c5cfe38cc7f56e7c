"""Registrations that a forward makes: what the optimizer and a checkpoint know nothing of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.semantics import modules
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.use import RegisteredLate
from torchtielint.semantics.records import ModuleRecord, Role, Slot, SlotKind, TensorRecord
from torchtielint.semantics.values import NONE, Ref, Value, members

if TYPE_CHECKING:
    from collections.abc import Iterable

    import libcst as cst

    from torchtielint.semantics.machine import Machine


def note_registration(
    machine: Machine, ref: Ref, attribute: str, value: Value, node: cst.CSTNode, *, before: Slot | None = None
) -> None:
    """A module registers a value under an attribute (as written); `before`: what the attribute was."""
    replaces = before is not None and before.kind is SlotKind.PARAMETER and before.value != NONE
    if replaces or not _outlives_forward(machine, ref):
        return
    _note(machine, attribute, [value], node, grows=False)


def note_growth(machine: Machine, ref: Ref, values: Iterable[Value], node: cst.Call) -> None:
    """One of torch's containers gets further elements by one of its methods."""
    if _outlives_forward(machine, ref):
        _note(machine, machine.text(getattr(node.func, "value", node.func)), list(values), node, grows=True)


def _note(machine: Machine, attribute: str, values: list[Value], node: cst.CSTNode, *, grows: bool) -> None:
    held = [member for value in values for member in members(value) if member != NONE]
    kinds = [_made_here(machine, member) for member in held]
    owner = machine.module(machine.subject)
    if not kinds or not all(kinds) or owner is None:
        return
    context, frame = machine.context, machine.frame
    fact = RegisteredLate(
        machine.site(context.statement or node),
        modules.class_name(owner),
        attribute,
        kinds[0],
        machine.stack[0].name,
        guarded=bool(context.guards or frame.exits or context.handling),
        grows=grows,
    )
    machine.uses.late.append((machine.stack[0], fact))


def _outlives_forward(machine: Machine, ref: Ref) -> bool:
    """Whether the code at hand is a forward's, and the module one that the forward finds rather than makes."""
    subject = machine.subject
    if machine.muted or machine.context.where is not Where.FORWARD or subject is None or not machine.stack:
        return False
    owner = machine.module(subject)
    if owner is None or (isinstance(owner.cls, ClassModel) and _is_lazy(owner.cls)):
        return False
    return ref == subject or ref.key in modules.reachable(machine, subject)


def _is_lazy(cls: ClassModel) -> bool:
    """Whether a class fills in parameters that its constructor did register."""
    return any(isinstance(base, str) and base.endswith(".LazyModuleMixin") for base in cls.mro())


def _made_here(machine: Machine, value: Value) -> str:
    """The class of a Parameter or module with parameters that this very forward made; else empty."""
    if not isinstance(value, Ref) or value.key not in machine.created:
        return ""
    match machine.record(value):
        case TensorRecord(role=Role.PARAMETER, requires_grad=True):
            return "nn.Parameter"
        case ModuleRecord() as module if modules.has_parameters(machine, value) and _brings_new(machine, value):
            return modules.class_name(module)
    return ""


def _brings_new(machine: Machine, value: Ref) -> bool:
    """Whether a module certainly has Parameters that the object under analysis has not."""
    known = modules.reachable(machine, machine.subject) if machine.subject is not None else frozenset()
    held = [slot for _, module in modules.paths(machine, value) for slot in modules.slots(machine, module).values()]
    parameters = [members(slot.value) for slot in held if slot.kind is SlotKind.PARAMETER]
    return any(slot.kind is SlotKind.DERIVED for slot in held) or any(
        all(isinstance(member, Ref) and member.key not in known for member in found) for found in parameters
    )


def settle(machine: Machine) -> None:
    """After everything ran: a forward that a constructor runs registers before anybody asks.

    One that builds an optimizer fits what it registers itself, as explainers do.
    """
    for function, fact in machine.uses.late:
        if function not in machine.uses.run_by_constructors | machine.uses.optimising:
            machine.emit(fact)
    machine.uses.late.clear()
