"""Cases of TTL202: a new Parameter over a registered one, while the model runs or anywhere else."""

# case: forward rewraps its own weight
import torch
from torch import nn


class Clamped(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(3))

    def forward(self, x):
        self.w = nn.Parameter(self.w.clamp(0, 1))  # TTL202
        return x * self.w


# torch: [m := Clamped(), before := m.w, m(torch.ones(3)).sum().backward()] and before.grad is None


# case: forward replaces the weight of a layer
import torch as th
from torch.nn import Parameter as P


class Head(th.nn.Module):
    def __init__(self, size, classes):
        super().__init__()
        self.fc = th.nn.Linear(size, classes)

    def forward(self, x):
        self.fc.weight = P(th.nn.functional.normalize(self.fc.weight, dim=1))  # TTL202
        return self.fc(x)


# torch: [m := Head(2, 3), before := m.fc.weight, m(torch.ones(1, 2))] and m.fc.weight is not before


# case: training_step
import torch
from torch import nn


class Task(nn.Module):
    def __init__(self):
        super().__init__()
        self.prototypes = nn.Parameter(torch.zeros(4, 3))

    def forward(self, x):
        return x @ self.prototypes.t()

    def training_step(self, batch, index):
        loss = self(batch).mean()
        self.prototypes = nn.Parameter(batch.mean(0, keepdim=True).expand(4, 3).clone())  # TTL202
        return loss


# torch: [m := Task(), before := m.prototypes, m.training_step(torch.ones(2, 3), 0)] and m.prototypes is not before


# case: an update method under no_grad
import torch
from torch import nn


class Codebook(nn.Module):
    def __init__(self, n, size):
        super().__init__()
        self.codes = nn.Parameter(torch.randn(n, size))

    @torch.no_grad()
    def update(self, means):
        self.codes = nn.Parameter(0.99 * self.codes + 0.01 * means)  # TTL202


# torch: [m := Codebook(2, 3), before := m.codes, m.update(torch.ones(2, 3))] and m.codes is not before


# case: a method of the epoch
import torch
from torch import nn


class Curriculum(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.ones(5))

    def on_epoch_end(self):
        self.weights = nn.Parameter(torch.ones(5))  # TTL202


# torch: [m := Curriculum(), before := m.weights, m.on_epoch_end()] and m.weights is not before


# case: a helper that step calls
import torch
from torch import nn


class Walker(nn.Module):
    def __init__(self):
        super().__init__()
        self.position = nn.Parameter(torch.zeros(2))

    def _move(self, delta):
        self.position = nn.Parameter(self.position.data + delta)  # TTL202

    def step(self, delta):
        self._move(delta)
        return self.position


# torch: [m := Walker(), before := m.position] and m.step(torch.ones(2)) is not before


# case: registered by the base class, rebound in the subclass's forward
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super(Base, self).__init__()
        self.bias = nn.Parameter(torch.zeros(3))


class Centred(Base):
    def forward(self, x):
        self.bias = torch.nn.parameter.Parameter(-x.mean(0))  # TTL202
        return x + self.bias


# torch: [m := Centred(), before := m.bias, m(torch.ones(2, 3))] and m.bias is not before


# case: setattr with a literal name
import torch
from torch import nn


