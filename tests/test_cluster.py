"""Work on a Dask cluster: the same findings as here, whatever dies, and nothing read from a common disk."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from conftest import torchtielint

from torchtielint import cluster as clusters
from torchtielint import engine
from torchtielint.command import CheckOptions, find_targets, resolver_for
from torchtielint.errors import UsageError

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL"),
    # distributed leaves sockets to the collector where a worker is killed
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
BASE = """from torch import nn
class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Linear(2, 2)
"""
PART = """import torch
from torch import nn
from base.inner import (  # a comment (
    Base,
)
class Part(Base):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2)] * 3
        self.w = torch.zeros(2)
        self.head = nn.ModuleList([nn.Linear(2, 2)] * 3)
        self.x = nn.Linear(2, 2)
        self.x.weight = nn.Parameter(self.w.weight)
"""


@pytest.fixture(scope="module")
def address():
    """Two workers, each a process, over TCP."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, protocol="tcp://", dashboard_address=None, silence_logs=50
    ) as running:
        yield running.scheduler_address


def targets_of(*paths: str):
    options = CheckOptions(isolated=True)
    return find_targets(paths, options, resolver_for(options))[0]


def test_a_killed_worker_costs_nothing_and_no_disk_is_shared(tree, address):
    """All as in one process; what is imported travels too, here from a folder beside the linted ones."""
    from distributed import Client

    folder = tree(
        {
            "pyproject.toml": "",
            "base/__init__.py": "",
            "base/inner.py": BASE,
            **{f"parts/p{number}/part.py": PART for number in range(24)},
        }
    )
    targets = targets_of("parts")
    alone = engine.run(targets, jobs=1)
    workers, jobs = clusters.cluster(address, [target.path for target in targets])
    luggage = clusters.packed([targets[0].path])
    with Client(address, set_as_default=False) as client:
        pids = list(client.run(os.getpid).values())
    killed: list[int] = []

    def kill_one(results, _total):
        for result in results:
            if not killed:
                killed.append(pids[0])
                os.kill(pids[0], signal.SIGKILL)
            yield result

    together = engine.run(targets, progress=kill_one, jobs=jobs, workers=workers)

    assert alone == together
    assert (24, [pids[0]], 4) == (together.files_checked, killed, jobs)
    assert {"base/inner.py"} <= {note.path for one in together.findings for note in one.notes}
    assert {"base/__init__.py", "base/inner.py", "parts/p0/part.py"} == {
        str(Path(path).relative_to(folder)) for path in luggage.files
    }


def test_the_command_says_the_same(tree, address):
    """And keeps nothing of what it cannot know to hold."""
    folder = tree({"pyproject.toml": "", "base/__init__.py": "", "base/inner.py": BASE, "part.py": PART})

    here = torchtielint("--no-cache", "--output-format", "json", ".", cwd=folder)
    there = torchtielint("--scheduler", address, "--output-format", "json", ".", cwd=folder)

    assert (here.returncode, here.stdout, here.stderr) == (there.returncode, there.stdout, there.stderr)
    assert b"TTL" in there.stdout


def test_what_does_not_travel_is_unknown_and_not_empty(tmp_path, monkeypatch):
    """A name in a folder stays one; nothing can be read under it."""
    (tmp_path / "used.py").write_text("import os\n")
    (tmp_path / "other.py").write_text("x = 1\n")
    (tmp_path / "inner").mkdir()
    listed = os.listdir
    refused: list[str] = []

    def refusing(folder):
        if Path(folder) == tmp_path.parent:
            refused.append(folder)
            raise PermissionError(folder)
        return listed(folder)

    monkeypatch.setattr(os, "listdir", refusing)  # as of a home whose owner is another
    luggage = clusters.packed([str(tmp_path / "used.py")])

    copies = clusters.Copies(luggage)

    there = Path(copies.root + str(tmp_path))
    assert "import os\n" == (there / "used.py").read_text()
    assert (True, False) == ((there / "other.py").is_symlink(), (there / "other.py").exists())
    assert (there / "inner").is_dir()
    assert str(tmp_path) in luggage.folders
    assert [str(tmp_path.parent)] == refused
    assert str(tmp_path.parent) not in luggage.folders


def test_where_nothing_answers_that_is_said(monkeypatch):
    """In one line, after a moment."""
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 0.1)

    with pytest.raises(UsageError, match=r"^no Dask scheduler answers at `tcp://127\.0\.0\.1:1`$"):
        clusters.cluster("tcp://127.0.0.1:1", [])
