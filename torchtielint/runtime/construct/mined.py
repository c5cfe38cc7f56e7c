"""Calls of a class that documentation shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torchtielint.runtime.construct.choices import Call


@dataclass(frozen=True, slots=True)
class Mined:
    """Texts in which calls are looked for."""

    texts: tuple[str, ...]


def mined_calls(target: Callable[..., object], mined: Mined) -> tuple[Call, ...]:
    """Return the calls of a class that are found."""
    return ()
