"""Configuration objects: found by annotation, `config_class`, or the sibling module of configurations, and shrunk."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache

from torch import nn

from torchtielint.runtime.construct.choices import Call, Choice, Literal, make
from torchtielint.runtime.construct.names import LAYERS

CONFIG_NAMES = ("config", "cfg", "args", "opt", "opts", "hparams", "conf", "params", "options", "hps")
_LAYERS = re.compile(
    r"(num|n)_(\w+_)?(layers?|blocks|hidden_layers)|(\w+_)?(layers|depth|depths|n_layers?|num_layers|stage_depths)"
)
_WIDTH = re.compile(
    r"(\w+_)?(hidden|embed|embedding|intermediate|ffn|inner|proj|projection|model|state|out|attention|mlp|feature)_?"
    r"(dim|dims|size|sizes|width|channels)|d_(model|ff|kv|inner|embed|state)|n_(embd|embed|inner)|(\w+_)?(head_dim|ffn_dim)|"
    r"(\w+_)?hidden_channels|embed_dims|dim|hidden_dim|(\w+_)?dim_head"
)
_NARROWEST = 8
_LARGEST_FACTOR = 64
_OWN = 0
"""In place of a factor: that which leaves each head of attention, or the whole where there are none, the narrowest."""
_MAIN_WIDTH = ("hidden_size", "d_model", "n_embd", "embed_dim", "dim", "model_dim")
_HEADS = ("num_attention_heads", "num_heads", "n_head", "n_heads", "encoder_attention_heads", "heads")


def is_config(annotation: object) -> bool:
    """Whether a type is a class of configurations: a dataclass, or one of Hugging Face."""
    if not isinstance(annotation, type) or issubclass(annotation, nn.Module):
        return False
    return dataclasses.is_dataclass(annotation) or is_hugging_face(annotation)


def is_hugging_face(annotation: object) -> bool:
    """Whether a type is a `PretrainedConfig`, without importing transformers."""
    if not isinstance(annotation, type):
        return False
    return any(base.__name__ in ("PretrainedConfig", "PreTrainedConfig") for base in annotation.__mro__)


def config_choices(annotation: object) -> tuple[Choice, ...]:
    """Return configurations of a class: shrunk by layers and widths, by layers only, and as it is."""
    if not is_config(annotation) or not isinstance(annotation, type):
        return ()
    calls: list[Choice] = []
    for factor in (_OWN, 8, 4, 1):
        call = _shrunk(annotation, factor)
        if call is not None and call not in calls:
            calls.append(call)
    plain = Call(annotation, annotation.__qualname__)
    return (*calls, plain) if plain not in calls else tuple(calls)


def counts_layers(name: str) -> bool:
    """Whether an argument or a field says how many layers there are."""
    return _LAYERS.fullmatch(name) is not None


def config_for(target: Callable[..., object]) -> tuple[type, ...]:
    """Return the classes of configurations that a model takes when nothing is annotated."""
    found: list[type] = []
    declared = getattr(target, "config_class", None)
    if isinstance(declared, type) and is_config(declared):
        found.append(declared)
    for module in _sibling_modules(target):
        for value in vars(module).values():
            if is_config(value) and value.__module__ == module.__name__ and value not in found:
                found.append(value)
    prefix = getattr(target, "__name__", "")
    return tuple(sorted(found, key=lambda one: (one is not declared, -_common(prefix, one.__name__))))


def _common(one: str, other: str) -> int:
    """How many letters two names begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _sibling_modules(target: Callable[..., object]) -> Iterator[types.ModuleType]:
    """The module itself, and `configuration_x` beside `modeling_x`."""
    name = getattr(target, "__module__", "") or ""
    if name in sys.modules:
        yield sys.modules[name]
    package, _, last = name.rpartition(".")
    stem = last.split("_", 1)[1] if "_" in last else ""
    if not package or not stem:
        return
    while stem:
        module = _imported(f"{package}.configuration_{stem}")
        if module is not None:
            yield module
            return
        stem = stem.rpartition("_")[0]


