"""State dicts: whose tensors they are, how long they show the weights as they are now, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import naming, optimizers, thawing, things
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.checkpoints import LiveSnapshot, SelfLoad, Use
from torchtielint.semantics.records import CheckpointRecord, ContainerRecord, ModuleRecord, ObjectRecord
from torchtielint.semantics.training import Load, WeightChange
from torchtielint.semantics.values import (
    TRUE,
    UNKNOWN,
    Arguments,
    Const,
    Held,
    Opaque,
    Part,
    Ref,
    Value,
    Weight,
    constant,
    members,
)
from torchtielint.torch_facts import Relation
from torchtielint.torch_facts import load as facts

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site

# Contexts in which a state dict is gathered from shards, or other weights stand in for the module's own.
_GATHERING = ("state_dict_type", "summon_full_params", "GatheredParameters", "average_parameters", "ema_scope", "swap")


def take(machine: Machine, module: Value, node: cst.Call) -> Value:
    """`module.state_dict()`: its tensors are the weights themselves."""
    source = machine.text(node.func.value) if isinstance(node.func, cst.Attribute) else "self"
    gathered = any(word in context for context in machine.context.contexts for word in _GATHERING)
    return _allocate(machine, module, source, node, None if gathered else Held.LIVE)


def _allocate(machine: Machine, module: Value, source: str, node: cst.CSTNode, held: Held | None) -> Ref:
    made = CheckpointRecord(
        things.unwrapped(module),
        machine.site(node),
        machine.context.loops,
        source,
        held,
        _may_be_skipped(machine),
        _guards(machine),
        calls=machine.training.calls,
    )
    ref = machine.allocate(made)
    machine.training.checkpoints[ref] = None
    return ref


def left_with(machine: Machine) -> None:
    """A `break`: the loop ends with the state dicts that were taken under the same tests."""
    guards = _guards(machine)
    for ref in machine.training.checkpoints:
        record = machine.checkpoint(ref)
        if record is not None and record.guards and guards[: len(record.guards)] == record.guards:
            machine.update(ref, replace(record, final=True))


def _may_be_skipped(machine: Machine) -> bool:
    """Whether a round of the innermost loop may come by here without running this."""
    jumps = machine.frame.jumps
    left_before = bool(jumps and (jumps[-1].continues or jumps[-1].breaks)) or bool(machine.frame.exits)
    return left_before or len(machine.context.guards) > machine.context.loop_guards


def again(machine: Machine, ref: Ref, record: CheckpointRecord, node: cst.CSTNode, held: Held | None) -> Value:
    """A new dict of the same tensors (`dict(...)`, `.copy()`), or of copies of them."""
    made = replace(record, site=machine.site(node), loops=machine.context.loops, held=held if record.held else None)
    copy = machine.allocate(
        replace(made, conditional=_may_be_skipped(machine), guards=_guards(machine), changed=None, final=False)
    )
    machine.training.checkpoints[copy] = None
    return copy


def of_weights(machine: Machine, values: tuple[Value, ...], node: cst.CSTNode, *, every: bool = False) -> Value | None:
    """The dict that holds nothing but tensors of one module, as a comprehension over its state dict makes it.

    `every`: it has one for each item of what it was made from.
    """
    found = {member for value in values for member in members(value)}
    weights = [member for member in found if isinstance(member, Weight)]
    if len(weights) != 1 or len(found) != 1:
        return None
    made = _allocate(machine, weights[0].module, things.shown(machine, weights[0].module), node, weights[0].held)
    source, record = machine.checkpoint(weights[0].entry_of), machine.checkpoint(made)
    whole = every and source is not None and source.whole and not source.edited
    if record is not None and not whole:
        machine.update(made, replace(record, whole=False))
    return made


def call_method(machine: Machine, ref: Ref, record: CheckpointRecord, name: str, node: cst.Call) -> Value:
    """A method of a state dict, which is an OrderedDict."""
    weight = Weight(record.module, record.held or Held.COPIED, ref)
    match name:
        case "copy":
            return again(machine, ref, record, node, record.held)
        case "items":
            pair = machine.allocate(
                ContainerRecord("tuple", machine.site(node), machine.context.loops, (UNKNOWN, _entry(weight)))
            )
            return machine.allocate(ContainerRecord("list", machine.site(node), machine.context.loops, rest=(pair,)))
        case "values":
            return machine.allocate(
                ContainerRecord("list", machine.site(node), machine.context.loops, rest=(_entry(weight),))
            )
        case "get":
            return _entry(weight)
        case "update" | "pop" | "setdefault" | "clear" | "popitem":
            edit(machine, ref)
    return UNKNOWN


def _entry(weight: Weight) -> Value:
    return UNKNOWN if weight.held is Held.COPIED else weight


def entry(ref: Ref, record: CheckpointRecord) -> Value:
    """`state[key]`."""
    return _entry(Weight(record.module, record.held or Held.COPIED, ref))


def edit(machine: Machine, ref: Ref) -> None:
    """An entry of a state dict is set or taken out."""
    record = machine.checkpoint(ref)
    if record is not None:
        machine.update(ref, replace(record, edited=True))


def call_weight(machine: Machine, weight: Weight, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """A method of a tensor of a module."""
    fact = facts().method(name)
    if fact is None:
        return UNKNOWN
    match fact.relation:
        case Relation.VIEW | Relation.DATA:
            return weight
        case Relation.SELF:
            if name == "requires_grad_":
                thawing.note_thing(machine, weight.module, arguments.get(0, "requires_grad"), node)
            return weight
        case Relation.SAME_WHEN_NOOP:
            if arguments.keyword("copy") == TRUE or name in ("half", "double", "bfloat16"):
                return UNKNOWN
            return weight if name == "contiguous" else replace(weight, held=Held.UNLESS_MOVED)
        case Relation.INPLACE:
            write(machine, weight, node)
            return weight
    return UNKNOWN


def write(machine: Machine, weight: Weight, node: cst.CSTNode) -> None:
    """A tensor of a module is written to in place."""
    if weight.held is Held.LIVE:
        changed(machine, weight.module, node)
    if weight.entry_of is not None:
        edit(machine, weight.entry_of)


def changed(machine: Machine, module: Value | None, node: cst.CSTNode) -> None:
    """Weights are written to in place (None: of any module): live state dicts show the new values."""
    training = machine.training
    training.changes.append(WeightChange(module, machine.context.loops, site=machine.site(node)))
    for ref in training.checkpoints:
        record = machine.checkpoint(ref)
        if record is None or record.changed is not None:
            continue
        if module is None or things.related(machine, record.module, module):
            machine.update(ref, replace(record, changed=machine.site(node)))


def moved(machine: Machine, module: Value, how: str, arguments: Arguments | None = None) -> None:
    """A module's tensors may get other memory: a state dict taken before keeps the old."""
    if how == "to" and arguments is not None and constant(arguments.get(0, "device")) == "cpu":
        how = "cpu"
    training = machine.training
    training.changes.append(WeightChange(module, machine.context.loops, how))
    for ref in training.checkpoints:
        record = machine.checkpoint(ref)
        if record is not None and things.related(machine, record.module, module):
            machine.update(ref, replace(record, held=None))


