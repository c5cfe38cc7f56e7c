"""Cases of TTL109: tensors that a forward computes with, and that no module registers."""

# case: a table of positions
import math

import torch
from torch import nn


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len=50):
        super().__init__()
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.pe = pe.unsqueeze(0)  # TTL109

    def forward(self, x):
        return x + self.pe[:, : x.size(1)]


# torch: "pe" not in PositionalEncoding(4).state_dict()
# torch: "not on the expected device" in error(lambda: PositionalEncoding(4)(torch.ones(1, 2, 4, device="meta")))

# case: through a helper method, a local and an in-place operation
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.body = nn.Linear(n, n)
        self._build(n)

    def _build(self, n):
        self.window = torch.hann_window(n)  # TTL109
        setattr(self, "shift", torch.linspace(0, 1, n))  # TTL109

    def forward(self, x):
        window = self.window
        y = self.body(x) * window
        y += self.shift
        return y


# torch: Net(3).double().window.dtype == torch.float32

# case: functions and methods that take it
import torch
import torch.nn.functional as F
from torch import nn


class Blur(nn.Module):
    def __init__(self, c):
        super().__init__()
        kernel = torch.tensor([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]])
        self.kernel = (kernel / 16)[None, None].repeat(c, 1, 1, 1)  # TTL109
        self.mean = torch.Tensor([0.5, 0.5, 0.5])  # TTL109
        self.mask = torch.ones(3, 3).bool()  # TTL109
        self.c = c

    def forward(self, x):
        x = x.sub(self.mean.view(1, -1, 1, 1))
        x = torch.where(self.mask, x, x.abs())
        return F.conv2d(x, self.kernel, groups=self.c)


# case: in a subclass, with a buffer and with a helper function
from torch import nn, arange


def table(n):
    return 1.0 / (10000.0 ** (arange(0, n, 2) / n))


class Base(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.inv_freq = table(n)  # TTL109
        self.register_buffer("t", arange(n))


class Rotary(Base):
    def forward(self, x):
        return self.angles() * x

    def angles(self):
        return self.t[:, None] * self.inv_freq


# case: a model in a script, moved as a whole
import torch


class Net(torch.nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc = torch.nn.Linear(3, 3)
        self.weights = torch.FloatTensor([1, 2, 3])  # TTL109

    def forward(self, x):
        out = self.fc(x)
        return (out * self.weights).sum()


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = Net().to(device)


# case: a device that the constructor is told is a hint
# certainty: hint
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n, device):
        super().__init__()
        self.table = torch.zeros(n, n, device=device)  # TTL109

    def forward(self, x):
        return x @ self.table


# case: a constructor that moves it itself is a hint
# certainty: hint
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n, device, edges):
        super().__init__()
        self.table = torch.zeros(n, n).to(device)  # TTL109
        self.edges = torch.LongTensor(edges).to(device)
        weights, self.rest = self.build(n)
        self.weights, self.kept = weights.to(device), n  # TTL109

    def build(self, n):
        return torch.ones(n), n

    def forward(self, x):
        return (x @ self.table) * self.weights


# case: silent: a constructor that moves it itself, where no hints are wanted
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n, device):
        super().__init__()
        self.table = torch.zeros(n, n).to(device)
        self.mask = torch.ones(n).cuda()

    def forward(self, x):
        return (x @ self.table) * self.mask


# case: silent: moved where it is used
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = torch.ones(n)
        self.b = torch.ones(n)
        self.c = torch.ones(n)
        self.d = torch.ones(n)
        self.e = torch.ones(n)

    def forward(self, x):
        if self.c.device != x.device:
            x = x.cpu()
        y = x * self.a.to(x.device) + self.b.type_as(x) + self.c
        moved = (self.d * 2).to(x)
        return y + moved + self.d * x + self.e.cuda() * x


# torch: Net(2)(torch.ones(2)).shape == (2,) if torch.cuda.is_available() else True

# case: silent: set anew by a method, moved by other code
import torch
from torch import nn


