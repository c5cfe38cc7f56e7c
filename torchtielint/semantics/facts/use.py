"""Facts about what forward makes of a module's parameters: registered late, read without a gradient, never read."""

from __future__ import annotations

from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact


@dataclass(frozen=True, slots=True)
class RegisteredLate(Fact):
    """A forward registers a Parameter, or a module with parameters, that it made itself.

    Args:
        attribute: the attribute as written, or the container that grows.
        what: the class of what is registered.
        method: the forward under analysis.
        guarded: a condition, an early return or an exception handler stands before it, so it may happen only once.
        grows: it is added to a container.
    """

    owner: str
    attribute: str
    what: str
    method: str
    guarded: bool
    grows: bool


@dataclass(frozen=True, slots=True)
class TemplateRegistered(Fact):
    """A module with parameters is registered only to be copied by `copier`: its own parameters are never used."""

    owner: str
    attribute: str
    what: str
    copier: str


@dataclass(frozen=True, slots=True)
class DetachedUse(Fact):
    """A forward computes with a parameter's values without its gradient, and nothing uses it with one."""

    owner: str
    attribute: str
    operation: str


@dataclass(frozen=True, slots=True)
class PlainTensorRead(Fact):
    """A forward computes with a tensor that a constructor made and registered nowhere, so that it never moves.

    `told`: it was made on a device that somebody named.
    """

    owner: str
    attribute: str
    told: bool


@dataclass(frozen=True, slots=True)
class UnusedParameter(Fact):
    """A parameter, or a module with parameters, that nothing in the files of its class reads.

    `what` is the class of the module; empty for a Parameter.
    """

    owner: str
    attribute: str
    what: str
