"""Cases of TTL112, class-level-parameter."""

# case: A Parameter in the class body, torch under another name.
# torch: parameter_names(A()) == [] and A().w is A().w
import torch as th


class A(th.nn.Module):
    w = th.nn.Parameter(th.ones(4))  # TTL112

    def forward(self, x):
        return x * self.w


# case: Layers in the class body, the classes imported by name.
# torch: parameter_names(B()) == []
from torch.nn import BatchNorm1d, Linear, Module


class B(Module):
    fc = Linear(4, 4)  # TTL112
    norm = BatchNorm1d(4)  # TTL112

    def __init__(self):
        super().__init__()

    def forward(self, x):
        return self.norm(self.fc(x))


# case: Layers with a mode and no parameters.
# torch: C().eval().drop.training
import torch.nn as nn


class C(nn.Module):
    drop = nn.Dropout(0.5)  # TTL112
    norm = nn.BatchNorm2d(4, affine=False)  # TTL112


# case: An annotated assignment and a tuple.
# torch: parameter_names(D()) == []
import torch
from torch import nn


class D(nn.Module):
    w: nn.Parameter = nn.Parameter(torch.ones(4))  # TTL112
    a, size = nn.Linear(4, 4), 4  # TTL112


# case: Torch containers and classes of the file.
# torch: parameter_names(E()) == []
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)


class E(nn.Module):
    block = Block()  # TTL112
    net = nn.Sequential(nn.Linear(4, 4), nn.ReLU())  # TTL112
    layers = nn.ModuleList([nn.Linear(4, 4)])  # TTL112
    act = nn.PReLU()  # TTL112


# case: On a condition, and in a subclass of a Module of the file.
# torch: parameter_names(G()) == []
import os

import torch
from torch import nn

WIDE = os.environ.get("WIDE") == "1"


class F(nn.Module):
    def __init__(self):
        super().__init__()


class G(F):
    if WIDE:
        fc = nn.Linear(8, 8)  # TTL112
    else:
        fc = nn.Linear(4, 4)  # TTL112


# case: Made by a function of the file.
# torch: parameter_names(H()) == []
import torch
from torch import nn


def head(size):
    return nn.Linear(size, 2)


class H(nn.Module):
    head = head(4)  # TTL112


# case: Registered in the constructor, and shared by all instances all the same.
# torch: parameter_names(I()) == ["fc.weight", "fc.bias"] and I().fc is I().fc
from torch import nn


class I(nn.Module):
    shared = nn.Linear(4, 4)  # TTL112

    def __init__(self):
        super().__init__()
        self.fc = self.shared


# case: A class nested in a function or in another class.
# torch: parameter_names(make()) == [] and parameter_names(Outer.Inner()) == []
from torch import nn


def make():
    class Local(nn.Module):
        fc = nn.Linear(4, 4)  # TTL112

    return Local()


class Outer:
    class Inner(nn.Module):
        fc = nn.Linear(4, 4)  # TTL112


# case: Classes, functions, numbers and None.
# torch: parameter_names(Names()) == ["norm.weight", "norm.bias"]
import functools

import torch
from torch import nn
from torch.nn import functional as F


class Names(nn.Module):
    __constants__ = ["size"]
    size = 4
    norm_class = nn.LayerNorm
    act = nn.ReLU
    make = functools.partial(nn.Linear, 4)
    softmax = staticmethod(F.softmax)
    dtype = torch.float32
    head = None
    table = {"relu": nn.ReLU, "prelu": nn.PReLU}

    def __init__(self):
        super().__init__()
        self.norm = self.norm_class(self.size)


# case: Annotations without a value.
# torch: parameter_names(Annotated()) == ["w", "fc.weight", "fc.bias"]
from typing import ClassVar, Optional

import torch
from torch import nn


class Annotated(nn.Module):
    w: nn.Parameter
    fc: nn.Linear
    extra: Optional[nn.Module]
    kinds: ClassVar[list] = [nn.Linear]

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4))
        self.fc = nn.Linear(4, 4)
        self.extra = None


# case: Layers without parameters and without a mode.
# torch: parameter_names(Stateless()) == []
from torch import nn


class Stateless(nn.Module):
    act = nn.ReLU()
    pool = nn.MaxPool2d(2)
    net = nn.Sequential(nn.Tanh(), nn.Flatten())
    loss = nn.MSELoss()
    norm = nn.LayerNorm(4, elementwise_affine=False)


# case: Fields of a dataclass with a factory.
# torch: parameter_names(Data()) == ["fc.weight", "fc.bias"] and Data().fc is not Data().fc
from dataclasses import dataclass, field

from torch import nn


@dataclass(eq=False)
class Data(nn.Module):
    size: int = 4
    make: type = nn.Linear
    options: dict = field(default_factory=dict)

    def __post_init__(self):
        super().__init__()
        self.fc = self.make(self.size, self.size)


@dataclass
class Parts:
    fc: nn.Module = field(default_factory=lambda: nn.Linear(4, 4))


# case: Classes that are no Module, such as test suites and registries.
import unittest

import torch
from torch import nn


class TestLinear(unittest.TestCase):
    layer = nn.Linear(4, 4)
    weight = nn.Parameter(torch.ones(4))

    def test_shape(self):
        assert self.layer(torch.ones(4)).shape == (4,)


class Registry:
    default = nn.Linear(4, 4)


# case: Modules at the top of a script.
import torch
from torch import nn

model = nn.Linear(4, 4)
scale = nn.Parameter(torch.ones(1))


def main():
    local = nn.Dropout(0.5)
    return local(model(torch.ones(4)) * scale)


# case: Everything is built in the constructor or in methods.
# torch: parameter_names(Built()) == ["fc.weight", "fc.bias"]
from torch import nn


class Built(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = self.make(4)

    @staticmethod
    def make(size):
        return nn.Linear(size, size)

    @property
    def spare(self):
        return nn.Linear(4, 4)

    factory = staticmethod(lambda: nn.Linear(4, 4))


# case: Layers and parameters of other libraries.
import flax.linen
import inspect
import keras
from torch import nn


class Foreign(nn.Module):
    dense = keras.layers.Dense(4)
    parameter = inspect.Parameter("x", inspect.Parameter.KEYWORD_ONLY)


class Flax(flax.linen.Module):
    dense = flax.linen.Dense(4)


# case: A plain tensor in the class body.
# torch: parameter_names(Constant()) == []
import torch
from torch import nn


class Constant(nn.Module):
    mean = torch.zeros(3)
    sizes = [8, 16]


# case: The base class cannot be resolved.
from framework import Component
from torch import nn


class Unknown(Component):
    fc = nn.Linear(4, 4)
