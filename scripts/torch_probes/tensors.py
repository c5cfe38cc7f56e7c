"""What tensor methods and functions return, found by calling them on probe tensors and looking at the result."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch_probes.signatures import stored_signature

Make = Callable[[], torch.Tensor]
Operation = Callable[..., Any]

# Where only another device or a special allocator would show that nothing changes; source: the docstrings.
DEVICE_MOVES = {"cpu", "cuda", "xpu", "ipu", "mtia", "npu", "hpu", "pin_memory"}
# First-class dimensions of functorch: never returns when it is given numbers.
NOT_CALLED = {"index"}
# Their first argument is no tensor whose values go into the result.
REORDERED: dict[str, Operation] = {"torch.where": lambda receiver, *_: torch.where(receiver == 0, receiver, 0)}
# The equation decides whether `einsum` gives a view.
UNDECIDED = {"torch.einsum"}
FACTORIES: dict[str, tuple[tuple[Any, ...], ...]] = {
    "torch.zeros": ((2, 3),), "torch.ones": ((2, 3),), "torch.empty": ((2, 3),), "torch.rand": ((2, 3),),
    "torch.randn": ((2, 3),), "torch.eye": ((3,),), "torch.linspace": ((0, 1, 5),), "torch.logspace": ((0, 1, 5),),
    "torch.full": (((2,), 1), ((2,), 0.5)), "torch.arange": ((3,), (0.5,)), "torch.randint": ((3, (2,)),),
    "torch.randperm": ((3,),), "torch.normal": ((0.0, 1.0, (2,)),), "torch.scalar_tensor": ((1,), (0.5,)),
    "torch.tensor": (([1],), ([0.5],)), "torch.as_tensor": (([1],), ([0.5],)), "torch.asarray": (([1],), ([0.5],)),
    "torch.empty_strided": (((2,), (1,)),), "torch.empty_permuted": (((2, 3), (1, 0)),), "torch.range": ((0, 3),),
    "torch.tril_indices": ((3, 3),), "torch.triu_indices": ((3, 3),), "torch.hann_window": ((5,),),
    "torch.hamming_window": ((5,),), "torch.bartlett_window": ((5,),), "torch.blackman_window": ((5,),),
    "torch.kaiser_window": ((5,),), "torch.fft.fftfreq": ((5,),), "torch.fft.rfftfreq": ((5,),),
    "torch.from_numpy": (), "torch.frombuffer": (), "torch.sparse_coo_tensor": (([[0]], [1]), ([[0]], [0.5])),
}  # fmt: skip
# A receiver and what comes after it, for methods and functions that accept none of the general arguments.
_V, _M, _B, _I = torch.ones(4), torch.ones(3, 4), torch.ones(2, 3, 4), torch.tensor([0])
SPECIAL: dict[str, tuple[torch.Tensor, tuple[Any, ...]]] = {
    "addbmm": (torch.ones(3, 3), (_B, _B.mT)), "baddbmm": (torch.ones(2, 3, 3), (_B, _B.mT)), "bmm": (_B, (_B.mT,)),
    "addmv": (torch.ones(3), (_M, _V)), "addr": (_M, (torch.ones(3), _V)), "mv": (_M, (_V,)), "apply_": (_V, (abs,)),
    "map_": (_V, (torch.ones(4), min)), "map2_": (_V, (torch.ones(4), torch.ones(4), lambda a, _b, _c: a)),
    "as_strided_scatter": (_V, (torch.ones(2), (2,), (1,))), "diagonal_scatter": (_M, (torch.ones(3),)),
    "select_scatter": (_M, (_V, 0, 0)), "index_reduce": (_M, (0, _I, _M[:1], "amax")), "as_subclass": (_M, (torch.Tensor,)),
    "scatter_reduce": (_V, (0, _I, torch.ones(1), "sum")), "nonzero_static": (_V, ()), "vdot": (_V, (torch.ones(4),)),
    "orgqr": (torch.eye(3), (torch.ones(3),)), "ormqr": (torch.eye(3), (torch.ones(3), torch.eye(3))),
    "householder_product": (torch.eye(3), (torch.ones(3),)), "chain_matmul": (_M, (_M.t(),)),
    "bilinear": (_M, (_M, torch.ones(2, 4, 4))), "linear": (_M, (_M,)), "conv1d": (_B, (torch.ones(5, 3, 1),)),
    "conv2d": (torch.ones(1, 3, 4, 4), (torch.ones(5, 3, 1, 1),)), "conv3d": (torch.ones(1, 3, 4, 4, 4), (torch.ones(5, 3, 1, 1, 1),)),
    "conv_tbc": (_B, (torch.ones(1, 4, 5), torch.ones(5))), "conv_transpose1d": (_B, (torch.ones(3, 5, 1),)),
    "conv_transpose2d": (torch.ones(1, 3, 4, 4), (torch.ones(3, 5, 1, 1),)),
    "conv_transpose3d": (torch.ones(1, 3, 4, 4, 4), (torch.ones(3, 5, 1, 1, 1),)),
    "scaled_dot_product_attention": (_B, (_B, _B)), "layer_norm": (_B, ((4,),)), "rms_norm": (_B, ((4,),)),
    "group_norm": (_B, (3,)), "batch_norm": (_B, (torch.zeros(3), torch.ones(3))), "instance_norm": (_B, ()),
}  # fmt: skip
# Functions of these modules are called; the others of torch may save, load, seed or compile.
WITH_UNCALLED = ("torch.nn.", "torch.utils.", "torch.autograd.")  # packages of which uncalled functions are listed too
CALLED = ("torch", "torch.fft", "torch.linalg", "torch.nn.functional", "torch.nn.init", "torch.special")


def _receivers(*, dtypes: bool) -> tuple[Make, ...]:
    """Parameters of each rank, layout and dtype class, then tensors that carry no gradient; `dtypes` gives every dtype."""
    well = torch.eye(3) * 4 + torch.arange(9.0).reshape(3, 3) / 9
    shapes = ((3, 4), (5,), (2, 3, 4), (), (1, 2, 4, 4))
    parameters = [torch.linspace(0.1, 0.9, math.prod(shape)).reshape(shape) for shape in shapes]
    parameters += [well, well.to(torch.complex64), torch.linspace(0.1, 0.9, 12).reshape(4, 3).t(), parameters[0].double()]
    if dtypes:
        parameters += [parameters[1].to(dtype) for dtype in (torch.half, torch.bfloat16, torch.cdouble, torch.chalf)]
    plain = [torch.arange(12).reshape(3, 4) % 2, torch.arange(12).reshape(3, 4) % 2 == 0, torch.arange(5)]
    plain += [] if not dtypes else [torch.arange(5).to(dtype) for dtype in (torch.int8, torch.uint8, torch.int16, torch.int32)]
    lazy = [lambda: well.to(torch.complex64).conj(), lambda: well.to(torch.complex64).conj().imag]
    return tuple(
        [lambda data=data: nn.Parameter(data.clone()) for data in parameters]  # type: ignore[misc]  # default binds early
        + [lambda data=data: data.clone() for data in plain]  # type: ignore[misc]
        + lazy
    )


def _arguments(receiver: torch.Tensor) -> Iterator[tuple[Any, ...]]:
    """What to try after the receiver."""
    other = receiver.detach().clone()
    shape = tuple(receiver.shape)
    mask = torch.zeros(shape, dtype=torch.bool)
    index = torch.zeros(shape, dtype=torch.int64)
    first = torch.tensor([0])
    yield from ((), (0,), (1,), (-1,), (2,), (0.5,), (0, 1), (1, 0), (0.1, 0.9), (shape,), shape, (tuple(reversed(range(len(shape)))),))
    yield from ((other,), (index,), (mask,), (other, other), (other, 0.5), (mask, 0.5), (mask, other), (0.5, False), (0.5, True))
    yield from ((0, first), (0, index), (0, first, other[:1] if shape else other), (0, index, other), (0, index, 0.5))
    yield from ((0, first, 0.5), (0, 0, 1), (0, 0), (0, 1, 1), (0, (1, *shape[:1])), (torch.float64,), (torch.int64,))
    yield from (((1, 1),), ((0, 1), (1, 0)), (shape, (1,) * len(shape)), ([first],), (first, other[:1] if shape else other))
    yield from ((other, other, other), (2, 2), (0.5, 0.5), (2, 0, 1), ("ij->ji",), ((first,), other[:1] if shape else other))


@dataclass(frozen=True)
class Outcome:
    """What one call did: a relation code, the dtype classes before and after, whether the gradient is cut."""

    relation: str
    before: str
    after: str
    detached: bool
    several: bool
    graded: bool = False


def outcomes(operation: Operation, name: str, receivers: tuple[Make, ...], *, writes: bool) -> set[Outcome]:
    """What an operation does over all receivers and arguments that it accepts.

    A call that writes into its receiver counts only if `writes`: otherwise it was asked to by an argument.
    """
    found: set[Outcome] = set()
    for make in receivers:
        for arguments in list(_arguments(make())):
            outcome = _outcome(operation, make, arguments)
            if outcome is not None and (outcome.relation != "I" or writes):
                found.add(outcome)
    special = SPECIAL.get(name.rpartition(".")[2], SPECIAL.get(name.rpartition(".")[2].removesuffix("_")))
    if special is not None:
        outcome = _outcome(operation, lambda: nn.Parameter(special[0].clone()), special[1])
        found |= set() if outcome is None else {outcome}
    return found


def _outcome(operation: Operation, make: Make, arguments: tuple[Any, ...]) -> Outcome | None:
    """Call on a fresh receiver; where a leaf that requires gradients is refused, on one that does not."""
    receiver = make()
    refused = False
    try:
        return _compared(operation(receiver, *arguments), receiver)
    except Exception:  # noqa: BLE001  # whatever an operation raises, it does not accept these arguments
        refused = receiver.requires_grad
    if not refused:
        return None
    receiver = make().detach().clone()
    version = receiver._version
    try:
        result = operation(receiver, *arguments)
    except Exception:  # noqa: BLE001  # as above
        return None
    wrote = result is receiver or receiver._version != version
    return Outcome("I", "f", "f", detached=False, several=False) if wrote and isinstance(result, torch.Tensor) else None


def _compared(result: object, receiver: torch.Tensor) -> Outcome | None:
    several = isinstance(result, tuple | list)
    tensors = [item for item in result if isinstance(item, torch.Tensor)] if isinstance(result, tuple | list) else [result]
    if not tensors or not isinstance(tensors[0], torch.Tensor):
        return Outcome("O", "", "", detached=False, several=False)
    detached = not any(tensor.requires_grad for tensor in tensors if isinstance(tensor, torch.Tensor))
    first = tensors[0]
    before, after = (dtype_class(tensor.dtype) for tensor in (receiver, first))
    relation = _relation(first, receiver)
    return Outcome(relation, before, after, detached, several, receiver.requires_grad)


def _relation(result: torch.Tensor, receiver: torch.Tensor) -> str:
    if result is receiver:
        return "I" if receiver._version else "S"
    try:
        shares = result.untyped_storage().data_ptr() == receiver.untyped_storage().data_ptr() != 0
    except (NotImplementedError, RuntimeError):  # sparse and opaque results have no storage
        return "C"
    if not shares:
        return "C"
    if receiver.requires_grad and not result.requires_grad and dtype_class(result.dtype) == "f":
        return "D"
    layout, old = list(zip(result.shape, result.stride(), strict=True)), list(zip(receiver.shape, receiver.stride(), strict=True))
    return "T" if layout != old and sorted(layout) == sorted(old) else "V"


def dtype_class(dtype: torch.dtype) -> str:
    """The letter of a dtype class: `f` for those that can carry a gradient, `i` for the others."""
    return "f" if dtype.is_floating_point or dtype.is_complex else "i"


def code(found: set[Outcome]) -> str:
    """The code of the data file for what was seen."""
    tensors = {outcome for outcome in found if outcome.relation != "O"}
    if not tensors:
        return "O"
    seen = {outcome.relation for outcome in tensors}
    if "I" in seen:
        return "I"
    relation = _joined(seen, {outcome.relation for outcome in tensors if outcome.graded})
    graded = [outcome for outcome in tensors if outcome.graded]
    judged = [outcome for outcome in graded if outcome.after == "f"] or graded
    detached = bool(judged) and all(outcome.detached for outcome in judged)
    several = all(outcome.several for outcome in tensors)
    return relation + _dtype(tensors) + ("d" if detached else "") + ("s" if several else "")


def _joined(seen: set[str], graded: set[str]) -> str:
    """One code for relations that were seen together; only those that carry gradients can tell a view from a detached one."""
    if "T" in seen:  # `adjoint` of a scalar is the scalar itself
        return "T"
    if "S" in seen:
        return "S" if seen == {"S"} else "N"
    if "D" in graded and "V" not in graded:
        return "D"
    return next(letter for letter in "VDC" if letter in seen)


def _dtype(found: set[Outcome]) -> str:
    of_floats = {outcome.after for outcome in found if outcome.before == "f"}
    of_integers = {outcome.after for outcome in found if outcome.before == "i"}
    if of_floats == {"f", "i"}:
        return "a"
    if of_floats == {"i"}:
        return "i"
    return "f" if of_floats == of_integers == {"f"} else ""


def stored_methods() -> dict[str, str]:
    """The code of every public method and property of `torch.Tensor`."""
    stored: dict[str, str] = {}
    receivers = _receivers(dtypes=True)
    for name in sorted(name for name in dir(torch.Tensor) if not name.startswith("_")):
        if name in DEVICE_MOVES:
            stored[name] = "N"
        elif name in NOT_CALLED:
            stored[name] = "O"
        elif callable(getattr(torch.Tensor, name)):
            operation = _method(name)
            stored[name] = code(outcomes(operation, name, receivers, writes=name.endswith("_")))
        else:
            stored[name] = code(_property(name, receivers))
    return stored


def _method(name: str) -> Operation:
    return lambda receiver, *arguments: getattr(receiver, name)(*arguments)


def _property(name: str, receivers: tuple[Make, ...]) -> set[Outcome]:
    found: set[Outcome] = set()
    for make in receivers:
        receiver = make()
        if receiver.requires_grad:
            receiver.grad = torch.ones_like(receiver)
        try:
            outcome = _compared(getattr(receiver, name), receiver)
        except (RuntimeError, AttributeError, NotImplementedError):
            continue
        if outcome is not None:
            found.add(outcome)
    return found


def stored_functions(objects: Mapping[str, object]) -> dict[str, Any]:
    """The code, and where torch tells them the arguments, of every public function that concerns tensors or modules."""
    stored: dict[str, Any] = {}
    receivers = _receivers(dtypes=False)
    overridable = torch.overrides.get_testing_overrides()
    objects = {**objects, "torch.autograd.Variable": _variable}
    for name, value in objects.items():
        if isinstance(value, type) or not callable(value):
            continue
        found = _function(name, value, receivers, is_overridable=value in overridable)
        arguments = stored_signature(value)
        if arguments is None and value in overridable:
            arguments = stored_signature(overridable[value])
        if found != "O" or name.startswith(WITH_UNCALLED):
            stored[name] = found if arguments is None else [found, arguments]
    return stored


def _variable(data: Any, requires_grad: bool = False) -> Any:  # noqa: FBT001, FBT002  # the signature of a class of old
    return torch.autograd.Variable(data, requires_grad)


def _function(name: str, function: Operation, receivers: tuple[Make, ...], *, is_overridable: bool) -> str:
    parent, _, last = name.rpartition(".")
    if name in FACTORIES or (parent == "torch" and last.endswith("_like")):
        return _factory(name, function, receivers)
    known = is_overridable or last.endswith("_") or last in dir(torch.Tensor)
    if name in UNDECIDED or not (name == "torch.autograd.Variable" or parent in CALLED[1:] or (parent == "torch" and known)):
        return "O"
    writes = last.endswith("_") or parent == "torch.nn.init"
    found = code(outcomes(REORDERED.get(name, function), name, receivers, writes=writes))
    return found if found != "O" else code(outcomes(_of_list(function), name, receivers, writes=writes))


def _of_list(function: Operation) -> Operation:
    return lambda receiver, *arguments: function([receiver, receiver.detach().clone()], *arguments)


def _factory(name: str, function: Operation, receivers: tuple[Make, ...]) -> str:
    """`F`, then how the result relates to a tensor that is given, then the class of dtype."""
    given = code(outcomes(function, name, receivers, writes=False))
    made = {dtype_class(function(*arguments).dtype) for arguments in FACTORIES.get(name, ())}
    letter = made.pop() if len(made) == 1 else "a"
    of_tensor = given[0] if given[0] != "O" else ""
    return "F" + of_tensor + letter + ("d" if of_tensor and "d" in given[1:] else "")
