"""Making tensors and Parameters: factories, `nn.Parameter`, and what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics.facts.registration import ImpossibleParameter
from torchtielint.semantics.records import ContainerRecord, Role, TensorRecord, View
from torchtielint.semantics.values import (
    INT,
    NONE,
    UNKNOWN,
    Arguments,
    Const,
    Instance,
    Opaque,
    Ref,
    Value,
    constant,
    is_unknown,
    members,
    truth,
)
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
from torchtielint.semantics import cuts, gradients, initialisation, overlap, placement, shapes, tensors, wrapping


def new_parameter(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`nn.Parameter(data, requires_grad=True)`."""
    data = arguments.get(0, "data")
    flag = arguments.get(1, "requires_grad")
    requires_grad = True if flag is None else None if is_unknown(flag) else truth(flag)
    check_parameter(machine, data, requires_grad, arguments, node)
    overlap.note_parameter(machine, data, node, trains=requires_grad)
    record = machine.tensor(data)
    made = TensorRecord(
        Role.PARAMETER,
        machine.site(node),
        machine.context.loops,
        requires_grad=requires_grad,
        leaf=True,
        dtype=record.dtype if record else "float",
        initialiser=record.initialiser if record else "",
        shape=record.shape if record else None,
        uninitialised=record is not None and record.uninitialised,
    )
    if record is not None and isinstance(data, Ref):
        shown = View(data.key) if record.view is None or record.role is Role.PARAMETER else record.view
        made = replace(
            made,
            view=shown if record.same_as is None else None,
            sources=frozenset({data.key}),
            copy_of=record.copy_of,
        )
        machine.handed_on.add(data.key)
    ref = machine.allocate(made)
    cuts.note_made(machine, ref, (data,) if data is not None else ())
    machine.created.append(ref.key)
    machine.made_here.add(ref.key)
    wrapping.note(machine, data, ref)
    return ref


_PARAMETER_KEYWORDS = frozenset({"data", "requires_grad"})


def check_parameter(
    machine: Machine, data: Value | None, requires_grad: bool | None, arguments: Arguments, node: cst.Call
) -> None:
    """`nn.Parameter` of something that torch refuses."""
    site = machine.site(node)
    for keyword, _ in arguments.keywords:
        if keyword not in _PARAMETER_KEYWORDS and not {"TypeError", "Exception"} & set(machine.context.caught):
            machine.emit(ImpossibleParameter(site, "", keyword, is_tensor=False))
            return
    if data is None:
        return
    record = machine.tensor(data)
    if record is not None:
        if record.dtype == "integral" and requires_grad is True:
            machine.emit(ImpossibleParameter(site, _argument_text(machine, node), "", is_tensor=True))
        return
    kind = python_type(machine, data)
    if kind:
        machine.emit(ImpossibleParameter(site, kind, "", is_tensor=False))


def _argument_text(machine: Machine, node: cst.Call) -> str:
    return machine.text(node.args[0].value) if node.args else ""


def python_type(machine: Machine, value: Value) -> str:
    """The name of the Python type of a value that is certainly no tensor; empty where it is not known."""
    kinds = {_member_type(machine, member) for member in members(value)}
    return kinds.pop() if len(kinds) == 1 else ""


def _member_type(machine: Machine, value: Value) -> str:
    match value:
        case Const(value=literal) if literal is not None and literal is not Ellipsis:
            return type(literal).__name__
        case Instance(kind="numpy.ndarray" | "int" as kind):
            return kind
    record = machine.container(value)
    if isinstance(record, ContainerRecord) and record.kind in ("list", "tuple", "dict", "set"):
        return record.kind
    return ""


def factory(machine: Machine, name: str, default: str | None, arguments: Arguments, node: cst.Call) -> Value:
    """A function that makes a tensor of nothing but sizes and values."""
    dtype = _factory_dtype(machine, name, default, arguments)
    flag = arguments.keyword("requires_grad")
    contents = _tensors_in(machine, arguments.all())
    requires_grad = False if flag is None else None if is_unknown(flag) else truth(flag)
    for key in contents:
        tensors.note_use(machine, Ref(key), detached=True)
    record = TensorRecord(
        Role.TENSOR,
        machine.site(node),
        machine.context.loops,
        sources=frozenset(contents),
        operation=f"`{name.removeprefix('torch.')}()`" if contents else "",
        requires_grad=requires_grad,
        leaf=True,
        dtype=dtype,
        shape=shapes.of_factory(machine, name, arguments),
        follows_device=_follows_device(machine, name, arguments),
        blank=_is_blank(machine, name, arguments),
        cut_from=gradients.cut_off(machine, contents) if _copies(machine, name, arguments) else frozenset(),
        uninitialised=initialisation.makes_no_values(machine, name, arguments),
    )
    placement.note_factory(machine, name, arguments, record.site)
    return machine.allocate(record)