class Dynamic(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        setattr(self, "w", nn.Parameter(self.w.detach() * 0.9))  # TTL202
        return x * self.w


# torch: [m := Dynamic(), before := m.w, m(torch.ones(3))] and m.w is not before


# case: through a local name
import torch
from torch import nn


class Local(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Linear(3, 3)

    def forward(self, x):
        layer = self.proj
        fresh = nn.Parameter(layer.weight.data * 0.5)
        layer.weight = fresh  # TTL202
        return layer(x)


# torch: [m := Local(), before := m.proj.weight, m(torch.ones(1, 3))] and m.proj.weight is not before


# case: only while training
import torch
from torch import nn


class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        if self.training:
            self.w = nn.Parameter(self.w + 0.1 * torch.randn(3))  # TTL202
        return x * self.w


# torch: [m := Noisy(), before := m.w, m(torch.ones(3))] and m.w is not before


# case: elsewhere it is a hint
# certainty: hint
import torch
from torch import nn


class Table(nn.Module):
    def __init__(self, rows):
        super().__init__()
        self.rows = nn.Parameter(torch.zeros(rows, 4))

    def load_rows(self, rows):
        self.rows = nn.Parameter(rows)  # TTL202


# torch: [m := Table(2), before := m.rows, m.load_rows(torch.ones(3, 4))] and m.rows is not before


# case: elsewhere, on a layer of the module
# certainty: hint
import torch
from torch import nn


class Finetuned(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def new_task(self, classes):
        self.fc.weight = nn.Parameter(torch.zeros(classes, 3))  # TTL202
        self.fc.bias = nn.Parameter(torch.zeros(classes))  # TTL202


# torch: [m := Finetuned(), m.new_task(5)] and m.fc(torch.ones(1, 3)).shape == (1, 5)


# case: the usual places outside forward are silent
import torch
from torch import nn


class Backbone(nn.Module):
    def __init__(self, tokens, size):
        super().__init__()
        self.pos_embed = nn.Parameter(torch.zeros(1, tokens, size))
        self.embed = nn.Embedding(tokens, size)

    def set_input_size(self, tokens):
        self.pos_embed = nn.Parameter(self.pos_embed[:, :tokens])

    def prune_vocab(self, keep):
        self.embed.weight = nn.Parameter(self.embed.weight[keep])

    def make_positions(self, tokens, size):
        self.pos_embed = nn.Parameter(torch.randn(1, tokens, size), requires_grad=False)

    def expand_heads(self, n):
        self.pos_embed = nn.Parameter(torch.cat([self.pos_embed] * n, dim=-1))


# torch: [m := Backbone(4, 2), m.set_input_size(2), m.prune_vocab([0, 1])] and m.pos_embed.shape == (1, 2, 2)


# case: what resets, loads and makes a model ready for deployment is silent
import torch
from torch import nn


class RepBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3)
        self.w = nn.Parameter(torch.ones(4))

    def reset_parameters(self):
        self.w = nn.Parameter(torch.ones(4))

    def switch_to_deploy(self):
        self.conv.weight = nn.Parameter(self.conv.weight * self.w.view(-1, 1, 1, 1))

    def fuse(self):
        self.conv.bias = nn.Parameter(torch.zeros(4))

    def reparameterize(self):
        self.w = nn.Parameter(torch.ones(4))

    def _load_from_state_dict(self, state_dict, prefix, *args):
        self.w = nn.Parameter(torch.empty_like(state_dict[prefix + "w"]))
        super()._load_from_state_dict(state_dict, prefix, *args)


# torch: [m := RepBlock(), m.switch_to_deploy(), m.load_state_dict(m.state_dict())] and m.w.shape == (4,)


# case: one registration in each branch of the constructor
import torch
from torch import nn


class Initialised(nn.Module):
    def __init__(self, kind, size):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(size))
        if kind == "normal":
            self.w = nn.Parameter(torch.randn(size))
        elif kind == "ones":
            self.w = nn.Parameter(torch.ones(size))
        self.fc = nn.Linear(size, size)
        self.fc.weight = nn.Parameter(torch.eye(size))


# torch: Initialised("ones", 2).w.sum() == 2


# case: layer surgery before the training
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        return self.fc(x)


def main():
    model = Net()
    model.fc.weight = nn.Parameter(torch.eye(3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.ones(1, 3)).sum().backward()
        optimizer.step()
    return model


model = Net()
model.fc.bias = nn.Parameter(torch.zeros(3))

# torch: main().fc.bias.sum() < 1


# case: forward makes the tie again
import torch
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Embedding(5, 3)
        self.dec = nn.Linear(3, 5)
        self.dec.weight = self.enc.weight

    def forward(self, x):
        self.dec.weight = self.enc.weight
        return self.dec(self.enc(x))


# torch: [m := Tied(), m(torch.tensor([1]))] and parameter_names(m) == ["enc.weight", "dec.bias"]


# case: a slot that is filled once
# select: TTL202
import torch
from torch import nn


class Grown(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_parameter("w", None)

    def forward(self, x):
        if self.w is None:
            self.w = nn.Parameter(torch.ones(x.shape[-1]))
        return x * self.w


# torch: [m := Grown(), m(torch.ones(3)), before := m.w, m(torch.ones(3))] and m.w is before


# case: the weight of a layer that forward itself builds
# select: TTL202
import torch
from torch import nn


class Blur(nn.Module):
    def __init__(self, kernel):
        super().__init__()
        self.register_buffer("kernel", kernel)

    def forward(self, x):
        conv = nn.Conv2d(1, 1, 3, bias=False)
        conv.weight = nn.Parameter(self.kernel, requires_grad=False)
        return conv(x)


# torch: Blur(torch.ones(1, 1, 3, 3))(torch.ones(1, 1, 3, 3)).item() == 9


# case: a trainer that is no Module
import torch
from torch import nn


class ImageOptimizer:
    def __init__(self, image):
        self.image = nn.Parameter(image)

    def step(self, rate):
        self.image = nn.Parameter(self.image.detach() - rate)

    def train_epoch(self):
        self.image = nn.Parameter(self.image.data.clamp(0, 1))


# torch: [o := ImageOptimizer(torch.ones(2)), o.step(0.5), o.train_epoch()] and o.image.sum() == 1


# case: a tensor that is not a parameter of the module
import torch
from torch import nn


class Adversary(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        delta = nn.Parameter(torch.zeros_like(x))
        grad = torch.autograd.grad(self.model(x + delta).sum(), delta)[0]
        return x + 0.1 * grad.sign()


# torch: Adversary(nn.Linear(2, 2))(torch.ones(1, 2)).shape == (1, 2)


# case: deleted first, so that the new weight is a leaf of its own
# select: TTL202
import torch
from torch import nn


class Rebuilt(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def update(self, values):
        del self.w
        self.w = nn.Parameter(values)


# torch: [m := Rebuilt(), m.update(torch.zeros(3))] and parameter_names(m) == ["w"]


# case: a buffer of that name
import torch
from torch import nn


class Buffered(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))
        self.scale = nn.Parameter(torch.ones(3))

    def update(self, x):
        self.mean = self.mean.lerp(x, 0.1)


# torch: [m := Buffered(), m.update(torch.ones(3))] and m.mean.sum() > 0


# case: another framework's parameter
try:
    from flax.nnx import Module, Param
except ImportError:
    Module, Param = object, list


class Flax(Module):
    def __init__(self):
        super().__init__()
        self.w = Param([1.0])

    def update(self, value):
        self.w = Param([value])


# torch: [m := Flax(), m.update(2.0)] and True


# case: a nested function of the same name as a hook
import torch
from torch import nn


class Exported(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))

    def forward(self, x):
        w = nn.functional.normalize(self.w, dim=0)
        return x * w

    def state_for(self, other):
        other.w = nn.Parameter(self.w.detach().clone())
        return other


# torch: [m := Exported(), m.state_for(Exported())] and m.w.sum() == 3


# case: a table of positions that grows in forward and stays frozen
# torch: [m := Table(4, 2), m(torch.zeros(1, 9)), not m.weight.requires_grad] and m.weight.shape[0] == 9
import torch
from torch import nn


class Table(nn.Embedding):
    def build(self, length):
        self.weight = nn.Parameter(torch.arange(length * self.embedding_dim).float().view(length, -1))
        self.weight.detach_()
        self.weight.requires_grad = False

    def forward(self, tokens):
        if tokens.shape[1] > self.weight.shape[0]:
            self.build(tokens.shape[1])
        return super().forward(tokens.long())
