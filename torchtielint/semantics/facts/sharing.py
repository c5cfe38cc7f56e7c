"""Facts about parameters that are one, or are made to look so."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class RepeatedModule(Fact):
    """One stateful module (or Parameter) stands several times in a container.

    `known`: its class is known; else it is made by something that certainly makes modules.
    """

    element: str
    is_parameter: bool
    spelling: str
    constructed_here: bool
    name: str
    known: bool = True


class TieBy(enum.Enum):
    """How a tie was attempted."""

    DATA = ".data"
    NEW_PARAMETER = "nn.Parameter"
    CONSTRUCTOR = "constructor"
    ONE_TENSOR = "one tensor"


@dataclass(frozen=True, slots=True)
class FalseTie(Fact):
    """Two live parameters of one module are made to look tied, but are two Parameters.

    `source` is empty where one line makes many Parameters over one tensor.
    """

    target: str
    source: str
    by: TieBy
    transposed: bool
    copied: bool
    hinted: bool
    registered: Site | None


@dataclass(frozen=True, slots=True)
class TiedInit(Fact):
    """An output layer takes over the weight of an embedding with the values that torch drew for an embedding."""

    table: str
    head: str


@dataclass(frozen=True, slots=True)
class TiedPadding(Fact):
    """An embedding with a row for padding shares its weight with an output layer.

    `starts_zero`: the weight is the embedding's, whose row starts at zero; else it is the layer's.
    """

    table: str
    head: str
    starts_zero: bool


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


class ShapeEffect(enum.Enum):
    """What a module does with a weight of a shape that it was not made for."""

    REVERSED = "reversed"
    """A Linear without bias computes the other way round than it was declared, without a complaint."""
    INPUTS = "inputs"
    """A Linear refuses inputs of the width that it was declared for."""
    OUTPUTS = "outputs"
    """A Linear without bias gives outputs of another width, without a complaint."""
    BIAS = "bias"
    """A Linear cannot add its bias."""
    ROWS = "rows"
    """An Embedding has another number of rows."""
    WIDTH = "width"
    """An Embedding gives vectors of another width, without a complaint."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TieShapeMismatch(Fact):
    """A module takes over another module's parameter, of a shape that it was not made for.

    Args:
        target, source: the two names, as written and as a path.
        owner: the class of the module that takes it.
        expected, given: the shape that the module was made with, and the one that it gets.
        exact: the shapes differ whatever the sizes are; else they are each other's transpose, and only equal sizes
            would make them one.
        registered: where the module was made.
    """

    target: str
    source: str
    owner: str
    expected: str
    given: str
    exact: bool
    effect: ShapeEffect
    registered: Site
