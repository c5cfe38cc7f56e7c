"""Where a tensor lies: its storages, and the bytes of each that it covers.

Addresses tell memory apart where there are any, whichever storages map it. Where there are none (meta, fake tensors,
storages that were emptied) the identity of the storage does. Nothing here reads a value, and no subclass of Tensor gets
to answer in place of the base class.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from torchtielint.runtime.layouts import Layout

Answer = TypeVar("Answer")

_PLAIN = (Tensor, nn.Parameter)
_NO_STRIDES = {
    torch.sparse_coo: ("_indices", "_values"),
    torch.sparse_csr: ("crow_indices", "col_indices", "values"),
    torch.sparse_bsr: ("crow_indices", "col_indices", "values"),
    torch.sparse_csc: ("ccol_indices", "row_indices", "values"),
    torch.sparse_bsc: ("ccol_indices", "row_indices", "values"),
}
"""The tensors that a sparse tensor consists of, by its layout."""


class Piece(NamedTuple):
    """A strided stretch of one storage.

    Args:
        space: what its bytes are counted in: the addresses of a device, or one storage.
        storage: the storage.
        layout: the bytes.
        reading: what is read there: the type, the order of elements, whether they are conjugated or negated.
    """

    space: Hashable
    storage: Hashable
    layout: Layout
    reading: Hashable


class Place(NamedTuple):
    """A tensor in memory.

    Args:
        pieces: what it consists of; none where it is empty, opaque or not there yet.
        opaque: bytes that it takes where torch does not say which.
        storages: kept, as the identity of a storage that is gone is given to the next one.
    """

    pieces: tuple[Piece, ...] = ()
    opaque: int = 0
    storages: tuple[torch.UntypedStorage, ...] = ()

    @property
    def nbytes(self) -> int:
        """The bytes that it takes, each counted once."""
        if len(self.pieces) == 1:
            return self.pieces[0].layout.nbytes
        own = dict.fromkeys((piece.space, piece.layout) for piece in self.pieces)
        return self.opaque + sum(layout.nbytes for _, layout in own)

    @property
    def reading(self) -> Hashable:
        """What two tensors have equal that are one in all but their objects."""
        return tuple((piece.space, piece.layout, piece.reading) for piece in self.pieces)


@contextmanager
def only_looking() -> Iterator[None]:
    """Ask the base class whatever a subclass overrides, and record no gradients."""
    plain = getattr(torch._C, "DisableTorchFunctionSubclass", torch._C.DisableTorchFunction)
    with torch.no_grad(), plain():
        yield


def is_unmade(tensor: Tensor) -> bool:
    """Whether it is the stand-in of a lazy module: it has no shape and no memory yet."""
    return isinstance(tensor, (UninitializedParameter, UninitializedBuffer))


def shape_of(tensor: Tensor) -> tuple[int, ...] | None:
    """Its sizes; None where it has none, as a lazy or a nested tensor. To be asked under `only_looking`."""
    if is_unmade(tensor):
        return None
    sizes = _answer(lambda: tuple(Tensor.size(tensor)))
    return None if sizes is None else tuple(_whole(size) for size in sizes)


def elements_of(tensor: Tensor) -> int:
    """How many elements it has; 0 where it is not there yet."""
    number = _answer(lambda: Tensor.numel(tensor))
    return 0 if number is None else _whole(number)


def place_of(tensor: Tensor) -> Place:
    """Where a tensor lies. To be asked under `only_looking`."""
    if type(tensor) in _PLAIN and tensor.layout is torch.strided and not tensor.is_nested:
        return _leaf(tensor)
    return _join(list(_parts(tensor, frozenset())))


def _join(parts: list[Place]) -> Place:
    if len(parts) == 1:
        return parts[0]
    pieces = tuple(piece for part in parts for piece in part.pieces)
    storages = tuple(storage for part in parts for storage in part.storages)
    return Place(pieces, sum(part.opaque for part in parts), storages)


def _parts(tensor: Tensor, above: frozenset[int]) -> Iterator[Place]:
    """The places of the tensors that one consists of."""
    if is_unmade(tensor) or id(tensor) in above:
        return
    inner = _inner(tensor)
    if inner:
        above = above | {id(tensor)}
        for one in inner:
            yield from _parts(one, above)
    else:
        yield _leaf(tensor)


def _leaf(tensor: Tensor) -> Place:
    """The place of a tensor that consists of no others; opaque where torch does not say which bytes it has."""
    if not elements_of(tensor):
        return Place()
    return _answer(lambda: _strided(tensor)) or Place(opaque=_size(tensor))


def _inner(tensor: Tensor) -> list[Tensor]:
    """The tensors that hold what a wrapper, a sparse or a nested tensor shows; none of one that has memory itself."""
    if type(tensor) not in _PLAIN:
        held = _held(tensor)
        if held:
            return held
    names = _NO_STRIDES.get(tensor.layout)
    if names is not None:
        return _tensors(_answer(getattr(tensor, name)) for name in names)
    return _tensors([_answer(tensor.values)]) if tensor.is_nested else []


def _held(tensor: Tensor) -> list[Tensor]:
    """The inner tensors of a wrapper subclass."""
    flatten = getattr(type(tensor), "__tensor_flatten__", None)
    if flatten is not None:
        names = _answer(lambda: list(flatten(tensor)[0]))
        if names is not None:
            return _tensors(_attribute(tensor, name) for name in names)
    local = _attribute(tensor, "_local_tensor")
    if isinstance(local, Tensor):
        return [local]
    if type(tensor).__torch_dispatch__ is not Tensor.__torch_dispatch__ and not _has_memory(tensor):
        return _tensors(vars(tensor).values())
    return []


def _attribute(tensor: Tensor, name: str) -> object:
    return _answer(lambda: getattr(tensor, name, None))


def _tensors(things: Iterable[object]) -> list[Tensor]:
    return [thing for thing in things if isinstance(thing, Tensor)]


def _has_memory(tensor: Tensor) -> bool:
    """Whether a tensor has a storage of its own that can be asked: a wrapper's raises, or has no memory behind it."""

    def look() -> bool:
        storage = Tensor.untyped_storage(tensor)
        return storage.device.type == "meta" or storage.data_ptr() != 0

    return bool(_answer(look))


