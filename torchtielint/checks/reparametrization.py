"""4xx: `weight_norm`, `spectral_norm`, `prune` and the parametrizations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import sharing
from torchtielint.semantics.facts.reparametrization import LostWrite, ReparametrizationMisuse, ReparametrizationProblem

Problem = ReparametrizationProblem


@rule("TTL401", "reparametrization-on-parameter", on=ReparametrizationMisuse, severity=Severity.ERROR)
def reparametrization_on_parameter(fact: ReparametrizationMisuse) -> Iterator[Report]:
    """A reparametrization is applied to a parameter (or anything but a module), which raises."""
    function = f"`{fact.function}`"
    match fact.problem:
        case Problem.ON_PARAMETER:
            owner, _, name = fact.argument.rpartition(".")
            module = owner if owner and owner != "self" else "module"
            message = f"{function} takes the module that owns the weight; `{fact.argument}` is a Parameter: this raises"
            advice = f'pass the module that owns it: `{fact.function}({module}, "{name if owner else fact.name}")`'
        case Problem.ON_TENSOR:
            message = f"{function} takes the module that owns the weight; `{fact.argument}` is a Tensor: this raises"
            advice = f'pass the module that owns it: `{fact.function}(module, "{fact.name}")`'
        case Problem.ON_CLASS:
            message = f"{function} works on a module; `{fact.argument}` is the class, so this raises"
            advice = f"make an instance: `{fact.function}({fact.argument}(...))`"
        case Problem.NAME_MISSING:
            message = f"{function} needs the name of the tensor, so this raises TypeError"
            advice = f'pass it: `{fact.function}({fact.argument}, "weight", ...)`'
        case Problem.NAME_NOT_STRING:
            message = f"{function} takes the name of the tensor as second argument, a string, so this raises"
            advice = f'pass the name: `{fact.function}({fact.argument}, "weight", ...)`'
        case Problem.NOT_A_MODULE:
            message = f"{function} takes a module as parametrization; `{fact.argument}` is a function, so this raises"
            advice = "write it as an `nn.Module` whose forward computes it"
        case _:
            return
    sure = Certainty.PROVEN if fact.proven else Certainty.LIKELY
    yield Report(fact.site, message, advice, certainty=sure, fix=partial(sharing.name_the_module, fact))


@rule("TTL402", "no-such-parameter", on=ReparametrizationMisuse, severity=Severity.ERROR)
def no_such_parameter(fact: ReparametrizationMisuse) -> Iterator[Report]:
    """A reparametrization names a tensor that the module does not have, which raises."""
    advice = ""
    if fact.available:
        advice = f"`{fact.module}` has {', '.join(f'`{name}`' for name in fact.available)}"
    match fact.problem:
        case Problem.NO_SUCH_PARAMETER:
            message = f"`{fact.module}` has no parameter `{fact.name}`: `{fact.function}` raises"
            advice = advice or f"`{fact.module}` owns no parameter itself; apply it to the modules inside"
        case Problem.IS_NONE:
            message = f"`{fact.name}` of this `{fact.module}` is None: `{fact.function}` raises"
            advice = "construct the module with it, or leave it alone"
        case Problem.UNINITIALIZED:
            message = f"`{fact.module}` has no values before its first forward: `{fact.function}` raises ValueError"
            advice = "run a forward first, or give the module its sizes"
        case Problem.TOO_FEW_DIMENSIONS:
            message = f"`{fact.name}` of `{fact.module}` has too few dimensions: `{fact.function}` raises ValueError"
        case _:
            return
    yield Report(fact.site, message, advice)


@rule("TTL404", "init-after-reparametrization", on=LostWrite, severity=Severity.ERROR)
def init_after_reparametrization(fact: LostWrite) -> Iterator[Report]:
    """A value is written to a weight that a reparametrization computes anew, so it is lost."""
    if fact.raises:
        message = (
            f"`{fact.target}` is computed by `{fact.function}`: {fact.operation} raises, now or at the next forward"
        )
    else:
        message = f"`{fact.target}` is computed by `{fact.function}` anew: what {fact.operation} writes is lost"
    advice = f"initialise before `{fact.function}`"
    if not fact.legacy and not fact.raises and fact.family != "prune":
        advice += f", or assign a tensor: `{fact.target.removesuffix('.data')} = ...`"
    note = ((f"`{fact.function}` is applied here", fact.applied),)
    yield Report(fact.site, message, advice, note, certainty=Certainty.PROVEN if fact.proven else Certainty.LIKELY)
