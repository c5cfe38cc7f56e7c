"""Several tensors with some bytes in common, or with all of them in another order."""

from __future__ import annotations

import torch
from torch import nn

from scenarios import Make, Table, held, one, over, param

TABLE = Table()
add = TABLE.add


@add(over("enc.weight", "dec.weight"))
def transposed(make: Make):
    model = held(enc=make.linear(4, 6), dec=make.linear(6, 4))
    model.dec.weight = nn.Parameter(model.enc.weight.t())
    return model


@add(over("a", "b"))
def square_transposed(make: Make):
    weight = make.parameter(4, 4)
    return held(a=weight, b=param(weight.t()))


@add(over("a", "b"))
def first_rows(make: Make):
    weight = make.parameter(4, 4)
    return held(a=weight, b=param(weight[:2]))


@add(over("a", "b"))
def last_rows(make: Make):
    weight = make.parameter(4, 4)
    return held(a=weight, b=param(weight[2:]))


@add(over("a", "b"))
def column(make: Make):
    weight = make.parameter(4, 4)
    return held(a=weight, b=param(weight[:, 2]))


@add(over("a", "b"))
def windows(make: Make):
    flat = make.tensor(10)
    return held(a=param(flat[:6]), b=param(flat[4:]))


@add(over("a", "b", "c"))
def chain_of_windows(make: Make):
    """The first and the last one meet through the middle one only."""
    flat = make.tensor(10)
    return held(a=param(flat[:4]), b=param(flat[3:7]), c=param(flat[6:]))


@add(over("row", "column"))
def row_and_column(make: Make):
    weight = make.tensor(4, 4)
    return held(row=param(weight[1]), column=param(weight[:, 2]))


@add(over("a", "b"))
def every_second_and_every_fourth(make: Make):
    flat = make.tensor(16)
    return held(a=param(flat[::2]), b=param(flat[::4]))


@add(over("a", "b"))
def every_second_and_every_third(make: Make):
    flat = make.tensor(12)
    return held(a=param(flat[1::2]), b=param(flat[::3]))


@add(over("a", "b"))
def diagonal(make: Make):
    weight = make.parameter(4, 4)
    return held(a=weight, b=param(weight.diagonal()))


@add(over("a", "b"))
def permuted(make: Make):
    weight = make.parameter(2, 3, 4)
    return held(a=weight, b=param(weight.permute(2, 0, 1)))


@add(over("a", "b"))
def bytes_of_floats(make: Make):
    weight = make.parameter(4)
    return held(a=weight, b=weight.detach().view(torch.uint8))


@add(over("a", "b"))
def halves_of_floats(make: Make):
    weight = make.parameter(4)
    return held(a=weight, b=nn.Parameter(weight.detach().view(torch.float16)))


@add(over("a", "b"))
def complex_as_real(make: Make):
    weight = param(make.tensor(4, dtype=torch.complex64))
    return held(a=weight, b=param(torch.view_as_real(weight.detach())))


@add(over("a", "b"))
def real_part(make: Make):
    weight = param(make.tensor(4, dtype=torch.complex64))
    return held(a=weight, b=param(weight.detach().real))


@add(over("a", "b"))
def conjugated(make: Make):
    weight = make.tensor(4, dtype=torch.complex64)
    return held(a=weight, b=weight.conj())


@add(over("flat", "q", "k", "v"))
def slices_and_their_base(make: Make):
    flat = make.parameter(12, 4)
    q, k, v = flat.detach().chunk(3)
    return held(flat=flat, q=param(q), k=param(k), v=param(v))


@add(over("a", "b"))
def row_and_its_expansion(make: Make):
    row = make.tensor(1, 4)
    return held(a=row, b=row.expand(3, 4))


@add(over("a", "b"))
def unfolded(make: Make):
    flat = make.parameter(10)
    return held(a=flat, b=flat.detach().unfold(0, 4, 2))


@add(over("a", "b"))
def overlapping_strides(make: Make):
    flat = make.tensor(20)
    return held(a=flat.as_strided((3, 4), (4, 1)), b=flat.as_strided((3, 4), (5, 1), 2))


@add(one("a", "b"), over("a", "b", "c"))
def tie_and_slice(make: Make):
    weight = make.parameter(4, 4)
    return held(a=weight, b=weight, c=param(weight[0]))


@add(over("a", "b", "c"))
def alias_and_slice(make: Make):
    weight = make.parameter(4, 4)
    return held(a=weight, b=nn.Parameter(weight), c=param(weight[0]))


@add(over("a", "mask"))
def buffer_over_a_part(make: Make):
    weight = make.parameter(4, 4)
    return held(a=weight, mask=weight.detach()[0])


@add(over("a", "b"))
def blocks_that_meet_in_a_corner(make: Make):
    weight = make.tensor(6, 6)
    return held(a=param(weight[:3, :3]), b=param(weight[2:, 2:]))


@add(over("a", "b"))
def other_order_of_channels(make: Make):
    weight = make.tensor(2, 3, 4, 4)
    return held(a=param(weight), b=param(weight.permute(0, 2, 3, 1)))
