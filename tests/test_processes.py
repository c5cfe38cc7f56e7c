"""Work spread over processes: the same findings, whatever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT, listening, torchtielint

from torchtielint import engine, processes
from torchtielint.engine import Target, run
from torchtielint.findings import Certainty
from torchtielint.work import Work, in_chunks

HEADER = f"""
import os, signal, sys, time
from pathlib import Path
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from conftest import CATALOGUE, fake_check
from torchtielint import engine, processes, work
from torchtielint.config import settings_from_layers
SETTINGS = settings_from_layers(CATALOGUE, [], folder="/")
def check(text, path, codes, **where):
    with open("log", "a") as log:
        log.write(path + " " + str(os.getpid()) + "\\n")
    if "hang()" in text:
        time.sleep(60)
    if "die_once()" in text and Path("log").read_text().count(path) == 1 or "die()" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    return fake_check(text, path, codes)
engine.check_text = check
targets = [engine.Target(str(path.absolute()), path.name, SETTINGS) for path in sorted(Path().glob("*.py"))]
"""
SHOW = """
outcome = engine.run(targets, jobs=JOBS)
for one in outcome.findings:
    print(one.path, one.code, one.message)
print(outcome.files_checked, outcome.interrupted)
"""
MISTAKE = "import torch\nmistake(TTL301)\n"


def start(folder: Path, jobs: int, script: str = SHOW) -> subprocess.Popen[str]:
    """Run a script in which the check is a stub; it writes down which process checks what."""
    source = HEADER + script.replace("JOBS", str(jobs))
    command = [sys.executable, "-c", source]
    return subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=listening,  # noqa: PLW1509  # there are no threads here
    )


def output(folder: Path, jobs: int, script: str = SHOW) -> list[str]:
    """What such a script prints."""
    out, err = start(folder, jobs, script).communicate(timeout=30)
    assert "" == err
    return out.splitlines()


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)


def checked_by(folder: Path) -> list[tuple[str, int]]:
    """Which file was checked by which process, in order."""
    lines = (folder / "log").read_text().splitlines() if (folder / "log").exists() else []
    return [(line.split()[0], int(line.split()[1])) for line in lines]


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "Z" == Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def eventually(holds) -> bool:
    """Whether something comes true within a few seconds."""
    end = time.monotonic() + 15
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_a_worker_that_dies_costs_its_file_one_retry_and_a_finding(tmp_path):
    """And the others nothing."""
    write(tmp_path, {**{f"m{i}.py": MISTAKE for i in range(4)}, "killer.py": "import torch\ndie()\n"})

    lines = output(tmp_path, 2)

    assert "killer.py TTL003 a process that checked this file died, and so did the next one" == lines[0]
    assert [f"m{i}.py TTL301 found TTL301" for i in range(4)] == lines[1:5]
    assert "5 False" == lines[5]
    assert 2 == [name for name, _ in checked_by(tmp_path)].count("killer.py")


def test_a_worker_that_dies_once_costs_nothing(tmp_path):
    """As when the machine was short of memory for a moment."""
    write(tmp_path, {"a.py": MISTAKE, "b.py": MISTAKE + "die_once()\n"})

    assert ["a.py TTL301 found TTL301", "b.py TTL301 found TTL301", "2 False"] == output(tmp_path, 2)


def test_an_interrupt_gives_what_is_known_and_leaves_no_worker(tmp_path):
    """The terminal sends it to the workers as well."""
    write(tmp_path, {"a.py": MISTAKE, "hang.py": "import torch\nhang()\n"})
    script = SHOW.replace("engine.run", "work.CHUNK_FILES = 1\noutcome = engine.run")
    running = start(tmp_path, 2, script)
    assert eventually(lambda: {"a.py", "hang.py"} == {name for name, _ in checked_by(tmp_path)})
    time.sleep(0.3)

    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=20)

    assert (["a.py TTL301 found TTL301", "1 True"], "") == (out.splitlines(), err)
    assert all(gone(pid) for _, pid in checked_by(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    """Nobody is left to tell them."""
    write(tmp_path, {f"hang{i}.py": "import torch\nhang()\n" for i in range(2)})
    running = start(tmp_path, 2, SHOW.replace("engine.run", "work.CHUNK_FILES = 1\noutcome = engine.run"))
    assert eventually(lambda: len(checked_by(tmp_path)) == 2)

    running.kill()
    running.communicate(timeout=20)

    assert eventually(lambda: all(gone(pid) for _, pid in checked_by(tmp_path)))


def test_a_machine_that_forbids_processes_is_slower(tmp_path):
    """As containers without shared memory do."""
    write(tmp_path, {"a.py": MISTAKE, "b.py": MISTAKE})
    script = "def refuse(*_, **__):\n    raise OSError(38, 'no semaphores')\nprocesses.ProcessPoolExecutor = refuse\n"

    assert ["a.py TTL301 found TTL301", "b.py TTL301 found TTL301", "2 False"] == output(tmp_path, 2, script + SHOW)


def test_any_executor_will_do(fake_rules, settings, tmp_path):
    """Threads here; files travel by content where the worker cannot read them."""
    targets = [Target(f"/nowhere/{i}.py", f"{i}.py", settings, MISTAKE.encode()) for i in range(40)]

    outcome = run(targets, jobs=3, workers=ThreadPoolExecutor)

    assert run(targets) == outcome
    assert (40, 40) == (outcome.files_checked, len(outcome.findings))


def test_a_failure_that_breaks_no_executor_costs_its_file_only():
    """Such as a result that does not travel."""

    def fail(chunk: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(1 // item for item in chunk)

    found = dict(processes.spread(fail, [(1, 0), (2,)], workers=ThreadPoolExecutor, jobs=2))

    assert {0: None, 1: 1, 2: 0} == found


def test_files_of_a_folder_go_together_and_large_ones_first(settings):
    """They import each other; and the longest work ends last otherwise."""

    def work(path: str, size: int) -> Work:
        return Work(path, path, settings.codes, Certainty.LIKELY, settings.catalogue, data=b"x" * size)

    items = [work("/a/1.py", 10), work("/b/1.py", 100), work("/b/2.py", 200_000), work("/a/2.py", 20)]

    assert [["/b/2.py"], ["/b/1.py"], ["/a/1.py", "/a/2.py"]] == [
        [item.path for item in chunk] for chunk in in_chunks(items)
    ]


BASE = "from torch import nn\nclass Base(nn.Module):\n    def __init__(self):\n        self.w = nn.Linear(2, 2)\n"
PART = """import torch
from torch import nn
from base import Base
class Part(Base):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2)] * 3
        self.head = nn.ModuleList([nn.Linear(2, 2)] * 3)
        self.w.weight = nn.Parameter(self.head[0].weight)
"""


def test_output_does_not_depend_on_the_number_of_jobs(tree):
    """Byte for byte, with the real rules."""
    folder = tree({"base.py": BASE, **{f"p{i}/part{i}.py": PART for i in range(5)}})

    shown = ("--output-format", "json", ".")
    one = torchtielint("-j", "1", "--no-cache", *shown, cwd=folder)
    runs = [torchtielint("-j", "3", *shown, cwd=folder) for _ in ("cold", "warm")]

    assert [(one.returncode, one.stdout, one.stderr)] * 2 == [(run.returncode, run.stdout, run.stderr) for run in runs]
    assert b"TTL" in one.stdout


def test_few_files_are_checked_by_one_process():
    """Several commands may run at once, as in pre-commit."""
    assert 1 == engine.default_jobs(engine.MANY_FILES - 1)
    assert processes.usable_cores() == engine.default_jobs(engine.MANY_FILES)
