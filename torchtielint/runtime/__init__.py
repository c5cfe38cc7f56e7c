"""The runtime half: which parameters of live models share storage, how, and what undoes it.

Importing this package imports no torch; asking it for `tie_report` does.
"""

from __future__ import annotations

from torchtielint.kinds import TieKind
from torchtielint.runtime.report import Outcome, ParameterCount, Survival, TieGroup, TieReport

__all__ = ["Outcome", "ParameterCount", "Survival", "TieGroup", "TieKind", "TieReport"]
