"""What the commands do: from options to settings to files to findings to a report and an exit code."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from torchtielint import engine
from torchtielint.config import Resolver, Settings, load_layers, nearest_config, shown, split_config_options
from torchtielint.discovery import discover, leaves_out
from torchtielint.engine import Outcome, Target
from torchtielint.errors import PathError, UnreadableSourceError, UsageError
from torchtielint.findings import Certainty
from torchtielint.options import Layer
from torchtielint.reporters import MACHINE_FORMATS, REPORTERS, STATISTICS, Report, summary
from torchtielint.reporters.style import Style, visible
from torchtielint.reporters.summary import count, fixable
from torchtielint.reporting import Destination, destinations, page_of, project_root
from torchtielint.selectors import Selection
from torchtielint.source import decode, split_lines
from torchtielint.terminals import shows_links
from torchtielint.work import Checked, Work

if TYPE_CHECKING:
    from torchtielint.cache import Cache

STDIN = "-"
CACHE_NAME = ".torchtielint_cache"
CACHE_VARIABLE = "TORCHTIELINT_CACHE_DIR"
OK, FOUND, FAILED, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class CheckOptions:
    """The options of `torchtielint check`, as the command line gives them."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[str, ...] = ()
    certainty: str | None = None
    exclude: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool | None = None
    force_exclude: bool | None = None
    stdin_filename: str | None = None
    output_format: tuple[str, ...] = ()
    output_file: str | None = None
    statistics: bool = False
    quiet: bool = False
    verbose: bool = False
    exit_zero: bool = False
    config: tuple[str, ...] = ()
    isolated: bool = False
    jobs: int = 0
    scheduler: str | None = None
    no_cache: bool = False
    cache_dir: str | None = None
    show_files: bool = False
    show_settings: bool = False
    baseline: str | None = None
    write_baseline: bool = False
    watch: bool = False
    fix: bool = False
    unsafe_fixes: bool = False
    fix_only: bool = False
    diff: bool = False
    show_fixes: bool = False
    exit_non_zero_on_fix: bool = False
    add_ignore: str | None = None

    @property
    def fixes(self) -> bool:
        """Whether fixes are made, or shown as a diff."""
        return self.fix or self.fix_only or self.diff or self.add_ignore is not None


def run_check(
    paths: Sequence[str],
    options: CheckOptions,
    *,
    colour: bool,
    progress: Callable[[Iterable[tuple[Work, Checked]], int], Iterable[tuple[Work, Checked]]],
) -> int:
    """Run `torchtielint check`; return its exit code."""
    if options.add_ignore is not None and (options.fix or options.fix_only):
        raise UsageError("`--add-ignore` silences what `--fix` would repair", hint="fix first, then silence the rest")
    folder = cache_folder(options)
    cache = None if folder is None else engine.open_cache(folder)
    resolver = resolver_for(options, cache)
    targets, unreadable = find_targets(paths or (".",), options, resolver)
    settings = targets[0].settings if targets else resolver.for_folder(str(Path.cwd()))
    if options.show_settings:
        return write(_described(settings), sys.stdout)
    if options.show_files:
        return write((visible(target.shown) for target in targets), sys.stdout)
    here = resolver.for_folder(str(Path.cwd()))
    chosen = destinations(options.output_format, options.output_file, here.output_format, statistics=options.statistics)
    known = None
    if options.write_baseline or options.baseline or (options.baseline is None and here.baseline):
        from torchtielint import baseline

        known = baseline.chosen(options, here)
    if not targets and not unreadable:
        _say("warning: no Python files found under these paths", options)
    failed = tuple(engine.unreadable_folder(shown(Path(path)), reason) for path, reason in unreadable)

    workers, jobs = None, options.jobs
    if options.scheduler is not None:
        from torchtielint.cluster import cluster

        workers, suitable = cluster(options.scheduler, [target.path for target in targets if target.data is None])
        jobs = options.jobs or suitable

    def checked(cache: Cache | None) -> Outcome:
        outcome = engine.run(targets, progress=progress, jobs=jobs, workers=workers, cache=cache)
        outcome = replace(outcome, findings=engine.in_order((*failed, *outcome.findings)))
        return outcome if known is None or options.write_baseline else known.apply(outcome, targets)

    outcome = checked(cache)
    if known is not None and options.write_baseline and not outcome.interrupted:
        outcome, message = known.rewritten(outcome, targets)
        _say(message, options)
    show = functools.partial(_report, options=options, chosen=chosen, colour=colour)
    if options.fixes and not outcome.interrupted:
        from torchtielint.fix_command import run_add_ignore, run_fixes

        if options.add_ignore is not None:
            return run_add_ignore(targets, outcome, options)

        def again() -> Outcome:
            return checked(None if folder is None else engine.open_cache(folder))  # files are not what they were

        return run_fixes(targets, outcome, options, rerun=again, show=show)
    show(outcome, targets, stream=sys.stdout)
    return exit_code(outcome, options)


