"""What is measured on a model, as plain data: no tensor, no module, nothing of torch.

The worker that builds the model sends this to the command as JSON, and the parent process never imports torch.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from torchtielint.kinds import TieKind


class Outcome(enum.Enum):
    """What an operation does to a tie."""

    KEPT = "kept"
    """The names are one as they were."""
    DEMOTED = "demoted"
    """They still share memory, and are one object no more."""
    BROKEN = "broken"
    """They share nothing any more, or are stepped apart."""
    ERROR = "error"
    """The operation raises."""
    SKIPPED = "skipped"
    """It cannot be tried here; the reason says why."""


@dataclass(frozen=True, slots=True)
class Survival:
    """What one operation does to one tie, and the reason where it says more."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TieGroup:
    """Names of one model that share a tensor.

    Args:
        names: every name under which the tensors are reachable, as `named_parameters(remove_duplicate=False)` and
            `named_buffers` spell them, in the order of registration; of a `same-module` group the names of the module.
        kind: how they are one.
        shape: of the first name, in elements; None of a module, and of a lazy parameter that has none yet.
        dtype: of the first name, as in `float32`; empty of a module.
        nbytes: the bytes that the names have in common, counted once; of a module those of all that is below it.
        buffers: the names are of buffers.
        survival: what each operation that was tried does to it, by the operation's name.
        tensors: how many tensors the names have; of a module those below it.
        parameters: how many of these are Parameters.
        trained: how many of these take a gradient.
        other: the first name of another tensor than that of `names[0]`; empty where all names are of one.
    """

    names: tuple[str, ...]
    kind: TieKind
    shape: tuple[int, ...] | None
    dtype: str
    nbytes: int
    buffers: bool = False
    survival: Mapping[str, Survival] = field(default_factory=dict)
    tensors: int = 1
    parameters: int = 1
    trained: int = 1
    other: str = ""


@dataclass(frozen=True, slots=True)
class ParameterCount:
    """How much a model holds: names of parameters, Parameters, their elements, and their bytes, each counted once.

    Args:
        named: names under which parameters are reachable.
        unique: Parameter objects.
        elements: elements of these; where memory is shared, of each object.
        bytes: bytes of memory that the parameters take; where it is shared, once.
        saved: bytes that they would take more if every name had a tensor of its own.
    """

    named: int
    unique: int
    elements: int
    bytes: int
    saved: int = 0


@dataclass(frozen=True, slots=True)
class TieReport:
    """What `tie_report(model)` finds.

    Args:
        groups: in the order of their first names.
        parameters: how much the model holds.
        device: where its parameters are (its buffers, where it has none); several with commas.
        complete: every name is listed; not so where modules that are shared level after level have too many.
    """

    groups: tuple[TieGroup, ...]
    parameters: ParameterCount
    device: str
    complete: bool = True

    @property
    def false_ties(self) -> tuple[TieGroup, ...]:
        """The groups that look like one parameter and are several; buffers are no parameters."""
        return tuple(group for group in self.groups if group.kind.is_false and not group.buffers)
