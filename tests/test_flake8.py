"""The plugin, with the real flake8."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from importlib import metadata

import pytest
from conftest import ROOT, torchtielint

from torchtielint import flake8_plugin

BASE = "from torch import nn\n\n\nclass Base(nn.Module):\n    pass\n"
MODEL = """\
from base import Base
from torch import nn


class Model(Base):
    def __init__(self):
        self.é = "é"; self.layers = [nn.Linear(2, 2)] * 3
        self.more = [nn.Linear(2, 2), nn.Linear(2, 2)]  # noqa: TTL
        self.rest = nn.ModuleList([nn.Linear(2, 2)] * 3)  # torchtielint: ignore[TTL301] on purpose
"""
LOCAL = "[flake8:local-plugins]\nextension =\n    TTL = torchtielint.flake8_plugin:Plugin\n"


def flake8(*arguments, cwd, stdin=""):
    """Run flake8 with the plugin, as installed or, in a checkout that is not, by its configuration."""
    installed = any(one.value.startswith("torchtielint.") for one in metadata.entry_points(group="flake8.extension"))
    config = cwd / "flake8.ini"
    config.write_text("[flake8]\nselect = TTL,E9\n" + ("" if installed else LOCAL))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "flake8", "--config", str(config), "-j", "1", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, input=stdin, capture_output=True, text=True, check=False)


def test_flake8_says_what_the_command_says(tree):
    """Over several files, under our settings, with what is silenced by either's comments."""
    folder = tree(
        {
            "base.py": BASE,
            "model.py": MODEL,
            "ignored.py": MODEL,
            "left_out/model.py": MODEL,
            "torchtielint.toml": 'extend-exclude = ["left_out"]\nper-file-ignores = { "ignored.py" = ["ALL"] }\n',
            "broken.py": "import torch\ndef f(:\n",
        }
    )
    ours = torchtielint("--output-format", "concise", "--no-cache", "-q", cwd=folder).stdout.decode()
    theirs = flake8(cwd=folder)

    expected = re.sub(r"\[.*?\] ", "", "\n".join(line for line in ours.splitlines() if "broken.py" not in line))
    found = [line.removeprefix("./") for line in theirs.stdout.splitlines()]
    assert ("", 1) == (theirs.stderr, theirs.returncode)
    assert expected.splitlines() == [line for line in found if "TTL" in line]
    assert 3 <= len(expected.splitlines())
    assert ["E999"] == [line.split()[1] for line in found if line.startswith("broken.py")]


def test_standard_input(tree):
    """Under the name that it is given."""
    folder = tree({"base.py": BASE})
    ended = flake8("-", "--stdin-display-name", "model.py", cwd=folder, stdin=MODEL)

    assert "model.py:7:23: TTL104" in ended.stdout, ended.stdout + ended.stderr


def run(text: str) -> list[str]:
    """What the plugin yields in this process."""
    return [message for _, _, message, _ in flake8_plugin.Plugin(ast.parse(text), text.splitlines(True), "a.py").run()]


@pytest.fixture
def fresh():
    """Without what another test has kept."""
    flake8_plugin._resolver.cache_clear()
    yield
    flake8_plugin._resolver.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_nothing_ends_flake8(tree, monkeypatch):
    """Neither a wrong configuration nor a mistake of ours."""
    tree({"torchtielint.toml": "selct = []\n"})
    assert ["TTL003 torchtielint cannot check: `selct` in torchtielint.toml is no setting"] == run("import torch\n")

    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("a\nb")

    monkeypatch.setattr(flake8_plugin, "_findings", fail)
    assert ["TTL003 torchtielint failed: RuntimeError('a\\nb')"] == run("import torch\n")


@pytest.mark.usefixtures("fresh")
def test_the_baseline_holds(tree):
    """What it knows is not said again."""
    tree({"torchtielint.toml": 'baseline = "known.json"\n'})
    text = "from torch import nn\nx = nn.ModuleList([nn.Linear(2, 2)] * 3)\n"
    known = '{"version": 1, "certainty": "likely", "findings": {"a.py": {"TTL301": {"": %d}}}}'

    tree({"known.json": known % 1})
    assert [] == run(text)
    tree({"known.json": known % 2})
    assert 3 == len(run(text * 3))


def test_the_entry_point_is_declared():
    """With the prefix of our codes, without which flake8 would not select them."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert '[project.entry-points."flake8.extension"]\nTTL = "torchtielint.flake8_plugin:Plugin"\n' in text
