"""Facts about state dicts: what they load into, what is put aside of them; and about ties that do not last."""

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
    TO_XLA = "to('xla')"


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


class Use(enum.Enum):
    """What becomes of a state dict that was put aside."""

    LOADED = "loaded"
    RETURNED = "returned"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class LiveSnapshot(Fact):
    """A state dict is put aside, the weights are changed, and it is used for what they were.

    Args:
        module: the module as written, or what the dict was made from.
        live: its tensors are the weights; else only where they need not be moved (`.cpu()`).
        use, used: what becomes of it, and where.
    """

    module: str
    live: bool
    use: Use
    used: Site


@dataclass(frozen=True, slots=True)
class SelfLoad(Fact):
    """`module.load_state_dict(module.state_dict())`; `certain`: the class of the module is known."""

    module: str
    certain: bool


@dataclass(frozen=True, slots=True)
class SharedSave(Fact):
    """Tensors are saved with safetensors of which some share memory.

    Args:
        function: as written.
        names: the names that are one.
        tied: where they were made one, where that is known.
        certain: no code that is not known got hold of the module.
    """

    function: str
    names: tuple[str, ...]
    tied: Site | None
    certain: bool


@dataclass(frozen=True, slots=True)
class TargetIsOnline(Fact):
    """What is called a target network is the module that is trained, under another name."""

    target: str
    online: str
