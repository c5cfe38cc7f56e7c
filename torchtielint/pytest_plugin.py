"""What pytest finds by itself where torchtielint is installed: a fixture, and readable comparisons of groups.

Nothing here imports torch, or anything else that takes time, before a test asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from torchtielint.runtime import TieReport


@pytest.fixture(scope="session")
def tie_report() -> Callable[..., TieReport]:
    """The function `torchtielint.runtime.tie_report`, for tests that look at the groups themselves."""
    from torchtielint.runtime import tie_report as measure

    return measure


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Show groups of ties as lines where a comparison of them fails."""
    from torchtielint.runtime.report import TieGroup, TieReport

    def groups(side: object) -> tuple[TieGroup, ...] | None:
        held = side.groups if isinstance(side, TieReport) else side
        if isinstance(held, (list, tuple)) and all(isinstance(one, TieGroup) for one in held):
            return tuple(held)
        return None

    ours, theirs = groups(left), groups(right)
    if ours is None or theirs is None or not (ours or theirs):
        return None
    from torchtielint.runtime.lines import block

    return [f"groups of ties {op} groups of ties", "left:", *block(ours), "right:", *block(theirs)]
