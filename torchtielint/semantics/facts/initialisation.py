"""Facts about the values that parameters start with."""

from __future__ import annotations

from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact


@dataclass(frozen=True, slots=True)
class UninitialisedParameter(Fact):
    """A Parameter over memory that nothing in the file gives values; `forgotten`: but a method that nobody calls."""

    owner: str
    attribute: str
    forgotten: str
