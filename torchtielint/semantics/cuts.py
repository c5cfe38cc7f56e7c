"""Values that carry gradients of trained parameters, and parameters that take them over without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules, sharing, tied_tables
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.rebinding import CutBy, DataReplaced, GraphCut, ParameterAssigned
from torchtielint.semantics.records import Role
from torchtielint.semantics.values import (
    UNKNOWN,
    Arguments,
    BuiltinMethod,
    Carrying,
    Computed,
    FunctionValue,
    Ref,
    Value,
    members,
)
from torchtielint.torch_facts import Relation, load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.records import ModuleRecord

MAX_DEPTH = 16
MAX_CARRIED = 8  # a few witnesses are enough, and a deep model would collect them all
_RUNS = frozenset({Where.FORWARD, Where.STEP})


# What carries a gradient


def carried(machine: Machine, values: Iterable[Value]) -> frozenset[int]:
    """The modules and tensors of which an operation's result carries the gradients, given its operands."""
    if machine.context.grad is not True or machine.context.where not in _RUNS:
        return frozenset()
    found: frozenset[int] = frozenset()
    for value in values:
        each = [_carried_by(machine, member) for member in members(value)]
        if all(each) and len(found) < MAX_CARRIED:
            found = found.union(*each)
    return found


def _carried_by(machine: Machine, value: Value, depth: int = 0) -> frozenset[int]:
    record = machine.tensor(value)
    container = machine.container(value)
    match value:
        case Carrying(carries=carries) | Computed(carries=carries):
            return carries
        case Ref(key=key) if record is not None and record.requires_grad is not False:
            return frozenset({key})
    if container is not None and depth < 4:
        return frozenset().union(*(_carried_by(machine, item, depth + 1) for item in container.elements()))
    return frozenset()


def mark(machine: Machine, result: Value, operands: Iterable[Value]) -> Value:
    """What an operation gives that is not known (or computed), with the gradients that it carries."""
    carries = carried(machine, operands)
    if not carries:
        return result
    return Computed(carries=carries) if isinstance(result, Computed) else Carrying(carries)


def note_made(machine: Machine, made: Value, operands: Iterable[Value]) -> None:
    """A tensor was computed from operands some of which are not known."""
    carries = carried(machine, [value for value in operands if not isinstance(value, Ref)])
    if carries and isinstance(made, Ref):
        machine.cuts.carries[made.key] = carries


def result(machine: Machine, ref: Ref, record: ModuleRecord, arguments: Arguments) -> Value:
    """What a module that is not the one under analysis gives back."""
    if machine.context.grad is not True or machine.context.where not in _RUNS:
        return UNKNOWN
    found = record.cls.find("forward") if isinstance(record.cls, ClassModel) else None
    if found is not None and not (isinstance(found[0], FunctionValue) and found[0].model.grad is not False):
        return UNKNOWN
    fact = load().module(record.cls) if isinstance(record.cls, str) else None
    if fact is not None and not fact.has_parameters and fact.container is None:
        return mark(machine, UNKNOWN, arguments.all())
    return Carrying(frozenset({ref.key}))


def read(value: Carrying, name: str) -> Value:
    """An attribute of a value that carries gradients."""
    if name in ("T", "mT", "H", "mH"):
        return value
    return BuiltinMethod(value, name) if load().method(name) else UNKNOWN


def after_method(machine: Machine, receiver: Carrying, name: str, arguments: Arguments) -> Value:
    """What a method gives of a tensor that carries gradients."""
    fact = load().method(name)
    tied_tables.note_method(machine, receiver, name)
    cuts = fact is None or fact.relation is Relation.DATA or fact.detached or fact.dtype == "integral"
    return UNKNOWN if cuts else mark(machine, UNKNOWN, (receiver, *arguments.all()))


def _origins(machine: Machine, key: int, depth: int = 0) -> set[int]:
    """The modules, and the Parameters that were there before the method, from which a tensor was computed."""
    record = machine.tensor(Ref(key))
    if record is None:
        return {key}
    made_here = key in machine.created
    if record.role is Role.PARAMETER and not made_here:
        return {key}
    if depth > MAX_DEPTH or (record.requires_grad is False and not made_here):
        return set()
    found: set[int] = set()
    for source in sorted(record.sources | machine.cuts.carries.get(key, frozenset())):
        found |= _origins(machine, source, depth + 1)
    return found


def _parameters(machine: Machine, key: int) -> set[int]:
    """The Parameter itself, or those of the module."""
    if machine.module(Ref(key)) is None:
        return {key}
    return {ref.key for ref in modules.owned(machine, Ref(key), "parameters")[0] if isinstance(ref, Ref)}


# What takes it over without


def _source(machine: Machine, origins: set[int], targets: frozenset[int]) -> str:
    """A trained parameter whose gradient is lost when the targets take over what carries it; empty for an update."""
    if machine.subject is None:
        return ""
    roots = set().union(*(_parameters(machine, key) for key in origins))
    if roots & targets:
        return ""
    live = modules.live_parameters(machine, machine.subject)
    for key in sorted(roots & live):
        record = machine.tensor(Ref(key))
        path = sharing.path_of(machine, machine.subject, key)
        if record is not None and record.requires_grad is True and key not in machine.created and path:
            return f"self.{path}"
    return ""


