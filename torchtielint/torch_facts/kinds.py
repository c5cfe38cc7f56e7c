"""The vocabulary of facts about torch: enums, sentinels and records without behaviour."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class Unestablished(enum.Enum):
    """Values that stand for a value: one of the linted code, one of torch's own signatures."""

    UNKNOWN = "unknown"
    OPAQUE = "opaque"


UNKNOWN: Final = Unestablished.UNKNOWN
"""An argument that is given, but whose value is not known."""

OPAQUE: Final = Unestablished.OPAQUE
"""A default that exists, but is no JSON literal, such as a function or `torch.strided`."""


class Presence(enum.Enum):
    """Whether a slot of a module holds a tensor."""

    PRESENT = "present"
    """Registered, with a tensor."""
    NONE = "none"
    """Registered as None, as `bias` is under `bias=False`."""
    MAYBE = "maybe"
    """Depends on arguments that are not known; the slot may not even exist."""


class TensorKind(enum.Enum):
    """What a module registers."""

    PARAMETER = "parameter"
    BUFFER = "buffer"


class Relation(enum.Enum):
    """How the result of a method or function relates to the tensor that it was applied to."""

    VIEW = "view"
    """Shares memory where that is possible (`reshape` copies when it is not); a new object."""
    TRANSPOSED_VIEW = "transposed-view"
    """Shares memory with its dimensions in another order; a new object."""
    COPY = "copy"
    """A new tensor with its own memory."""
    SAME_WHEN_NOOP = "same-when-noop"
    """The very same object when nothing changes, otherwise a new one."""
    SELF = "self"
    """Always the very same object; no value is written."""
    INPLACE = "inplace"
    """Writes values (or replaces the memory) and returns the very same object."""
    DATA = "data"
    """Shares memory, but carries no gradient: `.data`, `.detach()`."""
    OTHER = "other"
    """No tensor is returned, or torch could not be asked."""


class FunctionKind(enum.Enum):
    """What a function is to a reader of parameters."""

    FACTORY = "factory"
    """Makes a new tensor out of numbers, shapes or data."""
    RELATION = "relation"
    """Maps its first tensor argument to a tensor; `relation` says how."""
    OTHER = "other"
    """Neither, or torch could not be asked."""


class Action(enum.Enum):
    """What a function of `torch.nn.utils` does to the parametrization of a parameter."""

    APPLY = "apply"
    REMOVE = "remove"


class Family(enum.Enum):
    """The techniques that recompute a parameter from others."""

    WEIGHT_NORM = "weight_norm"
    SPECTRAL_NORM = "spectral_norm"
    ORTHOGONAL = "orthogonal"
    PARAMETRIZATION = "parametrization"
    PRUNE = "prune"


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a callable; `default` is a JSON literal or OPAQUE, and means nothing without `has_default`."""

    name: str
    default: object
    has_default: bool
    keyword_only: bool


@dataclass(frozen=True, slots=True)
class TensorFact:
    """A parameter or buffer slot of a module.

    An entry of `shape` is an integer, or an expression of `*`, `//`, `+` and integers over constructor arguments. An
    argument whose value is not known and that torch lets be an integer or a tuple (`kernel_size`) stands for its own
    component. `shape` is None when it is not known, `()` for a scalar.
    """

    name: str
    presence: Presence
    shape: tuple[str, ...] | None
    kind: TensorKind
    persistent: bool


@dataclass(frozen=True, slots=True)
class MethodFact:
    """A public method or property of `torch.Tensor`.

    `dtype` is "float", "integral", "by-argument" (what `to` and `type` return), or None where the result has the
    class of the receiver or nothing is known. `detached` means that the result carries no gradient of the receiver.
    `several` means that a tuple is returned, to each tensor of which the rest applies (`chunk`, `unbind`, `sort`).
    """

    name: str
    relation: Relation
    dtype: str | None
    detached: bool
    several: bool


@dataclass(frozen=True, slots=True)
class FunctionFact:
    """A public function of torch.

    `relation`, `detached` and `several` speak about the first tensor argument; for a factory, about a tensor that it is
    given as data (`torch.as_tensor(p)` can be `p`), with None where it takes none. `dtype` is the class of the result
    when no `dtype=` is given: "float", "integral", "by-argument" (that of the data), None where nothing is known.
    `arguments` is None where torch gives no signature.
    """

    name: str
    kind: FunctionKind
    relation: Relation | None
    dtype: str | None
    detached: bool
    several: bool
    arguments: tuple[Argument, ...] | None


@dataclass(frozen=True, slots=True)
class ReparametrizationFact:
    """A function that makes a parameter a function of others, or undoes that; measured on `nn.Linear`.

    `{name}` in the templates stands for the argument `name`. `parameters` exist in place of the parameter when the
    function returns, `buffers` beside them. `keeps_object` means that the Parameter object from before is still one
    of the module's parameters afterwards. `min_dims` is the least number of dimensions the parameter must have.
    """

    name: str
    action: Action
    family: Family
    legacy: bool
    arguments: tuple[Argument, ...]
    parameters: tuple[str, ...]
    buffers: tuple[str, ...]
    keeps_object: bool
    min_dims: int
