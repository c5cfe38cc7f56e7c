"""Modules that stand in where a constructor wants one.

They hold no parameters: what a made-up module holds would be reported as the model's own, shared or not.
"""

from __future__ import annotations

import re

from torch import nn

from torchtielint.runtime.construct.choices import Call, Choice

_MODULE = re.compile(
    r"(.*_)?(module|model|net|network|encoder|decoder|backbone|layer|block|head|stem|body|neck|fn|func|transform|vit|"
    r"student|teacher|embedder|embedding|embeddings|projector|classifier|norm|norm[0-9]|act|activation|attn|attention|mlp|"
    r"ffn?|conv|extractor|pool|proj|submodule|inner|branch|tokenizer|transformer|predictor|critic|actor|policy|generator|"
    r"discriminator|loss|criterion|linear)"
)


def identity() -> Call:
    """A module that holds nothing and gives back what it is called with."""
    return Call(nn.Identity, "nn.Identity")


def stub_for(annotation: object) -> tuple[Choice, ...]:
    """Return stand-ins for an argument that is annotated as a module."""
    if not isinstance(annotation, type) or not issubclass(annotation, nn.Module):
        return ()
    for container in (nn.ModuleList, nn.ModuleDict, nn.Sequential, nn.ParameterList, nn.ParameterDict):
        if annotation is container:
            return (Call(container, f"nn.{container.__name__}"),)
    return (identity(),)


def stub_by_name(name: str) -> tuple[Choice, ...]:
    """Return a stand-in where the name is one that modules have."""
    return (identity(),) if _MODULE.fullmatch(name.lower()) else ()
