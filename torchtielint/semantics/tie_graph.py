"""The predicted tie graph of a class: which names of its parameters and buffers are one after construction, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchtielint.kinds import TieKind
from torchtielint.semantics import modules, shapes, wrapping
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.records import ModuleRecord, Role, SlotKind, TensorRecord
from torchtielint.semantics.site import Site
from torchtielint.semantics.values import Const, FunctionValue, Opaque, Ref, Unknown, Value, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.shapes import Shape


@dataclass(frozen=True, slots=True)
class TieGroup:
    """Names that are one.

    Args:
        kind: how.
        names: the dotted names, those nearest to the class first; of modules for SAME_MODULE.
        shape: of the tensor (of the first one, where they differ); None where it is not known, and for modules.
        site: where the tie is made.
        conditional: it hangs on a branch.
        condition: what the branch asks, where that is known.
        buffers: the names are buffers.
    """

    kind: TieKind
    names: tuple[str, ...]
    shape: Shape | None
    site: Site | None
    conditional: bool = False
    condition: str = ""
    buffers: bool = False

    @property
    def is_false(self) -> bool:
        """Whether several Parameters are made to look like one."""
        return self.kind in (TieKind.SAME_STORAGE, TieKind.OVERLAPPING) and not self.buffers


@dataclass(frozen=True, slots=True)
class TieGraph:
    """The groups of a class; `complete` when nothing that it registers is hidden from view."""

    model: ClassModel
    groups: tuple[TieGroup, ...]
    complete: bool

    @property
    def site(self) -> Site:
        """Where the class is defined."""
        return Site.of(self.model.node.name, self.model.piece)


@dataclass(frozen=True, slots=True)
class _Edge:
    """A module registers something under a name: for sure, or on a branch only."""

    owner: Ref
    name: str
    certain: bool
    site: Site | None


@dataclass(slots=True)
class _Names:
    """Every way to one tensor or module: its full names, and the edges that lead to it."""

    full: dict[str, bool] = field(default_factory=dict)  # name -> certain
    every: _Edge | None = None  # one object for every element of a container
    edges: dict[tuple[Ref, str], _Edge] = field(default_factory=dict)

    @property
    def sure(self) -> tuple[str, ...]:
        """The names that hang on no branch."""
        return tuple(name for name, certain in self.full.items() if certain)

    def add(self, name: str, edge: _Edge, *, certain: bool) -> None:
        self.full[name] = certain or self.full.get(name, False)
        self.edges[edge.owner, edge.name] = edge


def predict(machine: Machine, model: ClassModel, root: Ref) -> TieGraph:
    """The tie graph of a class whose constructor has just run on an object."""
    walk = _Walk(machine, model)
    walk.run(root)
    return TieGraph(model, tuple(_found(walk)), walk.complete)


def groups(machine: Machine, root: Ref) -> tuple[TieGroup, ...]:
    """What of a module is one as it is now."""
    walk = _Walk(machine, None)
    walk.run(root)
    return tuple(_found(walk))


def certain_tensors(machine: Machine, root: Ref) -> dict[Ref, tuple[str, ...]]:
    """The tensors that a module, or one below it, certainly registers, with their names."""
    walk = _Walk(machine, None)
    walk.run(root)
    return {ref: names.sure for ref, names in walk.tensors.items() if names.sure}


def _found(walk: _Walk) -> Iterator[TieGroup]:
    yield from _same_modules(walk)
    yield from _same_tensors(walk)
    yield from _same_memory(walk)


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to a module.

    Args:
        path, module: the dotted name, and where it leads.
        loops: the loops that the elements on the way were made in.
        rounds: those of them that stand for unknown many elements: what is below is made anew in each of them, or is
            one for all.
        certain: no branch is on the way.
        above: the modules on the way.
    """

    path: str
    module: Ref
    loops: frozenset[int] = frozenset()
    rounds: frozenset[int] = frozenset()
    certain: bool = True
    above: tuple[Ref, ...] = ()


