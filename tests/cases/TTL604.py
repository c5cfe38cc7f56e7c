"""Cases of TTL604: deep copies of modules whose weight is no leaf."""

# case: a model with an average
import copy

from torch import nn
from torch.nn.utils import weight_norm


class Codec(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = weight_norm(nn.Conv1d(2, 2, 3))


class Trainer:
    def __init__(self):
        self.model = Codec()
        self.ema = copy.deepcopy(self.model)  # TTL604


# torch: "Only Tensors created explicitly" in error(Trainer)


# case: the layer itself, and other spellings
import copy as cp
from copy import deepcopy

from torch import nn
from torch.nn.utils import weight_norm


def layers(n):
    layer = weight_norm(nn.Linear(2, 2))
    return nn.ModuleList([deepcopy(layer) for _ in range(n)])  # TTL604


def clones(module, n):
    return nn.ModuleList([cp.deepcopy(module) for _ in range(n)])  # TTL604


def build():
    return clones(weight_norm(nn.Linear(2, 2)), 2)


# torch: "Only Tensors" in error(lambda: layers(2)) and "Only Tensors" in error(build)


# case: pruned, and after a forward
import copy

import torch
from torch import nn
from torch.nn.utils import prune, spectral_norm


def fresh():
    fc = nn.Linear(2, 2)
    prune.l1_unstructured(fc, "weight", amount=0.5)
    return copy.deepcopy(fc)  # TTL604


def used():
    fc = spectral_norm(nn.Linear(2, 2))
    fc(torch.ones(1, 2))
    return copy.deepcopy(fc)  # TTL604


# torch: "Only Tensors" in error(fresh) and "Only Tensors" in error(used)


# case: run with a gradient after a run without one
import copy

import torch
from torch import nn
from torch.nn.utils import weight_norm


def used():
    net = nn.Sequential(weight_norm(nn.Linear(2, 2)))
    with torch.no_grad():
        net(torch.ones(1, 2))
    net(torch.ones(1, 2))
    return copy.deepcopy(net)  # TTL604


# torch: "Only Tensors" in error(used)


# case: transformers copy the layer that they are given
from torch import nn
from torch.nn.utils import weight_norm


def encoder():
    layer = nn.TransformerEncoderLayer(4, 2, 8)
    weight_norm(layer.linear1)
    return nn.TransformerEncoder(layer, num_layers=2)  # TTL604


def decoder():
    layer = nn.TransformerDecoderLayer(4, 2, 8)
    layer.linear2 = weight_norm(layer.linear2)
    return nn.TransformerDecoder(decoder_layer=layer, num_layers=2)  # TTL604


# torch: "Only Tensors" in error(encoder) and "Only Tensors" in error(decoder)


# case: averages and quantization
import torch
from torch import nn
from torch.nn.utils import weight_norm


def average():
    net = nn.Sequential(weight_norm(nn.Linear(2, 2)))
    return torch.optim.swa_utils.AveragedModel(net)  # TTL604


def quantized():
    net = nn.Sequential(weight_norm(nn.Linear(2, 2)))
    return torch.ao.quantization.quantize_dynamic(net, {nn.Linear})  # TTL604


# torch: "Only Tensors" in error(average)


# case: in the constructor
import copy

from torch import nn
from torch.nn.utils import weight_norm


class Teacher(nn.Module):
    def __init__(self):
        super().__init__()
        self.student = weight_norm(nn.Linear(2, 2))
        self.teacher = copy.deepcopy(self.student)  # TTL604


# torch: "Only Tensors" in error(Teacher)


# case: what an earlier method left may have run without a gradient since
# certainty: hint
import copy

from torch import nn
from torch.nn.utils import weight_norm as wn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.student = nn.Linear(2, 2)
        wn(self.student)

    def snapshot(self):
        return copy.deepcopy(self)  # TTL604


# torch: "Only Tensors" in error(Own().snapshot)


# case: wrapped through apply and moved
import copy

from torch import nn
from torch.nn.utils import weight_norm


def add(m):
    if isinstance(m, nn.Linear):
        weight_norm(m)


def main():
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    net.apply(add)
    net = net.to("cpu").eval()
    net.requires_grad_(False)
    best = copy.deepcopy(net)  # TTL604
    return best


# torch: "Only Tensors" in error(main)


# case: copied under no_grad all the same
import copy

import torch
from torch import nn
from torch.nn.utils import weight_norm


def main():
    net = weight_norm(nn.Linear(2, 2))
    with torch.no_grad():
        return copy.deepcopy(net)  # TTL604


# torch: "Only Tensors" in error(main)


# case: parametrizations are copied
import copy

import torch
from torch import nn
from torch.nn.utils import parametrizations


def main():
    net = nn.Sequential(parametrizations.weight_norm(nn.Linear(2, 2)), parametrizations.spectral_norm(nn.Linear(2, 2)))
    net(torch.ones(1, 2))
    return copy.deepcopy(net)


# torch: error(main) == ""


# case: leaves: built or last run without a gradient, fresh spectral_norm, frozen before pruning
import copy

import torch
from torch import nn
from torch.nn.utils import prune, spectral_norm, weight_norm


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))

    def forward(self, x):
        return self.fc(x)


def main():
    with torch.no_grad():
        built = Net()
    ran = Net()
    with torch.no_grad():
        ran(torch.ones(1, 2))
    fresh = spectral_norm(nn.Linear(2, 2))
    frozen = nn.Linear(2, 2)
    frozen.requires_grad_(False)
    prune.l1_unstructured(frozen, "weight", amount=0.5)
    return [copy.deepcopy(m) for m in (built, ran, fresh, frozen)], copy.deepcopy(built), copy.deepcopy(frozen)


# torch: error(main) == ""


# case: removed before, or copied before
import copy

from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


def main():
    net = weight_norm(nn.Linear(2, 2))
    remove_weight_norm(net)
    first = copy.deepcopy(net)
    weight_norm(net)
    return first


# torch: error(main) == ""


# case: after an evaluation by code that is not known
import copy

from torch import nn
from torch.nn.utils import weight_norm


def main(evaluate):
    net = weight_norm(nn.Linear(2, 2))
    evaluate(net)
    return copy.deepcopy(net)


# torch: error(lambda: main(torch.no_grad()(lambda net: net(torch.ones(1, 2))))) == ""


# case: the best of an evaluation, in a later method
import copy

import torch
from torch import nn
from torch.nn.utils import weight_norm


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))

    def forward(self, x):
        return self.fc(x)


class Trainer:
    def __init__(self):
        self.net = Net()

    @torch.no_grad()
    def evaluate(self):
        return self.net(torch.ones(1, 2))

    def keep(self):
        self.best = copy.deepcopy(self.net)


# torch: (t := Trainer()).evaluate() is not None and error(t.keep) == ""


# case: a class that copies itself, and copies of other things
import copy

from torch import nn
from torch.nn.utils import weight_norm


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))

    def __deepcopy__(self, memo):
        return Own()


def main():
    net = Own()
    state = copy.deepcopy(net.state_dict())
    return copy.deepcopy(net), state, copy.copy(net), copy.deepcopy(nn.Linear(2, 2))


# torch: error(main) == ""


# case: an error that is expected
import copy

from torch import nn
from torch.nn.utils import weight_norm


def main():
    net = weight_norm(nn.Linear(2, 2))
    try:
        return copy.deepcopy(net)
    except RuntimeError:
        return None


# torch: main() is None
