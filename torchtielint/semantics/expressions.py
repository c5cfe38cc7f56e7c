"""What an expression evaluates to, by the type of its node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import libcst as cst

from torchtielint.semantics import (
    attributes,
    calls,
    checkpoints,
    comparisons,
    containers,
    creation,
    cuts,
    flow,
    functions,
    instances,
    repeats,
    results,
    shapes,
    sharing,
    tensors,
    thawing,
    tied_tables,
)
from torchtielint.semantics.records import ContainerRecord, ModuleRecord, Repeat, TensorRecord, Whole
from torchtielint.semantics.values import (
    COMPUTED,
    FALSE,
    NONE,
    TRUE,
    UNKNOWN,
    Computed,
    Const,
    External,
    ModuleItems,
    Union,
    Value,
    constant,
    join,
    members,
    truth,
    without_none,
)

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine


def evaluate(machine: Machine, node: cst.BaseExpression) -> Value:
    """What an expression evaluates to, with its effects."""
    machine.step()
    handler = _HANDLERS.get(type(node))
    return handler(machine, node) if handler else UNKNOWN


def _name(machine: Machine, node: cst.Name) -> Value:
    match node.value:
        case "None":
            return NONE
        case "True":
            return TRUE
        case "False":
            return FALSE
        case name:
            return machine.lookup(name)


def _integer(_machine: Machine, node: cst.Integer) -> Value:
    try:
        return Const(int(node.value, 0), "int")
    except ValueError:  # more digits than Python converts
        return UNKNOWN


def _float(_machine: Machine, node: cst.Float) -> Value:
    return Const(float(node.value), "float")


def _string(_machine: Machine, node: cst.SimpleString | cst.ConcatenatedString) -> Value:
    if isinstance(node, cst.SimpleString) and not node.prefix and "\\" not in node.value:
        width = len(node.quote)
        return Const(node.value[width:-width], "str")
    try:
        value = node.evaluated_value
    except (ValueError, SyntaxError, UnicodeError):
        return UNKNOWN
    return UNKNOWN if value is None else Const.of(value)


def _formatted(machine: Machine, node: cst.FormattedString) -> Value:
    parts: list[str] = []
    known = True
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            parts.append(part.value)
        elif isinstance(part, cst.FormattedStringExpression):
            literal = constant(evaluate(machine, part.expression))
            known = known and isinstance(literal, (str, int)) and part.format_spec is None and part.conversion is None
            parts.append(str(literal))
    return Const.of("".join(parts)) if known else UNKNOWN


def _attribute(machine: Machine, node: cst.Attribute) -> Value:
    return attributes.read(machine, evaluate(machine, node.value), node.attr.value, node)


MAX_LITERAL = 512  # elements of a literal that are looked at: longer ones are tables of data


def _sequence(machine: Machine, node: cst.Tuple | cst.List | cst.Set) -> Value:
    kind = {cst.Tuple: "tuple", cst.List: "list", cst.Set: "set"}[type(node)]
    items: list[Value] = []
    rest: list[Value] = []
    found: list[Repeat] = []
    written: list[repeats.Written] = []
    wholes: list[Whole] = []
    if len(node.elements) > MAX_LITERAL:
        rest.append(UNKNOWN)
    for element in node.elements[:MAX_LITERAL]:
        value = evaluate(machine, element.value)
        written.append((element.value, value))
        if isinstance(element, cst.StarredElement):
            inner = containers.iterate(machine, value)
            found.extend(inner.repeats)
            wholes.extend(inner.wholes)
            if not rest:
                items.extend(inner.items)
            else:
                rest.extend(inner.items)
            rest.extend(inner.rest)
        elif rest:
            rest.append(value)
        else:
            items.append(value)
    record = ContainerRecord(
        kind,
        machine.site(node),
        machine.context.loops,
        tuple(items),
        tuple(dict.fromkeys(rest)),
        repeats=(*found, *repeats.twice(machine, written)),
        wholes=tuple(wholes) if kind != "set" else (),
    )
    ref = machine.allocate(record)
    results.note_tuple(machine, node, ref)
    return ref


def _dict(machine: Machine, node: cst.Dict) -> Value:
    keys: list[Value] = []
    values: list[Value] = []
    rest: list[Value] = []
    if len(node.elements) > MAX_LITERAL:
        rest.append(UNKNOWN)
    for element in node.elements[:MAX_LITERAL]:
        if isinstance(element, cst.DictElement):
            keys.append(evaluate(machine, element.key))
            values.append(evaluate(machine, element.value))
        elif isinstance(element, cst.StarredDictElement):
            inner = containers.iterate(machine, evaluate(machine, element.value), values=True)
            rest.extend((*inner.items, *inner.rest))
    record = ContainerRecord("dict", machine.site(node), machine.context.loops, tuple(values), tuple(rest), tuple(keys))
    return machine.allocate(record)


def _comprehension(machine: Machine, node: cst.ListComp | cst.SetComp | cst.GeneratorExp) -> Value:
    kind = {cst.ListComp: "list", cst.SetComp: "set", cst.GeneratorExp: "generator"}[type(node)]
    collected: list[Value] = []

    def once() -> None:
        collected.append(evaluate(machine, node.elt))

    rounds, loop = flow.comprehend(machine, node.for_in, once, lazy=kind == "generator")
    again = _repeats(machine, node, collected, loop) if rounds != 1 and kind != "set" else ()
    known = rounds is not None and len(collected) == rounds
    items = tuple(collected) if known else ()
    rest = () if known else tuple(dict.fromkeys(collected))
    wholes = _taken_whole(machine, node) if kind != "set" else ()
    return machine.allocate(
        ContainerRecord(kind, machine.site(node), machine.context.loops, items, rest, repeats=again, wholes=wholes)
    )


def _taken_whole(machine: Machine, node: cst.ListComp | cst.SetComp | cst.GeneratorExp) -> tuple[Whole, ...]:
    """What a comprehension takes over as it is: `[p for p in ...]`, `[p for _, p in model.named_parameters()]`."""
    clause = node.for_in
    match clause.target, node.elt:
        case cst.Name(value=name), cst.Name(value=taken):
            kind = "parameters"
        case cst.Tuple(elements=[_, cst.Element(value=cst.Name(value=name))]), cst.Name(value=taken):
            kind = "named_parameters"
        case _:
            return ()
    trained = [thawing.asks_for_gradient(part.test, name) for part in clause.ifs]
    if name != taken or not all(trained) or clause.inner_for_in is not None:
        return ()
    with machine.muting():
        source = evaluate(machine, clause.iter)
    if isinstance(source, ModuleItems):
        found = containers.wholes(machine, replace(source, kind="parameters")) if source.kind == kind else ()
    else:
        found = containers.wholes(machine, source) if kind == "parameters" else ()
    return thawing.only_trained(machine, found) if trained else found


def _repeats(machine: Machine, node: cst.BaseComp, collected: list[Value], loop: int) -> tuple[Repeat, ...]:
    """The elements of a comprehension that are one object in every round."""
    element = node.value if isinstance(node, cst.DictComp) else getattr(node, "elt", None)
    if not isinstance(element, (cst.Name, cst.Attribute)) or _yielded(machine, node, element):
        return ()
    name = machine.text(element)
    found = []
    for value in dict.fromkeys(collected):
        record = machine.record(value)
        if isinstance(record, (ModuleRecord, TensorRecord)) and loop not in record.loops:
            spelling = "attribute" if isinstance(element, cst.Attribute) else "name"
            found.append(Repeat(machine.site(node), spelling, value, name, sharing.sharing_intended(machine, name)))
    return tuple(found)


def _yielded(machine: Machine, node: cst.BaseComp, element: cst.BaseExpression) -> bool:
    """Whether the element is the comprehension's own variable, which is another object in each round."""
    code = machine.frame.piece.code
    root = code(element).split(".")[0]
    clause: cst.CompFor | None = node.for_in
    while clause is not None:
        if root in {target.strip(" ()") for target in code(clause.target).split(",")}:
            return True
        clause = clause.inner_for_in
    return False


