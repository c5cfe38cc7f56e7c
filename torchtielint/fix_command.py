"""`torchtielint check` with `--fix`, `--fix-only` or `--diff`: from what a run found to files that are repaired."""

from __future__ import annotations

import difflib
import functools
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from torchtielint import engine
from torchtielint.command import FAILED, FOUND, OK, CheckOptions, exit_code, write
from torchtielint.engine import Outcome, Target
from torchtielint.errors import PathError, UnreadableSourceError
from torchtielint.findings import Applicability, Certainty, Finding, Fix
from torchtielint.fixing import Fixable, FixableT, Fixed, Refused, fix_source
from torchtielint.ignoring import ignore_edit
from torchtielint.importable import new_project
from torchtielint.reporters.style import visible
from torchtielint.reporters.summary import count
from torchtielint.source import decode
from torchtielint.suppression import UNUSED
from torchtielint.writing import ChangedMeanwhileError, replace_content

if TYPE_CHECKING:
    from torchtielint.semantics.project import Project

_LINES = re.compile(r"[^\n]*\n|[^\n]+")  # `splitlines` would split at form feeds


class Fixing(Protocol):
    """Which findings are fixed, and how."""

    def prepared(self, finding: Finding, text: str) -> Finding:
        """A finding of a text with the fix that it is to have."""

    def wanted(self, finding: Finding) -> bool:
        """Whether a finding is to be fixed."""


@dataclass(frozen=True, slots=True)
class OwnFixes:
    """The fixes that findings have; the unsafe ones where they are asked for."""

    unsafe: bool = False

    def prepared(self, finding: Finding, _text: str) -> Finding:
        """The finding as it is."""
        return finding

    def wanted(self, finding: Finding) -> bool:
        """Whether the fix of a finding is asked for."""
        return finding.fix is not None and (self.unsafe or finding.fix.applicability is Applicability.SAFE)


@dataclass(frozen=True, slots=True)
class Ignores:
    """Comments that silence some findings, given by path, code and message, with a reason."""

    reason: str
    among: frozenset[tuple[str, str, str]]

    def prepared(self, finding: Finding, text: str) -> Finding:
        """The finding with a comment as its fix."""
        edit = ignore_edit(text, finding.range.start.line, finding.code, self.reason)
        fix = None if edit is None else Fix("silence it by a comment", Applicability.SAFE, (edit,))
        return replace(finding, fix=fix)

    def wanted(self, finding: Finding) -> bool:
        """Whether a comment may silence a finding: none about the file, or about a comment."""
        about_files = (engine.SYNTAX_ERROR, engine.NOT_FINISHED, UNUSED)
        return finding.code not in about_files and (finding.path, finding.code, finding.message) in self.among


