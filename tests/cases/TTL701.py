"""Cases of TTL701: parameters that forward reads only without their gradient."""

# case: data on both operands
import torch
from torch import nn


class MyLinear(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, m))
        self.bias = nn.Parameter(torch.zeros(m))
        nn.init.xavier_uniform_(self.weight)

    def reset_parameters(self):
        self.weight.data.normal_()

    def forward(self, x):
        y = torch.matmul(x, self.weight.data) + self.bias.data  # TTL701 TTL701
        return torch.relu(y)


# case: detach through a local, in nn.functional
import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, n))

    def forward(self, x):
        w = self.weight.detach()  # TTL701
        return F.linear(x, w)


# torch: "does not require grad" in error(lambda: Layer(2)(torch.ones(1, 2)).sum().backward())


# case: a helper method and a property
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(n))
        self.shift = nn.Parameter(torch.zeros(n))

    def _scale(self):
        return self.scale.data.abs()  # TTL701

    @property
    def offset(self):
        return self.shift.detach()  # TTL701

    def forward(self, x):
        return x * self._scale() + self.offset


# case: rebuilt by torch.tensor
import torch
from torch import nn


class Rotation(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(0.1))
        self.b = nn.Parameter(torch.tensor(0.2))

    def forward(self, x):
        weights = torch.tensor([self.a, self.b])  # TTL701
        return x @ weights


# case: a method of an input that is not known
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(n, n))

    def forward(self, x):
        return x.matmul(self.kernel.data)  # TTL701


# case: a view first, and a copy after
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(n, n))

    def forward(self, x):
        return x @ self.kernel.t().detach().clone()  # TTL701


# case: silent: read with the gradient elsewhere
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = nn.Parameter(torch.randn(n, n))
        self.b = nn.Parameter(torch.randn(n, n))
        self.c = nn.Parameter(torch.randn(n, n))
        self.d = nn.Parameter(torch.randn(n, n))

    def penalty(self):
        return sum(p.pow(2).sum() for p in (self.b,))

    def weight(self):
        return self.d

    def forward(self, x, keep):
        q = torch.round(self.a)
        x = x @ (self.a + (q - self.a).detach())
        x = x @ self.b.detach()
        x = x @ (self.c if keep else self.c.detach())
        return x @ self.d.data


# case: silent: frozen, written to, without gradients
import torch
from torch import nn


class Codebook(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.frozen = nn.Parameter(torch.randn(n, n), requires_grad=False)
        self.codes = nn.Parameter(torch.randn(n, n))
        self.target = nn.Parameter(torch.randn(n, n))
        self.mean = nn.Parameter(torch.randn(n, n))

    @torch.no_grad()
    def lookup(self, x):
        return x @ self.target.data

    def update(self, new):
        self.mean.data.mul_(0.9).add_(new, alpha=0.1)

    def forward(self, x):
        if self.training:
            self.codes.data.mul_(0.99).add_(x.mean(0), alpha=0.01)
        x = x @ self.codes.data + x @ self.frozen.data
        return x @ self.mean.data + self.lookup(x)


# case: silent: logs, and parameters that go elsewhere
import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, n, log):
        super().__init__()
        self.log = log
        self.scale = nn.Parameter(torch.ones(n))
        self.free = nn.Parameter(torch.ones(n))

    def forward(self, x):
        print(self.scale.data, self.scale.item())
        self.log("scale", self.scale.detach().cpu().norm())
        return self.log(x, self.free) + x * self.free.detach()


# case: silent: the loop over all parameters, and code outside
import torch
from torch import nn


class Looped(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = nn.Parameter(torch.ones(n))

    def forward(self, x):
        penalty = 0
        for p in self.parameters():
            penalty = penalty + p.norm()
        return x * self.a.detach() + penalty


class Outside(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.centers = nn.Parameter(torch.ones(n))

    def forward(self, x):
        return x - self.centers.detach()


def loss(model, x):
    return (model(x) - model.centers).sum()
