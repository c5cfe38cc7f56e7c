"""Values of parameters: who makes them without any, and who gives them some, anywhere in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import expressions, gradients, modules, templates
from torchtielint.semantics.definitions import ClassModel, FunctionModel
from torchtielint.semantics.facts.initialisation import UninitialisedParameter
from torchtielint.semantics.records import Role, TensorRecord
from torchtielint.semantics.values import (
    COMPUTED,
    INT,
    BuiltinMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Opaque,
    Ref,
    Value,
    Weight,
    constant,
    is_unknown,
    members,
)
from torchtielint.torch_facts import Relation, load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site
    from torchtielint.semantics.values import Arguments

_EMPTY = frozenset({"torch.empty", "torch.empty_like", "torch.empty_strided", "torch.empty_permuted"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Parameter without values at the end of a constructor: where it and its data were made."""

    model: ClassModel
    name: str
    site: Site
    made: frozenset[Site]


def makes_no_values(machine: Machine, name: str, arguments: Arguments) -> bool:
    """Whether a factory leaves the memory as it finds it (`torch.empty(n)`, `torch.Tensor(n, m)`)."""
    given = arguments.positional
    sizes = [item for value in arguments.all() for item in _flat(machine, value)]
    if name not in _EMPTY:
        if name not in load().tensor_types:
            _note_sizes(machine, name, sizes)
            return False
        if not given or not all(_is_size(machine, value) for value in given if len(given) == 1):
            return False
    _note_sizes(machine, name, sizes)
    on_meta = constant(arguments.keyword("device")) == "meta"
    return not on_meta and not any(constant(size) == 0 for size in sizes)


def _flat(machine: Machine, value: Value) -> tuple[Value, ...]:
    container = machine.container(value)
    return container.elements() if container is not None else (value,)


_TAKES_SIZES = frozenset({"torch.empty", "torch.zeros", "torch.ones", "torch.rand", "torch.randn"})


def _note_sizes(machine: Machine, name: str, sizes: list[Value]) -> None:
    """Remember arguments that are numbers, as they were used as sizes."""
    if name in _TAKES_SIZES or (name in load().tensor_types and len(sizes) > 1):
        machine.uses.sizes.update(size.key for size in sizes if isinstance(size, Opaque))


def _is_size(machine: Machine, value: Value) -> bool:
    """Whether the one argument of `torch.Tensor(...)` is a size, not data."""
    match value:
        case Const(value=int()):
            return True
        case Opaque(key=key, kind=kind):
            return kind == "int" or key in machine.uses.sizes
    return value in (INT, COMPUTED)


def note_write(machine: Machine, *records: TensorRecord) -> None:
    """A tensor gets values, or is handed to code that may give it some."""
    machine.uses.given.update(record.site for record in records)
    if any(record.uninitialised for record in records):
        entry = machine.stack[0] if machine.stack else None
        for record in records:
            machine.uses.writers.setdefault(record.site, set()).add(entry)


def note_handed(machine: Machine, value: Value) -> None:
    """A function is given a tensor: what it does with it may be more than is known."""
    if isinstance(value, Ref) and machine.tensor(value) is not None:
        note_write(machine, *_memory(machine, value))


def note_module(machine: Machine, ref: Ref) -> None:
    """Code that is not known may give values to all that is in a module."""
    found, _ = modules.tree(machine, ref)
    tensors = [value for module in found for value in modules.own_tensors(machine, module)]
    entry = machine.stack[0] if machine.stack else None
    noted = (entry, [(value, machine.tensor(value)) for value in tensors])
    if machine.uses.noted.get(ref) == noted:
        return  # what is in it was noted, and nothing of it has changed
    machine.uses.noted[ref] = noted
    for value in tensors:
        note_write(machine, *_lineage(machine, value))


_INITIALISERS = re.compile(
    r"init|normal(?!i[sz])|unif|xavier|kaiming|zero|ones|const|fill|copy|load|reset|trunc|ortho|eye|dirac|sparse|rand|weight"
)


def note_escape(machine: Machine, ref: Ref) -> None:
    """A tensor is handed to code that is not known; or a module, and the statement or the constructor says why."""
    if machine.tensor(ref) is not None:
        gradients.note_plain(machine, (ref,))
        note_write(machine, *_memory(machine, ref))
        return
    templates.note_use(machine, (ref,))
    statement, function = machine.context.statement, machine.frame.function
    constructs = function is not None and function.name == "__init__"
    if constructs or (statement is not None and _INITIALISERS.search(_code(machine, statement))):
        note_module(machine, ref)


