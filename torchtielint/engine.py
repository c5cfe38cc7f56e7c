"""The pipeline: find files, decode, screen, check, suppress, sort."""

from __future__ import annotations

import functools
import re
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchtielint import suppression
from torchtielint.config import Settings, shown
from torchtielint.errors import ISSUES_URL, SourceSyntaxError, UnreadableSourceError
from torchtielint.findings import Certainty, Finding, Position, Range, Severity
from torchtielint.nesting import refuse_deep_nesting
from torchtielint.selectors import Catalogue
from torchtielint.source import Source, decode

if TYPE_CHECKING:
    from torchtielint.semantics.project import Project

SYNTAX_ERROR = "TTL001"
NOT_FINISHED = "TTL003"
_SCREEN = re.compile(rb"torch|noqa[^\n]*\bTTL\d", re.IGNORECASE)
# A class with a base, in a file that imports something: what derives from a Module of another file looks like this.
_INHERITS = re.compile(rb"^[ \t]*class[ \t]+\w+[ \t]*(\[.*\][ \t]*)?\([ \t]*[^)\s]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Target:
    """A file to check: its absolute path, the path that reports show, its settings, its bytes where they are known."""

    path: str
    shown: str
    settings: Settings
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found; it was interrupted where not every file was checked; traces are those of our own mistakes."""

    findings: tuple[Finding, ...]
    files_checked: int
    interrupted: bool = False
    traces: tuple[str, ...] = ()


def run(targets: Sequence[Target], *, progress: Callable[[Sequence[Target]], Iterable[Target]] = iter) -> Outcome:
    """Check files one by one; what goes wrong with one is a finding, and the others are checked all the same."""
    findings: list[Finding] = []
    traces: list[str] = []
    project = functools.lru_cache(new_project)
    checked = 0
    try:
        for target in progress(targets):
            try:
                data = Path(target.path).read_bytes() if target.data is None else target.data
            except OSError as error:
                findings += _not_read(target, error.strerror or str(error))
            else:
                findings += check_source(
                    data,
                    path=target.shown,
                    settings=target.settings,
                    file=target.path,
                    traces=traces,
                    project=project,
                )
            checked += 1
    except KeyboardInterrupt:
        return Outcome(in_order(findings), checked, interrupted=True, traces=tuple(traces))
    return Outcome(in_order(findings), checked, traces=tuple(traces))


def new_project() -> Project:
    """The files that linted ones may import, none of them read yet."""
    from torchtielint.semantics.project import Project

    return Project(_importable_text, lambda file: shown(Path(file)))


def _importable_text(file: str) -> str | None:
    """The text of a file that another one imports; None where it cannot be analysed, as is said where it is linted."""
    try:
        text = decode(Path(file).read_bytes(), file).text
        refuse_deep_nesting(text)
    except (OSError, UnreadableSourceError, SourceSyntaxError):
        return None
    return None if "\0" in text else text


def check_source(
    data: bytes | str,
    *,
    path: str,
    settings: Settings,
    file: str = "",
    traces: list[str] | None = None,
    project: Callable[[], Project] | None = None,
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
    """
    traces = [] if traces is None else traces
    codes = settings.codes_for(file or str(Path(path).absolute()))
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    named = _SCREEN.search(raw) is not None
    if not named and (project is None or not _INHERITS.search(raw)):
        return ()
    mistakes_of_ours = len(traces)
    text, found = _examined(data, path, codes, traces, functools.partial(_found, file=file, project=project))
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
        return text, [_whole(NOT_FINISHED, f"not checked: {error.message}", path, line=error.line, help_=error.hint)]
    except SourceSyntaxError as error:
        place = Range(Position(error.line, error.column), Position(error.line, error.column + 1))
        return text, [_whole(SYNTAX_ERROR, error.message, path, place=place)]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a mistake of ours must not end the run; a panic in libcst is no Exception
        return text, [_broken(error, path, traces)]


def _found(source: Source, codes: frozenset[str], *, file: str, project: Callable[[], Project] | None) -> list[Finding]:
    """What the rules find in a text, where it is one that they can read."""
    if "\0" in source.text:
        before = source.text[: source.text.index("\0")]
        line = before.count("\n") + 1
        raise SourceSyntaxError(line, len(before) - before.rfind("\n"), "source text cannot contain null bytes")
    named = "torch" in source.text.replace("torchtielint", "")
    if not named and project is None:
        return []
    refuse_deep_nesting(source.text)
    if not named and not defines_modules_of_others(source.text, file, project):
        return []
    return check_text(source.text, source.path, codes, file=file, project=None if project is None else project())


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

    rules = [rule for code, rule in registry.all_rules().items() if code in codes and rule.checks]
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


def _not_read(target: Target, reason: str) -> tuple[Finding, ...]:
    if NOT_FINISHED not in target.settings.codes_for(target.path):
        return ()
    return (_whole(NOT_FINISHED, f"cannot be read: {reason}", target.shown),)


def _broken(error: BaseException, path: str, traces: list[str]) -> Finding:
    """What is reported where we made a mistake."""
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
