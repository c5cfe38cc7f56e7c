"""1xx: registrations that come to nothing, by where and how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Severity
from torchtielint.repairs import construction, parameters
from torchtielint.semantics.facts.structure import (
    ModuleCycle,
    NestedParameters,
    OverwrittenInLoop,
    RegistrationsReset,
    ResultAssigned,
    TupleByComma,
    Unhashable,
    UnhashableModule,
)


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
    fix = partial(parameters.drop_assignment, fact)
    yield Report(fact.site, message, advice, symbol=_symbol(fact.owner, fact.attribute), fix=fix)


@rule("TTL117", "nested-container-in-parameter-container", on=NestedParameters, severity=Severity.ERROR)
def nested_container_in_parameter_container(fact: NestedParameters) -> Iterator[Report]:
    """A ParameterList or ParameterDict holds a plain container, whose parameters it does not register."""
    yield Report(
        fact.site,
        f"`{fact.container}` keeps a {fact.element} as it is: the parameters in it are not registered",
        "nest the same way: `nn.ParameterList([nn.ParameterList(...), ...])`",
    )


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


_TAKEN_AWAY = {
    Unhashable.DATACLASS: "`@dataclass` writes an `__eq__`",
    Unhashable.EQ: "`{by}` defines `__eq__` without `__hash__`",
    Unhashable.NONE: "`{by}` sets `__hash__` to None",
    Unhashable.BASE: "`{by}` defines `__eq__`",
}


@rule("TTL121", "unhashable-module", on=UnhashableModule, severity=Severity.ERROR)
def unhashable_module(fact: UnhashableModule) -> Iterator[Report]:
    """The objects of a Module class have no hash, so that `parameters()` raises."""
    keep = "`@dataclass(eq=False)`" if fact.why is Unhashable.DATACLASS else "`__hash__ = nn.Module.__hash__`"
    taken = _TAKEN_AWAY[fact.why].format(by=fact.by)
    yield Report(
        fact.site,
        f"{taken}, so `{fact.owner}` objects have no hash: `parameters()` raises TypeError",
        f"write {keep}",
        symbol=fact.owner,
        fix=partial(construction.keep_hash, fact),
    )


@rule("TTL122", "module-cycle", on=ModuleCycle, severity=Severity.ERROR)
def module_cycle(fact: ModuleCycle) -> Iterator[Report]:
    """A module is registered below itself, so that every walk over the children never ends."""
    way = (
        f"`{fact.path}` is the `{fact.owner}` itself"
        if "." in fact.path
        else f"`{fact.attribute}` is the module itself"
    )
    yield Report(
        fact.site,
        f"{way}: `.train()`, `.to()` and `state_dict()` raise RecursionError",
        "keep the reference unregistered: in a list or a `weakref`, or pass what the child needs",
        (("the way back is registered here", fact.closing),) if fact.closing not in (None, fact.site) else (),
        symbol=f"{fact.owner}.{fact.attribute}",
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
        fix=partial(parameters.drop_comma, fact),
    )
