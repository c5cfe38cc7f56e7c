"""What methods and functions are called with: receivers of every kind, and arguments that many of them accept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

Make = Callable[[], torch.Tensor]
Arguments = tuple[Any, ...]

FACTORIES: dict[str, tuple[tuple[Any, ...], ...]] = {
    "torch.zeros": ((2, 3),), "torch.ones": ((2, 3),), "torch.empty": ((2, 3),), "torch.rand": ((2, 3),),
    "torch.randn": ((2, 3),), "torch.eye": ((3,),), "torch.linspace": ((0, 1, 5),), "torch.logspace": ((0, 1, 5),),
    "torch.full": (((2,), 1), ((2,), 0.5)), "torch.arange": ((3,), (0.5,)), "torch.randint": ((3, (2,)),),
    "torch.randperm": ((3,),), "torch.normal": ((0.0, 1.0, (2,)),), "torch.scalar_tensor": ((1,), (0.5,)),
    "torch.tensor": (([1],), ([0.5],)), "torch.as_tensor": (([1],), ([0.5],)), "torch.asarray": (([1],), ([0.5],)),
    "torch.empty_strided": (((2,), (1,)),), "torch.empty_permuted": (((2, 3), (1, 0)),), "torch.range": ((0, 3),),
    "torch.tril_indices": ((3, 3),), "torch.triu_indices": ((3, 3),), "torch.hann_window": ((5,),),
    "torch.hamming_window": ((5,),), "torch.bartlett_window": ((5,),), "torch.blackman_window": ((5,),),
    "torch.kaiser_window": ((5,),), "torch.fft.fftfreq": ((5,),), "torch.fft.rfftfreq": ((5,),),
    "torch.from_numpy": (), "torch.frombuffer": (), "torch.sparse_coo_tensor": (([[0]], [1]), ([[0]], [0.5])),
}  # fmt: skip
# A receiver and what comes after it, for methods and functions that accept none of the general arguments.
_V, _M, _B, _I = torch.ones(4), torch.ones(3, 4), torch.ones(2, 3, 4), torch.tensor([0])
SPECIAL: dict[str, tuple[torch.Tensor, tuple[Any, ...]]] = {
    "addbmm": (torch.ones(3, 3), (_B, _B.mT)), "baddbmm": (torch.ones(2, 3, 3), (_B, _B.mT)), "bmm": (_B, (_B.mT,)),
    "addmv": (torch.ones(3), (_M, _V)), "addr": (_M, (torch.ones(3), _V)), "mv": (_M, (_V,)), "apply_": (_V, (abs,)),
    "map_": (_V, (torch.ones(4), min)), "map2_": (_V, (torch.ones(4), torch.ones(4), lambda a, _b, _c: a)),
    "as_strided_scatter": (_V, (torch.ones(2), (2,), (1,))), "diagonal_scatter": (_M, (torch.ones(3),)),
    "select_scatter": (_M, (_V, 0, 0)), "index_reduce": (_M, (0, _I, _M[:1], "amax")),
    "as_subclass": (_M, (torch.Tensor,)),
    "scatter_reduce": (_V, (0, _I, torch.ones(1), "sum")), "nonzero_static": (_V, ()), "vdot": (_V, (torch.ones(4),)),
    "orgqr": (torch.eye(3), (torch.ones(3),)), "ormqr": (torch.eye(3), (torch.ones(3), torch.eye(3))),
    "householder_product": (torch.eye(3), (torch.ones(3),)), "chain_matmul": (_M, (_M.t(),)),
    "bilinear": (_M, (_M, torch.ones(2, 4, 4))), "linear": (_M, (_M,)), "conv1d": (_B, (torch.ones(5, 3, 1),)),
    "conv2d": (torch.ones(1, 3, 4, 4), (torch.ones(5, 3, 1, 1),)),
    "conv3d": (torch.ones(1, 3, 4, 4, 4), (torch.ones(5, 3, 1, 1, 1),)),
    "conv_tbc": (_B, (torch.ones(1, 4, 5), torch.ones(5))), "conv_transpose1d": (_B, (torch.ones(3, 5, 1),)),
    "conv_transpose2d": (torch.ones(1, 3, 4, 4), (torch.ones(3, 5, 1, 1),)),
    "conv_transpose3d": (torch.ones(1, 3, 4, 4, 4), (torch.ones(3, 5, 1, 1, 1),)),
    "scaled_dot_product_attention": (_B, (_B, _B)), "layer_norm": (_B, ((4,),)), "rms_norm": (_B, ((4,),)),
    "dropout3d": (torch.ones(1, 1, 2, 2, 2), (0.5, False)), "affine_grid": (torch.ones(1, 2, 3), ((1, 1, 2, 2),)),
    "cosine_embedding_loss": (_M, (_M, torch.ones(3))), "fold": (torch.ones(1, 4, 4), ((3, 3), (2, 2))),
    "grid_sample": (torch.ones(1, 1, 4, 4), (torch.zeros(1, 2, 2, 2),)), "nll_loss": (_M, (torch.tensor([0, 1, 2]),)),
    "ctc_loss": (torch.ones(5, 1, 3), (torch.ones(1, 2).long(), torch.tensor([5]), torch.tensor([2]))),
    "max_unpool1d": (torch.ones(1, 1, 2), (torch.tensor([[[0, 2]]]), 2)),
    "max_unpool2d": (torch.ones(1, 1, 1, 1), (torch.tensor([[[[0]]]]), 2)),
    "max_unpool3d": (torch.ones(1, 1, 1, 1, 1), (torch.tensor([[[[[0]]]]]), 2)),
    "new_full": (_M, ((2,), 0.5)),
    "group_norm": (_B, (3,)), "batch_norm": (_B, (torch.zeros(3), torch.ones(3))), "instance_norm": (_B, ()),
}  # fmt: skip


@dataclass(frozen=True)
class Receiver:
    """A tensor, made afresh for each call, and what to try after it."""

    make: Make
    arguments: tuple[Arguments, ...]


def receivers(*, dtypes: bool) -> tuple[Receiver, ...]:
    """Parameters of each rank, layout and dtype class, then tensors without gradient; `dtypes` adds every dtype."""
    well = torch.eye(3) * 4 + torch.arange(9.0).reshape(3, 3) / 9
    shapes = ((3, 4), (5,), (2, 3, 4), (), (1, 2, 4, 4))
    parameters = [torch.linspace(0.1, 0.9, math.prod(shape)).reshape(shape) for shape in shapes]
    parameters += [
        well,
        well.to(torch.complex64),
        torch.linspace(0.1, 0.9, 12).reshape(4, 3).t(),
        parameters[0].double(),
    ]
    plain = [torch.arange(12).reshape(3, 4) % 2, torch.arange(12).reshape(3, 4) % 2 == 0, torch.arange(5)]
    found = [Receiver(_parameter(data), tuple(_arguments(data))) for data in parameters]
    found += [Receiver(data.clone, tuple(_arguments(data))) for data in plain]
    conjugated = well.to(torch.complex64).conj()
    found += [
        Receiver(lambda: conjugated.clone().conj(), ((),)),
        Receiver(lambda: conjugated.clone().conj().imag, ((),)),
    ]
    if dtypes:
        few: tuple[Arguments, ...] = ((), (torch.float64,), (torch.int64,))
        floats = (torch.half, torch.bfloat16, torch.cdouble, torch.chalf)
        found += [Receiver(_parameter(parameters[1].to(dtype)), few) for dtype in floats]
        integers = (torch.int8, torch.uint8, torch.int16, torch.int32)
        found += [Receiver(torch.arange(5).to(dtype).clone, few) for dtype in integers]
    return tuple(found)


def special(name: str) -> Receiver | None:
    """What a method or function that accepts none of the general arguments is called with, in place or not."""
    last = name.rpartition(".")[2]
    entry = SPECIAL.get(last, SPECIAL.get(last.removesuffix("_")))
    return None if entry is None else Receiver(_parameter(entry[0]), (entry[1],))


def _parameter(data: torch.Tensor) -> Make:
    return lambda: nn.Parameter(data.clone())


def _arguments(receiver: torch.Tensor) -> Iterator[Arguments]:
    """What to try after the receiver."""
    other = receiver.clone()
    shape = tuple(receiver.shape)
    mask = torch.zeros(shape, dtype=torch.bool)
    index = torch.zeros(shape, dtype=torch.int64)
    first = torch.tensor([0])
    yield from (
        (),
        (0,),
        (1,),
        (-1,),
        (2,),
        (0.5,),
        (0, 1),
        (1, 0),
        (0.1, 0.9),
        (shape,),
        shape,
        (tuple(reversed(range(len(shape)))),),
    )
    yield from (
        (other,),
        (index,),
        (mask,),
        (other, other),
        (other, 0.5),
        (mask, 0.5),
        (mask, other),
        (0.5, False),
        (0.5, True),
    )
    yield from ((0, first), (0, index), (0, first, other[:1] if shape else other), (0, index, other), (0, index, 0.5))
    yield from ((0, first, 0.5), (0, 0, 1), (0, 0), (0, 1, 1), (0, (1, *shape[:1])), (torch.float64,), (torch.int64,))
    yield from (
        ((1, 1),),
        ((0, 1), (1, 0)),
        (shape, (1,) * len(shape)),
        ([first],),
        (first, other[:1] if shape else other),
    )
    yield from (
        (other, other, other),
        (2, 2),
        (0.5, 0.5),
        (2, 0, 1),
        ("ij->ji",),
        ((first,), other[:1] if shape else other),
    )
