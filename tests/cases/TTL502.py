"""Cases of TTL502: parameters in more than one group."""

# case: a pretrained model and its last layer
import torch
import torchvision
from torch import nn

model = torchvision.models.resnet18()
groups = [{"params": model.parameters(), "lr": 1e-4}, {"params": model.fc.parameters(), "lr": 1e-2}]
optimizer = torch.optim.Adam(groups)  # TTL502

# case: an argument, the part first
import torch


def build(model):
    return torch.optim.SGD([{"params": model.backbone.encoder.parameters()}, {"params": model.parameters()}], lr=1)  # TTL502


# case: one module twice
import torch
from torch import nn


def twice():
    encoder = nn.Linear(2, 2)
    decoder = nn.Linear(2, 2)
    decoder = encoder
    return torch.optim.AdamW([{"params": encoder.parameters()}, dict(params=decoder.parameters(), lr=1)])  # TTL502


# torch: "more than one parameter group" in error(twice)

# case: tied modules in two groups
import torch
from torch import nn


def tied():
    embed = nn.Embedding(5, 2)
    head = nn.Linear(2, 5, bias=False)
    head.weight = embed.weight
    return torch.optim.SGD([{"params": embed.parameters()}, {"params": head.parameters()}], lr=1)  # TTL502


# torch: "more than one parameter group" in error(tied)

# case: in a method, through a helper
import torch
from torch import nn


class Learner(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.head = nn.Linear(2, 2)

    def group(self, module, rate):
        return {"params": module.parameters(), "lr": rate}

    def configure_optimizers(self):
        return torch.optim.SGD([self.group(self, 0.1), self.group(self.head, 1.0)])  # TTL502


# torch: "more than one parameter group" in error(Learner().configure_optimizers)

# case: the values of a state dict
import torch
from torch import nn

layer = nn.Linear(2, 2)
state = layer.state_dict()
optimizer = torch.optim.SGD(state.values(), lr=0.1)  # TTL502

# case: a list of a state dict's values
import torch


def build(net):
    return torch.optim.SGD([value for value in net.state_dict().values()], lr=0.1)  # TTL502


# case: separate parts
import torch
from torch import nn


class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.head = nn.Linear(2, 2)

    def configure_optimizers(self):
        return torch.optim.SGD([{"params": self.body.parameters()}, {"params": self.head.parameters(), "lr": 1.0}], lr=1)


def build(model, other):
    first = torch.optim.SGD([{"params": model.body.parameters()}, {"params": model.head.parameters()}], lr=1)
    second = torch.optim.SGD([{"params": model.parameters()}, {"params": other.parameters()}], lr=1)
    return first, second


# torch: Parts().configure_optimizers() is not None

# case: filtered by name, identity or dimension
import torch


def split(model):
    named = list(model.named_parameters())
    decay = [p for n, p in named if p.dim() >= 2]
    rest = [p for n, p in named if p.dim() < 2]
    first = torch.optim.AdamW([{"params": decay}, {"params": rest, "weight_decay": 0.0}])
    ids = list(map(id, model.fc.parameters()))
    base = filter(lambda p: id(p) not in ids, model.parameters())
    second = torch.optim.SGD([{"params": base}, {"params": model.fc.parameters(), "lr": 1.0}], lr=0.1)
    return first, second


# case: two optimizers, and the error is expected
import torch


def two(model):
    first = torch.optim.SGD(model.parameters(), lr=1)
    second = torch.optim.SGD(model.head.parameters(), lr=1)
    try:
        torch.optim.SGD([{"params": model.parameters()}, {"params": model.head.parameters()}], lr=1)
    except ValueError:
        pass
    return first, second


# case: the head is replaced in between
import torch
from torch import nn


def replaced(model):
    old = model.parameters()
    head = nn.Linear(2, 2)
    return torch.optim.SGD([{"params": old}, {"params": head.parameters()}], lr=1)


# case: a group that is added later, of a known class, in a trainer and in a callback
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.head = nn.Linear(2, 2)


def known():
    net = Net()
    optimizer = torch.optim.Adam([{"params": net.parameters()}])
    optimizer.add_param_group(dict(params=net.body.parameters(), lr=0.1))  # TTL502


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)

    def unfreeze(self):
        group = {"params": self.model.backbone.parameters()}
        self.optimizer.add_param_group(group)  # TTL502