def _dict_comprehension(machine: Machine, node: cst.DictComp) -> Value:
    keys: list[Value] = []
    values: list[Value] = []

    def once() -> None:
        keys.append(evaluate(machine, node.key))
        values.append(evaluate(machine, node.value))

    rounds, loop = flow.comprehend(machine, node.for_in, once)
    known = rounds is not None and len(values) == rounds
    again = _repeats(machine, node, values, loop) if rounds != 1 else ()
    weights = checkpoints.of_weights(machine, tuple(values), node, every=_takes_every_item(node.for_in))
    if weights is not None:
        return weights
    record = ContainerRecord("dict", machine.site(node), machine.context.loops, repeats=again)
    if known:
        record = replace(record, items=tuple(values), keys=tuple(keys))
    else:
        record = replace(record, rest=tuple(dict.fromkeys(values)), keys=tuple(dict.fromkeys(keys)))
    return machine.allocate(record)


def _takes_every_item(clause: cst.CompFor) -> bool:
    """Whether a comprehension runs over all items of a dict: `for key, value in it.items()`."""
    over = clause.iter.func if isinstance(clause.iter, cst.Call) else None
    items = isinstance(over, cst.Attribute) and over.attr.value == "items"
    return items and not clause.ifs and clause.inner_for_in is None


