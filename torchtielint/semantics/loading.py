"""What the machine remembers about Hugging Face models until a file has ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchtielint.semantics.definitions import ClassModel
    from torchtielint.semantics.facts.hugging_face import PostInitMissing, RawInitWrite, ValueNotRestored
    from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class Loss:
    """What decides whether a value stays lost: the class that has it, where it was made, whether it is a rotary one."""

    owner: ClassModel
    made: frozenset[Site]
    rotary: bool


@dataclass(eq=False, slots=True)
class Rewrites:
    """What code outside of constructors sets anew: attributes by class and name, tensors by where they were made."""

    attributes: set[tuple[ClassModel | str, str]] = field(default_factory=set)
    tensors: set[Site] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Loading:
    """Findings that the rest of the file may take back, and what does.

    Args:
        unrestored: values that a checkpoint does not bring back.
        unprepared: models that did not call `post_init`.
        posted: the modules that did.
        prepared: the classes of these, with their bases.
        parts: classes of which a model has an instance inside.
        raw: writes of `_init_weights`, each with the attribute of the module that it writes to.
        parameters: the names under which the file registers parameters.
        sources: functions as written.
    """

    rewrites: Rewrites = field(default_factory=Rewrites)
    unrestored: dict[ValueNotRestored, Loss] = field(default_factory=dict)
    unprepared: dict[PostInitMissing, ClassModel] = field(default_factory=dict)
    posted: set[int] = field(default_factory=set)
    prepared: set[ClassModel] = field(default_factory=set)
    parts: set[ClassModel] = field(default_factory=set)
    raw: dict[RawInitWrite, str] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)