def run_rule(asked: str | None, *, everything: bool, as_json: bool, colour: bool) -> None:
    """Run `torchtielint rule`."""
    from torchtielint import explain
    from torchtielint.checks.registry import all_rules

    chosen = [explain.find_rule(asked, engine.catalogue())] if asked else list(all_rules().values())
    width = terminal_width(sys.stdout)
    links = shows_links(sys.stdout, colour=colour)
    if as_json:
        lines = [explain.rules_as_json(chosen, single=asked is not None)]
    elif asked or everything:
        lines = "\n\n\n".join(
            explain.render_page(rule, width=width or explain.MAX_WIDTH, colour=colour, links=links) for rule in chosen
        ).split("\n")
    else:
        lines = [explain.render_table(chosen, width=width or explain.UNLIMITED, colour=colour, links=links)]
    write(lines, sys.stdout)


def terminal_width(stream: TextIO) -> int | None:
    """The columns of the terminal behind a stream, or COLUMNS; None where it is no terminal."""
    if not stream.isatty() and not os.environ.get("COLUMNS", "").isdigit():
        return None
    import shutil  # for people who look at a terminal

    return max(40, shutil.get_terminal_size().columns)


def run_clean(options: CheckOptions) -> int:
    """Run `torchtielint clean`."""
    from torchtielint.cache_folder import clean

    folder = cache_folder(options)
    if folder is not None:
        _say(f"{'removed' if clean(folder) else 'no cache in'} {visible(shown(Path(folder)))}", options)
    return OK


def cache_folder(options: CheckOptions) -> str | None:
    """Where results are kept: as an option, the environment or the configuration says, else beside the configuration.

    None where nothing is to be kept, or where the default folder is a link, which may lead anywhere.
    """
    if options.no_cache:
        return None
    named = options.cache_dir or os.environ.get(CACHE_VARIABLE)
    if named:
        return str(Path(named).absolute())
    here = Path.cwd()
    config_file, inline = split_config_options(options.config)
    config = config_file or (None if options.isolated else nearest_config(here))
    for layer in reversed([*(load_layers(config) if config is not None else ()), *inline]):
        if layer.cache_dir is not None:
            return str(Path(layer.folder, Path(layer.cache_dir).expanduser()))
    root = here if config is None or config_file is not None else config.parent
    folder = root / CACHE_NAME
    return None if folder.is_symlink() else str(folder)


def resolver_for(options: CheckOptions, cache: Cache | None = None) -> Resolver:
    """What finds the settings of a folder, under these options; `cache` may know the rules without importing them."""
    if options.isolated and options.config and any(Path(value).is_file() for value in options.config):
        raise UsageError("`--isolated` and `--config FILE` contradict each other")
    config_file, inline = split_config_options(options.config)
    flags = Layer(
        "the command line",
        str(Path.cwd()),
        selection=Selection(
            select=_split(options.select) or None,
            extend_select=_split(options.extend_select),
            ignore=(*_split(options.ignore), *_split(options.extend_ignore)),
        ),
        per_file_ignores=_per_file(options.per_file_ignores),
        exclude=_split(options.exclude) or None,
        extend_exclude=_split(options.extend_exclude),
        respect_gitignore=options.respect_gitignore,
        force_exclude=options.force_exclude,
        certainty=None if options.certainty is None else Certainty[options.certainty.upper()],
    )
    return Resolver(
        engine.known_catalogue(cache), overrides=(*inline, flags), isolated=options.isolated, config_file=config_file
    )


