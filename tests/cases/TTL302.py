"""Cases of TTL302: two Parameters pointed at one storage through `.data`."""

# case: head and embedding
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vocabulary, size):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, size)
        self.head = nn.Linear(size, vocabulary, bias=False)
        self.head.weight.data = self.embed.weight.data  # TTL302


# torch: len(list(LanguageModel(5, 2).parameters())) == 2


# case: the parameter itself on the right
import torch as th


class LanguageModel(th.nn.Module):
    def __init__(self):
        super(LanguageModel, self).__init__()
        self.embed = th.nn.Embedding(5, 2)
        self.head = th.nn.Linear(2, 5)
        with th.no_grad():
            self.head.weight.data = self.embed.weight  # TTL302


# torch: [m := LanguageModel()] and m.head.weight is not m.embed.weight
# torch: [m := LanguageModel()] and m.head.weight.data_ptr() == m.embed.weight.data_ptr()


# case: detached
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight.data = self.a.weight.detach()  # TTL302
        self.b.bias.data = self.a.bias.data  # TTL302


# torch: len(list(Tied().parameters())) == 4 and (m := Tied()).b.bias.data_ptr() == m.a.bias.data_ptr()


# case: parameters of the module itself
import torch
from torch import nn
from torch.nn import Parameter as P


class Twins(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = P(torch.ones(3)), P(torch.ones(3))
        self.right.data = self.left.data  # TTL302


# torch: (m := Twins()).left.data_ptr() == m.right.data_ptr() and len(list(m.parameters())) == 2


# case: through local names
from torch import nn


class Local(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)
        table = self.embed.weight.data
        out = self.head
        out.weight.data = table  # TTL302


# torch: (m := Local()).head.weight.data_ptr() == m.embed.weight.data_ptr()


# case: a helper that ties
from torch import nn


class Helped(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)
        self._tie()

    def _tie(self):
        self.head.weight.data = self.embed.weight.data  # TTL302


# torch: (m := Helped()).head.weight is not m.embed.weight


# case: a method that nothing here calls
from torch import nn


class Uncalled(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)

    def tie_weights(self):
        self.head.weight.data = self.embed.weight.data  # TTL302


# torch: [m := Uncalled(), m.tie_weights()] and m.head.weight.data_ptr() == m.embed.weight.data_ptr()


# case: two levels deep
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.out = nn.Linear(2, 5)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()
        self.decoder.embed.weight.data = self.encoder.embed.weight.data  # TTL302
        self.decoder.out.weight.data = self.decoder.embed.weight.data  # TTL302


# torch: (m := Translator()).decoder.out.weight.data_ptr() == m.encoder.embed.weight.data_ptr()


# case: the source comes from the base class
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)


class WithHead(Base):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(2, 5)
        self.head.weight.data = self.embed.weight.data  # TTL302


# torch: (m := WithHead()).head.weight.data_ptr() == m.embed.weight.data_ptr()


# case: setattr
from torch import nn


class Set(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        setattr(self.b.weight, "data", self.a.weight.data)  # TTL302


# torch: (m := Set()).b.weight.data_ptr() == m.a.weight.data_ptr()


# case: one target of a tuple
from torch import nn


class Tupled(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight.data, self.size = self.a.weight.data, 3  # TTL302


# torch: (m := Tupled()).b.weight.data_ptr() == m.a.weight.data_ptr()


# case: two entries of a list
from torch import nn


class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)])
        self.layers[1].weight.data = self.layers[0].weight.data  # TTL302


# torch: (m := Stack()).layers[1].weight.data_ptr() == m.layers[0].weight.data_ptr()


# case: a condition
from torch import nn


class Optional(nn.Module):
    def __init__(self, tie):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)
        if tie:
            self.head.weight.data = self.embed.weight.data  # TTL302


# torch: (m := Optional(True)).head.weight is not m.embed.weight


# case: on a model that a function builds
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)


def build():
    model = Model()
    model.head.weight.data = model.embed.weight.data  # TTL302
    return model


# torch: (m := build()).head.weight.data_ptr() == m.embed.weight.data_ptr()


# case: in the same layout under another view
from torch import nn


class Viewed(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 5, 1)
        self.fc = nn.Linear(2, 5)
        self.fc.weight.data = self.conv.weight.data.view(5, 2)  # TTL302
        self.fc.bias.data = self.conv.bias.data.view_as(self.fc.bias)  # TTL302


# torch: (m := Viewed()).fc.weight.data_ptr() == m.conv.weight.data_ptr()


# case: a true tie
from torch import nn


class True_(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)
        self.head.weight = self.embed.weight
        self.head.weight.data = self.embed.weight.data


# torch: (m := True_()).double().head.weight is m.embed.weight


# case: copies of the values
import copy

import torch
from torch import nn


