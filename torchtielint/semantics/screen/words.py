"""Words that a rule needs in the text before it can speak, found by the regular expression engine."""

from __future__ import annotations

import re

# What a statement has to hold for a rule about it to speak, beside what the shapes of its statements say. A word that
# is too much costs time; one that is missing loses findings. Before each pattern, what the text has to hold for it: one
# of these is found ten times faster than the pattern is refused.
_RUN = (
    (".data", r"(?<!utils)\.data\b(?![.\w]* import)"),
    (".requ", r"\.requ\w*_g\w*\s*(?:=[^=]|[,(])"),  # requires_grad, and how it is misspelt
    (".train .eval .requires", r"\.(?:training|train|eval|requires_grad_?)\s*=[^=]"),
    ("_parameters _buffers _modules", r"\b_(?:parameters|buffers|modules)\b"),
    ("__dict__ setattr delattr", r"__dict__|\b(?:set|del)attr\b"),
    ("vars( globals( locals( exec( eval(", r"(?<![.\w])(?:vars|globals|locals|exec|eval)\("),
    ("register_", r"register_parameter\((?![^,()]*, None\))|register_module"),
    ("add_param_group set_submodule Buffer( to_empty", r"add_param_group|set_submodule|\bBuffer\(|to_empty\b"),
    ("copy", r"deepcopy|copy\.copy"),
    ("clone", r"(?<!\.)\b\w*clones?\("),
    ("TransformerEncoder( TransformerDecoder( repeat(", r"Transformer(?:En|De)coder\(|(?<!\.)\brepeat\("),
    ("state_dict(", r"(?<!\w)(?<!def )\w*state_dict\((?!\)\.keys|\)\[\w+\]\.shape)"),
    ("save_ safetensors. assign", r"save_file\(|safetensors\.\w+\.|save_model|save_pretrained|assign\s*=\s*True"),
    ("parameters(", r"(?:=|return|in zip\()(?! next)[^\n=]{0,200}parameters\("),
    ("param_groups", r"(?<!self\.)param_groups"),
    ("ptim", r"(?<!\w)(?<!class )(?<!def )\w*[oO]ptim\w*\(|\boptim\.(?!Optimizer\b|optimizer\b|lr_sched)"),
    ("Adam SGD RMSprop Adagrad LBFGS Lion", r"\b(?:Adam\w*|SGD|RMSprop|Adagrad|LBFGS|Lion)\("),
    ("_norm WeightNorm SpectralNorm", r"weight_norm|spectral_norm|WeightNorm|SpectralNorm"),
    ("parametri prune orthogonal(", r"parametri[sz]|\bprune\b|orthogonal\("),
    ("tie tied", r"\btie_(?!weights\b|word_emb)|\btied(?!_weights_keys)"),
    ("meta", r"[\"']meta[\"']"),
    ("swap share", r"\.swap\w*\(|swap_tensors|shared?_weights?\b"),
)
_PATTERNS = tuple((tuple(words.split(" ")), re.compile(pattern)) for words, pattern in _RUN)


def is_interesting(text: str) -> bool:
    """Whether source without prose holds a word that only rules are interested in."""
    return any(pattern.search(text) for words, pattern in _PATTERNS if any(word in text for word in words))


# What the rules on models of transformers need.
_PRETRAINED = re.compile(
    r"(?<![\w\"'])\w*PreTrained|post_init|_keys_to_ignore|_tied_weights|\btie_weights|[gs]et_output_embeddings|tie_word_emb"
)


def is_of_transformers(text: str) -> bool:
    """Whether source without prose may be that of a model of transformers."""
    return _PRETRAINED.search(text) is not None


# Comments and longer strings say these words too, and mean nothing by them.
_PROSE = re.compile(r'"""[\s\S]*?"""|#[^\n]*')


def without_prose(text: str) -> str:
    """Source without its comments and docstrings."""
    return _PROSE.sub("", text)


# What cuts a value off its gradients: of interest in a class with Parameters of its own.
CUTS = re.compile(r"detach\(|no_grad|inference_mode|torch\.tensor\(|as_tensor\(|\.data\b|\.numpy\(|\.item\(")
