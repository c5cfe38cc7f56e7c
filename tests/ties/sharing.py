"""Ways to share, and to seem to share; `tests/test_ties.py` builds each of them."""

import copy

import torch
from torch import nn


class ThroughData(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(size, vocab, bias=False)
        self.head.weight.data = self.embed.weight.data


class NewParameter(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(size, vocab)
        self.head.weight = nn.Parameter(self.embed.weight)


class Transposed(nn.Module):
    def __init__(self, size, code):
        super().__init__()
        self.enc = nn.Linear(size, code)
        self.dec = nn.Linear(code, size)
        self.dec.weight = nn.Parameter(self.enc.weight.t())


class Twins(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = self.right = nn.Parameter(torch.ones(3, 2))


class OverOneTensor(nn.Module):
    def __init__(self, size):
        super().__init__()
        initial = torch.randn(size, size)
        self.a = nn.Parameter(initial)
        self.b = nn.Parameter(initial)
        self.c = nn.Parameter(initial.clone())


class Pretrained(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.frozen = nn.Embedding.from_pretrained(self.embed.weight)


class Copies(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.a = nn.Linear(size, size)
        self.b = copy.deepcopy(self.a)
        self.c = nn.Linear(size, size)
        self.c.load_state_dict(self.a.state_dict())


class CopyOfTied(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        inner = nn.Module()
        inner.embed = nn.Embedding(vocab, size)
        inner.head = nn.Linear(size, vocab)
        inner.head.weight = inner.embed.weight
        self.student = inner
        self.teacher = copy.deepcopy(inner)


class Buffers(nn.Module):
    def __init__(self, size):
        super().__init__()
        mask = torch.ones(size, size)
        self.register_buffer("mask", mask)
        self.register_buffer("other", mask)
        self.register_buffer("own", torch.zeros(size))


class Replaced(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(size, vocab)
        self.head.weight = self.embed.weight
        self.head = nn.Linear(size, vocab)


class ByName(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.a = nn.Linear(size, size)
        self.add_module("b", self.a)
        self.c = self.a
        self.named = nn.ModuleDict({"x": self.a, "y": nn.Linear(size, size)})


class Lists(nn.Module):
    def __init__(self, size):
        super().__init__()
        shared = nn.Parameter(torch.zeros(size, size))
        self.params = nn.ParameterList([shared, nn.Parameter(torch.zeros(size, size)), shared])
        self.fc = nn.Linear(size, size)
        self.fc.weight = self.params[1]


class MovedAway(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.a = nn.Linear(size, size, bias=False)
        self.b = nn.Linear(size, size, bias=False)
        self.b.weight.data = self.a.weight.data
        self.b.weight.data = torch.zeros(size, size)


class Base(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.build(size, vocab)

    def build(self, size, vocab):
        raise NotImplementedError


class Subclass(Base):
    def build(self, size, vocab):
        self.head = nn.Linear(size, vocab)
        self.head.weight = self.embed.weight


class InLoop(nn.Module):
    def __init__(self, vocab, size):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.heads = nn.ModuleList()
        for name in ("left", "right"):
            head = nn.Linear(size, vocab)
            head.weight = self.embed.weight
            self.heads.append(head)
            self.add_module(f"{name}_norm", nn.LayerNorm(size))


class Nothing(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.a = nn.Linear(size, size)
        self.b = nn.LSTM(size, size, num_layers=2)
        self.norm = nn.BatchNorm1d(size)
