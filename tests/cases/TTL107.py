"""Cases of TTL107, parameter-created-in-forward."""

# case: A layer built and called in one expression, torch under another name.
# torch: not th.equal(A()(th.ones(4)), A()(th.ones(4)))
import torch as th


class A(th.nn.Module):
    def forward(self, x):
        return th.nn.Linear(4, 2)(x)  # TTL107


# case: A layer in a local, the class imported by name.
# torch: parameter_names(B()) == ["fc.weight", "fc.bias"]
from torch.nn import Conv1d as Conv
from torch.nn import Linear, Module


class B(Module):
    def __init__(self):
        super().__init__()
        self.fc = Linear(4, 4)

    def forward(self, x):
        conv = Conv(x.shape[1], 8, kernel_size=1)  # TTL107
        return self.fc(conv(x))


# case: In a helper method that forward calls.
# torch: not torch.equal(model(torch.ones(4)), model(torch.ones(4)))
import torch
import torch.nn as nn


class C(nn.Module):
    def forward(self, x):
        return self._project(x)

    def _project(self, x):
        layer = nn.Linear(x.shape[-1], 2)  # TTL107
        return layer(x)


model = C()


# case: In a function that forward calls.
# torch: not torch.equal(D()(torch.ones(1, 4)), D()(torch.ones(1, 4)))
import torch
from torch import nn


def squeeze(x, channels):
    fc = nn.Linear(channels, channels)  # TTL107
    return x * torch.sigmoid(fc(x))


class D(nn.Module):
    def forward(self, x):
        return squeeze(x, x.shape[1])


# case: In a loop, in a comprehension, in a branch.
# torch: parameter_names(E()) == []
import torch
from torch import nn


class E(nn.Module):
    def forward(self, x, wide=False):
        for _ in range(2):
            x = nn.Linear(4, 4)(x)  # TTL107
        parts = [nn.Linear(4, 1)(x) for _ in range(2)]  # TTL107
        if wide:
            x = nn.BatchNorm1d(4)(x)  # TTL107
        return x + sum(parts)


# case: A new Parameter per call, drawn or computed.
# torch: parameter_names(F()) == ["w"] and cut()
import torch
from torch import nn
from torch.nn import Parameter


