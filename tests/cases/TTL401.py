"""Cases of TTL401: a parameter, a class or a function where a module and a name belong."""

# case: weight_norm over a parameter of one's own
import torch
from torch import nn


class Normalized(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 3))
        self.weight = torch.nn.utils.weight_norm(self.weight)  # TTL401


# torch: "'Parameter' object has no attribute '_forward_pre_hooks'" in error(Normalized)


# case: the weight of a layer
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm


class Layers(nn.Module):
    def __init__(self):
        super(Layers, self).__init__()
        self.fc = nn.Linear(3, 3)
        self.conv = nn.Conv1d(3, 3, 1)

    def normalize(self):
        weight_norm(self.fc.weight)  # TTL401
        spectral_norm(self.conv.weight, n_power_iterations=2)  # TTL401


# torch: "'Parameter' object has no attribute" in error(lambda: Layers().normalize())


# case: a parameter built in the call
import torch
import torch.nn.utils as utils
from torch.nn import Parameter as P


def make():
    return utils.weight_norm(P(torch.randn(3, 3)))  # TTL401


# torch: "'Parameter' object has no attribute '_forward_pre_hooks'" in error(make)


# case: the newer functions under an alias
import torch as th
import torch.nn.utils.parametrizations as pz


class Newer(th.nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.fc = th.nn.Linear(3, 3)
        w = self.fc.weight
        if kind == "weight":
            pz.weight_norm(w)  # TTL401
        elif kind == "spectral":
            pz.spectral_norm(w)  # TTL401
        else:
            pz.orthogonal(self.fc.weight)  # TTL401


# torch: "'Parameter' object has no attribute 'training'" in error(lambda: Newer("weight"))
# torch: "has no parameter or buffer with name 'weight'" in error(lambda: Newer("spectral"))
# torch: "has no parameter or buffer with name 'weight'" in error(lambda: Newer("orthogonal"))


# case: pruning a parameter
import torch.nn.utils.prune as prune
from torch import nn


def a(layer=None):
    layer = nn.Linear(3, 3)
    prune.l1_unstructured(layer.weight, "weight", amount=0.5)  # TTL401


def b():
    layer = nn.Linear(3, 3)
    prune.random_unstructured(layer.weight, amount=0.5)  # TTL401


# torch: "'Parameter' object has no attribute '_forward_pre_hooks'" in error(a)
# torch: "missing 1 required positional argument: 'name'" in error(b)


# case: pruning without a name
from torch import nn
from torch.nn.utils.prune import l1_unstructured


class Pruned(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def shrink(self, amount):
        l1_unstructured(self.fc, amount=amount)  # TTL401


# torch: "missing 1 required positional argument: 'name'" in error(lambda: Pruned().shrink(0.5))


# case: a parameter as the name
from torch import nn
from torch.nn.utils import parametrizations, prune, weight_norm


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def a(self):
        prune.l1_unstructured(self.fc, self.fc.weight, 0.5)  # TTL401

    def b(self):
        prune.ln_structured(self.fc, name=self.fc.weight, amount=0.5, n=2, dim=0)  # TTL401

    def c(self):
        weight_norm(self.fc, self.fc.weight)  # TTL401

    def d(self):
        parametrizations.spectral_norm(self.fc, name=self.fc.weight)  # TTL401


# torch: all(error(getattr(Named(), each)).startswith("TypeError: attribute name must be string") for each in "abcd")


# case: a class instead of a layer
from torch import nn
from torch.nn.utils import parametrizations, spectral_norm, weight_norm


def a():
    return weight_norm(nn.Linear)(3, 3)  # TTL401


def b():
    return spectral_norm(nn.Conv2d)  # TTL401


def c():
    return parametrizations.weight_norm(nn.Linear)  # TTL401


# torch: all("type object" in error(each) for each in (a, b, c))


# case: the class of a project's layer
from torch import nn
from torch.nn.utils import weight_norm


class Layer(nn.Linear):
    pass


def build():
    return weight_norm(Layer)  # TTL401


# torch: "type object 'Layer' has no attribute '_forward_pre_hooks'" in error(build)


# case: a function as the parametrization
import torch
from torch import nn
from torch.nn.utils import parametrize


def symmetric(w):
    return w.triu() + w.triu(1).t()


class Constrained(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)

    def with_function(self):
        parametrize.register_parametrization(self.a, "weight", symmetric)  # TTL401

    def with_lambda(self):
        parametrize.register_parametrization(self.a, "weight", lambda w: w.abs())  # TTL401

    def with_torch(self):
        parametrize.register_parametrization(self.a, "weight", parametrization=torch.exp)  # TTL401


# torch: "'function' object has no attribute 'train'" in error(lambda: Constrained().with_function())
# torch: "'function' object has no attribute 'train'" in error(lambda: Constrained().with_lambda())
# torch: "has no attribute 'train'" in error(lambda: Constrained().with_torch())


# case: a parametrization of a parameter
import torch
import torch.nn.utils.parametrize as P
from torch import nn


class Positive(nn.Module):
    def forward(self, w):
        return w.exp()


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(3))
        P.register_parametrization(self.scale, "scale", Positive())  # TTL401


# torch: "'Parameter' object has no attribute 'training'" in error(Scaled)


# case: the dimension where the name belongs
from torch import nn
from torch.nn.utils import weight_norm as legacy
from torch.nn.utils.parametrizations import weight_norm


def a():
    return weight_norm(nn.Linear(3, 3), 0)  # TTL401


def b():
    return legacy(nn.Linear(3, 3), 0)  # TTL401


# torch: "parametrized element with name '0'" in error(a)
# torch: "attribute name must be string, not 'int'" in error(b)


# case: over several lines, through a helper and a nested attribute
from torch import nn
from torch.nn.utils.parametrizations import weight_norm


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 3, 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self._normalize()

    def _normalize(self):
        weight_norm(  # TTL401
            self.block.conv.weight,
            dim=0,
        )


# torch: "'Parameter' object has no attribute 'training'" in error(Net)


# case: for every layer of a list
from torch import nn
from torch.nn.utils import spectral_norm


class Stack(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(n)])
        for layer in self.layers:
            spectral_norm(layer.weight)  # TTL401