def _binary(machine: Machine, node: cst.BinaryOperation) -> Value:
    left = evaluate(machine, node.left)
    right = evaluate(machine, node.right)
    return operate(machine, node, type(node.operator), left, right)


_ARITHMETIC: dict[type[cst.CSTNode], Callable[[Any, Any], object]] = {
    cst.Add: lambda left, right: left + right,
    cst.Subtract: lambda left, right: left - right,
    cst.Multiply: lambda left, right: left * right,
    cst.FloorDivide: lambda left, right: left // right,
    cst.Divide: lambda left, right: left / right,
    cst.Modulo: lambda left, right: left % right,
}
_LARGE = 1 << 64


def operate(machine: Machine, node: cst.CSTNode, operator: type[cst.CSTNode], left: Value, right: Value) -> Value:
    """What `left operator right` evaluates to; `node` is the whole operation."""
    left, right = without_none(left), without_none(right)
    tied_tables.note_operator(machine, operator, left, right)
    if any(machine.tensor(member) for value in (left, right) for member in members(value)):
        dtype = creation.operation_dtype(machine, operator, (left, right))
        made = tensors.combine(machine, node, operation_name(operator), (left, right), dtype=dtype)
        return shapes.scaled(machine, made, left, right)
    if operator is cst.Add and isinstance(left, Union) and any(machine.container(one) for one in left.members):
        return join(operate(machine, node, operator, member, right) for member in left.members)
    if machine.container(left) or machine.container(right) or machine.module(left):
        return containers.operate(machine, node, operator, left, right)
    literals = constant(left), constant(right)
    compute = _ARITHMETIC.get(operator)
    if compute and all(isinstance(literal, (int, float)) and abs(literal) < _LARGE for literal in literals):
        try:
            return Const.of(compute(*literals))
        except (ArithmeticError, ValueError):
            return UNKNOWN
    if operator is cst.Add and all(isinstance(literal, str) for literal in literals):
        return Const.of(f"{literals[0]}{literals[1]}")
    if operator is cst.BitOr and all(instances.is_class(value) or machine.container(value) for value in (left, right)):
        return machine.allocate(ContainerRecord("tuple", machine.site(node), items=(left, right)))
    size = shapes.arithmetic(operator, left, right)
    if size is not None:
        return Computed(size)
    found = COMPUTED if operator in _NUMERIC and constant(left) != "" else UNKNOWN
    return cuts.mark(machine, found, (left, right))


_OPERATORS = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "FloorDivide": "//", "Modulo": "%", "Power": "**",
    "MatrixMultiply": "@", "BitAnd": "&", "BitOr": "|", "BitXor": "^", "LeftShift": "<<", "RightShift": ">>",
}  # fmt: skip


def operation_name(operator: type[cst.CSTNode]) -> str:
    """An operator as people write it."""
    name = operator.__name__.removesuffix("Assign")
    return f"`{_OPERATORS.get(name, name)}`"


# Operators that only numbers and arrays have, whatever the operands are.
_NUMERIC = frozenset({cst.Subtract, cst.Multiply, cst.Divide, cst.Power, cst.MatrixMultiply, cst.FloorDivide})


def _unary(machine: Machine, node: cst.UnaryOperation) -> Value:
    value = evaluate(machine, node.expression)
    if isinstance(node.operator, cst.Not):
        answer = truth(value)
        return UNKNOWN if answer is None else Const.of(not answer)
    if machine.tensor(value):
        return tensors.combine(machine, node, "`-`", (value,))
    literal = constant(value)
    if isinstance(node.operator, cst.Minus):
        return Const.of(-literal) if isinstance(literal, (int, float)) else cuts.mark(machine, COMPUTED, (value,))
    return UNKNOWN


