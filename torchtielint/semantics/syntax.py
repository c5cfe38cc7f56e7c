"""What can be read off the syntax alone: dotted names, captured and assigned names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import libcst as cst

N = TypeVar("N", bound=cst.CSTNode)


def nodes_of(kind: type[N], tree: cst.CSTNode) -> Iterator[N]:
    """The nodes of a type in a tree, in reading order; libcst's matchers take longer to import than libcst itself."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, kind):
            yield node
        pending.extend(reversed(node.children))


class _Captures(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def visit_MatchAs(self, node: cst.MatchAs) -> None:
        if node.name is not None:
            self.names.append(node.name.value)

    def visit_MatchStar(self, node: cst.MatchStar) -> None:
        if node.name is not None:
            self.names.append(node.name.value)

    def visit_MatchMapping(self, node: cst.MatchMapping) -> None:
        if node.rest is not None:
            self.names.append(node.rest.value)


def captured(pattern: cst.MatchPattern) -> list[str]:
    """The names that a pattern binds when it matches."""
    visitor = _Captures()
    pattern.visit(visitor)
    return visitor.names


def asserts_raises(node: cst.BaseExpression) -> bool:
    """`self.assertRaises(...)` of a unittest case."""
    match node:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
            return name.startswith("assertRaises")
    return False


def dotted_name(node: cst.BaseExpression) -> str:
    """A dotted name as text."""
    match node:
        case cst.Name(value=name):
            return name
        case cst.Attribute(value=owner, attr=cst.Name(value=name)):
            return f"{dotted_name(owner)}.{name}"
    return ""


class _Assigned(cst.CSTVisitor):
    """Collects the plain names, and attributes of plain names, that a body assigns."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def visit_CompFor(self, node: cst.CompFor) -> bool:
        return False

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._target(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._target(node.target)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._target(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._target(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        if not isinstance(node.operator, cst.AddAssign) or not isinstance(node.value, (cst.List, cst.ListComp)):
            self._target(node.target)

    def _target(self, node: cst.BaseExpression) -> None:
        match node:
            case cst.Name(value=name):
                self.names.add(name)
            case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=name)):
                self.names.add(f"{owner}.{name}")
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                for element in elements:
                    self._target(element.value)


def assigned_names(body: cst.CSTNode) -> frozenset[str]:
    """The names that a loop's body assigns."""
    visitor = _Assigned()
    body.visit(visitor)
    return frozenset(visitor.names)
