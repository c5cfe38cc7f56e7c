"""What training code did, in the order in which it was run: kept beside the state, for one entry point at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchtielint.semantics.values import Value

if TYPE_CHECKING:
    from torchtielint.semantics.facts.base import Fact
    from torchtielint.semantics.records import CheckpointRecord, Whole
    from torchtielint.semantics.site import Site
    from torchtielint.semantics.targets import Alias, Place
    from torchtielint.semantics.values import Optimizer, Part, Ref


@dataclass(frozen=True, slots=True)
class WeightChange:
    """The weights of a module (None: of any) are changed in place; `moves`: they get other memory."""

    module: Value | None
    loops: tuple[int, ...]
    moves: str = ""
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """`module.load_state_dict(self.kept)`, of what an attribute held when the method began."""

    place: Part
    module: Value
    site: Site


@dataclass(frozen=True, slots=True)
class Built:
    """What an optimizer was built from.

    Args:
        wholes: the modules whose parameters it took, as far as is known.
        parameters: those of these that are known.
        unfiltered: the modules of which it took all.
        filtered: the modules of which it took what required a gradient.
    """

    site: Site
    wholes: tuple[Value, ...]
    parameters: frozenset[int]
    unfiltered: tuple[Whole, ...] = ()
    filtered: tuple[Whole, ...] = ()


@dataclass(frozen=True, slots=True)
class Change(Value):
    """A module gets `new` (None: other Parameters in the place of its own) after an optimizer took what it had.

    `certain`: the module is known.
    """

    site: Site
    what: str
    new: Value | None
    certain: bool = False


@dataclass(frozen=True, slots=True)
class FlagEvent:
    """`requires_grad` was set on a thing that is not known, or (`some`) on some of its parameters, `order`: when."""

    thing: Value
    order: int
    on: bool
    some: bool


@dataclass(frozen=True, slots=True)
class Thawed:
    """Parameters that an optimizer left out are unfrozen; `keys`: those that are known."""

    optimizer: Optimizer
    thing: Value
    site: Site
    order: int
    loops: tuple[int, ...]
    keys: frozenset[int] = frozenset()


@dataclass(eq=False, slots=True)
class Training:
    """What the entry point at hand did.

    Args:
        made_in: the loops in which things that are not known were made.
        used_as_module: things that were used as only modules are.
        checkpoints: the state dicts that were taken.
        changes: the changes of weights.
        kept: of the class at hand: what its methods left in its attributes.
        loads: of the class at hand: what its methods loaded from there.
        streams: of running loops: the generators from outside that they use up.
        pending: of running loops: what they load in every round that was taken outside of them.
        optimizers: the optimizers that were built, and from what.
        targets: what was given to places whose names are those of target networks.
        aliases: of these, modules that have another name; `lasting`: those that held to the end of a method.
        calls: how many calls were made.
        flags: on what `requires_grad` was set.
        thawed: what was unfrozen after an optimizer had left it out.
        steps: where optimizers were used.
    """

    made_in: dict[int, tuple[int, ...]] = field(default_factory=dict)
    used_as_module: set[Value] = field(default_factory=set)
    checkpoints: dict[Ref, None] = field(default_factory=dict)
    changes: list[WeightChange] = field(default_factory=list)
    kept: dict[tuple[Part, Site], CheckpointRecord] = field(default_factory=dict)
    loads: list[Load] = field(default_factory=list)
    streams: list[tuple[int, Fact]] = field(default_factory=list)
    pending: list[tuple[int, CheckpointRecord, Site]] = field(default_factory=list)
    optimizers: dict[Optimizer, Built] = field(default_factory=dict)
    targets: dict[Place, dict[Value, None]] = field(default_factory=dict)
    aliases: list[Alias] = field(default_factory=list)
    lasting: list[Alias] = field(default_factory=list)
    calls: int = 0
    flags: list[FlagEvent] = field(default_factory=list)
    thawed: list[Thawed] = field(default_factory=list)
    steps: list[tuple[Optimizer, tuple[int, ...]]] = field(default_factory=list)
