"""The pipeline: find files, decode, screen, check, suppress, sort."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import re
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchtielint import stamps
from torchtielint.config import Settings
from torchtielint.errors import ISSUES_URL, SourceSyntaxError, UnreadableSourceError
from torchtielint.findings import Certainty, Finding, Position, Range, Severity
from torchtielint.importable import ImportableTexts, new_project, show, show_copied
from torchtielint.selectors import Catalogue
from torchtielint.semantics.reliance import Relied
from torchtielint.source import Source, decode
from torchtielint.work import Checked, Work, in_chunks

if TYPE_CHECKING:
    from torchtielint.cache import Cache
    from torchtielint.notebook import Notebook
    from torchtielint.processes import Workers
    from torchtielint.semantics.project import Project

SYNTAX_ERROR = "TTL001"
NOT_FINISHED = "TTL003"
NOT_CHECKED = "not checked: "
_SCREEN = re.compile(rb"torch|noqa[^\n]*\bTTL\d", re.IGNORECASE)
# A class with a base, in a file that imports something: what derives from a Module of another file looks like this.
_INHERITS = re.compile(rb"^[ \t]*class[ \t]+\w+[ \t]*(\[.*\][ \t]*)?\([ \t]*[^)\s]", re.MULTILINE)
NOTEBOOK = ".ipynb"
# Runs the rules of these codes on the text of a path, given by keyword its absolute path and the project.
Find = Callable[..., list[Finding]]
# Fewer files are checked by one process, unless the user asks for more.
MANY_FILES = 16


def _as_they_come(results: Iterable[tuple[Work, Checked]], _total: int) -> Iterable[tuple[Work, Checked]]:
    return results


@dataclass(frozen=True, slots=True)
class Target:
    """A file to check: its absolute path, the path that reports show, its settings, its bytes where they are known."""

    path: str
    shown: str
    settings: Settings
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found; it was interrupted where not every file was checked; traces are those of our own mistakes.

    Of a baseline: how many findings it knows, how many of its entries are stale, and what is to be said about it.
    """

    findings: tuple[Finding, ...]
    files_checked: int
    interrupted: bool = False
    traces: tuple[str, ...] = ()
    known: int = 0
    stale: int = 0
    remarks: tuple[str, ...] = ()


def run(
    targets: Sequence[Target],
    *,
    progress: Callable[[Iterable[tuple[Work, Checked]], int], Iterable[tuple[Work, Checked]]] = _as_they_come,
    jobs: int = 1,
    workers: Workers | None = None,
    cache: Cache | None = None,
) -> Outcome:
    """Check files; what goes wrong with one is a finding, and the others are checked all the same.

    Args:
        targets: the files.
        progress: is given the results as they come in, and how many there will be; passes them on.
        jobs: how many processes do the work; one: this one; 0: as many as suit what there is to do.
        workers: starts them; processes of this machine unless given.
        cache: knows what was found before, and keeps what is found now.
    """
    stamp = f"{os.getpid()}-{time.monotonic_ns()}"
    work = [_work(target, stamp) for target in targets]
    done: dict[str, Checked] = {}
    interrupted = False
    with contextlib.closing(_results(work, jobs, workers, cache)) as results:
        try:
            for item, checked in progress(results, len(work)):
                done[item.path] = checked
        except KeyboardInterrupt:
            interrupted = True
    known = [done[item.path] for item in work if item.path in done]
    findings = in_order(finding for checked in known for finding in checked.findings)
    return Outcome(findings, len(known), interrupted, tuple(trace for checked in known for trace in checked.traces))


def default_jobs(files: int) -> int:
    """How many processes check so many files: one for few, as they often are one of several commands at once."""
    if files < MANY_FILES:
        return 1
    from torchtielint.processes import usable_cores

    return usable_cores()


def _work(target: Target, stamp: str) -> Work:
    settings = target.settings
    codes = settings.codes_for(target.path)
    return Work(target.path, target.shown, codes, settings.certainty, settings.catalogue, stamp, target.data)


