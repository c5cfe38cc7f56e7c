"""Cases of TTL110: names that torch refuses, and kinds."""

# case: A plain attribute, then each way to register.
# torch: "attribute 'w' already exists" in error(A)
# torch: "attribute 'b' already exists" in error(B)
# torch: "attribute 'm' already exists" in error(C)
import torch
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = None
        self.register_parameter("w", nn.Parameter(torch.ones(3)))  # TTL110


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = torch.ones(3)
        self.register_buffer("b", self.b)  # TTL110


class C(nn.Module):
    def __init__(self):
        super().__init__()
        self.m = []
        self.add_module("m", nn.Linear(3, 3))  # TTL110


# case: An argument is kept, then registered as a buffer.
# torch: "attribute 'mean' already exists" in error(lambda: D(torch.ones(3), 1.0))
import torch
from torch import nn


class D(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean = mean
        self.register_buffer("mean", torch.as_tensor(mean))  # TTL110
        self.std = torch.as_tensor(std).view(-1, 1)
        self.register_buffer("std", self.std)  # TTL110


# case: A class attribute, even None, and a method.
# torch: "attribute 'w' already exists" in error(E)
# torch: "attribute 'scale' already exists" in error(F)
# torch: "attribute 'table' already exists" in error(G)
import torch
from torch import nn


class E(nn.Module):
    w = None

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))  # TTL110


class F(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))  # TTL110

    def scale(self, x):
        return x


class G(nn.Module):
    table: torch.Tensor = None

    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.ones(3))  # TTL110


# case: Another kind has the name.
# torch: "attribute 'x' already exists" in error(H)
# torch: "attribute 'weight' already exists" in error(I)
import torch
from torch import nn


