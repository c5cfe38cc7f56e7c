"""A live model, measured: what shares memory in it, and how much it holds."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from torchtielint.runtime import grouping, memory
from torchtielint.runtime.contents import equal_values as same_contents
from torchtielint.runtime.grouping import Located, Memory
from torchtielint.runtime.mappings import in_files, read_mappings
from torchtielint.runtime.report import ParameterCount, TieGroup, TieReport
from torchtielint.runtime.walk import Walk, walk


def tie_report(model: nn.Module, *, adjacent: bool = False, equal_values: bool = False) -> TieReport:
    """Report which parameters, buffers and modules of a model are one, and how; nothing of the model is changed.

    Args:
        model: any module: on any device, meta and fake included, with lazy parameters, tensor subclasses, cycles.
        adjacent: report tensors too that lie in one storage and have no byte in common.
        equal_values: report tensors too that have equal contents in memory of their own; reads every value once.
    """
    with _without_collection():
        return measure(walk(model), adjacent=adjacent, equal_values=equal_values)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Put off the garbage collector, which goes through all names again each time that more of them are noted.

    It takes half of the time over 100,000 names; what is made here has no cycles.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def measure(seen: Walk, *, adjacent: bool = False, equal_values: bool = False) -> TieReport:
    """Report on what a walk has found; see `tie_report`."""
    with memory.only_looking():
        located = _located(seen)
        held = Memory(tuple(located.values()))
        groups = list(_groups(seen, located, held, adjacent=adjacent, equal_values=equal_values))
        order = _order(seen)
        groups.sort(key=lambda group: order[group.names[0]])
        return TieReport(tuple(groups), _count(seen, held), _device(seen), complete=seen.complete)


def _located(seen: Walk) -> dict[int, Located]:
    """Each tensor of a model with its place."""
    places = {key: memory.place_of(found.thing) for key, found in seen.tensors.items()}
    mappings = read_mappings()
    if mappings:
        places = {key: in_files(place, mappings) for key, place in places.items()}
    return {key: Located(found, places[key]) for key, found in seen.tensors.items()}


def _groups(
    seen: Walk, located: dict[int, Located], held: Memory, *, adjacent: bool, equal_values: bool
) -> Iterator[TieGroup]:
    yield from grouping.same_modules(seen, grouping.tied_modules(seen, located), held)
    yield from grouping.same_parameters(held.located)
    yield from grouping.same_memory(held)
    if adjacent:
        yield from grouping.adjacent(held)
    if equal_values:
        yield from same_contents(held)


def _order(seen: Walk) -> dict[str, int]:
    """The places of first names: a module before what is registered in it."""
    names = [found.names for found in seen.modules.values()]
    names += [found.names for found in seen.tensors.values()]
    return {name: place for own in names for place, name in own.items()}


def _count(seen: Walk, held: Memory) -> ParameterCount:
    parameters = [one for one in held.located if one.found.is_parameter]
    taken = sum(
        held.taken(chosen) for linked in held.linked if (chosen := [one for one in linked if one.found.is_parameter])
    )
    apart = sum(one.place.nbytes * len(one.found.names) for one in parameters)
    return ParameterCount(
        named=seen.parameter_names,
        unique=len(parameters),
        elements=sum(memory.elements_of(one.found.thing) for one in parameters),
        bytes=taken,
        saved=apart - taken,
    )


def _device(seen: Walk) -> str:
    """Where the model is: the devices of its parameters, or of its buffers where it has none."""
    found = list(seen.tensors.values())
    chosen = [one for one in found if one.is_parameter] or found
    return ", ".join(dict.fromkeys(str(one.thing.device) for one in chosen))
