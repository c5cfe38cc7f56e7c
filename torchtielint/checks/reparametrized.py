"""4xx and 604: what comes of a reparametrized weight: second wraps, ties, removals, reads, copies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import sharing
from torchtielint.semantics.facts.reparametrization import (
    Clash,
    GraphTensorCopied,
    HookApplied,
    HookBypassed,
    RemovalMismatch,
    RemovalProblem,
    ReparametrizedTie,
    ReparametrizedTwice,
    TieEnd,
)


def _sure(proven: bool) -> Certainty:  # a fact's own field
    return Certainty.PROVEN if proven else Certainty.LIKELY


@rule("TTL403", "reparametrized-twice", on=ReparametrizedTwice, severity=Severity.ERROR)
def reparametrized_twice(fact: ReparametrizedTwice) -> Iterator[Report]:
    """A tensor is reparametrized a second time, in a way that torch refuses or that cannot work."""
    first = f"`{fact.first}`"
    severity = None
    match fact.clash:
        case Clash.REFUSED:
            message = f"`{fact.name}` is computed by {first} already: `{fact.function}` raises"
            advice = "apply one of them, or remove the first before the second"
        case Clash.UNUSABLE:
            message = f"`{fact.name}` is computed by {first} already: `{fact.function}` makes its use raise TypeError"
            advice = f"apply `{fact.function}` first, or only one of them"
        case Clash.STACKED:
            message = f"`{fact.name}` is normalised by {first} already: `{fact.function}` normalises the result again"
            advice = "apply it once"
            severity = Severity.WARNING
    note = ((f"{first} is applied here", fact.applied),)
    yield Report(fact.site, message, advice, note, severity=severity, certainty=_sure(fact.proven))


@rule("TTL405", "reparametrization-breaks-tie", on=ReparametrizedTie, severity=Severity.ERROR)
def reparametrization_breaks_tie(fact: ReparametrizedTie) -> Iterator[Report]:
    """A tied parameter is reparametrized on one side, which cuts the tie or leaves one side untransformed."""
    tie = f"`{fact.target}` is tied to `{fact.other}`"
    match fact.end:
        case TieEnd.CUT:
            message = f"{tie}: `{fact.function}` cuts the tie, and `{fact.left}` is a second Parameter over its memory"
            advice = "reparametrize neither side, or compute both from one module"
        case TieEnd.REFUSED:
            when = "raises at the next forward" if fact.by_hook else "raises KeyError"
            message = f"`{fact.target}` is computed by `{fact.function}`: tying it to `{fact.other}` {when}"
            advice = f"compute the other side from this module, or leave `{fact.function}` out"
        case TieEnd.ONE_SIDED:
            message = f"{tie}: `{fact.function}` transforms this side alone"
            advice = "apply it to both sides if both should be transformed"
    one_sided = fact.end is TieEnd.ONE_SIDED
    yield Report(
        fact.site,
        message,
        advice,
        ((f"`{fact.function}` is applied here", fact.applied),) if fact.applied is not None else (),
        severity=Severity.INFO if one_sided else None,
        certainty=Certainty.HINT if one_sided else _sure(fact.proven),
    )


@rule("TTL406", "deprecated-reparametrization", on=HookApplied, severity=Severity.INFO)
def deprecated_reparametrization(fact: HookApplied) -> Iterator[Report]:
    """A reparametrization is applied by the function that torch replaced."""
    if fact.family not in ("weight_norm", "spectral_norm"):
        return
    is_weight_norm = fact.family == "weight_norm"
    message = f"`{fact.function}` is the hook-based `{fact.family}` that torch replaced"
    if is_weight_norm:
        message = f"`{fact.function}` is deprecated: torch warns at every call"
    advice = f"use `torch.nn.utils.parametrizations.{fact.family}`; the keys of its state dict differ"
    sure = Certainty.PROVEN if is_weight_norm else Certainty.HINT
    yield Report(fact.site, message, advice, certainty=sure, fix=partial(sharing.succeed, fact))


@rule("TTL407", "mismatched-removal", on=RemovalMismatch, severity=Severity.ERROR)
def mismatched_removal(fact: RemovalMismatch) -> Iterator[Report]:
    """A reparametrization is removed by a function that cannot undo it, which raises."""
    match fact.problem:
        case RemovalProblem.NAME_MISSING:
            message = f"`{fact.function}` needs the name of the tensor, so this raises TypeError"
            advice = f'pass it: `{fact.function}({fact.argument}, "{fact.name}")`'
        case RemovalProblem.NOTHING_THERE:
            message = f"`{fact.name}` of `{fact.argument}` is a plain parameter: `{fact.function}` raises ValueError"
            advice = "remove only what was applied"
        case RemovalProblem.OTHER_KIND:
            message = f"`{fact.argument}` was wrapped by `{fact.first}`: `{fact.function}` raises ValueError"
            advice = f"undo it with `{fact.remedy}`"
        case RemovalProblem.CANNOT_LEAVE:
            message = f"`{fact.first}` computes `{fact.name}` from two: `leave_parametrized=False` raises ValueError"
            advice = "leave the computed value in place: `leave_parametrized=True`"
    note = ((f"`{fact.first}` is applied here", fact.applied),) if fact.applied is not None else ()
    yield Report(fact.site, message, advice, note, certainty=_sure(fact.proven))


@rule("TTL408", "hook-bypassed-weight", on=HookBypassed, severity=Severity.ERROR)
def hook_bypassed_weight(fact: HookBypassed) -> Iterator[Report]:
    """A weight that a hook computes is read by code that does not call the module, so the hook never runs."""
    advice = f"use `torch.nn.utils.parametrizations.{fact.family}`, which computes it at every read"
    if fact.family == "prune":
        advice = "call the module, or multiply by its mask yourself"
    if fact.inside:
        message = f"`{fact.inside}` reads `{fact.target}` past the module: the hook of `{fact.function}` never runs"
        yield Report(fact.site, message, advice, certainty=_sure(fact.proven))
        return
    when = "before the module is called" if fact.called_later else "without calling the module"
    message = f"`{fact.target}` is read {when}: the hook of `{fact.function}` has not computed it anew"
    note = ((f"`{fact.function}` is applied here", fact.applied),)
    yield Report(fact.site, message, advice, note, certainty=_sure(fact.proven and not fact.called_later))


@rule("TTL604", "deepcopy-reparametrized", on=GraphTensorCopied, severity=Severity.ERROR)
def deepcopy_reparametrized(fact: GraphTensorCopied) -> Iterator[Report]:
    """A module is deep-copied whose weight a hook has computed: it is no leaf, so the copy raises."""
    copier = fact.copier.removeprefix("torch.")
    through = f"`{copier}`" if copier == "copy.deepcopy" else f"`{copier}` deep-copies it, which"
    place = f"`{fact.argument}.{fact.path}`" if fact.argument else f"`{fact.path}`"
    yield Report(
        fact.site,
        f"{place} is no leaf: `{fact.function}` computed it with a graph: {through} raises RuntimeError",
        f"use `torch.nn.utils.parametrizations`, or copy before `{fact.function}`",
        ((f"`{fact.function}` is applied here", fact.applied),),
        certainty=Certainty.HINT if fact.earlier else _sure(fact.proven),
    )
