"""Arguments as recipes: what can be made afresh for each attempt, and written down as Python source.

A constructor may change what it is given, and a model that is built twice must not share its arguments with itself.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Literal:
    """A plain value: numbers, strings, and lists and dictionaries of them."""

    value: object


@dataclass(frozen=True, slots=True)
class Reference:
    """A thing that has a name in the source: a class, a function, a dtype."""

    value: object
    source: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list or a tuple of choices."""

    items: tuple[Choice, ...]
    kind: type[list[object]] | type[tuple[object, ...]] = list


@dataclass(frozen=True, slots=True)
class Call:
    """What a call returns; each making calls again."""

    function: Callable[..., object]
    source: str
    args: tuple[Choice, ...] = ()
    kwargs: Mapping[str, Choice] = field(default_factory=dict)

    def put(self, name: str, choice: Choice) -> Call:
        """The same call with another keyword argument."""
        return replace(self, kwargs={**self.kwargs, name: choice})

    def drop(self, name: str) -> Call:
        """The same call without a keyword argument."""
        return replace(self, kwargs={key: one for key, one in self.kwargs.items() if key != name})


Choice = Literal | Reference | Listing | Call


def make(choice: Choice) -> object:
    """Make the value, with nothing in common with what the recipe made before."""
    match choice:
        case Literal(value):
            return copy.deepcopy(value)
        case Reference(value):
            return value
        case Listing(items, kind):
            return kind(make(item) for item in items)
        case Call(function, _, args, kwargs):
            return function(*map(make, args), **{name: make(one) for name, one in kwargs.items()})


def spell(choice: Choice) -> str:
    """Write the recipe as Python source."""
    match choice:
        case Literal(value):
            return repr(value)
        case Reference(_, source):
            return source
        case Listing(items, kind):
            inner = ", ".join(map(spell, items))
            if kind is list:
                return f"[{inner}]"
            return f"({inner},)" if len(items) == 1 else f"({inner})"
        case Call(_, source):
            return f"{source}({spell_arguments(choice)})"


def spell_arguments(call: Call) -> str:
    """Write what stands between the parentheses of a call."""
    return ", ".join([*map(spell, call.args), *(f"{name}={spell(one)}" for name, one in call.kwargs.items())])
