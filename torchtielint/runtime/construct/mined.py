"""Calls of a class that documentation and its own module show, read with `ast` and never executed as text.

Literals are taken as they are. Names mean what the example assigned to them, else what the module of the class or its
package calls so; of these, only classes of modules and of configurations and a few functions of torch are called.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
import textwrap
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import torch
from torch import nn

from torchtielint.runtime.construct.choices import Call, Choice, Listing, Literal, Reference, spell
from torchtielint.runtime.construct.configs import is_config
from torchtielint.runtime.construct.infer import infer_call
from torchtielint.runtime.construct.signature import wanted
from torchtielint.runtime.construct.sources import module_tree

_MOST = 8
_FACTORIES = 3
_DEEPEST = 6
_FENCED = re.compile(r"^[ \t]*(```|~~~)[^\n]*\n(.*?)^[ \t]*\1", re.MULTILINE | re.DOTALL)
_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.) ?(.*)$", re.MULTILINE)
_SAFE: tuple[object, ...] = (torch.zeros, torch.ones, torch.rand, torch.randn, torch.tensor, torch.device)
_SAFE += (dict, functools.partial)


@dataclass(frozen=True, slots=True)
class Mined:
    """Texts in which calls are looked for: READMEs and other documentation."""

    texts: tuple[str, ...] = ()


def mine(texts: Iterable[str]) -> Mined:
    """Keep texts to look for calls in."""
    return Mined(tuple(texts))


class _NotPlainError(Exception):
    """An argument is no literal, and none of the names that are understood."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What names mean in an example."""

    modules: tuple[types.ModuleType, ...]
    assigned: Mapping[str, ast.expr] = field(default_factory=dict)


def mined_calls(target: Callable[..., object], mined: Mined) -> tuple[Call, ...]:
    """Return calls of a class that are shown somewhere, with what is still missing inferred."""
    modules = _modules(target)
    known = {one.name for one in wanted(target)}
    needed = {one.name for one in wanted(target) if one.required}
    found: dict[str, Call] = {}
    for code in _examples(target, mined):
        scope = _Scope(modules, _assigned(code))
        for node in ast.walk(code):
            if isinstance(node, ast.Call) and _fits(node, target, needed, known) and len(found) < _MOST:
                call = infer_call(target, _arguments(node, target, scope))
                found.setdefault(spell(call), call)
    return tuple(found.values())


def factory_calls(target: Callable[..., object]) -> tuple[Call, ...]:
    """Return calls of the functions beside a class that need no arguments and are annotated to return it."""
    module = sys.modules.get(getattr(target, "__module__", "") or "")
    name = getattr(target, "__name__", "")
    found: list[Call] = []
    for function in vars(module).values() if module is not None and isinstance(target, type) else ():
        if not isinstance(function, types.FunctionType) or function.__module__ != target.__module__:
            continue
        hint = function.__annotations__.get("return")
        if (hint is target or hint == name) and not any(one.required for one in wanted(function)):
            found.append(infer_call(function))
    return tuple(found[:_FACTORIES])


def _modules(target: Callable[..., object]) -> tuple[types.ModuleType, ...]:
    """The module of a class, its package, and torch."""
    name = getattr(target, "__module__", "") or ""
    names = [name, name.rpartition(".")[0], name.split(".")[0]]
    return tuple(sys.modules[one] for one in dict.fromkeys(names) if one in sys.modules)


def _examples(target: Callable[..., object], mined: Mined) -> Iterator[ast.Module]:
    """Code that may show how the class is called: in documentation, in docstrings, and in its own module."""
    module = sys.modules.get(getattr(target, "__module__", "") or "")
    docs = [target.__doc__, getattr(vars(target).get("__init__"), "__doc__", None), getattr(module, "__doc__", None)]
    name = getattr(target, "__name__", "")
    for text in (*mined.texts, *docs):
        if text and f"{name}(" in text:
            for code in _codes(text):
                if f"{name}(" in code:
                    yield from filter(None, [_parsed(code)])
    if module is not None and name:
        yield from filter(None, [module_tree(module)])


@cache
def _codes(text: str) -> tuple[str, ...]:
    """Fenced blocks, what stands behind prompts, and the paragraphs of a text that are indented."""
    fenced = [match[2] for match in _FENCED.finditer(text)]
    prompted = "\n".join(match[1] for match in _PROMPT.finditer(text))
    indented = re.findall(r"(?:^(?:[ ]{4,}|\t).*\n|^[ \t]*\n)+", text + "\n", re.MULTILINE) if not fenced else []
    return (*fenced, prompted, *indented)


