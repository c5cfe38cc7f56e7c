"""safetensors, which refuses names over common memory, or drops them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from torch import nn

from torchtielint.runtime.operations.base import Inapplicable, Trial, on_group, on_model
from torchtielint.runtime.relations import judge, tensor_names
from torchtielint.runtime.report import Survival, TieGroup


@on_group("safetensors_save_file")
def save_file(trial: Trial, group: TieGroup) -> Survival:
    """Write the names' part of the state dict, and load it into a new instance."""
    library = _library()
    model, fresh = trial.scratch, trial.fresh()
    state = model.state_dict()
    part = {name: state[name] for name in tensor_names(model, group) if name in state}
    if not part:
        raise Inapplicable("the state dict has none of the names")
    path = trial.directory / "part.safetensors"
    library.save_file(part, path)
    fresh.load_state_dict(library.load_file(path), strict=False)
    return judge(group, trial.before[group.names], fresh)


@on_model("safetensors_save_model")
def save_model(trial: Trial) -> nn.Module:
    """Write the model with one of the names, and load it into a new instance."""
    library = _library()
    path: Path = trial.directory / "model.safetensors"
    fresh = trial.fresh()
    library.save_model(trial.copy(), str(path))
    library.load_model(fresh, path)
    return fresh


def _library() -> ModuleType:
    try:
        import safetensors.torch as library  # a library that the checked project may not have
    except ImportError as error:
        raise Inapplicable("safetensors is not installed") from error
    return library