def _code(machine: Machine, node: cst.CSTNode) -> str:
    try:
        return machine.code(node).lower()
    except KeyError:
        return ""


def note_call(machine: Machine, function: Value, arguments: Arguments, node: cst.Call) -> None:
    """A function gives values to an attribute of an object that is not known: `nn.init.normal_(m.scale)`."""
    if is_foreign(function) or isinstance(function, Opaque):
        gradients.note_call(machine, arguments, node)
    match function, node.func:
        case External(name=name), _ if name.startswith("torch.nn.init."):
            targets = _first_argument(machine, arguments, node)
        case _, cst.Attribute(value=owner, attr=cst.Name(value=name)) if is_foreign(function):
            machine.uses.called_on_unknown.add(name)
            fact = load().method(name)
            in_place = fact is not None and fact.relation is Relation.INPLACE
            initialises = _INITIALISERS.search(name)
            targets = [owner] if in_place else _unknown_arguments(machine, arguments, node) if initialises else []
        case _, cst.Name(value=name) if is_foreign(function) and _INITIALISERS.search(name):
            targets = _unknown_arguments(machine, arguments, node)
        case _:
            return
    for target in targets:
        note_target(machine, target)


def is_foreign(function: Value) -> bool:
    """Whether a function is one that is not known: neither the project's, nor torch's or Python's."""
    if isinstance(function, External):
        return not function.name.startswith(("torch.", "builtins."))
    if isinstance(function, BuiltinMethod):
        return is_thing(function.receiver)
    return is_unknown(function) and not (isinstance(function, Opaque) and function.kind.endswith("-class"))


def is_thing(value: Value) -> bool:
    """Whether a value is, or may be, something that is not known, or one of its tensors."""
    return is_unknown(value) or any(isinstance(member, Weight) for member in members(value))


def _first_argument(machine: Machine, arguments: Arguments, node: cst.Call) -> list[cst.BaseExpression]:
    """What an `nn.init` function fills, as written, where it is not known."""
    filled = arguments.get(0, "tensor")
    if filled is None or arguments.open:
        return _unknown_arguments(machine, arguments, node)[:1]
    written = (arg.value for arg in node.args if arg.keyword is None or arg.keyword.value == "tensor")
    return [next(written)] if is_thing(filled) else []


def _unknown_arguments(machine: Machine, arguments: Arguments, node: cst.Call) -> list[cst.BaseExpression]:
    """The arguments, as written, whose values are not known, and that may be tensors or modules."""
    if arguments.open or any(arg.star for arg in node.args):
        return [arg.value for arg in node.args]
    values = arguments.all()
    ordered = [arg.value for keyword in (False, True) for arg in node.args if (arg.keyword is not None) is keyword]
    pairs = zip(ordered, values, strict=False)
    return [written for written, value in pairs if is_thing(value) and not _is_number(machine, value)]


def _is_number(machine: Machine, value: Value | None) -> bool:
    """Whether a thing that is not known is used as a size elsewhere, or said to be one."""
    return isinstance(value, Opaque) and (value.kind == "int" or value.key in machine.uses.sizes)


def note_target(machine: Machine, target: cst.BaseExpression) -> None:
    """An expression gets values: which attribute it is, and of which classes, where a test around says so."""
    while isinstance(target, (cst.Subscript, cst.Attribute, cst.Call)):
        match target:
            case cst.Attribute(value=cst.BaseExpression() as inner, attr=cst.Name(value="data")):
                target = inner
            case cst.Attribute(value=owner, attr=cst.Name(value=name)):
                machine.uses.initialised_names.setdefault(name, set()).update(_tested_classes(machine, owner))
                return
            case cst.Subscript(value=inner):
                target = inner
            case cst.Call(func=inner):
                target = inner
    if isinstance(target, cst.Name):
        machine.uses.initialised_names.setdefault("", set()).add(None)


def _tested_classes(machine: Machine, owner: cst.BaseExpression) -> set[Value | None]:
    """The classes that `isinstance` allows an object around here; None: any."""
    if not isinstance(owner, cst.Name):
        return {None}
    for test, holds in machine.context.guards:
        match test:
            case cst.Call(
                func=cst.Name(value="isinstance"), args=[cst.Arg(value=cst.Name(value=name)), cst.Arg(value=kinds)]
            ) if holds and name == owner.value:
                with machine.muting():
                    wanted = expressions.evaluate(machine, kinds)
                return {None if is_unknown(kind) else kind for kind in _flat(machine, wanted)}
    return {None}


