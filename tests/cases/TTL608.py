"""Cases of TTL608: values that loading a Hugging Face checkpoint does not bring back."""

# case: position ids of the model itself
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.register_buffer("positions", torch.arange(4).expand((1, -1)), persistent=False)  # TTL608
        self.post_init()

    def forward(self, x):
        return x + self.positions


def loaded(model):
    """The model after a round through a checkpoint, where fresh memory holds -7."""
    import tempfile

    real = torch.empty_like
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        torch.empty_like = lambda *given, **named: real(*given, **named).fill_(-7)
        try:
            return type(model).from_pretrained(folder)
        finally:
            torch.empty_like = real


# torch: (loaded(Model(PretrainedConfig())).positions == -7).all()


# case: the flag by position, a list of blocks, a numpy table
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


import numpy as np


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, size)
        self.register_buffer("table", torch.from_numpy(np.ones(size, dtype="float32")), False)  # TTL608

    def forward(self, x):
        return self.layer(x) * self.table


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.blocks = nn.ModuleList([Block(4) for _ in range(2)])
        self.post_init()

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def loaded(model):
    """The model after a round through a checkpoint, where fresh memory holds -7."""
    import tempfile

    real = torch.empty_like
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        torch.empty_like = lambda *given, **named: real(*given, **named).fill_(-7)
        try:
            return type(model).from_pretrained(folder)
        finally:
            torch.empty_like = real


# torch: (loaded(Model(PretrainedConfig())).blocks[1].table == -7).all()


# case: made by a helper of the constructor, under a mixin
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


from transformers import GenerationMixin


class Model(PreTrainedModel, GenerationMixin):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self._build(4)
        self.post_init()

    def _build(self, size):
        mask = torch.tril(torch.ones(size, size))
        self.register_buffer("mask", mask, persistent=False)  # TTL608

    def forward(self, x):
        return self.layer(x) @ self.mask


# case: an abstract class of the project between, whose `_init_weights` forgets the table
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Base(PreTrainedModel):
    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.02)


class Rotary(nn.Module):
    def __init__(self, size):
        super().__init__()
        cos, sin = table(size)
        self.register_buffer("cos", cos, persistent=False)  # TTL608
        self.register_buffer("sin", sin, persistent=False)  # TTL608

    def forward(self, x):
        return x * self.cos + x * self.sin


def table(size):
    angles = torch.outer(torch.arange(size), 1.0 / torch.arange(1, size + 1))
    return angles.cos(), angles.sin()


class Model(Base):
    def __init__(self, config):
        super().__init__(config)
        self.rotary = Rotary(4)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def forward(self, x):
        return self.layer(self.rotary(x))


# case: on top of a family of transformers
import torch
from torch import nn
from transformers import BertModel, BertPreTrainedModel


