"""Several Parameters that are made of one tensor: one memory, and no tie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.semantics import modules, shapes, sharing, tie_graph
from torchtielint.semantics.facts.sharing import FalseTie, TieBy
from torchtielint.semantics.records import Role
from torchtielint.semantics.values import Opaque, Ref, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchtielint.semantics.machine import Machine


def note(machine: Machine, data: Value | None, parameter: Ref) -> None:
    """A Parameter is made of a tensor that is none itself."""
    base = _memory_of(machine, data)
    if base is not None and not machine.muted:
        machine.wrapped.setdefault(base, []).append(parameter)


def _memory_of(machine: Machine, data: Value | None) -> Value | None:
    """The tensor in whose memory all of a tensor lies; None for Parameters, and where that is not known."""
    if isinstance(data, Opaque):
        return data
    record = machine.tensor(data)
    if record is None or record.same_as is not None or record.role is not Role.TENSOR or not isinstance(data, Ref):
        return None
    if record.view is None:
        return data
    base = machine.tensor(Ref(record.view.base))
    return Ref(record.view.base) if record.view.whole and base is not None and base.role is Role.TENSOR else None


def settle(machine: Machine) -> None:
    """At the end of an entry point, or of a method: the Parameters of one tensor that one module has."""
    several = [
        (base, made)
        for base, made in machine.wrapped.items()
        if made[-1].key > machine.entry_start and (len(made) > 1 or is_made_anew(machine, base, made[0]))
    ]
    for root in sharing.roots(machine) if several else ():
        names = _names(machine, root)
        for base, made in several:
            live = [ref for ref in made if ref in names and _lies_there(machine, base, ref)]
            for fact in _false_ties(machine, base, live, names):
                machine.emit(fact)


def _names(machine: Machine, root: Ref) -> dict[Ref, str]:
    """What a module certainly registers, with the first name; `*` stands for names that are not known."""
    names = {ref: found[0] for ref, found in tie_graph.certain_tensors(machine, root).items()}
    for path, module in modules.paths(machine, root):
        record = machine.module(module)
        for value in record.unnamed if record is not None else ():
            if isinstance(value, Ref):
                names.setdefault(value, f"{path}.*" if path else "*")
    prefix = "self." if root == machine.subject else ""
    return {ref: f"{prefix}{name}" for ref, name in names.items()}


def _lies_there(machine: Machine, base: Value, ref: Ref) -> bool:
    """Whether a Parameter that is trained still lies in the memory that it was made over."""
    record = machine.tensor(ref)
    if record is None or record.requires_grad is False or ref.key in machine.moved:
        return False
    if shapes.is_empty(record.shape) or not _loops(machine, base) <= set(record.loops):
        return False  # there is no value to share, or it is one of several tensors
    return isinstance(base, Opaque) or (record.view is not None and Ref(record.view.base) == base)


def _false_ties(machine: Machine, base: Value, live: list[Ref], names: dict[Ref, str]) -> Iterator[FalseTie]:
    if not live:
        return
    first, *others = live
    source = machine.tensor(first)
    for ref in others:
        record = machine.tensor(ref)
        if source is not None and record is not None and ref.key > machine.entry_start:
            transposed = _is_transposed(machine, ref) is not _is_transposed(machine, first)
            site, made = record.site, source.site
            yield FalseTie(site, names[ref], names[first], TieBy.ONE_TENSOR, transposed, False, True, made)
    if not others and source is not None and "*" in names[first] and is_made_anew(machine, base, first):
        yield FalseTie(source.site, names[first], "", TieBy.ONE_TENSOR, False, False, True, None)


def _is_transposed(machine: Machine, ref: Ref) -> bool:
    record = machine.tensor(ref)
    return record is not None and record.view is not None and record.view.transposed


def is_made_anew(machine: Machine, base: Value, ref: Ref) -> bool:
    """Whether every round of a loop makes a Parameter of a tensor that is the same in all of them."""
    record = machine.tensor(ref)
    return record is not None and _loops(machine, base) < set(record.loops)


def _loops(machine: Machine, base: Value) -> set[int]:
    """The loops in which a tensor was made: outside of them it stands for as many as there were rounds."""
    if isinstance(base, Opaque):
        return set(machine.training.made_in.get(base.key, ()))
    source = machine.tensor(base)
    return set(source.loops) if source is not None else set()
