"""Cases of TTL505: parameters that an optimizer left out, and that are unfrozen later."""

# case: a backbone that is unfrozen after some epochs
# select: TTL505
import torch
import torchvision


def train(loader, epochs):
    model = torchvision.models.resnet18()
    for p in model.parameters():
        p.requires_grad = False
    for p in model.fc.parameters():
        p.requires_grad = True
    optimizer = torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()))
    for epoch in range(epochs):
        if epoch == 3:
            for p in model.parameters():
                p.requires_grad = True  # TTL505
        for x, y in loader:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()


# case: of a known class, in two stages, with a comprehension and `requires_grad_`
# select: TTL505
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 2)
        self.head = nn.Linear(2, 2)


def stages():
    net = Net()
    net.body.requires_grad_(False)
    params = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(params, lr=0.1)
    before = net.body.bias.detach().clone()
    net.body.requires_grad_(True)  # TTL505
    net.head(net.body(torch.ones(1, 2))).sum().backward()
    optimizer.step()
    return net, before


# torch: [r := stages()] and r[0].body.bias.grad is not None and torch.equal(r[0].body.bias, r[1])

# case: through helper functions, names and groups
# select: TTL505
import torch


def set_grad(module, flag):
    for p in module.parameters():
        p.requires_grad = flag


def run(model, data):
    set_grad(model, False)
    set_grad(model.classifier, True)
    groups = [{"params": list(filter(lambda p: p.requires_grad, model.parameters())), "lr": 0.1}]
    optimizer = torch.optim.SGD(groups)
    for step, batch in enumerate(data):
        model(batch).sum().backward()
        optimizer.step()
        if step == 10:
            unfreeze(model.features)


def unfreeze(part):
    for p in part.parameters():
        p.requires_grad = True  # TTL505


# case: by name, with `requires_grad_`, handed to a trainer
# select: TTL505
import torch
from trainers import Trainer


def run(model, data, last):
    for name, p in model.named_parameters():
        if "head" not in name:
            p.requires_grad_(False)
    optimizer = torch.optim.AdamW([p for n, p in model.named_parameters() if p.requires_grad], lr=1e-3)
    for name, p in model.named_parameters():
        if last in name:
            p.requires_grad_()  # TTL505
    trainer = Trainer(model, optimizer)
    return trainer


# case: frozen on one branch only, in a method
# select: TTL505
import torch


class Runner:
    def run(self, model, data, freeze):
        if freeze:
            model.backbone.requires_grad_(False)
        optimizer = torch.optim.SGD((p for p in model.parameters() if p.requires_grad), lr=0.1)
        for epoch, batch in enumerate(data):
            if epoch > 5:
                model.backbone.requires_grad_(True)  # TTL505
            model(batch).backward()
            optimizer.step()


# case: silent: a new optimizer, or a new group
# select: TTL505
import torch


def rebuilt(model, data):
    model.requires_grad_(False)
    model.fc.requires_grad_(True)
    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.1)
    for epoch, batch in enumerate(data):
        if epoch == 3:
            model.requires_grad_(True)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        model(batch).backward()
        optimizer.step()


def added(model, data):
    model.backbone.requires_grad_(False)
    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.1)
    for epoch, batch in enumerate(data):
        if epoch == 3:
            for p in model.backbone.parameters():
                p.requires_grad = True
            optimizer.add_param_group({"params": model.backbone.parameters()})
        model(batch).backward()
        optimizer.step()


# case: silent: all parameters given, unfrozen before, other modules
# select: TTL505
import torch


def every(model, data):
    model.backbone.requires_grad_(False)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.backbone.requires_grad_(True)
    optimizer.step()


def before(model):
    model.requires_grad_(False)
    model.head.requires_grad_(True)
    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.1)
    model.head.requires_grad_(True)
    optimizer.step()


def other(model, teacher):
    model.body.requires_grad_(False)
    teacher.requires_grad_(False)
    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.1)
    teacher.requires_grad_(True)
    model.head.requires_grad_(True)
    optimizer.step()


# case: silent: frozen only after the optimizer was built, as adversarial training does
# select: TTL505
import torch
from torch import nn


def gan(generator, critic, data):
    first = torch.optim.Adam(filter(lambda p: p.requires_grad, generator.parameters()))
    second = torch.optim.Adam(filter(lambda p: p.requires_grad, critic.parameters()))
    for batch in data:
        for p in critic.parameters():
            p.requires_grad = True
        critic(batch).backward()
        second.step()
        for p in critic.parameters():
            p.requires_grad = False
        critic(generator(batch)).backward()
        first.step()


def known(data):
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    optimizer = torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=0.1)
    for batch in data:
        net.requires_grad_(False)
        net(batch)
        net.requires_grad_(True)
        net(batch).sum().backward()
        optimizer.step()


# torch: known([torch.ones(1, 2)]) is None

# case: silent: the optimizer is not used any more
# select: TTL505
import torch


def finish(model, data):
    model.backbone.requires_grad_(False)
    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.1)
    for batch in data:
        model(batch).backward()
        optimizer.step()
    model.backbone.requires_grad_(True)
    return model
