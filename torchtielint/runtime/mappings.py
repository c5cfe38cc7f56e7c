"""Files that this process maps several times: other addresses, the same memory."""

from __future__ import annotations

import bisect
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch

from torchtielint.runtime.layouts import Layout
from torchtielint.runtime.memory import Piece, Place

_MAPS = Path("/proc/self/maps")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A range of addresses that shows a part of a file, for everybody who maps it.

    Args:
        start, end: the addresses.
        offset: of the first byte in the file.
        file: what tells the file from all others.
    """

    start: int
    end: int
    offset: int
    file: tuple[str, str]


def read_mappings() -> tuple[Mapping, ...]:
    """The shared mappings of files that are mapped more than once, by address; none where Linux does not say."""
    try:
        lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    return parse_mappings(lines)


def parse_mappings(lines: list[str]) -> tuple[Mapping, ...]:
    """The mappings in lines as `/proc/PID/maps` has them: range, permissions, offset, device, inode and path."""
    found: list[Mapping] = []
    for line in lines:
        addresses, permissions, offset, device, inode = line.split()[:5]
        if permissions.endswith("s") and inode != "0":  # what is written to a private one nobody else sees
            start, end = (int(address, 16) for address in addresses.split("-"))
            found.append(Mapping(start, end, int(offset, 16), (device, inode)))
    times = Counter(mapping.file for mapping in found)
    return tuple(sorted((one for one in found if times[one.file] > 1), key=lambda one: one.start))


def in_files(place: Place, mappings: tuple[Mapping, ...]) -> Place:
    """A place with its pieces counted in the bytes of files, where addresses show these."""
    pieces = tuple(_in_file(piece, mappings) for piece in place.pieces)
    return place if pieces == place.pieces else place._replace(pieces=pieces)


def _in_file(piece: Piece, mappings: tuple[Mapping, ...]) -> Piece:
    if piece.space != torch.device("cpu"):
        return piece
    start = piece.layout.start
    at = bisect.bisect_right(mappings, start, key=lambda one: one.start) - 1
    if at < 0 or start >= mappings[at].end:
        return piece
    mapping = mappings[at]
    moved = mapping.offset - mapping.start
    layout = Layout(start + moved, piece.layout.end + moved, piece.layout.dims)
    return piece._replace(space=mapping.file, layout=layout)