class F(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = Parameter(torch.ones(4))

    def forward(self, x):
        bias = Parameter(torch.randn(4))  # TTL107
        w = Parameter(self.w.softmax(0))  # TTL107
        return x * w + bias


def cut():
    model = F()
    model(torch.ones(4)).sum().backward()
    return model.w.grad is None


# case: A Dropout that is built per call is never in evaluation mode.
# torch: G().eval()(torch.ones(1000)).eq(0).any()
import torch
from torch import nn


class G(nn.Module):
    def forward(self, x):
        return nn.Dropout(p=0.5)(x)  # TTL107


# case: A Dropout in a plain function that forward calls.
# torch: I().eval()(torch.ones(1000)).eq(0).any()
import torch
from torch import nn


def attention(scores, p):
    return nn.Dropout(p)(scores.softmax(-1))  # TTL107


class I(nn.Module):
    def forward(self, x):
        return attention(x, 0.5)


# case: A class of the file and a Sequential of layers.
# torch: parameter_names(J()) == []
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(x)


class J(nn.Module):
    def forward(self, x):
        x = Block(4)(x)  # TTL107
        net = nn.Sequential(nn.ReLU(), nn.Linear(4, 2))  # TTL107
        return net(x)


# case: A recurrent layer, an embedding and a PReLU.
# torch: parameter_names(K()) == []
import torch
from torch import nn


class K(nn.Module):
    def forward(self, tokens):
        x = nn.Embedding(10, 4)(tokens)  # TTL107
        x, _ = nn.LSTM(4, 4, batch_first=True)(x)  # TTL107
        return nn.PReLU()(x)  # TTL107


# case: In the forward that a class of the file inherits.
# torch: parameter_names(M()) == []
import torch
from torch import nn


class L(nn.Module):
    def forward(self, x):
        return self.mix(x)

    def mix(self, x):
        return x


class M(L):
    def mix(self, x):
        return nn.Linear(4, 4)(x)  # TTL107


# case: Moved to the device of the input, which does not save it.
# torch: parameter_names(N()) == []
import torch
from torch import nn


class N(nn.Module):
    def forward(self, x):
        layer = nn.Linear(x.size(-1), 2).to(x.device)  # TTL107
        return layer(x)


# case: Layers without parameters and without a mode.
# torch: parameter_names(Stateless()) == []
import torch
from torch import nn
from torch.nn import functional as F


class Stateless(nn.Module):
    def forward(self, x, target):
        x = nn.ReLU()(x)
        x = nn.Softmax(dim=-1)(x)
        x = nn.ZeroPad2d(1)(x)
        x = nn.Upsample(scale_factor=2)(x)
        x = nn.AvgPool2d(2)(x)
        x = nn.Flatten()(x)
        x = nn.LayerNorm(x.shape[1:], elementwise_affine=False)(x)
        x = nn.Sequential(nn.Tanh(), nn.Identity())(x)
        x = F.dropout(x, 0.5, self.training)
        return nn.CrossEntropyLoss()(x, target) + nn.BCEWithLogitsLoss()(x, x)


# case: Layers are built in the constructor and in helpers that only it calls.
# torch: len(parameter_names(Built())) == 4
import torch
from torch import nn


def head(size):
    return nn.Linear(size, 2)


class Built(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = self._make(4)
        self.head = head(4)

    def _make(self, size):
        return nn.Linear(size, size)

    def forward(self, x):
        return self.head(self.body(x))


# case: A method that rebuilds the head is not part of forward.
# torch: len(parameter_names(Rebuilt())) == 2
import torch
from torch import nn


class Rebuilt(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 2)

    def reset_classifier(self, classes):
        self.head = nn.Linear(4, classes)

    def export(self):
        fused = nn.Linear(4, 2)
        fused.load_state_dict(self.head.state_dict())
        return fused

    def forward(self, x):
        return self.head(x)


# case: A temporary layer gets a weight that exists already.
# torch: parameter_names(Tied()) == ["embedding.weight"]
import torch
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10, 4)

    @property
    def output(self):
        layer = nn.Linear(4, 10, bias=False)
        layer.weight = self.embedding.weight
        return layer

    def forward(self, tokens):
        return self.output(self.embedding(tokens))


# case: A fixed kernel is set and frozen right after it is built.
import torch
from torch import nn


class Blur(nn.Module):
    def forward(self, x):
        conv = nn.Conv2d(1, 1, 3, padding=1, bias=False)
        conv.weight.data = torch.full((1, 1, 3, 3), 1 / 9)
        conv.weight.requires_grad = False
        return conv(x)


# case: Sobel kernels as frozen Parameters.
import torch
from torch import nn


class Sobel(nn.Module):
    def forward(self, x):
        conv = nn.Conv2d(1, 1, 3, bias=False)
        kernel = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
        conv.weight = nn.Parameter(kernel[None, None], requires_grad=False)
        return conv(x)


# case: A Parameter is the leaf of an inner loop.
import torch
from torch import nn


class Adapt(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        shift = nn.Parameter(torch.zeros(4))
        optimizer = torch.optim.SGD([shift], lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            self.fc(x + shift).pow(2).mean().backward()
            optimizer.step()
        return self.fc(x + shift.detach())


# case: A Parameter is differentiated by hand.
import torch
from torch import nn


class Maml(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def forward(self, x, y):
        fast = nn.Parameter(self.fc.weight.detach().clone())
        loss = (nn.functional.linear(x, fast) - y).pow(2).mean()
        (grad,) = torch.autograd.grad(loss, fast)
        return nn.functional.linear(x, fast - 0.1 * grad)


# case: A Dropout whose mode follows the module.
# torch: Follows().eval()(torch.ones(100)).eq(1).all()
import torch
from torch import nn


class Follows(nn.Module):
    def forward(self, x):
        drop = nn.Dropout(0.5)
        drop.train(self.training)
        return drop(x)


# case: Layers and parameters of other libraries.
import inspect

import flax.linen
import torch
from torch import nn


class Foreign(nn.Module):
    def forward(self, x):
        dense = flax.linen.Dense(4)
        parameter = inspect.Parameter("x", inspect.Parameter.POSITIONAL_ONLY)
        return dense, parameter


class Flax(flax.linen.Module):
    def forward(self, x):
        return nn.Linear(4, 4)(x)


# case: forward of a class that is no Module.
from torch import nn


class Runner:
    def forward(self, x):
        return nn.Linear(4, 4)(x)


# case: A layer is built once behind a guard and kept.
# select: TTL107
import torch
from torch import nn


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = None

    def forward(self, x):
        if self.fc is None:
            self.fc = nn.Linear(x.shape[-1], 2)
        if not hasattr(self, "norm"):
            self.norm = nn.LayerNorm(x.shape[-1])
        return self.fc(self.norm(x))


# case: Lazy layers of torch are built in the constructor.
# torch: Deferred()(torch.ones(1, 4)).shape == (1, 2)
import torch
from torch import nn


class Deferred(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.LazyLinear(2)

    def forward(self, x):
        return self.fc(x)


# case: A model is built and trained in a script.
import torch
from torch import nn


def forward(x):
    return nn.Linear(4, 4)(x)


def main():
    model = nn.Linear(4, 4)
    forward(model(torch.ones(4)))


# case: A class attribute holds the class of the layer, forward only names classes.
# torch: Names()(torch.ones(4)).shape == (4,)
import torch
from torch import nn


class Names(nn.Module):
    layer_type = nn.Linear

    def __init__(self):
        super().__init__()
        self.fc = self.layer_type(4, 4)

    def forward(self, x):
        if isinstance(self.fc, nn.Linear) and isinstance(self.fc.weight, nn.Parameter):
            return self.fc(x)
        return x


# case: A constant as a frozen Parameter learns nothing and cuts nothing.
import torch
from torch import nn


class Masked(nn.Module):
    def forward(self, x):
        mask = nn.Parameter(torch.ones(4), requires_grad=False)
        return x * mask
