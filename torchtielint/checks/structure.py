"""1xx: registrations that come to nothing, by where and how they are written."""

from __future__ import annotations

from collections.abc import Iterator

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Severity
from torchtielint.semantics.facts.structure import OverwrittenInLoop, RegistrationsReset, ResultAssigned, TupleByComma


def _symbol(owner: str, attribute: str) -> str:
    return f"{owner}.{attribute.rpartition('.')[2]}"


@rule("TTL114", "init-resets-registration", on=RegistrationsReset, severity=Severity.ERROR)
def init_resets_registration(fact: RegistrationsReset) -> Iterator[Report]:
    """A second run of `Module.__init__` forgets everything that was registered before it."""
    names = ", ".join(f"`{name}`" for name in fact.names[:3]) + (", ..." if len(fact.names) > 3 else "")
    yield Report(
        fact.site,
        f"this call runs `Module.__init__` a second time, which forgets what is registered: {names} is gone",
        "run it once, and first: one `super().__init__()` before anything is registered",
        (("registered here", fact.registered),) if fact.registered is not None else (),
        symbol=fact.owner,
    )


@rule("TTL116", "registration-result-assigned", on=ResultAssigned, severity=Severity.ERROR)
def registration_result_assigned(fact: ResultAssigned) -> Iterator[Report]:
    """An attribute is assigned what a registering method returns, which is None."""
    if fact.several:
        message = f"`{fact.attribute}` is a list of None: `{fact.method}` returns nothing"
        advice = "register in a loop, and keep the modules in an `nn.ModuleList` instead of by name"
    elif fact.undone:
        message = f"`{fact.method}` returns None, so this line sets what it has just registered to None"
        advice = f'call it alone: `self.{fact.name}` is there after `{fact.method}("{fact.name}", ...)`'
    else:
        message = f"`{fact.attribute}` is None: `{fact.method}` returns nothing"
        advice = f"call it alone, and read `self.{fact.name}`" if fact.name else "call it alone"
    yield Report(fact.site, message, advice, symbol=_symbol(fact.owner, fact.attribute))


@rule("TTL120", "loop-overwrites-registration", on=OverwrittenInLoop, severity=Severity.ERROR)
def loop_overwrites_registration(fact: OverwrittenInLoop) -> Iterator[Report]:
    """Every round of a loop registers a new module or parameter under one name, so that only the last is left."""
    wrapper = "nn.ParameterList" if fact.what == "nn.Parameter" else "nn.ModuleList"
    yield Report(
        fact.site,
        f"every round of the loop puts a new `{fact.what}` in `{fact.attribute}`: only the last one is left",
        f"collect them in an `{wrapper}`, or assign once after the loop",
        symbol=_symbol(fact.owner, fact.attribute),
    )


@rule("TTL123", "trailing-comma-tuple", on=TupleByComma, severity=Severity.ERROR)
def trailing_comma_tuple(fact: TupleByComma) -> Iterator[Report]:
    """A comma at the end of an assignment makes a tuple of the module or parameter, so nothing is registered."""
    yield Report(
        fact.site,
        f"the comma makes `{fact.attribute}` a tuple that holds one `{fact.what}`: nothing is registered",
        "drop the comma",
        (("the tuple is made here", fact.origin),),
        symbol=_symbol(fact.owner, fact.attribute),
    )
