"""How the rest of a class uses an attribute: whether another kind of container would serve as well."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchtielint.repairs.workshop import Bench

_READERS = frozenset(
    {"len", "enumerate", "zip", "reversed", "iter", "list", "tuple", "any", "all", "sum", "map", "print"}
)


class _Finder(cst.CSTVisitor):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.found: list[cst.Attribute] = []

    def visit_Attribute(self, node: cst.Attribute) -> None:
        match node:
            case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=self.name)):
                self.found.append(node)


def uses(bench: Bench, node: cst.CSTNode, name: str) -> list[cst.Attribute]:
    """Where the class around a node says `self.<name>`, the node itself left out."""
    owner = bench.closest(node, cst.ClassDef)
    if owner is None:
        return []
    finder = _Finder(name)
    owner.visit(finder)
    return [one for one in finder.found if one is not node]


def methods_called(bench: Bench, found: list[cst.Attribute]) -> Iterator[tuple[str, cst.Call]]:
    """The methods of the attribute that are called, with the calls."""
    for one in found:
        outer = bench.parent(one)
        call = bench.parent(outer) if isinstance(outer, cst.Attribute) else None
        if isinstance(outer, cst.Attribute) and isinstance(call, cst.Call) and call.func is outer:
            yield outer.attr.value, call


def is_plain_use(bench: Bench, use: cst.Attribute, methods: frozenset[str]) -> bool:
    """Whether a use is one that containers of torch know as well as plain ones."""
    match bench.parent(use):
        case cst.Attribute(attr=cst.Name(value=name)):
            return name in methods
        case cst.Subscript(value=value):
            return value is use
        case cst.For() | cst.CompFor() | cst.If() | cst.UnaryOperation() | cst.BooleanOperation():
            return True
        case cst.ComparisonTarget(operator=cst.In() | cst.NotIn()):
            return True
        case cst.StarredElement():
            return True
        case cst.Arg(star="*"):
            return True
        case cst.Arg() as argument:
            call = bench.parent(argument)
            return isinstance(call, cst.Call) and isinstance(call.func, cst.Name) and call.func.value in _READERS
    return False


def is_assigned(bench: Bench, use: cst.Attribute) -> bool:
    """Whether a use is an assignment to the attribute, or takes it away."""
    parent = bench.parent(use)
    return isinstance(parent, (cst.AssignTarget, cst.AnnAssign, cst.Del, cst.NamedExpr))
