"""What the functions of `torch.nn.utils` that reparametrize leave behind, found by applying them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune

from torch_probes.signatures import stored_signature

Function = Callable[..., Any]


@dataclass(frozen=True)
class Technique:
    """A function that applies a technique, the one that removes it, and what else they need."""

    family: str
    apply: Function
    remove: Function | None
    legacy: bool
    more: Mapping[str, Any] = field(default_factory=dict)


def _techniques() -> list[Technique]:
    utils = nn.utils
    return [
        Technique("weight_norm", utils.weight_norm, utils.remove_weight_norm, legacy=True),
        Technique("spectral_norm", utils.spectral_norm, utils.remove_spectral_norm, legacy=True),
        Technique("weight_norm", parametrizations.weight_norm, None, legacy=False),
        Technique("spectral_norm", parametrizations.spectral_norm, None, legacy=False),
        Technique("orthogonal", parametrizations.orthogonal, None, legacy=False),
        Technique(
            "parametrization",
            parametrize.register_parametrization,
            parametrize.remove_parametrizations,
            legacy=False,
            more={"parametrization": nn.Identity()},
        ),
        Technique("prune", prune.identity, prune.remove, legacy=False),
        Technique("prune", prune.random_unstructured, None, legacy=False, more={"amount": 1}),
        Technique("prune", prune.l1_unstructured, None, legacy=False, more={"amount": 1}),
        Technique("prune", prune.random_structured, None, legacy=False, more={"amount": 1, "dim": 0}),
        Technique("prune", prune.ln_structured, None, legacy=False, more={"amount": 1, "n": 2, "dim": 0}),
        Technique("prune", prune.custom_from_mask, None, legacy=False, more={"mask": torch.ones(3, 4)}),
    ]


def stored_reparametrizations(canonical: Callable[[object], str]) -> dict[str, Any]:
    """The entry of every function that applies or removes a reparametrization."""
    stored: dict[str, Any] = {}
    for technique in _techniques():
        stored[canonical(technique.apply)] = _applied(technique)
        if technique.remove is not None:
            stored[canonical(technique.remove)] = _removed(technique)
    return stored


def _linear() -> nn.Linear:
    return nn.Linear(4, 3)


def _applied(technique: Technique) -> dict[str, Any]:
    module = _linear()
    weight, before = module.weight, _slots(module)
    _call(technique, module)
    return _entry(technique, "apply", module, weight, before) | {"min_dims": _min_dims(technique)}


def _removed(technique: Technique) -> dict[str, Any]:
    """What the removal leaves; the object that it may keep is the one parameter of the weight's shape."""
    module = _linear()
    _call(technique, module)
    weight = next(parameter for parameter in module.parameters() if parameter.shape == (3, 4))
    before = _slots(module)
    if technique.remove is not None:
        technique.remove(module, "weight")
    return _entry(technique, "remove", module, weight, before) | {"min_dims": 0}


def _call(technique: Technique, module: nn.Module) -> None:
    name = "tensor_name" if technique.family == "parametrization" else "name"
    technique.apply(module, **{name: "weight"}, **technique.more)


def _slots(module: nn.Module) -> tuple[set[str], set[str]]:
    return {name for name, _ in module.named_parameters()}, {name for name, _ in module.named_buffers()}


def _entry(
    technique: Technique,
    action: str,
    module: nn.Module,
    weight: torch.Tensor,
    before: tuple[set[str], set[str]],
) -> dict[str, Any]:
    parameters, buffers = _slots(module)
    function = technique.remove if action == "remove" and technique.remove is not None else technique.apply
    return {
        "action": action,
        "family": technique.family,
        "legacy": technique.legacy,
        "arguments": stored_signature(function) or [],
        "parameters": sorted(name.replace("weight", "{name}") for name in parameters - before[0]),
        "buffers": sorted(name.replace("weight", "{name}") for name in buffers - before[1]),
        "keeps_object": any(parameter is weight for parameter in module.parameters()),
    }


class _Bare(nn.Module):
    def __init__(self, dims: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.linspace(0.1, 0.9, 3**dims).reshape((3,) * dims))


def _min_dims(technique: Technique) -> int:
    """The least number of dimensions with which the parameter can be reparametrized and read."""
    for dims in range(4):
        module = _Bare(dims)
        mask = {"mask": torch.ones(module.weight.shape)} if "mask" in technique.more else {}
        try:
            _call(replace(technique, more={**technique.more, **mask}), module)
            for hook in list(module._forward_pre_hooks.values()):
                hook(module, ())
            _ = module.weight + 0
        except (ValueError, RuntimeError, IndexError, KeyError, TypeError):
            continue
        return dims
    raise AssertionError(technique)
