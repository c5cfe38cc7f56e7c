"""Cases of TTL303: a second Parameter over the storage of the first."""

# case: head and embedding
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vocabulary, size):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, size)
        self.head = nn.Linear(size, vocabulary, bias=False)
        self.head.weight = nn.Parameter(self.embed.weight)  # TTL303


# torch: (m := LanguageModel(5, 2)).head.weight.data_ptr() == m.embed.weight.data_ptr()
# torch: (m := LanguageModel(5, 2).double()).head.weight.data_ptr() != m.embed.weight.data_ptr()


# case: the data of the source
import torch as th


class LanguageModel(th.nn.Module):
    def __init__(self):
        super(LanguageModel, self).__init__()
        self.embed = th.nn.Embedding(5, 2)
        self.head = th.nn.Linear(2, 5)
        self.head.weight = th.nn.Parameter(self.embed.weight.data)  # TTL303


# torch: len(list(LanguageModel().parameters())) == 3


# case: detached, by keyword
import torch
from torch import nn


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = torch.nn.parameter.Parameter(data=self.a.weight.detach(), requires_grad=True)  # TTL303


# torch: (m := Detached()).b.weight.data_ptr() == m.a.weight.data_ptr()


# case: parameters of the module itself
import torch
from torch import nn
from torch.nn import Parameter as P


