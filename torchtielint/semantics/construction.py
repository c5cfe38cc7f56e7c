"""Making torch's modules: constructors, and what containers take and reject."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import (
    builtin_calls,
    containers,
    modules,
    names,
    overlap,
    owners,
    repeats,
    sharing,
    templates,
    tensors,
    wrapping,
)
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.registration import ContainerMisuse, Misuse
from torchtielint.semantics.facts.structure import NestedParameters
from torchtielint.semantics.records import (
    ContainerRecord,
    ModuleRecord,
    Role,
    Slot,
    SlotKind,
    TensorRecord,
    View,
)
from torchtielint.semantics.values import (
    INT,
    UNKNOWN,
    Arguments,
    Const,
    Ref,
    Value,
    constant,
    members,
    truth,
)
from torchtielint.torch_facts import ModuleFact

if TYPE_CHECKING:
    from torchtielint.semantics.containers import Elements
    from torchtielint.semantics.machine import Machine


def make_module(machine: Machine, fact: ModuleFact, arguments: Arguments, node: cst.Call) -> Value:
    """The constructor of one of torch's modules."""
    record = ModuleRecord(fact.name, machine.site(node), machine.context.loops, arguments, meta=machine.context.meta)
    ref = machine.allocate(record)
    machine.created.append(ref.key)
    if fact.container is not None:
        machine.update(ref, replace(record, slots={}))
        fill_container(machine, ref, fact.container, arguments, node)
        owners.given(machine, ref, arguments, node)
        return ref
    weight = arguments.keyword("_weight")
    if weight is not None and isinstance(weight, Ref) and machine.tensor(weight):
        _alias_weight(machine, ref, weight, node)
    if fact.name in templates.CLONING:
        templates.note_copies(machine, arguments.get(0, "encoder_layer"), f"nn.{fact.name[9:]}", several=True)
        templates.note_copies(machine, arguments.keyword("decoder_layer"), f"nn.{fact.name[9:]}", several=True)
    for value in arguments.all():
        for member in members(value):
            if (
                machine.module(member)
                and "TransformerEncoder" not in fact.name
                and "TransformerDecoder" not in fact.name
            ):
                modules.register_unnamed(machine, ref, member)
    return ref


def _alias_weight(machine: Machine, ref: Ref, weight: Ref, node: cst.Call) -> None:
    """A module built over an existing tensor: a new Parameter over its memory."""
    held = modules.slots(machine, ref)
    source = machine.tensor(weight)
    record = machine.module(ref)
    if source is None or record is None or "weight" not in held:
        return
    shown = source.view if source.view is not None and source.role is Role.TENSOR else View(weight.key)
    made = TensorRecord(
        Role.PARAMETER,
        machine.site(node),
        machine.context.loops,
        view=shown if source.same_as is None and source.copy_of is None else None,
        copy_of=source.copy_of,
        requires_grad=True,
        dtype="float",
    )
    parameter = machine.allocate(made)
    wrapping.note(machine, weight, parameter)
    machine.update(ref, record.with_slot("weight", Slot(SlotKind.PARAMETER, parameter)))


