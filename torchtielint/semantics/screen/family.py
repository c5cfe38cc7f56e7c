"""What a class and its bases do together, as far as the screen reads them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchtielint.semantics.screen.kinds import HELD, STATE, Kind, Kinds, Suspicion
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.screen.record import Assigned
    from torchtielint.semantics.screen.shapes import Shape

# The methods that a forward is, or begins with.
FORWARD = ("forward", "_forward", "__call__", "call")


def joined(shape: Shape, bases: list[Shape]) -> Iterator[Suspicion]:
    """What a class and its bases do together."""
    family = [shape, *bases]
    names = set[str]().union(*(one.names for one in family))
    assigned: dict[str, list[Assigned]] = {}
    for one in family:
        for name, each in one.attributes.items():
            assigned.setdefault(name, []).extend(each)
    aliases = _kept_aliases(family)
    for name, each in assigned.items():
        if _is_several(each, aliases.get(name, 0)):
            yield Suspicion.REBOUND
        registered = any(one.kind & STATE or one.buffer for one in each)
        if registered and (name in names or name in _torch_names()):
            yield Suspicion.NAME
    if any(count > 1 for name, count in aliases.items() if name in assigned and _may_be(assigned[name], HELD)):
        yield Suspicion.ALIAS
    if _forward_creates(family):
        yield Suspicion.CREATED
    if _cuts(shape, bases) and any(_may_be(each, Kind.PARAMETER) for each in assigned.values()):
        yield Suspicion.WORD
    if any(one.empty for one in family) and not set().union(*(one.empty for one in family)) <= _filled(family):
        yield Suspicion.PARAMETER


@functools.cache
def _torch_names() -> frozenset[str]:
    return load().module_methods


def is_run_for(shape: Shape, bases: list[Shape]) -> bool:
    """Whether a class, its constructor or one of its methods leads to something suspicious of a base."""
    if any(base.body for base in bases):
        return True
    own = {"__init__", *shape.names} | set().union(*shape.reads.values())
    reached = _reached(own, _reads([shape, *bases]))
    return any(suspects for base in bases for name, suspects in base.suspects.items() if name in reached)


def _cuts(shape: Shape, bases: list[Shape]) -> bool:
    """Whether a class may cut a tensor off its gradients, or a base does so in a forward."""
    cutting = set[str]().union(*(base.cutting for base in bases))
    return shape.cuts or bool(cutting and cutting & _run_by_forward([shape, *bases]))


def _may_be(each: list[Assigned], kind: Kinds) -> bool:
    return any(one.kind & kind for one in each)


def _is_several(each: list[Assigned], aliases: int) -> bool:
    """Whether an attribute is registered, and something else at another time."""
    real = [one for one in each if not one.none]
    if len(real) < 2:
        return False
    kinds = Kind.DATA
    for one in real:
        kinds |= one.kind
    if any(one.buffer for one in real):
        return any(not one.buffer and not one.kind & (Kind.TENSOR | Kind.GIVEN) for one in real) or bool(kinds & STATE)
    if kinds & Kind.PARAMETER:
        pairs = [(one, other) for at, one in enumerate(real) for other in real[at + 1 :]]
        apart = all(one.method == other.method and one.excludes(other) for one, other in pairs)
        return not apart or bool(kinds & (Kind.TENSOR | Kind.CONTAINER)) or bool(aliases)
    if kinds & Kind.MODULE:
        plain = any(not one.kind & (Kind.MODULE | Kind.GIVEN | Kind.MADE | Kind.FOREIGN) for one in real)
        return plain or bool(aliases)
    return False


def _filled(family: list[Shape]) -> set[str]:
    """The attributes that the constructor gives values, itself or by a method."""
    fills: dict[str, set[str]] = {}
    for one in family:
        for name, filled in one.fills.items():
            fills.setdefault(name, set()).update(filled)
    return set().union(*(fills.get(name, set()) for name in _reached({"__init__"}, _reads(family))))


def _kept_aliases(family: list[Shape]) -> dict[str, int]:
    """How often attributes are handed on by code whose result the object may keep: what only gives it back is none."""
    keeping = _reached({"__init__"}.union(*(one.keeping for one in family)), _reads(family))
    aliases: dict[str, int] = {}
    for one in family:
        for method, each in one.aliases.items():
            for name, count in each.items() if method in keeping else ():
                aliases[name] = aliases.get(name, 0) + count
    return aliases


def _reads(family: list[Shape]) -> dict[str, set[str]]:
    """By method, the attributes of the object that it reads, methods among them."""
    reads: dict[str, set[str]] = {}
    for one in family:
        for name, read in one.reads.items():
            reads.setdefault(name, set()).update(read)
    return reads


def _reached(start: set[str], reads: dict[str, set[str]]) -> set[str]:
    """The methods that some methods lead to."""
    seen = set(start)
    pending = list(start)
    while pending:
        new = (reads.get(pending.pop(), set()) & reads.keys()) - seen
        seen |= new
        pending.extend(new)
    return seen


def _forward_creates(family: list[Shape]) -> bool:
    """Whether a forward, or what it calls of the object, makes modules."""
    creates = set[str]().union(*(one.creates for one in family))
    return bool(creates & _run_by_forward(family))


def called_by_forward(family: list[Shape]) -> set[str]:
    """The names that a forward, or what it calls of the object, uses."""
    run = _run_by_forward(family)
    return set[str]().union(*(used for one in family for name, used in one.uses.items() if name in run))


def _run_by_forward(family: list[Shape]) -> set[str]:
    reads = _reads(family)
    return _reached({name for name in reads if name.startswith(FORWARD) or name.endswith("_step")}, reads)
