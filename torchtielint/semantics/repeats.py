"""One object put in several places: in every round of a loop, twice in a display, or by multiplying a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import expressions, sharing
from torchtielint.semantics.records import Repeat
from torchtielint.semantics.values import ABSENT, ClassValue, External, FunctionValue, Opaque, Ref, Value, members
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

MODULE_CLASS = "module-class"
"""The kind of an argument that is a class of modules with parameters, by its annotation or default."""
STATELESS_CLASS = "stateless-class"
"""The kind of an argument whose default is a class of modules without parameters."""

# Layers that mostly own nothing; of a class that is not known no more than the name is there.
STATELESS = re.compile(
    r"act(?![a-z])|activation|drop|relu|gelu|silu|elu|tanh|sigmoid|ident|pool|flatten|upsample|softmax"
)
# Keywords that say of a layer that it has weights of such a size.
SIZE = re.compile(r"dim(?![a-z])|channel|feature|hidden|embed|width|d_model|heads|filters|units")
Written = tuple[cst.BaseExpression, Value]


def in_every_round(
    machine: Machine, target: int, loops: tuple[int, ...], written: Sequence[Written], node: cst.CSTNode
) -> tuple[Repeat, ...]:
    """The repeats that a statement makes which adds named modules to something in every round of a loop.

    `target` is the identity of what they are added to (or of the frame that holds it), and `loops` those in which it
    was made; `written` is what is added, each as written and what it is.
    """
    found = (_in_every_round(machine, target, loops, element, node) for element in written)
    return tuple(repeat for repeat in found if repeat is not None)


def _in_every_round(
    machine: Machine, target: int, loops: tuple[int, ...], written: Written, node: cst.CSTNode
) -> Repeat | None:
    context = machine.context
    expression, value = written
    made = machine.module(value)
    if made is None or not isinstance(value, Ref) or not isinstance(expression, cst.Name):
        return None
    if expression.value in context.loop_names or value.key in context.varying:
        return None  # another object in each round, though one value stands for all
    key = (target, id(node), value)
    again = key in machine.appended
    apart = machine.appended.setdefault(key, sharing.is_registered_apart(machine, value))
    every_round = any(loop not in made.loops and loop not in loops for loop in context.loops[-1:])
    if not (again or every_round) or len(context.guards) > context.loop_guards:
        return None
    intended = apart or sharing.sharing_intended(machine, expression.value)
    return Repeat(machine.site(node), "name", value, expression.value, intended, placed=True)


def named_in_every_round(machine: Machine, ref: Ref, node: cst.Call, value: Value) -> None:
    """`setattr(self, f"layer{i}", layer)` or `self.add_module(...)` in every round of a loop."""
    record = machine.module(ref)
    if record is None or len(node.args) < 2:
        return
    name, expression = node.args[-2].value, node.args[-1].value
    if isinstance(name, (cst.SimpleString, cst.ConcatenatedString)):
        return  # one name, set anew
    for repeat in in_every_round(machine, ref.key, record.loops, ((expression, value),), node):
        sharing.repeated(machine, repeat)


def stored_in_every_round(
    machine: Machine, ref: Ref, loops: tuple[int, ...], target: cst.Subscript, value: Value
) -> tuple[Repeat, ...]:
    """`layers[key] = layer` in every round of a loop, under another key each time."""
    statement = machine.context.statement
    keys = [element.slice.value for element in target.slice if isinstance(element.slice, cst.Index)]
    if not isinstance(statement, cst.Assign) or any(isinstance(key, _LITERALS) for key in keys):
        return ()
    if any(isinstance(key, cst.Name) and key.value not in machine.context.loop_names for key in keys):
        return ()  # one key, set anew
    return in_every_round(machine, ref.key, loops, ((statement.value, value),), statement)


def given_by(machine: Machine, function: Value, result: Value, loop: int, node: cst.CSTNode) -> tuple[Repeat, ...]:
    """`map(lambda _: layer, range(n))`: one object from every call."""
    record = machine.module(result)
    if not isinstance(function, FunctionValue) or record is None or loop in record.loops:
        return ()
    written = function.model.node.body
    if not isinstance(written, cst.Name) or written.value in {spec.name for spec in function.model.parameters}:
        return ()
    intended = sharing.sharing_intended(machine, written.value)
    return (Repeat(machine.site(node), "name", result, written.value, intended),)


_LITERALS = (cst.SimpleString, cst.ConcatenatedString, cst.Integer, cst.UnaryOperation)


def elements(machine: Machine, expression: cst.BaseExpression | None, value: Value) -> tuple[Written, ...]:
    """The elements of a list or tuple display, each as written and what it is; none where that is not known."""
    record = machine.container(value)
    if not isinstance(expression, (cst.List, cst.Tuple)) or record is None or record.rest:
        return ()
    if len(record.items) != len(expression.elements):
        return ()
    return tuple((element.value, item) for element, item in zip(expression.elements, record.items, strict=True))


def twice(machine: Machine, written: Sequence[Written]) -> tuple[Repeat, ...]:
    """The modules that a display or call names more than once."""
    seen: set[Value] = set()
    found: list[Repeat] = []
    for expression, value in written:
        if not isinstance(expression, cst.Name) or machine.module(value) is None:
            continue
        if value in seen:
            name = expression.value
            intended = sharing.sharing_intended(machine, name)
            found.append(Repeat(machine.site(expression), "name", value, name, intended))
        seen.add(value)
    return tuple(found)


def made_by(machine: Machine, node: cst.BaseExpression) -> str:
    """How sure it is that a call of something that is not known makes a module with parameters.

    Gives `MODULE_CLASS` for an argument that is such a class, "unknown" for what is one if it makes modules at all,
    and nothing where the name speaks of a layer that owns none, or where no size is given.
    """
    if not isinstance(node, cst.Call) or STATELESS.search(machine.text(node.func).lower()):
        return ""
    with machine.muting():
        function = expressions.evaluate(machine, node.func)
    if any(isinstance(member, Opaque) and member.kind == STATELESS_CLASS for member in members(function)):
        return ""
    if isinstance(function, Opaque) and function.kind == MODULE_CLASS:
        return MODULE_CLASS
    sized = any(not arg.star and (arg.keyword is None or SIZE.search(arg.keyword.value)) for arg in node.args)
    return "unknown" if sized and function is not ABSENT else ""


def kind_of_argument(machine: Machine, annotation: cst.BaseExpression | None, default: Value | None) -> str:
    """The kind of an argument that is a class of modules, or a function that makes them."""
    for member in members(default) if default is not None else ():
        if isinstance(member, ClassValue) and member.model.is_module:
            return MODULE_CLASS
        fact = load().module(member.name) if isinstance(member, External) else None
        if fact is not None:
            return MODULE_CLASS if fact.has_parameters else STATELESS_CLASS
    return MODULE_CLASS if annotation is not None and _makes_modules(machine, annotation) else ""


_MAKERS = frozenset({"typing.Type", "builtins.type", "typing.Callable", "collections.abc.Callable"})
_OPTIONAL = frozenset({"typing.Optional", "typing.Union"})


def _makes_modules(machine: Machine, annotation: cst.BaseExpression) -> bool:
    """Whether an annotation is `Type[nn.Module]`, `Callable[..., nn.Module]`, or one of these or None."""
    if isinstance(annotation, cst.BinaryOperation):
        return _makes_modules(machine, annotation.left) or _makes_modules(machine, annotation.right)
    if not isinstance(annotation, cst.Subscript):
        return False
    inner = [element.slice.value for element in annotation.slice if isinstance(element.slice, cst.Index)]
    with machine.muting():
        outer = expressions.evaluate(machine, annotation.value)
        if not isinstance(outer, External) or not inner:
            return False
        if outer.name in _OPTIONAL:
            return any(_makes_modules(machine, part) for part in inner)
        made = expressions.evaluate(machine, inner[-1])
    if outer.name not in _MAKERS:
        return False
    if isinstance(made, ClassValue):
        return made.model.is_module
    return isinstance(made, External) and load().module(made.name) is not None
