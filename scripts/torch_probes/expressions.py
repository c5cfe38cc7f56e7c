"""Shapes as expressions over constructor arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

Assignment = dict[str, Any]
Level = list[tuple[str, Callable[[Assignment], int | None]]]


def expression(sizes: tuple[int, int], assignments: list[Assignment]) -> str | None:
    """The simplest expression that gives each size under its assignment; None where there is none.

    Raises:
        AssertionError: Several expressions of the same simplicity do; the probe values must be chosen better.
    """
    for level in _levels(list(assignments[0])):
        fitting = {
            text for text, value in level if all(value(a) == size for a, size in zip(assignments, sizes, strict=True))
        }
        if len(fitting) > 1:
            raise AssertionError(f"{sizes} under {assignments} can be any of {fitting}")
        if fitting:
            return fitting.pop()
    return None


def _levels(arguments: list[str]) -> Iterator[Level]:
    """Expressions in order of simplicity, each with what computes it."""
    pairs = [(one, other) for one in arguments for other in arguments if one != other]
    yield [(name, partial(_scaled, name, 1, 0)) for name in arguments]
    yield [(str(number), partial(_constant, number)) for number in range(5)]
    yield [(f"{factor} * {name}", partial(_scaled, name, factor, 0)) for name in arguments for factor in (2, 3, 4)]
    yield [(f"{name} + {more}", partial(_scaled, name, 1, more)) for name in arguments for more in (1, 2)]
    yield [(f"{one} // {other}", partial(_quotient, one, other)) for one, other in pairs]
    yield [(f"{one} * {other}", partial(_product, one, other)) for one, other in pairs if one < other]


def _constant(number: int, _: Assignment) -> int:
    return number


def _scaled(name: str, factor: int, more: int, values: Assignment) -> int:
    return int(values[name]) * factor + more


def _product(one: str, other: str, values: Assignment) -> int:
    return int(values[one]) * int(values[other])


def _quotient(one: str, other: str, values: Assignment) -> int | None:
    """Only where the division leaves nothing over, so that a quotient by chance is rarer."""
    dividend, divisor = int(values[one]), int(values[other])
    return dividend // divisor if divisor and dividend % divisor == 0 else None
