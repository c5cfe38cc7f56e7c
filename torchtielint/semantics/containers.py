"""Python's containers, and torch's where they behave alike: elements, iteration, repetition, methods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import (
    attributes,
    checkpoints,
    construction,
    expressions,
    gradients,
    initialisation,
    modules,
    optimizers,
    placement,
    raw_init,
    registries,
    repeats,
    sharing,
    templates,
    tensors,
    things,
)
from torchtielint.semantics.facts.registration import ContainerMisuse, Misuse
from torchtielint.semantics.records import (
    CheckpointRecord,
    ContainerRecord,
    ModuleRecord,
    Repeat,
    Slot,
    SlotKind,
    TensorRecord,
    Whole,
    merge,
)
from torchtielint.semantics.values import (
    MAX_MEMBERS,
    NONE,
    NOT_CONSTANT,
    UNKNOWN,
    Arguments,
    Carrying,
    Const,
    External,
    ModuleItems,
    Opaque,
    Part,
    Ref,
    Union,
    Value,
    Weight,
    constant,
    is_unknown,
    join,
    members,
)

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site

MAX_ITEMS = 64


@dataclass(frozen=True, slots=True)
class Elements:
    """What iterating over a value yields; `known` when `items` is all of it."""

    items: tuple[Value, ...]
    rest: tuple[Value, ...] = ()
    known: bool = False
    repeats: tuple[Repeat, ...] = ()
    wholes: tuple[Whole, ...] = ()


NOTHING_KNOWN = Elements((), (UNKNOWN,))


def iterate(machine: Machine, value: Value, *, values: bool = False) -> Elements:
    """What iterating over a value yields (`values`: the values of a dict, not its keys)."""
    found = members(value)
    if len(found) > 1:
        each = [iterate(machine, member, values=values) for member in found]
        rest = tuple(dict.fromkeys(item for one in each for item in (*one.items, *one.rest)))
        return Elements((), rest, repeats=tuple(repeat for one in each for repeat in one.repeats))
    if isinstance(value, Carrying):
        return Elements((), (value,))
    if isinstance(value, ModuleItems):
        return replace(_module_items(machine, value), wholes=wholes(machine, value))
    literal = constant(value)
    if isinstance(literal, (str, bytes)) and len(literal) <= MAX_ITEMS:
        return Elements(tuple(Const.of(character) for character in literal), known=True)
    match machine.record(value):
        case ContainerRecord() as record:
            if record.kind == "dict" and not values:
                complete = len(record.keys) == len(record.items) and not record.rest
                return Elements(record.keys if complete else (), () if complete else (UNKNOWN,), known=complete)
            known = not record.rest and not record.escaped
            return Elements(record.items, record.rest, known, record.repeats, wholes(machine, value))
        case ModuleRecord() as record if modules.container_kind(record) is not None:
            if modules.container_kind(record) in ("ModuleDict", "ParameterDict") and not values:
                return NOTHING_KNOWN
            return Elements(record.items, record.rest, not record.rest and not record.open)
        case CheckpointRecord() as record if values and isinstance(value, Ref):
            return Elements((), (checkpoints.entry(value, record),))
    return NOTHING_KNOWN


def wholes(machine: Machine, value: Value) -> tuple[Whole, ...]:
    """The modules all of whose parameters iterating over a value certainly yields."""
    match value:
        case ModuleItems(module=module, kind="parameters"):
            if isinstance(module, Ref) and machine.module(module) is not None:
                return (Whole(module, modules.live_parameters(machine, module)),)
            return (Whole(module),)
    record = machine.container(value)
    return () if record is None or record.escaped or record.kind == "dict" else record.wholes


def iterate_in_order(machine: Machine, value: Value) -> Elements:
    """What iterating over a value yields, where it is to be paired with what iterating over another one yields."""
    found = iterate(machine, value)
    if not isinstance(value, ModuleItems) or not isinstance(value.module, Ref):
        return found
    below, _ = modules.tree(machine, value.module)
    certain = len(below) <= MAX_ITEMS and UNKNOWN not in found.rest and all(_is_closed(machine, each) for each in below)
    return Elements(found.rest, known=True) if certain else found


def _is_closed(machine: Machine, ref: Ref) -> bool:
    """Whether every attribute and element of a module is known, and is one thing for certain."""
    record = machine.module(ref)
    fact = modules.torch_class(record) if record else None
    if record is None or record.open or record.rest or record.unnamed:
        return False
    if fact is not None and fact.children_open and fact.container is None:
        return False
    slots = modules.slots(machine, ref).values()
    held = (*record.items, *(slot.value for slot in slots if slot.kind not in (SlotKind.PLAIN, SlotKind.BUFFER)))
    return not any(isinstance(value, Union) or is_unknown(value) for value in held)


def _module_items(machine: Machine, value: ModuleItems) -> Elements:
    if not isinstance(value.module, Ref):
        return _items_of_thing(machine, value.module, value.kind)
    found, complete = modules.owned(machine, value.module, value.kind)
    if value.kind.endswith("parameters"):
        gradients.note_plain(machine, found)
    if value.kind.endswith("children"):
        templates.note_use(machine, found)
    if len(found) > MAX_MEMBERS:  # the loop over them sees one that is not known
        initialisation.note_module(machine, value.module)
    rest = found if complete or found else (UNKNOWN,)  # the loop does come by those that are known
    if value.kind.startswith("named_"):
        record = machine.module(value.module)
        if record is None:
            return NOTHING_KNOWN
        pairs = [
            machine.allocate(ContainerRecord("tuple", record.site, machine.context.loops, (UNKNOWN, item)))
            for item in rest
        ]
        return Elements((), tuple(pairs) or (UNKNOWN,))
    return Elements((), rest or (UNKNOWN,))


def _items_of_thing(machine: Machine, module: Value, kind: str) -> Elements:
    """What a module that is not known yields: some tensor of its, some module."""
    of_tensors = kind.endswith(("parameters", "buffers"))
    item = Weight(module) if of_tensors else machine.thing("child", "module")
    if kind.startswith("named_"):
        site = machine.site(machine.context.statement or machine.frame.piece.tree)
        item = machine.allocate(ContainerRecord("tuple", site, machine.context.loops, (UNKNOWN, item)))
    return Elements((), (item,))


def unpack(machine: Machine, target: cst.BaseExpression, value: Value) -> None:
    """Assign a value to a target of any shape: a name, an attribute, an item, a tuple of targets."""
    match target:
        case cst.Name(value=name):
            machine.bind(name, value)
        case cst.Attribute(value=owner, attr=cst.Name(value=name)):
            attributes.assign(machine, expressions.evaluate(machine, owner), name, value, target)
        case cst.Subscript():
            store(machine, target, value)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            _unpack_sequence(machine, elements, value)
        case cst.StarredElement(value=inner):
            unpack(machine, inner, value)


def _unpack_sequence(machine: Machine, targets: Sequence[cst.BaseElement], value: Value) -> None:
    starred = any(isinstance(element, cst.StarredElement) for element in targets)
    rows = [iterate(machine, member) for member in members(value)]
    if not starred and all(row.known and len(row.items) == len(targets) for row in rows):
        for position, element in enumerate(targets):
            unpack(machine, element.value, join(row.items[position] for row in rows))
        return
    found = iterate(machine, value)
    everything = (*found.items, *found.rest)
    summary = join(everything) if everything else UNKNOWN
    if isinstance(value, (Opaque, Part)) and not starred:
        for position, element in enumerate(targets):
            unpack(machine, element.value, Part(value, f"[{position}]"))
        return
    for element in targets:
        if isinstance(element, cst.StarredElement):
            record = ContainerRecord("list", machine.site(element), machine.context.loops, rest=(summary,))
            unpack(machine, element.value, machine.allocate(record))
        else:
            unpack(machine, element.value, summary)


def index_of(machine: Machine, target: cst.Subscript) -> Value:
    """The (last) index of a subscript; not known for slices."""
    index: Value = UNKNOWN
    for element in target.slice:
        if isinstance(element.slice, cst.Index):
            index = expressions.evaluate(machine, element.slice.value)
    return index


def store(machine: Machine, target: cst.Subscript, value: Value) -> None:
    """`container[index] = value`."""
    owner = expressions.evaluate(machine, target.value)
    index = index_of(machine, target)
    with machine.alternatives() as begin:
        for member in members(owner):
            begin()
            _store_in(machine, member, index, value, target)


def _store_in(machine: Machine, member: Value, index: Value, value: Value, target: cst.Subscript) -> None:
    raw_init.written(machine, member, "an indexed assignment", machine.context.statement or target)
    match machine.record(member):
        case TensorRecord() if isinstance(member, Ref):
            node = machine.context.statement or target
            tensors.write(machine, member, "an indexed assignment", node, view=True, sources=(value,))
        case ContainerRecord() as record if isinstance(member, Ref):
            again = repeats.stored_in_every_round(machine, member, record.loops, target, value)
            stored = _stored(record, index, value)
            machine.update(member, replace(stored, repeats=stored.repeats + again))
        case CheckpointRecord() if isinstance(member, Ref):
            checkpoints.edit(machine, member)
        case ModuleRecord() as record if isinstance(member, Ref) and modules.container_kind(record):
            _store_in_module(machine, member, record, index, value, target)
        case None:
            registries.store(machine, member, index, value, target)
            if isinstance(member, (Opaque, Part)) and isinstance(constant(index), (int, str)):
                optimizers.replaced(machine, member, f"[{constant(index)!r}]", value, target)
            machine.escape(value)


def _store_in_module(
    machine: Machine, ref: Ref, record: ModuleRecord, index: Value, value: Value, target: cst.Subscript
) -> None:
    """`container[index] = value`, for one of torch's containers."""
    kind = modules.container_kind(record) or ""
    for repeat in repeats.stored_in_every_round(machine, ref, record.loops, target, value):
        sharing.repeated(machine, repeat)
    construction.check_elements(machine, kind, (value,), target)
    if kind.endswith("Dict"):
        construction.check_keys(machine, kind, (index,), target)
    name = constant(index)
    changed = _at(record, name, value) or replace(record, rest=merge(record.rest, (value,)))
    if isinstance(name, str):
        changed = changed.with_slot(name, Slot(slot_kind_of_items(record), value, machine.site(target)))
    machine.update(ref, changed)


