"""306 and 602: ties that are made, and then made undone."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.semantics.facts.checkpoints import BrokenBy, TieBroken
from torchtielint.semantics.site import Site

_REPLACED = {BrokenBy.MODULE: "a new module", BrokenBy.PARAMETER: "a new Parameter"}
_LOADED = {
    BrokenBy.ASSIGN_LOAD: "`assign=True` puts a Parameter of its own into every name",
    BrokenBy.TO_EMPTY: "`to_empty()` gives every name of a model on the meta device a Parameter of its own",
    BrokenBy.TO_META: "the move to the meta device gives every name a Parameter of its own",
}


def _tie(fact: TieBroken) -> tuple[tuple[str, Site], ...]:
    return ((f"tied to `{fact.other}` here", fact.tied),) if fact.tied is not None else ()


@rule("TTL306", "tie-undone", on=TieBroken, severity=Severity.ERROR)
def tie_undone(fact: TieBroken) -> Iterator[Report]:
    """One side of a tie is replaced after the tie was made, and nothing ties the new one."""
    what = _REPLACED.get(fact.by)
    if what is None:
        return
    yield Report(
        fact.site,
        f"{what} takes the place of a tied one: `{fact.changed}` is no longer `{fact.other}`",
        f"tie again after the replacement: `{fact.other} = {fact.changed}`",
        _tie(fact),
        certainty=Certainty.PROVEN if fact.certain else Certainty.LIKELY,
        symbol=fact.changed,
    )


@rule("TTL602", "load-breaks-tie", on=TieBroken, severity=Severity.ERROR)
def load_breaks_tie(fact: TieBroken) -> Iterator[Report]:
    """Loading or moving a model gives each name of a tied parameter a Parameter of its own."""
    what = _LOADED.get(fact.by)
    if what is None:
        return
    yield Report(
        fact.site,
        f"{what}: `{fact.changed}` and `{fact.other}` are tied before and two parameters after",
        f"tie again afterwards: `{fact.changed} = {fact.other}`",
        _tie(fact),
        certainty=Certainty.PROVEN if fact.certain else Certainty.LIKELY,
        symbol=fact.changed,
    )


@rule("TTL611", "xla-tie-before-move", on=TieBroken, severity=Severity.INFO, default=False)
def xla_tie_before_move(fact: TieBroken) -> Iterator[Report]:
    """A model is moved to an XLA device after it was tied."""
    if fact.by is not BrokenBy.TO_XLA:
        return
    yield Report(
        fact.site,
        f"the move to an XLA device gives every name a Parameter of its own: `{fact.changed}` and `{fact.other}` are "
        "tied before and two parameters after",
        f"tie after the move: `{fact.changed} = {fact.other}`",
        _tie(fact),
        certainty=Certainty.LIKELY,
        symbol=fact.changed,
    )
