"""Cases of TTL306: one side of a tie is replaced after the tie was made."""

# case: the table is made again
import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vectors=None):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        self.embed = nn.Embedding(10, 4, padding_idx=0)  # TTL306


# torch: (m := LanguageModel()).head.weight is not m.embed.weight and len(list(m.parameters())) == 2


# case: a new Parameter over pretrained vectors
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        self.embed.weight = nn.Parameter(vectors)  # TTL306


# torch: (m := LanguageModel(torch.ones(10, 4))).head.weight is not m.embed.weight


# case: only where there are vectors
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vectors=None):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self._tie()
        if vectors is not None:
            self.embed = nn.Embedding.from_pretrained(vectors, freeze=False)  # TTL306

    def _tie(self):
        self.head.weight = self.embed.weight


# torch: (m := LanguageModel(torch.ones(10, 4))).head.weight is not m.embed.weight
# torch: (m := LanguageModel()).head.weight is m.embed.weight


# case: a head of another shape, filled from the old one
import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def grow(self, extra):
        head = nn.Linear(4, 10 + extra, bias=False)
        with torch.no_grad():
            head.weight[:10].copy_(self.head.weight)
        self.head = head  # TTL306


# torch: [m := LanguageModel(), m.grow(2)] and m.head.weight is not m.embed.weight


# case: the vocabulary grows, and the head does not
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def resize(self, size):
        old = self.embed
        self.embed = nn.Embedding(size, 4)  # TTL306
        self.embed.weight.data[: old.num_embeddings] = old.weight.data


# torch: [m := LanguageModel(), m.resize(12)] and m.head.weight is not m.embed.weight


# case: in a script
import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


model = LanguageModel()
model.embed = nn.Embedding.from_pretrained(torch.ones(10, 4), freeze=False)  # TTL306
optimizer = torch.optim.Adam(model.parameters())


# torch: model.head.weight is not model.embed.weight


# case: a setter by name, deep below
from torch import nn


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(10, 4)


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.decoder = Decoder()
        self.head = nn.Linear(4, 10, bias=False)
        self.decoder.tokens.weight = self.head.weight
        setattr(self.decoder, "tokens", nn.Embedding(10, 4))  # TTL306


# torch: (m := LanguageModel()).head.weight is not m.decoder.tokens.weight


# case: registered again
import torch
from torch import nn


class Twins(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(3, 3)
        self.right = nn.Linear(3, 3)
        self.right.weight = self.left.weight
        self.right.register_parameter("weight", nn.Parameter(torch.ones(3, 3)))  # TTL306


# torch: (m := Twins()).left.weight is not m.right.weight


# case: the whole part is replaced
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)


class Model(nn.Module):
    def __init__(self, pretrained=False):
        super().__init__()
        self.encoder = Encoder()
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.encoder.embed.weight
        self.encoder = Encoder()  # TTL306


# torch: (m := Model()).head.weight is not m.encoder.embed.weight


# case: tied again after the replacement
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vectors=None):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.tie_weights()
        if vectors is not None:
            self.embed = nn.Embedding.from_pretrained(vectors)
            self.tie_weights()

    def tie_weights(self):
        self.head.weight = self.embed.weight

    def resize(self, size):
        self.embed = nn.Embedding(size, 4)
        self.head = nn.Linear(4, size, bias=False)
        self.tie_weights()

    def load(self, vectors):
        self.embed.weight = nn.Parameter(vectors)
        self.head.weight = self.embed.weight


# torch: [m := LanguageModel(torch.ones(10, 4)), m.resize(3)] and m.head.weight is m.embed.weight


# case: tied again in the other direction, after the branch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vectors=None):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        if vectors is not None:
            self.embed = nn.Embedding.from_pretrained(vectors)
        self.head.weight = self.embed.weight


# torch: (m := LanguageModel(torch.ones(10, 4))).head.weight is m.embed.weight


# case: a tie in one branch, a head of its own in the other
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, tie):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        if tie:
            self.head.weight = self.embed.weight
        else:
            self.head = nn.Linear(4, 10)


# torch: (m := LanguageModel(True)).head.weight is m.embed.weight


# case: a subclass with a head of its own
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def reset_classifier(self, classes):
        self.head = nn.Linear(4, classes)


class Classifier(LanguageModel):
    def __init__(self, classes):
        super().__init__()
        self.head = nn.Linear(4, classes)


def finetune(classes):
    model = LanguageModel()
    model.head = nn.Linear(4, classes)
    return model


# torch: finetune(2).head.weight.shape == (2, 4)


# case: untied on purpose
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def untie(self):
        self.embed = nn.Embedding(10, 4)

    def split(self):
        self.head.weight = nn.Parameter(self.head.weight.clone())


# torch: [m := LanguageModel(), m.split()] and m.head.weight is not m.embed.weight


# case: what does not undo a tie
import copy

import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        nn.init.normal_(self.embed.weight, std=0.02)
        self.embed.weight.data = torch.ones(10, 4)
        self.double()

    def twin(self):
        return copy.deepcopy(self)


# torch: (m := LanguageModel().twin()).head.weight is m.embed.weight


# case: a replacement by something that is handed in
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def set_input_embeddings(self, table):
        self.embed = table


# torch: LanguageModel() is not None


# case: both sides are replaced
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        self.embed = nn.Embedding(20, 4)
        self.head = nn.Linear(4, 20, bias=False)
        self.embed.weight = self.head.weight


# torch: (m := LanguageModel()).head.weight is m.embed.weight


# case: a tie made before the parts have their names
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        embed = nn.Embedding(10, 4)
        head = nn.Linear(4, 10, bias=False)
        head.weight = embed.weight
        self.embed, self.head = embed, head


# torch: (m := LanguageModel()).head.weight is m.embed.weight


# case: removed
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def drop(self):
        self.head = nn.Identity()
        self.embed = None


# torch: [m := LanguageModel(), m.drop()] and list(m.parameters()) == []
