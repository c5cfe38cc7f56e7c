"""1xx and 7xx: what forward does with a module's parameters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import parameters
from torchtielint.semantics.facts.use import (
    DetachedUse,
    PlainTensorRead,
    RegisteredLate,
    TemplateRegistered,
    UnusedParameter,
)


def _symbol(owner: str, attribute: str) -> str:
    return f"{owner}.{attribute.rpartition('.')[2]}"


@rule("TTL108", "parameter-registered-in-forward", on=RegisteredLate, severity=Severity.WARNING)
def parameter_registered_in_forward(fact: RegisteredLate) -> Iterator[Report]:
    """Forward registers a Parameter or a module that it makes: the optimizer and a checkpoint come too early for it."""
    done = f"adds a new `{fact.what}` to `{fact.attribute}`" if fact.grows else f"registers `{fact.attribute}`"
    if fact.guarded:
        message = (
            f"`{fact.method}` {done}: an optimizer that was built before never gets it, and a fresh model cannot "
            "load its checkpoint"
        )
    else:
        message = f"`{fact.method}` {done} anew at every call: its weights start over each time and are never trained"
    yield Report(
        fact.site,
        message,
        "register it in `__init__`; where its size is not known there, use a lazy module (`nn.LazyLinear`)",
        severity=None if fact.guarded else Severity.ERROR,
        certainty=Certainty.LIKELY,
        symbol=_symbol(fact.owner, fact.attribute),
    )


@rule("TTL124", "template-layer-registered", on=TemplateRegistered, severity=Severity.WARNING)
def template_layer_registered(fact: TemplateRegistered) -> Iterator[Report]:
    """A layer that is only there to be copied is registered beside its copies."""
    yield Report(
        fact.site,
        f"`self.{fact.attribute}` is only copied, by `{fact.copier}`: its own parameters are saved and handed to the "
        "optimizer, but never used",
        f"keep the `{fact.what}` in a local variable",
        certainty=Certainty.LIKELY,
        symbol=f"{fact.owner}.{fact.attribute}",
    )


@rule("TTL701", "detached-parameter-use", on=DetachedUse, severity=Severity.WARNING)
def detached_parameter_use(fact: DetachedUse) -> Iterator[Report]:
    """Forward computes with a parameter's values only without their gradient, so it is never trained."""
    yield Report(
        fact.site,
        f"{fact.operation} cuts `self.{fact.attribute}` off from its gradient, and nothing reads it otherwise: "
        "it is never trained",
        f"use `self.{fact.attribute}` itself; a value that is to stay fixed belongs into a buffer",
        severity=Severity.ERROR,
        certainty=Certainty.LIKELY,
        symbol=f"{fact.owner}.{fact.attribute}",
    )


@rule("TTL109", "tensor-not-buffer", on=PlainTensorRead, severity=Severity.WARNING)
def tensor_not_buffer(fact: PlainTensorRead) -> Iterator[Report]:
    """Forward computes with a tensor that the module keeps as a plain attribute, so that it never moves with it."""
    yield Report(
        fact.site,
        f"`self.{fact.attribute}` is a plain tensor that `forward` computes with: `.to()` and `.half()` leave it where "
        "it is, and no state dict has it",
        f'register it: `self.register_buffer("{fact.attribute}", ...)`, with `persistent=False` for old checkpoints',
        certainty=Certainty.HINT if fact.told else Certainty.LIKELY,
        symbol=f"{fact.owner}.{fact.attribute}",
        fix=partial(parameters.as_buffer, fact),
    )


@rule("TTL702", "unused-parameter", on=UnusedParameter, severity=Severity.INFO, default=False)
def unused_parameter(fact: UnusedParameter) -> Iterator[Report]:
    """A parameter, or a module with parameters, is registered, and nothing reads it."""
    whose = f"the parameters of this `{fact.what}` never get" if fact.what else "it never gets"
    yield Report(
        fact.site,
        f"nothing here reads `self.{fact.attribute}`: {whose} a gradient",
        "take it out, or use it in `forward`",
        certainty=Certainty.LIKELY,
        symbol=f"{fact.owner}.{fact.attribute}",
    )
