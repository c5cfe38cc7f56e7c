"""Things that are not known: their attributes are things too, and some uses say that one is a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.semantics import calls, checkpoints, modules, naming, optimizers, thawing
from torchtielint.semantics.values import (
    ABSENT,
    UNKNOWN,
    Arguments,
    Const,
    ModuleItems,
    Opaque,
    Part,
    Ref,
    Value,
    constant,
    join,
    members,
)

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.machine import Machine

MAX_PATH = 6
ITEMS = frozenset(
    {"parameters", "named_parameters", "buffers", "named_buffers", "children", "named_children", "modules",
     "named_modules"}
)  # fmt: skip
CONVERSIONS = frozenset({"to", "cuda", "cpu", "half", "float", "double", "bfloat16", "xpu", "to_empty", "type"})
_SELF = frozenset({"train", "eval", "requires_grad_", "zero_grad", "apply"})
_TELLING = ITEMS | {"eval"}


def path(value: Value) -> tuple[Value, tuple[str, ...]]:
    """What a part is, in the end, a part of, and by which names."""
    names: list[str] = []
    while isinstance(value, Part):
        names.append(value.name)
        value = value.owner
    return value, tuple(reversed(names))


def read(machine: Machine, owner: Value, name: str) -> Value:
    """`owner.name`: what it was last set to, or the thing that it is."""
    root, names = path(owner)
    part = Part(owner, name) if len(names) < MAX_PATH else UNKNOWN
    if not isinstance(root, (Opaque, Ref)):
        return UNKNOWN
    held = machine.state.get((root.key, "".join(f".{one}" for one in (*names, name))))
    if not isinstance(held, Value):
        return part
    return join(part if member is ABSENT else member for member in members(held))


def assign(machine: Machine, owner: Value, name: str, new: Value) -> None:
    """`owner.name = new`."""
    machine.uses.placement.assigned.add(name)
    root, names = path(owner)
    if isinstance(root, (Opaque, Ref)) and len(names) < MAX_PATH:
        machine.state.set((root.key, "".join(f".{one}" for one in (*names, name))), new)


def is_below(value: Value, whole: Value) -> bool:
    """Whether a thing is another, or a part of it."""
    while value != whole and isinstance(value, Part):
        value = value.owner
    return value == whole


def is_unchanged(machine: Machine, value: Value) -> bool:
    """Whether nobody set anything on the way to a thing."""
    root, names = path(value)
    if not isinstance(root, (Opaque, Ref)):
        return False
    ways = ("".join(f".{one}" for one in names[: step + 1]) for step in range(len(names)))
    return all(machine.state.get((root.key, way)) is None for way in ways)


def name_of(value: Value) -> str:
    """What a thing is called."""
    match value:
        case Opaque(name=name) | Part(name=name):
            return name
    return ""


def shown(machine: Machine, value: Value) -> str:
    """A thing as messages call it."""
    root, names = path(value)
    first = name_of(root)
    if isinstance(root, Ref):
        record = machine.module(root)
        first = modules.class_name(record) if record is not None and not names else "self"
    return ".".join((first, *names)).replace(".[", "[")


def unwrapped(value: Value) -> Value:
    """The model inside of a wrapper that keeps it as `.module`, as data parallel ones do."""
    found = {
        member.owner if isinstance(member, Part) and member.name == "module" else member for member in members(value)
    }
    return found.pop() if len(found) == 1 else value


def is_model(machine: Machine, value: Value) -> bool:
    """Whether a value is a module, or what uses or names make certain enough to be one."""
    if machine.module(value) is not None:
        return True
    match value:
        case Opaque(kind="module"):
            return True
        case Opaque(name=name) | Part(name=name):
            if naming.says_no_model(name) and not naming.says_model(name):
                return False
            return value in machine.training.used_as_module or naming.says_model(name)
    return False


def related(machine: Machine, one: Value, other: Value) -> bool:
    """Whether one is the other, a part of it, or the whole of which it is a part."""
    if one == other:
        return True
    for whole, part in ((one, other), (other, one)):
        root, _ = path(part)
        step = part
        while isinstance(step, Part):
            step = step.owner
            if step == whole:
                return True
        known = whole if isinstance(whole, Ref) and machine.module(whole) is not None else None
        if known is not None and isinstance(root, Ref) and root.key in modules.reachable(machine, known):
            return True
    return False


def loops_of(machine: Machine, value: Value) -> tuple[int, ...]:
    """The loops in which a model was made."""
    root, _ = path(value)
    record = machine.module(root)
    if record is not None:
        return record.loops
    return machine.training.made_in.get(root.key, ()) if isinstance(root, Opaque) else ()


def items(machine: Machine, module: Value, kind: str) -> ModuleItems:
    """A new generator over what a module has."""
    made = ModuleItems(module, kind, machine.counter.next())
    machine.training.made_in[made.key] = machine.context.loops
    return made


def call_method(machine: Machine, owner: Value, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """A method of a thing that is not known."""
    if name in _TELLING and not arguments.positional:
        machine.training.used_as_module.add(owner)
    if name == "train" and all(isinstance(value, Const) for value in arguments.all()):
        machine.training.used_as_module.add(owner)
    if name in ITEMS:
        return items(machine, owner, name)
    if name == "state_dict":
        return checkpoints.take(machine, owner, node)
    if name == "load_state_dict":
        return checkpoints.load(machine, owner, arguments, node)
    if name in ("add_module", "register_module", "register_parameter") and len(arguments.positional) > 1:
        optimizers.replaced(machine, owner, str(constant(arguments.positional[0])), arguments.positional[1], node)
    if name in CONVERSIONS and is_model(machine, owner):
        checkpoints.moved(machine, owner, name, arguments)
        return owner
    if name == "requires_grad_":
        thawing.note_thing(machine, owner, arguments.get(0, "requires_grad"), node)
    if name in _SELF and is_model(machine, owner):
        return owner
    return calls.call_unknown(machine, arguments, node)
