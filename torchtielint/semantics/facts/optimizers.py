"""Facts about what trains: flags that are meant to freeze, parameters that an optimizer is given, or misses."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.site import Site


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


@dataclass(frozen=True, slots=True)
class GeneratorReused(Fact):
    """A generator of parameters is run through that is at its end.

    Args:
        name: the generator as written.
        by: what runs through it: "an optimizer", "`clip_grad_norm_()`", "a loop", ...
        first: where it was used up; None: here, in an earlier round of a loop.
        certain: the module is known; else names and uses say that it is one.
    """

    name: str
    by: str
    first: Site | None
    certain: bool


@dataclass(frozen=True, slots=True)
class GroupsOverlap(Fact):
    """Two parameter groups of one optimizer hold parameters of one module, or one group has them twice.

    Args:
        earlier, later: the modules whose parameters the groups hold, as written.
        within: both are in one group.
        certain: the modules are known; else one is a part of the other by its path.
    """

    earlier: str
    later: str
    within: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class ThawedLate(Fact):
    """Parameters are unfrozen that an optimizer, built at `built`, had left out as they required no gradient."""

    module: str
    built: Site


@dataclass(frozen=True, slots=True)
class Orphaned(Fact):
    """A module gets Parameters after an optimizer took those that it had, and the optimizer goes on.

    Args:
        what: what is new, or the call that makes it, as written.
        built: where the optimizer was built.
        replaces: something is assigned; else a call makes other Parameters.
        certain: the modules are known; else the change is one of a module of which nothing else is known.
    """

    what: str
    built: Site
    replaces: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class StateOptimized(Fact):
    """An optimizer is given the values of a state dict, which get no gradient."""

    given: str
