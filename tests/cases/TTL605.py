"""Cases of TTL605: state dicts that are put aside without a copy, and come back as the last weights."""

# case: early stopping in a function that takes the model
import torch


def train(model, loader, optimizer, epochs):
    best_loss = float("inf")
    best_state = None
    for epoch in range(epochs):
        for x in loader:
            optimizer.zero_grad()
            loss = model(x).pow(2).mean()
            loss.backward()
            optimizer.step()
        if loss.item() < best_loss:
            best_loss = loss.item()
            best_state = model.state_dict()  # TTL605
    model.load_state_dict(best_state)
    return model


def snapshot(model):
    return model.state_dict()["weight"].data_ptr() == model.weight.data_ptr()


# torch: snapshot(nn.Linear(2, 2))

# case: phases of the transfer learning tutorial
import time
import torch


def train_model(model, criterion, optimizer, scheduler, dataloaders, num_epochs=25):
    best_model_wts = model.state_dict()  # TTL605
    best_acc = 0.0
    for epoch in range(num_epochs):
        for phase in ["train", "val"]:
            if phase == "train":
                scheduler.step()
                model.train(True)
            else:
                model.train(False)
            running_corrects = 0
            for inputs, labels in dataloaders[phase]:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    outputs = model(inputs)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
                running_corrects += torch.sum(outputs == labels)
            epoch_acc = running_corrects / 10
            if phase == "val" and epoch_acc > best_acc:
                best_acc = epoch_acc
                best_model_wts = model.state_dict()  # TTL605
    model.load_state_dict(best_model_wts)
    return model


# case: a script at module level, an epoch function that is imported, early exit by continue
import torch
from engine import evaluate, train_one_epoch
from models import build_model

model = build_model("resnet50")
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
best, wait, weights = 0, 0, None
for epoch in range(100):
    train_one_epoch(model, optimizer, epoch)
    accuracy = evaluate(model)
    if accuracy <= best:
        wait += 1
        if wait > 5:
            break
        continue
    best = accuracy
    weights = dict(model.state_dict())  # TTL605
model.load_state_dict(weights)

# case: a trainer that keeps the best weights in an attribute, helpers for each step
import torch
from torch import nn


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=lr)
        self.best_score = 0
        self.best_weights = None

    def _train_epoch(self, batches):
        for batch in batches:
            self.optimizer.zero_grad()
            self.model(batch).sum().backward()
            self.optimizer.step()

    def _remember(self, score):
        if score > self.best_score:
            self.best_score = score
            self.best_weights = self.model.state_dict()  # TTL605

    def fit(self, batches, epochs):
        for _ in range(epochs):
            self._train_epoch(batches)
            self._remember(self.evaluate(batches))
        if self.best_weights is not None:
            self.model.load_state_dict(self.best_weights)

    def evaluate(self, batches):
        return 1.0


# case: an early-stopping callback, restored by the caller
import numpy as np
import torch


class EarlyStopping:
    def __init__(self, patience=7):
        self.patience = patience
        self.counter = 0
        self.best_score = None
        self.early_stop = False
        self.best_state = None

    def __call__(self, score, model):
        if self.best_score is None:
            self.best_score = score
            self.save_checkpoint(model)
        elif score < self.best_score:
            self.counter += 1
            if self.counter >= self.patience:
                self.early_stop = True
        else:
            self.best_score = score
            self.save_checkpoint(model)
            self.counter = 0

    def save_checkpoint(self, model):
        self.best_state = model.state_dict()  # TTL605


def run(net, batches):
    optimizer = torch.optim.Adam(net.parameters())
    stopping = EarlyStopping()
    for epoch in range(50):
        for batch in batches:
            net(batch).mean().backward()
            optimizer.step()
        stopping(float(epoch), net)
        if stopping.early_stop:
            break
    net.load_state_dict(stopping.best_state)


# case: a callback whose methods are given the module
import torch


class RestoreBest:
    def on_validation_end(self, trainer, pl_module):
        self.kept = pl_module.state_dict()  # TTL605

    def on_train_end(self, trainer, pl_module):
        pl_module.load_state_dict(self.kept)


# case: the best of a Lightning-like module's own weights
from torch import nn


