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
