"""Modules: what they own, what they register, and what their methods do."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from torchtielint.semantics import calls, containers, shapes, things
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.records import (
    CheckpointRecord,
    ContainerRecord,
    ModuleRecord,
    ObjectRecord,
    Role,
    Slot,
    SlotKind,
    TensorRecord,
    merge,
)
from torchtielint.semantics.values import (
    ABSENT,
    NONE,
    NOT_CONSTANT,
    UNKNOWN,
    ClassValue,
    Computed,
    Const,
    External,
    FunctionValue,
    Held,
    Instance,
    Ref,
    Value,
    constant,
    is_unknown,
    join,
    members,
)
from torchtielint.torch_facts import UNKNOWN as UNKNOWN_ARGUMENT
from torchtielint.torch_facts import ModuleFact, Presence, TensorFact, TensorKind, load

if TYPE_CHECKING:
    from torchtielint.semantics.containers import Elements
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.records import Record

MAX_DEPTH = 6
MAX_PATHS = 4096


def class_name(record: ModuleRecord) -> str:
    """A module's class as people write it: `nn.Linear`, `Block`."""
    if isinstance(record.cls, ClassModel):
        return record.cls.name
    return record.cls.removeprefix("torch.")


def torch_class(record: ModuleRecord) -> ModuleFact | None:
    """What torch says of the class of a module (for a project class: of the first torch class that it derives from)."""
    return load().module(record.cls) if isinstance(record.cls, str) else record.cls.torch_base


def container_kind(record: ModuleRecord) -> str | None:
    """Which of torch's containers a module is, if any."""
    fact = torch_class(record)
    return fact.container if fact else None


def slots(machine: Machine, ref: Ref) -> Mapping[str, Slot]:
    """The attributes of a module, made on demand."""
    record = machine.module(ref)
    if record is None:
        return {}
    if record.slots is None:
        _materialise(machine, ref, record)
        record = machine.module(ref)
    return (record.slots if record else None) or {}


def _materialise(machine: Machine, ref: Ref, record: ModuleRecord) -> None:
    """Fill in the attributes where the record lives, so that every branch that began later sees the same tensors."""
    home = machine.state
    while ref.key not in home.cells and home.parent is not None:
        home = home.parent
    here, machine.state = machine.state, home
    try:
        if isinstance(record.cls, str):
            machine.update(ref, replace(record, slots=torch_slots(machine, record)))
        else:
            with machine.within(
                loops=record.loops
            ):  # what a constructor makes is as many as the objects that it runs on
                calls.construct(machine, ref, record)
    finally:
        machine.state = here


def known_arguments(machine: Machine, record: ModuleRecord, fact: ModuleFact) -> dict[str, object]:
    """The constructor arguments of a torch module, by name: literals, or the mark of what is not known."""
    names = [argument.name for argument in fact.arguments]
    if record.arguments is None or record.arguments.open:
        return dict.fromkeys(names, UNKNOWN_ARGUMENT)
    known: dict[str, object] = {}
    for name, value in zip(names, record.arguments.positional, strict=False):
        known[name] = _literal(machine, value)
    for name, value in record.arguments.keywords:
        known[name] = _literal(machine, value)
    return known


def _literal(machine: Machine, value: Value) -> object:
    """A literal, or a tuple of literals and of what is not known."""
    items = shapes.listed(machine, value)
    if items is not None:
        return tuple(_literal(machine, item) for item in items)
    literal = constant(value)
    return UNKNOWN_ARGUMENT if literal is NOT_CONSTANT else literal


# Attributes of torch's modules that are what the constructor was given.
SIZES = frozenset(
    {"in_features", "out_features", "num_embeddings", "embedding_dim", "in_channels", "out_channels", "input_size",
     "hidden_size", "num_features", "embed_dim", "in1_features", "in2_features", "num_heads", "groups", "num_layers"}
)  # fmt: skip


def given_size(record: ModuleRecord, name: str) -> Value | None:
    """An attribute of a torch module that repeats a size that its constructor was given, where that is known."""
    fact = torch_class(record) if name in SIZES else None
    if fact is None or isinstance(record.cls, ClassModel) or record.arguments is None or record.arguments.open:
        return None
    value = shapes.constructor_arguments(fact.arguments, record.arguments).get(name)
    return None if shapes.size_of(value) is None else value


