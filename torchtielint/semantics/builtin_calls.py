"""Calls of Python's built-in functions and types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import (
    attributes,
    calls,
    checkpoints,
    containers,
    flow,
    instances,
    late,
    loops,
    modules,
    names,
    registries,
    repeats,
    shapes,
    streams,
    tensors,
    thawing,
)
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.machine import EVERYTHING
from torchtielint.semantics.records import ContainerRecord, ModuleRecord, Repeat, Slot, SlotKind
from torchtielint.semantics.values import (
    INT,
    NONE,
    NOT_CONSTANT,
    UNKNOWN,
    Arguments,
    Computed,
    Const,
    FunctionValue,
    ModuleItems,
    Ref,
    Registry,
    Value,
    constant,
    is_unknown,
    join,
    members,
    truth,
)
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

MAX_RANGE = 16


def call(machine: Machine, name: str, arguments: Arguments, node: cst.Call | cst.CSTNode) -> Value:
    """Call a built-in by name."""
    streams.consume_by_builtin(machine, name, arguments, node)
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(machine, arguments, node)  # type: ignore[arg-type]  # handlers only take positions from the node
    if name in _CONVERSIONS:
        return _convert(machine, name, arguments)
    if name.startswith("object.__"):
        return _object_method(machine, name, arguments, node)
    if name.endswith(("Error", "Exception", "Warning")):
        return UNKNOWN
    return UNKNOWN if name in _PURE else calls.call_unknown(machine, arguments)


_PURE = frozenset(
    {"print", "len", "hasattr", "callable", "id", "repr", "hash", "sum", "max", "min", "abs", "round", "any", "all",
     "divmod", "pow", "chr", "ord", "format", "issubclass", "slice", "object"}
)  # fmt: skip
_CONVERSIONS: dict[str, type] = {"int": int, "float": float, "bool": bool, "str": str}


def _convert(machine: Machine, name: str, arguments: Arguments) -> Value:
    value = arguments.positional[0] if arguments.positional else None
    literal = constant(value)
    if name == "bool" and value is not None:
        known = truth(value)
        return UNKNOWN if known is None else Const.of(known)
    if isinstance(literal, (int, float, str)) and len(arguments.positional) == 1:
        try:
            return Const.of(_CONVERSIONS[name](literal))
        except (ValueError, OverflowError):
            return UNKNOWN
    if isinstance(value, Ref) and machine.tensor(value):
        tensors.note_use(machine, value, detached=True)
    size = shapes.as_int(value) if name == "int" and value is not None and len(arguments.all()) == 1 else None
    return UNKNOWN if size is None else Computed(size)


def _object_method(machine: Machine, name: str, arguments: Arguments, node: cst.CSTNode) -> Value:
    """`object.__setattr__(self, ...)` hides a value from the module on purpose."""
    if name == "object.__setattr__" and len(arguments.positional) == 3:
        machine.escape(arguments.positional[2])
        ref = arguments.positional[0]
        record = machine.module(ref)
        text = constant(arguments.positional[1])
        if record is not None and isinstance(ref, Ref) and isinstance(text, str):
            hidden = Registry(ref, registries.PLAIN)
            registries.store(machine, hidden, arguments.positional[1], arguments.positional[2], node)
            slot = Slot(SlotKind.UNCERTAIN, arguments.positional[2])
            machine.update(ref, record.with_slot(text, slot))
    return UNKNOWN


def _range(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    bounds = [constant(value) for value in arguments.positional]
    site, loops = machine.site(node), machine.context.loops
    numbers = [bound for bound in bounds if isinstance(bound, int)]
    if bounds and len(numbers) == len(bounds) <= 3 and 0 not in numbers[2:]:
        rounds = range(*numbers)
        if len(rounds) <= MAX_RANGE:
            items = tuple(Const.of(number) for number in rounds)
            return machine.allocate(ContainerRecord("range", site, loops, items))
    return machine.allocate(ContainerRecord("range", site, loops, rest=(INT,)))


def _enumerate(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    if not arguments.positional:
        return UNKNOWN
    elements = containers.iterate(machine, arguments.positional[0])
    start = constant(arguments.get(1, "start"))
    first = start if isinstance(start, int) else 0 if start is NOT_CONSTANT and len(arguments.all()) == 1 else None
    site, loops = machine.site(node), machine.context.loops
    items = tuple(
        machine.allocate(
            ContainerRecord("tuple", site, loops, (UNKNOWN if first is None else Const.of(first + index), item))
        )
        for index, item in enumerate(elements.items)
    )
    rest = tuple(machine.allocate(ContainerRecord("tuple", site, loops, (INT, item))) for item in elements.rest)
    return machine.allocate(ContainerRecord("list", site, loops, items, rest if not elements.known else ()))


def _zip(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    found = [containers.iterate_in_order(machine, value) for value in arguments.positional]
    site, loops = machine.site(node), machine.context.loops
    if found and all(elements.known for elements in found):
        rows = zip(*(elements.items for elements in found), strict=False)
        items = tuple(machine.allocate(ContainerRecord("tuple", site, loops, row)) for row in rows)
        return machine.allocate(ContainerRecord("list", site, loops, items))
    columns = tuple(
        join((*elements.items, *elements.rest)) if elements.items or elements.rest else UNKNOWN for elements in found
    )
    row = machine.allocate(ContainerRecord("tuple", site, loops, columns))
    return machine.allocate(ContainerRecord("list", site, loops, rest=(row,)))


def _listing(kind: str) -> Callable[[Machine, Arguments, cst.Call], Value]:
    def make(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
        site, loops = machine.site(node), machine.context.loops
        if not arguments.positional:
            return machine.allocate(ContainerRecord(kind, site, loops))
        source = arguments.positional[0]
        items = source if isinstance(source, ModuleItems) else None
        if items and items.kind in ("parameters", "children", "modules", "buffers") and isinstance(items.module, Ref):
            found, _ = modules.owned(machine, items.module, items.kind)
            whole = containers.wholes(machine, items)
            return machine.allocate(ContainerRecord(kind, site, loops, rest=(*found, UNKNOWN), wholes=whole))
        elements = containers.iterate(machine, source)
        rest = () if elements.known else elements.rest or (UNKNOWN,)
        whole = elements.wholes if kind != "set" or len(elements.wholes) == 1 else ()
        return machine.allocate(
            ContainerRecord(kind, site, loops, elements.items, rest, repeats=elements.repeats, wholes=whole)
        )

    return make


def _dict(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    site, loops = machine.site(node), machine.context.loops
    keys = [Const.of(name) for name, _ in arguments.keywords]
    values = [value for _, value in arguments.keywords]
    if not arguments.positional and not arguments.open:
        return machine.allocate(ContainerRecord("dict", site, loops, tuple(values), (), tuple(keys)))
    first = arguments.positional[0] if arguments.positional else None
    taken = machine.checkpoint(first)
    if taken is not None and isinstance(first, Ref):
        return checkpoints.again(machine, first, taken, node, taken.held)
    source = machine.container(arguments.positional[0]) if arguments.positional else None
    if source is not None and source.kind == "dict":
        merged = replace(source, site=site, loops=loops)
        if values:
            merged = replace(merged, items=source.items + tuple(values), keys=source.keys + tuple(keys))
        return machine.allocate(merged)
    rest: list[Value] = list(values)
    pairs = containers.iterate(machine, arguments.positional[0]) if arguments.positional else containers.Elements(())
    exact: list[tuple[Value, Value]] = []
    for pair in (*pairs.items, *pairs.rest):
        record = machine.container(pair)
        if record is not None and len(record.items) == 2:
            exact.append((record.items[0], record.items[1]))
            rest.append(record.items[1])
        else:
            rest.append(UNKNOWN)
    if pairs.known and len(exact) == len(pairs.items) and not values:
        names = tuple(key for key, _ in exact)
        return machine.allocate(ContainerRecord("dict", site, loops, tuple(item for _, item in exact), (), names))
    weights = checkpoints.of_weights(machine, tuple(rest), node)
    if weights is not None:
        return weights
    return machine.allocate(ContainerRecord("dict", site, loops, rest=tuple(dict.fromkeys(rest)) or (UNKNOWN,)))


def _from_keys(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`dict.fromkeys(keys, value)`: every key holds the one value."""
    keys = containers.iterate(machine, arguments.positional[0]) if arguments.positional else containers.NOTHING_KNOWN
    value = arguments.positional[1] if len(arguments.positional) > 1 else NONE
    found: tuple[Repeat, ...] = ()
    if not keys.known or len(keys.items) > 1:
        second = node.args[1].value if len(node.args) > 1 else node
        spelling = "constructor" if type(second).__name__ == "Call" else "name"
        found = (Repeat(machine.site(node), spelling, value, machine.text(second)),)
    site, loops = machine.site(node), machine.context.loops
    items = tuple(value for _ in keys.items) if keys.known else ()
    rest = () if keys.known else (value,)
    return machine.allocate(
        ContainerRecord("dict", site, loops, items, rest, keys.items if keys.known else (), repeats=found)
    )


