"""Facts about reparametrized weights."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.site import Site


class ReparametrizationProblem(enum.Enum):
    """What is wrong with a call of `weight_norm` and its kin."""

    ON_PARAMETER = "on-parameter"
    ON_TENSOR = "on-tensor"
    ON_CLASS = "on-class"
    NAME_MISSING = "name-missing"
    NAME_NOT_STRING = "name-not-string"
    NOT_A_MODULE = "parametrization-not-a-module"
    NO_SUCH_PARAMETER = "no-such-parameter"
    IS_NONE = "is-none"
    UNINITIALIZED = "uninitialized"
    TOO_FEW_DIMENSIONS = "too-few-dimensions"


@dataclass(frozen=True, slots=True)
class ReparametrizationMisuse(Fact):
    """A reparametrization is applied to something that it cannot be applied to."""

    function: str
    problem: ReparametrizationProblem
    argument: str
    name: str
    module: str
    available: tuple[str, ...]
    proven: bool = True


@dataclass(frozen=True, slots=True)
class LostWrite(Fact):
    """A value is written to a weight that a reparametrization computes, so the write does not last."""

    target: str
    operation: str
    function: str
    family: str
    legacy: bool
    raises: bool
    applied: Site
    proven: bool = True


@dataclass(frozen=True, slots=True)
class HookApplied(Fact):
    """One of the hook-based functions is applied: `weight_norm`, `spectral_norm`, or one of `prune`."""

    function: str
    family: str


class Clash(enum.Enum):
    """What comes of a second reparametrization of one tensor."""

    REFUSED = "raises at once"
    UNUSABLE = "raises at the next use"
    STACKED = "is applied on top"


@dataclass(frozen=True, slots=True)
class ReparametrizedTwice(Fact):
    """A tensor that one reparametrization computes is given to another that cannot stand on top of it."""

    function: str
    name: str
    module: str
    first: str
    applied: Site
    clash: Clash
    proven: bool


class RemovalProblem(enum.Enum):
    """Why the removal of a reparametrization raises."""

    NAME_MISSING = "name-missing"
    NOTHING_THERE = "nothing-there"
    OTHER_KIND = "other-kind"
    CANNOT_LEAVE = "cannot-leave"


@dataclass(frozen=True, slots=True)
class RemovalMismatch(Fact):
    """A function that undoes a reparametrization is given a tensor that has none of its kind."""

    function: str
    problem: RemovalProblem
    argument: str
    name: str
    module: str
    first: str
    remedy: str
    applied: Site | None
    proven: bool


class TieEnd(enum.Enum):
    """What a reparametrization does to a tie."""

    CUT = "cut"
    REFUSED = "refused"
    ONE_SIDED = "one-sided"


@dataclass(frozen=True, slots=True)
class ReparametrizedTie(Fact):
    """A tied parameter is reparametrized on one side, or tied where a reparametrization computes it.

    Args:
        target: the parameter as written or described.
        other: where else the Parameter is registered.
        left: the name under which the values stay behind as a Parameter of their own.
        applied: where the reparametrization was applied before the tie.
    """

    function: str
    family: str
    by_hook: bool
    end: TieEnd
    target: str
    other: str
    left: str
    applied: Site | None
    proven: bool


@dataclass(frozen=True, slots=True)
class HookBypassed(Fact):
    """A weight that a forward hook of its module computes is read by code that does not call the module.

    `inside`: the torch class that reads it; else `called_later` says whether the same method calls the module after.
    """

    target: str
    function: str
    family: str
    inside: str
    called_later: bool
    applied: Site
    proven: bool


@dataclass(frozen=True, slots=True)
class GraphTensorCopied(Fact):
    """`copy.deepcopy`, or something that calls it, is given a module whose weight a hook has computed with a graph."""

    copier: str
    argument: str
    function: str
    path: str
    applied: Site
    earlier: bool
    proven: bool
