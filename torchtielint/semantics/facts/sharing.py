"""Facts about parameters that are one, or are made to look so."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class RepeatedModule(Fact):
    """One stateful module (or Parameter) stands several times in a container."""

    element: str
    is_parameter: bool
    spelling: str
    constructed_here: bool
    name: str


class TieBy(enum.Enum):
    """How a tie was attempted."""

    DATA = ".data"
    NEW_PARAMETER = "nn.Parameter"
    CONSTRUCTOR = "constructor"


@dataclass(frozen=True, slots=True)
class FalseTie(Fact):
    """Two live parameters of one module are made to look tied, but are two Parameters."""

    target: str
    source: str
    by: TieBy
    transposed: bool
    copied: bool
    hinted: bool
    registered: Site | None


@dataclass(frozen=True, slots=True)
class SharedInstance(Fact):
    """One stateful module is given to several constructors, and all that they make share its parameters.

    Args:
        part: the class of the module.
        name: how the call writes it.
        owner: the class that the call constructs.
        repeated: the call runs many times; else it is a second call.
        made: where the module was made.
    """

    part: str
    name: str
    owner: str
    repeated: bool
    made: Site


@dataclass(frozen=True, slots=True)
class StaleReference(Fact):
    """A module is replaced under one name, and `holder` still holds the old one."""

    target: str
    holder: str
    what: str
