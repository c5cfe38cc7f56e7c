"""Ties, real ones: which places of a module hold one Parameter, and what makes two of them again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchtielint.semantics import modules, owners, sharing
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.checkpoints import BrokenBy, TieBroken
from torchtielint.semantics.records import ModuleRecord, Role, Slot, SlotKind
from torchtielint.semantics.values import UNKNOWN, Arguments, Instance, Ref, Value, constant, join, members, truth

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site

TYING = re.compile(r"(?<![a-z])(?:re)?_?(?:tie[sd]?|tying|share[sd]?|sharing)(?![a-z])|post_init|init_weights")
UNTYING = re.compile(r"unti(?:e[sd]?|ying)|un_?share|decoupl|separate|independent|(?:not|no|without)_tie|reset")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a module, or one below it, registers a parameter."""

    owner: Ref
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Tie:
    """Two places under one root that hold one Parameter; `site`: where the later of them got it."""

    root: Ref
    first: Place
    second: Place
    parameter: int
    site: Site | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A tie whose places hold different Parameters since a site, and what they held there."""

    site: Site
    by: BrokenBy
    tie: Tie
    values: tuple[Value, Value]
    names: tuple[str, str]
    straight: bool
    where: Where


def places(machine: Machine, root: Ref) -> dict[int, list[Place]]:
    """The places below a module at which each parameter is registered, by its identity."""
    found: dict[int, list[Place]] = {}
    pending: list[tuple[Ref, Path]] = [(root, ())]
    seen: set[Ref] = set()
    while pending:
        current, path = pending.pop(0)
        if current in seen or len(path) > modules.MAX_DEPTH:
            continue
        seen.add(current)
        for name, slot in modules.slots(machine, current).items():
            for member in members(slot.value):
                record = machine.record(member)
                if not isinstance(member, Ref) or record is None:
                    continue
                if isinstance(record, ModuleRecord):
                    pending.append((member, (*path, name)))
                elif slot.kind is SlotKind.PARAMETER:
                    found.setdefault(member.key, []).append(Place(current, name, (*path, name)))
        held = machine.module(current)
        for position, item in enumerate(held.items if held else ()):
            if isinstance(item, Ref) and machine.module(item):
                pending.append((item, (*path, position)))
    return found


def tied(machine: Machine, *receivers: Ref) -> list[Tie]:
    """Every tie below the modules from which the code at hand starts, and below some more."""
    found: list[Tie] = []
    for root in dict.fromkeys((*sharing.roots(machine), *receivers)):
        for key, held in places(machine, root).items():
            found.extend(Tie(root, held[0], other, key, _tied_at(machine, held[0], other)) for other in held[1:])
    return found


def slot_site(machine: Machine, place: Place) -> Site | None:
    """Where a place was last set; None: by the module's own constructor."""
    slot = modules.slots(machine, place.owner).get(place.name)
    return slot.site if slot is not None else None


def _tied_at(machine: Machine, first: Place, second: Place) -> Site | None:
    return slot_site(machine, second) or slot_site(machine, first)


def value_at(machine: Machine, root: Value, path: Path) -> Value | None:
    """What stands at a path below a module (each of its alternatives); None where it cannot be followed."""
    values: tuple[Value, ...] = (root,)
    for part in path:
        below = [_below(machine, value, part) for value in values]
        if any(value is None for value in below):
            return None
        values = tuple(dict.fromkeys(member for value in below if value is not None for member in members(value)))
    return join(values)


def _below(machine: Machine, value: Value, part: str | int) -> Value | None:
    record = machine.module(value)
    if record is None or not isinstance(value, Ref):
        return None
    if isinstance(part, int):
        return record.items[part] if part < len(record.items) else None
    slot = modules.slots(machine, value).get(part)
    return None if slot is None else slot.value


def breaking(machine: Machine, by: BrokenBy, node: cst.CSTNode, change: Callable[[], None], *receivers: Ref) -> None:
    """Do something that may make two Parameters of one, and note which ties it broke."""
    if machine.muted or machine.context.where in (Where.FORWARD, Where.STEP):
        change()
        return
    before = tied(machine, *receivers)
    change()
    if not before or _apart_on_purpose(machine):
        return
    site = machine.site(machine.context.statement or node)
    here = _standing(machine)
    for tie in before:
        values = _values(machine, tie)
        if values is None or set(members(values[0])) & set(members(values[1])):
            continue
        straight = tie.site is not None and machine.set_in.get(tie.site) == here
        names = (name_of(machine, tie.root, tie.first.path), name_of(machine, tie.root, tie.second.path))
        machine.broken.append(Broken(site, by, tie, values, names, straight, machine.context.where))


_REPLACED = {SlotKind.MODULE: BrokenBy.MODULE, SlotKind.PARAMETER: BrokenBy.PARAMETER}


