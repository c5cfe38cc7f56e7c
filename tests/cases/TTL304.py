"""Cases of TTL304: a weight that claims to be the transpose of another."""

# case: a second parameter over the transpose
from torch import nn


class Autoencoder(nn.Module):
    def __init__(self, size, code):
        super().__init__()
        self.enc = nn.Linear(size, code)
        self.dec = nn.Linear(code, size)
        self.dec.weight = nn.Parameter(self.enc.weight.t())  # TTL304


# torch: len(list(Autoencoder(4, 2).parameters())) == 4
# torch: (m := Autoencoder(4, 2).double()).dec.weight.data_ptr() != m.enc.weight.data_ptr()


# case: every spelling of a transpose
import torch
from torch import nn
from torch.nn import Parameter as P


class Spelled(nn.Module):
    def __init__(self):
        super(Spelled, self).__init__()
        self.enc = nn.Linear(4, 2)
        self.a = nn.Linear(2, 4)
        self.b = nn.Linear(2, 4)
        self.c = nn.Linear(2, 4)
        self.d = nn.Linear(2, 4)
        self.e = nn.Linear(2, 4)
        self.f = nn.Linear(2, 4)
        self.g = nn.Linear(2, 4)
        self.h = nn.Linear(2, 4)
        self.a.weight = P(self.enc.weight.T)  # TTL304
        self.b.weight = P(self.enc.weight.data.t())  # TTL304
        self.c.weight = P(self.enc.weight.transpose(0, 1).detach())  # TTL304
        self.d.weight = P(self.enc.weight.permute(1, 0))  # TTL304
        self.e.weight = P(torch.t(self.enc.weight))  # TTL304
        self.f.weight = P(torch.transpose(self.enc.weight, 0, 1))  # TTL304
        self.g.weight = P(self.enc.weight.mT)  # TTL304
        self.h.weight = P(self.enc.weight.swapaxes(0, 1))  # TTL304


# torch: len({p.data_ptr() for name, p in Spelled().named_parameters() if "weight" in name}) == 1


# case: through data
import torch as th


class Through(th.nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = th.nn.Linear(4, 2)
        self.dec = th.nn.Linear(2, 4)
        with th.no_grad():
            self.dec.weight.data = self.enc.weight.data.t()  # TTL304


# torch: (m := Through()).dec.weight.data_ptr() == m.enc.weight.data_ptr()


# case: directly
from torch import nn


class Direct(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 2)
        self.dec = nn.Linear(2, 4)
        self.dec.weight = self.enc.weight.t()  # TTL304


# torch: "cannot assign 'torch.FloatTensor' as parameter 'weight'" in error(Direct)


# case: directly, in forward
from torch import nn


class Forward(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 2)
        self.dec = nn.Linear(2, 4)

    def forward(self, x):
        self.dec.weight = self.enc.weight.transpose(0, 1)  # TTL304
        return self.dec(self.enc(x))


# torch: "parameter 'weight'" in error(lambda: Forward()(torch.ones(1, 4)))


# case: through local names and a helper
from torch import nn


class Helped(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(4, 2), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(2, 4))
        self._tie()

    def _tie(self):
        first = self.encoder[0]
        w = first.weight.t()
        last = self.decoder[0]
        last.weight = nn.Parameter(w)  # TTL304


# torch: (m := Helped()).decoder[0].weight.data_ptr() == m.encoder[0].weight.data_ptr()


# case: parameters of the module itself
import torch
from torch import nn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(4, 2))
        self.w_back = nn.Parameter(self.w.t())  # TTL304


# torch: len(list(Own().parameters())) == 2


# case: two levels deep, in a subclass
from torch import nn


class Coder(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.fc = nn.Linear(a, b)


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = Coder(4, 2)


class Model(Base):
    def __init__(self):
        super().__init__()
        self.dec = Coder(2, 4)
        self.dec.fc.weight = nn.Parameter(self.enc.fc.weight.t())  # TTL304


# torch: (m := Model()).dec.fc.weight.data_ptr() == m.enc.fc.weight.data_ptr()


# case: setattr and a tuple
from torch import nn


class Set(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 2)
        self.dec = nn.Linear(2, 4)
        self.out = nn.Linear(2, 4)
        setattr(self.dec, "weight", nn.Parameter(self.enc.weight.t()))  # TTL304
        self.out.weight, self.tied = nn.Parameter(self.enc.weight.t()), True  # TTL304


# torch: (m := Set()).dec.weight.data_ptr() == m.out.weight.data_ptr()


# case: a condition
from torch import nn


class Optional(nn.Module):
    def __init__(self, tied):
        super().__init__()
        self.enc = nn.Linear(4, 2)
        self.dec = nn.Linear(2, 4)
        if tied:
            self.dec.weight = nn.Parameter(self.enc.weight.t())  # TTL304


# torch: len(list(Optional(True).parameters())) == 4


# case: on a model that a function builds
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 2)
        self.dec = nn.Linear(2, 4)


