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
