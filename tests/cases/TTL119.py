"""Cases of TTL119: Parameters that nothing gives values."""

# case: empty
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.query = nn.Parameter(torch.empty(size, size))  # TTL119
        self.bias = nn.Parameter(torch.zeros(size))
        nn.init.normal_(self.bias)

    def forward(self, x):
        return x @ self.query + self.bias


# torch: Attention(3).query.is_leaf


# case: the old constructors, in several spellings
import torch as th
from torch.nn.parameter import Parameter as P


class Graph(th.nn.Module):
    def __init__(self, inputs, outputs):
        super(Graph, self).__init__()
        self.weight = P(th.FloatTensor(inputs, outputs))  # TTL119
        self.bias = P(th.Tensor(outputs))  # TTL119
        self.scale = P(th.Tensor(4))  # TTL119

    def forward(self, x, adjacency):
        return adjacency @ x @ self.weight + self.bias


# torch: tuple(Graph(2, 3).bias.shape) == (3,)


# case: reset_parameters that nobody calls
import math

import torch
from torch import nn


class Margin(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.Tensor(outputs, inputs))  # TTL119
        self.register_parameter("bias", nn.Parameter(torch.empty(outputs)))  # TTL119

    def reset_parameters(self):
        bound = 1 / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-bound, bound)
        nn.init.zeros_(self.bias)

    def forward(self, x):
        return nn.functional.linear(x, self.weight, self.bias)


class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.Tensor(3, 3))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.eye_(self.weight)


# case: a private method that nobody calls
import torch
from torch import nn


class Embed(nn.Module):
    def __init__(self, n, size):
        super().__init__()
        self.table = nn.Parameter(torch.empty((n, size)))  # TTL119

    def _reset_parameters(self):
        nn.init.xavier_uniform_(self.table)

    def forward(self, i):
        return self.table[i]


# case: through a local, a conversion and a view
import torch
from torch import nn


class Prompt(nn.Module):
    def __init__(self, n, size, device):
        super().__init__()
        data = torch.empty(n, size).to(device)
        self.prompt = nn.Parameter(data.unsqueeze(0))  # TTL119
        self.other = nn.Parameter(torch.empty_like(data))  # TTL119

    def forward(self, x):
        return x + self.prompt + self.other


# torch: tuple(Prompt(2, 3, "cpu").prompt.shape) == (1, 2, 3)


# case: in a helper method, with setattr in a loop
import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self, size):
        super().__init__()
        self._build(size)

    def _build(self, size):
        for name in ("w_in", "w_out"):
            setattr(self, name, nn.Parameter(torch.empty(size, size)))  # TTL119

    def forward(self, x):
        return x @ self.w_in @ self.w_out


# case: in a list
import torch
from torch import nn


class Experts(nn.Module):
    def __init__(self, n, size):
        super().__init__()
        self.experts = nn.ParameterList([nn.Parameter(torch.empty(size, size)) for _ in range(n)])  # TTL119

    def forward(self, x):
        return sum(x @ expert for expert in self.experts)


# case: a helper function makes it
import torch
from torch import nn


def weight(*sizes, **kwargs):
    return nn.Parameter(torch.empty(*sizes, **kwargs))


class Bilinear(nn.Module):
    def __init__(self, a, b, device=None, dtype=None):
        super().__init__()
        self.weight = weight(a, b, device=device, dtype=dtype)  # TTL119

    def forward(self, x, y):
        return x @ self.weight @ y


# torch: tuple(Bilinear(2, 3).weight.shape) == (2, 3)


# case: another class in the file is initialised, this one is not
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))  # TTL119

    def forward(self, x):
        return x * self.weight


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.xavier_uniform_(m.weight)
        m.bias.data.fill_(0.01)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.scale = Scale(3)
        self.apply(init_weights)

    def forward(self, x):
        return self.scale(self.fc(x))


