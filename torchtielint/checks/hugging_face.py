"""6xx on Hugging Face models: what transformers 5 loads, ties and saves otherwise than the class means."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.semantics.facts.hugging_face import ValueNotRestored


@rule("TTL608", "hf-meta-init-loss", on=ValueNotRestored, severity=Severity.ERROR, transformers=5)
def value_not_restored(fact: ValueNotRestored) -> Iterator[Report]:
    """A value computed in the constructor of a Hugging Face model is lost when a checkpoint is loaded."""
    inside = "" if fact.owner == fact.model else f" (`{fact.owner}` is part of `{fact.model}`)"
    if fact.is_buffer:
        message = f"`from_pretrained` leaves the non-persistent buffer `{fact.name}` as uninitialised memory{inside}"
        remedy = f"compute it in `_init_weights` too: `init.copy_(module.{fact.name}, ...)`; or make it persistent"
    else:
        message = f"`from_pretrained` leaves the tensor `self.{fact.name}` on the meta device{inside}: it has no values"
        remedy = (
            "make it in `forward`, or keep plain numbers; a buffer is moved, but needs `_init_weights` or a checkpoint"
        )
    yield Report(
        fact.site,
        message,
        remedy,
        certainty=Certainty.PROVEN if fact.is_tensor else Certainty.LIKELY,
        symbol=f"{fact.owner}.{fact.name}",
    )
