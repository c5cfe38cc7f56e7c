"""Configuration: files, inline settings and flags become one frozen Settings for each folder."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from torchtielint.errors import ConfigError, UsageError
from torchtielint.findings import Certainty
from torchtielint.model_settings import ModelSettings
from torchtielint.options import Layer, layer_from_table, parse_toml
from torchtielint.patterns import Patterns
from torchtielint.selectors import Catalogue, enabled_codes
from torchtielint.targets import forget_requirements, pinned_in, says_versions

T = TypeVar("T")

CONFIG_NAMES = (".torchtielint.toml", "torchtielint.toml", "pyproject.toml")
OWN_NAMES = frozenset(CONFIG_NAMES)
DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".git", ".hg", ".hypothesis", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pyenv"),
    *(".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".torchtielint_cache", ".tox", ".venv", ".vscode"),
    *("__pycache__", "__pypackages__", "_build", "build", "buck-out", "dist", "node_modules", "site-packages", "venv"),
)


@dataclass(frozen=True)
class Settings:
    """Everything that configuration decides about the files of one folder."""

    catalogue: Catalogue
    codes: frozenset[str]
    per_file_ignores: tuple[tuple[Patterns, frozenset[str]], ...] = ()
    excludes: tuple[Patterns, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    output_format: str = "full"
    certainty: Certainty = Certainty.LIKELY
    source: str = ""
    target_transformers: int | None = None
    baseline: str = ""
    models: tuple[ModelSettings, ...] = ()

    def aimed_at(self, version: int | None) -> Settings:
        """The settings for a project that pins transformers, unless they say themselves what it is written for."""
        if version is None or self.target_transformers is not None:
            return self
        return replace(self, codes=self.codes - self.catalogue.beyond(version))

    def codes_for(self, path: str) -> frozenset[str]:
        """The codes that are on for one file, given by its absolute path."""
        codes = self.codes
        for patterns, ignored in self.per_file_ignores:
            if ignored & codes and patterns.match_file_or_parent(path):
                codes -= ignored
        return codes


def settings_from_layers(catalogue: Catalogue, layers: Sequence[Layer], *, folder: str, source: str = "") -> Settings:
    """Lay layers over the defaults, lowest priority first."""
    per_file: list[tuple[Patterns, frozenset[str]]] = []
    for layer in layers:
        chosen = layer.selection
        catalogue.check((*(chosen.select or ()), *chosen.extend_select, *chosen.ignore), layer.where)
        for pattern, selectors in (layer.per_file_ignores or {}).items():
            catalogue.check(selectors, f"`per-file-ignores` of {layer.where}")
            codes = frozenset[str]().union(*(catalogue.expand(one)[1] for one in selectors))
            per_file.append((Patterns(layer.folder, (pattern,)), codes))
    replaced = [Patterns(one.folder, one.exclude) for one in layers if one.exclude is not None]
    extended = [Patterns(one.folder, one.extend_exclude) for one in layers if one.extend_exclude]
    codes = enabled_codes(catalogue, [layer.selection for layer in layers])
    targets = [layer.target_transformers for layer in layers if layer.target_transformers is not None]
    return Settings(
        catalogue=catalogue,
        codes=codes - catalogue.beyond(targets[-1]) if targets else codes,
        target_transformers=targets[-1] if targets else None,
        models=tuple(model for layer in layers for model in layer.models),
        per_file_ignores=tuple(per_file),
        excludes=(replaced[-1] if replaced else Patterns(folder, DEFAULT_EXCLUDE), *extended),
        respect_gitignore=_last((layer.respect_gitignore for layer in layers), default=True),
        force_exclude=_last((layer.force_exclude for layer in layers), default=False),
        output_format=_last((layer.output_format for layer in layers), default="full"),
        certainty=_last((layer.certainty for layer in layers), default=Certainty.LIKELY),
        source=source,
        baseline=_last((layer.baseline for layer in layers), default=""),
    )


def _last(values: Iterable[T | None], *, default: T) -> T:
    """The last value that is given."""
    for value in values:
        default = default if value is None else value
    return default


class Resolver:
    """Finds the settings of a folder: the closest configuration, under what the command line says.

    Args:
        catalogue: the rules that exist.
        overrides: layers above every file, lowest priority first.
        isolated: read no configuration file.
        config_file: read this one, for every folder.
        folder: what the patterns of a run without configuration are relative to.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        overrides: Sequence[Layer] = (),
        isolated: bool = False,
        config_file: Path | None = None,
        folder: str = "",
    ) -> None:
        self._catalogue = catalogue
        self._overrides = tuple(overrides)
        self._folder = folder or str(Path.cwd())
        self._by_file: dict[Path | None, Settings] = {}
        self._by_folder: dict[str, Settings] = {}
        self._fixed = self._load(config_file) if config_file is not None or isolated else None

    def for_folder(self, folder: str, names: Collection[str] | None = None) -> Settings:
        """The settings for the files directly in a folder, given by its absolute path, and what is in it if known."""
        if self._fixed is not None:
            return self._fixed
        known = self._by_folder.get(folder)
        if known is None:
            own = None if names is not None and OWN_NAMES.isdisjoint(names) else config_in(Path(folder))
            parent = str(Path(folder).parent)
            known = self.for_folder(parent) if own is None and parent != folder else self._load(own)
            if names is None or says_versions(names):
                known = known.aimed_at(pinned_in(Path(folder)))
            self._by_folder[folder] = known
        return known

    def _load(self, path: Path | None) -> Settings:
        if path not in self._by_file:
            layers = [] if path is None else load_layers(path)
            self._by_file[path] = settings_from_layers(
                self._catalogue,
                [*layers, *self._overrides],
                folder=self._folder if path is None else str(path.parent),
                source="" if path is None else str(path),
            )
        return self._by_file[path]


