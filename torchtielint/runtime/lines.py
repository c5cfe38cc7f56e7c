"""A group in a line or two, for messages of assertions and for comparisons in tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torchtielint.runtime.consequences import consequence
from torchtielint.runtime.report import TieGroup

MOST_NAMES = 8
"""Names of one group that are shown; what ties hundreds of layers is told by the first ones."""

UNITS = ("KiB", "MiB", "GiB", "TiB")


def line(group: TieGroup) -> str:
    """One group: its kind, its names, and what is shared."""
    shown = " = ".join(group.names[:MOST_NAMES])
    if len(group.names) > MOST_NAMES:
        shown += f" and {len(group.names) - MOST_NAMES:,} more"
    size = [group.dtype] if group.dtype else []
    if group.shape is not None:
        size.append(str(group.shape))
    if group.kind.is_sharing:
        size.append(human_bytes(group.nbytes))
    kind = f"{group.kind.value} buffers" if group.buffers else group.kind.value
    return f"{kind}: {shown} [{', '.join(size)}]"


def block(groups: Iterable[TieGroup], *, nothing: str = "nothing is shared") -> Iterator[str]:
    """Several groups with what they mean; a line that says so where there are none."""
    empty = True
    for group in groups:
        empty = False
        yield f"  {line(group)}"
        yield f"      {consequence(group)}"
    if empty:
        yield f"  {nothing}"


def human_bytes(number: int) -> str:
    """Bytes as people read them: `512 B`, `1.5 MiB`."""
    if number < 1024:
        return f"{number} B"
    power = min((number.bit_length() - 1) // 10, len(UNITS))
    return f"{number / 1024**power:.1f} {UNITS[power - 1]}"
