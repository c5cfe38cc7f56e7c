"""Repairs of what happens to parameters: lost to an operation, assigned over, written to, never registered."""

from __future__ import annotations

import re

import libcst as cst

from torchtielint.findings import Edit, Fix, Position, Range
from torchtielint.repairs.attributes import is_assigned, uses
from torchtielint.repairs.workshop import Bench, Workshop, insert, safe, unsafe
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.overlap import OverlappingState
from torchtielint.semantics.facts.rebinding import InPlaceWrite, ParameterAssigned
from torchtielint.semantics.facts.registration import LostParameter
from torchtielint.semantics.facts.structure import ResultAssigned, TupleByComma
from torchtielint.semantics.facts.use import PlainTensorRead

# What says that a plain tensor is wanted.
_LEAVING = frozenset({"data", "detach", "item", "numpy", "tolist", "requires_grad_"})
# What values cannot be copied for: the parameter would stay of the dtype, device and shape that it has.
_CHANGING = frozenset(
    f"`.{name}()`"
    for name in (
        *("half", "float", "double", "bfloat16", "to", "type", "type_as", "cuda", "cpu"),
        *("t", "transpose", "permute", "view", "reshape", "flatten", "unsqueeze", "squeeze", "expand", "repeat"),
    )
)
_PLAIN = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.Integer, cst.Float)


def move_inside(fact: LostParameter | InPlaceWrite, shop: Workshop) -> Fix | None:
    """Apply an operation to the data of a Parameter that the same expression makes."""
    bench, node = shop.bench(fact.site), fact.site.node
    whole: cst.CSTNode | None
    call: cst.CSTNode | None
    if isinstance(fact, LostParameter):
        whole, call = (node.value if isinstance(node, (cst.Assign, cst.AnnAssign)) else None), fact.origin.node
    else:
        whole = node
        call = node.func.value if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) else None
    if not isinstance(whole, cst.BaseExpression) or not isinstance(call, cst.Call) or not _leads_to(bench, whole, call):
        return None
    return _moved(bench, whole, call)


def _leads_to(bench: Bench, whole: cst.BaseExpression, call: cst.Call) -> bool:
    """Whether an expression does nothing but operations to what a call makes."""
    for one in bench.around(call):
        match one:
            case cst.Call() | cst.Arg(keyword=None, star="") | cst.BinaryOperation() | cst.UnaryOperation():
                pass
            case cst.Attribute(attr=cst.Name(value=name)) if name not in _LEAVING:
                pass
            case _:
                return False
        if one is whole:
            return True
    return False


def _moved(bench: Bench, whole: cst.BaseExpression, call: cst.Call) -> Fix | None:
    match call.args:
        case [cst.Arg(keyword=None | cst.Name(value="data"), star="", value=data), *rest]:
            others = "".join(f", {bench.text(bench.range(one)).rstrip(', ')}" for one in rest)
        case _:
            return None
    maker = bench.code(call.func)
    if len(re.findall(r"\b(Parameter|Buffer)\(", bench.code(whole))) != 1:
        return None
    beside = bench.code(whole).replace(bench.code(call), "")
    opening, closing = ("", "") if isinstance(data, _PLAIN) or data.lpar else ("(", ")")
    outside, inside, content = bench.range(whole), bench.outer(call), bench.outer(data)
    edits: list[Edit | None] = [
        bench.between(content.end, inside.end, closing),
        insert(outside.end, f"{others})"),
    ]
    if inside.start == outside.start:
        edits += [insert(content.start, opening)] if opening else []
    else:
        edits += [insert(outside.start, f"{maker}("), bench.between(inside.start, content.start, opening)]
    make = unsafe if "self." in beside else safe  # of what else there is, only the values of now go in
    return make(f"apply it to the data, inside `{maker}(...)`", *edits)


def copy_into(fact: ParameterAssigned, shop: Workshop) -> Fix | None:
    """Write values into a parameter, where something is assigned over it outside of a forward."""
    bench, node = shop.bench(fact.site), fact.site.node
    if fact.where is Where.FORWARD or fact.new != "Tensor" or fact.empty or fact.operation in _CHANGING:
        return None
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() as target)], value=value):
            pass
        case _:
            return None
    line = _line_of(bench, node)
    if line is None or (isinstance(value, cst.Tuple) and not value.lpar):
        return None
    spelling = bench.spell("torch.no_grad", node)
    if spelling is None:
        return None
    written = [
        bench.between(bench.outer(target).end, bench.outer(value).start, ".copy_("),
        insert(bench.outer(value).end, ")"),
    ]
    if _without_gradient_already(bench, node):
        return safe("write the values into it", *written)
    header = _indented(bench, line, f"with {spelling.text}():")
    return safe(f"write the values into it under `{spelling.text}()`", *spelling.edits, *header, *written)


