"""What a name says of a thing of which nothing else is known; only where a use agrees does a rule speak."""

from __future__ import annotations

import re
from functools import cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_MODELS = frozenset(
    {"model", "net", "network", "module", "encoder", "decoder", "backbone", "classifier", "regressor", "policy",
     "actor", "critic", "student", "teacher", "generator", "discriminator", "autoencoder", "transformer", "vae", "unet",
     "gan", "gnn", "gcn", "gat", "cnn", "rnn", "lstm", "gru", "mlp", "resnet", "densenet", "vgg", "bert", "agent",
     "learner", "netg", "netd", "qnet", "predictor", "embedder", "estimator"}
)  # fmt: skip
# Which of several models one is.
_WHICH = frozenset({"ddp", "dp", "target", "online", "local", "old", "new", "main", "best", "wrapped", "raw", "to"})
_NO_MODELS = frozenset(
    {"path", "name", "config", "cfg", "dir", "file", "args", "type", "params", "opt", "optimizer", "optim", "optimiser",
     "scheduler", "sched", "scaler", "state", "dict", "list", "loader", "sampler", "ema", "dataset", "wrapper", "id",
     "size", "cls", "class", "fn", "dataloader", "manager", "trainer", "tokenizer", "ckpt", "checkpoint", "weights",
     "output", "outputs", "input", "inputs", "loss", "shadow"}
)  # fmt: skip
_OPTIMIZERS = frozenset(
    {"optimizer", "optimizers", "optim", "optims", "opt", "opts", "optimiser", "optimisers", "scaler", "solver", "adam",
     "adamw", "sgd", "engine", "trainer"}
)  # fmt: skip
_TRAINING = frozenset(
    {"train", "fit", "step", "update", "optimize", "optimise", "learn", "finetune", "tune", "epoch", "perturb",
     "mutate", "noise", "adapt", "training", "prune"}
)  # fmt: skip
_NO_TRAINING = frozenset(
    {"eval", "evaluate", "valid", "validate", "val", "test", "predict", "infer", "print", "log", "plot", "save", "load",
     "set", "get", "scheduler", "sched", "bar", "meter", "stopping", "stopper", "stop", "env", "metric", "metrics",
     "time", "dataset", "transform", "collate"}
)  # fmt: skip
_KEPT = frozenset({"best", "backup", "saved", "snapshot"})


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of an identifier or dotted name, in lower case and without digits."""
    return tuple(word.lower() for word in _WORD.findall(name))


def says_model(name: str) -> bool:
    """Whether a name is one that people give to models."""
    found = list(words(name))
    while len(found) > 1 and (len(found[-1]) == 1 or found[-1] in _WHICH):
        found.pop()
    return bool(found) and found[-1] in _MODELS and not _NO_MODELS & set(words(name))


def says_no_model(name: str) -> bool:
    """Whether a name is one that people give to what is not a model, such as an optimizer or a scheduler."""
    return bool(_NO_MODELS & set(words(name)))


def says_optimizer(name: str) -> bool:
    """Whether a name is one that people give to what steps a model's parameters."""
    found = set(words(name))
    return bool(_OPTIMIZERS & found) and not {"scheduler", "sched"} & found


def says_training(name: str) -> bool:
    """Whether a function of this name changes the weights of what it is given."""
    found = set(words(name))
    return bool(_TRAINING & found) and not _NO_TRAINING & found


def says_best(name: str) -> bool:
    """Whether a name says that something is put aside to come back to it."""
    return bool(_KEPT & set(words(name)))