@dataclass(slots=True)
class Repairs:
    """What was done to files.

    Args:
        made: the findings that were fixed, by the file as reports show it.
        refused: those whose fixes could not be verified.
        diffs: the lines of unified diffs.
        failures: why files could not be written.
        content: what standard input is after the fixes.
    """

    made: dict[str, list[Finding]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    diffs: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    content: bytes | None = None

    @property
    def count(self) -> int:
        """How many findings were fixed."""
        return sum(map(len, self.made.values()))


def repair(
    targets: Sequence[Target],
    outcome: Outcome,
    fixing: Fixing,
    *,
    dry: bool,
    rerun: Callable[[], Outcome],
) -> tuple[Repairs, Outcome]:
    """Fix what a run found until nothing is left that can be; a fix in one file may call for one in another.

    Args:
        targets: the files of the run.
        outcome: what it found.
        fixing: which findings are fixed, and how.
        dry: write nothing.
        rerun: checks the files again.

    Returns:
        What was done, and what is found now.
    """
    done = Repairs()
    left_alone: set[str] = set()
    while True:
        fixable = {one.path for one in outcome.findings if fixing.wanted(one)} - left_alone
        project = functools.lru_cache(new_project)
        written = False
        for target in targets:
            if target.shown in fixable:
                left_alone.add(target.shown)
                if _repair(target, done, project, fixing, dry=dry):
                    written = True
        if not written:
            return done, outcome
        outcome = rerun()


def _repair(target: Target, done: Repairs, project: Callable[[], Project], fixing: Fixing, *, dry: bool) -> bool:
    """Fix one file; return whether it was written."""
    try:
        data = Path(target.path).read_bytes() if target.data is None else target.data
        source = fixable(data, target.shown)
    except (OSError, UnreadableSourceError):
        return False  # it changed since it was checked; the next run says what is wrong with it
    fixed = fixed_source(source, target, project, fixing)
    done.refused += fixed.refused
    if not fixed.made:
        return False
    if dry:
        done.diffs += diff(source, fixed.source, target.shown)
    elif target.data is not None:
        done.content = fixed.source.encode()
    else:
        try:
            replace_content(target.path, old=data, new=fixed.source.encode())
        except ChangedMeanwhileError:
            done.warnings.append(f"`{visible(target.shown)}` changed meanwhile, and was left alone")
            return False
        except PathError as error:
            done.failures.append(error.message.replace(target.path, visible(target.shown)))
            return False
    done.made.setdefault(target.shown, []).extend(fixed.made)
    return not dry and target.data is None


def fixable(data: bytes, shown: str) -> Fixable:
    """What fixes change of a file.

    Raises:
        UnreadableSourceError: it has no text that can be changed.
    """
    if not shown.endswith(engine.NOTEBOOK):
        return decode(data, shown)
    from torchtielint.notebook_fixes import Cells

    return Cells.of(data)


def fixed_source(source: FixableT, target: Target, project: Callable[[], Project], fixing: Fixing) -> Fixed[FixableT]:
    """One file's source after its fixes; rules that are off in this run are watched as well."""
    settings = target.settings
    codes = settings.codes_for(target.path)
    chosen = replace(settings, codes=codes, per_file_ignores=())
    watched = replace(
        chosen,
        codes=codes | settings.catalogue.default,
        certainty=min(settings.certainty, Certainty.LIKELY),
    )

    @functools.lru_cache(maxsize=4)
    def findings(text: str, *, all_of_them: bool) -> tuple[Finding, ...]:
        rules = watched if all_of_them else chosen
        return engine.check_program(text, path=target.shown, settings=rules, file=target.path, project=project)

    same = watched == chosen
    return fix_source(
        source,
        check=lambda text: [fixing.prepared(one, text) for one in findings(text, all_of_them=same)],
        guard=lambda text: findings(text, all_of_them=True),
        wanted=fixing.wanted,
    )


def diff(before: Fixable, after: Fixable, path: str) -> Iterator[str]:
    """A unified diff, as `patch` reads it; of a notebook that of its program."""
    old, new = (_LINES.findall(one.text) for one in (before, after))
    for line in difflib.unified_diff(old, new, path, path):
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def described(done: Repairs, *, every: bool, would: bool = False) -> Iterator[str]:
    """What was fixed, file by file where all of it is asked for."""
    if every:
        for path, findings in sorted(done.made.items()):
            yield f"{visible(path)}:"
            counted = Counter((one.code, one.name, one.fix.message if one.fix else "") for one in findings)
            yield from (
                f"  {number} × {code} [{name}] {what}" for (code, name, what), number in sorted(counted.items())
            )
    if done.count:
        yield f"{'Would fix' if would else 'Fixed'} {count(done.count, 'finding')} in {count(len(done.made), 'file')}."
    if done.refused and not every and not would:
        what = "1 fix was" if len(done.refused) == 1 else f"{len(done.refused):,} fixes were"
        yield f"{what} not made, as the result would not be right: `--show-fixes` says why."
    for one in done.refused if every else ():
        start = one.finding.range.start
        yield f"not fixed: {visible(one.finding.path)}:{start.line}: {one.finding.code}: {visible(one.reason)}"


def run_fixes(
    targets: Sequence[Target],
    outcome: Outcome,
    options: CheckOptions,
    *,
    rerun: Callable[[], Outcome],
    show: Callable[..., None],
) -> int:
    """Fix what a run found, show what is left, and return the exit code."""
    done, outcome = repair(targets, outcome, OwnFixes(unsafe=options.unsafe_fixes), dry=options.diff, rerun=rerun)
    if options.diff:
        write(done.diffs, sys.stdout)
        _say(described(done, every=options.show_fixes, would=True), options)
        return max(FOUND if done.diffs else OK, exit_code(outcome, options) if failed(outcome) else OK)
    stdin = next((target for target in targets if target.data is not None), None)
    if stdin is not None:
        sys.stdout.buffer.write((stdin.data or b"") if done.content is None else done.content)
        sys.stdout.buffer.flush()
        if done.content is not None:
            targets = [replace(stdin, data=done.content)]
            outcome = engine.run(targets)
    if not options.fix_only:
        show(outcome, targets, stream=sys.stdout if stdin is None else sys.stderr)
    _say(described(done, every=options.show_fixes), options)
    _say(done.warnings, options)
    for failure in done.failures:
        sys.stderr.write(f"error: {failure}\n")
    if done.failures:
        return FAILED
    if options.fix_only and not failed(outcome):
        return FOUND if done.made and options.exit_non_zero_on_fix else OK
    return max(exit_code(outcome, options), FOUND if done.made and options.exit_non_zero_on_fix else OK)


def run_add_ignore(targets: Sequence[Target], outcome: Outcome, options: CheckOptions) -> int:
    """Silence what a run found by comments; return the exit code."""
    reason = " ".join((options.add_ignore or "").split())
    shown = frozenset((one.path, one.code, one.message) for one in outcome.findings)
    fixing = Ignores(reason, shown)
    done, _ = repair(targets, outcome, fixing, dry=options.diff, rerun=lambda: replace(outcome, findings=()))
    left = len(shown) - len({(path, one.code, one.message) for path, made in done.made.items() for one in made})
    write(done.diffs, sys.stdout)
    if done.content is not None:
        sys.stdout.buffer.write(done.content)
        sys.stdout.buffer.flush()
    verb = "Would silence" if options.diff else "Silenced"
    _say([f"{verb} {count(done.count, 'finding')} in {count(len(done.made), 'file')}."], options)
    if left:
        _say([f"{count(left, 'finding')} cannot be silenced by a comment."], options)
    _say(done.warnings, options)
    for failure in done.failures:
        sys.stderr.write(f"error: {failure}\n")
    return FAILED if done.failures or failed(outcome) else FOUND if options.diff and done.diffs else OK


def failed(outcome: Outcome) -> bool:
    """Whether a run could not do all of its work."""
    return outcome.interrupted or any(one.code == engine.NOT_FINISHED for one in outcome.findings)


def _say(lines: Iterable[str], options: CheckOptions) -> None:
    if not options.quiet:
        sys.stdout.flush()
        sys.stderr.writelines(f"{line}\n" for line in lines)
