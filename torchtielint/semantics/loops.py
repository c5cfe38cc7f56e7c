"""What every round of a loop registers anew under one name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchtielint.semantics import modules
from torchtielint.semantics.facts.structure import OverwrittenInLoop
from torchtielint.semantics.machine import EVERYTHING
from torchtielint.semantics.records import ContainerRecord, ModuleRecord, ObjectRecord, Role, TensorRecord
from torchtielint.semantics.state import State
from torchtielint.semantics.values import Ref, Value, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Frame, Machine
    from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration under a known name: `guards` is the number of conditions that it stands under."""

    module: Ref
    name: str
    value: Value
    shown: str
    site: Site
    guards: int


@dataclass(slots=True)
class LoopLog:
    """What a running loop registers and reads; `left`: it may end before its time."""

    frame: Frame
    depth: int
    guards: int
    reads: set[tuple[int, str]] = field(default_factory=set)
    writes: list[Registration] = field(default_factory=list)
    left: bool = False


def note_read(machine: Machine, ref: Ref, name: str) -> None:
    """Somebody reads an attribute of a module (or `EVERYTHING`)."""
    for log in machine.loop_logs:
        log.reads.add((ref.key, name))


def note_registration(machine: Machine, ref: Ref, name: str, value: Value, shown: str, site: Site) -> None:
    """Something is registered, or assigned, under a name."""
    for log in machine.loop_logs:
        log.writes.append(Registration(ref, name, value, shown, site, len(machine.context.guards)))


def note_exit(machine: Machine) -> None:
    """A `break` or `return` may leave the innermost loop."""
    if machine.loop_logs and machine.loop_logs[-1].frame is machine.frame:
        machine.loop_logs[-1].left = True


@contextmanager
def watching(machine: Machine) -> Iterator[None]:
    """Run a loop, and report what it registers again and again."""
    log = LoopLog(machine.frame, len(machine.context.loops), len(machine.context.guards))
    machine.loop_logs.append(log)
    try:
        yield
    finally:
        machine.loop_logs.pop()
    if log.left:
        note_exit(machine)  # a loop around it may be left by the same `return`
    elif log.writes and not machine.muted:
        _judge(machine, log)


@contextmanager
def apart(machine: Machine) -> Iterator[None]:
    """Run a constructor that stands elsewhere: what it registers is not registered by the loops at hand."""
    logs, machine.loop_logs = machine.loop_logs, []
    try:
        yield
    finally:
        machine.loop_logs = logs


def _judge(machine: Machine, log: LoopLog) -> None:
    by_name: dict[tuple[int, str], list[Registration]] = {}
    for write in log.writes:
        by_name.setdefault((write.module.key, write.name), []).append(write)
    for (key, name), writes in by_name.items():
        if {(key, name), (key, EVERYTHING)} & log.reads or any(write.guards > log.guards for write in writes):
            continue
        if _loops(machine, Ref(key)) > log.depth:
            continue  # each round has a module of its own
        if not all(_is_lost(machine, write, log, last=write is writes[-1]) for write in writes):
            continue
        made_anew = any(_loops(machine, write.value) > log.depth for write in writes)
        if made_anew or len({write.value for write in writes}) > 1 == len({write.site for write in writes}):
            first = writes[0]
            owner = machine.module(first.module)
            what = machine.module(members(first.value)[0])
            machine.emit(
                OverwrittenInLoop(
                    first.site,
                    modules.class_name(owner) if owner else "",
                    first.shown,
                    modules.class_name(what) if what else "nn.Parameter",
                )
            )


def _loops(machine: Machine, value: Value) -> int:
    """In how many loops something was made."""
    records = [machine.record(member) for member in members(value)]
    return min((len(record.loops) for record in records if record is not None), default=0)


def _is_lost(machine: Machine, write: Registration, log: LoopLog, *, last: bool) -> bool:
    """Whether a registered value is state that nothing else has hold of (the last round's may have)."""
    for member in members(write.value):
        record = machine.record(member)
        if not isinstance(member, Ref) or not isinstance(record, (ModuleRecord, TensorRecord)):
            return False
        if isinstance(record, ModuleRecord) and modules.is_stateful(machine, member) is not True:
            return False
        if isinstance(record, TensorRecord) and record.role is not Role.PARAMETER:
            return False
        if last and len(record.loops) <= log.depth:
            continue
        if member.key in machine.handed_on | machine.used or _is_held_elsewhere(machine, member, write, log.depth):
            return False
    return True


def _is_held_elsewhere(machine: Machine, ref: Ref, write: Registration, depth: int) -> bool:
    """Whether something else has hold of a module, or a list that outlives the round of the layers in it."""
    record = machine.module(ref)
    layers = {member for value in (*record.items, *record.rest) for member in members(value)} if record else set()
    state: State | None = machine.state
    while state is not None:
        for key, cell in state.cells.items():
            if not isinstance(key, int) or key == ref.key:
                continue
            outlives = isinstance(cell, (ContainerRecord, ModuleRecord)) and len(cell.loops) <= depth
            sought = {ref, *layers} if outlives else {ref}
            if any(sought.intersection(members(held)) for held in _contents(key, cell, write)):
                return True
        state = state.parent
    return False


def _contents(key: int, cell: object, write: Registration) -> Iterable[Value]:
    """What an object holds, but for the attribute in question."""
    match cell:
        case ContainerRecord():
            return cell.elements()
        case ObjectRecord():
            return cell.attributes.values()
        case ModuleRecord():
            here = key == write.module.key
            slots = [slot.value for name, slot in (cell.slots or {}).items() if not (here and name == write.name)]
            return (*slots, *cell.items, *cell.rest, *cell.unnamed)
    return ()
