"""Which classes of a Python module are there to be constructed, and which are not."""

from __future__ import annotations

import ast
import enum
import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from torchtielint.runtime.construct.signature import functions, wanted

_CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict)


class Role(enum.Enum):
    """What a class is there for."""

    CONCRETE = "concrete"
    FACTORY = "factory"
    """A function without required arguments that returns a module."""
    ABSTRACT = "abstract class"
    MIXIN = "mixin"
    CONTAINER = "container"

    @property
    def is_built(self) -> bool:
        """Whether it is there to be constructed."""
        return self in (Role.CONCRETE, Role.FACTORY)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class or a factory of a Python module, and the line on which its definition starts."""

    name: str
    target: Callable[..., object]
    line: int
    role: Role


def classes_in(module: types.ModuleType) -> tuple[Candidate, ...]:
    """Return the Module classes and the factories that a Python module defines, in the order of the source."""
    lines = _lines(module)
    found: list[Candidate] = []
    for name, value in vars(module).items():
        if getattr(value, "__module__", None) != module.__name__ or getattr(value, "__name__", "") != name:
            continue
        role = _role(value)
        if role is not None:
            found.append(Candidate(name, value, lines.get(name, 0), role))
    return tuple(sorted(found, key=lambda one: one.line))


def _role(value: object) -> Role | None:
    if isinstance(value, type):
        return role_of(value) if issubclass(value, nn.Module) else None
    if (
        isinstance(value, types.FunctionType)
        and returns_module(value)
        and not any(one.required for one in wanted(value))
    ):
        return Role.FACTORY
    return None


def role_of(target: Callable[..., object]) -> Role:
    """Tell a class that is constructed from one that others inherit from, and from one that is filled."""
    if not isinstance(target, type):
        return Role.FACTORY
    if inspect.isabstract(target):
        return Role.ABSTRACT
    own = next(iter(functions(target)), None)
    if issubclass(target, _CONTAINERS) and own in [vars(one).get("__init__") for one in _CONTAINERS]:
        return Role.CONTAINER
    if "mixin" in target.__name__.lower():
        return Role.MIXIN
    return Role.CONCRETE


def has_no_forward(target: Callable[..., object]) -> bool:
    """Whether a class leaves `forward` to the classes that inherit from it, and there are such."""
    return (
        isinstance(target, type)
        and getattr(target, "forward", None) is nn.Module.forward
        and bool(type.__subclasses__(target))
    )


def returns_module(function: Callable[..., object]) -> bool:
    """Whether a function is annotated to return a module."""
    try:
        hint = typing.get_type_hints(function).get("return")
    except Exception:  # annotations are expressions of the user, and may raise anything
        return False
    return isinstance(hint, type) and issubclass(hint, nn.Module)


def _lines(module: types.ModuleType) -> dict[str, int]:
    """The line of each definition, wherever in the module it is nested in `if` or `try`; the last of a name counts."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return {}
    nodes = [one for one in ast.walk(tree) if isinstance(one, (ast.ClassDef, ast.FunctionDef))]
    return {one.name: one.lineno for one in sorted(nodes, key=lambda one: one.lineno)}
