"""Words that a rule needs in the text before it can speak, found by the regular expression engine."""

from __future__ import annotations

import re

# What a statement has to hold for a rule about it to speak, beside what the shapes of its statements say. A word that
# is too much costs time; one that is missing loses findings.
_RUN = (
    r"(?<!utils)\.data\b",
    r"\.requ\w*_g\w+",  # requires_grad, and how it is misspelt
    r"\.(?:training|train|eval|requires_grad_?)\s*=[^=]",
    r"\b_(?:parameters|buffers|modules)\b|__dict__|\b(?:set|del)attr\b",
    r"(?<![.\w])(?:vars|globals|locals|exec|eval)\(",
    r"register_(?:parameter|module)|add_param_group|set_submodule|\bBuffer\(|to_empty\b",
    r"deepcopy|copy\.copy|(?<!\.)\b\w*clones?\(|TransformerEncoder\(|TransformerDecoder\(|(?<!\.)\brepeat\(",
    r"state_dict\(|save_file|safetensors|save_model|save_pretrained|assign\s*=\s*True",
    r"(?:=|return|in zip\()(?! next)[^\n=]{0,200}parameters\(|param_groups",
    r"\b[oO]ptim\w*|\b(?:Adam\w*|SGD|RMSprop|Adagrad|LBFGS|Lion)\(",
    r"weight_norm|spectral_norm|WeightNorm|SpectralNorm|parametri[sz]|\bprune\b|orthogonal\(",
    r"\btie_|\btied|_keys_to_ignore|_tied_|get_output_embeddings|set_output_embeddings|PreTrained|post_init",
    r"[\"']meta[\"']",
    r"\.swap\w*\(|swap_tensors|shared?_weights?\b",
)
RUN = re.compile("|".join(f"(?:{word})" for word in _RUN))

# Comments and longer strings say these words too, and mean nothing by them.
_PROSE = re.compile(r'"""[\s\S]*?"""|#[^\n]*')


def without_prose(text: str) -> str:
    """Source without its comments and docstrings."""
    return _PROSE.sub("", text)


# What cuts a value off its gradients: of interest in a class with Parameters of its own.
CUTS = re.compile(r"detach\(|no_grad|inference_mode|torch\.tensor\(|as_tensor\(|\.data\b|\.numpy\(|\.item\(")
