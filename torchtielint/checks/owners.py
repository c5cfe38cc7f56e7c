"""309 and 310: one module with several owners, and owners that keep the old one."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.semantics.facts.sharing import SharedInstance, StaleReference


@rule("TTL309", "one-instance-many-owners", on=SharedInstance, severity=Severity.WARNING)
def one_instance_many_owners(fact: SharedInstance) -> Iterator[Report]:
    """One stateful module is given to several constructors, and what they make shares its parameters."""
    what = f"`{fact.name}`" if fact.name else f"one `{fact.part}`"
    times = "every" if fact.repeated else "a second"
    yield Report(
        fact.site,
        f"{what} is one `{fact.part}` object, given to {times} `{fact.owner}`: all of them share its parameters",
        f"make one for each, in the call or in `{fact.owner}` itself; say `shared` in the name where it is meant",
        ((f"the one `{fact.part}` is made here", fact.made),),
        certainty=Certainty.LIKELY,
        symbol=fact.name,
    )


@rule("TTL310", "stale-reference-after-replace", on=StaleReference, severity=Severity.WARNING)
def stale_reference_after_replace(fact: StaleReference) -> Iterator[Report]:
    """A module is replaced under one name, and another name or container keeps the old one."""
    yield Report(
        fact.site,
        f"`{fact.target}` is another module from here on, but `{fact.holder}` still holds the old `{fact.what}`",
        f"replace it there as well: `{fact.holder} = {fact.target}`",
        certainty=Certainty.LIKELY,
        symbol=fact.target,
    )
