"""Tensors that a module keeps as plain attributes: which a forward computes with, and whose device somebody minds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import hugging_face, modules, tensors
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.hugging_face import ValueNotRestored
from torchtielint.semantics.facts.use import PlainTensorRead
from torchtielint.semantics.records import Role, SlotKind, TensorRecord
from torchtielint.semantics.values import (
    NONE,
    Arguments,
    Computed,
    External,
    FunctionValue,
    Opaque,
    Ref,
    Unknown,
    Value,
    constant,
    members,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site


_MAX_LINEAGE = 24
SLICE = External("builtins.slice")


def _lineage(machine: Machine, value: Value) -> list[TensorRecord]:
    """The record of a tensor, and those of what it was made from."""
    found: list[TensorRecord] = []
    pending, seen = [value], set[Value]()
    while pending and len(found) < _MAX_LINEAGE:
        current = pending.pop()
        record = machine.tensor(current)
        if record is not None and current not in seen:
            seen.add(current)
            found.append(record)
            pending.extend(Ref(key) for key in sorted(record.sources))
    return found


def _beside(machine: Machine, value: Value) -> list[TensorRecord]:
    """The record of an operand, and of what has to be on its device: numbers need not, nor what a factory read."""
    found: list[TensorRecord] = []
    pending, seen = [value], set[Value]()
    while pending and len(found) < _MAX_LINEAGE:
        current = pending.pop()
        record = machine.tensor(current)
        if record is None or current in seen or record.role is not Role.TENSOR or _may_be_number(machine, record):
            continue
        seen.add(current)
        found.append(record)
        if record.site not in machine.uses.placement.fresh:
            pending.extend(Ref(key) for key in sorted(record.sources))
    return found


def mind(machine: Machine, values: Iterable[Value]) -> None:
    """Somebody moves tensors, asks where they are, or hands them to code that is not known."""
    for value in values:
        for member in members(value):
            machine.uses.placement.minded.update(record.site for record in _lineage(machine, member))


def note_operands(machine: Machine, values: Sequence[Value]) -> None:
    """An operation takes these values together."""
    if machine.context.where is not Where.FORWARD or machine.muted:
        return
    flat = [member for value in values for member in members(value)]
    if any(_moves(machine, member) for member in flat):
        for member in flat:
            machine.uses.placement.operands.update(record.site for record in _beside(machine, member))


_NUMBERS = frozenset({"int", "float", "bool", "str"})


def _moves(machine: Machine, value: Value) -> bool:
    """Whether a value is (computed from) an input, an output of a module, a parameter or a buffer."""
    match value:
        case Unknown() | Computed():
            return True
        case Opaque(kind=kind):
            return kind not in _NUMBERS
    if isinstance(value, Ref) and value.key > machine.entry_start:
        made = machine.tensor(value)
        if made is not None and made.requires_grad is None:
            return True
    return any(record.role is not Role.TENSOR for record in _lineage(machine, value))


_REDUCING = frozenset(
    {"sum", "mean", "max", "min", "prod", "norm", "std", "var", "amax", "amin", "median", "dot", "trace", "squeeze",
     "select", "all", "any", "logsumexp", "argmax", "argmin", "det", "logdet", "nansum", "indexing", "nanmean",
     "nanmedian", "mode", "kthvalue", "quantile", "nanquantile", "std_mean", "var_mean", "aminmax", "slogdet",
     "count_nonzero", "dist", "vdot", "inner", "tensordot", "matmul", "@", "einsum", "reduce", "rearrange", "unbind",
     "vector_norm", "matrix_norm", "cond", "matrix_rank", "trapz", "trapezoid", "cosine_similarity", "take"}
)  # fmt: skip


def _may_be_number(machine: Machine, record: TensorRecord) -> bool:
    """Whether a tensor may have no dimension: nothing that it was computed from, element by element, has any."""
    pending = [record]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        name = current.operation.strip("`().").rpartition(".")[2]
        if current.shape is not None:
            if current.shape != ():
                return False
        elif current.site in machine.uses.placement.several:
            return False
        elif name not in _REDUCING:
            new = current.sources - seen
            seen |= new
            pending.extend(found for key in sorted(new) if (found := machine.tensor(Ref(key))))
    return True


_OF_VALUES = frozenset(f"torch.{name}" for name in ("tensor", "as_tensor", "asarray", "scalar_tensor"))
_SHARING = frozenset({"torch.as_tensor", "torch.asarray"})


def note_factory(machine: Machine, name: str, arguments: Arguments, site: Site) -> None:
    """A factory makes a tensor: on which device, and with how many dimensions?"""
    placement = machine.uses.placement
    given = arguments.keyword("device") not in (None, NONE)
    if arguments.open or given or machine.context.device_told:
        placement.told.add(site)
    if given or not (name.endswith("_like") or name in _SHARING):
        placement.fresh.add(site)
    if given:
        mind(machine, arguments.all())
    listed = machine.container(arguments.get(0, "data")) is not None
    if listed or (name not in _OF_VALUES and not name.endswith("_like")):
        placement.several.add(site)


def note_index(machine: Machine, made: Value, indices: Sequence[Value], source: TensorRecord) -> Value:
    """A part of a tensor: slices and new dimensions leave every dimension that it has."""
    record = machine.tensor(made)
    whole = all(index == SLICE or constant(index) in (None, Ellipsis) for index in indices)
    if record is not None and whole and (NONE in indices or not _may_be_number(machine, source)):
        machine.uses.placement.several.add(record.site)
    return made


_OPERATIONS = frozenset(
    {
        "matmul", "mm", "bmm", "mv", "dot", "outer", "mul", "multiply", "div", "divide", "true_divide", "add", "sub",
        "subtract", "addmm", "baddbmm", "addcmul", "pow", "masked_fill", "where", "add_", "mul_", "sub_", "div_",
        "masked_fill_", "maximum", "minimum", "lerp",
    }
)  # fmt: skip


def note_call(machine: Machine, arguments: Arguments, node: cst.CSTNode | None) -> None:
    """A call of code that is not known: a tensor's operation, by its name, or something that may move what it gets."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in _OPERATIONS:
        note_operands(machine, (Unknown(), *arguments.all()))
    else:
        mind(machine, arguments.all())