def _results(
    work: Sequence[Work], jobs: int, workers: Workers | None, cache: Cache | None
) -> Generator[tuple[Work, Checked], None, None]:
    """Each file with what was found in it, now or before."""
    if cache is None:
        yield from _found_now(work, jobs, workers)
        return
    keys: dict[tuple[frozenset[str], Certainty], str] = {}
    rest: list[Work] = []
    with _no_cycles_sought():
        for item in work:
            key = _key(item, keys)
            found = None if item.data is not None else cache.look_up(item.path, key, item.shown)
            if found is None:
                rest.append(item)
            else:
                yield item, Checked(found)
    try:
        for item, checked in _found_now(rest, jobs, workers):
            if item.data is None and checked.own is not None and checked.relied is not None:
                cache.store(item.path, _key(item, keys), checked.findings, checked.own, checked.relied)
            yield item, checked
    finally:
        cache.save()


@contextlib.contextmanager
def _no_cycles_sought() -> Generator[None, None, None]:
    """Keep the collector from what a cache holds, none of which is garbage: it would take an eighth of a warm run."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _key(item: Work, known: dict[tuple[frozenset[str], Certainty], str]) -> str:
    """What of the settings changes what is found in a file."""
    chosen = (item.codes, item.certainty)
    if chosen not in known:
        known[chosen] = f"{item.certainty.name} {' '.join(sorted(item.codes))}"
    return known[chosen]


def _found_now(work: Sequence[Work], jobs: int, workers: Workers | None) -> Generator[tuple[Work, Checked], None, None]:
    """Each file with what is found in it."""
    jobs = min(jobs or default_jobs(len(work)), len(work))
    if jobs <= 1 and workers is None:
        project = functools.lru_cache(new_project)
        for item in work:
            yield item, check_work(item, project)
        return
    from torchtielint import processes

    chunks = in_chunks(work)
    for item, checked in processes.spread(
        check_chunk, chunks, workers=workers or processes.local_workers, jobs=min(jobs, len(chunks))
    ):
        yield item, _died(item) if checked is None else checked


def check_chunk(chunk: tuple[Work, ...]) -> tuple[Checked, ...]:
    """Check some files in a worker, which keeps what it read of others for the rest of the run."""
    return tuple(check_work(item, functools.partial(_project_of, item.run, item.copied)) for item in chunk)


@functools.lru_cache(maxsize=1)
def _project_of(_run: str, copied: tuple[str, str] | None) -> Project:
    """The project of a worker; another run reads its files anew."""
    return new_project() if copied is None else new_project(functools.partial(show_copied, copied))


def check_work(item: Work, project: Callable[[], Project]) -> Checked:
    """Check one file."""
    traces: list[str] = []
    opened: list[Project] = []

    def opening() -> Project:
        made = project()
        if not opened:
            made.ledger.start()
            opened.append(made)
        return made

    settings = Settings(item.catalogue, item.codes, certainty=item.certainty)
    before = stamps.times(item.path)
    try:
        data = Path(item.path).read_bytes() if item.data is None else item.data
    except OSError as error:
        return Checked(_not_checked(item, f"cannot be read: {error.strerror or error}"))
    found = check_source(data, path=item.shown, settings=settings, file=item.path, traces=traces, project=opening)
    unread = any(one.code == NOT_FINISHED and one.message.startswith(NOT_CHECKED) for one in found)
    if traces or unread:
        return Checked(found, tuple(traces))
    own = stamps.stamp(item.path, before, stamps.digest_of(data))
    placed = {note.path for one in found for note in one.notes}
    return Checked(found, (), own, opened[0].relied(item.path, placed) if opened else Relied())


def _died(item: Work) -> Checked:
    return Checked(_not_checked(item, "a process that checked this file died, and so did the next one", ours=True))


def open_cache(folder: str) -> Cache:
    """The results of earlier runs that a folder keeps."""
    from torchtielint.cache import Cache
    from torchtielint.cache_folder import version

    return Cache(folder, version=version(), read=ImportableTexts(), show=show)


def check_source(
    data: bytes | str,
    *,
    path: str,
    settings: Settings,
    file: str = "",
    traces: list[str] | None = None,
    project: Callable[[], Project] | None = None,
    find: Find | None = None,
) -> tuple[Finding, ...]:
    """Return what the selected rules find in one file, in reading order.

    Never raises for bad input: text that does not parse is one finding, a file that no parser survives another, a
    mistake of ours a third.

    Args:
        data: the file's bytes, or its text.
        path: how findings call the file.
        settings: which rules, how sure.
        file: the absolute path that patterns are matched against; `path` where it is not given.
        traces: takes the traceback of a mistake of ours.
        project: gives the files that this one may import; without, it is seen alone.
        find: runs the rules; `check_text` unless given.
    """
    traces = [] if traces is None else traces
    if not path.endswith(NOTEBOOK):
        return _checked(data, path=path, settings=settings, file=file, traces=traces, project=project, find=find)
    from torchtielint.notebook import read_notebook

    try:
        notebook = read_notebook(data)
    except UnreadableSourceError as error:
        reported = NOT_FINISHED in _codes(settings, file or path) and _SCREEN.search(_bytes(data)) is not None
        unread = _whole(NOT_FINISHED, f"{NOT_CHECKED}{error.message}", path, line=error.line)
        return (unread,) if reported else ()
    return check_notebook(notebook, path=path, settings=settings, file=file, traces=traces, project=project)


def check_program(
    text: str, *, path: str, settings: Settings, file: str, project: Callable[[], Project] | None = None
) -> tuple[Finding, ...]:
    """What is found in a text: that of a file, or the program of a notebook."""
    return _checked(text, path=path, settings=settings, file=file, traces=[], project=project)


def check_notebook(
    notebook: Notebook,
    *,
    path: str,
    settings: Settings,
    file: str = "",
    traces: list[str] | None = None,
    project: Callable[[], Project] | None = None,
    find: Find | None = None,
) -> tuple[Finding, ...]:
    """What is found in the cells of a notebook as one program; a cell that is no Python is one finding."""
    check = functools.partial(
        _checked,
        path=path,
        settings=settings,
        file=file,
        traces=[] if traces is None else traces,
        project=project,
        find=find,
    )
    found = check(notebook.program)
    broken: list[Finding] = []
    if any(one.code == SYNTAX_ERROR for one in found):
        rest, errors = notebook.without_broken_cells()
        for cell, wrong in errors:
            place = Range(Position(wrong.line, wrong.column), Position(wrong.line, wrong.column + 1), cell.number)
            broken.append(_whole(SYNTAX_ERROR, wrong.message, path, place=place))
        found = check(rest.program) if errors else found
    return in_order((*broken, *map(notebook.placed, found)))


def _codes(settings: Settings, file: str) -> frozenset[str]:
    return settings.codes_for(str(Path(file).absolute()))


def _bytes(data: bytes | str) -> bytes:
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data


def _checked(
    data: bytes | str,
    *,
    path: str,
    settings: Settings,
    file: str,
    traces: list[str],
    project: Callable[[], Project] | None,
    find: Find | None = None,
) -> tuple[Finding, ...]:
    """What is found in Python, in order."""
    codes = _codes(settings, file or path)
    raw = _bytes(data)
    named = _SCREEN.search(raw) is not None
    if not named and (project is None or not _INHERITS.search(raw)):
        return ()
    from torchtielint import suppression  # from here on there is something to do

    mistakes_of_ours = len(traces)
    text, found = _examined(data, path, codes, traces, functools.partial(_found, file=file, project=project, find=find))
    unfinished = any(one.code in (SYNTAX_ERROR, NOT_FINISHED) for one in found)
    if unfinished and not named and len(traces) == mistakes_of_ours:
        return ()  # nothing says that it is about torch, so that it cannot be read is not ours to report
    judged = codes - {suppression.UNUSED} if unfinished else codes  # else nobody knows which comments are needed
    try:
        kept = suppression.suppress(found, text, path=path, catalogue=settings.catalogue, enabled=judged)
    except Exception as error:  # a mistake of ours: what was found is reported all the same
        kept = [*found, _broken(error, path, traces)]
    return in_order(one for one in kept if one.code in codes and one.certainty >= settings.certainty)


def _examined(
    data: bytes | str,
    path: str,
    codes: frozenset[str],
    traces: list[str],
    find: Callable[[Source, frozenset[str]], list[Finding]],
) -> tuple[str, list[Finding]]:
    """The text of a file, empty where it has none, and what is found in it, or why nothing could be."""
    text = ""
    try:
        source = decode(data, path)
        text = source.text
        return text, find(source, codes)
    except UnreadableSourceError as error:
        return text, [_whole(NOT_FINISHED, f"{NOT_CHECKED}{error.message}", path, line=error.line, help_=error.hint)]
    except SourceSyntaxError as error:
        place = Range(Position(error.line, error.column), Position(error.line, error.column + 1))
        return text, [_whole(SYNTAX_ERROR, error.message, path, place=place)]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a mistake of ours must not end the run; a panic in libcst is no Exception
        return text, [_broken(error, path, traces)]


def _found(
    source: Source, codes: frozenset[str], *, file: str, project: Callable[[], Project] | None, find: Find | None
) -> list[Finding]:
    """What the rules find in a text, where it is one that they can read."""
    if "\0" in source.text:
        before = source.text[: source.text.index("\0")]
        line = before.count("\n") + 1
        raise SourceSyntaxError(line, len(before) - before.rfind("\n"), "source text cannot contain null bytes")
    named = "torch" in source.text.replace("torchtielint", "")
    if not named and project is None:
        return []
    from torchtielint.nesting import refuse_deep_nesting  # its patterns take a while to compile

    refuse_deep_nesting(source.text)
    if not named and not defines_modules_of_others(source.text, file, project):
        return []
    imports = None if project is None else project()
    return (find or check_text)(source.text, source.path, codes, file=file, project=imports)


def defines_modules_of_others(text: str, file: str, project: Callable[[], Project] | None) -> bool:
    """Whether a file that does not mention torch derives a class from a Module of another file."""
    if project is None:
        return False
    from torchtielint.semantics.hierarchy import defines_modules
    from torchtielint.semantics.index import index_source

    return defines_modules(index_source(text), file, project())


def check_text(
    text: str, path: str, codes: frozenset[str], *, file: str = "", project: Project | None = None
) -> list[Finding]:
    """Run the rules of these codes; everything that imports libcst is behind this function."""
    from torchtielint.checks import registry
    from torchtielint.checks import run as checks

    rules = registry.rules_of(codes)
    if not rules:
        return []
    found = checks.check_text(text, path=path, rules=rules, file=file, project=project)
    if project is not None:
        project.trim()
    return found


def catalogue() -> Catalogue:
    """The rules that exist, as the settings need them."""
    from torchtielint.checks.registry import all_rules

    rules = all_rules()
    return Catalogue(
        names={code: rule.name for code, rule in rules.items()},
        default=frozenset(code for code, rule in rules.items() if rule.default),
        always=frozenset({SYNTAX_ERROR, NOT_FINISHED}),
        targets={code: rule.transformers for code, rule in rules.items() if rule.transformers},
    )


def known_catalogue(cache: Cache | None) -> Catalogue:
    """The rules that exist, without importing them where an earlier run kept what they are."""
    kept = None if cache is None else cache.rules()
    if kept is None:
        made = catalogue()
        if cache is not None:
            cache.keep_rules(made)
        return made
    return kept


def unreadable_folder(path: str, reason: str) -> Finding:
    """What is reported about a folder that the walk could not enter."""
    return _whole(NOT_FINISHED, f"this folder cannot be read: {reason}", path)


def _whole(
    code: str, message: str, path: str, *, line: int = 1, place: Range | None = None, help_: str = ""
) -> Finding:
    """A finding of the engine's own about a file."""
    place = place or Range(Position(line, 1), Position(line, 1))
    name = "syntax-error" if code == SYNTAX_ERROR else "file-not-finished"
    return Finding(code, name, Severity.ERROR, Certainty.PROVEN, message, path, place, help=help_)


def _not_checked(item: Work, reason: str, *, ours: bool = False) -> tuple[Finding, ...]:
    if NOT_FINISHED not in item.codes:
        return ()
    help_ = f"a mistake of the linter's, or no memory left: report it with the file at {ISSUES_URL}" if ours else ""
    return (_whole(NOT_FINISHED, reason, item.shown, help_=help_),)


def _broken(error: BaseException, path: str, traces: list[str]) -> Finding:
    """What is reported where we made a mistake."""
    import traceback

    traces.append(f"{path}\n{traceback.format_exc()}")
    detail = " ".join(str(error).split())
    said = f"{type(error).__name__}: {detail[:200]}" if detail else type(error).__name__
    return _whole(
        NOT_FINISHED,
        f"torchtielint failed on this file ({said}), so findings may be missing",
        path,
        help_=f"a mistake of the linter's: report it with the file at {ISSUES_URL}; `--verbose` shows where",
    )


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of every report."""
    return tuple(sorted(findings, key=lambda finding: finding.sort_key))
