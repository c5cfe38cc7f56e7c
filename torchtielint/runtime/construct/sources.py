"""The source of what is constructed, parsed once a file."""

from __future__ import annotations

import ast
import linecache
import sys
import types
from collections.abc import Callable
from functools import cache


@cache
def tree(filename: str) -> ast.Module | None:
    """Return a file as a tree, and None where it is not there or does not parse."""
    try:
        return ast.parse("".join(linecache.getlines(filename)))
    except (SyntaxError, ValueError, RecursionError):
        return None


def module_tree(module: types.ModuleType) -> ast.Module | None:
    """Return the source of a Python module as a tree."""
    filename = getattr(module, "__file__", None)
    return tree(filename) if filename else None


@cache
def definition(target: Callable[..., object]) -> ast.AST | None:
    """Return the definition of a class or a function at the top of its module."""
    module = sys.modules.get(getattr(target, "__module__", "") or "")
    parsed = module_tree(module) if module is not None else None
    name = getattr(target, "__qualname__", "")
    kinds = (ast.ClassDef, ast.FunctionDef)
    found = (
        [one for one in ast.walk(parsed) if isinstance(one, kinds) and one.name == name] if parsed is not None else []
    )
    return found[-1] if found else None
