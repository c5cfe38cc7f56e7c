"""What every fact has, and from where the code that it speaks of is reached."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from torchtielint.findings import Range
from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happens at a site; `elsewhere` in another file, where the site is the call that led there."""

    site: Site
    elsewhere: Site | None = field(default=None, kw_only=True)

    @property
    def place(self) -> tuple[type[Fact], Range]:
        """What it says and where, in whichever parse of the file."""
        return type(self), self.site.range


class Where(enum.Enum):
    """From where the code at hand is reached."""

    INIT = "__init__"
    FORWARD = "forward"
    STEP = "step"
    METHOD = "method"
    FUNCTION = "function"
