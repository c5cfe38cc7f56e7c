"""The hook works, with the real pre-commit on a scratch repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

BAD = """\
import torch.nn as nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2), nn.Linear(2, 2)]
"""
CONFIG = """\
repos:
- repo: {hook}
  rev: {rev}
  hooks:
  - id: torchtielint
"""


def run(*command: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with a home of its own."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHONPATH"))},
        "PRE_COMMIT_HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_{who}_{what}": "test@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A scratch repository that uses this checkout, as it is now, as a hook."""
    base = tmp_path_factory.mktemp("pre-commit")
    hook, scratch, home = base / "hook", base / "scratch", base / "home"
    hook.mkdir()
    scratch.mkdir()
    listed = run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT, home=home).stdout.split("\n")
    for name in filter(None, listed):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "benchmarks/")):
            (hook / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, hook / name)
    (hook / "README.md").touch()
    for folder in (hook, scratch):
        run("git", "init", "-q", cwd=folder, home=home)
        run("git", "add", "-A", cwd=folder, home=home)
        run("git", "commit", "-q", "--allow-empty", "-m", "start", cwd=folder, home=home)
    rev = run("git", "rev-parse", "HEAD", cwd=hook, home=home).stdout.strip()
    (scratch / ".pre-commit-config.yaml").write_text(CONFIG.format(hook=hook, rev=rev))

    def pre_commit(files: dict[str, str]) -> subprocess.CompletedProcess[str]:
        for name, text in files.items():
            (scratch / name).parent.mkdir(exist_ok=True)
            (scratch / name).write_text(text)
        run("git", "add", "-A", cwd=scratch, home=home)
        return run(sys.executable, "-m", "pre_commit", "run", "--files", *files, cwd=scratch, home=home)

    return pre_commit


def test_a_mistake_fails_the_hook(repository):
    """With our finding."""
    ended = repository({"model.py": BAD})

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "TTL104" in ended.stdout
    assert " --> model.py:7:9" in ended.stdout


def test_a_clean_file_passes_the_hook(repository):
    """Without a word."""
    ended = repository({"clean.py": BAD.replace("[nn.Linear(2, 2), nn.Linear(2, 2)]", "nn.Linear(2, 2)")})

    assert (0, True) == (ended.returncode, "Passed" in ended.stdout), ended.stdout + ended.stderr


def test_excluded_files_are_left_out_though_pre_commit_names_them(repository):
    """By our own configuration."""
    ended = repository({"generated/model.py": BAD, "torchtielint.toml": 'extend-exclude = ["generated"]\n'})

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_other_files_are_not_given_to_the_hook(repository):
    """It is about Python."""
    ended = repository({"notes.txt": "torch ("})

    assert "no files to check" in ended.stdout
