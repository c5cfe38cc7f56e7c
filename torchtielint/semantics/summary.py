"""What is judged when a constructor, a class body or a forward has ended: what a module really owns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import constructors, cuts, modules
from torchtielint.semantics.definitions import ClassModel, FunctionModel
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.rebinding import ParameterAssigned
from torchtielint.semantics.facts.registration import (
    CreatedInForward,
    LeafTensor,
    LostParameter,
    SharedDefault,
    TensorHeldAs,
    UnregisteredContents,
)
from torchtielint.semantics.records import ContainerRecord, ModuleRecord, Role, Slot, SlotKind, TensorRecord
from torchtielint.semantics.site import Site
from torchtielint.semantics.values import (
    ABSENT,
    NONE,
    BuiltinMethod,
    FunctionValue,
    Opaque,
    Partial,
    Ref,
    Value,
    is_unknown,
    members,
)

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine


def check_attributes(machine: Machine, ref: Ref, *, during: FunctionModel | None) -> None:
    """What a module holds without registering it."""
    record = machine.module(ref)
    if record is None or record.slots is None or _lists_its_own(record):
        return
    owner = modules.class_name(record)
    plain = {
        name: slot
        for name, slot in record.slots.items()
        if slot.kind in (SlotKind.PLAIN, SlotKind.UNCERTAIN)
        and slot.site is not None
        and _holds_something(machine, slot)
        and not _is_moved_by_hand(record, name)
    }
    if not plain:
        return
    everything = modules.reachable(machine, ref)
    for name, held in plain.items():
        live = everything if held.kind is SlotKind.PLAIN else _live_without(machine, ref, name)
        for member in members(held.value):
            shown = f"self.{name}" if ref == machine.subject else machine.assigned_as.get((ref.key, name), name)
            slot = replace(held, site=machine.assigned_at.get((ref.key, name, member), held.site))
            tensor = machine.tensor(member)
            if tensor is not None and isinstance(member, Ref):
                _check_tensor(machine, owner, shown, slot, member, tensor, live, constructed=during is None)
            elif tensor is not None or _is_module_elsewhere(machine, ref, name, held.value, slot.site):
                continue
            elif not _is_hidden(record, name):
                _check_container(machine, owner, shown, slot, member, live)


def _live_without(machine: Machine, ref: Ref, name: str) -> frozenset[int]:
    """What a module registers apart from one attribute, which is judged by what it may be."""
    record = machine.module(ref)
    if record is None:
        return frozenset()
    machine.update(ref, record.without_slot(name))
    live = modules.reachable(machine, ref)
    machine.update(ref, record)
    return live


def _lists_its_own(record: ModuleRecord) -> bool:
    """Whether the class says itself what its parameters are."""
    if not isinstance(record.cls, ClassModel):
        return False
    return any(record.cls.find(name) is not None for name in ("parameters", "named_parameters"))


def _is_moved_by_hand(record: ModuleRecord, attribute: str) -> bool:
    """Whether an `_apply` of the class's own may see to an attribute: it speaks of it, or of all."""
    found = record.cls.find("_apply") if isinstance(record.cls, ClassModel) else None
    if found is None:
        return False
    if not isinstance(found[0], FunctionValue):
        return True
    text = found[0].model.code
    return bool(re.search(rf"\b({re.escape(attribute)}|__dict__|vars|getattr|setattr|children|modules)\b", text))


def _holds_something(machine: Machine, slot: Slot) -> bool:
    return any(
        machine.tensor(member)
        or machine.container(member)
        or isinstance(member, (Partial, BuiltinMethod))
        or (isinstance(member, FunctionValue) and isinstance(member.model.node, cst.Lambda))
        for member in members(slot.value)
    )