# torch: "'Parameter' object has no attribute '_forward_pre_hooks'" in error(lambda: Stack(2))


# case: imported in a try
from torch import nn

try:
    from torch.nn.utils.parametrizations import weight_norm
except ImportError:
    from torch.nn.utils import weight_norm


class Compatible(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        weight_norm(self.fc.weight)  # TTL401


# torch: "'Parameter' object has no attribute" in error(Compatible)


# case: the layer and the name
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm


class Right(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(3, 3))
        self.b = weight_norm(nn.Linear(3, 3), "weight", 0)
        self.c = weight_norm(nn.Linear(3, 3), dim=None)
        self.d = spectral_norm(nn.Linear(3, 3), "weight", 2)
        self.e = parametrizations.weight_norm(nn.Linear(3, 3), dim=0)
        self.f = parametrizations.orthogonal(module=nn.Linear(3, 3))
        self.g = nn.Linear(3, 3)
        prune.l1_unstructured(self.g, "weight", 0.5)
        prune.random_structured(self.g, name="weight", amount=1, dim=0)
        prune.global_unstructured([(self.g, "bias")], prune.L1Unstructured, amount=0.5)
        prune.identity(nn.Linear(3, 3), "bias")
        self.h = nn.Linear(3, 3)
        kwargs = {"name": "weight"}
        prune.l1_unstructured(self.h, amount=0.5, **kwargs)


# torch: error(Right) == ""


# case: the module itself
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm


class Itself(nn.Module):
    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(3, 3))
        weight_norm(self, "kernel", dim=0)


# torch: len(parameter_names(Itself())) == 2


# case: arguments of unknown kind
from torch import nn
from torch.nn.utils import parametrize, prune, spectral_norm, weight_norm


