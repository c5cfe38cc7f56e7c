"""Cases of TTL404: writes to a weight that is computed from other tensors."""

# case: nn.init after weight_norm
from torch import nn
from torch.nn.utils import weight_norm


class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = weight_norm(nn.Conv1d(2, 2, 3))
        nn.init.constant_(self.conv.weight, 9.0)  # TTL404


# torch: [m := Conv(), m.conv(torch.ones(1, 2, 4))] and m.conv.weight.max() < 1


# case: the data of the weight
import torch as th


class Temporal(th.nn.Module):
    def __init__(self):
        super(Temporal, self).__init__()
        self.conv1 = th.nn.utils.weight_norm(th.nn.Conv1d(2, 2, 3))
        self.conv2 = th.nn.utils.weight_norm(th.nn.Conv1d(2, 2, 3))
        self.init_weights()

    def init_weights(self):
        self.conv1.weight.data.fill_(9.0)  # TTL404
        self.conv2.weight.data.normal_(9.0, 0.01)  # TTL404


# torch: [m := Temporal(), m.conv1(torch.ones(1, 2, 4)), m.conv2(torch.ones(1, 2, 4))] and m.conv2.weight.max() < 1


# case: every way to write
import torch
from torch import nn
from torch.nn import init
from torch.nn.utils import weight_norm


class Ways(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))

    def a(self):
        self.fc.weight.data = torch.full((2, 2), 9.0)  # TTL404

    def b(self):
        self.fc.weight.data.copy_(torch.full((2, 2), 9.0))  # TTL404

    def c(self):
        with torch.no_grad():
            self.fc.weight.fill_(9.0)  # TTL404

    def d(self):
        self.fc.weight = torch.full((2, 2), 9.0)  # TTL404

    def e(self):
        w = self.fc.weight
        init.constant_(w, 9.0)  # TTL404

    def f(self):
        self.fc.reset_parameters()  # TTL404

    def run(self, each):
        before = self.fc(torch.ones(1, 2))
        getattr(self, each)()
        return torch.equal(self.fc(torch.ones(1, 2)), before) or each == "f"


# torch: all(Ways().run(each) for each in "abcdef")
# torch: [m := Ways(), before := m.fc.weight_v.clone(), m.f()] and torch.equal(m.fc.weight_v, before)


# case: a new parameter breaks forward
import torch
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm


