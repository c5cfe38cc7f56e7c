"""Facts about state whose elements share memory."""

from __future__ import annotations

from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact


@dataclass(frozen=True, slots=True)
class OverlappingState(Fact):
    """A Parameter or persistent buffer is an expanded tensor: one element in memory stands for many.

    `what` is "nn.Parameter" or "buffer"; `name` that of the buffer; `trains`: an optimizer is to write to it.
    """

    what: str
    name: str
    trains: bool
