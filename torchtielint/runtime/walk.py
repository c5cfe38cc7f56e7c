"""Every name of every parameter, buffer and module of a model, read from the registries themselves.

`named_parameters`, `named_buffers` and `state_dict` can be overridden, leave names out on request, and do not end on a
module that is registered below itself; the dictionaries that they read do not lie.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_STEPS = 500_000
"""Ways through a model that are gone; modules that are shared at every level have more ways than anybody can list."""

Thing = TypeVar("Thing", Tensor, nn.Module)


@dataclass(slots=True, eq=False)
class Found(Generic[Thing]):
    """A tensor or a module, and how it is reached.

    Args:
        thing: kept, so that its identity stays its own.
        names: by their places in the order of registration.
        edges: the registrations themselves: the identity of the owner, and the attribute. One registration below a
            module of several names gives several names.
        is_parameter: at least one registration is as a parameter.
        is_buffer: at least one is as a buffer.
    """

    thing: Thing
    names: dict[int, str] = field(default_factory=dict)
    edges: set[tuple[int, str]] = field(default_factory=set)
    is_parameter: bool = False
    is_buffer: bool = False

    @property
    def is_tied(self) -> bool:
        """Whether it is registered more than once, and so has names that no other tie explains."""
        return len(self.edges) > 1 and len(self.names) > 1


@dataclass(frozen=True, slots=True)
class Registered:
    """What one module registers itself."""

    tensors: tuple[tuple[str, Tensor, bool], ...]
    modules: tuple[tuple[str, nn.Module], ...]


@dataclass(slots=True)
class Walk:
    """A model, gone through once.

    Args:
        tensors: every tensor object, by its identity, in the order of registration.
        modules: every module below the root, likewise.
        named: how many names there are.
        parameter_names: how many names are of parameters.
        complete: every name is listed; not so where there are more than `MAX_STEPS` ways to modules.
    """

    tensors: dict[int, Found[Tensor]] = field(default_factory=dict)
    modules: dict[int, Found[nn.Module]] = field(default_factory=dict)
    parameter_names: int = 0
    complete: bool = True
    named: int = 0
    registered: dict[int, Registered] = field(default_factory=dict)

    def name(self, found: Found[Tensor] | Found[nn.Module], name: str) -> None:
        """Give a tensor or a module its next name."""
        found.names[self.named] = name
        self.named += 1

    def own(self, module: nn.Module) -> Registered:
        """What a module registers itself, read once: a ScriptModule makes new wrappers each time it is asked."""
        known = self.registered.get(id(module))
        if known is None:
            known = self.registered[id(module)] = _read(module)
        return known


def walk(root: nn.Module) -> Walk:
    """Go every way through a model, in the order in which `named_parameters` does; a cycle is gone round once."""
    seen = Walk()
    above: set[int] = set()
    entered: set[int] = set()
    pending: list[tuple[nn.Module, str, bool]] = [(root, "", False)]
    steps = 0
    while pending:
        module, path, leaving = pending.pop()
        key = id(module)
        if leaving:
            above.discard(key)
            continue
        if path:
            seen.name(seen.modules[key], path)
        if key in above:
            continue
        steps += 1
        if steps > MAX_STEPS and key in entered:
            seen.complete = False
            continue
        above.add(key)
        entered.add(key)
        pending.append((module, path, True))
        prefix = f"{path}." if path else ""
        _tensors_of(seen, module, prefix)
        for name, child in reversed(seen.own(module).modules):
            found = seen.modules.setdefault(id(child), Found(child))
            found.edges.add((key, name))
            pending.append((child, prefix + name, False))
    seen.modules = {key: found for key, found in seen.modules.items() if found.names}
    return seen


def _tensors_of(seen: Walk, module: nn.Module, prefix: str) -> None:
    """Note the tensors that a module registers itself, under their full names."""
    for name, tensor, is_parameter in seen.own(module).tensors:
        found = seen.tensors.get(id(tensor))
        if found is None:
            found = seen.tensors[id(tensor)] = Found(tensor)
        found.edges.add((id(module), name))
        seen.name(found, prefix + name)
        if is_parameter:
            found.is_parameter = True
            seen.parameter_names += 1
        else:
            found.is_buffer = True


def _read(module: nn.Module) -> Registered:
    parameters = [(name, tensor, True) for name, tensor in _items(module, "_parameters") if isinstance(tensor, Tensor)]
    buffers = [(name, tensor, False) for name, tensor in _items(module, "_buffers") if isinstance(tensor, Tensor)]
    children = [(name, child) for name, child in _items(module, "_modules") if isinstance(child, nn.Module)]
    return Registered((*parameters, *buffers), tuple(children))


def _items(module: nn.Module, registry: str) -> Iterator[tuple[str, object]]:
    """One registry of a module: its own attribute, whatever `__getattr__` says; a ScriptModule has a wrapper there."""
    held: Mapping[str, object] | None = vars(module).get(registry)
    if held is not None:
        yield from list(held.items())
