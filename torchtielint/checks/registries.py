"""2xx: what is put into a module's own dicts."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.semantics.facts.registration import PokeEffect, RegistryPoked

_WRONG = {
    PokeEffect.TENSOR: "a tensor among the parameters, which is no Parameter: optimizers refuse it or `.to()` fails",
    PokeEffect.NO_MODULE: "no module, so that `.to()`, `.train()` and `state_dict()` raise AttributeError",
    PokeEffect.DOTTED: "a name with a dot, which no path finds again",
    PokeEffect.DUPLICATE: "a name that is registered already, as something else: the state dict mixes up the two",
    PokeEffect.HIDDEN: "a name that a plain attribute hides: reading it gives that attribute",
    PokeEffect.SHADOWS: "a name that is registered: `forward` uses this value, and the state dict saves the other",
}


@rule("TTL205", "registry-poke", on=RegistryPoked, severity=Severity.WARNING, default=False)
def registry_poke(fact: RegistryPoked) -> Iterator[Report]:
    """A module's own dict is written to, and gets what a registering method would refuse."""
    add = {"_buffers": "register_buffer", "_modules": "add_module"}.get(fact.registry, "register_parameter")
    entry = f"`{fact.registry}[{fact.name!r}]`" if fact.name else f"`{fact.registry}`"
    yield Report(
        fact.site,
        f"{entry} gets {_WRONG[fact.effect]}",
        "delete what is registered first" if fact.effect is PokeEffect.SHADOWS else f"`{add}()` checks what it gets",
        certainty=Certainty.PROVEN if fact.certain else Certainty.LIKELY,
        symbol=f"{fact.owner}.{fact.name}",
    )