# case: silent: nn.init in every position
import torch
from torch import nn
from torch.nn import init


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = nn.Parameter(init.xavier_normal_(torch.empty(n, n)))
        self.b = nn.Parameter(torch.empty(n))
        init.uniform_(self.b, -1, 1)
        data = torch.empty(n)
        init.zeros_(data)
        self.c = nn.Parameter(data)
        self.d = nn.Parameter(torch.empty(4, n))
        for chunk in self.d.chunk(4):
            init.constant_(chunk, 1.0)
        self.e = nn.Parameter(torch.empty(n))
        nn.init.normal_(tensor=self.e)
        self.f = nn.Parameter(torch.empty(n, n))
        getattr(nn.init, "orthogonal_")(self.f)


# torch: [m := Net(3)] and all(p.isfinite().all() for p in m.parameters())


# case: silent: data, copies, indexed writes, in-place methods
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, n, values):
        super().__init__()
        self.a = nn.Parameter(torch.empty(n))
        self.a.data = torch.zeros(n)
        self.b = nn.Parameter(torch.empty(n))
        self.b.data.copy_(values)
        self.c = nn.Parameter(torch.empty(n))
        with torch.no_grad():
            self.c[:] = 0.5
            self.c += 1
        self.d = nn.Parameter(torch.Tensor(n).uniform_(0, 1))
        self.e = nn.Parameter(torch.empty(2, n))
        self.e.data[0].fill_(1.0)
        self.e.data[1] = 2.0
        self.f = nn.Parameter(torch.empty(n))
        self.f = nn.Parameter(torch.ones(n))


# case: silent: a loop over the parameters, all or by name
import torch
from torch import nn


class Loop(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = nn.Parameter(torch.empty(n, n))
        self.b = nn.Parameter(torch.empty(n))
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)
            else:
                p.data.uniform_(-1, 1)