def _check_tensor(
    machine: Machine,
    owner: str,
    name: str,
    slot: Slot,
    ref: Ref,
    tensor: TensorRecord,
    live: frozenset[int],
    *,
    constructed: bool,
) -> None:
    if slot.site is None or tensor.role is not Role.TENSOR or tensor.escaped:
        return
    origin = _lost_source(machine, tensor, live, only_new=not constructed)
    if origin is not None:
        machine.emit(
            LostParameter(
                slot.site,
                owner,
                name,
                tensor.operation,
                conditional=tensor.same_as is not None,
                buffer=origin.role is Role.BUFFER,
                origin=origin.site,
            )
        )
        return
    if slot.kind is not SlotKind.PLAIN:
        return  # it may be a buffer that is set anew
    others = [member for member in members(slot.value) if member not in (ref, NONE, ABSENT)]
    if others or not constructed or _comes_from_parameter(machine, tensor):
        return
    moved = machine.tensor(Ref(tensor.same_as)) if tensor.same_as is not None else tensor
    trains = moved is not None and moved.requires_grad is True
    if trains or tensor.initialiser:
        machine.pending_leaves[ref.key] = LeafTensor(
            slot.site, owner, name, TensorHeldAs.ATTRIBUTE, "" if trains else tensor.initialiser, is_parameter=False
        )


def _comes_from_parameter(machine: Machine, tensor: TensorRecord, depth: int = 0) -> bool:
    """Whether a tensor was computed from a Parameter or buffer: it is a cache, not a weight."""
    for key in tensor.sources:
        source = machine.tensor(Ref(key))
        if source is None or source.role is not Role.TENSOR or source.derived_by is not None or depth > 16:
            return True
        if _comes_from_parameter(machine, source, depth + 1):
            return True
    return False


def _lost_source(
    machine: Machine, tensor: TensorRecord, live: frozenset[int], depth: int = 0, *, only_new: bool
) -> TensorRecord | None:
    """The fresh Parameter that a tensor was made from, when nothing registers it; `only_new`: of this very method."""
    for key in sorted(tensor.sources):
        source = machine.tensor(Ref(key))
        if source is None or key in live or key in machine.handed_on or source.escaped:
            continue
        if source.role in (Role.PARAMETER, Role.BUFFER):
            is_own = key in machine.created if only_new else key in machine.made_here
            return source if is_own else None
        if depth < 16:
            found = _lost_source(machine, source, live, depth + 1, only_new=only_new)
            if found is not None:
                return found
    return None


def _is_module_elsewhere(machine: Machine, ref: Ref, name: str, value: Value, site: Site | None) -> bool:
    """Whether the very assignment that gives a container gives a module in another case: which one is not known."""
    others = (member for member in members(value) if machine.module(member) is not None)
    return any(machine.assigned_at.get((ref.key, name, other)) == site for other in others)


def _is_hidden(record: ModuleRecord, name: str) -> bool:
    """Whether a list is there to keep one thing out of the registers: made around a name, only read by `[0]`."""
    if not isinstance(record.cls, ClassModel):
        return False
    attribute = rf"self\.{re.escape(name)}\b"
    code = "\n".join(cls.piece.code(cls.node) for cls in record.cls.mro() if isinstance(cls, ClassModel))
    around = len(re.findall(rf"{attribute}\s*=\s*[\[(]\s*[\w.]+\s*,?\s*[\])]", code))
    read = len(re.findall(rf"{attribute}\s*\[\s*0\s*\]", code))
    return bool(around and read) and around + read == len(re.findall(attribute, code))


def _check_container(machine: Machine, owner: str, name: str, slot: Slot, value: Value, live: frozenset[int]) -> None:
    container = machine.container(value)
    if slot.site is None or (container is not None and container.escaped):
        return
    if isinstance(value, Ref) and value.key in machine.held_by_comma:
        return  # that it is a tuple at all is what there is to say
    kind = container.kind if container is not None else _CALLABLES.get(type(value), "lambda")
    for is_module in (True, False):
        for element in _unregistered(machine, value, live, modules_wanted=is_module, seen=set()):
            found = machine.record(element)
            if found is None:
                continue
            what = modules.class_name(found) if isinstance(found, ModuleRecord) else "nn.Parameter"
            machine.emit(UnregisteredContents(slot.site, owner, name, kind, what, modules=is_module, origin=found.site))
            break


