"""Cases of TTL108: a Parameter or module that forward makes and registers."""

# case: a layer behind a None check
from torch import nn


class Head(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.classes = classes
        self.fc = None

    def forward(self, x):
        x = x.flatten(1)
        if self.fc is None:
            self.fc = nn.Linear(x.size(1), self.classes).to(x.device)  # TTL108
        return self.fc(x)


# torch: len(list(Head(2).parameters())) == 0
# torch: "Unexpected key" in error(lambda: (m := Head(2), m(torch.ones(2, 3)), Head(2).load_state_dict(m.state_dict())))


# case: a parameter anew at every call
import torch
from torch import nn


class Bias(nn.Module):
    def forward(self, x):
        self.bias = nn.Parameter(torch.zeros(x.shape[-1]))  # TTL108
        return x + self.bias


# torch: [m := Bias(), m(torch.ones(2, 3)), a := m.bias, m(torch.ones(2, 3))] and m.bias is not a


# case: through a local that is filled first
import torch
from torch import nn


class RelativeBias(nn.Module):
    def __init__(self, buckets, heads):
        super().__init__()
        self.heads = heads
        self.bias = nn.Embedding(buckets, heads)

    def forward(self, positions):
        if int(positions.max()) >= self.bias.num_embeddings:
            bigger = nn.Embedding(int(positions.max()) + 1, self.heads)
            with torch.no_grad():
                bigger.weight[: self.bias.num_embeddings] = self.bias.weight
            self.bias = bigger  # TTL108
        return self.bias(positions)


# torch: [m := RelativeBias(2, 3), a := m.bias.weight, m(torch.tensor([5]))] and m.bias.weight is not a


# case: in a helper that forward calls
from torch import nn


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.built = False

    def _build(self, size):
        self.proj = nn.Linear(size, size)  # TTL108
        self.built = True

    def forward(self, x):
        if not self.built:
            self._build(x.shape[-1])
        return self.proj(x)


# torch: len(list(Lazy().parameters())) == 0


# case: hasattr
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv = nn.Conv2d(1, 4, 3)

    def forward(self, x):
        x = self.conv(x).flatten(1)
        if not hasattr(self, "fc"):
            self.fc = nn.Sequential(nn.Linear(x.shape[1], 8), nn.ReLU())  # TTL108
        return self.fc(x)


# case: register_parameter
import torch as th


class Norm(th.nn.Module):
    def __init__(self):
        super().__init__()
        self.register_parameter("weight", None)

    def forward(self, x):
        if self.weight is None:
            self.register_parameter("weight", th.nn.Parameter(th.ones(x.shape[-1])))  # TTL108
        return x * self.weight


# torch: len(list(Norm().parameters())) == 0


# case: add_module and setattr with a name per level
import torch
from torch import nn


class Pyramid(nn.Module):
    def forward(self, features):
        for level, feature in enumerate(features):
            if not hasattr(self, f"lateral{level}"):
                self.add_module(f"lateral{level}", nn.Conv2d(feature.shape[1], 8, 1))  # TTL108
                setattr(self, f"gate{level}", nn.Parameter(torch.ones(1)))  # TTL108
        return features


# torch: [m := Pyramid(), m([torch.ones(1, 3, 4, 4)])] and len(list(m.parameters())) == 3


# case: a list of modules that grows
from torch import nn


class Growing(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList()

    def forward(self, x, depth):
        while len(self.layers) < depth:
            self.layers.append(nn.Linear(x.shape[-1], x.shape[-1]))  # TTL108
        for layer in self.layers:
            x = layer(x)
        return x


# torch: [m := Growing(), m(torch.ones(2, 3), 2)] and len(list(m.parameters())) == 4


# case: an exception handler
from torch import nn


class Fallback(nn.Module):
    def forward(self, x):
        try:
            return self.fc(x)
        except AttributeError:
            self.fc = nn.Linear(x.shape[-1], 1)  # TTL108
            return self.fc(x)


# torch: [m := Fallback(), m(torch.ones(2, 3))] and len(list(m.parameters())) == 2


# case: a module of the project, in a subclass
from torch import nn


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(x)


class Base(nn.Module):
    block = None


class Model(Base):
    def forward(self, x):
        self.inner = Block(x.shape[-1])  # TTL108
        return self.inner(x)


# case: on a child
import torch
from torch import nn


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Module()

    def forward(self, x):
        self.inner.scale = nn.Parameter(torch.ones(x.shape[-1]))  # TTL108
        return x * self.inner.scale


# case: silent: lazy modules
import torch
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.parameter import UninitializedParameter


class LazyScale(LazyModuleMixin, nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = UninitializedParameter()

    def initialize_parameters(self, x):
        if self.has_uninitialized_params():
            with torch.no_grad():
                self.weight.materialize(x.shape[-1:])
                self.weight.fill_(1.0)

    def forward(self, x):
        return x * self.weight


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.LazyLinear(3)

    def forward(self, x):
        return self.fc(x)


# torch: [m := Head(), a := m.fc.weight, m(torch.ones(2, 3))] and m.fc.weight is a


# case: silent: the constructor runs a dummy forward
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.fc = None
        self(torch.zeros(1, 1, 8, 8))

    def forward(self, x):
        x = self.conv(x).flatten(1)
        if self.fc is None:
            self.fc = nn.Linear(x.shape[1], 3)
        return self.fc(x)


# torch: "fc.weight" in dict(Net().named_parameters())


# case: silent: the constructor of the module around it does
import torch
from torch import nn


class Wrapper(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net
        self.projector = None

    def _get_projector(self, hidden):
        if self.projector is None:
            self.projector = nn.Linear(hidden.shape[-1], 4)
        return self.projector

    def forward(self, x):
        hidden = self.net(x)
        return self._get_projector(hidden)(hidden)


class Learner(nn.Module):
    def __init__(self, net, size):
        super().__init__()
        self.online = Wrapper(net)
        self.predictor = nn.Linear(4, 4)
        self.forward(torch.randn(2, size))

    def forward(self, x):
        return self.predictor(self.online(x))


# torch: "online.projector.weight" in dict(Learner(nn.Identity(), 3).named_parameters())


# case: silent: hooks that build before training
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = None

    def build(self, size):
        self.fc = nn.Linear(size, size)

    def setup(self, stage=None):
        self.head = nn.Linear(3, 3)

    def configure_model(self):
        self.tail = nn.Linear(3, 3)

    def forward(self, x):
        return self.fc(x)


# case: silent: caches
import torch
from torch import nn


class Positions(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(3, 3)
        self.register_buffer("table", None, persistent=False)
        self.cache = None

    def forward(self, x):
        self.rnn.flatten_parameters()
        if self.table is None:
            self.register_buffer("table", torch.arange(x.shape[0]), persistent=False)
        self.cache = torch.zeros_like(x)
        self.frozen = nn.Parameter(torch.zeros(3), requires_grad=False)
        self.act = nn.ReLU()
        return x + self.table + self.cache


# case: silent: a layer of a module that forward makes, and keeps nowhere
import torch
from torch import nn


class Inner(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size


class Outer(nn.Module):
    def forward(self, x):
        made = Inner(3)
        made.extra = torch.ones(3)
        return x + made.extra


# case: silent: a class that is no Module
import torch
from torch import nn


class Plan:
    def forward(self, x):
        self.weight = nn.Parameter(torch.ones(3))
        return x * self.weight


# case: silent: forward changes the kind of a block, and the new block takes the layers of the old one
# torch: (lambda m: (before := parameter_names(m), [m(torch.ones(2, 4)), parameter_names(m) == before][1])[1])(Attention())
import torch
from torch import nn


class Full(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(4, 4)
        self.key = nn.Linear(4, 4)

    def forward(self, x):
        return self.query(x) * self.key(x)


class Sparse(nn.Module):
    def __init__(self, seed):
        super().__init__()
        self.seed = seed
        self.query = nn.Linear(4, 4)
        self.key = nn.Linear(4, 4)

    def forward(self, x):
        return self.query(x) + self.key(x)


class Attention(nn.Module):
    def __init__(self, kind="sparse", seed=1):
        super().__init__()
        self.kind = kind
        self.seed = seed
        self.inner = Full() if kind == "full" else Sparse(seed)

    def set_kind(self, kind):
        if kind == self.kind:
            return
        self.kind = kind
        if kind == "full":
            made = Full()
        else:
            made = Sparse(self.seed)
        made.query = self.inner.query
        made.key = self.inner.key
        self.inner = made

    def forward(self, x):
        self.set_kind("full" if x.shape[0] < 64 else "sparse")
        return self.inner(x)


# case: the new block takes one of the old block's layers, and keeps one of its own
# torch: (lambda m: (key := m.inner.key, m(torch.ones(2, 4)), key is not m.inner.key)[2])(Attention())
import torch
from torch import nn


class Full(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(4, 4)
        self.key = nn.Linear(4, 4)

    def forward(self, x):
        return self.query(x) * self.key(x)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Full()

    def forward(self, x):
        made = Full()
        made.query = self.inner.query
        self.inner = made  # TTL108
        return self.inner(x)


# case: silent: an explainer's forward makes masks and fits them with an optimizer of its own
# torch: (lambda e: (e(nn.Linear(4, 1), torch.ones(2, 4)), e.mask is None)[1])(Explainer())
import torch
from torch import nn


class Explainer(nn.Module):
    def __init__(self, epochs=3):
        super().__init__()
        self.epochs = epochs
        self.mask = self.scale = None

    def forward(self, model, x):
        self._fit(model, x)
        mask = self.mask.detach().sigmoid()
        self.mask = self.scale = None
        return mask

    def _make(self, x):
        self.mask = nn.Parameter(torch.randn(1, x.shape[1]) * 0.1)
        self.scale = nn.Linear(1, 1)

    def _fit(self, model, x):
        self._make(x)
        optimizer = torch.optim.Adam([self.mask], lr=0.01)
        for _ in range(self.epochs):
            optimizer.zero_grad()
            model(x * self.mask.sigmoid()).sum().backward()
            optimizer.step()
