"""Class definitions: bases, namespace, and what a class body itself gets wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import assumed, expressions, functions
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.machine import Frame
from torchtielint.semantics.program import MODULE_FRAME
from torchtielint.semantics.state import State
from torchtielint.semantics.values import UNKNOWN, ClassValue, External, FunctionValue, Value

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine


def define_class(machine: Machine, node: cst.ClassDef, run_body: Callable[[cst.BaseSuite], None]) -> ClassValue:
    """The value of a `class` statement: its body runs in a frame of its own, and leaves the namespace."""
    frame = machine.frame
    frame.captured = True
    bases = tuple(expressions.evaluate(machine, arg.value) for arg in node.bases if not arg.star)
    decorators = tuple(expressions.evaluate(machine, decorator.decorator) for decorator in node.decorators)
    model = ClassModel(
        node.name.value,
        node,
        frame.piece,
        (frame.key, *frame.closures),
        bases + ((UNKNOWN,) if any(arg.star for arg in node.bases) else ()),
        decorators,
        metaclass=_has_metaclass(machine, node),
    )
    model.home = machine.state
    _run_class_body(machine, model, node, run_body)
    if assumed.is_module(machine, model):
        model.assume_module()
    if machine.scope.key == MODULE_FRAME:
        machine.classes.setdefault(id(node), model)  # a function that defines it may run many times: once is enough
    return ClassValue(model)


_PLAIN_METACLASSES = (External("abc.ABCMeta"), External("builtins.type"))


def _has_metaclass(machine: Machine, node: cst.ClassDef) -> bool:
    """Whether a class statement names a metaclass that may do more than to call the constructor."""
    named = (arg.value for arg in node.keywords if arg.keyword is not None and arg.keyword.value == "metaclass")
    return any(expressions.evaluate(machine, value) not in _PLAIN_METACLASSES for value in named)


def _run_class_body(
    machine: Machine, model: ClassModel, node: cst.ClassDef, run_body: Callable[[cst.BaseSuite], None]
) -> None:
    base, caller = machine.state, machine.frame
    frame = Frame(machine.counter.next(), model.frames, caller.piece, base, owner=model)
    machine.state, machine.frame = State(base), frame
    try:
        run_body(node.body)
        changes = machine.state.changes_since(base)
    finally:
        machine.state, machine.frame = base, caller
    _note_statements(model, node.body)
    for key, cell in changes.items():
        if isinstance(key, tuple) and key[0] == frame.key:
            if isinstance(cell, Value):
                model.namespace[key[1]] = cell
        else:
            base.set(key, cell)


def add_method(machine: Machine, model: ClassModel, node: cst.FunctionDef) -> None:
    """A `def` in a class body."""
    value = functions.define_function(machine, node, model)
    value.model.frames = model.frames
    before = machine.state.get((machine.frame.key, node.name.value))
    if value.model.overload and before is not None:
        return
    if isinstance(before, FunctionValue) and before.model.kind == "property" and value.model.kind == "property":
        return  # a setter: the getter says what reading gives
    machine.bind(node.name.value, value)


def _note_statements(model: ClassModel, suite: cst.CSTNode) -> None:
    """Remember which statements bind a name, for what is said about it."""
    for statement in getattr(suite, "body", ()):
        match statement:
            case cst.Assign(targets=targets):
                for target in targets:
                    _note_target(model, target.target, statement)
            case cst.AnnAssign(target=target, value=cst.BaseExpression()):
                _note_target(model, target, statement)
            case cst.SimpleStatementLine():
                _note_statements(model, statement)
            case cst.If() | cst.Try() | cst.With():
                _note_statements(model, statement.body)
                _note_orelse(model, statement)


def _note_orelse(model: ClassModel, statement: cst.CSTNode) -> None:
    orelse = getattr(statement, "orelse", None)
    if isinstance(orelse, cst.If):
        _note_statements(model, orelse.body)
        _note_orelse(model, orelse)
    elif orelse is not None:
        _note_statements(model, orelse.body)


def _note_target(model: ClassModel, target: cst.BaseExpression, statement: cst.CSTNode) -> None:
    match target:
        case cst.Name(value=name):
            model.statements.setdefault(name, []).append(statement)
        case cst.Tuple(elements=elements):
            for element in elements:
                _note_target(model, element.value, statement)
