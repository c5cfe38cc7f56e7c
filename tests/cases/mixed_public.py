"""Shapes of published code that were once reported by mistake, and mistakes that published code really makes."""

# case: isinstance with a union of classes (coqui-tts).
# torch: parameter_names(Net()) == ["layers.0.bias", "layers.0.weight_g", "layers.0.weight_v"]
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv1d(3, 3, 1), nn.ReLU()])
        self.apply_weight_norm()

    def apply_weight_norm(self):
        def _apply_weight_norm(m):
            if isinstance(m, nn.Conv1d | nn.Conv2d):
                torch.nn.utils.weight_norm(m)

        self.apply(_apply_weight_norm)


# case: A ModuleList in one branch, a layer in the other, each called where it belongs (smp, recbole, espnet, Karras).
# torch: Up(True)(torch.ones(1, 3)).shape == Up(False)(torch.ones(1, 3)).shape
import torch
from torch import nn


class Up(nn.Module):
    def __init__(self, factorized):
        super().__init__()
        self.factorized = factorized
        self.attn = None
        if factorized:
            self.attn = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)])
        else:
            self.attn = nn.Linear(3, 3)

    def forward(self, x):
        if self.factorized:
            for layer in self.attn:
                x = layer(x)
        else:
            x = self.attn(x)
        return x


# case: The constructor calls the initialiser before it wraps (the repaired TCN).
# torch: [b := Block(), before := b.conv.weight_v.std().item()] and before < 0.05
import torch
from torch import nn
from torch.nn.utils import weight_norm


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(16, 16, 2)
        self.init_weights()
        self.conv = weight_norm(self.conv)

    def init_weights(self):
        self.conv.weight.data.normal_(0, 0.01)


# case: The constructor makes the tensor in a helper and wraps it afterwards (SincConv in speechbrain).
# torch: parameter_names(SincConv()) == ["low_hz_"]
import torch
from torch import nn


class SincConv(nn.Module):
    def __init__(self):
        super().__init__()
        self._init_sinc_conv()
        self.low_hz_ = nn.Parameter(self.low_hz_)

    def _init_sinc_conv(self):
        self.low_hz_ = torch.linspace(0, 1, 4).unsqueeze(1)


# case: One of several classes, registered under a computed name and put into a list as well (diffusers).
# torch: parameter_names(Features(["a"])) == ["modules_by_name.a.weight"] and len(Features(["a", "c"]).functions) == 2
import torch
from torch import nn


class Kind(nn.Embedding):
    def __init__(self, size, kinds, **kwargs):
        super().__init__(kinds, size)


class Charge(nn.Module):
    def __init__(self, size, kinds, **kwargs):
        super().__init__()
        self.element = nn.Embedding(kinds, size)


MODULES = {"a": Kind, "b": Charge}


class Features(nn.Module):
    def __init__(self, names):
        super().__init__()
        self.modules_by_name = nn.ModuleDict()
        self.functions = []
        for name in names:
            if name not in MODULES:
                self.functions.append(len)
            else:
                module = MODULES[name](3, 4)
                self.modules_by_name[name] = module
                self.functions.append(module)


# case: A weight that is deleted under a computed name and kept as raw (WeightDrop).
# torch: "rnn.module.weight_hh_l0_raw" in parameter_names(Model())
from torch import nn


class WeightDrop(nn.Module):
    def __init__(self, module, weights):
        super().__init__()
        self.module = module
        for name in weights:
            w = getattr(self.module, name)
            del self.module._parameters[name]
            self.module.register_parameter(name + "_raw", nn.Parameter(w.data))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = WeightDrop(nn.LSTM(3, 3), ["weight_hh_l0"])
        self.rnns = nn.ModuleList([WeightDrop(nn.LSTM(3, 3), ["weight_hh_l0"]) for _ in range(3)])


# case: Layers of a list are appended to a ModuleList one by one.
# torch: len(parameter_names(Stack(2))) == 4 and len(parameter_names(Numbered(3))) == 6
from torch import nn


class Stack(nn.Module):
    def __init__(self, n):
        super().__init__()
        layers = [nn.Linear(2, 2) for _ in range(n)]
        self.layers = nn.ModuleList()
        for layer in layers:
            self.layers.append(layer)