def wrap(layer, normalize=True):
    return weight_norm(layer) if normalize else layer


def wrap_all(model):
    for module in model.modules():
        if isinstance(module, nn.Conv1d):
            weight_norm(module)
        elif isinstance(module, nn.Linear):
            spectral_norm(module)


def wrap_named(model, name, transform):
    for _, child in model.named_children():
        prune.l1_unstructured(child, name, amount=0.5)
        parametrize.register_parametrization(child, name, transform)


class Chosen(nn.Module):
    def __init__(self, norm):
        super().__init__()
        wrap = {"weight": weight_norm, "spectral": spectral_norm, "none": lambda x: x}[norm]
        self.fc = wrap(nn.Linear(3, 3))
        apply = weight_norm if norm == "weight" else (lambda x: x)
        self.conv = apply(nn.Conv1d(3, 3, 1))


# torch: error(lambda: Chosen("weight")) == ""


# case: a function of the project with the same name
from torch import nn
from torch.nn import utils


def spectral_norm(module, mode=True):
    return utils.spectral_norm(module) if mode else module


def weight_norm(w):
    return w / w.norm()


class Local(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = spectral_norm(nn.Linear(3, 3), True)
        self.conv = spectral_norm(nn.Conv1d(3, 3, 1), mode=False)

    def forward(self, x):
        return nn.functional.conv1d(x, weight_norm(self.conv.weight))


# torch: error(Local) == ""


# case: functions of tensors with a similar name
import torch
from torch import nn


class Similar(nn.Module):
    def __init__(self):
        super().__init__()
        self.v = nn.Parameter(torch.randn(3, 3))
        self.g = nn.Parameter(torch.ones(3, 1))
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        w = torch._weight_norm(self.v, self.g, 0)
        sigma = torch.linalg.matrix_norm(self.fc.weight, 2)
        return nn.functional.linear(x, w) + nn.functional.linear(x, self.fc.weight / sigma)


# torch: Similar()(torch.ones(1, 3)).shape == (1, 3)


# case: the same names from elsewhere
from torch import nn

try:
    from layers_of_others import spectral_norm, weight_norm
except ImportError:
    weight_norm = spectral_norm = abs


class Foreign(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        return x @ weight_norm(self.fc.weight) @ spectral_norm(self.fc.weight)


# torch: error(Foreign) == ""


# case: modules as parametrizations
import torch
from torch import nn
from torch.nn.utils import parametrize


class Symmetric(nn.Module):
    def forward(self, w):
        return w.triu() + w.triu(1).t()


class Constrained(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        parametrize.register_parametrization(self.a, "weight", Symmetric())
        self.b = nn.Linear(3, 3)
        parametrize.register_parametrization(self.b, "weight", nn.Softplus())
        symmetric = Symmetric()
        parametrize.register_parametrization(self.b, "bias", nn.Sequential(nn.Softplus(), nn.Softplus()))
        self.c = nn.Linear(3, 3)
        parametrize.register_parametrization(self.c, "weight", symmetric)


# torch: error(Constrained) == ""


# case: a partial application, and a decorator of one's own
from functools import partial

from torch import nn
from torch.nn.utils import weight_norm


def normalized(cls):
    def make(*args, **kwargs):
        return weight_norm(cls(*args, **kwargs))

    return make


WNLinear = normalized(nn.Linear)
norm = partial(weight_norm, dim=0)


class Made(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = WNLinear(3, 3)
        self.b = norm(nn.Linear(3, 3))
        self.c = nn.Sequential(*map(weight_norm, [nn.Linear(3, 3), nn.Linear(3, 3)]))


# torch: error(Made) == ""


# case: caught on purpose
from torch import nn
from torch.nn.utils import weight_norm


def try_to_wrap(layer):
    try:
        return weight_norm(layer)
    except (AttributeError, KeyError):
        return layer


# torch: type(try_to_wrap(nn.ReLU())) is nn.ReLU
