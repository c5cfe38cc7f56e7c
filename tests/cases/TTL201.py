"""Cases of TTL201: what may and may not take the place of a registered parameter."""

# case: a value that forward derives is written back
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, heads):
        super().__init__()
        self.mix = nn.Parameter(torch.zeros(heads))

    def forward(self, x):
        self.mix = torch.softmax(self.mix, dim=0)  # TTL201
        return x * self.mix


# torch: "cannot assign 'torch.FloatTensor' as parameter 'mix'" in error(lambda: Attention(2)(torch.ones(2)))


# case: no_grad does not help an assignment
import torch
from torch import nn


class Gain(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(3))

    def clip(self):
        with torch.no_grad():
            self.gain = self.gain.clamp(0, 1)  # TTL201


# torch: "parameter 'gain'" in error(lambda: Gain().clip())


# case: a decorator that turns recording off does not help either
import torch as th


class Prior(th.nn.Module):
    def __init__(self):
        super().__init__()
        self.logits = th.nn.Parameter(th.zeros(3))

    @th.no_grad()
    def sharpen(self, power):
        self.logits = power * self.logits  # TTL201


# torch: "parameter 'logits'" in error(lambda: Prior().sharpen(2.0))


# case: the matrix product has no in-place form
import torch
from torch import nn


class Basis(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.basis = nn.Parameter(torch.eye(n))

    @torch.no_grad()
    def rotate(self, r):
        self.basis @= r  # TTL201


# torch: error(lambda: Basis(2).rotate(torch.eye(2))).startswith("TypeError")


# case: the weight of a layer that the module owns
import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, size, classes):
        super().__init__()
        self.fc = nn.Linear(size, classes, bias=False)

    def forward(self, x):
        self.fc.weight = self.fc.weight / self.fc.weight.norm(dim=1, keepdim=True)  # TTL201
        return self.fc(x)


# torch: "parameter 'weight'" in error(lambda: Head(2, 3)(torch.ones(1, 2)))


# case: a layer without a bias still guards the name
import torch
from torch import nn


class Biased(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size, bias=False)
        self.fc.bias = torch.zeros(size)  # TTL201


# torch: "parameter 'bias'" in error(lambda: Biased(2))


# case: a slot registered as None guards the name
import torch
from torch import nn