class Copies(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.c = copy.deepcopy(self.a)
        self.b.weight.data.copy_(self.a.weight.data)
        self.b.bias.data = self.a.bias.data.clone()
        self.c.weight.data = self.a.weight.data * 0.5
        self.c.bias.data = torch.zeros_like(self.a.bias.data)
        self.c.bias.data[:] = self.a.bias.data
        self.b.weight.data = copy.deepcopy(self.a.weight.data)


# torch: len({p.data_ptr() for p in Copies().parameters()}) == 6


# case: a running average of another layer
from torch import nn


class Momentum(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(3, 3)
        self.key = nn.Linear(3, 3)
        for q, k in zip(self.query.parameters(), self.key.parameters()):
            k.data.copy_(q.data)
            k.requires_grad = False

    def update(self, m=0.99):
        self.key.weight.data = m * self.key.weight.data + (1 - m) * self.query.weight.data
        for q, k in zip(self.query.parameters(), self.key.parameters()):
            k.data = k.data * m + q.data * (1.0 - m)


# torch: [m := Momentum(), m.update()] and m.key.weight.data_ptr() != m.query.weight.data_ptr()


# case: two separate models
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)


def sync(online, target):
    for p, q in zip(online.parameters(), target.parameters()):
        q.data.copy_(p.data)
    return target


def export():
    trained = Net()
    served = Net()
    served.fc.weight.data = trained.fc.weight.data
    served.fc.bias.data = trained.fc.bias.data
    return served.eval()


# torch: export().fc(torch.ones(1, 3)).shape == (1, 3)


# case: frozen after it was filled
from torch import nn


class Distilled(nn.Module):
    def __init__(self):
        super().__init__()
        self.student = nn.Linear(3, 3)
        self.teacher = nn.Linear(3, 3)
        self.teacher.weight.data = self.student.weight.data
        self.teacher.bias.data = self.student.bias.data
        self.teacher.requires_grad_(False)


# torch: len([p for p in Distilled().parameters() if p.requires_grad]) == 2


# case: the new layer replaces the one it is filled from
from torch import nn


class Resized(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.fc = nn.Linear(2, 2)

    def grow(self, n):
        new = nn.Embedding(n, 2)
        new.weight.data[:5] = self.embed.weight.data
        self.embed = new

    def replace(self):
        fresh = nn.Linear(2, 2)
        fresh.weight.data = self.fc.weight.data
        fresh.bias.data = self.fc.bias.data
        self.fc = fresh


# torch: [m := Resized(), m.grow(7), m.replace()] and len(list(m.parameters())) == 3


# case: a converted layer that is returned
from torch import nn


class Quantized(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.inner = nn.Linear(a, b)

    @classmethod
    def from_float(cls, layer):
        new = cls(layer.in_features, layer.out_features)
        new.inner.weight.data = layer.weight.data
        new.inner.bias.data = layer.bias.data
        return new


# torch: Quantized.from_float(nn.Linear(2, 3)).inner.weight.shape == (3, 2)


# case: its own data, changed
from torch import nn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.fc.weight.data = self.fc.weight.data.clamp(-1, 1)
        self.fc.weight.data = self.fc.weight.data[:2]
        self.fc.weight.data = self.fc.weight.data.contiguous()
        self.fc.weight.data = self.fc.weight.data


# torch: Own().fc.weight.shape == (2, 3)


# case: data of something that is no parameter
import torch
from torch import nn


class Batch:
    def __init__(self, data):
        self.data = data


class Holder(nn.Module):
    def __init__(self, batch):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.batch = Batch(None)
        self.batch.data = batch.data
        self.batch.weight = Batch(None)
        self.batch.weight.data = self.w.data


# torch: error(lambda: Holder(Batch(1))) == ""


# case: values from outside
import torch
from torch import nn


class Loaded(nn.Module):
    def __init__(self, vectors, state):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)
        self.embed.weight.data = torch.as_tensor(vectors)
        self.head.weight.data = state["head.weight"]
        self.head.bias.data = torch.zeros(5)


# torch: error(lambda: Loaded([[0.0] * 2] * 5, {"head.weight": torch.ones(5, 2)})) == ""


# case: a move that may or may not copy
from torch import nn


class Moved(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight.data = self.a.weight.data.to(device)


# torch: error(lambda: Moved("cpu")) == ""


# case: a reference in another kind of container
from torch import nn


class Snapshot(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.saved = {}

    def save(self):
        self.saved["weight"] = self.fc.weight.data.clone()

    def restore(self):
        self.fc.weight.data = self.saved["weight"]


# torch: [m := Snapshot(), m.save(), m.restore()] and m.fc.weight.shape == (3, 3)


# case: a fused layer takes over the memory of the one that is deleted
# torch: [m := Fused(), m.fuse()] and parameter_names(m) == ["one.weight", "one.bias"]
import torch
from torch import nn


class Fused(nn.Module):
    def __init__(self):
        super().__init__()
        self.two = nn.Linear(3, 3)
        self.one = None

    def fuse(self):
        self.one = nn.Linear(3, 3)
        self.one.weight.data = self.two.weight + torch.eye(3)
        self.one.bias.data = self.two.bias
        self.__delattr__("two")


# case: the parameters of two layers, side by side
from torch import nn


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3)
        for one, other in zip(self.first.parameters(), self.second.parameters()):
            other.data = one.data  # TTL302


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
        self.second = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
        self.tie(self.first, self.second)

    def tie(self, source, target):
        for (_, one), (_, other) in zip(source.named_parameters(), target.named_parameters()):
            other.data = one.data  # TTL302


# torch: (m := Pair()) and m.first.weight is not m.second.weight and m.first.weight.data_ptr() == m.second.weight.data_ptr()
# torch: (m := Named()) and m.first[0].weight is not m.second[0].weight


# case: the values of the parameters of two layers, side by side
from torch import nn


class Copied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3)
        for one, other in zip(self.first.parameters(), self.second.parameters()):
            other.data.copy_(one.data)
            other.requires_grad = False

    def update(self, rate):
        for one, other in zip(self.first.parameters(), self.second.parameters()):
            other.data = other.data * rate + one.data * (1 - rate)


# case: a frozen teacher that begins as its student
from torch import nn


class Teacher(nn.Module):
    def __init__(self):
        super().__init__()
        self.student = nn.Linear(3, 3)
        self.teacher = nn.Linear(3, 3)
        for one, other in zip(self.student.parameters(), self.teacher.parameters()):
            other.data = one.data
            other.requires_grad = False
