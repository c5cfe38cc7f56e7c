"""Cases of TTL118: Parameters and buffers whose elements share memory."""

# case: expand
import torch
from torch import nn


class Tokens(nn.Module):
    def __init__(self, n, size):
        super().__init__()
        self.tokens = nn.Parameter(torch.randn(1, size).expand(n, size))  # TTL118


# torch: "single memory location" in error(lambda: nn.init.normal_(Tokens(3, 4).tokens))


# case: through a local and a view
import torch
from torch import nn
from torch.nn import Parameter


class Tokens(nn.Module):
    def __init__(self, n, size):
        super().__init__()
        base = torch.zeros(size)
        base = base.expand((n, -1))
        self.register_parameter("tokens", Parameter(base.unsqueeze(0)))  # TTL118


# torch: "single memory location" in error(lambda: nn.init.normal_(Tokens(3, 4).tokens))


# case: expand_as, broadcast_to as a method and as a function
import torch as th
from torch import nn


class Scale(nn.Module):
    def __init__(self, other):
        super().__init__()
        self.a = nn.Parameter(th.ones(1).expand_as(other))  # TTL118
        self.b = nn.Parameter(th.ones(1).broadcast_to((3, 4)))  # TTL118
        self.c = nn.Parameter(th.broadcast_to(th.ones(1), (3, 4)))  # TTL118


# torch: [m := Scale(torch.ones(2, 2))] and all("memory" in error(lambda: nn.init.normal_(p)) for p in m.parameters())


# case: in a list, and in a list of plain tensors
import torch
from torch import nn


class Experts(nn.Module):
    def __init__(self, n, size):
        super().__init__()
        self.a = nn.ParameterList([nn.Parameter(torch.zeros(size).expand(n, -1)) for _ in range(2)])  # TTL118
        self.b = nn.ParameterList([torch.zeros(size).expand(n, -1)])  # TTL118


# torch: "single memory location" in error(lambda: nn.init.normal_(Experts(3, 4).b[0]))


# case: einops
import torch
from einops import repeat
from torch import nn


class Memory(nn.Module):
    def __init__(self, heads, size):
        super().__init__()
        self.memory = nn.Parameter(repeat(torch.randn(size), "d -> h d", h=heads))  # TTL118
        self.flat = nn.Parameter(repeat(torch.randn(size), "d -> (h d)", h=heads))
        self.same = nn.Parameter(repeat(torch.randn(size), "d -> 1 d"))


# case: a helper method makes it
import torch
from torch import nn


class Tokens(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.cls = nn.Parameter(self._rows(n))  # TTL118

    def _rows(self, n):
        return torch.zeros(1, 1, 8).expand(-1, n, -1)


# torch: "single memory location" in error(lambda: nn.init.normal_(Tokens(3).cls))


# case: buffers, registered and made
import torch
from torch import nn


class Grid(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.register_buffer("grid", torch.arange(4.0).expand(n, -1))  # TTL118
        self.mean = nn.Buffer(torch.zeros(1).expand(3))  # TTL118


# case: a frozen parameter
import torch
from torch import nn


class Table(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = nn.Parameter(torch.ones(1, 3).expand(n, -1), requires_grad=False)  # TTL118


# case: silent: copied afterwards
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n, size):
        super().__init__()
        self.a = nn.Parameter(torch.randn(1, size).expand(n, -1).clone())
        self.b = nn.Parameter(torch.randn(1, size).expand(n, -1).contiguous())
        self.c = nn.Parameter(torch.randn(1, size).repeat(n, 1))
        self.d = nn.Parameter(torch.randn(1, size).expand(n, -1) * 0.1)
        self.e = nn.Parameter(torch.randn(1, size).expand(n, -1).reshape(-1))
        self.f = nn.Parameter(torch.randn(1, size).expand(n, -1).flatten())
        self.g = nn.Parameter(torch.randn(1, size).expand(n, -1)[0])


# torch: [nn.init.normal_(p) for p in Net(3, 4).parameters()]


# case: silent: dimensions of size 1
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.register_buffer("ids", torch.arange(n).expand((1, -1)))
        self.p = nn.Parameter(torch.zeros(n).expand(1, 1, -1))
        self.register_buffer("row", torch.arange(n).unsqueeze(0).expand(1, n))


# torch: [nn.init.normal_(p) for p in Net(3).parameters()]


# case: silent: buffers that are not saved, and tensors in forward
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n, keep):
        super().__init__()
        self.register_buffer("ids", torch.arange(4).expand(n, -1), persistent=False)
        self.register_buffer("more", torch.arange(4).expand(n, -1), keep)
        self.token = nn.Parameter(torch.zeros(1, 1, 8))

    def forward(self, x):
        return torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)
