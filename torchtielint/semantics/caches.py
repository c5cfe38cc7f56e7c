"""Tensors that a constructor computes from parameters and keeps: right once, stale after the first step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.semantics import modules, sharing
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.rebinding import CachedTensor
from torchtielint.semantics.records import Role, SlotKind, TensorRecord
from torchtielint.semantics.values import Ref

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

MAX_DEPTH = 16


def note_read(machine: Machine, ref: Ref) -> None:
    """An operation reads a tensor: with a gradient, in a forward?"""
    if machine.context.where is Where.FORWARD and machine.context.grad is not False and not machine.muted:
        machine.read_in_forward.add(ref.key)


def settle(machine: Machine, ref: Ref) -> None:
    """After every method ran: report what the constructor computed, a forward reads, and no method computes anew."""
    record = machine.module(ref)
    for name, slot in (record.slots or {}).items() if record is not None else ():
        tensor = machine.tensor(slot.value)
        if tensor is None or slot.kind is not SlotKind.PLAIN or slot.site is None or not isinstance(slot.value, Ref):
            continue
        again = any(key == ref.key and held == name and new != slot.value for key, held, new in machine.assigned_at)
        if again or tensor.escaped or slot.value.key not in machine.read_in_forward:
            continue
        if tensor.role is not Role.TENSOR or tensor.requires_grad is not True or tensor.leaf is not False:
            continue
        live = modules.live_parameters(machine, ref)
        source = None if tensor.same_as is not None else _source(machine, tensor, live)
        if source is not None and record is not None:
            path = sharing.path_of(machine, ref, source)
            if not path:
                continue
            is_view = tensor.view is not None
            machine.emit(
                CachedTensor(slot.site, modules.class_name(record), name, tensor.operation, f"self.{path}", is_view)
            )
    machine.read_in_forward.clear()


def _source(machine: Machine, tensor: TensorRecord, live: frozenset[int], depth: int = 0) -> int | None:
    """The live, trained parameter that a tensor was computed from, or what a reparametrization makes of one."""
    for key in sorted(tensor.sources):
        source = machine.tensor(Ref(key))
        if source is not None and source.requires_grad is True and (key in live or source.derived_by is not None):
            return key
        found = _source(machine, source, live, depth + 1) if source is not None and depth < MAX_DEPTH else None
        if found is not None:
            return found
    return None
