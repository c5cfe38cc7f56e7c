"""What `torchtielint ties` does: targets to requests to answers to a document, an output, and an exit code."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from torchtielint import engine
from torchtielint.command import (
    FAILED,
    FOUND,
    OK,
    CheckOptions,
    find_targets,
    resolver_for,
    terminal_width,
    write,
    write_file,
)
from torchtielint.config import shown
from torchtielint.engine import Target
from torchtielint.errors import UsageError
from torchtielint.measure.compare import Disagreement, compare, patterns
from torchtielint.measure.document import Expectation, as_json, document, entry, expectations, is_wrong, objects
from torchtielint.measure.targets import ModelTarget, of_file, parse_target, shown_as
from torchtielint.measure.text import as_text
from torchtielint.measure.workers import MEGABYTES, SECONDS, Answer, Limits, Request, check_torch, serve_all
from torchtielint.model_settings import ModelSettings
from torchtielint.reporters.style import Style, visible
from torchtielint.runtime.operation_names import selected
from torchtielint.static_ties import ClassTies, Unread, read_ties

if TYPE_CHECKING:
    from torchtielint.semantics.project import Project

Progress = Callable[[Iterator[Answer], int], Iterator[Answer]]
"""Goes through answers, of which there will be so many, and shows how far it is."""


@dataclass(frozen=True, slots=True)
class TiesOptions:
    """The options of `torchtielint ties` that are its own."""

    args: str = ""
    kwargs: str = ""
    call: str = ""
    survival: str = "quick"
    strict: bool = False
    verbose: bool = False
    output_format: str = "text"
    output_file: str = ""
    timeout: float = SECONDS
    memory: int = MEGABYTES
    jobs: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """A request, what the static half says of the file, and what the configuration says of the model."""

    request: Request
    predicted: Mapping[str, ClassTies] = field(default_factory=dict)
    settings: ModelSettings | None = None


def run_measured(
    targets: Sequence[str], options: TiesOptions, files: CheckOptions, *, colour: bool, progress: Progress | None = None
) -> int:
    """Build and measure models; return the exit code.

    Raises:
        UsageError, PathError: a target or an option means nothing.
        WorkerError: there is no torch.
    """
    operations = _operations(options.survival, f"`--survival {options.survival}`")
    work, unread = _planned(targets, options, files, operations)
    check_torch()
    limits = Limits(options.timeout, options.memory)
    answers = serve_all([one.request for one in work], limits, options.jobs or os.cpu_count() or 1)
    models: list[dict[str, object]] = []
    for one, answer in zip(work, progress(answers, len(work)) if progress else answers, strict=True):
        models += _models(one, answer)
        if answer.missing:
            unread.append(Unread(one.request.target.shown, 1, answer.missing))
    _put(models, options, colour=colour)
    for failed in unread:
        sys.stderr.write(f"{visible(failed.path)}:{failed.line}: {visible(failed.reason)}\n")
    if unread:
        return FAILED
    unbuilt = options.strict and any(model["status"] == "failed" for model in models)
    return FOUND if unbuilt or any(map(is_wrong, models)) else OK


def _operations(asked: str | Sequence[str], said: str) -> tuple[str, ...]:
    """The operations that somebody names.

    Raises:
        UsageError: there is no such operation; `said` says where it stands.
    """
    try:
        return selected(asked)
    except ValueError as error:
        raise UsageError(f"{said}: {error}") from error


def _planned(
    targets: Sequence[str], options: TiesOptions, files: CheckOptions, operations: tuple[str, ...]
) -> tuple[list[Work], list[Unread]]:
    """The requests for what was asked for, or for the models of the configuration."""
    configured = resolver_for(files).for_folder(str(Path.cwd())).models
    if not targets:
        if not configured:
            raise UsageError(
                "nothing to measure",
                hint="name a file, `file.py::Class` or `pkg.mod:Class`, or configure `[[tool.torchtielint.models]]`",
            )
        return [_of_settings(one, options, operations) for one in configured], []
    known = {one.target: one for one in configured}
    work: list[Work] = []
    unread: list[Unread] = []
    given = (literal("--args", options.args), literal("--kwargs", options.kwargs), options.call)
    for text in targets:
        target = parse_target(text)
        if isinstance(target, Path):
            if any(given):
                raise UsageError(
                    "`--args`, `--kwargs` and `--call` are for one class", hint="name it: `file.py::Class`"
                )
            found, failed = _in_folder(str(target), options, files, operations)
            work += found
            unread += failed
        elif text in known and not any(given):
            work.append(_of_settings(known[text], options, operations))
        else:
            if any(given) and not target.attribute:
                raise UsageError(
                    "`--args`, `--kwargs` and `--call` are for one class", hint=f"name it: `{text}::Class`"
                )
            work.append(_work(target, Request(target, *given, operations, options.verbose)))
    return work, unread


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


def _of_settings(settings: ModelSettings, options: TiesOptions, operations: tuple[str, ...]) -> Work:
    target = parse_target(settings.target)
    if isinstance(target, Path) or not target.attribute:
        raise UsageError(
            f'`target = "{settings.target}"` in {settings.where} names no class', hint="write `file.py::Class`"
        )
    wanted = _operations((*operations, *settings.survives), f"`survives` of `{settings.target}` in {settings.where}")
    kwargs = repr(dict(settings.kwargs)) if settings.kwargs else ""
    args = repr(settings.args) if settings.args else ""
    return _work(target, Request(target, args, kwargs, settings.factory, wanted, options.verbose), settings)


def _in_folder(
    folder: str, options: TiesOptions, files: CheckOptions, operations: tuple[str, ...]
) -> tuple[list[Work], list[Unread]]:
    """A request for each file of a folder in whose source a Module class is seen; no other file is run."""
    found, unreadable = find_targets((folder,), files, resolver_for(files))
    unread = [Unread(path, 1, reason) for path, reason in unreadable]
    work: list[Work] = []
    for file in found:
        classes, failed = read_ties(file, _project)
        unread += failed
        if classes:
            request = Request(of_file(file.shown), survival=operations, adjacent=options.verbose)
            work.append(_looking_up(request, classes))
    return work, unread


def _work(target: ModelTarget, request: Request, settings: ModelSettings | None = None) -> Work:
    """A request with what the static half says of the file, where that can be read."""
    if not target.source:
        return Work(request, {}, settings)
    file = Target(target.source, shown(Path(target.source)), resolver_for(CheckOptions(isolated=True)).for_folder("/"))
    classes, _ = read_ties(file, _project)  # a file that cannot be parsed cannot be imported either, which is said
    return replace(_looking_up(request, classes), settings=settings)


def _looking_up(request: Request, classes: Sequence[ClassTies]) -> Work:
    asked = {one.name: patterns(one) for one in classes if one.groups}
    return Work(replace(request, patterns=asked), {one.name: one for one in classes})


@lru_cache(maxsize=1)
def _project() -> Project:
    return engine.new_project()


def _models(work: Work, answer: Answer) -> Iterator[dict[str, object]]:
    """The entries of the document for one answer."""
    target = work.request.target
    file = shown(Path(target.source)) if target.source else ""
    if answer.unimportable:
        name = shown_as(target, target.attribute) if target.attribute else target.shown
        failed = {"status": "failed", "reason": answer.unimportable}
        yield entry(name, file, failed, expectations=_judged(work, failed))
    for model in answer.models:
        name = str(model["name"])
        predicted = work.predicted.get(name)
        differing: Sequence[Disagreement] = ()
        if predicted is not None and model["status"] == "ok":
            differing = compare(predicted, objects(model, "groups"), model.get("matches"))
        yield entry(
            shown_as(target, name),
            file,
            model,
            predicted=predicted,
            disagreements=differing,
            expectations=_judged(work, model),
        )


def _judged(work: Work, model: Mapping[str, object]) -> list[Expectation]:
    return [] if work.settings is None else expectations(work.settings, model)


def _rendered(output_format: str, models: Sequence[dict[str, object]]) -> str:
    """The document as JSON, or as a picture of one kind."""
    held = document(models)
    if output_format == "html":
        from torchtielint.pictures.html import render_html

        return render_html(held)
    if output_format == "svg":
        from torchtielint.pictures.svg import render_svg

        return render_svg(held)
    if output_format == "mermaid":
        from torchtielint.pictures.mermaid import render_mermaid

        return render_mermaid(held)
    return as_json(held)


def _put(models: Sequence[dict[str, object]], options: TiesOptions, *, colour: bool) -> None:
    """Write the report where it is to go."""
    to_file = bool(options.output_file)
    if options.output_format == "text":
        width = None if to_file else terminal_width(sys.stdout)
        style = Style(colour and not to_file)
        lines: list[str] = list(as_text(models, style=style, width=width, verbose=options.verbose))
    else:
        lines = [_rendered(options.output_format, models)]
    if to_file:
        write_file(lines, options.output_file)
    else:
        write(lines, sys.stdout)