def _at(record: ModuleRecord, index: object, value: Value) -> ModuleRecord | None:
    """The container with another element at a known position; None where that is not known."""
    if not isinstance(index, int) or record.rest or not -len(record.items) <= index < len(record.items):
        return None
    changed = list(record.items)
    changed[index] = value
    return replace(record, items=tuple(changed))


def _stored(record: ContainerRecord, index: Value, value: Value) -> ContainerRecord:
    literal = constant(index)
    if record.kind == "dict":
        if literal is not NOT_CONSTANT and not record.rest and len(record.keys) == len(record.items):
            for position, key in enumerate(record.keys):
                if key == index:
                    items = (*record.items[:position], value, *record.items[position + 1 :])
                    return replace(record, items=items)
            return replace(record, items=(*record.items, value), keys=(*record.keys, index))
        return replace(record, rest=merge(record.rest, (value,)))
    if isinstance(literal, int) and -len(record.items) <= literal < len(record.items) and not record.rest:
        changed = list(record.items)
        changed[literal] = value
        return replace(record, items=tuple(changed), repeats=(), wholes=())
    return replace(record, rest=merge(record.rest, (value,)), repeats=(), wholes=())


def subscript(machine: Machine, value: Value, indices: tuple[Value, ...], node: cst.Subscript) -> Value:
    """`value[indices]` for one alternative of a value."""
    if isinstance(value, External):
        return value  # a generic alias, or an enum-like lookup: still that name
    if isinstance(value, (Opaque, Part)):
        literals = [constant(index) for index in indices]
        if raw_init.is_inside(value):
            return Part(value, "[...]")
        return things.read(machine, value, f"[{literals[0]!r}]") if isinstance(literals[0], (str, int)) else UNKNOWN
    if isinstance(value, (Weight, Carrying)):
        return value
    match machine.record(value):
        case TensorRecord() as record:
            simple = all(
                constant(index) is not NOT_CONSTANT or index == External("builtins.slice") for index in indices
            )
            if simple and isinstance(value, Ref):
                made = tensors.view(machine, node, value, "indexing", whole=False)
                return placement.note_index(machine, made, indices, record)
            return tensors.combine(machine, node, "indexing", (value,))
        case ContainerRecord() as record:
            return _element(machine, record.items, record.rest, record.keys, indices, record, node)
        case CheckpointRecord() as record if isinstance(value, Ref):
            return checkpoints.entry(value, record)
        case ModuleRecord() as record if modules.container_kind(record):
            name = constant(indices[0]) if len(indices) == 1 else None
            held = (record.slots or {}).get(name) if isinstance(name, str) else None
            if held is not None:
                return held.value
            if External("builtins.slice") in indices:
                part = replace(record, site=machine.site(node), loops=machine.context.loops, slots={}, items=())
                return machine.allocate(replace(part, rest=merge(record.items, record.rest)))
            return _element(machine, record.items, record.rest, (), indices, None, node, is_open=record.open)
    return UNKNOWN


