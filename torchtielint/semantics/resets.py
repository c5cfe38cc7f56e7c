"""`Module.__init__` empties the registers of an object: what a second run of it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchtielint.semantics.facts.structure import RegistrationsReset
from torchtielint.semantics.records import ModuleRecord, Reset, SlotKind
from torchtielint.semantics.values import ABSENT, NONE, Ref, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site
    from torchtielint.semantics.state import State

_REGISTERED = (SlotKind.PARAMETER, SlotKind.MODULE, SlotKind.BUFFER)


@dataclass(frozen=True, slots=True)
class Entry:
    """A running call: the statement that made it, the class that this stands in, and the state that it began with."""

    site: Site | None
    owner: str
    base: State


def note_init(machine: Machine, ref: Ref) -> None:
    """`Module.__init__` runs on an object: what it has registered so far is forgotten."""
    record = machine.module(ref)
    lost = _registered(record)
    if record is None or record.initialised is not True or not lost:
        return
    here = machine.context.statement
    site, owner = (machine.site(here) if here is not None else None), _owner(machine)
    for entry in machine.calls:
        before = entry.base.get(ref.key)
        if isinstance(before, ModuleRecord) and lost.keys() & _registered(before).keys():
            site, owner = entry.site, entry.owner
            break  # the outermost call that began with something to lose
    kept = {name: slot for name, slot in (record.slots or {}).items() if name not in lost}
    reset = () if site is None else (Reset(site, owner, tuple(lost.items())),)
    machine.update(ref, replace(record, slots=kept, resets=record.resets + reset))


def entry(machine: Machine) -> Entry:
    """The call that is about to be entered."""
    here = machine.context.statement
    return Entry(machine.site(here) if here is not None else None, _owner(machine), machine.state)


def _owner(machine: Machine) -> str:
    return machine.frame.owner.name if machine.frame.owner is not None else ""


def _registered(record: ModuleRecord | None) -> dict[str, Site | None]:
    """What a module certainly registers by name, and where."""
    slots = (record.slots if record is not None else None) or {}
    return {
        name: slot.site
        for name, slot in slots.items()
        if slot.kind in _REGISTERED and not {NONE, ABSENT} & set(members(slot.value))
    }


def check_resets(machine: Machine, ref: Ref) -> None:
    """At the end of a constructor: what was forgotten, and not registered again."""
    record = machine.module(ref)
    for reset in record.resets if record is not None else ():
        gone = [(name, site) for name, site in reset.lost if name not in _registered(record)]
        if gone:
            names = tuple(name for name, _ in gone)
            machine.emit(RegistrationsReset(reset.site, reset.owner, names, gone[0][1]))
