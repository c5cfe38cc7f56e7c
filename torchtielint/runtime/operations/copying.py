"""Copies of a whole model."""

from __future__ import annotations

import copy
import pickle

from torch import nn

from torchtielint.runtime.operations.base import Trial, on_model


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
    """Move the storages to shared memory."""
    return trial.copy().share_memory()
