"""Cases of TTL123: a comma at the end of the line."""

# case: A layer, a stack, a parameter and a layer without state.
# torch: parameter_names(A()) == [] and isinstance(A().act, tuple)
import torch
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3),  # TTL123
        self.stack = nn.Sequential(  # TTL123
            nn.Linear(3, 3),
            nn.ReLU(),
        ),
        self.w = nn.Parameter(torch.ones(3)),  # TTL123
        self.act = nn.ReLU(),  # TTL123


# case: A list of layers, an annotation and an own class.
# torch: parameter_names(B()) == []
from torch import nn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(2)]),  # TTL123
        self.own: Own = Own(),  # TTL123


# case: In a helper, a branch and a loop.
# torch: parameter_names(C(True)) == []
from torch import nn


class C(nn.Module):
    def __init__(self, deep):
        super().__init__()
        self._build()
        if deep:
            self.b = nn.Linear(3, 3),  # TTL123
        for i in range(2):
            setattr(self, f"l{i}", nn.ReLU())

    def _build(self):
        self.a = nn.LSTM(3, 3),  # TTL123


# case: Through a local name.
# torch: parameter_names(D()) == []
from torch import nn


class D(nn.Module):
    def __init__(self):
        super().__init__()
        fc = nn.Linear(3, 3),
        self.fc = fc  # TTL123


# case: What a helper makes.
# torch: parameter_names(E()) == []
from torch import nn


def block(n):
    return nn.Sequential(nn.Linear(n, n), nn.ReLU())


class E(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = block(3),  # TTL123
        self.two = block(3) if True else block(4),  # TTL123


# case: A model's head in a script, and over a registered layer.
# torch: "as child module 'fc'" in error(strip)
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)


def strip():
    model = Net()
    model.fc = nn.Linear(3, 10),  # TTL123
    return model


# case: In a subclass.
# torch: parameter_names(Sub()) == ["fc.weight", "fc.bias"]
import torch.nn as tnn


class Base(tnn.Module):
    def __init__(self):
        super().__init__()
        self.fc = tnn.Linear(3, 3)


class Sub(Base):
    def __init__(self):
        super().__init__()
        self.out = tnn.Linear(3, 3),  # TTL123


# case: A comma in a call, and two targets.
# torch: len(parameter_names(F())) == 6
from torch import nn


class F(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(nn.Linear(3, 3),)
        self.b, = nn.Linear(3, 3),
        (self.c,) = (nn.Linear(3, 3),)


# case: Passed in, or registered elsewhere.
# torch: parameter_names(G(nn.Linear(3, 3))) == ["fc.weight", "fc.bias"]
from torch import nn


class G(nn.Module):
    def __init__(self, teacher, other: nn.Linear = None):
        super().__init__()
        self.teacher = teacher,
        self.other = other,
        self.fc = nn.Linear(3, 3)
        self.alias = self.fc,


# case: Plain values.
# torch: error(H) == ""
import torch
from torch import nn


class H(nn.Module):
    def __init__(self):
        super().__init__()
        self.size = 3,
        self.names = "a",
        self.cls = nn.Linear,
        self.t = torch.ones(3),


# case: No Module.
# torch: isinstance(I().fc, tuple)
from torch import nn


class I:
    def __init__(self):
        self.fc = nn.Linear(3, 3),


# case: Parentheses are meant: another rule speaks.
from torch import nn


class J(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = (nn.Linear(3, 3),)  # TTL104
        self.two = nn.Linear(3, 3), nn.Linear(3, 3)  # TTL104
