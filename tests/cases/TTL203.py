"""Cases of TTL203: `parameter.data = tensor` in a forward, or with a tensor that carries a gradient."""

# case: in a forward, between a read and its backward
# select: TTL203
import torch
from torch import nn


class Between(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        y = x * self.w
        self.w.data = torch.zeros(3)  # TTL203
        return y


# torch: [m := Between(), x := torch.ones(3, requires_grad=True), m(x).sum().backward()] and x.grad.sum() == 0


# case: a max-norm constraint on its own weight
# select: TTL203
import torch
from torch import nn


class Constrained(nn.Linear):
    def forward(self, x):
        self.weight.data = torch.renorm(self.weight.data, p=2, dim=0, maxnorm=1)  # TTL203
        return super().forward(x)


# torch: Constrained(3, 3)(torch.ones(1, 3)).shape == (1, 3)


# case: in a helper of forward, through a local
# select: TTL203
import torch
from torch import nn


class Helped(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def _clip(self):
        weight = self.fc.weight
        weight.data = weight.data.clamp(-1, 1)  # TTL203

    def forward(self, x):
        self._clip()
        return self.fc(x)


# torch: [m := Helped(), before := m.fc.weight, m(torch.ones(1, 3))] and m.fc.weight is before


# case: over the parameters of the module
# select: TTL203
import torch
from torch import nn


class Looped(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(2)])

    def forward(self, x):
        for layer in self.layers:
            layer.weight.data = layer.weight.data * 0.5  # TTL203
            x = layer(x)
        return x


# torch: Looped()(torch.ones(1, 3)).shape == (1, 3)


# case: by setattr
# select: TTL203
import torch as t
from torch.nn import Module, Parameter


class Named(Module):
    def __init__(self):
        super().__init__()
        self.w = Parameter(t.ones(3))

    def forward(self, x):
        setattr(self.w, "data", t.zeros(3))  # TTL203
        return x * self.w


# torch: Named()(t.ones(3)).sum() == 0


# case: a gradient is lost outside of a forward
# select: TTL203
import torch
from torch import nn


class Merged(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.scale = nn.Parameter(torch.ones(3, 1))

    def merge(self):
        self.fc.weight.data = self.fc.weight * self.scale  # TTL203


# torch: [m := Merged(), m.merge()] and m.fc.weight.is_leaf


# case: in a function outside of the class
# select: TTL203
import torch
from torch import nn


def average(one: nn.Linear, other: nn.Linear):
    one.weight.data = 0.5 * (one.weight + other.weight)  # TTL203


# torch: average(nn.Linear(3, 3), nn.Linear(3, 3)) is None


# case: objects that are no tensors
# select: TTL203
import torch
from torch import nn


class Batch:
    def __init__(self, data):
        self.data = data


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.register_buffer("seen", torch.zeros(3))

    def forward(self, x):
        batch = Batch(x)
        batch.data = batch.data * self.w
        self.data = batch.data
        self.seen.data = torch.ones(3)
        return batch.data


# torch: Model()(torch.ones(3)).sum() == 3


# case: initialisation, resizing and fusion
# select: TTL203
import torch
from torch import nn


class Quiet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.embed = nn.Embedding(4, 3)
        self.fc.weight.data = torch.eye(3)

    def resize(self, n):
        grown = nn.Embedding(n, 3)
        grown.weight.data[:4] = self.embed.weight.data
        self.embed.weight.data = grown.weight.data

    @torch.no_grad()
    def fuse(self, scale):
        self.fc.weight.data = self.fc.weight * scale

    def forward(self, x):
        return self.fc(self.embed(x))


# torch: [m := Quiet(), m.resize(6), m.fuse(2.0)] and m.embed.weight.shape == (6, 3)


# case: it is off unless it is asked for
import torch
from torch import nn


class Off(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        self.fc.weight.data = self.fc.weight.data.clamp(-1, 1)
        return self.fc(x)


# torch: Off()(torch.ones(1, 3)).shape == (1, 3)
