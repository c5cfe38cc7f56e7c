"""What each operation does to each tie, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from torchtielint.pictures.markup import Markup, prose, tag
from torchtielint.pictures.ties import Tie
from torchtielint.pictures.wording import OUTCOME_MEANINGS, OUTCOME_SYMBOLS
from torchtielint.runtime.report import Survival

MAX_COLUMNS: Final = 6
"""Ties side by side in one table; more are another table."""


def tables(ties: Sequence[Tie]) -> Iterator[Markup]:
    """The tables of a model, under their heading; none where nothing was tried."""
    tried = [tie for tie in ties if tie.first.survival]
    if not tried:
        return
    yield tag("h3", "What keeps the ties, and what undoes them")
    for start in range(0, len(tried), MAX_COLUMNS):
        yield _table(tried[start : start + MAX_COLUMNS])
    yield _legend()


def _table(ties: Sequence[Tie]) -> Markup:
    outcomes = [dict(tie.first.survival) for tie in ties]
    operations = list(dict.fromkeys(operation for found in outcomes for operation in found))
    heads = (tag("th", f"Tie {tie.number}", scope="col") for tie in ties)
    rows = (
        tag("tr", tag("th", tag("code", name), scope="row"), *(_cell(found.get(name)) for found in outcomes))
        for name in operations
    )
    name = f"Tie {ties[0].number}" if len(ties) == 1 else f"Ties {ties[0].number} to {ties[-1].number}"
    table = tag(
        "table",
        tag("caption", f"{name}, after each operation"),
        tag("thead", tag("tr", tag("th", "Operation", scope="col"), *heads)),
        tag("tbody", *rows),
    )
    return tag("div", table, class_="scroll", tabindex=0, role="region", aria_label=f"Survival of {name.lower()}")


def _cell(survival: Survival | None) -> Markup:
    if survival is None:
        return tag("td", "not tried", class_="skipped")
    outcome = survival.outcome
    reason = tag("small", prose(survival.reason)) if survival.reason else ""
    return tag("td", f"{OUTCOME_SYMBOLS[outcome]} {outcome.value}", reason, class_=outcome.value)


def _legend() -> Markup:
    items = (
        tag("div", tag("dt", f"{OUTCOME_SYMBOLS[outcome]} {outcome.value}"), tag("dd", meaning))
        for outcome, meaning in OUTCOME_MEANINGS.items()
    )
    return tag("details", tag("summary", "What the words mean"), tag("dl", *items))
