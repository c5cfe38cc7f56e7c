"""`remove_weight_norm` and its kin: what they undo, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchtielint.semantics import modules, optimizers, reparametrized
from torchtielint.semantics.facts.reparametrization import RemovalMismatch, RemovalProblem
from torchtielint.semantics.records import Derivation, Role, Slot, SlotKind, TensorRecord
from torchtielint.semantics.values import FALSE, Arguments, Ref, Value, constant, members, truth
from torchtielint.torch_facts import Family, ReparametrizationFact

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.machine import Machine


def remove(
    machine: Machine,
    fact: ReparametrizationFact,
    target: Value,
    name: Value | None,
    arguments: Arguments,
    node: cst.Call,
) -> Value:
    """A call that undoes a reparametrization; it gives back the module."""
    literal = constant(name)
    if name is None:
        if not {"TypeError", "Exception"} & set(machine.context.caught):
            _emit(machine, node, RemovalProblem.NAME_MISSING, "weight", None)
        return target
    if isinstance(literal, str) and _mismatched(machine, fact, target, literal, arguments, node):
        return target
    for member in members(target):
        if not isinstance(member, Ref) or machine.module(member) is None:
            if not fact.keeps_object:
                optimizers.changed(machine, member, machine.text(node.func), node)
            continue
        if isinstance(literal, str):
            _restore(machine, member, literal, fact)
        else:
            machine.escape(member)
    return target


def _mismatched(
    machine: Machine, fact: ReparametrizationFact, target: Value, name: str, arguments: Arguments, node: cst.Call
) -> bool:
    """Report a removal that raises for whatever the module may be."""
    caught = {"ValueError", "Exception", "AttributeError"} & set(machine.context.caught)
    if caught or reparametrized.asks_first(machine):
        return False
    leaves = truth(arguments.get(2, "leave_parametrized") or FALSE) is not False
    explicit = arguments.get(2, "leave_parametrized") is not None
    found = [_problem(machine, fact, member, name, cannot_leave=explicit and not leaves) for member in members(target)]
    first = found[0]
    if first is None or None in found:
        return False
    problem, made_by = first
    _emit(machine, node, problem, name, made_by, target if isinstance(target, Ref) else None)
    return True


def _problem(
    machine: Machine, fact: ReparametrizationFact, member: Value, name: str, *, cannot_leave: bool
) -> tuple[RemovalProblem, Derivation | None] | None:
    record = machine.module(member)
    slot = modules.slots(machine, member).get(name) if isinstance(member, Ref) else None
    if record is None or slot is None or not isinstance(member, Ref):
        return None
    if slot.kind is SlotKind.PARAMETER and machine.tensor(slot.value) is not None:
        seen_since_made = (
            member.key in machine.created
            and member.key > machine.entry_start
            and isinstance(record.cls, str)
            and not record.open
            and not {member.key, machine.subject.key if machine.subject else member.key} & machine.handed_on
        )
        return (RemovalProblem.NOTHING_THERE, None) if seen_since_made else None
    tensor = machine.tensor(slot.value)
    made_by = tensor.derived_by if tensor is not None and slot.kind is SlotKind.DERIVED else None
    if made_by is None or reparametrized.together(made_by.conditions, reparametrized.conditions(machine)) is None:
        return None
    if not _undoes(fact, made_by):
        return RemovalProblem.OTHER_KIND, made_by
    if cannot_leave and made_by.family == "weight_norm" and not made_by.by_hook:
        return RemovalProblem.CANNOT_LEAVE, made_by
    return None


def _undoes(fact: ReparametrizationFact, made_by: Derivation) -> bool:
    if fact.family is Family.PARAMETRIZATION:
        return not made_by.by_hook
    return made_by.by_hook and fact.family.value == made_by.family


def _emit(
    machine: Machine,
    node: cst.Call,
    problem: RemovalProblem,
    name: str,
    made_by: Derivation | None,
    target: Ref | None = None,
) -> None:
    argument = machine.text(node.args[0].value) if node.args else "module"
    record = machine.module(target)
    proven = made_by is None or reparametrized.together(made_by.conditions, reparametrized.conditions(machine))
    machine.emit(
        RemovalMismatch(
            machine.site(node),
            machine.text(node.func),
            problem,
            argument,
            name,
            modules.class_name(record) if record else "",
            made_by.function if made_by else "",
            _remedy(made_by, argument, name) if made_by else "",
            made_by.site if made_by else None,
            proven is True,
        )
    )


def _remedy(made_by: Derivation, argument: str, name: str) -> str:
    """The call that undoes what is there."""
    if not made_by.by_hook:
        return f'torch.nn.utils.parametrize.remove_parametrizations({argument}, "{name}")'
    if made_by.family == "prune":
        return f'prune.remove({argument}, "{name}")'
    given = "" if name == "weight" else f', "{name}"'
    return f"torch.nn.utils.remove_{made_by.family}({argument}{given})"


def _restore(machine: Machine, module: Ref, name: str, fact: ReparametrizationFact) -> None:
    """The attribute is a parameter again: the one that it was computed from, where that is one and stays."""
    held = modules.slots(machine, module)
    record = machine.module(module)
    slot = held.get(name)
    if record is None or slot is None or slot.kind not in (SlotKind.DERIVED, SlotKind.UNCERTAIN):
        return
    tensor = machine.tensor(slot.value)
    site = tensor.site if tensor else record.site
    made_by = ("parametrizations", f"{name}_")
    trained = [one.value for key, one in held.items() if key.startswith(made_by) and one.kind is SlotKind.PARAMETER]
    if fact.keeps_object and len(trained) == 1:
        restored = trained[0]
    else:
        restored = machine.allocate(TensorRecord(Role.PARAMETER, site, record.loops, requires_grad=True, dtype="float"))
    slots = {key: value for key, value in held.items() if not key.startswith(made_by)}
    machine.update(module, replace(record, slots={**slots, name: Slot(SlotKind.PARAMETER, restored)}))