def _lineage(machine: Machine, value: Value) -> tuple[TensorRecord, ...]:
    """A tensor's record, and those of what it shows or was converted from."""
    found: list[TensorRecord] = []
    pending = [value]
    while pending and len(found) < 16:
        current = pending.pop()
        record = machine.tensor(current)
        if record is None:
            continue
        found.append(record)
        keys = {record.view.base, *record.sources} if record.view is not None else record.sources
        pending.extend(Ref(key) for key in keys if Ref(key) != current)
    return tuple(found)


def _memory(machine: Machine, value: Value) -> tuple[TensorRecord, ...]:
    """A tensor's record, and those of what it shows, or may be: what is computed from them has memory of its own."""
    found: list[TensorRecord] = []
    pending = [value]
    while pending and len(found) < 16:
        record = machine.tensor(pending.pop())
        if record is None or record in found:
            continue
        found.append(record)
        bases = [view.base for view in (record.view, record.maybe) if view is not None]
        pending.extend(Ref(key) for key in (*bases, record.same_as) if key is not None)
    return tuple(found)


def note_constructed(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """A constructor has ended: remember which of the Parameters that it registered have no values."""
    record = machine.module(ref)
    if record is None or record.slots is None or not _is_closed(model):
        return
    for name, slot in record.slots.items():
        for member in members(slot.value):
            module = machine.module(member)
            if module is not None and isinstance(member, Ref) and modules.container_kind(module):
                for item in modules.own_tensors(machine, member):
                    _note_candidate(machine, model, name, None, item)
            elif slot.site is not None:
                _note_candidate(machine, model, name, slot.site, member)


def _is_closed(model: ClassModel) -> bool:
    """Whether no base that is not known may give values to what a class registers."""
    return model.complete and not any(base.startswith("transformers.") for base in model.external_bases())


def _note_candidate(machine: Machine, model: ClassModel, name: str, site: Site | None, value: Value) -> None:
    record = machine.tensor(value)
    if record is None or record.role is not Role.PARAMETER or record.requires_grad is not True:
        return
    if record.uninitialised and not record.escaped:
        made = frozenset(each.site for each in _lineage(machine, value))
        machine.uses.uninitialised.append(Candidate(model, name, site or record.site, made))


def settle(machine: Machine) -> None:
    """After everything ran: Parameters that nothing gives values, or only a method that nobody calls."""
    uses = machine.uses
    inferring = any(_infers(model) for model in machine.classes.values())
    seen: set[Site] = set()
    for candidate in uses.uninitialised:
        if candidate.site in seen or inferring or _may_be_initialised(machine, candidate):
            continue
        seen.add(candidate.site)
        writers = set[FunctionModel | None]().union(*(uses.writers.get(site, ()) for site in candidate.made))
        if all(writer is not None and _is_forgotten(machine, writer) for writer in writers):
            method = next((writer.name for writer in writers if writer is not None), "")
            machine.emit(UninitialisedParameter(candidate.site, candidate.model.name, candidate.name, method))


def _infers(model: ClassModel) -> bool:
    """Whether a module's forward records no gradients: its values come from a checkpoint."""
    forward = model.namespace.get("forward")
    return isinstance(forward, FunctionValue) and forward.model.grad is False


def _may_be_initialised(machine: Machine, candidate: Candidate) -> bool:
    """Whether code that does not know the class gives values to attributes of this name."""
    names = machine.uses.initialised_names
    order = candidate.model.mro()
    for kind in (*names.get(candidate.name, ()), *names.get("", ())):
        match kind:
            case ClassValue(model=model) if model not in order:
                continue
            case External(name=name) if name not in order:
                continue
        return True
    return False


_RESETS = re.compile(r"^_{0,2}(?:re)?(?:set|init\w*)_(?:parameters?|weights?|params?)$")


def _is_forgotten(machine: Machine, function: FunctionModel) -> bool:
    """Whether a function is the method that should give values, and nothing calls it."""
    named = function.name == "reset_parameters" or (function.is_private and _RESETS.match(function.name))
    framework = function.name == "_init_weights"  # transformers calls it
    called = function in machine.uses.called or function.name in machine.uses.called_on_unknown
    return function.owner is not None and bool(named) and not framework and not called
