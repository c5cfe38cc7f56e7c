"""Modules that are registered below themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchtielint.semantics import modules
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.structure import ModuleCycle
from torchtielint.semantics.records import ModuleRecord, SlotKind
from torchtielint.semantics.values import Ref, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site

MAX_LENGTH = 8
# Methods that walk over the children, with which a class may end the walk itself.
WALKERS = ("children", "named_children", "named_modules", "_apply", "train", "state_dict")


@dataclass(frozen=True, slots=True)
class Edge:
    """A registration: of which module, under which name, what, and where."""

    owner: Ref
    name: str
    child: Ref
    site: Site | None


def check_cycles(machine: Machine, starts: Iterable[Ref]) -> None:
    """Report the first way down from some modules that comes back to where it was."""
    done: set[Ref] = set()
    path = next((found for start in starts if (found := _find(machine, start, (), done))), ())
    if not path:
        return
    top = path[0].owner
    record = machine.module(top)
    site = _site(machine, top, path)
    if record is not None and site is not None:
        way = ".".join(edge.name for edge in path)
        machine.emit(ModuleCycle(site, modules.class_name(record), path[0].name, way, path[-1].site))


def _find(machine: Machine, ref: Ref, path: tuple[Edge, ...], done: set[Ref]) -> tuple[Edge, ...]:
    """The edges of a cycle that a depth-first walk comes by; empty if there is none."""
    for edge in _edges(machine, ref):
        walked = (*path, edge)
        owners = [step.owner for step in walked]
        if edge.child in owners:
            return walked[owners.index(edge.child) :]
        if edge.child not in done and len(walked) < MAX_LENGTH:
            found = _find(machine, edge.child, walked, done)
            if found:
                return found
    done.add(ref)
    return ()


def _edges(machine: Machine, ref: Ref) -> Iterator[Edge]:
    """What a module certainly registers (or, of containers and joined branches, may register) as children."""
    record = machine.module(ref)
    if record is None or _walks_itself(record):
        return
    for name, slot in (record.slots or {}).items():
        if slot.kind is SlotKind.MODULE:
            for member in members(slot.value):
                if isinstance(member, Ref) and machine.module(member):
                    yield Edge(ref, name, member, slot.site)
    for value in (*record.items, *record.rest, *record.unnamed):
        for member in members(value):
            if isinstance(member, Ref) and machine.module(member):
                yield Edge(ref, "*", member, None)


def _walks_itself(record: ModuleRecord) -> bool:
    return isinstance(record.cls, ClassModel) and any(record.cls.find(name) is not None for name in WALKERS)


def _site(machine: Machine, top: Ref, path: tuple[Edge, ...]) -> Site | None:
    """Where the knot is tied: the call that hands the module to its child, or else the registration that closes it."""
    for edge in path[:-1]:
        record = machine.module(edge.child)
        if record is not None and record.arguments is not None and top in record.arguments.all():
            return record.site
    return path[-1].site or next((edge.site for edge in reversed(path) if edge.site is not None), None)
