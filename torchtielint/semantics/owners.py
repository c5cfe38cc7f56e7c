"""Who holds a module: one instance given to several constructors, and references that outlive a replacement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules, sharing, ties
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.sharing import SharedInstance, StaleReference
from torchtielint.semantics.records import ModuleRecord, SlotKind
from torchtielint.semantics.values import Arguments, Ref, Value, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site
    from torchtielint.semantics.state import State

# Parts of which every layer is meant to have its own.
PARTS = re.compile(
    r"ffn|feed_?forward|mlp|attn|attention|norm|act(?:ivation)?(?![a-z])|relu|layer|block|conv|linear|gate|^ff?$"
)
# Parts that many owners use by design.
COMMON = re.compile(
    r"embed|codebook|quantiz|backbone|trunk|encoder|decoder|extractor|pos(?![a-z])|position|rope|rotary|bias|token"
    r"|base|teacher|student|model|net(?![a-z])|network|share|tie|common|global|proto"
)
# What a name says that keeps the old module on purpose.
KEPT = re.compile(r"old|orig|prev|teacher|base|frozen|target|init|copy|backup|save|ema|first|last")


@dataclass(frozen=True, slots=True)
class Given:
    """A module that was made outside and given to a constructor.

    `many`: in every round of a loop. `again`: something else that was made of it is there on the same path.
    """

    site: Site
    part: Ref
    owner: Ref
    name: str
    many: bool
    again: bool
    intended: bool


@dataclass(frozen=True, slots=True)
class Replaced:
    """A module that took the place of another, which something else below the root still holds."""

    site: Site
    root: Ref
    place: ties.Path
    old: Ref
    new: Value
    holder: ties.Path
    name: str


# One instance, many owners


def given(machine: Machine, owner: Ref, arguments: Arguments, node: cst.CSTNode) -> None:
    """A constructor was given modules: note those that are not made for it alone."""
    if machine.muted or machine.context.where in (Where.FORWARD, Where.STEP) or not isinstance(node, cst.Call):
        return
    if any(arg.star for arg in node.args):
        return  # which of its elements a list of unknown length gives is not known
    loops = machine.context.loops
    for value in arguments.all():
        record = machine.module(value)
        if record is None or not isinstance(value, Ref) or value.key in machine.context.varying or record.open:
            continue
        if not set(record.loops) <= set(loops) or value.key in machine.handed_on:
            continue
        name = _written(machine, value, node)
        intended = sharing.sharing_intended(machine, name, modules.class_name(record))
        many = bool(loops) and loops[-1] not in record.loops
        machine.given.append(
            Given(machine.site(node), value, owner, name, many, _given_before(machine, value), intended)
        )


def _given_before(machine: Machine, part: Ref) -> bool:
    """Whether a module went into another constructor already, on a path that leads here."""
    return any(case.part == part and machine.module(case.owner) is not None for case in machine.given)


def _written(machine: Machine, value: Ref, node: cst.Call) -> str:
    """How a call writes the argument that is a module; empty where it stands in the call itself."""
    with machine.muting():
        for arg in node.args:
            if isinstance(arg.value, cst.Name) and machine.lookup(arg.value.value) == value:
                return machine.text(arg.value)
            if isinstance(arg.value, cst.Attribute):
                return machine.text(arg.value)
    return ""


def settle(machine: Machine) -> None:
    """At the end of an entry point: judge what was given to several, and what was replaced in one place only."""
    noted, machine.given = machine.given, []
    by_part: dict[Ref, list[Given]] = {}
    for case in noted:
        if machine.module(case.owner) is not None and case.part.key in modules.reachable(machine, case.owner):
            by_part.setdefault(case.part, []).append(case)
    for part, cases in by_part.items():
        _judge_part(machine, part, cases)
    changes, machine.replaced = machine.replaced, []
    for change in changes:
        _judge_replaced(machine, change)


def _judge_part(machine: Machine, part: Ref, cases: list[Given]) -> None:
    record = machine.module(part)
    if record is None or any(case.intended for case in cases) or modules.has_tensors(machine, part) is not True:
        return
    many = next((case for case in cases if case.many or _made_again(cases, case)), None)
    case = many
    if case is None:
        owners = {other.owner: other for other in cases}
        if len(owners) < 2 or not _lives_together(machine, tuple(owners)):
            return
        case = list(owners.values())[1]
        if not case.again:
            return
    elif _is_registered_apart(machine, part) and isinstance(record.cls, ClassModel):
        return
    if not _is_part(machine, part, record, case, everywhere=many is not None):
        return
    owner = machine.module(case.owner)
    machine.emit(
        SharedInstance(
            case.site,
            modules.class_name(record),
            case.name,
            modules.class_name(owner) if owner else "",
            repeated=many is not None,
            made=record.site,
        )
    )


def _made_again(cases: list[Given], case: Given) -> bool:
    """Whether one call ran several times (rounds that are run one by one) and made an owner each time."""
    return case.again and any(other.site == case.site and other.owner != case.owner for other in cases)


def _is_part(machine: Machine, part: Ref, record: ModuleRecord, case: Given, *, everywhere: bool) -> bool:
    """Whether a module is a part of which every owner should have its own, rather than one that owners share."""
    name = modules.class_name(record).lower()
    written = case.name.rpartition(".")[2].lower()
    if COMMON.search(name) or COMMON.search(written):
        return False
    if not everywhere:
        leaf = isinstance(record.cls, str) and ("norm" in name or name.endswith("relu"))
        return leaf and not _is_registered_apart(machine, part)
    if isinstance(record.cls, str) and modules.container_kind(record) is None:
        return True
    return bool(PARTS.search(name) or PARTS.search(written))


def _is_registered_apart(machine: Machine, part: Ref) -> bool:
    """Whether the object under analysis holds a module under a name of its own."""
    subject = machine.module(machine.subject)
    return subject is not None and any(part in members(slot.value) for slot in (subject.slots or {}).values())


def _lives_together(machine: Machine, owners: tuple[Ref, ...]) -> bool:
    """Whether one module holds two of the owners."""
    keys = {owner.key for owner in owners}
    return any(len(modules.reachable(machine, root) & keys) > 1 for root in _all_modules(machine))


def _all_modules(machine: Machine) -> Iterator[Ref]:
    if machine.subject is not None:
        yield machine.subject
        return
    layer: State | None = machine.state
    while layer is not None:
        for key, cell in list(layer.cells.items()):
            if isinstance(key, int) and isinstance(cell, ModuleRecord):
                yield Ref(key)
        layer = layer.parent


# References that outlive a replacement


def replaced(machine: Machine, owner: Ref, name: str, old: Value, new: Value, node: cst.CSTNode) -> None:
    """`owner.name` holds another module now: note what still holds the old one."""
    if machine.muted or machine.context.where in (Where.FORWARD, Where.STEP):
        return
    before = machine.module(old)
    after = [machine.module(member) for member in members(new)]
    if before is None or not isinstance(old, Ref) or None in after or not modules.has_parameters(machine, old):
        return
    if not all(modules.has_parameters(machine, member) for member in members(new)):
        return  # the old module moved elsewhere
    if any(value == new and (key, other) != (owner.key, name) for key, other, value in machine.assigned_at):
        return  # an exchange of two that were there
    site = machine.site(machine.context.statement or node)
    for root in sharing.roots(machine):
        found = list(_holders(machine, root, owner, name, old))
        place = next((path for at, path in _paths(machine, root) if at == owner), None)
        if place is None:
            continue
        for holder, path in found:
            if _is_alias(machine, holder):
                same_class = all(record is not None and record.cls == before.cls for record in after)
                if not same_class or _is_kept(machine, path, old, new):
                    continue
            shown = ties.name_of(machine, root, (*place, name))
            machine.replaced.append(Replaced(site, root, (*place, name), old, new, path, shown))
            break


def _is_kept(machine: Machine, path: ties.Path, old: Ref, new: Value) -> bool:
    """Whether an attribute holds the old module on purpose: its name says so, the new one wraps it, or it is saved."""
    if machine.context.where is not Where.INIT or any(KEPT.search(str(part).lower()) for part in path):
        return True
    return any(old.key in modules.reachable(machine, member) for member in members(new) if isinstance(member, Ref))


def _is_alias(machine: Machine, holder: Ref) -> bool:
    """Whether what holds a module is an attribute that somebody set, not a container or another part."""
    record = machine.module(holder)
    return record is not None and (holder == machine.subject or modules.container_kind(record) is None)


def _paths(machine: Machine, root: Ref) -> Iterator[tuple[Ref, ties.Path]]:
    """Every module below a root, with the first path to it."""
    pending: list[tuple[Ref, ties.Path]] = [(root, ())]
    seen: set[Ref] = set()
    while pending:
        current, path = pending.pop(0)
        if current in seen or len(path) > modules.MAX_DEPTH:
            continue
        seen.add(current)
        yield current, path
        for name, slot in modules.slots(machine, current).items():
            if slot.kind is SlotKind.MODULE and isinstance(slot.value, Ref):
                pending.append((slot.value, (*path, name)))
        record = machine.module(current)
        for position, item in enumerate(record.items if record else ()):
            if isinstance(item, Ref) and machine.module(item):
                pending.append((item, (*path, position)))


def _holders(machine: Machine, root: Ref, owner: Ref, name: str, old: Ref) -> Iterator[tuple[Ref, ties.Path]]:
    """What holds a module, apart from one attribute and what stands below it."""
    place: ties.Path | None = None
    for current, path in _paths(machine, root):
        if current == owner:
            place = (*path, name)
        if place is not None and path[: len(place)] == place:
            continue
        for other, slot in modules.slots(machine, current).items():
            if slot.value == old and slot.kind is SlotKind.MODULE and (current, other) != (owner, name):
                yield current, (*path, other)
        record = machine.module(current)
        for position, item in enumerate(record.items if record else ()):
            if item == old:
                yield current, (*path, position)


def _judge_replaced(machine: Machine, case: Replaced) -> None:
    now = ties.value_at(machine, case.root, case.place)
    if now is None or not set(members(case.new)) <= set(members(now)):
        return
    if ties.value_at(machine, case.root, case.holder) != case.old:
        return
    record = machine.module(case.old)
    machine.emit(
        StaleReference(
            case.site,
            case.name,
            ties.name_of(machine, case.root, case.holder),
            modules.class_name(record) if record else "",
        )
    )
