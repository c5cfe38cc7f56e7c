"""The registry of rules: filled by the modules of this folder, read by everything else."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from torchtielint.findings import Certainty, Severity
from torchtielint.repairs.workshop import Repair
from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.site import Site

FactT = TypeVar("FactT", bound=Fact)


@dataclass(frozen=True, slots=True)
class Report:
    """What a rule says about one fact; the engine adds code, path and position.

    Args:
        where: the node that the finding underlines.
        message: what the code does, in one line.
        help: what to do instead, in one line.
        notes: other places that explain it.
        severity: where it differs from the rule's own.
        certainty: how sure the interpreter is of this very finding.
        symbol: `Class.attribute`, for fingerprints.
        fix: makes the edits that repair it, where the finding is shown in the file that they are about.
    """

    where: Site
    message: str
    help: str = ""
    notes: tuple[tuple[str, Site], ...] = ()
    severity: Severity | None = None
    certainty: Certainty = Certainty.PROVEN
    symbol: str = ""
    fix: Repair | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A function from one type of fact to reports."""

    fact: type[Fact]
    run: Callable[[Any], Iterable[Report]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its identity, and what it checks (nothing: the engine itself reports).

    `transformers` is the major version from which on the rule holds; 0 where it does not depend on it.
    """

    code: str
    name: str
    severity: Severity
    default: bool
    summary: str
    checks: tuple[Check, ...] = ()
    transformers: int = 0


_REGISTERED: dict[str, Rule] = {}


def rule(
    code: str, name: str, *, on: type[FactT], severity: Severity, default: bool = True, transformers: int = 0
) -> Callable[[Callable[[FactT], Iterator[Report]]], Callable[[FactT], Iterator[Report]]]:
    """Register a function from one type of fact to reports; the docstring's first line is the rule's summary.

    A rule that speaks about several types of facts has a function for each, registered under the same code and name.
    """

    def register(check: Callable[[FactT], Iterator[Report]]) -> Callable[[FactT], Iterator[Report]]:
        summary = (check.__doc__ or "").strip().split("\n")[0].rstrip(".")
        _add(Rule(code, name, severity, default, summary, (Check(on, check),), transformers))
        return check

    return register


def engine_rule(code: str, name: str, *, severity: Severity, summary: str) -> Rule:
    """Register a rule that the engine itself reports."""
    added = Rule(code, name, severity, default=True, summary=summary)
    _add(added)
    return added


def _add(added: Rule) -> None:
    known = _REGISTERED.get(added.code)
    if known is None:
        _REGISTERED[added.code] = added
    elif (known.name, known.severity, known.default) == (added.name, added.severity, added.default):
        _REGISTERED[added.code] = replace(known, checks=known.checks + added.checks)
    else:
        raise ValueError(f"two rules are called {added.code}: {known.name} and {added.name}")


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by code, in order; imports the modules of this folder, which register themselves."""
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        importlib.import_module(f"{package}.{module.name}")
    return dict(sorted(_REGISTERED.items()))


def rules_of(codes: Collection[str]) -> list[Rule]:
    """The rules of these codes that have something to check."""
    return [rule for code, rule in all_rules().items() if code in codes and rule.checks]
