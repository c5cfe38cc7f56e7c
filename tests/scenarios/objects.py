"""Parameters, buffers and modules that are registered several times, and what only looks like it."""

from __future__ import annotations

import copy
import io
import pickle
from typing import Any

import torch
from torch import nn

from scenarios import ON_CPU, Make, Table, alias, fill, held, module, one

TABLE = Table()
add = TABLE.add


@add()
def nothing_at_all(make: Make):
    return nn.Module()


@add()
def two_layers(make: Make):
    return held(a=make.linear(), b=make.linear())


@add(one("left", "right"))
def one_parameter_two_attributes(make: Make):
    weight = make.parameter(3)
    return held(left=weight, right=weight)


@add(one("wte.weight", "head.weight"))
def tied_embedding(make: Make):
    model = held(wte=make.embedding(), head=make.linear(4, 7))
    model.head.weight = model.wte.weight
    return model


@add(one("a.weight", "b.weight", "c.weight"))
def three_in_a_chain(make: Make):
    model = held(a=make.linear(), b=make.linear(), c=make.linear())
    model.b.weight = model.a.weight
    model.c.weight = model.b.weight
    return model


@add(
    one("shared.weight", "encoder.embed.weight", "decoder.embed.weight", "head.weight"),
    module("shared", "encoder.embed", "decoder.embed"),
)
def t5_style(make: Make):
    shared = make.embedding()
    model = held(shared=shared, encoder=held(embed=shared), decoder=held(embed=shared), head=make.linear(4, 7))
    model.head.weight = shared.weight
    return model


@add(one("0", "2"))
def parameter_list(make: Make):
    weight = make.parameter(3)
    return nn.ParameterList([weight, make.parameter(3), weight])


@add(one("x", "z"))
def parameter_dict(make: Make):
    weight = make.parameter(3)
    return nn.ParameterDict({"x": weight, "y": make.parameter(3), "z": weight})


@add(one("a.bias", "b.bias"))
def biases(make: Make):
    model = held(a=make.linear(bias=True), b=make.linear(bias=True))
    model.b.bias = model.a.bias
    return model


@add(one("a.weight", "c.weight"), one("b.weight", "d.weight"))
def two_ties(make: Make):
    model = held(a=make.linear(), b=make.linear(), c=make.linear(), d=make.linear())
    model.c.weight, model.d.weight = model.a.weight, model.b.weight
    return model


@add(one("deep.inner.lin.weight", "lin.weight"))
def across_levels(make: Make):
    model = held(deep=held(inner=held(lin=make.linear())), lin=make.linear())
    model.lin.weight = model.deep.inner.lin.weight
    return model


@add(one("a", "b"))
def put_into_the_registry(make: Make):
    model = held(a=make.parameter(3))
    model._parameters["b"] = model._parameters["a"]
    return model


@add(one("a.weight", "b.weight"))
def shallow_copy_of_a_module(make: Make):
    layer = make.linear()
    other = copy.copy(layer)
    return held(a=layer, b=other)


@add(one("a", "b"))
def frozen(make: Make):
    weight = make.parameter(3).requires_grad_(requires_grad=False)
    return held(a=weight, b=weight)


@add(one("weight", "seen"))
def parameter_as_a_buffer_too(make: Make):
    weight = make.parameter(3)
    model = held(weight=weight)
    model.register_buffer("seen", weight)
    return model


@add(one("a", "b"))
def buffer_twice(make: Make):
    buffer = make.tensor(3)
    return held(a=buffer, b=buffer)


@add(one("a", "b"))
def buffer_saved_and_not(make: Make):
    model = held(a=make.tensor(3))
    model.register_buffer("b", model.a, persistent=False)
    return model


@add(one("a.running_mean", "b.running_mean"))
def running_statistics(make: Make):
    model = held(a=nn.BatchNorm1d(3, device=make.device), b=nn.BatchNorm1d(3, device=make.device))
    model.b.running_mean = model.a.running_mean
    return model


@add()
def registered_as_none(make: Make):
    model = held(a=make.linear())
    model.register_parameter("none", None)
    model.register_parameter("nothing", None)
    model.register_buffer("void", None)
    model.register_module("gone", None)
    return model


@add(one("a.weight", "b.weight"))
def hidden_by_named_parameters(make: Make):
    class Hiding(nn.Module):
        def named_parameters(self, *args: Any, **kwargs: Any):
            return iter(())

        def parameters(self, recurse: bool = True):
            return iter(())

        def named_modules(self, *args: Any, **kwargs: Any):
            return iter(())

    model = fill(Hiding(), a=make.linear(), b=make.linear())
    model.b.weight = model.a.weight
    return model


@add(one("a.weight", "b.weight"))
def hidden_by_state_dict(make: Make):
    class Hiding(nn.Module):
        def state_dict(self, *args: Any, **kwargs: Any):
            return {}

    model = fill(Hiding(), a=make.linear(), b=make.linear())
    model.b.weight = model.a.weight
    return model


