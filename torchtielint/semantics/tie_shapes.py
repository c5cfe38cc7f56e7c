"""Ties between parameters whose shapes do not fit: torch never looks at shapes when a Parameter is assigned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchtielint.semantics import modules, shapes, sharing
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.sharing import ShapeEffect, TieShapeMismatch
from torchtielint.semantics.records import ModuleRecord, Role
from torchtielint.semantics.values import NONE, Ref, Value, is_unknown, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.shapes import Shape, Size
    from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class ShapeCandidate:
    """A module got a Parameter of another shape than it was made with: a mistake once both turn out to be live."""

    site: Site
    module: Ref
    name: str
    parameter: Ref
    written: str
    expected: Shape
    given: Shape


def note(machine: Machine, ref: Ref, name: str, new: Value, node: cst.CSTNode) -> None:
    """A module takes a Parameter: note it where the one that it replaces had another shape."""
    before = modules.slots(machine, ref).get(name)
    record, made = machine.module(ref), machine.tensor(new)
    if machine.muted or record is None or made is None or before is None or before.site is not None:
        return
    own = machine.tensor(before.value)
    if made.role is not Role.PARAMETER or own is None or not isinstance(new, Ref) or not _computes_by_itself(record):
        return
    if made.shape is None or own.shape is None:
        return
    if shapes.differ(own.shape, made.shape) or shapes.swapped(own.shape, made.shape):
        site = machine.site(machine.context.statement or node)
        text = machine.text(node)
        written = text if text.endswith(f".{name}") else ""
        machine.misfits.append(ShapeCandidate(site, ref, name, new, written, own.shape, made.shape))


def _computes_by_itself(record: ModuleRecord) -> bool:
    """Whether the forward is torch's, which takes the weight as it is."""
    return not isinstance(record.cls, ClassModel) or (record.cls.complete and record.cls.find("forward") is None)


def settle(machine: Machine) -> None:
    """At the end of an entry point: what was noted is a mistake where the parameter is another live module's too."""
    candidates, machine.misfits = machine.misfits, []
    for candidate in candidates:
        if _is_open(machine, candidate):
            continue
        for root in sharing.roots(machine):
            names = list(_names(machine, root, candidate))
            target = next((name for name, module in names if module == candidate.module), "")
            source = next((name for name, module in names if module != candidate.module), "")
            if source and target:
                machine.emit(_fact(machine, candidate, candidate.written or target, source))
                break


def _names(machine: Machine, root: Ref, candidate: ShapeCandidate) -> Iterator[tuple[str, Ref]]:
    """The names that the parameter has below a module, as written there, and the modules that have them."""
    prefix = "self." if root == machine.subject else ""
    for path, module in modules.paths(machine, root):
        for name, slot in modules.slots(machine, module).items():
            found = members(slot.value) if module == candidate.module else (slot.value,)  # the tie may hang on a branch
            if candidate.parameter in found:
                yield f"{prefix}{path}.{name}" if path else f"{prefix}{name}", module


def _is_open(machine: Machine, candidate: ShapeCandidate) -> bool:
    """Whether the code went on: it set the name anew, adapted the sizes, or asks whether the sizes are equal."""
    held = modules.slots(machine, candidate.module)
    record, parameter = machine.module(candidate.module), machine.tensor(candidate.parameter)
    slot = held.get(candidate.name)
    if record is None or parameter is None or slot is None or candidate.parameter not in members(slot.value):
        return True
    if parameter.shape != candidate.given or record.open or modules.SIZES & set(held):
        return True
    unknown = frozenset(
        atom for size in (*candidate.expected, *candidate.given) if size is not None for atom in size.atoms()
    )
    return bool(unknown & machine.compared)


def _fact(machine: Machine, candidate: ShapeCandidate, target: str, source: str) -> TieShapeMismatch:
    record = machine.module(candidate.module)
    if record is None:
        raise LookupError("a module that was live a moment ago has no record")
    return TieShapeMismatch(
        candidate.site,
        target,
        source,
        modules.class_name(record),
        shapes.shown(candidate.expected),
        shapes.shown(candidate.given),
        shapes.differ(candidate.expected, candidate.given),
        _effect(machine, candidate, record),
        record.site,
    )


def _effect(machine: Machine, candidate: ShapeCandidate, record: ModuleRecord) -> ShapeEffect:
    """What the forward of the module makes of the weight."""
    fact = modules.torch_class(record)
    expected, given = candidate.expected, candidate.given
    if fact is None or candidate.name != "weight" or len(given) != len(expected) or len(given) != 2:
        return ShapeEffect.OTHER
    if fact.name == "torch.nn.Embedding":
        return ShapeEffect.WIDTH if _differ(expected[1], given[1]) else ShapeEffect.ROWS
    if fact.name != "torch.nn.Linear":
        return ShapeEffect.OTHER
    bias = modules.slots(machine, candidate.module).get("bias")
    has_bias = bias is not None and bias.value != NONE and not is_unknown(bias.value)
    if not has_bias and given == (expected[1], expected[0]):
        return ShapeEffect.REVERSED
    if _differ(expected[1], given[1]) or given[1] != expected[1]:
        return ShapeEffect.INPUTS
    return ShapeEffect.BIAS if has_bias else ShapeEffect.OUTPUTS


def _differ(one: Size | None, other: Size | None) -> bool:
    return one is not None and other is not None and one.differs(other)
