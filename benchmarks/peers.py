"""Run torchtielint and its peers on the same trees, in turn, and write what they take as a table and a plot.

Each tool is installed into an environment of its own, and all use the same cores. A tree is a copy of a package that
`scripts/ecosystem.py` pins and keeps. `--quick` measures a slice of timm only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from timing import ROOT, FailedError, Run, count_lines, machine, measured, python_files, say

sys.path.insert(0, str(ROOT / "scripts"))

from ecosystem import default_cache, unpacked  # the line above makes it importable
from ecosystem_table import PACKAGES, read_packages  # likewise

OWN, RUFF, TORCHFIX = "torchtielint", "ruff", "torchfix"
# A run of so many seconds is not repeated: its spread is small beside what it takes.
LONG = 20.0
SLICE = "timm/layers"
CHANGE = "# a line that was not there\n"


class Scenario(Enum):
    """What happened before a run, and what it is asked for."""

    COLD = "cold"
    WARM = "warm"
    CHANGED = "one changed file"
    NAMED = "one file by name"
    VERSION = "--version"


@dataclass(frozen=True, slots=True)
class Tool:
    """A linter as users run it, with its default rules and no configuration of the tree.

    Args:
        name: its command.
        requirement: what pip installs.
        arguments: come before the paths; `{cache}` and `{cores}` are filled in.
        keeps: whether it keeps results between runs; without, a warm run is a cold one.
        statuses: with which it may end where it did its work.
    """

    name: str
    requirement: str
    arguments: tuple[str, ...]
    keeps: bool = False
    statuses: tuple[int, ...] = (0, 1)


TOOLS = (
    Tool(
        OWN,
        str(ROOT),
        ("check", "--isolated", "--no-respect-gitignore", "--quiet", "--cache-dir", "{cache}", "--jobs", "{cores}"),
        keeps=True,
        statuses=(0, 1, 2),  # a template in a package is no Python, and said to be none
    ),
    Tool(
        RUFF,
        "ruff",
        ("check", "--isolated", "--no-respect-gitignore", "--quiet", "--cache-dir", "{cache}"),
        keeps=True,
    ),
    Tool(TORCHFIX, "torchfix", ("--jobs", "{cores}")),
    Tool("fixit", "fixit", ("--quiet", "lint"), statuses=tuple(range(8))),
)


@dataclass(frozen=True, slots=True)
class Tree:
    """What is linted: its name, its folder, and the file in it that is changed and named."""

    name: str
    folder: Path
    file: Path

    @property
    def size(self) -> tuple[int, int]:
        """How many files and lines it has."""
        files = python_files(self.folder)
        return len(files), count_lines(files)


@dataclass(frozen=True, slots=True)
class Measured:
    """The runs of one tool in one scenario over one tree."""

    tree: str
    tool: str
    scenario: Scenario
    runs: tuple[Run, ...]
    files: int = 0
    lines: int = 0

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(run.seconds for run in self.runs)


@dataclass(frozen=True, slots=True)
class Installed:
    """A tool in its environment."""

    tool: Tool
    folder: Path
    version: str

    def command(self, scenario: Scenario, tree: Tree, cache: Path, cores: int) -> list[str]:
        """The command line of a run."""
        program = str(self.folder / "bin" / self.tool.name)
        if scenario is Scenario.VERSION:
            return [program, "--version"]
        filled = [part.format(cache=cache, cores=cores) for part in self.tool.arguments]
        return [program, *filled, str(tree.file.relative_to(tree.folder)) if scenario is Scenario.NAMED else "."]


def installed(tool: Tool, environments: Path) -> Installed:
    """Install a tool into an environment of its own, unless it is there; this project is installed anew."""
    folder = environments / tool.name
    python = _environment(folder, tool.requirement)
    if tool.name == OWN:
        subprocess.run([*_pip(python), "--force-reinstall", "--no-deps", tool.requirement], check=True)
    ask = f"from importlib.metadata import version; print(version({tool.name!r}))"
    answer = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True)
    return Installed(tool, folder, answer.stdout.strip())


def _environment(folder: Path, requirement: str) -> str:
    """The Python of an environment, made where it is not there yet."""
    python = str(folder / "bin" / "python")
    complete = folder / "complete"
    if not complete.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([*_pip(python), requirement], check=True)
        complete.touch()
    return python


def _pip(python: str) -> list[str]:
    return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def trees(names: Sequence[str], cache: Path, scratch: Path, part: str = "") -> Iterator[Tree]:
    """Copies of packages, or of a part of each, that may be changed."""
    pinned = {package.name: package for package in read_packages(PACKAGES.read_text(encoding="utf-8"))}
    for name in names:
        package = pinned[name]
        folder = scratch / name
        shutil.copytree(unpacked(package, cache) / part, folder)
        files = [path for path in python_files(folder) if b"import torch" in path.read_bytes()]
        yield Tree(f"{part or name} {package.version}", folder, files[len(files) // 2])


def one_run(one: Installed, scenario: Scenario, tree: Tree, cache: Path, cores: int) -> Run:
    """Prepare what a scenario presumes, and run a tool."""
    if scenario is Scenario.COLD:
        shutil.rmtree(cache, ignore_errors=True)
    elif scenario in (Scenario.CHANGED, Scenario.NAMED):
        with tree.file.open("a", encoding="utf-8") as file:
            file.write(CHANGE)
    command = one.command(scenario, tree, cache, cores)
    run = measured(command, cwd=tree.folder, env={"RAYON_NUM_THREADS": str(cores)}, statuses=one.tool.statuses)
    if scenario in (Scenario.CHANGED, Scenario.NAMED) and one.tool.keeps:  # the next change is one change again
        measured(one.command(Scenario.WARM, tree, cache, cores), cwd=tree.folder, statuses=one.tool.statuses)
    return run


def in_turn(tools: Sequence[Installed], tree: Tree, scratch: Path, *, runs: int, cores: int) -> list[Measured]:
    """Every scenario with every tool, one after the other, so that what the machine does meets all of them alike."""
    found: dict[tuple[str, Scenario], list[Run]] = {}
    files, lines = tree.size
    for _ in range(runs):
        for scenario in Scenario:
            for one in tools:
                kept = one.tool.keeps or scenario not in (Scenario.WARM, Scenario.CHANGED)
                took = found.setdefault((one.tool.name, scenario), [])
                if kept and not (took and took[0].seconds > LONG):
                    took.append(one_run(one, scenario, tree, scratch / f"cache-{one.tool.name}", cores))
    return [
        Measured(tree.name, name, scenario, tuple(took), files, lines)
        for (name, scenario), took in found.items()
        if took
    ]


def table(measurements: Sequence[Measured], tools: Sequence[Installed]) -> Iterator[str]:
    """A row for each tool; what each run took stands behind the median."""
    by_place = {(one.tool, one.scenario): one for one in measurements}
    heads = ["tool", *(scenario.value for scenario in Scenario), "processor time, cold", "peak memory, cold"]
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for one in tools:
        name = one.tool.name
        cells = [f"{name} {one.version}"]
        cells += [_cell(by_place.get((name, scenario))) for scenario in Scenario]
        cold = by_place[name, Scenario.COLD].runs
        cells.append(f"{statistics.median(run.processor_seconds for run in cold):.2f} s")
        cells.append(f"{statistics.median(run.megabytes for run in cold):.0f} MB")
        yield f"| {' | '.join(cells)} |"


def _cell(one: Measured | None) -> str:
    if one is None:
        return "as cold"
    if len(one.runs) == 1:
        return f"{one.seconds:.2f} s (once)"
    shortest, longest = min(run.seconds for run in one.runs), max(run.seconds for run in one.runs)
    digits = 2 if one.seconds >= 0.1 else 3
    return f"{one.seconds:.{digits}f} s ({shortest:.{digits}f} to {longest:.{digits}f})"


def ratios(measurements: Sequence[Measured]) -> Iterator[str]:
    """How this linter compares with the one that parses everything, and with the fastest one."""
    seconds = {(one.tool, one.scenario): one.seconds for one in measurements}
    for peer, scenario in ((TORCHFIX, Scenario.COLD), (RUFF, Scenario.WARM)):
        own, other = seconds.get((OWN, scenario)), seconds.get((peer, scenario))
        if own and other:
            said = f"1/{other / own:.1f} of" if own < other else f"{own / other:.1f} times"
            yield f"A {scenario.value} run takes {said} what {peer} takes."


def as_data(measurements: Sequence[Measured]) -> list[dict[str, object]]:
    """The measurements as data, for the plot and for later."""
    return [
        {
            "tree": one.tree,
            "tool": one.tool,
            "scenario": one.scenario.value,
            "files": one.files,
            "lines": one.lines,
            "seconds": [run.seconds for run in one.runs],
            "processor_seconds": [run.processor_seconds for run in one.runs],
            "megabytes": [run.megabytes for run in one.runs],
        }
        for one in measurements
    ]


def draw(measurements: Sequence[Measured], environments: Path, file: Path) -> None:
    """Draw the plot, in an environment that has what it takes."""
    python = _environment(environments / "plot", "matplotlib")
    command = [python, str(Path(__file__).with_name("peers_plot.py")), str(file)]
    subprocess.run(command, check=True, input=json.dumps(as_data(measurements)), text=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the table and the plot."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packages", nargs="*", help="names [timm transformers]")
    parser.add_argument("--quick", action="store_true", help=f"{SLICE} only, three runs")
    parser.add_argument("--runs", type=int, help="of which the median counts; long ones are not repeated [5]")
    parser.add_argument("--tools", default=",".join(tool.name for tool in TOOLS), help="which tools [%(default)s]")
    parser.add_argument("--cores", type=int, default=len(_cores()), help="so many for each tool [%(default)s]")
    parser.add_argument("--output", type=Path, help="where the table goes, besides standard output")
    parser.add_argument("--data", type=Path, help="where the measurements go, as JSON")
    parser.add_argument("--plot", type=Path, help="where the plot goes; its suffix says in which format")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder of unpacked packages [%(default)s]")
    parser.add_argument("--environments", type=Path, default=default_cache().with_name("torchtielint-peers"))
    options = parser.parse_args(arguments)
    chosen = [tool for tool in TOOLS if tool.name in options.tools.split(",")]
    names = options.packages or (["timm"] if options.quick else ["timm", "transformers"])
    runs = options.runs or (3 if options.quick else 5)
    _use_cores(options.cores)
    tools = [installed(tool, options.environments.resolve()) for tool in chosen]
    found: list[Measured] = []
    lines = [f"{machine()}; {options.cores} used. Median of {runs}, and the range."]
    with tempfile.TemporaryDirectory() as scratch:
        for tree in trees(names, options.cache.resolve(), Path(scratch), SLICE if options.quick else ""):
            files, lines_there = tree.size
            try:
                some = in_turn(tools, tree, Path(scratch), runs=runs, cores=options.cores)
            except FailedError as error:
                raise SystemExit(str(error)) from error
            found += some
            lines += [
                "",
                f"**{tree.name}** ({files:,} files, {lines_there:,} lines)",
                "",
                *table(some, tools),
                "",
                *ratios(some),
            ]
    say("\n".join(lines))
    if options.output:
        options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if options.data:
        options.data.write_text(json.dumps(as_data(found), indent=1), encoding="utf-8")
    if options.plot:
        draw(found, options.environments.resolve(), options.plot.resolve())
    return 0


def _cores() -> set[int]:
    return os.sched_getaffinity(0) if sys.platform == "linux" else set(range(os.cpu_count() or 1))


def _use_cores(number: int) -> None:
    """Leave this process and those that it starts so many cores, where the system can do that."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, sorted(_cores())[:number])


if __name__ == "__main__":
    sys.exit(main())
