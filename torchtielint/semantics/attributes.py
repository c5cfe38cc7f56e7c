"""Reading, setting and deleting attributes: `Module.__setattr__` and what else has attributes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import (
    calls,
    checkpoints,
    creation,
    cuts,
    freezing,
    gradients,
    initialisation,
    instances,
    late,
    loops,
    modules,
    names,
    optimizers,
    raw_init,
    registries,
    reparametrized,
    results,
    sharing,
    templates,
    tensors,
    thawing,
    things,
    ties,
)
from torchtielint.semantics.definitions import ClassModel, find_in
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.rebinding import ParameterAssigned
from torchtielint.semantics.machine import EVERYTHING
from torchtielint.semantics.records import (
    EarlyRegistration,
    ModuleRecord,
    Role,
    Slot,
    SlotKind,
    TensorRecord,
)
from torchtielint.semantics.values import (
    ABSENT,
    INT,
    NONE,
    UNKNOWN,
    Absent,
    BuiltinMethod,
    Carrying,
    ClassValue,
    Computed,
    Const,
    External,
    FunctionValue,
    Instance,
    ModuleItems,
    Opaque,
    Optimizer,
    Part,
    Ref,
    Registry,
    Super,
    Unknown,
    Value,
    Weight,
    is_unknown,
    join,
    members,
    without_none,
)
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site

ACCESSORS = frozenset({"__setattr__", "__delattr__"})
REGISTRIES = frozenset({"_parameters", "_modules", "_buffers", "__dict__"})


def read(machine: Machine, value: Value, name: str, node: cst.CSTNode) -> Value:
    """`value.name`."""
    found = members(without_none(value))
    if len(found) == 1:
        return _read_member(machine, found[0], name, node)
    return join(_read_member(machine, member, name, node) for member in found)


def _read_member(machine: Machine, value: Value, name: str, node: cst.CSTNode) -> Value:
    if isinstance(value, (Unknown, Opaque, Part)):
        machine.uses.read_on_things.add(name)
    match value:
        case Carrying():
            return cuts.read(value, name)
        case Registry():
            return BuiltinMethod(value, name)
        case External(name=owner):
            if name == "__name__" and load().module(owner) is not None:
                return Const.of(owner.rpartition(".")[2])
            return machine.imports.named(load().canonical(f"{owner}.{name}"))
        case ClassValue(model=model):
            return _read_class(machine, model, name)
        case Super():
            return _read_super(value, name)
        case Const(value=str()):
            return BuiltinMethod(value, name)
        case Optimizer():
            optimizers.read(machine, value, name)
            return BuiltinMethod(value, name)
        case ModuleItems() | Instance() | Computed() | Opaque(kind="tensor"):
            return BuiltinMethod(value, name)
        case Weight():
            return value if name == "data" else BuiltinMethod(value, name) if load().method(name) else UNKNOWN
        case Opaque() | Part():
            return things.read(machine, value, name)
        case Ref():
            return _read_object(machine, value, name, node)
    return UNKNOWN


def _read_object(machine: Machine, ref: Ref, name: str, node: cst.CSTNode) -> Value:
    record = machine.record(ref)
    if isinstance(record, ModuleRecord):
        return _read_module(machine, ref, name, node)
    if isinstance(record, TensorRecord):
        found = tensors.read(machine, ref, name, node)
        return BuiltinMethod(ref, name) if found is None else found
    known = machine.instance(ref)
    if known is not None:
        if name in known.attributes:
            return (
                without_none(known.attributes[name])
                if ABSENT in members(known.attributes[name])
                else known.attributes[name]
            )
        found = _read_from_class(machine, ref, known.cls, name, node)
        hidden = known.open and not isinstance(found, FunctionValue)
        return things.read(machine, ref, name) if hidden or found is UNKNOWN else found
    return BuiltinMethod(ref, name) if record is not None else UNKNOWN


def _read_module(machine: Machine, ref: Ref, name: str, node: cst.CSTNode) -> Value:
    templates.note_read(machine, ref)
    slot = modules.slots(machine, ref).get(name)
    record = machine.module(ref)
    loops.note_read(machine, ref, name)
    if record is None:
        return UNKNOWN
    if slot is not None and slot.value is not ABSENT:
        if slot.kind is SlotKind.DERIVED and isinstance(slot.value, Ref):
            machine.read_at[slot.value.key] = machine.site(node)
        return _read_slot(machine, ref, record, name, slot, node)
    if name in REGISTRIES:
        loops.note_read(machine, ref, EVERYTHING)
        return registries.read(machine, ref, name)
    if isinstance(record.cls, ClassModel):
        found = _read_from_class(machine, ref, record.cls, name, node)
        return things.read(machine, ref, name) if found is UNKNOWN else found
    if name == "__class__":
        return instances.type_of(machine, ref)
    given = modules.given_size(record, name)
    if given is not None:
        return given
    known = name in load().module_methods or name == "reset_parameters" or modules.container_kind(record)
    return BuiltinMethod(ref, name) if known else UNKNOWN


def _read_slot(machine: Machine, ref: Ref, record: ModuleRecord, name: str, slot: Slot, node: cst.CSTNode) -> Value:
    """An attribute that is set; where it may not be, the class may have it, or the line does not work at all."""
    if ABSENT not in members(slot.value):
        return slot.value
    found = [member for member in members(slot.value) if member is not ABSENT]
    if isinstance(record.cls, ClassModel) and not record.open and record.cls.complete and record.cls.find(name) is None:
        return join(found)
    return join((*found, UNKNOWN))


def doubt(machine: Machine, ref: Ref, *, plain: bool = False) -> None:
    """Somebody may have added and deleted attributes: what is registered (`plain`: or held) is no longer certain."""
    modules.slots(machine, ref)
    record = machine.module(ref)
    if record is None:
        return
    uncertain = {
        name: replace(slot, kind=SlotKind.UNCERTAIN)
        if slot.kind in (SlotKind.PARAMETER, SlotKind.MODULE, SlotKind.BUFFER) or plain
        else slot
        for name, slot in (record.slots or {}).items()
    }
    if plain:
        machine.plain_at = {key: site for key, site in machine.plain_at.items() if key[0] != ref.key}
    machine.update(ref, replace(record, slots=uncertain, open=True, initialised=record.initialised or None))


def _read_from_class(machine: Machine, ref: Ref, cls: ClassModel, name: str, node: cst.CSTNode) -> Value:
    if name == "__class__":
        return ClassValue(cls)
    found = cls.find(name)
    if found is None:
        is_builtin = cls.is_module and (
            name == "post_init" or name in load().module_methods or name in ACCESSORS or _is_container(cls)
        )
        return BuiltinMethod(ref, name) if is_builtin else UNKNOWN
    value = found[0]
    if isinstance(value, FunctionValue):
        match value.model.kind:
            case "property":
                return calls.call_function(machine, FunctionValue(value.model, ref), calls.NO_ARGUMENTS, node)
            case "static":
                return value
            case "class":
                return FunctionValue(value.model, ClassValue(cls))
        return FunctionValue(value.model, ref)
    return value


def _is_container(cls: ClassModel) -> bool:
    facts = (load().module(base) for base in cls.external_bases())
    return any(fact is not None and fact.container for fact in facts)


def _read_class(machine: Machine, model: ClassModel, name: str) -> Value:
    if name == "__name__":
        return Const.of(model.name)
    found = model.find(name)
    if found is not None:
        value = found[0]
        if isinstance(value, FunctionValue) and value.model.kind == "class":
            return FunctionValue(value.model, ClassValue(model))
        return value
    for base in model.external_bases():
        if load().module(base) is not None:
            return External(f"{base}.{name}")
    return UNKNOWN


def _read_super(value: Super, name: str) -> Value:
    order = super_order(value)
    found = find_in(order, name)
    if found is not None:
        function = found[0]
        if isinstance(function, FunctionValue) and function.model.kind != "static":
            return FunctionValue(function.model, value.receiver)
        return function
    return BuiltinMethod(value, name)


def super_order(value: Super) -> tuple[ClassModel | str, ...]:
    """The classes in which `super()` looks."""
    order = value.cls.mro()
    if value.after in order:
        return order[order.index(value.after) + 1 :]
    return value.after.mro()[1:] if isinstance(value.after, ClassModel) else ()


def assign(machine: Machine, value: Value, name: str, new: Value, node: cst.CSTNode) -> None:
    """`value.name = new`."""
    freezing.note(machine, without_none(value), name, new, node)
    if name == "requires_grad":
        _note_flag(machine, without_none(value), new, node)
    found = members(without_none(value))
    if len(found) > 1 and any(machine.module(member) for member in found):
        _assign_to_one(machine, found, name, new, node)
        return
    if isinstance(node, cst.Attribute) and initialisation.is_thing(value):
        initialisation.note_target(machine, node)
    for member in found:
        record = machine.record(member)
        if isinstance(record, ModuleRecord) and isinstance(member, Ref):
            if len(found) == 1:
                set_module_attribute(machine, member, name, new, node)
        elif isinstance(record, TensorRecord):
            _set_tensor_attribute(machine, value if len(found) > 1 else member, name, new, node)
        elif isinstance(member, (Opaque, Part)):
            raw_init.assigned(machine, member, name, node)
            if len(found) == 1:
                optimizers.replaced(machine, member, name, new, node)
            things.assign(machine, member, name, new if len(found) == 1 else UNKNOWN)
            machine.escape(new)
        else:
            known = machine.instance(member)
            if known is not None and isinstance(member, Ref):
                machine.update(member, replace(known, attributes={**known.attributes, name: new}))
            elif isinstance(member, Weight) and name == "data":
                checkpoints.moved(machine, member.module, "data")
            machine.escape(new)


def _note_flag(machine: Machine, value: Value, new: Value, node: cst.CSTNode) -> None:
    """`parameter.requires_grad = new`, of a parameter of something that is not known."""
    for member in members(value):
        if isinstance(member, Weight):
            thawing.note_thing(machine, member.module, new, node)
        elif isinstance(member, (Opaque, Part)):
            thawing.note_thing(machine, member, new, node)


def _assign_to_one(machine: Machine, found: tuple[Value, ...], name: str, new: Value, node: cst.CSTNode) -> None:
    """One of several objects gets the attribute: each may, or may not."""

    def setting(member: Value) -> Value:
        begin()
        assign(machine, member, name, new, node)
        return NONE

    with machine.alternatives() as begin:
        for member in found:
            machine.branch((partial(setting, member), lambda: NONE))


def _set_tensor_attribute(machine: Machine, value: Value, name: str, new: Value, node: cst.CSTNode) -> None:
    if name == "requires_grad":
        tensors.set_requires_grad(machine, value, new)
    elif name == "data":
        tensors.set_data(machine, value, new, node)


def set_module_attribute(machine: Machine, ref: Ref, name: str, new: Value, node: cst.CSTNode) -> None:
    """`module.name = new`, as `Module.__setattr__` does it."""
    before = modules.slots(machine, ref).get(name)
    record = machine.module(ref)
    site = _assignment_site(machine, node)
    if record is None or results.check_tuple(machine, ref, name, new, _target(machine, node, name), site):
        return
    if names.check_assignment(machine, ref, name, new, node):
        return
    if _is_customised(record, name):
        machine.update(
            ref, replace(record.with_slot(name, Slot(SlotKind.UNCERTAIN, UNKNOWN, machine.site(node))), open=True)
        )
        machine.escape(new)
        return
    if name in REGISTRIES:
        machine.update(ref, replace(record, open=True, initialised=None))
        machine.escape(new)
        return
    kinds = {kind_of(machine, member) for member in members(new)}
    _note_early(machine, ref, name, kinds, node)
    refused = before is not None and _check_assignment(machine, ref, name, before, new, kinds, node)
    record = machine.module(ref)
    if record is None or refused:
        return
    kind = _kind_after(before, kinds)
    sharing.registered(machine, ref, name, new, node)
    gradients.note_plain(machine, (new,))
    late.note_registration(machine, ref, _target(machine, node, name), new, node, before=before)
    record = machine.module(ref) or record
    machine.assigned[ref] = None
    machine.assigned_as[ref.key, name] = _target(machine, node, name)
    if record.loops and record.loops[-1] not in machine.context.loops:
        machine.changed_for_many.add(ref.key)  # one of many, or each: that is not told apart
    loops.note_registration(machine, ref, name, new, _target(machine, node, name), site)
    machine.note_guards(site)
    names.note_plain(machine, ref, record, name, before, kinds, site)
    for member in members(new):
        machine.assigned_at[ref.key, name, member] = site
    if machine.context.where is not Where.INIT:
        machine.loading.rewrites.attributes.add((record.cls, name))
    slot = Slot(kind, new, site, _persistence(machine, kind, before, new))
    changed = replace(record.with_slot(name, slot), touched=True)
    ties.replacing(machine, ref, name, changed, node)


def _persistence(machine: Machine, kind: SlotKind, before: Slot | None, new: Value) -> bool | None:
    """Whether the state dict has what is assigned: an `nn.Buffer` says so, a tensor takes over what the buffer was."""
    made = [record for member in members(new) if (record := machine.tensor(member)) and record.role is Role.BUFFER]
    if kind is SlotKind.BUFFER and made:
        answers = {record.persistent for record in made}
        return answers.pop() if len(answers) == 1 else None
    return True if before is None else before.persistent


def _assignment_site(machine: Machine, node: cst.CSTNode) -> Site:
    """The statement that sets an attribute, or the target alone where a statement sets several."""
    match machine.context.statement:
        case cst.Assign(targets=[cst.AssignTarget(target=target)]) as statement if target is node:
            return machine.site(statement)
        case cst.Assign():
            return machine.site(node)
        case statement:
            return machine.site(statement or node)


def _is_customised(record: ModuleRecord, name: str) -> bool:
    """Whether the class says itself what setting an attribute means: its own `__setattr__`, a property."""
    if not isinstance(record.cls, ClassModel):
        return False
    if record.cls.find("__setattr__") is not None:
        return True
    found = record.cls.find(name)
    return found is not None and isinstance(found[0], FunctionValue) and found[0].model.kind == "property"


def kind_of(machine: Machine, value: Value) -> str:
    """What a value is to `Module.__setattr__`."""
    match machine.record(value):
        case TensorRecord(role=Role.PARAMETER):
            return "parameter"
        case TensorRecord(role=Role.BUFFER):
            return "buffer"
        case TensorRecord():
            return "tensor"
        case ModuleRecord():
            return "module"
        case None:
            if isinstance(value, Computed) or value == INT:
                return "computed"
            if isinstance(value, (Unknown, Opaque, Part, Weight, Absent, External, Instance)):
                return "unknown"
            return "none" if value == NONE else "plain"
    return "plain"


def _note_early(machine: Machine, ref: Ref, name: str, kinds: set[str], node: cst.CSTNode) -> None:
    record = machine.module(ref)
    if record is None or record.initialised is not False or not kinds <= {"parameter", "module", "buffer"}:
        return
    what = kinds.copy().pop() if len(kinds) == 1 else "module"
    if not {"AttributeError", "Exception"} & set(machine.context.caught):
        early = EarlyRegistration(machine.site(machine.context.statement or node), name, what)
        machine.update(ref, replace(record, early=(*record.early, early)))


def _kind_after(before: Slot | None, kinds: set[str]) -> SlotKind:
    if len(kinds) != 1:
        return SlotKind.UNCERTAIN
    match next(iter(kinds)):
        case "parameter":
            return SlotKind.PARAMETER
        case "module":
            return SlotKind.MODULE
        case "buffer":
            return SlotKind.BUFFER
        case "unknown" | "computed":
            return SlotKind.UNCERTAIN
        case "tensor":
            was_buffer = before is not None and before.kind in (SlotKind.BUFFER, SlotKind.UNCERTAIN)
            return before.kind if before is not None and was_buffer else SlotKind.PLAIN
        case "none":
            keeps = before is not None and before.kind is not SlotKind.DERIVED
            return before.kind if keeps and before is not None else SlotKind.PLAIN
    return SlotKind.PLAIN


def _check_assignment(
    machine: Machine, ref: Ref, name: str, before: Slot, new: Value, kinds: set[str], node: cst.CSTNode
) -> bool:
    """Report an assignment over a registered or derived parameter; whether torch refuses it."""
    statement = machine.context.statement or node
    if before.kind is SlotKind.DERIVED:
        _check_derived(machine, ref, name, before, new, kinds, node)
        return False
    if before.kind is not SlotKind.PARAMETER or is_unknown(new) or ABSENT in members(before.value):
        return False
    record = machine.module(ref)
    if record is None:
        return False
    raises = kinds <= {"tensor", "plain", "module", "buffer", "computed"}
    conversion = any(_may_be(machine, member, before.value) for member in members(new))
    rebinds = kinds == {"parameter"} and not conversion and not set(members(new)) & set(members(before.value))
    if rebinds and (NONE in members(before.value) or ref.key in machine.created):
        return False
    if conversion:
        return True  # at most the very same Parameter: the slot keeps it
    if not (raises or rebinds):
        return False
    if raises and {"TypeError", "Exception"} & set(machine.context.caught):
        return True
    operation = next((made.operation for member in members(new) if (made := machine.tensor(member))), "")
    tie = sharing.transposed_source(machine, ref, new) if raises else ""
    fact = ParameterAssigned(
        machine.site(statement),
        modules.class_name(record),
        _target(machine, node, name),
        "Parameter" if rebinds else type_name(machine, new),
        operation,
        rebinds,
        machine.context.where,
        before.site,
        tie,
        NONE in members(before.value),
    )
    if not rebinds:
        machine.emit(fact)
    elif not machine.muted:
        cuts.note_rebinding(machine, before.value, new, fact)
        machine.rebindings.append((fact, new))
    return raises


def _may_be(machine: Machine, new: Value, old: Value) -> bool:
    """Whether a converted tensor may be the very Parameter that is registered (a `.to()` with nothing to do)."""
    record = machine.tensor(new)
    return record is not None and record.same_as is not None


def type_name(machine: Machine, value: Value) -> str:
    """What a value is called in a message about its type."""
    first = members(value)[0]
    if machine.tensor(first) or isinstance(first, Computed):
        return "Tensor"
    if isinstance(first, FunctionValue):
        return "function"
    record = machine.module(first)
    return modules.class_name(record) if record else creation.python_type(machine, first) or "object"


def _target(machine: Machine, node: cst.CSTNode, name: str) -> str:
    text = machine.text(node)
    return text if text.endswith(f".{name}") else name


def _check_derived(
    machine: Machine, ref: Ref, name: str, before: Slot, new: Value, kinds: set[str], node: cst.CSTNode
) -> None:
    """`module.weight = ...` where a reparametrization computes `weight`."""
    record = machine.tensor(before.value)
    made_by = record.derived_by if record else None
    if made_by is None:
        return
    if kinds == {"parameter"}:
        if reparametrized.refuses_tie(machine, ref, name, new, made_by, node):
            return
        raises = True
    elif kinds == {"tensor"} and made_by.family == "weight_norm" and made_by.legacy:
        raises = False
    else:
        return
    operation = "an assignment of a Parameter" if raises else "an assignment"
    site = machine.site(machine.context.statement or node)
    reparametrized.lose(machine, site, machine.text(node), operation, made_by, raises=raises)


def delete(machine: Machine, value: Value, name: str) -> None:
    """`del value.name`."""
    for member in members(value):
        record = machine.module(member)
        if record is not None and isinstance(member, Ref):
            modules.slots(machine, member)
            record = machine.module(member) or record
            machine.update(member, record.without_slot(name))
