"""Cases of TTL104, modules-in-plain-container."""

# case: List, tuple and dict literals, torch under another name.
# torch: parameter_names(A()) == [] and list(A().state_dict()) == []
import torch as th


class A(th.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = [th.nn.Linear(4, 4), th.nn.Linear(4, 4)]  # TTL104
        self.b = (th.nn.Linear(4, 4), th.nn.Linear(4, 4))  # TTL104
        self.c = {"in": th.nn.Linear(4, 4), "out": th.nn.Linear(4, 4)}  # TTL104


# case: Comprehensions over sizes, the class imported by name.
# torch: parameter_names(B([4, 8, 2])) == []
from torch.nn import Linear, Module


class B(Module):
    def __init__(self, sizes):
        super(B, self).__init__()
        self.layers = [Linear(i, o) for i, o in zip(sizes, sizes[1:])]  # TTL104
        self.heads = {f"head{i}": Linear(sizes[-1], 1) for i in range(3)}  # TTL104
        self.pair = tuple(Linear(4, 4) for _ in range(2))  # TTL104


# case: Appended in a loop, the list through a local.
# torch: parameter_names(C([4, 8])) == []
import torch.nn as nn


class C(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        layers = []
        for i in range(len(sizes) - 1):
            layers.append(nn.Linear(sizes[i], sizes[i + 1]))
            layers.append(nn.ReLU())
        self.layers = layers  # TTL104

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


# case: Every way to put something into a list.
# torch: parameter_names(D()) == [] and len(D().a) + len(D().b) + len(D().c) == 3
from torch import nn


class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = []  # TTL104
        self.a.extend([nn.Linear(4, 4)])
        self.b = []  # TTL104
        self.b += [nn.Linear(4, 4)]
        self.c = list()  # TTL104
        self.c.insert(0, nn.Linear(4, 4))


# case: Dicts that are filled by key.
# torch: parameter_names(E(["x", "y"])) == []
from collections import OrderedDict

from torch import nn


class E(nn.Module):
    def __init__(self, names):
        super().__init__()
        self.heads = {}  # TTL104
        for name in names:
            self.heads[name] = nn.Linear(4, 1)
        self.tails = OrderedDict()  # TTL104
        self.tails["only"] = nn.Linear(4, 1)
        self.ends = dict(left=nn.Linear(4, 4), right=nn.Linear(4, 4))  # TTL104


# case: Nested lists.
# torch: parameter_names(F(2)) == []
from torch import nn


class F(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.grid = [[nn.Linear(4, 4) for _ in range(n)] for _ in range(n)]  # TTL104
        self.levels = []  # TTL104
        for _ in range(n):
            row = []
            for _ in range(n):
                row.append(nn.Conv2d(3, 3, 1))
            self.levels.append(row)


# case: Torch containers in a plain list.
# torch: parameter_names(G(2)) == []
from torch import nn


class G(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.branches = [nn.Sequential(nn.Linear(4, 4), nn.ReLU()) for _ in range(n)]  # TTL104
        self.towers = [nn.ModuleList([nn.Linear(4, 4)])]  # TTL104


# case: Classes of the file, in a helper method, in a subclass.
# torch: parameter_names(I(2)) == []
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size)


class H(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.depth = depth
        self._build()

    def _build(self):
        pass


class I(H):
    def _build(self):
        self.blocks = [Block(4) for _ in range(self.depth)]  # TTL104


# case: A function of the project builds the layers.
# torch: parameter_names(J()) == []
from torch import nn


def conv(channels, *, norm=True):
    layers = [nn.Conv2d(channels, channels, 3)]
    if norm:
        layers.append(nn.BatchNorm2d(channels))
    return nn.Sequential(*layers)


class J(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = [conv(8), conv(16, norm=False)]  # TTL104


# case: Stored by setattr, by a tuple and by an annotated assignment.
# torch: parameter_names(K()) == []
from torch import nn


class K(nn.Module):
    def __init__(self):
        super().__init__()
        setattr(self, "a", [nn.Linear(4, 4)])  # TTL104
        self.b, self.size = [nn.Linear(4, 4)], 4  # TTL104
        self.c: list[nn.Module] = [nn.Linear(4, 4)]  # TTL104


# case: One layer of several is registered.
# torch: parameter_names(L()) == ["first.weight", "first.bias"]
from torch import nn


class L(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.layers = [self.first, nn.Linear(4, 4)]  # TTL104


# case: Some of the layers are built on a condition.
# torch: parameter_names(M(True)) == []
from torch import nn


class M(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.layers = []  # TTL104
        self.layers.append(nn.Linear(4, 4))
        if norm:
            self.layers.append(nn.BatchNorm1d(4))
        else:
            self.layers.append(nn.Identity())


# case: Layers without parameters that have a mode or statistics.
# torch: N().eval().drops[0].training and N().norms[0].training
from torch import nn


class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.drops = [nn.Dropout(0.1), nn.Dropout2d(0.1)]  # TTL104
        self.norms = [nn.BatchNorm2d(4, affine=False)]  # TTL104
        self.acts = [nn.PReLU()]  # TTL104


# case: Layers taken out of a container that is itself not registered.
# torch: parameter_names(O()) == []
from torch import nn


class O(nn.Module):
    def __init__(self):
        super().__init__()
        net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
        self.layers = list(net.children())  # TTL104


# case: Other objects that hide a layer which is built here.
# torch: parameter_names(Q()) == []
import functools

from torch import nn


class Q(nn.Module):
    def __init__(self):
        super().__init__()
        self.partial = functools.partial(nn.Linear(4, 4))  # TTL104
        self.lazy = (nn.Linear(4, 4) for _ in range(3))  # TTL104


# case: Layers added by a method that others call later.
# torch: parameter_names(grown()) == []
from torch import nn


class R(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = []  # TTL104

    def grow(self):
        self.layers.append(nn.Linear(4, 4))


def grown():
    model = R()
    model.grow()
    return model


# case: Stored from outside, on a module that was just made.
# torch: parameter_names(net) == ["weight", "bias"]
from torch import nn

net = nn.Linear(4, 4)
net.adapters = [nn.Linear(4, 4) for _ in range(2)]  # TTL104


# case: A layer appended to the list after the container has copied it.
# torch: parameter_names(S()) == ["net.0.weight", "net.0.bias"]
from torch import nn


class S(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4)]  # TTL104
        self.net = nn.Sequential(*self.layers)
        self.layers.append(nn.Linear(4, 4))


# case: Containers that get the wrong shape.
# torch: "list is not a Module subclass" in error(one) and "positional argument" in error(two)
# torch: "should be called with an iterable, but got Linear" in error(three)
# torch: "module name should be a string. Got int" in error(four)
# torch: "tuple is not a Module subclass" in error(five)
from torch import nn
from torch.nn import ModuleDict, ModuleList, Sequential


def one():
    layers = [nn.Linear(4, 4) for _ in range(3)]
    return Sequential(layers)  # TTL104


def two():
    return ModuleList(nn.Linear(4, 4), nn.ReLU())  # TTL104


def three():
    layer = nn.Linear(4, 4)
    return ModuleList(layer)  # TTL104


def four():
    return ModuleDict({i: nn.Linear(4, 4) for i in range(2)})  # TTL104


def five():
    return Sequential((nn.Linear(4, 4), nn.ReLU()))  # TTL104


# case: A ModuleList and a ModuleDict are called.
# torch: "missing the required" in error(lambda: T()(torch.ones(4)))
import torch
from torch import nn


class T(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4)])
        self.heads = nn.ModuleDict({"a": nn.Linear(4, 4)})

    def forward(self, x):
        x = self.layers(x)  # TTL104
        return self.heads(x)  # TTL104


# case: Each layer of the list is registered by add_module under a number.
# torch: len(parameter_names(MaskHead([4, 4], [4, 4]))) == 4
from torch import nn


class PredictionBlock(nn.Module):
    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.fc = nn.Linear(in_dim, out_dim)


class MaskHead(nn.Module):
    def __init__(self, in_dims, out_dims):
        super().__init__()
        self.layers = []
        for i, (in_dim, out_dim) in enumerate(zip(in_dims, out_dims)):
            layer = PredictionBlock(in_dim, out_dim)
            self.layers.append(layer)
            # so that the layers count as children
            self.add_module(str(i), layer)

    def forward(self, x):
        for layer in self.layers:
            x = layer.fc(x)
        return x


# case: Registered in a second loop, by setattr, register_module or from the end of the list.
# torch: len(parameter_names(Second(2))) == 16
from torch import nn


class Second(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = [nn.Linear(4, 4) for _ in range(n)]
        for i, layer in enumerate(self.a):
            self.add_module(f"a{i}", layer)
        self.b = []
        for i in range(n):
            self.b.append(nn.Linear(4, 4))
            setattr(self, "b%d" % i, self.b[-1])
        self.c = [nn.Linear(4, 4) for _ in range(n)]
        for i in range(n):
            self.register_module("c{}".format(i), self.c[i])
        self.d = {}
        for name in ("x", "y"):
            self.d[name] = nn.Linear(4, 4)
            self.add_module("d_" + name, self.d[name])


# case: Registered one by one by literal names.
# torch: len(parameter_names(Literal())) == 4
from torch import nn


class Literal(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4), nn.Linear(4, 4)]
        self.first, self.last = self.layers


# case: The list is made into a container under the same attribute.
# torch: len(parameter_names(Again(2))) == 8
from torch import nn


class Again(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = []
        for _ in range(n):
            self.a.append(nn.Linear(4, 4))
        self.a = nn.ModuleList(self.a)
        self.b = [nn.Linear(4, 4) for _ in range(n)]
        self.b = nn.Sequential(*self.b)


# case: The list is made into a container under another attribute.
# torch: len(parameter_names(Other(2))) == 12
from torch import nn


class Other(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = [nn.Linear(4, 4) for _ in range(n)]
        self.all_a = nn.ModuleList(self.a)
        self.b = [nn.Linear(4, 4) for _ in range(n)]
        self.net = nn.Sequential(*self.b, nn.ReLU())
        self.c = {"x": nn.Linear(4, 4), "y": nn.Linear(4, 4)}
        self.heads = nn.ModuleDict(self.c)


# case: A helper method turns the list into a container.
# torch: len(parameter_names(Helper())) == 4
from torch import nn


class Helper(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = []
        self.add(nn.Linear(4, 4))
        self.add(nn.Linear(4, 4))
        self.finish()

    def add(self, layer):
        self.layers.append(layer)

    def finish(self):
        self.net = nn.Sequential(*self.layers)


# case: A module that was passed in is hidden on purpose.
# torch: parameter_names(Student(nn.Linear(4, 4))) == ["net.weight", "net.bias"]
from torch import nn


class Student(nn.Module):
    def __init__(self, teacher: nn.Module):
        super().__init__()
        self._teacher = [teacher]
        self._parent = (teacher,)
        self._by_name = {"teacher": teacher}
        self.net = nn.Linear(4, 4)

    @property
    def teacher(self):
        return self._teacher[0]


# case: Other ways of hiding on purpose.
# torch: parameter_names(Hidden(nn.Linear(4, 4))) == []
import weakref

from torch import nn


class Hidden(nn.Module):
    def __init__(self, teacher):
        super().__init__()
        object.__setattr__(self, "teacher", teacher)
        self.__dict__["frozen"] = nn.Linear(4, 4)
        self.reference = weakref.ref(teacher)
        self.score = lambda x: teacher(x)


# case: A loop over models that were passed in.
# torch: parameter_names(Ensemble([nn.Linear(4, 4)])) == []
from torch import nn


class Ensemble(nn.Module):
    def __init__(self, models):
        super().__init__()
        self.models = models
        self.copies = list(models)
        self.chosen = [model for model in models if model is not None]
        self.pairs = {id(model): model for model in models}


# case: Lists of references to layers that are registered.
# torch: len(parameter_names(References())) == 8
from torch import nn


class References(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = nn.Linear(4, 4)
        self.net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
        self.ends = [self.a, self.b]
        self.by_name = {"a": self.a, "b": self.b}
        self.listed = [getattr(self, name) for name in ("a", "b")]
        self.inner = list(self.net)
        self.direct = list(self.net.children())
        self.linears = [m for m in self.modules() if isinstance(m, nn.Linear)]
        self.front = self.net[:2]
        self.some = [self.net[0], self.net[2]]
        self.bound = self.a.forward


# case: A layer is registered after it was put into the list.
# torch: len(parameter_names(After())) == 2
from torch import nn


class After(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.Linear(4, 4)
        self.layers = [layer]
        self.layer = layer


# case: Lists of names, numbers, classes, partials, factories and configurations.
import functools

from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "prelu": nn.PReLU}


class Config:
    def __init__(self, size):
        self.size = size


class Menu(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.names = ["fc", "norm"]
        self.sizes = [size * 2 for size in sizes]
        self.kinds = [nn.Linear, nn.LayerNorm]
        self.table = {"linear": nn.Linear, "conv": nn.Conv2d}
        self.makers = [functools.partial(nn.Linear, 4), functools.partial(nn.Linear, out_features=2)]
        self.factories = {"linear": lambda size: nn.Linear(size, size)}
        self.configs = [Config(size) for size in sizes]
        self.act = ACTIVATIONS["relu"]()


# case: Layers without parameters and without a mode.
from torch import nn


class Stateless(nn.Module):
    def __init__(self):
        super().__init__()
        self.acts = [nn.ReLU(), nn.GELU(), nn.Softmax(dim=-1), nn.Identity(), nn.Flatten()]
        self.pools = {"max": nn.MaxPool2d(2), "avg": nn.AvgPool2d(2), "up": nn.Upsample(scale_factor=2)}
        self.losses = [nn.CrossEntropyLoss(), nn.MSELoss(), nn.L1Loss(reduction="none")]
        self.norms = [nn.LayerNorm(4, elementwise_affine=False)]
        self.flat = [nn.Sequential(nn.ReLU(), nn.Flatten())]


# case: A loss with class weights has a buffer that does not move.
# torch: list(Weighted().state_dict()) == []
import torch
from torch import nn


class Weighted(nn.Module):
    def __init__(self):
        super().__init__()
        self.losses = [nn.CrossEntropyLoss(weight=torch.ones(3)), nn.MSELoss()]  # TTL104


# case: Local lists in helpers that return a container.
# torch: len(parameter_names(ResNet(2))) == 4
from torch import nn


class ResNet(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.layer1 = self._make_layer(8, blocks)

    def _make_layer(self, planes, blocks):
        layers = []
        for _ in range(blocks):
            layers.append(nn.Conv2d(planes, planes, 3))
            layers.append(nn.Dropout(0.1))
        return nn.Sequential(*layers)


# case: A list in a class that is no Module.
import torch
from torch import nn


class Population:
    def __init__(self, n):
        self.models = [nn.Linear(4, 4) for _ in range(n)]
        self.best = {}
        self.best["now"] = self.models[0]
        self.optimizers = [torch.optim.SGD(m.parameters(), lr=0.1) for m in self.models]


# case: A list in a dataclass that is no Module.
from dataclasses import dataclass, field

from torch import nn


@dataclass
class Parts:
    heads: list = field(default_factory=lambda: [nn.Linear(4, 4)])

    def __post_init__(self):
        self.extra = [nn.Linear(4, 4)]


# case: Containers of torch, in every right shape.
# torch: len(list(Right().children())) == 12
from collections import OrderedDict

from torch import nn


class Right(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [nn.Linear(4, 4), nn.ReLU()]
        self.a = nn.Sequential(*layers)
        self.b = nn.Sequential(OrderedDict([("fc", nn.Linear(4, 4)), ("act", nn.ReLU())]))
        self.c = nn.Sequential(OrderedDict(fc=nn.Linear(4, 4)))
        self.d = nn.ModuleList(nn.Linear(4, 4) for _ in range(2))
        self.e = nn.ModuleList(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))
        self.f = nn.ModuleList((nn.Linear(4, 4),))
        self.g = nn.ModuleDict([("x", nn.Linear(4, 4))])
        self.h = nn.ModuleDict({str(i): nn.Linear(4, 4) for i in range(2)})
        self.i = nn.Sequential()
        self.i.append(nn.Linear(4, 4))
        self.j = nn.ModuleList()
        self.j.extend([nn.Linear(4, 4), nn.Linear(4, 4)])
        self.j += [nn.Linear(4, 4)]
        self.k = self.d + [nn.Linear(4, 4)]
        self.l = self.j[1:]


# case: A ModuleList that has a forward of its own is called.
# torch: Deep()(torch.ones(4)).shape == (4,)
import torch
from torch import nn


class Chain(nn.ModuleList):
    def forward(self, x):
        for layer in self:
            x = layer(x)
        return x


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = Chain([nn.Linear(4, 4), nn.Linear(4, 4)])
        self.heads = nn.ModuleList([nn.Linear(4, 4)])

    def forward(self, x):
        return self.heads[0](self.layers(x))


# case: Subclasses of the containers hand their lists on.
# torch: len(parameter_names(Mlp([4, 8, 2]))) == 4
from torch import nn


class Mlp(nn.Sequential):
    def __init__(self, sizes):
        layers = []
        for a, b in zip(sizes, sizes[1:]):
            layers += [nn.Linear(a, b), nn.ReLU()]
        super().__init__(*layers[:-1])


# case: A project's own container called ModuleList.
# torch: len(parameter_names(Uses())) == 4
from torch import nn


class ModuleList(nn.Module):
    def __init__(self, *modules):
        super().__init__()
        for i, module in enumerate(modules):
            self.add_module(str(i), module)

    def forward(self, x):
        return x


class Uses(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = ModuleList(nn.Linear(4, 4), nn.Linear(4, 4))

    def forward(self, x):
        return self.layers(x)


# case: Layers of libraries that want plain lists.
import flax.linen
import keras
import mlx.nn as mnn
from torch import nn


class Mlx(mnn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [mnn.Linear(4, 4) for _ in range(3)]


class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [keras.layers.Dense(4), flax.linen.Dense(4)]


# case: The name nn is not torch's.
from paddle import nn


class Paddle(nn.Layer):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4) for _ in range(3)]


# case: Callables that cannot be resolved may make anything.
from torch import nn
from transforms import build_transform


class Pipeline(nn.Module):
    def __init__(self, names, block):
        super().__init__()
        self.steps = [build_transform(name) for name in names]
        self.parts = [block(name) for name in names]


# case: Local lists in forward.
# torch: parameter_names(InForward()) == ["a.weight", "a.bias", "b.weight", "b.bias"]
from torch import nn


class InForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = nn.Linear(4, 4)

    def forward(self, x):
        outputs = []
        for layer in [self.a, self.b]:
            outputs.append(layer(x))
        self.last_outputs = [each.detach() for each in outputs]
        return sum(outputs)


# case: Empty lists that only ever hold numbers or tensors.
from torch import nn


class Empty(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers: list[nn.Module] = []
        self.history = []
        self.hooks = {}

    def record(self, loss):
        self.history.append(loss.item())
        self.hooks["loss"] = loss.register_hook(print)


# case: A placeholder list that a container replaces in one branch each.
# torch: len(parameter_names(Replaced(True))) == 2 and len(parameter_names(Replaced(False))) == 2
from torch import nn


class Replaced(nn.Module):
    def __init__(self, deep):
        super().__init__()
        self.layers = []
        if deep:
            self.layers = nn.ModuleList([nn.Linear(4, 4)])
        else:
            self.layers = nn.Sequential(nn.Linear(4, 4))


# case: The list is deleted after the container has taken its layers.
# torch: len(parameter_names(Deleted(2))) == 4
from torch import nn


class Deleted(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.pending = [nn.Linear(4, 4) for _ in range(n)]
        self.net = nn.Sequential(*self.pending)
        del self.pending


# case: Layers are collected by attribute access to children of children.
# torch: len(parameter_names(Deep2())) == 4
from torch import nn


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(4, 4)
        self.k = nn.Linear(4, 4)


class Deep2(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.projections = [self.inner.q, self.inner.k]
        self.projections.append(self.inner)


# case: A list of optimizers, schedulers, losses and other helpers beside the model.
import torch
from torch import nn


class Trainer(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 4)
        self.optimizers = [torch.optim.SGD(self.net.parameters(), lr=0.1)]
        self.schedulers = [torch.optim.lr_scheduler.StepLR(o, 10) for o in self.optimizers]
        self.generators = [torch.Generator() for _ in range(2)]
        self.devices = [torch.device("cpu")]


# case: A base class that cannot be resolved may look into lists.
from framework import ListAware
from torch import nn


class Aware(ListAware):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4)]


# case: The class registers lists by its own setattr.
# torch: len(parameter_names(Own())) == 4
from torch import nn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4), nn.Linear(4, 4)]

    def __setattr__(self, name, value):
        if isinstance(value, list):
            value = nn.ModuleList(value)
        super().__setattr__(name, value)


# case: Names that are bound by assignment, in a try block or by a star import.
# torch: parameter_names(One()) == parameter_names(Two()) == parameter_names(Three()) == []
import torch
from torch.nn import *

try:
    from torch import nn as layers
except ImportError:
    layers = None

nn = torch.nn
Base = nn.Module
Dense = nn.Linear


class One(Base):
    def __init__(self):
        super().__init__()
        self.layers = [Dense(4, 4)]  # TTL104


class Two(layers.Module):
    def __init__(self):
        super().__init__()
        self.layers = [layers.Linear(4, 4)]  # TTL104


class Three(Module):
    def __init__(self):
        super().__init__()
        self.layers = [Linear(4, 4)]  # TTL104


# case: A generic class, and torch imported inside the function that makes the class.
# torch: parameter_names(Typed()) == [] and parameter_names(make()) == []
from typing import Generic, TypeVar

import torch.nn

T = TypeVar("T")


class Typed(torch.nn.Module, Generic[T]):
    def __init__(self):
        super().__init__()
        self.layers = [torch.nn.Linear(4, 4)]  # TTL104


def make():
    from torch import nn

    class Local(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(4, 4)]  # TTL104

    return Local()


# case: The list is also handed to a child that registers its layers.
# torch: len(parameter_names(Parent())) == 4
from torch import nn


class Runner(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.net = nn.Sequential(*layers)


class Parent(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4), nn.Linear(4, 4)]
        self.runner = Runner(self.layers)


# case: The list is handed to something unknown, which may register its layers.
from framework import Runner, register_all
from torch import nn


class Handed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4), nn.Linear(4, 4)]
        self.runner = Runner(self.layers)


class Passed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4), nn.Linear(4, 4)]
        register_all(self, self.layers)


# case: Registered by writing to the registry.
# torch: len(parameter_names(Poke())) == 4
from torch import nn


class Poke(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = []
        for i in range(2):
            layer = nn.Linear(4, 4)
            self._modules[str(i)] = layer
            self.layers.append(layer)


# case: The names of registered layers, looked up again.
# torch: len(parameter_names(Lookup(2))) == 4
from torch import nn


class Lookup(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            self.add_module("layer%d" % i, nn.Linear(4, 4))
        self.layers = [self._modules["layer%d" % i] for i in range(n)]
        self.again = [self.get_submodule(f"layer{i}") for i in range(n)]
        self.named = {name: module for name, module in self.named_children()}


# case: A stack built by recursion and returned as a container.
# torch: len(parameter_names(Deep(3))) == 6
from torch import nn


def stack(n):
    if n == 0:
        return []
    return [nn.Linear(4, 4)] + stack(n - 1)


class Deep(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.net = nn.Sequential(*stack(n))


# case: Calls of containers that have a forward.
# torch: Calls()(torch.ones(4)).shape == (4,)
import torch
from torch import nn


class Calls(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Sequential(nn.Linear(4, 4)), nn.Linear(4, 4)])
        self.heads = nn.ModuleDict({"a": nn.Linear(4, 4)})
        self.net = nn.Sequential(nn.Linear(4, 4))

    def forward(self, x):
        x = self.layers[0](x)
        for layer in self.layers:
            x = layer(x)
        for name, head in self.heads.items():
            x = head(x)
        return self.net(self.heads["a"](x))


# case: a base from a library that is not there, in a class that registers layers and has a forward
from mmengine.model import BaseModule
from torch import nn


class Neck(BaseModule):
    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(size, size) for size in sizes]  # TTL104
        self.final = nn.Linear(4, 4)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.final(x)


class Older(BaseModule):
    def __init__(self, sizes):
        super(Older, self).__init__()
        self.layers = [nn.Linear(size, size) for size in sizes]  # TTL104
        self.final = nn.Linear(4, 4)

    def forward(self, x):
        return self.final(x)


class Deeper(Neck):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.more = {"first": nn.Linear(4, 4)}  # TTL104


# case: bases that are not there, in classes that need not be Modules
from torch import nn

from .base import BaseTrainer, Mixin, Stage


class Trainer(BaseTrainer):
    def __init__(self, sizes):
        super().__init__()
        self.models = [nn.Linear(size, size) for size in sizes]
        self.head = nn.Linear(4, 4)

    def forward(self, x):
        return self.head(x)


class NoForward(Stage):
    def __init__(self, sizes):
        super().__init__()
        self.models = [nn.Linear(size, size) for size in sizes]
        self.head = nn.Linear(4, 4)


class NoConstructor(Stage):
    def __init__(self, sizes):
        self.models = [nn.Linear(size, size) for size in sizes]
        self.head = nn.Linear(4, 4)

    def forward(self, x):
        return self.head(x)


class NoLayer(Stage):
    def __init__(self, sizes):
        super().__init__()
        self.models = [nn.Linear(size, size) for size in sizes]

    def forward(self, x):
        return [model(x) for model in self.models]


class OwnParameters(Stage):
    def __init__(self, sizes):
        super().__init__()
        self.models = [nn.Linear(size, size) for size in sizes]
        self.head = nn.Linear(4, 4)

    def parameters(self):
        for model in [*self.models, self.head]:
            yield from model.parameters()

    def forward(self, x):
        return self.head(x)


# case: a base of Python's, or of torch but no Module
import threading

import torch
from torch import nn


class Worker(threading.Thread):
    def __init__(self):
        super().__init__()
        self.models = [nn.Linear(2, 2)]
        self.model = nn.Linear(2, 2)

    def forward(self, x):
        return self.model(x)


class Data(torch.utils.data.Dataset):
    def __init__(self):
        super().__init__()
        self.models = [nn.Linear(2, 2)]
        self.model = nn.Linear(2, 2)

    def forward(self, x):
        return self.model(x)


# case: a layer of transformers, and a mixin of the hub
from huggingface_hub import PyTorchModelHubMixin
from torch import nn
from transformers.modeling_layers import GradientCheckpointingLayer


class Layer(GradientCheckpointingLayer):
    def __init__(self, size):
        super().__init__()
        self.experts = [nn.Linear(size, size) for _ in range(2)]  # TTL104

    def forward(self, x):
        return sum(expert(x) for expert in self.experts)


class Model(nn.Module, PyTorchModelHubMixin):
    def __init__(self, size):
        super().__init__()
        self.layers = [Block(size) for _ in range(2)]  # TTL104


class Block(GradientCheckpointingLayer):
    def __init__(self, size):
        super().__init__()
        self.linear = nn.Linear(size, size)


# torch: parameter_names(Model(3)) == []


# case: A list of one that was made under a name, and is only read by its index, hides a module on purpose.
# torch: parameter_names(Frozen()) == [] and Frozen()(torch.ones(2, 4)).shape == (2, 4)
import torch
from torch import nn


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        backbone = nn.Linear(4, 4).eval()
        self.backbone = [backbone]

    def forward(self, x):
        if self.backbone[0].weight.device != x.device:
            self.backbone[0] = self.backbone[0].to(x.device)
        with torch.no_grad():
            return self.backbone[0](x)


# case: A list of one that a loop runs over is one that somebody forgot to register.
# torch: parameter_names(Stack()) == []
from torch import nn


class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        first = nn.Linear(4, 4)
        self.layers = [first]  # TTL104
        self.first = self.layers[0].in_features

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
