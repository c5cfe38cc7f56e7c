"""Cases of TTL408: weights that a hook computes, read past the module."""

# case: in every operation that reads a weight
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm


class Reads(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        self.b = weight_norm(nn.Linear(2, 2))
        self.c = spectral_norm(nn.Conv1d(2, 2, 1))
        self.d = weight_norm(nn.Embedding(2, 2))

    def forward(self, x):
        x = F.linear(x, self.a.weight, self.a.bias)  # TTL408
        x = x @ self.b.weight.t()  # TTL408
        x = F.conv1d(x.unsqueeze(-1), self.c.weight).squeeze(-1)  # TTL408
        return torch.matmul(x, self.d.weight)  # TTL408


# torch: (m := Reads())(torch.ones(1, 2)).sum().backward() is None and m.c.weight_orig.grad is None
# torch: [m := Reads(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: through a local and a helper
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import weight_norm


def project(x, weight):
    return F.linear(x, weight)


class Helped(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = weight_norm(nn.Linear(2, 2))

    def forward(self, x):
        w = self.proj.weight  # TTL408
        return project(x, w)


# torch: [m := Helped(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: in a method that forward calls
from torch import nn
from torch.nn.utils import weight_norm


class Method(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Linear(2, 2)
        weight_norm(self.proj)

    def _score(self, x):
        return x @ self.proj.weight  # TTL408

    def forward(self, x):
        return self._score(x)


# torch: [m := Method(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: pruned
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import prune


class Pruned(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Linear(2, 2)
        prune.l1_unstructured(self.proj, "weight", amount=0.5)

    def forward(self, x):
        return F.linear(x, self.proj.weight)  # TTL408


# torch: [m := Pruned(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: every layer of a list
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import spectral_norm


class Layers(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.ModuleList([spectral_norm(nn.Linear(2, 2)) for _ in range(n)])

    def forward(self, x):
        for layer in self.layers:
            x = F.linear(x, layer.weight)  # TTL408
        return x


# torch: (m := Layers(2))(torch.ones(1, 2, requires_grad=True)).sum().backward() is None and m.layers[0].weight_orig.grad is None


# case: a recurrent weight read by hand
import torch
from torch import nn
from torch.nn.utils import weight_norm


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = weight_norm(nn.RNN(2, 2), "weight_hh_l0")

    def forward(self, h):
        return torch.tanh(h @ self.rnn.weight_hh_l0.t())  # TTL408


# torch: [m := Cell(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: tied use: the head reads what another layer computes
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import weight_norm


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(2, 2)
        self.out = weight_norm(nn.Linear(2, 2))

    def forward(self, tokens):
        return F.linear(self.embed(tokens), self.out.weight)  # TTL408


# torch: [m := Tied(), m(torch.tensor([0])).sum().backward()] and "second time" in error(lambda: m(torch.tensor([0])).sum().backward())


# case: before the layer is called
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import weight_norm


class Before(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))

    def forward(self, x):
        x = F.linear(x, self.fc.weight)  # TTL408
        return self.fc(x)


# torch: [m := Before(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: wrapped by the base class, read in the subclass
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import weight_norm


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))


class Child(Base):
    def forward(self, x):
        return F.linear(x, self.fc.weight)  # TTL408


# torch: [m := Child(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: getattr
from torch import nn
from torch.nn.utils import weight_norm


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))

    def forward(self, x):
        return x @ getattr(self.fc, "weight")  # TTL408


# torch: [m := Named(), m(torch.ones(1, 2)).sum().backward()] and "second time" in error(lambda: m(torch.ones(1, 2)).sum().backward())


# case: the output projection of attention
from torch import nn
from torch.nn.utils import weight_norm


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(4, 2)
        self.attn.out_proj = weight_norm(self.attn.out_proj)  # TTL408

    def forward(self, x):
        return self.attn(x, x, x)[0]


# torch: [m := Attention(), m(torch.ones(2, 1, 4)).sum().backward()] and "second time" in error(lambda: m(torch.ones(2, 1, 4)).sum().backward())


# case: the output projection, inside a layer and in a script
from torch import nn
from torch.nn.utils import prune, spectral_norm


layer = nn.TransformerEncoderLayer(4, 2, 8)
spectral_norm(layer.self_attn.out_proj)  # TTL408
prune.l1_unstructured(layer.self_attn.out_proj, "weight_orig", amount=0.5) if False else None


# torch: [layer(torch.ones(2, 1, 4)).sum().backward()] and layer.self_attn.out_proj.weight_orig.grad is None


# case: the output projection, in a loop over modules
from torch import nn
from torch.nn.utils import weight_norm


def build():
    attn = nn.MultiheadAttention(4, 2)
    for m in attn.modules():
        if isinstance(m, nn.Linear):
            weight_norm(m)  # TTL408
    return attn


