"""The runtime half: which parameters of live models share storage, how, and what undoes it.

Importing this package imports no torch; asking it for `tie_report` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.kinds import TieKind
from torchtielint.runtime.report import Outcome, ParameterCount, Survival, TieGroup, TieReport

if TYPE_CHECKING:
    from torchtielint.runtime.scan import tie_report

__all__ = ["Outcome", "ParameterCount", "Survival", "TieGroup", "TieKind", "TieReport", "tie_report"]


def __getattr__(name: str) -> object:
    """Import what needs torch when it is first asked for."""
    if name == "tie_report":
        from torchtielint.runtime.scan import tie_report

        return tie_report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