class Replaced(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        self.a.weight = nn.Parameter(torch.eye(2))  # TTL404
        self.b = spectral_norm(nn.Linear(2, 2))
        self.b.weight = nn.Parameter(torch.eye(2))  # TTL404


# torch: error(lambda: Replaced().a(torch.ones(1, 2))).startswith("TypeError: cannot assign")
# torch: error(lambda: Replaced().b(torch.ones(1, 2))).startswith("TypeError: cannot assign")


# case: under the newer functions it is lost at once
import torch
import torch.nn.utils.parametrizations as pz
from torch import nn


class Newer(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = pz.weight_norm(nn.Linear(2, 2))
        self.b = pz.spectral_norm(nn.Linear(2, 2))
        self.c = pz.orthogonal(nn.Linear(2, 2))
        nn.init.constant_(self.a.weight, 9.0)  # TTL404
        self.b.weight.data.fill_(9.0)  # TTL404
        with torch.no_grad():
            self.c.weight.copy_(torch.full((2, 2), 9.0))  # TTL404
        self.a.reset_parameters()  # TTL404


# torch: (m := Newer()).a.weight.max() < 2 and m.b.weight.max() < 2 and m.c.weight.max() < 2


# case: under the newer functions a new parameter raises
import torch
from torch import nn
from torch.nn import Parameter as P
from torch.nn.utils.parametrizations import weight_norm


class Raising(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        weight_norm(self.fc)
        self.fc.weight = P(torch.eye(2))  # TTL404


# torch: "attribute 'weight' already exists" in error(Raising)


# case: after pruning
import torch
import torch.nn.utils.prune as prune
from torch import nn


class Pruned(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        prune.l1_unstructured(self.fc, "weight", amount=0.5)
        nn.init.constant_(self.fc.weight, 9.0)  # TTL404
        self.fc.weight.data.mul_(2)  # TTL404


# torch: [m := Pruned(), m.fc(torch.ones(1, 2))] and m.fc.weight.max() < 1


# case: spectral_norm that has run
import torch
from torch import nn
from torch.nn.utils import spectral_norm


def warm():
    fc = spectral_norm(nn.Linear(2, 2))
    fc(torch.ones(1, 2))
    nn.init.constant_(fc.weight, 9.0)  # TTL404
    return fc


# torch: warm().weight_orig.max() < 1


# case: apply after wrapping, by isinstance
from torch import nn
from torch.nn.utils.parametrizations import weight_norm


def init_weights(m):
    if isinstance(m, (nn.Conv1d, nn.Linear)):
        nn.init.trunc_normal_(m.weight, mean=1.5, std=0.02)
        nn.init.constant_(m.bias, 0)


class Codec(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = weight_norm(nn.Conv1d(2, 2, 3))
        self.out = nn.Linear(2, 2)
        self.apply(init_weights)  # TTL404


# torch: (m := Codec()).conv.weight.max() < 1 and m.out.weight.min() > 1


# case: apply after wrapping, by the name of the class
from torch import nn
from torch.nn.utils import weight_norm


def init_weights(m, mean=9.0, std=0.01):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        m.weight.data.normal_(mean, std)


class Generator(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.ups = nn.ModuleList([weight_norm(nn.ConvTranspose1d(2, 2, 4, 2)) for _ in range(n)])
        self.ups.apply(init_weights)  # TTL404
        self.post = weight_norm(nn.Conv1d(2, 1, 7))
        self.post.apply(init_weights)  # TTL404


# torch: [m := Generator(1), m.ups[0](torch.ones(1, 2, 4))] and m.ups[0].weight.max() < 1


# case: apply of a method
from torch import nn
from torch.nn.utils import weight_norm


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 2, 3)
        weight_norm(self.conv)
        self.apply(self._init_weights)  # TTL404

    def _init_weights(self, module):
        if isinstance(module, nn.Conv1d):
            module.weight.data.fill_(9.0)


# torch: [m := Discriminator(), m.conv(torch.ones(1, 2, 4))] and m.conv.weight.max() < 1


# case: a helper that builds the wrapped layer
from torch import nn
from torch.nn.utils import weight_norm


def WNConv1d(*args, **kwargs):
    return weight_norm(nn.Conv1d(*args, **kwargs))


class Built(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = WNConv1d(2, 2, 3)
        nn.init.constant_(self.conv.weight, 9.0)  # TTL404


# torch: [m := Built(), m.conv(torch.ones(1, 2, 4))] and m.conv.weight.max() < 1


# case: a function that wraps, writes and returns
from torch import nn
from torch.nn.utils import weight_norm


def linear(a, b, std):
    m = nn.Linear(a, b)
    m = weight_norm(m)
    m.weight.data.normal_(mean=9.0, std=std)  # TTL404
    m.bias.data.zero_()
    return m


# torch: linear(2, 2, 0.1)(torch.zeros(1, 2)).sum() == 0
# torch: [m := linear(2, 2, 0.1), m(torch.zeros(1, 2))] and m.weight.max() < 1


# case: two levels deep and in every layer of a list
from torch import nn
from torch.nn.utils import weight_norm


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = weight_norm(nn.Conv1d(2, 2, 3))


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.block = Block()
        nn.init.constant_(self.block.conv.weight, 9.0)  # TTL404
        self.layers = nn.ModuleList([weight_norm(nn.Linear(2, 2)) for _ in range(n)])
        for layer in self.layers:
            nn.init.constant_(layer.weight, 9.0)  # TTL404


# torch: [m := Net(1), m.layers[0](torch.ones(1, 2)), m.block.conv(torch.ones(1, 2, 4))] and m.layers[0].weight.max() < 1


# case: another name than weight
from torch import nn
from torch.nn.utils import weight_norm


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = weight_norm(nn.LSTM(2, 2), "weight_hh_l0")
        nn.init.constant_(self.lstm.weight_hh_l0, 9.0)  # TTL404
        nn.init.constant_(self.lstm.weight_ih_l0, 9.0)


# torch: (m := Recurrent()).lstm.weight_ih_l0.max() == 9 and m.lstm.weight_hh_l0_v.max() < 1


# case: wrapped by the base class, written in the subclass
from torch import nn
from torch.nn.utils import weight_norm


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = weight_norm(nn.Conv1d(2, 2, 3))


class Child(Base):
    def __init__(self):
        super().__init__()
        self.conv.weight.data.fill_(9.0)  # TTL404


# torch: [m := Child(), m.conv(torch.ones(1, 2, 4))] and m.conv.weight.max() < 1


# case: removal computes the weight anew
from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


def merged():
    layer = weight_norm(nn.Linear(2, 2))
    nn.init.constant_(layer.weight, 9.0)  # TTL404
    remove_weight_norm(layer)
    return layer


# torch: merged().weight.max() < 1


# case: setattr and a tuple
import torch
from torch import nn
from torch.nn.utils import weight_norm


class Set(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        self.b = weight_norm(nn.Linear(2, 2))
        setattr(self.a, "weight", torch.full((2, 2), 9.0))  # TTL404
        self.b.weight.data, self.std = torch.full((2, 2), 9.0), 0.02  # TTL404


# torch: [m := Set(), m.a(torch.ones(1, 2)), m.b(torch.ones(1, 2))] and max(m.a.weight.max(), m.b.weight.max()) < 1


# case: initialised before it is wrapped
from torch import nn
from torch.nn.utils import prune, spectral_norm, weight_norm


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.constant_(m.weight, 9.0)


class Before(nn.Module):
    def __init__(self):
        super().__init__()
        self.b = nn.Linear(2, 2)
        self.c = nn.Linear(2, 2)
        self.apply(init_weights)
        self.a = nn.Linear(2, 2)
        self.a.weight.data.fill_(9.0)
        self.a = weight_norm(self.a)
        spectral_norm(self.b)
        prune.identity(self.c, "weight")
        d = nn.Linear(2, 2)
        nn.init.constant_(d.weight, 9.0)
        self.d = weight_norm(d)


# torch: torch.allclose((m := Before()).d.weight, torch.tensor(9.0)) and m.c.weight.max() == 9
# torch: torch.allclose((m := Before()).a.weight, torch.tensor(9.0)) and m.b.weight_orig.max() == 9


# case: an early wrap among layers that are initialised together
import torch
from torch import nn
from torch.nn.utils import weight_norm


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.constant_(m.weight, 9.0)


class Early(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        self.b = nn.Linear(2, 2)
        self.apply(init_weights)  # TTL404
        weight_norm(self.b)


# torch: [m := Early(), m.a(torch.ones(1, 2)), m.b(torch.ones(1, 2))] and m.a.weight.max() < 1 and m.b.weight.min() > 8


# case: what the weight is computed from
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm


class Sources(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        nn.init.ones_(self.a.weight_g)
        self.a.weight_v.data.normal_()
        self.b = parametrizations.weight_norm(nn.Linear(2, 2))
        nn.init.ones_(self.b.parametrizations.weight.original0)
        self.b.parametrizations.weight.original1.data.normal_()
        self.c = spectral_norm(nn.Linear(2, 2))
        nn.init.orthogonal_(self.c.weight_orig)
        self.d = nn.Linear(2, 2)
        prune.l1_unstructured(self.d, "weight", amount=0.5)
        self.d.weight_orig.data.fill_(9.0)
        self.d.weight_mask.fill_(1.0)
        with torch.no_grad():
            self.a.weight_g.mul_(2)


# torch: [m := Sources(), m.d(torch.ones(1, 2))] and m.d.weight.max() == 9


# case: the bias is a parameter as before
from torch import nn
from torch.nn.utils import weight_norm


class Bias(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))
        nn.init.zeros_(self.fc.bias)
        self.fc.bias.data.fill_(1.0)


# torch: Bias().fc.bias.sum() == 2


# case: after the removal
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune, remove_weight_norm, weight_norm


class Removed(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        remove_weight_norm(self.a)
        nn.init.constant_(self.a.weight, 9.0)
        self.b = parametrizations.orthogonal(nn.Linear(2, 2))
        parametrize.remove_parametrizations(self.b, "weight")
        self.b.weight.data.fill_(9.0)
        self.c = nn.Linear(2, 2)
        prune.identity(self.c, "weight")
        prune.remove(self.c, "weight")
        self.c.weight.data.fill_(9.0)


# torch: min(p.min() for n, p in Removed().named_parameters() if "weight" in n) == 9


# case: legacy spectral_norm before it runs
from torch import nn
from torch.nn.utils import spectral_norm


class Spectral(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = spectral_norm(nn.Linear(2, 2))
        nn.init.constant_(self.a.weight, 9.0)
        self.b = spectral_norm(nn.Conv2d(2, 2, 3))
        self.b.weight.data.fill_(9.0)
        self.c = spectral_norm(nn.Linear(2, 2))
        self.c.reset_parameters()


# torch: (m := Spectral()).a.weight_orig.max() == 9 and m.b.weight_orig.max() == 9


# case: the newer functions take a tensor
import torch
from torch import nn
from torch.nn.utils.parametrizations import orthogonal, weight_norm


class Assigned(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        self.a.weight = torch.full((2, 2), 9.0)
        self.b = orthogonal(nn.Linear(2, 2))
        with torch.no_grad():
            self.b.weight = nn.init.orthogonal_(torch.empty(2, 2))


# torch: torch.allclose(Assigned().a.weight, torch.tensor(9.0))


# case: a parametrization of the project may hand its argument on
from torch import nn
from torch.nn.utils import parametrize


class Checked(nn.Module):
    def forward(self, w):
        return w

    def right_inverse(self, w):
        return w


class Handed(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        parametrize.register_parametrization(self.fc, "weight", Checked())
        nn.init.constant_(self.fc.weight, 9.0)


# torch: Handed().fc.weight.max() == 9


# case: an initialiser that knows about it
from torch import nn
from torch.nn.utils import weight_norm


def init_weights(m):
    if isinstance(m, nn.Conv1d):
        if hasattr(m, "weight_v"):
            nn.init.normal_(m.weight_v)
            nn.init.ones_(m.weight_g)
        else:
            nn.init.normal_(m.weight)


def init_bias(m):
    if isinstance(m, nn.Conv1d) and m.bias is not None:
        nn.init.zeros_(m.bias)


class Aware(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = weight_norm(nn.Conv1d(2, 2, 3))
        self.apply(init_weights)
        self.apply(init_bias)


# torch: (m := Aware()).conv.bias.sum() == 0 and m.conv.weight_g.sum() == 2


# case: an initialiser for layers of another kind
from torch import nn
from torch.nn.utils import weight_norm


def init_linear(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight)


class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = weight_norm(nn.Conv1d(2, 2, 3))
        self.out = nn.Linear(2, 2)
        self.apply(init_linear)
        self.out.apply(init_linear)
        nn.init.normal_(self.out.weight)


# torch: error(Other) == ""


# case: reads and copies of the weight
import copy

import torch
from torch import nn
from torch.nn.utils import parametrizations, weight_norm


class Read(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = parametrizations.weight_norm(nn.Linear(2, 2))
        self.plain = nn.Linear(2, 2)
        self.plain.weight.data.copy_(self.fc.weight.data)
        nn.init.zeros_(self.plain.bias)
        w = self.fc.weight.detach().clone()
        w.zero_()
        nn.init.normal_(w)
        self.norm = float(self.fc.weight.norm())


# torch: (m := Read()) and torch.equal(m.plain.weight, m.fc.weight)


# case: an initialiser from elsewhere, and a layer of unknown kind
from torch import nn
from torch.nn.utils import weight_norm

try:
    from models_of_others import init_weights
except ImportError:

    def init_weights(module):
        return None


class Unknown(nn.Module):
    def __init__(self, layer, wrap):
        super().__init__()
        self.a = wrap(layer)
        nn.init.normal_(self.a.weight)
        self.b = weight_norm(nn.Linear(2, 2))
        init_weights(self.b)


# torch: error(lambda: Unknown(nn.Linear(2, 2), lambda x: x)) == ""


# case: a wrapped layer replaced by a plain one
from torch import nn
from torch.nn.utils import weight_norm


class Swapped(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))
        self.fc = nn.Linear(2, 2)
        nn.init.constant_(self.fc.weight, 9.0)


# torch: Swapped().fc.weight.max() == 9


# case: wrapped in one branch, written in the other
from torch import nn
from torch.nn.utils import weight_norm


class Either(nn.Module):
    def __init__(self, normalize):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        if normalize:
            self.fc = weight_norm(self.fc)
        else:
            nn.init.constant_(self.fc.weight, 9.0)


class Early(nn.Module):
    def __init__(self, normalize):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        if normalize:
            weight_norm(self.fc)
            return
        nn.init.constant_(self.fc.weight, 9.0)


# torch: Either(False).fc.weight.max() == 9 and Early(False).fc.weight.max() == 9


# case: wrapped under a condition, and written without one
from torch import nn
from torch.nn.utils import weight_norm


class Optional(nn.Module):
    def __init__(self, normalize):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        if normalize:
            self.fc = weight_norm(self.fc)
        nn.init.constant_(self.fc.weight, 9.0)  # TTL404


# torch: [m := Optional(True), m.fc(torch.ones(1, 2))] and m.fc.weight.max() < 1


# case: wrapped and written under conditions of their own is likely, not proven
from torch import nn
from torch.nn.utils import weight_norm


class Conditions(nn.Module):
    def __init__(self, normalize, init):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        if normalize:
            self.fc = weight_norm(self.fc)
        if init == "constant":
            nn.init.constant_(self.fc.weight, 9.0)  # TTL404


# torch: [m := Conditions(True, "constant"), m.fc(torch.ones(1, 2))] and m.fc.weight.max() < 1


# case: what needs both conditions is not proven
# certainty: proven
from torch import nn
from torch.nn.utils import weight_norm


class Conditions(nn.Module):
    def __init__(self, normalize, init):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        if normalize:
            self.fc = weight_norm(self.fc)
        if init == "constant":
            nn.init.constant_(self.fc.weight, 9.0)

    def reset(self, hard):
        if hard:
            self.fc.weight.data.fill_(9.0)


# torch: [m := Conditions(True, ""), m.fc(torch.ones(1, 2))] and m.fc.weight.max() < 1


# case: conditions that exclude each other
from torch import nn
from torch.nn.utils import weight_norm


class Exclusive(nn.Module):
    def __init__(self, normalize):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        if normalize:
            self.fc = weight_norm(self.fc)
        self.bias = None
        if not normalize:
            pass
        if normalize:
            nn.init.zeros_(self.fc.bias)
        else:
            nn.init.constant_(self.fc.weight, 9.0)


# torch: Exclusive(False).fc.weight.max() == 9
