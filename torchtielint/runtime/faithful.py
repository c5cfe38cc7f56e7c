"""A copy of a model in which exactly the same tensors are one, and share the same bytes, as in the model.

`copy.deepcopy` gives each of two Parameters over one memory a memory of its own, and `pickle` splits views; a tie that
the copy lost could not be tested on it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

import torch
from torch import nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from torchtielint.runtime import memory
from torchtielint.runtime.walk import walk

PROTOCOLS = ("__torch_function__", "__torch_dispatch__")

NARROW = 4
"""The largest size of a dimension in a narrow copy."""


def faithful_copy(model: nn.Module, device: str = "cpu", *, narrow: bool = False) -> nn.Module:
    """Return a copy on a device whose tensors share as those of the model do.

    Values are kept; where the model has none, on meta, they are ones. Gradients are not copied.

    Args:
        model: on any device.
        device: `cpu` or `meta`.
        narrow: tensors that are the whole of a storage get at most `NARROW` elements along each dimension. What
            becomes of a tie does not depend on sizes, and a copy of a model of billions of elements is small.

    Raises:
        TypeError: the model is scripted, or a tensor is nested: torch's own copies are not the same in all respects.
        Exception: whatever `copy.deepcopy` of the other attributes raises.
    """
    held = {id(tensor): tensor for tensor in held_tensors(model)}
    with memory.only_looking():
        nested = any(tensor.is_nested for tensor in held.values())
    if nested or isinstance(model, torch.jit.ScriptModule):
        raise TypeError("scripted modules and nested tensors have no faithful copy")
    tensors = {key: tensor for key, tensor in held.items() if is_plain(tensor)}
    sources = _narrowed(tensors) if narrow else {key: tensor.detach() for key, tensor in tensors.items()}
    storages = _copied_storages(sources.values(), device)
    memo: dict[int, object] = {}
    for key, source in sources.items():
        memo[key] = _counterpart(tensors[key], source, storages[_storage(source)], device)
    copied = copy.deepcopy(model, memo)
    for key, tensor in tensors.items():
        if not _is_fake(tensor):  # whose attributes are those of its mode
            vars(memo[key]).update(copy.deepcopy(vars(tensor), memo))
    return copied


def held_tensors(model: nn.Module) -> Iterator[torch.Tensor]:
    """Yield every tensor that a module of the model holds: parameters, buffers and plain attributes, repeatedly."""
    for module in [model, *(found.thing for found in walk(model).modules.values())]:
        for registry in (module._parameters, module._buffers, vars(module)):
            yield from (value for value in registry.values() if isinstance(value, torch.Tensor))


def copied_bytes(model: nn.Module, *, narrow: bool = False) -> int:
    """Return how many bytes a faithful copy allocates."""
    tensors = {id(tensor): tensor for tensor in held_tensors(model) if is_plain(tensor)}
    sources = _narrowed(tensors) if narrow else tensors
    return sum({_storage(source): source.untyped_storage().nbytes() for source in sources.values()}.values())


def has_values(model: nn.Module) -> bool:
    """Tell whether the tensors of a model are more than shapes."""
    with memory.only_looking():
        return not any(_is_without_values(tensor) for tensor in held_tensors(model))


def is_plain(tensor: torch.Tensor) -> bool:
    """Tell whether a tensor is its storage, offset, sizes and strides, and nothing more."""
    if isinstance(tensor, (UninitializedParameter, UninitializedBuffer)):
        return False
    if type(tensor) not in (torch.Tensor, nn.Parameter) and not _is_fake(tensor) and answers_itself(type(tensor)):
        return False
    if tensor.layout is not torch.strided or tensor.is_nested or tensor.is_quantized:
        return False
    return not tensor.is_neg()


def answers_itself(kind: type[torch.Tensor]) -> bool:
    """Tell whether a subclass answers itself when it is asked where it lies: by the protocol, or by methods."""
    torch_own = {torch.Tensor, nn.Parameter, *torch.Tensor.__mro__}
    defined = {name for base in set(kind.__mro__) - torch_own for name in vars(base)}
    return any(name in PROTOCOLS or _is_public_in_tensor(name) for name in defined)


def _is_public_in_tensor(name: str) -> bool:
    return not name.startswith("__") and hasattr(torch.Tensor, name)


def _is_fake(tensor: torch.Tensor) -> bool:
    """Tell whether it is a FakeTensor: the class is private, and its module has moved before."""
    return any(base.__name__ == "FakeTensor" for base in type(tensor).__mro__)


def _is_without_values(tensor: torch.Tensor) -> bool:
    return tensor.is_meta or _is_fake(tensor)


def _storage(tensor: torch.Tensor) -> int:
    """Return what tells its storage from all others while both live."""
    return int(tensor.untyped_storage()._cdata)


def _narrowed(tensors: dict[int, torch.Tensor]) -> dict[int, torch.Tensor]:
    """Return the tensors, or a corner of each that is the whole of a storage which no other tensor sees otherwise."""
    views: dict[int, set[object]] = {}
    for tensor in tensors.values():
        layout = (tensor.storage_offset(), tuple(tensor.shape), tensor.stride(), tensor.dtype)
        views.setdefault(_storage(tensor), set()).add(layout)
    originals = {_storage(tensor): tensor.untyped_storage() for tensor in tensors.values()}
    alone = {members[0] for _, _, members in _regions(originals) if len(members) == 1}
    corners: dict[int, torch.Tensor] = {}
    sources: dict[int, torch.Tensor] = {}
    for key, tensor in tensors.items():
        storage = _storage(tensor)
        if storage in alone and len(views[storage]) == 1 and tensor.is_contiguous():
            if storage not in corners:
                corner = tensor.detach()[tuple(slice(NARROW) for _ in tensor.shape)]
                corners[storage] = corner.clone(memory_format=torch.contiguous_format)
            sources[key] = corners[storage]
        else:
            sources[key] = tensor.detach()
    return sources


def _copied_storages(tensors: Iterable[torch.Tensor], device: str) -> dict[int, torch.UntypedStorage]:
    """Return a new storage for each of those under some tensors; those that map common memory map it again."""
    originals: dict[int, torch.UntypedStorage] = {}
    empty: dict[int, torch.UntypedStorage] = {}
    for tensor in tensors:
        storage = tensor.untyped_storage()
        originals[storage._cdata] = storage
        if device == "meta" or _is_without_values(tensor):
            empty[storage._cdata] = _zeros(storage.nbytes(), device)
    copied: dict[int, torch.UntypedStorage] = {}
    for start, end, members in _regions({key: storage for key, storage in originals.items() if key not in empty}):
        if len(members) == 1:
            copied[members[0]] = _as_bytes(originals[members[0]]).to("cpu", copy=True).untyped_storage()
            continue
        memory = bytearray(end - start)
        for key in members:
            offset, size = originals[key].data_ptr() - start, originals[key].nbytes()
            view = torch.frombuffer(memory, dtype=torch.uint8, offset=offset, count=size)
            view.copy_(_as_bytes(originals[key]))
            copied[key] = view.untyped_storage()
    return copied | empty


def _regions(storages: dict[int, torch.UntypedStorage]) -> list[tuple[int, int, list[int]]]:
    """Return the stretches of memory that storages map, each with the storages that map a part of it."""
    regions: list[tuple[int, int, list[int]]] = []
    for start, key in sorted((_address(storage), key) for key, storage in storages.items()):
        end = start + storages[key].nbytes()
        if start and regions and start < regions[-1][1]:
            first, last, members = regions.pop()
            regions.append((first, max(last, end), [*members, key]))
        else:
            regions.append((start, end, [key]))
    return regions


def _address(storage: torch.UntypedStorage) -> int:
    """Return where a storage lies, and 0 where that cannot be told."""
    try:
        return storage.data_ptr()
    except RuntimeError:  # of a fake tensor
        return 0


def _zeros(nbytes: int, device: str) -> torch.UntypedStorage:
    return torch.zeros(nbytes, dtype=torch.uint8, device=device).untyped_storage()


def _as_bytes(storage: torch.UntypedStorage) -> torch.Tensor:
    return torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)


def _counterpart(
    tensor: torch.Tensor, source: torch.Tensor, storage: torch.UntypedStorage, device: str
) -> torch.Tensor:
    """Return a tensor of the class of one, and of the layout of another, over a new storage."""
    empty = torch.empty(0, dtype=source.dtype, device=device)
    view = empty.set_(storage, source.storage_offset(), source.shape, source.stride())
    if device != "meta" and _is_without_values(tensor) and (view.is_floating_point() or view.is_complex()):
        view.fill_(1)
    view = view.conj() if source.is_conj() else view
    if not tensor.is_leaf:
        # What a graph computed, like a legacy `weight_norm`, is no leaf here either: `copy.deepcopy` refuses it.
        return view.requires_grad_().clone()
    if type(tensor) is nn.Parameter or (isinstance(tensor, nn.Parameter) and _is_fake(tensor)):
        return nn.Parameter(view, requires_grad=tensor.requires_grad)
    typed = view if type(tensor) is torch.Tensor or _is_fake(tensor) else view.as_subclass(type(tensor))
    return typed.requires_grad_(tensor.requires_grad)
