"""Under torch: can a class be constructed, and with what?"""

from __future__ import annotations

import contextlib
import inspect
import sys
import types
from typing import Any

from torch import nn

SIZES = {"heads": 2, "num_heads": 2, "n_heads": 2, "num_layers": 1, "depth": 1, "dropout": 0.1, "kernel_size": 3}
FLAT = dict.fromkeys(("hidden_size", "d_model", "n_embd", "embed_dim", "dim"), 32)
CONFIG = FLAT | {"num_attention_heads": 4, "num_key_value_heads": 4, "num_hidden_layers": 2, "intermediate_size": 64}
CONFIG |= {"vocab_size": 64, "max_position_embeddings": 64}
KINDS: dict[str, type | tuple[type, ...]] = {
    "linear": nn.Linear,
    "conv": (nn.Conv1d, nn.Conv2d),
    "embedding": nn.Embedding,
    "norm": nn.LayerNorm,
}


def module_of(text: str, name: str) -> types.ModuleType:
    """Run a text as a module."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, name, "exec"), module.__dict__)  # published code, on request
    return module


def configuration(namespace: dict[str, Any], annotation: object) -> str:
    """How a configuration object is made, small where its class lets us."""
    named = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    known = sorted(name for name, one in namespace.items() if name.endswith("Config") and isinstance(one, type))
    name = named if named in known else known[0] if len(known) == 1 else ""
    if not name:
        raise TypeError("no configuration class")
    kind = namespace[name]
    for given in (CONFIG, {}):
        with contextlib.suppress(Exception):
            kind(**given)
            return f"{name}(**{given})"
    raise TypeError(f"{name} needs arguments")


def arguments_of(kind: type, namespace: dict[str, Any]) -> tuple[str, str]:
    """What a class can be constructed with, and a name in its constructor that holds a whole number."""
    given: list[str] = []
    size = ""
    for name, parameter in list(inspect.signature(kind.__init__).parameters.items())[1:]:  # type: ignore[misc]  # no instance
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        needed = parameter.default is parameter.empty
        if name in ("config", "cfg"):
            if needed:
                text = configuration(namespace, parameter.annotation)
                given.append(f"{name}={text}")
                if hasattr(eval(text, namespace), "hidden_size"):
                    size = size or f"{name}.hidden_size"
        elif needed and name in ("layer_idx", "idx", "layer_id"):
            given.append(f"{name}=0")
        elif needed:
            value = SIZES.get(name, 8)
            given.append(f"{name}={value}")
            if value == 8 and not size:
                size = name
    return ", ".join(given), size


def probe(task: dict[str, Any]) -> dict[str, Any]:
    """Construct a class, and say what of the features that its text shows are there."""
    module = module_of(task["text"], f"probed_{task['number']}")
    kind = getattr(module, task["name"])
    arguments, size = arguments_of(kind, module.__dict__)
    made = eval(f"{task['name']}({arguments})", module.__dict__)
    if sum(one.numel() for one in made.parameters()) > 20_000_000:
        raise ValueError("too large")
    features: dict[str, list[str]] = {}
    for feature, names in task["features"].items():
        wanted = KINDS.get(feature, (nn.Parameter, nn.ModuleList))
        features[feature] = [name for name in names if isinstance(getattr(made, name, None), wanted)]
    return {"arguments": arguments, "size": size, "features": {key: names for key, names in features.items() if names}}
