"""Measure whole runs of the command over unpacked packages: wall time and peak memory of the process, median of n.

The packages are those that `scripts/ecosystem.py` pins and keeps.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from ecosystem import default_cache, unpacked  # noqa: E402  # the line above makes it importable
from ecosystem_table import PACKAGES, read_packages  # noqa: E402  # likewise


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took."""

    seconds: float
    processor_seconds: float
    megabytes: float


def measured(folder: Path) -> Run:
    """Lint a folder in a process of its own, from its start to its end."""
    command = [sys.executable, "-m", "torchtielint", "check", "--isolated", "--no-respect-gitignore", "--no-cache"]
    command += ["--jobs", "1", "--quiet", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            output.seek(0)
            raise SystemExit(f"the run over {folder} failed:\n{output.read().decode(errors='replace')}")
    kilobyte = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * kilobyte / 2**20)


def row(name: str, folder: Path, runs: int) -> str:
    """The medians of some runs over one package, as a row of the table."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in (".py", ".pyi")]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    took = [measured(folder) for _ in range(runs)]
    seconds = statistics.median(run.seconds for run in took)
    spread = f"{min(run.seconds for run in took):.1f} to {max(run.seconds for run in took):.1f}"
    processor = statistics.median(run.processor_seconds for run in took)
    peak = statistics.median(run.megabytes for run in took)
    cells = (name, f"{len(files):,}", f"{lines:,}", f"{seconds:.1f} s", spread, f"{processor:.1f} s")
    return f"| {' | '.join(cells)} | {lines / seconds:,.0f} | {peak:.0f} MB |"


def machine() -> str:
    """The machine and the interpreter, in one line."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        named = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores; {platform.system()}; {python}"


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


def say(line: str) -> None:
    """Print a line at once: a run over a large package takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
