"""The same mistakes by many ways: the value through functions, methods, branches and classes, the statement in every place."""

# case: TTL102, direct, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = torch.zeros(4).requires_grad_()  # TTL102


# case: TTL103, direct, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = {'a': nn.Parameter(torch.ones(4))}  # TTL103


# case: TTL104, local, number 0
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        x = [nn.Linear(4, 4) for _ in range(3)]
        self.x = x  # TTL104


# case: TTL103, local, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        x = {'a': nn.Parameter(torch.ones(4))}
        self.x = x  # TTL103


# case: TTL101, local2, number 2
import torch
import torch.nn as nn
import torch.nn.functional as F


class A(nn.Module):
    def __init__(self):
        super().__init__()
        x = F.normalize(nn.Parameter(torch.ones(2, 2)))
        y = x
        self.x = y  # TTL101


# case: TTL103, local2, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        x = {'a': nn.Parameter(torch.ones(4))}
        y = x
        self.x = y  # TTL103


# case: TTL301, annotated, number 0
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x: 'object' = nn.ModuleList([nn.Linear(4, 4)] * 3)  # TTL301


# case: TTL103, annotated, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x: 'object' = [nn.Parameter(torch.ones(4)) for _ in range(3)]  # TTL103


# case: TTL102, method, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.build()
    def build(self):
        self.x = torch.ones(4, requires_grad=True)  # TTL102


# case: TTL103, method, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.build()
    def build(self):
        self.x = [nn.Parameter(torch.ones(4)) for _ in range(3)]  # TTL103


# case: TTL104, method-returns, number 1
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = self.make()  # TTL104
    def make(self):
        return {'a': nn.Linear(4, 4), 'b': nn.Linear(4, 4)}


# case: TTL301, method-returns, number 1
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = self.make()
    def make(self):
        return nn.Sequential(*[nn.Linear(4, 4)] * 3)  # TTL301


# case: TTL301, static, number 1
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = self.make()
    @staticmethod
    def make():
        return nn.Sequential(*[nn.Linear(4, 4)] * 3)  # TTL301


# case: TTL104, static, number 1
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = self.make()  # TTL104
    @staticmethod
    def make():
        return {'a': nn.Linear(4, 4), 'b': nn.Linear(4, 4)}


# case: TTL104, function, number 1
import torch.nn as nn


def make():
    return {'a': nn.Linear(4, 4), 'b': nn.Linear(4, 4)}


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = make()  # TTL104


# case: TTL102, function, number 1
import torch
import torch.nn as nn


def make():
    return torch.zeros(4).requires_grad_()


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = make()  # TTL102


# case: TTL104, function-local, number 1
import torch.nn as nn


def make(n, *args, **kwargs):
    out = {'a': nn.Linear(4, 4), 'b': nn.Linear(4, 4)}
    return out


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = make(4)  # TTL104


# case: TTL103, function-local, number 0
import torch
import torch.nn as nn


def make(n, *args, **kwargs):
    out = [nn.Parameter(torch.ones(4)) for _ in range(3)]
    return out


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = make(4)  # TTL103


# case: TTL101, nested-function, number 2
import torch
import torch.nn as nn
import torch.nn.functional as F


class A(nn.Module):
    def __init__(self):
        super().__init__()
        def make():
            return F.normalize(nn.Parameter(torch.ones(2, 2)))
        self.x = make()  # TTL101


# case: TTL402, nested-function, number 1
import torch.nn as nn
from torch.nn.utils import spectral_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        def make():
            return spectral_norm(nn.Linear(4, 4), 'weights')  # TTL402
        self.x = make()


# case: TTL101, lambda, number 2
import torch
import torch.nn as nn
import torch.nn.functional as F


class A(nn.Module):
    def __init__(self):
        super().__init__()
        make = lambda: F.normalize(nn.Parameter(torch.ones(2, 2)))
        self.x = make()  # TTL101


# case: TTL401, lambda, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        make = lambda: weight_norm(nn.Linear(4, 4).weight)  # TTL401
        self.x = make()


