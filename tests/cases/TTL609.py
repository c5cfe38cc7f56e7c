"""Cases of TTL609: weights that `_init_weights` of a Hugging Face model overwrites."""

# case: as in transformers 4
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            module.weight.data.normal_(mean=0.0, std=0.02)  # TTL609
            if module.bias is not None:
                module.bias.data.zero_()  # TTL609
        elif isinstance(module, nn.Embedding):
            module.weight.data.normal_(mean=0.0, std=0.02)  # TTL609
            if module.padding_idx is not None:
                module.weight.data[module.padding_idx].zero_()  # TTL609
        elif isinstance(module, nn.LayerNorm):
            module.bias.data.zero_()  # TTL609
            module.weight.data.fill_(1.0)  # TTL609

    def forward(self, x):
        return self.layer(x)


def loaded(model):
    """The model from a checkpoint that has the weight, ones, and no bias."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, state_dict={"layer.weight": torch.ones(4, 4)})
        return type(model).from_pretrained(folder)


# torch: not (loaded(Model(PretrainedConfig())).layer.weight == 1).all()


# case: under no_grad, through a local name, by an index, by an operator
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            weight = module.weight
            with torch.no_grad():
                weight.uniform_(-0.1, 0.1)  # TTL609
                weight[0] = 0  # TTL609
                weight *= 0.5  # TTL609

    def forward(self, x):
        return self.layer(x)


def loaded(model):
    """The model from a checkpoint that has the weight, ones, and no bias."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, state_dict={"layer.weight": torch.ones(4, 4)})
        return type(model).from_pretrained(folder)


# torch: not (loaded(Model(PretrainedConfig())).layer.weight == 1).all()


# case: assignments
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            module.weight.data = torch.zeros(4, 4)  # TTL609
            module.bias = nn.Parameter(torch.zeros(4))  # TTL609

    def forward(self, x):
        return self.layer(x)


# case: in a helper, and in a function
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


def small(module, std):
    module.weight.data.normal_(0.0, std)  # TTL609


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            self._init_linear(module)
        else:
            small(module, 0.02)

    def _init_linear(self, module):
        module.weight.data.normal_()  # TTL609

    def forward(self, x):
        return self.layer(x)


# case: a parameter of a class of the file, in an abstract base of the project
import torch
from torch import nn
from transformers import BertPreTrainedModel


class Scan(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.decay = nn.Parameter(torch.zeros(size))

    def forward(self, x):
        return x * self.decay


class Base(BertPreTrainedModel):
    def _init_weights(self, layer):
        if isinstance(layer, Scan):
            layer.decay.data.copy_(torch.ones(4))  # TTL609


class Model(Base):
    def __init__(self, config):
        super().__init__(config)
        self.scan = Scan(4)
        self.post_init()

    def forward(self, x):
        return self.scan(x)


# case: a weight of something inside the module
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def _init_weights(self, module):
        if isinstance(module, Model):
            module.layer.weight.data.zero_()  # TTL609
            module.layer.bias.mul_(2)  # TTL609

    def forward(self, x):
        return self.layer(x)


# case: silent: the functions that ask
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel
from transformers import initialization as init


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.02)
            torch.nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            init.normal_(module.weight, mean=0.0, std=0.02)
            init.copy_(module.weight, torch.ones(2, 2))

    def forward(self, x):
        return self.layer(x)


def loaded(model):
    """The model from a checkpoint that has the weight, ones, and no bias."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, state_dict={"layer.weight": torch.ones(4, 4)})
        return type(model).from_pretrained(folder)


# torch: (loaded(Model(PretrainedConfig())).layer.weight == 1).all()


# case: silent: the code asks itself
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def _init_weights(self, module):
        if isinstance(module, nn.Linear) and not getattr(module.weight, "_is_hf_initialized", False):
            module.weight.data.normal_(0.0, 0.02)

    def forward(self, x):
        return self.layer(x)


def loaded(model):
    """The model from a checkpoint that has the weight, ones, and no bias."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, state_dict={"layer.weight": torch.ones(4, 4)})
        return type(model).from_pretrained(folder)


# torch: (loaded(Model(PretrainedConfig())).layer.weight == 1).all()


# case: silent: a non-persistent buffer has to be written
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.register_buffer("positions", torch.arange(4), persistent=False)
        self.register_buffer("steps", torch.ones(4), persistent=False)
        self.post_init()

    def _init_weights(self, module):
        if isinstance(module, Model):
            module.positions.copy_(torch.arange(4))
            module.steps.fill_(1)

    def forward(self, x):
        return self.layer(x)


# case: silent: reading, computing with copies, flags
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            size = module.weight.shape[0]
            fresh = module.weight.data.clone()
            fresh.normal_(0.0, size**-0.5)
            module.weight.requires_grad_(True)
            module.scale = size

    def forward(self, x):
        return self.layer(x)


# case: silent: no Hugging Face model, or another method
import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.apply(self._init_weights)

    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            module.weight.data.normal_(0.0, 0.02)

    def forward(self, x):
        return self.layer(x)


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.layer = nn.Linear(4, 4)
        self.post_init()

    def _init_weights(self, module):
        super()._init_weights(module)

    def shrink(self, module):
        module.weight.data.mul_(0.5)

    def forward(self, x):
        return self.layer(x)
