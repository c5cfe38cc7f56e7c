"""Construction of any Module class without being told its arguments."""

from __future__ import annotations

from torchtielint.runtime.construct.build import build, rebuild
from torchtielint.runtime.construct.classes import Candidate, Role, classes_in
from torchtielint.runtime.construct.mined import Mined, mine
from torchtielint.runtime.construct.outcome import Built, Given, Refused, Status

__all__ = [
    "Built",
    "Candidate",
    "Given",
    "Mined",
    "Refused",
    "Role",
    "Status",
    "build",
    "classes_in",
    "mine",
    "rebuild",
]