# case: TTL102, if, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self, flag=True):
        super().__init__()
        if flag:
            self.x = torch.ones(4, requires_grad=True)  # TTL102
        else:
            self.x = None


# case: TTL103, if, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self, flag=True):
        super().__init__()
        if flag:
            self.x = [nn.Parameter(torch.ones(4)) for _ in range(3)]  # TTL103
        else:
            self.x = None


# case: TTL103, if-config, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        if cfg.use_x:
            self.x = {'a': nn.Parameter(torch.ones(4))}  # TTL103


# case: TTL111, if-config, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        if cfg.use_x:
            self.x = nn.Parameter(torch.zeros(4, dtype=torch.long))  # TTL111


# case: TTL101, elif, number 2
import torch
import torch.nn as nn
import torch.nn.functional as F


class A(nn.Module):
    def __init__(self, mode='b'):
        super().__init__()
        if mode == 'a':
            pass
        elif mode == 'b':
            self.x = F.normalize(nn.Parameter(torch.ones(2, 2)))  # TTL101
        else:
            raise ValueError(mode)


# case: TTL111, elif, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self, mode='b'):
        super().__init__()
        if mode == 'a':
            pass
        elif mode == 'b':
            self.x = nn.Parameter(torch.arange(4))  # TTL111
        else:
            raise ValueError(mode)


# case: TTL401, ternary, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, flag=True):
        super().__init__()
        self.x = weight_norm(nn.Linear(4, 4).weight) if flag else None  # TTL401


# case: TTL402, ternary, number 1
import torch.nn as nn
from torch.nn.utils import spectral_norm


class A(nn.Module):
    def __init__(self, flag=True):
        super().__init__()
        self.x = spectral_norm(nn.Linear(4, 4), 'weights') if flag else None  # TTL402


# case: TTL101, try, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        try:
            self.x = nn.Parameter(torch.ones(4)).unsqueeze(0)  # TTL101
        except ImportError:
            self.x = None


# case: TTL401, try, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        try:
            self.x = weight_norm(nn.Linear(4, 4).weight)  # TTL401
        except ImportError:
            self.x = None


# case: TTL402, with, number 1
import torch
import torch.nn as nn
from torch.nn.utils import spectral_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        with torch.device('cpu'):
            self.x = spectral_norm(nn.Linear(4, 4), 'weights')  # TTL402


# case: TTL301, with, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        with torch.device('cpu'):
            self.x = nn.Sequential(*[nn.Linear(4, 4)] * 3)  # TTL301


# case: TTL404, loop, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def forward(self, x):
        for _ in range(2):
            self.wn.weight.data.normal_()  # TTL404
        return x


# case: TTL402, loop, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def forward(self, x):
        for _ in range(2):
            weight_norm(self.fc, name='weights')  # TTL402
        return x


# case: TTL111, setattr, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        setattr(self, 'x', nn.Parameter(torch.zeros(4, dtype=torch.long)))  # TTL111


# case: TTL101, setattr, number 2
import torch
import torch.nn as nn
import torch.nn.functional as F


class A(nn.Module):
    def __init__(self):
        super().__init__()
        setattr(self, 'x', F.normalize(nn.Parameter(torch.ones(2, 2))))  # TTL101


# case: TTL111, setattr-loop, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ('x', 'z'):
            setattr(self, name, nn.Parameter(torch.zeros(4, dtype=torch.long)))  # TTL111


# case: TTL101, setattr-loop, number 2
import torch
import torch.nn as nn
import torch.nn.functional as F


