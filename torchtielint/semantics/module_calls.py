"""The methods of modules: registration, conversion, `apply`, what `super()` reaches, and calls of modules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import (
    attributes,
    builtin_calls,
    calls,
    checkpoints,
    construction,
    containers,
    cuts,
    gradients,
    initialisation,
    late,
    loops,
    modules,
    names,
    overlap,
    reparametrized,
    repeats,
    resets,
    results,
    sharing,
    templates,
    tensors,
    things,
    ties,
)
from torchtielint.semantics.definitions import ClassModel, is_foreign_module
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.registration import LeafTensor, TensorHeldAs
from torchtielint.semantics.machine import EVERYTHING
from torchtielint.semantics.records import (
    ContainerRecord,
    EarlyRegistration,
    ModuleRecord,
    Role,
    Slot,
    SlotKind,
    TensorRecord,
)
from torchtielint.semantics.values import (
    NONE,
    TRUE,
    UNKNOWN,
    Arguments,
    FunctionValue,
    Ref,
    Super,
    Value,
    constant,
    members,
    truth,
)
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

_RETURN_SELF = frozenset(
    {"to", "cuda", "cpu", "half", "float", "double", "bfloat16", "type", "xpu", "ipu", "hpu", "mtia", "to_empty",
     "train", "eval", "share_memory", "compile", "zero_grad"}
)  # fmt: skip


def call_method(machine: Machine, ref: Ref, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """A method that torch defines, on a module."""
    record = machine.module(ref)
    if record is None:
        return UNKNOWN
    if not name.startswith(("register_", "add_module", "__")):
        loops.note_read(machine, ref, EVERYTHING)
    kind = modules.container_kind(record)
    if kind is not None:
        found = _container_method(machine, ref, record, kind, name, arguments, node)
        if found is not None:
            return found
    match name:
        case "register_parameter" | "register_buffer" | "register_module" | "add_module":
            return _register(machine, ref, name, arguments, node)
        case "apply":
            return _apply(machine, ref, arguments, node)
        case "requires_grad_":
            return _freeze(machine, ref, arguments)
        case "get_parameter" | "get_submodule" | "get_buffer":
            return _get(machine, ref, arguments, node)
        case "post_init":
            machine.loading.posted.add(ref.key)
            return NONE
        case "reset_parameters":
            return _reset(machine, ref, node)
        case "__setattr__" | "__delattr__":
            given = replace(arguments, positional=(ref, *arguments.positional))
            return builtin_calls.call(machine, name.strip("_"), given, node)
        case "state_dict":
            return checkpoints.take(machine, ref, node)
        case "load_state_dict":
            initialisation.note_module(machine, ref)
            cuts.note_load(machine, ref, arguments, node)
            ties.load_state_dict(machine, ref, arguments, node)
            return checkpoints.load(machine, ref, arguments, node)
        case "__init__":
            return NONE
    if name in things.ITEMS:
        return things.items(machine, ref, name)
    if name in _RETURN_SELF:
        if name in things.CONVERSIONS:
            checkpoints.moved(machine, ref, name, arguments)
        if name in ("train", "eval"):
            modules.touch(machine, ref)
        ties.converted(machine, ref, name, arguments, node)
        return ref
    if "load_state_dict" in name and name != "load_state_dict":
        machine.load_hooks.add(ref.key)
    if name.startswith("register_"):  # hooks see the module and may change it, but register nothing
        return UNKNOWN
    return calls.call_unknown(machine, arguments)


def call_inherited(machine: Machine, value: Super, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """`super().name(...)` where the name is torch's (or not known)."""
    order = attributes.super_order(value)
    base = next((cls for cls in order if isinstance(cls, str)), None)
    ref = value.receiver
    if not isinstance(ref, Ref) or machine.module(ref) is None:
        return calls.call_unknown(machine, arguments)
    if name == "__init__":
        if base is None or not _known_before(value.cls, base):
            return _unknown_init(machine, ref, arguments, known=base is not None)
        return initialise(machine, ref, base, arguments, node)
    if name == "__setattr__":
        record = machine.module(ref)
        text = constant(arguments.get(0, "name"))
        if record is not None and isinstance(text, str) and len(arguments.positional) > 1:
            kind = attributes.kind_of(machine, arguments.positional[1])
            slot_kind = {"parameter": SlotKind.PARAMETER, "module": SlotKind.MODULE}.get(kind, SlotKind.UNCERTAIN)
            machine.update(ref, record.with_slot(text, Slot(slot_kind, arguments.positional[1], machine.site(node))))
        return NONE
    if base is None:
        machine.escape(ref)
        return calls.call_unknown(machine, arguments)
    if name == "forward":
        cuts.note_run(machine, ref)
    return call_method(machine, ref, name, arguments, node)


def _known_before(cls: ClassModel, base: str) -> bool:
    """Whether no class that could not be found may stand before an outside base."""
    return cls.complete or is_foreign_module(base)


