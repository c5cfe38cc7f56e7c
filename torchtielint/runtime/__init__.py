"""The runtime half: which parameters of live models share storage, how, and what undoes it.

Importing this package imports no torch; asking it for `tie_report` or `with_survival` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.kinds import TieKind
from torchtielint.runtime.report import Outcome, ParameterCount, Survival, TieGroup, TieReport

if TYPE_CHECKING:
    from torchtielint.runtime.scan import tie_report
    from torchtielint.runtime.survival import with_survival

__all__ = ["Outcome", "ParameterCount", "Survival", "TieGroup", "TieKind", "TieReport", "tie_report", "with_survival"]


def __getattr__(name: str) -> object:
    """Import what needs torch when it is first asked for."""
    if name == "tie_report":
        from torchtielint.runtime.scan import tie_report

        return tie_report
    if name == "with_survival":
        from torchtielint.runtime.survival import with_survival

        return with_survival
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
