"""What the heap holds: the changeable part of tensors, modules, containers and plain objects.

Records are frozen; a change puts a new record in the place of the old one, so that branches of the program can keep
their own and be joined where they meet.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from torchtielint.semantics.values import ABSENT, Arguments, Held, Value, join

if TYPE_CHECKING:
    from torchtielint.semantics.definitions import ClassModel
    from torchtielint.semantics.shapes import Shape
    from torchtielint.semantics.site import Site


class Role(enum.Enum):
    """What kind of tensor a tensor is."""

    PARAMETER = "parameter"
    BUFFER = "buffer"
    TENSOR = "tensor"


@dataclass(frozen=True, slots=True)
class View:
    """How a tensor's bytes are those of a base tensor."""

    base: int
    transposed: bool = False
    detached: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class TensorRecord:
    """A tensor.

    Args:
        role: parameter, buffer (made by `nn.Buffer`) or plain tensor.
        site: where it was made.
        loops: the loops in which it was made; outside of them it stands for one object.
        view: the tensor whose memory it shares, always of a base that is no view itself.
        sources: the tensors it was computed from.
        same_as: the tensor that it *is* when the operation had nothing to change (`.to()`).
        copy_of: the tensor of which it is an exact copy (`.clone()`).
        operation: what made it, for messages (`.to()`, `*`).
        requires_grad, leaf: as on torch; None where not known.
        dtype: "float" (may require a gradient), "integral", or None where not known.
        initialiser: the `nn.init` function that filled it.
        cut_from: the Parameters whose values it carries without their gradients.
        overlaps: several of its elements are one in memory, as `expand` makes them.
        uninitialised: it was made of memory as it was found (`torch.empty`); what wrote to it since is not said here.
        escaped: it was handed to code that is not known.
        derived_by: the reparametrization whose output it is.
        shape: its sizes, where their number is known.
        follows_device: a factory was told no device: `with torch.device(...)` decides; or what is computed from it.
        blank: its values mean nothing yet (`torch.empty`), or it has none.
        persistent: of a buffer that `nn.Buffer` made: whether the state dict has it.
        maybe: the view that it is on one of the branches that met.
    """

    role: Role
    site: Site
    loops: tuple[int, ...] = ()
    view: View | None = None
    sources: frozenset[int] = frozenset()
    same_as: int | None = None
    copy_of: int | None = None
    operation: str = ""
    requires_grad: bool | None = False
    leaf: bool | None = True
    dtype: str | None = None
    initialiser: str = ""
    uninitialised: bool = False
    overlaps: bool = False
    cut_from: frozenset[int] = frozenset()
    escaped: bool = False
    derived_by: Derivation | None = None
    shape: Shape | None = None
    follows_device: bool = False
    blank: bool = False
    persistent: bool | None = True
    maybe: View | None = None

    def join(self, other: TensorRecord) -> TensorRecord:
        """What is true of both."""
        return replace(
            self,
            view=self.view if self.view == other.view else None,
            maybe=self.maybe if self.view == other.view else self.view or other.view,
            requires_grad=self.requires_grad if self.requires_grad == other.requires_grad else None,
            leaf=self.leaf if self.leaf == other.leaf else None,
            initialiser=self.initialiser or other.initialiser,
            uninitialised=self.uninitialised and other.uninitialised,
            cut_from=self.cut_from & other.cut_from,
            overlaps=self.overlaps and other.overlaps,
            escaped=self.escaped or other.escaped,
            shape=self.shape if self.shape == other.shape else None,
            follows_device=self.follows_device and other.follows_device,
            blank=self.blank or other.blank,
        )


