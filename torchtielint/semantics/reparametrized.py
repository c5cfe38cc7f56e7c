"""What becomes of a reparametrized weight later: writes, second wraps, ties, reads past its hook, copies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules, sharing
from torchtielint.semantics.definitions import ClassModel, FunctionModel
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.reparametrization import (
    Clash,
    GraphTensorCopied,
    HookBypassed,
    LostWrite,
    ReparametrizedTie,
    ReparametrizedTwice,
    TieEnd,
)
from torchtielint.semantics.records import Conditions, Derivation, ModuleRecord, Role, Slot, SlotKind, TensorRecord
from torchtielint.semantics.values import Arguments, Ref, Value, members
from torchtielint.torch_facts import Family, ReparametrizationFact

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site


def conditions(machine: Machine) -> Conditions:
    """The tests, as written, under which the code at hand runs."""
    return tuple((machine.text(test), holds) for test, holds in machine.context.guards)


def together(first: Conditions, second: Conditions) -> bool | None:
    """Whether what happens under some tests and what happens under others happen in one run.

    None where a test decides against it, False where each hangs on tests of its own.
    """
    if any((test, not holds) in second for test, holds in first):
        return None
    return not (set(first) - set(second) and set(second) - set(first))


def by_hook(fact: ReparametrizationFact) -> bool:
    """Whether a function computes the tensor in a hook of the module."""
    return fact.legacy or fact.family is Family.PRUNE


def lose(
    machine: Machine, site: Site, target: str, operation: str, made_by: Derivation, *, raises: bool = False
) -> None:
    """Note a write to a weight that is computed anew."""
    proven = together(made_by.conditions, conditions(machine))
    if proven is None:
        return
    machine.emit(
        LostWrite(
            site, target, operation, made_by.function, made_by.family, made_by.legacy, raises, made_by.site, proven
        )
    )


# A second reparametrization


def clashes(
    machine: Machine, fact: ReparametrizationFact, target: Ref, name: str, arguments: Arguments, node: cst.Call
) -> bool:
    """Report a second reparametrization that cannot stand on the first; whether torch refuses it at once."""
    slot = modules.slots(machine, target).get(name)
    record = machine.module(target)
    if slot is None or record is None or slot.kind not in (SlotKind.DERIVED, SlotKind.UNCERTAIN):
        return False
    if not _is_one(machine, record, node) or asks_first(machine):
        return False
    refused = False
    for member in members(slot.value):
        tensor = machine.tensor(member)
        made_by = tensor.derived_by if tensor else None
        clash = _clash(made_by, fact, arguments) if made_by is not None else None
        proven = together(made_by.conditions, conditions(machine)) if made_by is not None else None
        if made_by is None or clash is None or proven is None or (slot.kind is SlotKind.UNCERTAIN and not proven):
            continue
        refused = refused or (clash is Clash.REFUSED and slot.kind is SlotKind.DERIVED)
        if not _ERRORS & set(machine.context.caught):
            function, owner = machine.text(node.func), modules.class_name(record)
            machine.emit(
                ReparametrizedTwice(
                    machine.site(node), function, name, owner, made_by.function, made_by.site, clash, proven
                )
            )
    return refused


_ERRORS = frozenset({"Exception", "RuntimeError", "ValueError", "KeyError", "TypeError"})
# A test that speaks of what is there already decides what the interpreter cannot.
_ASKED = frozenset({"hasattr(", "is_parametrized(", "is_pruned(", "_forward_pre_hooks", "parametrizations", "_hook"})


def asks_first(machine: Machine) -> bool:
    """Whether a test around looks for a reparametrization itself."""
    return any(word in test for test, _ in conditions(machine) for word in _ASKED)


def _is_one(machine: Machine, record: ModuleRecord, node: cst.Call) -> bool:
    """Whether the target is one object, or every one of those that it stands for in turn."""
    return set(record.loops) <= set(machine.context.loops) or in_turn(machine, node)


def in_turn(machine: Machine, node: cst.Call) -> bool:
    """Whether the first argument is the variable of a loop, which is every one of its values in turn."""
    first = node.args[0].value if node.args else None
    return isinstance(first, cst.Name) and first.value in machine.context.loop_names


def _clash(made_by: Derivation, fact: ReparametrizationFact, arguments: Arguments) -> Clash | None:
    if made_by.family == "prune" and fact.family is Family.PRUNE:
        return None
    if made_by.by_hook or by_hook(fact):
        return Clash.REFUSED
    if fact.family is Family.WEIGHT_NORM:
        return Clash.UNUSABLE
    if fact.family is Family.ORTHOGONAL:
        return Clash.UNUSABLE if arguments.get(3, "use_trivialization") is None and not arguments.open else None
    return Clash.STACKED if fact.family is Family.SPECTRAL_NORM and made_by.family == "spectral_norm" else None


# Ties


def cut_tie(machine: Machine, fact: ReparametrizationFact, target: Ref, name: str, node: cst.Call) -> None:
    """Report a reparametrization of a Parameter that another module (or name) registers too."""
    slot = modules.slots(machine, target).get(name)
    if slot is None or slot.kind is not SlotKind.PARAMETER or not isinstance(slot.value, Ref):
        return
    other = other_place(machine, target, name, slot.value)
    if not other:
        return
    end = TieEnd.ONE_SIDED if fact.keeps_object else TieEnd.CUT
    shown = f"{machine.text(node.args[0].value)}.{name}" if node.args and node.args[0].keyword is None else name
    machine.emit(
        ReparametrizedTie(
            machine.site(node),
            machine.text(node.func),
            fact.family.value,
            by_hook(fact),
            end,
            shown,
            other,
            fact.parameters[-1].format(name=name),
            None,
            proven=True,
        )
    )


def refuses_tie(machine: Machine, ref: Ref, name: str, new: Value, made_by: Derivation, node: cst.CSTNode) -> bool:
    """Report a tie to the name that a reparametrization computes; False when what is assigned is tied to nothing."""
    other = other_place(machine, ref, name, new) if isinstance(new, Ref) else ""
    proven = together(made_by.conditions, conditions(machine))
    if other and proven is not None:
        machine.emit(
            ReparametrizedTie(
                machine.site(machine.context.statement or node),
                made_by.function,
                made_by.family,
                made_by.by_hook,
                TieEnd.REFUSED,
                machine.text(node),
                other,
                "",
                made_by.site,
                proven,
            )
        )
    return bool(other)


def other_place(machine: Machine, ref: Ref, name: str, parameter: Ref) -> str:
    """Where else a Parameter is registered: its path from the object at hand, or a description; empty for nowhere."""
    subject = machine.subject
    tensor = machine.tensor(parameter)
    if tensor is None or tensor.role is not Role.PARAMETER:
        return ""
    candidates = modules.tree(machine, subject)[0] if subject is not None else sharing.known_modules(machine)
    for module in candidates:
        record = machine.module(module)
        for key, slot in (record.slots or {}).items() if record else ():
            if slot.kind is SlotKind.PARAMETER and slot.value == parameter and (module, key) != (ref, name):
                path = _path(machine, module, key)
                return path or f"{modules.class_name(record)}.{key}" if record else ""
    return ""


def _path(machine: Machine, module: Ref, key: str) -> str:
    subject = machine.subject
    if subject is None:
        return ""
    if module == subject:
        return f"self.{key}"
    path = sharing.path_of(machine, subject, module.key)
    return f"self.{path}.{key}" if path else ""


# Reads past the hook


@dataclass(frozen=True, slots=True)
class HookRead:
    """A weight was read in a forward before its module was called there."""

    module: int
    fact: HookBypassed
    in_loop: bool


def note_read(machine: Machine, ref: Ref) -> None:
    """An operation of a forward may read what a hook computes."""
    tensor = machine.tensor(ref) if machine.hooked else None
    made_by = tensor.derived_by if tensor else None
    if made_by is None or not made_by.by_hook:
        return
    if machine.muted or machine.context.where is not Where.FORWARD or machine.context.grad is False:
        return
    entry = machine.stack[0] if machine.stack else None
    if (made_by.module, made_by.name, entry) in machine.hook_reads or was_called(machine, made_by.module):
        return
    proven = together(made_by.conditions, conditions(machine))
    site = machine.read_at.get(ref.key)
    if proven is None or site is None:
        return
    fact = HookBypassed(
        site,
        site.slice.code(site.node),
        made_by.function,
        made_by.family,
        "",
        called_later=False,
        applied=made_by.site,
        proven=proven,
    )
    machine.hook_reads[made_by.module, made_by.name, entry] = HookRead(
        made_by.module, fact, bool(machine.context.loops)
    )


def was_called(machine: Machine, module: int) -> bool:
    """Whether a module was called in this method, itself or as part of another, or was given to unknown code."""
    if module in machine.used or module in machine.handed_on:
        return True
    called = [Ref(key) for key in machine.used if machine.module(Ref(key))]
    return any(module in modules.reachable(machine, ref) for ref in called)


def end_method(machine: Machine, function: FunctionModel) -> None:
    """At the end of a method: which of the modules whose hook it bypassed it called all the same."""
    for key, read in machine.hook_reads.items():
        if key[2] is function and was_called(machine, read.module):
            machine.hook_reads[key] = replace(read, fact=replace(read.fact, called_later=True))
    machine.called_somewhere |= {module for module in machine.hooked if was_called(machine, module)}


def settle_reads(machine: Machine) -> None:
    """After every method ran: report the reads of modules that no other method calls.

    A method that another one calls is judged there, where it is known what ran before.
    """
    for (_, _, entry), read in machine.hook_reads.items():
        elsewhere = read.module in machine.called_somewhere and not read.fact.called_later
        if not elsewhere and entry not in machine.reached and not (read.fact.called_later and read.in_loop):
            machine.emit(read.fact)
    machine.hook_reads.clear()
    machine.called_somewhere.clear()


def inside_attention(machine: Machine, fact: ReparametrizationFact, target: Ref, name: str, node: cst.Call) -> None:
    """`nn.MultiheadAttention` hands `out_proj.weight` to a function and never calls `out_proj`."""
    record = machine.module(target)
    if not by_hook(fact) or record is None or record.cls != "torch.nn.modules.linear.NonDynamicallyQuantizableLinear":
        return
    site = machine.site(node)
    shown = machine.text(node.args[0].value) if node.args else "out_proj"
    function = machine.text(node.func)
    machine.emit(
        HookBypassed(
            site,
            f"{shown}.{name}",
            function,
            fact.family.value,
            "nn.MultiheadAttention",
            called_later=False,
            applied=site,
            proven=True,
        )
    )


# Graphs that hooks leave behind


def derived_grad(machine: Machine, fact: ReparametrizationFact, before: Slot) -> bool | None:
    """Whether what a reparametrization computes as it is applied belongs to a graph."""
    if fact.family is Family.SPECTRAL_NORM and fact.legacy:
        return False  # the data of the weight, until the first forward
    original = machine.tensor(before.value)
    if fact.family is Family.PRUNE and original is not None and original.requires_grad is not True:
        return original.requires_grad
    return machine.context.grad


def ran(machine: Machine, ref: Ref) -> None:
    """A module was called: the hooks in it computed their weights, with a graph if gradients are recorded."""
    if not machine.hooked:
        return
    for module in modules.tree(machine, ref)[0]:
        if module.key in machine.hooked:
            for value, tensor in _hook_made(machine, module):
                grad = machine.context.grad
                leaf = None if grad is None else not grad
                machine.update(value, replace(tensor, requires_grad=grad, leaf=leaf))


def _hook_made(machine: Machine, module: Ref) -> list[tuple[Ref, TensorRecord]]:
    found = []
    for slot in modules.slots(machine, module).values():
        tensor = machine.tensor(slot.value)
        made_by = tensor.derived_by if tensor is not None and slot.kind is SlotKind.DERIVED else None
        if tensor is not None and made_by is not None and made_by.by_hook and isinstance(slot.value, Ref):
            found.append((slot.value, tensor))
    return found


def check_copied(machine: Machine, value: Value | None, copier: str, node: cst.Call) -> None:
    """Report a deep copy of a module with a weight that is no leaf."""
    if not isinstance(value, Ref) or machine.module(value) is None:
        return
    if value.key in machine.lent or _copies_itself(machine, value) or _ERRORS & set(machine.context.caught):
        return
    for module in modules.tree(machine, value)[0]:
        if module.key not in machine.hooked or _copies_itself(machine, module):
            continue
        for made, tensor in _hook_made(machine, module):
            made_by = tensor.derived_by
            proven = together(made_by.conditions, conditions(machine)) if made_by is not None else None
            if made_by is None or proven is None or tensor.leaf is not False or tensor.requires_grad is not True:
                continue
            path = sharing.path_of(machine, value, made.key)
            shown = machine.text(node.args[0].value) if node.args else ""
            earlier = value.key <= machine.entry_start
            site = machine.site(node)
            machine.emit(GraphTensorCopied(site, copier, shown, made_by.function, path, made_by.site, earlier, proven))
            return


def _copies_itself(machine: Machine, module: Ref) -> bool:
    record = machine.module(module)
    names = ("__deepcopy__", "__getstate__", "__reduce__", "__reduce_ex__")
    return record is not None and isinstance(record.cls, ClassModel) and any(map(record.cls.find, names))
