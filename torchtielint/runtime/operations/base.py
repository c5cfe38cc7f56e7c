"""What an operation is given, what it gives back, and the table in which it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from torchtielint.runtime.relations import Relation, reachable
from torchtielint.runtime.report import Outcome, Survival, TieGroup


class Inapplicable(Exception):  # noqa: N818  # not an error: the operation has nothing to do here, and says why
    """An operation cannot be tried on a model or a tie; the message is the reason."""


@dataclass(frozen=True)
class Trial:
    """What operations work on: never the measured model.

    Args:
        copy: gives a copy of the model with the very same sharing, on the CPU.
        on_meta: gives such a copy on the meta device.
        fresh: gives a new instance, as the constructor makes it.
        directory: private, for files; removed afterwards.
        scratch: such a copy, common to operations that change values only.
        before: what the names of each group are to each other in a copy.
        memo: what an operation made once for all groups, by its name.
    """

    copy: Callable[[], nn.Module]
    on_meta: Callable[[], nn.Module]
    fresh: Callable[[], nn.Module]
    directory: Path
    scratch: nn.Module
    before: dict[tuple[str, ...], Relation]
    memo: dict[str, nn.Module] = field(default_factory=dict)


OnModel = Callable[[Trial], nn.Module]
"""Does something with a copy of the whole model, and gives back the model in which the names are looked up."""
OnGroup = Callable[[Trial, TieGroup], Survival]
"""Tries one tie, and says what has become of it."""

ON_MODEL: dict[str, OnModel] = {}
ON_GROUP: dict[str, OnGroup] = {}


def on_model(name: str) -> Callable[[OnModel], OnModel]:
    """Register an operation that is done once for all ties of a model."""

    def register(function: OnModel) -> OnModel:
        ON_MODEL[name] = function
        return function

    return register


def on_group(name: str) -> Callable[[OnGroup], OnGroup]:
    """Register an operation that is done for each tie by itself."""

    def register(function: OnGroup) -> OnGroup:
        ON_GROUP[name] = function
        return function

    return register


def one_line(error: BaseException) -> str:
    """Return the class of an exception and the first line of what it says, with the next where that only leads in."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = " ".join(lines[:2] if lines and lines[0].endswith(":") else lines[:1])
    text = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return text if len(text) <= 200 else text[:197] + "..."


def with_shapes(model: nn.Module, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of tensors, of which there is one and all have shapes.

    Raises:
        Inapplicable: there is none, or one waits for the first forward.
    """
    if not names:
        raise Inapplicable("there is no tensor in it")
    for name in names:
        if isinstance(reachable(model, name), (UninitializedParameter, UninitializedBuffer)):
            raise Inapplicable(f"`{name}` has no shape before the first forward")
    return names


def distinct(tensors: Iterable[torch.Tensor]) -> list[torch.Tensor]:
    """Return tensors without those that are the same object as an earlier one."""
    return list({id(tensor): tensor for tensor in tensors}.values())


def skipped(reason: str) -> Survival:
    """Return that an operation was not tried, and why."""
    return Survival(Outcome.SKIPPED, reason)
