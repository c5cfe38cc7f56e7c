"""Models of which it is known by construction which of their tensors are one, and how.

A scenario is a builder and the groups that its model has. The builder gets a `Make`, which makes tensors, parameters
and layers on the device that is tried: the CPU, meta, or fake tensors.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode

Group = tuple[str, tuple[str, ...]]


def one(*names: str) -> Group:
    """One Parameter or buffer under several names."""
    return ("same-parameter", names)


def module(*names: str) -> Group:
    """One module under several names."""
    return ("same-module", names)


def alias(*names: str) -> Group:
    """Several tensors over the same bytes."""
    return ("same-storage", names)


def over(*names: str) -> Group:
    """Several tensors with some bytes in common."""
    return ("overlapping", names)


def beside(*names: str) -> Group:
    """Several tensors in one storage."""
    return ("adjacent", names)


def equal(*names: str) -> Group:
    """Several tensors with equal contents."""
    return ("equal-values", names)


class Make:
    """What scenarios are built of, on one device."""

    def __init__(self, device: str) -> None:
        self.device = "cpu" if device == "fake" else device
        self.mode: contextlib.AbstractContextManager[Any] = contextlib.nullcontext()
        if device == "fake":
            self.mode = FakeTensorMode()

    def tensor(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """A tensor with memory of its own."""
        return torch.ones(shape, dtype=dtype, device=self.device)

    def parameter(self, *shape: int) -> nn.Parameter:
        """A parameter with memory of its own."""
        return nn.Parameter(self.tensor(*shape))

    def linear(self, inputs: int = 4, outputs: int = 4, *, bias: bool = False) -> nn.Linear:
        """A linear layer with one parameter."""
        return nn.Linear(inputs, outputs, bias=bias, device=self.device)

    def embedding(self, rows: int = 7, width: int = 4) -> nn.Embedding:
        """An embedding."""
        return nn.Embedding(rows, width, device=self.device)


def held(**things: Any) -> nn.Module:
    """A module that registers parameters, modules and (as buffers) tensors under the names that they are given."""
    return fill(nn.Module(), **things)


def fill(owner: nn.Module, **things: Any) -> nn.Module:
    """Register more with a module."""
    for name, thing in things.items():
        if isinstance(thing, Tensor) and not isinstance(thing, nn.Parameter):
            owner.register_buffer(name, thing)
        else:
            setattr(owner, name, thing)
    return owner


def param(tensor: Tensor) -> nn.Parameter:
    """A new Parameter over the memory of a tensor; without gradients where its numbers have none."""
    return nn.Parameter(tensor.detach(), requires_grad=tensor.is_floating_point() or tensor.is_complex())


@dataclass(frozen=True)
class Scenario:
    """A model, and what is one in it.

    Args:
        name: unique.
        build: makes the model.
        groups: kinds and names, in the order of the report.
        device: where it is built.
        options: of `tie_report`.
    """

    name: str
    build: Callable[[Make], nn.Module]
    groups: tuple[Group, ...]
    device: str
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} [{self.device}]"


Build = Callable[[Make], nn.Module]
EVERYWHERE = ("cpu", "meta", "fake")
ON_CPU = ("cpu",)


class Table:
    """A list of scenarios that is filled by decorating their builders."""

    def __init__(self) -> None:
        self.scenarios: list[Scenario] = []

    def add(self, *groups: Group, on: tuple[str, ...] = EVERYWHERE, options: str = "") -> Callable[[Build], Build]:
        """Take in a builder, whose model has these groups and no others."""

        def take(build: Build) -> Build:
            name = build.__name__.strip("_").replace("_", " ")
            chosen = tuple(options.split())
            self.scenarios += [Scenario(name, build, groups, device, chosen) for device in on]
            return build

        return take

    def __iter__(self) -> Iterator[Scenario]:
        return iter(self.scenarios)
