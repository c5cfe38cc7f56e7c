"""A recipe as an expression that makes the same model again, and what such an expression means.

Names mean what the module of the target calls so. A name that it does not have is imported, so that
`torch.float32` and `transformers.GPT2Config()` can be said of every target.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress

from torchtielint.runtime.construct.choices import Call, Choice, Listing, Literal, Reference, spell


class UnsayableError(Exception):
    """A part of a recipe is known by no name."""


def said(call: Call, namespace: Mapping[str, object]) -> str:
    """Write a recipe as an expression for `evaluated`; empty where a part of it has no name there.

    Args:
        call: what makes the model.
        namespace: of the module of the target.
    """
    try:
        return spell(_named(call, namespace))
    except UnsayableError:
        return ""


def evaluated(expression: str, namespace: Mapping[str, object]) -> object:
    """Evaluate an expression of the user. It is code, and it is run.

    Raises:
        Exception: whatever it raises.
    """
    return eval(expression, {**namespace, **_imported(expression, namespace)})  # noqa: S307  # the user's own code


def _imported(expression: str, namespace: Mapping[str, object]) -> dict[str, object]:
    """The packages that an expression names and the module does not have."""
    found: dict[str, object] = {}
    for dotted in _dotted(ast.parse(expression.strip(), mode="eval")):
        root = dotted[0]
        if root not in namespace and _import(dotted):
            found[root] = sys.modules[root]
    return found


def _dotted(code: ast.AST) -> Iterator[list[str]]:
    """The longest dotted names in an expression."""
    for node in ast.iter_child_nodes(code):
        names: list[str] = []
        inner: ast.AST = node
        while isinstance(inner, ast.Attribute):
            names.insert(0, inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and names:
            yield [inner.id, *names]
        else:
            yield from _dotted(node)


def _import(dotted: list[str]) -> bool:
    """Import as much of a dotted name as is a module; False where its first part is none."""
    end = 0
    with suppress(ImportError):
        while end < len(dotted) - 1:
            importlib.import_module(".".join(dotted[: end + 1]))
            end += 1
    return end > 0


def _named(choice: Choice, namespace: Mapping[str, object]) -> Choice:
    """The recipe with names that mean the same in `evaluated`.

    Raises:
        UnsayableError: there is no such name.
    """
    match choice:
        case Literal(value):
            if not _is_literal(value):
                raise UnsayableError
            return choice
        case Reference(value, source):
            return Reference(value, _name(value, source, namespace))
        case Listing(items, kind):
            return Listing(tuple(_named(one, namespace) for one in items), kind)
        case Call(function, source, args, kwargs):
            inner = {name: _named(one, namespace) for name, one in kwargs.items()}
            positional = tuple(_named(one, namespace) for one in args)
            return Call(function, _name(function, source, namespace), positional, inner)


def _is_literal(value: object) -> bool:
    """Whether Python reads a value from its own text: infinities and objects it does not."""
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False


def _name(value: object, source: str, namespace: Mapping[str, object]) -> str:
    """What a thing is called, in the source or by where it is defined."""
    places = [source]
    if isinstance(module := getattr(value, "__module__", None), str):
        places.append(f"{module}.{getattr(value, '__qualname__', '')}")
    for place in places:
        with suppress(Exception):  # a module that is imported may raise what it likes
            if evaluated(place, namespace) is value:
                return place
    raise UnsayableError
