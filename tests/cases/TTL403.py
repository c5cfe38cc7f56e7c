"""Cases of TTL403: a second reparametrization of one tensor."""

# case: legacy weight_norm twice
from torch import nn
from torch.nn.utils import weight_norm


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(weight_norm(nn.Linear(2, 2)))  # TTL403


# torch: "two weight_norm hooks" in error(Twice)


# case: a helper that wraps, and a caller that wraps again
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm


def wn_linear(*args):
    return weight_norm(nn.Linear(*args))


class Helped(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = spectral_norm(wn_linear(2, 2))  # TTL403


# torch: "KeyError" in error(Helped)


# case: a method that wraps again what the constructor wrapped
from torch import nn
from torch.nn.utils import weight_norm


class Again(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))
        self.add_norm()

    def add_norm(self):
        weight_norm(self.fc)  # TTL403


# torch: "two weight_norm hooks" in error(Again)


# case: legacy and newer, other spellings
import torch
from torch import nn
from torch.nn.utils import spectral_norm as old_sn
from torch.nn.utils.parametrizations import spectral_norm as SN


class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        layer = torch.nn.utils.spectral_norm(nn.Conv2d(2, 2, 3))
        self.conv = torch.nn.utils.parametrizations.spectral_norm(layer)  # TTL403


class Turned(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 3)
        SN(self.conv)
        old_sn(module=self.conv, name="weight")  # TTL403


# torch: "ValueError" in error(Mixed) and "KeyError" in error(Turned)


# case: pruning and weight_norm, in both orders
from torch import nn
from torch.nn.utils import prune, weight_norm


class Pruned(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))
        prune.l1_unstructured(self.fc, "weight", amount=0.5)  # TTL403


class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        prune.l1_unstructured(self.fc, "weight", amount=0.5)
        weight_norm(self.fc)  # TTL403


# torch: "TypeError" in error(Pruned) and "KeyError" in error(Normed)


# case: the newer weight_norm and orthogonal on something newer fail at the first use
from torch import nn
from torch.nn.utils import parametrizations


class Late(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = parametrizations.weight_norm(parametrizations.spectral_norm(nn.Linear(2, 2)))  # TTL403
        self.b = parametrizations.weight_norm(nn.Linear(2, 2))
        parametrizations.orthogonal(self.b)  # TTL403


# torch: (m := Late()) and "TypeError" in error(lambda: m.a.weight) and "TypeError" in error(lambda: m.b.weight)


# case: the newer spectral_norm twice is a stack
from torch import nn
from torch.nn.utils import parametrizations


class Stacked(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = parametrizations.spectral_norm(nn.Linear(2, 2))
        parametrizations.spectral_norm(self.fc)  # TTL403


# torch: len(Stacked().fc.parametrizations.weight) == 2


# case: a loop over layers of which one is wrapped already
from torch import nn
from torch.nn.utils import weight_norm


def build():
    net = nn.Sequential(weight_norm(nn.Linear(2, 2)), nn.ReLU(), nn.Linear(2, 2))
    for layer in net:
        if isinstance(layer, nn.Linear):
            weight_norm(layer)  # TTL403
    return net


# torch: "two weight_norm hooks" in error(build)


# case: a loop over a list in which a layer stands twice
from torch import nn
from torch.nn.utils import spectral_norm


class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        self.b = nn.Linear(2, 2)
        for layer in (self.a, self.b, self.a):
            spectral_norm(layer)  # TTL403


# torch: "two spectral_norm hooks" in error(Listed)


# case: every layer of a list, in two loops
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm


class Loops(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(n)])
        for layer in self.layers:
            weight_norm(layer)
        for layer in self.layers:
            spectral_norm(layer)  # TTL403


# torch: "KeyError" in error(lambda: Loops(2))


# case: wrapped by the base class and again in the subclass
from torch import nn
from torch.nn.utils import weight_norm


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))


class Child(Base):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(self.fc)  # TTL403


# torch: "two weight_norm hooks" in error(Child)


# case: in a script
from torch import nn
from torch.nn.utils import weight_norm


model = nn.Sequential(nn.Linear(2, 2))
weight_norm(model[0])