class Named(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.a = nn.Parameter(torch.empty(n, n))
        self.init()

    def init(self):
        for name, p in self.named_parameters():
            if "a" in name:
                p.data.normal_()


class Many(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(12):
            setattr(self, f"w{i}", nn.Parameter(torch.empty(n, n)))
        for p in self.parameters():
            nn.init.xavier_uniform_(p)


# case: silent: an init function by name, by class, or applied
import torch
from torch import nn


class Tokens(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.tokens = nn.Parameter(torch.empty(n))


class Mask(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.mask_embed = nn.Parameter(torch.Tensor(n, n))


class Base(nn.Module):
    def _init_weights(self, module):
        if isinstance(module, (nn.Linear, Tokens)):
            module.tokens.data.normal_()
        elif hasattr(module, "mask_embed"):
            nn.init.normal_(module.mask_embed, std=0.02)


# case: silent: an unknown function gets it, or the module
import torch
from torch import nn

from .weights import init_all, trunc_normal_


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.pos = nn.Parameter(torch.empty(n))
        trunc_normal_(self.pos, std=0.02)


class Other(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.pos = nn.Parameter(torch.empty(n))
        init_all(self)


class Applied(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.pos = nn.Parameter(torch.empty(n))
        self.fc = nn.Linear(n, n)
        self.apply(init_all)


# case: silent: the subclass, or the module around it, does it
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n))


class Ones(Base):
    def __init__(self, n):
        super().__init__(n)
        nn.init.ones_(self.weight)


class Head(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.temperature = nn.Parameter(torch.empty(n))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = Head(3)
        self.head.temperature.data.fill_(1.0)


# case: silent: reset_parameters is called by another class
import torch
from torch import nn


class Conv(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.Tensor(n, n))

    def reset_parameters(self):
        nn.init.normal_(self.weight)


class Net(nn.Module):
    def __init__(self, convs):
        super().__init__()
        self.convs = nn.ModuleList(convs)

    def reset_parameters(self):
        for conv in self.convs:
            conv.reset_parameters()


# case: silent: bases that are not known, and those of a framework
import torch
from torch import nn
from transformers import PreTrainedModel

from .base import Layer


class Mine(Layer):
    def __init__(self, n):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n))


class Hub(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.logit_scale = nn.Parameter(torch.empty(1))


# case: silent: code for inference alone
import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(m, n))

    def forward(self, x):
        return nn.functional.linear(x, self.weight)


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = Linear(3, 3)

    @torch.inference_mode()
    def forward(self, x):
        return self.fc(x)


# case: silent: loaded right away
import torch
from torch import nn


class Table(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = nn.Parameter(torch.empty(n))


def load(path):
    model = Table(3)
    model.load_state_dict(torch.load(path))
    return model


# case: silent: data that is given, no elements, frozen, meta
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, values, n):
        super().__init__()
        self.a = nn.Parameter(torch.Tensor(values))
        self.b = nn.Parameter(torch.Tensor([1.0, 2.0]))
        self.c = nn.Parameter(torch.empty(0))
        self.d = nn.Parameter(torch.empty(n, n), requires_grad=False)
        self.e = nn.Parameter(torch.empty(n, n, device="meta"))
        self.f = nn.Parameter(torch.empty(0, n))
        self.register_buffer("g", torch.empty(n))
        self.h = None


# torch: Net([1.0, 2.0], 3).a.tolist() == [1.0, 2.0]


# case: silent: data is set from outside
import torch
from torch import nn


class Table(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = nn.Parameter(torch.empty(n))


def fill(model, values):
    model.table.data = values


# case: silent: an init function loops over what it is given
import torch
from torch import nn


class Table(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.table = nn.Parameter(torch.empty(n))


def initialise(model):
    for p in model.parameters():
        if p.dim() > 1:
            nn.init.xavier_uniform_(p)
        else:
            p.data.zero_()


# case: a closure that a factory makes gives the values
import math
from functools import partial

import torch
from torch import nn


def get_initializer(initializer, count, shape):
    def initialise(weight):
        if len(weight.shape) != 2 or weight.shape[1] != math.prod(shape):
            raise ValueError
        for i in range(count):
            initializer(weight[i].view(shape))

    return initialise


class Experts(nn.Module):
    def __init__(self, count, size):
        super().__init__()
        self.count, self.shape = count, (size, size)
        number = 1
        for side in self.shape:
            number *= side
        self.weight = nn.Parameter(torch.empty(count, number))
        self.reset_parameters()

    def reset_parameters(self):
        init_weight = get_initializer(partial(nn.init.uniform_, a=1.0, b=2.0), self.count, self.shape)
        init_weight(self.weight)


# torch: bool((Experts(3, 2).weight >= 1).all())


# case: what is computed from it is given to other code
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(x)


class Shifted(Base):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.shift = nn.Parameter(torch.empty(4))  # TTL119

    def forward(self, x):
        return super().forward(x + self.shift)


class Scaled(Base):
    def __init__(self, size):
        super().__init__(size)
        self.scale = nn.Parameter(torch.empty(size))  # TTL119

    def forward(self, x):
        return self.fused(x * self.scale)

    def fused(self, x):
        return flash_norm(x * 2)


# torch: (m := Shifted(4)) and m.shift.shape == (4,)


# case: silent: a view of it is given to other code
import torch
from some_library import fill_in_place
from torch import nn


class Shifted(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.shift = nn.Parameter(torch.empty(size))
        self.scale = nn.Parameter(torch.empty(size))
        self.set(self.shift.view(1, -1))
        fill_in_place(self.scale[1:])

    def set(self, values):
        values.data.zero_()

    def forward(self, x):
        return x * self.scale + self.shift


# case: calls beside it whose names only look as if they gave values
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, size, start, norm_layer=nn.LayerNorm):
        super().__init__()
        self.shift = nn.Parameter(torch.empty(size))  # TTL119
        self.norm = norm_layer(size)
        self.bn = nn.BatchNorm1d(size)
        nn.init.constant_(self.bn.weight, start)

    def forward(self, x, eps):
        from some_library import rms_norm

        return rms_norm(x, eps) + self.shift


# torch: Block(3, 1.0).shift.shape == (3,)