def _element(
    machine: Machine,
    items: tuple[Value, ...],
    rest: tuple[Value, ...],
    keys: tuple[Value, ...],
    indices: tuple[Value, ...],
    record: ContainerRecord | None,
    node: cst.Subscript,
    *,
    is_open: bool = True,
) -> Value:
    index = indices[0] if len(indices) == 1 else UNKNOWN
    if index == External("builtins.slice") and record is not None and record.kind != "dict":
        copy = ContainerRecord(
            record.kind, machine.site(node), machine.context.loops, rest=merge(items, rest), repeats=record.repeats
        )
        return machine.allocate(copy)
    literal = constant(index)
    if record is not None and record.kind == "dict":
        for key, item in zip(keys, items, strict=False):
            if key == index and literal is not NOT_CONSTANT:
                return item
    elif isinstance(literal, int) and not isinstance(literal, bool):
        if 0 <= literal < len(items):
            return items[literal]
        if -len(items) <= literal < 0 and not rest:
            return items[literal]
    every = (*items, *rest)
    if not every:
        return UNKNOWN
    return join((*every, UNKNOWN)) if is_open else join(every)


def operate(machine: Machine, node: cst.CSTNode, operator: type[cst.CSTNode], left: Value, right: Value) -> Value:
    """`list * n`, `list + list`, and the same on ModuleLists."""
    multiplies = operator in (cst.Multiply, cst.MultiplyAssign)
    if multiplies and machine.container(right) and not machine.container(left):
        left, right = right, left
    record = machine.container(left)
    if record is not None and multiplies:
        return _multiply(machine, node, record, constant(right))
    adds = operator in (cst.Add, cst.AddAssign)
    if adds and record is not None:
        other = iterate(machine, right)
        if record.rest:
            items, rest = record.items, merge(record.rest, other.items + other.rest)
        else:
            items, rest = record.items + other.items, other.rest
        return machine.allocate(
            ContainerRecord(
                record.kind,
                machine.site(node),
                machine.context.loops,
                items[:MAX_ITEMS],
                rest,
                repeats=record.repeats + other.repeats + _added_again(machine, node, record, right),
                wholes=record.wholes + other.wholes,
            )
        )
    module = machine.module(left)
    if adds and module is not None and modules.container_kind(module) and isinstance(left, Ref):
        if operator is cst.AddAssign:
            if isinstance(node, cst.AugAssign):
                written = repeats.elements(machine, node.value, right)
                for repeat in repeats.in_every_round(machine, left.key, module.loops, written, node):
                    sharing.repeated(machine, repeat)
            sharing.consume(machine, right, registers=True)
            modules.extend(machine, left, iterate(machine, right))
            return left
        added = iterate(machine, right)
        return machine.allocate(
            replace(
                module,
                site=machine.site(node),
                rest=merge(module.rest, module.items + added.items + added.rest),
                items=(),
            )
        )
    return UNKNOWN


