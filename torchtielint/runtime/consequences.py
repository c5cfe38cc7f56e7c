"""What each kind of tie means for training, in one line for a reader.

Every claim is executed by `tests/test_consequences.py`.
"""

from __future__ import annotations

from torchtielint.kinds import TieKind
from torchtielint.runtime.report import TieGroup

_CUT = "`.to(dtype)` gives each memory of its own"


def consequence(group: TieGroup) -> str:
    """Say how many gradients and optimizer steps the names of a group get, and how often they are counted."""
    match group.kind:
        case TieKind.SAME_MODULE:
            return (
                "one module: each of its parameters has one gradient and one optimizer step, and is counted once; "
                "its buffers and hooks are one too"
            )
        case TieKind.SAME_PARAMETER:
            return _one_tensor(group)
        case TieKind.SAME_STORAGE:
            return f"{_tensors(group)} over the same bytes: {_training(group)}; equal until {_CUT}"
        case TieKind.OVERLAPPING:
            return f"{_tensors(group)} with bytes in common: {_training(group)}; linked until {_CUT}"
        case TieKind.ADJACENT:
            return "one storage, no common byte: nothing is shared, and `torch.save` of one of them writes them all"
        case TieKind.EQUAL_VALUES:
            return "equal today, in memory of their own: nothing is shared, and a step on one leaves the others behind"


def remedy(group: TieGroup) -> str:
    """Say what to do about names that look like one parameter and are several; empty where nothing is to be done."""
    one, other = spelled(group.names[0]), spelled(group.other or group.names[-1])
    if not group.kind.is_false:
        return ""
    if group.kind is TieKind.OVERLAPPING:
        return f"keep one Parameter and take views of `{one}` in `forward`; or give each memory of its own: `.clone()`"
    if group.buffers:
        return f"keep one buffer and read `{one}` where `{other}` is read, or give it memory of its own: `.clone()`"
    return f"make it one Parameter: `{other} = {one}`; or give it memory of its own: `.clone()`"


def spelled(name: str) -> str:
    """Return how code spells a name of the model: `layers.0.weight` is `model.layers[0].weight`."""
    parts = (f"[{part}]" if part.isdecimal() else f".{part}" for part in name.split("."))
    return "model" + "".join(parts)


def _one_tensor(group: TieGroup) -> str:
    if group.buffers:
        return (
            "one buffer: no gradient and no optimizer step; a conversion such as `.to(dtype)` gives each name a buffer "
            "of its own"
        )
    if not group.trained:
        return "one Parameter, frozen: no gradient and no optimizer step; counted once"
    return "one Parameter: one gradient, one optimizer step, counted once"


def _tensors(group: TieGroup) -> str:
    """How many Parameters and buffers there are."""
    buffers = group.tensors - group.parameters
    said = [_number(group.parameters, "Parameter")] if group.parameters else []
    return " and ".join([*said, _number(buffers, "buffer")] if buffers else said)


def _training(group: TieGroup) -> str:
    """What gradients and steps there are, and what they do."""
    if not group.trained:
        return "no gradient and no optimizer step" + (
            f", counted {_times(group.parameters)}" if group.parameters else ""
        )
    steps = f"{_number(group.trained, 'gradient')}, stepped {_times(group.trained)}"
    return f"{steps}, counted {_times(group.parameters)}, and a step on one changes what the others read"


def _number(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")
