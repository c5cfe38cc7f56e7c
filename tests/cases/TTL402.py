"""Cases of TTL402: a name that the module does not have."""

# case: a recurrent layer has no weight
from torch import nn
from torch.nn.utils import parametrizations, spectral_norm, weight_norm


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        if kind == 0:
            self.rnn = weight_norm(nn.LSTM(4, 4))  # TTL402
        elif kind == 1:
            self.rnn = spectral_norm(nn.GRU(4, 4))  # TTL402
        elif kind == 2:
            self.rnn = parametrizations.weight_norm(nn.RNN(4, 4))  # TTL402
        else:
            self.rnn = parametrizations.orthogonal(nn.LSTM(4, 4), "weight_hh")  # TTL402


# torch: "'LSTM' object has no attribute 'weight'" in error(lambda: Recurrent(0))
# torch: "KeyError: 'weight'" in error(lambda: Recurrent(1))
# torch: "ValueError" in error(lambda: Recurrent(2)) and "ValueError" in error(lambda: Recurrent(3))


# case: layers and directions that were not asked for
from torch import nn
from torch.nn.utils import weight_norm as wn


def second_layer():
    return wn(nn.LSTM(4, 4), "weight_hh_l1")  # TTL402


def backwards():
    return wn(nn.LSTM(4, 4, num_layers=2), name="weight_ih_l0_reverse")  # TTL402


def without_bias():
    return wn(nn.GRU(4, 4, bias=False), "bias_ih_l0")  # TTL402


# torch: all("object has no attribute" in error(each) for each in (second_layer, backwards, without_bias))


# case: cells number no layers
import torch as th


class Cell(th.nn.Module):
    def __init__(self):
        super(Cell, self).__init__()
        self.cell = th.nn.LSTMCell(4, 4)
        th.nn.utils.spectral_norm(self.cell, "weight_hh_l0")  # TTL402


# torch: "KeyError" in error(Cell)


# case: attention
import torch.nn.utils.parametrizations as pz
from torch import nn


def weight():
    return pz.weight_norm(nn.MultiheadAttention(4, 2))  # TTL402


def packed():
    return pz.weight_norm(nn.MultiheadAttention(4, 2, kdim=3, vdim=3), "in_proj_weight")  # TTL402


def unpacked():
    return pz.weight_norm(nn.MultiheadAttention(4, 2), "q_proj_weight")  # TTL402


def dotted():
    return pz.weight_norm(nn.MultiheadAttention(4, 2), "out_proj.weight")  # TTL402


# torch: all(error(each) for each in (weight, packed, unpacked, dotted))


# case: containers and whole blocks
from torch import nn
from torch.nn.utils import prune, spectral_norm, weight_norm


