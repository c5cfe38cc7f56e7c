"""Cases of TTL205: entries of a module's own dicts that a registering method would refuse."""

# case: a tensor among the parameters
# select: TTL205
import torch
from torch import nn


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self._parameters["scale"] = torch.ones(3)  # TTL205

    def rescale(self, factor):
        self.fc._parameters["weight"] = self.fc.weight * factor  # TTL205


# torch: type(dict(Scaled().named_parameters())["scale"]) is torch.Tensor
# torch: [m := Scaled(), m.rescale(2)] and "param must be a Parameter" in error(lambda: m.fc.to("meta"))

# case: through locals, in a loop, with `update`, `setdefault` and `__setitem__`
# select: TTL205
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, names):
        super().__init__()
        held = self._parameters
        for name in ("a", "b"):
            held[name] = torch.zeros(2)  # TTL205
        held.update({"c": torch.zeros(2)})  # TTL205
        held.setdefault("d", torch.zeros(2))  # TTL205
        self._parameters.__setitem__("e", torch.zeros(2))  # TTL205
        for name in names:
            self._parameters[name] = torch.zeros(2)  # TTL205


# torch: [name for name, _ in Net([]).named_parameters()] == ["a", "b", "c", "d", "e"]

# case: a plain attribute before a registered one
# select: TTL205
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.register_buffer("mean", torch.zeros(2))
        self.fc = nn.Linear(2, 2)

    def freeze(self):
        self.__dict__["weight"] = self.weight.detach()  # TTL205

    def reset(self):
        vars(self)["mean"] = torch.ones(2)  # TTL205

    def replace(self, layer):
        object.__setattr__(self, "fc", layer)  # TTL205

    def swap(self):
        values = self.__dict__
        values["weight"] = torch.zeros(2)  # TTL205


# torch: [m := Net(), m.swap()] and m.weight.sum() == 0 and m.state_dict()["weight"].sum() == 2
# torch: [m := Net(), m.reset()] and m.mean.sum() == 2 and m.state_dict()["mean"].sum() == 0
# torch: [m := Net(), m.replace(None)] and m.fc is None and "fc.weight" in m.state_dict()

# case: names that are taken, hidden, or have a dot
# select: TTL205
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.bias = None


class Net(Base):
    def __init__(self):
        super().__init__()
        self._buffers["weight"] = torch.zeros(1)  # TTL205


class Hidden(Base):
    def __init__(self):
        super().__init__()
        self._parameters["bias"] = nn.Parameter(torch.ones(2))  # TTL205


class Dotted(nn.Module):
    def __init__(self):
        super().__init__()
        self._modules["a.b"] = nn.Linear(1, 1)  # TTL205


# torch: Net().weight.shape == (2,) and Net().state_dict()["weight"].shape == (1,)
# torch: Hidden().bias is None
# torch: "has no attribute" in error(lambda: Dotted().get_submodule("a.b"))

# case: a helper function, and what is no module
# select: TTL205
import torch
import torch.nn as nn


def put(module, name, value):
    module._modules[name] = value  # TTL205


def shrink(model: nn.Module, name):
    model._parameters[name] = torch.zeros(3)  # TTL205


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        put(self, "table", torch.zeros(3))


# torch: "has no attribute 'train'" in error(lambda: Net().train())

# case: silent: what a registering method does as well
# select: TTL205
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self._parameters["w"] = nn.Parameter(torch.ones(2))
        self._parameters["none"] = None
        self._buffers["b"] = torch.ones(2)
        self._modules["fc"] = nn.Linear(2, 2)
        for name, layer in layers.items():
            self._modules[name] = layer

    def replace(self, w):
        self._parameters["w"] = nn.Parameter(w)
        self._buffers["b"] = self._buffers["b"] * 2
        self._modules["fc"] = nn.Linear(2, 4)
        self._parameters["given"] = w


def surgery(model):
    for name, module in model._modules.items():
        model._modules[name] = nn.Sequential(module, nn.ReLU())


# torch: sorted(Net({}).state_dict()) == ["b", "fc.bias", "fc.weight", "w"]

# case: silent: deleted first, or not registered at all
# select: TTL205
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, other):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.gain = nn.Parameter(torch.ones(2))
        self.bias = nn.Parameter(torch.ones(2))
        self.__dict__["other"] = other
        object.__setattr__(self, "teacher", other)
        self.__dict__.update(extra=1)

    def fold(self):
        weight = self._parameters.pop("weight")
        self.__dict__["weight"] = weight.detach()
        del self._parameters["gain"]
        self.__dict__["gain"] = torch.ones(2)
        del self.bias
        self.__dict__["bias"] = torch.ones(2)

    def drop(self, name):
        del self._parameters[name]
        self.__dict__["bias"] = torch.ones(2)


# torch: [m := Net(None), m.fold()] and list(m.state_dict()) == []

# case: silent: no module
# select: TTL205
import torch


class Registry:
    def __init__(self):
        self._parameters = {}
        self._modules = {}

    def add(self, name):
        self._parameters[name] = torch.zeros(2)
        self._modules["a.b"] = 3


def fill(registry):
    registry._parameters["x"] = torch.zeros(2)
