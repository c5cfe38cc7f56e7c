"""What operations do to tensors: which share memory, which copy, which write in place, which make Parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import (
    caches,
    checkpoints,
    cuts,
    gradients,
    initialisation,
    overlap,
    placement,
    reparametrized,
    shapes,
    sharing,
    thawing,
)
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.rebinding import InPlaceWrite
from torchtielint.semantics.records import ContainerRecord, Derivation, Role, TensorRecord, View
from torchtielint.semantics.values import (
    FALSE,
    TRUE,
    UNKNOWN,
    Arguments,
    Const,
    External,
    Ref,
    Value,
    is_unknown,
    members,
    truth,
)
from torchtielint.torch_facts import MethodFact, Relation, load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine


def view(
    machine: Machine,
    node: cst.CSTNode,
    ref: Ref,
    operation: str,
    *,
    transposed: bool = False,
    detached: bool = False,
    whole: bool = True,
) -> Value:
    """A tensor over the memory of another."""
    record = machine.tensor(ref)
    if record is None:
        return UNKNOWN
    note_use(machine, ref, detached=detached)
    before = record.view if record.view is not None and record.role is Role.TENSOR else View(ref.key)
    made = View(
        before.base,
        transposed=before.transposed is not transposed,
        detached=before.detached or detached,
        whole=before.whole and whole,
    )
    return machine.allocate(
        TensorRecord(
            Role.TENSOR,
            machine.site(node),
            machine.context.loops,
            view=made,
            sources=frozenset({ref.key}),
            same_as=None,
            operation=operation,
            requires_grad=False if made.detached else record.requires_grad,
            leaf=True if made.detached else None if record.requires_grad is None else not record.requires_grad,
            dtype=record.dtype,
            escaped=record.escaped,
            follows_device=record.follows_device,
            blank=record.blank,
            uninitialised=record.uninitialised,
            overlaps=record.overlaps and whole,
            cut_from=gradients.cut_off(machine, (ref.key,)) if detached else record.cut_from,
            copy_of=record.copy_of if whole and not transposed else None,
            shape=shapes.after(operation, record.shape),
        )
    )


def combine(
    machine: Machine,
    node: cst.CSTNode,
    operation: str,
    values: Sequence[Value],
    *,
    detached: bool = False,
    dtype: str | None = None,
) -> Value:
    """The result of an operation that makes a new tensor of others."""
    placement.note_operands(machine, values)
    sources: set[int] = set()
    grads: list[bool | None] = []
    follows_device = False
    for value in values:
        for member in members(value):
            record = machine.tensor(member)
            if record is not None and isinstance(member, Ref):
                note_use(machine, member, detached=detached)
                sources.add(member.key)
                grads.append(record.requires_grad)
                follows_device = follows_device or record.follows_device
    cut_from = gradients.cut_off(machine, sources) if detached else gradients.note_operands(machine, values)
    requires_grad: bool | None = None
    if detached or machine.context.grad is False:
        requires_grad = False
    elif True in grads:
        requires_grad = True if machine.context.grad else None
    elif not any(is_unknown(value) for value in values) and None not in grads:
        requires_grad = False
    made = machine.allocate(
        TensorRecord(
            Role.TENSOR,
            machine.site(node),
            machine.context.loops,
            sources=frozenset(sources),
            operation=operation,
            requires_grad=requires_grad,
            leaf=None if requires_grad is None else not requires_grad,
            dtype=dtype,
            cut_from=cut_from,
            follows_device=follows_device,
        )
    )
    cuts.note_made(machine, made, values)
    return made


def note_use(machine: Machine, ref: Ref, *, detached: bool = False) -> None:
    """Remember that an operation read a tensor."""
    machine.used.add(ref.key)
    if not detached:
        machine.read_in_operations.add(ref.key)
        reparametrized.note_read(machine, ref)
        caches.note_read(machine, ref)
        cuts.note_read(machine, ref.key)


def read(machine: Machine, ref: Ref, name: str, node: cst.CSTNode) -> Value | None:
    """An attribute of a tensor that is no method; None when it is one."""
    record = machine.tensor(ref)
    fact = load().method(name)
    if record is None:
        return UNKNOWN
    if name == "requires_grad":
        return UNKNOWN if record.requires_grad is None else Const.of(record.requires_grad)
    if name in ("T", "mT", "H", "mH"):
        return view(machine, node, ref, f"`.{name}`", transposed=True)
    if name == "data":
        return view(machine, node, ref, "`.data`", detached=True)
    if name in ("real", "imag"):
        return view(machine, node, ref, f"`.{name}`", whole=False)
    if name == "shape":
        return shapes.read(machine, record, node) or UNKNOWN
    if name in ("device", "is_cuda", "is_meta"):
        placement.mind(machine, (ref,))
    if fact is None or name in _PLAIN_PROPERTIES:
        return UNKNOWN
    return None


_PLAIN_PROPERTIES = frozenset(
    {"shape", "dtype", "device", "grad", "ndim", "layout", "is_leaf", "grad_fn", "names", "is_cuda", "is_sparse",
     "itemsize", "nbytes", "output_nr", "is_meta", "is_quantized", "volatile", "name"}
)  # fmt: skip


def call_method(machine: Machine, ref: Ref, name: str, arguments: Arguments, node: cst.Call) -> Value:
    """A method of a tensor."""
    fact = load().method(name)
    record = machine.tensor(ref)
    if fact is None or record is None:
        return UNKNOWN
    shown = f"`.{name}()`"
    if name in _HOOKS:
        machine.uses.hooked.add(record.site)
    if name == "size":
        note_use(machine, ref, detached=True)
        return shapes.size(machine, record, arguments, node) or UNKNOWN
    match fact.relation:
        case Relation.VIEW | Relation.TRANSPOSED_VIEW:
            transposed = fact.relation is Relation.TRANSPOSED_VIEW
            shown_by = view(machine, node, ref, shown, transposed=transposed, whole=name not in _PARTIAL_VIEWS)
            return overlap.after_view(machine, shown_by, name, arguments)
        case Relation.DATA:
            return view(machine, node, ref, shown, detached=True)
        case Relation.SELF:
            return _itself(machine, ref, record, name, arguments)
        case Relation.SAME_WHEN_NOOP:
            return _converted(machine, ref, record, fact, arguments, node)
        case Relation.INPLACE:
            write(machine, ref, shown, node, sources=arguments.all())
            if name in shapes.RESHAPING:
                machine.update(ref, replace(machine.tensor(ref) or record, shape=None))
            return ref
        case Relation.COPY:
            made = combine(
                machine, node, shown, (ref, *arguments.all()), detached=fact.detached, dtype=_result_dtype(fact, record)
            )
            copied = machine.tensor(made)
            if isinstance(made, Ref) and copied is not None:
                base = base_of(record, ref) if name == "clone" else None
                machine.update(made, replace(copied, copy_of=base, shape=shapes.after(shown, record.shape)))
            if name == "new_empty" and isinstance(made, Ref) and copied is not None:
                machine.update(made, replace(copied, uninitialised=True, sources=frozenset()))
            if name == "clone" and isinstance(made, Ref) and copied is not None:
                machine.update(made, replace(copied, copy_of=base_of(record, ref)))
            return made
    note_use(machine, ref, detached=True)
    return UNKNOWN


_HOOKS = frozenset({"register_hook", "register_post_accumulate_grad_hook"})


def _result_dtype(fact: MethodFact, record: TensorRecord) -> str | None:
    return record.dtype if fact.dtype is None else fact.dtype if fact.dtype in ("float", "integral") else None


_PARTIAL_VIEWS = frozenset({"narrow", "select", "diagonal", "unfold", "index_select", "chunk", "split", "unbind"})


def _itself(machine: Machine, ref: Ref, record: TensorRecord, name: str, arguments: Arguments) -> Value:
    if name == "requires_grad_":
        flag = arguments.get(0, "requires_grad")
        set_requires_grad(machine, ref, TRUE if flag is None else flag)
    elif name == "detach_":
        machine.update(ref, replace(record, requires_grad=False, leaf=True))
    return ref


def _converted(
    machine: Machine, ref: Ref, record: TensorRecord, fact: MethodFact, arguments: Arguments, node: cst.Call
) -> Value:
    """`.to()` and its kin: the very same tensor when nothing changes."""
    placement.note_conversion(machine, ref, fact.name, arguments)
    copies = truth(arguments.keyword("copy") or FALSE) is True
    if record.dtype == "float32" and fact.name in ("half", "double", "bfloat16"):
        copies = True
    made = combine(machine, node, f"`.{fact.name}()`", (ref,), dtype=_converted_dtype(machine, record, fact, arguments))
    if isinstance(made, Ref) and not copies:
        base = record.same_as if record.same_as is not None and record.role is Role.TENSOR else ref.key
        changed = machine.tensor(made)
        if changed is not None:
            leaf = record.leaf if record.requires_grad is False else None
            changed = replace(changed, initialiser=record.initialiser, uninitialised=record.uninitialised)
            machine.update(made, replace(changed, same_as=base, leaf=leaf, shape=record.shape))
    return made


def _converted_dtype(machine: Machine, record: TensorRecord, fact: MethodFact, arguments: Arguments) -> str | None:
    """The dtype class after a conversion: by the method, by a dtype or tensor argument, or as before."""
    if fact.dtype != "by-argument":
        return fact.dtype or record.dtype
    for value in arguments.all():
        other = machine.tensor(value)
        found = other.dtype if other else dtype_of(value)
        if found is not None or other is not None:
            return found
    return None if any(is_unknown(value) for value in arguments.all()) else record.dtype


_PYTHON_DTYPES = {"builtins.float": "float", "builtins.int": "integral", "builtins.bool": "integral"}


def dtype_of(value: Value) -> str | None:
    """The class of a dtype: "float" or "integral"; None when it is no dtype, or not known."""
    match value:
        case External(name="torch.float32" | "torch.float"):
            return "float32"
        case External(name=name):
            return load().dtypes.get(name) or _PYTHON_DTYPES.get(name)
        case _:
            return None


def base_of(record: TensorRecord, ref: Ref) -> int:
    """The tensor whose memory this one shows (itself, when it is no view)."""
    return record.view.base if record.view is not None else ref.key


def set_requires_grad(machine: Machine, value: Value, flag: Value) -> None:
    """`tensor.requires_grad = flag`."""
    wanted = truth(flag) if not is_unknown(flag) else None
    thawing.note_tensor(machine, value, wanted)
    found = members(value)
    for member in found:
        record = machine.tensor(member)
        if record is not None and isinstance(member, Ref):
            certain = len(found) == 1
            machine.update(member, replace(record, requires_grad=wanted if certain else None))


def write(
    machine: Machine,
    ref: Ref,
    operation: str,
    node: cst.CSTNode,
    *,
    view: bool = False,
    guarded: bool = False,
    sources: Sequence[Value] = (),
    target: str = "",
) -> None:
    """An in-place operation on a tensor; `guarded` when the function itself turns gradients off (`nn.init`)."""
    record = machine.tensor(ref)
    if record is None:
        return
    base_ref = Ref(record.view.base) if record.view is not None and record.role is Role.TENSOR else ref
    base = machine.tensor(base_ref) or record
    target = target or target_text(machine, node)
    machine.written.update((ref.key, base_ref.key))
    if machine.context.where is not Where.INIT:
        machine.loading.rewrites.tensors.update((record.site, base.site))
    if base.role is Role.PARAMETER:
        checkpoints.changed(machine, base_ref, node)
    initialisation.note_write(machine, record, base)
    gradients.note_write(machine, base_ref.key)
    gradients.note_plain(machine, sources)
    placement.note_operands(machine, (ref, *sources))
    _check_lost(machine, record, base, operation, node, target)
    detached = record.view is not None and record.view.detached
    unguarded = (
        not guarded and not detached and machine.context.grad is True and "RuntimeError" not in machine.context.caught
    )
    if unguarded and base.requires_grad is True and base.leaf is True and record.same_as is None:
        is_view = view or base_ref != ref
        is_fresh = isinstance(node, cst.Call) and _made_here(machine, base, node)
        machine.emit(InPlaceWrite(machine.site(node), target, operation, is_view, machine.context.where, is_fresh))
    note_use(machine, ref, detached=True)
    for source in sources:
        for member in members(source):
            if isinstance(member, Ref) and machine.tensor(member):
                note_use(machine, member)
                machine.filled.setdefault(base_ref.key, set()).add(member.key)


def target_text(machine: Machine, node: cst.CSTNode) -> str:
    """What an in-place statement or call writes to, as written."""
    match node:
        case cst.AugAssign(target=target):
            return machine.text(target)
        case cst.Assign(targets=[cst.AssignTarget(target=target)]):
            return machine.text(target)
        case cst.Call(func=cst.Attribute(value=owner)):
            return machine.text(owner)
        case cst.Call(args=[cst.Arg(value=first), *_]):
            return machine.text(first)
        case _:
            return machine.text(node)


def _made_here(machine: Machine, record: TensorRecord, node: cst.Call) -> bool:
    """Whether the receiver of a method call is the very call that made the Parameter."""
    return isinstance(node.func, cst.Attribute) and record.site.node is node.func.value


def writes_last(machine: Machine, made_by: Derivation) -> bool:
    """Whether a write reaches what the reparametrization computes from.

    A hook-based spectral norm computes from the memory that was there until its first forward; a parametrization that
    is not torch's own may hand its argument on.
    """
    if made_by.family == "spectral_norm" and made_by.legacy:
        return made_by.module not in machine.used
    return made_by.family == "parametrization"


def _check_lost(
    machine: Machine, record: TensorRecord, base: TensorRecord, operation: str, node: cst.CSTNode, target: str
) -> None:
    made_by = record.derived_by or base.derived_by
    if made_by is None or writes_last(machine, made_by):
        return
    reparametrized.lose(machine, machine.context.apply_site or machine.site(node), target, operation, made_by)


def set_data(machine: Machine, value: Value, new: Value, node: cst.CSTNode) -> None:
    """`tensor.data = new`: the tensor keeps its identity and takes over the memory."""
    for member in members(value):
        record = machine.tensor(member)
        if record is None or not isinstance(member, Ref):
            continue
        base = machine.tensor(Ref(record.view.base)) if record.view is not None and record.role is Role.TENSOR else None
        machine.written.add(member.key)
        if record.role is Role.PARAMETER:
            checkpoints.moved(machine, member, "data")
        initialisation.note_write(machine, record)
        gradients.note_write(machine, member.key)
        cuts.note_data(machine, member, new, node)
        statement = machine.context.statement or node
        site = machine.site(statement)
        machine.note_guards(site)
        machine.moved[member.key] = (machine.counter.next(), site)
        _check_lost(machine, record, base or record, "an assignment to `.data`", statement, machine.text(node))
        source = machine.tensor(new)
        if source is not None and isinstance(new, Ref):
            made = View(new.key) if source.view is None else source.view
            sharing.tied_through_data(machine, member, new, node)
            record = replace(record, shape=source.shape)
            keeps = record.role is Role.TENSOR and source.view is None and source.role is Role.TENSOR
            if not keeps and made.base != member.key:
                maybe = None if source.same_as is None else View(source.same_as)
                record = replace(record, view=replace(made, detached=True), maybe=maybe)
            machine.update(member, record)
        else:
            view = record.view if record.role is Role.TENSOR else None
            machine.update(member, replace(record, shape=None, view=view))


def several(machine: Machine, name: str, result: Value, node: cst.Call) -> Value:
    """What a method gives: the one tensor, or a tuple of such tensors (`chunk`, `split`, `sort`)."""
    fact = load().method(name)
    if fact is None or not fact.several or machine.tensor(result) is None:
        return result
    record = ContainerRecord("tuple", machine.site(node), machine.context.loops, rest=(result,))
    return machine.allocate(record)
