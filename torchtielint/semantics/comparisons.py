"""Whether a comparison holds, where that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import shapes
from torchtielint.semantics.values import (
    NONE,
    NOT_CONSTANT,
    ClassValue,
    Const,
    External,
    Ref,
    Value,
    constant,
    is_unknown,
    members,
)

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine


def compare(machine: Machine, left: Value, operator: cst.BaseCompOp, right: Value) -> bool | None:
    """Whether a comparison holds, where that is known."""
    match operator:
        case cst.Is() | cst.Equal():
            return _same(machine, left, right, identity=isinstance(operator, cst.Is))
        case cst.IsNot() | cst.NotEqual():
            same = _same(machine, left, right, identity=isinstance(operator, cst.IsNot))
            return None if same is None else not same
        case cst.In() | cst.NotIn():
            found = _contains(machine, right, left)
            return found if found is None or isinstance(operator, cst.In) else not found
    first, second = constant(left), constant(right)
    if isinstance(first, (int, float)) and isinstance(second, (int, float)):
        match operator:
            case cst.LessThan():
                return first < second
            case cst.LessThanEqual():
                return first <= second
            case cst.GreaterThan():
                return first > second
            case cst.GreaterThanEqual():
                return first >= second
    return None


def _same(machine: Machine, left: Value, right: Value, *, identity: bool) -> bool | None:
    if is_unknown(left) or is_unknown(right):
        return None
    answers = {
        _same_member(machine, one, other, identity=identity) for one in members(left) for other in members(right)
    }
    return answers.pop() if len(answers) == 1 else None


def _same_member(machine: Machine, left: Value, right: Value, *, identity: bool) -> bool | None:
    if isinstance(left, Const) and isinstance(right, Const):
        return left.value == right.value
    if NONE in (left, right):
        return False
    comparable = (Const, ClassValue, External, Ref)
    if isinstance(left, comparable) and isinstance(right, comparable):
        if left == right:
            return True
        if isinstance(left, Ref) and isinstance(right, Ref):
            if not identity and (literals := _literals(machine, left)) and (others := _literals(machine, right)):
                return literals == others
            return False if identity and not (machine.tensor(left) or machine.tensor(right)) else None
        return False if identity or isinstance(left, (ClassValue, External)) else None
    return None


def _literals(machine: Machine, value: Ref) -> tuple[str, tuple[object, ...]] | None:
    """A tuple or list of which every element is a literal, such as a shape."""
    items = shapes.listed(machine, value)
    literals = tuple(constant(item) for item in items or ())
    record = machine.container(value)
    return None if record is None or items is None or NOT_CONSTANT in literals else (record.kind, literals)


def _contains(machine: Machine, container: Value, item: Value) -> bool | None:
    record = machine.container(container)
    literal = constant(item)
    if literal is NOT_CONSTANT:
        return None
    text = constant(container)
    if isinstance(text, str) and isinstance(literal, str):
        return literal in text
    if record is None or record.rest or record.escaped:
        return None
    entries = [constant(entry) for entry in (record.keys if record.kind == "dict" else record.items)]
    if literal in entries:
        return True
    return None if any(entry is NOT_CONSTANT for entry in entries) else False
