"""Cases of TTL702: parameters and modules that nothing reads."""

# case: a parameter and a layer that forward forgot
# select: TTL702
import torch
from torch import nn


class Block(nn.Module):
    """Has a `scale`, and a norm2."""

    def __init__(self, size):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(size))  # TTL702
        self.norm1 = nn.LayerNorm(size)
        self.norm2 = nn.LayerNorm(size)  # TTL702
        self.fc = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(self.norm1(x)) + self.norm1(x)


# torch: (m := Block(3))(torch.ones(2, 3)).sum().backward() is None and m.scale.grad is None and m.norm2.weight.grad is None


# case: only initialised
# select: TTL702
import torch
from torch import nn
from torch.nn.init import xavier_uniform_


class Attention(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.q = nn.Linear(size, size)
        self.k = nn.Linear(size, size)  # TTL702
        self.gate = nn.Parameter(torch.empty(size))  # TTL702
        self.bias_u = nn.Parameter(torch.empty(size))  # TTL702
        self.register_parameter("temperature", nn.Parameter(torch.ones(1)))  # TTL702
        nn.init.xavier_uniform_(self.q.weight)
        xavier_uniform_(self.k.weight)
        self.gate.data.fill_(0.5)
        self.k.bias.data = torch.zeros(size)
        self._reset_parameters()

    def _reset_parameters(self):
        nn.init.zeros_(self.bias_u)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)

    def forward(self, x):
        return self.q(x)


# torch: (m := Attention(3))(torch.ones(2, 3)).sum().backward() is None
# torch: [n for n, p in m.named_parameters() if p.grad is None] == ["gate", "bias_u", "temperature", "k.weight", "k.bias"]


# case: a stack, a condition, a helper, an annotation, and a namesake in another class
# select: TTL702
from torch import nn


