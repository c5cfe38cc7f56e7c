"""Cases of TTL204: writes in place to a leaf, and the many that are allowed."""

# case: augmented assignment in forward
import torch
from torch import nn


class Decaying(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        self.w *= 0.9  # TTL204
        return x * self.w


# torch: "a leaf Variable that requires grad" in error(lambda: Decaying()(torch.ones(3)))


# case: an in-place method in the constructor
import torch as th


class Drawn(th.nn.Module):
    def __init__(self):
        super().__init__()
        self.w = th.nn.Parameter(th.empty(3))
        self.w.uniform_(-0.1, 0.1)  # TTL204


# torch: "a leaf Variable" in error(Drawn)


# case: the weight and the bias of a layer
import torch
from torch import nn


class Initialised(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.reset()

    def reset(self):
        self.fc.weight.normal_(0, 0.02)  # TTL204
        self.fc.bias.zero_()  # TTL204


# torch: "a leaf Variable" in error(Initialised)


# case: one row of an embedding
import torch
from torch import nn


class Words(nn.Module):
    def __init__(self, words, size, pad):
        super().__init__()
        self.embed = nn.Embedding(words, size)
        self.embed.weight[pad] = 0  # TTL204


# torch: "a view of a leaf Variable" in error(lambda: Words(4, 2, 0))


# case: a slice, augmented
import torch
from torch import nn


class Masked(nn.Module):
    def __init__(self, n):
        super(Masked, self).__init__()
        self.a = nn.Parameter(torch.ones(n, n))

    def forward(self, x):
        self.a[:, 0] += 1  # TTL204
        return x @ self.a


# torch: "a view of a leaf Variable" in error(lambda: Masked(2)(torch.ones(1, 2)))


# case: a view under a local name
import math

import torch
from torch import nn


class Detector(nn.Module):
    def __init__(self, anchors, classes):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(4, anchors * (classes + 5), 1) for _ in range(2)])
        self.anchors = anchors
        self.initialize_biases()

    def initialize_biases(self):
        for conv in self.convs:
            b = conv.bias.view(self.anchors, -1)
            b[:, 4] += math.log(8 / 640**2)  # TTL204
            conv.bias = torch.nn.Parameter(b.view(-1), requires_grad=True)


# torch: "a view of a leaf Variable" in error(lambda: Detector(3, 2))


# case: a transpose
import torch
from torch import nn


class Columns(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2, 3))
        self.w.t()[0] = 1  # TTL204


# torch: "a view of a leaf Variable" in error(Columns)


# case: a piece of a chunk
import torch
from torch import nn


class Gates(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(4 * size))
        i, f, g, o = self.bias.chunk(4)
        f.fill_(1.0)  # TTL204


# torch: "is a view and is being modified inplace" in error(lambda: Gates(2))


# case: a manual step without a guard
import torch
from torch import nn


class Regression(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(3))

    def sgd_step(self, rate):
        self.w -= rate * self.w.grad  # TTL204
        self.w.grad.zero_()


# torch: "a leaf Variable" in error(lambda: [m := Regression(), m.w.sum().backward(), m.sgd_step(0.1)])


# case: clipping after the step
import torch
from torch import nn
from torch.nn import Parameter as P


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale: P = P(torch.ones(1))

    def clip(self, c):
        self.scale.clamp_(-c, c)  # TTL204


# torch: "a leaf Variable" in error(lambda: Critic().clip(0.01))


# case: a helper that forward calls
import torch
from torch import nn


class Helped(nn.Module):
    def __init__(self):
        super().__init__()
        self.centers = nn.Parameter(torch.zeros(4, 3))

    def _move(self, x):
        self.centers.copy_(x)  # TTL204

    def forward(self, x):
        self._move(x)
        return self.centers


# torch: "a leaf Variable" in error(lambda: Helped()(torch.ones(4, 3)))


# case: registered by the base class
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))


class Child(Base):
    def __init__(self):
        super().__init__()
        self.w.mul_(2)  # TTL204


# torch: "a leaf Variable" in error(Child)


# case: a parameter and a layer of a function
import torch
from torch import nn


def build():
    w = nn.Parameter(torch.zeros(3))
    w[0] = 1  # TTL204
    return w


def layer():
    fc = nn.Linear(3, 3)
    fc.weight.fill_(0.5)  # TTL204
    return fc


# torch: "a view of a leaf Variable" in error(build) and "a leaf Variable" in error(layer)


# case: inside a branch
import torch
from torch import nn


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        if self.training:
            self.w.add_(0.01)  # TTL204
        return x * self.w


# torch: "a leaf Variable" in error(lambda: Branch()(torch.ones(3)))


# case: unfrozen before
import torch
from torch import nn


class Unfrozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3), requires_grad=False)
        self.w.mul_(2)
        self.w.requires_grad_(True)
        self.w.mul_(2)  # TTL204


# torch: "a leaf Variable" in error(Unfrozen)