def again():
    weight_norm(model[0])  # TTL403


# torch: "two weight_norm hooks" in error(again)


# case: under a condition, and again without one
from torch import nn
from torch.nn.utils import weight_norm


class Optional(nn.Module):
    def __init__(self, normalize):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        if normalize:
            weight_norm(self.fc)
        weight_norm(self.fc)  # TTL403


# torch: "two weight_norm hooks" in error(lambda: Optional(True))


# case: under conditions of their own, or that exclude each other
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm


class Either(nn.Module):
    def __init__(self, norm, spectral):
        super().__init__()
        self.a = nn.Linear(2, 2)
        if norm == "weight":
            weight_norm(self.a)
        elif norm == "spectral":
            spectral_norm(self.a)
        self.b = weight_norm(nn.Linear(2, 2)) if norm == "weight" else nn.Linear(2, 2)
        if norm == "weight":
            pass
        else:
            spectral_norm(self.b)
        if not norm:
            self.c = nn.Linear(2, 2)
        else:
            self.c = weight_norm(nn.Linear(2, 2))


# torch: error(lambda: Either("weight", False)) == "" and error(lambda: Either("spectral", True)) == ""


# case: pruning may be repeated, and spectral_norm may stand on the newer weight_norm
from torch import nn
from torch.nn.utils import parametrizations, prune


class Supported(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        prune.random_unstructured(self.a, "weight", amount=0.5)
        prune.l1_unstructured(self.a, name="weight", amount=0.5)
        self.b = parametrizations.spectral_norm(parametrizations.weight_norm(nn.Linear(2, 2)))


# torch: Supported().b(torch.ones(1, 2)) is not None


# case: another tensor, and another module
from torch import nn
from torch.nn.utils import prune, weight_norm


class Others(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 2)
        for name in ("weight_ih_l0", "weight_hh_l0"):
            weight_norm(self.lstm, name)
        self.fc = weight_norm(nn.Linear(2, 2))
        prune.l1_unstructured(self.fc, "bias", amount=0.5)
        self.fc2 = weight_norm(nn.Linear(2, 2))
        self.fc = nn.Linear(2, 2)
        weight_norm(self.fc)


# torch: error(Others) == ""


# case: two layers of a list of unknown length
from torch import nn
from torch.nn.utils import weight_norm


class Indexed(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(n)])
        weight_norm(self.layers[0])
        weight_norm(self.layers[1])


# torch: error(lambda: Indexed(2)) == ""


# case: removed in between
from torch import nn
from torch.nn.utils import parametrizations, parametrize, remove_weight_norm, weight_norm


class Removed(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        remove_weight_norm(self.a)
        weight_norm(self.a)
        self.b = parametrizations.weight_norm(nn.Linear(2, 2))
        parametrize.remove_parametrizations(self.b, "weight")
        parametrizations.weight_norm(self.b)


# torch: Removed().b(torch.ones(1, 2)) is not None


# case: code that asks first, or expects the error
from torch import nn
from torch.nn.utils import parametrizations, parametrize, weight_norm


def normalize(model):
    for layer in model.modules():
        if isinstance(layer, nn.Linear) and not hasattr(layer, "weight_g"):
            weight_norm(layer)
    return model


class Careful(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))
        normalize(self)
        if not parametrize.is_parametrized(self.fc) and not hasattr(self.fc, "weight_g"):
            parametrizations.weight_norm(self.fc)
        try:
            weight_norm(self.fc)
        except RuntimeError:
            pass


# torch: error(Careful) == ""


# case: a function of the project that has the same name
from torch import nn


def spectral_norm(module, mode=True):
    return nn.utils.spectral_norm(module) if mode else module


class Local(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = spectral_norm(nn.Linear(2, 2), False)
        self.b = spectral_norm(spectral_norm(nn.Linear(2, 2), True), False)


# torch: error(Local) == ""


# case: one of two functions
from torch import nn
from torch.nn.utils import parametrizations, weight_norm


def build(newer):
    norm = parametrizations.weight_norm if newer else weight_norm
    layer = norm(nn.Linear(2, 2))
    return layer


# torch: error(lambda: build(True)) == ""