def torch_slots(machine: Machine, record: ModuleRecord) -> dict[str, Slot]:
    """What a torch module registers in its own constructor."""
    fact = torch_class(record)
    if fact is None:
        return {}
    known = known_arguments(machine, record, fact)
    found = {tensor.name: _tensor_slot(machine, record, fact, tensor) for tensor in fact.tensors(known)}
    for name, child in fact.children:
        made = ModuleRecord(child, record.site, record.loops)
        found[name] = Slot(SlotKind.MODULE, machine.allocate(made))
    return found


def _tensor_slot(machine: Machine, record: ModuleRecord, fact: ModuleFact, tensor: TensorFact) -> Slot:
    is_parameter = tensor.kind is TensorKind.PARAMETER
    kind = SlotKind.PARAMETER if is_parameter else SlotKind.BUFFER
    if tensor.presence is Presence.NONE:
        return Slot(kind, NONE)
    made = machine.allocate(
        TensorRecord(
            Role.PARAMETER if is_parameter else Role.BUFFER,
            record.site,
            record.loops,
            requires_grad=is_parameter,
            dtype="float" if is_parameter else None,
            shape=shapes.of_module(machine, fact, record.arguments, tensor),
        )
    )
    return Slot(kind, made if tensor.presence is Presence.PRESENT else join((made, NONE)))


class Tree(NamedTuple):
    """What `tree` gave, and the records that it read: it holds while they are the same."""

    found: tuple[Ref, ...]
    complete: bool
    records: Sequence[tuple[int, Record | None]]


def children(machine: Machine, ref: Ref) -> tuple[tuple[Value, ...], bool]:
    """What a module registers as submodules, and whether that is all."""
    held = slots(machine, ref)
    record = machine.module(ref)
    if record is None:
        return (), False
    known = machine.children.get(ref.key)
    if known is None or known[0] is not record:
        known = machine.children[ref.key] = (record, _children(machine, record, held))
    return known[1]


def _children(machine: Machine, record: ModuleRecord, held: Mapping[str, Slot]) -> tuple[tuple[Value, ...], bool]:
    found: list[Value] = []
    complete = not record.open and not record.unnamed
    for slot in held.values():
        if slot.kind is SlotKind.MODULE:
            found.extend(member for member in members(slot.value) if member not in (NONE, ABSENT))
        elif slot.kind is SlotKind.UNCERTAIN:
            complete = False
            found.extend(member for member in members(slot.value) if machine.module(member))
    listed = (*record.items, *record.rest) if containers.slot_kind_of_items(record) is SlotKind.MODULE else ()
    found.extend(member for value in (*record.unnamed, *listed) for member in members(value))
    if isinstance(record.cls, ClassModel) and not record.cls.complete:
        complete = False
    fact = torch_class(record)
    if any(machine.module(child) is None for child in found) or (fact is not None and fact.children_open):
        complete = False
    return tuple(dict.fromkeys(found)), complete


def own_tensors(machine: Machine, ref: Ref) -> tuple[Value, ...]:
    """The parameters and buffers that a module itself registers."""
    held = slots(machine, ref)
    record = machine.module(ref)
    if record is None:
        return ()
    known = machine.own_tensors.get(ref.key)
    if known is None or known[0] is not record:
        known = machine.own_tensors[ref.key] = (record, _own_tensors(machine, record, held))
    return known[1]


def _own_tensors(machine: Machine, record: ModuleRecord, held: Mapping[str, Slot]) -> tuple[Value, ...]:
    kinds = (SlotKind.PARAMETER, SlotKind.BUFFER, SlotKind.UNCERTAIN)
    found = [member for slot in held.values() if slot.kind in kinds for member in members(slot.value)]
    found.extend(record.unnamed)
    if containers.slot_kind_of_items(record) is SlotKind.PARAMETER:
        found.extend((*record.items, *record.rest))
    return tuple(value for value in dict.fromkeys(found) if machine.tensor(value))


def tree(machine: Machine, ref: Ref) -> tuple[tuple[Ref, ...], bool]:
    """A module and all modules below it that are known, and whether that is all."""
    known = machine.trees.get(ref.key)
    if known is None or not all(machine.record(Ref(key)) is record for key, record in known.records):
        found, complete = _tree(machine, ref)
        known = machine.trees[ref.key] = Tree(found, complete, [(one.key, machine.record(one)) for one in found])
    return known.found, known.complete


def _tree(machine: Machine, ref: Ref) -> tuple[tuple[Ref, ...], bool]:
    found: dict[Ref, None] = {}
    complete = True
    pending = deque([(ref, 0)])
    while pending:
        current, depth = pending.popleft()
        if current in found:
            continue
        found[current] = None
        if depth > MAX_DEPTH:
            complete = False
            continue
        below, all_known = children(machine, current)
        complete = complete and all_known
        pending.extend((child, depth + 1) for child in below if isinstance(child, Ref) and machine.module(child))
    return tuple(found), complete