@cache
def _parsed(code: str) -> ast.Module | None:
    try:
        return ast.parse(textwrap.dedent(code))
    except (SyntaxError, ValueError):
        return None


def _assigned(code: ast.Module) -> dict[str, ast.expr]:
    """What an example assigns to plain names at its top level, or below `if __name__ == "__main__"`."""
    body = [inner for node in code.body for inner in (node.body if isinstance(node, ast.If) else [node])]
    return {
        target.id: node.value
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _fits(node: ast.Call, target: Callable[..., object], needed: set[str], known: set[str]) -> bool:
    """Whether a call is of the class, or a `dict(...)` that has what it needs by name, as factories write it."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name == getattr(target, "__name__", ""):
        return True
    given = {one.arg for one in node.keywords if one.arg}
    return name == "dict" and bool(needed) and needed <= given <= known


def _arguments(node: ast.Call, target: Callable[..., object], scope: _Scope) -> dict[str, Choice]:
    """The arguments of a call that are understood, by name."""
    names = [one.name for one in wanted(target) if not one.positional]
    pairs = [(name, value) for name, value in zip(names, node.args, strict=False) if not isinstance(value, ast.Starred)]
    found: dict[str, Choice] = {}
    for name, value in (*pairs, *((one.arg, one.value) for one in node.keywords if one.arg)):
        choice = _understood(value, scope)
        if choice is not None:
            found[name] = choice
    return found


def _understood(node: ast.expr, scope: _Scope) -> Choice | None:
    try:
        return _choice(node, scope, 0)
    except _NotPlainError:
        return None


def _choice(node: ast.expr, scope: _Scope, depth: int) -> Choice:
    """What an expression is as a recipe.

    Raises:
        _NotPlainError: where it is more than literals and known names.
    """
    if depth > _DEEPEST:
        raise _NotPlainError
    try:
        return Literal(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        pass
    match node:
        case ast.List(items) | ast.Tuple(items):
            kind: type = list if isinstance(node, ast.List) else tuple
            return Listing(tuple(_choice(one, scope, depth + 1) for one in items), kind)
        case ast.BinOp(left, op, right):
            return _computed(_choice(left, scope, depth + 1), op, _choice(right, scope, depth + 1))
        case ast.Name(name) if name in scope.assigned:
            inner = {key: value for key, value in scope.assigned.items() if key != name}
            return _choice(scope.assigned[name], _Scope(scope.modules, inner), depth + 1)
        case ast.Name() | ast.Attribute():
            return _known(node, scope)
        case ast.Call():
            return _call(node, scope, depth)
    raise _NotPlainError


def _computed(left: Choice, op: ast.operator, right: Choice) -> Choice:
    """Arithmetic on small numbers, and nothing else."""
    match left, right:
        case Literal(int() | float() as one), Literal(int() | float() as other):
            if isinstance(op, ast.Add):
                return Literal(one + other)
            if isinstance(op, ast.Sub):
                return Literal(one - other)
            if isinstance(op, ast.Mult):
                return Literal(one * other)
            if isinstance(op, ast.FloorDiv) and other:
                return Literal(one // other)
    raise _NotPlainError


def _known(node: ast.expr, scope: _Scope) -> Choice:
    """A thing that the modules around the class have a name for."""
    text = ast.unparse(node)
    first, *rest = text.split(".")
    start = {"torch": torch, "nn": nn}.get(first)
    for module in scope.modules:
        start = vars(module).get(first, start) if start is None else start
    for name in rest:
        start = getattr(start, name, None) if isinstance(start, (types.ModuleType, type)) else None
    if start is None or isinstance(start, types.ModuleType):
        raise _NotPlainError
    if isinstance(start, (bool, int, float, str)):
        return Literal(start)
    return Reference(start, text)


def _call(node: ast.Call, scope: _Scope, depth: int) -> Choice:
    is_dict = isinstance(node.func, ast.Name) and node.func.id == "dict"
    function = Reference(dict, "dict") if is_dict else _known(node.func, scope)
    if not isinstance(function, Reference):
        raise _NotPlainError
    value = function.value
    is_class = isinstance(value, type) and (issubclass(value, nn.Module) or is_config(value))
    if not callable(value) or not (is_class or any(value is one for one in _SAFE)):
        raise _NotPlainError
    args = tuple(_choice(one, scope, depth + 1) for one in node.args)
    kwargs = {one.arg: _choice(one.value, scope, depth + 1) for one in node.keywords if one.arg}
    if len(kwargs) != len(node.keywords):
        raise _NotPlainError
    return Call(value, function.source, args, kwargs)
