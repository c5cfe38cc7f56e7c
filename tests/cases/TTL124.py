"""Cases of TTL124: layers that are registered only to be copied."""

# case: a transformer encoder and decoder
import torch.nn as nn


class Model(nn.Module):
    def __init__(self, size):
        super(Model, self).__init__()
        self.encoder_layer = nn.TransformerEncoderLayer(d_model=size, nhead=2)  # TTL124
        self.encoder = nn.TransformerEncoder(self.encoder_layer, num_layers=2)
        self.decoder_layer = nn.TransformerDecoderLayer(size, 2)  # TTL124
        self.decoder = nn.TransformerDecoder(decoder_layer=self.decoder_layer, num_layers=2)

    def forward(self, x, y):
        return self.decoder(y, self.encoder(x))


# torch: len([n for n, p in Model(4).named_parameters() if "_layer." in n]) == 30


# case: a local that is registered too
from torch import nn


class Model(nn.Module):
    def __init__(self, size):
        super().__init__()
        layer = nn.TransformerEncoderLayer(size, 2)
        self.layer = layer  # TTL124
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.init_weights()

    def init_weights(self):
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)

    def forward(self, x):
        return self.encoder(x)


# case: deepcopy in a comprehension
import copy

from torch import nn


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size)

    def forward(self, x):
        return self.fc(x)


class Stack(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        self.block = Block(size)  # TTL124
        self.blocks = nn.ModuleList([copy.deepcopy(self.block) for _ in range(depth)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


# torch: "block.fc.weight" in dict(Stack(2, 2).named_parameters())


# case: a helper that clones
from copy import deepcopy

from torch import nn


def get_clones(module, n):
    return nn.ModuleList([deepcopy(module) for _ in range(n)])


class Stack(nn.Module):
    def __init__(self, size, depth):
        super().__init__()
        self.layer = nn.Linear(size, size)  # TTL124
        self.layers = get_clones(self.layer, depth)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


# case: a loop that appends
import copy

from torch import nn


class Stack(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.GRUCell(size, size)  # TTL124
        self.layers = nn.ModuleList()
        for _ in range(3):
            self.layers.append(copy.deepcopy(self.layer))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


# case: in a subclass, with a forward that it inherits
from torch import nn


class Base(nn.Module):
    def forward(self, x):
        return self.encoder(x)


class Model(Base):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(size, 2)  # TTL124
        self.encoder = nn.TransformerEncoder(self.layer, 2)


# case: silent: used itself
import copy

from torch import nn


class Net(nn.Module):
    def __init__(self, size, n):
        super().__init__()
        self.first = nn.Linear(size, size)
        self.rest = nn.ModuleList([copy.deepcopy(self.first) for _ in range(n)])
        self.probe = nn.Linear(size, size)
        self.probes = nn.ModuleList([copy.deepcopy(self.probe) for _ in range(n)])
        self.layer = nn.TransformerEncoderLayer(size, 1)
        self.encoder = nn.TransformerEncoder(self.layer, n)

    def forward(self, x):
        x = self.first(x)
        for layer in self.rest:
            x = layer(x)
        x = nn.functional.linear(x, self.probe.weight)
        return self.encoder(self.layer(x))


# case: silent: a teacher, a single copy
import copy

from torch import nn


class Distilled(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.student = nn.Linear(size, size)
        self.teacher = copy.deepcopy(self.student)

    def forward(self, x):
        return self.teacher(x)


# case: silent: deleted, local, part of another module
from torch import nn


class Model(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(size, 2)
        self.encoder = nn.TransformerEncoder(self.layer, 2)
        del self.layer
        layer = nn.TransformerEncoderLayer(size, 2)
        self.second = nn.TransformerEncoder(layer, 2)
        self.last = nn.TransformerEncoderLayer(size, 2)
        self.third = nn.TransformerEncoder(self.last, 2)
        self.chain = nn.Sequential(self.encoder, self.second, self.last)

    def forward(self, x):
        return self.third(self.chain(x))


# torch: "layer.linear1.weight" not in dict(Model(4).named_parameters())


# case: silent: read by name, by children, given back, handed on
import torch
from torch import nn


class ByName(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(size, 2)
        self.encoder = nn.TransformerEncoder(self.layer, 2)

    def forward(self, x, name):
        return getattr(self, name)(x)


class ByChildren(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(size, 2)
        self.encoder = nn.TransformerEncoder(self.layer, 2)

    def forward(self, x):
        for child in self.children():
            x = child(x)
        return x


class Given(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(size, 2)
        self.encoder = nn.TransformerEncoder(self.layer, 2)

    def template(self):
        return self.layer

    def forward(self, x):
        return self.encoder(x)


class Handed(nn.Module):
    def __init__(self, size, run):
        super().__init__()
        self.run = run
        self.layer = nn.TransformerEncoderLayer(size, 2)
        self.encoder = nn.TransformerEncoder(self.layer, 2)

    def forward(self, x):
        return self.encoder(self.run(self.layer, x))


# case: silent: other code reads it
from torch import nn


class Model(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(size, 2)
        self.encoder = nn.TransformerEncoder(self.layer, 2)

    def forward(self, x):
        return self.encoder(x)


def probe(model, x):
    return model.layer(x)
