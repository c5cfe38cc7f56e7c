"""What every fact has, and from where the code that it speaks of is reached."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happens at a site."""

    site: Site


class Where(enum.Enum):
    """From where the code at hand is reached."""

    INIT = "__init__"
    FORWARD = "forward"
    STEP = "step"
    METHOD = "method"
    FUNCTION = "function"
