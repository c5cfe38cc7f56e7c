"""Classes whose base could not be found, and that are Modules by what they do themselves."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import expressions, naming
from torchtielint.semantics.definitions import ClassModel, FunctionModel
from torchtielint.semantics.syntax import nodes_of
from torchtielint.semantics.values import ClassValue, External, FunctionValue, Value
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

# What drives models, and so may hold layers and have a `forward` without being a Module.
_DRIVERS = frozenset(
    {"trainer", "runner", "worker", "engine", "manager", "pipeline", "agent", "callback", "dataset", "env",
     "environment", "test", "case", "hook", "strategy", "task", "experiment", "algorithm", "processor", "function",
     "estimator", "config", "evaluator", "metric", "system", "server", "client", "handler", "session", "step",
     "explainer", "attack", "optimizer", "solver", "simulator", "wrapper", "backend", "executor", "controller"}
)  # fmt: skip

_BASE_INIT = re.compile(r"\bsuper\([^()]*\)\.__init__\(|\w\.__init__\(\s*self\b")


def is_module(machine: Machine, model: ClassModel) -> bool:
    """Whether a class with a base from code that is not there is a Module all the same.

    It is when it runs the base's constructor, assigns a layer or Parameter to an attribute in its own, and has a
    `forward`, unless it is called like something that drives models.
    """
    if model.is_module or model.resolved or model.find("parameters") is not None:
        return False
    constructor, forward = _method(model, "__init__"), _method(model, "forward")
    if constructor is None or forward is None or len(forward.parameters) < 2 or constructor.owner is not model:
        return False
    lost = tuple(model.lost_bases())
    if not lost or _drives(model.name) or not all(map(_may_be_module, lost)):
        return False
    return _BASE_INIT.search(constructor.code) is not None and _registers(machine, constructor)


def _method(model: ClassModel, name: str) -> FunctionModel | None:
    found = model.find(name)
    value = found[0] if found is not None else None
    return value.model if isinstance(value, FunctionValue) and value.model.kind == "function" else None


def _drives(name: str) -> bool:
    return bool(_DRIVERS & set(naming.words(name)[-1:]))


def _may_be_module(base: Value) -> bool:
    """Whether a base is a name from a library that is not torch, nor Python's own."""
    if not isinstance(base, External):
        return False
    package, last = base.name.partition(".")[0], base.name.rpartition(".")[2]
    return package not in sys.stdlib_module_names and package != "torch" and not _drives(last)


def _registers(machine: Machine, constructor: FunctionModel) -> bool:
    """Whether a constructor assigns a layer or Parameter to an attribute."""
    if not isinstance(constructor.node, cst.FunctionDef):
        return False
    receiver = constructor.parameters[0].name
    with machine.muting():
        return any(
            _is_layer(expressions.evaluate(machine, made))
            for statement in nodes_of(cst.Assign, constructor.node.body)
            if (made := _kept(statement, receiver)) is not None
        )


def _kept(statement: cst.Assign, receiver: str) -> cst.Name | cst.Attribute | None:
    """What is called to make the value of one attribute of the receiver."""
    match statement:
        case cst.Assign(
            targets=[cst.AssignTarget(target=cst.Attribute(value=cst.Name(value=owner)))],
            value=cst.Call(func=cst.Name() | cst.Attribute() as made),
        ) if owner == receiver:
            return made
    return None


def _is_layer(value: Value) -> bool:
    match value:
        case ClassValue(model=model):
            return model.is_module
        case External(name=name):
            return name == "torch.nn.Parameter" or load().module(name) is not None
    return False