class A(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ('x', 'z'):
            setattr(self, name, F.normalize(nn.Parameter(torch.ones(2, 2))))  # TTL101


# case: TTL301, setattr-f, number 1
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(2):
            setattr(self, f'x{i}', nn.Sequential(*[nn.Linear(4, 4)] * 3))  # TTL301


# case: TTL104, setattr-f, number 0
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(2):
            setattr(self, f'x{i}', [nn.Linear(4, 4) for _ in range(3)])  # TTL104


# case: TTL104, tuple, number 0
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x, self.n = [nn.Linear(4, 4) for _ in range(3)], 3  # TTL104


# case: TTL402, tuple, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x, self.n = weight_norm(nn.LSTM(4, 4)), 3  # TTL402


# case: TTL102, chain, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = self.y = torch.ones(4, requires_grad=True)  # TTL102


# case: TTL402, chain, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = self.y = weight_norm(nn.LSTM(4, 4))  # TTL402


# case: TTL103, walrus, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        if (x := {'a': nn.Parameter(torch.ones(4))}) is not None:
            self.x = x  # TTL103


# case: TTL102, walrus, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        if (x := torch.zeros(4).requires_grad_()) is not None:
            self.x = x  # TTL102


# case: TTL101, multiline, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = (  # TTL101
            nn.Parameter(torch.ones(4)) * 0.1
        )


# case: TTL102, multiline, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = (  # TTL102
            torch.ones(4, requires_grad=True)
        )


# case: TTL402, subclass, number 1
import torch.nn as nn
from torch.nn.utils import spectral_norm


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(4, 4)


class A(B):
    def __init__(self):
        super().__init__()
        self.x = spectral_norm(nn.Linear(4, 4), 'weights')  # TTL402


# case: TTL101, subclass, number 2
import torch
import torch.nn as nn
import torch.nn.functional as F


class B(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(4, 4)


class A(B):
    def __init__(self):
        super().__init__()
        self.x = F.normalize(nn.Parameter(torch.ones(2, 2)))  # TTL101


# case: TTL401, base, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class P(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = weight_norm(nn.Linear(4, 4).weight)  # TTL401


class A(P):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)


# case: TTL102, base, number 0
import torch
import torch.nn as nn


class P(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = torch.ones(4, requires_grad=True)  # TTL102


class A(P):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)


# case: TTL101, mixin, number 0
import torch
import torch.nn as nn


class Mix:
    def setup(self):
        self.x = nn.Parameter(torch.ones(4)) * 0.1  # TTL101


class A(Mix, nn.Module):
    def __init__(self):
        super().__init__()
        self.setup()


# case: TTL402, mixin, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class Mix:
    def setup(self):
        self.x = weight_norm(nn.LSTM(4, 4))  # TTL402


class A(Mix, nn.Module):
    def __init__(self):
        super().__init__()
        self.setup()


# case: TTL111, nested-class, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = self.Inner()
    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.x = nn.Parameter(torch.arange(4))  # TTL111


# case: TTL402, nested-class, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = self.Inner()
    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.x = weight_norm(nn.LSTM(4, 4))  # TTL402


# case: TTL301, partial, number 1
from functools import partial
import torch.nn as nn


def build(n, k=2):
    return nn.Sequential(*[nn.Linear(4, 4)] * 3)  # TTL301


class A(nn.Module):
    def __init__(self):
        super().__init__()
        make = partial(build, 4)
        self.x = make()


# case: TTL101, partial, number 2
from functools import partial
import torch
import torch.nn as nn
import torch.nn.functional as F


def build(n, k=2):
    return F.normalize(nn.Parameter(torch.ones(2, 2)))


class A(nn.Module):
    def __init__(self):
        super().__init__()
        make = partial(build, 4)
        self.x = make()  # TTL101


# case: TTL101, kwargs, number 2
import torch
import torch.nn as nn
import torch.nn.functional as F


