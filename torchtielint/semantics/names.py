"""The names that modules register under: what stands there already, and what would hide it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import attributes, modules
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.names import HiddenChild, Holder, NameRefused, Refusal, WrongKindAssigned
from torchtielint.semantics.records import ModuleRecord, Slot, SlotKind
from torchtielint.semantics.site import Site
from torchtielint.semantics.state import State
from torchtielint.semantics.values import (
    ABSENT,
    Const,
    FunctionValue,
    Opaque,
    Part,
    Ref,
    Unknown,
    Value,
    is_unknown,
    members,
)
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

# What torch's containers define beyond what every module has.
CONTAINER_NAMES = {
    "Sequential": frozenset({"append", "insert", "extend", "pop"}),
    "ModuleList": frozenset({"append", "insert", "extend", "pop"}),
    "ModuleDict": frozenset({"clear", "pop", "keys", "items", "values", "update"}),
    "ParameterList": frozenset({"append", "extend"}),
    "ParameterDict": frozenset(
        {"clear", "pop", "keys", "items", "values", "update", "copy", "setdefault", "popitem", "get", "fromkeys"}
    ),
}
_HOLDERS = {SlotKind.PARAMETER: Holder.PARAMETER, SlotKind.BUFFER: Holder.BUFFER, SlotKind.MODULE: Holder.MODULE}


@dataclass(frozen=True, slots=True)
class Held:
    """What certainly stands under a name; `cls` is the project class that defines it, for class attributes."""

    holder: Holder
    site: Site | None = None
    cls: ClassModel | None = None
    literal: str = ""


def held_by_class(machine: Machine, ref: Ref, name: str, node: cst.CSTNode) -> Held | None:
    """What the class of a module (not the object) certainly has under a name."""
    record = machine.module(ref)
    if record is None:
        return None
    found = record.cls.find(name) if isinstance(record.cls, ClassModel) else None
    if found is None:
        own = CONTAINER_NAMES.get(modules.container_kind(record) or "", frozenset())
        return Held(Holder.TORCH) if name in load().module_methods or name in own else None
    value, cls = found
    site = _site_in_class(cls, name, value)
    match value:
        case FunctionValue(model=model) if model.kind == "property":
            return Held(Holder.PROPERTY, site, cls) if _gives_something(machine, ref, name, node) else None
        case FunctionValue(model=model):
            return None if model.opaque and "property" in _decorators(model.node) else Held(Holder.METHOD, site, cls)
        case Const(value=literal):
            return Held(Holder.CLASS, site, cls, repr(literal))
    uncertain = is_unknown_or_absent(value) or any(_is_descriptor(machine, member) for member in members(value))
    return None if uncertain else Held(Holder.CLASS, site, cls)


def is_unknown_or_absent(value: Value) -> bool:
    """Whether a class attribute may be anything, or may not be there."""
    return any(isinstance(member, (Unknown, Opaque, Part)) or member is ABSENT for member in members(value))


def _decorators(node: cst.CSTNode) -> str:
    found = node.decorators if isinstance(node, cst.FunctionDef) else ()
    return " ".join(cst.Module(()).code_for_node(decorator) for decorator in found)


def _is_descriptor(machine: Machine, value: Value) -> bool:
    """Whether a class attribute may say itself what reading it gives."""
    record = machine.instance(value)
    return record is not None and (not record.cls.complete or record.cls.find("__get__") is not None)


def _gives_something(machine: Machine, ref: Ref, name: str, node: cst.CSTNode) -> bool:
    """Whether a property certainly returns: where it raises AttributeError, torch looks for the registered child."""
    before = machine.state
    machine.state = State(before)
    try:
        with machine.muting():
            value = attributes.read(machine, ref, name, node)
    finally:
        machine.state = before
    return not is_unknown(value)


def _site_in_class(cls: ClassModel, name: str, value: Value) -> Site | None:
    if isinstance(value, FunctionValue) and value.model.owner is cls:
        return Site.of(value.model.node, value.model.piece)
    statements = cls.statements.get(name)
    return Site.of(statements[-1], cls.piece) if statements else None


def check_assignment(machine: Machine, ref: Ref, name: str, new: Value, node: cst.CSTNode) -> bool:
    """`module.name = new` under a name that is taken; whether torch refuses it."""
    record = machine.module(ref)
    if record is None or record.initialised is False or _says_itself(record):
        return False
    kinds = {attributes.kind_of(machine, member) for member in members(new)}
    before = (record.slots or {}).get(name)
    if before is not None and before.kind in (SlotKind.MODULE, SlotKind.BUFFER):
        return _check_kind(machine, record, name, before, new, kinds, node)
    if before is not None and before.kind not in (SlotKind.PLAIN, SlotKind.UNCERTAIN):
        return False
    if kinds == {"buffer"} and before is not None:
        held = _held_by_object(machine, ref, record, name, SlotKind.BUFFER)
        return held is not None and _refuse(machine, record, "buffer", _shown(machine, node, name), held, node)
    if kinds in ({"module"}, {"module", "none"}):
        held = held_by_class(machine, ref, name, node)
        if held is not None and not _overridden_below(machine, held):
            where = machine.site(machine.context.statement or node)
            shown = _shown(machine, node, name)
            machine.emit(HiddenChild(where, modules.class_name(record), shown, held.holder, held.literal, held.site))
    elif kinds <= {"parameter", "buffer"}:
        held = held_by_class(machine, ref, name, node)
        what = "parameter" if "parameter" in kinds else "buffer"
        return held is not None and _refuse(machine, record, what, _shown(machine, node, name), held, node)
    return False


def _says_itself(record: ModuleRecord) -> bool:
    """Whether the class changes what setting or reading an attribute means."""
    if not isinstance(record.cls, ClassModel):
        return False
    return any(record.cls.find(name) is not None for name in ("__setattr__", "__getattribute__"))


def _overridden_below(machine: Machine, held: Held) -> bool:
    """Whether a subclass gives the name another meaning than the class that registers under it."""
    running = machine.frame.owner
    return held.cls is not None and running is not None and running is not held.cls and running in held.cls.mro()


def _shown(machine: Machine, node: cst.CSTNode, name: str) -> str:
    text = machine.text(node)
    return text if text.endswith(f".{name}") else name


def _check_kind(
    machine: Machine, record: ModuleRecord, name: str, before: Slot, new: Value, kinds: set[str], node: cst.CSTNode
) -> bool:
    """A child module or buffer is replaced by something that torch refuses."""
    refused = {"plain"} if before.kind is SlotKind.BUFFER else {"plain", "tensor", "buffer", "computed"}
    if not kinds <= refused or ABSENT in members(before.value) or is_unknown(new):
        return False
    if not {"TypeError", "Exception"} & set(machine.context.caught):
        machine.emit(
            WrongKindAssigned(
                machine.site(machine.context.statement or node),
                modules.class_name(record),
                _shown(machine, node, name),
                attributes.type_name(machine, new),
                _HOLDERS[before.kind],
                before.site,
            )
        )
    return True


def check_registration(
    machine: Machine, ref: Ref, record: ModuleRecord, kind: SlotKind, name: str, node: cst.Call
) -> bool:
    """`register_*(name, ...)` under a name that torch refuses; whether it does."""
    if isinstance(record.cls, ClassModel) and record.cls.find("__getattribute__") is not None:
        return False
    if not name or "." in name:
        refusal = Refusal.DOT if name else Refusal.EMPTY
        where = machine.site(machine.context.statement or node)
        _report(machine, NameRefused(where, modules.class_name(record), kind.value, name, refusal))
        return True
    held = _held_by_object(machine, ref, record, name, kind)
    before = (record.slots or {}).get(name)
    if held is None and (before is None or before.kind is not kind):
        held = held_by_class(machine, ref, name, node)
    return held is not None and _refuse(machine, record, kind.value, name, held, node)


def _held_by_object(machine: Machine, ref: Ref, record: ModuleRecord, name: str, kind: SlotKind) -> Held | None:
    """What the object certainly has under a name, of another kind than what is registered."""
    slot = (record.slots or {}).get(name)
    if slot is None or ABSENT in members(slot.value) or slot.kind is kind:
        return None
    if slot.kind in _HOLDERS:
        return Held(_HOLDERS[slot.kind], slot.site)
    # what is not known may be a parameter or a module; that it is an `nn.Buffer` is not to be feared
    takes_any = kind is SlotKind.BUFFER and len(members(slot.value)) == 1
    if (slot.kind is SlotKind.PLAIN or takes_any) and is_held_plainly(machine, ref, record, name):
        return Held(Holder.PLAIN, slot.site)
    return None


def note_plain(
    machine: Machine, ref: Ref, record: ModuleRecord, name: str, before: Slot | None, kinds: set[str], site: Site
) -> None:
    """Remember that a name that nothing was registered under is set to something that does not register either."""
    new = before is None and (isinstance(record.cls, str) or record.cls.resolved)
    known = before is not None and machine.plain_at.get((ref.key, name)) == before.site
    if kinds & {"parameter", "buffer", "module"} or not (new or known):
        machine.plain_at.pop((ref.key, name), None)
    else:
        machine.plain_at[ref.key, name] = site


def is_held_plainly(machine: Machine, ref: Ref, record: ModuleRecord, name: str) -> bool:
    """Whether the object has a plain attribute of a name; in a method, whether nothing can have deleted it since."""
    slot = (record.slots or {}).get(name)
    if slot is None or slot.site is None or machine.plain_at.get((ref.key, name)) != slot.site:
        return False
    return machine.context.where is Where.INIT or not _may_delete(record, name)


def _may_delete(record: ModuleRecord, name: str) -> bool:
    """Whether some method of the class deletes an attribute, or registers a buffer by assigning it."""
    if not isinstance(record.cls, ClassModel) or not record.cls.resolved:
        return True
    deletes = re.compile(rf"\bdel\b.*\.{re.escape(name)}\b|delattr|__dict__|\b_buffers\b|\bBuffer\(|vars\(")
    project = (cls for cls in record.cls.mro() if isinstance(cls, ClassModel))
    return any(deletes.search(cls.piece.code(cls.node)) for cls in project)


def _refuse(machine: Machine, record: ModuleRecord, what: str, name: str, held: Held, node: cst.CSTNode) -> bool:
    """Report a registration under a name that is taken; where a subclass takes it, there."""
    where, other = machine.site(machine.context.statement or node), held.site
    if other is not None and _overridden_below(machine, held):
        where, other = other, where
    _report(machine, NameRefused(where, modules.class_name(record), what, name, Refusal.TAKEN, held.holder, other))
    return True


def _report(machine: Machine, fact: NameRefused) -> None:
    if not {"KeyError", "Exception"} & set(machine.context.caught):
        machine.emit(fact)


def check_key(machine: Machine, kind: str, key: str, node: cst.CSTNode) -> None:
    """A key of one of torch's containers by name, under which it registers."""
    taken = key in load().module_methods or key in CONTAINER_NAMES[kind] or key == "training"
    if not key or "." in key:
        refusal, holder = Refusal.DOT if key else Refusal.EMPTY, None
    elif taken:
        refusal, holder = Refusal.TAKEN, Holder.TORCH
    else:
        return
    _report(machine, NameRefused(machine.site(node), f"nn.{kind}", "key", key, refusal, holder))
