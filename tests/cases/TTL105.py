"""Cases of TTL105, assign-before-super-init."""

# case: A Parameter before the call, torch under another name.
# torch: "cannot assign parameters before Module.__init__() call" in error(A)
import torch as th


class A(th.nn.Module):
    def __init__(self):
        self.w = th.nn.Parameter(th.ones(4))  # TTL105
        super().__init__()


# case: A layer before the call in its old spelling.
# torch: "cannot assign module before Module.__init__() call" in error(B)
from torch.nn import Linear, Module


class B(Module):
    def __init__(self):
        self.fc = Linear(4, 4)  # TTL105
        super(B, self).__init__()


# case: A layer before the explicit call.
# torch: "cannot assign module before Module.__init__() call" in error(C)
import torch.nn as nn


class C(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(4, 4)  # TTL105
        nn.Module.__init__(self)


# case: Buffers and the methods that register.
# torch: "cannot assign buffer before Module.__init__() call" in error(D)
# torch: "cannot assign buffer before Module.__init__() call" in error(E)
# torch: "cannot assign parameter before Module.__init__() call" in error(F)
# torch: "object has no attribute '_modules'" in error(G)
import torch
from torch import nn


class D(nn.Module):
    def __init__(self):
        self.register_buffer("b", torch.zeros(4))  # TTL105
        super().__init__()


class E(nn.Module):
    def __init__(self):
        self.b = nn.Buffer(torch.zeros(4))  # TTL105
        super().__init__()


class F(nn.Module):
    def __init__(self):
        self.register_parameter("w", nn.Parameter(torch.zeros(4)))  # TTL105
        super().__init__()


class G(nn.Module):
    def __init__(self):
        self.add_module("fc", nn.Linear(4, 4))  # TTL105
        super().__init__()


# case: Through a local, a tuple, setattr and an annotated assignment.
# torch: all("before Module.__init__() call" in error(each) for each in (H, I, J, K))
import torch
from torch import nn


class H(nn.Module):
    def __init__(self):
        fc = nn.Linear(4, 4)
        self.fc = fc  # TTL105
        super().__init__()


class I(nn.Module):
    def __init__(self):
        self.size, self.fc = 4, nn.Linear(4, 4)  # TTL105
        super().__init__()


class J(nn.Module):
    def __init__(self):
        setattr(self, "fc", nn.Linear(4, 4))  # TTL105
        super().__init__()


class K(nn.Module):
    def __init__(self):
        self.fc: nn.Module = nn.Linear(4, 4)  # TTL105
        super().__init__()


# case: A class of the file as layer, in a class that derives from another one.
# torch: "cannot assign module before Module.__init__() call" in error(Child)
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(4)


class Child(Base):
    def __init__(self):
        self.block = Block()  # TTL105
        super().__init__()


# case: A helper method registers before the call.
# torch: "cannot assign module before Module.__init__() call" in error(L)
from torch import nn


class L(nn.Module):
    def __init__(self):
        self._build()
        super().__init__()

    def _build(self):
        self.fc = nn.Linear(4, 4)  # TTL105


# case: A container and a list of layers: only the container is a Module.
# torch: "cannot assign module before Module.__init__() call" in error(M)
from torch import nn


class M(nn.Module):
    def __init__(self, n=2):
        layers = [nn.Linear(4, 4) for _ in range(n)]
        self.net = nn.Sequential(*layers)  # TTL105
        super().__init__()


# case: Registered in one branch before the call.
# torch: "before Module.__init__() call" in error(lambda: N(True)) and parameter_names(N(False)) == []
from torch import nn


class N(nn.Module):
    def __init__(self, wide):
        if wide:
            self.fc = nn.Linear(8, 8)  # TTL105
        super().__init__()


# case: A layer without parameters is a Module, too.
# torch: "cannot assign module before Module.__init__() call" in error(O)
from torch import nn


class O(nn.Module):
    def __init__(self):
        self.act = nn.ReLU()  # TTL105
        super().__init__()


# case: Plain values, tensors and lists of layers before the call.
# torch: parameter_names(Plain(4)) == ["net.0.weight", "net.0.bias"] and Plain(4).size == 4
import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self, size, config=None):
        self.size = size
        self.config = config or {"bias": True}
        self.names = ["a", "b"]
        self.table = torch.zeros(size)
        self.act = None
        self.kind = nn.ReLU
        layers = [nn.Linear(size, size)]
        super().__init__()
        self.net = nn.Sequential(*layers)


# case: A local layer before the call, registered after it.
# torch: parameter_names(Local()) == ["fc.weight", "fc.bias"]
from torch import nn


class Local(nn.Module):
    def __init__(self):
        fc = nn.Linear(4, 4)
        super().__init__()
        self.fc = fc


# case: The explicit call came first, in a class with two bases.
# torch: parameter_names(Explicit()) == ["w", "v"]
import torch
from torch import nn


class Mixin:
    def __init__(self):
        self.ready = True


