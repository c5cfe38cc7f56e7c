"""What a class body and a constructor get wrong: class-level state, and `Module.__init__` that never runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import expressions, hashing, modules, resets
from torchtielint.semantics.definitions import DATACLASS, DATACLASS_HASHABLE, ClassModel, FunctionModel
from torchtielint.semantics.facts.registration import ClassLevelState, InitMistake, MissingInit, RegistrationBeforeInit
from torchtielint.semantics.records import Role
from torchtielint.semantics.site import Site
from torchtielint.semantics.values import (
    ClassValue,
    External,
    FunctionValue,
    Ref,
    Value,
    is_unknown,
    members,
)
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine


def check_class_body(machine: Machine, model: ClassModel) -> None:
    """Parameters and stateful modules as class attributes; constructors that never come to run."""
    for name, value in model.namespace.items():
        if is_unknown(value):
            continue
        found = members(value)
        if not all(is_state(machine, member) for member in found):
            continue
        record = machine.module(_first_state(machine, found[0]))
        for statement in model.statements.get(name, ()):
            machine.emit(
                ClassLevelState(
                    Site.of(statement, model.piece),
                    model.name,
                    name,
                    modules.class_name(record) if record else "nn.Parameter",
                    is_parameter=record is None,
                )
            )
    _check_misspelt_init(machine, model)
    _check_dataclass(machine, model)
    hashing.check_hash(machine, model)


def _first_state(machine: Machine, value: Value) -> Value:
    """The value, or the first element with a state of the container that it is."""
    container = machine.container(value)
    held = [member for element in container.elements() for member in members(element)] if container else [value]
    return next((member for member in held if is_state(machine, member)), value)


def is_state(machine: Machine, value: Value) -> bool:
    """Whether a value is a Parameter, or a module that owns tensors or has a mode."""
    tensor = machine.tensor(value)
    if tensor is not None:
        return tensor.role is Role.PARAMETER
    container = machine.container(value)
    if container is not None:
        held = [member for element in container.elements() for member in members(element)]
        return any(machine.container(member) is None and is_state(machine, member) for member in held)
    return modules.is_stateful(machine, value) is True


_MISSPELT = frozenset(
    {"_init_", "__int__", "__init", "_init__", "__init_", "_int_", "__initi__", "__intit__", "init__"}
)


def _check_misspelt_init(machine: Machine, model: ClassModel) -> None:
    for name in _MISSPELT & set(model.namespace):
        value = model.namespace[name]
        if isinstance(value, FunctionValue) and "__init__" not in model.namespace and _calls_super_init(value.model):
            machine.emit(
                MissingInit(Site.of(value.model.node, model.piece), model.name, InitMistake.MISSPELT, name, None)
            )


def _calls_super_init(model: FunctionModel) -> bool:
    code = model.code
    return "super(" in code and ".__init__(" in code


def _check_dataclass(machine: Machine, model: ClassModel) -> None:
    """The constructor that `@dataclass` writes does not call `Module.__init__`."""
    writers = (DATACLASS, DATACLASS_HASHABLE, External("dataclasses.dataclass"))
    is_dataclass = any(decorator in writers for decorator in model.decorators)
    if not is_dataclass or not model.complete:
        return
    if not _makes_the_call(model):
        machine.emit(MissingInit(Site.of(model.node, model.piece), model.name, InitMistake.DATACLASS, "", None))
    elif "__init__" not in model.namespace and not model.has_metaclass and model.find("__new__") is None:
        _check_fields(machine, model)


def _check_fields(machine: Machine, model: ClassModel) -> None:
    """Fields that are modules or Parameters are assigned before `__post_init__` can call `Module.__init__`."""
    lines = (line for line in model.node.body.body if isinstance(line, cst.SimpleStatementLine))
    for statement in (statement for line in lines for statement in line.body):
        match statement:
            case cst.AnnAssign(target=cst.Name(value=name), annotation=annotation, value=value):
                what = _registered_kind(machine, annotation.annotation)
                if what and _is_given(value):
                    machine.emit(RegistrationBeforeInit(Site.of(statement, model.piece), model.name, name, what))


def _registered_kind(machine: Machine, annotation: cst.BaseExpression) -> str:
    """What `Module.__setattr__` makes of the objects of an annotated type; empty where it is nothing, or not known."""
    with machine.muting():
        value = expressions.evaluate(machine, annotation)
    match value:
        case ClassValue(model=model) if model.is_module:
            return "module"
        case External(name="torch.nn.Parameter" | "torch.nn.parameter.Parameter"):
            return "parameter"
        case External(name=name) if load().module(name) is not None and not isinstance(annotation, cst.Subscript):
            return "module"
    return ""


def _is_given(value: cst.BaseExpression | None) -> bool:
    """Whether the constructor that `@dataclass` writes always has an object for a field."""
    if value is None:
        return True
    keywords = {arg.keyword.value for arg in value.args if arg.keyword} if isinstance(value, cst.Call) else set()
    return "default_factory" in keywords and "init" not in keywords


def _makes_the_call(model: ClassModel) -> bool:
    """Whether a dataclass has a place of its own where `Module.__init__` may be called."""
    return "__init__" in model.namespace or any(model.find(name) for name in ("__post_init__", "__new__"))


def check_init(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """Whether `Module.__init__` ran, and ran first."""
    record = machine.module(ref)
    if record is None:
        return
    if record.initialised is True:
        for early in record.early:
            machine.emit(RegistrationBeforeInit(early.site, model.name, early.name, early.what))
        resets.check_resets(machine, ref)
        return
    found = model.find("__init__")
    if record.initialised is not False or found is None or not isinstance(found[0], FunctionValue):
        return
    function, owner = found[0].model, found[1]
    if owner is not model:
        return  # reported where the constructor stands
    first = record.early[0].site if record.early else None
    mistake, detail = _init_mistake(function)
    if mistake is InitMistake.WITHOUT_SELF and not all(isinstance(base, External) for base in model.bases):
        return  # it raises at once where it runs: so is a parent's constructor skipped in what a generator reads
    machine.emit(MissingInit(Site.of(function.node, function.piece), model.name, mistake, detail, first))


def _init_mistake(function: FunctionModel) -> tuple[InitMistake, str]:
    """How the call of `Module.__init__` went wrong, from what is written."""
    code = function.code
    lines = [line.split("#")[0].strip() for line in code.split("\n")]
    for line in lines:
        if line.endswith(".__init__") and "super" in line:
            return InitMistake.NOT_CALLED, line
        if "super" in line and ".__init__(" in line:
            return InitMistake.UNBOUND_SUPER, line
        if line.endswith(".Module.__init__()"):
            return InitMistake.WITHOUT_SELF, line
    return InitMistake.NO_CALL, ""
