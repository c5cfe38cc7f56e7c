"""2xx: what happens to a registered parameter's name and memory later."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import parameters
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.facts.rebinding import (
    CachedTensor,
    CutBy,
    DataReplaced,
    GraphCut,
    InPlaceWrite,
    ParameterAssigned,
)
from torchtielint.semantics.site import Site


def _registered(fact: ParameterAssigned) -> tuple[tuple[str, Site], ...]:
    return (("registered as a parameter here", fact.registered),) if fact.registered is not None else ()


@rule("TTL201", "tensor-over-parameter", on=ParameterAssigned, severity=Severity.ERROR)
def tensor_over_parameter(fact: ParameterAssigned) -> Iterator[Report]:
    """Something that is no Parameter is assigned to a registered parameter's name, which raises TypeError."""
    if fact.is_parameter or fact.tie:
        return
    yield Report(
        fact.site,
        f"`{fact.target}` is a registered parameter; assigning a {fact.new} raises TypeError",
        f"update it in place under `torch.no_grad()`: `{fact.target}.copy_(...)`; or use a local variable",
        _registered(fact),
        symbol=f"{fact.owner}.{fact.target.rpartition('.')[2]}",
        fix=partial(parameters.copy_into, fact),
    )


@rule("TTL202", "parameter-rebound", on=ParameterAssigned, severity=Severity.ERROR)
def parameter_rebound(fact: ParameterAssigned) -> Iterator[Report]:
    """A registered parameter is replaced by a new one that no optimizer and no tie knows."""
    if not fact.is_parameter:
        return
    at_every_step = fact.where in (Where.FORWARD, Where.STEP)
    when = " at every step" if at_every_step else ""
    yield Report(
        fact.site,
        f"`{fact.target}` is replaced by a new Parameter{when}: an optimizer built before keeps updating the old one",
        f"write the values into it under `torch.no_grad()`: `{fact.target}.copy_(...)`",
        _registered(fact),
        severity=None if at_every_step else Severity.INFO,
        certainty=Certainty.LIKELY if at_every_step else Certainty.HINT,
        symbol=f"{fact.owner}.{fact.target.rpartition('.')[2]}",
    )


@rule("TTL204", "inplace-on-leaf", on=InPlaceWrite, severity=Severity.ERROR)
def inplace_on_leaf(fact: InPlaceWrite) -> Iterator[Report]:
    """A parameter is written to in place while gradients are recorded, which raises RuntimeError."""
    if fact.fresh:
        return
    what = "a view of a leaf" if fact.view else "a leaf"
    advice = "wrap it in `with torch.no_grad():`"
    if fact.where is Where.FORWARD:
        advice = "use a new tensor instead of writing in place; for an update without gradient, `with torch.no_grad():`"
    yield Report(
        fact.site,
        f"{fact.operation} writes in place to `{fact.target}`, {what} that requires grad: this raises RuntimeError",
        advice,
        fix=partial(parameters.without_gradient, fact),
    )


@rule("TTL206", "cached-derived-tensor", on=CachedTensor, severity=Severity.ERROR)
def cached_derived_tensor(fact: CachedTensor) -> Iterator[Report]:
    """A constructor keeps a tensor that it computes from a parameter, and the forward reads it."""
    made = f"`self.{fact.attribute}` is computed from `{fact.source}` once"
    what = "it never follows an update, and a second backward through it raises"
    if fact.view:
        made, what = f"`self.{fact.attribute}` is a view of `{fact.source}`", "it stays behind at `.to()` and `.half()`"
    yield Report(
        fact.site,
        f"{made}: {what}",
        "compute it in `forward`; for a constant, register a buffer of the detached values",
        certainty=Certainty.LIKELY if fact.view else Certainty.PROVEN,
        symbol=f"{fact.owner}.{fact.attribute}",
    )


@rule("TTL203", "parameter-data-rebound", on=DataReplaced, severity=Severity.WARNING, default=False)
def parameter_data_rebound(fact: DataReplaced) -> Iterator[Report]:
    """A parameter is given other memory in a forward, or that of a tensor that carries a gradient."""
    if fact.carries:
        effect = "the tensor's gradient ends here"
    else:
        effect = "autograd does not notice: a backward through an earlier read computes with the new values"
    yield Report(
        fact.site,
        f"`{fact.target}` is given other memory: {effect}, and dtype and shape change unchecked",
        "write the values into it under `torch.no_grad()`: `.copy_(...)`",
    )


_CUTS = {
    CutBy.DATA: "an assignment to `.data`",
    CutBy.PARAMETER: "a new Parameter",
    CutBy.LOAD: "`load_state_dict`",
}


@rule("TTL207", "graph-cut-by-rebinding", on=GraphCut, severity=Severity.ERROR)
def graph_cut_by_rebinding(fact: GraphCut) -> Iterator[Report]:
    """A layer takes over computed weights in a way that cuts the graph: what computes them never learns."""
    yield Report(
        fact.site,
        f"`{fact.target}` takes over computed values by {_CUTS[fact.by]}, which cuts the graph: "
        f"`{fact.source}` gets no gradient from here",
        "compute with the values themselves: `torch.func.functional_call(layer, weights, x)`, or `F.linear(x, weight)`",
        certainty=Certainty.PROVEN if fact.computed else Certainty.LIKELY,
        symbol=f"{fact.owner}.{fact.target.removeprefix('self.')}",
    )