class _Walk:
    """Goes every way through a module, and keeps what can be reached by which names."""

    def __init__(self, machine: Machine, model: ClassModel | None) -> None:
        self.machine = machine
        self.modules: dict[Ref, _Names] = {}
        self.tensors: dict[Ref, _Names] = {}
        self.complete = True
        self._plain = _plain_arguments(model) if model is not None else frozenset()
        self._unknown: list[Value] = []

    def run(self, root: Ref) -> None:
        """Go through everything below a module."""
        pending = [_Way("", root)]
        for step, way in enumerate(pending):
            path, current, above = way.path, way.module, way.above
            if current in above:
                continue
            if "*" in path and current.key in self.machine.changed_for_many:
                self.complete = False
            if len(above) > modules.MAX_DEPTH or step > modules.MAX_PATHS:
                self.complete = False
                return
            for edge, target in self._edges(current):
                record = self.machine.record(target)
                if not isinstance(record, (ModuleRecord, TensorRecord)):
                    continue
                name = f"{path}.{edge.name}" if path else edge.name
                own = frozenset(record.loops)
                loops = way.loops | own if edge.name == "*" or edge.name.isdigit() else way.loops
                rounds = way.rounds | (own - way.loops) if edge.name == "*" else way.rounds
                if not own <= loops:
                    self.complete = False  # one of many that are not told apart
                    continue
                sure = way.certain and edge.certain
                found = self.modules if isinstance(record, ModuleRecord) else self.tensors
                names = found.setdefault(target, _Names())
                names.add(name, edge, certain=sure)
                if not rounds <= own and way.rounds and sure:
                    names.every = edge
                if isinstance(record, ModuleRecord):
                    pending.append(_Way(name, target, loops, rounds & own, sure, (*above, current)))
        self._settle()

    def _edges(self, ref: Ref) -> Iterator[tuple[_Edge, Ref]]:
        """What a module itself registers, and what it may register."""
        held = modules.slots(self.machine, ref)
        record = self.machine.module(ref)
        if record is None:
            return
        self._judge(record)
        kinds = (SlotKind.PARAMETER, SlotKind.BUFFER, SlotKind.MODULE, SlotKind.UNCERTAIN)
        for name, slot in held.items():
            if slot.kind not in kinds:
                self.complete = self.complete and slot.kind is not SlotKind.DERIVED
                continue
            found = members(slot.value)
            certain = len(found) == 1 and slot.kind is not SlotKind.UNCERTAIN
            for member in found:
                site = self.machine.assigned_at.get((ref.key, name, member), slot.site)
                if isinstance(member, Ref) and self._registers(slot.kind, member):
                    yield _Edge(ref, name, certain, site), member
                elif isinstance(member, (Unknown, Opaque)):
                    self._unknown.append(member)
        named = {slot.value for slot in held.values()}
        for name, value in modules.numbered(record, named):
            for member in members(value):
                if isinstance(member, Ref):
                    yield _Edge(ref, name, self._stands(record, name, value), record.site), member
                else:
                    self.complete = False

    def _stands(self, record: ModuleRecord, name: str, value: Value) -> bool:
        """Whether an element of a container certainly stands there: at its number, or at every one of unknown many."""
        made = self.machine.record(value)
        if name != "*" or not isinstance(value, Ref) or not isinstance(made, (ModuleRecord, TensorRecord)):
            return len(members(value)) == 1
        in_every_round = bool(frozenset(made.loops) - frozenset(record.loops))
        return value.key in self.machine.repeated_at or (in_every_round and len(record.rest) == 1)

    def _registers(self, kind: SlotKind, member: Ref) -> bool:
        """Whether an attribute registers a value: a plain tensor over a placeholder is none."""
        tensor = self.machine.tensor(member)
        if tensor is None:
            return self.machine.module(member) is not None
        return kind is SlotKind.BUFFER or tensor.role is not Role.TENSOR

    def _judge(self, record: ModuleRecord) -> None:
        """Whether a module can have more than is known."""
        whole = not isinstance(record.cls, ClassModel) or record.cls.complete
        fact = modules.torch_class(record)
        hidden = record.open or bool(record.unnamed) or record.slots is None
        more = fact is None or (fact.children_open and fact.container is None and isinstance(record.cls, str))
        if hidden or not whole or more:
            self.complete = False

    def _settle(self) -> None:
        """An attribute that is not known may be a module, unless it is used as a number or is a plain argument."""
        numbers = set(self.machine.compared)
        for ref in self.modules:
            record = self.machine.module(ref)
            if record is None or isinstance(record.cls, ClassModel) or record.arguments is None:
                continue
            for value in record.arguments.all():
                size = shapes.size_of(value)
                numbers.update(size.atoms() if size is not None else ())
        for ref in self.tensors:
            tensor = self.machine.tensor(ref)
            for size in (tensor.shape if tensor else None) or ():
                numbers.update(size.atoms() if size is not None else ())
        for value in self._unknown:
            plain = isinstance(value, Opaque) and (value in numbers or value.kind == "int" or value.name in self._plain)
            self.complete = self.complete and plain