def _imported(name: str) -> types.ModuleType | None:
    try:
        return importlib.import_module(name)
    except Exception:  # there is none, or importing user code raises what it likes
        return None


@cache
def _shrunk(config: type, factor: int) -> Call | None:
    """A call of the class with fewer layers and widths that are divided by one factor, if it takes them."""
    try:
        call, instance = _plain(config)
    except Exception:  # the constructor is user code
        return None
    own = factor or _own_factor(instance)
    for name, value in values_of(instance):
        choice = _nested(value, factor) if is_hugging_face(type(value)) else _smaller(name, value, own)
        if choice is not None:
            call = call.put(name, choice)
    try:
        make(call)
    except Exception:  # as above; the configuration checks itself
        return None
    return call


def _plain(config: type) -> tuple[Call, object]:
    """The class called with what it needs, and what that returns."""
    from torchtielint.runtime.construct.infer import infer_call  # a configuration's arguments are inferred like others

    call = Call(config, config.__qualname__) if is_hugging_face(config) else infer_call(config)
    return call, make(call)


def values_of(instance: object) -> list[tuple[str, object]]:
    """Return the values of a configuration, by the names that its constructor takes."""
    taken = inspect.signature(type(instance).__init__).parameters
    shown = vars(instance) if hasattr(instance, "__dict__") else {}
    names = [name for name in taken if name in shown or hasattr(type(instance), name)]
    return [(name, _read(instance, name)) for name in names]


def _read(instance: object, name: str) -> object:
    try:
        return getattr(instance, name)
    except Exception:  # reading may be refused: heterogeneous configurations do so
        return None


def _own_factor(instance: object) -> int:
    """The largest power of two that leaves each head of attention its least width."""
    width = _first_number(instance, _MAIN_WIDTH)
    if width is None:
        return 8
    heads = _first_number(instance, _HEADS)
    factor, least = 1, _NARROWEST if heads else 8 * _NARROWEST
    while factor < _LARGEST_FACTOR and width // (heads or 1) // (2 * factor) >= least:
        factor *= 2
    return factor


def _first_number(instance: object, names: tuple[str, ...]) -> int | None:
    values = (_read(instance, name) for name in names)
    return next((value for value in values if isinstance(value, int) and value > 0), None)


def _smaller(name: str, value: object, factor: int) -> Choice | None:
    if _is_number(value):
        smaller = _number(name, typing.cast("int", value), factor)
        return Literal(smaller) if smaller != value else None
    if isinstance(value, (list, tuple)) and value and all(map(_is_number, value)):
        items = [_number(name, one, factor) for one in value]
        return Literal(type(value)(items)) if list(value) != items else None
    return None


def _nested(value: object, factor: int) -> Choice | None:
    """A configuration inside a configuration, as the dictionary that it is read from.

    What the outer one gives it stays, or the rest would fall back to the defaults of the inner class.
    """
    inner: dict[str, object] = {}
    own = factor or _own_factor(value)
    kind: type = type(value)
    usual = _usual(kind)
    for name, one in values_of(value):
        choice = _nested(one, factor) if is_hugging_face(type(one)) else _smaller(name, one, own)
        if isinstance(choice, Literal):
            inner[name] = choice.value
        elif isinstance(one, (bool, int, float, str, list, tuple)) and one != usual.get(name, one):
            inner[name] = one
    name = getattr(value, "model_type", "")
    return Literal({"model_type": name, **inner} if name else inner) if inner else None


@cache
def _usual(kind: type) -> dict[str, object]:
    """What a configuration holds that is made without arguments."""
    try:
        return dict(values_of(kind()))
    except Exception:  # the constructor is user code
        return {}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(name: str, value: int, factor: int) -> int:
    if _WIDTH.fullmatch(name):
        return value // factor if value % factor == 0 and value // factor >= _NARROWEST else value
    if counts_layers(name):
        return min(value, LAYERS)
    return value
