"""The JSON schema of the configuration, for editors that complete and check TOML: made from the keys themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torchtielint.choices import CERTAINTIES, OUTPUT_FORMATS
from torchtielint.options import KEYS, Key, parse_toml

NAME = "torchtielint.schema.json"
_STRING = {"type": "string"}
_STRINGS = {"type": "array", "items": _STRING}
_GROUPS = {"type": "array", "items": {**_STRINGS, "minItems": 2}}
_MODEL = {
    "type": "object",
    "required": ["target"],
    "additionalProperties": False,
    "properties": {
        "target": {"type": "string", "minLength": 1, "description": "The class, function or model: `model.py::GPT`."},
        "args": {"type": "array", "description": "Its positional arguments; what is missing is inferred."},
        "kwargs": {"type": "object", "description": "Its keyword arguments; what is missing is inferred."},
        "factory": {**_STRING, "description": "An expression that makes the model, where the target is defined."},
        "tied": {**_GROUPS, "description": "Groups of names that must be one Parameter."},
        "untied": {**_GROUPS, "description": "Groups of names of which no two may share memory."},
        "survives": {**_STRINGS, "description": "Operations that must keep the ties."},
    },
}
# Beside what a key expects in words, for those who read it.
_SHAPES: Mapping[str, Mapping[str, object]] = {
    "a string": _STRING,
    "a list of strings": _STRINGS,
    "true or false": {"type": "boolean"},
    "a table of lists of strings": {"type": "object", "additionalProperties": _STRINGS},
    'a version such as "5" or "4.57"': {"type": "string", "pattern": r"^\d+(\.\d+)*$"},
    "an array of tables": {"type": "array", "items": _MODEL},
}
_CHOICES: Mapping[str, Sequence[str]] = {"output-format": OUTPUT_FORMATS, "certainty": CERTAINTIES}


def schema() -> dict[str, object]:
    """The schema of `torchtielint.toml`, and of `[tool.torchtielint]` in `pyproject.toml`."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "torchtielint",
        "description": "Settings of torchtielint.",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _property(name, key) for name, key in KEYS.items()},
    }


def _property(name: str, key: Key) -> dict[str, object]:
    shape = {"enum": list(_CHOICES[name])} if name in _CHOICES else _SHAPES[key.expected]
    known = {"default": value_of(key.default)} if key.default else {}
    return {"description": key.about, **shape, **known, "examples": [value_of(key.example)]}


def value_of(text: str) -> object:
    """A value that is written in TOML.

    Raises:
        ConfigError: it is none.
    """
    return parse_toml(f"value = {text}", where=f"`{text}`").get("value")
