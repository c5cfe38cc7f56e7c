"""What benchmarks of time share: a process that is measured from its start to its end, and the machine in one line."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KILOBYTE = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in


@dataclass(frozen=True, slots=True)
class Run:
    """What one command took, its own processes included; the memory is that of the largest of them."""

    seconds: float
    processor_seconds: float
    megabytes: float


class FailedError(Exception):
    """A command ended with a status that says that it did not do its work."""


def measured(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None, statuses: Collection[int] = (0, 1)
) -> Run:
    """Run a command to its end; what it prints goes to a file, as waiting for a reader is no work.

    Raises:
        FailedError: it ended with another status than those.
    """
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in statuses:
            output.seek(0)
            said = output.read().decode(errors="replace")
            raise FailedError(f"{' '.join(command)} ended with {process.returncode}:\n{said[-2000:]}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * KILOBYTE / 2**20)


def machine() -> str:
    """The machine and the interpreter, in one line."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        named = [line for line in information.read_text().splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores; {platform.system()}; {python}"


def python_files(folder: Path) -> list[Path]:
    """The Python files below a folder, in order."""
    return [path for path in sorted(folder.rglob("*")) if path.suffix in (".py", ".pyi")]


def count_lines(files: Sequence[Path]) -> int:
    """How many lines some files have in all."""
    return sum(path.read_bytes().count(b"\n") for path in files)


def say(line: str) -> None:
    """Print a line at once: a run over a large package takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