class Learner(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(2, 2)
        self.best = None

    def on_validation_epoch_end(self):
        self.best = {"net": self.net.state_dict(), "epoch": 1}  # TTL605

    def on_train_end(self):
        self.net.load_state_dict(self.best["net"])


# case: a copy of the dict is no copy of the tensors
import copy
import torch
from collections import OrderedDict


def shallow(model, optimizer, batches):
    for way in range(100):
        model(batches).sum().backward()
        optimizer.step()
        if way == 3:
            first = model.state_dict().copy()  # TTL605
            second = copy.copy(model.state_dict())  # TTL605
            third = OrderedDict(model.state_dict())  # TTL605
            fourth = {k: v.detach() for k, v in model.state_dict().items()}  # TTL605
            fifth = {k: v.data for k, v in model.named_parameters()}  # TTL605
            sixth = dict(model.named_parameters())  # TTL605
    model.load_state_dict(first)
    model.load_state_dict(second)
    model.load_state_dict(third)
    model.load_state_dict(fourth)
    model.load_state_dict(fifth, strict=False)
    model.load_state_dict(sixth, strict=False)


# case: moved to the CPU, where the model may be already
import torch


def train_on(model, optimizer, batches, device):
    model.to(device)
    kept = None
    for epoch in range(100):
        for batch in batches:
            model(batch.to(device)).sum().backward()
            optimizer.step()
        if better(model):
            kept = {k: v.cpu() for k, v in model.state_dict().items()}  # TTL605
    model.load_state_dict(kept)


def better(model):
    return float(model.weight.sum()) > 0


# torch: (m := nn.Linear(2, 2)) and m.weight.cpu().data_ptr() == m.weight.data_ptr()

# case: perturbed in place and restored
import torch


def evolve(model, fitness, sigma):
    for _ in range(1000):
        saved = model.state_dict()  # TTL605
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(sigma * torch.randn_like(parameter))
        if fitness(model) < 0:
            model.load_state_dict(saved)


# case: known layers, perturbed through .data
import torch
from torch import nn

net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
saved = net.state_dict()  # TTL605
for p in net.parameters():
    p.data += 0.1 * torch.randn_like(p)
net.load_state_dict(saved)

# torch: torch.equal(saved["0.weight"], net[0].weight)

# case: other weights are swapped in and out
import torch


class Averaged:
    def __init__(self, model):
        self.model = model
        self.average = {}

    def evaluate(self, batches):
        backup = self.model.state_dict()  # TTL605
        self.model.load_state_dict(self.average)
        loss = sum(self.model(batch).mean() for batch in batches)
        self.model.load_state_dict(backup)
        return loss


# case: taken before the folds and loaded in each
import torch
from torch import nn


def cross_validate(folds):
    model = nn.Linear(4, 1)
    start = model.state_dict()  # TTL605
    for fold in folds:
        model.load_state_dict(start)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for batch in fold:
            optimizer.zero_grad()
            model(batch).sum().backward()
            optimizer.step()


# case: the best weights are given back, or saved at the end
import torch


def search(model, optimizer, batches):
    top, best = 0, None
    for epoch in range(100):
        for batch in batches:
            loss = model(batch).sum()
            loss.backward()
            optimizer.step()
        if loss > top:
            top, best = loss, model.state_dict()  # TTL605
    return top, best


def checkpoint(model, optimizer, batches):
    best = {}
    for epoch in range(100):
        for batch in batches:
            loss = model(batch).sum()
            loss.backward()
            optimizer.step()
        if loss > 0:
            best = {"epoch": epoch, "model": model.state_dict()}  # TTL605
    torch.save(best, "best.pt")


# case: copied in every way that does copy
import copy
import io
import torch


def right(model, optimizer, batches, epochs):
    first = second = third = fourth = fifth = None
    for epoch in range(epochs):
        for batch in batches:
            model(batch).sum().backward()
            optimizer.step()
        if epoch == 3:
            first = copy.deepcopy(model.state_dict())
            second = {k: v.clone() for k, v in model.state_dict().items()}
            third = {k: v.detach().cpu().clone() for k, v in model.state_dict().items()}
            fourth = copy.deepcopy(model).state_dict()
            fifth = {k: torch.clone(v) for k, v in model.state_dict().items()}
            sixth = model.state_dict()
            for key in sixth:
                sixth[key] = sixth[key].clone()
    for state in (first, second, third, fourth, fifth, sixth):
        model.load_state_dict(state)


# case: saved or loaded at once, and read back from the file
import torch


def on_disk(model, target, optimizer, batches):
    best = 0
    for epoch in range(100):
        for batch in batches:
            loss = model(batch).sum()
            loss.backward()
            optimizer.step()
        if loss > best:
            best = loss
            state = model.state_dict()
            torch.save(state, "best.pt")
            torch.save({"model": model.state_dict(), "epoch": epoch}, "full.pt")
        if epoch % 10 == 0:
            target.load_state_dict(model.state_dict())
            weights = model.state_dict()
            target.load_state_dict(weights)
    model.load_state_dict(torch.load("best.pt"))
    return model.state_dict()


# case: keys only, and one tensor read at once
import torch


def names(model, optimizer, batches, checkpoint):
    state = model.state_dict()
    missing = [key for key in state.keys() if key not in checkpoint]
    optimizer.step()
    print(len(state), state["weight"].norm())
    model.load_state_dict({k: v for k, v in checkpoint.items() if k in state})
    return missing


# case: the state dict of the last round is that of the model
import torch


def client_update(model, optimizer, batches):
    weights = None
    for batch in batches:
        model(batch).sum().backward()
        optimizer.step()
        weights = model.state_dict()
    return weights


# case: the model is moved to the CPU and back around the snapshot
import torch


def keep_on_cpu(model, optimizer, batches):
    best = None
    for epoch in range(100):
        model.cuda()
        for batch in batches:
            model(batch).sum().backward()
            optimizer.step()
        if epoch == 5:
            best = model.cpu().state_dict()
    model.load_state_dict(best)


# case: weights that get other memory, so that the state dict keeps the old
import torch


class Ema:
    def __init__(self, model):
        self.model = model
        self.shadow = {name: p.data.clone() for name, p in model.named_parameters()}

    def apply_shadow(self):
        self.backup = self.model.state_dict()
        for name, p in self.model.named_parameters():
            p.data = self.shadow[name]

    def restore(self):
        self.model.load_state_dict(self.backup)


# case: the loop ends with the snapshot
import torch


def until(model, optimizer, batches):
    found = None
    for batch in batches:
        loss = model(batch).sum()
        loss.backward()
        optimizer.step()
        if loss < 0.1:
            found = model.state_dict()
            break
    return found


# case: a new model in every round
import torch
from models import build_model


def select(configurations, batches):
    top, best = 0, None
    for configuration in configurations:
        model = build_model(configuration)
        optimizer = torch.optim.SGD(model.parameters(), lr=configuration.lr)
        for batch in batches:
            loss = model(batch).sum()
            loss.backward()
            optimizer.step()
        if loss > top:
            top, best = loss, model.state_dict()
    return best


# case: an actor that sends its newest weights
import torch


class Worker:
    def __init__(self, policy, optimizer):
        self.policy = policy
        self.optimizer = optimizer

    def get_weights(self):
        return self.policy.state_dict()

    def set_weights(self, weights):
        self.policy.load_state_dict(weights)

    def learn(self, batch):
        self.policy(batch).sum().backward()
        self.optimizer.step()


# case: online weights that a target takes over
import torch


class Double:
    def __init__(self, online_net, target_net, optimizer):
        self.online_net, self.target_net, self.optimizer = online_net, target_net, optimizer

    def prepare(self):
        self.weights = self.online_net.state_dict()

    def update(self, batches):
        for batch in batches:
            self.online_net(batch).sum().backward()
            self.optimizer.step()
        self.target_net.load_state_dict(self.weights)


# case: state dicts of what is no module
import torch


def resume(optimizer, scheduler, loader):
    kept = scheduler.state_dict()
    rewound = optimizer.state_dict()
    for batch in loader:
        optimizer.step()
        scheduler.step()
    scheduler.load_state_dict(kept)
    optimizer.load_state_dict(rewound)


# case: gathered from shards
import torch
from torch.distributed.fsdp import FullyShardedDataParallel as FSDP


def gather(model, optimizer, batches):
    best = None
    for batch in batches:
        loss = model(batch).sum()
        optimizer.step()
        if loss < 0:
            with FSDP.state_dict_type(model, "full"):
                best = model.state_dict()
    return best


# case: loaded under a guard before anything changed
import torch


def maybe(model, optimizer, batches, pretrained):
    state = model.state_dict()
    state.update(pretrained)
    model.load_state_dict(state)
    for batch in batches:
        model(batch).sum().backward()
        optimizer.step()