def _added_again(machine: Machine, node: cst.CSTNode, record: ContainerRecord, right: Value) -> tuple[Repeat, ...]:
    """`layers = layers + [linear, norm]` in every round of a loop."""
    if not isinstance(node, cst.BinaryOperation):
        return ()
    written = repeats.elements(machine, node.right, right)
    return repeats.in_every_round(machine, machine.frame.key, (), written, node)


def _multiply(machine: Machine, node: cst.CSTNode, record: ContainerRecord, count: object) -> Value:
    site = machine.site(node)
    if isinstance(count, int) and 0 <= count * len(record.items) <= MAX_ITEMS:
        items, rest = record.items * count, record.rest
    else:
        items, rest = (), merge(record.items, record.rest)
    found = record.repeats
    if not (isinstance(count, int) and count <= 1):
        literal = next((side for side in _sides(node) if isinstance(side, (cst.List, cst.Tuple))), None)
        found += tuple(_repeat(machine, site, element, literal) for element in dict.fromkeys(record.elements()))
    result = replace(record, site=site, loops=machine.context.loops, items=items, rest=rest, repeats=found, wholes=())
    for repeat in found:
        if repeat.spelling == "constructor":
            sharing.repeated(machine, repeat)
    return machine.allocate(result)


def _sides(node: cst.CSTNode) -> tuple[cst.BaseExpression, ...]:
    return (node.left, node.right) if isinstance(node, cst.BinaryOperation) else ()