def _plain_arguments(model: ClassModel) -> frozenset[str]:
    """The arguments of a constructor that have a number, string or flag as their default: no modules."""
    found = model.find("__init__")
    if found is None or not isinstance(found[0], FunctionValue):
        return frozenset()
    defaults = found[0].model.defaults.items()
    return frozenset(name for name, value in defaults if isinstance(value, Const) and value.value is not None)


# The kinds of groups


def _same_modules(walk: _Walk) -> Iterator[TieGroup]:
    for ref, names in walk.modules.items():
        repeat = _repeated(walk, ref, names)
        record = walk.machine.module(ref)
        if record is None or not modules.has_tensors(walk.machine, ref):
            continue
        if repeat is not None:
            yield TieGroup(TieKind.SAME_MODULE, names.sure, None, repeat)
        else:
            yield from _groups(walk, TieKind.SAME_MODULE, names, None, buffers=False)


def _repeated(walk: _Walk, ref: Ref, names: _Names) -> Site | None:
    """Where one object becomes every element of a container of unknown length, or a part of every element."""
    repeat = walk.machine.repeated_at.get(ref.key)
    if repeat is not None and any(name.endswith("*") for name in names.sure):
        return repeat
    return names.every.site if names.every is not None else None


def _same_tensors(walk: _Walk) -> Iterator[TieGroup]:
    for ref, names in walk.tensors.items():
        record = walk.machine.tensor(ref)
        if record is None:
            continue
        shape = record.shape
        is_buffer = record.role is not Role.PARAMETER
        repeat = _repeated(walk, ref, names)
        if repeat is not None:
            yield TieGroup(TieKind.SAME_PARAMETER, names.sure, shape, repeat, buffers=is_buffer)
        else:
            yield from _groups(walk, TieKind.SAME_PARAMETER, names, shape, buffers=is_buffer)


def _groups(walk: _Walk, kind: TieKind, names: _Names, shape: Shape | None, *, buffers: bool) -> Iterator[TieGroup]:
    """One thing that several edges lead to: those that are certain, and all where some hang on a branch."""
    certain = [edge for edge in names.edges.values() if edge.certain]
    sure = names.sure
    if len(certain) > 1 and len(sure) > 1:
        yield TieGroup(kind, sure, shape, _last_site(certain), buffers=buffers)
    if len(names.full) == len(sure) or len(names.edges) < 2:
        return  # with one edge, several names follow from those of the owner
    doubtful = [edge for edge in names.edges.values() if not edge.certain]
    if sure or (not doubtful and len({edge.owner for edge in certain}) == 1):
        site = _last_site(doubtful or certain)
        condition = walk.machine.guarded.get(site, "") if doubtful and site is not None else ""
        if len(names.full) > 1:
            yield TieGroup(kind, tuple(names.full), shape, site, conditional=True, condition=condition, buffers=buffers)
    elif len(names.edges) > 1:
        walk.complete = False  # several branches, which need not be taken together


def _last_site(edges: Iterable[_Edge]) -> Site | None:
    """Where the last of several names was given."""
    return next((edge.site for edge in reversed(list(edges)) if edge.site is not None), None)


@dataclass(frozen=True, slots=True)
class Memory:
    """How a tensor lies in the memory of another: over all of it, in the same layout."""

    base: Ref
    whole: bool
    transposed: bool