def _unknown_init(machine: Machine, ref: Ref, arguments: Arguments, *, known: bool) -> Value:
    """A constructor that cannot be read: it may or may not call `Module.__init__`, and may register anything."""
    record = machine.module(ref)
    if record is not None:
        initialised = True if known and not record.early else None
        machine.update(ref, replace(record, open=True, initialised=initialised, slots=record.slots or {}))
    return calls.call_unknown(machine, arguments)


def initialise(machine: Machine, ref: Ref, base: str, arguments: Arguments, node: cst.CSTNode) -> Value:
    """The constructor of an outside module class runs on an object."""
    record = machine.module(ref)
    if record is None:
        return NONE
    resets.note_init(machine, ref)
    record = machine.module(ref) or record
    as_base = replace(record, cls=base, arguments=arguments)
    own = modules.torch_slots(machine, as_base)
    held = {**(record.slots or {}), **own}
    is_open = record.open or is_foreign_module(base)
    machine.update(ref, replace(record, slots=held, initialised=True, open=is_open))
    fact = load().module(base)
    if fact is not None and fact.container is not None:
        construction.fill_container(machine, ref, fact.container, arguments, node)
    return NONE


def call_module(machine: Machine, ref: Ref, record: ModuleRecord, arguments: Arguments, node: cst.Call) -> Value:
    """`module(...)`: its forward has its own analysis; here it is a use."""
    machine.used.add(ref.key)
    loops.note_read(machine, ref, EVERYTHING)
    reparametrized.ran(machine, ref)
    cuts.note_run(machine, ref)
    templates.note_use(machine, (ref,))
    _note_run_by_constructor(machine, record)
    containers.check_call(machine, ref, record, node)
    for value in arguments.all():
        for member in members(value):
            if isinstance(member, Ref) and machine.tensor(member):
                gradients.note_operands(machine, (member, ref))
                tensors.note_use(machine, member)
            elif machine.container(member) or machine.module(member):
                machine.escape(member)
    if ref == machine.subject and isinstance(record.cls, ClassModel):
        found = record.cls.find("forward")
        if found is not None and isinstance(found[0], FunctionValue):
            return calls.call_function(machine, FunctionValue(found[0].model, ref), arguments, node)
    return cuts.result(machine, ref, record, arguments)


def _note_run_by_constructor(machine: Machine, record: ModuleRecord) -> None:
    """A constructor may run a module once, so that everything is registered before anybody asks."""
    if machine.context.where is Where.INIT and isinstance(record.cls, ClassModel):
        found = record.cls.find("forward")
        if found is not None and isinstance(found[0], FunctionValue):
            machine.uses.run_by_constructors.add(found[0].model)


def _register(machine: Machine, ref: Ref, method: str, arguments: Arguments, node: cst.Call) -> Value:
    """`register_parameter(name, value)` and its kin."""
    key = {"register_parameter": "param", "register_buffer": "tensor"}.get(method, "module")
    name = constant(arguments.get(0, "name"))
    value = arguments.get(1, key)
    record = machine.module(ref)
    if value is None or record is None:
        return NONE
    kind = {"register_parameter": SlotKind.PARAMETER, "register_buffer": SlotKind.BUFFER}.get(method, SlotKind.MODULE)
    shown = name if isinstance(name, str) else machine.text(node.args[0].value) if node.args else "?"
    if record.initialised is False and not {"AttributeError", "Exception"} & set(machine.context.caught):
        early = EarlyRegistration(machine.site(machine.context.statement or node), shown, kind.value)
        machine.update(ref, replace(record, early=(*record.early, early)))
        return NONE
    modules.slots(machine, ref)
    record = machine.module(ref) or record
    if isinstance(name, str) and names.check_registration(machine, ref, record, kind, name, node):
        return NONE
    results.note_registration(machine, ref, method, name, value, node)
    _check_registered_tensor(machine, record, shown, method, value, node)
    if kind is SlotKind.BUFFER:
        overlap.note_buffer(machine, shown, value, arguments.get(2, "persistent"), node)
    else:
        late.note_registration(machine, ref, shown, value, node)
    repeats.named_in_every_round(machine, ref, node, value)
    if not isinstance(name, str):
        modules.register_unnamed(machine, ref, value)
        return NONE
    sharing.registered(machine, ref, name, value, node)
    if kind is not SlotKind.BUFFER:
        shown = f"{machine.text(node.func.value)}.{name}" if isinstance(node.func, cst.Attribute) else name
        loops.note_registration(machine, ref, name, value, shown, machine.site(machine.context.statement or node))
    record = machine.module(ref) or record
    if kind is SlotKind.BUFFER and isinstance(value, Ref) and machine.tensor(value):
        machine.handed_on.add(value.key)
    if machine.context.where is not Where.INIT:
        machine.loading.rewrites.attributes.add((record.cls, name))
    slot = Slot(kind, value, machine.site(node), _persistence(kind, arguments))
    changed = replace(record.with_slot(name, slot), touched=True)
    ties.replacing(machine, ref, name, changed, node)
    return NONE


def _persistence(kind: SlotKind, arguments: Arguments) -> bool | None:
    flag = arguments.get(2, "persistent") if kind is SlotKind.BUFFER else None
    if flag is None:
        return None if arguments.open else True
    return truth(flag)


