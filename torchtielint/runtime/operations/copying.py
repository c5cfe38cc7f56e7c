"""Copies of a whole model."""

from __future__ import annotations

import copy
import pickle

from torch import nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from torchtielint.runtime.faithful import answers_itself, held_tensors
from torchtielint.runtime.operations.base import Inapplicable, Trial, on_model


@on_model("deepcopy")
def deepcopy(trial: Trial) -> nn.Module:
    """Copy the model as its users do."""
    return copy.deepcopy(trial.copy())


@on_model("pickle")
def pickled(trial: Trial) -> nn.Module:
    """Send the model through pickle."""
    loaded: nn.Module = pickle.loads(pickle.dumps(trial.copy()))  # noqa: S301  # what the line itself has written
    return loaded


@on_model("share_memory")
def share_memory(trial: Trial) -> nn.Module:
    """Move the storages to shared memory; torch crashes on a tensor that has none, as that of a wrapper subclass."""
    kinds = {type(tensor) for tensor in held_tensors(trial.scratch)} - {UninitializedParameter, UninitializedBuffer}
    if wrappers := sorted(kind.__name__ for kind in kinds if answers_itself(kind)):
        raise Inapplicable(f"tensors of {', '.join(wrappers)} may have no memory of their own")
    return trial.copy().share_memory()
