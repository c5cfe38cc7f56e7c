"""5xx: what is frozen, and what an optimizer is given."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import calls
from torchtielint.semantics.facts.optimizers import (
    FlagOn,
    FlagSet,
    GeneratorReused,
    GroupsOverlap,
    Orphaned,
    StateOptimized,
    ThawedLate,
)


@rule("TTL504", "freeze-on-module", on=FlagSet, severity=Severity.ERROR)
def freeze_on_module(fact: FlagSet) -> Iterator[Report]:
    """`requires_grad` is set on a module (or under a name that torch does not know), which freezes nothing."""
    target = fact.target
    if fact.name in ("train", "eval", "requires_grad_"):
        message = f"`{target}.{fact.name}` is a method: the assignment replaces it and changes nothing else"
        advice = f"call it: `{target}.{fact.name}({'False' if fact.name == 'requires_grad_' else ''})`"
    elif fact.name == "training":
        message = f"`{target}.training` is the flag of this one module: the modules below it keep theirs"
        advice = f"call `{target}.eval()` or `{target}.train()`"
    elif fact.on is FlagOn.TEMPORARY:
        message = f"`{target}` makes a new tensor: `{fact.name}` is set on that, not on the parameter"
        advice = "set it on the whole parameter, or mask the gradient of the slice with `register_hook`"
    elif fact.on is FlagOn.TENSOR:
        message = f"`{fact.name}` is no attribute of tensors: `{target}` trains as before"
        advice = f"it is called `requires_grad`: `{target}.requires_grad = ...`"
    else:
        message = f"`{target}` is a module: setting `{fact.name}` on it changes none of its parameters"
        advice = f"`{target}.requires_grad_(...)` sets it on all of its parameters"
    sure = Certainty.PROVEN if fact.certain else Certainty.LIKELY
    yield Report(fact.site, message, advice, certainty=sure, fix=partial(calls.set_on_parameters, fact))


@rule("TTL503", "parameters-generator-reused", on=GeneratorReused, severity=Severity.ERROR)
def parameters_generator_reused(fact: GeneratorReused) -> Iterator[Report]:
    """A generator of parameters is used a second time, when it yields nothing."""
    when = "is used up already" if fact.first is not None else "is used up after the first round of the loop"
    effect = "nothing is left for"
    if "clip_grad" in fact.by:
        effect = "no gradient is clipped by"
    yield Report(
        fact.site,
        f"the generator `{fact.name}` {when}: {effect} {fact.by}",
        "make it a list where it is bound: `list(model.parameters())`",
        (("it is used up here", fact.first),) if fact.first is not None else (),
        certainty=Certainty.PROVEN if fact.certain else Certainty.LIKELY,
    )


@rule("TTL501", "optimizer-before-change", on=Orphaned, severity=Severity.ERROR)
def optimizer_before_change(fact: Orphaned) -> Iterator[Report]:
    """A module gets new parameters after the optimizer was built, which goes on with those from before."""
    new = f"`{fact.what}` is new" if fact.replaces else f"`{fact.what}()` makes new parameters"
    yield Report(
        fact.site,
        f"{new} here, after the optimizer was built: it keeps the parameters from before and never updates these",
        "build the optimizer after the change, or give it the new ones: `optimizer.add_param_group(...)`",
        (("the optimizer is built here", fact.built),),
        certainty=Certainty.PROVEN if fact.certain else Certainty.LIKELY,
    )


@rule("TTL502", "overlapping-param-groups", on=GroupsOverlap, severity=Severity.ERROR)
def overlapping_param_groups(fact: GroupsOverlap) -> Iterator[Report]:
    """Two parameter groups hold the same parameters, which raises ValueError, or one group has them twice."""
    part = f"`{fact.later}` has parameters of `{fact.earlier}`"
    if fact.later == fact.earlier:
        part = f"`{fact.later}` is given twice"
    yield Report(
        fact.site,
        f"{part}: what one group has twice is stepped twice at a time, with only a UserWarning"
        if fact.within
        else f"{part}: parameters in more than one group raise ValueError",
        "leave them out of the larger group, by name or by identity",
        certainty=Certainty.PROVEN if fact.certain else Certainty.LIKELY,
    )


@rule("TTL502", "overlapping-param-groups", on=StateOptimized, severity=Severity.ERROR)
def state_dict_optimized(fact: StateOptimized) -> Iterator[Report]:
    """An optimizer is given detached tensors, which never get a gradient."""
    yield Report(
        fact.site,
        f"`{fact.given}` are detached tensors: they get no gradient, and the optimizer moves nothing",
        "give it `model.parameters()`",
    )


@rule("TTL505", "filtered-then-unfrozen", on=ThawedLate, severity=Severity.WARNING, default=False)
def filtered_then_unfrozen(fact: ThawedLate) -> Iterator[Report]:
    """Parameters are unfrozen after an optimizer took only those that required a gradient."""
    yield Report(
        fact.site,
        f"parameters of `{fact.module}` are unfrozen here, but the optimizer was given only what required a gradient "
        "before: it never updates them",
        "give the optimizer all parameters (it skips those without a gradient), or call `add_param_group` here",
        (("the optimizer is built here", fact.built),),
        certainty=Certainty.LIKELY,
    )
