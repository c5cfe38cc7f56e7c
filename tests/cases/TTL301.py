"""Cases of TTL301: one object under several positions of a container."""

# case: the classic
from torch import nn


class Stack(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(size, size)] * depth)  # TTL301


# torch: len(list(Stack(2, 3).parameters())) == 2


# case: the factor first
import torch as th


class Reversed(th.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = th.nn.ModuleList(3 * [th.nn.Conv2d(4, 4, 3)])  # TTL301


# torch: len(list(Reversed().parameters())) == 2


# case: unpacked into a Sequential
from torch.nn import BatchNorm1d, Module, Sequential


class Norms(Module):
    def __init__(self):
        super(Norms, self).__init__()
        self.net = Sequential(*[BatchNorm1d(4)] * 2)  # TTL301


# torch: len(list(Norms().parameters())) == 2


# case: a pair repeated
from torch import nn


class Pairs(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.net = nn.Sequential(*([nn.Linear(4, 4), nn.ReLU()] * n), nn.Linear(4, 1))  # TTL301


# torch: len(list(Pairs(3).parameters())) == 4


# case: a class of the project
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))


class Tower(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.blocks = nn.ModuleList([Block()] * depth)  # TTL301


# torch: len(list(Tower(4).parameters())) == 1


# case: a tuple
from torch import nn


class Tupled(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList((nn.Linear(4, 4),) * 3)  # TTL301


# torch: len(list(Tupled().parameters())) == 2


# case: a layer under a local name
from torch import nn


class Named(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        layer = nn.TransformerEncoderLayer(size, 2)
        self.layers = nn.ModuleList([layer] * depth)  # TTL301


# torch: len(list(Named(4, 3).parameters())) == len(list(Named(4, 1).parameters()))


# case: a comprehension that repeats a name
from torch import nn


class Comprehended(nn.Module):
    def __init__(self, depth):
        super().__init__()
        cell = nn.GRUCell(4, 4)
        self.cells = nn.ModuleList([cell for _ in range(depth)])  # TTL301


# torch: len(list(Comprehended(3).parameters())) == 4


# case: a generator
from torch import nn


class Generated(nn.Module):
    def __init__(self, depth):
        super().__init__()
        norm = nn.LayerNorm(4)
        self.norms = nn.ModuleList(norm for _ in range(depth))  # TTL301


# torch: len(list(Generated(3).parameters())) == 2


# case: the list has a name of its own
from torch import nn


class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [nn.Linear(4, 4)] * 3  # TTL301
        self.layers = nn.ModuleList(layers)


# torch: len(list(Listed().parameters())) == 2


# case: dict.fromkeys evaluates its value once
from torch import nn


class Heads(nn.Module):
    def __init__(self, tasks):
        super().__init__()
        self.heads = nn.ModuleDict(dict.fromkeys(tasks, nn.Linear(4, 1)))  # TTL301


# torch: len(list(Heads(["a", "b"]).parameters())) == 2


# case: a dictionary comprehension
from torch import nn


class Modes(nn.Module):
    def __init__(self, modes):
        super().__init__()
        head = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
        self.heads = nn.ModuleDict({mode: head for mode in modes})  # TTL301


# torch: len(list(Modes(["a", "b"]).parameters())) == 4


# case: itertools.repeat
from itertools import repeat

from torch import nn


class Repeated(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList(repeat(nn.Linear(4, 4), n))  # TTL301


# torch: len(list(Repeated(3).parameters())) == 2


# case: parameters
import torch
from torch import nn
from torch.nn import Parameter as P


class Weights(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.scales = nn.ParameterList([P(torch.ones(3))] * n)  # TTL301
        shift = P(torch.zeros(3))
        self.shifts = nn.ParameterDict({str(i): shift for i in range(n)})  # TTL301


# torch: len(list(Weights(3).parameters())) == 2


# case: added to a container that exists
from torch import nn


class Extended(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList()
        self.layers.extend([nn.Linear(4, 4)] * n)  # TTL301
        self.more = nn.ModuleList([nn.Linear(4, 4)])
        self.more += [nn.PReLU()] * n  # TTL301


# torch: len(list(Extended(3).parameters())) == 5


# case: layers within a layer
from torch import nn


class Nested(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.blocks = nn.ModuleList(
            [nn.Sequential(nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4), nn.ReLU())] * n  # TTL301
        )


# torch: len(list(Nested(3).parameters())) == 4


# case: in a helper method
from torch import nn


class Built(nn.Module):
    def __init__(self, n):
        super().__init__()
        self._build(n)

    def _build(self, n):
        stack: nn.ModuleList = nn.ModuleList([nn.Linear(4, 4)] * n)  # TTL301
        self.stack = stack


# torch: len(list(Built(3).parameters())) == 2


# case: in a function
from torch import nn


def mlp(size, depth):
    layers = [nn.Linear(size, size)] * depth  # TTL301
    return nn.Sequential(*layers, nn.Linear(size, 1))


# torch: len(list(mlp(4, 3).parameters())) == 4


# case: repeated in one branch
from torch import nn


class Branch(nn.Module):
    def __init__(self, deep):
        super().__init__()
        if deep:
            self.layers = nn.ModuleList([nn.Linear(4, 4)] * 8)  # TTL301
        else:
            self.layers = nn.ModuleList([nn.Linear(4, 4)])


# torch: len(list(Branch(True).parameters())) == 2


# case: a walrus in the list
from torch import nn


class Walrus(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList([first := nn.Linear(4, 4)] * n)  # TTL301
        self.size = first.in_features


# torch: len(list(Walrus(3).parameters())) == 2


# case: appended in a loop
from torch import nn


class Appended(nn.Module):
    def __init__(self, n):
        super().__init__()
        layers = []
        layer = nn.Linear(4, 4)
        for _ in range(n):
            layers.append(layer)  # TTL301
        self.layers = nn.ModuleList(layers)


# torch: len(list(Appended(3).parameters())) == 2


# case: a layer with buffers only
from torch import nn


class Normalizers(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norms = nn.ModuleList([nn.BatchNorm1d(4, affine=False)] * n)  # TTL301


# torch: len({id(b) for b in Normalizers(3).buffers()}) == 3


# case: one call for each entry
from torch import nn


def make(size):
    return nn.Linear(size, size)


class Separate(nn.Module):
    def __init__(self, n, cls):
        super().__init__()
        self.a = nn.ModuleList([nn.Linear(4, 4) for _ in range(n)])
        self.b = nn.ModuleList(make(4) for _ in range(n))
        self.c = nn.Sequential(*[layer() for layer in [nn.ReLU] * n])
        self.d = nn.ModuleDict({str(i): cls(4, 4) for i in range(n)})
        layers = []
        for _ in range(n):
            layer = nn.Linear(4, 4)
            layers.append(layer)
        self.e = nn.ModuleList(layers)


# torch: len(list(Separate(3, nn.Linear).parameters())) == 24


# case: copies
import copy
from copy import deepcopy

from torch import nn


def get_clones(module, n):
    return nn.ModuleList([copy.deepcopy(module) for _ in range(n)])


class Encoder(nn.Module):
    def __init__(self, n):
        super().__init__()
        layer = nn.Linear(4, 4)
        self.layers = get_clones(layer, n)
        self.more = nn.ModuleList([deepcopy(layer) for _ in range(n)])
        self.stock = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2), n)


# torch: len(list(Encoder(2).layers.parameters())) == 4 and len(list(Encoder(2).more.parameters())) == 4


# case: layers without parameters and buffers
from torch import nn


class Swish(nn.Module):
    def forward(self, x):
        return x * x.sigmoid()


class Activations(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = nn.ModuleList([nn.ReLU(inplace=True)] * n)
        self.b = nn.ModuleList([nn.Dropout(0.1)] * n)
        self.c = nn.ModuleList([nn.Identity()] * n)
        self.d = nn.Sequential(*[nn.MaxPool2d(2)] * n)
        self.e = nn.ModuleList([Swish()] * n)
        act = nn.GELU()
        self.f = nn.ModuleList([act for _ in range(n)])
        self.g = nn.ModuleList([nn.Sequential(nn.ReLU(), nn.Flatten())] * n)


# torch: parameter_names(Activations(3)) == []


# case: once is not repeated
from torch import nn


class Once(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4)] * 1)
        layer = nn.Linear(4, 4)
        self.more = nn.ModuleList([layer for _ in range(1)])


# torch: len(list(Once().parameters())) == 4


# case: lists of things that are no layers
from functools import partial

import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self, n, names):
        super().__init__()
        sizes = [64] * n
        classes = [nn.Linear] * n
        makers = [partial(nn.Linear, bias=False)] * n
        self.cache = [None] * n
        self.names = dict.fromkeys(names, "linear")
        self.layers = nn.ModuleList([cls(a, 64) for cls, a in zip(classes, sizes)])
        self.others = nn.ModuleList([make(64, 64) for make in makers])

    def forward(self, x):
        outputs = [torch.zeros(1)] * len(self.layers)
        for i, layer in enumerate(self.layers):
            outputs[i] = layer(x)
        return outputs


# torch: len(list(Plain(2, ["a"]).parameters())) == 6


# case: one layer called several times
from torch import nn


class Universal(nn.Module):
    def __init__(self, size, steps):
        super().__init__()
        self.block = nn.Linear(size, size)
        self.steps = steps

    def forward(self, x):
        for _ in range(self.steps):
            x = self.block(x)
        for layer in [self.block] * 2:
            x = layer(x)
        return x


# torch: len(list(Universal(2, 3).parameters())) == 2


# case: heads that refer to one registered layer
import copy

from torch import nn


class Deformable(nn.Module):
    def __init__(self, n, refine):
        super().__init__()
        self.class_embed = nn.Linear(4, 2)
        self.bbox_embed = nn.Linear(4, 4)
        if refine:
            self.class_heads = nn.ModuleList([copy.deepcopy(self.class_embed) for _ in range(n)])
            self.bbox_heads = nn.ModuleList([copy.deepcopy(self.bbox_embed) for _ in range(n)])
        else:
            self.class_heads = nn.ModuleList([self.class_embed for _ in range(n)])
            self.bbox_heads = nn.ModuleList([self.bbox_embed] * n)


# torch: len(list(Deformable(3, False).parameters())) == 4


# case: registered under a name first
from torch import nn


class Registered(nn.Module):
    def __init__(self, n):
        super().__init__()
        head = nn.Linear(4, 4)
        self.head = head
        self.heads = nn.ModuleList([head] * n)


# torch: parameter_names(Registered(2)) == ["head.weight", "head.bias"]


# case: a condition that says share
import copy

from torch import nn


class Grounding(nn.Module):
    def __init__(self, config, n):
        super().__init__()
        bbox = nn.Linear(4, 4)
        if config.decoder_bbox_embed_share:
            self.heads = nn.ModuleList([bbox for _ in range(n)])
        else:
            self.heads = nn.ModuleList([copy.deepcopy(bbox) for _ in range(n)])
        layer = nn.Linear(4, 4)
        self.layers = nn.ModuleList([layer] * n if config.share_layers else [nn.Linear(4, 4) for _ in range(n)])


# torch: error(lambda: Grounding(__import__("types").SimpleNamespace(decoder_bbox_embed_share=1, share_layers=1), 2)) == ""


# case: names that say shared or tied
from torch import nn


class Announced(nn.Module):
    def __init__(self, n):
        super().__init__()
        shared_head = nn.Linear(4, 4)
        self.heads = nn.ModuleList([shared_head] * n)
        layer = nn.Linear(4, 4)
        self.tied_layers = nn.ModuleList([layer for _ in range(n)])
        self._make_shared_norms(n)

    def _make_shared_norms(self, n):
        norm = nn.LayerNorm(4)
        self.norms = nn.ModuleList([norm] * n)


# torch: len(list(Announced(3).parameters())) == 6


# case: a function that says share
from torch import nn


def weight_sharing_stack(size, depth):
    layer = nn.Linear(size, size)
    return nn.Sequential(*[layer for _ in range(depth)])


# torch: len(list(weight_sharing_stack(4, 3).parameters())) == 2


# case: declared among the tied keys
from torch import nn


class Declared(nn.Module):
    _tied_weights_keys = {r"heads.1.weight": "heads.0.weight", r"heads.1.bias": "heads.0.bias"}

    def __init__(self):
        super().__init__()
        head = nn.Linear(4, 4)
        self.heads = nn.ModuleList([head] * 2)


# torch: len(list(Declared().parameters())) == 2


# case: a layer that is handed in
from torch import nn


class Wrapped(nn.Module):
    def __init__(self, layer, activation, n):
        super().__init__()
        self.layers = nn.ModuleList([layer] * n)
        self.activations = nn.ModuleList([activation for _ in range(n)])


# torch: parameter_names(Wrapped(nn.ReLU(), nn.Tanh(), 3)) == []


# case: a base class that cannot be resolved
from torch import nn

try:
    from layers_of_others import Block
except ImportError:
    Block = nn.ReLU


class Foreign(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.blocks = nn.ModuleList([Block()] * n)


# torch: parameter_names(Foreign(3)) == []


# case: another framework's layers
try:
    import mlx.nn as nn
except ImportError:

    class nn:
        Module = object

        @staticmethod
        def Linear(a, b):
            return object()


class Model(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = [nn.Linear(4, 4)] * n


# torch: error(lambda: Model(2)) == ""


# case: the same name bound anew for each entry
from torch import nn


class Widening(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        layers = []
        layer = nn.Linear(4, sizes[0])
        layers.append(layer)
        for a, b in zip(sizes, sizes[1:]):
            layer = nn.Linear(a, b)
            layers.append(layer)
        self.layers = nn.Sequential(*layers)
        norm = None
        self.norms = nn.ModuleList([norm := nn.LayerNorm(4) for _ in sizes])
        self.last = norm is not None


# torch: len(list(Widening([4, 4]).parameters())) == 8


# case: an activation between different layers
from torch import nn


class Between(nn.Module):
    def __init__(self):
        super().__init__()
        act = nn.ReLU()
        self.net = nn.Sequential(nn.Linear(4, 4), act, nn.Linear(4, 4), act)


# torch: len(list(Between().parameters())) == 4


# case: a project list that is only iterated
from torch import nn


def count(model, n):
    total = 0
    for each in [model] * n:
        total += sum(p.numel() for p in each.parameters())
    return total


model = nn.Linear(2, 2)
size = count(model, 3)

# torch: size == 18


# case: a class that is handed in
from typing import Callable, Optional, Type

from torch import nn


class Stack(nn.Module):
    def __init__(
        self,
        size,
        depth,
        block,
        norm: Type[nn.Module],
        layer: Callable[..., nn.Module] = nn.Linear,
        last: Optional[Type[nn.Module]] = None,
    ):
        super().__init__()
        self.blocks = nn.ModuleList([block(size)] * depth)  # TTL301
        self.norms = nn.Sequential(*[norm(size)] * depth)  # TTL301
        self.block = block
        self.more = nn.ModuleList([self.block(size, size)] * depth)  # TTL301
        self.layers = [layer(size, size)] * depth  # TTL301
        self.net = nn.Sequential(*self.layers, *([last(size)] * depth))  # TTL301


# torch: [m := Stack(4, 3, lambda *a: nn.Linear(4, 4), nn.LayerNorm, last=nn.LayerNorm)] and m.blocks[0] is m.blocks[2]


# case: a layer from a file that is not here
from torch import nn

from .layers import ResidualBlock, make_layer


class Stack(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        self.blocks = nn.ModuleList([ResidualBlock(size)] * depth)  # TTL301
        self.layers = nn.Sequential(*[make_layer(size)] * depth)  # TTL301


# case: a list that grows by a new layer and an old one
from torch import nn


class Grown(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        norm = nn.LayerNorm(4)
        layers = []
        for _ in range(len(sizes)):
            layers += [nn.Linear(4, 4), norm]  # TTL301
        more = []
        for _ in range(3):
            more.extend([nn.Linear(4, 4), norm])  # TTL301
        self.net = nn.Sequential(*layers, *more)


# torch: len({id(m) for m in Grown([1, 2]).net if isinstance(m, nn.LayerNorm)}) == 1


# case: a module list that grows
from torch import nn


class Grown(nn.Module):
    def __init__(self, depth):
        super().__init__()
        norm = nn.LayerNorm(4)
        self.layers = nn.ModuleList()
        for _ in range(depth):
            self.layers.extend([nn.Linear(4, 4), norm])  # TTL301
        self.more = nn.ModuleList()
        scale = nn.Linear(4, 4)
        for _ in range(3):
            self.more.append(scale)  # TTL301


# torch: (m := Grown(3)).layers[1] is m.layers[3] and m.more[0] is m.more[2]


# case: under numbered names
from torch import nn


class Numbered(nn.Module):
    def __init__(self, depth):
        super().__init__()
        layer = nn.Linear(4, 4)
        for i in range(depth):
            setattr(self, f"layer{i}", layer)  # TTL301
        norm = nn.LayerNorm(4)
        for i in range(3):
            self.add_module("norm%d" % i, norm)  # TTL301


# torch: (m := Numbered(3)).layer0 is m.layer2 and m.norm0 is m.norm2


# case: one name twice
from torch import nn


class Twice(nn.Module):
    def __init__(self, size):
        super().__init__()
        linear = nn.Linear(size, size)
        self.layers = nn.ModuleList([linear, linear])  # TTL301
        norm = nn.BatchNorm1d(size)
        self.net = nn.Sequential(nn.Linear(size, size), norm, nn.ReLU(), nn.Linear(size, size), norm)  # TTL301


# torch: (m := Twice(4)).layers[0] is m.layers[1] and m.net[1] is m.net[4]


# case: classes that may own nothing
from torch import nn

from .layers import Swish, drop_path


class Net(nn.Module):
    def __init__(self, size, depth, act_layer, pool, layer=nn.ReLU):
        super().__init__()
        self.acts = nn.ModuleList([act_layer(size)] * depth)
        self.plain = nn.ModuleList([pool()] * depth)
        self.swish = nn.ModuleList([Swish()] * depth)
        self.drops = nn.ModuleList([drop_path(0.1)] * depth)
        self.layers = nn.ModuleList([layer(True)] * depth)
        self.numbers = [size(1)] * depth


# case: another object in each round
from torch import nn


class Net(nn.Module):
    def __init__(self, size, depth, norms):
        super().__init__()
        layers = []
        made = [nn.LayerNorm(size) for _ in range(depth)]
        for norm in made:
            layers += [nn.Linear(size, size), norm]
        for i in range(depth):
            own = nn.LayerNorm(size)
            layers.extend([nn.Linear(size, size), own])
            setattr(self, f"own{i}", own)
        for i, norm in enumerate(made):
            self.add_module(f"norm{i}", norm)
        self.net = nn.Sequential(*layers)


# torch: len({id(m) for m in Net(4, 3, None).net}) == 12


# case: one name that is set in every round
from torch import nn


class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        layer = nn.Linear(4, 4)
        for _ in range(depth):
            setattr(self, "layer", layer)
        relu = nn.ReLU()
        self.net = nn.Sequential(nn.Linear(4, 4), relu, nn.Linear(4, 4), relu)
        shared = nn.Linear(4, 4)
        self.tied = nn.Sequential(shared, relu, shared)


# torch: len(list(Net(3).net.parameters())) == 4


# case: the last of a loop, under a condition
from torch import nn


class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        final = nn.LayerNorm(4)
        layers = []
        for i in range(depth):
            layers.append(nn.Linear(4, 4))
            if i == depth - 1:
                layers += [final]
        self.net = nn.Sequential(*layers)


# torch: len(Net(3).net) == 4


# case: a layer made outside of the loop, stored under a key of each round
from torch import nn


class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        norm = nn.LayerNorm(4)
        named = {}
        for i in range(depth):
            named[f"norm{i}"] = norm  # TTL301
        self.named = nn.ModuleDict(named)
        scale = nn.PReLU()
        self.scales = nn.ModuleDict()
        for i in range(depth):
            self.scales[str(i)] = scale  # TTL301
        last = nn.Linear(4, 4)
        layers = [nn.Identity()] * depth
        for i in range(3):
            layers[i] = last  # TTL301
        self.layers = nn.ModuleList(layers)


# torch: (m := Net(3)) and [len(set(each)) for each in (m.named.values(), m.scales.values(), m.layers)] == [1, 1, 1]


# case: under one key, or another layer in each round
from torch import nn


class Net(nn.Module):
    def __init__(self, names):
        super().__init__()
        norm = nn.LayerNorm(4)
        self.kept = nn.ModuleDict()
        for _ in names:
            self.kept["norm"] = norm
        key = names[0]
        for _ in names:
            self.kept[key] = norm
        self.others = nn.ModuleDict()
        for name in names:
            layer = nn.Linear(4, 4)
            self.others[name] = layer


# torch: (m := Net(["a", "b"])) and len(m.kept) == 2 and m.others["a"] is not m.others["b"]


# case: a list that is added to another in each round
from torch import nn


class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        norm = nn.LayerNorm(4)
        layers = []
        for _ in range(depth):
            layers = layers + [nn.Linear(4, 4), norm]  # TTL301
        self.net = nn.Sequential(*layers)


# torch: (m := Net(3)) and m.net[1] is m.net[3] is m.net[5]


# case: a layer of a library that is not there, with its sizes by keyword
from monai.networks.blocks import Pooling, Scaled, TransformerBlock
from torch import nn


class Decoder(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        self.blocks = nn.ModuleList([TransformerBlock(hidden_size=size, num_heads=2)] * depth)  # TTL301
        self.pools = nn.ModuleList([Pooling(kernel_size=2)] * depth)
        self.others = nn.ModuleList([Scaled(inplace=True)] * depth)


# case: inserted in each round, or given by every call
from torch import nn


class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        layer = nn.Linear(4, 4)
        layers = []
        for _ in range(depth):
            layers.insert(0, layer)  # TTL301
        self.layers = nn.ModuleList(layers)
        norm = nn.LayerNorm(4)
        self.norms = nn.ModuleList(map(lambda _: norm, range(depth)))  # TTL301
        self.inputs = nn.ModuleList(map(lambda size: nn.Linear(size, 4), range(1, depth)))
        self.same = nn.ModuleList(map(lambda made: made, layers))


# torch: (m := Net(3)) and len(set(m.layers)) == len(set(m.norms)) == 1 and len(set(m.inputs)) == 2
