"""Cases of TTL307: output layers that take over an embedding's weight with the values of an embedding."""

# case: a language model's head
# select: TTL307
import torch
from torch import nn


class LM(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.block = nn.Linear(dim, dim)
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.head.weight = self.embed.weight  # TTL307

    def forward(self, ids):
        return self.head(self.norm(self.block(self.embed(ids))))


# torch: LM(1000, 512)(torch.arange(64)).std() > 10
# torch: LM(1000, 512).head.weight.std() > 0.9

# case: through locals, with `tie_weights`, in a part of the model and under a condition
# select: TTL307
from torch import nn


class Decoder(nn.Module):
    def __init__(self, vocab, dim, tie=True):
        super().__init__()
        self.tokens = nn.Embedding(num_embeddings=vocab, embedding_dim=dim)
        self.out = nn.Linear(dim, vocab)
        if tie:
            self.tie_weights()

    def tie_weights(self):
        table = self.tokens
        self.out.weight = table.weight  # TTL307

    def forward(self, ids):
        return self.out(self.tokens(ids))


class Wrapped(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.transformer = nn.ModuleDict({"wte": nn.Embedding(vocab, dim), "ln": nn.LayerNorm(dim)})
        self.lm_head = nn.Linear(dim, vocab, bias=False)
        shared = self.transformer["wte"].weight
        setattr(self.lm_head, "weight", shared)  # TTL307


# case: in a subclass and with a helper function
# select: TTL307
import torch.nn as nn


def tie(head, table):
    head.weight = table.weight  # TTL307


class Base(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)


class Tied(Base):
    def __init__(self, vocab, dim):
        super().__init__(vocab, dim)
        self.head = nn.Linear(dim, vocab)
        tie(self.head, self.embed)


# case: a bag, a parameter that is registered by name, other layers that are initialised
# select: TTL307
from torch import nn
from torch.nn import init


class Bag(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.bag = nn.EmbeddingBag(vocab, dim)
        self.fc = nn.Linear(dim, dim)
        init.zeros_(self.fc.bias)
        self.decoder = nn.Linear(dim, vocab)
        self.decoder.register_parameter("weight", self.bag.weight)  # TTL307


# case: silent: the other way round
# select: TTL307
import torch
from torch import nn


class LM(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.embed.weight = self.head.weight

    def forward(self, ids):
        return self.head(self.embed(ids))


# torch: LM(1000, 512).head.weight.std() < 0.05

# case: silent: initialised directly, by apply, by a loop over modules or parameters
# select: TTL307
import torch
from torch import nn


class Direct(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight
        nn.init.normal_(self.embed.weight, std=0.02)


class Before(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.embed.weight.data.uniform_(-0.1, 0.1)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight


class Later(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight
        self.init_weights()

    def init_weights(self):
        self.head.weight.data.normal_(0, 0.02)


# torch: Direct(10, 4).head.weight.std() < 0.1

# case: silent: apply
# select: TTL307
from torch import nn


class Net(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight
        self.apply(self._init_weights)

    def _init_weights(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)


# case: silent: every parameter of more than one dimension
# select: TTL307
from torch import nn


class Net(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)


# case: silent: a function elsewhere in the file initialises
# select: TTL307
from torch import nn


class Net(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight


def weights_init(m):
    if isinstance(m, nn.Embedding):
        m.weight.data.normal_(0, 0.02)


def build():
    return Net(10, 4).apply(weights_init)


# case: silent: loaded right after, or handed to code that is not known
# select: TTL307
import torch
from elsewhere import init_everything
from torch import nn


class Net(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight


class Other(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight
        init_everything(self)


def load(path):
    model = Net(10, 4)
    model.load_state_dict(torch.load(path))
    return model


# case: silent: logits or embeddings that are scaled
# select: TTL307
import math

import torch
from torch import nn


class Logits(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.dim = dim
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids):
        h = self.embed(ids)
        return self.head(h) * self.dim**-0.5


class InPlace(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.embed = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids):
        logits = self.head(self.embed(ids))
        logits = logits.div(self.scale)
        return logits


class Scaled(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.head.weight = self.embed.weight
        self.factor = math.sqrt(dim)

    def forward(self, ids):
        x = self.drop(self.embed(ids))
        x *= self.factor
        return self.head(x)


# case: silent: given weights, frozen, Hugging Face, not a table
# select: TTL307
import torch
from torch import nn
from transformers import PreTrainedModel


class Given(nn.Module):
    def __init__(self, table, dim):
        super().__init__()
        self.embed = nn.Embedding.from_pretrained(table, freeze=False)
        self.head = nn.Linear(dim, 10)
        self.head.weight = self.embed.weight


class Weights(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.embed = nn.Embedding(10, dim, _weight=torch.zeros(10, 4))
        self.head = nn.Linear(dim, 10)
        self.head.weight = self.embed.weight


class Hugging(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(config.vocab_size, config.dim)
        self.head = nn.Linear(config.dim, config.vocab_size)
        self.head.weight = self.embed.weight
        self.post_init()


class Layers(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.a = nn.Linear(dim, dim)
        self.b = nn.Linear(dim, dim)
        self.b.weight = self.a.weight


# torch: Given(torch.zeros(10, 4), 4).head.weight.std() == 0