def note_conversion(machine: Machine, ref: Ref, name: str, arguments: Arguments) -> None:
    """`.to()` and its kin; a change of the dtype alone moves nothing."""
    values = arguments.all()
    casts = name not in ("to", "cuda", "cpu", "xpu", "type", "type_as")
    if not casts and not (values and all(tensors.dtype_of(value) is not None for value in values)):
        mind(machine, (ref,))
        if machine.context.where is Where.INIT:
            machine.uses.placement.told.update(record.site for record in _lineage(machine, ref))


def note_class(machine: Machine, ref: Ref) -> None:
    """Every method of a class ran: the tensors that its constructor left as plain attributes."""
    record = machine.module(ref)
    if record is None or not isinstance(record.cls, ClassModel):
        return
    if not record.cls.complete or record.open or hugging_face.is_pretrained(record.cls):
        return
    for name, slot in (record.slots or {}).items():
        tensor = machine.tensor(slot.value)
        if slot.kind is not SlotKind.PLAIN or slot.site is None or tensor is None or tensor.role is not Role.TENSOR:
            continue
        again = any(key == ref.key and held == name and new != slot.value for key, held, new in machine.assigned_at)
        if again or not _is_constant(machine, slot.value):
            continue
        told = any(each.site in machine.uses.placement.told for each in _lineage(machine, slot.value))
        fact = PlainTensorRead(slot.site, modules.class_name(record), name, told)
        machine.uses.placement.found.append((tensor.site, fact))


def _is_constant(machine: Machine, value: Value) -> bool:
    """Whether a tensor is made of factories' tensors alone, which nobody trains, draws as weights or got hold of."""
    return all(
        record.role is Role.TENSOR
        and not record.escaped
        and not record.initialiser
        and record.requires_grad is not True
        and (record.sources or (record.requires_grad is False and not record.operation))
        and record.site not in machine.optimised_sites
        for record in _lineage(machine, value)
    )


_MOVERS = ("_apply", "to", "cuda")


def settle(machine: Machine) -> None:
    """After everything ran: what forwards compute with, and nobody moves."""
    placement = machine.uses.placement
    moving = any(
        isinstance(model.namespace.get(name), FunctionValue) for model in machine.classes.values() for name in _MOVERS
    )
    restored = {fact.site for fact in machine.facts if isinstance(fact, ValueNotRestored)}
    seen: set[Site] = set()
    for made, fact in placement.found if not moving and not placement.elsewhere else ():
        minded = made in placement.minded or fact.attribute in placement.assigned or fact.site in restored
        if made in placement.operands and not minded and fact.site not in seen:
            seen.add(fact.site)
            machine.emit(fact)
    placement.found.clear()
