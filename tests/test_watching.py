"""`--watch`, with the real file system and the real git, on a terminal."""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, listening

from torchtielint import cli
from torchtielint.command import CheckOptions

pytest.importorskip("watchfiles", reason="an extra")
from watchfiles import Change  # after the check that it is there

from torchtielint.watching import Watched

MISTAKE = "import torch\nfrom torch import nn\nx = nn.ModuleList([nn.Linear(2, 2)] * 3)\n"
FOUND = re.compile(r"^(\S+):\d+:\d+: TTL301", re.MULTILINE)


class Running:
    """A run of the command on a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        ours, theirs = os.openpty()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "NO_COLOR": "1"}
        command = [sys.executable, "-m", "torchtielint", "--watch", "--output-format", "concise", *arguments]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=theirs,
            stderr=theirs,
            preexec_fn=listening,  # noqa: PLW1509  # no threads here
        )
        os.close(theirs)
        self._terminal = ours

    def shows(self) -> tuple[list[str], str]:
        """The files with findings on the next screen, and the whole of it."""
        text, end = "", time.monotonic() + 20
        while "Ctrl-C ends" not in text and time.monotonic() < end:
            if select.select([self._terminal], [], [], 0.1)[0]:
                with contextlib.suppress(OSError):  # the other end is closed
                    text += os.read(self._terminal, 65536).decode()
        text = text.replace("\r\n", "\n").rpartition("\x1b[H")[2]
        return FOUND.findall(text), text

    def until(self, *expected: str) -> str:
        """Wait for a screen with findings in these files, as changes may come in several parts; return it."""
        for _ in range(5):
            found, text = self.shows()
            if list(expected) == found:
                return text
        raise AssertionError(text)

    def close(self) -> int:
        """End it as a user does."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=20)
        os.close(self._terminal)
        return code


@pytest.fixture
def running():
    """Start the command, which ends with the test."""
    started: list[Running] = []

    def start(folder: Path, *arguments: str) -> Running:
        started.append(Running(folder, *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of Unix")


def test_changes_renames_and_deletions(tree, running):
    """Of files, of folders, and of the configuration; Ctrl-C is no failure."""
    folder = tree({"a.py": MISTAKE, "sub/b.py": "import torch\n", "torchtielint.toml": ""})
    run = running(folder, ".")

    assert run.until("a.py").splitlines()[-1].endswith("; watching ., Ctrl-C ends")
    tree({"sub/b.py": MISTAKE})
    run.until("a.py", "sub/b.py")
    (folder / "a.py").rename(folder / "c.py")
    run.until("c.py", "sub/b.py")
    (folder / "sub").rename(folder / "other")
    run.until("c.py", "other/b.py")
    shutil.rmtree(folder / "other")
    run.until("c.py")
    tree({"torchtielint.toml": 'ignore = ["TTL301"]\n'})
    run.until()
    tree({"torchtielint.toml": "ignore = 1\n"})
    assert "error: `ignore` in torchtielint.toml must be" in run.until()
    (folder / "torchtielint.toml").unlink()
    run.until("c.py")
    assert 0 == run.close()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_branch_switch(tree, running):
    """Even one that takes the watched folder away and brings it back; and settings above that folder."""
    folder = tree({"src/a.py": MISTAKE, "keep": ""})

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "-q", "-b", "one")
    git("add", "src", "keep")
    git("commit", "-q", "-m", "one")
    git("switch", "-q", "-c", "two")
    git("rm", "-q", "-r", "src")
    git("commit", "-q", "-m", "two")
    git("switch", "-q", "one")
    run = running(folder, "src")

    run.until("src/a.py")
    git("switch", "-q", "two")
    assert "`src` does not exist" in run.until()
    git("switch", "-q", "one")
    run.until("src/a.py")
    tree({"torchtielint.toml": 'ignore = ["TTL301"]\n'})  # above what is watched
    run.until()
    (folder / "torchtielint.toml").unlink()
    run.until("src/a.py")
    tree({"src/a.py": "import torch\n"})
    run.until()
    assert 0 == run.close()


def test_what_matters(tmp_path, monkeypatch):
    """Not what we write ourselves, nor what cannot change a finding."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.v2").mkdir()
    options = CheckOptions(output_format=("full", "sarif:out.txt"), output_file="o.py", baseline="known.json")
    watched = Watched.of((".",), options)

    def matters(name: str, change: Change = Change.modified) -> bool:
        return watched.matters(change, str(tmp_path / name))

    yes = ["a.py", "a.pyi", "a.ipynb", ".gitignore", "folder", "folder.v2", "pyproject.toml", "requirements.txt"]
    no = ["a.pt", "out.txt", "o.py", ".torchtielint_cache/x", ".git/HEAD", "a/__pycache__/a.py", "a.swp"]
    assert [*yes, "known.json"] == [name for name in [*yes, *no, "known.json"] if matters(name)]
    assert matters("gone.v1", Change.deleted)
    assert Watched((tmp_path / ".git/worktree",)).matters(Change.modified, str(tmp_path / ".git/worktree/a.py"))
    assert not matters("gone.pt", Change.deleted)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-",), "standard input is none"),
        (("--write-baseline",), "contradict each other"),
        (("nowhere",), "`nowhere` does not exist"),
    ],
)
def test_what_cannot_be_watched(tree, capsys, arguments, message):
    """Is said at once."""
    tree({})

    assert 2 == cli.execute(("check", "--watch", *arguments))
    assert message in capsys.readouterr().err


def test_watchfiles_is_an_extra(tree, capsys, monkeypatch):
    """And how to get it is said."""
    tree({})
    monkeypatch.setitem(sys.modules, "watchfiles", None)

    assert 2 == cli.execute(("check", "--watch"))
    assert "torchtielint[watch]" in capsys.readouterr().err
