"""A copy of a model in which exactly the same tensors are one, and share the same bytes, as in the model.

`copy.deepcopy` gives each of two Parameters over one memory a memory of its own, and `pickle` splits views; a tie that
the copy lost could not be tested on it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

import torch
from torch import nn


def faithful_copy(model: nn.Module, device: str = "cpu") -> nn.Module:
    """Return a copy on a device whose tensors share as those of the model do.

    Values are kept; those of a model on meta are ones. Gradients are not copied. Whatever `copy.deepcopy` of the other
    attributes raises is raised.

    Args:
        model: on any device.
        device: `cpu` or `meta`.
    """
    tensors = {id(tensor): tensor for tensor in held_tensors(model)}
    plain = {key: tensor for key, tensor in tensors.items() if _is_plain(tensor)}
    storages = _copied_storages(plain.values(), device)
    memo: dict[int, object] = {}
    for key, tensor in plain.items():
        memo[key] = _counterpart(tensor, storages[tensor.untyped_storage()._cdata], device)
    copied = copy.deepcopy(model, memo)
    for key, tensor in plain.items():
        memo[key].__dict__.update(copy.deepcopy(tensor.__dict__, memo))
    return copied


def held_tensors(model: nn.Module) -> Iterator[torch.Tensor]:
    """Yield every tensor that a module of the model holds: parameters, buffers and plain attributes, repeatedly."""
    for module in model.modules():
        for registry in (module._parameters, module._buffers, vars(module)):
            yield from (value for value in registry.values() if isinstance(value, torch.Tensor))


def storage_bytes(model: nn.Module) -> int:
    """Return the bytes of all storages that a faithful copy would allocate."""
    plain = [tensor for tensor in held_tensors(model) if _is_plain(tensor)]
    return sum({tensor.untyped_storage()._cdata: tensor.untyped_storage().nbytes() for tensor in plain}.values())


def _is_plain(tensor: torch.Tensor) -> bool:
    """Whether a tensor is its storage, offset, sizes and strides, and nothing more."""
    if type(tensor).__torch_dispatch__ is not torch.Tensor.__torch_dispatch__ or _is_lazy(tensor):
        return False
    return tensor.layout is torch.strided and not (tensor.is_quantized or tensor.is_conj() or tensor.is_neg())


def _is_lazy(tensor: torch.Tensor) -> bool:
    return isinstance(tensor, (nn.UninitializedParameter, nn.UninitializedBuffer))


def _copied_storages(tensors: Iterable[torch.Tensor], device: str) -> dict[int, torch.UntypedStorage]:
    """Return a new storage for each of those under some tensors; those that map common memory map it again."""
    originals = {tensor.untyped_storage()._cdata: tensor.untyped_storage() for tensor in tensors}
    if device == "meta":
        return {key: _zeros(storage.nbytes(), "meta") for key, storage in originals.items()}
    copied: dict[int, torch.UntypedStorage] = {}
    for start, end, members in _regions(originals):
        if len(members) == 1:
            copied[members[0]] = _copied(originals[members[0]])
            continue
        memory = bytearray(end - start)
        for key in members:
            offset, size = originals[key].data_ptr() - start, originals[key].nbytes()
            view = torch.frombuffer(memory, dtype=torch.uint8, offset=offset, count=size)
            view.copy_(_as_bytes(originals[key]))
            copied[key] = view.untyped_storage()
    return copied


def _regions(storages: dict[int, torch.UntypedStorage]) -> list[tuple[int, int, list[int]]]:
    """Return the stretches of memory that storages map, each with the storages that map a part of it."""
    regions: list[tuple[int, int, list[int]]] = []
    placed = sorted((storage.data_ptr(), key) for key, storage in storages.items())
    for start, key in placed:
        end = start + storages[key].nbytes()
        if regions and start and start < regions[-1][1]:
            first, last, members = regions.pop()
            regions.append((first, max(last, end), [*members, key]))
        else:
            regions.append((start, end, [key]))
    return regions


def _copied(storage: torch.UntypedStorage) -> torch.UntypedStorage:
    if storage.device.type == "meta":
        return _zeros(storage.nbytes(), "cpu")
    return _as_bytes(storage).to("cpu", copy=True).untyped_storage()


def _zeros(nbytes: int, device: str) -> torch.UntypedStorage:
    return torch.zeros(nbytes, dtype=torch.uint8, device=device).untyped_storage()


def _as_bytes(storage: torch.UntypedStorage) -> torch.Tensor:
    return torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)


def _counterpart(tensor: torch.Tensor, storage: torch.UntypedStorage, device: str) -> torch.Tensor:
    """Return a tensor of the same class and layout over another storage."""
    empty = torch.empty(0, dtype=tensor.dtype, device=device)
    view = empty.set_(storage, tensor.storage_offset(), tensor.shape, tensor.stride())
    if tensor.is_meta and device != "meta" and (view.is_floating_point() or view.is_complex()):
        view.fill_(1)
    if not tensor.is_leaf:
        # What a graph computed, like a legacy `weight_norm`, is no leaf here either: `copy.deepcopy` refuses it.
        return view.requires_grad_().clone()
    if type(tensor) is nn.Parameter:
        return nn.Parameter(view, requires_grad=tensor.requires_grad)
    typed = view if type(tensor) is torch.Tensor else view.as_subclass(type(tensor))
    return typed.requires_grad_(tensor.requires_grad)
