"""From a dotted name to what a model registers under it."""

from __future__ import annotations

import difflib

from torch import Tensor, nn

from torchtielint.runtime.walk import Walk

NEAR = 3
"""Names that are suggested where there is none."""


class UnknownNameError(LookupError):
    """A model registers nothing under a name that was asked for."""


def registered(model: nn.Module, seen: Walk, name: str) -> Tensor | nn.Module:
    """The parameter, buffer or module under a name.

    Raises:
        UnknownNameError: there is none; the message says what is near.
    """
    found: Tensor | nn.Module = model
    for part in name.split("."):
        following = _entries(seen, found)
        if part not in following:
            raise UnknownNameError(_message(model, seen, name))
        found = following[part]
    return found


def _entries(seen: Walk, module: Tensor | nn.Module) -> dict[str, Tensor | nn.Module]:
    """What a module registers itself, by its name."""
    if not isinstance(module, nn.Module):
        return {}
    own = seen.own(module)
    return {**{name: tensor for name, tensor, _ in own.tensors}, **dict(own.modules)}


def _message(model: nn.Module, seen: Walk, name: str) -> str:
    said = f"{type(model).__name__} registers no parameter, buffer or module `{name}`"
    path, _, last = name.rpartition(".")
    tensors = [one for found in seen.tensors.values() for one in found.names.values()]
    modules = [one for found in seen.modules.values() for one in found.names.values()]
    below = f"{path}.parametrizations.{last}." if path else f"parametrizations.{last}."
    computed = [one for one in tensors if one.startswith(below)] + [one for one in tensors if one == f"{name}_orig"]
    if computed:
        return f"{said}: it is computed from {_listed(computed)}"
    near = difflib.get_close_matches(name, [*tensors, *modules], n=NEAR)
    near += [one for one in tensors if one.rpartition(".")[2] == last and one not in near]
    return f"{said}; near: {_listed(near[:NEAR])}" if near else said


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