# torch: build().out_proj.weight_g is not None


# case: an attention of the project that hands its weights on
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import weight_norm


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = weight_norm(nn.Linear(4, 4))
        self.out_proj = weight_norm(nn.Linear(4, 4))

    def forward(self, x, w, b):
        y, _ = F.multi_head_attention_forward(
            self.q(x), x, x, 4, 2, w, b, None, None, False, 0.0,
            self.out_proj.weight,  # TTL408
            self.out_proj.bias,
        )
        return y


# torch: error(Own) == ""


# case: the hook ran in this forward
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import weight_norm


class Ran(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = weight_norm(nn.Embedding(2, 2))
        self.net = nn.Sequential(weight_norm(nn.Linear(2, 2)), nn.ReLU())

    def forward(self, tokens):
        x = self.net(self.embed(tokens))
        penalty = (self.net[0].weight ** 2).sum()
        return F.linear(x, self.embed.weight) + penalty


# torch: [m := Ran(), m(torch.tensor([0])).sum().backward()] and error(lambda: m(torch.tensor([0])).sum().backward()) == ""


# case: reads without a gradient, and of sizes
import torch
from torch import nn
from torch.nn.utils import weight_norm


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))
        self.b = weight_norm(nn.Linear(2, 2))

    def forward(self, x):
        x = x.to(self.fc.weight.dtype).to(self.fc.weight.device) * self.fc.weight.shape[0]
        with torch.no_grad():
            norm = self.fc.weight.norm()
        self.last = self.b.weight.detach().norm() + norm
        return self.b(self.fc(x))


# torch: [m := Detached(), m(torch.ones(1, 2)).sum().backward()] and error(lambda: m(torch.ones(1, 2)).sum().backward()) == ""


# case: a penalty in another method
from torch import nn
from torch.nn.utils import weight_norm


class Penalty(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = weight_norm(nn.Linear(2, 2))

    def penalty(self):
        return (self.fc.weight ** 2).sum()

    def forward(self, x):
        return self.fc(x)


# torch: [m := Penalty(), (m(torch.ones(1, 2)).sum() + m.penalty()).backward()] and error(lambda: (m(torch.ones(1, 2)).sum() + m.penalty()).backward()) == ""


# case: a forward in two halves
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import weight_norm


class Halves(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = weight_norm(nn.Embedding(2, 2))

    def forward_features(self, tokens):
        return self.embed(tokens)

    def forward_head(self, x):
        return F.linear(x, self.embed.weight)

    def forward(self, tokens):
        return self.forward_head(self.forward_features(tokens))


# torch: [m := Halves(), m(torch.tensor([0])).sum().backward()] and error(lambda: m(torch.tensor([0])).sum().backward()) == ""


# case: parametrizations compute the weight at every read
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations


class Newer(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = parametrizations.weight_norm(nn.Linear(2, 2))
        self.attn = nn.MultiheadAttention(4, 2)
        parametrizations.spectral_norm(self.attn.out_proj)

    def forward(self, x):
        return F.linear(x, self.a.weight)


# torch: [m := Newer(), m(torch.ones(1, 2)).sum().backward()] and error(lambda: m(torch.ones(1, 2)).sum().backward()) == ""


# case: other tensors, and layers that are wrapped no longer
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import remove_weight_norm, weight_norm


class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = weight_norm(nn.Linear(2, 2))
        self.b = weight_norm(nn.Linear(2, 2))
        remove_weight_norm(self.b)
        self.attn = weight_norm(nn.MultiheadAttention(4, 2), "in_proj_weight")

    def forward(self, x):
        return F.linear(x, self.b.weight, self.a.bias) + self.a.weight_g.sum() + self.a.weight_v.sum()


# torch: [m := Other(), m(torch.ones(1, 2)).sum().backward()] and error(lambda: m(torch.ones(1, 2)).sum().backward()) == ""


# case: a layer that other code calls
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import weight_norm


class Head(nn.Module):
    def __init__(self, embed):
        super().__init__()
        self.embed = embed

    def forward(self, x):
        return self.embed(x)


class Outer(nn.Module):
    def __init__(self, run):
        super().__init__()
        self.embed = weight_norm(nn.Embedding(2, 2))
        self.head = Head(self.embed)
        self.a = weight_norm(nn.Linear(2, 2))
        self.run = run

    def forward(self, tokens):
        x = self.head(tokens)
        x = self.run(self.a, x)
        return F.linear(x, self.embed.weight) + F.linear(x, self.a.weight)


# torch: [m := Outer(lambda f, x: f(x)), m(torch.tensor([0])).sum().backward()] and error(lambda: m(torch.tensor([0])).sum().backward()) == ""