def embedding_from(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`nn.Embedding.from_pretrained(embeddings, freeze=True)`."""
    record = ModuleRecord("torch.nn.Embedding", machine.site(node), machine.context.loops, Arguments(open=True))
    ref = machine.allocate(record)
    machine.created.append(ref.key)
    weight = arguments.get(0, "embeddings")
    freeze = arguments.get(1, "freeze")
    frozen = truth(freeze) if freeze is not None else True
    if isinstance(weight, Ref) and machine.tensor(weight):
        _alias_weight(machine, ref, weight, node)
    tensors.set_requires_grad(
        machine, modules.slots(machine, ref)["weight"].value, UNKNOWN if frozen is None else Const.of(not frozen)
    )
    return ref


def fill_container(machine: Machine, ref: Ref, kind: str, arguments: Arguments, node: cst.CSTNode) -> None:
    """Give a container module its elements, and report what it rejects."""
    for value in arguments.all():
        sharing.consume(machine, value, registers=not kind.startswith("Parameter"))
    if kind == "Sequential" and isinstance(node, cst.Call) and not any(arg.star for arg in node.args):
        written = [(arg.value, value) for arg, value in zip(node.args, arguments.positional, strict=False)]
        for repeat in repeats.twice(machine, written):
            sharing.repeated(machine, repeat)
    if kind == "Sequential" and not _is_mapping(machine, arguments):
        elements = _sequential(machine, arguments, node)
    else:
        elements = _iterable_argument(machine, kind, arguments, node)
    if elements is None:
        return
    items = tuple(as_element(machine, kind, item, node) for item in elements.items)
    rest = tuple(as_element(machine, kind, item, node) for item in elements.rest)
    check_elements(machine, kind, (*items, *rest), node)
    record = machine.module(ref)
    if record is not None:
        slots = {**(record.slots or {}), **_named(machine, kind, arguments, items)}
        machine.update(ref, replace(record, slots=slots, items=record.items + items, rest=record.rest + rest))


def _named(machine: Machine, kind: str, arguments: Arguments, items: tuple[Value, ...]) -> dict[str, Slot]:
    """The elements by name, where a container is made of a dict whose keys are known."""
    source = machine.container(arguments.positional[0]) if len(arguments.positional) == 1 else None
    if source is None or source.kind != "dict" or source.rest or len(source.keys) != len(items):
        return {}
    slot_kind = SlotKind.PARAMETER if kind.startswith("Parameter") else SlotKind.MODULE
    names = [constant(key) for key in source.keys]
    return {name: Slot(slot_kind, item) for name, item in zip(names, items, strict=True) if isinstance(name, str)}


def check_elements(machine: Machine, kind: str, elements: tuple[Value, ...], node: cst.CSTNode) -> None:
    """A container of modules refuses lists and dicts as elements; one of parameters keeps them unregistered."""
    for element in elements:
        record = machine.container(element)
        if kind.startswith("Parameter"):
            if record is not None and _holds_tensors(machine, record):
                machine.emit(NestedParameters(machine.site(node), f"nn.{kind}", record.kind))
            continue
        if record is not None and record.kind in ("list", "tuple", "dict", "set"):
            _misuse(machine, node, f"nn.{kind}", Misuse.ELEMENT, record.kind)
            return


def _holds_tensors(machine: Machine, record: ContainerRecord) -> bool:
    return any(machine.tensor(member) for element in record.elements() for member in members(element))


def _is_mapping(machine: Machine, arguments: Arguments) -> bool:
    if len(arguments.positional) != 1 or arguments.open:
        return False
    record = machine.container(arguments.positional[0])
    return record is not None and record.kind == "dict"


def _sequential(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Elements | None:
    record = machine.container(arguments.positional[0]) if len(arguments.positional) == 1 else None
    if record is not None and not arguments.open:
        _misuse(machine, node, "nn.Sequential", Misuse.LIST_ARGUMENT, record.kind)
        return None
    if arguments.open:
        return containers.Elements((), arguments.positional or (UNKNOWN,))
    return containers.Elements(arguments.positional, known=True)


_ARGUMENT_NAMES = {
    "ModuleList": "modules",
    "ModuleDict": "modules",
    "ParameterList": "values",
    "ParameterDict": "parameters",
}


def _iterable_argument(machine: Machine, kind: str, arguments: Arguments, node: cst.CSTNode) -> Elements | None:
    shown = f"nn.{kind}"
    if len(arguments.positional) > 1 and not arguments.open:
        _misuse(machine, node, shown, Misuse.SEVERAL_ARGUMENTS, str(len(arguments.positional)))
        return None
    source = arguments.get(0, _ARGUMENT_NAMES.get(kind, "args"))
    if source is None:
        return None
    module = machine.module(source)
    if module is not None and kind == "ModuleList" and not _is_iterable(module):
        _misuse(machine, node, shown, Misuse.MODULE_ARGUMENT, modules.class_name(module))
        return None
    if kind in ("ModuleDict", "ParameterDict"):
        record = machine.container(source)
        if record is not None and record.kind != "dict":
            pairs = builtin_calls.call(machine, "dict", Arguments((source,)), node)
            return containers.iterate(machine, pairs, values=True)
        if record is not None and record.kind == "dict":
            check_keys(machine, kind, record.keys, node)
    return containers.iterate(machine, source, values=True)


def check_keys(machine: Machine, kind: str, keys: tuple[Value, ...], node: cst.CSTNode) -> None:
    """A container by name takes strings as keys."""
    for key in keys:
        if key == INT or (isinstance(key, Const) and not isinstance(key.value, str)):
            shown = "an int" if key == INT else repr(constant(key))
            _misuse(machine, node, f"nn.{kind}", Misuse.NON_STRING_KEY, shown)
            return
        if isinstance(key, Const):
            names.check_key(machine, kind, str(key.value), node)


def _is_iterable(record: ModuleRecord) -> bool:
    if modules.container_kind(record) is not None:
        return True
    return isinstance(record.cls, ClassModel) and (not record.cls.complete or record.cls.find("__iter__") is not None)


def _misuse(machine: Machine, node: cst.CSTNode, container: str, misuse: Misuse, detail: str) -> None:
    if not {"TypeError", "Exception"} & set(machine.context.caught):
        machine.emit(ContainerMisuse(machine.site(node), container, misuse, detail))


def as_element(machine: Machine, kind: str, item: Value, node: cst.CSTNode) -> Value:
    """What a container makes of an element: ParameterList wraps plain tensors into Parameters over their memory."""
    record = machine.tensor(item)
    takes_tensors = kind in ("ParameterList", "ParameterDict")
    if not takes_tensors or record is None or not isinstance(item, Ref) or record.role is not Role.TENSOR:
        return item
    shown = record.view or View(item.key)
    overlap.note_parameter(machine, item, node, trains=True)
    made = machine.allocate(
        TensorRecord(
            Role.PARAMETER,
            machine.site(node),
            machine.context.loops,
            view=shown if record.same_as is None else None,
            requires_grad=True,
            dtype=record.dtype,
            uninitialised=record.uninitialised,
        )
    )
    wrapping.note(machine, item, made)
    return made
