"""What calls or rewrites a module as a function: `functional_call`, `compile`, `export`, `fx`.

The forward of a checked model is unknown, and so is what it takes. Where one has to run, it is that of a small module
around the model, which reads the names of the tie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import FunctionType

import torch
from torch import nn

from torchtielint.runtime.operations.base import Inapplicable, Trial, on_group, with_shapes
from torchtielint.runtime.relations import Relation, judge, reachable, tensor_names
from torchtielint.runtime.report import Outcome, Survival, TieGroup


class Reader(nn.Module):
    """A module around another one, which sums what some names reach in it.

    Args:
        inner: the model.
        names: of tensors of the model.
    """

    def __init__(self, inner: nn.Module, names: Sequence[str]) -> None:
        super().__init__()
        self.inner = inner
        self.names = tuple(names)

    def read(self) -> list[torch.Tensor]:
        """Return what the names reach, as a forward that mentions them finds it."""
        found: list[torch.Tensor] = []
        for name in self.names:
            value = self.inner
            for part in name.split("."):
                value = getattr(value, part)
            found.append(value)  # type: ignore[arg-type]  # the names are those of tensors
        return found

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the sum of `x` and of all elements that the names reach."""
        for tensor in self.read():
            x = x + tensor.sum()
        return x


class Lister(Reader):
    """A reader that gives back the tensors themselves."""

    def forward(self, *_: object) -> list[torch.Tensor]:  # type: ignore[override]  # the same names, read otherwise
        """Return what the names reach."""
        return self.read()


@on_group("functional_call")
def functional_call(trial: Trial, group: TieGroup) -> Survival:
    """Give a new tensor for the first name, and see which names reach it."""
    names = _names_of_one(trial.scratch, group)
    given = reachable(trial.scratch, names[0])
    assert isinstance(given, torch.Tensor)  # noqa: S101  # the names are those of tensors
    new = torch.zeros_like(given)
    call = torch.func.functional_call
    read = call(Lister(trial.scratch, names), {f"inner.{names[0]}": new}, ())
    old = [f"`{name}`" for name, tensor in zip(names, read, strict=True) if tensor is not new]
    return Survival(Outcome.BROKEN, f"{', '.join(old)}: the old tensor") if old else Survival(Outcome.KEPT)


@on_group("compile")
def compiled(trial: Trial, group: TieGroup) -> Survival:
    """Compile the reading of the names, run it, and see that one Parameter has one gradient for all of its names."""
    model = trial.copy()
    names = _names_of_one(model, group)
    reader = _own_code(Reader(model, names))
    wrapped = torch.compile(reader, backend="eager")
    wrapped(torch.zeros((), requires_grad=True)).real.backward()
    tensors = reader.read()
    for tensor in tensors:
        times = sum(tensor is other for other in tensors)
        if tensor.requires_grad and (tensor.grad is None or not bool((tensor.grad == times).all())):
            return Survival(Outcome.BROKEN, "a name has no part in the gradient")
    assert isinstance(wrapped, nn.Module)  # noqa: S101  # what is compiled is one
    return judge(group, trial.before[group.names], wrapped, {name: f"_orig_mod.inner.{name}" for name in group.names})


@on_group("export")
def exported(trial: Trial, group: TieGroup) -> Survival:
    """Export the reading of the names, and look at the module that the program becomes."""
    model = trial.copy()
    reader = Reader(model, with_shapes(model, tensor_names(model, group)))
    program = torch.export.export(reader, (torch.zeros(()),))
    return judge(group, trial.before[group.names], program.module(), {name: f"inner.{name}" for name in group.names})


@on_group("fx")
def traced(trial: Trial, group: TieGroup) -> Survival:
    """Trace the forward of the model; the graph calls one object by one name."""
    if "fx" not in trial.memo:
        trial.memo["fx"] = torch.fx.symbolic_trace(trial.copy())
    graph, before = trial.memo["fx"], trial.before[group.names]
    read = tuple(name for name in group.names if reachable(graph, name) is not None)
    if len(read) == len(group.names):
        return judge(group, before, graph)
    if not read or before is not Relation.ONE:
        raise Inapplicable("the traced forward does not read all of the names")
    found = judge(replace(group, names=read), before, graph)
    return found if found.outcome is Outcome.BROKEN else Survival(found.outcome, f"the graph calls it `{read[0]}` only")


def _names_of_one(model: nn.Module, group: TieGroup) -> tuple[str, ...]:
    """Return the names of the tensors of a tie; of modules, those of the first tensor below each."""
    names = with_shapes(model, tensor_names(model, group))
    if isinstance(reachable(model, group.names[0]), nn.Module):
        inner = names[0].removeprefix(group.names[0])
        return tuple(name + inner for name in group.names)
    return names


def _own_code(reader: Reader) -> Reader:
    """Return the reader with a code object of its own: what is compiled is cached, and limited, by code object."""
    forward = FunctionType(Reader.forward.__code__.replace(), globals())
    reader.__class__ = type("Reader", (Reader,), {"forward": forward})
    return reader
