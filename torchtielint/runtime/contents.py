"""Equal contents in memory of their own, as `copy.deepcopy` and `clone` leave them behind."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Hashable, Iterator

import torch
from torch import Tensor

from torchtielint.kinds import TieKind
from torchtielint.runtime import memory
from torchtielint.runtime.grouping import Located, Memory, group_of
from torchtielint.runtime.report import TieGroup

CHUNK = 1 << 24
"""Bytes that are read at a time."""


def equal_values(held: Memory) -> Iterator[TieGroup]:
    """Tensors that are equal bit for bit, and do not all lie in one memory."""
    alike: dict[Hashable, list[tuple[int, Located]]] = {}
    for number, linked in enumerate(held.linked):
        for one in linked:
            alike.setdefault(_form(one), []).append((number, one))
    order = {id(one): place for place, one in enumerate(held.located)}
    for form, candidates in alike.items():
        if form is None or len({number for number, _ in candidates}) < 2:
            continue
        equal: dict[bytes, list[tuple[int, Located]]] = {}
        for number, one in candidates:
            digest = _digest(one.found.thing)
            if digest is not None:
                equal.setdefault(digest, []).append((number, one))
        for members in equal.values():
            if len({number for number, _ in members}) > 1:
                tensors = sorted((one for _, one in members), key=lambda one: order[id(one)])
                yield group_of(tensors, TieKind.EQUAL_VALUES, 0)


def _form(one: Located) -> Hashable:
    """What equal tensors have equal before a value is read; None of one without values."""
    tensor = one.found.thing
    if len(one.place.pieces) != 1 or tensor.is_nested or one.place.storages[0].device.type == "meta":
        return None
    return (memory.shape_of(tensor), tensor.dtype, str(tensor.device))


def _digest(tensor: Tensor) -> bytes | None:
    """A digest of the contents in logical order; None of a tensor that cannot be read."""
    try:
        digest = hashlib.blake2b()
        flat = tensor.detach().resolve_conj().resolve_neg().reshape(-1)
        step = max(1, CHUNK // flat.element_size())
        for start in range(0, flat.numel(), step):
            data = flat[start : start + step].contiguous().view(torch.uint8).cpu()
            digest.update((ctypes.c_char * data.numel()).from_address(data.data_ptr()))
    except (RuntimeError, NotImplementedError, TypeError):  # opaque, quantised and the like
        return None
    return digest.digest()
