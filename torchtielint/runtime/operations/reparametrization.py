"""`weight_norm`, `spectral_norm` and `prune` on one side of a tie, and their removal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune

from torchtielint.runtime.operations.base import Inapplicable, Trial, on_group, with_shapes
from torchtielint.runtime.relations import judge, owner_of, reachable, tensor_names
from torchtielint.runtime.report import Outcome, Survival, TieGroup

Change = Callable[[nn.Module, str], object]
LEGACY = ("orig", "g", "v")
"""What legacy reparametrizations append to the name of a tensor that they compute, and keep as a plain attribute."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to reparametrize.

    Args:
        apply: what is called with the module and the name of its parameter.
        remove: what undoes it.
        renamed: what the values that the name stood for are called afterwards, `{}` being the name.
        one_sided: what is true of the other names while it lasts.
    """

    apply: Change
    remove: Change
    renamed: str
    one_sided: str = ""


WEIGHT_NORM = Way(parametrizations.weight_norm, parametrize.remove_parametrizations, "parametrizations.{}.original1")
LEGACY_WEIGHT_NORM = Way(nn.utils.weight_norm, nn.utils.remove_weight_norm, "{}_v")
SPECTRAL_NORM = Way(
    parametrizations.spectral_norm,
    parametrize.remove_parametrizations,
    "parametrizations.{}.original",
    "only {} is normalized",
)
PRUNE = Way(partial(prune.l1_unstructured, amount=0.5), prune.remove, "{}_orig", "only {} is masked")


def _register(name: str, way: Way) -> None:
    """Register a way, and its removal."""
    on_group(name)(lambda trial, group: _applied(trial, group, way))
    on_group(f"remove_{name}")(lambda trial, group: _removed(trial, group, way))


def _applied(trial: Trial, group: TieGroup, way: Way) -> Survival:
    model = trial.copy()
    side = _side(model, group)
    owner, last = owner_of(model, side)
    same = [name for name in tensor_names(model, group) if owner_of(model, name) == (owner, last)]
    way.apply(owner, last)
    renamed = {name: name.removesuffix(last) + way.renamed.format(last) for name in same}
    found = judge(group, trial.before[group.names], model, renamed)
    reason = found.reason
    if way.one_sided and set(same) != set(tensor_names(trial.scratch, group)):
        reason = way.one_sided.format(f"`{side}`")
    return Survival(found.outcome, reason)


def _removed(trial: Trial, group: TieGroup, way: Way) -> Survival:
    model = trial.copy()
    side = _side(model, group)
    other = next((name for name in group.names if name != side), side)
    old = _values(model, other)
    owner, last = owner_of(model, side)
    way.apply(owner, last)
    way.remove(owner, last)
    found = judge(group, trial.before[group.names], model)
    new = _values(model, other)
    changed = old is not None and new is not None and not torch.allclose(old, new, rtol=0, atol=0, equal_nan=True)
    if found.outcome is Outcome.BROKEN or not changed:
        return found
    return Survival(found.outcome, f"its result is written over the values of `{other}` too")


def _side(model: nn.Module, group: TieGroup) -> str:
    """Return the name of the parameter that is reparametrized: the last of a tie, or the first matrix of a module."""
    names = with_shapes(model, tensor_names(model, group))
    if isinstance(reachable(model, group.names[0]), nn.Module):
        names = tuple(sorted(names, key=lambda name: _rank(model, name)))[:1]
    if not isinstance(parameter := reachable(model, names[-1]), nn.Parameter):
        raise Inapplicable("there is no parameter in it")
    if not parameter.is_floating_point():
        raise Inapplicable(f"it is of {parameter.dtype}")
    owner, last = owner_of(model, names[-1])
    computed, _, part = last.rpartition("_")
    if isinstance(owner, parametrize.ParametrizationList) or (part in LEGACY and computed in vars(owner)):
        raise Inapplicable(f"`{names[-1]}` is a part of a reparametrized tensor")
    return names[-1]


def _rank(model: nn.Module, name: str) -> int:
    tensor = reachable(model, name)
    return 0 if isinstance(tensor, nn.Parameter) and tensor.dim() > 1 else 1 if isinstance(tensor, nn.Parameter) else 2


def _values(model: nn.Module, name: str) -> torch.Tensor | None:
    tensor = reachable(model, name)
    return tensor.detach().clone() if isinstance(tensor, torch.Tensor) else None


_register("weight_norm", WEIGHT_NORM)
_register("legacy_weight_norm", LEGACY_WEIGHT_NORM)
_register("spectral_norm", SPECTRAL_NORM)
_register("prune", PRUNE)