def paths(machine: Machine, ref: Ref) -> Iterator[tuple[str, Ref]]:
    """A module and every one below it that it certainly registers, with the dotted path, nearest first.

    One under several names comes several times.
    """
    pending: deque[tuple[str, Ref, tuple[Ref, ...]]] = deque([("", ref, ())])
    for _ in range(MAX_PATHS):
        if not pending:
            return
        path, current, above = pending.popleft()
        if current in above or len(above) > MAX_DEPTH:
            continue
        yield path, current
        for name, value in named_children(machine, current):
            if isinstance(value, Ref) and machine.module(value):
                pending.append((f"{path}.{name}" if path else name, value, (*above, current)))


def named_children(machine: Machine, ref: Ref) -> Iterator[tuple[str, Value]]:
    """The submodules that a module certainly registers, by name; `*` stands for any number of further elements."""
    held = slots(machine, ref)
    record = machine.module(ref)
    if record is None:
        return
    for name, slot in held.items():
        if slot.kind is SlotKind.MODULE:
            yield name, slot.value
    if containers.slot_kind_of_items(record) is SlotKind.MODULE:
        named = {slot.value for slot in held.values()}
        yield from numbered(record, named)


def numbered(record: ModuleRecord, named: Collection[Value]) -> Iterator[tuple[str, Value]]:
    """The elements of a container by their number, but for those that have names; `*` for the rest."""
    for position, item in enumerate(record.items):
        if item not in named:
            yield str(position), item
    for item in record.rest:
        if item not in named:
            yield "*", item


def owned(machine: Machine, ref: Ref, kind: str) -> tuple[tuple[Value, ...], bool]:
    """What `parameters()`, `buffers()`, `children()` or `modules()` yield, and whether that is all."""
    wanted = kind.removeprefix("named_")
    if wanted == "children":
        return children(machine, ref)
    modules, complete = tree(machine, ref)
    if wanted == "modules":
        return modules, complete
    role = Role.PARAMETER if wanted == "parameters" else Role.BUFFER
    tensors = [value for module in modules for value in own_tensors(machine, module)]
    roles = {value: record.role for value in tensors if (record := machine.tensor(value))}
    found = tuple(value for value, own in roles.items() if (own is Role.PARAMETER) is (role is Role.PARAMETER))
    return found, complete


def reachable(machine: Machine, ref: Ref) -> frozenset[int]:
    """The identities of all modules and tensors that are, or may be, registered under a module."""
    modules, _ = tree(machine, ref)
    keys = {module.key for module in modules}
    for module in modules:
        keys.update(value.key for value in own_tensors(machine, module) if isinstance(value, Ref))
    return frozenset(keys)


def live_parameters(machine: Machine, ref: Ref) -> frozenset[int]:
    """The identities of the parameters that are certainly registered under a module."""
    keys: set[int] = set()
    for module in tree(machine, ref)[0]:
        for slot in slots(machine, module).values():
            if slot.kind is SlotKind.PARAMETER:
                keys.update(member.key for member in members(slot.value) if isinstance(member, Ref))
        record = machine.module(module)
        if record is not None:
            keys.update(item.key for item in (*record.items, *record.rest) if isinstance(item, Ref))
    return frozenset(keys)


def has_tensors(machine: Machine, value: Value, depth: int = 0) -> bool | None:
    """Whether a value is, or owns, parameters or buffers; None where that is not known."""
    if machine.tensor(value):
        return True
    record = machine.module(value)
    if record is None or not isinstance(value, Ref) or depth > MAX_DEPTH:
        return None
    fact = torch_class(record)
    if isinstance(record.cls, str) and (fact is None or not (fact.has_parameters or fact.container)):
        return None if fact is None else False
    held = slots(machine, value)
    answers: list[bool | None] = []
    for slot in held.values():
        if slot.kind in (SlotKind.PARAMETER, SlotKind.BUFFER):
            found = {machine.tensor(member) is not None for member in members(slot.value)}
            answers.append(found.pop() if len(found) == 1 and not is_unknown(slot.value) else None)
        elif slot.kind is SlotKind.DERIVED:
            answers.append(True)
        elif slot.kind is SlotKind.UNCERTAIN:
            answers.append(None)
    below, complete = children(machine, value)
    answers.extend(has_tensors(machine, child, depth + 1) for child in below)
    answers.extend(has_tensors(machine, item) for item in own_tensors(machine, value))
    if True in answers:
        return True
    return None if None in answers or not complete else False


