"""Cases of TTL703: a target network that is the online network itself."""

# case: an agent's constructor
# select: TTL703
import torch
from torch import nn


class Agent:
    def __init__(self, size):
        self.policy_net = nn.Linear(size, size)
        self.target_net = self.policy_net  # TTL703
        self.optimizer = torch.optim.SGD(self.policy_net.parameters(), lr=0.1)

    def learn(self, x):
        loss = (self.policy_net(x) - self.target_net(x).detach() - 1).pow(2).sum()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


# torch: (a := Agent(3)) and (w := a.target_net.weight.clone()) is not None and a.learn(torch.ones(1, 3)) is None
# torch: not torch.equal(a.target_net.weight, w)


# case: brought up to date by an assignment
# select: TTL703
import copy

from torch import nn


class DQN:
    def __init__(self, size):
        self.q_net = nn.Linear(size, size)
        self.target_q_net = copy.deepcopy(self.q_net)
        self.steps = 0

    def update_target(self):
        self.target_q_net = self.q_net  # TTL703

    def step(self):
        self.steps += 1
        if self.steps % 100 == 0:
            self.target_q_net = self.q_net  # TTL703


# torch: (a := DQN(3)).update_target() is None and a.target_q_net is a.q_net


# case: modules of a module, through a local and an annotation
# select: TTL703
from torch import nn


class Byol(nn.Module):
    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.online_encoder = encoder
        net = self.online_encoder
        self.target_encoder: nn.Module = net  # TTL703


class ActorCritic(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.critic = nn.Linear(size, size)
        self.critic_target = self.critic  # TTL703
        self.student = nn.Linear(size, size)
        self.teacher = self.student  # TTL703


# torch: (m := Byol(nn.Linear(2, 2))).target_encoder is m.online_encoder
# torch: (m := ActorCritic(2)).critic_target is m.critic and m.teacher is m.student


# case: arguments, and a script
# select: TTL703
import torch
from torch import nn


class Learner:
    def __init__(self, model, lr):
        self.model = model
        self.target_model = model  # TTL703
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=lr)


def train(batches):
    model = nn.Linear(2, 2)
    ema_model = model  # TTL703
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for batch in batches:
        optimizer.zero_grad()
        model(batch).sum().backward()
        optimizer.step()
        with torch.no_grad():
            for averaged, parameter in zip(ema_model.parameters(), model.parameters()):
                averaged.mul_(0.99).add_(parameter, alpha=0.01)
    return ema_model


def both():
    online, target = nn.Linear(2, 2), None
    target = online  # TTL703
    return online, target


# torch: (a := Learner(nn.Linear(2, 2), 0.1)).target_model is a.model
# torch: error(lambda: train([torch.ones(1, 2)])) == "" and (p := both())[0] is p[1]


# case: in a loop that brings the target up to date
# select: TTL703
import copy

from torch import nn


def train(steps):
    policy_net = nn.Linear(2, 2)
    target_net = copy.deepcopy(policy_net)
    for step in range(steps):
        if step % 10 == 0:
            target_net = policy_net  # TTL703
    return target_net


# torch: train(3) is not None


# case: copies, and networks of their own
# select: TTL703
import copy

import torch
from torch import nn


def make():
    return nn.Linear(2, 2)


class Agent:
    def __init__(self, model):
        self.policy_net = make()
        self.target_net = make()
        self.target_net.load_state_dict(self.policy_net.state_dict())
        self.critic = nn.Linear(2, 2)
        self.critic_target = copy.deepcopy(self.critic)
        self.online = model
        self.target = copy.deepcopy(self.online).eval()
        self.actor = nn.Linear(2, 2)
        self.actor_target = self.actor
        self.actor_target = copy.deepcopy(self.actor)

    def update(self):
        self.target_net.load_state_dict(self.policy_net.state_dict())
        self.critic_target = copy.deepcopy(self.critic)


# torch: (a := Agent(nn.Linear(2, 2))).update() is None and a.target_net is not a.policy_net


# case: with and without a target network
# select: TTL703
import copy

from torch import nn


class Switch(nn.Module):
    def __init__(self, encoder, use_momentum):
        super().__init__()
        self.online_encoder = encoder
        if use_momentum:
            self.target_encoder = copy.deepcopy(encoder)
        else:
            self.target_encoder = self.online_encoder


class Inline(nn.Module):
    def __init__(self, encoder, use_momentum):
        super().__init__()
        self.online_encoder = encoder
        self.target_encoder = copy.deepcopy(encoder) if use_momentum else encoder


class Later:
    def __init__(self, size):
        self.policy_net = nn.Linear(size, size)
        self.target_net = self.policy_net

    def reset(self):
        self.target_net = copy.deepcopy(self.policy_net)


class Shared:
    def __init__(self, size):
        self.policy_net = nn.Linear(size, size)
        # the target shares its weights with the policy
        self.target_net = self.policy_net


# torch: (m := Switch(nn.Linear(2, 2), True)).target_encoder is not m.online_encoder


# case: targets of another kind
# select: TTL703
import torch
from torch import nn


class Attack:
    def __init__(self, model):
        self.target_model = model


class Cam:
    def __init__(self, model):
        self.model = model
        self.target_layer = model.layer4
        self.target = model.layer4


class Distiller(nn.Module):
    def __init__(self, teacher, student):
        super().__init__()
        self.teacher = teacher
        self.student = student


def evaluate(model, weights):
    model.load_state_dict(weights)
    ema_model = model
    teacher = model
    return ema_model, teacher


def loss(model, batch):
    target = batch
    online = model(batch)
    target = online
    return target


def find(model, path):
    target = model
    for part in path:
        target = getattr(target, part)
    return target


# torch: Attack(nn.Linear(2, 2)).target_model is not None


# case: each generation teaches the next
# select: TTL703
from torch import nn


def born_again(generations, train):
    teacher, student = None, nn.Linear(2, 2)
    for _ in range(generations):
        train(student, teacher)
        teacher = student
        student = nn.Linear(2, 2)
    return teacher


# torch: born_again(2, lambda student, teacher: None) is not None


# case: it is opt-in
from torch import nn


class Agent:
    def __init__(self, size):
        self.policy_net = nn.Linear(size, size)
        self.target_net = self.policy_net


# torch: (a := Agent(2)).target_net is a.policy_net
