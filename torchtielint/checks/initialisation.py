"""1xx: the values that parameters start with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import construction, parameters
from torchtielint.semantics.facts.initialisation import UninitialisedParameter
from torchtielint.semantics.facts.overlap import OverlappingState


@rule("TTL119", "uninitialized-parameter", on=UninitialisedParameter, severity=Severity.WARNING)
def uninitialized_parameter(fact: UninitialisedParameter) -> Iterator[Report]:
    """A Parameter is made of memory that nothing gives values."""
    if fact.forgotten:
        message = f"nothing calls `{fact.forgotten}`, so `self.{fact.attribute}` starts as whatever the memory held"
        advice = f"call `self.{fact.forgotten}()` at the end of `__init__`"
    else:
        message = f"`self.{fact.attribute}` starts as whatever the memory held: nothing gives it values"
        advice = "initialise it with a function of `nn.init`, or make it with `torch.zeros` or `torch.randn`"
    yield Report(
        fact.site,
        message,
        advice,
        certainty=Certainty.LIKELY,
        symbol=f"{fact.owner}.{fact.attribute}",
        fix=partial(construction.call_reset, fact),
    )


@rule("TTL118", "expanded-parameter", on=OverlappingState, severity=Severity.ERROR)
def expanded_parameter(fact: OverlappingState) -> Iterator[Report]:
    """A Parameter or persistent buffer is an expanded tensor, which nothing can write to."""
    if fact.trains:
        message = "this Parameter is an expanded tensor: an optimizer step, `nn.init` and `load_state_dict` raise"
    else:
        what = f"the buffer `{fact.name}`" if fact.name else f"this {fact.what.removeprefix('nn.')}"
        message = f"{what} is an expanded tensor: `load_state_dict` raises, as many elements are one in memory"
    severity = None if fact.trains else Severity.WARNING
    advice = "give each element memory of its own: append `.clone()`, or use `.repeat(...)`"
    fix = partial(parameters.append_clone, fact)
    yield Report(fact.site, message, advice, severity=severity, certainty=Certainty.LIKELY, fix=fix)
