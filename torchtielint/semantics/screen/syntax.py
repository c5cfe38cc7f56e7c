"""Small questions about expressions of the syntax tree."""

from __future__ import annotations

import ast

from torchtielint.semantics.screen.kinds import HELD, Kind, Kinds

CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})


def names_class(node: ast.expr) -> bool:
    """Whether an argument says the name of a class without calling it."""
    called = {id(inner.func) for inner in ast.walk(node) if isinstance(inner, ast.Call)}
    for inner in ast.walk(node):
        name = inner.id if isinstance(inner, ast.Name) else inner.attr if isinstance(inner, ast.Attribute) else ""
        if name[:1].isupper() and not name.isupper() and id(inner) not in called:
            return True
    return False


def annotated_kind(annotation: ast.expr | None) -> Kinds:
    """What an argument is by its annotation."""
    if annotation is None:
        return Kind.GIVEN
    words = {inner.id if isinstance(inner, ast.Name) else inner.attr for inner in ast.walk(annotation)
             if isinstance(inner, (ast.Name, ast.Attribute))}  # fmt: skip
    if words & {"Type", "type", "Callable"}:
        return Kind.GIVEN
    if "Module" in words or words & CONTAINERS:
        return Kind.MODULE | Kind.GIVEN
    return Kind.PARAMETER | Kind.GIVEN if "Parameter" in words else Kind.GIVEN


def container_kind(kind: Kinds) -> Kinds:
    """A container of what may be this."""
    return (Kind.CONTAINER if kind & HELD else Kind.DATA) | kind & (Kind.TENSOR | Kind.SELF)


def element_kind(kind: Kinds) -> Kinds:
    """What a container holds."""
    return (kind & ~(Kind.CONTAINER | Kind.LISTED)) | (Kind.MODULE if kind & Kind.CONTAINER else Kind.DATA)


def is_floating(node: ast.expr | None) -> bool:
    """Whether a literal is a floating point number."""
    return (
        any(isinstance(inner, ast.Constant) and isinstance(inner.value, float) for inner in ast.walk(node))
        if node
        else False
    )


def literal_text(node: ast.expr) -> str:
    """The literal parts of a string that is put together."""
    parts = (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant))
    return "".join(part for part in parts if isinstance(part, str))


def dotted_name(node: ast.expr) -> str:
    """A dotted name; empty for any other expression."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            inner = dotted_name(owner)
            return f"{inner}.{name}" if inner else ""
    return ""


def last_name(node: ast.expr) -> str:
    """The last part of what a call names."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def root_name(node: ast.expr) -> str | None:
    """The name at which a chain of attributes and indices begins."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def is_own(node: ast.expr, receiver: str) -> bool:
    """Whether an expression is an attribute of the object, or below one."""
    return bool(receiver) and not isinstance(node, ast.Name) and root_name(node) == receiver
