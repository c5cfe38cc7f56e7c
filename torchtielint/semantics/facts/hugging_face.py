"""Facts about models that derive from `transformers.PreTrainedModel`, as transformers 5 builds, ties and loads them."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact


@dataclass(frozen=True, slots=True)
class ValueNotRestored(Fact):
    """A value that a constructor computes, and that neither a checkpoint nor `_init_weights` gives back.

    Args:
        owner: the class whose constructor it is.
        name: the attribute.
        model: a Hugging Face model that has it inside (or is its owner).
        is_buffer: a non-persistent buffer; else a tensor that is only an attribute.
        is_tensor: it is certainly a tensor, not None.
    """

    owner: str
    name: str
    model: str
    is_buffer: bool
    is_tensor: bool


class TyingMistake(enum.Enum):
    """What of the tying interface of transformers 4 a class still uses."""

    LIST = "list"
    MISSPELT = "misspelt"
    SIGNATURE = "signature"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class OldTyingApi(Fact):
    """A class declares its ties as transformers 5 does not read them.

    Args:
        model: the class.
        mistake: which.
        detail: the kind of container, the name as written, the missing argument, or the untied head.
        certain: it fails, or is without effect, whatever the configuration says.
    """

    model: str
    mistake: TyingMistake
    detail: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class TieUndeclared(Fact):
    """A model ties parameters (or registers a module twice), and `_tied_weights_keys` does not say so.

    Args:
        model: the class.
        first, second: the two places, as dotted paths below the model; `second` is what the code sets.
    """

    model: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class TieNeverMade(Fact):
    """A model whose configuration ties by default has an output head, and nothing that ties it."""

    model: str
    config: str
    head: str


@dataclass(frozen=True, slots=True)
class PostInitMissing(Fact):
    """The constructor of a model does not call `post_init()`; `legacy`: but `init_weights()`."""

    model: str
    legacy: bool


@dataclass(frozen=True, slots=True)
class RawInitWrite(Fact):
    """`_init_weights` writes to a weight without asking whether it was loaded.

    Args:
        target: the weight as written.
        operation: what writes.
    """

    target: str
    operation: str
