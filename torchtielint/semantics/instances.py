"""What `isinstance` and `type` answer about a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.records import (
    ContainerRecord,
    ModuleRecord,
    Role,
    TensorRecord,
)
from torchtielint.semantics.values import (
    NOT_CONSTANT,
    UNKNOWN,
    ClassValue,
    Const,
    External,
    Instance,
    Ref,
    Value,
    constant,
    is_unknown,
    members,
)
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine


def is_instance(machine: Machine, value: Value, wanted: Value) -> bool | None:
    """Whether `isinstance(value, wanted)`, where that is known."""
    record = machine.container(wanted)
    if record is not None:
        answers = [is_instance(machine, value, item) for item in record.elements()]
        if True in answers:
            return True
        return None if None in answers or record.rest else False
    answers_by_member = {_is_instance(machine, member, wanted) for member in members(value)}
    return answers_by_member.pop() if len(answers_by_member) == 1 else None


def _is_instance(machine: Machine, value: Value, wanted: Value) -> bool | None:
    if isinstance(value, Const):
        name = wanted.name if isinstance(wanted, External) else ""
        if name.startswith("builtins."):
            return any(f"builtins.{base.__name__}" == name for base in type(value.value).__mro__)
        return False if is_class(wanted) else None
    found = machine.record(value)
    match found:
        case ModuleRecord(cls=cls):
            return _module_is(cls, wanted)
        case TensorRecord(role=role):
            if isinstance(wanted, External):
                is_parameter = role is Role.PARAMETER
                known = {"torch.Tensor": True, "torch.nn.Parameter": is_parameter}
                return known.get(wanted.name, False if load().module(wanted.name) else None)
        case ContainerRecord(kind=kind):
            if isinstance(wanted, External) and wanted.name.startswith("builtins."):
                return wanted.name == f"builtins.{kind}" if kind in ("list", "tuple", "dict", "set") else None
            return False if is_class(wanted) else None
    return None


def is_class(wanted: Value) -> bool:
    """Whether a value is a class of modules or tensors that is known."""
    if isinstance(wanted, ClassValue):
        return True
    return isinstance(wanted, External) and (
        wanted.name in ("torch.Tensor", "torch.nn.Parameter") or load().module(wanted.name) is not None
    )


def _module_is(cls: ClassModel | str, wanted: Value) -> bool | None:
    if isinstance(cls, ClassModel):
        target = (
            wanted.model if isinstance(wanted, ClassValue) else wanted.name if isinstance(wanted, External) else None
        )
        if target is None:
            return None
        if target in cls.mro():
            return True
        return False if cls.complete and is_class(wanted) else None
    if isinstance(wanted, ClassValue):
        return False
    if not isinstance(wanted, External) or not is_class(wanted):
        return None
    fact = load().module(cls)
    return None if fact is None else wanted.name == cls or wanted.name in fact.bases


def type_of(machine: Machine, value: Value) -> Value:
    """`type(value)`."""
    record = machine.module(value)
    if record is not None and isinstance(value, Ref):
        if "parametrizations" in (record.slots or {}):
            return Instance("class", "parametrized")
        return ClassValue(record.cls) if isinstance(record.cls, ClassModel) else External(record.cls)
    known = machine.instance(value)
    if known is not None:
        return ClassValue(known.cls)
    literal = constant(value)
    return UNKNOWN if literal is NOT_CONSTANT or is_unknown(value) else External(f"builtins.{type(literal).__name__}")