_ASKS = re.compile(r"train|eval|init|cach|merge|first")


def _may_be_meant(machine: Machine) -> bool:
    """Whether the tests around say that this is for an evaluation, or for the first call."""
    return any(_ASKS.search(machine.text(test)) for test, _ in machine.context.guards)


def _judge(
    machine: Machine, value: Value, targets: frozenset[int], target: str, site_node: cst.CSTNode, by: CutBy
) -> GraphCut | None:
    """The cut where targets that train take over a value; None where no gradient is known to be lost."""
    context = machine.context
    subject = machine.module(machine.subject)
    if machine.muted or context.where not in _RUNS or subject is None or _may_be_meant(machine):
        return None
    origins = set().union(*(_origins(machine, key) for key in carried(machine, (value,))))
    source = _source(machine, origins, targets)
    if not source:
        return None
    computers = [record for key in origins if (record := machine.module(Ref(key)))]
    computed = not any(isinstance(record.cls, ClassModel) for record in computers)
    site = machine.site(context.statement or site_node)
    return GraphCut(site, modules.class_name(subject), target, source, by, computed)


def note_data(machine: Machine, target: Ref, new: Value, node: cst.CSTNode) -> None:
    """`target.data = new`."""
    record = machine.tensor(target)
    if record is None or record.role is not Role.PARAMETER or machine.muted:
        return
    text = machine.text(node).removesuffix(".data")
    made = machine.tensor(new)
    cut = _judge(machine, new, frozenset({target.key}), text, node, CutBy.DATA) if _is_computed(machine, new) else None
    if cut is not None and record.requires_grad is True:
        machine.cuts.pending[target.key] = cut
    carries = made is not None and made.role is Role.TENSOR and made.requires_grad is True
    runs = machine.context.where in _RUNS
    if carries and not runs and _is_of_new_module(machine, target):
        return  # that is how the module gets its first values, as when layers are fused for deployment
    if carries or machine.context.where is Where.FORWARD:
        site = machine.site(machine.context.statement or node)
        machine.cuts.replaced[DataReplaced(site, text, machine.context.where, carries)] = None


def _is_of_new_module(machine: Machine, parameter: Ref) -> bool:
    """Whether a Parameter is that of a module which the code at hand has just made."""
    for key in machine.created:
        pending = [Ref(key)] if machine.module(Ref(key)) is not None else []
        while pending:
            current = pending.pop()
            for value in (*modules.own_tensors(machine, current), *modules.children(machine, current)[0]):
                if value == parameter:
                    return True
                if isinstance(value, Ref) and value.key > current.key and machine.module(value) is not None:
                    pending.append(value)  # what it was given is older than itself
    return False


def _is_computed(machine: Machine, value: Value) -> bool:
    """Whether a value is none of the Parameters that there are, and no view of one: that would be a tie."""
    record = machine.tensor(value)
    if record is None:
        return True
    base = machine.tensor(Ref(record.view.base)) if record.view is not None else None
    return record.role is Role.TENSOR and (base is None or base.role is Role.TENSOR)


def note_rebinding(machine: Machine, old: Value, new: Value, fact: ParameterAssigned) -> None:
    """A registered parameter is replaced by a new one."""
    made = [member for member in members(new) if isinstance(member, Ref)]
    if len(made) != 1 or made[0].key not in machine.created or machine.context.statement is None:
        return
    targets = frozenset(member.key for member in members(old) if isinstance(member, Ref)) | {made[0].key}
    cut = _judge(machine, made[0], targets, fact.target, machine.context.statement, CutBy.PARAMETER)
    if cut is not None:
        machine.cuts.pending[made[0].key] = cut


def note_load(machine: Machine, module: Ref, arguments: Arguments, node: cst.Call) -> None:
    """`module.load_state_dict(state)` of a dict that the code made itself."""
    state = machine.container(arguments.get(0, "state_dict"))
    found, _ = modules.owned(machine, module, "parameters")
    targets = frozenset(ref.key for ref in found if isinstance(ref, Ref))
    if state is None or not targets or not isinstance(node.func, cst.Attribute):
        return
    for value in state.elements():
        cut = _judge(machine, value, targets, machine.text(node.func.value), node, CutBy.LOAD)
        if cut is not None:
            machine.cuts.pending.update(dict.fromkeys(targets, cut))
            return


def note_read(machine: Machine, key: int) -> None:
    """An operation that gradients flow through reads a tensor."""
    cut = machine.cuts.pending.get(key)
    if cut is not None and machine.context.grad is True and not machine.muted:
        machine.cuts.sites.add(cut.site)
        machine.emit(cut)


def note_run(machine: Machine, module: Ref) -> None:
    """A module runs, and reads its parameters."""
    if machine.cuts.pending:
        for ref in modules.owned(machine, module, "parameters")[0]:
            if isinstance(ref, Ref):
                note_read(machine, ref.key)


def settle(machine: Machine) -> None:
    """At the end of an entry point: nobody reads what was taken over any more."""
    for fact in machine.cuts.replaced:
        if fact.site not in machine.cuts.sites:
            machine.emit(fact)
    machine.cuts.replaced.clear()
    machine.cuts.pending.clear()
    machine.cuts.carries.clear()
