"""Cases of TTL207: a layer takes over generated weights, and the graph to what generates them is cut."""

# case: a generator's result becomes the data of a layer's weight
import torch
from torch import nn


class Hyper(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.gen = nn.Linear(size, size * size)
        self.main = nn.Linear(size, size)

    def forward(self, x, z):
        self.main.weight.data = self.gen(z).view(3, 3)  # TTL207
        return self.main(x)


# torch: [m := Hyper(3), m(torch.ones(2, 3), torch.ones(3)).sum().backward()] and m.gen.weight.grad is None


# case: a new Parameter of the generated values
import torch
from torch import nn


class Wrapped(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 6))
        self.layer = nn.Linear(3, 2, bias=False)

    def forward(self, x, z):
        w = self.gen(z).reshape(2, 3)
        self.layer.weight = nn.Parameter(w)  # TTL207
        return self.layer(x)


# torch: [m := Wrapped(), m(torch.ones(2, 3), torch.ones(4)).sum().backward()] and m.gen[0].weight.grad is None


# case: a state dict of generated weights
import torch
from torch import nn


class Loaded(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight_gen = nn.Linear(4, 6)
        self.bias_gen = nn.Linear(4, 2)
        self.target = nn.Linear(3, 2)

    def forward(self, x, z):
        generated = {"weight": self.weight_gen(z).view(2, 3), "bias": self.bias_gen(z)}
        self.target.load_state_dict(generated)  # TTL207
        return self.target(x)


# torch: [m := Loaded(), m(torch.ones(2, 3), torch.ones(4)).sum().backward()] and m.bias_gen.weight.grad is None


# case: the generator is a class of the project, and helpers set the weights
import torch
from torch import nn
from torch.nn import functional as F


class HyperNet(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.trunk = nn.Linear(size, 16)
        self.out = nn.Linear(16, 9)

    def forward(self, z):
        return self.out(F.relu(self.trunk(z)))


class Conditioned(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.hyper = HyperNet(size)
        self.body = nn.Sequential(nn.Linear(3, 3, bias=False), nn.ReLU())

    def _generate(self, z):
        return 0.1 * self.hyper(z).view(3, 3)

    def _fill(self, weight):
        layer = self.body[0]
        layer.weight.data = weight  # TTL207

    def forward(self, x, z):
        self._fill(self._generate(z))
        return self.body(x)


# torch: [m := Conditioned(2), m(torch.ones(2, 3), torch.ones(2)).sum().backward()] and m.hyper.out.weight.grad is None


# case: in a loop over layers and generators
import torch as th
import torch.nn as nn


class Stack(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, 3) for _ in range(depth)])
        self.gens = nn.ModuleList([nn.Linear(2, 9) for _ in range(depth)])

    def forward(self, x, z):
        for layer, gen in zip(self.layers, self.gens):
            layer.weight.data = gen(z).view(3, 3)  # TTL207
        for layer in self.layers:
            x = layer(x).relu()
        return x


# torch: [m := Stack(2), m(th.ones(2, 3), th.ones(2)).sum().backward()] and m.gens[0].weight.grad is None


# case: computed from parameters of its own
import torch
from torch import nn


class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.bank = nn.Parameter(torch.randn(4, 3, 3))
        self.mix = nn.Parameter(torch.zeros(4))
        self.conv = nn.Linear(3, 3)

    def forward(self, x):
        weights = torch.softmax(self.mix, 0)
        self.conv.weight.data = (weights[:, None, None] * self.bank).sum(0)  # TTL207
        return self.conv(x)


# torch: [m := Mixed(), m(torch.ones(2, 3)).sum().backward()] and m.bank.grad is None


# case: low-rank factors, and the layer's own class
import torch
from torch import nn
from torch.nn import Parameter


class LowRank(nn.Linear):
    def __init__(self, size, rank):
        super().__init__(size, size)
        self.down = Parameter(torch.randn(rank, size))
        self.up = Parameter(torch.zeros(size, rank))

    def forward(self, x):
        self.weight.data = self.up @ self.down  # TTL207
        return super().forward(x)


# torch: [m := LowRank(3, 1), m(torch.ones(2, 3)).sum().backward()] and m.up.grad is None


# case: read by a function
import torch
import torch.nn.functional as F
from torch import nn


class Read(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Linear(2, 9)
        self.kernel = nn.Parameter(torch.zeros(3, 3))

    def forward(self, x, z):
        self.kernel.data = torch.tanh(self.gen(z)).view(3, 3)  # TTL207
        return F.linear(x, self.kernel)


# torch: [m := Read(), m(torch.ones(2, 3), torch.ones(2)).sum().backward()] and m.gen.weight.grad is None


# case: several weights from one tuple, by setattr
import torch
from torch import nn


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Linear(2, 8)
        self.fc = nn.Linear(3, 2)

    def forward(self, x, z):
        w, b = self.gen(z).split((6, 2))
        setattr(self.fc, "weight", nn.Parameter(w.view(2, 3)))  # TTL207
        self.fc.bias = nn.Parameter(b)  # TTL207
        return self.fc(x)


# torch: [m := Pair(), m(torch.ones(2, 3), torch.ones(2)).sum().backward()] and m.gen.weight.grad is None


# case: in training_step
import torch
from torch import nn


class Task(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Linear(2, 9)
        self.net = nn.Linear(3, 3)

    def training_step(self, batch, index):
        x, z = batch
        self.net.weight.data = self.gen(z).view(3, 3)  # TTL207
        return self.net(x).sum()


# torch: [m := Task(), m.training_step((torch.ones(2, 3), torch.ones(2)), 0).backward()] and m.gen.weight.grad is None


# case: the weights deleted first, or handed to a functional call
import torch
from torch import nn
from torch.func import functional_call


class Deleted(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Linear(2, 9)
        self.main = nn.Linear(3, 3)
        self.other = nn.Linear(3, 3)
        del self.main.weight

    def forward(self, x, z):
        w = self.gen(z).view(3, 3)
        self.main.weight = w
        return self.main(x) + functional_call(self.other, {"weight": w}, (x,))


# torch: [m := Deleted(), m(torch.ones(2, 3), torch.ones(2)).sum().backward()] and m.gen.weight.grad is not None


# case: detached, under no_grad, or from frozen parameters
import torch
from torch import nn


class Meant(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Linear(2, 9)
        self.frozen = nn.Linear(2, 9).requires_grad_(False)
        self.main = nn.Linear(3, 3)

    def forward(self, x, z):
        self.main.weight.data = self.gen(z).detach().view(3, 3)
        y = self.main(x)
        self.main.weight.data = self.frozen(z).view(3, 3)
        y = y + self.main(x)
        with torch.no_grad():
            self.main.weight.data = self.gen(z).view(3, 3)
        return y + self.main(x)


# torch: Meant()(torch.ones(2, 3), torch.ones(2)).shape == (2, 3)


# case: a projection or an update of the parameter itself
import torch
from torch import nn


class Constrained(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.slow = nn.Linear(3, 3)

    def forward(self, x):
        self.fc.weight.data = torch.renorm(self.fc.weight, 2, 0, 1.0)
        self.slow.weight.data = 0.9 * self.slow.weight + 0.1 * self.fc.weight
        return self.fc(x) + self.slow(x)


# torch: [m := Constrained(), m(torch.ones(2, 3)).sum().backward()] and m.fc.weight.grad is not None


# case: values of which nothing is known, and a memory that does not train
import torch
from torch import nn


class Memory(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(3, 3)
        self.memory = nn.Parameter(torch.zeros(3), requires_grad=False)
        self.fc = nn.Linear(3, 3)

    def forward(self, x, weight):
        self.fc.weight.data = weight
        z = self.encoder(x)
        self.memory.data = z.mean(0)
        return self.fc(z) + self.memory


# torch: Memory()(torch.ones(2, 3), torch.ones(3, 3)).shape == (2, 3)


# case: centres that start from the first batch
import torch
from torch import nn


class Clusters(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(3, 3)
        self.centres = nn.Parameter(torch.zeros(2, 3))
        self.initted = False

    def forward(self, x):
        z = self.encoder(x)
        if not self.initted:
            self.centres.data = z[:2]
            self.initted = True
        return torch.cdist(z, self.centres)


# torch: [m := Clusters(), m(torch.ones(2, 3)).sum().backward()] and m.centres.grad is not None


# case: nothing reads what was stored
import torch
from torch import nn


class Stored(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(3, 3)
        self.last = nn.Parameter(torch.zeros(2, 3))

    def forward(self, x):
        z = self.encoder(x)
        self.last.data = z
        return z


# torch: Stored()(torch.ones(2, 3)).shape == (2, 3)


# case: an exponential moving average of its own parameters
# select: TTL207
import torch
from torch import nn


class Codebook(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(3, 3)
        self.codes = nn.Embedding(2, 3)
        self.sums = nn.Parameter(torch.zeros(2, 3))

    def forward(self, x):
        z = self.encoder(x)
        if self.training:
            self.sums = nn.Parameter(self.sums * 0.9 + 0.1 * z[:2])
            self.codes.weight = nn.Parameter(self.sums / 2)
        return torch.cdist(z, self.codes.weight)


# torch: Codebook()(torch.ones(2, 3)).shape == (2, 2)


# case: outside of a forward
import torch
from torch import nn


class Surgery(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Linear(2, 9)
        self.main = nn.Linear(3, 3)

    def fuse(self, z):
        self.main.weight.data = self.gen(z).view(3, 3)
        return self.main(z.new_ones(2, 3))


# torch: Surgery().fuse(torch.ones(2)).shape == (2, 3)
