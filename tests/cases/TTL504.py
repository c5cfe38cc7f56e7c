"""Cases of TTL504: freezing by an attribute that does not freeze."""

# case: a child, under a condition, in a constructor
from torch import nn


class Net(nn.Module):
    def __init__(self, freeze=True):
        super().__init__()
        self.norm = nn.LayerNorm(4)
        self.body = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        if freeze:
            self.norm.requires_grad = False  # TTL504
            self.body[0].requires_grad = False  # TTL504


# torch: Net().norm.weight.requires_grad and Net().body[0].weight.requires_grad


# case: a method that freezes, in a subclass
import torch.nn as nn


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch_embed = nn.Conv2d(3, 8, 4)


class Pyramid(Base):
    def freeze_patch_emb(self):
        self.patch_embed.requires_grad = False  # TTL504


# torch: (p := Pyramid()) and (p.freeze_patch_emb() or p.patch_embed.weight.requires_grad)


# case: a pretrained model of another library, and its last layer
import torchvision
from torch import nn

model = torchvision.models.resnet18(weights="DEFAULT")
model.requires_grad = False  # TTL504
model.fc = nn.Linear(512, 10)
model.fc.requires_grad = True  # TTL504
model.layer4.requires_grad = True  # TTL504

# case: the children of a model that a function is given
import torch


def freeze(model, upto):
    for number, child in enumerate(model.children()):
        if number < upto:
            child.requires_grad = False  # TTL504
    for name, module in model.named_modules():
        if "norm" in name:
            module.requires_grad = False  # TTL504
    for block in model.blocks:
        block.name = "frozen"


# case: annotated, or called net
import torch
from torch import nn


def set_requires_grad(nets, net, critic: nn.Module, flag=False):
    net.requires_grad = flag  # TTL504
    critic.requires_grad = flag  # TTL504


# case: by setattr
from torch import nn

encoder = nn.TransformerEncoderLayer(8, 2)
setattr(encoder, "requires_grad", False)  # TTL504
setattr(encoder.linear1, "requires_grad", False)  # TTL504

# torch: encoder.linear1.weight.requires_grad


# case: misspelt on parameters
import torch
import timm

model = timm.create_model("vit_base_patch16_224", pretrained=True)
for parameter in model.parameters():
    parameter.require_grad = False  # TTL504
for name, parameter in model.named_parameters():
    parameter.requires_grads = "head" in name  # TTL504
    parameter.requires_grad_ = False  # TTL504

# case: misspelt on a known layer and its weight
from torch import nn

layer = nn.Linear(2, 2)
layer.require_grad = False  # TTL504
layer.weight.requires_grads = False  # TTL504

# torch: layer.weight.requires_grad

# case: a method is replaced
from torch import nn


def script(net):
    teacher = nn.Sequential(nn.Linear(2, 2), nn.Dropout())
    teacher.requires_grad_ = False  # TTL504
    teacher.train = False  # TTL504
    net.eval = True  # TTL504
    return teacher


# case: the flag of one module
from torch import nn

teacher = nn.Sequential(nn.Linear(2, 2), nn.Dropout())
teacher.training = False  # TTL504
dropout = nn.Dropout()
dropout.training = False

# torch: teacher[1].training and not dropout.training

# case: a slice that the line itself makes
from torch import nn


class Queries(nn.Module):
    def __init__(self):
        super().__init__()
        self.points = nn.Embedding(10, 4)
        self.points.weight.data[:, :2].requires_grad = False  # TTL504
        self.points.weight.data.requires_grad = False  # TTL504


# torch: Queries().points.weight.requires_grad

# case: the module itself
from torch import nn


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def freeze(self):
        self.requires_grad = False  # TTL504


# case: tensors and parameters
import torch
from torch import nn


class Attack(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
        self.cls_token = nn.Parameter(torch.zeros(1, 2))
        self.cls_token.requires_grad = False
        self.layer.weight.requires_grad = False

    def forward(self, hidden_states, encoder_hidden_states, model_input):
        hidden_states.requires_grad = True
        encoder_hidden_states.requires_grad = True
        model_input.requires_grad = True
        out = self.layer(hidden_states)
        out.requires_grad = True
        return out


def perturb(model, image, encoder_output):
    image.requires_grad = True
    encoder_output.requires_grad = True
    image.data.clamp_(0, 1)
    for parameter in model.parameters():
        parameter.requires_grad = False
    model.cls_token.requires_grad = False
    model.pos_embed.requires_grad = False
    model.fc.weight.requires_grad = False
    model.logit_scale.requires_grad = False


# case: a setting that a class reads itself
from torch import nn


class Extractor(nn.Module):
    def __init__(self, requires_grad=False):
        super().__init__()
        self.requires_grad = requires_grad
        self.layers = nn.Linear(2, 2)

    def forward(self, x):
        return self.layers(x) if self.requires_grad else self.layers(x).detach()


extractor = Extractor()
extractor.requires_grad = True


# case: a property that does freeze
from torch import nn


class Switch(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)

    @property
    def requires_grad(self):
        return self.layer.weight.requires_grad

    @requires_grad.setter
    def requires_grad(self, flag):
        self.layer.requires_grad_(flag)


switch = Switch()
switch.requires_grad = False

# torch: not switch.layer.weight.requires_grad

# case: frozen as it should be
import torch
from torch import nn


def freeze(model, backbone: nn.Module):
    model.requires_grad_(False)
    backbone.eval()
    backbone.train(False)
    for module in model.modules():
        module.requires_grad_(False)


# case: objects that are no modules
import torch


class Config:
    def __init__(self):
        self.requires_grad = False
        self.training = False


def build(config, node, sampler):
    config.requires_grad = True
    node.training = True
    sampler.train = False
    settings = Config()
    settings.requires_grad = True
    settings.training = False


# case: training on again in one module of a model that is in eval mode
# torch: Detector([(Head, 4)]).stride == 8 and Detector([(Head, 4)]).training
import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.conv = nn.Conv2d(3, size, 8, stride=8)

    def forward(self, x):
        return self.conv(x) if self.training else x


def parse(layers):
    made = []
    for model, size in layers:
        made.append(model(size))
    return nn.Sequential(*made)


class Detector(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.model = parse(layers)
        m = self.model[-1]
        if isinstance(m, Head):
            self.model.eval()
            m.training = True
            self.stride = 64 / self.model(torch.zeros(1, 3, 64, 64)).shape[-1]
            self.model.train()
