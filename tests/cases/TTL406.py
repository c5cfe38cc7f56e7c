"""Cases of TTL406: calls of the hook-based functions that torch replaced."""

# case: every call of weight_norm
from torch import nn
from torch.nn.utils import weight_norm


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))  # TTL406
        self.b = nn.Linear(2, 2)
        weight_norm(self.b, name="weight", dim=None)  # TTL406


# case: other spellings
import torch
import torch.nn.utils as U
from torch import nn
from torch.nn.utils.weight_norm import weight_norm as WN


def build():
    return [
        nn.utils.weight_norm(nn.Linear(2, 2)),  # TTL406
        torch.nn.utils.weight_norm(nn.Linear(2, 2)),  # TTL406
        WN(nn.Linear(2, 2)),  # TTL406
        U.weight_norm(nn.Linear(2, 2)),  # TTL406
    ]


# torch: len(build()) == 4


# case: a helper, a lambda, a partial
from functools import partial

from torch import nn
from torch.nn.utils import weight_norm


def WNConv1d(*args, **kwargs):
    return weight_norm(nn.Conv1d(*args, **kwargs))  # TTL406


wrap = lambda m: weight_norm(m)  # TTL406


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        norm = partial(weight_norm, dim=None)
        self.a = WNConv1d(2, 2, 3)
        self.b = wrap(nn.Linear(2, 2))
        self.c = norm(nn.Linear(2, 2))  # TTL406


# torch: (m := Net()).c.weight_g.ndim == 0


# case: on layers that are not known
from torch import nn
from torch.nn.utils import weight_norm


def normalize(model):
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv1d):
            weight_norm(module)  # TTL406


class Block(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = weight_norm(layer)  # TTL406


# torch: Block(nn.Linear(2, 2)).layer.weight_g is not None


# case: passed to apply
from torch import nn
from torch.nn.utils import weight_norm


def add(m):
    if isinstance(m, nn.Linear):
        weight_norm(m)  # TTL406


def build():
    net = nn.Sequential(nn.Linear(2, 2))
    net.apply(add)
    return net


# torch: build()[0].weight_g is not None


# case: under a condition
from torch import nn
from torch.nn.utils import weight_norm


class Maybe(nn.Module):
    def __init__(self, use_weight_norm):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        if use_weight_norm:
            self.fc = weight_norm(self.fc)  # TTL406


# case: hook-based spectral_norm, as a hint
# certainty: hint
from torch import nn
from torch.nn.utils import spectral_norm


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = spectral_norm(nn.Linear(2, 2))  # TTL406


# case: hook-based spectral_norm gives no warning
from torch import nn
from torch.nn.utils import spectral_norm


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = spectral_norm(nn.Linear(2, 2))


# torch: error(Critic) == ""


# case: the newer functions, and pruning
from torch import nn
from torch.nn.utils import prune
from torch.nn.utils.parametrizations import spectral_norm, weight_norm


class Newer(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        self.b = spectral_norm(nn.Linear(2, 2))
        self.c = nn.Linear(2, 2)
        prune.identity(self.c, "weight")


# torch: error(Newer) == ""


# case: the newer function where there is one
from torch import nn

try:
    from torch.nn.utils.parametrizations import weight_norm
except ImportError:
    from torch.nn.utils import weight_norm


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))


# torch: hasattr(Net().fc, "parametrizations")


# case: a function of the project of the same name
from torch import nn


def weight_norm(module):
    return module


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))


# torch: error(Net) == ""