def _split(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _per_file(values: Sequence[str]) -> dict[str, tuple[str, ...]] | None:
    """`PATTERN:RULES` values as a table; commas may separate rules as well as further pairs."""
    table: dict[str, tuple[str, ...]] = {}
    pattern = ""
    for part in _split(values):
        before, colon, after = part.rpartition(":")
        if colon:
            pattern = before
        elif not pattern:
            raise UsageError(f"`--per-file-ignores {part}` names no pattern", hint="write it as `tests/**:TTL301`")
        table[pattern] = (*table.get(pattern, ()), after if colon else part)
    return table or None


def find_targets(
    paths: Sequence[str], options: CheckOptions, resolver: Resolver
) -> tuple[list[Target], list[tuple[str, str]]]:
    """The files that the arguments stand for, and the folders that could not be read, with the reason."""
    if STDIN in paths:
        if len(paths) > 1:
            raise UsageError("`-` is standard input, and cannot be combined with other paths")
        return _stdin_target(options, resolver), []
    if options.stdin_filename is not None:
        raise UsageError("`--stdin-filename` needs standard input", hint="add `-` as the path")
    found = discover(paths, resolver)
    here = str(Path.cwd()) + os.sep
    folders = (path.rpartition(os.sep)[0] or os.sep for path in found.files)
    return [
        Target(path, path.removeprefix(here), resolver.for_folder(folder))
        for path, folder in zip(found.files, folders, strict=True)
    ], found.unreadable


def _stdin_target(options: CheckOptions, resolver: Resolver) -> list[Target]:
    name = options.stdin_filename
    path = str(Path(name or "stdin.py").absolute())
    settings = resolver.for_folder(str(Path(path).parent))
    data = sys.stdin.buffer.read()
    if name and leaves_out(path, settings):
        if options.fix or options.fix_only:
            sys.stdout.buffer.write(data)  # whoever reads the result gets the file as it is
        return []
    return [Target(path, name or "<stdin>", settings, data)]


def _report(
    outcome: Outcome,
    targets: Sequence[Target],
    *,
    options: CheckOptions,
    chosen: Sequence[Destination],
    colour: bool,
    stream: TextIO,
) -> None:
    report = Report(
        outcome.findings,
        outcome.files_checked,
        _Lines(targets),
        root=project_root(),
        page_of=page_of,
        complete=not outcome.interrupted and all(one.code != engine.NOT_FINISHED for one in outcome.findings),
    )
    for line in outcome.remarks:
        _say(visible(line), options)
    for one in chosen:
        reporter = (STATISTICS if one.statistics else REPORTERS)[one.form]
        if one.file:
            write_file(reporter(report), one.file)
        else:
            style = Style(colour, shows_links(stream, colour=colour))
            write(reporter(replace(report, style=style, width=terminal_width(stream))), stream)
    if options.verbose:
        sources = sorted({target.settings.source for target in targets} - {""})
        _say(f"settings from {', '.join(shown(Path(source)) for source in sources) or 'the defaults'}", options)
        for trace in outcome.traces:
            _say(visible_lines(trace), options)
    if outcome.interrupted:
        _say(f"interrupted after {outcome.files_checked} of {count(len(targets), 'file')}", options)
    elif chosen[0].form not in MACHINE_FORMATS and (targets or outcome.findings):
        _say(summary(report) + (f" ({outcome.known:,} known by the baseline)" if outcome.known else ""), options)
        if any(finding.fix for finding in outcome.findings):
            _say(fixable(outcome.findings, unsafe=options.unsafe_fixes), options)


def exit_code(outcome: Outcome, options: CheckOptions) -> int:
    """What a run that found this exits with."""
    if outcome.interrupted:
        return INTERRUPTED
    if any(finding.code == engine.NOT_FINISHED for finding in outcome.findings):
        return FAILED
    return FOUND if (outcome.findings or outcome.stale) and not options.exit_zero else OK


class _Lines:
    """The lines of a file by the path that findings give; read again, and only where there is something to show."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = {target.shown: target for target in targets}
        self._known: dict[str, Sequence[str] | None] = {}

    def __call__(self, path: str) -> Sequence[str] | None:
        """The lines of a file; None where it is none, or no text."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> Sequence[str] | None:
        if path not in self._targets and f"{engine.NOTEBOOK}:cell " in path:
            return self._read_cell(*path.rsplit(":cell ", 1))
        try:
            return split_lines(decode(self._data(path), path).text)
        except (OSError, UnreadableSourceError):
            return None

    def _read_cell(self, path: str, number: str) -> Sequence[str] | None:
        """The lines of a cell, where findings name one; all cells of its notebook are known from then on."""
        from torchtielint.notebook import read_notebook

        try:
            for cell in read_notebook(self._data(path)).cells:
                self._known[f"{path}:cell {cell.number}"] = cell.lines
        except (OSError, UnreadableSourceError):
            return None
        return self._known.get(f"{path}:cell {number}")

    def _data(self, path: str) -> bytes:
        target = self._targets.get(path)
        return target.data if target is not None and target.data is not None else Path(path).read_bytes()


def visible_lines(text: str) -> str:
    """Several lines, each safe to show."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _say(message: str, options: CheckOptions) -> None:
    if not options.quiet:
        sys.stdout.flush()
        sys.stderr.write(f"{message}\n")


def write(lines: Iterable[str], stream: TextIO) -> int:
    """Write lines; a reader that has seen enough, as `head` does, is no error."""
    try:
        stream.writelines(f"{line}\n" for line in lines)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return OK


def write_file(lines: Iterable[str], name: str) -> None:
    """Write lines to a file.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        Path(name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise PathError(f"`{name}` cannot be written: {error.strerror}") from error


def _described(settings: Settings) -> list[str]:
    """Settings in the language of the configuration; `json.dumps` writes strings and lists as TOML does."""
    names = settings.catalogue.names
    lines = [f"# from {visible(settings.source) or 'the defaults'}", "select = ["]
    lines += [f"    {json.dumps(code)}, # {names[code]}" for code in sorted(settings.codes)]
    lines += ["]", f"certainty = {json.dumps(settings.certainty.name.lower())}"]
    for index, patterns in enumerate(settings.excludes):
        key = "extend-exclude" if index else "exclude"
        lines.append(f"{key} = {json.dumps(patterns.lines)} # relative to {visible(patterns.base)}")
    lines.append(f"respect-gitignore = {json.dumps(settings.respect_gitignore)}")
    lines.append(f"force-exclude = {json.dumps(settings.force_exclude)}")
    lines.append(f"output-format = {json.dumps(settings.output_format)}")
    if settings.baseline:
        lines.append(f"baseline = {json.dumps(settings.baseline)}")
    lines.append("[per-file-ignores]")
    lines += [f"{json.dumps(one.lines[0])} = {json.dumps(sorted(codes))}" for one, codes in settings.per_file_ignores]
    return lines
