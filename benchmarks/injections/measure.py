"""Plan the cases, write them down, prove them under torch, and hold the linter's findings against their marks."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from injections.catalogue import Injection, Snippet, Way
from injections.hosts import Host
from injections.packages import ROOT, EcosystemError
from injections.processes import answered
from injections.render import OTHER_CLASS, OTHER_FUNCTION, PLAIN, SUBCLASS, Project, projects

Found = set[tuple[str, int, str]]  # file, line, code
_SHARDS = 4


@dataclass(slots=True)
class Case:
    """A mistake in one class, and its twin.

    Args:
        code: the rule.
        column: the way in which it is written, as the table calls it.
        name: what the folders of its projects end in.
        host: the class.
        bad: the mistake.
        good: its twin.
        invalid: why torch does not see it as planned; nothing where it does.
        found: what the linter reports on the mistake.
        flagged: what it reports on the twin, and not on the class as it was published.
    """

    code: str
    column: str
    name: str
    host: Host
    bad: Project
    good: Project
    invalid: str = ""
    found: Found = field(default_factory=set)
    flagged: Counter[str] = field(default_factory=Counter)

    @property
    def hit(self) -> bool:
        """Whether the rule is reported on one of the marked lines."""
        return any((file, line, self.code) in self.found for file, line in self.bad.marks)


def plan(injections: Sequence[Injection], hosts: Sequence[Host], *, each: int, seed: int) -> list[Case]:
    """The cases, half as many again as are wanted, since torch refuses some."""
    cases: list[Case] = []
    for injection in injections:
        for column, ways in _columns(injection).items():
            order = random.Random(f"{seed} {injection.code} {column}").sample(list(hosts), len(hosts))
            cases += _of_column(injection, column, ways, order, each + each // 2, first=len(cases))
    return cases


def _columns(injection: Injection) -> dict[str, list[tuple[Way, str]]]:
    """The ways of each column, with the variant in which they are written."""
    columns: dict[str, list[tuple[Way, str]]] = {}
    for way in injection.ways:
        columns.setdefault(way.name, []).append((way, PLAIN))
        script = isinstance(way.bad, Snippet) and way.bad == Snippet(below=way.bad.below)
        for variant in (SUBCLASS, OTHER_CLASS) if way.inherited else ():
            if not (script and variant == SUBCLASS):
                columns.setdefault(variant, []).append((way, variant))
        if way.imported:
            columns.setdefault(OTHER_FUNCTION, []).append((way, OTHER_FUNCTION))
    return columns


def _of_column(
    injection: Injection, column: str, ways: list[tuple[Way, str]], hosts: list[Host], wanted: int, *, first: int
) -> list[Case]:
    """Cases of one column: its ways in turn, each in classes of its own."""
    used: set[int] = set()

    def of_way(number: int, way: Way, variant: str) -> Iterator[Case]:
        for index, host in enumerate(hosts):
            if index in used:
                continue
            pair = projects(injection, way, variant, host, index)
            if pair is not None:
                used.add(index)
                yield Case(injection.code, column, f"{number}", host, *pair)

    rounds = zip_longest(*(of_way(number, way, variant) for number, (way, variant) in enumerate(ways)))
    cases: list[Case] = []
    for turn in rounds:
        for case in turn:
            if case is not None and len(cases) < wanted:
                case.name = f"{first + len(cases):05}_{case.code.lower()}"
                cases.append(case)
        if len(cases) == wanted:
            break
    return cases


def write(cases: Sequence[Case], root: Path) -> None:
    """Write the projects of each case, and its class as it was published, each into a package of its own."""
    for case in cases:
        for kind, files in (("bad", case.bad.files), ("good", case.good.files), ("base", {"model.py": case.host.text})):
            folder = root / f"{kind}_{case.name}"
            folder.mkdir()
            (folder / "__init__.py").touch()
            for name, text in files.items():
                (folder / name).write_text(text.replace("PACKAGE", folder.name), encoding="utf-8")


def prove(cases: Sequence[Case], root: Path, environment: Mapping[str, str], *, each: int, jobs: int) -> list[Case]:
    """Those cases of which torch says that the mistake has its effect and the twin has not, as many as are wanted."""
    tasks = [
        {
            "kind": "ask",
            "module": f"{kind}_{case.name}.{project.main}",
            "origin": f"{kind}_{case.name}.model",
            "name": project.kind,
            "arguments": case.host.arguments,
            "expression": project.effect,
        }
        for case in cases
        for kind, project in (("bad", case.bad), ("good", case.good))
    ]
    answers = answered(tasks, environment, folder=root, jobs=jobs)
    counts: Counter[tuple[str, str]] = Counter()
    proven = []
    for case, bad, good in zip(cases, answers[::2], answers[1::2], strict=True):
        if bad.get("value") is not True:
            case.invalid = f"mistake: {bad.get('error', 'no effect')}"
        elif good.get("value") is not False:
            case.invalid = f"twin: {good.get('error', 'has the effect')}"
        elif counts[case.code, case.column] < each:
            counts[case.code, case.column] += 1
            proven.append(case)
    return proven


def judge(cases: Sequence[Case], root: Path, *, jobs: int) -> None:
    """Lint the projects."""
    folders = sorted(f"{kind}_{case.name}" for case in cases for kind in ("bad", "good", "base"))
    codes = sorted({case.code for case in cases})
    shards = [folders[start::_SHARDS] for start in range(_SHARDS) if folders[start::_SHARDS]]
    with ThreadPoolExecutor(jobs) as pool:
        found: Found = set().union(*pool.map(lambda shard: _lint(shard, codes, root), shards))
    by_folder: dict[str, Found] = {}
    for path, line, code in found:
        folder, _, name = path.partition("/")
        by_folder.setdefault(folder, set()).add((name, line, code))
    for case in cases:
        bad, good, base = (by_folder.get(f"{kind}_{case.name}", set()) for kind in ("bad", "good", "base"))
        case.found = bad
        case.flagged = Counter(code for *_, code in good) - Counter(code for *_, code in base)


def _lint(folders: Sequence[str], codes: Sequence[str], root: Path) -> Found:
    command = [sys.executable, "-m", "torchtielint", "check", "--isolated", "--no-respect-gitignore", "--no-cache"]
    done = subprocess.run(
        [*command, "--output-format", "json", "--extend-select", ",".join(codes), *folders],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout.startswith("["):
        raise EcosystemError(f"the projects cannot be linted:\n{done.stderr}")
    findings = json.loads(done.stdout)
    return {(Path(one["filename"]).as_posix(), one["location"]["row"], one["code"]) for one in findings}
