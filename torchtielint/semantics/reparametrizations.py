"""`weight_norm`, `spectral_norm`, `prune` and the parametrizations: what they need, and what they leave behind."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules, optimizers, removals, reparametrized
from torchtielint.semantics.facts.reparametrization import (
    HookApplied,
    ReparametrizationMisuse,
    ReparametrizationProblem,
)
from torchtielint.semantics.records import Derivation, ModuleRecord, Role, Slot, SlotKind, TensorRecord
from torchtielint.semantics.values import (
    ABSENT,
    NONE,
    NOT_CONSTANT,
    UNKNOWN,
    Arguments,
    ClassValue,
    External,
    FunctionValue,
    Ref,
    Value,
    constant,
    is_unknown,
    members,
    without_none,
)
from torchtielint.torch_facts import Action, Family, ReparametrizationFact, load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

Problem = ReparametrizationProblem
TENSOR_NAMES = frozenset({"weight", "bias", "in_proj_weight", "weight_ih_l0", "weight_hh_l0", "weight_ih", "weight_hh"})


def apply(machine: Machine, fact: ReparametrizationFact, arguments: Arguments, node: cst.Call) -> Value:
    """A call of one of torch's reparametrizations; it gives back the module."""
    names = [argument.name for argument in fact.arguments]
    target = arguments.get(0, names[0] if names else "module")
    if target is None:
        return UNKNOWN
    target = without_none(target)
    if fact.action is Action.REMOVE:
        return removals.remove(machine, fact, target, _name_argument(fact, arguments), arguments, node)
    name = _name_argument(fact, arguments)
    if _misused(machine, fact, target, name, arguments, node):
        return target
    if fact.legacy:
        machine.emit(HookApplied(machine.site(node), machine.text(node.func), fact.family.value))
    literal = constant(name)
    if not isinstance(literal, str):
        machine.escape(target)
        return target
    wrap = partial(_wrap, machine, fact, arguments=arguments, name=literal, node=node)
    found = members(target)
    if len(found) == 1 or reparametrized.in_turn(machine, node):
        for member in found:
            wrap(member)
        return target
    with machine.alternatives() as begin:

        def alternative(member: Value) -> Value:
            begin()
            return wrap(member)

        return machine.branch([partial(alternative, member) for member in found])


def _wrap(
    machine: Machine, fact: ReparametrizationFact, target: Value, *, arguments: Arguments, name: str, node: cst.Call
) -> Value:
    """A reparametrization of a tensor of one module."""
    if not isinstance(target, Ref) or machine.module(target) is None:
        if not fact.keeps_object:
            optimizers.changed(machine, target, machine.text(node.func), node)
        machine.escape(target)
        return target
    _check_name(machine, fact, target, name, node)
    if not reparametrized.clashes(machine, fact, target, name, arguments, node):
        reparametrized.cut_tie(machine, fact, target, name, node)
        reparametrized.inside_attention(machine, fact, target, name, node)
        _derive(machine, fact, target, name, node)
    return target


def _name_argument(fact: ReparametrizationFact, arguments: Arguments) -> Value | None:
    """The tensor's name: as given, or the function's default; None when it was left out and there is no default."""
    for position, argument in enumerate(fact.arguments):
        if argument.name in ("name", "tensor_name"):
            given = arguments.get(position, argument.name)
            if given is None and arguments.open:
                return UNKNOWN
            if given is None and argument.has_default:
                from torchtielint.semantics.values import Const

                return Const.of(argument.default)
            return given
    return UNKNOWN


def _misused(
    machine: Machine,
    fact: ReparametrizationFact,
    target: Value,
    name: Value | None,
    arguments: Arguments,
    node: cst.Call,
) -> bool:
    """Report a call that torch refuses whatever the module is."""
    shown = machine.text(node.args[0].value) if node.args else ""
    problem = _target_problem(machine, target, node)
    proven = True
    if problem is None and is_unknown(target) and _looks_like_parameter(node):
        problem, proven = Problem.ON_PARAMETER, False
    if problem is None and not is_unknown(target):
        problem = _name_problem(machine, name)
    if (
        problem is None
        and fact.family is Family.PARAMETRIZATION
        and len(arguments.positional) + len(arguments.keywords) > 2
    ):
        given = arguments.get(2, "parametrization")
        if isinstance(given, FunctionValue) or (
            isinstance(given, External) and load().function(given.name) is not None
        ):
            problem = Problem.NOT_A_MODULE
            shown = machine.text(node.args[2].value) if len(node.args) > 2 else ""
    if problem is None or {"Exception", "AttributeError"} & set(machine.context.caught):
        return False
    tensor_name = constant(name)
    machine.emit(
        ReparametrizationMisuse(
            machine.site(node),
            machine.text(node.func),
            problem,
            shown,
            tensor_name if isinstance(tensor_name, str) else "weight",
            "",
            (),
            proven,
        )
    )
    return True


def _target_problem(machine: Machine, target: Value, node: cst.Call) -> Problem | None:
    found = {_member_problem(machine, member) for member in members(target)}
    return found.pop() if len(found) == 1 else None


def _member_problem(machine: Machine, target: Value) -> Problem | None:
    match machine.record(target):
        case TensorRecord(role=Role.PARAMETER):
            return Problem.ON_PARAMETER
        case TensorRecord():
            return Problem.ON_TENSOR
    if isinstance(target, ClassValue) and target.model.is_module:
        return Problem.ON_CLASS
    if isinstance(target, External) and load().module(target.name) is not None:
        return Problem.ON_CLASS
    return None