def build():
    model = Model()
    model.dec.weight = nn.Parameter(model.enc.weight.t())  # TTL304
    return model


# torch: (m := build()).dec.weight.data_ptr() == m.enc.weight.data_ptr()


# case: used where the decoder is computed
import torch
import torch.nn.functional as F
from torch import nn


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 2)
        self.bias = nn.Parameter(torch.zeros(4))

    @property
    def decoder_weight(self):
        return self.enc.weight.t()

    def forward(self, x):
        code = self.enc(x)
        w = self.enc.weight.t()
        return F.linear(code, self.enc.weight.t(), self.bias) + F.linear(code, w) + F.linear(code, self.decoder_weight)


# torch: Functional()(torch.ones(1, 4)).shape == (1, 4)


# case: a parametrization over the same parameter
import torch.nn.utils.parametrize as P
from torch import nn


class Transpose(nn.Module):
    def forward(self, w):
        return w.t()

    def right_inverse(self, w):
        return w.t()


class Parametrized(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 2)
        self.dec = nn.Linear(2, 4)
        P.register_parametrization(self.dec, "weight", Transpose())
        self.dec.parametrizations.weight.original = self.enc.weight


# torch: (m := Parametrized().double()).dec.weight.data_ptr() == m.enc.weight.data_ptr()


# case: a transposed start
import torch
from torch import nn


class Started(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 2)
        self.dec = nn.Linear(2, 4)
        self.out = nn.Linear(2, 4)
        self.dec.weight.data.copy_(self.enc.weight.data.t())
        self.out.weight = nn.Parameter(self.enc.weight.t().clone())
        with torch.no_grad():
            self.dec.weight.copy_(self.enc.weight.t())


# torch: len({p.data_ptr() for p in Started().parameters()}) == 6


# case: a weight transposed in its own layer
import torch
from torch import nn


class Relaid(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
        self.w = nn.Parameter(torch.ones(2, 3))
        self.fc.weight = nn.Parameter(self.fc.weight.t())
        self.fc.weight.data = self.fc.weight.data.t()
        self.w = nn.Parameter(self.w.T.contiguous())


# torch: Relaid().fc.weight.shape == (2, 4) and Relaid().w.shape == (3, 2)


# case: the transposed layer replaces the other
import torch
from torch import nn


class Conv1D(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(a, b))


class Converted(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = Conv1D(4, 2)

    def convert(self):
        linear = nn.Linear(4, 2, bias=False)
        linear.weight = nn.Parameter(self.proj.weight.t())
        self.proj = linear


def to_linear(conv):
    linear = nn.Linear(4, 2, bias=False)
    linear.weight = nn.Parameter(conv.weight.t())
    return linear


def build():
    conv = Conv1D(4, 2)
    linear = nn.Linear(4, 2, bias=False)
    linear.weight.data = conv.weight.data.t()
    return linear


# torch: [m := Converted(), m.convert()] and m.proj(torch.ones(1, 4)).shape == (1, 2)


# case: transposes of new values
import torch
from torch import nn


class Fresh(nn.Module):
    def __init__(self, table):
        super().__init__()
        self.fc = nn.Linear(4, 2)
        self.fc.weight = nn.Parameter(torch.randn(4, 2).t())
        self.dec = nn.Linear(2, 4)
        self.dec.weight = nn.Parameter(table.t())
        self.w = nn.Parameter(torch.zeros(2, 3).transpose(0, 1))


# torch: error(lambda: Fresh(torch.ones(2, 4))) == ""


# case: a buffer that holds a transposed copy
import torch
from torch import nn


class Buffered(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(4, 2)
        self.register_buffer("start", self.enc.weight.detach().t().clone())

    def forward(self, x):
        self.start = self.enc.weight.detach().t()
        return x @ self.start


# torch: Buffered()(torch.ones(1, 4)).shape == (1, 2)


# case: a true tie, and a transpose in use
from torch import nn


class SameLayout(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)
        self.head.weight = self.embed.weight

    def similarity(self, x):
        return x @ self.embed.weight.T


# torch: parameter_names(SameLayout()) == ["embed.weight", "head.bias"]
