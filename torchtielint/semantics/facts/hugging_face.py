"""Facts about models that derive from `transformers.PreTrainedModel`, as transformers 5 builds, ties and loads them."""

from __future__ import annotations

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
