"""What shares no byte, and what of it is told on request."""

from __future__ import annotations

import torch
from torch import nn

from scenarios import ON_CPU, Make, Table, alias, beside, equal, held, one, over, param

TABLE = Table()
add = TABLE.add


@add()
def even_and_odd_columns(make: Make):
    weight = make.tensor(4, 6)
    return held(a=param(weight[:, ::2]), b=param(weight[:, 1::2]))


@add()
def even_and_odd_elements(make: Make):
    flat = make.tensor(9)
    return held(a=param(flat[::2]), b=param(flat[1::2]))


@add()
def every_third(make: Make):
    flat = make.tensor(9)
    return held(a=param(flat[::3]), b=param(flat[1::3]), c=param(flat[2::3]))


@add()
def multiples_that_never_meet(make: Make):
    """Even numbers and odd multiples of four and one."""
    flat = make.tensor(40)
    return held(a=param(flat[::4]), b=param(flat[1::6]))


@add()
def halves(make: Make):
    flat = make.tensor(8)
    return held(a=param(flat[:4]), b=param(flat[4:]))


@add()
def chunks(make: Make):
    q, k, v = make.tensor(12, 4).chunk(3)
    return held(q=param(q), k=param(k), v=param(v))


@add()
def columns(make: Make):
    weight = make.tensor(4, 6)
    return held(a=param(weight[:, :3]), b=param(weight[:, 3:]))


@add()
def all_columns_unbound(make: Make):
    return nn.ParameterList([param(column) for column in make.tensor(5, 7).unbind(1)])


@add()
def real_and_imaginary_parts(make: Make):
    weight = make.tensor(4, dtype=torch.complex64)
    return held(a=param(weight.real), b=param(weight.imag))


@add()
def tiles(make: Make):
    weight = make.tensor(6, 6)
    return nn.ParameterList([param(weight[i : i + 2, j : j + 3]) for i in (0, 2, 4) for j in (0, 3)])


@add()
def diagonal_and_its_neighbour(make: Make):
    weight = make.tensor(5, 5)
    return held(a=param(weight.diagonal()), b=param(weight.diagonal(1)))


@add()
def blocks_across_a_corner(make: Make):
    weight = make.tensor(6, 6)
    return held(a=param(weight[:3, :3]), b=param(weight[3:, 3:]), c=param(weight[:3, 3:]))


@add()
def channels_of_kernels(make: Make):
    weight = make.tensor(4, 3, 2, 2)
    return nn.ParameterList([param(weight[:, i, :, j]) for i in range(3) for j in range(2)])


@add()
def transposed_halves(make: Make):
    weight = make.tensor(4, 6).t()
    return held(a=param(weight[:3]), b=param(weight[3:]))


@add()
def expanded_rows_of_one_table(make: Make):
    table = make.tensor(3, 4)
    return held(a=table[:1].expand(5, 4), b=table[1:2].expand(5, 4))


# Nothing in common


@add()
def clones(make: Make):
    weight = make.parameter(3)
    return held(a=weight, b=nn.Parameter(weight.detach().clone()))


@add()
def copies_by_arithmetic(make: Make):
    weight = make.tensor(3)
    return held(a=param(weight), b=param(weight * 1), c=param(weight.flip(0)), d=param(weight.repeat(2)))


@add()
def empty_tensors(make: Make):
    return held(a=make.parameter(0), b=make.parameter(0), c=make.tensor(0, 4), d=make.tensor(4, 0))


@add()
def empty_slices_of_one_tensor(make: Make):
    weight = make.parameter(4)
    return held(a=weight, b=param(weight[:0]), c=param(weight[4:]), d=param(weight[2:2]))


@add()
def scalars(make: Make):
    return held(a=make.parameter(), b=make.parameter())


@add()
def elements_of_one_tensor(make: Make):
    flat = make.tensor(3)
    return nn.ParameterList([param(one_of) for one_of in flat])


@add(alias("a", "b"))
def one_element_twice(make: Make):
    flat = make.tensor(3)
    return held(a=param(flat[1]), b=param(flat[1:2]))


# On request


@add(beside("a", "b"), options="adjacent")
def neighbours(make: Make):
    flat = make.tensor(8)
    return held(a=param(flat[:4]), b=param(flat[4:]))


@add(beside("a", "b"), options="adjacent")
def interleaved_neighbours(make: Make):
    flat = make.tensor(8)
    return held(a=param(flat[::2]), b=param(flat[1::2]))


@add(beside("a", "b"), options="adjacent")
def neighbours_with_a_gap(make: Make):
    flat = make.tensor(20)
    return held(a=param(flat[:4]), b=param(flat[12:]))


@add(over("a", "b"), beside("a", "b", "c"), options="adjacent")
def overlap_and_neighbour(make: Make):
    flat = make.tensor(12)
    return held(a=param(flat[:4]), b=param(flat[2:6]), c=param(flat[8:]))


@add(options="adjacent")
def no_neighbours(make: Make):
    return held(a=make.parameter(4), b=make.parameter(4))


@add(one("a", "b"), options="adjacent")
def a_tie_is_no_neighbour(make: Make):
    weight = make.parameter(4)
    return held(a=weight, b=weight)


@add(beside("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"), options="adjacent")
def flattened_recurrent_weights(make: Make):
    """As cuDNN wants them."""
    lstm = nn.LSTM(3, 3, device=make.device)
    flat = make.tensor(sum(weight.numel() for weight in lstm.parameters()))
    start = 0
    for weight in lstm.parameters():
        weight.data = flat[start : start + weight.numel()].view(weight.shape)
        start += weight.numel()
    return lstm


@add(equal("a", "b"), on=ON_CPU, options="equal_values")
def clone_told(make: Make):
    weight = param(torch.arange(6.0))
    return held(a=weight, b=param(weight.detach().clone()), c=param(torch.arange(6.0) + 1))


@add(alias("a", "b"), equal("a", "b", "c"), on=ON_CPU, options="equal_values")
def alias_and_clone_told(make: Make):
    weight = param(torch.arange(6.0))
    return held(a=weight, b=nn.Parameter(weight), c=param(weight.detach().clone()))


@add(alias("a", "b"), on=ON_CPU, options="equal_values")
def alias_is_not_equal_besides(make: Make):
    weight = param(torch.arange(6.0))
    return held(a=weight, b=nn.Parameter(weight))


@add(on=ON_CPU, options="equal_values")
def equal_in_another_shape_or_type(make: Make):
    return held(a=torch.zeros(6), b=torch.zeros(2, 3), c=torch.zeros(6, dtype=torch.int32))


@add(equal("a", "b"), on=ON_CPU, options="equal_values")
def equal_through_other_strides(make: Make):
    weight = torch.arange(6.0).view(2, 3)
    return held(a=param(weight), b=param(weight.t().contiguous().t()))


@add(options="equal_values", on=("meta", "fake"))
def nothing_to_compare(make: Make):
    return held(a=make.parameter(3), b=make.parameter(3))
