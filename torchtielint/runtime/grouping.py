"""From the tensors of a model and where they lie to the groups of names that are one.

The groups are those of the predicted tie graph: a module that is registered several times is one group, and what is
below it is not listed again unless it is registered besides; Parameters over common memory are one group of all their
names, and what among them is one object is a group of its own too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from torch import Tensor, nn

from torchtielint.kinds import TieKind
from torchtielint.runtime import memory
from torchtielint.runtime.layouts import Layout, components, covered
from torchtielint.runtime.memory import Place
from torchtielint.runtime.report import TieGroup
from torchtielint.runtime.walk import Found, Walk


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """A tensor of a model, and where it lies."""

    found: Found[Tensor]
    place: Place


class Memory:
    """The memory of a model: which of its tensors have bytes in common.

    Args:
        located: its tensors, in the order of registration.
    """

    def __init__(self, located: Sequence[Located]) -> None:
        self.located = located
        self.linked = _linked(located)

    def shared(self) -> list[list[Located]]:
        """The tensors that have bytes in common, several each."""
        return [one for one in self.linked if len(one) > 1]

    def taken(self, tensors: Sequence[Located], times: int = 1) -> int:
        """How many bytes at least `times` of some tensors cover, each counted once."""
        if len(tensors) == 1 and times == 1:
            return tensors[0].place.nbytes
        spaces: dict[Hashable, list[Layout]] = {}
        for one in tensors:
            own: dict[Hashable, set[Layout]] = {}
            for piece in one.place.pieces:
                own.setdefault(piece.space, set()).add(piece.layout)
            for space, layouts in own.items():
                spaces.setdefault(space, []).extend(layouts)
        opaque = sum(one.place.opaque for one in tensors) if times == 1 else 0
        return opaque + sum(covered(layouts, times) for layouts in spaces.values())


def _linked(located: Sequence[Located]) -> list[list[Located]]:
    """Tensors in sets that are linked by common bytes of any of their pieces."""
    spaces: dict[Hashable, list[tuple[int, Layout]]] = {}
    for position, one in enumerate(located):
        for piece in one.place.pieces:
            spaces.setdefault(piece.space, []).append((position, piece.layout))
    union = _Union(len(located))
    for held in spaces.values():
        if len(held) > 1:
            for component in components([layout for _, layout in held]):
                for index in component[1:]:
                    union.join(held[component[0]][0], held[index][0])
    return [[located[position] for position in members] for members in union.sets()]


class _Union:
    """Numbers in sets that grow together; each set and the sets in ascending order."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def top(self, one: int) -> int:
        while self._above[one] != one:
            self._above[one] = self._above[self._above[one]]
            one = self._above[one]
        return one

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.top(one), self.top(other)))
        self._above[high] = low

    def sets(self) -> list[list[int]]:
        members: dict[int, list[int]] = {}
        for one in range(len(self._above)):
            members.setdefault(self.top(one), []).append(one)
        return list(members.values())


# The kinds of groups


def same_modules(walk: Walk, below: dict[int, list[Located]], memory_of: Memory) -> Iterator[TieGroup]:
    """Modules that are registered several times, and have a tensor in or below them."""
    for key, found in walk.modules.items():
        held = below.get(key, [])
        if held:
            nbytes = memory_of.taken(held)
            yield TieGroup(tuple(found.names.values()), TieKind.SAME_MODULE, None, "", nbytes, **_counts(held))


def tied_modules(walk: Walk, located: dict[int, Located]) -> dict[int, list[Located]]:
    """The tensors in and below each module that is registered several times."""
    return {
        key: [located[one] for one in _below(walk, found.thing)] for key, found in walk.modules.items() if found.is_tied
    }


def _below(walk: Walk, module: nn.Module) -> list[int]:
    """The identities of the tensors in and below a module, each once."""
    seen = {id(module)}
    pending = [module]
    found: dict[int, None] = {}
    for current in pending:
        own = walk.own(current)
        found.update(dict.fromkeys(id(tensor) for _, tensor, _ in own.tensors))
        for _, child in own.modules:
            if id(child) not in seen:
                seen.add(id(child))
                pending.append(child)
    return list(found)


def same_parameters(located: Sequence[Located]) -> Iterator[TieGroup]:
    """Tensors that are registered several times."""
    for one in located:
        if one.found.is_tied:
            yield group_of([one], TieKind.SAME_PARAMETER, one.place.nbytes)


def same_memory(of: Memory) -> Iterator[TieGroup]:
    """Tensors that are several, over common bytes."""
    for tensors in of.shared():
        alike = len({one.place.reading for one in tensors}) == 1
        if alike:
            yield group_of(tensors, TieKind.SAME_STORAGE, tensors[0].place.nbytes)
        else:
            yield group_of(tensors, TieKind.OVERLAPPING, of.taken(tensors, 2))


def adjacent(of: Memory) -> Iterator[TieGroup]:
    """Tensors of which some lie in one storage, and have no byte in common there."""
    storages: dict[Hashable, dict[int, Located]] = {}
    components_of: dict[Hashable, set[int]] = {}
    for number, tensors in enumerate(of.linked):
        for one in tensors:
            for piece in one.place.pieces:
                storages.setdefault(piece.storage, {})[id(one)] = one
                components_of.setdefault(piece.storage, set()).add(number)
    order = {id(one): position for position, one in enumerate(of.located)}
    for storage, held in storages.items():
        if len(components_of[storage]) > 1:
            yield group_of(sorted(held.values(), key=lambda one: order[id(one)]), TieKind.ADJACENT, 0)


def group_of(tensors: Sequence[Located], kind: TieKind, nbytes: int) -> TieGroup:
    """The group of the names of some tensors, in the order of registration."""
    first = tensors[0].found.thing
    names = {place: name for one in tensors for place, name in one.found.names.items()}
    whose = {place: one for one in tensors for place in one.found.names}
    places = sorted(names)
    other = next((names[place] for place in places if whose[place] is not whose[places[0]]), "")
    return TieGroup(
        names=tuple(names[place] for place in places),
        kind=kind,
        shape=memory.shape_of(first),
        dtype=str(first.dtype).removeprefix("torch."),
        nbytes=nbytes,
        buffers=not any(one.found.is_parameter for one in tensors),
        other=other,
        **_counts(tensors),
    )


class _Counts(TypedDict):
    tensors: int
    parameters: int
    trained: int


def _counts(tensors: Sequence[Located]) -> _Counts:
    """How many tensors there are, how many of them are Parameters, and how many of these take a gradient."""
    parameters = [one.found.thing for one in tensors if one.found.is_parameter]
    trained = sum(parameter.requires_grad for parameter in parameters)
    return _Counts(tensors=len(tensors), parameters=len(parameters), trained=trained)
