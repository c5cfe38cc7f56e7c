"""The keys of a configuration table: their types, and one table read into a layer."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from torchtielint.choices import CERTAINTIES, OUTPUT_FORMATS
from torchtielint.errors import ConfigError, nearest
from torchtielint.findings import Certainty
from torchtielint.model_settings import ModelSettings, is_models, models_from
from torchtielint.selectors import Selection


@dataclass(frozen=True)
class Layer:
    """What one place says: a file, an inline setting, the command line. None where it says nothing.

    Args:
        where: the place, for messages.
        folder: what the patterns of this place are relative to.
    """

    where: str
    folder: str
    selection: Selection = field(default_factory=Selection)
    per_file_ignores: Mapping[str, tuple[str, ...]] | None = None
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool | None = None
    force_exclude: bool | None = None
    output_format: str | None = None
    certainty: Certainty | None = None
    target_transformers: int | None = None
    cache_dir: str | None = None
    baseline: str | None = None
    extend: str | None = None
    models: tuple[ModelSettings, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the configuration.

    Args:
        expected: what its value must look like.
        example: a value that means something.
        accepts: whether a value is of the right type.
        about: what it decides, for the documentation and for editors.
        default: the value that it has where nobody gives one; empty where that is no value that could be given.
    """

    expected: str
    example: str
    accepts: Callable[[object], bool]
    about: str
    default: str = ""


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_string(value: object) -> bool:
    return isinstance(value, str)


def _is_version(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)*", value) is not None


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


def _is_table_of_strings(value: object) -> bool:
    return isinstance(value, dict) and all(_is_strings(one) for one in value.values())


_LIST = "a list of strings"
KEYS: Mapping[str, Key] = {
    "select": Key(
        _LIST,
        '["TTL3"]',
        _is_strings,
        "The rules that run, by code, prefix or name, or `ALL`; else those on by default.",
    ),
    "extend-select": Key(_LIST, '["TTL311"]', _is_strings, "Rules that run as well.", "[]"),
    "ignore": Key(_LIST, '["repeated-module"]', _is_strings, "Rules that do not run.", "[]"),
    "extend-ignore": Key(
        _LIST,
        '["TTL406"]',
        _is_strings,
        "Rules that do not run either, beside those of a file that this extends.",
        "[]",
    ),
    "per-file-ignores": Key(
        "a table of lists of strings",
        '{ "tests/**" = ["TTL301"] }',
        _is_table_of_strings,
        "Rules that do not run in the files that match a pattern, as in gitignore and relative to this file.",
        "{}",
    ),
    "exclude": Key(
        _LIST, '["build"]', _is_strings, "Patterns, as in gitignore, of what is left out in place of the usual folders."
    ),
    "extend-exclude": Key(_LIST, '["third_party/"]', _is_strings, "Patterns of what is left out as well.", "[]"),
    "respect-gitignore": Key("true or false", "false", _is_boolean, "Whether what git ignores is left out.", "true"),
    "force-exclude": Key(
        "true or false",
        "true",
        _is_boolean,
        "Whether excluded files are left out even where the command line names them, as pre-commit does.",
        "false",
    ),
    "output-format": Key(
        f"one of {', '.join(OUTPUT_FORMATS)}",
        '"concise"',
        OUTPUT_FORMATS.__contains__,
        "How findings are shown.",
        '"full"',
    ),
    "certainty": Key(
        f"one of {', '.join(CERTAINTIES)}",
        '"proven"',
        CERTAINTIES.__contains__,
        "How sure a finding must be to be shown: `hint` shows all.",
        '"likely"',
    ),
    "target-transformers": Key(
        'a version such as "5" or "4.57"',
        '"4"',
        _is_version,
        "The version of transformers that the code is written for; else what its requirements pin.",
    ),
    "cache-dir": Key(
        "a string", '".cache/torchtielint"', _is_string, "Where results are kept.", '".torchtielint_cache"'
    ),
    "baseline": Key(
        "a string", '"torchtielint-baseline.json"', _is_string, "A file of findings that are known and not shown."
    ),
    "models": Key(
        "an array of tables",
        '[{ target = "model.py::GPT" }]',
        is_models,
        "Models that `torchtielint ties` builds, and what is expected of their ties.",
        "[]",
    ),
    "extend": Key(
        "a string", '"../torchtielint.toml"', _is_string, "Another configuration file, whose settings this one changes."
    ),
}


def parse_toml(text: str, *, where: str) -> Mapping[str, object]:
    """Parse TOML; `where` names the place in the error."""
    if sys.version_info >= (3, 11):  # here, as many projects have nothing to say to us
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where} is not valid TOML: {error}") from error


def layer_from_table(table: Mapping[str, object], *, where: str, folder: str) -> Layer:
    """Read a table into a layer.

    Raises:
        ConfigError: a key is unknown, or its value is of another type.
    """
    for key, value in table.items():
        if key not in KEYS:
            near = nearest(key.replace("_", "-"), KEYS, 0.5)
            hint = f"did you mean `{near}`?" if near else f"the keys are {', '.join(KEYS)}"
            raise ConfigError(f"`{key}` in {where} is no setting", hint=hint)
        if not KEYS[key].accepts(value):
            raise ConfigError(
                f"`{key}` in {where} must be {KEYS[key].expected}, not {_described(value)}",
                hint=f"for example `{key} = {KEYS[key].example}`",
            )
    return _filled(Layer(where, folder), table)


def _filled(layer: Layer, table: Mapping[str, object]) -> Layer:
    select = table.get("select")
    selection = Selection(
        select=None if select is None else _strings(select),
        extend_select=_strings(table.get("extend-select")),
        ignore=(*_strings(table.get("ignore")), *_strings(table.get("extend-ignore"))),
    )
    layer = replace(layer, selection=selection, extend_exclude=_strings(table.get("extend-exclude")))
    if isinstance(per_file := table.get("per-file-ignores"), dict):
        layer = replace(layer, per_file_ignores={pattern: _strings(codes) for pattern, codes in per_file.items()})
    if "exclude" in table:
        layer = replace(layer, exclude=_strings(table["exclude"]))
    if isinstance(respect := table.get("respect-gitignore"), bool):
        layer = replace(layer, respect_gitignore=respect)
    if isinstance(force := table.get("force-exclude"), bool):
        layer = replace(layer, force_exclude=force)
    if isinstance(output := table.get("output-format"), str):
        layer = replace(layer, output_format=output)
    if isinstance(certainty := table.get("certainty"), str):
        layer = replace(layer, certainty=Certainty[certainty.upper()])
    if isinstance(target := table.get("target-transformers"), str):
        layer = replace(layer, target_transformers=int(target.partition(".")[0]))
    if isinstance(cache_dir := table.get("cache-dir"), str):
        layer = replace(layer, cache_dir=cache_dir)
    if isinstance(baseline := table.get("baseline"), str):
        layer = replace(layer, baseline=str(Path(layer.folder, Path(baseline).expanduser())))
    if "models" in table:
        layer = replace(layer, models=models_from(table["models"], where=layer.where, folder=layer.folder))
    if isinstance(extend := table.get("extend"), str):
        layer = replace(layer, extend=extend)
    return layer


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _described(value: object) -> str:
    """What a TOML value is, in the words of TOML."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'the string "{value}"'
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list" if _is_strings(value) or not value else "a list of other things"
        case dict():
            return "a table" if not value else "a table of other things"
    return f"a {type(value).__name__}"
