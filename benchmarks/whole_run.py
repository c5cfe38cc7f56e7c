"""Measure whole runs of the command over unpacked packages: wall time and peak memory of the process, median of n.

The packages are those that `scripts/ecosystem.py` pins and keeps.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from timing import ROOT, FailedError, Run, count_lines, machine, measured, python_files, say

sys.path.insert(0, str(ROOT / "scripts"))

from ecosystem import default_cache, unpacked  # the line above makes it importable
from ecosystem_table import PACKAGES, read_packages  # likewise


def linted(folder: Path) -> Run:
    """Lint a folder in a process of its own, from its start to its end."""
    command = [sys.executable, "-m", "torchtielint", "check", "--isolated", "--no-respect-gitignore", "--no-cache"]
    try:
        return measured([*command, "--jobs", "1", "--quiet", "."], cwd=folder, env={"PYTHONPATH": str(ROOT)})
    except FailedError as error:
        raise SystemExit(str(error)) from error


def row(name: str, folder: Path, runs: int) -> str:
    """The medians of some runs over one package, as a row of the table."""
    files = python_files(folder)
    lines = count_lines(files)
    took = [linted(folder) for _ in range(runs)]
    seconds = statistics.median(run.seconds for run in took)
    spread = f"{min(run.seconds for run in took):.1f} to {max(run.seconds for run in took):.1f}"
    processor = statistics.median(run.processor_seconds for run in took)
    peak = statistics.median(run.megabytes for run in took)
    cells = (name, f"{len(files):,}", f"{lines:,}", f"{seconds:.1f} s", spread, f"{processor:.1f} s")
    return f"| {' | '.join(cells)} | {lines / seconds:,.0f} | {peak:.0f} MB |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packages", nargs="*", default=["timm", "transformers"], help="names [timm transformers]")
    parser.add_argument("--runs", type=int, default=3, help="runs over each, of which the median counts [%(default)s]")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder of unpacked packages [%(default)s]")
    options = parser.parse_args(arguments)
    pinned = {package.name: package for package in read_packages(PACKAGES.read_text(encoding="utf-8"))}
    if unknown := set(options.packages) - pinned.keys():
        parser.error(f"{PACKAGES.name} has no {', '.join(sorted(unknown))}")
    say(f"{machine()}. Median of {options.runs}.\n")
    say("| package | files | lines | wall time | from, to | processor time | lines a second | peak memory |")
    say("|---|---|---|---|---|---|---|---|")
    for name in options.packages:
        package = pinned[name]
        folder = unpacked(package, options.cache.resolve())
        say(row(f"{name} {package.version}", folder, options.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
