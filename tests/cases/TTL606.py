"""Cases of TTL606: a module that loads its own state dict."""

# case: an argument
def reset(model):
    model.load_state_dict(model.state_dict())  # TTL606


# torch: (m := nn.Linear(2, 2)) and (w := m.weight.detach().clone()) is not None and (reset(m) or torch.equal(m.weight, w))


# case: an attribute of an agent that its constructor was given
class Agent:
    def __init__(self, policy_net, target_net):
        self.policy_net = policy_net
        self.target_net = target_net

    def update_target(self):
        self.target_net.load_state_dict(self.target_net.state_dict())  # TTL606

    def right(self):
        self.target_net.load_state_dict(self.policy_net.state_dict())


import torch

# case: a known module in a script, strict given
import torch

net = torch.nn.Sequential(torch.nn.Linear(2, 2))
copy = torch.nn.Sequential(torch.nn.Linear(2, 2))
net.load_state_dict(net.state_dict(), strict=True)  # TTL606
copy.load_state_dict(net.state_dict())

# case: a Lightning-like module's children
from torch import nn


class Learner(nn.Module):
    def __init__(self):
        super().__init__()
        self.student = nn.Linear(2, 2)
        self.teacher = nn.Linear(2, 2)

    def on_train_start(self):
        self.teacher.load_state_dict(self.teacher.state_dict())  # TTL606

    def copy_student(self):
        self.teacher.load_state_dict(self.student.state_dict())


# case: through another name of the same object
from torch import nn


def make():
    model = nn.Linear(2, 2)
    backup = model
    backup.load_state_dict(model.state_dict())  # TTL606
    return model


# case: inside of a wrapper
def synchronise(model):
    model.module.load_state_dict(model.module.state_dict())  # TTL606
    model.load_state_dict(model.module.state_dict())  # TTL606


import torch

# case: a factory of another library
import torchvision

resnet = torchvision.models.resnet18()
resnet.load_state_dict(resnet.state_dict())  # TTL606
other = torchvision.models.resnet18()
other.load_state_dict(resnet.state_dict())

# case: a copy of itself
import copy
import torch


def restart(model):
    model.load_state_dict(copy.deepcopy(model.state_dict()))


# case: calls may give another object each time
import torch


def average(models, make, pool):
    next(models).load_state_dict(next(models).state_dict())
    make().load_state_dict(make().state_dict())
    pool.pick().load_state_dict(pool.pick().state_dict())


# case: optimizers, schedulers and scalers
import torch


def resume(model, optimizer, lr_scheduler, scaler):
    model.cuda()
    optimizer.load_state_dict(optimizer.state_dict())
    lr_scheduler.load_state_dict(lr_scheduler.state_dict())
    scaler.load_state_dict(scaler.state_dict())


# case: a state dict that is edited first
import torch


def load_matching(model, checkpoint):
    state = model.state_dict()
    state.update({k: v for k, v in checkpoint.items() if k in state})
    model.load_state_dict(state)
    state = model.state_dict()
    for key in state:
        state[key] = checkpoint[key]
    model.load_state_dict(state)


# case: a test of the round trip
import torch


def test_round_trip(model):
    model.load_state_dict(model.state_dict())


# case: a class with a state dict of its own
from torch import nn


class Adapter(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 2)

    def state_dict(self):
        return {"scale": 1}

    def load_state_dict(self, state):
        self.scale = state["scale"]


adapter = Adapter()
adapter.load_state_dict(adapter.state_dict())

# case: the element of a list
import torch


def share(models):
    models[0].load_state_dict(models[1].state_dict())
    for model in models:
        model.load_state_dict(models[0].state_dict())


# case: arguments whose names say nothing
import torch


def synchronise(online, target):
    target.load_state_dict(target.state_dict())  # TTL606
    return target


# torch: (a := nn.Linear(2, 2)) and (b := nn.Linear(2, 2)) and not torch.equal(synchronise(a, b).weight, a.weight)

# case: a state dict that was taken just before
import torch


def synchronise(online, target):
    state = target.state_dict()
    target.load_state_dict(state, strict=True)  # TTL606
    return target


# torch: (a := nn.Linear(2, 2)) and (b := nn.Linear(2, 2)) and not torch.equal(synchronise(a, b).weight, a.weight)

# case: a state dict that a helper takes
from torch import nn


class Agent:
    def __init__(self, size):
        self.online = nn.Linear(size, size)
        self.target = nn.Linear(size, size)

    def weights(self):
        return self.target.state_dict()

    def synchronise(self):
        state = self.weights()
        self.target.load_state_dict(state)  # TTL606


# torch: (a := Agent(2)) and (a.synchronise() or not torch.equal(a.online.weight, a.target.weight))

# case: a state dict that is taken, and loaded once something has happened
import torch


def restore(model, evaluate, perturb):
    state = model.state_dict()
    evaluate(model)
    model.load_state_dict(state)


def default(model, state=None):
    if state is None:
        state = model.state_dict()
    model.load_state_dict(state)


def edited(model, checkpoint):
    state = model.state_dict()
    state["weight"] = checkpoint["weight"]
    model.load_state_dict(state)
    state = model.state_dict()
    del state["weight"]
    model.load_state_dict(state, strict=False)


# case: what is named as an optimizer or its like
import torch


def resume(model, opt, lr_sched, sgd, grad_scaler):
    model.cuda()
    opt.load_state_dict(opt.state_dict())
    lr_sched.load_state_dict(lr_sched.state_dict())
    state = sgd.state_dict()
    sgd.load_state_dict(state)
    grad_scaler.load_state_dict(grad_scaler.state_dict())


# case: with assign, which makes new Parameters
import torch


def renew(model):
    model.load_state_dict(model.state_dict(), assign=True)
    return model


# torch: (m := nn.Linear(2, 2)) and (w := m.weight) is not None and renew(m).weight is not w
