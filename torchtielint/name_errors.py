"""Names that a text uses and does not define, so that a fix can be held to bring no new one."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

_GIVEN = frozenset({*dir(builtins), "__file__", "__path__", "__builtins__", "__annotations__", "__class__"})

_INNER = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def name_errors(text: str) -> frozenset[str]:
    """Global names that nothing binds, and local ones that are read above the line that first binds them.

    Raises:
        SyntaxError: it is no valid Python.
    """
    tree = ast.parse(text)
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in ast.walk(tree)):
        unbound: set[str] = set()
    else:
        unbound = _unbound(symtable.symtable(text, "<fix>", "exec"))
    return frozenset(unbound | set(_too_early(tree)))


def _unbound(module: symtable.SymbolTable) -> set[str]:
    bound = {one.get_name() for one in module.get_symbols() if one.is_assigned() or one.is_imported()}
    bound |= {child.get_name() for child in module.get_children()}
    used: set[str] = set()
    tables = [module]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for one in table.get_symbols():
            outside = table is not module and one.is_global()
            if outside and one.is_declared_global() and one.is_assigned():
                bound.add(one.get_name())
            if one.is_referenced() and (outside or table is module):
                used.add(one.get_name())
    return used - bound - _GIVEN


def _too_early(tree: ast.AST) -> Iterator[str]:
    """Local names, as `function.name`, that are read above every line that binds them, not counting loops."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = node.args
            known = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            given = {one.arg for one in known if one is not None}
            reads: dict[str, int] = {}
            binds: dict[str, int] = {}
            for name in _own_names(node):
                place = reads if isinstance(name.ctx, ast.Load) else binds
                place[name.id] = min(place.get(name.id, name.lineno), name.lineno)
            yield from (
                f"{node.name}.{name}" for name in binds if reads.get(name, 1 << 60) < binds[name] and name not in given
            )


def _own_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Name]:
    """The names in a function's body, without those of functions and comprehensions inside."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name):
            yield node
        elif not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)