def replacing(machine: Machine, ref: Ref, name: str, changed: ModuleRecord, node: cst.CSTNode) -> None:
    """Put a changed record in the place of a module's, in which one attribute was set."""
    before, after = modules.slots(machine, ref).get(name), (changed.slots or {})[name]
    if after.site is not None:
        machine.set_in[after.site] = _standing(machine)
    by = _REPLACED.get(after.kind) if before is not None and before.kind is after.kind else None
    if by is None or before is None or set(members(after.value)) & set(members(before.value)):
        machine.update(ref, changed)
        return
    breaking(machine, by, node, lambda: machine.update(ref, changed))
    if by is BrokenBy.MODULE:
        owners.replaced(machine, ref, name, before.value, after.value, node)


def _standing(machine: Machine) -> tuple[ClassModel | None, Where]:
    """The class in which the code at hand stands, and from where it is reached."""
    function = machine.frame.function
    return (function.owner if function else None, machine.context.where)


def _values(machine: Machine, tie: Tie) -> tuple[Value, Value] | None:
    """What the places of a tie hold now, if both hold Parameters for sure."""
    first, second = (value_at(machine, tie.root, place.path) for place in (tie.first, tie.second))
    if first is None or second is None:
        return None
    for member in (*members(first), *members(second)):
        record = machine.tensor(member)
        if record is None or record.role is not Role.PARAMETER:
            return None
    return first, second


