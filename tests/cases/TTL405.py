"""Cases of TTL405: reparametrizations of tied parameters."""

# case: weight_norm on the tied side
from torch import nn
from torch.nn.utils import weight_norm


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.head = nn.Linear(2, 3, bias=False)
        self.head.weight = self.embed.weight
        weight_norm(self.head)  # TTL405


# torch: parameter_names(Tied()) == ["embed.weight", "head.weight_g", "head.weight_v"]


# case: weight_norm on the source
from torch import nn
from torch.nn.utils import weight_norm


class Source(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.head = nn.Linear(2, 3, bias=False)
        self.head.weight = self.embed.weight
        self.embed = weight_norm(self.embed)  # TTL405


# torch: "embed.weight_v" in parameter_names(Source())


# case: the newer function
from torch import nn
from torch.nn.utils import parametrizations


class Newer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.head = nn.Linear(2, 3, bias=False)
        self.embed.weight = self.head.weight
        parametrizations.weight_norm(self.head, "weight")  # TTL405


# torch: (m := Newer()).head.parametrizations.weight.original1.data_ptr() == m.embed.weight.data_ptr()


# case: a tie in a method, a wrap in another
from torch import nn
from torch.nn.utils import weight_norm


class Methods(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.head = nn.Linear(2, 3, bias=False)
        self.tie_weights()
        self._normalize()

    def tie_weights(self):
        self.head.weight = self.embed.weight

    def _normalize(self):
        self.head = weight_norm(self.head)  # TTL405


# torch: "head.weight_v" in parameter_names(Methods())


# case: through a local, and a parameter of the module itself
from torch import nn
from torch.nn.utils import weight_norm


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        head = nn.Linear(2, 3, bias=False)
        self.table = head.weight
        self.head = weight_norm(head)  # TTL405


class OwnAfter(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(2, 3, bias=False)
        self.table = self.head.weight
        weight_norm(self.head)  # TTL405


# torch: parameter_names(OwnAfter()) == ["table", "head.weight_g", "head.weight_v"]


# case: layers tied in a loop
from torch import nn
from torch.nn.utils import weight_norm


class Layers(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.first = nn.Linear(2, 2)
        self.layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(n)])
        for layer in self.layers:
            layer.weight = self.first.weight
        for layer in self.layers:
            weight_norm(layer)  # TTL405


# torch: "layers.0.weight_v" in parameter_names(Layers(2))


# case: in a script
from torch import nn
from torch.nn.utils import weight_norm


embed = nn.Embedding(3, 2)
head = nn.Linear(2, 3, bias=False)
head.weight = embed.weight
head = weight_norm(head)  # TTL405


# torch: head.weight_v.data_ptr() == embed.weight.data_ptr()


# case: by apply over the whole model
from torch import nn


class Applied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.head = nn.Linear(2, 3, bias=False)
        self.head.weight = self.embed.weight
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.utils.weight_norm(m)  # TTL405


# torch: "head.weight_v" in parameter_names(Applied())


# case: tied after hook-based functions
from torch import nn
from torch.nn.utils import spectral_norm, weight_norm


class After(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.a = weight_norm(nn.Linear(2, 3, bias=False))
        self.a.weight = self.embed.weight  # TTL405
        self.b = spectral_norm(nn.Linear(2, 3, bias=False))
        self.b.weight = self.embed.weight  # TTL405


# torch: (m := After()) and "TypeError" in error(lambda: m.a(torch.ones(1, 2)))
# torch: "TypeError" in error(lambda: After().b(torch.ones(1, 2)))


# case: tied after the newer functions
from torch import nn
from torch.nn.utils import parametrizations


class After(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.a = parametrizations.weight_norm(nn.Linear(2, 3, bias=False))
        setattr(self.a, "weight", self.embed.weight)  # TTL405


# torch: "already exists" in error(After)


# case: one side of a tie transformed, as a hint
# certainty: hint
from torch import nn
from torch.nn.utils import parametrizations


class OneSided(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.head = nn.Linear(2, 3, bias=False)
        self.head.weight = self.embed.weight
        parametrizations.spectral_norm(self.head)  # TTL405


# torch: (m := OneSided()).head.parametrizations.weight.original is m.embed.weight


# case: the tie survives what keeps the Parameter
from torch import nn
from torch.nn.utils import prune, spectral_norm


class Kept(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.a = nn.Linear(2, 3, bias=False)
        self.a.weight = self.embed.weight
        self.a = spectral_norm(self.a)
        self.b = nn.Linear(2, 3, bias=False)
        self.b.weight = self.embed.weight
        prune.l1_unstructured(self.b, "weight", amount=0.5)


# torch: (m := Kept()).a.weight_orig is m.embed.weight and m.b.weight_orig is m.embed.weight


# case: no tie, or no longer one
import torch
from torch import nn
from torch.nn.utils import weight_norm


class Untied(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        self.b = nn.Linear(2, 2)
        self.b.weight = nn.Parameter(self.a.weight.detach().clone())
        weight_norm(self.b)
        self.c = nn.Linear(2, 2)
        self.c.weight = self.a.weight
        self.c.weight = nn.Parameter(torch.ones(2, 2))
        weight_norm(self.c)
        self.d = nn.Linear(2, 2)
        self.d.bias = self.a.bias
        weight_norm(self.d)


# torch: (m := Untied()).d.bias is m.a.bias


# case: one module under two names
from torch import nn
from torch.nn.utils import weight_norm


class OneModule(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        self.net = nn.Sequential(self.a, nn.ReLU())
        self.b = self.a
        weight_norm(self.a)


# torch: (m := OneModule()).b.weight_v is m.net[0].weight_v


# case: tied in one branch, wrapped in the other
from torch import nn
from torch.nn.utils import weight_norm


class Branches(nn.Module):
    def __init__(self, tie):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.head = nn.Linear(2, 3, bias=False)
        if tie:
            self.head.weight = self.embed.weight
        else:
            weight_norm(self.head)


# torch: error(lambda: Branches(True)) == "" and error(lambda: Branches(False)) == ""
