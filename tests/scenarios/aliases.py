"""Several tensors over exactly the same bytes."""

from __future__ import annotations

import torch
from torch import nn

from scenarios import Make, Table, alias, held, one, param

TABLE = Table()
add = TABLE.add


@add(alias("a.weight", "b.weight"))
def through_data(make: Make):
    model = held(a=make.linear(), b=make.linear())
    model.b.weight.data = model.a.weight.data
    return model


@add(alias("a", "b"))
def through_a_new_parameter(make: Make):
    weight = make.parameter(3)
    return held(a=weight, b=nn.Parameter(weight))


@add(alias("a", "b"))
def through_detach(make: Make):
    weight = make.parameter(3)
    return held(a=weight, b=nn.Parameter(weight.detach()))


@add(alias("a", "b", "c"))
def over_one_tensor(make: Make):
    initial = make.tensor(3, 3)
    return held(a=nn.Parameter(initial), b=nn.Parameter(initial), c=nn.Parameter(initial))


@add(alias("embed.weight", "frozen.weight"))
def from_pretrained(make: Make):
    embed = make.embedding()
    return held(embed=embed, frozen=nn.Embedding.from_pretrained(embed.weight))


@add(alias("a", "b"))
def flattened(make: Make):
    """A reshaped view reads the same elements in the same order."""
    weight = make.parameter(3, 4)
    return held(a=weight, b=param(weight.view(-1)))


@add(alias("a", "b"))
def with_a_dimension_more(make: Make):
    weight = make.parameter(3, 4)
    return held(a=weight, b=param(weight.unsqueeze(1)))


@add(alias("a", "b"))
def transposed_twice(make: Make):
    weight = make.parameter(3, 4)
    return held(a=weight, b=param(weight.t().t()))


@add(alias("a", "b"))
def transposed_both(make: Make):
    weight = make.tensor(3, 4)
    return held(a=param(weight.t()), b=param(weight.t()))


@add(alias("a", "b"))
def one_column_matrix_transposed(make: Make):
    """There is nothing to transpose."""
    weight = make.parameter(4, 1)
    return held(a=weight, b=param(weight.t()))


@add(alias("weight", "mirror"))
def buffer_over_a_parameter(make: Make):
    weight = make.parameter(3)
    return held(weight=weight, mirror=weight.data)


@add(alias("a", "b"))
def buffers_over_one_memory(make: Make):
    buffer = make.tensor(3)
    return held(a=buffer, b=buffer.view(3))


@add(one("a", "b"), alias("a", "b", "c"))
def tie_and_alias(make: Make):
    weight = make.parameter(3)
    return held(a=weight, b=weight, c=nn.Parameter(weight))


@add(one("a", "b"), one("c", "d"), alias("a", "b", "c", "d"))
def two_ties_over_one_memory(make: Make):
    weight = make.parameter(3)
    other = nn.Parameter(weight)
    return held(a=weight, b=weight, c=other, d=other)


@add(alias("a", "b"), alias("c", "d"))
def two_aliases(make: Make):
    x, y = make.parameter(3), make.parameter(3)
    return held(a=x, b=nn.Parameter(x), c=y, d=nn.Parameter(y))


@add(alias("a", "b"))
def set_to_a_storage(make: Make):
    weight = make.parameter(3)
    other = make.tensor(3)
    other.set_(weight.detach())
    return held(a=weight, b=nn.Parameter(other))


@add(alias("a", "b"))
def no_op_conversion(make: Make):
    weight = make.parameter(3)
    return held(a=weight, b=nn.Parameter(weight.to(torch.float32).contiguous()))


@add(alias("a", "b"))
def whole_slice(make: Make):
    weight = make.parameter(3, 4)
    return held(a=weight, b=param(weight[:, :]))


@add(alias("a", "b"))
def expanded_twice(make: Make):
    row = make.tensor(1, 4)
    return held(a=row.expand(3, 4), b=row.expand(3, 4))


@add(alias("a", "b"))
def same_column(make: Make):
    weight = make.tensor(3, 4)
    return held(a=param(weight[:, 1]), b=param(weight[:, 1]))


@add(alias("a", "b"))
def complex_numbers(make: Make):
    weight = nn.Parameter(make.tensor(3, dtype=torch.complex64))
    return held(a=weight, b=nn.Parameter(weight))


@add(alias("a", "b"))
def whole_numbers(make: Make):
    numbers = make.tensor(3, dtype=torch.int64)
    return held(a=numbers, b=numbers.detach())


@add(alias("a", "b"))
def half_precision(make: Make):
    weight = param(make.tensor(3, dtype=torch.bfloat16))
    return held(a=weight, b=nn.Parameter(weight))
