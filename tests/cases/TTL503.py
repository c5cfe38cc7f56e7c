"""Cases of TTL503: generators of parameters that are used up."""

# case: a second optimizer
import torch
from torch import nn


def build():
    model = nn.Linear(2, 2)
    params = model.parameters()
    first = torch.optim.SGD(params, lr=0.1)
    second = torch.optim.Adam(params)  # TTL503
    return first, second


# torch: "empty parameter list" in error(build)

# case: counted first
import torch


def count(model):
    trainable = filter(lambda p: p.requires_grad, model.parameters())
    total = sum(p.numel() for p in trainable)
    print(total)
    return torch.optim.AdamW(trainable, lr=1e-3)  # TTL503


# case: listed first, named, in a script
import torch
import torchvision

model = torchvision.models.resnet18()
named = model.named_parameters()
names = sorted(name for name, _ in named)
weights = dict(named)  # TTL503

# case: a generator expression with a name
import torch


def decay(net, steps):
    weights = (p for p in net.parameters() if p.dim() > 1)
    optimizer = torch.optim.SGD(weights, lr=0.1)
    torch.nn.utils.clip_grad_value_(weights, 0.5)  # TTL503
    return optimizer


# case: a chain in an attribute, clipped in another method
import itertools
import torch


class Trainer:
    def __init__(self, encoder, decoder):
        self.params = itertools.chain(encoder.parameters(), decoder.parameters())
        self.optimizer = torch.optim.Adam(self.params, lr=1e-3)

    def step(self, loss):
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.params, 1.0)  # TTL503
        self.optimizer.step()


# case: every round of a loop
import torch
from torch import nn

net = nn.Sequential(nn.Linear(2, 2))
weights = net.parameters()
for epoch in range(100):
    for weight in weights:  # TTL503
        weight.grad = None
    for weight in net.parameters():
        weight.grad = None

# case: two groups of one generator
import torch


def groups(model):
    params = model.parameters()
    return torch.optim.SGD([{"params": params}, {"params": params, "lr": 0.1}], lr=1.0)  # TTL503


# torch: [len(g["params"]) for g in groups(nn.Linear(2, 2)).param_groups] == [2, 0]

# case: through a helper that is given it
import torch


def clip(params, limit):
    torch.nn.utils.clip_grad_norm_(params, limit)  # TTL503


def run(model, loss):
    params = model.parameters()
    optimizer = torch.optim.SGD(params, lr=0.1)
    loss.backward()
    clip(params, 1.0)
    optimizer.step()


# case: lists and fresh calls
import torch


def right(model, loader):
    params = list(model.parameters())
    optimizer = torch.optim.SGD(params, lr=0.1)
    for batch in loader:
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for p in model.parameters():
            p.grad = None
    return optimizer


# case: the name is bound anew
import torch


def anew(model, other):
    params = model.parameters()
    first = torch.optim.SGD(params, lr=0.1)
    params = other.parameters()
    second = torch.optim.SGD(params, lr=0.1)
    params = model.parameters()
    params = list(params)
    return first, second, torch.optim.SGD(params, lr=1.0), sum(p.numel() for p in params)


# case: one branch or the other
import torch


def choose(model, name):
    params = model.parameters()
    if name == "sgd":
        return torch.optim.SGD(params, lr=0.1)
    if name == "adam":
        return torch.optim.Adam(params)
    optimizer = torch.optim.RMSprop(params) if name == "rms" else torch.optim.Adagrad(params)
    return optimizer


# case: only begun
import torch


def peek(model, wanted):
    named = model.named_parameters()
    for name, parameter in named:
        if name == wanted:
            break
    rest = list(named)
    params = model.parameters()
    device = next(params).device
    return rest, [p.to(device) for p in params]


# case: made in the round that uses it
import torch


def rounds(models):
    for model in models:
        params = model.parameters()
        optimizer = torch.optim.SGD(params, lr=0.1)
        optimizer.step()


# case: a loop that is left at once
import torch


def once(model, names):
    params = model.parameters()
    for name in names:
        optimizer = torch.optim.SGD(params, lr=0.1)
        break
    for name in names:
        if name == "adam":
            return torch.optim.Adam(model.parameters())
    return optimizer


# case: arguments that may be lists, and wrappers with parameters of their own
import torch
from torch import nn


class Ensemble:
    def __init__(self, members):
        self.members = members

    def parameters(self):
        return [p for member in self.members for p in member.parameters()]


def fit(params, config):
    first = torch.optim.SGD(params, lr=0.1)
    torch.nn.utils.clip_grad_norm_(params, 1.0)
    ensemble = Ensemble([nn.Linear(2, 2)])
    weights = ensemble.parameters()
    second = torch.optim.SGD(weights, lr=0.1)
    torch.nn.utils.clip_grad_norm_(weights, 1.0)
    settings = config.parameters()
    print(list(settings), list(settings))
    return first, second
