"""Clean code that looks wrong: nothing is found in any of it, and all of it runs under torch."""

# case: what forward builds that has no weights of its own to lose
import torch
import torch.nn as nn


class T2(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = 3
    def forward(self, x):
        conv = nn.Conv2d(self.c, self.c, 3, bias=False, groups=self.c)
        conv.weight.data = torch.ones(3, 1, 3, 3) / 9
        conv.weight.requires_grad = False
        return conv(x)


class T3(nn.Module):
    def forward(self, x):
        delta = nn.Parameter(torch.zeros_like(x))
        opt = torch.optim.SGD([delta], lr=.1)
        for _ in range(2):
            opt.zero_grad(); ((x + delta) ** 2).sum().backward(); opt.step()
        return x + delta.detach()


# torch: T2()(torch.ones(1, 3, 5, 5)).shape[1] == 3

# torch: T3()(torch.ones(2, 3)).shape == (2, 3)


# case: a list that another method or a function registers
from collections import OrderedDict
import torch.nn as nn


class T4(nn.Module):
    def __init__(self, n=2):
        super().__init__()
        self.layers = []
        for i in range(n):
            self._add(nn.Linear(3, 3))
        self._finish()
    def _add(self, l):
        self.layers.append(l)
    def _finish(self):
        self.layers = nn.ModuleList(self.layers)


class T5(nn.Module):
    def __init__(self):
        super().__init__()
        specs = [("a", nn.Linear(3, 3)), ("b", nn.ReLU())]
        self.net = nn.Sequential(OrderedDict(specs))
        self.names = [n for n, _ in specs]


def register(owner, name, m):
    setattr(owner, name, m)
    owner.blocks.append(m)


class T6(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = []
        for i in range(3):
            register(self, f"b{i}", nn.Linear(3, 3))


# torch: len(parameter_names(T4())) == 4

# torch: len(parameter_names(T6())) == 6


# case: sharing that says so
import torch.nn as nn


class T7(nn.Module):
    def __init__(self):
        super().__init__()
        shared = nn.Linear(3, 3)
        self.heads = nn.ModuleList([shared] * 3)


class T8(nn.Module):
    def __init__(self, share_layers=True):
        super().__init__()
        block = nn.Linear(3, 3)
        self.layers = nn.ModuleList([block for _ in range(3)]) if share_layers else nn.ModuleList([nn.Linear(3, 3) for _ in range(3)])


# torch: len(parameter_names(T8())) == 2


# case: a weight that was deleted first and names that are buffers
from torch import Tensor
import torch
import torch.nn as nn


class T9(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)
        w = self.l.weight.detach()
        delattr(self.l, "weight")
        self.l.register_buffer("weight", w * 2)


class T10(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("m", torch.zeros(3))
        self.s: Tensor
        self.register_buffer("s", torch.ones(3))
    def forward(self, x):
        self.m = self.m * 0.9 + x.mean(0) * 0.1
        self.s.mul_(0.9)
        self.m += 1
        return x * self.m


class T11(nn.Module):
    def __init__(self, bias=True):
        super().__init__()
        self.bias = bias
        if bias:
            self.bias = nn.Parameter(torch.zeros(3))
        self.scale = None
        self.scale = nn.Parameter(torch.ones(1))


# torch: T10()(torch.ones(2, 3)).shape == (2, 3)

# torch: parameter_names(T11()) == ['bias', 'scale']


# case: writes in place on what was computed from a parameter
import torch
import torch.nn as nn
import torch.nn.functional as F


class T12(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
    def forward(self, x):
        w = self.w
        w = w / w.norm()
        w[0]
        y = x * w
        y += self.w
        y[0] = 0
        x = x.clone()
        x *= self.w
        return y + x


class T13(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3, 3))
    def forward(self, x):
        w = self.w.clone()
        w.fill_diagonal_(0)
        m = self.w * 1
        m[0] = 0
        e = self.w.expand(2, 3, 3).clone()
        e.zero_()
        r = self.w.repeat(2, 1)
        r.zero_()
        s = torch.stack([self.w, self.w])
        s[0] = 1
        c = torch.cat([self.w])
        c.mul_(2)
        f = self.w[[0, 1]]
        f.zero_()
        g = self.w[torch.tensor([0])]
        g.add_(1)
        h = self.w.sum()
        h += 1
        i = self.w.to(torch.float64)
        i.zero_()
        j = F.relu(self.w)
        j.zero_()
        k = self.w.index_select(0, torch.tensor([0]))
        k.zero_()
        return w.sum() + x


# torch: T13()(torch.ones(3)).shape == (3,)

# torch: T12()(torch.ones(3)).shape == (3,)


# case: guards around a write, decorators and switches
import contextlib
import torch
import torch.nn as nn


class T14(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
    @torch.no_grad()
    def ema(self, o):
        self.w.mul_(0.9).add_(o, alpha=0.1)
        self._inner()
    def _inner(self):
        self.w.clamp_(0, 1)
    def step(self):
        guard = torch.no_grad()
        with guard:
            self.w.zero_()
    def step2(self):
        with contextlib.ExitStack() as s:
            s.enter_context(torch.no_grad())
            self.w.zero_()
    def step3(self, train=False):
        with torch.set_grad_enabled(False):
            self.w.zero_()
    def step4(self):
        prev = torch.is_grad_enabled()
        torch.set_grad_enabled(False)
        self.w.zero_()
        torch.set_grad_enabled(prev)
    @torch.inference_mode()
    def q(self):
        return self.w.t()


# case: frozen in many ways before the write
import torch
import torch.nn as nn


class T15(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding.from_pretrained(torch.zeros(3, 3))
        self.e.weight[0] = 1
        self.f = nn.Linear(3, 3)
        self.f.requires_grad_(False)
        self.f.weight.zero_()
        self.g = nn.Linear(3, 3)
        for p in self.g.parameters():
            p.requires_grad = False
        self.g.weight.zero_()
        self.h = nn.Parameter(torch.zeros(3), requires_grad=False)
        self.h += 1
        self.i = nn.Parameter(torch.zeros(3), False)
        self.i.fill_(2)
        self.j = nn.Linear(3, 3).requires_grad_(False)
        self.j.bias.fill_(1)


# torch: len(parameter_names(T15())) == 9


# case: weight norm with its initialisation in the right place
from torch.nn.utils import parametrizations as PZ
from torch.nn.utils import spectral_norm
from torch.nn.utils import weight_norm
import torch
import torch.nn as nn


class T16(nn.Module):
    def __init__(self):
        super().__init__()
        conv = nn.Conv1d(3, 3, 1)
        nn.init.normal_(conv.weight)
        self.conv = weight_norm(conv)
        with torch.no_grad():
            self.conv.weight_g.fill_(1.0)
        nn.init.zeros_(self.conv.bias)
        self.lin = PZ.orthogonal(nn.Linear(3, 3))
        self.lin.weight = torch.eye(3)
        self.sn = spectral_norm(nn.Linear(3, 3))
        nn.init.xavier_uniform_(self.sn.weight_orig)
        self.p = PZ.weight_norm(nn.Linear(3, 3))
        nn.init.ones_(self.p.parametrizations.weight.original0)


class T17(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = weight_norm(nn.Conv1d(3, 3, 1))
        self.d = nn.Linear(3, 3)
        self.apply(self._init)
    def _init(self, m):
        if isinstance(m, nn.Linear):
            nn.init.zeros_(m.weight)
        elif isinstance(m, nn.Conv1d) and not hasattr(m, "weight_g"):
            nn.init.zeros_(m.weight)


# torch: T16().conv.weight.shape == (3, 3, 1)


# case: a tensor that becomes a Parameter, and caches of what is registered
import torch
import torch.nn as nn


class T18(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.zeros(3)
        nn.init.normal_(self.w)
        self.w = nn.Parameter(self.w)
    def forward(self, x):
        return x * self.w


class T19(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3))
        self.linears = [m for m in self.net if isinstance(m, nn.Linear)]
        self.first, self.last = self.net[0], self.net[-1]
        self.pairs = list(zip(self.net[:-1], self.net[1:]))
        self.by_name = dict(self.named_modules())
        self.params = {n: p for n, p in self.named_parameters()}
        self.hooks = [l.register_forward_hook(lambda m, i, o: None) for l in self.linears]


# torch: parameter_names(T18()) == ['w']

# torch: len(parameter_names(T19())) == 4


# case: a teacher kept out on purpose, and an average that is registered
import copy
import types
import weakref
import torch.nn as nn


class T20(nn.Module):
    def __init__(self, teacher):
        super().__init__()
        self.__dict__["teacher"] = teacher
        object.__setattr__(self, "t2", teacher)
        self.t3 = (teacher,)
        self.t4 = weakref.ref(teacher)
        self.t5 = lambda: teacher
        self.t6 = types.SimpleNamespace(m=teacher)
        self.net = nn.Linear(3, 3)


class T21(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(3, 3)
        self.ema = copy.deepcopy(self.net).requires_grad_(False)


# torch: parameter_names(T20(nn.Linear(3, 3))) == ['net.weight', 'net.bias']


# case: a property with a setter over a parameter
import torch
import torch.nn as nn


class T22(nn.Module):
    def __init__(self):
        super().__init__()
        self._scale = nn.Parameter(torch.zeros(1))
    @property
    def scale(self):
        return self._scale.exp()
    @scale.setter
    def scale(self, v):
        with torch.no_grad():
            self._scale.copy_(torch.as_tensor(v).log())
    def reset(self):
        self.scale = torch.ones(1)


# torch: T22().reset() is None


# case: constructors that arrive at Module in their own ways
import torch
import torch.nn as nn
import torch.nn.functional as F


class T23(nn.Module):
    def __init__(self, a):
        self.a = a
        self.cfg = {"x": [1, 2]}
        self.act = F.relu
        self.cls = nn.Linear
        self.t = torch.zeros(3)
        super().__init__()
        self.l = self.cls(3, 3)


class Mix1:
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        self.mix = 1


class T24(Mix1, nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)


class T25(nn.Linear):
    def __init__(self, *a, **k):
        nn.Linear.__init__(self, *a, **k)
        self.g = nn.Parameter(torch.ones(1))
    def reset_parameters(self):
        super().reset_parameters()
        nn.init.zeros_(self.weight)


# torch: len(parameter_names(T24())) == 2

# torch: len(parameter_names(T25(2, 2))) == 3


# case: fast weights, vectors and state dicts
from collections import OrderedDict
import torch
import torch.nn as nn
import torch.nn.functional as F


class T26(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)
    def inner(self, x):
        fast = OrderedDict(self.named_parameters())
        grads = torch.autograd.grad(F.linear(x, fast["l.weight"], fast["l.bias"]).sum(), fast.values())
        fast = OrderedDict((k, v - 0.1 * g) for (k, v), g in zip(fast.items(), grads))
        return F.linear(x, fast["l.weight"], fast["l.bias"])


class T27(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)
        self.m = nn.Linear(3, 3)
    def load(self, v):
        torch.nn.utils.vector_to_parameters(v, self.parameters())
        self.l.weight.data = v[:9].view(3, 3).clone()
        self.m.weight.data.copy_(self.l.weight.data)
        self.m.load_state_dict(self.l.state_dict())


# torch: T26().inner(torch.ones(1, 3)).shape == (1, 3)

# torch: T27().load(torch.ones(24)) is None


# case: untied, resized and pruned on purpose
from torch.nn.utils import prune
import torch.nn as nn


class T28(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(4, 3)
        self.h = nn.Linear(3, 4, bias=False)
        self.h.weight = self.e.weight
    def untie(self):
        self.h.weight = nn.Parameter(self.e.weight.detach().clone())


class T29(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(4, 3)
    def resize(self, n):
        new = nn.Embedding(n, 3)
        new.weight.data[:4] = self.e.weight.data
        self.e = new
    def prune(self, idx):
        self.e.weight = nn.Parameter(self.e.weight[idx])
        self.e.num_embeddings = len(idx)


# torch: T29().prune([0, 1]) is None


# case: lists and tables of functions, classes and layers without state
from functools import partial
import torch
import torch.nn as nn
import torch.nn.functional as F


class T30(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.ModuleList([nn.Linear(3, 3) for _ in range(2)])
        self.outs = []
    def forward(self, x):
        outs = []
        self.outs = []
        for l in self.l:
            x = l(x)
            outs.append(x)
            self.outs.append(x)
        return outs


class T31(nn.Module):
    acts = {"relu": nn.ReLU(), "gelu": nn.GELU, "id": nn.Identity()}
    def __init__(self, act="relu"):
        super().__init__()
        self.act = self.acts[act]
        self.makers = [partial(nn.Linear, 3), nn.Linear, lambda: nn.Linear(3, 3)]
        self.fns = {"a": self.f, "b": F.relu, "c": torch.tanh}
        self.l = self.makers[0](3)
    def f(self, x):
        return x


class T32(nn.Module):
    loss_fn = nn.CrossEntropyLoss()
    act = nn.ReLU(inplace=True)
    def __init__(self, criterion=nn.MSELoss(), act=nn.ReLU(), pool=nn.MaxPool2d(2), ident=nn.Identity()):
        super().__init__()
        self.criterion = criterion


# torch: len(T30()(torch.ones(1, 3))) == 2

# torch: parameter_names(T32()) == []


# case: torch's containers filled in every way
from collections import OrderedDict
import torch
import torch.nn as nn


class T33(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.ParameterList([nn.Parameter(torch.zeros(2)), torch.zeros(2)])
        self.b = nn.ParameterDict({"x": nn.Parameter(torch.zeros(2))})
        self.b["y"] = nn.Parameter(torch.zeros(2))
        self.b.update({"z": torch.zeros(2)})
        self.c = nn.ParameterList(nn.Parameter(torch.zeros(i)) for i in range(1, 3))
        self.d = nn.ParameterList()
        for _ in range(2):
            self.d.append(nn.Parameter(torch.zeros(2)))
        self.a[0] = nn.Parameter(torch.ones(2))
        self.a += [nn.Parameter(torch.ones(2))]
        self.a.extend(self.c)
    def forward(self):
        return sum(p.sum() for p in self.a) + self.b["x"].sum()


class T34(nn.Module):
    def __init__(self, n=2):
        super().__init__()
        self.a = nn.ModuleDict({str(i): nn.Linear(2, 2) for i in range(n)})
        self.b = nn.ModuleDict([(f"k{i}", nn.Linear(2, 2)) for i in range(n)])
        self.c = nn.ModuleDict()
        for i, k in enumerate("ab"):
            self.c[k] = nn.Linear(2, 2)
            self.c[str(i)] = nn.Linear(2, 2)
        self.c["mod" + str(3)] = nn.Linear(2, 2)
        self.d = nn.ModuleDict({"q": nn.ModuleDict({"r": nn.Linear(2, 2)})})


class T35(nn.Module):
    def __init__(self):
        super().__init__()
        ls = [nn.Linear(2, 2), nn.ReLU()]
        self.a = nn.Sequential(*ls)
        self.b = nn.Sequential(*ls[:1], nn.Linear(2, 2))
        self.c = nn.Sequential()
        self.c.add_module("x", nn.Linear(2, 2))
        self.c.append(nn.Linear(2, 2))
        self.d = nn.Sequential(*(nn.Linear(2, 2) for _ in range(3)))
        self.e = nn.Sequential(*[m for m in (nn.Linear(2, 2), None) if m is not None])
        self.f = nn.Sequential(OrderedDict(a=nn.Linear(2, 2)))
        self.g = self.a + self.b
        self.h = nn.Sequential(*list(self.d.children())[:-1])
        self.i = nn.ModuleList([self.d[0], self.d[1]])


# torch: len(parameter_names(T34())) == 20


# case: references to layers that are registered, and leaves with their own optimizer
from functools import partial
import torch
import torch.nn as nn


class T36(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(2, 2)
        self.ckpt = partial(torch.utils.checkpoint.checkpoint, self.l)
        self.run = self.l.forward
        self.fn = torch.compile(self.l) if False else self.l
        self.cb = [self.l, self.l]
        self.call = lambda x: self.l(x)


class T37(nn.Module):
    def __init__(self):
        super().__init__()
        self.z = torch.zeros(3, requires_grad=True)
        self.opts = {"z": torch.optim.Adam([self.z], lr=.1)}


class T38(nn.Module):
    def __init__(self):
        super().__init__()
        self.z = torch.zeros(3, requires_grad=True)
    def get_params(self):
        return [{"params": [self.z]}]
    def parameters(self, recurse=True):
        yield self.z


# torch: len(parameter_names(T36())) == 2


# case: parameters from factories and from new layers
import torch
import torch.nn as nn
import torch.nn.functional as F


class T39(nn.Module):
    def __init__(self):
        super().__init__()
        mk = lambda *s: nn.Parameter(torch.zeros(*s))
        self.a, self.b = mk(2), mk(3)
        self.c, self.d = (nn.Parameter(torch.zeros(2)) for _ in range(2))
        self.e = nn.init.uniform_(mk(2))
        self.f = nn.Parameter(self.a.data * 2)
        self.g = nn.Parameter(torch.cat([self.a.data, self.b.data]))
        self.h = nn.Parameter(nn.Linear(2, 2).weight.data)
        self.i = nn.Parameter(nn.Linear(2, 2).weight)
        self.j = nn.Parameter(nn.Linear(2, 2).weight.t())


class T40(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(4, 3)
        self.heads = nn.ModuleList([nn.Linear(3, 4, bias=False) for _ in range(3)])
        for h in self.heads:
            h.weight = self.emb.weight


class T41(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(3, 2)
        self.b = nn.Parameter(torch.zeros(3))
    def forward(self, x):
        wt = self.enc.weight.t()
        return F.linear(self.enc(x), wt, self.b)


# torch: len(parameter_names(T40())) == 1

# torch: len(parameter_names(T39())) == 10


# case: conversions, a caught TypeError, a container in one branch
import torch
import torch.nn as nn


class T42(nn.Module):
    @classmethod
    def from_float(cls, mod):
        new = nn.Linear(mod.in_features, mod.out_features)
        new.weight = nn.Parameter(mod.weight.detach())
        new.bias = mod.bias
        return new


class T43(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(2))
    def set(self, v):
        try:
            self.w = v * torch.ones(2)
        except TypeError:
            self.w.data = v * torch.ones(2)


class T44(nn.Module):
    def __init__(self, many):
        super().__init__()
        self.h = nn.ModuleList([nn.Linear(2, 2)]) if many else nn.Linear(2, 2)
    def forward(self, x):
        if isinstance(self.h, nn.ModuleList):
            return [h(x) for h in self.h]
        return self.h(x)


# torch: T43().set(1.0) is None

# torch: T44(False)(torch.ones(1, 2)).shape == (1, 2)


# case: containers with a forward, and untying in the other branch
import torch.nn as nn


class T45(nn.ModuleList):
    def forward(self, x):
        for m in self:
            x = m(x)
        return x


class T46(nn.Module):
    def __init__(self):
        super().__init__()
        self.s = T45([nn.Linear(2, 2)])
    def forward(self, x):
        return self.s(x)


class T47(nn.Module):
    def __init__(self, tie=True):
        super().__init__()
        self.a = nn.Linear(2, 2, bias=False)
        self.b = nn.Linear(2, 2, bias=False)
        if tie:
            self.b.weight = self.a.weight
        else:
            self.b.weight = nn.Parameter(self.a.weight.clone())


# torch: T46()(torch.ones(1, 2)).shape == (1, 2)


# case: parametrizations and hooks that compute a weight
import torch
import torch.nn as nn
import torch.nn.utils.parametrize as P


class T49(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).t()
    def right_inverse(self, a):
        return a.triu()


class T48(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(2, 2)
        P.register_parametrization(self.l, "weight", T49())
        self.l.weight = torch.eye(2)


class T50(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(2, 2)
        w = self.l.weight
        del self.l._parameters["weight"]
        self.l.register_parameter("weight_raw", nn.Parameter(w.data))
        self.l.weight = w.data
        self.l.register_forward_pre_hook(self._pre)
    def _pre(self, m, i):
        m.weight = torch.tanh(m.weight_raw)


# torch: T50().l(torch.ones(1, 2)).shape == (1, 2)


# case: tensors that are no parameters, and floating-point parameters of every making
from torch import Tensor
import torch
import torch.nn as nn
import torch.nn.functional as F


class T51(nn.Module):
    def __init__(self):
        super().__init__()
        self.means = [torch.zeros(3) for _ in range(2)]
        self.table = torch.arange(4)
        self.eps = torch.tensor(1e-5)
        self.hist = {"a": torch.zeros(1)}


class T52(nn.Module):
    def __init__(self, idx, n, dtype=None):
        super().__init__()
        self.a = nn.Parameter(torch.zeros(3, dtype=dtype))
        self.b = nn.Parameter(torch.as_tensor(idx))
        self.c = nn.Parameter(torch.arange(3), requires_grad=False)
        self.d = nn.Parameter(torch.arange(3.0))
        self.e = nn.Parameter(torch.arange(3) / 3)
        self.f = nn.Parameter(torch.arange(3).float())
        self.g = nn.Parameter(torch.Tensor([1, 2]))
        self.h = nn.Parameter(torch.full((2,), 1.0))
        self.i = nn.Parameter(torch.tensor(n))
        self.j = nn.Parameter(torch.linspace(0, 1, 3))
        self.k = nn.Parameter(torch.zeros(3, dtype=torch.cfloat))
        self.l = nn.Parameter(torch.randperm(3).to(torch.float32))
        self.m = nn.Parameter(torch.tensor([1, 2.0]))
        self.n = nn.Parameter(torch.arange(0, 1, 0.1))
        self.o = nn.Parameter(torch.ones(3).cumsum(0))
        self.p = nn.Parameter(torch.eye(3)[torch.tensor([0])])
        self.q = nn.Parameter((torch.rand(3) > .5).float())
        self.r = nn.Parameter(torch.arange(3) * 0.1)
        self.s = nn.Parameter(torch.arange(3, dtype=torch.get_default_dtype()))
        self.t = nn.Parameter(torch.logspace(0, 1, 3))
        self.u = nn.Parameter(torch.arange(3).log())
        self.v = nn.Parameter(torch.arange(3).type(torch.float))
        self.w = nn.Parameter(torch.arange(3).to(torch.zeros(1)))
        self.x = nn.Parameter(torch.sqrt(torch.arange(3)))
        self.y = nn.Parameter(torch.arange(3).type_as(torch.zeros(1)))
        self.z = nn.Parameter(torch.bernoulli(torch.ones(3) * .5))
        self.aa = nn.Parameter(torch.tensor([n, n]))
        self.bb = nn.Parameter(torch.one_hot(torch.arange(3)).float()) if False else None
        self.cc = nn.Parameter(F.one_hot(torch.arange(3)).float())
        self.dd = nn.Parameter(torch.arange(3).view(1, 3).double())
        self.ee = nn.Parameter(torch.where(torch.arange(3) > 1, 1.0, 0.0))
        self.ff = nn.Parameter(torch.arange(3) + 0.5)
        self.gg = nn.Parameter(torch.arange(3) @ torch.arange(3), requires_grad=False)


# torch: len(parameter_names(T52([1.0], 2.0))) > 20


# case: guards of one's own around writes in place
from functools import wraps
import contextlib
import torch
import torch.nn as nn


def no_grad(f):
    @wraps(f)
    def inner(*a, **k):
        with torch.no_grad():
            return f(*a, **k)
    return inner


@contextlib.contextmanager
def frozen(m):
    with torch.no_grad():
        yield m


class U1(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self._init()
    @no_grad
    def _init(self):
        self.w.zero_()
    def a(self):
        with frozen(self):
            self.w.fill_(2)
    def b(self):
        torch.no_grad()(lambda: self.w.fill_(3))()
    @torch.no_grad
    def c(self):
        self.w.fill_(4)
    def d(self):
        with torch.autograd.no_grad(), contextlib.suppress(ValueError):
            self.w.fill_(5)
    def e(self):
        with torch.set_grad_enabled(mode=False):
            self.w.fill_(5)
    def f(self, t=True):
        with torch.set_grad_enabled(not t):
            self.w.fill_(5)
    def g(self):
        w = self.w.data
        w += 1
        w[0] = 3
        v = self.w.detach()
        v.zero_()
        p = self.w
        p.data.add_(1)
        p.requires_grad_(False).add_(1)
    @classmethod
    def make(cls):
        m = cls()
        with torch.no_grad():
            for p in m.parameters():
                p.add_(torch.randn_like(p) * .1)
        return m
    def h(self):
        @torch.no_grad()
        def upd():
            self.w.add_(1)
        upd()
    def i(self):
        self.w.requires_grad = False
        self.w.add_(1)
        self.w.requires_grad = True
    def j(self):
        for p in self.parameters():
            p.requires_grad_(False)
        for p in self.parameters():
            p.zero_()


# torch: U1.make().w.shape == (3,)


# case: an optimizer of one's own
import torch


class SGD(torch.optim.Optimizer):
    def __init__(self, params):
        super().__init__(params, {})
    @torch.no_grad()
    def step(self):
        for g in self.param_groups:
            for p in g["params"]:
                p.add_(p.grad, alpha=-.1)


# case: every way to register what a list holds
from collections import OrderedDict
import torch
import torch.nn as nn


class U2(nn.Module):
    def __init__(self, n=2):
        super().__init__()
        ls = [nn.Linear(2, 2) for _ in range(n)]
        self._ls = ls
        for i, l in enumerate(ls):
            self._modules[f"l{i}"] = l
        ps = [nn.Parameter(torch.zeros(1)) for _ in range(n)]
        self._ps = ps
        for i, p in enumerate(ps):
            self._parameters[f"p{i}"] = p
        qs = {f"q{i}": nn.Linear(2, 2) for i in range(n)}
        self.qs = qs
        for k, v in qs.items():
            nn.Module.add_module(self, k, v)
        self.zs = {k: nn.Linear(2, 2) for k in "ab"}
        [setattr(self, "z" + k, v) for k, v in self.zs.items()]
        self.ys = [nn.Linear(2, 2)]
        self.y0, = self.ys
        self.xs = (nn.Linear(2, 2), nn.Linear(2, 2))
        self.x0, self.x1 = self.xs
        self.vs = [nn.Linear(2, 2), nn.Linear(2, 2)]
        self.v = nn.ModuleList(self.vs)
        self.us = {"a": nn.Linear(2, 2)}
        self.u = nn.ModuleDict(self.us)
        self.ts = [[nn.Linear(2, 2)] for _ in range(n)]
        self.t = nn.ModuleList(nn.ModuleList(t) for t in self.ts)
        self.ss = [nn.Linear(2, 2)]
        self.register_module("s", self.ss[0])
        self.rs = [nn.Linear(2, 2) for _ in range(n)]
        self.r = nn.Sequential(*self.rs)
        self.os = [(f"o{i}", nn.Linear(2, 2)) for i in range(n)]
        self.o = nn.Sequential(OrderedDict(self.os))
        self.ns = [nn.Linear(2, 2) for _ in range(n)]
        self.n = nn.ModuleList()
        self.n.extend(self.ns)
        self.ms = [nn.Linear(2, 2) for _ in range(n)]
        self.m = nn.ModuleList()
        for m in self.ms:
            self.m.append(m)
        self.ks = dict(a=nn.Linear(2, 2))
        self.k = nn.ModuleDict()
        self.k.update(self.ks)
        self.js = [nn.Linear(2, 2) for _ in range(n)]
        self.j = nn.ModuleList([*self.js, nn.Linear(2, 2)])
        self.hs = [nn.Linear(2, 2) for _ in range(n)]
        for i in range(n):
            self.__setattr__(f"h{i}", self.hs[i])
        self.fs = [nn.Linear(2, 2) for _ in range(n)]
        self.__dict__["_modules"].update({f"f{i}": f for i, f in enumerate(self.fs)})


# torch: len(parameter_names(U2())) > 40


# case: surgery on finished models
from torch.nn.utils.fusion import fuse_conv_bn_eval
import torch
import torch.nn as nn


class U3(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 1, 1)
        self.b = nn.BatchNorm2d(1)
        self.fc = nn.Linear(2, 2)
    def fuse(self):
        self.a = fuse_conv_bn_eval(self.a.eval(), self.b.eval())
        self.b = nn.Identity()
        del self.b
        self.fc.weight = nn.Parameter(self.fc.weight * 2)


def convert(m):
    for n, c in m.named_children():
        if isinstance(c, nn.Linear):
            new = nn.Linear(c.in_features, c.out_features, bias=c.bias is not None)
            new.weight = c.weight
            new.bias = c.bias
            setattr(m, n, new)
        else:
            setattr(m, n, convert(c))
    return m


def quant(m):
    for c in m.modules():
        if isinstance(c, nn.Linear):
            c.weight = nn.Parameter(c.weight.data.round())
            del c.bias
            c.register_buffer("bias", torch.zeros(c.out_features))
            c.bias = torch.ones(c.out_features)


# torch: convert(nn.Sequential(nn.Linear(2, 2)))[0].weight.shape == (2, 2)


# case: weights that a hypernetwork makes
import torch
import torch.nn as nn


class U4(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(2, 2)
        self.hyper = nn.Linear(3, 4)
        del self.l.weight
    def forward(self, z, x):
        self.l.weight = self.hyper(z).view(2, 2)
        return self.l(x)


class U5(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(2, 2)
    def forward(self, x):
        params = {k: v * 2 for k, v in self.l.named_parameters()}
        return torch.func.functional_call(self.l, params, x)


# torch: U4()(torch.ones(3), torch.ones(1, 2)).shape == (1, 2)


# case: copies, shared activations and shared heads
from functools import partial
import copy
import torch.nn as nn


class U6(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.cfg = cfg
        norm = partial(nn.LayerNorm, eps=1e-6)
        self.norms = nn.ModuleList([norm(3)] + [norm(3) for _ in range(2)])
        layer = nn.TransformerEncoderLayer(4, 2, 4)
        self.enc = nn.TransformerEncoder(layer, 2)
        self.dec = nn.ModuleList([copy.deepcopy(layer) for _ in range(2)])
        self.act = getattr(nn, cfg.act)()
        self.seq = nn.Sequential(nn.Linear(3, 3), self.act, nn.Linear(3, 3), self.act)
        drop = nn.Dropout(0.1)
        self.seq2 = nn.Sequential(nn.Linear(3, 3), drop, nn.Linear(3, 3), drop)
        pool = nn.MaxPool2d(2)
        self.pools = nn.ModuleList([pool] * 3)
        self.ids = nn.ModuleList([nn.Identity()] * 3)
        self.shared_head = nn.Linear(3, 3)
        self.heads = nn.ModuleList([self.shared_head for _ in range(3)])
        self.cross = nn.ModuleList([nn.Linear(3, 3) if i % 2 else None for i in range(4)])
        first = nn.Linear(3, 3)
        self.body = nn.ModuleList([first] + [nn.Linear(3, 3) for _ in range(3)])


# case: weight norm chosen, removed and applied again
from torch.nn.utils import remove_weight_norm
from torch.nn.utils import weight_norm
from torch.nn.utils.parametrizations import weight_norm as pwn
import torch.nn as nn


class U7(nn.Module):
    def __init__(self, wn=True):
        super().__init__()
        f = weight_norm if wn else (lambda m, **k: m)
        self.a = f(nn.Conv1d(2, 2, 1))
        self.b = f(nn.LSTM(2, 2), name="weight_hh_l0") if wn else nn.LSTM(2, 2)
        self.c = nn.Sequential(f(nn.Linear(2, 2)), nn.ReLU())
        self.d = pwn(nn.ConvTranspose1d(2, 2, 1), dim=1)
        self.e = weight_norm(nn.Embedding(2, 2))
        self.g = weight_norm(nn.Linear(2, 2, bias=True), "bias", dim=0)
    def strip(self):
        for m in self.modules():
            try:
                remove_weight_norm(m)
            except ValueError:
                continue
    def strip2(self):
        remove_weight_norm(self.a)
        nn.init.zeros_(self.a.weight)
        self.a.weight.data.fill_(1)
        self.a = weight_norm(self.a)


class U8(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = self._build()
    def _build(self):
        net = nn.Sequential(nn.Conv1d(2, 2, 1), nn.Conv1d(2, 2, 1))
        net.apply(self._w)
        for i, m in enumerate(net):
            net[i] = weight_norm(m)
        return net
    @staticmethod
    def _w(m):
        if isinstance(m, nn.Conv1d):
            m.weight.data.normal_(0, .02)


# torch: U7().strip() is None


# case: constructors that are delegated
import copy
import torch.nn as nn


class Base(nn.Module):
    def __init__(self, **kw):
        super().__init__()
        self.setup(**kw)
    def setup(self, **kw):
        pass


class U9(Base):
    def setup(self, d=2):
        self.l = nn.Linear(d, d)


class U10(Base):
    def __init__(self, **kw):
        self.d = 3
        Base.__init__(self, **kw)
        self.m = nn.Linear(self.d, 2)


class U11(nn.Module):
    def __init__(self, *a, **k):
        self.__init_real__(*a, **k)
    def __init_real__(self, d=2):
        super().__init__()
        self.l = nn.Linear(d, d)


class U12(nn.Module):
    def __init__(self, other=None):
        if other is not None:
            self.__dict__ = copy.copy(other.__dict__)
            return
        super().__init__()
        self.l = nn.Linear(2, 2)


# torch: len(parameter_names(U11())) == 2


# case: layers without state in forward
import torch.nn as nn


class U15(nn.Module):
    def forward(self, x):
        up = nn.Upsample(scale_factor=2, mode="nearest")
        pad = nn.ReflectionPad2d(1)
        sm = nn.Softmax(dim=1)
        unf = nn.Unfold(3)
        loss = nn.L1Loss()
        cos = nn.CosineSimilarity()
        gn = nn.GroupNorm(1, x.size(1), affine=False)
        ln = nn.LayerNorm(x.shape[1:], elementwise_affine=False)
        i = nn.InstanceNorm2d(x.size(1))
        return sm(pad(up(i(ln(gn(x))))))


# torch: U15()(torch.ones(1, 2, 4, 4)).shape == (1, 2, 10, 10)


# case: layers that helpers build and nobody calls in forward
import torch.nn as nn


class U16(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("k", self.kernel())
    def kernel(self):
        c = nn.Conv2d(1, 1, 3)
        return c.weight.data.clone()
    def build(self, d):
        return nn.Sequential(nn.Linear(d, d), nn.ReLU())
    def head(self):
        return nn.Linear(2, 2)
    @property
    def tmp(self):
        m = nn.Linear(2, 2)
        m.weight.data = self.k[0, 0, :2, :2]
        return m


# case: groups of parameters for an optimizer
from collections import defaultdict
import torch.nn as nn


class U17(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        self.groups = [{"params": [self.a.weight]}, {"params": self.a.bias}]
        self.decay, self.nodecay = [], []
        for n, p in self.named_parameters():
            (self.decay if p.dim() > 1 else self.nodecay).append(p)
        self.by = defaultdict(list)
        for p in self.parameters():
            self.by[p.dim()].append(p)


# torch: len(parameter_names(U17())) == 2


# case: a trainer that is no Module
import torch
import torch.nn as nn


class Trainer:
    def __init__(self, model=None):
        self.model = model or nn.Linear(2, 2)
        self.models = [self.model, nn.Linear(2, 2)]
        self.nets = {"g": nn.Linear(2, 2)}
        self.w = nn.Parameter(torch.zeros(2)) * 2
        self.z = torch.zeros(3, requires_grad=True)
        self.p = [nn.Parameter(torch.zeros(2))]
        self.opt = torch.optim.SGD([*self.model.parameters(), *self.p], lr=.1)
    def step(self):
        self.z = torch.zeros(3, requires_grad=True)
        self.w = self.w * 2
        with torch.no_grad():
            for p in self.model.parameters():
                p.mul_(.5)


# torch: Trainer().step() is None


# case: metaclasses, __new__ and __setattr__ that register
import torch
import torch.nn as nn


class Meta(type):
    def __call__(cls, *a, **k):
        o = cls.__new__(cls, *a, **k)
        nn.Module.__init__(o)
        o.__init__(*a, **k)
        return o


class U18(nn.Module, metaclass=Meta):
    def __init__(self):
        self.l = nn.Linear(2, 2)


class AutoInit(nn.Module):
    def __new__(cls, *a, **k):
        o = super().__new__(cls)
        nn.Module.__init__(o)
        return o


class U19(AutoInit):
    def __init__(self):
        self.l = nn.Linear(2, 2)


class Reg(nn.Module):
    def __setattr__(self, k, v):
        if isinstance(v, list) and v and isinstance(v[0], nn.Module):
            v = nn.ModuleList(v)
        super().__setattr__(k, v)


class U21(Reg):
    def __init__(self):
        super().__init__()
        self.ls = [nn.Linear(2, 2)]


class U22(nn.Module):
    def __init__(self):
        super().__init__()
        self.ls = [nn.Linear(2, 2)]
        self.w = torch.zeros(2, requires_grad=True)
    def named_parameters(self, *a, **k):
        yield from super().named_parameters(*a, **k)
        for i, l in enumerate(self.ls):
            yield from l.named_parameters(prefix=f"ls.{i}")
        yield "w", self.w


# torch: len(parameter_names(U18())) == 2


# case: names for keys that are computed
import torch
import torch.nn as nn


class U23(nn.Module):
    def __init__(self, names=("a", "b"), edges=(("a", "b"),)):
        super().__init__()
        self.w = nn.ParameterDict({n: nn.Parameter(torch.zeros(1)) for n in names})
        self.v = nn.ParameterDict({"__".join(e): nn.Parameter(torch.zeros(1)) for e in edges})
        self.u = nn.ParameterDict()
        for i, n in enumerate(names):
            self.u[f"{n}{i}"] = nn.Parameter(torch.zeros(1))
        self.m = nn.ModuleDict({"_".join(map(str, e)): nn.Linear(1, 1) for e in edges})


# torch: len(parameter_names(U23())) == 7


# case: slots, defaults and loading
import torch
import torch.nn as nn


class U24(nn.Module):
    def __init__(self, affine=True, bias=False):
        super().__init__()
        if affine:
            self.weight = nn.Parameter(torch.empty(3))
            self.bias = nn.Parameter(torch.empty(3))
        else:
            self.register_parameter("weight", None)
            self.register_parameter("bias", None)
        self.reset_parameters()
    def reset_parameters(self):
        if self.weight is not None:
            nn.init.ones_(self.weight)
            nn.init.zeros_(self.bias)
    def freeze(self):
        self.weight = None
        self.bias = None
    def _load_from_state_dict(self, sd, prefix, *a):
        if prefix + "weight" in sd:
            self.weight = nn.Parameter(sd[prefix + "weight"].clone())
        super()._load_from_state_dict(sd, prefix, *a)


class U25(nn.Module):
    def __init__(self, weight=None, n=3):
        super().__init__()
        if weight is None:
            weight = torch.randn(n)
        elif not isinstance(weight, nn.Parameter):
            weight = nn.Parameter(weight)
        self.weight = weight if isinstance(weight, nn.Parameter) else nn.Parameter(weight)
        self.t = nn.Parameter(weight.data.clone().detach())


# torch: parameter_names(U24()) == ['weight', 'bias']


# case: leaves in functions
import torch
import torch.nn.functional as F


def attack(model, x, y):
    delta = torch.zeros_like(x, requires_grad=True)
    for _ in range(2):
        F.mse_loss(model(x + delta), y).backward()
        delta.data = (delta + .1 * delta.grad.sign()).clamp(-1, 1)
        delta.grad.zero_()
    return delta.detach()


def manual(steps=2):
    w = torch.zeros(2, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    for _ in range(steps):
        loss = (w.sum() + b).pow(2).sum()
        loss.backward()
        with torch.no_grad():
            w -= .1 * w.grad
            b -= .1 * b.grad
            w.grad.zero_()
            b.grad = None
    w = w - .1
    w += 1
    return w


# torch: manual().shape == (2,)


# case: a script that edits a model under guards
import copy
import torch
import torch.nn as nn


def script():
    net = nn.Sequential(nn.Linear(2, 2))
    with torch.no_grad():
        net[0].weight.zero_()
    net.requires_grad_(False)
    net[0].bias.fill_(1)
    net[0].weight = nn.Parameter(torch.eye(2))
    net[0] = nn.Linear(2, 2)
    ema = copy.deepcopy(net)
    for p, q in zip(ema.parameters(), net.parameters()):
        p.data.lerp_(q.data, .1)
        p.detach().copy_(q)
    for k, v in net.state_dict().items():
        v.zero_()
    sd = net.state_dict()
    sd["0.weight"] += 1
    net.load_state_dict(sd)
    for g in net.parameters():
        g.grad = torch.zeros_like(g)
        g.grad.mul_(2)
        g.grad += 1
    return net


# torch: script()[0].weight.shape == (2, 2)