_CALLABLES: dict[type[Value], str] = {Partial: "functools.partial", BuiltinMethod: "method"}


def _unregistered(
    machine: Machine, value: Value, live: frozenset[int], *, modules_wanted: bool, depth: int = 0, seen: set[Value]
) -> Iterator[Value]:
    """The parameters (or modules with a state) in a plain container that nothing registers."""
    if value in seen:
        return
    seen.add(value)
    match machine.record(value):
        case ContainerRecord() as container if depth < 5 and not container.escaped:
            for element in container.elements():
                for member in members(element):
                    yield from _unregistered(
                        machine, member, live, modules_wanted=modules_wanted, depth=depth + 1, seen=seen
                    )
        case ModuleRecord() if modules_wanted and isinstance(value, Ref) and depth:
            apart = value.key not in live and value.key not in machine.handed_on
            if apart and modules.is_stateful(machine, value) is True and not _shows_below(machine, value, live):
                yield value
        case TensorRecord(role=Role.PARAMETER) as tensor if not modules_wanted and isinstance(value, Ref) and depth:
            if value.key not in live and value.key not in machine.handed_on and not tensor.escaped:
                yield value
    for inner in _held_by_callable(machine, value) if depth < 5 else ():
        yield from _unregistered(machine, inner, live, modules_wanted=modules_wanted, depth=depth + 1, seen=seen)


def _shows_below(machine: Machine, ref: Ref, live: frozenset[int]) -> bool:
    """Whether something inside a module is registered by a path of its own."""
    return bool((modules.reachable(machine, ref) - {ref.key}) & live)


def _held_by_callable(machine: Machine, value: Value) -> Iterator[Value]:
    """The modules that a partial, a bound method or a lambda keeps alive."""
    match value:
        case Partial(function=function):
            yield from members(function)
        case BuiltinMethod(receiver=receiver):
            yield receiver
        case FunctionValue(model=model) if isinstance(model.node, cst.Lambda):
            called = re.findall(r"(?<![\w.])([A-Za-z_]\w*)\s*\(", model.piece.code(model.node.body))
            for name in called:
                for frame in model.frames:
                    held = machine.state.get((frame, name))
                    if isinstance(held, Value):
                        yield held


def settle_rebindings(machine: Machine) -> None:
    """At the end of an entry point: parameters replaced by one that trains (a frozen table may be rebuilt)."""
    cuts.settle(machine)
    rebindings, machine.rebindings = machine.rebindings, []
    fits = any(optimizer.key > machine.entry_start for optimizer in machine.training.optimizers)
    for fact, new in rebindings:
        if fact.site in machine.cuts.sites or (
            fits and isinstance(fact, ParameterAssigned) and fact.where is Where.FORWARD
        ):
            continue  # a forward that builds an optimizer, such as that of an explainer, fits what it makes
        if all((record := machine.tensor(member)) and record.requires_grad is True for member in members(new)):
            machine.emit(fact)


def settle_leaves(machine: Machine) -> None:
    """After every method ran: leaf tensors that operations read, and that have no optimizer of their own."""
    for key, fact in machine.pending_leaves.items():
        record = machine.tensor(Ref(key))
        optimised = key in machine.optimised or (record is not None and record.site in machine.optimised_sites)
        only_passed_on = key in machine.handed_on and key not in machine.read_in_operations
        if not optimised and not only_passed_on:
            machine.emit(fact)
    machine.pending_leaves.clear()


