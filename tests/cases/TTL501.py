"""Cases of TTL501: parameters that a model gets after its optimizer was built."""

# case: the head of a pretrained model is replaced in a training script
import torch
import torchvision
from data import loader
from torch import nn

model = torchvision.models.resnet18()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
model.fc = nn.Linear(model.fc.in_features, 10)  # TTL501
for images, labels in loader:
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images), labels).backward()
    optimizer.step()

# case: in a function that takes the model, inside of a wrapper
import torch.nn as nn
import torch.optim as optim


def finetune(model, loader, classes):
    opt = optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.1)
    model.module.classifier[1] = nn.Linear(4, classes)  # TTL501
    model.classifier.out = nn.Linear(4, classes)  # TTL501
    for batch in loader:
        opt.zero_grad()
        model(batch).sum().backward()
        opt.step()


# case: a class of the project, groups by name
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.head = nn.Linear(2, 2)

    def reset(self, classes):
        self.head = nn.Linear(2, classes)  # TTL501


def train():
    net = Net()
    decay = [p for n, p in net.named_parameters() if "bias" not in n]
    rest = [p for n, p in net.named_parameters() if "bias" in n]
    optimizer = torch.optim.AdamW([{"params": decay}, {"params": rest, "weight_decay": 0.0}])
    net.reset(3)
    net.body(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return net, optimizer


def missing():
    net, optimizer = train()
    taken = {id(p) for group in optimizer.param_groups for p in group["params"]}
    return [name for name, p in net.named_parameters() if id(p) not in taken]


# torch: missing() == ["head.weight", "head.bias"]

# case: a layer added in a loop, a Parameter replaced, a list of both modules' parameters
import torch
from torch import nn


def grow(steps):
    encoder, decoder = nn.Sequential(nn.Linear(2, 2)), nn.Linear(2, 2)
    optimizer = torch.optim.SGD(list(encoder.parameters()) + list(decoder.parameters()), lr=0.1)
    encoder.append(nn.Linear(2, 2))  # TTL501
    for _ in range(steps):
        decoder(encoder(torch.ones(1, 2))).sum().backward()
        optimizer.step()


def enlarge():
    layer = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    layer.weight = nn.Parameter(torch.zeros(4, 2))  # TTL501
    optimizer.step()
    added = nn.Sequential()
    added.add_module("a", nn.Linear(2, 2))
    second = torch.optim.SGD(added.parameters(), lr=0.1)
    added.add_module("b", nn.Linear(2, 2))  # TTL501
    second.step()


# torch: grow(1) is None

# case: weight_norm, old and new, and its removal
import torch
from torch import nn
from torch.nn.utils import parametrizations, remove_weight_norm, weight_norm


def old(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    weight_norm(model.fc)  # TTL501
    optimizer.step()


def new():
    layer = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    parametrizations.weight_norm(layer)  # TTL501
    optimizer.step()
    return layer, optimizer


# torch: len({id(p) for p in new()[0].parameters()} & {id(p) for p in new()[1].param_groups[0]["params"]}) == 0

# case: a state dict that is assigned
import torch


def resume(net, path):
    optimizer = torch.optim.Adam(net.parameters())
    net.load_state_dict(torch.load(path), assign=True)  # TTL501
    return net, optimizer


# case: a constructor that builds its optimizer before its last layer, and a subclass
import torch
from torch import nn


class Agent(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.body = nn.Linear(features, features)
        self.optimizer = torch.optim.Adam(self.parameters())
        self.head = nn.Linear(features, 2)  # TTL501


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.optimizer = torch.optim.Adam(self.parameters())


class Derived(Base):
    def __init__(self):
        super().__init__()
        self.extra = nn.Linear(2, 2)  # TTL501


# torch: len(Agent(2).optimizer.param_groups[0]["params"]) == 2

# case: a trainer
import torch
from torch import nn


class Trainer:
    def __init__(self, model, classes):
        self.model = model
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        self.model.head = nn.Linear(4, classes)  # TTL501


class Later:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)

    def expand(self, classes, loader):
        setattr(self.model, "head", nn.Linear(4, classes))  # TTL501
        for batch in loader:
            self.model(batch).sum().backward()
            self.optimizer.step()


# case: passed on to a framework
import torch
from torch import nn
from framework import Trainer


def main(model, loader, accelerator):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.lm_head = nn.Linear(4, 2)  # TTL501
    model, optimizer = accelerator.prepare(model, optimizer)
    return model


def other(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.lm_head = nn.Linear(4, 2)  # TTL501
    Trainer(model=model, optimizers=(optimizer, None)).train()


# case: moved, loaded, frozen, compiled and wrapped after
import torch
from torch import nn


def train(model, path, loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model = model.cuda().half()
    model.load_state_dict(torch.load(path))
    model = nn.DataParallel(torch.compile(model))
    model.requires_grad_(False)
    optimizer.step()
    layer = nn.Linear(2, 2)
    second = torch.optim.SGD(layer.parameters(), lr=0.1)
    layer.to(torch.float64)
    layer.weight.requires_grad = False
    second.step()
    return layer, second


# case: spectral_norm, pruning and a lazy module
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune, spectral_norm


def keeps(model):
    layer, third, lazy = nn.Linear(2, 2), nn.Linear(2, 2), nn.LazyLinear(2)
    optimizer = torch.optim.SGD([*layer.parameters(), *third.parameters(), *lazy.parameters()], lr=0.1)
    spectral_norm(layer)
    parametrizations.spectral_norm(third, "weight")
    prune.l1_unstructured(layer, "bias", 0.5)
    prune.remove(layer, "bias")
    lazy(torch.ones(1, 2))
    optimizer.step()
    return layer, third, lazy, optimizer


# case: the new head is given to the optimizer, or the optimizer is rebuilt
import torch
from torch import nn


def added(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.fc = nn.Linear(4, 2)
    optimizer.add_param_group({"params": model.fc.parameters(), "lr": 1.0})
    optimizer.step()


def rebuilt(model, new_head):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    if new_head:
        model.fc = nn.Linear(4, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    optimizer.step()


def second(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.fc = nn.Linear(4, 2)
    heads = torch.optim.SGD(model.fc.parameters(), lr=0.1)
    optimizer.step()
    heads.step()


def by_hand():
    model = nn.Sequential(nn.Linear(2, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.append(nn.Linear(2, 2))
    optimizer.param_groups[0]["params"] = list(model.parameters())
    optimizer.step()
    model.append(nn.Linear(2, 2))
    for parameter in model[-1].parameters():
        optimizer.param_groups[0]["params"].append(parameter)
    optimizer.step()


def first_head(model, features):
    head = nn.Linear(features, 2)
    optimizer = torch.optim.SGD([{"params": model.parameters()}, {"params": head.parameters()}], lr=0.1)
    model.head = head
    optimizer.step()


# case: the optimizer of the part that stays
import torch
from torch import nn


def backbone(model):
    optimizer = torch.optim.SGD(model.backbone.parameters(), lr=0.1)
    model.head = nn.Linear(4, 2)
    optimizer.step()


# case: training is over, the new part is frozen or has no parameters
import torch
from torch import nn


def finish(model, loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for batch in loader:
        model(batch).sum().backward()
        optimizer.step()
    model.fc = nn.Linear(4, 2)
    return model


def frozen(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.act = nn.ReLU()
    model.head = nn.Identity()
    model.teacher = nn.Linear(2, 2).requires_grad_(False)
    model.ema = nn.Linear(2, 2)
    for parameter in model.ema.parameters():
        parameter.requires_grad = False
    optimizer.step()


# case: a helper that is not known gets the optimizer
import torch
from torch import nn
from helpers import extend


def helped(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.fc = nn.Linear(4, 2)
    extend(optimizer, model.fc)
    optimizer.step()


# case: each fold has a model and an optimizer of its own
import torch
from torch import nn


def folds(count, make):
    for fold in range(count):
        model = make()
        model.fc = nn.Linear(4, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.step()


# case: stages that grow, a head that is put back, heads with optimizers of their own
import torch
from torch import nn


def grow(loader):
    model = nn.Sequential(nn.Linear(2, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for stage in range(3):
        for batch in loader:
            model(batch).sum().backward()
            optimizer.step()
        layer = nn.Linear(2, 2)
        optimizer.add_param_group({"params": layer.parameters()})
        model.append(layer)


def put_back(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    head = model.fc
    model.fc = nn.Identity()
    optimizer.step()
    model.fc = head
    optimizer.step()


def own(model):
    optimizer = torch.optim.SGD([p for n, p in model.named_parameters() if "backbone" in n], lr=0.1)
    head = nn.Linear(2, 2)
    second = torch.optim.SGD(head.parameters(), lr=1.0)
    model.head = head
    optimizer.step()
    second.step()


# case: the one parameter of a layer of the model's class is replaced
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.body = nn.Linear(size, size)
        self.head = nn.Linear(size, size, bias=False)

    def forward(self, x):
        return self.head(self.body(x))


def build(size):
    model = Net(size)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.head.weight = nn.Parameter(torch.zeros(size, size))  # TTL501
    return model, optimizer


def normed(size):
    model = Net(size)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    torch.nn.utils.parametrizations.weight_norm(model.head)  # TTL501
    return model, optimizer


# torch: (made := build(3)) and len(made[1].param_groups[0]["params"]) == 3
# torch: id(made[0].head.weight) not in {id(p) for p in made[1].param_groups[0]["params"]}
