"""What some names of a model have in common, and nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from torchtielint.runtime.naming import registered
from torchtielint.runtime.report import TieGroup
from torchtielint.runtime.scan import measure
from torchtielint.runtime.walk import Found, Walk, walk


def between(model: nn.Module, names: Sequence[str]) -> tuple[TieGroup, ...]:
    """The groups that link two of the names, or what is below them; of equal values too.

    Raises:
        UnknownNameError: the model registers nothing under one of the names.
    """
    whole, part = walk(model), Walk()
    for position, name in enumerate(dict.fromkeys(names)):
        thing = registered(model, whole, name)
        if isinstance(thing, Tensor):
            _add(part, whole.tensors[id(thing)], name, position)
        else:
            _add_module(part, whole, thing, name, position)
    groups = measure(part, equal_values=True).groups
    return tuple(group for group in groups if len({_top(one, names) for one in group.names}) > 1)


def _add(part: Walk, found: Found[Tensor], name: str, position: int) -> None:
    """Take in a tensor under a name, as if it were registered there and nowhere else."""
    like = Found(found.thing, is_parameter=found.is_parameter, is_buffer=found.is_buffer)
    one = part.tensors.setdefault(id(found.thing), like)
    one.edges.add((position, name))
    part.name(one, name)


def _add_module(part: Walk, whole: Walk, module: nn.Module, name: str, position: int) -> None:
    known = id(module) in part.modules
    one = part.modules.setdefault(id(module), Found(module))
    one.edges.add((position, name))
    part.name(one, name)
    part.own(module)
    if not known:
        for found in walk(module).tensors.values():
            for inner in found.names.values():
                _add(part, whole.tensors[id(found.thing)], f"{name}.{inner}", position)


def _top(name: str, names: Sequence[str]) -> str:
    """Which of the names that were asked for one is, or lies below."""
    return max((one for one in names if name == one or name.startswith(f"{one}.")), key=len)
