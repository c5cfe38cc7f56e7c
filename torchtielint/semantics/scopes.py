"""The names of the classes and functions around a line."""

from __future__ import annotations

import ast
from collections.abc import Iterable

Scope = tuple[int, int, str]


def scopes(text: str) -> list[Scope]:
    """First line, last line and dotted name of each class and function, outer ones first; none where `ast` gives up."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # newer syntax than that of the running Python
        return []
    found: list[Scope] = []
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, prefix = waiting.pop()
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            prefix = f"{prefix}.{node.name}" if prefix else node.name
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            found.append((first, node.end_lineno or node.lineno, prefix))
        waiting += [(child, prefix) for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]
    return sorted(found, key=lambda scope: (scope[0], -scope[1]))


def scope_at(line: int, known: Iterable[Scope]) -> str:
    """The name of the innermost scope that has a line; empty at the top of a module."""
    return next((name for first, last, name in reversed(list(known)) if first <= line <= last), "")
