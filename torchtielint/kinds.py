"""How the names of a group are one: the words of the documentation, of JSON and of both halves."""

from __future__ import annotations

import enum


class TieKind(enum.Enum):
    """How several names of one model share a tensor."""

    SAME_PARAMETER = "same-parameter"
    """One Parameter (or one buffer) under several names: a true tie."""
    SAME_MODULE = "same-module"
    """One module under several names; what is below it follows."""
    SAME_STORAGE = "same-storage"
    """Several tensors over exactly the same bytes, in the same layout: a false tie."""
    OVERLAPPING = "overlapping"
    """Several tensors whose bytes coincide in part, or in another layout: a false tie."""
    ADJACENT = "adjacent"
    """One storage, and no common byte: not sharing."""
    EQUAL_VALUES = "equal-values"
    """Equal contents in storages of their own: not sharing."""

    @property
    def is_false(self) -> bool:
        """Whether the names look like one parameter and are several over common memory."""
        return self in (TieKind.SAME_STORAGE, TieKind.OVERLAPPING)

    @property
    def is_sharing(self) -> bool:
        """Whether the names have bytes in common."""
        return self not in (TieKind.ADJACENT, TieKind.EQUAL_VALUES)
