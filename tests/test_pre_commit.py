"""The hook works, with the real pre-commit on a scratch repository."""

from __future__ import annotations

import dataclasses
import os
import shlex
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
CLEAN = BAD.replace("[nn.Linear(2, 2), nn.Linear(2, 2)]", "nn.Linear(2, 2)")
CONFIG = """\
repos:
- repo: {hook}
  rev: {rev}
  hooks:
  - id: torchtielint
  - id: torchtielint-fix
    stages: [manual]
  - id: torchtielint-ties
    stages: [manual]
    args: [--survival, none]
"""
TIED = """\
import torch.nn as nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.head = nn.Linear(2, 3, bias=False)
        self.head.weight = {weight}
"""
# Looks like it runs the command of this checkout, in an environment that has the project's torch.
COMMAND = """\
#!/bin/sh
PYTHONPATH={root} exec {python} -m torchtielint "$@"
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


@dataclasses.dataclass(frozen=True)
class Repository:
    """A scratch repository with hooks, in a folder of its own."""

    folder: Path
    home: Path

    def write(self, files: dict[str, str]) -> None:
        """Write files, and stage nothing."""
        for name, text in files.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(text)

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run git."""
        return run("git", *arguments, cwd=self.folder, home=self.home)

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run pre-commit."""
        return run(sys.executable, "-m", "pre_commit", *arguments, cwd=self.folder, home=self.home)

    def __call__(self, files: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        """Stage files, and run hooks over them."""
        self.write(files)
        self.git("add", "-A")
        return self.pre_commit("run", *arguments, "--files", *files)


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
    return Repository(scratch, home)


def test_a_mistake_fails_the_hook(repository):
    """With our finding."""
    ended = repository({"model.py": BAD})

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "TTL104" in ended.stdout
    assert " --> model.py:7:9" in ended.stdout


def test_a_clean_file_passes_the_hook(repository):
    """Without a word."""
    ended = repository({"clean.py": CLEAN})

    assert (0, True) == (ended.returncode, "Passed" in ended.stdout), ended.stdout + ended.stderr


def test_excluded_files_are_left_out_though_pre_commit_names_them(repository):
    """By our own configuration."""
    ended = repository({"generated/model.py": BAD, "torchtielint.toml": 'extend-exclude = ["generated"]\n'})

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_other_files_are_not_given_to_the_hook(repository):
    """It is about Python."""
    ended = repository({"notes.txt": "torch ("})

    assert "no files to check" in ended.stdout


def test_all_files(repository):
    """As CI runs it: what was committed before the hook came is found, and what git does not know is not."""
    repository({"old.py": BAD, "clean.py": CLEAN})
    repository.write({"unknown.py": BAD})

    ended = repository.pre_commit("run", "--all-files")

    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert " --> old.py:7:9" in ended.stdout
    assert "unknown.py" not in ended.stdout


def test_a_partial_commit_is_judged_by_what_is_committed(repository):
    """By git itself, through the installed hook; what is not staged is neither judged nor lost."""
    repository.git("reset", "-q")
    repository.git("clean", "-fdq", "-e", ".pre-commit-config.yaml")
    assert 0 == repository.pre_commit("install").returncode
    name = "partial.py"

    repository.write({name: CLEAN})
    repository.git("add", name, ".pre-commit-config.yaml")
    repository.write({name: BAD})
    passed = repository.git("commit", "-m", "clean")
    assert (passed.returncode, (repository.folder / name).read_text()) == (0, BAD), passed.stdout + passed.stderr

    repository.git("add", name)
    repository.write({name: CLEAN})
    refused = repository.git("commit", "-m", "bad")
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert " --> partial.py:7:9" in refused.stdout + refused.stderr
    assert CLEAN == (repository.folder / name).read_text()
    assert "clean" == repository.git("log", "-1", "--format=%s").stdout.strip()


def test_the_fixing_hook_fixes(repository):
    """It fails once, as it changed what is to be committed, and passes when that is staged."""
    unused = "import torch\n\nx = 1  # torchtielint: ignore[TTL301]\n"
    hook = ("torchtielint-fix", "--hook-stage", "manual")

    changed = repository({"unused.py": unused}, *hook)

    assert (1, True) == (changed.returncode, "files were modified by this hook" in changed.stdout)
    assert "import torch\n\nx = 1\n" == (repository.folder / "unused.py").read_text()
    assert 0 == repository({"unused.py": "import torch\n\nx = 1\n"}, *hook).returncode


def test_the_hook_on_ties_measures_the_models_of_the_configuration(repository, monkeypatch):
    """In the environment that runs git, as torch is there."""
    shim = repository.folder.parent / "bin" / "torchtielint"
    shim.parent.mkdir()
    shim.write_text(COMMAND.format(root=shlex.quote(str(ROOT)), python=shlex.quote(sys.executable)))
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(shim.parent), prepend=os.pathsep)
    configured = '[[models]]\ntarget = "tied.py::Model"\ntied = [["embed.weight", "head.weight"]]\n'
    files = {"torchtielint.toml": configured, "tied.py": TIED.format(weight="nn.Parameter(self.embed.weight)")}

    ended = repository(files, "torchtielint-ties", "--hook-stage", "manual")

    assert (1, True) == (ended.returncode, "a false tie" in ended.stdout), ended.stdout + ended.stderr