def nearest_config(folder: Path) -> Path | None:
    """The configuration file that holds for a folder, if there is one."""
    return next((found for one in (folder, *folder.parents) if (found := config_in(one)) is not None), None)


def config_in(folder: Path) -> Path | None:
    """The configuration file of one folder, if it has one."""
    for name in CONFIG_NAMES:
        path = folder / name
        if path.is_file() and (name != "pyproject.toml" or _own_table(path) is not None):
            return path
    return None


def load_layers(path: Path) -> list[Layer]:
    """A configuration file as a layer, after the layers of what it extends.

    Raises:
        ConfigError: the file, or one that it extends, is missing, malformed, unknown in parts, or extends itself.
    """
    layers: list[Layer] = []
    seen: list[Path] = []
    following: Path | None = path
    while following is not None:
        if following in seen:
            raise ConfigError(f"{shown(following)} extends itself", hint="remove one of the `extend` keys")
        seen.append(following)
        table = _own_table(following)
        if table is None:
            raise ConfigError(
                f"{shown(following)} has no `[tool.torchtielint]` table", hint="add one, or name another file"
            )
        layer = layer_from_table(table, where=shown(following), folder=str(following.parent))
        layers.insert(0, layer)
        if layer.extend is None:
            return layers
        target = (following.parent / Path(layer.extend).expanduser()).resolve()
        if not target.is_file():
            raise ConfigError(f"{shown(following)} extends `{layer.extend}`, which is no file")
        following = target
    return layers


def split_config_options(values: Sequence[str]) -> tuple[Path | None, list[Layer]]:
    """What `--config` values are: at most one file, and any number of inline `key = value` settings.

    Raises:
        UsageError: there are two files.
        ConfigError: a value is neither an existing file nor a setting.
    """
    path: Path | None = None
    layers: list[Layer] = []
    for value in values:
        if Path(value).is_file():
            if path is not None:
                raise UsageError("`--config` names two files", hint="put `extend` into one of them")
            path = Path(value).resolve()
        elif "=" in value:
            table = parse_toml(value, where=f"`--config {value}`")
            layers.append(layer_from_table(table, where=f"`--config {value}`", folder=str(Path.cwd())))
        else:
            raise ConfigError(
                f"`--config {value}` is neither a file nor a setting",
                hint="""a setting is written `select = ["TTL3"]`""",
            )
    return path, layers


def shown(path: Path) -> str:
    """A path as messages show it: relative to the working folder where it is inside."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def forget_files() -> None:
    """Read configuration files anew, for a process that lives longer than they stay what they are."""
    _own_table.cache_clear()
    forget_requirements()


@lru_cache(maxsize=1024)
def _own_table(path: Path) -> Mapping[str, object] | None:
    """The table of a configuration file that is ours; None where a `pyproject.toml` has none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{shown(path)} cannot be read: {error}") from error
    if path.name != "pyproject.toml":
        return parse_toml(text, where=shown(path))
    if "torchtielint" not in text:
        return None
    tool = parse_toml(text, where=shown(path)).get("tool", {})
    table = tool.get("torchtielint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"`tool.torchtielint` in {shown(path)} is no table")
    return table
