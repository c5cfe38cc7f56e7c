"""What arguments are called, and small values for them that agree with each other.

Every width is one number, so that what one layer gives the next one takes; it is divisible by the number of heads and
of groups, and an image by its patches.
"""

from __future__ import annotations

import re
from functools import cache

import torch
from torch import nn

from torchtielint.runtime.construct.choices import Choice, Listing, Literal, Reference

WIDTH = 64
HEADS = 4
LAYERS = 2
IMAGE = 32
PATCH = 4
STAGES = 4

_LAYER_TYPES: dict[str, type[nn.Module]] = {
    "norm": nn.LayerNorm,
    "bn": nn.BatchNorm2d,
    "act": nn.GELU,
    "conv": nn.Conv2d,
    "linear": nn.Linear,
    "pool": nn.MaxPool2d,
    "drop": nn.Dropout,
}

# In order of precedence; each pattern must match the whole name in lower case.
_TABLE: tuple[tuple[str, object], ...] = (
    (r"(patch_?size|patch_(height|width)|.*_patch_size)s?", PATCH),
    (r"frame_?patch_?size|frame_patch", 2),
    (r"image_patch_size", PATCH),
    (r"(img|image|input|feature|feat|spatial|target|out|output)_?(size|resolution|res)|resolution", IMAGE),
    (r"(img|image|input)_?(height|width|h|w)|height|width", IMAGE),
    (r"max_?(image|img)_?size", IMAGE),
    (r"feature_?map_?size|fmap_size", 8),
    (r"(num_|n_|max_)?frames?(_size)?|time|temporal_size|video_length", 4),
    (r"window_?size|win_size|ws", 4),
    (r"(.*_)?kernel(_?size)?|ksize|k_size", 3),
    (r"strides?|dilations?", 1),
    (r"padding|pad", 0),
    (r"(num_|n_)?groups?|(num_|n_)?groups_.*|cardinality", 1),
    (
        r"(.*_)?heads|nhead|(num|n)_?head",
        HEADS,
    ),
    (r"dim_?(per_)?head|head_?(dim|size|width)|dim_(key|value|k|v)|(key|value|qk|kq|kv|v|q|k)_?dim(_head)?|d_[kv]", 16),
    (
        r"(num_|n_)?(.*_)?(layers|depths?|blocks|num_layer|n_layer|stacks)|depth|num_layer|n_layer|repeats?|reps?",
        LAYERS,
    ),
    (r"(num_|n_)?(stages|levels|scales)|(num|n)_.*_(stages|levels|scales)", 2),
    (r"vocab(_size)?|.*vocab_size|(num|n)_(tokens|embeddings|words|vocab)|dict_size|ntoken", 128),
    (r"(num_|n_)?(class(es)?|labels|targets|outputs)|(num|n)_out", 10),
    (r"(max_)?(seq|sequence|context|position|text|source|target|block|src|tgt)_?(len|length|size|embeddings)", 32),
    (r"max_(len|length|position(s|_embeddings)?)|(num|n)_(positions|ctx)|n_ctx|length|seqlen|block_size", 32),
    (
        r"(num|n)_(patches|queries|latents|experts|memor(y|ies)|registers|register_tokens|tokens_out|keypoints|points)",
        8,
    ),
    (r"(num|n)_(filters|features|channels|hidden|units|hiddens|embd|inner)|n_embed|nhid|ninp|nf|ngf|ndf", WIDTH),
    (r"(num_)?(input_|image_|img_|in_)?(channels|chans)|(input|image|img)_(channels|chans|nc)|input_nc", 3),
    (r"(.*_)?(drop(out|path)?|drop_?(path|rate|prob)|dropout_?(rate|prob|p)?|p_drop|drop_?prob|dropout_.*)", 0.0),
    (r"(.*_)?(eps|epsilon)", 1e-5),
    (r"(.*_)?(alpha|beta|gamma|temperature|temp|tau|scale|momentum|weight|lambda|margin|threshold|theta)", 1.0),
    (r"(.*_)?(prob|probability|rate|p|decay|fraction|keep_rate)", 0.5),
    (
        r"(mlp|expand|expansion|ffn?|ffn_expansion|hidden|width|se|rd|bottle)_?(ratio|factor|mult|rate)|expansion|mult",
        2,
    ),
    (r"(.*_)?(ratio|factor|multiplier|mult)", 2),
    (r"reduction|reduction_ratio|squeeze_factor", 4),
    (
        r"(down|up)(sample|scale).*|bias|.*_bias|causal|.*_flag|use_.*|with_.*|is_.*|pretrained|.*inplace|verbose|debug",
        False,
    ),
    (r"(act|activation|nonlinearity|act_func|hidden_act|act_type|activation_(fn|function|type))(_name)?", "relu"),
    (r"norm(_type|alization)?", "batch"),
    (r"mode", "nearest"),
    (r"pool(ing)?(_type)?", "mean"),
    (r"prefix|name|suffix", ""),
    (r"(.*_)?(dims?|size|sizes|width|features?|channels?|planes|chs?|chans|embed|hidden|inner|embd|units)", WIDTH),
    (r"(d|dim|inp|oup|in|out|c|ch|emb|embedding|embed|hid)(_.*|[0-9]*)|d(im)?_?(model|ff|inner|hidden)|c[0-9]?", WIDTH),
)
_COMPILED = tuple((re.compile(pattern), value) for pattern, value in _TABLE)
_MANY = re.compile(
    r".*(dims|depths|channels|chs|sizes|ratios|widths|strides|layers|heads|blocks|planes|features|hiddens)"
)
_LAYER_NAME = re.compile(
    r"(.*_)?(layer|block|cls|class|module|type|fn|func|builder|factory|stem|unit)(_(layer|cls|type|fn))?"
)


@cache
def number(name: str) -> object | None:
    """Return the plain value of the table, and None where no name is like it."""
    lowered = _snake(name)
    for pattern, value in _COMPILED:
        if pattern.fullmatch(lowered):
            return value
    return None


def by_name(name: str) -> tuple[Choice, ...]:
    """Return values for an argument of which only the name is known, the likeliest first."""
    lowered = _snake(name)
    found: list[Choice] = []
    if lowered in ("config", "cfg", "args", "opt", "opts", "hparams", "conf", "params", "options", "hps"):
        return ()
    layer = layer_type(lowered)
    if layer is not None:
        found.append(layer)
    if lowered == "dtype":
        found.append(Reference(torch.float32, "torch.float32"))
    value = number(lowered)
    if value is not None:
        found.append(Literal(value))
        if isinstance(value, int) and not isinstance(value, bool) and _MANY.fullmatch(lowered):
            found.append(several(Literal(value)))
    return tuple(found)


def layer_type(name: str) -> Choice | None:
    """Return a class of layers for a name like `norm_layer` or `block`: what it makes belongs to who calls it."""
    lowered = _snake(name)
    if not _LAYER_NAME.fullmatch(lowered):
        return None
    for key, layer in _LAYER_TYPES.items():
        if lowered.startswith(key) or f"_{key}" in lowered:
            return Reference(layer, f"nn.{layer.__name__}")
    return Reference(nn.Identity, "nn.Identity")


def several(choice: Choice, count: int = STAGES) -> Choice:
    """Return a list of one choice, several times."""
    if isinstance(choice, Literal):
        return Literal([choice.value] * count)
    return Listing((choice,) * count)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")