class Cache(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.last = torch.zeros(n)
        self.mean = torch.zeros(n)
        self.table = torch.zeros(n)

    def reset(self, x):
        self.mean = x.mean(0)

    def forward(self, x):
        self.last = self.last + x
        return self.last * self.mean + x * self.table


def prepare(model, device):
    model.table = model.table.to(device)
    return model.to(device)


# case: silent: a class that moves it itself
import torch
from torch import nn


class Mover(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = torch.zeros(n)

    def _apply(self, fn, recurse=True):
        self.table = fn(self.table)
        return super()._apply(fn, recurse)

    def forward(self, x):
        return x + self.table


# torch: Mover(2).double().table.dtype == torch.float64

# case: silent: any module of the file moves what is inside
import torch
from torch import nn


class Inner(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = torch.zeros(n)

    def forward(self, x):
        return x + self.table


class Outer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.inner = Inner(n)

    def to(self, device):
        for part in self.modules():
            for name in ("table",):
                if hasattr(part, name):
                    setattr(part, name, getattr(part, name).to(device))
        return super().to(device)

    def forward(self, x):
        return self.inner(x)


# case: silent: numbers, shapes, indices and loops
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.half = torch.tensor(0.5)
        self.sizes = torch.tensor([1, 2, 3])
        self.index = torch.arange(n)
        self.rates = torch.linspace(0, 1, n)
        self.total = torch.ones(n).sum()
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in torch.arange(3)])
        self.width = [float(v) for v in self.rates]

    def forward(self, x):
        x = x * self.half / self.total
        x = x.view(-1, self.sizes[0].item(), self.sizes.numel())
        x = x[:, :, self.index]
        for i, layer in enumerate(self.layers):
            x = layer(x) * self.rates[i]
        return x * self.width[0]


# torch: (torch.ones(2, device="meta") * torch.tensor(0.5)).device.type == "meta"

# case: silent: what is computed of numbers, and what numbers scale
import math

import torch
import torch.nn.functional as F
from torch import nn


def root(t):
    return torch.sqrt(t)


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.scaling = torch.sqrt(torch.tensor(n).float())
        self.rate = 1 / root(torch.tensor(n, dtype=torch.float32))
        number = -torch.tensor(math.log(2.0)).exp().reciprocal()
        self.product = number * self.rate + 1
        self.log = torch.as_tensor(2.0).log().clamp(min=0)
        self.ratio = torch.ones(n) @ torch.ones(n) / torch.ones(n).norm()

    def forward(self, x, mask):
        x = self.fc(x) / self.scaling
        x = torch.matmul(x, x.transpose(0, 1)) * self.rate
        x = x.masked_fill(mask == 0, -1e4) * mask
        grid = torch.arange(3, device=x.device) * self.log
        return (x * self.product).softmax(-1) * grid + self.ratio


# torch: Net(3).to("meta")(torch.ones(3, 3, device="meta"), torch.ones(3, 3, device="meta")).device.type == "meta"

# case: silent: read as values by a factory, or put where the input is
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.sizes = torch.arange(1, n)
        self.edges = torch.linspace(0, 1, n)
        self.mean = torch.ones(3)

    def forward(self, x):
        grid = torch.zeros(3, int(self.sizes.max()), device=x.device)
        more = torch.full((3, 1), self.edges[0].item(), device=x.device)
        mean = torch.as_tensor(self.mean, device=x.device)
        return x * grid.sum() + more.sum() * x - mean


# torch: Net(3).to("meta")(torch.ones(3, device="meta")).device.type == "meta"

# case: silent: registered, or already a buffer
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.register_buffer("a", torch.zeros(n))
        self.a = self.a.double()
        self.b = nn.Buffer(torch.zeros(n))
        self.register_buffer("c", None)
        self.c = torch.zeros(n)

    def forward(self, x):
        return x + self.a + self.b + self.c


# torch: sorted(Net(2).state_dict()) == ["a", "b", "c"]

# case: silent: bases that are not known, a helper that moves, a default device
import torch
import lightning.pytorch as pl
from elsewhere import Base, place
from torch import nn


class Known(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = place(torch.zeros(n))
        self.other = torch.zeros(n)
        place(self.other)

    def forward(self, x):
        return x + self.table + self.other


class Unknown(Base, nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = torch.zeros(n)

    def forward(self, x):
        return x + self.table


class Lit(pl.LightningModule):
    def __init__(self, n):
        super().__init__()
        self.table = torch.zeros(n)

    def forward(self, x):
        return x + self.table.to(self.device)


# case: silent: the file sets the device of all factories
import torch
from torch import nn

torch.set_default_device("cpu")


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = torch.zeros(n)

    def forward(self, x):
        return x + self.table


# case: silent: read only outside of forward
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = torch.zeros(n)
        self.fc = nn.Linear(n, n)

    def forward(self, x):
        return self.fc(x)

    def plot(self, y):
        return y - self.table
