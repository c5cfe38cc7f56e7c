"""Modules that are registered only to be copied: who copies them, and who uses them themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchtielint.semantics import modules
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.use import TemplateRegistered
from torchtielint.semantics.records import SlotKind
from torchtielint.semantics.values import FunctionValue, Ref, Value, members

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchtielint.semantics.definitions import ClassModel
    from torchtielint.semantics.machine import Machine

CLONING = frozenset(
    {
        "torch.nn.TransformerEncoder",
        "torch.nn.TransformerDecoder",
    }
)


@dataclass(frozen=True, slots=True)
class Template:
    """A registered module that was copied, and that no method of its class uses."""

    key: int
    fact: TemplateRegistered


def note_copies(machine: Machine, value: Value | None, copier: str, *, several: bool) -> None:
    """A module is copied; `several`: more than once by this very code."""
    for member in members(value) if value is not None else ():
        if isinstance(member, Ref) and machine.module(member):
            times = 2 if several or machine.context.loops else 1
            before = machine.uses.copies.get(member.key, (0, ""))[0]
            machine.uses.copies[member.key] = (before + times, copier)


def note_use(machine: Machine, values: Iterable[Value]) -> None:
    """Modules are called, given back, or handed to somebody."""
    for value in values:
        machine.uses.modules.update(member.key for member in members(value) if isinstance(member, Ref))


def note_read(machine: Machine, ref: Ref) -> None:
    """An attribute of a module is read: by a method it is a use, by a constructor it may only look at a size."""
    if machine.context.where is not Where.INIT:
        machine.uses.modules.add(ref.key)


def note_class(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """Every method of a class ran: remember the modules that were only copied."""
    record = machine.module(ref)
    forward = model.find("forward")
    if record is None or forward is None or not isinstance(forward[0], FunctionValue) or not model.complete:
        return
    if ref.key in machine.handed_on or ref.key in machine.uses.modules_by_name:
        return
    held = [member for slot in (record.slots or {}).values() for member in members(slot.value)]
    for name, slot in (record.slots or {}).items():
        for member in members(slot.value) if slot.kind is SlotKind.MODULE and slot.site is not None else ():
            if not isinstance(member, Ref) or slot.site is None or len(members(slot.value)) > 1:
                continue
            times, copier = machine.uses.copies.get(member.key, (0, ""))
            alone = held.count(member) == 1 and _owners(machine, ref, member) == 1
            if times > 1 and alone and modules.has_parameters(machine, member):
                made = machine.module(member)
                what = modules.class_name(made) if made else ""
                fact = TemplateRegistered(slot.site, model.name, name, what, copier)
                machine.uses.templates.append(Template(member.key, fact))


def _owners(machine: Machine, ref: Ref, member: Ref) -> int:
    """How many modules under a module register another."""
    found, _ = modules.tree(machine, ref)
    return sum(member in modules.children(machine, module)[0] for module in found)


def settle(machine: Machine) -> None:
    """After everything ran: templates that nobody uses."""
    for template in machine.uses.templates:
        if template.key not in machine.uses.modules and template.fact.attribute not in machine.uses.read_on_things:
            machine.emit(template.fact)
    machine.uses.templates.clear()