Conditions = tuple[tuple[str, bool], ...]
"""Tests as written, and how they came out."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """A tensor that a reparametrization computes: of which module, under which name, applied where.

    `conditions` are the tests, as written, under which that happens.
    """

    module: int
    name: str
    function: str
    family: str
    legacy: bool
    site: Site
    conditions: Conditions = ()

    @property
    def by_hook(self) -> bool:
        """Whether a hook computes it at each call of the module; else it is computed at each read."""
        return self.legacy or self.family == "prune"


class SlotKind(enum.Enum):
    """How a module holds an attribute."""

    PARAMETER = "parameter"
    BUFFER = "buffer"
    MODULE = "module"
    PLAIN = "plain"
    DERIVED = "derived"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Slot:
    """An attribute of a module.

    Args:
        site: where it was last set (None: by torch itself).
        persistent: of a buffer: whether the state dict has it; None where not known.
    """

    kind: SlotKind
    value: Value
    site: Site | None = None
    persistent: bool | None = True

    def join(self, other: Slot) -> Slot:
        """What the slot is after two branches met."""
        if self == other:
            return self
        kind = self.kind if self.kind is other.kind or other is NO_SLOT else SlotKind.UNCERTAIN
        kind = other.kind if self is NO_SLOT else kind
        persistent = self.persistent if self.persistent == other.persistent or other is NO_SLOT else None
        persistent = other.persistent if self is NO_SLOT else persistent
        return Slot(kind, join((self.value, other.value)), self.site or other.site, persistent)


NO_SLOT = Slot(SlotKind.UNCERTAIN, ABSENT)


@dataclass(frozen=True, slots=True)
class EarlyRegistration:
    """A registration that came before `Module.__init__`."""

    site: Site
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Reset:
    """`Module.__init__` ran once more: which call led to it, in which class, and what was registered until then."""

    site: Site
    owner: str
    lost: tuple[tuple[str, Site | None], ...]


@dataclass(frozen=True, slots=True)
class ModuleRecord:
    """A module.

    Args:
        cls: its class: a project class, or the canonical name of an outside one.
        site, loops: where it was made.
        arguments: what its constructor was given; None when not known.
        slots: its attributes; None until somebody asks (torch's own, or the project class's `__init__`, not yet run).
        items, rest: the elements of a container; `rest` stands for any number of further ones.
        unnamed: what it registered under names that are not known.
        initialised: whether `Module.__init__` ran.
        early: registrations before that.
        resets: further runs of it, which forgot what was registered.
        open: attributes may exist that are not known (the class, or code that had hold of it, is not known).
        touched: somebody changed it after construction (a weight replaced, a mode set).
        meta: it was made on the meta device.
    """

    cls: ClassModel | str
    site: Site
    loops: tuple[int, ...] = ()
    arguments: Arguments | None = None
    slots: Mapping[str, Slot] | None = None
    items: tuple[Value, ...] = ()
    rest: tuple[Value, ...] = ()
    unnamed: tuple[Value, ...] = ()
    initialised: bool | None = True
    early: tuple[EarlyRegistration, ...] = ()
    resets: tuple[Reset, ...] = ()
    open: bool = False
    touched: bool = False
    meta: bool = False

    def with_slot(self, name: str, slot: Slot) -> ModuleRecord:
        """The module after an attribute was set."""
        return replace(self, slots={**(self.slots or {}), name: slot})

    def without_slot(self, name: str) -> ModuleRecord:
        """The module after an attribute was deleted."""
        return replace(self, slots={key: slot for key, slot in (self.slots or {}).items() if key != name})

    def join(self, other: ModuleRecord) -> ModuleRecord:
        """What is true of both."""
        items, rest = join_elements((self.items, self.rest), (other.items, other.rest))
        return replace(
            self,
            slots=_join_slots(self.slots, other.slots),
            items=items,
            rest=rest,
            unnamed=merge(self.unnamed, other.unnamed),
            initialised=self.initialised if self.initialised == other.initialised else None,
            early=tuple(dict.fromkeys(self.early + other.early)),
            resets=tuple(reset for reset in self.resets if reset in other.resets),
            open=self.open or other.open or (self.slots is None) != (other.slots is None),
            touched=self.touched or other.touched,
            meta=self.meta and other.meta,
        )


@dataclass(frozen=True, slots=True)
class Repeat:
    """A container that holds one object several times: how that was written, where, and whether it is meant.

    `placed`: whether it has a name of its own was asked when it was first put there. `maker`: of an object that is
    not known, how sure it is that it is a module with parameters (see `repeats.made_by`).
    """

    site: Site
    spelling: str
    element: Value
    name: str
    intended: bool = False
    placed: bool = False
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """All parameters of a module, and which they were; none of them are known where the module is not.

    `frozen`: only those that required a gradient, and those that are known not to; None: it was not asked for.
    """

    module: Value
    parameters: frozenset[int] = frozenset()
    frozen: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class ContainerRecord:
    """A Python list, tuple, set, dict, deque or generator; `rest` stands for any number of further elements.

    `wholes`: the modules all of whose parameters it holds for sure, each as often as it holds them.
    """

    kind: str
    site: Site
    loops: tuple[int, ...] = ()
    items: tuple[Value, ...] = ()
    rest: tuple[Value, ...] = ()
    keys: tuple[Value, ...] = ()
    escaped: bool = False
    repeats: tuple[Repeat, ...] = ()
    wholes: tuple[Whole, ...] = ()

    def elements(self) -> tuple[Value, ...]:
        """Everything it may hold (a dict: its values)."""
        return self.items + self.rest

    def join(self, other: ContainerRecord) -> ContainerRecord:
        """What it may hold after two branches met."""
        items, rest = join_elements((self.items, self.rest), (other.items, other.rest))
        return replace(
            self,
            items=items,
            rest=rest,
            keys=self.keys if self.keys == other.keys else (),
            escaped=self.escaped or other.escaped,
            repeats=tuple(dict.fromkeys(self.repeats + other.repeats)),
            wholes=self.wholes if self.wholes == other.wholes else tuple(set(self.wholes) & set(other.wholes)),
        )


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """An instance of a project class that is no Module; `open`: its constructor was not run."""

    cls: ClassModel
    site: Site
    loops: tuple[int, ...] = ()
    attributes: Mapping[str, Value] = field(default_factory=dict)
    open: bool = False

    def join(self, other: ObjectRecord) -> ObjectRecord:
        """What its attributes may be after two branches met."""
        names = dict.fromkeys((*self.attributes, *other.attributes))
        joined = {name: join((self.attributes.get(name, ABSENT), other.attributes.get(name, ABSENT))) for name in names}
        return replace(self, attributes=joined)


@dataclass(frozen=True, slots=True)
class CheckpointRecord:
    """A state dict, or another dict of a module's tensors.

    Args:
        module: whose tensors they are.
        site, loops: where it was taken.
        source: the module as written.
        held: how its tensors hold the weights; None where somebody may have parted them.
        conditional: whether a round of the innermost loop may pass without taking it.
        guards: the tests that it stands under.
        changed: where the weights were changed since.
        edited: entries were replaced, or code that is not known got hold of it.
        final: the loop ended with it.
        whole: it has every entry that the state dict has.
        calls: how many calls the entry point had made by then.
    """

    module: Value
    site: Site
    loops: tuple[int, ...] = ()
    source: str = ""
    held: Held | None = Held.LIVE
    conditional: bool = False
    guards: tuple[int, ...] = ()
    changed: Site | None = None
    edited: bool = False
    final: bool = False
    whole: bool = True
    calls: int = 0

    def join(self, other: CheckpointRecord) -> CheckpointRecord:
        """What may be true of either, and its hold on the weights only where both have it."""
        return replace(
            self,
            held=self.held if self.held is other.held else None,
            changed=self.changed or other.changed,
            edited=self.edited or other.edited,
            final=self.final and other.final,
            whole=self.whole and other.whole,
        )


Record = TensorRecord | ModuleRecord | ContainerRecord | ObjectRecord | CheckpointRecord

MAX_REST = 16


def merge(first: tuple[Value, ...], second: tuple[Value, ...]) -> tuple[Value, ...]:
    """Two collections of possible elements as one."""
    return first if first == second else tuple(dict.fromkeys(first + second))[:MAX_REST]


def join_elements(
    first: tuple[tuple[Value, ...], tuple[Value, ...]], second: tuple[tuple[Value, ...], tuple[Value, ...]]
) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """The known elements that two containers begin with alike, and whatever else either may hold."""
    if first == second:
        return first
    common = 0
    for left, right in zip(first[0], second[0], strict=False):
        if left != right:
            break
        common += 1
    tail = merge(first[0][common:] + first[1], second[0][common:] + second[1])
    return first[0][:common], tail


def _join_slots(first: Mapping[str, Slot] | None, second: Mapping[str, Slot] | None) -> Mapping[str, Slot] | None:
    if first is None or second is None:
        return None if first is None and second is None else first or second
    if first is second:
        return first
    names = dict.fromkeys((*first, *second))
    return {name: first.get(name, NO_SLOT).join(second.get(name, NO_SLOT)) for name in names}


def join_records(first: Record, second: Record) -> Record:
    """Two records of one object, from two branches."""
    if first is second:
        return first
    match first, second:
        case TensorRecord(), TensorRecord():
            return first.join(second)
        case ModuleRecord(), ModuleRecord():
            return first.join(second)
        case ContainerRecord(), ContainerRecord():
            return first.join(second)
        case ObjectRecord(), ObjectRecord():
            return first.join(second)
        case CheckpointRecord(), CheckpointRecord():
            return first.join(second)
        case _:
            raise TypeError(f"one object has records of two kinds: {first!r} and {second!r}")