class Twins(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = P(torch.ones(3))
        self.right = P(self.left)  # TTL303


# torch: parameter_names(Twins()) == ["left", "right"]


# case: the source is a local name
import torch
from torch import nn


class Local(nn.Module):
    def __init__(self):
        super().__init__()
        w = nn.Parameter(torch.ones(3))
        self.left = w
        self.right = nn.Parameter(w)  # TTL303


# torch: parameter_names(Local()) == ["left", "right"]


# case: every step under a name of its own
from torch import nn


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Embedding(5, 2)
        self.dec = nn.Linear(2, 5)
        w = self.enc.weight
        p = nn.Parameter(w)
        self.dec.weight = p  # TTL303


# torch: (m := Steps()).dec.weight is not m.enc.weight


# case: a helper, an annotation and a tuple
from torch import nn


class Helped(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(3, 3)
        self.dec = nn.Linear(3, 3)
        self._tie()

    def _tie(self) -> None:
        self.dec.weight: nn.Parameter = nn.Parameter(self.enc.weight)  # TTL303
        self.dec.bias, self.tied = nn.Parameter(self.enc.bias), True  # TTL303


# torch: len(list(Helped().parameters())) == 4


# case: setattr
from torch import nn


class Set(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(3, 3)
        self.dec = nn.Linear(3, 3)
        setattr(self.dec, "weight", nn.Parameter(self.enc.weight))  # TTL303


# torch: (m := Set()).dec.weight is not m.enc.weight


# case: two levels deep
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(2, 5)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()
        self.decoder.out.weight = nn.Parameter(self.encoder.embed.weight)  # TTL303


# torch: (m := Translator()).decoder.out.weight is not m.encoder.embed.weight


# case: the source comes from the base class
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)


class WithHead(Base):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(2, 5)

    def tie_weights(self):
        self.head.weight = nn.Parameter(self.embed.weight)  # TTL303


# torch: [m := WithHead(), m.tie_weights()] and m.head.weight is not m.embed.weight


# case: registered by a call
import torch
from torch import nn


class Registered(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.register_parameter("v", nn.Parameter(self.w.data))  # TTL303


# torch: (m := Registered()).v.data_ptr() == m.w.data_ptr()


# case: the weight argument of an embedding
from torch import nn


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(2, 5, bias=False)
        self.embed = nn.Embedding(5, 2, _weight=self.head.weight)  # TTL303


# torch: (m := Shared()).embed.weight.data_ptr() == m.head.weight.data_ptr()


# case: a frozen table from a trained one
from torch import nn
from torch.nn import Embedding


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = Embedding(5, 2)
        self.fixed = Embedding.from_pretrained(self.embed.weight.data, freeze=True)  # TTL303


# torch: (m := Frozen()).fixed.weight.data_ptr() == m.embed.weight.data_ptr()


# case: a condition and a guard
import torch
from torch import nn


class Guarded(nn.Module):
    def __init__(self, tie):
        super().__init__()
        self.enc = nn.Linear(3, 3)
        self.dec = nn.Linear(3, 3)
        if tie:
            with torch.no_grad():
                self.dec.weight = nn.Parameter(self.enc.weight)  # TTL303


# torch: (m := Guarded(True)).dec.weight is not m.enc.weight


# case: on a model that a function builds
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5)


def build():
    model = Model()
    model.head.weight = nn.Parameter(model.embed.weight)  # TTL303
    return model


# torch: (m := build()).head.weight is not m.embed.weight


# case: a walrus
from torch import nn


class Walrus(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Linear(3, 3)
        self.dec = nn.Linear(3, 3)
        if (w := self.enc.weight) is not None:
            self.dec.weight = nn.Parameter(w)  # TTL303


# torch: (m := Walrus()).dec.weight is not m.enc.weight


# case: a copy in a function that ties
from torch import nn


class Cloned(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Embedding(5, 2)
        self.dec = nn.Linear(2, 5)
        self.tie_weights()

    def tie_weights(self):
        self.dec.weight = nn.Parameter(self.enc.weight.clone())  # TTL303


# torch: (m := Cloned()).dec.weight.data_ptr() != m.enc.weight.data_ptr()


# case: a copy under a condition that ties
from torch import nn


class Configured(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.enc = nn.Embedding(5, 2)
        self.dec = nn.Linear(2, 5)
        if config.tie_word_embeddings:
            self.dec.weight = nn.Parameter(self.enc.weight.data.clone())  # TTL303


# torch: error(lambda: Configured(__import__("types").SimpleNamespace(tie_word_embeddings=True))) == ""


# case: a copy under a comment that ties
from torch import nn


class Commented(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Embedding(5, 2)
        self.dec = nn.Linear(2, 5)
        # share the weights of encoder and decoder
        self.dec.weight = nn.Parameter(self.enc.weight.detach().clone())  # TTL303


# torch: (m := Commented()).dec.weight.data_ptr() != m.enc.weight.data_ptr()


# case: the true tie
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = nn.Embedding(5, 2)
        self.dec = nn.Linear(2, 5)
        self.dec.weight = self.enc.weight
        w = self.dec.weight
        self.out = nn.Linear(2, 5)
        self.out.weight = w


# torch: parameter_names(Tied()) == ["enc.weight", "dec.bias", "out.bias"]


# case: a copy without a word about tying
import copy

import torch
from torch import nn


class Started(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.c = nn.Linear(3, 3)
        self.b.weight = nn.Parameter(self.a.weight.clone())
        self.b.bias = nn.Parameter(self.a.bias.detach().clone())
        self.c.weight = nn.Parameter(copy.deepcopy(self.a.weight.data))
        self.c.bias = nn.Parameter(torch.zeros_like(self.a.bias))
        self.table = nn.Embedding.from_pretrained(self.a.weight.detach().clone())


# torch: len({p.data_ptr() for p in Started().parameters()}) == 7


# case: untied on purpose
from torch import nn


class Untied(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.enc = nn.Embedding(5, 2)
        self.dec = nn.Linear(2, 5)
        self.dec.weight = self.enc.weight
        if config.untie:
            self.untie_weights()

    def untie_weights(self):
        self.dec.weight = nn.Parameter(self.enc.weight.detach().clone())


# torch: (m := Untied(__import__("types").SimpleNamespace(untie=True))).dec.weight is not m.enc.weight


# case: a copy where the tie is not wanted
from torch import nn


class Separate(nn.Module):
    def __init__(self, tie):
        super().__init__()
        self.enc = nn.Embedding(5, 2)
        self.dec = nn.Linear(2, 5)
        if tie:
            self.dec.weight = self.enc.weight
        else:
            self.dec.weight = nn.Parameter(self.enc.weight.detach().clone())


# torch: (m := Separate(False)).dec.weight is not m.enc.weight


# case: a negated condition
from torch import nn


class Negated(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.enc = nn.Embedding(5, 2)
        self.dec = nn.Linear(2, 5)
        if not config.tie_word_embeddings:
            self.dec.weight = nn.Parameter(self.enc.weight.detach().clone())


# torch: error(lambda: Negated(__import__("types").SimpleNamespace(tie_word_embeddings=False))) == ""


# case: comments that only sound like tying
from torch import nn


class Sounds(nn.Module):
    def __init__(self):
        super().__init__()
        self.entities = nn.Embedding(5, 2)
        self.properties = nn.Embedding(5, 2)
        # the properties start where the entities do
        self.properties.weight = nn.Parameter(self.entities.weight.detach().clone())

    def copy_entities_to_properties(self):
        # not tied: the two must not share memory
        self.properties.weight = nn.Parameter(self.entities.weight.detach().clone())


# torch: [m := Sounds(), m.copy_entities_to_properties()] and len(list(m.parameters())) == 2


# case: resized, joined and merged
import torch
from torch import nn


class Merged(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3, 3))
        self.fc = nn.Linear(3, 3)
        self.a = nn.Parameter(torch.zeros(3, 1))
        self.b = nn.Parameter(torch.zeros(1, 3))

    def merge_adapter(self):
        self.fc.weight = nn.Parameter(self.fc.weight + self.a @ self.b)

    def grow(self, rows):
        self.w = nn.Parameter(torch.cat([self.w, rows]))
        self.fc.weight = nn.Parameter(torch.cat([self.w.data, self.fc.weight.data]))


# torch: [m := Merged(), m.merge_adapter(), m.grow(torch.ones(1, 3))] and m.fc.weight.shape == (7, 3)


# case: its own values again
import torch
from torch import nn


class Again(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(3))
        self.fc = nn.Linear(3, 3)
        self.w = nn.Parameter(self.w.data, requires_grad=False)
        self.fc.weight = nn.Parameter(self.fc.weight.detach())
        self.fc.bias = nn.Parameter(self.fc.bias)


# torch: parameter_names(Again()) == ["w", "fc.weight", "fc.bias"]


# case: the new layer replaces the old one
from torch import nn


class Replaced(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.conv = nn.Conv1d(3, 3, 1)

    def swap(self):
        new = nn.Linear(3, 3)
        new.weight = nn.Parameter(self.fc.weight.detach())
        new.bias = nn.Parameter(self.fc.bias.detach())
        self.fc = new


# torch: [m := Replaced(), m.swap()] and len(list(m.parameters())) == 4


# case: conversions between two layers
import torch
from torch import nn


class QuantLinear(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(b, a))

    @classmethod
    def from_float(cls, layer):
        new = cls(layer.in_features, layer.out_features)
        new.weight = nn.Parameter(layer.weight.detach())
        return new

    def to_float(self):
        layer = nn.Linear(3, 3)
        layer.weight = nn.Parameter(self.weight.detach())
        return layer


def fuse(conv, norm):
    fused = nn.Conv1d(conv.in_channels, conv.out_channels, 1)
    fused.weight = nn.Parameter(conv.weight * norm.weight.view(-1, 1, 1))
    fused.bias = nn.Parameter(norm.bias)
    return fused


# torch: QuantLinear.from_float(nn.Linear(3, 3)).to_float().weight.shape == (3, 3)


# case: values that the caller gives
import torch
from torch import nn


class Given(nn.Module):
    def __init__(self, weight, bias: torch.Tensor):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.fc.weight = nn.Parameter(weight)
        self.fc.bias = nn.Parameter(bias.detach())
        self.embed = nn.Embedding.from_pretrained(weight, freeze=False)


# torch: error(lambda: Given(torch.ones(3, 3), torch.ones(3))) == ""


# case: a parameter around a parameter that nothing else holds
import torch
from torch import nn


class Nested(nn.Module):
    def __init__(self, device):
        super().__init__()
        self.w = nn.Parameter(nn.Parameter(torch.ones(3)).to(device))
        start = nn.Parameter(torch.ones(3))
        self.v = nn.Parameter(start.data)


# torch: parameter_names(Nested("cpu")) == ["w", "v"]


# case: an object that is no Module holds the source
import torch
from torch import nn


class Store:
    def __init__(self):
        self.w = nn.Parameter(torch.ones(3))
        self.v = nn.Parameter(self.w.detach())


# torch: (s := Store()).v.data_ptr() == s.w.data_ptr()


# case: a computed weight
import torch
from torch import nn


class Computed(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.b.weight = nn.Parameter(self.a.weight * 0.5)
        self.b.bias = nn.Parameter(-self.a.bias)


# torch: (m := Computed()).b.weight.data_ptr() != m.a.weight.data_ptr()


# case: two Parameters of one tensor
import torch
from torch import nn


class Pair(nn.Module):
    def __init__(self, size):
        super().__init__()
        start = torch.zeros(size)
        self.scale = nn.Parameter(start)
        self.shift = nn.Parameter(start)  # TTL303


# torch: (m := Pair(3)).scale.data_ptr() == m.shift.data_ptr() and len(list(m.parameters())) == 2
# torch: (m := Pair(3)).scale.sum().backward() is None and m.shift.grad is None
# torch: (m := Pair(3).double()).scale.data_ptr() != m.shift.data_ptr()


# case: of one argument, and of what a function gives back
import torch
from torch import nn


def load(size):
    return torch.ones(size)


class Given(nn.Module):
    def __init__(self, init, loader=load):
        super().__init__()
        self.query = nn.Parameter(init)
        self.key = nn.Parameter(data=init)  # TTL303
        weights = loader(4)
        self.left = torch.nn.parameter.Parameter(weights)
        self.right = torch.nn.parameter.Parameter(weights)  # TTL303


# torch: (m := Given(torch.ones(3))).query.data_ptr() == m.key.data_ptr() and m.left.data_ptr() == m.right.data_ptr()


# case: views, layers, helpers and other spellings over one tensor
import torch
from torch import nn
from torch.nn import Parameter as P


def trainable(t):
    return P(t)


class Layers(nn.Module):
    def __init__(self):
        super().__init__()
        w = torch.randn(3, 3)
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)
        self.a.weight = P(w)
        self.b.weight = P(w.detach())  # TTL303
        bias = torch.zeros(3)
        self.register_parameter("first", trainable(bias))
        self._more(bias)
        table = torch.randn(5, 2)
        self.source = nn.Embedding.from_pretrained(table, freeze=False)
        self.target = nn.Embedding.from_pretrained(table, freeze=False)  # TTL303
        setattr(self, "v", P(torch.ones(4).view(2, 2)))

    def _more(self, t):
        self.second = P(t.view(3, 1))  # TTL303


# torch: (m := Layers()).a.weight.data_ptr() == m.b.weight.data_ptr() and m.first.data_ptr() == m.second.data_ptr()
# torch: (m := Layers()).source.weight.data_ptr() == m.target.weight.data_ptr()


# case: a list of Parameters over one tensor
import torch
from torch import nn


class Listed(nn.Module):
    def __init__(self, n):
        super().__init__()
        init = torch.zeros(3)
        self.prompts = nn.ParameterList([nn.Parameter(init) for _ in range(n)])  # TTL303


class Appended(nn.Module):
    def __init__(self, n, size):
        super().__init__()
        self.weights = nn.ParameterList()
        init = torch.randn(size)
        for _ in range(n):
            self.weights.append(nn.Parameter(init))  # TTL303


class Registered(nn.Module):
    def __init__(self, names):
        super().__init__()
        init = torch.randn(3)
        for name in names:
            self.register_parameter(name, nn.Parameter(init))  # TTL303


class Three(nn.Module):
    def __init__(self):
        super().__init__()
        init = torch.zeros(3)
        self.list = nn.ParameterList([nn.Parameter(init), nn.Parameter(init)])  # TTL303


class Keyed(nn.Module):
    def __init__(self):
        super().__init__()
        init = torch.zeros(3)
        self.each = nn.ParameterDict({"a": nn.Parameter(init), "b": nn.Parameter(init)})  # TTL303


# torch: all(len({p.data_ptr() for p in m.parameters()}) == 1 for m in (Listed(3), Appended(3, 2), Registered("abc")))
# torch: all(len({p.data_ptr() for p in m.parameters()}) == 1 for m in (Three(), Keyed()))


# case: outside of the class, and a subclass that takes the tensor of its base
import torch
from torch import nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.init = torch.ones(3)
        self.first = nn.Parameter(self.init)


class More(Base):
    def __init__(self):
        super().__init__()
        self.second = nn.Parameter(self.init)  # TTL303


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 3)
        self.b = nn.Linear(3, 3)


def build():
    net = Net()
    shared = torch.randn(3, 3)
    net.a.weight = nn.Parameter(shared)
    net.b.weight = nn.Parameter(shared)  # TTL303
    return net


# torch: (m := More()).first.data_ptr() == m.second.data_ptr()
# torch: (m := build()).a.weight.data_ptr() == m.b.weight.data_ptr()


# case: each Parameter has a tensor of its own
import copy

import torch
from torch import nn


def start(size):
    return torch.zeros(size)


class Own(nn.Module):
    def __init__(self, n, size, device, given):
        super().__init__()
        t = torch.ones(size)
        self.a = nn.Parameter(t)
        self.b = nn.Parameter(t.clone())
        self.c = nn.Parameter(t.detach().clone())
        self.d = nn.Parameter(t * 2)
        self.e = nn.Parameter(copy.deepcopy(t))
        self.f = nn.Parameter(torch.zeros_like(t))
        self.register_buffer("t0", t)
        self.g = nn.Parameter(start(size))
        self.h = nn.Parameter(start(size))
        self.i = nn.Parameter(given)
        self.j = nn.Parameter(given.clone())
        given = given + 1
        self.k = nn.Parameter(given)
        self.list = nn.ParameterList([nn.Parameter(torch.zeros(size)) for _ in range(n)])
        self.more = nn.ParameterList()
        for _ in range(n):
            fresh = torch.randn(size)
            self.more.append(nn.Parameter(fresh))
        t = torch.ones(size)
        self.m = nn.Parameter(t)


# torch: len({p.data_ptr() for p in Own(2, 3, "cpu", torch.ones(3)).parameters()}) == 16


# case: branches, a name that is set anew, and a Parameter that is thrown away
import torch
from torch import nn


class Either(nn.Module):
    def __init__(self, flag, n):
        super().__init__()
        t = torch.ones(3)
        if flag:
            self.w = nn.Parameter(t)
        else:
            self.w = nn.Parameter(t, requires_grad=True)
        u = torch.ones(3)
        self.v = nn.Parameter(u)
        self.v = nn.Parameter(u)
        z = torch.ones(3)
        kept = nn.Parameter(z)
        self.z = nn.Parameter(z)
        init = torch.zeros(2)
        for _ in range(n):
            self.last = nn.Parameter(init)  # TTL120


class Exclusive(nn.Module):
    def __init__(self, kind):
        super().__init__()
        t = torch.ones(3)
        if kind == "a":
            self.a = nn.Parameter(t)
        else:
            self.b = nn.Parameter(t)


# torch: len({p.data_ptr() for p in Either(True, 2).parameters()}) == 4 == len(list(Either(True, 2).parameters()))
# torch: parameter_names(Exclusive("a")) == ["a"] and parameter_names(Exclusive("b")) == ["b"]


# case: slices, frozen values, and memory of its own given afterwards
import torch
from torch import nn


class Parts(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        t = torch.randn(*sizes)
        self.first = nn.Parameter(t[:2])
        self.second = nn.Parameter(t[2:])
        left, right = torch.zeros(6).chunk(2)
        self.left = nn.Parameter(left)
        self.right = nn.Parameter(right)
        anchor = torch.ones(3)
        self.w = nn.Parameter(anchor)
        self.anchor = nn.Parameter(anchor, requires_grad=False)
        table = torch.randn(5, 2)
        self.source = nn.Embedding.from_pretrained(table)
        self.target = nn.Embedding.from_pretrained(table)
        init = torch.ones(3)
        self.a = nn.Parameter(init)
        self.b = nn.Parameter(init)
        self.b.data = torch.zeros(3)


# torch: (m := Parts((4, 2))).a.data_ptr() != m.b.data_ptr()


# case: rows, iterators, placeholders without elements, and objects that are no modules
import torch
from torch import nn


class Many(nn.Module):
    def __init__(self, n, tensors):
        super().__init__()
        make = lambda: torch.zeros(3)
        self.a = nn.Parameter(make())
        self.b = nn.Parameter(make())
        table = torch.randn(3, 3)
        self.rows = nn.ParameterList([nn.Parameter(row) for row in table])
        self.indexed = nn.ParameterList([nn.Parameter(table[i]) for i in range(3)])
        each = iter(tensors)
        self.c = nn.Parameter(next(each))
        self.d = nn.Parameter(next(each))
        empty = torch.empty(0)
        self.e = nn.Parameter(empty)
        self.f = nn.Parameter(empty)
        grown = None
        for i in range(n):
            grown = torch.zeros(3) if grown is None else grown + 1
            setattr(self, f"grown{i}", nn.Parameter(grown))
        self.alpha, self.beta = [nn.Parameter(torch.ones(n)) for _ in range(2)]


class FromList(nn.Module):
    def __init__(self, tensors):
        super().__init__()
        self.all = nn.ParameterList([nn.Parameter(t) for t in tensors])
        self.again = nn.ParameterList()
        for t in tensors:
            self.again.append(nn.Parameter(t.clone()))
        self.head = nn.Parameter(tensors[0].clone())


class Store:
    def __init__(self, t):
        self.a = nn.Parameter(t)
        self.b = nn.Parameter(t)


def unregistered(t):
    one, other = nn.Parameter(t), nn.Parameter(t)
    return one, other


# torch: len({p.data_ptr() for p in Many(2, [torch.ones(2), torch.ones(2)]).parameters()}) == 12
# torch: len({p.data_ptr() for p in FromList([torch.ones(2), torch.ones(2)]).parameters()}) == 5


# case: a method that starts anew from a kept tensor
import torch
from torch import nn


class Restart(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.init = init
        self.w = nn.Parameter(init)

    def restart(self):
        self.w = nn.Parameter(self.init)


# torch: (m := Restart(torch.ones(3))).restart() is None and parameter_names(m) == ["w"]


# case: silent: a Parameter of each of the parts that a helper's loop cut out of one tensor
# torch: (lambda m: m.means["a"].data_ptr() != m.means["b"].data_ptr())(Guide({"a": 2, "b": 3}))
import torch
from torch import nn


def cut(sizes, tensor):
    start, parts = 0, {}
    for name, size in sizes.items():
        parts[name] = tensor[..., start : start + size]
        start = start + size
    return parts


class Guide(nn.Module):
    def __init__(self, sizes, value=0.1):
        super().__init__()
        self.means = nn.ParameterDict()
        for name, part in cut(sizes, value * torch.ones(2, sum(sizes.values()))).items():
            self.means[name] = nn.Parameter(part)


# case: a setting decides whether two weights are tied or cloned
# torch: len(parameter_names(Model(True))) == 2 and len(parameter_names(Model(False))) == 1
from torch import nn


class Model(nn.Module):
    def __init__(self, torchscript):
        super().__init__()
        self.torchscript = torchscript
        self.table = nn.Embedding(7, 3)
        self.head = nn.Linear(3, 7, bias=False)
        self.tie_weights()

    def tie_weights(self):
        self._tie_or_clone_weights(self.head, self.table)

    def _tie_or_clone_weights(self, first, second):
        if self.torchscript:
            first.weight = nn.Parameter(second.weight.clone())
        else:
            first.weight = second.weight
