"""The scripts of the GitHub action, run as its runner runs them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys

import pytest
import yaml
from conftest import ROOT

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BAD = "from torch import nn\n\nlayers = nn.ModuleList([nn.Linear(2, 2)] * 3)\n"


@pytest.fixture
def step(tree):
    """Run the step that checks, with these inputs; give the exit status, the log and the outputs."""
    folder = tree({"a b/model.py": BAD, "c.py": BAD, "clean.py": "import torch\n"})
    command = folder / "command"
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m torchtielint "$@"\n'
    )
    command.chmod(0o755)
    (check,) = [one for one in ACTION["runs"]["steps"] if one.get("id") == "check"]

    def run(**inputs: str) -> tuple[int, str, str]:
        script, outputs = folder / "script.sh", folder / "outputs"
        script.write_text(check["run"])
        outputs.unlink(missing_ok=True)
        environment = {name: value for name, value in os.environ.items() if name not in ("GITHUB_WORKSPACE", "TERM")}
        for name, value in check["env"].items():
            asked = value.removeprefix("${{ inputs.").removesuffix(" }}")
            environment[name] = inputs.get(asked, ACTION["inputs"][asked]["default"])
        environment |= {"TORCHTIELINT_ACTION": str(command), "GITHUB_OUTPUT": str(outputs)}
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout + ended.stderr, outputs.read_text()

    return run


def test_findings_are_annotations_and_a_report(step, tmp_path):
    """And the status is an output, whatever it is."""
    code, log, outputs = step(**{"sarif-file": "out file.sarif"})

    assert (1, "status=1\n", 2) == (code, outputs, log.count("::error title=TTL301"))
    assert 2 == len(json.loads((tmp_path / "out file.sarif").read_text())["runs"][0]["results"])


def test_inputs_are_words_and_never_commands(step, tmp_path):
    """On lines of their own or separated by blanks."""
    assert (0, "status=0\n") == (ran := step(paths="clean.py\nc.py", args="--ignore\nTTL301"))[::2], ran[1]
    code, log, _ = step(paths="$(touch${IFS}broken) ; touch broken; clean.py")

    assert (2, True, False) == (code, "`$(touch${IFS}broken)` does not exist" in log, (tmp_path / "broken").exists())


def test_no_input_is_part_of_a_script():
    """A title of a pull request with a command in it would be run."""
    assert [] == [one["name"] for one in ACTION["runs"]["steps"] if "${{" in one["run"]]
