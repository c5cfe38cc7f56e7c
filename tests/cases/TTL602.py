"""Cases of TTL602: loads and moves that make two parameters of a tied one."""

# case: a load that assigns
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vocabulary=10, size=4):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, size)
        self.head = nn.Linear(size, vocabulary, bias=False)
        self.head.weight = self.embed.weight


def restore(state):
    model = LanguageModel()
    model.load_state_dict(state, assign=True)  # TTL602
    return model


# torch: LanguageModel().head.weight.data_ptr() and (m := LanguageModel()).head.weight is m.embed.weight
# torch: (m := restore(LanguageModel().state_dict())).head.weight is not m.embed.weight


# case: built on the meta device and emptied
import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


def build(device):
    with torch.device("meta"):
        model = LanguageModel()
    model = model.to_empty(device=device)  # TTL602
    model.load_state_dict(LanguageModel().state_dict())
    return model


# torch: (m := build("cpu")).head.weight is not m.embed.weight and len(list(m.parameters())) == 2


# case: the device as an argument
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, device=None):
        super().__init__()
        self.embed = nn.Embedding(10, 4, device=device)
        self.head = nn.Linear(4, 10, bias=False, device=device)
        self.head.weight = self.embed.weight


model = LanguageModel(device="meta")
model.to_empty(device="cpu")  # TTL602


# torch: model.head.weight is not model.embed.weight


# case: deep in another model, on one line with the build
import torch
from torch import nn


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(10, 4)
        self.out = nn.Linear(4, 10, bias=False)
        self._tie()

    def _tie(self):
        self.tokens.weight = self.out.weight


class Captioner(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(3, 4)
        self.decoder = Decoder()


def load(path):
    with torch.device("meta"):
        captioner = Captioner()
    captioner.load_state_dict(torch.load(path, mmap=True), strict=True, assign=True)  # TTL602
    return captioner.eval()


# case: only the table is loaded
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def load_vectors(self, vectors):
        self.embed.load_state_dict({"weight": vectors}, assign=True)  # TTL602


# torch: [m := LanguageModel(), m.load_vectors(torch.ones(10, 4))] and m.head.weight is not m.embed.weight


# case: a trainer loads into the model that it holds
import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


class Trainer:
    def __init__(self):
        self.model = LanguageModel()

    def resume(self, path):
        checkpoint = torch.load(path, map_location="cpu")
        self.model.load_state_dict(checkpoint["model"], assign=True)  # TTL602
        return checkpoint["epoch"]


# case: a class method that loads
import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.embed = nn.Embedding(10, size)
        self.head = nn.Linear(size, 10, bias=False)
        setattr(self.head, "weight", self.embed.weight)

    @classmethod
    def from_file(cls, path):
        state = torch.load(path)
        with torch.device("meta"):
            model = cls(state["size"])
        model.load_state_dict(state["model"], assign=True)  # TTL602
        return model


# case: a Sequential
from torch import nn

embed, head = nn.Embedding(10, 4), nn.Linear(4, 10, bias=False)
head.weight = embed.weight
model = nn.Sequential(embed, nn.Linear(4, 4), head)
model.load_state_dict({name: value.clone() for name, value in model.state_dict().items()}, assign=True)  # TTL602


# torch: model[2].weight is not model[0].weight


# case: to the meta device and back
import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


def unload():
    model = LanguageModel()
    return model.to(torch.device("meta"))  # TTL602


# torch: (m := unload()).head.weight is not m.embed.weight


# case: accelerate builds it empty
from accelerate import init_empty_weights
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


def load(state):
    with init_empty_weights():
        model = LanguageModel()
    model.load_state_dict(state, assign=True)  # TTL602
    return model


# case: a load that copies
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


def restore(state, assign):
    model = LanguageModel()
    model.load_state_dict(state)
    model.load_state_dict(state, strict=False, assign=False)
    model.load_state_dict(state, assign=assign)
    return model.to("cpu")


# torch: (m := restore(LanguageModel().state_dict(), False)).head.weight is m.embed.weight


# case: emptied where it was no meta model
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


model = LanguageModel().to_empty(device="cpu")


# torch: model.head.weight is model.embed.weight


# case: tied again afterwards
import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.tie_weights()

    def tie_weights(self):
        self.head.weight = self.embed.weight


def by_method(state):
    model = LanguageModel()
    model.load_state_dict(state, assign=True)
    model.tie_weights()
    return model


def by_assignment(state):
    with torch.device("meta"):
        model = LanguageModel()
    model.load_state_dict(state, assign=True)
    model.embed.weight = model.head.weight
    return model


def by_somebody(state):
    from accelerate.utils import find_tied_parameters, retie_parameters

    model = LanguageModel()
    tied = find_tied_parameters(model)
    model.load_state_dict(state, assign=True)
    retie_parameters(model, tied)
    return model


# torch: (m := by_method(LanguageModel().state_dict())).head.weight is m.embed.weight
# torch: (m := by_assignment(LanguageModel().state_dict())).head.weight is m.embed.weight


# case: a class that ties when it loads
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def load_state_dict(self, state_dict, strict=True, assign=False):
        result = super().load_state_dict(state_dict, strict, assign)
        self.head.weight = self.embed.weight
        return result


class Hooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        self.register_load_state_dict_post_hook(self._tie)

    @staticmethod
    def _tie(module, keys):
        module.head.weight = module.embed.weight


def restore(state):
    model, hooked = LanguageModel(), Hooked()
    model.load_state_dict(state, assign=True)
    hooked.load_state_dict(state, assign=True)
    return model, hooked


# torch: all(m.head.weight is m.embed.weight for m in restore(LanguageModel().state_dict()))


# case: a state dict that keeps the Parameters
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


source, model = LanguageModel(), LanguageModel()
model.load_state_dict(source.state_dict(keep_vars=True), assign=True)


# torch: model.head.weight is model.embed.weight


# case: one module under two names stays one
import torch
from torch import nn


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(3, 3)
        self.right = self.left


def load():
    with torch.device("meta"):
        empty = Siamese()
    model = Siamese()
    model.load_state_dict(Siamese().state_dict(), assign=True)
    return empty.to_empty(device="cpu"), model


# torch: all(m.left.weight is m.right.weight for m in load())


# case: models without a tie
import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.embed(x)) @ torch.ones(2, 4) @ self.embed.weight.t()


def load(state):
    with torch.device("meta"):
        model = Classifier()
    model.load_state_dict(state, assign=True)
    return model.to_empty(device="cpu")


# torch: load(Classifier().state_dict()) is not None


# case: a tie that only some configurations make, tied again where they do
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, tie=True):
        super().__init__()
        self.tie = tie
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        if tie:
            self.head.weight = self.embed.weight


def restore(state, tie):
    model = LanguageModel(tie)
    model.load_state_dict(state, assign=True)
    if model.tie:
        model.head.weight = model.embed.weight
    return model


# torch: (m := restore(LanguageModel().state_dict(), True)).head.weight is m.embed.weight


# case: a Hugging Face model ties by itself
from torch import nn
from transformers import PreTrainedModel


class LanguageModel(PreTrainedModel):
    _tied_weights_keys = {"head.weight": "embed.weight"}

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight


def restore(config, state):
    model = LanguageModel(config)
    model.load_state_dict(state, assign=True)
    model.tie_weights()
    return model