def check_created(machine: Machine, model: ClassModel, function: FunctionModel, value: Value) -> None:
    """Parameters and stateful modules that a forward made anew, used, and dropped."""
    for key in machine.created:
        ref = Ref(key)
        if (
            key not in machine.used
            or key in machine.handed_on
            or key in machine.optimised
            or _is_held(machine, model, ref, value)
        ):
            continue
        record = machine.record(ref)
        match record:
            case TensorRecord(role=Role.PARAMETER, requires_grad=True) as tensor if not tensor.escaped:
                _emit_created(
                    machine, model, function, tensor.site, "nn.Parameter", is_parameter=True, has_parameters=True
                )
            case ModuleRecord() as module if not module.touched and not _is_filled(machine, ref):
                trains = modules.has_parameters(machine, ref)
                if trains or (modules.has_mode(machine, ref) is True and not _asks_for_mode(function)):
                    name = modules.class_name(module)
                    _emit_created(
                        machine, model, function, module.site, name, is_parameter=False, has_parameters=trains
                    )


def _is_filled(machine: Machine, ref: Ref) -> bool:
    """Whether the code gave a module its values, or froze them: a fixed kernel."""
    for value in modules.own_tensors(machine, ref):
        tensor = machine.tensor(value)
        if tensor is None or not isinstance(value, Ref):
            continue
        if value.key in machine.written or (tensor.role is Role.PARAMETER and tensor.requires_grad is not True):
            return True
    return False


def _emit_created(
    machine: Machine,
    model: ClassModel,
    function: FunctionModel,
    site: Site,
    what: str,
    *,
    is_parameter: bool,
    has_parameters: bool,
) -> None:
    machine.emit(CreatedInForward(site, model.name, function.name, what, is_parameter, has_parameters))


def _asks_for_mode(function: FunctionModel) -> bool:
    """Whether a method looks at `self.training` itself."""
    return ".training" in function.code


def _is_held(machine: Machine, model: ClassModel, ref: Ref, returned: Value) -> bool:
    """Whether something outlives the forward that made it: an attribute holds it, or it is given back."""
    if ref in members(returned):
        return True
    subject = machine.subject
    if subject is None:
        return False
    record = machine.module(subject)
    held = [member for slot in (record.slots or {}).values() for member in members(slot.value)] if record else []
    if ref in held or (record and ref in record.unnamed):
        return True
    return ref.key in modules.reachable(machine, subject)


def note_default_arguments(
    machine: Machine, function: FunctionModel, bindings: dict[str, Value], ref: Value | None, run: Callable[[], Value]
) -> Value:
    """Run a function, and report stateful modules among its defaults that it registers or gives back."""
    shared = {
        spec.name: spec.default
        for spec in function.parameters
        if spec.default is not None and _shares_state(machine, function.defaults.get(spec.name))
    }
    result = run()
    if not shared or not machine.state.alive:
        return result
    kept = set(_kept(machine, ref, result))
    for name, default in shared.items():
        if bindings.get(name) in kept and default is not None:
            record = machine.module(function.defaults[name])
            owner = function.name
            if function.owner is not None:
                owner = function.owner.name if function.name == "__init__" else f"{function.owner.name}.{function.name}"
            what = modules.class_name(record) if record else "nn.Parameter"
            machine.emit(SharedDefault(Site.of(default, function.piece), owner, name, what))
    return result


def _shares_state(machine: Machine, value: Value | None) -> bool:
    return (
        value is not None
        and not is_unknown(value)
        and all(constructors.is_state(machine, member) for member in members(value))
    )


def _kept(machine: Machine, ref: Value | None, result: Value) -> Iterator[Opaque | Ref]:
    """The arguments that a function's object registers, or that are part of what it gives back."""
    roots = [member for member in members(result) if isinstance(member, Ref)] + ([ref] if isinstance(ref, Ref) else [])
    for member in members(result):
        if isinstance(member, Opaque | Ref):
            yield member
    for root in roots:
        if machine.module(root) is None:
            continue
        found, _ = modules.tree(machine, root)
        for module in found:
            record = machine.module(module)
            if record is None:
                continue
            values = [slot.value for slot in (record.slots or {}).values()]
            for value in (*values, *record.items, *record.rest, *record.unnamed):
                for member in members(value):
                    if isinstance(member, Opaque | Ref):
                        yield member