class H(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = nn.Linear(3, 3)
        self.register_buffer("x", torch.ones(3))  # TTL110


class I(nn.Linear):
    def __init__(self):
        super().__init__(3, 3)
        self.register_buffer("weight", torch.ones(3))  # TTL110


# case: A buffer made on first use, over a placeholder of the constructor.
# torch: "attribute 'mask' already exists" in error(lambda: J()(torch.ones(3)))
# torch: "attribute 'cached' already exists" in error(lambda: J()._fill(torch.ones(3)))
import torch
from torch import nn


class J(nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = None
        self.cached = False

    def forward(self, x):
        if self.mask is None or self.mask.shape != x.shape:
            self.register_buffer("mask", torch.ones_like(x), persistent=False)  # TTL110
        return x * self.mask

    def _fill(self, x):
        self.register_buffer("cached", x)  # TTL110


# case: nn.Buffer over a placeholder.
# torch: "attribute 'b' already exists" in error(K)
import torch
from torch import nn


class K(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = None
        self.b = nn.Buffer(torch.ones(3))  # TTL110


# case: Through a helper, a base class and setattr.
# torch: "attribute 'pe' already exists" in error(M)
# torch: "attribute 'to' already exists" in error(N)
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.pe = torch.ones(3)


class M(Base):
    def __init__(self):
        super().__init__()
        self._build("pe")

    def _build(self, name):
        self.register_buffer(name, torch.zeros(3))  # TTL110


class N(nn.Module):
    def __init__(self):
        super().__init__()
        setattr(self, "to", nn.Parameter(torch.ones(3)))  # TTL110


# case: Dots and empty names.
# torch: "parameter name can" in error(O) and "contain" in error(O)
# torch: "module name can" in error(P) and "contain" in error(P)
# torch: "be empty string" in error(Q)
import torch
from torch import nn


class O(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_parameter("proj.weight", nn.Parameter(torch.ones(3)))  # TTL110


class P(nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(2):
            self.add_module("layer." + str(i), nn.Linear(3, 3))  # TTL110
            setattr(self, f"kept.{i}", nn.Linear(3, 3))


class Q(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("", torch.ones(3))  # TTL110


# case: Keys of containers.
# torch: "attribute 'type' already exists" in error(R)
# torch: "attribute 'pop' already exists" in error(lambda: nn.ParameterDict({"pop": nn.Parameter(torch.ones(3))}))
# torch: "name can" in error(S) and "contain" in error(S)
import torch
from torch import nn


class R(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = nn.ModuleDict()
        self.heads["type"] = nn.Linear(3, 3)  # TTL110


class S(nn.Module):
    def __init__(self):
        super().__init__()
        self.scales = nn.ParameterDict({"a.b": nn.Parameter(torch.ones(3))})  # TTL110
        self.heads = nn.ModuleDict(dict(forward=nn.Linear(3, 3)))  # TTL110


# case: A value of another kind over a child module.
# torch: "as child module 'fc'" in error(T)
# torch: "as child module 'norm'" in error(lambda: U().off())
import torch
from torch import nn


class T(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.fc = torch.ones(3)  # TTL110


class U(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(3)

    def off(self):
        self.norm = False  # TTL110


# case: A number over a buffer.
# torch: "as buffer 'step'" in error(lambda: V().reset())
import torch
from torch import nn


class V(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("step", torch.zeros(()))

    def reset(self):
        self.step = 0  # TTL110

    def forward(self, x):
        self.step += 1
        self.step = self.step * 2
        return x


# case: A model in a script.
# torch: "as child module 'fc'" in error(strip)
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)


def strip():
    model = Net()
    model.fc = lambda x: x  # TTL110
    return model


# case: Plain first, assigned later.
# torch: parameter_names(Fine(True)) == ["bias", "w", "fc.weight", "fc.bias"]
import torch
from torch import nn


class Fine(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.bias = bias
        self.w = None
        self.fc = None
        if bias:
            self.bias = nn.Parameter(torch.ones(3))
        self.w = nn.Parameter(torch.ones(3))
        self.fc = nn.Linear(3, 3)


# case: Slots of the same kind, and one registration for each branch.
# torch: error(lambda: Slots(True)) == error(lambda: Slots(False)) == ""
import torch
from torch import nn


class Slots(nn.Module):
    scale: torch.Tensor

    def __init__(self, affine):
        super().__init__()
        self.register_parameter("bias", None)
        self.register_buffer("mask", None)
        if affine:
            self.bias = nn.Parameter(torch.ones(3))
            self.register_buffer("scale", torch.ones(3))
        else:
            self.register_parameter("bias", None)
            self.register_parameter("scale", None)
        self.register_buffer("mask", torch.ones(3))
        self.mask = torch.zeros(3)
        self.mask = None
        self.fc = nn.Linear(3, 3)
        self.fc = None
        self.add_module("fc", nn.Linear(3, 3))


# case: One branch keeps a plain value, the other registers.
# torch: error(lambda: Either(True)) == error(lambda: Either(False)) == ""
import torch
from torch import nn


class Either(nn.Module):
    def __init__(self, learned):
        super().__init__()
        if learned:
            self.register_parameter("w", nn.Parameter(torch.ones(3)))
        else:
            self.w = 1.0
        if not learned:
            self.s = None
            return
        self.register_buffer("s", torch.ones(3))


# case: Deleted first.
# torch: error(Deleted) == "" and error(lambda: Deleted()(torch.ones(3))) == ""
import torch
from torch import nn


class Deleted(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = None
        del self.a
        self.register_buffer("a", torch.ones(3))
        self.b = None
        delattr(self, "b")
        self.register_buffer("b", torch.ones(3))
        self.c = None
        self.__dict__.pop("c")
        self.register_buffer("c", torch.ones(3))
        self.d = None

    def forward(self, x):
        del self.d
        self.register_buffer("d", x)
        return x


# case: Another method deletes the placeholder.
# torch: [m := Later(), m.clear()] and error(lambda: m(torch.ones(3))) == ""
import torch
from torch import nn


class Later(nn.Module):
    def __init__(self):
        super().__init__()
        self.cache = None

    def clear(self):
        del self.cache

    def forward(self, x):
        self.register_buffer("cache", x)
        return x


# case: Guards.
# torch: error(lambda: Guarded()(torch.ones(3))) == ""
import torch
from torch import nn


class Guarded(nn.Module):
    size = None

    def __init__(self):
        super().__init__()
        self.a = None
        if not hasattr(self, "a"):
            self.register_buffer("a", torch.ones(3))
        if not hasattr(self, "size"):
            self.register_buffer("size", torch.ones(3))
        try:
            self.register_buffer("a", torch.ones(3))
        except KeyError:
            self.a = torch.ones(3)
        self.mask = None

    def forward(self, x):
        if not hasattr(self, "mask"):
            self.register_buffer("mask", x)
        if "late" not in self._buffers:
            self.register_buffer("late", x)
        return x


# case: A base class that is not known may have registered it.
from somewhere import Unknown

import torch
from torch import nn


class Child(Unknown, nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = None
        self.register_buffer("mask", torch.ones(3))
        self.step = 0

    def reset(self):
        self.mask = torch.ones(3)


# case: Values that are not known to be of another kind.
# torch: error(lambda: Open(nn.Linear(3, 3), nn.Parameter(torch.ones(3)))) == ""
import torch
from torch import nn


class Open(nn.Module):
    def __init__(self, layer, weight):
        super().__init__()
        self.layer = layer
        self.add_module("layer", layer)
        self.weight = weight
        self.register_parameter("weight", weight)
        self.fc = nn.Linear(3, 3)
        self.fc = layer or self.fc
        self.heads = nn.ModuleDict({"head": layer, "training_head": nn.Linear(3, 3)})


# case: A project's own container, and a class that is no Module.
# torch: error(lambda: Registry().register_buffer("a.b", 1)) == ""
import torch


class Registry:
    def __init__(self):
        self.a = None
        self.register_buffer("a", torch.ones(3))

    def register_buffer(self, name, value):
        self.a = value


class ModuleDict(dict):
    pass


table = ModuleDict({"keys": 1, "a.b": 2})


# case: A property that raises until the parameter is there.
# torch: error(Prop) == ""
import torch
from torch import nn


class Prop(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))

    @property
    def weight(self):
        return self._weight
