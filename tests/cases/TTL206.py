"""Cases of TTL206: tensors that a constructor computes from parameters."""

# case: an operator
import torch
from torch import nn


class Times(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 2))
        self.c = self.w * self.w  # TTL206

    def forward(self, x):
        return x @ self.c


# torch: [m := Times(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: a chain, through a local
import torch
from torch import nn


class Chain(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 2))
        w = self.w.exp()
        w = w / w.sum()
        self.c = w  # TTL206

    def forward(self, x):
        return x @ self.c


# torch: [m := Chain(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: a function, of a layer's weight
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.c = torch.softmax(self.fc.weight, 0)  # TTL206

    def forward(self, x):
        return x @ self.c


# torch: [m := Layer(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: before the parameter is registered
import torch
from torch import nn


class Local(nn.Module):
    def __init__(self):
        super().__init__()
        w = nn.Parameter(torch.ones(2, 2))
        self.c = torch.exp(w)  # TTL206
        self.w = w

    def forward(self, x):
        return x @ self.c


# torch: [m := Local(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: in a method of the constructor, and setattr
import torch
import torch.nn.functional as F
from torch import nn


class Built(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 2))
        self._build()

    def _build(self):
        setattr(self, "c", self.w ** 2)  # TTL206

    def forward(self, x):
        return self._run(x)

    def _run(self, x):
        return F.linear(x, self.c)


# torch: [m := Built(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: in the base class, read in the subclass
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 2))
        self.c = self.w.sigmoid()  # TTL206


class Child(Base):
    def forward(self, x):
        return x @ self.c


# torch: [m := Child(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: an operation that saves nothing is silent and stale
import torch
from torch import nn


class Cat(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.ones(1, 2))
        self.b = nn.Parameter(torch.ones(1, 2))
        self.c = torch.cat([self.a, self.b])  # TTL206

    def forward(self, x):
        return x @ self.c


# torch: [m := Cat(), m.a.data.fill_(9.0)] and m(torch.ones(1, 2)).max() == 2


# case: a view stays behind
from torch import nn


class View(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.c = self.fc.weight.t()  # TTL206

    def forward(self, x):
        return x @ self.c


# torch: View().double().c.dtype == torch.float32


# case: without a gradient
import torch
from torch import nn


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 2))
        self.a = self.w.detach() * 2
        self.register_buffer("b", self.w.detach().clone())
        with torch.no_grad():
            self.c = self.w * 2
        self.f = nn.Parameter(torch.ones(2, 2), requires_grad=False)
        self.d = self.f * 2

    def forward(self, x):
        return x @ (self.a + self.b + self.c + self.d + self.w * self.w)


# torch: [m := Detached(), m(torch.ones(1, 2)).sum().backward()] and error(lambda: m(torch.ones(1, 2)).sum().backward()) == ""


# case: computed anew by a method
import torch
from torch import nn


class Anew(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 2))
        self.c = self.w.exp()

    def refresh(self):
        self.c = self.w.exp()

    def forward(self, x):
        self.refresh()
        return x @ self.c


# torch: [m := Anew(), m(torch.ones(1, 2)).sum().backward()] and error(lambda: m(torch.ones(1, 2)).sum().backward()) == ""


# case: not read in forward, and sizes
import torch
from torch import nn


class Sizes(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 2))
        self.c = self.w.exp()
        self.n = self.w.shape[0]
        self.norm = float(self.w.norm())

    def forward(self, x):
        return x @ self.w * self.n * self.norm

    def report(self):
        return self.c.mean()


# torch: [m := Sizes(), m(torch.ones(1, 2)).sum().backward()] and error(lambda: m(torch.ones(1, 2)).sum().backward()) == ""


# case: the parameter itself under two names
from torch import nn


class Same(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.c = self.fc.weight

    def forward(self, x):
        return x @ self.c


# torch: [m := Same(), m(torch.ones(1, 2)).sum().backward()] and error(lambda: m(torch.ones(1, 2)).sum().backward()) == ""


# case: computed from a weight that a reparametrization makes
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize


class Unit(nn.Module):
    def forward(self, weight):
        return nn.functional.normalize(weight, dim=-1)


class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.linear = nn.Linear(size, size)
        parametrize.register_parametrization(self.linear, "weight", Unit())
        self.half = self.linear.weight * 0.5  # TTL206
        self.other = parametrizations.weight_norm(nn.Linear(size, size))
        self.scaled = self.other.weight / 2  # TTL206
        self.start = self.other.weight.detach() / 2

    def forward(self, x):
        return self.linear(x) @ self.half @ self.scaled + self.start


# torch: (m := Net(3)) and m.half.grad_fn is not None and m.scaled.grad_fn is not None and m.start.grad_fn is None
