"""Cases of TTL113, module-as-default-argument."""

# case: A PReLU as default of a constructor, torch under another name.
# torch: A().act is A().act
import torch as th


class A(th.nn.Module):
    def __init__(self, act=th.nn.PReLU()):  # TTL113
        super().__init__()
        self.act = act


# case: A keyword-only default, the class imported by name.
# torch: B(4).norm is B(4).norm
from torch.nn import LayerNorm as Norm
from torch.nn import Module


class B(Module):
    def __init__(self, size, *, norm=Norm(4)):  # TTL113
        super(B, self).__init__()
        self.norm = norm


# case: Defaults on several lines, one of them right.
# torch: C().drop is C().drop
import torch.nn as nn


class C(nn.Module):
    def __init__(
        self,
        size=4,
        act=nn.ReLU(),
        drop: nn.Module = nn.Dropout(0.1),  # TTL113
        norm: nn.Module = nn.BatchNorm1d(4),  # TTL113
    ):
        super().__init__()
        self.act = act
        self.drop = drop
        self.norm = norm


# case: A default of a function that builds layers.
# torch: block(4)[1] is block(4)[1]
from torch import nn


def block(size, act=nn.PReLU()):  # TTL113
    return nn.Sequential(nn.Linear(size, size), act)


# case: A container or a class of the file as default.
# torch: E().net is E().net and E().head is E().head
from torch import nn


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)


class E(nn.Module):
    def __init__(self, net=nn.Sequential(nn.Linear(4, 4), nn.ReLU()), head=Head()):  # TTL113 TTL113
        super().__init__()
        self.net = net
        self.head = head


# case: A method other than the constructor stores its default.
# torch: filled().head is filled().head
from torch import nn


class F(nn.Module):
    def add_head(self, head=nn.Linear(4, 2)):  # TTL113
        self.head = head


def filled():
    model = F()
    model.add_head()
    return model


# case: The mode of a Dropout default is shared.
# torch: not shared_mode()
from torch import nn


class G(nn.Module):
    def __init__(self, drop=nn.Dropout(0.5)):  # TTL113
        super().__init__()
        self.drop = drop


def shared_mode():
    first, second = G().train(), G().eval()
    return first.drop.training


# case: Handed on to the layers that the constructor builds.
# torch: H().a.act is H().b.act
from torch import nn


class Layer(nn.Module):
    def __init__(self, act):
        super().__init__()
        self.act = act


class H(nn.Module):
    def __init__(self, act=nn.PReLU()):  # TTL113
        super().__init__()
        self.a = Layer(act)
        self.b = Layer(act)


# case: Classes, functions, names and None.
# torch: Classes().act is not Classes().act
import functools

from torch import nn
from torch.nn import functional as F


class Classes(nn.Module):
    def __init__(self, act=nn.PReLU, norm=None, pool="max", make=functools.partial(nn.Linear, 4), f=F.relu):
        super().__init__()
        self.act = act()
        self.norm = nn.LayerNorm(4) if norm is None else norm
        self.fc = make(4)


# case: Layers without parameters and without a mode.
from torch import nn


class Stateless(nn.Module):
    def __init__(self, act=nn.ReLU(), norm=nn.Identity(), out=nn.Sequential(nn.Tanh(), nn.Flatten())):
        super().__init__()
        self.act = act
        self.norm = norm
        self.out = out


def loss(prediction, target, criterion=nn.CrossEntropyLoss(), act=nn.GELU()):
    return criterion(act(prediction), target)


# case: The body copies the default.
# torch: Copies().act is not Copies().act and Copies().layers[0] is not Copies().layers[1]
import copy
from copy import deepcopy

from torch import nn


class Copies(nn.Module):
    def __init__(self, act=nn.PReLU(), norm=nn.LayerNorm(4), layer=nn.Linear(4, 4), n=2):
        super().__init__()
        self.act = copy.deepcopy(act)
        self.norm = deepcopy(norm)
        self.layers = nn.ModuleList([copy.deepcopy(layer) for _ in range(n)])


# case: The body only inspects the default.
# torch: Inspects().act is not Inspects().act
from torch import nn


class Inspects(nn.Module):
    def __init__(self, act=nn.PReLU(), norm=nn.LayerNorm(4)):
        super().__init__()
        self.act = type(act)()
        self.eps = norm.eps
        self.normed = isinstance(norm, nn.LayerNorm)


# case: Layers built in the body, where each call has its own.
# torch: Built().act is not Built().act
from torch import nn


class Built(nn.Module):
    def __init__(self, size=4, slope=0.25):
        super().__init__()
        self.act = nn.PReLU(init=slope)
        self.fc = nn.Linear(size, size)


# case: Layers of other libraries and unknown callables.
import flax.linen
import keras
from framework import make_activation
from torch import nn


class Foreign(nn.Module):
    def __init__(self, dense=keras.layers.Dense(4), act=make_activation()):
        super().__init__()
        self.dense = dense
        self.act = act


class Flax(flax.linen.Module):
    def setup(self, act=flax.linen.PReLU()):
        self.act = act


# case: A factory as default.
# torch: Factory().act is not Factory().act
from torch import nn


class Factory(nn.Module):
    def __init__(self, make=lambda: nn.PReLU()):
        super().__init__()
        self.act = make()


# case: A project's own class called PReLU is no layer.
from torch import nn as tnn


class PReLU:
    pass


class Own(tnn.Module):
    def __init__(self, act=PReLU()):
        super().__init__()
        self.act = act

# case: The default of a method that the constructor calls.
# torch: A().a[1] is A().a[1]
import torch
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = self._make(4)

    def _make(self, size, norm=nn.BatchNorm1d(4)):  # TTL113
        return nn.Sequential(nn.Linear(size, size), norm)

# case: The default of a function that a class below calls.
# torch: A().a[1] is A().a[1]
import torch
from torch import nn


def make(size, norm=nn.BatchNorm1d(4)):  # TTL113
    return nn.Sequential(nn.Linear(size, size), norm)


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = make(4)

# case: The default of a function is only looked at, or every call gives its own.
# torch: A().a[1] is not A().a[1] and A().b is not A().b
import copy

import torch
from torch import nn


def make(size, norm=nn.BatchNorm1d(4)):
    return nn.Sequential(nn.Linear(size, size), copy.deepcopy(norm))


def like(size, norm=nn.BatchNorm1d(4)):
    return nn.BatchNorm1d(norm.num_features)


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = make(4)
        self.b = like(4)
