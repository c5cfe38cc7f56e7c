"""Memory that several storages map, and tensors without strides or without memory of their own."""

from __future__ import annotations

import ctypes
import io
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter
from torch.nn.utils import parametrizations, prune
from torch.nn.utils import parametrize as parametrizing

from scenarios import ON_CPU, Make, Table, alias, held, module, one, over

TABLE = Table()
add = TABLE.add


# Two storages, one memory


@add(alias("a", "b"), on=ON_CPU)
def numpy_array(make: Make):
    array = np.ones(4, dtype=np.float32)
    return held(a=nn.Parameter(torch.from_numpy(array)), b=nn.Parameter(torch.from_numpy(array)))


@add(over("a", "b"), on=ON_CPU)
def part_of_a_numpy_array(make: Make):
    array = np.ones((4, 4), dtype=np.float32)
    return held(a=nn.Parameter(torch.from_numpy(array)), b=nn.Parameter(torch.from_numpy(array[1:3])))


@add(on=ON_CPU)
def columns_of_a_numpy_array(make: Make):
    array = np.ones((4, 4), dtype=np.float32)
    return held(a=nn.Parameter(torch.from_numpy(array[:, ::2])), b=nn.Parameter(torch.from_numpy(array[:, 1::2])))


@add(alias("a", "b"), on=ON_CPU)
def bytes_of_a_buffer(make: Make):
    data = bytearray(16)
    return held(a=torch.frombuffer(data, dtype=torch.float32), b=torch.frombuffer(data, dtype=torch.float32))


@add(over("a", "b"), on=ON_CPU)
def windows_of_a_buffer(make: Make):
    data = bytearray(16)
    return held(
        a=torch.frombuffer(data, dtype=torch.float32, count=3),
        b=torch.frombuffer(data, dtype=torch.float32, offset=8),
    )


@add(alias("weight", "seen"), on=ON_CPU)
def through_numpy_and_back(make: Make):
    weight = make.parameter(4)
    return held(weight=weight, seen=torch.from_numpy(weight.detach().numpy()))


@add(alias("weight", "seen"), on=ON_CPU)
def through_dlpack(make: Make):
    weight = make.parameter(4)
    return held(weight=weight, seen=torch.from_dlpack(weight.detach()))


@add(alias("a", "b"), on=ON_CPU)
def ctypes_array(make: Make):
    array = (ctypes.c_float * 4)()
    return held(a=torch.frombuffer(array, dtype=torch.float32), b=torch.frombuffer(array, dtype=torch.float32))


@add(alias("a", "b"), on=ON_CPU)
def in_shared_memory(make: Make):
    weight = make.tensor(4).share_memory_()
    return held(a=nn.Parameter(weight), b=nn.Parameter(weight))


@add(alias("a", "b"), on=ON_CPU)
def one_mapping_of_a_file(make: Make):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights"
        path.write_bytes(bytes(16))
        array = np.memmap(path, dtype=np.float32, mode="r+")
        return held(a=torch.from_numpy(array), b=torch.from_numpy(array))


@add(alias("a", "b"), on=ON_CPU)
def two_mappings_of_a_file(make: Make):
    """Other addresses, and still one memory: what one writes, the other reads."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "weights")
        storages = [torch.UntypedStorage.from_file(path, shared=True, nbytes=4096) for _ in range(2)]
        tensors = [torch.empty(0, dtype=torch.float32).set_(storage) for storage in storages]
    tensors[0].fill_(3.0)
    assert 3.0 == tensors[1][5].item()
    return held(a=tensors[0], b=tensors[1])


@add(on=ON_CPU)
def two_private_mappings_of_a_file(make: Make):
    """What one writes, the other never sees."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights"
        path.write_bytes(bytes(4096))
        arrays = [np.memmap(path, dtype=np.float32, mode="c") for _ in range(2)]
        return held(a=torch.from_numpy(arrays[0]), b=torch.from_numpy(arrays[1]))


# Other layouts


@add(alias("a", "b"), on=ON_CPU)
def sparse(make: Make):
    weight = torch.eye(3).to_sparse()
    return held(a=nn.Parameter(weight), b=nn.Parameter(weight))


@add(on=ON_CPU)
def sparse_apart(make: Make):
    return held(a=nn.Parameter(torch.eye(3).to_sparse()), b=nn.Parameter(torch.eye(3).to_sparse()))


@add(over("sparse", "values"), on=ON_CPU)
def values_of_a_sparse_one(make: Make):
    weight = torch.eye(3).to_sparse().coalesce()
    return held(sparse=weight, values=weight.values())


@add(alias("a", "b"), on=ON_CPU)
def compressed_rows(make: Make):
    weight = torch.eye(4).to_sparse_csr()
    return held(a=weight, b=weight.detach())


@add(alias("a", "b"), on=ON_CPU)
def compressed_blocks(make: Make):
    weight = torch.eye(4).to_sparse_bsc((2, 2))
    return held(a=weight, b=weight.detach())


@add(alias("a", "b"), on=ON_CPU)
def quantised(make: Make):
    weight = torch.quantize_per_tensor(torch.ones(4), 0.1, 0, torch.qint8)
    return held(a=weight, b=weight.detach())


@add(on=ON_CPU)
def quantised_apart(make: Make):
    def quantised() -> Tensor:
        return torch.quantize_per_channel(torch.ones(2, 2), torch.ones(2), torch.zeros(2), 0, torch.quint8)

    return held(a=quantised(), b=quantised())


