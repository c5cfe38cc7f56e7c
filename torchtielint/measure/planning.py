"""From what `torchtielint ties` is given to the requests that workers get, with what is known of each model before."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torchtielint.command import CheckOptions, find_targets, resolver_for
from torchtielint.config import shown
from torchtielint.engine import NOTEBOOK, Target
from torchtielint.errors import UsageError
from torchtielint.importable import new_project
from torchtielint.measure.compare import patterns
from torchtielint.measure.targets import ModelTarget, of_file, parse_target
from torchtielint.measure.workers import Making, Request
from torchtielint.model_settings import ModelSettings
from torchtielint.runtime.operation_names import selected
from torchtielint.static_ties import ClassTies, Unread, read_ties


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of the models.

    Args:
        targets: none where the models of the configuration are meant.
        args, kwargs: literals, as they were typed.
        call: an expression that makes the model.
        survival: a set of operations, or names.
        adjacent: whether neighbours in one storage are listed.
    """

    targets: tuple[str, ...] = ()
    args: str = ""
    kwargs: str = ""
    call: str = ""
    survival: str = "quick"
    adjacent: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """A request, and by class: what the static half says of it, and what the configuration says."""

    request: Request
    predicted: Mapping[str, ClassTies] = field(default_factory=dict)
    settings: Mapping[str, ModelSettings] = field(default_factory=dict)


def plan(asked: Asked, files: CheckOptions) -> tuple[list[Work], list[Unread]]:
    """The requests for what was asked for, and the files that could not be read.

    Raises:
        UsageError, PathError, ConfigError: a target, an option or the configuration means nothing.
    """
    return _Planner(asked, files).planned()


class _Planner:
    """One run's work, with the programs that the static half has read."""

    def __init__(self, asked: Asked, files: CheckOptions) -> None:
        self._asked = asked
        self._files = files
        self._operations = _operations(asked.survival, f"`--survival {asked.survival}`")
        self._given = Making(literal("--args", asked.args), literal("--kwargs", asked.kwargs), asked.call)
        self._resolver = resolver_for(files)
        self._project = functools.lru_cache(new_project)

    def planned(self) -> tuple[list[Work], list[Unread]]:
        work: list[Work] = []
        unread: list[Unread] = []
        if not self._asked.targets:
            return list(self._configured()), unread
        for text in self._asked.targets:
            target = parse_target(text)
            if self._given.is_said and (isinstance(target, Path) or not target.attribute):
                hint = "name it: `file.py::Class`" if isinstance(target, Path) else f"name it: `{text}::Class`"
                raise UsageError("`--args`, `--kwargs` and `--call` are for one class", hint=hint)
            if isinstance(target, Path):
                found, failed = self._in_folder(str(target))
                work += found
                unread += failed
            else:
                work.append(self._of_target(target))
        return work, unread

    def _configured(self) -> Iterator[Work]:
        """The models of the configuration of the working folder."""
        here = str(Path.cwd())
        known = self._settings(here)
        if not known:
            raise UsageError(
                "nothing to measure",
                hint="name a file, `file.py::Class` or `pkg.mod:Class`, or configure `[[tool.torchtielint.models]]`",
            )
        yield from (self._of_target(target, {target.attribute: one}) for target, one in known)

    def _settings(self, folder: str) -> list[tuple[ModelTarget, ModelSettings]]:
        """What the configuration of a folder says of models."""
        return [(_target_of(one), one) for one in self._resolver.for_folder(folder).models]

    def _of_target(self, target: ModelTarget, settings: Mapping[str, ModelSettings] | None = None) -> Work:
        """A request, with what the static half says of the file where that can be read."""
        if settings is None:
            folder = str(Path(target.source).parent) if target.source else str(Path.cwd())
            settings = self._about(target, folder)
        if not target.source:
            return self._work(target, settings, ())
        shown_file = shown(Path(target.source))
        file = Target(target.source, shown_file, resolver_for(CheckOptions(isolated=True)).for_folder("/"))
        classes, _ = read_ties(file, self._project)  # what cannot be parsed cannot be imported either, which is said
        return self._work(target, settings, classes)

    def _about(self, target: ModelTarget, folder: str) -> dict[str, ModelSettings]:
        """What the configuration says of the models of a target, by attribute."""
        if self._given.is_said:
            return {}
        return {
            other.attribute: one
            for other, one in self._settings(folder)
            if other.place == target.place and target.attribute in ("", other.attribute)
        }

    def _in_folder(self, folder: str) -> tuple[list[Work], list[Unread]]:
        """A request for each file of a folder in whose source a Module class is seen; no other file is run."""
        found, unreadable = find_targets((folder,), self._files, self._resolver)
        unread = [Unread(path, 1, reason) for path, reason in unreadable]
        work: list[Work] = []
        for file in found:
            if file.path.endswith(NOTEBOOK):
                continue  # Python imports none
            classes, failed = read_ties(file, self._project)
            unread += failed
            if classes:
                target = of_file(file.shown)
                work.append(self._work(target, self._about(target, str(Path(file.path).parent)), classes))
        return work, unread

    def _work(self, target: ModelTarget, settings: Mapping[str, ModelSettings], classes: Sequence[ClassTies]) -> Work:
        making = {name: self._making(one) for name, one in settings.items()}
        if self._given.is_said:
            making[target.attribute] = self._given
        request = Request(
            target,
            making=making,
            survival=self._operations,
            adjacent=self._asked.adjacent,
            patterns={one.name: patterns(one) for one in classes if one.groups},
        )
        return Work(request, {one.name: one for one in classes}, settings)

    def _making(self, settings: ModelSettings) -> Making:
        said = f"`survives` of `{settings.target}` in {settings.where}"
        return Making(
            args=repr(settings.args) if settings.args else "",
            kwargs=repr(dict(settings.kwargs)) if settings.kwargs else "",
            call=settings.factory,
            survival=_operations((*self._operations, *settings.survives), said) if settings.survives else (),
        )


