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


# case: layers that are fused for deployment
# select: TTL203
import torch
from torch import nn


class RepBlock(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.conv = nn.Conv2d(size, size, 1, bias=False)
        self.norm = nn.BatchNorm2d(size)
        self.reparam = None

    def forward(self, x):
        return self.norm(self.conv(x)) if self.reparam is None else self.reparam(x)

    def _kernel_and_bias(self):
        scale = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        return self.conv.weight * scale.reshape(-1, 1, 1, 1), self.norm.bias - self.norm.running_mean * scale

    def switch_to_deploy(self):
        kernel, bias = self._kernel_and_bias()
        self.reparam = nn.Conv2d(self.size, self.size, 1)
        self.reparam.weight.data = kernel
        self.reparam.bias.data = bias
        del self.conv


def make(size):
    return nn.Linear(size, size)


class Merged(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.a = nn.Linear(size, size)
        self.b = nn.Linear(size, size)
        self.c = make(size)
        self.c.weight.data = self.a.weight + self.b.weight

    def combined(self):
        made = make(3)
        made.weight.data = self.a.weight @ self.b.weight
        stack = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
        stack[0].weight.data = self.a.weight * 2
        return made, stack


def fuse(one: nn.Linear, other: nn.Linear):
    fused = Merged(3)
    fused.a.weight.data = other.weight @ one.weight
    return fused


# torch: [m := RepBlock(2).eval(), x := torch.ones(1, 2, 3, 3), y := m(x), m.switch_to_deploy()]
# torch: torch.allclose(m(x), y, atol=1e-5) and m.reparam.weight.requires_grad
# torch: len(Merged(3).combined()) == 2 and fuse(nn.Linear(3, 3), nn.Linear(3, 3)) is not None


# case: layers that were there before, or that a forward makes
# select: TTL203,TTL207
import torch
from torch import nn


class Old(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.a = nn.Linear(size, size)
        self.b = nn.Linear(size, size)

    def merge(self):
        wrapper = nn.Sequential(self.a, nn.ReLU())
        self.a.weight.data = self.a.weight + self.b.weight  # TTL203
        wrapper[0].bias.data = self.a.bias + self.b.bias  # TTL203
        return wrapper

    def generate(self, x):
        return self(x)

    def forward(self, x):
        made = nn.Linear(3, 3)
        made.weight.data = self.a.weight * 2  # TTL207
        return made(x)


# torch: [m := Old(3), m.merge(), m(torch.ones(1, 3)).sum().backward()] and m.a.weight.grad is None
