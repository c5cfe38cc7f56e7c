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
