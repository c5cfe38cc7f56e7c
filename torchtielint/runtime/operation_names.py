"""The operations that a tie can be put through: names and descriptions, read without torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OperationName:
    """An operation as the command line and the documentation know it.

    Args:
        name: what selects it, and its key in a report.
        description: what is done, in one line.
        quick: it is tried where nothing else is asked for.
    """

    name: str
    description: str
    quick: bool = False


_TABLE = (
    OperationName("deepcopy", "`copy.deepcopy(model)`", quick=True),
    OperationName("pickle", "`pickle.dumps` and `pickle.loads` of the model", quick=True),
    OperationName("share_memory", "`model.share_memory()`"),
    OperationName("state_dict_round_trip", "`state_dict()` loaded into a fresh instance", quick=True),
    OperationName("load_assign", "`load_state_dict(assign=True)` of a saved state dict into a fresh one", quick=True),
    OperationName("load_missing_name", "a checkpoint without the last of the names, loaded with `strict=False`"),
    OperationName("save_load_model", "`torch.save(model)` and `torch.load(weights_only=False)`"),
    OperationName("to_dtype", "`model.to(dtype)` with another dtype", quick=True),
    OperationName("to_meta", '`model.to("meta")`', quick=True),
    OperationName("meta_to_empty", 'a model on meta, `to_empty(device="cpu")`', quick=True),
    OperationName(
        "overwrite_module_params_on_conversion",
        "`model.to(dtype)` with `torch.__future__.set_overwrite_module_params_on_conversion(True)`",
    ),
    OperationName(
        "swap_module_params_on_conversion",
        "`model.to(dtype)` with `torch.__future__.set_swap_module_params_on_conversion(True)`",
    ),
    OperationName("sgd_step", "a step of `SGD` with weight decay: is the tie stepped once?", quick=True),
    OperationName("adam_step", "a step of `Adam` with weight decay: is the tie stepped once?", quick=True),
    OperationName("grad_norm", "`clip_grad_norm_`: is the gradient counted once?"),
    OperationName("weight_norm", "`nn.utils.parametrizations.weight_norm` on the last of the names"),
    OperationName("remove_weight_norm", "the same, and `remove_parametrizations`"),
    OperationName("legacy_weight_norm", "`nn.utils.weight_norm` on the last of the names"),
    OperationName("remove_legacy_weight_norm", "the same, and `nn.utils.remove_weight_norm`"),
    OperationName("spectral_norm", "`nn.utils.parametrizations.spectral_norm` on the last of the names"),
    OperationName("remove_spectral_norm", "the same, and `remove_parametrizations`"),
    OperationName("prune", "`nn.utils.prune.l1_unstructured` of half the elements of the last of the names"),
    OperationName("remove_prune", "the same, and `prune.remove`"),
    OperationName("functional_call", "`torch.func.functional_call` with a new tensor for the first name only"),
    OperationName("compile", '`torch.compile(backend="eager")` of a module that reads the names'),
    OperationName("export", "`torch.export.export` of a module that reads the names"),
    OperationName("fx", "`torch.fx.symbolic_trace(model)`"),
    OperationName("safetensors_save_file", "`safetensors.torch.save_file` of the state dict, and back", quick=True),
    OperationName("safetensors_save_model", "`safetensors.torch.save_model`, and `load_model` back", quick=True),
)

OPERATIONS: dict[str, OperationName] = {operation.name: operation for operation in _TABLE}
"""Every operation by its name, in the order of reports."""

FULL: tuple[str, ...] = tuple(OPERATIONS)
QUICK: tuple[str, ...] = tuple(operation.name for operation in _TABLE if operation.quick)

_SETS = {"full": FULL, "quick": QUICK, "none": ()}


def selected(selection: str | Iterable[str]) -> tuple[str, ...]:
    """Return the operations that a selection names, in the order of reports.

    Args:
        selection: `quick`, `full`, `none`, names with commas between them, or an iterable of names.

    Raises:
        ValueError: no operation has such a name; the message lists those that there are.
    """
    if isinstance(selection, str) and selection in _SETS:
        return _SETS[selection]
    asked = selection.split(",") if isinstance(selection, str) else list(selection)
    names = {name.strip() for name in asked} - {""}
    if unknown := sorted(names - OPERATIONS.keys()):
        raise ValueError(f"no such operation: {', '.join(unknown)}; there are: {', '.join(OPERATIONS)}")
    return tuple(name for name in OPERATIONS if name in names)