def _strided(tensor: Tensor) -> Place:
    """The place of a tensor with strides over a storage."""
    storage = Tensor.untyped_storage(tensor)
    itemsize = Tensor.element_size(tensor)
    identity = _identity(storage)
    space, start = _space(tensor, storage, identity)
    start += _whole(Tensor.storage_offset(tensor)) * itemsize
    number = Tensor.numel(tensor)
    order: tuple[tuple[int, int], ...]
    if type(number) is int and Tensor.is_contiguous(tensor):  # nearly all are, and this is the short way
        layout = Layout.dense(start, number * itemsize)
        order = ((number, 1),) if number > 1 else ()
    else:
        sizes = [_whole(size) for size in Tensor.size(tensor)]
        strides = [_whole(stride) for stride in Tensor.stride(tensor)]
        layout = Layout.of(start, itemsize, sizes, strides)
        order = _merged(sizes, strides)
    piece = Piece(space, identity, layout, (tensor.dtype, order, Tensor.is_conj(tensor), Tensor.is_neg(tensor)))
    return Place((piece,), storages=(storage,))


def _space(tensor: Tensor, storage: torch.UntypedStorage, identity: int) -> tuple[Hashable, int]:
    """What the bytes of a storage are counted in, and its first one."""
    device = storage.device
    if device.type != "meta" and not _is_lazy_copy(tensor):
        address = _answer(storage.data_ptr)
        if address:
            return device, address
    return identity, 0


def _merged(sizes: Sequence[int], strides: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """In which order elements are read: reshaped views read the same elements in the same order."""
    merged: list[tuple[int, int]] = []
    for size, stride in zip(sizes, strides, strict=True):
        if size == 1:
            continue
        if merged and merged[-1][1] == size * stride:
            merged[-1] = (merged[-1][0] * size, stride)
        else:
            merged.append((size, stride))
    return tuple(merged)


def _identity(storage: torch.UntypedStorage) -> int:
    """What tells a storage from all others while it lives: the address of its C++ object."""
    return int(getattr(storage, "_cdata", 0)) or id(storage)


def _is_lazy_copy(tensor: Tensor) -> bool:
    """Whether the next write gives it memory of its own; asking for its address would do so at once."""
    ask: Callable[[Tensor], bool] | None = getattr(torch._C, "_is_cow_tensor", None)
    return ask is not None and ask(tensor)


def _size(tensor: Tensor) -> int:
    return elements_of(tensor) * (_answer(lambda: Tensor.element_size(tensor)) or 0)


def _whole(size: object) -> int:
    """A size as a number: a symbolic one by its hint, without a guard on it."""
    if type(size) is int:
        return size
    node = getattr(size, "node", None)
    hint = getattr(node, "hint", None)
    return hint if isinstance(hint, int) else 0


def _answer(ask: Callable[[], Answer]) -> Answer | None:
    """What a tensor says; None where it refuses."""
    try:
        return ask()
    except Exception:  # each kind of tensor refuses in its own way, and a subclass may raise whatever it likes
        return None
