"""What `torchtielint ties` does: targets to requests to answers to a document, an output, and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torchtielint.command import FAILED, FOUND, OK, CheckOptions, terminal_width, write, write_file
from torchtielint.config import shown
from torchtielint.measure.compare import Disagreement, compare
from torchtielint.measure.document import Expectation, as_json, document, entry, expectations, is_wrong, objects
from torchtielint.measure.planning import Asked, Work, plan
from torchtielint.measure.targets import shown_as
from torchtielint.measure.text import as_text
from torchtielint.measure.workers import MEGABYTES, SECONDS, Answer, Limits, check_torch, serve_all
from torchtielint.reporters.style import Style, visible
from torchtielint.static_ties import Unread

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


def run_measured(
    targets: Sequence[str], options: TiesOptions, files: CheckOptions, *, colour: bool, progress: Progress | None = None
) -> int:
    """Build and measure models; return the exit code.

    Raises:
        UsageError, PathError: a target or an option means nothing.
        WorkerError: there is no torch.
    """
    asked = Asked(tuple(targets), options.args, options.kwargs, options.call, options.survival, options.verbose)
    work, unread = plan(asked, files)
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


def _models(work: Work, answer: Answer) -> Iterator[dict[str, object]]:
    """The entries of the document for one answer."""
    target = work.request.target
    file = shown(Path(target.source)) if target.source else ""
    if answer.unimportable:
        name = shown_as(target, target.attribute) if target.attribute else target.shown
        failed = {"status": "failed", "reason": answer.unimportable}
        yield entry(name, file, failed, expectations=_judged(work, target.attribute, failed))
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
            expectations=_judged(work, name, model),
        )


def _judged(work: Work, name: str, model: Mapping[str, object]) -> list[Expectation]:
    settings = work.settings.get(name)
    return [] if settings is None else expectations(settings, model)


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