def _reversed(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    if not arguments.positional:
        return UNKNOWN
    elements = containers.iterate(machine, arguments.positional[0])
    items = tuple(reversed(elements.items)) if elements.known else ()
    rest = () if elements.known else (*elements.items, *elements.rest)
    return machine.allocate(ContainerRecord("list", machine.site(node), machine.context.loops, items, rest))


def _map(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`map(function, iterable)`: one call per element."""
    if len(arguments.positional) < 2:
        return UNKNOWN
    function, source = arguments.positional[:2]
    elements = containers.iterate(machine, source)
    site, loops = machine.site(node), machine.context.loops
    loop = machine.counter.next()

    def of(element: Value) -> Value:
        varying = machine.context.varying | flow.objects_in(machine, element)
        with machine.within(loops=(*loops, loop), varying=varying):
            return calls.call(machine, function, Arguments((element,)), node)

    if elements.known and len(arguments.positional) == 2 and len(elements.items) <= 8:
        return machine.allocate(ContainerRecord("generator", site, loops, tuple(map(of, elements.items))))
    result = of(join((*elements.items, *elements.rest)) if elements.items or elements.rest else UNKNOWN)
    again = repeats.given_by(machine, function, result, loop, node)
    return machine.allocate(ContainerRecord("generator", site, loops, rest=(result,), repeats=again))


def _filter(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    source = arguments.positional[1] if len(arguments.positional) > 1 else UNKNOWN
    elements = containers.iterate(machine, source)
    rest = tuple(dict.fromkeys((*elements.items, *elements.rest)))
    site, loops = machine.site(node), machine.context.loops
    wholes = (
        thawing.only_trained(machine, elements.wholes)
        if arguments.positional and _keeps_trained(arguments.positional[0])
        else ()
    )
    return machine.allocate(ContainerRecord("generator", site, loops, rest=rest, wholes=wholes))


def _keeps_trained(predicate: Value) -> bool:
    """`lambda p: p.requires_grad`."""
    node = predicate.model.node if isinstance(predicate, FunctionValue) else None
    if not isinstance(predicate, FunctionValue) or not isinstance(node, cst.Lambda) or len(node.params.params) != 1:
        return False
    return thawing.asks_for_gradient(node.body, node.params.params[0].name.value)


def _getattr(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    if len(arguments.positional) < 2:
        return UNKNOWN
    name = constant(arguments.positional[1])
    if not isinstance(name, str):
        for member in members(arguments.positional[0]):
            if isinstance(member, Ref):
                loops.note_read(machine, member, EVERYTHING)
        machine.uses.modules_by_name.update(
            member.key for member in members(arguments.positional[0]) if isinstance(member, Ref)
        )
        return UNKNOWN
    value = attributes.read(machine, arguments.positional[0], name, node)
    if len(arguments.positional) > 2:
        return join((value, arguments.positional[2])) if is_unknown(value) else value
    return value


def _setattr(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    if len(arguments.positional) != 3:
        return calls.call_unknown(machine, arguments)
    target, name, value = arguments.positional
    text = constant(name)
    for member in members(target):
        if isinstance(member, Ref) and machine.module(member):
            repeats.named_in_every_round(machine, member, node, value)
    if isinstance(text, str):
        attributes.assign(machine, target, text, value, node)
        return NONE
    for member in members(target):
        if machine.module(member) and isinstance(member, Ref):
            late.note_registration(machine, member, machine.text(node), value, node)
            modules.register_unnamed(machine, member, value)
            _names_uncertain(machine, member)
        else:
            machine.escape(value)
    return NONE


def _names_uncertain(machine: Machine, ref: Ref) -> None:
    """A name that is not known was set: it may have been any."""
    record = machine.module(ref)
    if record is not None:
        machine.update(ref, replace(record, open=True))


def _delattr(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    if len(arguments.positional) == 2:
        name = constant(arguments.positional[1])
        if isinstance(name, str):
            attributes.delete(machine, arguments.positional[0], name)
        else:
            for member in members(arguments.positional[0]):
                if isinstance(member, Ref):
                    attributes.doubt(machine, member)
    return NONE


def _isinstance(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    if len(arguments.positional) != 2:
        return UNKNOWN
    answer = instances.is_instance(machine, *arguments.positional)
    return UNKNOWN if answer is None else Const.of(answer)


def _hasattr(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    if len(arguments.positional) != 2:
        return UNKNOWN
    ref, name = arguments.positional[0], constant(arguments.positional[1])
    record = machine.module(ref)
    if record is None or not isinstance(ref, Ref) or not isinstance(name, str):
        return UNKNOWN
    slot = modules.slots(machine, ref).get(name)
    if slot is not None and slot.kind is not SlotKind.UNCERTAIN:
        return Const.of(True)
    if slot is None and isinstance(record.cls, ClassModel) and names.held_by_class(machine, ref, name, node):
        return Const.of(True)
    if slot is not None and names.is_held_plainly(machine, ref, record, name):
        return Const.of(True)
    known = isinstance(record.cls, str) and modules.torch_class(record) is not None and not record.open
    return Const.of(False) if known and slot is None and not _is_method(record, name) else UNKNOWN


def _is_method(record: ModuleRecord, name: str) -> bool:
    return name in load().module_methods or name.startswith("_") or not name.startswith(("weight", "bias"))


def _type(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    return instances.type_of(machine, arguments.positional[0]) if len(arguments.positional) == 1 else UNKNOWN


def _next(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    if not arguments.positional:
        return UNKNOWN
    elements = containers.iterate(machine, arguments.positional[0])
    return join((*elements.items, *elements.rest, UNKNOWN))


def _iter(_machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    return arguments.positional[0] if arguments.positional else UNKNOWN


def _length(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    if not arguments.positional:
        return UNKNOWN
    record = machine.container(arguments.positional[0])
    if record is not None and not record.rest and not record.escaped:
        return Const.of(len(record.items))
    return UNKNOWN


def _print(_machine: Machine, _arguments: Arguments, _node: cst.Call) -> Value:
    return NONE


def _computes(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`abs`, `sum`: an operation like any other on a tensor, or on the tensors in a list."""
    values: list[Value] = []
    for value in arguments.positional:
        elements = containers.iterate(machine, value) if machine.container(value) else None
        values.extend((*elements.items, *elements.rest) if elements else (value,))
    if any(machine.tensor(member) for value in values for member in members(value)):
        return tensors.combine(machine, node, f"`{machine.text(node.func)}()`", values)
    return UNKNOWN


def _vars(machine: Machine, arguments: Arguments, _node: cst.Call) -> Value:
    """`vars(module)` is its `__dict__`."""
    first = arguments.positional[0] if arguments.positional else None
    if isinstance(first, Ref) and machine.module(first) is not None:
        return registries.read(machine, first, registries.PLAIN)
    return calls.call_unknown(machine, arguments)


_HANDLERS: dict[str, Callable[[Machine, Arguments, cst.Call], Value]] = {
    "abs": _computes,
    "sum": _computes,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "list": _listing("list"),
    "tuple": _listing("tuple"),
    "set": _listing("set"),
    "frozenset": _listing("set"),
    "sorted": _listing("list"),
    "dict": _dict,
    "dict.fromkeys": _from_keys,
    "reversed": _reversed,
    "map": _map,
    "filter": _filter,
    "getattr": _getattr,
    "setattr": _setattr,
    "delattr": _delattr,
    "isinstance": _isinstance,
    "hasattr": _hasattr,
    "type": _type,
    "next": _next,
    "iter": _iter,
    "len": _length,
    "print": _print,
    "vars": _vars,
}
