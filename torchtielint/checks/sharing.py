"""3xx: parameters that are one when they should not be, and are not one when they should be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import containers, sharing
from torchtielint.semantics.facts.rebinding import ParameterAssigned
from torchtielint.semantics.facts.sharing import (
    FalseTie,
    RepeatedModule,
    ShapeEffect,
    TieBy,
    TiedInit,
    TiedPadding,
    TieShapeMismatch,
)
from torchtielint.semantics.site import Site


@rule("TTL301", "repeated-module", on=RepeatedModule, severity=Severity.ERROR)
def repeated_module(fact: RepeatedModule) -> Iterator[Report]:
    """One module stands several times in a container, so that all its places share their parameters."""
    what = "Parameter" if fact.is_parameter else f"`{fact.element}`"
    make = fact.name if fact.constructed_here else f"copy.deepcopy({fact.name})" if fact.name else "..."
    yield Report(
        fact.site,
        f"this repeats one {what} object, it does not make several: every place shares its parameters",
        f"make one for each place: `[{make} for _ in range(n)]`",
        severity=None if fact.constructed_here else Severity.WARNING,
        certainty=Certainty.PROVEN if fact.constructed_here and fact.known else Certainty.LIKELY,
        fix=partial(containers.repeat_construction, fact),
    )


def _source(fact: FalseTie) -> tuple[tuple[str, Site], ...]:
    if fact.registered is None:
        return ()
    return ((f"`{fact.source}` is made here", fact.registered),) if fact.source else (("made here", fact.registered),)


_UNTIED = "two gradients, two optimizer steps, and separate values after `.to()`, `deepcopy` or a checkpoint"


@rule("TTL302", "tie-through-data", on=FalseTie, severity=Severity.ERROR)
def tie_through_data(fact: FalseTie) -> Iterator[Report]:
    """Two parameters are tied through `.data`: they share memory for a while, and are two parameters."""
    if fact.by is not TieBy.DATA or fact.transposed:
        return
    target = fact.target.removesuffix(".data")
    yield Report(
        fact.site,
        f"`{fact.target} = ...` shares memory, not the parameter: `{target}` and `{fact.source}` get {_UNTIED}",
        f"assign the Parameter itself: `{target} = {fact.source}`" if fact.source else "assign the Parameter itself",
        _source(fact),
        symbol=target,
        fix=partial(sharing.tie, fact),
    )


@rule("TTL303", "tie-through-new-parameter", on=FalseTie, severity=Severity.ERROR)
def tie_through_new_parameter(fact: FalseTie) -> Iterator[Report]:
    """A new Parameter is made over (or from a copy of) another one where a tie is meant."""
    if fact.by in (TieBy.DATA, TieBy.ONE_TENSOR) or fact.transposed:
        return
    made = "a copy, and" if fact.copied else "over the same memory, but"
    yield Report(
        fact.site,
        f"`{fact.target}` is a new Parameter: {made} not tied to `{fact.source}`: {_UNTIED}"
        if not fact.copied
        else f"`{fact.target}` is a copy of `{fact.source}`: equal today, but not tied to it",
        f"assign the Parameter itself: `{fact.target} = {fact.source}`"
        if fact.source
        else "assign the Parameter itself",
        _source(fact),
        severity=Severity.WARNING if fact.copied else None,
        certainty=Certainty.LIKELY if fact.copied else Certainty.PROVEN,
        symbol=fact.target,
        fix=partial(sharing.tie, fact),
    )


@rule("TTL303", "tie-through-new-parameter", on=FalseTie, severity=Severity.ERROR)
def parameters_over_one_tensor(fact: FalseTie) -> Iterator[Report]:
    """Several Parameters are made of one tensor."""
    if fact.by is not TieBy.ONE_TENSOR or fact.transposed:
        return
    where = f"the memory of `{fact.source}`" if fact.source else "one memory"
    share = f"`{fact.target} = {fact.source}`" if fact.source else "one Parameter for all"
    yield Report(
        fact.site,
        f"`{fact.target}`: each is a Parameter over {where}, and none is tied to another: {_UNTIED}"
        if not fact.source
        else f"`{fact.target}` is a second Parameter over {where}, and not tied to it: {_UNTIED}",
        f"give each a tensor of its own, `nn.Parameter(tensor.clone())`, or share the Parameter: {share}",
        _source(fact),
        symbol=fact.target,
    )


@rule("TTL304", "transposed-tie", on=FalseTie, severity=Severity.ERROR)
def transposed_tie(fact: FalseTie) -> Iterator[Report]:
    """A parameter is tied to the transpose of another, which is another parameter."""
    if not fact.transposed:
        return
    yield Report(
        fact.site,
        f"`{fact.target}` shows the memory of `{fact.source}` transposed, as a parameter of its own: {_UNTIED}",
        f"use the transpose where it is needed: `F.linear(x, {fact.source}.t())`",
        _source(fact),
        symbol=fact.target,
    )


@rule("TTL304", "transposed-tie", on=ParameterAssigned, severity=Severity.ERROR)
def transpose_assigned(fact: ParameterAssigned) -> Iterator[Report]:
    """The transpose of one parameter is assigned to the name of another, which raises TypeError."""
    if fact.is_parameter or not fact.tie:
        return
    yield Report(
        fact.site,
        f"`{fact.target}` cannot be tied to a transpose: assigning a {fact.new} to a parameter's name raises TypeError",
        f"use the transpose where it is needed: `F.linear(x, self.{fact.tie}.t())`",
        (("registered as a parameter here", fact.registered),) if fact.registered is not None else (),
        symbol=fact.target,
    )


_EFFECTS = {
    ShapeEffect.REVERSED: "without a bias nothing raises, and the layer computes the other way round than it says",
    ShapeEffect.INPUTS: "its forward raises for inputs of the width that it was made for",
    ShapeEffect.OUTPUTS: "without a bias nothing raises, and its outputs have another width than it says",
    ShapeEffect.BIAS: "its bias does not fit, and its forward raises",
    ShapeEffect.ROWS: "it has another number of rows than it says",
    ShapeEffect.WIDTH: "nothing raises, and its vectors have another width than it says",
    ShapeEffect.OTHER: "its forward uses it as it is",
}


@rule("TTL305", "tie-shape-mismatch", on=TieShapeMismatch, severity=Severity.ERROR)
def tie_shape_mismatch(fact: TieShapeMismatch) -> Iterator[Report]:
    """A module takes over a parameter of another shape than it was made for; torch does not look at shapes there."""
    works = fact.effect is ShapeEffect.REVERSED
    yield Report(
        fact.site,
        f"`{fact.target}` is made with shape {fact.expected}, and `{fact.source}` has {fact.given}: "
        f"{_EFFECTS[fact.effect]}",
        f"make the `{fact.owner}` for a weight of shape {fact.given}",
        ((f"the `{fact.owner}` is made here", fact.registered),),
        severity=Severity.WARNING if works else None,
        certainty=Certainty.PROVEN if fact.exact else Certainty.LIKELY,
        symbol=fact.target,
    )


@rule("TTL307", "tie-inherits-embedding-init", on=TiedInit, severity=Severity.INFO, default=False)
def tie_inherits_embedding_init(fact: TiedInit) -> Iterator[Report]:
    """An output layer takes over an embedding's weight, whose values are far too large for it."""
    yield Report(
        fact.site,
        f"`{fact.head}` takes over the weight of `{fact.table}`, drawn with a standard deviation of 1: "
        "the first logits are far too large",
        f"initialise it: `nn.init.normal_({fact.table}.weight, std=0.02)`, or tie it the other way round",
        certainty=Certainty.LIKELY,
        symbol=fact.head,
    )


@rule("TTL311", "tied-padding-row", on=TiedPadding, severity=Severity.INFO, default=False)
def tied_padding_row(fact: TiedPadding) -> Iterator[Report]:
    """An embedding with `padding_idx` shares its weight with an output layer, which trains the padding row."""
    start = "starts at zero, but" if fact.starts_zero else "does not start at zero, and"
    yield Report(
        fact.site,
        f"the padding row of `{fact.table}` {start} gets gradients through `{fact.head}`: `padding_idx` keeps back "
        "those of the lookup only",
        "mask the padded positions, or zero the row's gradient with a hook on the weight",
        certainty=Certainty.LIKELY,
        symbol=fact.table,
    )