# What `with torch.device(...)` redirects; `torch.linspace` too, but transformers makes that one on the CPU.
_FOLLOWS_DEVICE = frozenset(
    f"torch.{name}"
    for name in (
        *(
            "arange",
            "as_tensor",
            "asarray",
            "empty",
            "eye",
            "full",
            "hann_window",
            "hamming_window",
            "logspace",
            "ones",
        ),
        *("rand", "randint", "randn", "randperm", "range", "scalar_tensor", "tensor", "tril_indices", "triu_indices"),
        *("zeros", "bartlett_window", "blackman_window", "kaiser_window"),
    )
)
_OF_SIZE = frozenset(f"torch.{name}" for name in ("zeros", "ones", "rand", "randn"))


def _follows_device(machine: Machine, name: str, arguments: Arguments) -> bool:
    """Whether a factory makes its tensor on whatever device is the default one at that time."""
    if name.endswith("_like"):
        source = machine.tensor(arguments.get(0, "input"))
        return source is not None and source.follows_device
    told = arguments.open or arguments.keyword("device") not in (None, NONE)
    return name in _FOLLOWS_DEVICE and not told and not machine.context.device_told


def _is_blank(machine: Machine, name: str, arguments: Arguments) -> bool:
    """Whether what a factory makes has no value that matters: uninitialised, or without elements."""
    if name.startswith("torch.empty"):
        return True
    first = arguments.get(0, "size")
    listed = machine.container(first)
    if name in ("torch.tensor", "torch.as_tensor"):
        return listed is not None and not listed.items and not listed.rest
    sizes = listed.items if listed is not None else arguments.positional
    return name in _OF_SIZE and any(constant(size) == 0 for size in sizes)


def _copies(machine: Machine, name: str, arguments: Arguments) -> bool:
    """Whether a factory copies the values of given tensors: `torch.tensor(w)`, `torch.Tensor([a, b])`."""
    if name == "torch.tensor":
        return True
    return name in load().tensor_types and machine.container(arguments.get(0, "data")) is not None


def _factory_dtype(machine: Machine, name: str, default: str | None, arguments: Arguments) -> str | None:
    given = arguments.keyword("dtype")
    if given is not None and given != NONE:
        return tensors.dtype_of(given)
    if arguments.open:
        return None
    if default in ("float", "integral"):
        return "float32" if default == "float" else default
    if name == "torch.full":
        values: tuple[Value, ...] = tuple(filter(None, (arguments.get(1, "fill_value"),)))
    elif name in ("torch.arange", "torch.range"):
        values = tuple(value for value in arguments.positional) + tuple(
            value for key, value in arguments.keywords if key in ("start", "end", "step")
        )
    elif name in ("torch.tensor", "torch.as_tensor", "torch.asarray"):
        values = tuple(filter(None, (arguments.get(0, "data"),)))
    else:
        record = machine.tensor(arguments.get(0, "input"))
        return record.dtype if record and name.endswith("_like") else None
    return _literal_dtype(machine, values)


def operation_dtype(machine: Machine, operator: type[cst.CSTNode], values: Sequence[Value]) -> str | None:
    """The dtype class of what an operator makes of tensors and literals."""
    found = {_literal_dtype(machine, (value,)) for value in values}
    if "float" in found or "float32" in found:
        return "float"
    if found == {"integral"} and operator not in (cst.Divide, cst.Power):
        return "integral"
    return None


def _literal_dtype(machine: Machine, values: Sequence[Value]) -> str | None:
    """The dtype class that torch infers from literals: integral when all are ints or bools, else float."""
    found: set[str | None] = set()
    for value in values:
        literal = constant(value)
        record = machine.container(value)
        if isinstance(literal, (bool, int)) or value == INT or (isinstance(value, Opaque) and value.kind == "int"):
            found.add("integral")
        elif isinstance(literal, (float, complex)):
            found.add("float32")
        elif record is not None and not record.rest and not record.escaped and record.items:
            found.add(_literal_dtype(machine, record.items))
        else:
            tensor = machine.tensor(value)
            found.add(tensor.dtype if tensor else None)
    if None in found or not found:
        return None
    return "float32" if found - {"integral"} else "integral"


def _tensors_in(machine: Machine, values: Sequence[Value], depth: int = 0) -> set[int]:
    found: set[int] = set()
    for value in values:
        for member in members(value):
            if isinstance(member, Ref) and machine.tensor(member):
                found.add(member.key)
            record = machine.container(member)
            if record is not None and depth < 4:
                found |= _tensors_in(machine, record.elements(), depth + 1)
    return found


def variable(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`torch.autograd.Variable(data, requires_grad=False)`: a detached view of its tensor."""
    data = arguments.get(0, "data")
    if not isinstance(data, Ref) or machine.tensor(data) is None:
        return UNKNOWN
    source = machine.tensor(data)
    flag = arguments.get(1, "requires_grad")
    if source is not None and source.role is Role.TENSOR and source.leaf and not source.sources and flag is not None:
        tensors.set_requires_grad(machine, data, flag)
        return data
    made = tensors.view(machine, node, data, "`Variable()`", detached=True)
    if flag is not None:
        tensors.set_requires_grad(machine, made, flag)
    return made