class Classifier(BertPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.bert = BertModel(config)
        self.head = nn.Linear(config.hidden_size, 3)
        self.register_buffer("prior", torch.ones(3) / 3, persistent=False)  # TTL608
        self.post_init()

    def forward(self, ids):
        return self.head(self.bert(ids)[1]) * self.prior


# case: a subclass of a finished model, imported by its path
import torch
from transformers.models.llama.modeling_llama import LlamaForCausalLM


class Scaled(LlamaForCausalLM):
    def __init__(self, config):
        super().__init__(config)
        self.register_buffer("scale", torch.full((1,), 0.5), persistent=False)  # TTL608

    def forward(self, *args, **kwargs):
        return super().forward(*args, **kwargs).logits * self.scale


# case: a plain tensor, made of others
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        steps = torch.arange(4)
        self.angles = steps.float() / 4  # TTL608
        self.post_init()

    def forward(self, x):
        return self.layer(x) + self.angles


def loaded(model):
    """The model after a round through a checkpoint, where fresh memory holds -7."""
    import tempfile

    real = torch.empty_like
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        torch.empty_like = lambda *given, **named: real(*given, **named).fill_(-7)
        try:
            return type(model).from_pretrained(folder)
        finally:
            torch.empty_like = real


# torch: loaded(Model(PretrainedConfig())).angles.is_meta


# case: a counter that must start at zero
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.register_buffer("count", torch.zeros(4, 4), persistent=False)  # TTL608
        self.post_init()

    def forward(self, x):
        return self.layer(x) + self.count


# case: uninitialised memory that the constructor fills
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        noise = torch.empty(4).uniform_()
        self.register_buffer("noise", noise, persistent=False)  # TTL608
        self.post_init()

    def forward(self, x):
        return self.layer(x) + self.noise


# case: from a function that is not known, which may also give None: likely only
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


from rope import compute_default_rope


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        frequencies, self.attention_scale = compute_default_rope(config)
        self.register_buffer("frequencies", frequencies, persistent=False)  # TTL608
        self.post_init()

    def forward(self, x):
        return self.layer(x) * self.frequencies


# case: a cache that a method called by the constructor alone makes
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.set_cache(8)
        self.post_init()

    def set_cache(self, length):
        self.length = length
        self.register_buffer("cache", torch.arange(length).cos(), persistent=False)  # TTL608

    def forward(self, x):
        return self.layer(x) * self.cache[: x.shape[-1]]


# case: silent: `_init_weights` writes it
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


from transformers import initialization as init


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.register_buffer("positions", torch.arange(4), persistent=False)
        self.post_init()

    def _init_weights(self, module):
        super()._init_weights(module)
        if isinstance(module, Model):
            init.copy_(module.positions, torch.arange(4))

    def forward(self, x):
        return x + self.positions


def loaded(model):
    """The model after a round through a checkpoint, where fresh memory holds -7."""
    import tempfile

    real = torch.empty_like
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        torch.empty_like = lambda *given, **named: real(*given, **named).fill_(-7)
        try:
            return type(model).from_pretrained(folder)
        finally:
            torch.empty_like = real


# torch: loaded(Model(PretrainedConfig())).positions.tolist() == [0, 1, 2, 3]


# case: silent: `_init_weights` of a base calls a method of the module
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Table(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("table", torch.empty(size), persistent=False)
        self.fill()

    def fill(self):
        self.table.copy_(torch.arange(self.table.shape[0]))

    def forward(self, x):
        return x + self.table


class Base(PreTrainedModel):
    def _init_weights(self, module):
        if isinstance(module, Table):
            module.fill()


class Model(Base):
    def __init__(self, config):
        super().__init__(config)
        self.table = Table(4)
        self.post_init()

    def forward(self, x):
        return self.table(x)


# case: silent: `_init_weights` hands the module on, or goes through all buffers
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


from project import initialise


class Table(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("table", torch.ones(size), persistent=False)

    def forward(self, x):
        return x + self.table


class Handed(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.table = Table(4)
        self.post_init()

    def _init_weights(self, module):
        initialise(module)

    def forward(self, x):
        return self.table(x)


class Through(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.table = Table(4)
        self.post_init()

    def _init_weights(self, module):
        for name, buffer in module.named_buffers(recurse=False):
            buffer.fill_(1)

    def forward(self, x):
        return self.table(x)


# case: silent: forward computes it anew
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self._make(4)
        self.post_init()

    def _make(self, size):
        self.register_buffer("cache", torch.arange(size), persistent=False)

    def forward(self, x):
        self._make(x.shape[-1])
        return self.layer(x) * self.cache


# case: silent: forward writes into it, or replaces it
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.register_buffer("kept", torch.zeros(4), persistent=False)
        self.register_buffer("last", torch.zeros(4), persistent=False)
        self.mean = torch.zeros(4)
        self.post_init()

    def forward(self, x):
        self.kept.copy_(x.mean(0))
        self.last = x[0]
        self.mean = x.mean(0)
        return self.layer(x) * self.kept + self.last + self.mean


# case: silent: persistent buffers and plain numbers
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.register_buffer("positions", torch.arange(4))
        self.rates = [rate.item() for rate in torch.linspace(0, 1, 4)]
        self.scale = 4**-0.5
        self.post_init()

    def forward(self, x):
        return self.layer(x) * self.scale * self.rates[0] + self.positions


def loaded(model):
    """The model after a round through a checkpoint, where fresh memory holds -7."""
    import tempfile

    real = torch.empty_like
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        torch.empty_like = lambda *given, **named: real(*given, **named).fill_(-7)
        try:
            return type(model).from_pretrained(folder)
        finally:
            torch.empty_like = real


# torch: [m := loaded(Model(PretrainedConfig()))] and m.rates[3] == 1.0 and m.positions.tolist() == [0, 1, 2, 3]


# case: silent: placeholders
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.register_buffer("cache", None, persistent=False)
        self.register_buffer("scratch", torch.empty(4), persistent=False)
        self.register_buffer("device_mark", torch.zeros(0), persistent=False)
        self.register_buffer("nothing", torch.tensor([]), persistent=False)
        self.tokens = None
        self.post_init()

    def forward(self, x):
        if self.cache is None:
            self.cache = x
        return self.layer(x) * self.cache + self.scratch.shape[0] + self.device_mark.shape[0] + len(self.nothing)


# case: silent: plain tensors on a device of their own, and linspace
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.table = torch.arange(4, device="cpu")
        self.steps = torch.linspace(0, 1, 4)
        with torch.device("cpu"):
            self.ones = torch.ones(4)
        self.post_init()

    def forward(self, x):
        return self.layer(x) * self.table + self.steps + self.ones


def loaded(model):
    """The model after a round through a checkpoint, where fresh memory holds -7."""
    import tempfile

    real = torch.empty_like
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        torch.empty_like = lambda *given, **named: real(*given, **named).fill_(-7)
        try:
            return type(model).from_pretrained(folder)
        finally:
            torch.empty_like = real


# torch: [m := loaded(Model(PretrainedConfig()))] and not (m.table.is_meta or m.steps.is_meta or m.ones.is_meta)


# case: silent: an argument that may be None
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Masked(nn.Module):
    def __init__(self, mask=None):
        super().__init__()
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x):
        return x if self.mask is None else x * self.mask


class Model(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.masked = Masked()
        self.post_init()

    def forward(self, x):
        return self.masked(x)


# case: silent: no Hugging Face model
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Rotary(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.register_buffer("table", torch.arange(size), persistent=False)
        self.steps = torch.arange(size)  # TTL109

    def forward(self, x):
        return x * self.table + self.steps


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.rotary = Rotary(4)

    def forward(self, x):
        return self.rotary(x)


# case: silent: a rotary embedding that `PreTrainedModel` computes itself
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class MyRotaryEmbedding(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.rope_type = "default"
        inv_freq, self.attention_scaling = self.compute_default_rope_parameters(config)
        self.register_buffer("inv_freq", inv_freq, persistent=False)
        self.register_buffer("original_inv_freq", inv_freq.clone(), persistent=False)

    @staticmethod
    def compute_default_rope_parameters(config, device=None):
        return 1.0 / torch.arange(1, 5), 1.0

    def forward(self, x):
        return x * self.inv_freq * self.original_inv_freq


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.rotary_emb = MyRotaryEmbedding(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def forward(self, x):
        return self.layer(self.rotary_emb(x))


def loaded(model):
    """The model after a round through a checkpoint, where fresh memory holds -7."""
    import tempfile

    real = torch.empty_like
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        torch.empty_like = lambda *given, **named: real(*given, **named).fill_(-7)
        try:
            return type(model).from_pretrained(folder)
        finally:
            torch.empty_like = real


# torch: loaded(Model(PretrainedConfig())).rotary_emb.inv_freq[0] == 1.0


# case: silent: a base that is not known may write it
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


from project import ProjectModel


class Model(ProjectModel, PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.register_buffer("positions", torch.arange(4), persistent=False)
        self.post_init()

    def forward(self, x):
        return x + self.positions


# case: silent: the class loads in its own way, or nobody reads the value
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Own(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.register_buffer("positions", torch.arange(4), persistent=False)
        self.post_init()

    @classmethod
    def from_pretrained(cls, *args, **kwargs):
        model = super().from_pretrained(*args, **kwargs)
        model.positions = torch.arange(4)
        return model

    def forward(self, x):
        return x + self.positions


class Unread(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.register_buffer("mark", torch.zeros(1), persistent=False)
        self.post_init()

    def forward(self, x):
        return x


# case: silent: a frozen target that training code sets
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.register_buffer("centre", torch.zeros(4), persistent=False)
        self.post_init()

    def set_centre(self, centre):
        self.centre = centre

    def forward(self, x):
        return self.layer(x) - self.centre


# case: `nn.Buffer`, kept for a text tower inside
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Tower(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, size)
        self.positions = nn.Buffer(torch.arange(size).expand((1, -1)), persistent=False)  # TTL608
        self.kept = nn.Buffer(torch.arange(size))
        self.later = nn.Buffer(None, persistent=False)

    def forward(self, x):
        return self.layer(x) + self.positions + self.kept + self.later


class Model(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        tower = Tower(4)
        self.text = tower
        self.post_init()

    def forward(self, x):
        return self.text(x)


# case: silent: `_init_weights` calls that of `PreTrainedModel` by its name
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class MyRotaryEmbedding(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.rope_type = "default"
        self.register_buffer("inv_freq", torch.ones(4), persistent=False)
        self.register_buffer("original_inv_freq", torch.ones(4), persistent=False)

    def forward(self, x):
        return x * self.inv_freq * self.original_inv_freq


class Model(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.rotary_emb = MyRotaryEmbedding(config)
        self.post_init()

    def _init_weights(self, module):
        PreTrainedModel._init_weights(self, module)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.weight)

    def forward(self, x):
        return self.rotary_emb(x)
