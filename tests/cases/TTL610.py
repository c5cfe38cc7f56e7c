"""Cases of TTL610: ties of Hugging Face models as transformers 4 had them declared."""

# case: a list, as transformers 4 had it
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig
    _tied_weights_keys = ["lm_head.weight"]  # TTL610

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


def saved(model):
    """What saving and loading the model gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return type(model).from_pretrained(folder)


# torch: "no attribute 'keys'" in error(lambda: Model(PretrainedConfig(tie_word_embeddings=True)))
# torch: "no attribute 'keys'" in error(lambda: saved(Model(PretrainedConfig())))


# case: a tuple, and a name that the class body builds
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig
    head = "lm_head"
    _tied_weights_keys = (head + ".weight",)  # TTL610

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Patterns(PreTrainedModel):
    config_class = PretrainedConfig
    NAMES = [r"lm_head.weight"]
    _tied_weights_keys = NAMES  # TTL610

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: a list with an annotation, and in the constructor
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig
    _tied_weights_keys: list = ["lm_head.weight"]  # TTL610

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Late(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self._tied_weights_keys = ["lm_head.weight"]  # TTL610
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: a list in a subclass, on a finished model
import torch
from transformers.models.llama import LlamaForCausalLM


class Mine(LlamaForCausalLM):
    _tied_weights_keys = ["lm_head.weight"]  # TTL610

    def extra(self):
        return self.lm_head


# case: an underscore too few, a letter too few
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig
    tied_weights_keys = {"lm_head.weight": "embed.weight"}  # TTL610

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Other(PreTrainedModel):
    config_class = PretrainedConfig
    _tied_weight_keys = {"lm_head.weight": "embed.weight"}  # TTL610

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# torch: [m := Model(PretrainedConfig(tie_word_embeddings=True))] and m.lm_head.weight is not m.embed.weight


# case: `tie_weights` without arguments
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

    def tie_weights(self):  # TTL610
        super().tie_weights()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# torch: "unexpected keyword argument 'recompute_mapping'" in error(lambda: Model(PretrainedConfig()))


# case: `tie_weights` with one of the two
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

    def tie_weights(self, missing_keys=None):  # TTL610
        super().tie_weights(missing_keys=missing_keys)

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Other(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def tie_weights(self, recompute_mapping=True):  # TTL610
        super().tie_weights(recompute_mapping=recompute_mapping)

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


def saved(model):
    """What saving and loading the model gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return type(model).from_pretrained(folder)


# torch: "unexpected keyword argument 'recompute_mapping'" in error(lambda: Model(PretrainedConfig()))
# torch: "unexpected keyword argument 'missing_keys'" in error(lambda: saved(Other(PretrainedConfig())))


# case: no keys, a head, and a configuration that ties
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Config(PretrainedConfig):
    tie_word_embeddings = True


class Model(PreTrainedModel):
    config_class = Config
    _tied_weights_keys = {}  # TTL610

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: silent: a dict, also of patterns
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
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Patterns(PreTrainedModel):
    config_class = PretrainedConfig
    _tied_weights_keys = {r"lm_head.*": "embed"}

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# torch: [m := Model(PretrainedConfig(tie_word_embeddings=True))] and m.lm_head.weight is m.embed.weight


# case: silent: a class for both versions
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


import transformers

if int(transformers.__version__[0]) >= 5:
    KEYS = {"lm_head.weight": "embed.weight"}
else:
    KEYS = ["lm_head.weight"]


class Model(PreTrainedModel):
    config_class = PretrainedConfig
    _tied_weights_keys = KEYS

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: silent: `tie_weights` with what it is called with
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

    def tie_weights(self, *args, **kwargs):
        super().tie_weights(*args, **kwargs)

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Named(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def tie_weights(self, missing_keys=None, recompute_mapping=True):
        super().tie_weights(missing_keys=missing_keys, recompute_mapping=recompute_mapping)

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# torch: Model(PretrainedConfig()) is not None and Named(PretrainedConfig()) is not None


# case: silent: None, an empty dict without a configuration that ties, both spellings
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig
    _tied_weights_keys = None

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Empty(PreTrainedModel):
    config_class = PretrainedConfig
    _tied_weights_keys = {}

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Both(PreTrainedModel):
    config_class = PretrainedConfig
    tied_weights_keys = ["lm_head.weight"]
    _tied_weights_keys = {"lm_head.weight": "embed.weight"}

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: silent: no Hugging Face model
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(nn.Module):
    _tied_weights_keys = ["lm_head.weight"]

    def tie_weights(self):
        self.lm_head.weight = self.embed.weight