def has_parameters(machine: Machine, value: Value) -> bool:
    """Whether a module certainly owns parameters, itself or below."""
    if not isinstance(value, Ref):
        return False
    modules, _ = tree(machine, value)
    held = [slot for module in modules for slot in slots(machine, module).values()]
    found = [slot.value for slot in held if slot.kind is SlotKind.PARAMETER and machine.tensor(slot.value)]
    return bool(found) or any(slot.kind is SlotKind.DERIVED for slot in held)


def has_mode(machine: Machine, value: Value) -> bool | None:
    """Whether `train()` and `eval()` change what a module computes; None where that is not known."""
    if not isinstance(value, Ref) or machine.module(value) is None:
        return None
    modules, complete = tree(machine, value)
    for module in modules:
        record = machine.module(module)
        fact = load().module(record.cls) if record and isinstance(record.cls, str) else None
        statistics = slots(machine, module).get("running_mean")
        without_statistics = statistics is not None and statistics.value == NONE
        if fact is not None and fact.has_mode and fact.container is None and not without_statistics:
            return True
    return False if complete else None


def is_stateful(machine: Machine, value: Value) -> bool | None:
    """Whether a module owns tensors or has a mode."""
    answers = (has_tensors(machine, value), has_mode(machine, value))
    if True in answers:
        return True
    return None if None in answers else False


def extend(machine: Machine, ref: Ref, elements: Elements) -> None:
    """Add elements to one of torch's containers."""
    record = machine.module(ref)
    if record is None:
        return
    if record.rest or not machine.is_fresh_here(record.loops) or elements.rest:
        rest = merge(record.rest, elements.items + elements.rest)
        machine.update(ref, replace(record, rest=rest))
    else:
        machine.update(ref, replace(record, items=record.items + elements.items))


def register_unnamed(machine: Machine, ref: Ref, value: Value) -> None:
    """Register something under a name that is not known."""
    record = machine.module(ref)
    if record is not None:
        machine.update(ref, replace(record, unnamed=merge(record.unnamed, members(value))))


def touch(machine: Machine, value: Value) -> None:
    """Remember that a module was changed after it was made."""
    record = machine.module(value)
    if record is not None and isinstance(value, Ref) and not record.touched:
        machine.update(value, replace(record, touched=True))


def clone(machine: Machine, value: Value, depth: int = 0, memo: dict[Ref, Value] | None = None) -> Value:
    """What `copy.deepcopy` makes: the same structure of new objects, one for each that is met, however often."""
    if isinstance(value, (Const, Computed, Instance, ClassValue, FunctionValue, External)):
        return value
    if things.is_model(machine, value) and not isinstance(value, Ref):
        return machine.thing(things.name_of(value), "module")
    if not isinstance(value, Ref) or depth > MAX_DEPTH:
        return UNKNOWN
    memo = {} if memo is None else memo
    if value not in memo:
        memo[value] = _clone(machine, value, depth + 1, memo)
    return memo[value]


def _clone(machine: Machine, ref: Ref, depth: int, memo: dict[Ref, Value]) -> Value:
    record, loops = machine.record(ref), machine.context.loops

    def every(values: Iterable[Value]) -> tuple[Value, ...]:
        return tuple(clone(machine, value, depth, memo) for value in values)

    match record:
        case TensorRecord():
            return machine.allocate(replace(record, loops=loops, view=None, copy_of=None))
        case ModuleRecord():
            made = machine.allocate(replace(record, loops=loops, slots={}, items=(), rest=(), unnamed=()))
            memo[ref] = made
            slots = record.slots
            if slots is not None:
                slots = {name: replace(slot, value=join(every(members(slot.value)))) for name, slot in slots.items()}
            items, rest, unnamed = every(record.items), every(record.rest), every(record.unnamed)
            machine.update(made, replace(record, loops=loops, slots=slots, items=items, rest=rest, unnamed=unnamed))
            return made
        case ContainerRecord():
            items, rest = every(record.items), every(record.rest)
            return machine.allocate(replace(record, loops=loops, items=items, rest=rest, repeats=(), wholes=()))
        case ObjectRecord():
            return machine.allocate(replace(record, loops=loops))
        case CheckpointRecord():
            return machine.allocate(replace(record, loops=loops, held=Held.COPIED))
    return UNKNOWN
