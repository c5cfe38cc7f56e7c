"""Under torch: has a mistake of initialisation, of an optimizer or of a Hugging Face model its effect?"""

from __future__ import annotations

import operator
import tempfile
from collections.abc import Callable
from typing import Any

import torch
from torch import nn


def uninitialized(make: Callable[[], nn.Module], name: str) -> bool:
    """Whether a parameter holds what the memory held; torch fills that with NaN on request."""
    torch.use_deterministic_algorithms(True)
    try:
        return bool(operator.attrgetter(name)(make()).isnan().any())
    finally:
        torch.use_deterministic_algorithms(False)


def idle(model: nn.Module, name: str, run: Callable[[nn.Module], object]) -> bool:
    """Whether a layer is registered, and a forward comes by without running it."""
    layer = model._modules.get(name)
    if layer is None:
        return False
    calls: list[object] = []
    layer.register_forward_pre_hook(lambda *_: calls.append(None))
    run(model)
    return not calls


def cut(model: nn.Module, generator: str, result: str, run: Callable[[nn.Module], object]) -> bool:
    """Whether what a forward computed gives no gradient to the layer that generated the weights."""
    run(model)
    getattr(model, result).sum().backward()
    return getattr(model, generator).weight.grad is None


def orphaned(made: tuple[nn.Module, torch.optim.Optimizer]) -> bool:
    """Whether a model has parameters that its optimizer does not know."""
    model, optimizer = made
    taken = {id(one) for group in optimizer.param_groups for one in group["params"]}
    return any(id(one) not in taken for one in model.parameters())


def _configured(kind: Any) -> Any:  # noqa: ANN401  # a class that is made while this runs
    return kind(kind.config_class())


def saved(kind: Any) -> None:  # noqa: ANN401  # likewise
    """Write a Hugging Face model to a folder."""
    with tempfile.TemporaryDirectory() as folder:
        _configured(kind).save_pretrained(folder)


# ANN401: likewise
def reloaded(kind: Any, state: Callable[[nn.Module], dict[str, torch.Tensor]] | None = None) -> Any:  # noqa: ANN401  # likewise
    """A Hugging Face model, written to a folder and read from there; `state`: what is written for its state dict."""
    model = _configured(kind)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, state_dict=state(model) if state else None)
        original = torch.empty_like
        torch.empty_like = lambda *given, **named: original(*given, **named).fill_(-7)  # what the heap may hold
        try:
            return kind.from_pretrained(folder)
        finally:
            torch.empty_like = original


def lost(kind: Any, path: str) -> bool:  # noqa: ANN401  # likewise
    """Whether a value that the constructor computes is another one after `from_pretrained`."""
    wanted = operator.attrgetter(path)(_configured(kind))
    found = operator.attrgetter(path)(reloaded(kind))
    return bool(found.is_meta or not torch.equal(wanted, found))


def overwritten(kind: Any, layer: str) -> bool:  # noqa: ANN401  # likewise
    """Whether a weight of a checkpoint is written over because the bias beside it is missing."""

    def trained(model: nn.Module) -> dict[str, torch.Tensor]:
        state = {name: tensor.clone() for name, tensor in model.state_dict().items() if name != f"{layer}.bias"}
        state[f"{layer}.weight"].fill_(1)
        return state

    weight = getattr(reloaded(kind, trained), layer).weight
    return not torch.equal(weight, torch.ones_like(weight))


HELPERS: dict[str, object] = {
    one.__name__: one for one in (uninitialized, idle, cut, orphaned, saved, reloaded, lost, overwritten)
}
