"""What optimizers and gradient clipping make of a tie, without a forward: gradients are set by hand.

A step with gradients of zero is the decay alone, which is the same for every split of a gradient over the names. So a
tie that is one Parameter decays once, and one that is several decays as often as there are Parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import nn

from torchtielint.runtime import memory
from torchtielint.runtime.grouping import Located, Memory
from torchtielint.runtime.operations.base import Inapplicable, Trial, distinct, on_group, with_shapes
from torchtielint.runtime.relations import reachable, tensor_names
from torchtielint.runtime.report import Outcome, Survival, TieGroup
from torchtielint.runtime.walk import Found

MakeOptimizer = Callable[[Iterable[torch.Tensor]], torch.optim.Optimizer]


@on_group("sgd_step")
def sgd_step(trial: Trial, group: TieGroup) -> Survival:
    """Step once with decay only."""
    return _step(trial.scratch, group, lambda tensors: torch.optim.SGD(tensors, lr=0.5, weight_decay=0.5))


@on_group("adam_step")
def adam_step(trial: Trial, group: TieGroup) -> Survival:
    """Step once with decay only, which Adam treats as a gradient."""
    return _step(trial.scratch, group, lambda tensors: torch.optim.Adam(tensors, lr=0.25, weight_decay=0.5))


@on_group("grad_norm")
def grad_norm(trial: Trial, group: TieGroup) -> Survival:
    """Take the norm of gradients of ones: its square is the number of elements that were counted."""
    model = trial.scratch
    trained, tensors = _trained(model, group)
    counted = sum(tensor.numel() for tensor in trained)
    for tensor in trained:
        tensor.grad = torch.ones_like(tensor)
    norm = float(torch.nn.utils.clip_grad_norm_(trained, float("inf")))
    once = _elements(tensors)
    if counted == once and abs(norm**2 - once) <= 0.01 * once:
        return Survival(Outcome.KEPT)
    what = f"{len(trained)} Parameters over common memory"
    return Survival(Outcome.BROKEN, f"{what}: the norm counts {counted} gradients for {once:.0f} elements")


def _step(model: nn.Module, group: TieGroup, make_optimizer: MakeOptimizer) -> Survival:
    trained, tensors = _trained(model, group)
    with torch.no_grad():
        for tensor in tensors:
            tensor.fill_(1)
        before = [tensor.detach().clone() for tensor in tensors]
    for tensor in trained:
        tensor.grad = torch.zeros_like(tensor)
    make_optimizer(trained).step()
    frozen = [tensor for tensor in tensors if not any(tensor is other for other in trained)]
    wrong = sum(not _is_one_step(old, tensor, make_optimizer) for old, tensor in zip(before, tensors, strict=True))
    if not wrong and not frozen:
        return Survival(Outcome.KEPT)
    if frozen and len(trained) == 1:
        return Survival(
            Outcome.BROKEN, "a Parameter that is frozen moves with one over the same memory that is trained"
        )
    where = "" if wrong == len(tensors) else " where they have memory in common"
    return Survival(Outcome.BROKEN, f"{len(trained)} Parameters: stepped {len(trained)} times{where}")


def _is_one_step(before: torch.Tensor, after: torch.Tensor, make_optimizer: MakeOptimizer) -> bool:
    """Tell whether a tensor is where one step takes it."""
    alone = nn.Parameter(before.clone())
    alone.grad = torch.zeros_like(alone)
    make_optimizer([alone]).step()
    return not bool(((alone - after).detach().abs() > 0.01).any())


def _trained(model: nn.Module, group: TieGroup) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Return the Parameters of a group that an optimizer of the model steps, and all tensors of the group."""
    found = (reachable(model, name) for name in with_shapes(model, tensor_names(model, group)))
    tensors = distinct(thing for thing in found if isinstance(thing, nn.Parameter))
    if not tensors:
        raise Inapplicable("there is no parameter in it: buffers are not stepped")
    wanted = {id(tensor) for tensor in tensors if tensor.requires_grad}
    if not wanted:
        raise Inapplicable("it is frozen: `requires_grad` is False")
    # Not made distinct: a model whose `parameters()` repeats one is stepped twice.
    trained: list[torch.Tensor] = [tensor for tensor in model.parameters() if id(tensor) in wanted]
    if not trained:
        raise Inapplicable("`parameters()` of the model does not give it")
    return trained, tensors


def _elements(tensors: Sequence[torch.Tensor]) -> float:
    """Return how many elements of memory some tensors of one type cover, each counted once."""
    with memory.only_looking():
        held = Memory([Located(Found(tensor), memory.place_of(tensor)) for tensor in tensors])
        return held.taken(held.located) / tensors[0].element_size()
