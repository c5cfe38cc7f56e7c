"""Facts about ties that do not last: what replaces one side of them, and what loads or saves both."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.site import Site


class BrokenBy(enum.Enum):
    """What made two parameters out of one."""

    MODULE = "module"
    PARAMETER = "parameter"
    ASSIGN_LOAD = "load_state_dict(assign=True)"
    TO_EMPTY = "to_empty"
    TO_META = "to('meta')"


@dataclass(frozen=True, slots=True)
class TieBroken(Fact):
    """Two places that held one Parameter hold two from here on, and nothing ties them again.

    Args:
        by: what happened here.
        changed: the place that holds another Parameter now, as a dotted path.
        other: the place that it was tied to.
        tied: where the tie was made, where that is known.
        certain: every step from the tie to here was seen, and both are meant to hold at once.
    """

    by: BrokenBy
    changed: str
    other: str
    tied: Site | None
    certain: bool
