"""Cases of TTL607: Hugging Face models whose constructor does not call `post_init`."""

# case: a constructor that ends too early
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):  # TTL607
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


def saved(model):
    """What saving and loading the model gives."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        return type(model).from_pretrained(folder)


# torch: "no attribute 'all_tied_weights_keys'" in error(lambda: saved(Model(PretrainedConfig())))


# case: `init_weights` alone, as in transformers 3
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):  # TTL607
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.init_weights()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# torch: "no attribute 'all_tied_weights_keys'" in error(lambda: Model(PretrainedConfig()))


# case: on a family of transformers, through modeling_utils, under a mixin
import torch
from torch import nn
from transformers import BertModel, BertPreTrainedModel, GenerationMixin
from transformers.modeling_utils import PreTrainedModel


class Classifier(BertPreTrainedModel):
    def __init__(self, config):  # TTL607
        super().__init__(config)
        self.bert = BertModel(config)
        self.head = nn.Linear(4, 2)

    def forward(self, ids):
        return self.head(self.bert(ids)[1])


class Other(PreTrainedModel, GenerationMixin):
    def __init__(self, config):  # TTL607
        PreTrainedModel.__init__(self, config)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(x)


# case: a subclass of a project's base that does not call it either
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Base(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)


class Model(Base):
    def __init__(self, config):  # TTL607
        super().__init__(config)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.layer(x))


class Inherits(Base):  # TTL607
    def forward(self, x):
        return self.layer(x)


class Prepared(Base):
    def __init__(self, config):
        super().__init__(config)
        self.post_init()

    def forward(self, x):
        return self.layer(x)


# case: a helper that builds, and a reference without a call
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):  # TTL607
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self._build()
        self.post_init

    def _build(self):
        self.extra = nn.Linear(4, 4)

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: an own `post_init` that does not call the base's
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):  # TTL607
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def post_init(self):
        self.ready = True

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: silent: called in the constructor, a helper, or by an own `post_init`
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

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Helped(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self._finish()

    def _finish(self):
        self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Own(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        self.post_init()

    def post_init(self):
        super().post_init()
        self.ready = True

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# torch: hasattr(Helped(PretrainedConfig()), "all_tied_weights_keys")


# case: silent: a finished model of transformers calls it itself
from torch import nn
from transformers import LlamaForCausalLM, LlamaPreTrainedModel
from transformers.modeling_layers import GenericForSequenceClassification


class Mine(LlamaForCausalLM):
    def __init__(self, config):
        super().__init__(config)
        self.extra = nn.Linear(4, 4)

    def forward(self, ids):
        return self.extra(ids)


class Classifier(GenericForSequenceClassification, LlamaPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.extra = nn.Linear(4, 4)

    def forward(self, ids):
        return self.extra(ids)


# case: silent: a base of the project calls it
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Base(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def forward(self, x):
        return self.layer(x)


class Model(Base):
    def __init__(self, config):
        super().__init__(config)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.layer(x))


# case: silent: an abstract class, and one that is only a part
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Abstract(PreTrainedModel):
    base_model_prefix = "model"

    def __init__(self, config):
        super().__init__(config)
        self.size = config.size


class Tower(Abstract):
    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)

    def forward(self, x):
        return self.layer(x)


class Model(Abstract):
    def __init__(self, config):
        super().__init__(config)
        self.tower = Tower(config)
        self.post_init()

    def forward(self, x):
        return self.tower(x)


# case: silent: under a condition, from code that is not known, a base that is not known
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


from project import ProjectModel, finish


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        if config.prepare:
            self.post_init()

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Finished(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)
        finish(self)

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


class Derived(ProjectModel, PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = nn.Embedding(7, 4)
        self.lm_head = nn.Linear(4, 7, bias=False)

    def forward(self, ids):
        return self.lm_head(self.embed(ids))


# case: silent: no Hugging Face model
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x):
        return self.layer(x)


# case: silent: a model around parts that somebody else built, which can be neither initialised nor loaded by itself
# torch: "missing 2 required positional arguments" in error(lambda: Model._from_config(PretrainedConfig()))
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config, body, norm, head=None):
        super().__init__(config)
        self.body = body
        self.head = nn.Sequential(norm, head if head is not None else nn.Identity())

    def forward(self, x):
        return self.head(self.body(x))


# case: a model around a part that somebody else built, with a layer of its own
# torch: not hasattr(Model(PretrainedConfig(), nn.Linear(4, 4)), "all_tied_weights_keys")
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config, body):  # TTL607
        super().__init__(config)
        self.body = body
        self.head = nn.Linear(4, 4)

    def forward(self, x):
        return self.head(self.body(x))
