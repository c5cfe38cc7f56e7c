"""What optimizers took, and what the modules have by now that they did not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import groups, modules, naming, thawing, things
from torchtielint.semantics.facts.optimizers import Orphaned
from torchtielint.semantics.records import ModuleRecord, ObjectRecord, Role
from torchtielint.semantics.training import Built, Change
from torchtielint.semantics.values import (
    TRUE,
    Arguments,
    ModuleItems,
    Optimizer,
    Part,
    Ref,
    Value,
    Weight,
    join,
    members,
)

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

# What is noted of an optimizer in the state, so that it is as sure as the branches that lead there.
_EXTENDED, _MISSED = "extended", "missed"
_RUNS = frozenset({"step", "prepare", "train", "fit", "learn", "run", "epoch", "optimize", "finetune", "update"})
_NEUTRAL = frozenset(
    {"zero", "clip", "lr", "unscale", "log", "print", "save", "scheduler", "sched", "repr", "str", "len", "isinstance",
     "warmup", "load", "rate", "type", "id"}
)  # fmt: skip
_GROUPS_CHANGED = re.compile(r"""["']params["']|param_groups\s*(\[[^\]]*\]\s*)?=[^=]|append|extend|insert|\+=\s*\[""")


def build(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """An optimizer is built."""
    made = Optimizer(machine.counter.next())
    if machine.stack:
        machine.uses.optimising.add(machine.stack[0])
    given = arguments.get(0, "params")
    wholes: dict[Value, None] = {}
    parameters: set[int] = set()
    if given is not None:
        _take(machine, given, wholes, parameters)
    wholes.update(dict.fromkeys(_wholes(machine, parameters)))
    for whole in wholes:
        if isinstance(whole, Ref):
            parameters.update(_parameters(machine, whole))
    unfiltered = groups.unfiltered(machine, given) if given is not None else ()
    machine.training.optimizers[made] = Built(
        machine.site(node), tuple(wholes), frozenset(parameters), unfiltered, thawing.filtered(machine, given)
    )
    return made


def _take(machine: Machine, value: Value, wholes: dict[Value, None], parameters: set[int], depth: int = 0) -> None:
    """Collect the modules whose parameters a value has, and the parameters that are known."""
    for member in members(value):
        record = machine.container(member)
        if (isinstance(member, ModuleItems) and member.kind.endswith("parameters")) or (
            isinstance(member, Weight) and member.entry_of is None
        ):
            wholes[things.unwrapped(member.module)] = None
        elif isinstance(member, Ref) and machine.tensor(member) is not None:
            parameters.add(member.key)
        elif record is not None and depth < 4:
            for element in record.elements():
                _take(machine, element, wholes, parameters, depth + 1)


def _wholes(machine: Machine, parameters: set[int]) -> list[Ref]:
    """The modules at hand all of whose parameters are among some."""
    if not parameters:
        return []
    candidates = machine.variables()
    for value in (machine.frame.receiver, machine.subject):
        candidates.extend((value,) if value is not None else ())
        candidates.extend(_attributes(machine, value))
    found: dict[Ref, None] = {}
    for value in candidates:
        if isinstance(value, Ref) and machine.module(value) is not None:
            own = _parameters(machine, value)
            if own and own <= parameters:
                found[value] = None
    return list(found)


def _parameters(machine: Machine, module: Ref) -> frozenset[int]:
    """The parameters that are certainly registered under a module."""
    found = modules.live_parameters(machine, module)
    return frozenset(key for key in found if machine.tensor(Ref(key)) is not None)


def _attributes(machine: Machine, owner: Value | None) -> list[Value]:
    match machine.record(owner):
        case ObjectRecord(attributes=attributes):
            return list(attributes.values())
        case ModuleRecord(slots=slots):
            return [slot.value for slot in (slots or {}).values()]
    return []


def replaced(machine: Machine, owner: Value, name: str, new: Value, node: cst.CSTNode) -> None:
    """`owner.name = new`, of a thing that is not known: a new module or Parameter is not what an optimizer took."""
    if not isinstance(new, Ref):
        return
    record = machine.tensor(new)
    if modules.has_parameters(machine, new) or (record is not None and record.role is Role.PARAMETER):
        place = Part(owner, name)
        site = machine.site(machine.context.statement or node)
        _miss(machine, place, Change(site, things.shown(machine, place), new))


def changed(machine: Machine, module: Value, what: str, node: cst.CSTNode) -> None:
    """A call gives a module new Parameters in the place of those that it had."""
    for member in members(module):
        certain = machine.module(member) is not None
        _miss(machine, member, Change(machine.site(node), what, None, certain))


def _miss(machine: Machine, place: Value, change: Change) -> None:
    for optimizer, built in machine.training.optimizers.items():
        if any(_is_below(machine, place, whole) for whole in built.wholes):
            before = [one for one in _cell(machine, optimizer, _MISSED) if isinstance(one, Change)]
            machine.state.set((optimizer.key, _MISSED), join((*before, change)))


def _is_below(machine: Machine, place: Value, whole: Value) -> bool:
    """Whether a module is another, or a part of it."""
    if isinstance(whole, Ref) and isinstance(place, Ref):
        return place.key in modules.reachable(machine, whole)
    step: Value = things.unwrapped(place)
    while step != whole and isinstance(step, Part):
        step = things.unwrapped(step.owner)
    return step == whole


def call_method(machine: Machine, optimizer: Optimizer, name: str, arguments: Arguments, node: cst.Call) -> None:
    """A method of an optimizer."""
    if name == "add_param_group":
        group, built = arguments.get(0, "param_group"), machine.training.optimizers.get(optimizer)
        if group is not None and built is not None and TRUE not in _cell(machine, optimizer, _EXTENDED):
            groups.check_added(machine, built, group, node)
    if name == "step":
        use(machine, optimizer, node)
    elif name in ("add_param_group", "__init__", "__setstate__"):
        machine.state.set((optimizer.key, _EXTENDED), TRUE)


def read(machine: Machine, optimizer: Optimizer, name: str) -> None:
    """An attribute of an optimizer: who writes the lists of its groups knows what they do."""
    statement = machine.context.statement
    if name == "param_groups" and (statement is None or _GROUPS_CHANGED.search(machine.text(statement))):
        machine.state.set((optimizer.key, _EXTENDED), TRUE)


def given_away(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> None:
    """Code that is not known gets an optimizer: by its name it runs it, or may do anything to it."""
    found = [one for value in arguments.all() for one in _optimizers(machine, value)]
    if not found or not isinstance(node, cst.Call):
        return
    name = machine.text(node.func).rpartition(".")[2]
    words = set(naming.words(name))
    for optimizer in found:
        if words & _RUNS or name[:1].isupper():
            use(machine, optimizer, node)
        elif not words & _NEUTRAL:
            machine.state.set((optimizer.key, _EXTENDED), TRUE)


def returned(machine: Machine, value: Value, node: cst.CSTNode) -> None:
    """The entry point gives an optimizer back."""
    if len(machine.stack) == 1:
        for optimizer in _optimizers(machine, value):
            use(machine, optimizer, node)


def kept(machine: Machine, owner: Value) -> None:
    """A constructor ends with optimizers in attributes."""
    for value in _attributes(machine, owner):
        for optimizer in _optimizers(machine, value):
            use(machine, optimizer, None)


def round_ended(machine: Machine, loop: int) -> None:
    """At the end of a loop's round."""
    extended = [one for one in machine.training.optimizers if TRUE in _cell(machine, one, _EXTENDED)]
    thawing.round_ended(machine, loop, extended=extended)


def _optimizers(machine: Machine, value: Value) -> list[Optimizer]:
    """The optimizers that a value is, or holds for certain."""
    if isinstance(value, Optimizer):
        return [value]
    record = machine.container(value)
    items = record.items if record is not None else ()
    return [item for item in items if isinstance(item, Optimizer)]


def use(machine: Machine, optimizer: Optimizer, _node: cst.CSTNode | None) -> None:
    """An optimizer is relied on: what it misses by now is never updated."""
    built = machine.training.optimizers.get(optimizer)
    if built is None or TRUE in _cell(machine, optimizer, _EXTENDED):
        return
    thawing.used(machine, optimizer, built)
    for change in (*_cell(machine, optimizer, _MISSED), *_missing(machine, built)):
        if isinstance(change, Change) and _is_untaken(machine, change.new):
            machine.emit(Orphaned(change.site, change.what, built.site, change.new is not None, change.certain))


def _cell(machine: Machine, optimizer: Optimizer, name: str) -> tuple[Value, ...]:
    held = machine.state.get((optimizer.key, name))
    return members(held) if isinstance(held, Value) else ()


def _missing(machine: Machine, built: Built) -> list[Change]:
    """The modules and Parameters that known modules got since an optimizer took theirs."""
    found: list[Change] = []
    for whole in built.wholes:
        if not isinstance(whole, Ref) or not _parameters(machine, whole) - built.parameters:
            continue
        below, _ = modules.tree(machine, whole)
        for module in below:
            for name, slot in modules.slots(machine, module).items():
                site = machine.assigned_at.get((module.key, name, slot.value), slot.site)
                new = slot.value
                if site is None or not isinstance(new, Ref) or _had(machine, new, built) or _is_refilled(machine, new):
                    continue
                shown = machine.assigned_as.get((module.key, name), name)
                found.append(Change(site, shown, new, certain=True))
            record = machine.module(module)
            for item in record.items if record is not None else ():
                made = machine.module(item)
                if made is not None and isinstance(item, Ref) and not _had(machine, item, built):
                    found.append(Change(made.site, modules.class_name(made), item, certain=True))
    return found[:1]


def _is_refilled(machine: Machine, module: Ref) -> bool:
    """Whether a layer of torch's was given Parameters in the place of its own: these are new, it need not be."""
    record = machine.module(module)
    if record is None or not isinstance(record.cls, str):
        return False
    return any(slot.site is not None for slot in modules.slots(machine, module).values())


def _had(machine: Machine, new: Ref, built: Built) -> bool:
    keys = _keys(machine, new)
    return not keys or bool(keys & built.parameters)


def _keys(machine: Machine, new: Ref) -> frozenset[int]:
    record = machine.tensor(new)
    if record is not None:
        return frozenset({new.key} if record.role is Role.PARAMETER else ())
    return _parameters(machine, new) if machine.module(new) is not None else frozenset()


def _is_untaken(machine: Machine, new: Value | None) -> bool:
    """Whether what is new trains, and no optimizer has it."""
    if not isinstance(new, Ref):
        return True
    keys = _keys(machine, new)
    trained = [record for key in keys if (record := machine.tensor(Ref(key))) and record.requires_grad is True]
    return bool(trained) and not any(keys & built.parameters for built in machine.training.optimizers.values())
