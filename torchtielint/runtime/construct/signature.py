"""Which arguments a class or a function takes, with annotations that are types where they can be resolved."""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from torch import nn

EMPTY = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Wanted:
    """One argument.

    Args:
        name: its name.
        annotation: the type; a string where it cannot be resolved, and `EMPTY` where there is none.
        default: the default, and `EMPTY` where it must be given.
        positional: it cannot be given by name.
        owner: the function that takes it.
    """

    name: str
    annotation: object
    default: object
    positional: bool
    owner: Callable[..., object]

    @property
    def required(self) -> bool:
        """Whether the call fails without it."""
        return self.default is EMPTY


@cache
def wanted(target: Callable[..., object]) -> tuple[Wanted, ...]:
    """Return the arguments that a class or a function names, in order."""
    for function in functions(target):
        return _of_function(function, bound=isinstance(target, type))
    return ()


@cache
def inherited(target: Callable[..., object], name: str) -> Wanted | None:
    """Return an argument that a constructor or one further up the class hierarchy names."""
    for function in functions(target):
        for one in _of_function(function, bound=isinstance(target, type)):
            if one.name == name:
                return one
    return None


def takes_any(target: Callable[..., object]) -> bool:
    """Whether a class or a function takes keyword arguments that it does not name."""
    function = next(functions(target), None)
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & inspect.CO_VARKEYWORDS)


def functions(target: Callable[..., object]) -> Iterator[Callable[..., object]]:
    """Yield what runs when the target is called: constructors up to that of `nn.Module`, or the function."""
    if not isinstance(target, type):
        yield target
        return
    for base in target.__mro__:
        if base in (nn.Module, object):
            continue
        if "__init__" in vars(base):
            yield vars(base)["__init__"]


def _of_function(function: Callable[..., object], *, bound: bool) -> tuple[Wanted, ...]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # builtins without a signature
        return ()
    if bound:
        parameters = parameters[1:]
    names = [one.name for one in parameters if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    hints = _hints(function, names)
    return tuple(
        Wanted(one.name, hints.get(one.name, one.annotation), one.default, one.kind is one.POSITIONAL_ONLY, function)
        for one in parameters
        if one.name in names
    )


def _hints(function: Callable[..., object], names: list[str]) -> dict[str, object]:
    """Resolve each annotation by itself, so that one that cannot be resolved does not cost the others."""
    plain = inspect.unwrap(function)
    annotations = getattr(plain, "__annotations__", None) or {}
    scope = getattr(plain, "__globals__", None) or vars(sys.modules.get(plain.__module__, types.ModuleType("none")))
    resolved: dict[str, object] = {}
    for name in names:
        if name in annotations:
            holder = types.SimpleNamespace(__annotations__={name: annotations[name]})
            try:
                resolved[name] = typing.get_type_hints(holder, globalns=scope)[name]
            except Exception:  # annotations are expressions of the user, and may raise anything
                resolved[name] = annotations[name]
    return resolved
