"""Groups that repeat from layer to layer, as one tie with a count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from torchtielint.pictures.document import Group

NUMBERED: Final = re.compile(r"(?s:(.*?))([0-9]{1,9})")
"""A name that ends in a number, as those of layers that repeat."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Groups that are alike but for the number of the layer that they are in.

    Args:
        number: of the tie, from 1, in the order of the report.
        groups: at least one, in the order of the report.
    """

    number: int
    groups: tuple[Group, ...]

    @property
    def first(self) -> Group:
        """The group that speaks for the others."""
        return self.groups[0]


def ties_of(groups: Iterable[Group]) -> list[Tie]:
    """The groups of a model, those together that differ in the number of their layer only."""
    alike: dict[Group, list[Group]] = {}
    for group in groups:
        if not group.names:
            continue
        alike.setdefault(replace(group, names=_without_layer(group.names)), []).append(group)
    return [Tie(number, tuple(found)) for number, found in enumerate(alike.values(), 1)]


def _without_layer(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names with the numbers left out of what they have in common: `layers.*.q.weight`, `layers.*.k.weight`."""
    parts = [name.split(".") for name in names]
    # The last part is the parameter's or module's own name, and no level that holds others.
    levels = zip(*(name[:-1] for name in parts), strict=False)
    common = sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))
    layer = [NUMBERED.sub(r"\1*", part) if NUMBERED.fullmatch(part) else part for part in parts[0][:common]]
    return tuple(".".join((*layer, *name[common:])) for name in parts) if parts else ()
