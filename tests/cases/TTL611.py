"""Cases of TTL611: a tie that a move to an XLA device undoes.

Torch has no XLA device here; the claims show on the meta device what `nn.Module.to` does with tensors of a type that
cannot take the place of the old one.
"""

# case: in a training function, by all names of the device
# select: TTL611
import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5, bias=False)
        self.head.weight = self.embed.weight


def train():
    import torch_xla.core.xla_model as xm

    device = xm.xla_device()
    model = LanguageModel()
    model.to(device)  # TTL611
    return model


def chained():
    import torch_xla

    return LanguageModel().to(torch_xla.device())  # TTL611


def named():
    model = LanguageModel()
    model = model.to("xla:0")  # TTL611
    other = LanguageModel().to(device=torch.device("xla", 1))  # TTL611
    return model, other


# torch: (m := LanguageModel().to("meta")).head.weight is not m.embed.weight
# torch: len(list(m.parameters())) == 2 and len(list(LanguageModel().parameters())) == 1


# case: a trainer that keeps model and device, a subclass, a helper that moves
# select: TTL611
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)


class Tied(Base):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(2, 5, bias=False)
        self.tie_weights()

    def tie_weights(self):
        self.head.weight = self.embed.weight


class Trainer:
    def __init__(self):
        from torch_xla.core.xla_model import xla_device

        self.device = xla_device()
        self.model = Tied()
        self.model.to(self.device)  # TTL611


def place(model):
    return model.to("xla")  # TTL611


def main():
    return place(Tied())


class Placed(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = self.a.weight
        self.to("xla")  # TTL611


# torch: (m := Tied().to("meta")).head.weight is not m.embed.weight


# case: tied again, or tied afterwards only
# select: TTL611
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5, bias=False)
        self.tie_weights()

    def tie_weights(self):
        self.head.weight = self.embed.weight


class Untied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5, bias=False)


def again(device="xla"):
    model = Tied().to("xla")
    model.tie_weights()
    return model


def by_hand():
    model = Tied().to("xla")
    model.head.weight = model.embed.weight
    return model


def after():
    model = Untied().to("xla")
    model.head.weight = model.embed.weight
    return model


# torch: (m := Tied().to("meta")).tie_weights() is None and m.head.weight is m.embed.weight


# case: other devices, devices that are not known, and a model that ties when it is moved
# select: TTL611
import torch
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5, bias=False)
        self.head.weight = self.embed.weight


class TiesItself(Tied):
    def _apply(self, fn, recurse=True):
        super()._apply(fn, recurse)
        self.head.weight = self.embed.weight
        return self


class MovesItself(Tied):
    def to(self, *args, **kwargs):
        super().to(*args, **kwargs)
        self.head.weight = self.embed.weight
        return self


def move(device):
    model = Tied().to(device)
    other = Tied().to(torch.device("cpu"))
    own = TiesItself().to("xla")
    moved = MovesItself().to("xla")
    return model, other, own, moved, Tied().to(torch.float64)


def either(use_xla):
    import torch_xla.core.xla_model as xm

    device = xm.xla_device() if use_xla else "cpu"
    return Tied().to(device)


# torch: (m := Tied().to(torch.float64)).head.weight is m.embed.weight
# torch: (m := TiesItself().to("meta")).head.weight is m.embed.weight
# torch: (m := MovesItself().to("meta")).head.weight is m.embed.weight


# case: one module under two names stays one
# select: TTL611
from torch import nn


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(3, 3)
        self.right = self.left


def train():
    return Siamese().to("xla")


# torch: (m := Siamese().to("meta")).left.weight is m.right.weight


# case: it is opt-in
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5, bias=False)
        self.head.weight = self.embed.weight


def train():
    return Tied().to("xla")


# torch: (m := Tied().to("meta")).head.weight is not m.embed.weight
