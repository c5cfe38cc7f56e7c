"""Shapes as expressions over constructor arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Assignment = dict[str, Any]


def expression(sizes: tuple[int, int], assignments: list[Assignment]) -> str | None:
    """The simplest expression that gives each size under its assignment; None where there is none.

    Raises:
        AssertionError: Several expressions of the same simplicity do; the probe values must be chosen better.
    """
    for level in _levels(list(assignments[0])):
        fitting = {text for text, value in level if all(value(a) == size for a, size in zip(assignments, sizes, strict=True))}
        if len(fitting) > 1:
            raise AssertionError(f"{sizes} under {assignments} can be any of {fitting}")
        if fitting:
            return fitting.pop()
    return None


def _levels(arguments: list[str]) -> Iterator[Any]:
    """Expressions in order of simplicity, each with what computes it."""
    yield [(name, lambda a, n=name: a[n]) for name in arguments]
    yield [(str(number), lambda _, k=number: k) for number in range(5)]
    yield [(f"{k} * {name}", lambda a, n=name, k=k: k * a[n]) for name in arguments for k in (2, 3, 4)]
    yield [(f"{name} + {k}", lambda a, n=name, k=k: k + a[n]) for name in arguments for k in (1, 2)]
    yield [
        (f"{one} // {other}", lambda a, x=one, y=other: a[x] // a[y] if a[y] and a[x] % a[y] == 0 else None)
        for one in arguments
        for other in arguments
        if one != other
    ]
    yield [
        (f"{one} * {other}", lambda a, x=one, y=other: a[x] * a[y])
        for place, one in enumerate(arguments)
        for other in arguments[place + 1 :]
    ]
