"""`[[tool.torchtielint.models]]`: how a model is built, and what is expected of its ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from torchtielint.errors import ConfigError, nearest


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One entry of the configuration.

    Args:
        target: as on the command line.
        args, kwargs: arguments of the target; what is missing is inferred.
        factory: an expression that makes the model, evaluated where the target is defined, as `--call`.
        tied: groups of names that must be one Parameter.
        untied: groups of names of which no two may share memory.
        survives: operations that must keep every tie of `tied`, or every tie where there is no `tied`.
        where: the configuration, for messages.
        folder: what the path of the target is relative to.
    """

    target: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] | None = None
    factory: str = ""
    tied: tuple[tuple[str, ...], ...] = ()
    untied: tuple[tuple[str, ...], ...] = ()
    survives: tuple[str, ...] = ()
    where: str = ""
    folder: str = ""


def is_models(value: object) -> bool:
    """Whether a value is an array of tables."""
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def models_from(tables: object, *, where: str, folder: str = "") -> tuple[ModelSettings, ...]:
    """Read the entries.

    Raises:
        ConfigError: a key is unknown or missing, or its value is of another type.
    """
    entries = tables if isinstance(tables, list) else []
    read = (_model(entry, f"`models` in {where}", where) for entry in entries if isinstance(entry, dict))
    return tuple(replace(one, folder=folder) for one in read)


_EXPECTED = {
    "target": "a string",
    "args": "a list",
    "kwargs": "a table",
    "factory": "a string",
    "tied": "a list of lists of names",
    "untied": "a list of lists of names",
    "survives": "a list of operations",
}


def _model(entry: Mapping[str, object], said: str, where: str) -> ModelSettings:
    for key, value in entry.items():
        if key not in _EXPECTED:
            near = nearest(key, _EXPECTED, 0.5)
            hint = f"did you mean `{near}`?" if near else f"the keys are {', '.join(_EXPECTED)}"
            raise ConfigError(f"`{key}` of {said} is no setting", hint=hint)
        if not _fits(key, value):
            raise ConfigError(f"`{key}` of {said} must be {_EXPECTED[key]}")
    if not entry.get("target"):
        raise ConfigError(f"an entry of {said} has no `target`", hint='for example `target = "model.py::GPT"`')
    args, kwargs = entry.get("args"), entry.get("kwargs")
    return ModelSettings(
        target=str(entry["target"]),
        args=tuple(args) if isinstance(args, list) else (),
        kwargs=kwargs if isinstance(kwargs, dict) else None,
        factory=str(entry.get("factory", "")),
        tied=_groups(entry.get("tied")),
        untied=_groups(entry.get("untied")),
        survives=_names(entry.get("survives")),
        where=where,
    )


def _fits(key: str, value: object) -> bool:
    match key:
        case "target" | "factory":
            return isinstance(value, str)
        case "args":
            return isinstance(value, list)
        case "kwargs":
            return isinstance(value, dict)
        case "survives":
            return _is_names(value)
    return isinstance(value, list) and all(_is_names(group) and len(group) > 1 for group in value)


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _groups(value: object) -> tuple[tuple[str, ...], ...]:
    return tuple(_names(group) for group in value) if isinstance(value, list) else ()


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
