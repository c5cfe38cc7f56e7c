"""Signatures as the data file stores them."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Callable
from typing import Any

import torch

Stored = list[Any]


def stored_signature(function: Callable[..., Any], *, skip: int = 0) -> Stored | None:
    """The arguments of a callable without its first `skip`, or None where torch gives no signature."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[skip:]
    except (TypeError, ValueError):
        return None
    return _stored(parameters)


def operator_signature(name: str) -> Stored | None:
    """The arguments of a function that is written in C++, from its operator's schemas.

    None where the overloads do not agree on the names: what the n-th argument is then depends on the call.
    """
    operator = name.removeprefix("torch.").removeprefix("nn.functional.").replace(".", "_")
    found: list[Stored] = []
    for schema in torch._C._jit_get_schemas_for_operator(f"aten::{operator}"):
        if any(argument.is_out for argument in schema.arguments) or not any(
            "Tensor" in str(value.type) for value in schema.returns
        ):
            continue
        stored: Stored = []
        for argument in schema.arguments:
            if argument.kwarg_only and "*" not in stored:
                stored.append("*")
            public = "input" if argument.name == "self" else argument.name
            default = argument.default_value if argument.has_default_value() else inspect.Parameter.empty
            stored.append(_entry(public, default))
        found.append(stored)
    longest = max(found, key=len, default=None)
    agreed = all(entry == other for stored in found for entry, other in zip(stored, longest or [], strict=False))
    return longest if agreed else None


def takes_any_keyword(cls: type) -> bool:
    """Whether a constructor takes `**kwargs` and nothing else."""
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]  # type: ignore[misc]  # of a class, on purpose
    return [parameter.kind for parameter in parameters] == [inspect.Parameter.VAR_KEYWORD]


def constructor(cls: type) -> tuple[Stored, bool]:
    """The arguments of a constructor without `self`, and whether it takes any number of positional ones.

    Where the constructor forwards `*args` and `**kwargs`, the first overload that is written beside it tells.
    """
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]  # type: ignore[misc]  # of a class, on purpose
    kinds = {parameter.kind for parameter in parameters}
    variadic = inspect.Parameter.VAR_POSITIONAL in kinds
    forwards = variadic and inspect.Parameter.VAR_KEYWORD in kinds
    overload = _first_overload(cls) if forwards else None
    return (_stored(parameters), variadic) if overload is None else (overload, False)


def names(stored: Stored) -> dict[str, object]:
    """Argument names and defaults of a stored signature; Ellipsis where there is none."""
    found: dict[str, object] = {}
    for entry in stored:
        if isinstance(entry, list):
            found[entry[0]] = entry[1] if len(entry) > 1 else None
        elif entry != "*":
            found[entry] = ...
    return found


def _stored(parameters: list[inspect.Parameter]) -> Stored:
    stored: Stored = []
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL and "*" not in stored:
            stored.append("*")
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in stored:
            stored.append("*")
        stored.append(_entry(parameter.name, parameter.default))
    return stored[:-1] if stored[-1:] == ["*"] else stored


def _entry(name: str, default: object) -> object:
    if default is inspect.Parameter.empty:
        return name
    try:
        literal = json.loads(json.dumps(default, allow_nan=False))
    except (TypeError, ValueError):
        return [name]
    return [name, literal]


def _first_overload(cls: type) -> Stored | None:
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "__init__" and not node.args.vararg:
            positional = [argument.arg for argument in node.args.args[1:]]
            defaults = [ast.literal_eval(default) for default in node.args.defaults]
            required = positional[: len(positional) - len(defaults)]
            optional = positional[len(required) :]
            return [*required, *([name, default] for name, default in zip(optional, defaults, strict=True))]
    return None
