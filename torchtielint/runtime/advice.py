"""The remedy where something undoes a tie, in words; it reads a report, and needs no torch."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.runtime.consequences import remedy, spelled
from torchtielint.runtime.report import Outcome, TieGroup

_LOST = (Outcome.DEMOTED, Outcome.BROKEN)
_CONVERSIONS = {
    "to_dtype": "`.to(dtype)`",
    "to_meta": '`.to("meta")`',
    "meta_to_empty": "`to_empty()`",
    "overwrite_module_params_on_conversion": "a conversion that overwrites Parameters",
}
_SWAP = "`torch.__future__.set_swap_module_params_on_conversion(True)`"


def advice(group: TieGroup) -> tuple[str, ...]:
    """Return what to do about the operations that undo a tie, the most general remedy first.

    Empty where nothing that was tried undoes it.
    """
    undone = {name for name, found in group.survival.items() if found.outcome in _LOST}
    refused = {name for name, found in group.survival.items() if found.outcome is Outcome.ERROR}
    general = [remedy(group)] if group.kind.is_false and undone else _for_true_ties(group, undone)
    return (*general, *_for_all_ties(group, undone, refused))


def _for_true_ties(group: TieGroup, undone: set[str]) -> Iterator[str]:
    again = _again(group)
    then = again if group.buffers else f"{again}, and build the optimizer after that"
    if "load_assign" in undone:
        yield f"after `load_state_dict(assign=True)` tie again, {then}"
    if converted := [what for name, what in _CONVERSIONS.items() if name in undone]:
        yield f"after {' or '.join(converted)} tie again, {then}"
        if not group.buffers and undone & {"to_meta", "meta_to_empty"}:
            yield f"or convert with {_SWAP}, which keeps the Parameters"
    if undone & {"weight_norm", "legacy_weight_norm"}:
        yield "where it is to be weight-normed, share the module instead of its weight: one module under both names"
    if undone & {"remove_weight_norm", "remove_legacy_weight_norm"}:
        yield f"after the removal of `weight_norm` tie again, {again}"


def _for_all_ties(group: TieGroup, undone: set[str], refused: set[str]) -> Iterator[str]:
    if undone & {"state_dict_round_trip", "load_missing_name"}:
        yield "tie in the constructor: an instance that is loaded into has the ties that its constructor makes"
    if "functional_call" in undone:
        yield "give `functional_call` the new tensor under each of the names"
    if "pickle" in undone and _is_kept(group, "save_load_model"):
        yield "`torch.save` keeps what `pickle` separates"
    if "safetensors_save_file" in refused and _is_kept(group, "safetensors_save_model"):
        yield "write it with `safetensors.torch.save_model`, which keeps one name, and read it with `load_model`"
    if "deepcopy" in refused and "graph leaves" in group.survival["deepcopy"].reason:
        yield (
            "use `nn.utils.parametrizations.weight_norm` in place of `nn.utils.weight_norm`, or copy after a forward "
            "under `torch.no_grad()`: a tensor that a graph computed cannot be copied"
        )


def _again(group: TieGroup) -> str:
    one, *others = group.names
    assignments = " = ".join(spelled(name) for name in [*reversed(others), one])
    again = f"`{assignments}`" if len(others) <= 2 else f"each of the {len(group.names)} names"
    return again if group.buffers else f"{again} (a transformers model: `model.tie_weights()`)"


def _is_kept(group: TieGroup, operation: str) -> bool:
    """Whether an operation that was tried keeps the tie."""
    found = group.survival.get(operation)
    return found is not None and found.outcome is Outcome.KEPT