@add()
def plain_attributes(make: Make):
    """What is not registered has no name."""
    model = held(a=make.linear())
    model.__dict__["weight"] = model.a.weight
    model.layers = [model.a, model.a]
    model.pair = (model.a.weight, model.a.weight)
    return model


@add()
def property_that_returns_a_parameter(make: Make):
    class Shown(nn.Module):
        @property
        def weight(self):
            return self.a.weight

    return fill(Shown(), a=make.linear())


@add(module("x.block", "y.block"))
def module_as_class_attribute(make: Make):
    class Owner(nn.Module):
        shared = make.linear()

        def __init__(self):
            super().__init__()
            self.block = self.shared

    return held(x=Owner(), y=Owner())


@add(module("x.block", "y.block"))
def module_as_default_argument(make: Make):
    class Owner(nn.Module):
        def __init__(self, block: nn.Module = make.linear()):  # noqa: B008  # the mistake that is tried
            super().__init__()
            self.block = block

    return held(x=Owner(), y=Owner())


@add(one("a.x", "a.y"), one("b.x", "b.y"))
def deep_copy_of_a_tie(make: Make):
    weight = make.parameter(3)
    inner = held(x=weight, y=weight)
    return held(a=inner, b=copy.deepcopy(inner))


@add()
def deep_copy(make: Make):
    layer = make.linear()
    return held(a=layer, b=copy.deepcopy(layer))


@add()
def replaced_after_the_tie(make: Make):
    model = held(a=make.linear(), b=make.linear())
    model.b.weight = model.a.weight
    model.b.weight = make.parameter(4, 4)
    return model


@add()
def deleted_after_the_tie(make: Make):
    model = held(a=make.linear(), b=make.linear())
    model.b.weight = model.a.weight
    del model.b.weight
    return model


@add(on=ON_CPU)
def loaded_by_value(make: Make):
    model = held(a=make.linear(), b=make.linear())
    model.b.load_state_dict(model.a.state_dict())
    return model


@add(alias("a.weight", "b.weight"))
def loaded_by_assignment(make: Make):
    model = held(a=make.linear(), b=make.linear())
    model.b.load_state_dict(model.a.state_dict(), assign=True)
    return model


@add(one("a.weight", "b.weight"), on=("cpu", "meta"))
def converted(make: Make):
    model = held(a=make.linear(), b=make.linear())
    model.b.weight = model.a.weight
    return model.to(torch.float64)


@add(on=("cpu", "meta"))
def aliases_cut_by_conversion(make: Make):
    model = held(a=make.linear(), b=make.linear())
    model.b.weight = nn.Parameter(model.a.weight)
    return model.double()


@add(on=("cpu", "meta"))
def buffers_cut_by_conversion(make: Make):
    buffer = make.tensor(3)
    return held(a=buffer, b=buffer).double()


@add(one("a", "b"), on=ON_CPU)
def pickled(make: Make):
    weight = make.parameter(3)
    return pickle.loads(pickle.dumps(held(a=weight, b=weight)))


@add(alias("a", "b"), on=ON_CPU)
def saved_with_aliases(make: Make):
    weight = make.parameter(3)
    data = io.BytesIO()
    torch.save(held(a=weight, b=nn.Parameter(weight)), data)
    data.seek(0)
    return torch.load(data, weights_only=False)


@add(one("a", "b"), one("c", "d"))
def parameters_before_buffers(make: Make):
    weight, buffer = make.parameter(3), make.tensor(3)
    return held(c=buffer, a=weight, d=buffer, b=weight)


@add(one("a", "b"))
def scalar(make: Make):
    weight = make.parameter()
    return held(a=weight, b=weight)


@add(one("a", "b"))
def empty_parameter_twice(make: Make):
    """One object is one, whatever it holds."""
    weight = make.parameter(0)
    return held(a=weight, b=weight)


@add(one("q.weight", "k.weight"), one("q.bias", "k.bias"))
def all_parameters_of_a_layer(make: Make):
    """Two modules with the same Parameters are not one module."""
    model = held(q=make.linear(bias=True), k=make.linear(bias=True))
    model.k.weight, model.k.bias = model.q.weight, model.q.bias
    return model


@add(one("x.y", "y.x"))
def names_with_the_same_letters(make: Make):
    weight = make.parameter(3)
    return held(x=held(y=weight), y=held(x=weight))


@add(one("forward_lstm.weight_ih_l0", "backward_lstm.weight_ih_l0"))
def recurrent_layers(make: Make):
    model = held(forward_lstm=nn.LSTM(3, 3, device=make.device), backward_lstm=nn.LSTM(3, 3, device=make.device))
    model.backward_lstm.weight_ih_l0 = model.forward_lstm.weight_ih_l0
    return model


@add(one("a", "b"), on=ON_CPU)
def shared_memory(make: Make):
    weight = make.parameter(3)
    model = held(a=weight, b=weight)
    return model.share_memory()


@add(one("a", "b"))
def to_empty(make: Make):
    weight = make.parameter(3)
    model = held(a=weight, b=weight)
    with torch.no_grad():
        return model.to_empty(device=make.device)