def _check_registered_tensor(
    machine: Machine, record: ModuleRecord, name: str, method: str, value: Value, node: cst.Call
) -> None:
    """A buffer that was made to be trained, or a plain tensor registered as a parameter."""
    found = [machine.tensor(member) for member in members(value)]
    if not found or not all(isinstance(tensor, TensorRecord) for tensor in found):
        return
    tensors_found = [tensor for tensor in found if tensor is not None]
    is_parameter = all(tensor.role is Role.PARAMETER for tensor in tensors_found)
    owner = modules.class_name(record)
    site = machine.site(machine.context.statement or node)
    if method == "register_buffer":
        if all(tensor.requires_grad is True and tensor.leaf is True for tensor in tensors_found):
            machine.emit(LeafTensor(site, owner, name, TensorHeldAs.BUFFER, "", is_parameter))
        return
    refused = all(tensor.role is Role.TENSOR and tensor.same_as is None for tensor in tensors_found)
    caught = {"TypeError", "Exception"} & set(machine.context.caught)
    if method == "register_parameter" and refused and not caught:
        machine.emit(LeafTensor(site, owner, name, TensorHeldAs.REGISTER_PARAMETER, "", is_parameter=False))


def _apply(machine: Machine, ref: Ref, arguments: Arguments, node: cst.Call) -> Value:
    """`module.apply(fn)`: fn runs over the submodules that are known, children first."""
    function = arguments.get(0, "fn")
    if function is None:
        return ref
    found, _ = modules.tree(machine, ref)
    if initialisation.is_foreign(function):
        initialisation.note_module(machine, ref)
    applied_at = machine.context.apply_site or machine.site(node)
    with machine.within(apply_site=applied_at):
        for module in reversed(found):
            if module == ref and module == machine.subject and len(found) > 1:
                continue  # its own attributes are written by the methods under analysis themselves
            calls.call(machine, function, Arguments((module,)), node)
    return ref


def _freeze(machine: Machine, ref: Ref, arguments: Arguments) -> Value:
    flag = arguments.get(0, "requires_grad")
    found, _ = modules.owned(machine, ref, "parameters")
    for parameter in found:
        tensors.set_requires_grad(machine, parameter, TRUE if flag is None else flag)
    modules.touch(machine, ref)
    return ref


def _get(machine: Machine, ref: Ref, arguments: Arguments, node: cst.Call) -> Value:
    path = constant(arguments.get(0, "target"))
    if not isinstance(path, str) or not path:
        return UNKNOWN
    value: Value = ref
    for part in path.split("."):
        value = attributes.read(machine, value, part, node)
    return value


def _reset(machine: Machine, ref: Ref, node: cst.Call) -> Value:
    """`reset_parameters()` writes to attributes that a reparametrization may compute."""
    for name, slot in modules.slots(machine, ref).items():
        tensor = machine.tensor(slot.value)
        made_by = tensor.derived_by if tensor else None
        if made_by is not None and name == made_by.name and not tensors.writes_last(machine, made_by):
            owner = machine.text(node.func.value) if isinstance(node.func, cst.Attribute) else name
            reparametrized.lose(machine, machine.site(node), f"{owner}.{name}", "`reset_parameters()`", made_by)
    return NONE


def _container_method(
    machine: Machine, ref: Ref, record: ModuleRecord, kind: str, name: str, arguments: Arguments, node: cst.Call
) -> Value | None:
    """A method of Sequential, ModuleList and their kin; None when it is one that every module has."""
    if name in ("append", "extend", "insert", "update") and kind is not None:
        source = arguments.positional[-1] if arguments.positional else UNKNOWN
        if name in ("extend", "update"):
            elements = containers.iterate(machine, source, values=True)
        else:
            elements = containers.Elements((source,), known=True)
        sharing.consume(machine, source, registers=not kind.startswith("Parameter"))
        if name in ("append", "extend", "insert"):
            written = containers.added(machine, arguments, node)
            for repeat in repeats.in_every_round(machine, ref.key, record.loops, written, node):
                sharing.repeated(machine, repeat)
        wrapped = tuple(construction.as_element(machine, kind, item, node) for item in elements.items)
        rest = tuple(construction.as_element(machine, kind, item, node) for item in elements.rest)
        construction.check_elements(machine, kind, (*wrapped, *rest), node)
        late.note_growth(machine, ref, (*elements.items, *elements.rest), node)
        if name == "insert":
            wrapped, rest = (), wrapped + rest
        modules.extend(machine, ref, containers.Elements(wrapped, rest, known=not rest))
        return ref
    if name in ("values", "items", "keys", "pop", "popitem"):
        values = (*record.items, *record.rest)
        if name == "values":
            return machine.allocate(ContainerRecord("list", machine.site(node), rest=values or (UNKNOWN,)))
        if name == "items":
            pair = ContainerRecord("tuple", machine.site(node), rest=())
            made = tuple(machine.allocate(replace(pair, items=(UNKNOWN, item))) for item in values)
            return machine.allocate(ContainerRecord("list", machine.site(node), rest=made or (UNKNOWN,)))
        return UNKNOWN
    return None