def _comparison(machine: Machine, node: cst.Comparison) -> Value:
    left = evaluate(machine, node.left)
    if len(node.comparisons) > 1:
        for target in node.comparisons:
            evaluate(machine, target.comparator)
        return UNKNOWN
    target = node.comparisons[0]
    right = evaluate(machine, target.comparator)
    if isinstance(target.operator, (cst.Equal, cst.NotEqual)):
        shapes.note_comparison(machine, left, right)
    answer = comparisons.compare(machine, left, target.operator, right)
    if answer is not None:
        return Const.of(answer)
    if isinstance(target.operator, (cst.Is, cst.IsNot, cst.In, cst.NotIn)):
        return UNKNOWN
    if any(machine.tensor(member) for value in (left, right) for member in members(value)):
        return tensors.combine(machine, node, "a comparison", (left, right), detached=True, dtype="integral")
    return UNKNOWN


def _boolean(machine: Machine, node: cst.BooleanOperation) -> Value:
    left = evaluate(machine, node.left)
    is_and = isinstance(node.operator, cst.And)
    known = truth(left)
    if known is not None:
        return evaluate(machine, node.right) if known is is_and else left

    def right() -> Value:
        with flow.assuming(machine, node.left, is_and):
            return evaluate(machine, node.right)

    kept = left if is_and else without_none(left)
    return machine.branch((lambda: kept, right))


def _conditional(machine: Machine, node: cst.IfExp) -> Value:
    def way(branch: cst.BaseExpression, holds: bool) -> Callable[[], Value]:
        def run() -> Value:
            with flow.assuming(machine, node.test, holds):
                return evaluate(machine, branch)

        return run

    known = truth(evaluate(machine, node.test))
    if known is not None:
        return way(node.body if known else node.orelse, known)()
    return machine.branch((way(node.body, True), way(node.orelse, False)))


def _subscript(machine: Machine, node: cst.Subscript) -> Value:
    value = evaluate(machine, node.value)
    indices: list[Value] = []
    for element in node.slice:
        if isinstance(element.slice, cst.Index):
            indices.append(evaluate(machine, element.slice.value))
        elif isinstance(element.slice, cst.Slice):
            for bound in (element.slice.lower, element.slice.upper, element.slice.step):
                if bound is not None:
                    evaluate(machine, bound)
            indices.append(SLICE)
    return join(containers.subscript(machine, member, tuple(indices), node) for member in members(without_none(value)))


SLICE = External("builtins.slice")


def _walrus(machine: Machine, node: cst.NamedExpr) -> Value:
    value = evaluate(machine, node.value)
    if isinstance(node.target, cst.Name):
        machine.bind(node.target.value, value)
    return value


def _lambda(machine: Machine, node: cst.Lambda) -> Value:
    return functions.define_lambda(machine, node)


def _call(machine: Machine, node: cst.Call) -> Value:
    return calls.evaluate_call(machine, node)


def _await(machine: Machine, node: cst.Await) -> Value:
    evaluate(machine, node.expression)
    return UNKNOWN


def _yield(machine: Machine, node: cst.Yield) -> Value:
    machine.frame.generator = True
    if isinstance(node.value, cst.From):
        evaluate(machine, node.value.item)
    elif node.value is not None:
        machine.escape(evaluate(machine, node.value))
    return UNKNOWN


_HANDLERS: dict[type[cst.CSTNode], Callable[[Machine, Any], Value]] = {
    cst.Name: _name,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _string,
    cst.FormattedString: _formatted,
    cst.Attribute: _attribute,
    cst.Tuple: _sequence,
    cst.List: _sequence,
    cst.Set: _sequence,
    cst.Dict: _dict,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.GeneratorExp: _comprehension,
    cst.DictComp: _dict_comprehension,
    cst.BinaryOperation: _binary,
    cst.UnaryOperation: _unary,
    cst.Comparison: _comparison,
    cst.BooleanOperation: _boolean,
    cst.IfExp: _conditional,
    cst.Subscript: _subscript,
    cst.NamedExpr: _walrus,
    cst.Lambda: _lambda,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.Call: _call,
}