class A(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()
        self.n = kwargs.get('n', 4)
        self.x = F.normalize(nn.Parameter(torch.ones(2, 2)))  # TTL101


# case: TTL103, kwargs, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()
        self.n = kwargs.get('n', 4)
        self.x = [nn.Parameter(torch.ones(4)) for _ in range(3)]  # TTL103


# case: TTL101, dict-registry, number 0
import torch
import torch.nn as nn


def make():
    return nn.Parameter(torch.ones(4)) * 0.1
MAKERS = {'a': make}


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = MAKERS['a']()  # TTL101


# case: TTL401, dict-registry, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


def make():
    return weight_norm(nn.Linear(4, 4).weight)  # TTL401
MAKERS = {'a': make}


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = MAKERS['a']()


# case: TTL111, deepcopy, number 1
import copy
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = copy.deepcopy(nn.Parameter(torch.zeros(4, dtype=torch.long)))  # TTL111


# case: TTL101, deepcopy, number 1
import copy
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = copy.deepcopy(nn.Parameter(torch.ones(4)).unsqueeze(0))  # TTL101


# case: TTL101, dataclass-cfg, number 1
from dataclasses import dataclass
import torch
import torch.nn as nn


@dataclass
class Cfg:
    on: bool = True


class A(nn.Module):
    def __init__(self, cfg: Cfg = Cfg()):
        super().__init__()
        self.cfg = cfg
        if cfg.on:
            self.x = nn.Parameter(torch.ones(4)).unsqueeze(0)  # TTL101


# case: TTL401, dataclass-cfg, number 0
from dataclasses import dataclass
import torch.nn as nn
from torch.nn.utils import weight_norm


@dataclass
class Cfg:
    on: bool = True


class A(nn.Module):
    def __init__(self, cfg: Cfg = Cfg()):
        super().__init__()
        self.cfg = cfg
        if cfg.on:
            self.x = weight_norm(nn.Linear(4, 4).weight)  # TTL401


# case: TTL104, property-late, number 0
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self._x = [nn.Linear(4, 4) for _ in range(3)]  # TTL104
    @property
    def x(self):
        return self._x


# case: TTL301, property-late, number 1
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self._x = nn.Sequential(*[nn.Linear(4, 4)] * 3)  # TTL301
    @property
    def x(self):
        return self._x


# case: TTL402, from-outside, number 1
import torch.nn as nn
from torch.nn.utils import spectral_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 3
a = A()
a.x = spectral_norm(nn.Linear(4, 4), 'weights')  # TTL402


# case: TTL102, from-outside, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 3
a = A()
a.x = torch.ones(4, requires_grad=True)  # TTL102


# case: TTL111, outside-function, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 3


def build():
    a = A()
    a.x = nn.Parameter(torch.zeros(4, dtype=torch.long))  # TTL111
    return a


# case: TTL103, outside-function, number 1
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 3


def build():
    a = A()
    a.x = {'a': nn.Parameter(torch.ones(4))}  # TTL103
    return a


# case: TTL103, lazy-method, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 3
    def setup(self):
        self.x = [nn.Parameter(torch.ones(4)) for _ in range(3)]  # TTL103


# case: TTL401, lazy-method, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 3
    def setup(self):
        self.x = weight_norm(nn.Linear(4, 4).weight)  # TTL401


# case: TTL101, early-return, number 0
import torch
import torch.nn as nn


class A(nn.Module):
    def __init__(self, flag=False):
        super().__init__()
        if flag:
            return
        self.x = nn.Parameter(torch.ones(4)) * 0.1  # TTL101


# case: TTL301, early-return, number 0
import torch.nn as nn


class A(nn.Module):
    def __init__(self, flag=False):
        super().__init__()
        if flag:
            return
        self.x = nn.ModuleList([nn.Linear(4, 4)] * 3)  # TTL301


# case: TTL402, match, number 0
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, mode='a'):
        super().__init__()
        match mode:
            case 'a':
                self.x = weight_norm(nn.LSTM(4, 4))  # TTL402
            case _:
                self.x = None


# case: TTL301, match, number 0
import torch.nn as nn


class A(nn.Module):
    def __init__(self, mode='a'):
        super().__init__()
        match mode:
            case 'a':
                self.x = nn.ModuleList([nn.Linear(4, 4)] * 3)  # TTL301
            case _:
                self.x = None


# case: TTL402, ifexp-cuda, number 0
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = weight_norm(nn.LSTM(4, 4)) if torch.cuda.is_available() or True else None  # TTL402


# case: TTL101, ifexp-cuda, number 2
import torch
import torch.nn as nn
import torch.nn.functional as F


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = F.normalize(nn.Parameter(torch.ones(2, 2))) if torch.cuda.is_available() or True else None  # TTL101


# case: TTL401, init, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
        weight_norm(self.fc.weight)  # TTL401


# case: TTL304, init, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
        self.head.weight = nn.Parameter(self.emb.weight.t())  # TTL304


