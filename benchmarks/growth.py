"""Measure how time and memory grow: trees of ten thousand to a million lines, made of classes of a pinned package.

A tree of a size is as many copies of a slice as fill it, each in a package of its own, so that the lines of all sizes
are alike. Time for each line should not grow, and neither should the memory of the largest process.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from timing import ROOT, FailedError, Run, count_lines, machine, measured, python_files, say

sys.path.insert(0, str(ROOT / "scripts"))

from ecosystem import default_cache, unpacked  # the line above makes it importable
from ecosystem_table import PACKAGES, read_packages  # likewise

SLICE = "timm/layers"
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
QUICK = (10_000, 30_000)
ENOUGH = 60.0  # a run of so many seconds is not repeated


@dataclass(frozen=True, slots=True)
class Size:
    """One tree: how large it is, and what runs over it took."""

    files: int
    lines: int
    runs: tuple[Run, ...]

    @property
    def microseconds(self) -> float:
        """Processor time for each line: unlike wall time, it is the same beside other work."""
        return statistics.median(run.processor_seconds for run in self.runs) / self.lines * 1e6


def grow(source: Path, folder: Path, lines: int) -> None:
    """Fill a folder with copies of a package up to so many lines; the last copy is a part."""
    files = [path for path in python_files(source) if path.suffix == ".py"]
    folder.mkdir()
    number = 0
    while lines > 0:
        package = folder / f"copy_{number}"
        for path in files:
            place = package / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            lines -= count_lines([path])
            if lines <= 0:
                return
        number += 1


def measure(source: Path, lines: int, *, runs: int, jobs: int) -> Size:
    """Lint a tree of so many lines, without a cache."""
    command = [sys.executable, "-m", "torchtielint", "check", "--isolated", "--no-respect-gitignore", "--no-cache"]
    command += ["--quiet", "--exit-zero", "--jobs", str(jobs), "."]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "tree"
        grow(source, folder, lines)
        files = python_files(folder)
        took: list[Run] = []
        while len(took) < runs and not (took and took[0].seconds > ENOUGH):
            took.append(measured(command, cwd=folder, env={"PYTHONPATH": str(ROOT)}))
        return Size(len(files), count_lines(files), tuple(took))


def rows(sizes: Sequence[Size]) -> Iterator[str]:
    """A row for each size."""
    for size in sizes:
        seconds = statistics.median(run.seconds for run in size.runs)
        peak = statistics.median(run.megabytes for run in size.runs)
        growth = size.microseconds / sizes[0].microseconds
        cells = (f"{size.files:,}", f"{size.lines:,}", f"{seconds:.1f} s", f"{size.microseconds:.0f} µs")
        yield f"| {' | '.join(cells)} | {growth:.2f} | {peak:.0f} MB |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; with a limit, exit with 1 where time for each line grows beyond it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"up to {QUICK[-1]:,} lines only")
    parser.add_argument(
        "--runs", type=int, default=3, help="of which the median counts; long ones run once [%(default)s]"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes at once [%(default)s]")
    parser.add_argument("--at-most", type=float, help="how many times the time for each line may grow, as 1.3")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder of unpacked packages [%(default)s]")
    options = parser.parse_args(arguments)
    pinned = {package.name: package for package in read_packages(PACKAGES.read_text(encoding="utf-8"))}
    package = pinned[SLICE.partition("/")[0]]
    source = unpacked(package, options.cache.resolve()) / SLICE
    sizes: list[Size] = []
    say(f"{machine()}; {options.jobs} used. Copies of {SLICE} {package.version}.\n")
    say("| files | lines | wall time | processor time a line | growth | largest process |\n|---|---|---|---|---|---|")
    for lines in QUICK if options.quick else SIZES:
        try:
            sizes.append(measure(source, lines, runs=options.runs, jobs=options.jobs))
        except FailedError as error:
            raise SystemExit(str(error)) from error
        say(list(rows(sizes))[-1])
    most = max(size.microseconds for size in sizes) / sizes[0].microseconds
    return 1 if options.at_most is not None and most > options.at_most else 0


if __name__ == "__main__":
    sys.exit(main())
