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


_TARGETS = frozenset({"target", "tgt", "ema", "teacher", "momentum", "polyak", "averaged"})
_ONLINE = frozenset({"online", "student", "policy", "local", "main", "current", "behavior", "behaviour", "source"})
# What of a target network's name says which model it is; `layer` or `class` say that it is none.
_PARTS = frozenset({"q", "qf", "value", "v", "vf", "projector", "head", "projection", "dqn"})


def says_target(name: str) -> bool:
    """Whether a name is one that people give to a copy of a model that lags behind it."""
    found = set(words(name))
    rest = found - _TARGETS
    return bool(found & _TARGETS) and rest <= _MODELS | _WHICH | _PARTS | _ONLINE


def says_target_network(name: str) -> bool:
    """Whether a name is that of a target network, which is brought up to date from time to time."""
    return says_target(name) and bool({"target", "tgt"} & set(words(name)))


def says_online(name: str) -> bool:
    """Whether a name may be that of the model which is trained."""
    found = set(words(name))
    return bool(found) and (says_model(name) or bool(found & _ONLINE) or found <= _PARTS | _MODELS)


def says_pair(target: str, online: str) -> bool:
    """Whether two names are those of a target network, or teacher, and of what it lags behind."""
    found, other = set(words(target)), set(words(online))
    if other & _ONLINE:
        return True
    rest = found - _TARGETS
    return bool({"target", "tgt"} & found) and bool(rest) and rest == other
