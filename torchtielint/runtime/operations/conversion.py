"""Conversions of dtype and device, and the flags of `torch.__future__` that change how they are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from torchtielint.runtime.faithful import held_tensors
from torchtielint.runtime.operations.base import Inapplicable, Trial, on_model


@on_model("to_dtype")
def to_dtype(trial: Trial) -> nn.Module:
    """Convert to a dtype that the model does not have."""
    return converted(trial.copy())


@on_model("to_meta")
def to_meta(trial: Trial) -> nn.Module:
    """Move to the meta device, as to any device whose tensors are of another implementation (XLA)."""
    return trial.copy().to("meta")


@on_model("meta_to_empty")
def meta_to_empty(trial: Trial) -> nn.Module:
    """Give a model that was built on meta memory of its own."""
    return trial.on_meta().to_empty(device="cpu")


@on_model("overwrite_module_params_on_conversion")
def overwrite_module_params(trial: Trial) -> nn.Module:
    """Convert with new Parameters in the place of new data."""
    with _flag("overwrite_module_params_on_conversion"):
        return converted(trial.copy())


@on_model("swap_module_params_on_conversion")
def swap_module_params(trial: Trial) -> nn.Module:
    """Convert with contents that are swapped into the old Parameters."""
    with _flag("swap_module_params_on_conversion"):
        return converted(trial.copy())


def converted(model: nn.Module) -> nn.Module:
    """Return the model in a floating dtype that none of its tensors has, if there is one."""
    present = {tensor.dtype for tensor in held_tensors(model)}
    if not any(dtype.is_floating_point or dtype.is_complex for dtype in present):
        raise Inapplicable("nothing in the model is of a floating dtype")
    choice = (torch.float64, torch.float32, torch.bfloat16, torch.float16)
    return model.to(next((dtype for dtype in choice if dtype not in present), torch.float64))


@contextmanager
def _flag(name: str) -> Iterator[None]:
    """Set a flag of `torch.__future__` for a while."""
    read: Callable[[], bool] | None = getattr(torch.__future__, f"get_{name}", None)
    write: Callable[[bool], None] | None = getattr(torch.__future__, f"set_{name}", None)
    if read is None or write is None:
        raise Inapplicable(f"torch {torch.__version__} has no such flag")
    old = read()
    write(True)
    try:
        yield
    finally:
        write(old)