class Head(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.proj = nn.Linear(size, size)

    def forward(self, x):
        return self.proj(x)


class Model(nn.Module):
    def __init__(self, size, deep):
        super().__init__()
        self.first = nn.Linear(size, size)
        self.blocks = nn.ModuleList([nn.Linear(size, size) for _ in range(3)])  # TTL702
        self.tail: nn.Module = nn.Sequential(nn.Linear(size, size), nn.ReLU())  # TTL702
        if deep:
            self.extra = Head(size)  # TTL702
        self._build(size)

    def _build(self, size):
        self.proj = nn.Linear(size, size)  # TTL702

    def forward(self, x):
        return self.first(x)


# torch: (m := Model(3, True))(torch.ones(2, 3)).sum().backward() is None
# torch: sum(p.grad is not None for p in m.parameters()) == 2


# case: a subclass that takes over forward
# select: TTL702
from torch import nn


class Base(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.body = nn.Linear(size, size)
        self.head = nn.Linear(size, size)

    def forward(self, x):
        return self.head(self.body(x))


class Features(Base):
    def __init__(self, size):
        super().__init__(size)
        self.norm = nn.LayerNorm(size)  # TTL702

    def forward(self, x):
        return self.body(x)


def train(model, x):
    import torch

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(x).sum().backward()
    optimizer.step()


# torch: (m := Features(3)) is not None and train(m, torch.ones(2, 3)) is None and m.norm.weight.grad is None


# case: everything is used
# select: TTL702
import torch
import torch.nn.functional as F
from torch import nn


class Used(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.a = nn.Linear(size, size)
        self.b = nn.Linear(size, size)
        self.c = nn.Parameter(torch.ones(size))
        self.d = nn.Parameter(torch.ones(size))
        self.net = nn.Sequential(self.a, nn.ReLU())
        layers = [nn.Linear(size, size) for _ in range(2)]
        self.layers = nn.ModuleList(layers)
        self.stack = nn.Sequential(*layers)
        self.one = self.two = nn.Linear(size, size)
        shared = nn.Linear(size, size)
        self.kept = shared
        self.call = lambda x: shared(x)
        self.tied = nn.Linear(size, size)
        self.b.weight = self.tied.weight

    def forward(self, x):
        x = self.stack(self.net(x)) + self._more(x) + self.call(x)
        return F.linear(x, self.b.weight, bias=self.c) + self.one(x)

    def _more(self, x):
        return x * self.d


# torch: error(lambda: Used(3)(torch.ones(1, 3))) == ""


# case: read by name, in loops over what is registered, by a subclass or from outside
# select: TTL702
import torch
from torch import nn


class Named(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layer0 = nn.Linear(3, 3)
        self.layer1 = nn.Linear(3, 3)
        self.n = n

    def forward(self, x):
        for i in range(self.n):
            x = getattr(self, f"layer{i}")(x)
        return x


class Looped(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3)

    def forward(self, x):
        for child in self.children():
            x = child(x)
        return x


class Penalised(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.penalised = nn.Parameter(torch.ones(3))

    def forward(self, x):
        return (x * self.w).sum() + sum(p.norm() for p in self.parameters())


class Parent(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(3, 3)
        self.temperature = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return x


class Child(Parent):
    def forward(self, x):
        return self.hidden(x)


class Mixin:
    def logits(self, x):
        return self.classifier(x)


class Classifying(Mixin, nn.Module):
    def __init__(self):
        super().__init__()
        self.classifier = nn.Linear(3, 3)

    def forward(self, x):
        return x


def loss(model, x):
    return model(x) / model.temperature


# torch: error(lambda: (Named(2)(torch.ones(1, 3)), Looped()(torch.ones(1, 3)), Child()(torch.ones(1, 3)))) == ""


# case: classes that are not whole, or do not compute themselves
# select: TTL702
import torch
from torch import nn

from somewhere import Unknown


class Derived(Unknown, nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 3)

    def forward(self, x):
        return self.run(x)


class Abstract(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(3, 3)

    def forward(self, x):
        """What a subclass does."""
        raise NotImplementedError


class Holder(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1 = nn.Linear(3, 3)


class Encoder(nn.TransformerEncoderLayer):
    def __init__(self):
        super().__init__(4, 2)
        self.linear1 = nn.Linear(4, 2048)


class Delegating(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3, 3)

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return super().__getattr__("in" + "ner")

    def forward(self, x):
        return x


class Handing(nn.Module):
    def __init__(self, run):
        super().__init__()
        self.body = nn.Linear(3, 3)
        self.run = run

    def forward(self, x):
        return self.run(self, x)


# case: kept on purpose, without parameters, frozen, or given
# select: TTL702
import torch
from torch import nn


class Kept(nn.Module):
    def __init__(self, size, given):
        super().__init__()
        self.dummy = nn.Parameter(torch.empty(0))
        # not used any more, but old checkpoints have it
        self.old = nn.Linear(size, size)
        self.older = nn.Linear(size, size)  # unused
        self.act = nn.ReLU()
        self.drop = nn.Dropout(0.1)
        self.given = given
        self.fixed = nn.Parameter(torch.ones(size), requires_grad=False)
        self.fc = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(x)


# torch: error(lambda: Kept(3, nn.ReLU())(torch.ones(1, 3))) == ""


# case: mentioned in a string, deleted, or handed to another object
# select: TTL702
from torch import nn


class Probe:
    def __init__(self, model):
        self.model = model


class Spoken(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.adapter = nn.Linear(size, size)
        self.backbone = nn.Linear(size, size)
        self.probe = [Probe(self)]
        self.aux = nn.Linear(size, size)
        self.kept = nn.Linear(size, size)

    def forward(self, x):
        return self.kept(x)

    def deploy(self):
        del self.aux


def load(model, state):
    return {key.replace("adapter.", "backbone."): value for key, value in state.items()}


# torch: error(lambda: Spoken(3)(torch.ones(1, 3))) == ""


# case: it is opt-in
from torch import nn


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size)
        self.unneeded = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(x)


# torch: (m := Block(3))(torch.ones(2, 3)).sum().backward() is None and m.unneeded.weight.grad is None