def _same_memory(walk: _Walk) -> Iterator[TieGroup]:
    """Tensors that are several, over common bytes."""
    certain: dict[Value, dict[Ref, Memory]] = {}
    doubtful: dict[Value, dict[Ref, Memory]] = {}
    given = {ref: base for base, made in walk.machine.wrapped.items() if isinstance(base, Opaque) for ref in made}
    for ref, names in walk.tensors.items():
        record = walk.machine.tensor(ref)
        if record is None or shapes.is_empty(record.shape):
            continue
        held, maybe = memory(walk.machine, ref), memory(walk.machine, ref, maybe=True)
        if held is not None:
            base: Value = given.get(held.base, held.base)
            (certain if names.sure else doubtful).setdefault(base, {})[ref] = held
            if names.sure and held.whole and wrapping.is_made_anew(walk.machine, base, ref) and base != ref:
                yield from _over_one_tensor(names, record)
        if maybe is not None and maybe.base != ref:
            doubtful.setdefault(maybe.base, {})[ref] = maybe
    for common, sure in certain.items():
        more = doubtful.get(common, {})
        if _overlap(sure):
            yield _over_memory(walk, sure)
        if more and _overlap({**sure, **more}):
            yield _over_memory(walk, {**sure, **more}, conditional=True)


def _over_one_tensor(names: _Names, record: TensorRecord) -> Iterator[TieGroup]:
    """The elements of a container, each made of a tensor that is the same for all."""
    every = tuple(name for name in names.sure if name.endswith("*"))
    if every:
        yield TieGroup(TieKind.SAME_STORAGE, every, record.shape, record.site)


def _overlap(held: dict[Ref, Memory]) -> bool:
    """Whether tensors in one memory certainly have bytes in common: slices of one need not."""
    return len(held) > 1 and any(memory.whole for memory in held.values())


def _over_memory(walk: _Walk, held: dict[Ref, Memory], *, conditional: bool = False) -> TieGroup:
    """The group of some tensors that lie in one memory; on a branch, where that makes the last of them so."""
    alike = all(memory.whole for memory in held.values()) and len({one.transposed for one in held.values()}) == 1
    first = walk.machine.tensor(next(iter(held)))
    site = next((site for ref in reversed(held) if (site := _made_at(walk, ref)) is not None), None)
    names = [name for ref in held for name in (walk.tensors[ref].full if conditional else walk.tensors[ref].sure)]
    return TieGroup(
        TieKind.SAME_STORAGE if alike else TieKind.OVERLAPPING,
        tuple(dict.fromkeys(names)),
        first.shape if first is not None else None,
        site,
        conditional,
        walk.machine.guarded.get(site, "") if conditional and site is not None else "",
        buffers=all(_is_buffer(walk.machine, ref) for ref in held),
    )


def memory(machine: Machine, ref: Ref, *, maybe: bool = False) -> Memory | None:
    """In whose memory a tensor lies, along its views; None where a tensor on the way has moved since.

    `maybe`: where it lies on one of the branches that met.
    """
    whole, transposed = True, False
    seen = {ref}
    while (record := machine.tensor(ref)) is not None and (view := record.maybe if maybe else record.view) is not None:
        base, maybe = Ref(view.base), False
        taken, _ = machine.moved.get(ref.key, (ref.key, None))
        left, _ = machine.moved.get(base.key, (0, None))
        if base in seen or left > taken:
            return None
        seen.add(base)
        whole, transposed, ref = whole and view.whole, transposed is not view.transposed, base
    return Memory(ref, whole, transposed)


def _made_at(walk: _Walk, ref: Ref) -> Site | None:
    """Where a tensor got the memory of another."""
    record = walk.machine.tensor(ref)
    if record is None or (record.view is None and record.maybe is None):
        return None
    _, moved = walk.machine.moved.get(ref.key, (0, None))
    return moved or _last_site(walk.tensors[ref].edges.values()) or record.site


def _is_buffer(machine: Machine, ref: Ref) -> bool:
    record = machine.tensor(ref)
    return record is not None and record.role is not Role.PARAMETER
