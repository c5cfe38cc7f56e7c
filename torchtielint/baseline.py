"""The baseline: findings that a project lives with for now, counted by path, code and symbol."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from torchtielint import engine
from torchtielint.config import Settings, shown
from torchtielint.engine import Outcome, Target
from torchtielint.errors import ConfigError, PathError, UsageError
from torchtielint.findings import Certainty, Finding
from torchtielint.reporters.style import visible
from torchtielint.reporters.summary import count

if TYPE_CHECKING:
    from torchtielint.command import CheckOptions

VERSION = 1
DEFAULT_NAME = "torchtielint-baseline.json"
# A file that cannot be checked to its end is nothing to live with: who knows what is in it.
NEVER_KNOWN = frozenset({engine.SYNTAX_ERROR, engine.NOT_FINISHED})


@dataclass(frozen=True, order=True, slots=True)
class Key:
    """What makes findings the same one for a baseline; the path is relative to its folder, with `/`."""

    path: str
    code: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline file says.

    Args:
        file: its absolute path.
        counts: how many findings of each key there were.
        certainty: from which certainty on they were counted.
    """

    file: str
    counts: Mapping[Key, int]
    certainty: Certainty = Certainty.LIKELY

    def apply(self, outcome: Outcome, targets: Sequence[Target]) -> Outcome:
        """A run without what is known.

        Where there are more of a key than are known, all are shown, as nobody can tell the new one from the others.
        What is no longer found, in files that were checked or are gone, is stale: room in which a new finding would
        not be seen.
        """
        paths = self._paths(targets)
        found = self._count(outcome.findings, paths)
        kept = [
            one
            for one in outcome.findings
            if one.code in NEVER_KNOWN or found[key := self._key(one, paths)] > self.counts.get(key, 0)
        ]
        stale = [] if outcome.interrupted else sorted(self._stale(outcome, targets, found))
        crowded = sorted(key for key in found if 0 < self.counts.get(key, 0) < found[key])
        return replace(
            outcome,
            findings=tuple(kept),
            known=len(outcome.findings) - len(kept),
            stale=len(stale),
            remarks=(
                *(f"more than the baseline knows: {self._said(key, found)}" for key in crowded),
                *(f"stale in the baseline: {self._said(key, found)}" for key in stale),
                *([f"`--write-baseline` removes what is stale from {shown(Path(self.file))}"] if stale else []),
            ),
        )

    def updated(self, outcome: Outcome, targets: Sequence[Target]) -> Baseline:
        """The baseline that knows what a run found; what the run could not have found stays as it is."""
        found = self._count(outcome.findings, self._paths(targets))
        judged = self._judged(outcome, targets)
        kept = {key: number for key, number in self.counts.items() if not self._could_find(key, judged)}
        levels = [target.settings.certainty for target in targets] + ([self.certainty] if kept or not targets else [])
        return replace(self, counts={**kept, **found}, certainty=min(levels))

    def rewritten(self, outcome: Outcome, targets: Sequence[Target]) -> tuple[Outcome, str]:
        """Write the updated baseline; return what is left of the run, and what was done.

        Raises:
            PathError: it cannot be written.
        """
        made = self.updated(outcome, targets)
        made.write()
        number = count(sum(made.counts.values()), "finding")
        files = count(len({key.path for key in made.counts}), "file")
        return made.apply(outcome, targets), f"wrote {number} in {files} to {visible(shown(Path(made.file)))}"

    def write(self) -> None:
        """Write the file, a line for each entry, in an order that does not depend on the run.

        Raises:
            PathError: it cannot be written.
        """
        tree: dict[str, dict[str, dict[str, int]]] = {}
        for key, number in sorted(self.counts.items()):
            tree.setdefault(key.path, {}).setdefault(key.code, {})[key.symbol] = number
        document = {"version": VERSION, "certainty": self.certainty.name.lower(), "findings": tree}
        try:
            Path(self.file).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8", newline="\n")
        except OSError as error:
            raise PathError(f"`{shown(Path(self.file))}` cannot be written: {error.strerror}") from error

    def _count(self, findings: Iterable[Finding], paths: Mapping[str, str]) -> Counter[Key]:
        """How many findings there are of each key."""
        return Counter(self._key(one, paths) for one in findings if one.code not in NEVER_KNOWN)

    def _key(self, finding: Finding, paths: Mapping[str, str]) -> Key:
        """The key of a finding, where `paths` has those of files as reports show them."""
        path = paths.get(finding.path) or _relative(str(Path(finding.path).absolute()), str(Path(self.file).parent))
        return Key(path, finding.code, finding.symbol)

    def _paths(self, targets: Sequence[Target]) -> dict[str, str]:
        """The path of each file for keys, by the path that reports show."""
        folder = str(Path(self.file).parent)
        return {target.shown: _relative(target.path, folder) for target in targets}

    def _stale(self, outcome: Outcome, targets: Sequence[Target], found: Mapping[Key, int]) -> Iterable[Key]:
        judged = self._judged(outcome, targets)
        for key, number in self.counts.items():
            if found.get(key, 0) < number and self._could_find(key, judged):
                yield key

    def _said(self, key: Key, found: Mapping[Key, int]) -> str:
        name = f"{key.path}: {key.code} {key.symbol}".rstrip()
        return f"{name} ({self.counts[key]} known, {found.get(key, 0)} found)"

    def _judged(self, outcome: Outcome, targets: Sequence[Target]) -> dict[str, frozenset[str]]:
        """The codes that a run looked for in each file that it checked to its end, as surely as was counted."""
        unfinished = {one.path for one in outcome.findings if one.code in NEVER_KNOWN}
        paths = self._paths(targets)
        return {
            paths[target.shown]: target.settings.codes_for(target.path)
            for target in targets
            if target.shown not in unfinished and target.settings.certainty <= self.certainty
        }

    def _could_find(self, key: Key, judged: Mapping[str, frozenset[str]]) -> bool:
        if key.path in judged:
            return key.code in judged[key.path]
        return not Path(self.file).parent.joinpath(key.path).exists()


