"""The first guess at every argument, and what else each could be."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping

from torchtielint.runtime.construct.annotations import by_annotation
from torchtielint.runtime.construct.choices import Call, Choice, Literal, spell
from torchtielint.runtime.construct.configs import CONFIG_NAMES, config_choices, config_for, is_config, is_hugging_face
from torchtielint.runtime.construct.names import by_name
from torchtielint.runtime.construct.signature import Wanted, wanted
from torchtielint.runtime.construct.stubs import stub_by_name

# A default of these would ask the network for weights.
_DOWNLOADS = ("pretrained", "weights", "pretrained_weights", "load_pretrained", "download")


def infer_call(target: Callable[..., object], given: Mapping[str, Choice] | None = None, skip: int = 0) -> Call:
    """Return a call of a class or a function with the first guess at each argument that it needs.

    Args:
        target: the class or the function.
        given: arguments that are known by name.
        skip: how many of the first arguments are given by position.
    """
    args: list[Choice] = []
    kwargs: dict[str, Choice] = dict(given or {})
    for one in wanted(target)[skip:]:
        if one.name in kwargs:
            continue
        if one.required:
            choice = candidates(target, one)[0]
            if one.positional:
                args.append(choice)
            else:
                kwargs[one.name] = choice
        elif one.name in _DOWNLOADS and one.default is True:
            kwargs[one.name] = Literal(False)
    return Call(target, getattr(target, "__qualname__", "target"), tuple(args), kwargs)


def candidates(target: Callable[..., object], one: Wanted) -> tuple[Choice, ...]:
    """Return what an argument could be, the likeliest first; there is always one."""
    found: list[Choice] = []
    if one.name in CONFIG_NAMES:
        bound = one.annotation if isinstance(one.annotation, type) and is_config(one.annotation) else object
        for config in config_for(target):
            found += config_choices(config) if issubclass(config, bound) else ()
    found += by_annotation(one.name, one.annotation)
    if one.annotation is inspect.Parameter.empty or not found:
        if one.name in CONFIG_NAMES:
            found += [Call(types.SimpleNamespace, "types.SimpleNamespace"), Literal({})]
        found += by_name(one.name)
        found += stub_by_name(one.name)
    if not any(isinstance(choice, Call) and is_hugging_face(choice.function) for choice in found):
        found += [Literal(8), Literal(None)]
    return tuple({spell(choice): choice for choice in found}.values())
