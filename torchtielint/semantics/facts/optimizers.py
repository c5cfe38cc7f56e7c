"""Facts about what trains: flags that are meant to freeze, parameters that an optimizer is given, or misses."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact


class FlagOn(enum.Enum):
    """On what an attribute is set that does nothing there."""

    MODULE = "module"
    TENSOR = "tensor"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class FlagSet(Fact):
    """An attribute that is meant to freeze is set where it is just an attribute.

    Args:
        target: what gets it, as written.
        name: the attribute: `requires_grad`, `training`, a method's name, or one that is misspelt.
        on: a module, a parameter (misspelt names), or a tensor that the line itself makes and drops.
        certain: the object is known; else names and uses say what it is.
    """

    target: str
    name: str
    on: FlagOn
    certain: bool
