"""Modules under several names."""

from __future__ import annotations

from torch import nn

from scenarios import Make, Table, alias, held, module, one, over, param

TABLE = Table()
add = TABLE.add


@add(module("0", "1", "2"))
def list_times_three(make: Make):
    return nn.ModuleList([make.linear()] * 3)


@add(module("a", "b"))
def two_attributes(make: Make):
    layer = make.linear(bias=True)
    return held(a=layer, b=layer)


@add(module("x", "z"))
def module_dict(make: Make):
    layer = make.linear()
    return nn.ModuleDict({"x": layer, "y": make.linear(), "z": layer})


@add(module("0", "2"))
def sequential(make: Make):
    layer = make.linear()
    return nn.Sequential(layer, nn.ReLU(), layer)


@add()
def activation_without_tensors(make: Make):
    act = nn.ReLU()
    return nn.Sequential(make.linear(), act, make.linear(), act)


@add()
def containers_without_tensors(make: Make):
    empty = nn.Sequential(nn.Identity(), nn.Dropout())
    return held(a=empty, b=empty, c=make.linear())


@add(module("a", "b"))
def only_buffers(make: Make):
    norm = nn.BatchNorm1d(3, affine=False, device=make.device)
    return held(a=norm, b=norm)


@add(module("a.0", "a.1", "b"))
def container_and_attribute(make: Make):
    layer = make.linear()
    return held(a=nn.ModuleList([layer, layer]), b=layer)


@add(module("a", "b"))
def container(make: Make):
    """What is below it is registered once, and follows."""
    layers = nn.ModuleList([make.linear(), make.linear()])
    return held(a=layers, b=layers)


@add(module("x", "y"), module("x.a", "x.b", "y.a", "y.b"))
def shared_below_shared(make: Make):
    layer = make.linear()
    inner = held(a=layer, b=layer)
    return held(x=inner, y=inner)


@add(module("x", "y"), one("x.weight", "y.weight", "z.weight"))
def parameter_tied_besides(make: Make):
    layer = make.linear(bias=True)
    model = held(x=layer, y=layer, z=make.linear())
    model.z.weight = layer.weight
    return model


@add(module("x", "y"), one("x.a", "x.b", "y.a", "y.b"))
def tie_below_a_shared_module(make: Make):
    weight = make.parameter(3)
    inner = held(a=weight, b=weight)
    return held(x=inner, y=inner)


@add(module("x", "y"), alias("z", "x.weight", "y.weight"))
def alias_of_a_shared_layer(make: Make):
    layer = make.linear()
    return held(x=layer, y=layer, z=param(layer.weight))


@add(module("x", "y"), over("z", "x.weight", "y.weight"))
def view_of_a_shared_layer(make: Make):
    layer = make.linear()
    return held(x=layer, y=layer, z=param(layer.weight.t()))


@add()
def below_itself(make: Make):
    """A cycle gives endless names, and no tie."""
    model = held(a=make.linear())
    model.a.owner = model
    return model


@add(module("a", "a.b.back"))
def cycle_further_down(make: Make):
    a, b = make.linear(), make.linear()
    a.b, b.back = b, a
    return held(a=a)


@add(module("a", "a.other.other", "b.other"), module("a.other", "b", "b.other.other"))
def two_that_register_each_other(make: Make):
    a, b = make.linear(), make.linear()
    a.other, b.other = b, a
    return held(a=a, b=b)


@add(module("a", "a.me"))
def its_own_child(make: Make):
    layer = make.linear()
    layer.me = layer
    return held(a=layer)


@add(one("head", "a.weight"))
def tie_beside_a_cycle(make: Make):
    model = held(a=make.linear())
    model.a.owner = model
    model.head = model.a.weight
    return model


@add(module("left.0", "left.1", "right.0", "right.1", "lone.0"))
def one_layer_in_three_lists(make: Make):
    layer = make.linear()
    return held(left=nn.ModuleList([layer, layer]), right=nn.ModuleList([layer, layer]), lone=nn.ModuleList([layer]))


@add(module("l1.attn", "l2.attn"))
def attention(make: Make):
    attention = nn.MultiheadAttention(4, 2, device=make.device)
    return held(l1=held(attn=attention, mlp=make.linear()), l2=held(attn=attention, mlp=make.linear()))


@add(module("enc", "dec"))
def recurrent(make: Make):
    lstm = nn.LSTM(3, 3, num_layers=2, device=make.device)
    return held(enc=lstm, dec=lstm)


@add(module("a", "b"), on=("cpu", "meta"))
def lazy(make: Make):
    layer = nn.LazyLinear(3, device=make.device)
    return held(a=layer, b=layer)


@add(module("a.deep.er.norm", "b.deep.er.norm"))
def far_down(make: Make):
    norm = nn.LayerNorm(3, device=make.device)
    return held(a=held(deep=held(er=held(norm=norm))), b=held(deep=held(er=held(norm=norm))))


@add(
    module("0", "1"),
    module("0.0", "0.1", "1.0", "1.1"),
    module("0.0.0", "0.0.1", "0.1.0", "0.1.1", "1.0.0", "1.0.1", "1.1.0", "1.1.1"),
)
def at_every_level(make: Make):
    current: nn.Module = make.linear()
    for _ in range(3):
        current = nn.ModuleList([current, current])
    return current


@add(module("a", "b"))
def with_plain_parts(make: Make):
    """Its Dropout is under two names too, and holds nothing."""
    block = nn.Sequential(make.linear(), nn.Dropout())
    return held(a=block, b=block)


@add(module("strange name", "with-dash"))
def names_that_are_no_identifiers(make: Make):
    layer = make.linear()
    model = nn.Module()
    model.add_module("strange name", layer)
    model.add_module("with-dash", layer)
    return model


@add(module("a.lin", "b.lin"), one("a.w", "b.w"))
def module_and_parameter_of_two_owners(make: Make):
    layer, weight = make.linear(), make.parameter(3)
    return held(a=held(lin=layer, w=weight), b=held(lin=layer, w=weight))


@add(module("student", "teacher"))
def target_that_is_the_model(make: Make):
    network = nn.Sequential(make.linear(), make.linear())
    return held(student=network, teacher=network)


@add()
def distinct_layers_of_one_class(make: Make):
    return nn.ModuleList([make.linear() for _ in range(5)])


@add(module("embed", "tower.embed"))
def submodule_taken_from_another(make: Make):
    embed = make.embedding()
    return held(embed=embed, tower=held(embed=embed, head=make.linear()))


@add(module("0", "3"))
def first_and_last(make: Make):
    layers = [make.linear() for _ in range(3)]
    return nn.ModuleList([*layers, layers[0]])
