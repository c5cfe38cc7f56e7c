"""Module classes of torch: which tensors they register under which arguments, in three-valued logic."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from torchtielint.torch_facts.kinds import (
    OPAQUE,
    UNKNOWN,
    Argument,
    Presence,
    TensorFact,
    TensorKind,
)

ABSENT = 0  # a case in which the slot does not exist
REGISTERED_AS_NONE = 1
SHAPE_NOT_KNOWN = 2  # a tensor of a shape that the generator could not express

MOST_LAYERS = 1000
"""Linted code may ask for any number of layers; beyond this one they are not listed, and the module counts as open."""

Case = int | str


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter or buffer and the case that applies for each outcome of its switches.

    A switch is `bias` (the truth of an argument), `weight?` (whether it is not None) or `kdim!embed_dim` (whether it
    is neither None nor equal to the other argument). `cases` has an entry per outcome, in binary order of the
    switches; a string is a shape, its entries separated by commas, with `*normalized_shape` for all components of an
    argument and `kernel_size@1` for one. `repeated` slots have `#` in their name, the index of a layer from 1 on.
    """

    name: str
    kind: TensorKind
    persistent: bool
    repeated: bool
    switches: tuple[str, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class ModuleFact:
    """A module class of torch.

    `bases` are the canonical names along the MRO, from the next class to `torch.nn.Module`. `children` are registered
    by every construction; `children_open` says that there can be more, depending on arguments. `varargs` means
    `*args`. `has_parameters` and `has_mode` (`train()` and `eval()` change what it computes) hold if they hold under
    some arguments, children included. `lazy` means that parameters are uninitialised until the first forward.
    """

    name: str
    bases: tuple[str, ...]
    arguments: tuple[Argument, ...]
    varargs: bool
    children: tuple[tuple[str, str], ...]
    children_open: bool
    has_parameters: bool
    has_mode: bool
    lazy: bool
    container: str | None
    slots: tuple[Slot, ...] = field(repr=False)
    repeats: str | None = field(repr=False)
    unlisted: bool = field(repr=False)

    def tensors(self, arguments: Mapping[str, object]) -> tuple[TensorFact, ...]:
        """Return every parameter and buffer slot of the module itself that exists, or may, under these arguments.

        Args:
            arguments: Python literals by the names of constructor arguments; UNKNOWN for one that is given but not
                known. A name that is absent has its default, or is not known where it has none.
        """
        values = self._values(arguments)
        found = [_tensor(slot, slot.name, values) for slot in self.slots if not slot.repeated]
        for index in range(1, self._layers(values)):
            repeated = (slot for slot in self.slots if slot.repeated)
            found += [_tensor(slot, slot.name.replace("#", str(index)), values) for slot in repeated]
        return tuple(fact for fact in found if fact is not None)

    def open(self, arguments: Mapping[str, object]) -> bool:
        """Whether the module may own further tensors than `tensors` gives under the same arguments."""
        if self.unlisted or self.repeats is None:
            return self.unlisted
        layers = self._values(arguments)[self.repeats]
        return not isinstance(layers, int) or layers > MOST_LAYERS

    def _values(self, arguments: Mapping[str, object]) -> dict[str, object]:
        values = {argument.name: argument.default if argument.has_default else UNKNOWN for argument in self.arguments}
        values.update(arguments)
        return values

    def _layers(self, values: Mapping[str, object]) -> int:
        layers = values[self.repeats] if self.repeats is not None else 1
        return layers if isinstance(layers, int) and layers <= MOST_LAYERS else 1


def _tensor(slot: Slot, name: str, values: Mapping[str, object]) -> TensorFact | None:
    """What the cases that are possible under these values have in common; None if the slot does not exist."""
    outcomes = itertools.product(*(_outcomes(switch, values) for switch in slot.switches))
    cases = {slot.cases[sum(bit << place for place, bit in enumerate(reversed(bits)))] for bits in outcomes}
    if cases == {ABSENT}:
        return None
    presence = Presence.MAYBE
    if cases == {REGISTERED_AS_NONE}:
        presence = Presence.NONE
    elif not cases & {ABSENT, REGISTERED_AS_NONE}:
        presence = Presence.PRESENT
    shapes = [_shape(case, values) for case in cases - {ABSENT, REGISTERED_AS_NONE}]
    shape = shapes[0] if len(set(shapes)) == 1 else None
    return TensorFact(name, presence, shape, slot.kind, slot.persistent)


def _outcomes(switch: str, values: Mapping[str, object]) -> Sequence[bool]:
    """The outcomes that a switch can have."""
    name, _, other = switch.partition("!")
    value = values.get(name.rstrip("?"), UNKNOWN)
    if value is UNKNOWN or value is OPAQUE:
        return (False, True)
    if name.endswith("?"):
        return (value is not None,)
    if not other:
        return (bool(value),)
    if value is None:
        return (False,)
    return (False, True) if values.get(other, UNKNOWN) is UNKNOWN else (value != values[other],)


def _shape(case: Case, values: Mapping[str, object]) -> tuple[str, ...] | None:
    if isinstance(case, int):
        return None
    shape: list[str] = []
    for entry in case.split(",") if case else ():
        expanded = _expand(entry, values)
        if expanded is None:
            return None
        shape += expanded
    return tuple(shape)


def _expand(entry: str, values: Mapping[str, object]) -> list[str] | None:
    """The entries that one entry of a stored shape stands for under these values."""
    if entry.startswith("*"):
        name = entry[1:]
        match values.get(name, UNKNOWN):
            case int():
                return [name]
            case list() | tuple() as components:
                return list(_components(name, components))
        return None
    name, _, index = entry.partition("@")
    if not index:
        return [_simplified(entry, values)]
    match values.get(name, UNKNOWN):
        case list() | tuple() as components:
            listed = list(_components(name, components))
            return [listed[int(index)]] if int(index) < len(listed) else None
    return [name]


def _components(name: str, components: Sequence[object]) -> Iterator[str]:
    for index, component in enumerate(components):
        yield str(component) if isinstance(component, int) else f"{name}[{index}]"


def _simplified(expression: str, values: Mapping[str, object]) -> str:
    """The expression without a division by an argument that is known to be 1, as `groups` mostly is."""
    dividend, _, divisor = expression.partition(" // ")
    return dividend if divisor and values.get(divisor) == 1 else expression
