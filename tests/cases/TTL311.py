"""Cases of TTL311: embeddings with a row for padding that are output layers as well."""

# case: from the embedding's side
# select: TTL311
import torch
from torch import nn


class LM(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.head.weight = self.embed.weight  # TTL311

    def forward(self, ids):
        return self.head(self.embed(ids))


# torch: [m := LM(5, 3), m(torch.tensor([1, 2])).logsumexp(-1).sum().backward()] and m.embed.weight.grad[0].any()

# case: from the layer's side, where the row is not zero
# select: TTL311
import torch.nn as nn


class LM(nn.Module):
    def __init__(self, vocab, dim, pad):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, pad)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.embed.weight = self.head.weight  # TTL311


# torch: LM(5, 3, 0).embed.weight[0].any()

# case: through locals, a helper method, a condition
# select: TTL311
from torch import nn


class Decoder(nn.Module):
    def __init__(self, config, tie):
        super().__init__()
        table = nn.Embedding(config.vocab, config.dim, padding_idx=config.pad)
        self.table = table
        self.out = nn.Linear(config.dim, config.vocab)
        if tie:
            self._tie()

    def _tie(self):
        self.out.weight = self.table.weight  # TTL311


# case: in a subclass, in a nested part, with a function and a bag
# select: TTL311
from torch import nn

PAD = 1


def share(head, table):
    head.weight = table.weight  # TTL311


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleDict({"embed": nn.Embedding(10, 4, padding_idx=PAD)})


class Tied(Base):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 10)
        share(self.head, self.parts["embed"])


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.bag = nn.EmbeddingBag(10, 4, padding_idx=PAD)
        self.head = nn.Linear(4, 10)
        setattr(self.head, "weight", self.bag.weight)  # TTL311


# case: an initialisation that overwrites the row, too
# select: TTL311
from torch import nn


class LM(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        nn.init.normal_(self.embed.weight, std=0.02)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.head.weight = self.embed.weight  # TTL311


# torch: LM(5, 3).embed.weight[0].any()

# case: silent: no row for padding, no tie, a copy
# select: TTL311
from torch import nn


class None_(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=None)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight


class Apart(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.head = nn.Linear(dim, vocab)


class Copied(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.head = nn.Linear(dim, vocab)
        self.head.weight.data.copy_(self.embed.weight.data)


class Default(nn.Module):
    def __init__(self, vocab, dim, pad=None):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=pad)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight


# case: silent: a hook keeps the row, or the weight is frozen, or zeroed after the tie
# select: TTL311
import torch
from torch import nn


class Hooked(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight
        self.head.weight.register_hook(self.mask)

    def mask(self, grad):
        grad = grad.clone()
        grad[0] = 0
        return grad

    def forward(self, ids):
        return self.head(self.embed(ids))


class Frozen(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.embed.weight.requires_grad = False
        self.head = nn.Linear(dim, vocab)
        self.head.weight = self.embed.weight


class Zeroed(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.head = nn.Linear(dim, vocab)
        self.embed.weight = self.head.weight
        with torch.no_grad():
            self.embed.weight[0].zero_()


# torch: [m := Hooked(5, 3), m(torch.tensor([1, 2])).logsumexp(-1).sum().backward()] and not m.embed.weight.grad[0].any()

# case: silent: Hugging Face, a base that is not known
# select: TTL311
from elsewhere import Model
from torch import nn
from transformers import PreTrainedModel


class Hugging(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(config.vocab, config.dim, padding_idx=0)
        self.head = nn.Linear(config.dim, config.vocab)
        self.head.weight = self.embed.weight
        self.post_init()


class Unknown(Model, nn.Module):
    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(config.vocab, config.dim, padding_idx=0)
        self.head = nn.Linear(config.dim, config.vocab)
        self.head.weight = self.embed.weight
