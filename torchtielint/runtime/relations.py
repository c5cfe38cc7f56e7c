"""What the names of a group are to each other in a model, and what has become of them after an operation."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import nn

from torchtielint.runtime import memory
from torchtielint.runtime.grouping import Located, Memory
from torchtielint.runtime.report import Outcome, Survival, TieGroup
from torchtielint.runtime.walk import Found


class Relation(enum.Enum):
    """How much several tensors, or modules, are one."""

    ONE = enum.auto()
    """One object."""
    MEMORY = enum.auto()
    """Several tensors, of which each has bytes in common with another."""
    PARTLY = enum.auto()
    """Some have bytes in common, and some are apart."""
    SEPARATE = enum.auto()
    """No two have a byte in common."""


def reachable(model: nn.Module, name: str) -> nn.Module | torch.Tensor | None:
    """Return the module, parameter or buffer under a dotted name, and None where there is no such thing.

    Only what is registered counts: the `weight` of a parametrized module is computed anew at each access.
    """
    found: nn.Module | torch.Tensor | None = model
    for part in name.split(".") if name else ():
        if not isinstance(found, nn.Module):
            return None
        registries = (found._modules, found._parameters, found._buffers)  # those of a ScriptModule have no `get`
        entries = (registry[part] for registry in registries if part in registry)
        found = next((entry for entry in entries if entry is not None), None)
    return found


def tensors_of(model: nn.Module, name: str) -> dict[str, torch.Tensor]:
    """Return what a name of a group stands for: the tensor itself, or those below a module by their inner names."""
    found = reachable(model, name)
    if isinstance(found, torch.Tensor):
        return {"": found}
    below: dict[str, torch.Tensor] = {}
    for path, module in found.named_modules() if found is not None else ():  # it ends where modules hold each other
        for last, tensor in [*module._parameters.items(), *module._buffers.items()]:
            if tensor is not None:
                below[f"{path}.{last}" if path else last] = tensor
    return below


def tensor_names(model: nn.Module, group: TieGroup) -> tuple[str, ...]:
    """Return the names of tensors that a group stands for, those below its modules included."""
    inner = {name: tensors_of(model, name) for name in group.names}
    return tuple(f"{name}.{below}" if below else name for name, found in inner.items() for below in found)


def owner_of(model: nn.Module, name: str) -> tuple[nn.Module, str]:
    """Return the module in which a tensor is registered, and its name there.

    Raises:
        LookupError: no module of the model has it.
    """
    path, _, last = name.rpartition(".")
    owner = reachable(model, path)
    if not isinstance(owner, nn.Module):
        raise LookupError(f"nothing is registered under `{name}`")  # noqa: TRY004  # a name, not a type, is wrong
    return owner, last


def relation(things: Sequence[nn.Module | torch.Tensor]) -> Relation:
    """Return how much modules or tensors are one; separate modules count by the tensors below them."""
    if all(thing is things[0] for thing in things):
        return Relation.ONE
    tensors = [thing for thing in things if isinstance(thing, torch.Tensor)]
    if len(tensors) == len(things):
        sizes = [len(cluster) for cluster in clusters(tensors)]
        if len(sizes) == 1:
            return Relation.MEMORY
        return Relation.PARTLY if max(sizes) > 1 else Relation.SEPARATE
    below = [tensors_of(thing, "") for thing in things if isinstance(thing, nn.Module)]
    rows = [[tensors[name] for tensors in below if name in tensors] for name in below[0]]
    kept = rows and all(len(row) == len(things) and relation(row) in (Relation.ONE, Relation.MEMORY) for row in rows)
    return Relation.MEMORY if kept else Relation.SEPARATE


def clusters(tensors: Sequence[torch.Tensor]) -> list[list[int]]:
    """Return the positions of tensors that hang together by common bytes, in the order of the first of each."""
    objects = {id(tensor): tensor for tensor in tensors}
    with memory.only_looking():
        held = Memory([Located(Found(tensor), memory.place_of(tensor)) for tensor in objects.values()])
    number = {id(one.found.thing): place for place, linked in enumerate(held.linked) for one in linked}
    found: dict[int, list[int]] = {}
    for position, tensor in enumerate(tensors):
        found.setdefault(number[id(tensor)], []).append(position)
    return list(found.values())


def judge(group: TieGroup, before: Relation, model: nn.Module, renamed: Mapping[str, str] | None = None) -> Survival:
    """Return what has become of a group in a model that an operation gave back.

    Args:
        group: the tie.
        before: what its names were to each other in the model that the operation was given.
        model: what it gave back.
        renamed: the names that it changed.
    """
    names = [(renamed or {}).get(name, name) for name in group.names]
    found = [reachable(model, name) for name in names]
    things = [thing for thing in found if thing is not None]
    if len(things) < len(found):
        gone = _listed(name for name, thing in zip(names, found, strict=True) if thing is None)
        return Survival(Outcome.BROKEN, f"nothing is registered under {gone} any more")
    return Survival(*_outcome(before, relation(things), names, things))


def _outcome(
    before: Relation, after: Relation, names: Sequence[str], things: Sequence[nn.Module | torch.Tensor]
) -> tuple[Outcome, str]:
    modules = isinstance(things[0], nn.Module)
    match after:
        case Relation.ONE:
            return Outcome.KEPT, "" if before is Relation.ONE else "the names are one object now"
        case Relation.MEMORY if before is Relation.MEMORY:
            return Outcome.KEPT, ""
        case Relation.MEMORY:
            objects = "modules over the same parameters" if modules else "tensors over common memory"
            separate = {id(thing): name for name, thing in reversed(list(zip(names, things, strict=True)))}
            return Outcome.DEMOTED, f"{len(separate)} {objects}: {_listed(reversed(separate.values()))}"
        case Relation.PARTLY:
            tensors = [thing for thing in things if isinstance(thing, torch.Tensor)]
            parts = [_listed(names[place] for place in cluster) for cluster in clusters(tensors)]
            return Outcome.BROKEN, f"apart from each other: {'; '.join(parts)}"
    return Outcome.BROKEN, "modules of their own" if modules else "memory of their own"


def _listed(names: Iterable[str]) -> str:
    """Return names in backquotes, the last ones left out where they are many."""
    spelled = [f"`{name}`" for name in names]
    return ", ".join(spelled if len(spelled) <= 4 else [*spelled[:3], f"and {len(spelled) - 3} more"])