def unknown_call(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> None:
    """Code that is not known is called: by its name and arguments it may train what it is given."""
    for value in arguments.all():
        for member in members(value):
            if isinstance(member, Ref):
                edit(machine, member)
    if not isinstance(node, cst.Call):
        return
    callee = machine.text(node.func)
    receiver, _, name = callee.rpartition(".")
    if name == "vector_to_parameters":
        for value in arguments.all():
            if isinstance(value, Weight):
                moved(machine, value.module, "data")
    if name == "step" and naming.says_optimizer(receiver):
        changed(machine, None, node)
        return
    if not naming.says_training(name) or naming.words(receiver)[-1:] in (("bar",), ("meter",)):
        return
    given = [member for value in arguments.all() for member in members(value)]
    models = [value for value in given if things.is_model(machine, value)]
    for model in models:
        changed(machine, model, node)
    if not models and (receiver in ("self", "trainer", "self.trainer") and (name != "train" or not given)):
        changed(machine, None, node)


def load(machine: Machine, module: Value, arguments: Arguments, node: cst.Call) -> Value:
    """`module.load_state_dict(state)`: the values are copied into the weights."""
    state = arguments.get(0, "state_dict")
    module = things.unwrapped(module)
    for member in members(state) if state is not None else ():
        record = machine.checkpoint(member)
        if record is not None:
            _judge_load(machine, module, record, node, alone=member == state and arguments.keyword("assign") is None)
        elif isinstance(member, Part) and not machine.muted:
            machine.training.loads.append(Load(member, module, machine.site(node)))
    if arguments.keyword("assign") == TRUE:
        moved(machine, module, "assign")
        optimizers.changed(machine, module, machine.text(node.func), node)
    elif things.is_model(machine, module):
        changed(machine, module, node)
    return UNKNOWN


def _judge_load(machine: Machine, module: Value, record: CheckpointRecord, node: cst.Call, *, alone: bool) -> None:
    same = module == record.module
    if same and alone and _is_pointless(machine, module, record, node):
        machine.emit(SelfLoad(machine.site(node), record.source, machine.module(module) is not None))
        return
    at = machine.site(node)
    if same and record.changed is not None:
        _emit(machine, record, Use.LOADED, at)
    elif same and machine.context.loops and machine.context.loops[-1] not in record.loops:
        if not machine.muted:
            machine.training.pending.append((machine.context.loops[-1], record, at))
    elif _outlived(machine, record, again=same):
        _emit(machine, record, Use.LOADED, at)


def _is_pointless(machine: Machine, module: Value, record: CheckpointRecord, node: cst.Call) -> bool:
    """Whether something loads what it holds already: its state is the argument itself, or was taken just before."""
    function = machine.frame.function
    in_test = function is not None and function.name.startswith("test")
    direct = any(record.site.node is arg.value for arg in node.args)
    just_taken = record.calls + 1 == machine.training.calls and record.loops == machine.context.loops
    if record.edited or in_test or not (direct or just_taken):
        return False
    return _may_judge(machine, module) or _is_no_optimizer(module)


def _is_no_optimizer(value: Value) -> bool:
    """Whether a thing that is not known is not named as an optimizer or scheduler is: these move their state so."""
    name = things.name_of(value)
    return bool(name) and not naming.says_no_model(name) and not naming.says_optimizer(name)


def _may_judge(machine: Machine, module: Value) -> bool:
    record = machine.module(module)
    if record is not None:
        own = record.cls if isinstance(record.cls, ClassModel) else None
        return own is None or not any(own.find(name) for name in ("state_dict", "load_state_dict"))
    return things.is_model(machine, module)


def round_ended(machine: Machine, loop: int) -> None:
    """At the end of a loop's round: what it loaded from outside is loaded again after its changes."""
    training = machine.training
    pending, training.pending = training.pending, []
    for wanted, record, at in pending:
        if wanted != loop:
            training.pending.append((wanted, record, at))
        elif _changes_within(machine, record.module, loop, besides=at):
            _emit(machine, record, Use.LOADED, at)


def keep(machine: Machine, value: Value, use: Use, node: cst.CSTNode) -> None:
    """A value is given back or written to a file: a state dict in it is taken for what it was when it was taken."""
    for member in members(value):
        record = machine.record(member)
        if isinstance(record, ContainerRecord):
            for element in record.elements():
                for inner in members(element):
                    found = machine.checkpoint(inner)
                    if found is not None and _outlived(machine, found):
                        _emit(machine, found, use, machine.site(node))
        elif isinstance(record, CheckpointRecord) and _outlived(machine, record):
            _emit(machine, record, use, machine.site(node))


def _outlived(machine: Machine, record: CheckpointRecord, *, again: bool = False) -> bool:
    """Whether a state dict that some round of a loop took is used after later rounds changed the weights."""
    if not record.conditional or record.final:
        return False
    made = things.loops_of(machine, record.module)
    for loop in record.loops:
        left = loop not in machine.context.loops
        if loop not in made and (left or again) and _changes_within(machine, record.module, loop):
            return left or not _same_round(machine, record)
    return not record.loops and record.changed is not None


def _same_round(machine: Machine, record: CheckpointRecord) -> bool:
    """Whether what runs now stands under all tests under which a state dict was taken."""
    return _guards(machine)[: len(record.guards)] == record.guards


def _guards(machine: Machine) -> tuple[int, ...]:
    return tuple(id(test) if holds else -id(test) for test, holds in machine.context.guards)


def _changes_within(machine: Machine, module: Value, loop: int, *, besides: Site | None = None) -> bool:
    """Whether a loop trains a module, and leaves its weights where they are."""
    found = [
        change
        for change in machine.training.changes
        if loop in change.loops and (change.module is None or things.related(machine, module, change.module))
    ]
    return any(not change.moves and change.site != besides for change in found) and not _parts(found)


def _parts(changes: list[WeightChange]) -> bool:
    """Whether moves give the weights new memory, so that a state dict taken between them keeps the old."""
    moves = {change.moves for change in changes if change.moves}
    return bool(moves & {"data", "assign"}) or ("cpu" in moves and len(moves) > 1)


def _emit(machine: Machine, record: CheckpointRecord, use: Use, at: Site) -> None:
    if record.held in (Held.LIVE, Held.UNLESS_MOVED) and not record.edited and _may_judge(machine, record.module):
        machine.emit(LiveSnapshot(record.site, record.source, record.held is Held.LIVE, use, at))


def note_kept(machine: Machine, ref: Value) -> None:
    """At the end of a method: the state dicts that it left in attributes."""
    if not isinstance(ref, Ref):
        return
    held: dict[str, Value] = {}
    match machine.record(ref):
        case ObjectRecord(attributes=attributes):
            held = dict(attributes)
        case ModuleRecord(slots=slots):
            held = {name: slot.value for name, slot in (slots or {}).items()}
    for name, value in held.items():
        _note_kept(machine, Part(ref, name), value)


def _note_kept(machine: Machine, place: Part, value: Value) -> None:
    for member in members(value):
        match machine.record(member):
            case CheckpointRecord() as record:
                machine.training.kept[place, record.site] = record
            case ContainerRecord(kind="dict") as container:
                for key, item in zip(container.keys, container.items, strict=False):
                    if isinstance(key, Const):
                        for inner in members(item):
                            found = machine.checkpoint(inner)
                            if found is not None:
                                machine.training.kept[Part(place, f"[{key.value!r}]"), found.site] = found


def settle(machine: Machine) -> None:
    """At the end of a class: what one method put aside and another loads."""
    training = machine.training
    for load in training.loads:
        for (place, _), record in training.kept.items():
            if place == load.place and _same_model(record.module, load.module):
                moves = [
                    change
                    for change in training.changes
                    if change.module is not None and things.related(machine, record.module, change.module)
                ]
                if not _parts(moves):
                    _emit(machine, record, Use.LOADED, load.site)
    training.loads.clear()
    training.kept.clear()


def _same_model(one: Value, other: Value) -> bool:
    """Whether two methods speak of one model: an attribute, or an argument that both call alike."""
    return one == other or (isinstance(one, Opaque) and bool(one.name) and one.name == things.name_of(other))