class Slot(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_parameter("bias", None)

    def enable(self):
        self.bias = torch.zeros(3)  # TTL201


# torch: "parameter 'bias'" in error(lambda: Slot().enable())


# case: None leaves the slot in place
import torch
from torch import nn


class Cleared(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.w = None
        self.w = torch.zeros(3)  # TTL201


# torch: "parameter 'w'" in error(Cleared)


# case: setattr with a literal name
import torch
from torch import nn


class Dynamic(nn.Module):
    def __init__(self):
        super().__init__()
        setattr(self, "w", nn.Parameter(torch.ones(3)))

    def reset(self):
        setattr(self, "w", torch.zeros(3))  # TTL201


# torch: "parameter 'w'" in error(lambda: Dynamic().reset())


# case: one target of a tuple assignment
import torch
from torch import nn


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.w, self.name = nn.Parameter(torch.ones(3)), "pair"

    def normalize(self):
        norm = self.w.norm()
        self.w, self.last_norm = self.w / norm, float(norm)  # TTL201


# torch: "parameter 'w'" in error(lambda: Pair().normalize())


# case: an annotated assignment
import torch
from torch import Tensor, nn
from torch.nn import Parameter as P


class Typed(nn.Module):
    w: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.w: P = P(torch.ones(3))

    def detach_all(self) -> None:
        self.w: Tensor = self.w.detach()  # TTL201


# torch: "parameter 'w'" in error(lambda: Typed().detach_all())


# case: a plain number
from torch import nn, ones


class Temperature(nn.Module):
    def __init__(self):
        super().__init__()
        self.temperature = nn.Parameter(ones(1))

    def calibrate(self):
        self.temperature = 1.5  # TTL201


# torch: "cannot assign 'float' as parameter 'temperature'" in error(lambda: Temperature().calibrate())


# case: the data of the parameter itself
import torch
from torch import nn


class Clipped(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def clip(self):
        self.w = self.w.data.clamp(-1, 1)  # TTL201


# torch: "parameter 'w'" in error(lambda: Clipped().clip())


# case: a change of type that is real
import torch
from torch import nn


class Halved(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def compress(self):
        self.w = self.w.half()  # TTL201


# torch: "parameter 'w'" in error(lambda: Halved().compress())


# case: a helper that forward calls
import torch
from torch import nn


class Sphere(nn.Module):
    def __init__(self, n):
        super(Sphere, self).__init__()
        self.points = nn.Parameter(torch.randn(n, 3))

    def _project(self):
        self.points = nn.functional.normalize(self.points, dim=-1)  # TTL201

    def forward(self):
        self._project()
        return self.points


# torch: "parameter 'points'" in error(lambda: Sphere(2)())


# case: the base class in the same file registered it
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.codebook = nn.Parameter(torch.randn(n, 4))


class Normalized(Base):
    def __init__(self, n):
        super(Normalized, self).__init__(n)
        self.eps = 1e-6

    def forward(self, x):
        self.codebook = self.codebook / (self.codebook.norm() + self.eps)  # TTL201
        return x @ self.codebook.t()


# torch: "parameter 'codebook'" in error(lambda: Normalized(2)(torch.ones(1, 4)))


# case: a subclass without a constructor of its own
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self._make()

    def _make(self):
        self.w = nn.Parameter(torch.ones(3))


class Child(Base):
    def scale(self, factor):
        self.w = self.w * factor  # TTL201


# torch: "parameter 'w'" in error(lambda: Child().scale(2))


# case: a pretrained table assigned to an embedding
import torch
from torch import nn


class Words(nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.embedding = nn.Embedding(10, 4)
        self.embedding.weight = torch.from_numpy(vectors)  # TTL201


# torch: "parameter 'weight'" in error(lambda: Words(torch.zeros(10, 4).numpy()))


# case: a layer reached through a local name
import torch
from torch import nn


class Local(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
        first = self.block[0]
        first.weight = torch.eye(3)  # TTL201


# torch: "parameter 'weight'" in error(Local)


# case: two levels of project classes
import torch
from torch import nn


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(3))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = Scale()


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.block.scale.gain = torch.full((3,), 0.1)  # TTL201


# torch: "parameter 'gain'" in error(Model)


# case: every layer of a list
import torch
from torch import nn


class Stack(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(depth)])
        for layer in self.layers:
            layer.weight = layer.weight / depth**0.5  # TTL201


# torch: "parameter 'weight'" in error(lambda: Stack(2))


# case: a walrus on the right
import torch
from torch import nn


class Walrus(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.fc.weight = (start := torch.eye(2))  # TTL201
        self.trace = float(start.trace())


# torch: "parameter 'weight'" in error(Walrus)


# case: both branches register, so the name is a parameter
import torch
from torch import nn


class Either(nn.Module):
    def __init__(self, random):
        super().__init__()
        if random:
            self.w = nn.Parameter(torch.randn(3))
        else:
            self.w = nn.Parameter(torch.zeros(3))

    def forward(self, x):
        self.w = self.w.relu()  # TTL201
        return x * self.w


# torch: all("parameter 'w'" in error(lambda: Either(random)(torch.ones(3))) for random in (True, False))


# case: inside a condition that only a long run reaches
import torch
from torch import nn


class Annealed(nn.Module):
    def __init__(self):
        super().__init__()
        self.beta = nn.Parameter(torch.ones(1))
        self.steps = 0

    def forward(self, x):
        self.steps += 1
        if self.steps > 1000:
            self.beta = self.beta * 0.5  # TTL201
        return x * self.beta


# torch: "parameter 'beta'" in error(lambda: [m := Annealed(), setattr(m, "steps", 1000), m(torch.ones(1))])


# case: a layer that a function builds
import torch
from torch import nn


def identity():
    layer = nn.Linear(2, 2)
    layer.weight = torch.eye(2)  # TTL201
    return layer


# torch: "parameter 'weight'" in error(identity)


# case: a model of a project class in a script's function
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))


def main():
    net = Net()
    net.w = net.w - 0.1 * torch.ones(2)  # TTL201
    return net


# torch: "parameter 'w'" in error(main)


# case: a list is no parameter either
import torch
from torch import nn


class Anchors(nn.Module):
    def __init__(self):
        super().__init__()
        self.anchors = nn.Parameter(torch.ones(3))

    def load(self):
        self.anchors = [0.1, 0.2, 0.3]  # TTL201


# torch: "cannot assign 'list' as parameter 'anchors'" in error(lambda: Anchors().load())


# case: one of several chained targets
import torch
from torch import nn


class Chained(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def reset(self):
        self.start = self.w = torch.zeros(3)  # TTL201


# torch: "parameter 'w'" in error(lambda: Chained().reset())


# case: the running sum of a frozen parameter starts to carry gradients
import torch
from torch import nn


class Ema(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.shadow = nn.Parameter(torch.ones(3), requires_grad=False)

    def forward(self, x):
        self.shadow = 0.9 * self.shadow + 0.1 * self.w  # TTL201
        return x * self.shadow


# torch: "parameter 'shadow'" in error(lambda: Ema()(torch.ones(3)))


# case: deleted before
import torch
from torch import nn


class WeightDrop(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        raw = self.fc.weight
        del self.fc.weight
        self.register_parameter("raw", raw)

    def forward(self, x):
        self.fc.weight = nn.functional.dropout(self.raw, 0.5, self.training)
        return self.fc(x)


# torch: WeightDrop()(torch.ones(1, 3)).requires_grad


# case: deleted from the registry before
import torch
from torch import nn


class WeightDrop(nn.Module):
    def __init__(self, lstm, name):
        super().__init__()
        self.lstm = nn.LSTM(3, 3)
        w = self.lstm.weight_hh_l0
        del self.lstm._parameters["weight_hh_l0"]
        self.lstm.register_parameter("weight_hh_l0_raw", nn.Parameter(w.data))
        self.lstm.weight_hh_l0 = nn.functional.dropout(self.lstm.weight_hh_l0_raw, 0.5)


# torch: "weight_hh_l0" not in parameter_names(WeightDrop(None, "").lstm)


# case: popped or removed by delattr before
import torch
from torch import nn


class Hyper(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.a._parameters.pop("weight")
        delattr(self.b, "weight")

    def forward(self, x, w):
        self.a.weight = w[:3]
        self.b.weight = w[3:] * 2
        return self.b(self.a(x))


# torch: Hyper()(torch.ones(1, 3), torch.ones(6, 3)).shape == (1, 3)


# case: deleted in the same method, right before
import torch
from torch import nn


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def adapt(self, grad, rate):
        updated = self.w - rate * grad
        del self.w
        self.w = updated


# torch: [m := Inner(), m.adapt(torch.ones(3), 0.5)] and m.w.tolist() == [0.5] * 3


# case: a parametrization takes the tensor
import torch
from torch import nn
from torch.nn.utils.parametrizations import orthogonal, spectral_norm, weight_norm


class Constrained(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = orthogonal(nn.Linear(3, 3))
        self.b = spectral_norm(nn.Linear(3, 3))
        self.c = nn.Linear(3, 3)
        weight_norm(self.c, "weight", dim=0)
        self.a.weight = torch.eye(3)
        self.b.weight = torch.eye(3)
        self.c.weight = torch.ones(3, 3)


# torch: torch.allclose(Constrained().c.weight, torch.ones(3, 3))


# case: a parametrization of the project with a right inverse
import torch
import torch.nn.utils.parametrize as parametrize
from torch import nn


class Positive(nn.Module):
    def forward(self, w):
        return w.exp()

    def right_inverse(self, w):
        return w.log()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(3))
        parametrize.register_parametrization(self, "w", Positive())
        self.w = torch.full((3,), 2.0)


# torch: torch.allclose(Net().w, torch.tensor(2.0))


# case: a parameter in one branch, a plain tensor in the other
import torch
from torch import nn


class MaybeLearned(nn.Module):
    def __init__(self, learned):
        super().__init__()
        if learned:
            self.scale = nn.Parameter(torch.ones(1))
        else:
            self.scale = 1.0
        self.learned = learned

    def set_scale(self, value):
        if not self.learned:
            self.scale = torch.tensor(value)


# torch: [m := MaybeLearned(False), m.set_scale(2.0)] and m.scale == 2


# case: a parameter in one branch, a buffer in the other
import torch
from torch import nn


class Positions(nn.Module):
    def __init__(self, learned, n):
        super().__init__()
        table = torch.zeros(n, 4)
        if learned:
            self.table = nn.Parameter(table)
        else:
            self.register_buffer("table", table)

    def refresh(self, n):
        if isinstance(self.table, nn.Parameter):
            return
        self.table = torch.zeros(n, 4)


# torch: [m := Positions(False, 2), m.refresh(3)] and m.table.shape == (3, 4)


# case: registered only when an early return does not happen
import torch
from torch import nn


class Optional(nn.Module):
    def __init__(self, frozen):
        super().__init__()
        self.frozen = frozen
        if frozen:
            self.w = torch.ones(3)
            return
        self.w = nn.Parameter(torch.ones(3))

    def load(self, values):
        if self.frozen:
            self.w = torch.tensor(values)


# torch: [m := Optional(True), m.load([1.0])] and m.w.shape == (1,)


# case: a property with a setter
import torch
from torch import nn


class Bounded(nn.Module):
    def __init__(self):
        super().__init__()
        self.raw = nn.Parameter(torch.zeros(3))

    @property
    def scale(self):
        return self.raw.exp()

    @scale.setter
    def scale(self, value):
        with torch.no_grad():
            self.raw.copy_(value.log())

    def reset(self):
        self.scale = torch.ones(3)


# torch: error(lambda: Bounded().reset()) == ""


# case: the class has its own __setattr__
import torch
from torch import nn


class Copying(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def __setattr__(self, name, value):
        if name in self.__dict__.get("_parameters", {}) and not isinstance(value, nn.Parameter):
            with torch.no_grad():
                self._parameters[name].copy_(value)
        else:
            super().__setattr__(name, value)

    def reset(self):
        self.w = torch.zeros(3)


# torch: [m := Copying(), m.reset()] and m.w.sum() == 0


# case: a buffer may be replaced
import torch
from torch import nn


class Running(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.register_buffer("mean", torch.zeros(3))
        self.var = nn.Buffer(torch.ones(3))

    def forward(self, x):
        self.mean = 0.9 * self.mean + 0.1 * x
        self.var = self.var * 0.9
        return (x - self.mean) * self.w


# torch: Running()(torch.ones(3)).shape == (3,)


# case: None frees the reference
import torch
from torch import nn


class Released(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def release(self):
        self.w = None


# torch: [m := Released(), m.release()] and m.w is None


# case: operations that may return the very same parameter
import torch
from torch import nn


class Moved(nn.Module):
    def __init__(self, device, dtype):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.w = self.w.to(device)
        self.w = self.w.to(dtype=dtype)
        self.w = self.w.float()
        self.w = self.w.cpu()
        self.w = self.w.contiguous()
        self.w = self.w.requires_grad_(False)


# torch: parameter_names(Moved("cpu", torch.float32)) == ["w"]


# case: initialisers return the parameter that they filled
import torch
from torch import nn
from torch.nn import init


class Initialised(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.empty(3, 3))
        self.w = init.xavier_uniform_(self.w)
        self.fc = nn.Linear(3, 3)
        self.fc.weight = nn.init.orthogonal_(self.fc.weight)


# torch: parameter_names(Initialised()) == ["w", "fc.weight", "fc.bias"]


# case: the refusal is caught
import torch
from torch import nn


def set_weight(value):
    layer = nn.Linear(3, 3)
    try:
        layer.weight = torch.full((3, 3), value)
    except TypeError:
        layer.weight = nn.Parameter(torch.full((3, 3), value))
    return layer


# torch: set_weight(2.0).weight.sum() == 18


# case: a helper that returns a parameter
import torch
from torch import nn


def trainable(*shape):
    return nn.Parameter(torch.zeros(*shape))


class Helped(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = trainable(3)
        self.w = trainable(4)


# torch: Helped().w.shape == (4,)


# case: a helper from elsewhere may return a parameter
import torch
from torch import nn

try:
    from layers_of_the_project import make_weight
except ImportError:
    make_weight = nn.Parameter


class Foreign(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.w = make_weight(torch.zeros(3))


# torch: parameter_names(Foreign()) == ["w"]


# case: an argument annotated as a Tensor can be a parameter
import torch
from torch import Tensor, nn


class Given(nn.Module):
    def __init__(self, weight: Tensor):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.fc.weight = weight


# torch: parameter_names(Given(nn.Parameter(torch.zeros(3, 3)))) == ["fc.weight", "fc.bias"]


# case: a class that is no Module
import torch
from torch import nn


class Trainer:
    def __init__(self):
        self.w = nn.Parameter(torch.ones(3))

    def step(self, rate):
        self.w = self.w - rate


# torch: error(lambda: Trainer().step(0.1)) == ""


# case: a base class that cannot be resolved
import torch
from torch import nn

try:
    from framework_of_others import Base
except ImportError:
    Base = object


class Tuned(Base):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def reset(self):
        self.w = torch.zeros(3)


# torch: error(lambda: Tuned().reset()) == ""


# case: a local of the same name
import torch
from torch import nn


class LocalName(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        w = self.w
        w = w * 2
        return x * w


# torch: LocalName()(torch.ones(3)).sum() == 6


# case: an attribute of another object has the same name
import types

import torch
from torch import nn


class Recorder(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.state = types.SimpleNamespace(w=None)

    def forward(self, x, config):
        self.state.w = self.w.detach()
        config.w = self.w * 2
        return x


# torch: error(lambda: Recorder()(1, types.SimpleNamespace())) == ""


# case: a Parameter that is not torch's
import inspect

import torch
from torch import nn


class Signature(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = inspect.Parameter("w", inspect.Parameter.KEYWORD_ONLY)

    def forward(self, x):
        self.w = torch.zeros(3)
        return x


# torch: error(lambda: Signature()(1)) == ""


# case: placeholders that a parameter never took
import torch
from torch import nn


class Cached(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = None
        self.scale = 1.0

    def forward(self, x):
        self.attention = torch.softmax(x, dim=-1)
        self.scale = x.abs().max()
        return self.attention


# torch: error(lambda: Cached()(torch.ones(2))) == ""


# case: weight_norm turned the weight into a plain attribute
import torch
from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(3, 3))
        self.fc.weight_g = nn.Parameter(torch.ones(3, 1))
        remove_weight_norm(self.fc)
        self.fc.weight = nn.Parameter(torch.eye(3))


# torch: Frozen().fc.weight.trace() == 3


# case: straight into the instance dictionary
import torch
from torch import nn


class Shadowed(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        object.__setattr__(self.fc, "note", torch.zeros(1))
        self.fc.note = torch.ones(1)


# torch: error(Shadowed) == ""


# case: rebound to another layer's parameter
import torch
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Embedding(5, 3)
        self.dec = nn.Linear(3, 5)
        self.dec.weight = self.enc.weight
        w = self.enc.weight
        self.dec.weight = w


# torch: parameter_names(Tied()) == ["enc.weight", "dec.bias"]


# case: a parameter or None, and a derived value under another name
import torch
from torch import nn


class Optionally(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3)) if dim else None

    def forward(self, x):
        if self.w is None:
            self.w_eff = torch.ones(3)
        else:
            self.w_eff = self.w * 2
        return x * self.w_eff


# torch: Optionally(0)(torch.ones(3)).sum() == 3
