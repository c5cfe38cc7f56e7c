"""From what an argument is annotated with to values of that type."""

from __future__ import annotations

import collections.abc
import enum
import inspect
import pathlib
import types
import typing

import torch

from torchtielint.runtime.construct.choices import Call, Choice, Listing, Literal, Reference
from torchtielint.runtime.construct.configs import config_choices, is_config
from torchtielint.runtime.construct.names import STAGES, WIDTH, by_name, layer_type, number
from torchtielint.runtime.construct.stubs import identity, stub_for

_DEEPEST = 4
_TEXT = {"int": int, "float": float, "bool": bool, "str": str}
_LISTS = (list, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection)
_MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


def by_annotation(name: str, annotation: object, depth: int = 0) -> tuple[Choice, ...]:
    """Return values of an annotated type, the likeliest first; none where the type says nothing."""
    if depth > _DEEPEST or annotation in (inspect.Parameter.empty, typing.Any, object):
        return ()
    if isinstance(annotation, str):
        annotation = _TEXT.get(annotation.strip(), annotation)
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _union(name, inner, depth)
    if origin is typing.Literal:
        return tuple(map(Literal, inner))
    if origin in (typing.Annotated, typing.Final, typing.ClassVar):
        return by_annotation(name, inner[0], depth + 1)
    if annotation in (typing.Callable, collections.abc.Callable) or origin is collections.abc.Callable:
        return _callable(name)
    if annotation is type or origin is type:
        return _type(name, inner)
    if (origin or annotation) in (tuple, *_LISTS, *_MAPS):
        return _collection(name, origin or annotation, inner, depth)
    return _plain(name, annotation, depth) if isinstance(annotation, type) else ()


def _union(name: str, inner: tuple[object, ...], depth: int) -> tuple[Choice, ...]:
    """The table's value where one member takes it, then the members in order, None last but before what was made up."""
    found = [one for member in inner if member is not type(None) for one in by_annotation(name, member, depth + 1)]
    if type(None) in inner:
        found.insert(1 if number(name) is not None or any(map(is_config, inner)) else 0, Literal(None))
    return tuple(found)


def _callable(name: str) -> tuple[Choice, ...]:
    """A class of layers where the name speaks of layers, else a function that gives back its argument."""
    layer = layer_type(name)
    return (layer, identity()) if layer is not None else (identity(), Reference(torch.nn.Identity, "nn.Identity"))


def _type(name: str, inner: tuple[object, ...]) -> tuple[Choice, ...]:
    bound = inner[0] if inner else None
    named = layer_type(f"{name}_layer")
    if isinstance(bound, type) and bound is not torch.nn.Module:
        return (Reference(bound, bound.__qualname__),)
    return (named,) if named is not None else ()


def _collection(name: str, kind: object, inner: tuple[object, ...], depth: int) -> tuple[Choice, ...]:
    if kind in _MAPS:
        return (Literal({}),)
    if kind is tuple and inner and Ellipsis not in inner:
        items = [by_annotation(name, one, depth + 1) or (Literal(WIDTH),) for one in inner]
        return (Listing(tuple(one[0] for one in items), tuple),)
    element = by_annotation(name, inner[0], depth + 1) if inner else ()
    first = element[0] if element else Literal(number(name) if number(name) is not None else 2)
    if kind is tuple:
        return tuple(Listing((first,) * count, tuple) for count in (STAGES, 2, 1, 3))
    return tuple(Listing((first,) * count) for count in (STAGES, 2, 1, 3))


def _plain(name: str, annotation: type, depth: int) -> tuple[Choice, ...]:
    named = [one for one in by_name(name) if isinstance(one, Literal)]
    fits = [one for one in named if type(one.value) is annotation]
    if annotation is bool:
        return (Literal(False), Literal(True))
    if annotation is int:
        return (*fits, *map(Literal, (8, 1, 2)))
    if annotation is float:
        numbers = [
            one.value for one in named if isinstance(one.value, (int, float)) and not isinstance(one.value, bool)
        ]
        return (*(Literal(float(one)) for one in numbers), Literal(0.5), Literal(1.0))
    if annotation is str:
        return (*fits, *map(Literal, ("relu", "")))
    if issubclass(annotation, enum.Enum):
        return tuple(Reference(one, f"{annotation.__qualname__}.{one.name}") for one in annotation)
    return _object(annotation) or stub_for(annotation) or config_choices(annotation) or _fields(annotation, depth)


def _object(annotation: type) -> tuple[Choice, ...]:
    """Values of the few classes of torch and of the standard library that constructors take."""
    if issubclass(annotation, torch.Tensor):
        return (Call(torch.zeros, "torch.zeros", (Literal(WIDTH),)), Call(torch.zeros, "torch.zeros", _SQUARE))
    simple: dict[type, Choice] = {
        torch.device: Call(current_device, "torch.get_default_device"),
        torch.dtype: Reference(torch.float32, "torch.float32"),
        torch.Size: Call(torch.Size, "torch.Size", (Literal([WIDTH]),)),
        pathlib.Path: Call(pathlib.Path, "pathlib.Path", (Literal("."),)),
        type(None): Literal(None),
        types.SimpleNamespace: Call(types.SimpleNamespace, "types.SimpleNamespace"),
    }
    return (simple[annotation],) if annotation in simple else ()


_SQUARE = (Literal(WIDTH), Literal(WIDTH))


def current_device() -> torch.device:
    """The device that tensors are made on by default, here and now."""
    return torch.empty(0).device


def _fields(annotation: type, depth: int) -> tuple[Choice, ...]:
    """A named tuple, field by field."""
    if not issubclass(annotation, tuple) or not hasattr(annotation, "_fields"):
        return ()
    hints = typing.get_type_hints(annotation)
    items = [by_annotation(name, hints.get(name), depth + 1) or (Literal(WIDTH),) for name in annotation._fields]
    return (Call(annotation, annotation.__qualname__, tuple(one[0] for one in items)),)
