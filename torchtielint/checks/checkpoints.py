"""6xx: state dicts that are put aside, loaded and saved."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import calls
from torchtielint.semantics.facts.checkpoints import LiveSnapshot, SelfLoad, SharedSave, TargetIsOnline, Use

_USES = {
    Use.LOADED: "loading it restores the last weights, not these",
    Use.RETURNED: "what is returned are the last weights, not these",
    Use.SAVED: "what is saved are the last weights, not these",
}


@rule("TTL605", "live-state-dict-snapshot", on=LiveSnapshot, severity=Severity.ERROR)
def live_state_dict_snapshot(fact: LiveSnapshot) -> Iterator[Report]:
    """A state dict is put aside without a copy, and training goes on in its tensors."""
    where = "holds the weights themselves" if fact.live else "holds the weights themselves unless it had to move them"
    yield Report(
        fact.site,
        f"the state dict of `{fact.module}` {where}, and they are changed afterwards: {_USES[fact.use]}",
        "copy it when you take it: `copy.deepcopy(model.state_dict())`, or `v.clone()` for each tensor",
        ((f"it is {fact.use.value} here", fact.used),),
        severity=None if fact.live else Severity.WARNING,
        certainty=Certainty.LIKELY,
        fix=partial(calls.copy_snapshot, fact),
    )


@rule("TTL606", "self-load", on=SelfLoad, severity=Severity.ERROR)
def self_load(fact: SelfLoad) -> Iterator[Report]:
    """A module loads its own state dict."""
    yield Report(
        fact.site,
        f"`{fact.module}` loads its own state dict, which changes nothing",
        "name the module whose weights it is to take over",
        certainty=Certainty.PROVEN if fact.certain else Certainty.LIKELY,
    )


@rule("TTL603", "safetensors-shared-save", on=SharedSave, severity=Severity.ERROR)
def safetensors_shared_save(fact: SharedSave) -> Iterator[Report]:
    """Tensors that share memory are given to safetensors, which refuses them."""
    first, *others = fact.names
    which = f"`{first}` and `{others[0]}`" if others else f"the elements at `{first}`"
    yield Report(
        fact.site,
        f"`{fact.function}` raises RuntimeError for tensors that share memory, and {which} do",
        "`safetensors.torch.save_model(model, path)` keeps one name of each, and `load_model` brings back all",
        (("they are made one here", fact.tied),) if fact.tied is not None else (),
        certainty=Certainty.PROVEN if fact.certain else Certainty.LIKELY,
    )


@rule("TTL703", "target-is-online", on=TargetIsOnline, severity=Severity.WARNING, default=False)
def target_is_online(fact: TargetIsOnline) -> Iterator[Report]:
    """A target network is the trained network itself, not a copy."""
    yield Report(
        fact.site,
        f"`{fact.target}` is `{fact.online}` itself, not a copy: it changes with every step, and updating it does "
        "nothing",
        f"copy it once, `copy.deepcopy({fact.online})`; later on `{fact.target}.load_state_dict("
        f"{fact.online}.state_dict())`",
        certainty=Certainty.LIKELY,
        symbol=fact.target,
    )