# torch: "more than one parameter group" in error(known)

# case: a new head, a part that was filtered out, another part, and a module of its own
import torch
from torch import nn


def added(model, other):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.fc = nn.Linear(2, 2)
    optimizer.add_param_group({"params": model.fc.parameters()})
    optimizer.add_param_group({"params": other.parameters()})
    return optimizer


def thaw(model):
    model.body.requires_grad_(False)
    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.1)
    model.body.requires_grad_(True)
    optimizer.add_param_group({"params": model.body.parameters()})
    second = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    second.add_param_group({"params": model.body.parameters()})
    third = torch.optim.SGD(model.head.parameters(), lr=0.1)
    third.add_param_group({"params": model.body.parameters()})
    return optimizer, second, third


def grown():
    stack = nn.Sequential(nn.Linear(2, 2))
    optimizer = torch.optim.SGD(stack.parameters(), lr=0.1)
    stack.append(nn.Linear(2, 2))
    optimizer.add_param_group({"params": stack[-1].parameters()})
    head = nn.Sequential(nn.Linear(2, 2))
    second = torch.optim.SGD(head.parameters(), lr=0.1)
    head[0] = nn.Linear(2, 2)
    second.add_param_group({"params": head.parameters()})
    return optimizer, second


# torch: len(grown()[0].param_groups) == len(grown()[1].param_groups) == 2


# case: lists that are put together, as groups
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.head = nn.Linear(2, 2)
        self.scale = nn.Parameter(torch.ones(1))


def plus():
    net = Net()
    base = list(net.body.parameters()) + list(net.parameters())[:0]
    base = base + [p for p in net.head.parameters()]
    return torch.optim.SGD([{"params": base}, {"params": net.head.parameters(), "lr": 1.0}], lr=0.1)  # TTL502


def extended(model):
    first = list(model.backbone.parameters())
    first.extend(model.neck.parameters())
    second = [*model.head.parameters()]
    second += list(model.neck.parameters())
    return torch.optim.Adam([{"params": first}, {"params": second, "lr": 1e-3}])  # TTL502


def named(model):
    everything = [p for _, p in model.named_parameters()]
    return torch.optim.Adam([{"params": everything}, {"params": list(model.fc.parameters()), "lr": 1e-3}])  # TTL502


# torch: "more than one parameter group" in error(plus)

# case: a single parameter of a module that is given as a whole
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.scale = nn.Parameter(torch.ones(1))

    def configure_optimizers(self):
        return torch.optim.SGD([{"params": self.parameters()}, {"params": [self.scale], "lr": 1.0}], lr=0.1)  # TTL502

    def alone(self):
        return torch.optim.SGD([{"params": self.body.parameters()}, {"params": self.scale, "lr": 1.0}], lr=0.1)

    def added(self):
        optimizer = torch.optim.SGD(list(self.parameters()), lr=0.1)
        optimizer.add_param_group({"params": [self.scale]})  # TTL502


# torch: "more than one parameter group" in error(Net().configure_optimizers)
# torch: len(Net().alone().param_groups) == 2
# torch: "more than one parameter group" in error(Net().added)

# case: twice in one list, by a part, by a tie, by a helper, by a chain
import itertools

import torch
from torch import nn


def parameters_of(*parts):
    found = []
    found += list(parts[0].parameters())
    found.extend(parts[1].parameters())
    return found


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(5, 2)
        self.head = nn.Linear(2, 5, bias=False)
        self.head.weight = self.embed.weight

    def configure_optimizers(self):
        return torch.optim.SGD(list(self.embed.parameters()) + list(self.head.parameters()), lr=0.1)  # TTL502

    def by_helper(self):
        return torch.optim.SGD(parameters_of(self, self.head), lr=0.1)  # TTL502