def _without_gradient_already(bench: Bench, node: cst.CSTNode) -> bool:
    """Whether a block or a decorator around a node turns gradients off."""
    for one in bench.around(node):
        match one:
            case cst.With(items=items) if any("no_grad" in bench.code(item.item) for item in items):
                return True
            case cst.FunctionDef(decorators=decorators):
                return any("no_grad" in bench.code(decorator.decorator) for decorator in decorators)
    return False


def without_gradient(fact: InPlaceWrite, shop: Workshop) -> Fix | None:
    """Put a write in place under `torch.no_grad()`, outside of a forward."""
    bench, node = shop.bench(fact.site), fact.site.node
    line = _line_of(bench, node)
    if fact.fresh or fact.where is Where.FORWARD or line is None:
        return None
    small = line.body[0]
    if not isinstance(small, (cst.AugAssign, cst.Expr, cst.Assign)):
        return None
    if isinstance(small, cst.Assign) and any(
        isinstance(one.target, (cst.Name, cst.Attribute)) for one in small.targets
    ):
        return None  # what it binds is without a gradient as well then
    spelling = bench.spell("torch.no_grad", node)
    if spelling is None:
        return None
    edits = _indented(bench, line, f"with {spelling.text}():")
    return safe(f"write it under `{spelling.text}()`", *spelling.edits, *edits)


def _line_of(bench: Bench, node: cst.CSTNode) -> cst.SimpleStatementLine | None:
    """The line of a statement that stands alone on it."""
    line = bench.closest(node, cst.SimpleStatementLine)
    return line if line is not None and len(line.body) == 1 else None


def _indented(bench: Bench, line: cst.SimpleStatementLine, header: str) -> list[Edit]:
    """Put a line of code into a block of its own; lines of a string stay as they are."""
    place = bench.range(line)
    indent = " " * (place.start.column - 1)
    before = bench.text(Range(Position(place.start.line, 1), place.start))
    step = "\t" if "\t" in before else "    "
    start = Position(place.start.line, 1)
    edits = [insert(start, f"{before or indent}{header}\n{step}")]
    text = bench.text(place)
    if '"""' not in text and "'''" not in text and "\\\n" not in text:
        edits += [insert(Position(number, 1), step) for number in range(place.start.line + 1, place.end.line + 1)]
    return edits


def drop_assignment(fact: ResultAssigned, shop: Workshop) -> Fix | None:
    """Call a registering method alone."""
    bench, node = shop.bench(fact.site), fact.site.node
    match node:
        case cst.Assign(targets=[cst.AssignTarget()], value=cst.Call(func=cst.Attribute(value=owner)) as call) if (
            bench.code(owner) == "self" or bench.code(owner).startswith("super(")
        ):
            pass
        case _:
            return None
    if fact.several or (fact.name and not fact.undone and fact.attribute != f"self.{fact.name}"):
        return None  # code that reads the other name needs another repair
    start = bench.range(node).start
    return safe("call it alone", bench.between(start, bench.outer(call).start))


def drop_comma(fact: TupleByComma, shop: Workshop) -> Fix | None:
    """Take away the comma that makes a tuple."""
    bench, node = shop.bench(fact.site), fact.site.node
    match node:
        case cst.Assign(value=value) | cst.AnnAssign(value=value) if isinstance(value, cst.Tuple) and not value.lpar:
            pass
        case _:
            return None
    element = value.elements[0].value
    return safe("drop the comma", bench.between(bench.outer(element).end, bench.outer(value).end))


def append_clone(fact: OverlappingState, shop: Workshop) -> Fix | None:
    """Give each element of an expanded tensor memory of its own."""
    bench, node = shop.bench(fact.site), fact.site.node
    if not isinstance(node, cst.Call):
        return None
    expanded = [one.value for one in node.args if isinstance(one.value, cst.Call) and _is_expand(one.value)]
    if len(expanded) != 1:
        return None
    return safe("give each element memory of its own", insert(bench.outer(expanded[0]).end, ".clone()"))


def _is_expand(call: cst.Call) -> bool:
    return isinstance(call.func, cst.Attribute) and call.func.attr.value in ("expand", "expand_as", "broadcast_to")


def as_buffer(fact: PlainTensorRead, shop: Workshop) -> Fix | None:
    """Register the tensor that a constructor assigns as a buffer that stays out of the state dict."""
    bench, node = shop.bench(fact.site), fact.site.node
    match node:
        case cst.Assign(
            targets=[
                cst.AssignTarget(
                    target=cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name)) as target
                )
            ],
            value=value,
        ) if not isinstance(value, cst.Tuple):
            pass
        case _:
            return None
    function = bench.closest(node, cst.FunctionDef)
    if function is None or function.name.value != "__init__":
        return None
    if any(is_assigned(bench, use) for use in uses(bench, target, name)):
        return None  # the name is taken already, or taken away
    message = "register it as a buffer, which moves with the module and stays out of the state dict"
    return safe(
        message,
        bench.between(bench.outer(target).start, bench.outer(value).start, f'self.register_buffer("{name}", '),
        insert(bench.outer(value).end, ", persistent=False)"),
    )