def _repeat(machine: Machine, site: Site, element: Value, literal: cst.List | cst.Tuple | None) -> Repeat:
    spelling, name = "list", ""
    if literal is not None and len(literal.elements) == 1:
        inner = literal.elements[0].value
        spelling = {cst.Call: "constructor", cst.Attribute: "attribute", cst.Name: "name"}.get(type(inner), "list")
        name = machine.text(inner)
    maker = repeats.made_by(machine, literal.elements[0].value) if literal is not None and is_unknown(element) else ""
    return Repeat(site, spelling, element, name, sharing.sharing_intended(machine, name), maker=maker)


def extend(machine: Machine, ref: Ref, value: Value, node: cst.AugAssign) -> None:
    """`container += value`, for a Python container."""
    record = machine.container(ref)
    if record is not None:
        written = repeats.elements(machine, node.value, value)
        again = repeats.in_every_round(machine, ref.key, record.loops, written, node)
        record = replace(record, repeats=record.repeats + again)
        machine.update(ref, _grown(machine, record, "extend", Arguments((value,))))


def remove_some(machine: Machine, ref: Ref) -> None:
    """An element is taken out of a Python container: which are left is not known."""
    checkpoints.edit(machine, ref)
    record = machine.container(ref)
    if record is not None:
        rest = merge(record.items, record.rest)
        machine.update(ref, replace(record, items=(), rest=rest, keys=(), repeats=(), wholes=()))


_MUTATORS = {"append", "add", "extend", "insert", "update", "setdefault", "appendleft", "extendleft"}
_FORGETTING = {"pop", "remove", "clear", "popleft", "discard", "popitem", "sort", "reverse"}