def part(model):
    return torch.optim.Adam(list(model.parameters()) + list(model.head.parameters()), lr=0.1)  # TTL502


def chained(model):
    return torch.optim.Adam(itertools.chain(model.parameters(), model.head.parameters()), lr=0.1)  # TTL502


def grouped(model):
    params = list(model.parameters())
    params += model.head.parameters()
    return torch.optim.Adam([{"params": params}], lr=0.1)  # TTL502


# torch: len(Net().configure_optimizers().param_groups[0]["params"]) == 2
# torch: [w := nn.Parameter(torch.ones(1)), o := torch.optim.SGD([w, w], lr=0.1), w.sum().backward(), o.step()] and abs(w.item() - 0.8) < 1e-6

# case: silent: lists of parts that are separate
import itertools

import torch
from torch import nn


class Gan(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        self.b = nn.Linear(2, 2)
        self.c = nn.Linear(2, 2)

    def configure_optimizers(self):
        both = list(self.a.parameters()) + list(self.b.parameters())
        return torch.optim.SGD([{"params": both}, {"params": self.c.parameters()}], lr=0.1)


def parts(model, other):
    params = list(model.body.parameters())
    params.extend(model.head.parameters())
    params += list(other.parameters())
    first = torch.optim.Adam(params)
    second = torch.optim.Adam(itertools.chain(model.body.parameters(), model.head.parameters()))
    return first, second


# torch: Gan().configure_optimizers() is not None

# case: silent: filtered, deduplicated, taken out, sliced, one or the other
import torch


def build(model, names, tuned, head_only):
    head = [p for n, p in model.named_parameters() if n in names]
    body = [p for n, p in model.named_parameters() if n not in names]
    first = torch.optim.SGD([{"params": head}, {"params": body}], lr=0.1)
    once = list(set(list(model.parameters()) + list(model.head.parameters())))
    second = torch.optim.SGD(once, lr=0.1)
    unique = list(dict.fromkeys([*model.parameters(), *model.head.parameters()]))
    third = torch.optim.SGD(unique, lr=0.1)
    rest = list(model.parameters())
    for p in model.head.parameters():
        rest.remove(p)
    fourth = torch.optim.SGD([{"params": rest}, {"params": model.head.parameters()}], lr=0.1)
    some = list(model.parameters())[:-2]
    fifth = torch.optim.SGD([{"params": some}, {"params": model.head.parameters()}], lr=0.1)
    params = list(model.head.parameters()) if head_only else list(model.parameters())
    sixth = torch.optim.SGD([{"params": params}, {"params": tuned.parameters()}], lr=0.1)
    trained = list(filter(lambda p: p.requires_grad, model.parameters()))
    seventh = torch.optim.SGD([{"params": trained}, {"params": list(model.head.parameters())}], lr=0.1)
    return first, second, third, fourth, fifth, sixth, seventh


def maybe(model, more):
    params = list(model.body.parameters())
    if more:
        params += list(model.head.parameters())
    groups = [{"params": params}]
    if not more:
        groups.append({"params": model.head.parameters(), "lr": 1.0})
    return torch.optim.SGD(groups, lr=0.1)


def looped(model, parts):
    params = list(model.head.parameters())
    for part in parts:
        params += list(part.parameters())
    return torch.optim.SGD([{"params": params}, {"params": model.body.parameters()}], lr=0.1)


# case: replaced since the list was made, a generator that is empty by then
import torch
from torch import nn


def replaced(model):
    params = list(model.parameters())
    model.head = nn.Linear(2, 2)
    return torch.optim.SGD([{"params": params}, {"params": model.head.parameters()}], lr=1)


def other(model, make):
    old = list(model.head.parameters())
    model.head = make()
    return torch.optim.SGD([{"params": old}, {"params": model.parameters()}], lr=1)


def empty():
    both = nn.Linear(2, 2).parameters()
    return torch.optim.SGD([{"params": both}, {"params": both}], lr=1)  # TTL503


# torch: [len(group["params"]) for group in empty().param_groups] == [2, 0]