class Numbered(nn.Module):
    def __init__(self, n):
        super().__init__()
        layers = [nn.Linear(2, 2) for _ in range(n)]
        self.layers = nn.ModuleList()
        for i, layer in enumerate(layers):
            self.layers.append(layer)
        self.by_name = nn.ModuleDict({str(i): layer for i, layer in enumerate(layers)})
        self.again = nn.ModuleList([layers[i] for i in range(n)])


# case: A layer that is built anew after each use in a loop.
# torch: len(parameter_names(Chain(3))) == 6
from torch import nn


class Chain(nn.Module):
    def __init__(self, n):
        super().__init__()
        current = nn.Linear(2, 2)
        self.layers = nn.ModuleList()
        for _ in range(n):
            self.layers.append(current)
            current = nn.Linear(2, 2)


# case: The list of a PrimaryCaps, a GAT and an N-BEATS, each registered in its own way.
# torch: len(parameter_names(GAT(2))) == 4 and len(parameter_names(Stacks())) == 4
from torch import nn


class GAT(nn.Module):
    def __init__(self, heads):
        super().__init__()
        self.attentions = [nn.Linear(4, 4) for _ in range(heads)]
        for i, attention in enumerate(self.attentions):
            self.add_module("attention_{}".format(i), attention)


class Stacks(nn.Module):
    def __init__(self):
        super().__init__()
        self.stacks = []
        self.param_list = []
        for i in range(2):
            self.stacks.append(self.create_stack(i))
        self.param_list = nn.ParameterList(self.param_list)

    def create_stack(self, i):
        block = nn.Linear(4, 4)
        self.param_list.extend(block.parameters())
        return [block]


# case: Weight norm by a function of the class, the initialisation after it (the vocoders of ParallelWaveGAN).
# torch: [v := Vocoder(), w := v.conv.weight_v.clone(), v.conv(torch.ones(1, 2, 4))] and v.conv.weight.abs().max() < 5
import torch
from torch import nn


class Vocoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 2, 3)
        self.apply_weight_norm()
        self.reset_parameters()

    def reset_parameters(self):
        def _reset_parameters(m):
            if isinstance(m, (nn.Conv1d, nn.ConvTranspose1d)):
                m.weight.data.fill_(9.0)

        self.apply(_reset_parameters)  # TTL404

    def apply_weight_norm(self):
        def _apply_weight_norm(m):
            if isinstance(m, nn.Conv1d):
                torch.nn.utils.weight_norm(m)

        self.apply(_apply_weight_norm)


# case: A dict that is put into itself by a slip (speechbrain).
# torch: "dict is not a Module subclass" in error(lambda: project({"a": {"emb_proj": 1}}))
from torch import nn


def project(config):
    emb_proj = {}
    for key, item in config.items():
        if "emb_proj" in item:
            emb_proj[key] = emb_proj
        else:
            emb_proj[key] = nn.Linear(2, 2)
    return nn.ModuleDict(emb_proj)  # TTL104


# case: A comma after the call makes a tuple (zetascale).
# torch: parameter_names(Layer(4)) == []
from torch import nn


class Layer(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.feedforward = (nn.Sequential(nn.Linear(dim, dim), nn.GELU()),)  # TTL104


# case: WGAN clips the weights of a critic that the script builds.
# torch: "leaf Variable" in error(main)
import torch
from torch import nn


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))

    def forward(self, x):
        return self.net(x)


def main():
    critic = Critic().to("cpu")
    optimizer = torch.optim.RMSprop(critic.parameters(), lr=5e-5)
    for _ in range(2):
        critic(torch.ones(1, 2)).mean().backward()
        optimizer.step()
        for p in critic.parameters():
            p.clamp_(-0.01, 0.01)  # TTL204


# case: nanoGPT with a new Parameter, the layers by name in a ModuleDict.
# torch: GPT().transformer.wte.weight is not GPT().lm_head.weight and len(parameter_names(GPT())) == 2
from torch import nn


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = nn.ModuleDict(dict(wte=nn.Embedding(4, 3), drop=nn.Dropout(0.1)))
        self.lm_head = nn.Linear(3, 4, bias=False)
        self.transformer.wte.weight = nn.Parameter(self.lm_head.weight)  # TTL303
