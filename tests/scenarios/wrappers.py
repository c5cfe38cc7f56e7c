"""Subclasses of Tensor: those that show another tensor, those that answer no question, and distributed ones."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from scenarios import ON_CPU, Make, Table, alias, held, one, over

TABLE = Table()
add = TABLE.add


class Wrapper(torch.Tensor):
    """A tensor that shows another one, which torch can unwrap."""

    inner: Tensor

    @staticmethod
    def __new__(cls, inner: Tensor):
        shown = Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype, device=inner.device)
        shown.inner = inner
        return shown

    def __tensor_flatten__(self):
        return ["inner"], None

    @staticmethod
    def __tensor_unflatten__(tensors: dict[str, Tensor], context: None, size: Any, stride: Any):
        return Wrapper(tensors["inner"])

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None):
        if func is torch.ops.aten.detach.default:
            return Wrapper(args[0].inner)
        raise NotImplementedError(func)


class Closed(Wrapper):
    """One that torch cannot unwrap: it keeps the other one in an attribute."""

    __tensor_flatten__ = None  # type: ignore[assignment]  # as if it had none

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None):
        if func is torch.ops.aten.detach.default:
            return Closed(args[0].inner)
        raise NotImplementedError(func)


class Loud(torch.Tensor):
    """One that answers no question."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None):
        raise RuntimeError("ask me nothing")


@add(alias("a", "b"), on=("cpu", "meta"))
def wrapped_twice(make: Make):
    inner = make.tensor(3)
    return held(a=nn.Parameter(Wrapper(inner)), b=nn.Parameter(Wrapper(inner)))


@add(on=("cpu", "meta"))
def wrapped_apart(make: Make):
    return held(a=nn.Parameter(Wrapper(make.tensor(3))), b=nn.Parameter(Wrapper(make.tensor(3))))


@add(over("a", "b"), on=("cpu", "meta"))
def wrapped_views(make: Make):
    inner = make.tensor(4)
    return held(a=nn.Parameter(Wrapper(inner[:3])), b=nn.Parameter(Wrapper(inner[1:])))


@add(alias("a", "b"), on=("cpu", "meta"))
def wrapped_wrappers(make: Make):
    inner = make.tensor(3)
    return held(a=nn.Parameter(Wrapper(Wrapper(inner))), b=nn.Parameter(Wrapper(Wrapper(inner))))


@add(alias("plain", "wrapped"), on=("cpu", "meta"))
def wrapped_and_plain(make: Make):
    weight = make.parameter(3)
    return held(plain=weight, wrapped=nn.Parameter(Wrapper(weight.detach())))


@add(one("a", "b"), on=("cpu", "meta"))
def one_wrapper(make: Make):
    weight = nn.Parameter(Wrapper(make.tensor(3)))
    return held(a=weight, b=weight)


@add(alias("a", "b"), on=ON_CPU)
def wrapper_that_torch_cannot_open(make: Make):
    inner = make.tensor(3)
    return held(a=nn.Parameter(Closed(inner)), b=nn.Parameter(Closed(inner)))


@add(over("a", "b"), on=("cpu", "meta"))
def wrappers_of_two_tensors(make: Make):
    from torch.testing._internal.two_tensor import TwoTensor

    common = make.tensor(3)
    first, second = TwoTensor(common, make.tensor(3)), TwoTensor(common, make.tensor(3))
    return held(a=nn.Parameter(first), b=nn.Parameter(second))


@add(alias("a", "b"), on=ON_CPU)
def subclass_that_overrides_everything(make: Make):
    weight = make.tensor(3)
    loud = torch.Tensor._make_subclass(Loud, weight)
    model = held(a=make.parameter(1))
    model._parameters["a"] = nn.Parameter(weight)
    model._buffers["b"] = loud
    return model


@add(alias("a", "b"), on=("cpu", "meta"))
def subclass_with_methods_of_its_own(make: Make):
    class Lying(torch.Tensor):
        def size(self, *args: Any):
            raise RuntimeError

        stride = numel = untyped_storage = storage_offset = is_contiguous = element_size = size

    weight = make.tensor(3)
    return held(a=nn.Parameter(weight), b=torch.Tensor._make_subclass(Lying, weight))


@add(on=("cpu", "meta"))
def wrapper_that_fails_to_open(make: Make):
    class Broken(Wrapper):
        def __tensor_flatten__(self):
            raise RuntimeError

    inner = make.tensor(3)
    return held(a=make.parameter(3), b=Broken(inner))


@add(alias("a", "b"), on=("cpu", "meta"))
def plain_subclass(make: Make):
    class Mine(torch.Tensor):
        pass

    weight = make.tensor(3)
    return held(a=nn.Parameter(weight.as_subclass(Mine)), b=nn.Parameter(weight))


def _distributed(make: Make) -> tuple[Any, Any]:
    import torch.distributed as dist
    from torch.distributed.tensor import DTensor, init_device_mesh
    from torch.testing._internal.distributed.fake_pg import FakeStore

    if not dist.is_initialized():
        dist.init_process_group("fake", store=FakeStore(), rank=0, world_size=2)
    return DTensor, init_device_mesh("cpu", (2,))


@add(alias("a", "b"), on=ON_CPU)
def distributed(make: Make):
    tensors, mesh = _distributed(make)
    local = make.tensor(4)
    return held(a=nn.Parameter(tensors.from_local(local, mesh)), b=nn.Parameter(tensors.from_local(local, mesh)))


@add(on=ON_CPU)
def distributed_apart(make: Make):
    tensors, mesh = _distributed(make)
    made = [nn.Parameter(tensors.from_local(make.tensor(4), mesh)) for _ in range(2)]
    return held(a=made[0], b=made[1])
