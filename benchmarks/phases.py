"""Profile a cold run by phase: where the processor time of linting a tree goes, in one process and without a cache.

The run is sampled a few hundred times a second. A sample counts for the innermost function that belongs to a phase,
with the processor time that passed since the sample before it: so a long call into C, which no sample can interrupt,
counts in full for whoever made it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from timing import ROOT, count_lines, machine, python_files, say

sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from ecosystem import default_cache, unpacked  # noqa: E402  # the line above makes it importable
from ecosystem_table import PACKAGES, read_packages  # noqa: E402  # likewise

SLICE = "timm/layers"
INTERVAL = 0.003  # seconds of processor time
OWN = f"{os.sep}torchtielint{os.sep}"
IMPORTS, OTHER = "import modules", "anything else"
# The first that a path contains, in this order, says to which phase a function belongs.
PHASES = (
    ("<frozen importlib", IMPORTS),
    ("/libcst/_parser/", "parse"),
    ("/torchtielint/semantics/index.py", "index"),
    ("/torchtielint/semantics/lookup.py", "index"),
    ("/torchtielint/semantics/hashing.py", "index"),
    ("/torchtielint/semantics/screen/", "screen"),
    ("/torchtielint/semantics/mentions.py", "screen"),
    ("/torchtielint/semantics/", "interpret"),
    ("/torchtielint/torch_facts/", "interpret"),
    ("/torchtielint/checks/", "checks"),
    ("/torchtielint/repairs/", "checks"),
    ("/torchtielint/suppression.py", "checks"),
    ("/torchtielint/statements.py", "checks"),
    ("/torchtielint/report", "report"),
    ("/torchtielint/discovery.py", "read"),
    ("/torchtielint/patterns.py", "read"),
    ("/torchtielint/importable.py", "read"),
    ("/torchtielint/nesting.py", "read"),
    ("/torchtielint/source.py", "read"),
    ("/torchtielint/stamps.py", "read"),
    ("/torchtielint/engine.py", "read"),
)
ORDER = ("read", "index", "screen", "parse", "interpret", "checks", "report", IMPORTS, OTHER)


def phase_of(frame: FrameType | None) -> str:
    """The phase that a stack is in, its innermost function given."""
    while frame is not None:
        path = frame.f_code.co_filename.replace(os.sep, "/")
        for part, phase in PHASES:
            if part in path:
                return phase
        frame = frame.f_back
    return OTHER


def function_of(frame: FrameType | None) -> str:
    """The innermost function of this project in a stack."""
    while frame is not None:
        place, own, rest = frame.f_code.co_filename.rpartition(OWN)
        if own and place:
            return f"{rest}:{frame.f_code.co_firstlineno} {frame.f_code.co_name}"
        frame = frame.f_back
    return OTHER


class Sampler:
    """Where the processor time of this process went, in seconds."""

    def __init__(self) -> None:
        self.phases: Counter[str] = Counter()
        self.functions: Counter[str] = Counter()
        self._last = 0.0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Take samples while the block runs."""
        before = signal.signal(signal.SIGPROF, self._take)
        self._last = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    def _take(self, _signal: int, frame: FrameType | None) -> None:
        now = time.process_time()
        self.phases[phase_of(frame)] += now - self._last  # type: ignore[assignment]  # a Counter of seconds
        self.functions[function_of(frame)] += now - self._last  # type: ignore[assignment]  # likewise
        self._last = time.process_time()


def profiled(folder: Path) -> Sampler:
    """Lint a folder in this process, and keep what it prints to itself."""
    from torchtielint.cli import cli

    arguments = ["check", "--isolated", "--no-respect-gitignore", "--no-cache", "--jobs", "1", "--quiet", str(folder)]
    sampler = Sampler()
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        sampler.running(),
        contextlib.suppress(SystemExit),
    ):
        cli(arguments)
    return sampler


def table(seconds: Counter[str], names: Sequence[str]) -> Iterator[str]:
    """A row for each name that took any time."""
    total = sum(seconds.values()) or 1.0
    for name in names:
        if seconds[name]:
            yield f"| {name} | {seconds[name]:.2f} s | {100 * seconds[name] / total:.1f}% |"
    yield f"| all | {total:.2f} s | 100% |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "target", nargs="?", default=SLICE, help="a pinned package, a folder in one, or a path [%(default)s]"
    )
    parser.add_argument("--functions", type=int, default=0, help="list so many functions that took most")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder of unpacked packages [%(default)s]")
    options = parser.parse_args(arguments)
    folder = Path(options.target)
    if not folder.is_dir():
        name, _, part = options.target.partition("/")
        pinned = {package.name: package for package in read_packages(PACKAGES.read_text(encoding="utf-8"))}
        if name not in pinned:
            parser.error(f"{name} is no folder, and {PACKAGES.name} has none of that name")
        folder = unpacked(pinned[name], options.cache.resolve()) / (options.target if part else "")
    files = python_files(folder)
    sampler = profiled(folder)
    say(f"{machine()}. {options.target}: {len(files):,} files, {count_lines(files):,} lines.\n")
    say("| phase | processor time | share |\n|---|---|---|")
    say("\n".join(table(sampler.phases, ORDER)))
    if options.functions:
        most = [name for name, _ in sampler.functions.most_common(options.functions)]
        say("\n| function, with what it calls outside of this project | processor time | share |\n|---|---|---|")
        say("\n".join(table(sampler.functions, most)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