def chosen(options: CheckOptions, settings: Settings) -> Baseline:
    """The baseline of these options, or of the settings; an empty one where one is to be made.

    Raises:
        UsageError: it is to be written by a run that changes files.
        ConfigError: it cannot be read, or is none.
    """
    if options.write_baseline and options.fixes:
        raise UsageError("`--write-baseline` and fixes contradict each other", hint="fix first, then write")
    named = settings.baseline if options.baseline is None else options.baseline
    if not named:
        beside_configuration = settings.source and not options.config
        folder = Path(settings.source).parent if beside_configuration else Path.cwd()
        named = str(folder / DEFAULT_NAME)
    file = str(Path(named).absolute())
    return Baseline(file, {}) if options.write_baseline and not Path(file).exists() else read(file)


def read(file: str) -> Baseline:
    """Read a baseline.

    Raises:
        ConfigError: it cannot be read, or is none.
    """
    try:
        document = json.loads(Path(file).read_text(encoding="utf-8"))
        if document["version"] != VERSION:
            raise ConfigError(f"{shown(Path(file))} is a baseline of another version: {document['version']!r}")
        counts = {
            Key(str(path), str(code), str(symbol)): _number(number)
            for path, codes in document["findings"].items()
            for code, symbols in codes.items()
            for symbol, number in symbols.items()
        }
        return Baseline(str(Path(file).absolute()), counts, Certainty[str(document["certainty"]).upper()])
    except OSError as error:
        hint = "`--write-baseline` makes one" if isinstance(error, FileNotFoundError) else ""
        raise ConfigError(f"the baseline {shown(Path(file))} cannot be read: {error.strerror}", hint=hint) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError(
            f"{shown(Path(file))} is no baseline", hint="remove it, and write it anew: `--write-baseline`"
        ) from error


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError
    return value


def _relative(path: str, folder: str) -> str:
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:  # another drive
        return path.replace(os.sep, "/")