# case: TTL201, forward, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def forward(self, x):
        self.fc.weight = torch.eye(4)  # TTL201
        return x


# case: TTL404, forward, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def forward(self, x):
        self.wn.weight.data.normal_()  # TTL404
        return x


# case: TTL402, method-public, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm, spectral_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        spectral_norm(self.layers, 'weight')  # TTL402


# case: TTL302, method-public, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        self.head.weight.data = self.emb.weight.data  # TTL302


# case: TTL402, method-private-called-by-forward, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def _tweak(self):
        weight_norm(self.fc, name='weights')  # TTL402
    def forward(self, x):
        self._tweak()
        return x


# case: TTL204, method-private-called-by-forward, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def _tweak(self):
        self.fc.weight[0] = 0  # TTL204
    def forward(self, x):
        self._tweak()
        return x


# case: TTL201, method-public-called-by-forward, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        self.w = self.w * 2  # TTL201
    def forward(self, x):
        self.tweak()
        return x


# case: TTL204, method-public-called-by-forward, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        self.w.zero_()  # TTL204
    def forward(self, x):
        self.tweak()
        return x


# case: TTL204, private-called-by-init, number 3s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
        self._tweak()
    def _tweak(self):
        self.layers[1].weight.fill_(1)  # TTL204


# case: TTL304, private-called-by-init, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
        self._tweak()
    def _tweak(self):
        self.head.weight = nn.Parameter(self.emb.weight.t())  # TTL304


# case: TTL303, public-called-by-init, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
        self.tweak()
    def tweak(self):
        self.head.weight = nn.Parameter(self.emb.weight)  # TTL303


# case: TTL401, public-called-by-init, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
        self.tweak()
    def tweak(self):
        weight_norm(self.fc.weight)  # TTL401


# case: TTL404, reset_parameters, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
        self.reset_parameters()
    def reset_parameters(self):
        nn.init.zeros_(self.wn.weight)  # TTL404


# case: TTL402, reset_parameters, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm, spectral_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
        self.reset_parameters()
    def reset_parameters(self):
        spectral_norm(self.layers, 'weight')  # TTL402


# case: TTL401, training_step, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def training_step(self, batch, i):
        weight_norm(self.fc.weight)  # TTL401
        return batch.sum()


# case: TTL402, training_step, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def training_step(self, batch, i):
        weight_norm(self.fc, name='weights')  # TTL402
        return batch.sum()


# case: TTL302, if-training, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def forward(self, x):
        if self.training:
            self.head.weight.data = self.emb.weight.data  # TTL302
        return x


# case: TTL201, if-training, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def forward(self, x):
        if self.training:
            self.w = self.w * 2  # TTL201
        return x


# case: TTL404, else, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def forward(self, x, mask=None):
        if mask is not None:
            x = x * mask
        else:
            nn.init.zeros_(self.wn.weight)  # TTL404
        return x


# case: TTL201, else, number 2s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def forward(self, x, mask=None):
        if mask is not None:
            x = x * mask
        else:
            self.layers[0].bias = torch.zeros(4)  # TTL201
        return x


# case: TTL204, subclass-init, number 3s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class S(A):
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        self.layers[1].weight.fill_(1)  # TTL204


# case: TTL404, subclass-init, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class S(A):
    def __init__(self, *a, **k):
        super().__init__(*a, **k)
        nn.init.zeros_(self.wn.weight)  # TTL404


# case: TTL201, subclass-forward, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class S(A):
    def forward(self, x):
        self.fc.weight = torch.eye(4)  # TTL201
        return x


# case: TTL404, subclass-forward, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class S(A):
    def forward(self, x):
        self.wn.weight.data.normal_()  # TTL404
        return x


# case: TTL204, alias-self, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        m = self
        m.fc.weight[0] = 0  # TTL204


# case: TTL302, alias-self, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        m = self
        m.head.weight.data = m.emb.weight.data  # TTL302


# case: TTL402, function-of-model, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm, spectral_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def tweak():
    m = A()
    spectral_norm(m.layers, 'weight')  # TTL402
    return m


# case: TTL201, function-of-model, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def tweak():
    m = A()
    m.fc.weight = torch.eye(4)  # TTL201
    return m


