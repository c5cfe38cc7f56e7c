"""Cases of TTL115: a class attribute or method hides the child module of its name."""

# case: A placeholder of the class.
# torch: A().fc is None
# torch: parameter_names(A()) == ["fc.weight", "fc.bias"]
from torch import nn


class A(nn.Module):
    fc = None

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)  # TTL115

    def forward(self, x):
        return self.fc(x)


# case: An annotated placeholder, and a type comment.
# torch: B().encoder is None
# torch: B().decoder is None
from typing import Optional

import torch.nn as nn


class B(nn.Module):
    encoder: Optional[nn.Module] = None
    decoder = None  # type: nn.Module

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(3, 3), nn.ReLU())  # TTL115
        self.decoder = nn.GRU(3, 3)  # TTL115


# case: A method of the same name.
# torch: C().pool(3) == 3
from torch import nn


class C(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.AvgPool2d(2)  # TTL115
        self.norm = nn.LayerNorm(3)

    def pool(self, x):
        return x


# case: Names of nn.Module's own methods.
# torch: callable(D().train) and not isinstance(D().train, nn.Module)
# torch: not isinstance(D().type, nn.Module)
# torch: not isinstance(D().half, nn.Module)
from torch import nn


class D(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.train = nn.Linear(3, 3)  # TTL115
        self.type = nn.Embedding(n, 3)  # TTL115
        self.half = nn.Linear(3, 3)  # TTL115
        self.forward = nn.Linear(3, 3)  # TTL115


D = __import__("functools").partial(D, 2)


# case: The class in place of an instance.
# torch: E().act is nn.ReLU
# torch: E().norm is nn.LayerNorm
from torch import nn


class E(nn.Module):
    act = nn.ReLU
    norm = nn.LayerNorm

    def __init__(self):
        super().__init__()
        self.act = self.act()  # TTL115
        self.norm = nn.LayerNorm(3)  # TTL115


# case: The attribute is the base class's.
# torch: F().head is None
# torch: F().neck(1) == 1
from torch import nn


class Base(nn.Module):
    head = None

    def neck(self, x):
        return x

    def forward(self, x):
        return self.head(x)


class F(Base):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 3)  # TTL115
        self.neck = nn.Linear(3, 3)  # TTL115


# case: Set by a method that builds, by setattr, and through a local name.
# torch: G().a is None
# torch: G().b is None
# torch: G().c is None
from torch import nn


class G(nn.Module):
    a = b = None
    c = None

    def __init__(self):
        super().__init__()
        self._build()
        made = nn.Linear(3, 3)
        self.c = made  # TTL115

    def _build(self):
        self.a = nn.Linear(3, 3)  # TTL115
        setattr(self, "b", nn.Linear(3, 3))  # TTL115


# case: On an object of another module.
# torch: outer().fc is None
from torch import nn


class Inner(nn.Module):
    fc = None


def outer():
    model = Inner()
    model.fc = nn.Linear(3, 3)  # TTL115
    return model


# case: A child that one branch makes.
# torch: H(True).proj is None
# torch: "proj.weight" in parameter_names(H(True))
from torch import nn


class H(nn.Module):
    proj = None
    down = None

    def __init__(self, project, other=False):
        super().__init__()
        if project:
            self.proj = nn.Linear(3, 3)  # TTL115
        self.down = nn.Linear(3, 3) if other else None  # TTL115


# case: A property that gives something else.
# torch: I().head is I_MODEL.body
from torch import nn


class I(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 3)
        self.head = nn.Linear(3, 3)  # TTL115

    @property
    def head(self):
        return self.body


I_MODEL = I()
I = lambda: I_MODEL


# case: A list and a number in the class.
# torch: J().blocks == []
# torch: J().depth == 4
from torch import nn


class J(nn.Module):
    blocks = []
    depth = 4

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Linear(3, 3)])  # TTL115
        self.depth = nn.Linear(3, 3)  # TTL115


# case: Annotations only.
# torch: isinstance(K().fc, nn.Linear)
from torch import nn


class K(nn.Module):
    fc: nn.Linear
    head: "nn.Module"

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.head = nn.Linear(3, 3)


# case: Plain values of the object win over the class.
# torch: L().size == 3
# torch: L().weights.sum() == 3
import torch
from torch import nn


class L(nn.Module):
    size = None
    weights = None
    layers = ()
    fc = None

    def __init__(self):
        super().__init__()
        self.size = 3
        self.weights = torch.ones(3)
        self.layers = [1, 2]
        self.fc = None


# case: A subclass hides a child of its base class on purpose.
# torch: Headless().fc is None
# torch: Headless().act(1) == 1
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.act = nn.ReLU()


class Headless(Net):
    fc = None

    def act(self, x):
        return x


# case: A property that torch's own look-up replaces.
# torch: isinstance(M().head, nn.Linear)
# torch: isinstance(M().tail, nn.Linear)
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 3)
        self.tail = nn.Linear(3, 3)

    @property
    def head(self):
        return self._modules["head"]

    @property
    def tail(self):
        return self._tail

    @tail.setter
    def tail(self, value):
        self._tail = value


# case: Classes that say themselves what setting means.
# torch: isinstance(N().fc, nn.Linear)
from torch import nn


class N(nn.Module):
    fc = None

    def __setattr__(self, name, value):
        if isinstance(value, nn.Module):
            self.__dict__[name] = value
        else:
            super().__setattr__(name, value)

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)


# case: No Module, and values that are not known.
# torch: isinstance(Trainer(nn.ReLU()).net, nn.Linear)
# torch: O(None).fc is None
from torch import nn


class Trainer:
    net = None

    def __init__(self, act):
        self.net = nn.Linear(3, 3)
        self.act = act


class O(nn.Module):
    fc = None
    act = None

    def __init__(self, fc):
        super().__init__()
        self.fc = fc
        if fc is not None:
            self.act = fc.act


# case: A name of the same text elsewhere.
# torch: isinstance(P().fc, nn.Linear)
from torch import nn

fc = None


class Other(nn.Module):
    fc = None


class P(nn.Module):
    def __init__(self, fc=None):
        super().__init__()
        head = None
        self.fc = nn.Linear(3, 3)
        self.head = nn.Linear(3, 3)
        self.other = Other()


# case: A class attribute that a condition may not define.
# torch: isinstance(Q().fc, nn.Linear)
from torch import nn

FAST = False


class Q(nn.Module):
    if FAST or not hasattr(nn, "Linear"):
        fc = None

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)


# case: A class attribute that is deleted.
# torch: isinstance(R().fc, nn.Linear)
from torch import nn


class R(nn.Module):
    fc = None
    del fc

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
