"""Cases of TTL601: ties of Hugging Face models that `_tied_weights_keys` does not name."""

# case: tied in the constructor
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.lm_head.weight = self.embed.weight  # TTL601
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


def saved(model):
    """What saving and loading the model gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return type(model).from_pretrained(folder)


# torch: "not properly defined" in error(lambda: saved(Model(PretrainedConfig())))


# case: tied where the configuration says so
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        if config.tie_word_embeddings:
            self.lm_head.weight = self.embed.weight  # TTL601
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


def saved(model):
    """What saving and loading the model gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return type(model).from_pretrained(folder)


# torch: "not properly defined" in error(lambda: saved(Model(PretrainedConfig(tie_word_embeddings=True))))


# case: tied by `tie_weights`
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def tie_weights(self, **kwargs):
        self.lm_head.weight = self.embed.weight  # TTL601

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


def saved(model):
    """What saving and loading the model gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return type(model).from_pretrained(folder)


# torch: "not properly defined" in error(lambda: saved(Model(PretrainedConfig())))


# case: tied by a helper of the constructor, through local names
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self._share()
        self.post_init()

    def _share(self):
        table, head = self.embed, self.lm_head
        head.weight = table.weight  # TTL601

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: a head that is tied before it is registered
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        head = nn.Linear(4, 7, bias=False)
        head.weight = self.embed.weight  # TTL601
        self.head = head
        self.post_init()

    def forward(self, ids):
        return self.head(self.embed(ids))


# case: one embedding for encoder and decoder
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Part(nn.Module):
    def __init__(self, embed):
        super().__init__()
        self.embed = embed  # TTL601
        self.layer = nn.Linear(4, 4)

    def forward(self, ids):
        return self.layer(self.embed(ids))


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.shared = nn.Embedding(7, 4)
        self.encoder = Part(self.shared)
        self.decoder = Part(self.shared)
        self.post_init()

    def forward(self, ids):
        return self.encoder(ids) + self.decoder(ids)


def saved(model):
    """What saving and loading the model gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return type(model).from_pretrained(folder)


# torch: "not properly defined" in error(lambda: saved(Model(PretrainedConfig())))


# case: in a subclass, on a family of transformers
from torch import nn
from transformers import BertPreTrainedModel


class Base(BertPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.post_init()


class Model(Base):
    def __init__(self, config):
        super().__init__(config)
        self.out = nn.Linear(4, 7)
        setattr(self.out, "weight", self.embed.weight)  # TTL601
        self.post_init()

    def forward(self, ids):
        return self.out(self.embed(ids))


# case: a configuration that ties, and a head that nothing ties: likely
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Config(PretrainedConfig):
    def __init__(self, tie_word_embeddings=True, **kwargs):
        self.tie_word_embeddings = tie_word_embeddings
        super().__init__(**kwargs)


class Model(PreTrainedModel):  # TTL601
    config_class = Config

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))

    def get_output_embeddings(self):
        return self.lm_head


# torch: [m := Model(Config())] and m.config.tie_word_embeddings and m.lm_head.weight is not m.embed.weight


# case: silent: declared
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig
    _tied_weights_keys = {"lm_head.weight": "embed.weight"}

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        if config.tie_word_embeddings:
            self.lm_head.weight = self.embed.weight
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


def saved(model):
    """What saving and loading the model gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return type(model).from_pretrained(folder)


# torch: (m := saved(Model(PretrainedConfig(tie_word_embeddings=True)))).lm_head.weight is m.embed.weight


# case: silent: declared in the constructor, by a base, by a finished model
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel
from transformers import LlamaForCausalLM


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self._tied_weights_keys = {"lm_head.weight": "embed.weight"}
        self.lm_head.weight = self.embed.weight
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Base(PreTrainedModel):
    _tied_weights_keys = {"lm_head.weight": "embed.weight"}


class Derived(Base):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.lm_head.weight = self.embed.weight
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Llama(LlamaForCausalLM):
    def __init__(self, config):
        super().__init__(config)
        self.extra = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)
        self.second.weight = self.extra.weight


# case: silent: no output embeddings, empty keys
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    _tied_weights_keys = {}

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.head = nn.Linear(4, 2)
        self.post_init()

    def forward(self, ids):
        return self.head(self.embed(ids))


# case: silent: a head of its own, whose configuration does not tie, or is not known
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Config(PretrainedConfig):
    def __init__(self, tie_word_embeddings=False, **kwargs):
        self.tie_word_embeddings = tie_word_embeddings
        super().__init__(**kwargs)


class Model(PreTrainedModel):
    config_class = Config

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Other(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: silent: equal values, no tie
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.lm_head.weight.data.copy_(self.embed.weight.data)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


def saved(model):
    """What saving and loading the model gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return type(model).from_pretrained(folder)


# torch: saved(Model(PretrainedConfig())) is not None


# case: silent: the class saves in its own way, or leaves the name out
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.lm_head.weight = self.embed.weight
        self.post_init()

    def save_pretrained(self, folder, **kwargs):
        torch.save(self.state_dict(), folder)

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Left(PreTrainedModel):
    config_class = PretrainedConfig
    _keys_to_ignore_on_save = ["lm_head.weight"]

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.lm_head.weight = self.embed.weight
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: silent: no Hugging Face model
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.lm_head.weight = self.embed.weight

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: silent: one of two registers it
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.lm_head.weight = nn.Parameter(torch.zeros(7, 4)) if config.zero else nn.Parameter(torch.ones(7, 4))
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))
