"""Facts about the names that modules register under: what already stands there, and what hides it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.site import Site


class Holder(enum.Enum):
    """What stands under a name already."""

    PLAIN = "plain attribute"
    PARAMETER = "parameter"
    BUFFER = "buffer"
    MODULE = "child module"
    CLASS = "class attribute"
    METHOD = "method"
    PROPERTY = "property"
    TORCH = "attribute of the torch class"


@dataclass(frozen=True, slots=True)
class HiddenChild(Fact):
    """A child module is assigned under a name that the class itself has: reading it gives the class's attribute.

    Args:
        attribute: the assigned expression as written.
        hidden_by: what the class has under that name.
        literal: what it is, where that is a literal (`None`).
        defined: where the class says so, if in the linted code.
    """

    owner: str
    attribute: str
    hidden_by: Holder
    literal: str
    defined: Site | None


class Refusal(enum.Enum):
    """Why a registration raises."""

    TAKEN = "taken"
    DOT = "dot"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class NameRefused(Fact):
    """A registration that torch refuses because of its name.

    Args:
        what: what is registered ("parameter", "buffer", "module").
        name: the name, or the assigned expression as written.
        holder: what has the name already.
        other: where that was set, if in the linted code.
    """

    owner: str
    what: str
    name: str
    refusal: Refusal
    holder: Holder | None = None
    other: Site | None = None


@dataclass(frozen=True, slots=True)
class WrongKindAssigned(Fact):
    """A registered child module or buffer is assigned something of another kind, which raises TypeError."""

    owner: str
    attribute: str
    new: str
    holder: Holder
    registered: Site | None