@add(one("a", "b"), on=ON_CPU)
def opaque(make: Make):
    weight = torch.ones(3, 4).to_mkldnn()
    return held(a=weight, b=weight, c=torch.ones(3, 4).to_mkldnn())


@add(alias("a", "b"), on=ON_CPU)
def nested(make: Make):
    weight = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])
    return held(a=weight, b=weight.detach())


@add(alias("a", "b"), on=ON_CPU)
def jagged(make: Make):
    weight = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)
    return held(a=weight, b=weight.detach())


@add(on=ON_CPU)
def jagged_apart(make: Make):
    def jagged() -> Tensor:
        return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)

    return held(a=jagged(), b=jagged())


# No memory, or none yet


@add(one("a", "b"), on=("cpu", "meta"))
def uninitialised(make: Make):
    weight = UninitializedParameter(device=make.device)
    return held(a=weight, b=weight, c=UninitializedParameter(device=make.device))


@add(one("a", "b"), on=("cpu", "meta"))
def uninitialised_buffer(make: Make):
    buffer = UninitializedBuffer(device=make.device)
    return held(a=buffer, b=buffer)


@add(on=ON_CPU)
def emptied(make: Make):
    """As fully sharded training leaves parameters: sizes, and no memory."""
    model = held(a=make.parameter(4), b=make.parameter(4))
    for weight in model.parameters():
        weight.untyped_storage().resize_(0)
    return model


@add(alias("a", "b"), on=ON_CPU)
def emptied_alias(make: Make):
    weight = make.parameter(4)
    model = held(a=weight, b=nn.Parameter(weight))
    weight.untyped_storage().resize_(0)
    return model


@add(on=ON_CPU)
def copied_on_the_next_write(make: Make):
    weight = make.parameter(4)
    return held(a=weight, b=torch._lazy_clone(weight.detach()))


# Reparametrized modules


@add(on=ON_CPU)
def weight_norm(make: Make):
    """The weight that it computes is no parameter."""
    return held(a=parametrizations.weight_norm(make.linear()))


@add(one("a.weight", "b.parametrizations.weight.original"))
def parametrized_on_one_side(make: Make):
    class Double(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * 2

    model = held(a=make.linear(), b=make.linear())
    model.b.weight = model.a.weight
    parametrizing.register_parametrization(model.b, "weight", Double())
    return model


@add(alias("a.weight", "b.parametrizations.weight.original1"))
def weight_norm_on_one_side(make: Make):
    """Its direction lies in the memory of the weight that was tied."""
    model = held(a=make.linear(), b=make.linear())
    model.b.weight = model.a.weight
    parametrizations.weight_norm(model.b)
    return model


@add(on=ON_CPU)
def spectral_norm(make: Make):
    return held(a=parametrizations.spectral_norm(make.linear()), b=nn.utils.spectral_norm(make.linear()))


@add()
def pruned(make: Make):
    """The masked weight is a plain attribute."""
    return held(a=prune.identity(make.linear(), "weight"))


@add(one("a.weight", "b.weight_orig"))
def pruned_on_one_side(make: Make):
    model = held(a=make.linear(), b=make.linear())
    model.b.weight = model.a.weight
    prune.identity(model.b, "weight")
    return model


# Scripts and wrappers of modules


class Both(nn.Module):
    """A layer under two names, and its weight in a third place."""

    def __init__(self, make: Make) -> None:
        super().__init__()
        self.a = make.linear()
        self.b = make.linear()
        self.b.weight = self.a.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.a(x) + self.b(x)


@add(one("a.weight", "b.weight"), on=ON_CPU)
def scripted(make: Make):
    return torch.jit.script(Both(make))


@add(one("a.weight", "b.weight"), on=ON_CPU)
def script_from_a_file(make: Make):
    data = io.BytesIO()
    torch.jit.save(torch.jit.script(Both(make)), data)
    data.seek(0)
    return torch.jit.load(data)


@add(one("a.weight", "b.weight"), on=ON_CPU)
def script_of_a_shared_layer(make: Make):
    """Scripts have no module objects that could be one."""
    model = Both(make)
    model.b = model.a
    return torch.jit.script(model)


@add(one("_orig_mod.a.weight", "_orig_mod.b.weight"), on=ON_CPU)
def compiled(make: Make):
    return torch.compile(Both(make), backend="eager")


@add(one("module.a.weight", "module.b.weight"), on=ON_CPU)
def averaged(make: Make):
    return torch.optim.swa_utils.AveragedModel(Both(make))


@add(one("a.weight", "b.weight"), on=ON_CPU)
def traced_symbolically(make: Make):
    return torch.fx.symbolic_trace(Both(make))


@add(alias("a", "b"))
def neighbour_types(make: Make):
    numbers = make.tensor(4, dtype=torch.float8_e4m3fn)
    return held(a=numbers, b=numbers.view(2, 2))


@add(alias("a", "b"))
def made_for_inference(make: Make):
    with torch.inference_mode():
        weight = make.tensor(4)
    return held(a=weight, b=weight.view(4))


@add(module("x", "y"), alias("x.a", "x.b", "y.a", "y.b"))
def aliases_below_a_shared_module(make: Make):
    weight = make.parameter(3)
    inner = held(a=weight, b=nn.Parameter(weight))
    return held(x=inner, y=inner)
