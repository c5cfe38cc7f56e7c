"""Which tensors carry gradients that they may lose; lives as long as the analysis of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchtielint.semantics.facts.rebinding import DataReplaced, GraphCut
    from torchtielint.semantics.site import Site


@dataclass(eq=False, slots=True)
class Cuts:
    """What was noted of the method that runs, and where cuts were found.

    Args:
        carries: what tensors were computed from that is no tensor itself, by the tensors' identities.
        pending: cuts that count once the parameter that took over the values is read.
        replaced: what `.data` was set to.
        sites: where a cut was found.
    """

    carries: dict[int, frozenset[int]] = field(default_factory=dict)
    pending: dict[int, GraphCut] = field(default_factory=dict)
    replaced: dict[DataReplaced, None] = field(default_factory=dict)
    sites: set[Site] = field(default_factory=set)