# case: TTL204, function-arg-called, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def tweak(m):
    m.fc.weight[0] = 0  # TTL204
    return m


def main():
    return tweak(A())


# case: TTL201, function-arg-called, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def tweak(m):
    m.fc.weight = torch.eye(4)  # TTL201
    return m


def main():
    return tweak(A())


# case: TTL204, main-script, number 3s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


if __name__ == '__main__':
    m = A()
    m.layers[1].weight.fill_(1)  # TTL204


# case: TTL201, main-script, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


if __name__ == '__main__':
    m = A()
    m.w = m.w * 2  # TTL201


# case: TTL204, module-level, number 3s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def late():
    pass


model = A()
model.layers[1].weight.fill_(1)  # TTL204


# case: TTL404, module-level, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def late():
    pass


model = A()
nn.init.zeros_(model.wn.weight)  # TTL404


# case: TTL302, container-class, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class T:
    def __init__(self):
        self.model = A()
    def fix(self):
        self.model.head.weight.data = self.model.emb.weight.data  # TTL302


# case: TTL204, container-class, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class T:
    def __init__(self):
        self.model = A()
    def fix(self):
        self.model.w.zero_()  # TTL204


# case: TTL204, child-of-module, number 2s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = A()
    def fix(self):
        self.net.w *= 2  # TTL204


# case: TTL402, child-of-module, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm, spectral_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = A()
    def fix(self):
        spectral_norm(self.net.layers, 'weight')  # TTL402


# case: TTL201, child-in-list, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.nets = nn.ModuleList([A(), A()])
        for net in self.nets:
            net.w = net.w * 2  # TTL201


# case: TTL404, child-in-list, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.nets = nn.ModuleList([A(), A()])
        for net in self.nets:
            nn.init.zeros_(net.wn.weight)  # TTL404


# case: TTL401, classmethod, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    @classmethod
    def build(cls, n=4):
        m = cls(n)
        weight_norm(m.fc.weight)  # TTL401
        return m


# case: TTL204, annotated-arg, number 2s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def fix(m: A) -> None:
    m.w *= 2  # TTL204


# case: TTL304, annotated-arg, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def fix(m: A) -> None:
    m.head.weight = nn.Parameter(m.emb.weight.t())  # TTL304


# case: TTL201, try-finally, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        try:
            pass
        finally:
            self.fc.weight = torch.eye(4)  # TTL201


# case: TTL204, try-finally, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        try:
            pass
        finally:
            self.w.zero_()  # TTL204


# case: TTL201, closure, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        def inner():
            self.w = self.w * 2  # TTL201
        inner()


# case: TTL302, closure, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))
    def tweak(self):
        def inner():
            self.head.weight.data = self.emb.weight.data  # TTL302
        inner()


# case: TTL402, epoch-loop, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm, spectral_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def train(epochs=2):
    net = A()
    opt = torch.optim.SGD(net.parameters(), lr=.1)
    for epoch in range(epochs):
        opt.zero_grad()
        spectral_norm(net.layers, 'weight')  # TTL402
        opt.step()
    return net


# case: TTL201, epoch-loop, number 2s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def train(epochs=2):
    net = A()
    opt = torch.optim.SGD(net.parameters(), lr=.1)
    for epoch in range(epochs):
        opt.zero_grad()
        net.layers[0].bias = torch.zeros(4)  # TTL201
        opt.step()
    return net


# case: TTL302, to-device, number 0s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def main():
    net = A().to('cpu').train()
    net.head.weight.data = net.emb.weight.data  # TTL302


# case: TTL201, to-device, number 1s
import torch
import torch.nn as nn
from torch.nn.utils import weight_norm


class A(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.w = nn.Parameter(torch.ones(n))
        self.fc = nn.Linear(n, n)
        self.emb = nn.Embedding(n, n)
        self.head = nn.Linear(n, n, bias=False)
        self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(2)])
        self.wn = weight_norm(nn.Linear(n, n))


def main():
    net = A().to('cpu').train()
    net.fc.weight = torch.eye(4)  # TTL201
