"""Cases of TTL103, parameters-in-plain-container."""

# case: List, tuple and dict literals.
# torch: parameter_names(A()) == [] and list(A().state_dict()) == []
import torch as th


class A(th.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = [th.nn.Parameter(th.ones(4)), th.nn.Parameter(th.zeros(4))]  # TTL103
        self.b = (th.nn.Parameter(th.ones(4)), th.nn.Parameter(th.zeros(4)))  # TTL103
        self.c = {"w": th.nn.Parameter(th.ones(4)), "b": th.nn.Parameter(th.zeros(4))}  # TTL103


# case: Comprehensions, Parameter under another name.
# torch: parameter_names(B(3)) == []
import torch
from torch import nn
from torch.nn import Parameter as P


class B(nn.Module):
    def __init__(self, n):
        super(B, self).__init__()
        self.a = [P(torch.randn(4)) for _ in range(n)]  # TTL103
        self.b = {str(i): P(torch.randn(4)) for i in range(n)}  # TTL103
        self.c = tuple(P(torch.randn(4)) for _ in range(n))  # TTL103


# case: Appended in a loop, the list through a local.
# torch: parameter_names(C([4, 8])) == []
import torch
from torch import nn


class C(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        weights = []
        for size in sizes:
            weights.append(nn.Parameter(torch.randn(size)))
        self.weights = weights  # TTL103


# case: Every way to put something into a list.
# torch: parameter_names(D()) == [] and len(D().a) + len(D().b) + len(D().c) == 3
import torch
from torch import nn


class D(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = []  # TTL103
        self.a.extend([nn.Parameter(torch.ones(4))])
        self.b = []  # TTL103
        self.b += [nn.Parameter(torch.ones(4))]
        self.c = []  # TTL103
        self.c.insert(0, nn.Parameter(torch.ones(4)))


# case: A dict that is filled by key.
# torch: parameter_names(E()) == []
import torch
from torch import nn


class E(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = {}  # TTL103
        self.weights["in"] = nn.Parameter(torch.ones(4))
        self.weights["out"] = nn.Parameter(torch.ones(4))


# case: An OrderedDict is no ParameterDict.
# torch: parameter_names(F()) == []
from collections import OrderedDict

import torch
from torch import nn


class F(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = OrderedDict()  # TTL103
        self.weights["in"] = nn.Parameter(torch.ones(4))


# case: Nested containers.
# torch: parameter_names(G()) == []
import torch
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.pairs = [(nn.Parameter(torch.ones(4)), nn.Parameter(torch.ones(4))) for _ in range(2)]  # TTL103
        self.table = {"a": [nn.Parameter(torch.ones(4))]}  # TTL103


# case: In a helper method, in a subclass of a class of the file.
# torch: parameter_names(I()) == ["scale"]
import torch
from torch import nn


class H(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(4))


class I(H):
    def __init__(self):
        super().__init__()
        self._build()

    def _build(self):
        self.extra = [nn.Parameter(torch.ones(4))]  # TTL103


# case: Made by a function of the project, stored by setattr.
# torch: parameter_names(J()) == []
import torch
from torch import nn


def weight(size):
    return nn.Parameter(torch.randn(size) * 0.02)


class J(nn.Module):
    def __init__(self):
        super().__init__()
        setattr(self, "weights", [weight(4), weight(8)])  # TTL103


# case: Added from outside after construction.
# torch: parameter_names(net) == ["weight", "bias"]
import torch
from torch import nn

net = nn.Linear(4, 4)
net.prompts = [nn.Parameter(torch.zeros(4)) for _ in range(2)]  # TTL103


# case: One of them is registered, the other is not.
# torch: parameter_names(K()) == ["w"]
import torch
from torch import nn


class K(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4))
        self.both = [self.w, nn.Parameter(torch.ones(4))]  # TTL103


# case: The keys of a ParameterDict are strings.
# torch: "not a string (type is 'int')" in error(numbered)
import torch
from torch import nn


def numbered():
    return nn.ParameterDict({0: nn.Parameter(torch.ones(4)), 1: nn.Parameter(torch.ones(4))})  # TTL103


# case: A cache of parameters that are registered.
# torch: parameter_names(Cache()) == ["w", "fc.weight", "fc.bias"]
import torch
from torch import nn


class Cache(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4))
        self.fc = nn.Linear(4, 4)
        self._ps = list(self.parameters())
        self._named = dict(self.named_parameters())
        self._own = [self.w, self.fc.weight]
        self._first = {"w": self.w, "bias": self.fc.bias}


# case: Groups for an optimizer.
# torch: len(parameter_names(Groups())) == 4
import torch
from torch import nn


class Groups(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.head = nn.Linear(4, 2)
        self.groups = [
            {"params": self.body.parameters(), "lr": 1e-4},
            {"params": [p for p in self.head.parameters()], "lr": 1e-3},
        ]


# case: The list is given to a ParameterList, under its own name or another.
# torch: parameter_names(Later(2)) == ["a.0", "a.1", "c.0", "c.1"]
import torch
from torch import nn


class Later(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = []
        for _ in range(n):
            self.a.append(nn.Parameter(torch.randn(4)))
        self.a = nn.ParameterList(self.a)
        self.b = [nn.Parameter(torch.randn(4)) for _ in range(n)]
        self.c = nn.ParameterList(self.b)


# case: The dict is given to a ParameterDict.
# torch: parameter_names(LaterDict()) == ["weights.a", "weights.b"]
import torch
from torch import nn


class LaterDict(nn.Module):
    def __init__(self):
        super().__init__()
        weights = {}
        for name in ("a", "b"):
            weights[name] = nn.Parameter(torch.randn(4))
        self.weights = nn.ParameterDict(weights)


# case: Each element is registered under a numbered name.
# torch: parameter_names(Numbered(2)) == ["w0", "w1", "v0", "v1", "u0", "u1"]
import torch
from torch import nn


class Numbered(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.ws = [nn.Parameter(torch.randn(4)) for _ in range(n)]
        for i, w in enumerate(self.ws):
            self.register_parameter("w%d" % i, w)
        self.vs = []
        for i in range(n):
            v = nn.Parameter(torch.randn(4))
            setattr(self, f"v{i}", v)
            self.vs.append(v)
        for i in range(n):
            setattr(self, "u" + str(i), nn.Parameter(torch.randn(4)))
        self.us = [getattr(self, "u" + str(i)) for i in range(n)]


# case: The names of a flattened recurrent layer, as torch itself keeps them.
# torch: parameter_names(Cell()) == ["weight_ih", "weight_hh"]
import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self._flat_names = []
        for name in ("weight_ih", "weight_hh"):
            setattr(self, name, nn.Parameter(torch.randn(4, 4)))
            self._flat_names.append(name)
        self._flat = [getattr(self, name) for name in self._flat_names]


# case: A list in a class that is no Module.
import torch
from torch import nn


class Prompts:
    def __init__(self, n):
        self.prompts = [nn.Parameter(torch.randn(4)) for _ in range(n)]


# case: A list of parameters of a model that was passed in.
# torch: parameter_names(Averaged(nn.Linear(4, 4))) == []
import copy

from torch import nn


class Averaged(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.online = list(model.parameters())
        self.shapes = [p.shape for p in model.parameters()]
        self.initial = [p.detach().clone() for p in model.parameters()]


# case: Lists of plain tensors, sizes and initializers.
import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.tables = [torch.zeros(4) for _ in range(n)]
        self.sizes = [nn.Parameter(torch.ones(4)).numel() for _ in range(n)]
        self.make = {"ones": lambda k: nn.Parameter(torch.ones(k))}
        self.kinds = [nn.Parameter, nn.Buffer]


# case: Local lists in the constructor and in forward.
# torch: parameter_names(Local()) == ["w"]
import torch
from torch import nn


class Local(nn.Module):
    def __init__(self):
        super().__init__()
        parts = [nn.Parameter(torch.ones(4)), nn.Parameter(torch.zeros(4))]
        self.w = nn.Parameter(torch.stack([p.detach() for p in parts]))

    def forward(self, x):
        weights = [self.w, self.w * 2]
        return sum(x @ w.t() for w in weights)


# case: The containers of torch, filled in every way.
# torch: len(parameter_names(Right())) == 7
import torch
from torch import nn


class Right(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ParameterList([nn.Parameter(torch.ones(4))])
        self.a.append(nn.Parameter(torch.ones(4)))
        self.a.extend([nn.Parameter(torch.ones(4))])
        self.a += [nn.Parameter(torch.ones(4))]
        self.b = nn.ParameterDict()
        self.b["x"] = nn.Parameter(torch.ones(4))
        self.b.update({"y": nn.Parameter(torch.ones(4))})
        self.c = nn.ParameterList(nn.Parameter(torch.ones(4)) for _ in range(1))


# case: Parameters of other libraries.
import inspect

import mlx.nn
import paddle
from torch import nn


class Foreign(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.signature = [inspect.Parameter("x", inspect.Parameter.KEYWORD_ONLY)]
        self.weights = [paddle.create_parameter([4], "float32") for _ in range(2)]


# case: A list that is emptied again before the constructor ends.
# torch: parameter_names(Emptied()) == ["a"]
import torch
from torch import nn


class Emptied(nn.Module):
    def __init__(self):
        super().__init__()
        self.pending = [nn.Parameter(torch.ones(4))]
        self.a = self.pending.pop()
        del self.pending


# case: The base class is unknown and may register lists itself.
import torch
from framework import ListAwareModule
from torch import nn


class Aware(ListAwareModule):
    def __init__(self):
        super().__init__()
        self.weights = [nn.Parameter(torch.ones(4))]


# case: setattr of the class is its own and may register what it gets.
# torch: parameter_names(Own()) == ["ws_0", "ws_1"]
import torch
from torch import nn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.ws = [nn.Parameter(torch.ones(4)), nn.Parameter(torch.ones(4))]

    def __setattr__(self, name, value):
        if isinstance(value, list):
            for index, each in enumerate(value):
                self.register_parameter(f"{name}_{index}", each)
        super().__setattr__(name, value)


# case: The list is handed to something unknown, which may register it.
import torch
from framework import register_all
from torch import nn


class Passed(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = [nn.Parameter(torch.ones(4)) for _ in range(2)]
        register_all(self, self.weights)


# case: The list is also handed to a child that registers it.
# torch: parameter_names(Parent()) == ["child.ws.0"]
import torch
from torch import nn


class Child(nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.ws = nn.ParameterList(weights)


class Parent(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = [nn.Parameter(torch.ones(4))]
        self.child = Child(self.weights)


# case: A class that hands out its list by its own parameters method.
# torch: len(list(Own().parameters())) == 2
import torch
from torch import nn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = [nn.Parameter(torch.ones(4)) for _ in range(2)]

    def parameters(self, recurse=True):
        return iter(self.weights)

# case: An `_apply` of its own moves them.
# torch: A().double().ws[0].dtype is torch.float64
import torch
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.ws = [nn.Parameter(torch.ones(3))]

    def _apply(self, fn, *args, **kwargs):
        super()._apply(fn, *args, **kwargs)
        self.ws = [fn(w) for w in self.ws]
        return self
