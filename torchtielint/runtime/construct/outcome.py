"""What construction is asked with, and what it answers."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import nn

from torchtielint.runtime.construct.choices import Call


class Status(enum.Enum):
    """Why there is no module."""

    FAILED = "failed"
    """Every attempt raised, or there was no time for another."""
    SKIPPED = "skipped"
    """It is not there to be constructed by itself: abstract, a mixin, a container."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the user or the configuration says.

    Args:
        args: positional arguments; they are handed over as they are.
        kwargs: keyword arguments; what is still missing is inferred.
        call: returns the module itself, so that nothing is inferred.
        source: how `call` is written, for the report.
    """

    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)
    call: Callable[[], object] | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """A module, and how it came to be.

    Args:
        module: the module.
        arguments: what was chosen, as source that can be put between the parentheses of the call; `factory=name` where
            a function beside the class made it.
        device: `meta` or `cpu`: where its tensors were made by default.
        recipe: makes another one; see `rebuild`.
    """

    module: nn.Module
    arguments: str
    device: str
    recipe: Call


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no module, in one line."""

    status: Status
    reason: str