def dotted(path: Path) -> str:
    """A path as it is written after a module."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def name_of(machine: Machine, root: Ref, path: Path) -> str:
    """A place as the code at hand writes it: below `self`, or below the variable that holds the root."""
    if root == machine.subject:
        return f"self{dotted(path)}"
    state = machine.state
    while state is not None:
        for key, cell in state.cells.items():
            if isinstance(key, tuple) and key[0] == machine.frame.key and cell == root:
                return f"{key[1]}{dotted(path)}"
        if state.parent is None:
            break
        state = state.parent
    return dotted(path).removeprefix(".")


def _apart_on_purpose(machine: Machine) -> bool:
    """Whether the function, a comment or a condition says that the two shall be two."""
    function = machine.frame.function
    said = (function.name if function else "", *sharing.comments(machine))
    if any(UNTYING.search(text.lower()) for text in said):
        return True
    return any(sharing.refuses_sharing(machine, test, holds) for test, holds in machine.context.guards)


def unknown_call(machine: Machine) -> None:
    """Code that is not known is called: where its name says that it ties, what was broken may be tied again."""
    statement = machine.context.statement
    if machine.broken and statement is not None:
        try:
            code = machine.code(statement)
        except KeyError:
            return
        if TYING.search(code.lower()):
            machine.broken.clear()


def settle(machine: Machine) -> None:
    """At the end of an entry point: the ties that were broken and are not made again."""
    broken, machine.broken = machine.broken, []
    reported: set[Site] = set()
    for case in sorted(broken, key=lambda case: not _is_named(case)):
        verdict = None if case.site in reported else _verdict(machine, case)
        if verdict is None:
            continue
        reported.add(case.site)
        changed, other = case.names if _changed_first(case) else case.names[::-1]
        machine.emit(TieBroken(case.site, case.by, changed, other, case.tie.site, certain=verdict))


def _is_named(case: Broken) -> bool:
    return not case.names[0].startswith(("[", dotted(case.tie.first.path).removeprefix(".")))


def _changed_first(case: Broken) -> bool:
    return case.tie.parameter not in {member.key for member in members(case.values[0]) if isinstance(member, Ref)}


def _verdict(machine: Machine, case: Broken) -> bool | None:
    """Whether a broken tie is certainly a mistake (True), likely one (False), or none (None)."""
    now = _values(machine, case.tie)
    if now is None:
        return None
    for before, after in zip(case.values, now, strict=True):
        kept = case.tie.parameter in {member.key for member in members(before) if isinstance(member, Ref)}
        if not set(members(before)) <= set(members(after)) or (kept and before != after):
            return None  # tied again, or replaced again
    record = machine.module(case.tie.root)
    known = record is not None and (not isinstance(record.cls, ClassModel) or record.cls.complete)
    if case.by not in (BrokenBy.MODULE, BrokenBy.PARAMETER):
        return known
    new = case.values[0] if _changed_first(case) else case.values[1]
    if any(_is_copy(machine, member, case.tie.parameter) for member in members(new)):
        return None
    if case.straight:
        return known
    meant = case.by is BrokenBy.PARAMETER or _keeps_its_task(machine, case, new)
    return False if meant else None


def _is_copy(machine: Machine, value: Value, parameter: int) -> bool:
    """Whether a Parameter is an exact copy of another, made to part from it."""
    record = machine.tensor(value)
    return record is not None and record.copy_of == parameter


def _keeps_its_task(machine: Machine, case: Broken, new: Value) -> bool:
    """Whether a module that replaces a tied one goes on with its task: a table, or one filled from the tied values."""
    for member in members(new):
        if isinstance(member, Ref) and case.tie.parameter in filled_from(machine, member.key):
            return True
    place = case.tie.first if _changed_first(case) else case.tie.second
    owner = value_at(machine, case.tie.root, place.path[:-1])
    kinds = {record.cls for member in members(owner or UNKNOWN) if (record := machine.module(member))}
    return "torch.nn.Embedding" in kinds


def filled_from(machine: Machine, key: int) -> frozenset[int]:
    """The tensors whose values were written into a tensor, through views and copies."""
    found: set[int] = set()
    pending = list(machine.filled.get(key, ()))
    while pending:
        source = pending.pop()
        if source in found:
            continue
        found.add(source)
        record = machine.tensor(Ref(source))
        if record is not None:
            pending.extend(record.sources)
    return frozenset(found)


# What parts ties


def load_state_dict(machine: Machine, ref: Ref, arguments: Arguments, node: cst.Call) -> None:
    """`module.load_state_dict(state, assign=True)`: every place gets a Parameter of its own."""
    flag = arguments.get(2, "assign")
    if flag is None or truth(flag) is not True or _loads_its_own_way(machine, ref) or "keep_vars" in machine.code(node):
        return
    breaking(machine, BrokenBy.ASSIGN_LOAD, node, lambda: _renew(machine, ref, node, lambda _: True), ref)


def _loads_its_own_way(machine: Machine, ref: Ref) -> bool:
    """Whether a module, or one below it, has a hook or method of its own that may tie after loading."""
    for module in modules.tree(machine, ref)[0]:
        record = machine.module(module)
        if module.key in machine.load_hooks:
            return True
        if record is not None and isinstance(record.cls, ClassModel) and record.cls.find("_load_from_state_dict"):
            return True
    return False


def converted(machine: Machine, ref: Ref, name: str, arguments: Arguments, node: cst.Call) -> None:
    """`to_empty()` of what is on the meta device, and moves to it or an XLA device, replace every Parameter."""
    if name == "to_empty":
        breaking(machine, BrokenBy.TO_EMPTY, node, lambda: _renew(machine, ref, node, _is_on_meta), ref)
        for module in modules.tree(machine, ref)[0]:
            record = machine.module(module)
            if record is not None and record.meta:
                machine.update(module, replace(record, meta=False))
    elif name == "to" and any(is_meta(value) for value in arguments.all()):
        breaking(machine, BrokenBy.TO_META, node, lambda: _renew(machine, ref, node, lambda _: True), ref)
    elif name == "to" and any(_is_xla(value) for value in arguments.all()) and not _moves_its_own_way(machine, ref):
        breaking(machine, BrokenBy.TO_XLA, node, lambda: _renew(machine, ref, node, lambda _: True), ref)


def is_meta(value: Value | None) -> bool:
    """Whether a value names the meta device."""
    return constant(value) == "meta" or value == Instance("transparent", "meta")


def _is_xla(value: Value) -> bool:
    """Whether a value names an XLA device."""
    name = constant(value)
    return value == Instance("transparent", "xla") or (isinstance(name, str) and name.partition(":")[0] == "xla")


def _moves_its_own_way(machine: Machine, ref: Ref) -> bool:
    """Whether a module, or one below it, has a method of its own that moves it, and may tie after that."""
    records = [machine.module(module) for module in modules.tree(machine, ref)[0]]
    return any(isinstance(record.cls, ClassModel) and record.cls.find("_apply") for record in records if record)


def _is_on_meta(record: ModuleRecord) -> bool:
    if record.meta:
        return True
    return record.arguments is not None and is_meta(record.arguments.keyword("device"))


def _renew(machine: Machine, ref: Ref, node: cst.Call, wanted: Callable[[ModuleRecord], bool]) -> None:
    """Put a new Parameter into every place below a module, for the modules of some kind."""
    for module, record in _records(machine, ref):
        if not wanted(record):
            continue
        slots = dict(record.slots or {})
        for name, slot in slots.items():
            tensor = machine.tensor(slot.value)
            if slot.kind is SlotKind.PARAMETER and tensor is not None and tensor.role is Role.PARAMETER:
                made = replace(tensor, site=machine.site(node), view=None, copy_of=None, sources=frozenset())
                slots[name] = Slot(slot.kind, machine.allocate(made), slot.site)
        machine.update(module, replace(record, slots=slots))


def _records(machine: Machine, ref: Ref) -> Iterator[tuple[Ref, ModuleRecord]]:
    for module in modules.tree(machine, ref)[0]:
        modules.slots(machine, module)
        record = machine.module(module)
        if record is not None:
            yield module, record