def _target_of(settings: ModelSettings) -> ModelTarget:
    """The target of an entry of the configuration, whose paths are relative to the configuration.

    Raises:
        UsageError, PathError: it names no class.
    """
    target = parse_target(settings.target, Path(settings.folder) if settings.folder else None)
    if isinstance(target, Path) or not target.attribute:
        raise UsageError(
            f'`target = "{settings.target}"` in {settings.where} names no class', hint="write `file.py::Class`"
        )
    return target


def _operations(asked: str | Sequence[str], said: str) -> tuple[str, ...]:
    """The operations that somebody names.

    Raises:
        UsageError: there is no such operation; `said` says where it stands.
    """
    try:
        return selected(asked)
    except ValueError as error:
        raise UsageError(f"{said}: {error}") from error


def literal(option: str, text: str) -> str:
    """Arguments as a literal: `1, 2` and `(1, 2)`, or `a=1, b=2` and `{"a": 1}`.

    Raises:
        UsageError: it is no literal.
    """
    if not text.strip():
        return ""
    try:
        if option == "--args":
            value: object = ast.literal_eval(f"({text.strip().rstrip(',')},)")
            if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], tuple):
                value = value[0]
        elif text.lstrip().startswith("{"):
            value = {str(name): one for name, one in ast.literal_eval(text.strip()).items()}
        else:
            value = _keywords(text)
    except (ValueError, SyntaxError, TypeError, AttributeError, MemoryError, RecursionError) as error:
        example = "`--args '8, [1, 2]'`" if option == "--args" else "`--kwargs 'dim=8, depth=2'`"
        raise UsageError(
            f"`{option} {text}` is no literal", hint=f"for example {example}; `--call` takes any expression"
        ) from error
    return repr(value)


def _keywords(text: str) -> dict[str, object]:
    """The values of `a=1, b=2`.

    Raises:
        ValueError: they are no literals with names.
    """
    call = ast.parse(f"_({text})", mode="eval").body
    if not isinstance(call, ast.Call) or call.args or any(one.arg is None for one in call.keywords):
        raise ValueError("a value without a name")
    return {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
