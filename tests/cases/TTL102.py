"""Cases of TTL102, leaf-tensor-not-parameter."""

# case: A tensor made with requires_grad=True.
# torch: parameter_names(A()) == [] and list(A().state_dict()) == [] and A().w.is_leaf
import torch as th


class A(th.nn.Module):
    def __init__(self):
        super().__init__()
        self.w = th.randn(4, requires_grad=True)  # TTL102

    def forward(self, x):
        return x * self.w


# case: A tensor that is told to require a gradient afterwards.
# torch: parameter_names(B()) == [] and B().a.requires_grad and B().b.requires_grad and B().c.requires_grad
import torch
import torch.nn as nn


class B(nn.Module):
    def __init__(self):
        super(B, self).__init__()
        self.a = torch.zeros(4).requires_grad_()  # TTL102
        b = torch.zeros(4)
        b.requires_grad = True
        self.b = b  # TTL102
        self.c = torch.zeros(4)  # TTL102
        self.c.requires_grad_(True)

    def forward(self, x):
        return x * self.a + self.b + self.c


# case: The old spelling with Variable.
# torch: parameter_names(C()) == [] and C().w.requires_grad
import torch
from torch import nn
from torch.autograd import Variable


class C(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = Variable(torch.zeros(4), requires_grad=True)  # TTL102

    def forward(self, x):
        return x @ self.w


# case: Drawn and scaled, then made a leaf, through a local and a helper method.
# torch: parameter_names(D(4)) == []
import torch
from torch import nn


class D(nn.Module):
    def __init__(self, size):
        super().__init__()
        self._make(size)

    def _make(self, size):
        w = (torch.randn(size, size) * 0.02).requires_grad_()
        self.w = w  # TTL102

    def forward(self, x):
        return torch.nn.functional.linear(x, self.w)


# case: A move after requires_grad makes a tensor that not even gets a gradient of its own.
# torch: parameter_names(E("meta")) == [] and not E("meta").w.is_leaf
import torch
from torch import nn


class E(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.w = torch.randn(4, requires_grad=True).to(device)  # TTL102

    def forward(self, x):
        return x * self.w


# case: setattr, a tuple and an annotated assignment.
# torch: parameter_names(F()) == []
import torch
from torch import nn


class F(nn.Module):
    def __init__(self):
        super().__init__()
        setattr(self, "a", torch.ones(4, requires_grad=True))  # TTL102
        self.b, self.size = torch.ones(4, requires_grad=True), 4  # TTL102
        self.c: torch.Tensor = torch.ones(4, requires_grad=True)  # TTL102

    def forward(self, x):
        return self.a * x + self.b * x**2 + self.c * x**3


# case: Through torch.tensor and a base class of the file.
# torch: parameter_names(H()) == []
import torch
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()


class H(G):
    def __init__(self):
        super().__init__()
        self.alpha = torch.tensor(0.5, requires_grad=True)  # TTL102

    def forward(self, x):
        return self.alpha * x + (1 - self.alpha) * x.flip(0)


# case: A buffer that requires a gradient is saved and never trained.
# torch: parameter_names(I()) == [] and list(I().state_dict()) == ["a", "b", "c"]
import torch
from torch import nn


class I(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("a", torch.ones(4, requires_grad=True))  # TTL102
        self.register_buffer("b", nn.Parameter(torch.ones(4)))  # TTL102
        w = nn.Parameter(torch.ones(4))
        self.register_buffer("c", w)  # TTL102


# case: register_parameter refuses a Tensor.
# torch: "cannot assign 'torch.FloatTensor' object to parameter 'w'" in error(J)
import torch
from torch import nn


class J(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_parameter("w", torch.zeros(4))  # TTL102


# case: A weight that an initializer fills and forward multiplies with.
# torch: parameter_names(K()) == [] and not K()(torch.ones(4)).requires_grad
import torch
from torch import nn
from torch.nn import init


class K(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = init.xavier_uniform_(torch.empty(4, 4))  # TTL102
        self.other = torch.nn.init.kaiming_normal_(torch.empty(4, 4))  # TTL102

    def forward(self, x):
        return torch.nn.functional.linear(x @ self.weight, self.other)


# case: The same through a local that the initializer fills in place.
# torch: parameter_names(L()) == []
import torch
from torch import nn


class L(nn.Module):
    def __init__(self):
        super().__init__()
        weight = torch.empty(4, 4)
        nn.init.orthogonal_(weight)
        self.weight = weight  # TTL102

    def forward(self, x):
        return x @ self.weight


# case: Style transfer gives its image to an optimizer of its own.
import torch
from torch import nn


class Style(nn.Module):
    def __init__(self, content):
        super().__init__()
        self.image = torch.randn(3, 64, 64, requires_grad=True)
        self.optimizer = torch.optim.LBFGS([self.image])


# case: An optimizer in another method takes the tensor.
import torch
from torch import nn, optim


class Latent(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.z = torch.zeros(1, size, requires_grad=True)

    def invert(self, target, steps):
        optimizer = optim.Adam([{"params": [self.z], "lr": 0.1}])
        for _ in range(steps):
            optimizer.zero_grad()
            (self.z - target).pow(2).sum().backward()
            optimizer.step()


# case: An adversarial perturbation is differentiated by hand.
import torch
from torch import nn


class Attack(nn.Module):
    def __init__(self, model, shape):
        super().__init__()
        self.model = model
        self.delta = torch.zeros(shape, requires_grad=True)

    def forward(self, x, y):
        loss = nn.functional.cross_entropy(self.model(x + self.delta), y)
        (grad,) = torch.autograd.grad(loss, [self.delta])
        return x + 0.01 * grad.sign()


# case: A dummy only forces a gradient through checkpointing.
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.dummy_tensor = torch.ones(1, dtype=torch.float32, requires_grad=True)

    def run(self, x, dummy=None):
        return self.fc(x)

    def forward(self, x):
        return checkpoint(self.run, x, self.dummy_tensor, use_reentrant=True)


# case: A class that is no Module.
import torch


class Perturbation:
    def __init__(self, shape):
        self.delta = torch.zeros(shape, requires_grad=True)


# case: A new value for a buffer that is registered stays a buffer.
# torch: list(Ema().state_dict()) == ["mean"]
import torch
from torch import nn


class Ema(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(4))
        self.mean = torch.ones(4).requires_grad_()


# case: Without a gradient, or without knowing about one.
import torch
from torch import nn


class Constant(nn.Module):
    def __init__(self, learn, table):
        super().__init__()
        self.a = torch.ones(4, requires_grad=False)
        self.b = torch.ones(4, requires_grad=learn)
        self.c = table
        self.d = torch.ones(4).requires_grad_(False)
        self.e = torch.ones(4).requires_grad_(learn)


# case: Wrapped in a Parameter on the way or right after.
# torch: parameter_names(Wrapped()) == ["a", "b", "c"]
import torch
from torch import nn


class Wrapped(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.randn(4, requires_grad=True))
        b = torch.empty(4, 4)
        nn.init.xavier_uniform_(b)
        self.b = nn.Parameter(b)
        self.c = nn.init.zeros_(nn.Parameter(torch.empty(4)))


# case: An initialized tensor that is registered as a fixed buffer.
# torch: list(Random().state_dict()) == ["projection"]
import torch
from torch import nn


class Random(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("projection", nn.init.orthogonal_(torch.empty(4, 4)))

    def forward(self, x):
        return x @ self.projection


# case: A buffer made from a detached or frozen tensor.
# torch: not any(buffer.requires_grad for buffer in Detached().buffers())
import torch
from torch import nn


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        w = torch.randn(4, requires_grad=True)
        self.register_buffer("a", w.detach())
        self.register_buffer("b", w.clone().data)
        self.register_buffer("c", None)
        self.register_buffer("d", torch.zeros(4))


# case: Inputs that must require a gradient, as for a penalty or a saliency map.
import torch
from torch import nn


class Penalty(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 1)

    def forward(self, x):
        x = x.detach().requires_grad_()
        noise = torch.zeros(4, requires_grad=True)
        (grad,) = torch.autograd.grad(self.fc(x + noise).sum(), x, create_graph=True)
        return grad.norm()


# case: Leaves in a script and in a test.
import torch
from torch import nn

x = torch.randn(2, 4, requires_grad=True)
layer = nn.Linear(4, 4)


def test_gradient_reaches_the_input():
    y = torch.randn(2, 4, requires_grad=True)
    layer(y).sum().backward()
    assert y.grad is not None


# case: Tensors of other libraries.
import numpy as np
import paddle
from torch import nn


class Foreign(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = paddle.zeros([4], requires_grad=True)
        self.b = np.zeros(4)


# case: register_parameter with a Parameter, and with None.
# torch: parameter_names(Slots()) == ["w"]
import torch
from torch import nn


class Slots(nn.Module):
    def __init__(self, size=None):
        super().__init__()
        self.register_parameter("w", nn.Parameter(torch.zeros(4)))
        self.register_parameter("b", None)


# case: An optimizer of another library takes the tensor.
import torch
from lion_pytorch import Lion
from torch import nn


class Fitted(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.z = torch.zeros(1, size, requires_grad=True)
        self.optimizer = Lion([self.z], lr=1e-4)


# case: The class hands the tensor out by its own parameters method.
# torch: list(Own().parameters())[0].requires_grad
import torch
from torch import nn


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.z = torch.zeros(4, requires_grad=True)

    def parameters(self, recurse=True):
        return iter([self.z])


# case: A placeholder that a Parameter replaces.
# torch: parameter_names(Replaced()) == ["w"]
import torch
from torch import nn


class Replaced(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.randn(4, requires_grad=True)
        self.w = nn.Parameter(self.w)
