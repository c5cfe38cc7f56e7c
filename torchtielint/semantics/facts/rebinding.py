"""Facts about registered parameters that are replaced or written to."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact, Where
from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class ParameterAssigned(Fact):
    """A registered parameter's name is assigned something else.

    Args:
        target: the assigned expression as written.
        new: what is assigned: "Tensor", "int", "list", ... or "Parameter".
        operation: what made it, where an operation did.
        is_parameter: it is another Parameter (legal, but a rebinding); else the assignment raises.
        where: from where the code is reached.
        registered: where the parameter was registered in the linted code, if there.
        tie: the parameter of another module that the value is a transposed view of, as written.
        empty: the name may hold None so far.
    """

    owner: str
    target: str
    new: str
    operation: str
    is_parameter: bool
    where: Where
    registered: Site | None
    tie: str = ""
    empty: bool = False


class CutBy(enum.Enum):
    """How a parameter takes over the values of a tensor without its gradient."""

    DATA = "data"
    PARAMETER = "Parameter"
    LOAD = "load_state_dict"


@dataclass(frozen=True, slots=True)
class GraphCut(Fact):
    """A parameter takes over what was computed from other parameters, and is read: their gradients end there.

    `source` is one of those, `target` the parameter (or module), both as written; `computed`: by the code at hand and
    torch's own modules, and not by a module whose forward was not followed.
    """

    owner: str
    target: str
    source: str
    by: CutBy
    computed: bool


@dataclass(frozen=True, slots=True)
class DataReplaced(Fact):
    """`parameter.data = tensor`; `carries`: the tensor carries a gradient, which is lost."""

    target: str
    where: Where
    carries: bool


@dataclass(frozen=True, slots=True)
class InPlaceWrite(Fact):
    """A leaf that requires a gradient is written to in place while gradients are recorded.

    `fresh`: it was made in the very expression, `nn.Parameter(...).normal_()`.
    """

    target: str
    operation: str
    view: bool
    where: Where
    fresh: bool


@dataclass(frozen=True, slots=True)
class CachedTensor(Fact):
    """A constructor keeps what it computed from a parameter, and `forward` reads it."""

    owner: str
    attribute: str
    operation: str
    source: str
    view: bool