class Blocks(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.block = nn.TransformerEncoderLayer(4, 2)

    def a(self):
        weight_norm(self.net)  # TTL402

    def b(self):
        spectral_norm(self.block)  # TTL402

    def c(self):
        prune.l1_unstructured(self.net, "weight", amount=0.5)  # TTL402

    def d(self):
        prune.random_structured(self.block, name="weight", amount=0.5, dim=0)  # TTL402


# torch: all(error(getattr(Blocks(), each)) for each in "abcd")


# case: layers that own nothing
from torch import nn
from torch.nn.utils import weight_norm


class Activations(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU()
        weight_norm(self.act)  # TTL402


def dropout():
    return weight_norm(nn.Dropout(0.1))  # TTL402


# torch: "'ReLU' object has no attribute 'weight'" in error(Activations) and error(dropout)


# case: slots that hold None
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm


def a():
    return weight_norm(nn.LayerNorm(4, elementwise_affine=False))  # TTL402


def b():
    return spectral_norm(nn.BatchNorm2d(4, affine=False))  # TTL402


def c():
    return parametrizations.weight_norm(nn.Linear(4, 4, bias=False), "bias")  # TTL402


def d():
    layer = nn.Conv1d(4, 4, 3, bias=False)
    prune.l1_unstructured(layer, "bias", amount=0.5)  # TTL402


def e():
    return spectral_norm(nn.GroupNorm(2, 4, affine=False))  # TTL402


# torch: all(error(each) for each in (a, b, c, d, e))


# case: a slip of the pen
from torch import nn
from torch.nn.utils import prune, weight_norm
from torch.nn.utils.parametrizations import spectral_norm


class Slip(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def a(self):
        weight_norm(self.fc, "weights")  # TTL402

    def b(self):
        spectral_norm(self.fc, name="kernel")  # TTL402

    def c(self):
        prune.l1_unstructured(self.fc, "weigth", 0.5)  # TTL402


# torch: all(error(getattr(Slip(), each)) for each in "abc")


# case: lazy layers have no shape yet
from torch import nn
from torch.nn.utils import parametrizations, spectral_norm, weight_norm


def a():
    return weight_norm(nn.LazyLinear(4))  # TTL402


def b():
    return spectral_norm(nn.LazyConv2d(4, 3))  # TTL402


def c():
    return parametrizations.weight_norm(nn.LazyLinear(4))  # TTL402


# torch: all("uninitialized parameter" in error(each) for each in (a, b, c))


# case: orthogonal needs a matrix
from torch import nn
from torch.nn.utils.parametrizations import orthogonal


def a():
    return orthogonal(nn.LayerNorm(4))  # TTL402


def b():
    return orthogonal(nn.Linear(4, 4), "bias")  # TTL402


def c():
    return orthogonal(nn.BatchNorm1d(4), name="weight")  # TTL402


# torch: all("Expected a matrix or batch of matrices" in error(each) for each in (a, b, c))


# case: a parametrization of a name that is not there
from torch import nn
from torch.nn.utils import parametrize


class Positive(nn.Module):
    def forward(self, w):
        return w.abs()


class Constrained(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 4)
        self._constrain()

    def _constrain(self):
        rnn = self.rnn
        parametrize.register_parametrization(rnn, "weight", Positive())  # TTL402


# torch: "parametrized element with name 'weight'" in error(Constrained)


# case: every layer of a list
from torch import nn
from torch.nn.utils import weight_norm


class Stack(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList([nn.GRU(4, 4) for _ in range(n)])
        for layer in self.layers:
            weight_norm(layer)  # TTL402


# torch: "'GRU' object has no attribute 'weight'" in error(lambda: Stack(1))


# case: the names that are there
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm


class Right(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.LSTM(4, 4), "weight_hh_l0")
        self.b = weight_norm(nn.LSTM(4, 4, 2, bidirectional=True), name="weight_ih_l1_reverse")
        self.c = spectral_norm(nn.GRUCell(4, 4), "weight_hh")
        self.d = parametrizations.weight_norm(nn.MultiheadAttention(4, 2), "in_proj_weight")
        self.e = parametrizations.weight_norm(nn.MultiheadAttention(4, 2, kdim=3, vdim=3), "k_proj_weight")
        self.f = parametrizations.weight_norm(nn.MultiheadAttention(4, 2).out_proj)
        self.g = weight_norm(nn.LSTM(4, 4, proj_size=2), "weight_hr_l0")
        self.h = parametrizations.orthogonal(nn.Conv2d(4, 4, 3))
        self.i = weight_norm(nn.Embedding(4, 4))
        self.j = weight_norm(nn.PReLU(4))
        self.k = spectral_norm(nn.BatchNorm1d(4))
        self.l = parametrizations.spectral_norm(nn.LayerNorm(4))
        self.m = weight_norm(nn.Bilinear(4, 4, 4))
        self.n = nn.Linear(4, 4)
        prune.l1_unstructured(self.n, "bias", amount=0.5)
        self.o = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        weight_norm(self.o[0])
        self.p = weight_norm(nn.ConvTranspose1d(4, 4, 3), dim=1)
        self.q = weight_norm(nn.EmbeddingBag(4, 4))


# torch: error(Right) == ""


# case: buffers count too
import torch
from torch import nn
from torch.nn.utils import parametrize, prune


class Positive(nn.Module):
    def forward(self, w):
        return w.abs()


class Buffers(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)
        parametrize.register_parametrization(self.norm, "running_mean", Positive())


# torch: error(Buffers) == ""


# case: names that are computed
from torch import nn
from torch.nn.utils import prune, weight_norm


class Computed(nn.Module):
    def __init__(self, layers, names):
        super().__init__()
        self.lstm = nn.LSTM(4, 4, num_layers=layers)
        for k in range(layers):
            weight_norm(self.lstm, f"weight_hh_l{k}")
            weight_norm(self.lstm, "weight_ih_l" + str(k))
        for name in names:
            prune.l1_unstructured(self.lstm, name, amount=0.5)
        for name, _ in list(self.lstm.named_parameters()):
            if name.startswith("bias_ih"):
                weight_norm(self.lstm, name, dim=None)


# torch: error(lambda: Computed(2, [])) == ""


# case: layers that are counted elsewhere
from torch import nn
from torch.nn.utils import weight_norm


class Deep(nn.Module):
    def __init__(self, layers, both, bias, affine):
        super().__init__()
        self.lstm = nn.LSTM(4, 4, num_layers=layers, bidirectional=both, bias=bias)
        weight_norm(self.lstm, "weight_hh_l1")
        weight_norm(self.lstm, "weight_hh_l0_reverse")
        weight_norm(self.lstm, "bias_hh_l0", dim=None)
        self.norm = weight_norm(nn.LayerNorm(4, elementwise_affine=affine))
        self.fc = weight_norm(nn.Linear(4, 4, bias=bias), "bias")


# torch: error(lambda: Deep(2, True, True, True)) == ""


# case: classes of the project and classes that are chosen
import torch
from torch import nn
from torch.nn.utils import weight_norm


class Kernel(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 4))
        self.kernel = nn.Parameter(torch.randn(4, 4))


class Weighted(nn.LSTM):
    def __init__(self):
        super().__init__(4, 4)
        self.weight = nn.Parameter(torch.randn(4, 4))


class Chosen(nn.Module):
    def __init__(self, cls, kind, layer):
        super().__init__()
        self.a = weight_norm(Kernel())
        self.b = weight_norm(Kernel(), "kernel")
        self.c = weight_norm(Weighted())
        self.d = weight_norm(cls(4, 4))
        self.e = weight_norm(getattr(nn, kind)(4, 4))
        self.f = weight_norm(layer, "kernel")


# torch: error(lambda: Chosen(nn.Linear, "Linear", Kernel())) == ""


# case: a parameter that was added to the module
import torch
from torch import nn
from torch.nn.utils import weight_norm


class Added(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU()
        self.act.register_parameter("weight", nn.Parameter(torch.randn(4, 4)))
        weight_norm(self.act)
        self.norm = nn.LayerNorm(4, elementwise_affine=False)
        self.norm.weight = nn.Parameter(torch.ones(4))
        weight_norm(self.norm)


# torch: error(Added) == ""


# case: a lazy layer that has run
import torch
from torch import nn
from torch.nn.utils import weight_norm


class Materialized(nn.Module):
    def __init__(self, example):
        super().__init__()
        self.fc = nn.LazyLinear(4)
        self.fc(example)
        weight_norm(self.fc)


# torch: error(lambda: Materialized(torch.ones(1, 3))) == ""


# case: the refusal is caught
from torch import nn
from torch.nn.utils import weight_norm


def wrap(kind):
    layer = nn.LSTM(4, 4)
    try:
        weight_norm(layer, "weight")
    except AttributeError:
        weight_norm(layer, "weight_hh_l0")
    return layer


# torch: error(lambda: wrap(1)) == ""


# case: only layers of one kind
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm


class Filtered(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Conv1d(4, 4, 3), nn.ReLU(), nn.LSTM(4, 4))
        for module in self.net:
            if isinstance(module, nn.Conv1d):
                weight_norm(module)
        self.head = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        for module in self.head:
            if hasattr(module, "weight"):
                spectral_norm(module)


# torch: error(Filtered) == ""


# case: a function of the project with the same name
from torch import nn


def weight_norm(module, name="weight"):
    return module


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = weight_norm(nn.LSTM(4, 4))


# torch: error(Own) == ""