def _looks_like_parameter(node: cst.Call) -> bool:
    """Whether the first argument is written `something.weight`: nobody calls a submodule that."""
    match node.args[0].value if node.args else None:
        case cst.Attribute(attr=cst.Name(value=name)):
            return name in TENSOR_NAMES
    return False


def _name_problem(machine: Machine, name: Value | None) -> Problem | None:
    if name is None:
        return Problem.NAME_MISSING
    literal = constant(name)
    if machine.tensor(name) is not None or (literal is not NOT_CONSTANT and not isinstance(literal, str)):
        return Problem.NAME_NOT_STRING
    return None


def _check_name(machine: Machine, fact: ReparametrizationFact, target: Ref, name: str, node: cst.Call) -> None:
    """The module must have a tensor of that name, with enough dimensions."""
    held = modules.slots(machine, target)
    record = machine.module(target)
    torch_class = modules.torch_class(record) if record else None
    if (
        record is None
        or torch_class is None
        or {"Exception", "AttributeError", "ValueError"} & set(machine.context.caught)
    ):
        return
    problem: Problem | None = None
    slot = held.get(name)
    kinds = (SlotKind.PARAMETER, SlotKind.BUFFER, SlotKind.DERIVED)
    available = tuple(key for key, other in held.items() if other.kind in kinds and without_none(other.value) != NONE)
    if slot is None:
        is_known = (
            isinstance(record.cls, str)
            and not record.open
            and not torch_class.open(modules.known_arguments(machine, record, torch_class))
        )
        problem = Problem.NO_SUCH_PARAMETER if is_known else None
    elif slot.kind in (SlotKind.PARAMETER, SlotKind.BUFFER) and slot.value == NONE:
        problem = Problem.IS_NONE
    elif _is_uninitialised(machine, target, record, fact):
        problem = Problem.UNINITIALIZED
    elif (
        fact.min_dims > 1
        and isinstance(record.cls, str)
        and _dimensions(machine, record, name) in range(1, fact.min_dims)
    ):
        problem = Problem.TOO_FEW_DIMENSIONS
    if problem is not None:
        shown = machine.text(node.args[0].value) if node.args else ""
        machine.emit(
            ReparametrizationMisuse(
                machine.site(node), machine.text(node.func), problem, shown, name, modules.class_name(record), available
            )
        )


def _is_uninitialised(machine: Machine, target: Ref, record: ModuleRecord, fact: ReparametrizationFact) -> bool:
    """A lazy module has no values to normalise before its first forward."""
    torch_class = modules.torch_class(record)
    refuses = fact.family is Family.WEIGHT_NORM or (fact.family is Family.SPECTRAL_NORM and fact.legacy)
    lazy = torch_class is not None and torch_class.lazy and isinstance(record.cls, str)
    return lazy and refuses and target.key not in machine.used and not record.open


def _dimensions(machine: Machine, record: ModuleRecord, name: str) -> int | None:
    fact = modules.torch_class(record)
    if fact is None:
        return None
    for tensor in fact.tensors(modules.known_arguments(machine, record, fact)):
        if tensor.name == name and tensor.shape is not None:
            return len(tensor.shape)
    return None


def _derive(machine: Machine, fact: ReparametrizationFact, target: Ref, name: str, node: cst.Call) -> None:
    """The attribute becomes what the reparametrization computes; the trained tensors get other names."""
    held = modules.slots(machine, target)
    record = machine.module(target)
    if record is None:
        return
    before = held.get(name)
    if before is None or before.value in (NONE, ABSENT):
        machine.update(target, replace(record, open=True, touched=True))
        return
    site, loops = machine.site(node), machine.context.loops
    conditions = reparametrized.conditions(machine)
    derivation = Derivation(target.key, name, machine.text(node.func), fact.family.value, fact.legacy, site, conditions)
    grad = reparametrized.derived_grad(machine, fact, before)
    leaf = None if grad is None else not grad
    made = TensorRecord(Role.TENSOR, site, loops, requires_grad=grad, leaf=leaf, dtype="float", derived_by=derivation)
    derived = machine.allocate(made)
    if derivation.by_hook:
        machine.hooked.add(target.key)
    slots = {**held, name: Slot(SlotKind.DERIVED, derived, before.site)}
    for template in fact.parameters:
        value = (
            without_none(before.value)
            if fact.keeps_object
            else machine.allocate(TensorRecord(Role.PARAMETER, site, loops, requires_grad=True, dtype="float"))
        )
        slots[template.format(name=name)] = Slot(SlotKind.PARAMETER, value, site)
    for template in fact.buffers:
        buffer = machine.allocate(TensorRecord(Role.BUFFER, site, loops))
        slots[template.format(name=name)] = Slot(SlotKind.BUFFER, buffer, site)
    if any(template.startswith("parametrizations.") for template in fact.parameters):
        holder = ModuleRecord("torch.nn.ModuleDict", site, loops, slots={}, open=True)
        slots["parametrizations"] = Slot(SlotKind.UNCERTAIN, machine.allocate(holder), site)
    machine.update(target, replace(record, slots=slots, touched=True))