def call_method(machine: Machine, ref: Ref, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """A method of a Python container."""
    record = machine.container(ref)
    if record is None:
        return UNKNOWN
    if name in _MUTATORS:
        record = _with_repeat(machine, ref, record, arguments, node)
        machine.update(ref, _grown(machine, record, name, arguments))
        return join((*record.elements(), *arguments.all())) if name == "setdefault" else NONE
    if name in _FORGETTING:
        if name == "clear":
            machine.update(ref, replace(record, items=(), rest=(), keys=(), repeats=(), wholes=()))
            return NONE
        remove_some(machine, ref)
        return join((*record.elements(), UNKNOWN)) if name.startswith("pop") else NONE
    match name:
        case "values" | "copy":
            kind = "list" if name == "values" else record.kind
            return machine.allocate(replace(record, kind=kind, site=machine.site(node), loops=machine.context.loops))
        case "keys":
            return machine.allocate(replace(record, kind="list", items=record.keys, rest=(UNKNOWN,), keys=()))
        case "items":
            return _pairs(machine, record, node)
        case "get":
            found = _lookup(record, arguments.get(0, "key"))
            return (
                found if found is not None else join((*record.elements(), arguments.get(1, "default") or NONE, UNKNOWN))
            )
    return UNKNOWN


def _with_repeat(
    machine: Machine, ref: Ref, record: ContainerRecord, arguments: Arguments, node: cst.Call
) -> ContainerRecord:
    """`layers.append(layer)` in every round of a loop, of an object that was made outside of it."""
    again = repeats.in_every_round(machine, ref.key, record.loops, added(machine, arguments, node), node)
    return replace(record, repeats=record.repeats + again) if again else record


def added(machine: Machine, arguments: Arguments, node: cst.Call) -> tuple[repeats.Written, ...]:
    """What `append`, `insert` or `extend` adds, each as written and what it is."""
    name = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
    if len(arguments.positional) != len(node.args) or len(node.args) != (2 if name == "insert" else 1):
        return ()
    expression, value = node.args[-1].value, arguments.positional[-1]
    if name == "extend":
        return repeats.elements(machine, expression, value)
    return ((expression, value),)


def _lookup(record: ContainerRecord, key: Value | None) -> Value | None:
    if constant(key) is NOT_CONSTANT:
        return None
    for known, item in zip(record.keys, record.items, strict=False):
        if known == key:
            return item
    return None


def _pairs(machine: Machine, record: ContainerRecord, node: cst.Call) -> Value:
    site, loops = machine.site(node), machine.context.loops
    complete = len(record.keys) == len(record.items)
    keys = record.keys if complete else (UNKNOWN,) * len(record.items)
    items = tuple(
        machine.allocate(ContainerRecord("tuple", site, loops, pair)) for pair in zip(keys, record.items, strict=False)
    )
    rest = tuple(machine.allocate(ContainerRecord("tuple", site, loops, (UNKNOWN, item))) for item in record.rest)
    return machine.allocate(ContainerRecord("list", site, loops, items, rest, escaped=record.escaped))


def _grown(machine: Machine, record: ContainerRecord, name: str, arguments: Arguments) -> ContainerRecord:
    if name in ("extend", "update", "extendleft"):
        source = arguments.get(0, "iterable")
        added = iterate(machine, source, values=True) if source is not None else Elements(())
        if record.kind == "dict":
            named = tuple(value for _, value in arguments.keywords)
            return replace(record, rest=merge(record.rest, added.items + added.rest + named))
        repeated = record.repeats + added.repeats
        if record.kind != "set" and machine.is_fresh_here(record.loops):  # else it is done once or many times
            record = replace(record, wholes=record.wholes + added.wholes)
        new_items, new_rest = added.items, added.rest
    else:
        new_items, new_rest, repeated = arguments.positional[-1:], (), record.repeats
    summarised = (
        record.rest
        or name in ("insert", "appendleft", "extendleft", "setdefault")
        or not machine.is_fresh_here(record.loops)
    )
    if summarised or len(record.items) + len(new_items) > MAX_ITEMS:
        return replace(record, rest=merge(record.rest, new_items + new_rest), repeats=repeated)
    return replace(record, items=record.items + new_items, rest=new_rest, repeats=repeated)


def check_call(machine: Machine, ref: Ref, record: ModuleRecord, node: cst.Call) -> None:
    """A ModuleList or ModuleDict has no forward: calling one raises."""
    kind = modules.container_kind(record)
    if kind in ("ModuleList", "ModuleDict", "ParameterList", "ParameterDict") and isinstance(record.cls, str):
        machine.emit(ContainerMisuse(machine.site(node), f"nn.{kind}", Misuse.CALLED, machine.text(node.func)))


def slot_kind_of_items(record: ModuleRecord) -> SlotKind:
    """How a torch container holds its elements."""
    parameters = modules.container_kind(record) in ("ParameterList", "ParameterDict")
    return SlotKind.PARAMETER if parameters else SlotKind.MODULE
