"""State dicts and checkpoints that `torch.save` writes."""

from __future__ import annotations

import io

import torch
from torch import nn

from torchtielint.runtime.operations.base import Inapplicable, Trial, on_group, on_model
from torchtielint.runtime.relations import judge, tensor_names
from torchtielint.runtime.report import Outcome, Survival, TieGroup


@on_model("state_dict_round_trip")
def state_dict_round_trip(trial: Trial) -> nn.Module:
    """Load the values into a new instance."""
    fresh = trial.fresh()
    fresh.load_state_dict(trial.copy().state_dict())
    return fresh


@on_model("load_assign")
def load_assign(trial: Trial) -> nn.Module:
    """Let a new instance take over the tensors of what was saved."""
    fresh = trial.fresh()
    fresh.load_state_dict(saved(trial.copy()), assign=True)
    return fresh


@on_model("save_load_model")
def save_load_model(trial: Trial) -> nn.Module:
    """Save and load the model itself."""
    file = io.BytesIO()
    torch.save(trial.copy(), file)
    file.seek(0)
    loaded: nn.Module = torch.load(file, weights_only=False)
    return loaded


@on_group("load_missing_name")
def load_missing_name(trial: Trial, group: TieGroup) -> Survival:
    """Load a checkpoint that lacks the last of the names: as deduplicating writers make it."""
    model, fresh = trial.copy(), trial.fresh()
    checkpoint = saved(model)
    last = [name for name in tensor_names(model, group) if name in checkpoint and _is_below(name, group.names[-1])]
    if not last or len(last) == len(checkpoint):
        raise Inapplicable(f"the state dict does not have `{group.names[-1]}`")
    for name in last:
        del checkpoint[name]
    refused = fresh.load_state_dict(checkpoint, strict=False).missing_keys
    refusal = f"without `strict=False` it raises: {', '.join(refused)} missing" if refused else ""
    found = judge(group, trial.before[group.names], fresh)
    if found.outcome is Outcome.BROKEN:
        return Survival(Outcome.BROKEN, f"`{group.names[-1]}` keeps its old values, and {found.reason}")
    return Survival(found.outcome, "; ".join(part for part in (found.reason, refusal) if part))


def saved(model: nn.Module) -> dict[str, object]:
    """Return the state dict as it comes back from a file."""
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    loaded: dict[str, object] = torch.load(file, weights_only=False)
    return loaded


def _is_below(name: str, of: str) -> bool:
    return name == of or name.startswith(f"{of}.")