class Explicit(Mixin, nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.w = nn.Parameter(torch.ones(4))
        Mixin.__init__(self)
        self.v = nn.Parameter(torch.ones(4))


# case: A helper method makes the call.
# torch: parameter_names(Delegated()) == ["fc.weight", "fc.bias"]
from torch import nn


class Delegated(nn.Module):
    def __init__(self):
        self._init_module()
        self.fc = nn.Linear(4, 4)

    def _init_module(self):
        super().__init__()


# case: A dataclass makes the call in __post_init__.
# torch: parameter_names(Data()) == ["fc.weight", "fc.bias"]
from dataclasses import dataclass

from torch import nn


@dataclass(eq=False)
class Data(nn.Module):
    size: int = 4

    def __post_init__(self):
        super().__init__()
        self.fc = nn.Linear(self.size, self.size)


# case: The call stands in every branch.
# torch: parameter_names(Branches(True)) == parameter_names(Branches(False)) == ["w"]
import torch
from torch import nn


class Branches(nn.Module):
    def __init__(self, old):
        if old:
            nn.Module.__init__(self)
        else:
            super().__init__()
        self.w = nn.Parameter(torch.ones(4))


# case: The call stands in a try block or under with.
# torch: parameter_names(Tried()) == ["w"] and parameter_names(Within()) == ["w"]
import torch
from torch import nn


class Tried(nn.Module):
    def __init__(self, **options):
        try:
            super().__init__(**options)
        except TypeError:
            super().__init__()
        self.w = nn.Parameter(torch.ones(4))


class Within(nn.Module):
    def __init__(self):
        with torch.no_grad():
            super().__init__()
            self.w = nn.Parameter(torch.ones(4))


# case: __new__ runs the constructor of Module before __init__ does anything.
# torch: parameter_names(Early()) == ["w"]
import torch
from torch import nn


class Early(nn.Module):
    def __new__(cls):
        made = super().__new__(cls)
        nn.Module.__init__(made)
        return made

    def __init__(self):
        self.w = nn.Parameter(torch.ones(4))


# case: A metaclass runs the constructor of Module first.
# torch: parameter_names(ByMeta()) == ["w"]
import torch
from torch import nn


class Meta(type):
    def __call__(cls, *args, **kwargs):
        made = cls.__new__(cls)
        nn.Module.__init__(made)
        made.__init__(*args, **kwargs)
        return made


class ByMeta(nn.Module, metaclass=Meta):
    def __init__(self):
        self.w = nn.Parameter(torch.ones(4))


# case: The base class cannot be resolved.
from framework import Component
from torch import nn


class Unknown(Component):
    def __init__(self):
        self.fc = nn.Linear(4, 4)
        super().__init__()


# case: An unknown base stands before Module and may have called it.
from framework import Mixin
from torch import nn


class Mixed(Mixin, nn.Module):
    def __init__(self):
        Mixin.__init__(self)
        self.fc = nn.Linear(4, 4)
        nn.Module.__init__(self)


# case: A class that is no Module assigns before its own super call.
from torch import nn


class Base:
    def __init__(self):
        self.ready = True


class Trainer(Base):
    def __init__(self):
        self.model = nn.Linear(4, 4)
        super().__init__()


# case: A layer of another library before the call.
import keras
from torch import nn


class Foreign(nn.Module):
    def __init__(self):
        self.dense = keras.layers.Dense(4)
        super().__init__()


# case: Hidden from registration on purpose before the call.
# torch: parameter_names(Hidden(nn.Linear(4, 4))) == []
from torch import nn


class Hidden(nn.Module):
    def __init__(self, parent):
        object.__setattr__(self, "parent", parent)
        self.__dict__["layer"] = nn.Linear(4, 4)
        self.parents = [parent]
        super().__init__()


# case: The base of the file registers, the subclass calls it first.
# torch: parameter_names(Sub()) == ["w", "v"]
import torch
from torch import nn


class Root(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4))


class Sub(Root):
    def __init__(self):
        Root.__init__(self)
        self.v = nn.Parameter(torch.ones(4))


# case: Fields of a dataclass are assigned before __post_init__ runs.
# torch: "cannot assign module before Module.__init__() call" in error(lambda: Fields(nn.Linear(3, 3)))
# torch: "cannot assign module before Module.__init__() call" in error(Made)
# torch: "cannot assign parameters before Module.__init__() call" in error(lambda: Scaled(nn.Parameter(torch.ones(3))))
import dataclasses
from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass(eq=False)
class Fields(nn.Module):
    fc: nn.Linear  # TTL105
    size: int = 3

    def __post_init__(self):
        super().__init__()


@dataclasses.dataclass(eq=False)
class Made(nn.Module):
    act: nn.Module = field(default_factory=nn.ReLU)  # TTL105

    def __post_init__(self):
        super().__init__()


@dataclass(unsafe_hash=True)
class Scaled(nn.Module):
    scale: nn.Parameter  # TTL105

    def __post_init__(self):
        super().__init__()


# case: Fields of a dataclass that the constructor leaves alone.
# torch: error(lambda: Kept(3)) == error(lambda: Own(nn.ReLU())) == error(Early) == ""
from dataclasses import InitVar, dataclass, field
from typing import ClassVar, Optional

from torch import nn


@dataclass(eq=False)
class Kept(nn.Module):
    size: int
    fc: nn.Module = field(init=False)
    shared: ClassVar[nn.Module] = None
    given: InitVar[nn.Module] = None
    other: Optional[nn.Module] = None
    cls: type[nn.Module] = nn.ReLU

    def __post_init__(self, given):
        super().__init__()
        self.fc = nn.Linear(self.size, self.size)


@dataclass(eq=False)
class Own(nn.Module):
    act: nn.Module

    def __init__(self, act):
        super().__init__()
        self.act = act


@dataclass(eq=False)
class Early(nn.Module):
    act: nn.Module = field(default_factory=nn.ReLU)

    def __new__(cls, *args, **kwargs):
        made = super().__new__(cls)
        nn.Module.__init__(made)
        return made

    def __post_init__(self):
        pass
