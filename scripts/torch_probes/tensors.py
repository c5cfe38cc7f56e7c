"""What tensor methods and functions return, found by calling them on probe tensors and looking at the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from torch_probes.operands import FACTORIES, Arguments, Make, Receiver, receivers, special
from torch_probes.signatures import operator_signature, stored_signature

Operation = Callable[..., Any]

# Where only another device or a special allocator would show that nothing changes; source: the docstrings.
DEVICE_MOVES = {"cpu", "cuda", "xpu", "ipu", "mtia", "npu", "hpu", "pin_memory"}
# First-class dimensions of functorch: never returns when it is given numbers.
NOT_CALLED = {"index"}
# Their first argument is no tensor whose values go into the result.
REORDERED: dict[str, Operation] = {"torch.where": lambda receiver, *_: torch.where(receiver == 0, receiver, 0)}
# The equation decides whether `einsum` gives a view.
UNDECIDED = {"torch.einsum"}
# Functions of these modules are called; the others of torch may save, load, seed or compile.
CALLED = ("torch.fft", "torch.linalg", "torch.nn.functional", "torch.nn.init", "torch.special")
# Functions of these packages are listed even where they are not called.
LISTED = ("torch.nn.", "torch.utils.", "torch.autograd.")
# After so many receivers, of different ranks, that arguments did not fit, they will fit none.
ENOUGH_MISFITS = 3


@dataclass(frozen=True)
class Outcome:
    """What one call did: a relation code, the dtype classes before and after, whether the gradient is cut."""

    relation: str
    before: str
    after: str
    detached: bool
    several: bool
    graded: bool = False


def outcomes(operation: Operation, name: str, among: tuple[Receiver, ...], *, writes: bool) -> set[Outcome]:
    """What an operation does over all receivers and arguments that it accepts.

    A call that writes into its receiver counts only if `writes`: otherwise it was asked to by an argument.
    """
    own = special(name)
    misfits: Counter[int] = Counter()
    found: set[Outcome] = set()
    for receiver in (*among, *([own] if own else [])):
        for place, arguments in enumerate(receiver.arguments):
            if misfits[place] >= ENOUGH_MISFITS and receiver is not own:
                continue
            try:
                outcome = _outcome(operation, receiver.make, arguments, writes=writes)
            except TypeError:
                misfits[place] += 1
                continue
            if outcome is not None and (outcome.relation != "I" or writes):
                found.add(outcome)
    return found


def _outcome(operation: Operation, make: Make, arguments: Arguments, *, writes: bool) -> Outcome | None:
    """Call on a fresh receiver; where a leaf that requires gradients is refused, on one that does not.

    Raises:
        TypeError: The signature does not fit.
    """
    receiver = make()
    try:
        return _compared(operation(receiver, *arguments), receiver)
    except TypeError:
        raise
    except Exception:  # whatever an operation raises, it does not accept these arguments
        if not writes or not receiver.requires_grad:
            return None
    receiver = make().detach().clone()
    version = receiver._version
    try:
        result = operation(receiver, *arguments)
    except Exception:  # as above
        return None
    wrote = result is receiver or receiver._version != version
    return Outcome("I", "f", "f", detached=False, several=False) if wrote and isinstance(result, torch.Tensor) else None


def _compared(result: object, receiver: torch.Tensor) -> Outcome | None:
    several = isinstance(result, tuple | list)
    tensors = (
        [item for item in result if isinstance(item, torch.Tensor)] if isinstance(result, tuple | list) else [result]
    )
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
    layout, old = (
        list(zip(result.shape, result.stride(), strict=True)),
        list(zip(receiver.shape, receiver.stride(), strict=True)),
    )
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
    """One code for relations that were seen together; only with gradients is a view told from a detached one."""
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
    among = receivers(dtypes=True)
    for name in sorted(name for name in dir(torch.Tensor) if not name.startswith("_")):
        if name in DEVICE_MOVES:
            stored[name] = "N"
        elif name in NOT_CALLED:
            stored[name] = "O"
        elif callable(getattr(torch.Tensor, name)):
            operation = _method(name)
            stored[name] = code(outcomes(operation, name, among, writes=name.endswith("_")))
        else:
            stored[name] = code(_property(name, among))
    return stored


def _method(name: str) -> Operation:
    return lambda receiver, *arguments: getattr(receiver, name)(*arguments)


def _property(name: str, among: tuple[Receiver, ...]) -> set[Outcome]:
    found: set[Outcome] = set()
    for each in among:
        receiver = each.make()
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
    among = receivers(dtypes=False)
    overridable = torch.overrides.get_testing_overrides()
    objects = {**objects, "torch.autograd.Variable": _variable}
    for name, value in objects.items():
        if isinstance(value, type) or not callable(value):
            continue
        found = _function(name, value, among, is_overridable=value in overridable)
        arguments = stored_signature(value) or operator_signature(name)
        if found != "O" or name.startswith(LISTED):
            stored[name] = found if arguments is None else [found, arguments]
    return stored


def _variable(data: torch.Tensor) -> torch.Tensor:
    """The class of old, which gives a Tensor; without `requires_grad`, as it is mostly called."""
    return torch.autograd.Variable(data)


def _function(name: str, function: Operation, among: tuple[Receiver, ...], *, is_overridable: bool) -> str:
    parent, _, last = name.rpartition(".")
    if name in FACTORIES or (parent == "torch" and last.endswith("_like")):
        return _factory(name, function, among)
    known = is_overridable or last.endswith("_") or last in dir(torch.Tensor)
    if name in UNDECIDED or not (
        name == "torch.autograd.Variable" or parent in CALLED or (parent == "torch" and known)
    ):
        return "O"
    writes = last.endswith("_") or parent == "torch.nn.init"
    found = code(outcomes(REORDERED.get(name, function), name, among, writes=writes))
    return found if found != "O" else code(outcomes(_of_list(function), name, among, writes=writes))


def _of_list(function: Operation) -> Operation:
    return lambda receiver, *arguments: function([receiver, receiver.detach().clone()], *arguments)


def _converting(function: Operation) -> Operation:
    return lambda receiver: function(receiver, dtype=torch.complex128)


def _factory(name: str, function: Operation, among: tuple[Receiver, ...]) -> str:
    """`F`, then how the result relates to a tensor that is given, then the class of dtype."""
    given = code(
        outcomes(function, name, among, writes=False) | outcomes(_converting(function), name, among, writes=False)
    )
    made = {dtype_class(function(*arguments).dtype) for arguments in FACTORIES.get(name, ())}
    letter = made.pop() if len(made) == 1 else "a"
    of_tensor = given[0] if given[0] != "O" else ""
    return "F" + of_tensor + letter + ("d" if of_tensor and "d" in given[1:] else "")
