"""Documents by hand, as `torchtielint ties` writes them."""

from __future__ import annotations

QUICK = ("deepcopy", "pickle", "state_dict", "to_dtype", "adam_step")


def group(kind, *names, survival=None, **others):
    """One group, with what the others of its kind have."""
    false = kind in ("same-storage", "overlapping")
    values = {
        "names": list(names),
        "kind": kind,
        "shape": None if kind == "same-module" else [64, 32],
        "dtype": "" if kind == "same-module" else "float32",
        "nbytes": 8192,
        "buffers": False,
        "false_tie": false,
        "consequence": "two gradients, two optimizer steps, counted twice" if false else "one gradient, one step",
        "advice": ["make it one Parameter: `self.b = self.a`"] if false else [],
        "survival": survival if survival is not None else outcomes("broken" if false else "kept"),
    }
    return {**values, **others}


def outcomes(outcome, **others):
    """The same outcome of every quick operation, and others by name."""
    quick = {name: {"outcome": outcome, "reason": ""} for name in QUICK}
    return {**quick, **{name: {"outcome": word, "reason": reason} for name, (word, reason) in others.items()}}


def model(target="model.py::Net", *groups, **others):
    """A model that was built, with these groups."""
    values = {
        "target": target,
        "file": "model.py",
        "line": 12,
        "status": "ok",
        "reason": "",
        "arguments": "",
        "factory": "",
        "device": "meta",
        "parameters": {"named": 4, "unique": 3, "elements": 123, "bytes": 492, "saved": 100},
        "groups": list(groups),
        "predicted": None,
        "disagreements": [],
        "expectations": [],
    }
    return {**values, **others}


def document(*models):
    """What the command writes."""
    return {"version": 1, "models": list(models)}


def modules(*entries):
    """A tree: name, class, own parameters."""
    return [{"name": name, "class": kind, "parameters": list(own)} for name, kind, *own in entries]


def block(name):
    """A layer of a decoder."""
    return modules(
        (name, "Block"),
        (f"{name}.ln_1", "LayerNorm", "weight", "bias"),
        (f"{name}.attn", "Attention"),
        (f"{name}.attn.c_attn", "Linear", "weight", "bias"),
        (f"{name}.attn.c_proj", "Linear", "weight", "bias"),
        (f"{name}.ln_2", "LayerNorm", "weight", "bias"),
        (f"{name}.mlp", "MLP"),
        (f"{name}.mlp.c_fc", "Linear", "weight", "bias"),
        (f"{name}.mlp.c_proj", "Linear", "weight", "bias"),
    )


def decoder(layers=12):
    """The modules of a decoder."""
    tree = modules(("", "GPT"), ("transformer", "ModuleDict"), ("transformer.wte", "Embedding", "weight"))
    tree += modules(("transformer.wpe", "Embedding", "weight"), ("transformer.drop", "Dropout"))
    tree += modules(("transformer.h", "ModuleList"))
    for layer in range(layers):
        tree += block(f"transformer.h.{layer}")
    return tree + modules(("transformer.ln_f", "LayerNorm", "weight", "bias"), ("lm_head", "Linear", "weight"))


def gpt(layers=12):
    """A GPT whose output layer is its embedding."""
    tie = group(
        "same-parameter",
        "transformer.wte.weight",
        "lm_head.weight",
        shape=[50257, 768],
        nbytes=154389504,
        consequence="one gradient, one optimizer step, counted once",
        advice=["after `load_state_dict(assign=True)`, tie again", "save with `safetensors.torch.save_model`"],
        survival=outcomes(
            "kept",
            assign=("broken", "two Parameters, no common byte"),
            to_empty=("demoted", ""),
            save_file=("error", "RuntimeError: Some tensors share memory"),
            compile=("skipped", "no compiler"),
        ),
    )
    return model(
        "nano/model.py::GPT",
        tie,
        file="nano/model.py",
        line=118,
        arguments=f"config=GPTConfig(n_layer={layers})",
        factory=f"GPT(config=GPTConfig(n_layer={layers}))",
        parameters={"named": 149, "unique": 148, "elements": 124439808, "bytes": 497759232, "saved": 154389504},
        tree=decoder(layers),
        predicted=[{"kind": "same-parameter", "names": ["transformer.wte.weight", "lm_head.weight"], "line": 138}],
        expectations=[{"expectation": "tied: transformer.wte.weight, lm_head.weight", "met": True, "message": ""}],
    )


def false_ties():
    """Several Parameters over common memory, and neighbours that share nothing; no tree."""
    return model(
        "models/wrong.py::Autoencoder",
        group("same-storage", "encoder.0.weight", "decoder.2.weight"),
        group("overlapping", "encoder.2.weight", "decoder.0.weight"),
        group("adjacent", "rnn.weight_ih_l0", "rnn.weight_hh_l0", consequence="no sharing"),
        group("same-module", "head", "aux_head", nbytes=1_500_000),
        group("same-parameter", "mask_a", "mask_b", buffers=True),
        disagreements=[{"code": "TTL901", "message": "`a` and `b` are not one", "file": "models/wrong.py", "line": 31}],
        expectations=[
            {"expectation": "tied: encoder.0.weight, decoder.2.weight", "met": False, "message": "they are a false tie"}
        ],
        predicted=[],
    )


def failed():
    """What could not be built, and what is no target."""
    reason = "ModuleNotFoundError: No module named 'flash_attn'\n  in broken.py, line 3"
    return (
        model("broken.py", status="failed", reason=reason, file=None, line=None, parameters=None),
        model("base.py::Base", status="skipped", reason="abstract: `forward`", parameters=None),
    )


def within_layers(layers=80):
    """A decoder in which each layer ties two of its own parameters, and all share one norm."""
    groups = [
        group("same-parameter", f"transformer.h.{n}.attn.c_attn.weight", f"transformer.h.{n}.mlp.c_fc.weight")
        for n in range(layers)
    ]
    norms = group("same-module", *(f"transformer.h.{n}.ln_1" for n in range(layers)))
    return model("deep.py::Decoder", norms, *groups, tree=decoder(layers))


HOSTILE = "</script><img src=x onerror=alert(1)>\"'`&amp;]]>\x00\x1b[31m\u202egnp.exe\ud800\n%%{init: {}}%%"


def hostile():
    """Everything that a project can name, named to break out."""
    return model(
        f"evil.py::{HOSTILE}",
        group(
            "same-parameter",
            f"{HOSTILE}.weight",
            f"b.{HOSTILE}",
            dtype=HOSTILE,
            consequence=HOSTILE,
            advice=[HOSTILE],
            survival={HOSTILE: {"outcome": "error", "reason": HOSTILE}},
        ),
        file=HOSTILE,
        reason=HOSTILE,
        arguments=HOSTILE,
        device=HOSTILE,
        tree=modules(("", HOSTILE, HOSTILE), (HOSTILE, HOSTILE, "weight"), ("b", HOSTILE, HOSTILE)),
        predicted=[{"kind": "same-module", "names": [HOSTILE], "line": 3}],
        disagreements=[{"code": HOSTILE, "message": HOSTILE, "file": HOSTILE, "line": 1}],
        expectations=[{"expectation": HOSTILE, "met": False, "message": HOSTILE}],
    )


def samples():
    """All of them."""
    return document(gpt(), false_ties(), *failed(), gpt(80), within_layers(), hostile(), model("plain.py::Plain"))