# case: recording is turned on again inside no_grad
import torch
from torch import nn


class Enabled(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        with torch.no_grad():
            self.w.mul_(2)
            with torch.enable_grad():
                self.w.mul_(2)  # TTL204


# torch: "a leaf Variable" in error(Enabled)


# case: after the guarded block
import torch
from torch import nn


class After(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        with torch.no_grad():
            self.w.zero_()
        self.w.add_(1)  # TTL204


# torch: "a leaf Variable" in error(After)


# case: guards in every spelling
import torch
import torch as th
from torch import inference_mode, nn, no_grad


class Guarded(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        with torch.no_grad():
            self.w.mul_(2)
        with no_grad():
            self.w += 1
        with th.autograd.no_grad():
            self.w[0] = 0
        with torch.set_grad_enabled(False):
            self.w.zero_()
        with torch.inference_mode(), torch.device("cpu"):
            self.w.add_(1)

    @torch.no_grad()
    def a(self):
        self.w *= 2

    @inference_mode()
    def b(self):
        self.w.clamp_(0, 1)

    @no_grad
    def c(self):
        self.w[1:] = 0

    @torch.set_grad_enabled(False)
    def d(self):
        self.w.fill_(1)

    def step(self):
        self._e()

    step = torch.no_grad()(step)

    def _e(self):
        self.w.mul_(0.5)


# torch: [m := Guarded(), m.a(), m.b(), m.c(), m.d(), m.step()] and m.w.tolist() == [0.5] * 3


# case: recording is off for the rest of the function
import torch
from torch import nn


class Benchmark(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def scale(self):
        torch.set_grad_enabled(False)
        self.w *= 2
        self.w[0] = 1


# torch: [m := Benchmark(), m.scale(), torch.set_grad_enabled(True)] and m.w.tolist() == [1, 2, 2]


# case: recording is off for the whole script
import torch
from torch import nn

torch.set_grad_enabled(False)


class Inference(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.fc.weight.mul_(0.5)
        self.fc.bias.zero_()


model = Inference()
torch.set_grad_enabled(True)

# torch: model.fc.bias.sum() == 0


# case: a private helper whose caller holds the guard
import torch
from torch import nn


class Caller(nn.Module):
    def __init__(self):
        super().__init__()
        self.codes = nn.Parameter(torch.zeros(4, 3))
        with torch.no_grad():
            self._fill()

    def _fill(self):
        self.codes.normal_()
        self.codes[0] = 0

    @torch.no_grad()
    def update(self):
        self._fill()


# torch: [m := Caller(), m.update()] and m.codes[0].sum() == 0


# case: a private helper that nothing here calls
import torch
from torch import nn


class Orphan(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def _renormalize(self):
        self.w.div_(self.w.norm())


@torch.no_grad()
def train(model):
    model._renormalize()


# torch: [m := Orphan(), train(m)] and abs(m.w.norm() - 1) < 1e-6


# case: a decorator of the project
import functools

import torch
from torch import nn


def without_grad(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        with torch.no_grad():
            return function(*args, **kwargs)

    return wrapper


class Decorated(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    @without_grad
    def scale(self, factor):
        self.w *= factor


# torch: [m := Decorated(), m.scale(2)] and m.w.sum() == 6


# case: a context manager that is not known
import contextlib

import torch
from torch import nn


class Ema(nn.Module):
    def __init__(self, differentiable):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.context = contextlib.nullcontext if differentiable else torch.no_grad

    def update(self, x):
        with self.context():
            self.w.lerp_(x, 0.1)


# torch: error(lambda: Ema(False).update(torch.zeros(3))) == ""


# case: data, detach and gradients
import torch
from torch import nn


class Data(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3, 3))
        self.fc = nn.Linear(3, 3)
        self.w.data.mul_(2)
        self.w.data[0] = 0
        self.w.data += 1
        self.w.detach().fill_(1)
        self.fc.weight.data.normal_(0, 0.02)
        self.fc.bias.detach()[0] = 1
        w = self.fc.weight.data
        w.zero_()
        w[0] = 1

    def clip(self):
        self.w.grad.zero_()
        self.w.grad *= 0.5
        self.w.grad.data.clamp_(-1, 1)
        self.w.grad[0] = 0


# torch: [m := Data(), m.w.sum().backward(), m.clip()] and m.fc.weight.sum() == 3


# case: nn.init works on pieces too
import torch
from torch import nn
from torch.nn import init


class Initialised(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.w = nn.Parameter(torch.empty(4 * size, size))
        init.xavier_uniform_(self.w)
        nn.init.zeros_(self.w[:size])
        init.ones_(self.w.t())
        for piece in self.w.chunk(4):
            nn.init.orthogonal_(piece)
        nn.init.constant_(self.w.view(4, size, size)[1], 1.0)


# torch: Initialised(2).w[2:4].sum() == 4


# case: frozen when it is made
import torch
from torch import nn


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(3), requires_grad=False)
        self.table = nn.Parameter(torch.zeros(4, 3), False)
        self.table[0] = 1

    def forward(self, x):
        self.mean.mul_(0.9).add_(0.1 * x.detach())
        self.mean[0] = 0
        return x - self.mean


# torch: Frozen()(torch.ones(3)).shape == (3,)


# case: frozen by argument
import torch
from torch import nn


class Maybe(nn.Module):
    def __init__(self, trainable=False):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3), requires_grad=trainable)
        if not trainable:
            self.w[0] = 0


# torch: Maybe().w.sum() == 2


# case: frozen before the write
import torch
from torch import nn


class Sinusoidal(nn.Embedding):
    def __init__(self, n, size):
        super().__init__(n, size)
        self.weight.requires_grad = False
        self.weight[0] = 0
        self.weight.fill_(1)


class Probe(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.ones(3))
        self.a.requires_grad_(False)
        self.a.mul_(2)
        self.b = nn.Linear(3, 3)
        self.b.requires_grad_(False)
        self.b.weight.zero_()
        self.c = nn.Linear(3, 3)
        for p in self.c.parameters():
            p.requires_grad = False
        self.c.weight[0] = 1
        self.d = nn.Parameter(torch.ones(3)).requires_grad_(False)
        self.d += 1


# torch: error(Probe) == "" and Sinusoidal(2, 3).weight.sum() == 6


# case: everything is frozen
import torch
from torch import nn


class Teacher(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(3, 3)
        self.scale = nn.Parameter(torch.ones(3))
        self.requires_grad_(False)
        self.net.weight.mul_(0.5)
        self.scale.mul_(0.5)

    def update(self, other):
        self.net.weight.lerp_(other.weight, 0.1)


# torch: Teacher().scale.sum() == 1.5


# case: a table that from_pretrained froze
import torch
from torch import nn


class Words(nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.embed = nn.Embedding.from_pretrained(vectors)
        self.embed.weight[0] = 0


# torch: Words(torch.ones(2, 3)).embed.weight.sum() == 3


# case: a copy under the same local name
import torch
from torch import nn


class Copied(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        w = self.w.clone()
        w[0] = 0
        w += 1
        v = self.w * 2
        v.relu_()
        u = self.w
        u = u + 1
        u -= 1
        return x * (w + v + u)


# torch: Copied()(torch.ones(3)).requires_grad


# case: buffers and numbers
import torch
from torch import nn


class Counters(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.register_buffer("mean", torch.zeros(3))
        self.count = nn.Buffer(torch.zeros((), dtype=torch.long))
        self.steps = 0
        self.history = [0.0]

    def forward(self, x):
        self.steps += 1
        self.count += 1
        self.mean.mul_(0.9).add_(x.detach(), alpha=0.1)
        self.mean[0] = 0
        self.history[0] = 1.0
        return x * self.w


# torch: Counters()(torch.ones(3)).sum() == 3


# case: methods that end in an underscore and write no value
import torch
from torch import nn


class Flags(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.w.requires_grad_()
        self.w.requires_grad_(True)
        self.w.share_memory_()
        self.w.retain_grad()
        self.w.detach_()


# torch: error(Flags) == ""


# case: an optimizer of one's own
import torch


class Sgd(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.add_(p.grad, alpha=-group["lr"])


# torch: [w := nn.Parameter(torch.ones(2)), w.sum().backward(), Sgd([w], 0.5).step()] and w.sum() == 1


# case: a guard by a condition
import torch
from torch import nn


class Conditional(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def update(self, x):
        if torch.is_grad_enabled():
            raise RuntimeError("call update() under torch.no_grad()")
        self.w.copy_(x)

    def blend(self, x):
        assert not torch.is_grad_enabled()
        self.w.lerp_(x, 0.5)


@torch.no_grad()
def run(model):
    model.update(torch.zeros(3))
    model.blend(torch.ones(3))


# torch: [m := Conditional(), run(m)] and m.w.tolist() == [0.5] * 3


# case: the weight is computed by weight_norm, so it is no leaf
# select: TTL204
import torch
from torch import nn
from torch.nn.utils import weight_norm


class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(3, 3))
        self.fc.weight.mul_(2)


# torch: error(Normed) == ""


# case: a parameter in only one branch
import torch
from torch import nn


class OneBranch(nn.Module):
    def __init__(self, learned):
        super().__init__()
        if learned:
            self.w = nn.Parameter(torch.ones(3))
        else:
            self.register_buffer("w", torch.ones(3))

    def decay(self):
        self.w.mul_(0.9)


# torch: error(lambda: OneBranch(False).decay()) == ""


# case: a class that is no torch Module
class Parameter(list):
    def fill_(self, value):
        self[:] = [value] * len(self)


class Layer:
    def __init__(self):
        self.w = Parameter([1, 2])

    def reset(self):
        self.w.fill_(0)
        self.w[0] = 1
        self.w += [2]


# torch: [m := Layer(), m.reset()] and m.w == [1, 0, 2]
