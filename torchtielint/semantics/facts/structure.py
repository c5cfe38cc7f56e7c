"""Facts about registrations that come to nothing: overwritten, wiped, wrapped, or fatal for the module's tree."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class OverwrittenInLoop(Fact):
    """Every round of a loop registers something new under one name, and nothing has hold of what the last one made."""

    owner: str
    attribute: str
    what: str


@dataclass(frozen=True, slots=True)
class ResultAssigned(Fact):
    """An attribute is assigned what a method returns that registers something: None.

    Args:
        attribute: the assigned expression as written.
        method: `register_buffer`, `register_parameter`, `add_module`, ...
        name: the name that is registered; empty where it is not known.
        undone: the attribute is the one that was just registered: it is None from here on.
        several: the attribute gets a list of such results.
    """

    owner: str
    attribute: str
    method: str
    name: str
    undone: bool
    several: bool


@dataclass(frozen=True, slots=True)
class TupleByComma(Fact):
    """A comma at the end of a line makes a tuple of what an attribute should hold."""

    owner: str
    attribute: str
    what: str
    origin: Site


@dataclass(frozen=True, slots=True)
class RegistrationsReset(Fact):
    """A constructor runs `Module.__init__` once more, and what was registered until then is gone for good.

    Args:
        names: what is lost.
        registered: where the first of it was registered, if in the linted code.
    """

    owner: str
    names: tuple[str, ...]
    registered: Site | None


class Unhashable(enum.Enum):
    """What takes the hash away."""

    DATACLASS = "dataclass"
    EQ = "__eq__"
    NONE = "__hash__ = None"
    BASE = "base"


@dataclass(frozen=True, slots=True)
class UnhashableModule(Fact):
    """The objects of a Module class have no hash; `by` is the class, or outside base, that takes it away."""

    owner: str
    why: Unhashable
    by: str


@dataclass(frozen=True, slots=True)
class ModuleCycle(Fact):
    """A module is registered below itself.

    Args:
        attribute: the attribute of the module at which the way down begins.
        path: the way down and back, as dotted names; one name where a module registers itself.
        closing: where the way back is registered, if in the linted code.
    """

    owner: str
    attribute: str
    path: str
    closing: Site | None


@dataclass(frozen=True, slots=True)
class NestedParameters(Fact):
    """A ParameterList or ParameterDict gets a plain container as an element: what is in it is not registered."""

    container: str
    element: str
