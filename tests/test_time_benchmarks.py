"""The benchmarks of time: what they make of what they measure."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def load(name: str):
    return importlib.import_module(name)


def runs(*seconds: float):
    return tuple(load("timing").Run(each, each, 50.0) for each in seconds)


def test_a_command_is_measured_with_what_it_starts(tmp_path):
    """Its time, and the memory of the largest of its processes."""
    timing = load("timing")
    child = (
        "import time; x = bytearray(100_000_000); t = time.process_time()\nwhile time.process_time() < t + 0.2: pass"
    )
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    run = timing.measured([sys.executable, "-c", script], cwd=tmp_path)

    assert run.megabytes > 95
    assert run.processor_seconds > 0.2 < run.seconds


def test_a_command_that_fails_ends_the_measurement(tmp_path):
    """With what it said; fast failures would look like speed."""
    timing = load("timing")
    command = [sys.executable, "-c", "print('no such option'); raise SystemExit(2)"]

    with pytest.raises(timing.FailedError, match=r"(?s)ended with 2:.*no such option"):
        timing.measured(command, cwd=tmp_path)


def test_the_table_has_medians_and_says_what_was_not_repeated():
    """And what keeps no results is not warm."""
    peers = load("peers")
    own, torchfix = peers.TOOLS[0], next(tool for tool in peers.TOOLS if tool.name == peers.TORCHFIX)
    tools = [peers.Installed(own, Path(), "0.1.0"), peers.Installed(torchfix, Path(), "0.7.0")]
    found = [
        peers.Measured("tree", peers.OWN, peers.Scenario.COLD, runs(3.0, 1.0, 2.0)),
        peers.Measured("tree", peers.OWN, peers.Scenario.WARM, runs(0.05, 0.04)),
        peers.Measured("tree", peers.TORCHFIX, peers.Scenario.COLD, runs(80.0)),
    ]

    head, _, first, second = peers.table(found, tools)

    assert head.startswith("| tool | cold | warm | one changed file | one file by name | --version |")
    assert first.startswith("| torchtielint 0.1.0 | 2.00 s (1.00 to 3.00) | 0.045 s (0.040 to 0.050) |")
    assert second.startswith("| torchfix 0.7.0 | 80.00 s (once) | as cold | as cold |")
    assert ["A cold run takes 1/40.0 of what torchfix takes."] == list(peers.ratios(found))


def test_costs_follow_from_what_a_line_took():
    """In core-hours, which machines divide."""
    cost = load("cost")
    cold = {"tree": "tree", "tool": "torchtielint", "scenario": "cold", "files": 10, "lines": 1000}
    measured = [{**cold, "scenario": "warm"}, {**cold, "processor_seconds": [0.36, 0.36, 9.0]}]

    per_line, per_file = cost.throughput(measured, "tree")

    assert pytest.approx((0.00036, 100.0)) == (per_line, per_file)
    *_, monorepo, crawl = cost.rows(per_line, per_file, 0.5)
    assert "| a monorepo | 10,000,000 | 1.0 | 0.50 h | 0.02 h | 0.00 h | 0.50 |" == monorepo
    assert crawl.startswith("| a crawl of 10,000,000 files | 1,000,000,000 | 100.0 |")


def test_each_scenario_presumes_what_it_says(tmp_path, monkeypatch):
    """No cache, a full one, a change, and again none of it for who keeps nothing."""
    peers = load("peers")
    file = tmp_path / "model.py"
    file.write_text("import torch\n")
    seen: list[tuple[str, ...]] = []

    def measured(command, *, cwd, env=None, statuses):
        name = Path(command[0]).name
        (tmp_path / f"cache-{name}").mkdir(exist_ok=True)
        seen.append((name, command[-1], str(len(file.read_text().splitlines()))))
        return runs(1.0)[0]

    monkeypatch.setattr(peers, "measured", measured)
    keeping, other = peers.Tool("a", "a", ("{cache}",), keeps=True), peers.Tool("b", "b", ())
    tools = [peers.Installed(tool, Path(), "1") for tool in (keeping, other)]

    found = peers.in_turn(tools, peers.Tree("tree", tmp_path, file), tmp_path, runs=1, cores=1)

    a = [(path, lines) for name, path, lines in seen if name == "a"]
    b = [(path, lines) for name, path, lines in seen if name == "b"]
    assert [(".", "1"), (".", "1"), (".", "2"), (".", "2"), ("model.py", "3"), (".", "3"), ("--version", "4")] == a
    assert [(".", "1"), ("model.py", "4"), ("--version", "4")] == b
    assert 8 == len(found)


def test_processor_time_is_told_apart_by_phase(tmp_path):
    """A real run; all of its time is somewhere, and none of it nowhere in particular."""
    phases = load("phases")
    text = "import torch\nfrom torch import nn\nclass A(nn.Module):\n    def __init__(self):\n"
    text += "        super().__init__()\n        self.layers = [nn.Linear(2, 2)]\n"
    for number in range(40):
        (tmp_path / f"m{number}.py").write_text(text)

    found = phases.profiled(tmp_path).phases

    assert found.keys() <= {*phases.ORDER}
    assert {"interpret", "parse"} <= found.keys()
    assert found[phases.OTHER] < sum(found.values()) / 4
    assert "| all | 2.00 s | 100% |" == list(phases.table(Counter({"parse": 2.0}), ["parse"]))[-1]


def test_a_tree_has_as_many_lines_as_it_is_to_have(tmp_path):
    """Copies, each a package of its own."""
    growth, timing = load("growth"), load("timing")
    source = tmp_path / "source"
    source.mkdir()
    for name in ("a.py", "b.py"):
        (source / name).write_text("x = 1\n" * 10)

    growth.grow(source, tmp_path / "tree", 45)

    files = timing.python_files(tmp_path / "tree")
    assert ["copy_0/a.py", "copy_0/b.py", "copy_1/a.py", "copy_1/b.py", "copy_2/a.py"] == [
        path.relative_to(tmp_path / "tree").as_posix() for path in files
    ]
    assert 50 == timing.count_lines(files)


def test_growth_is_of_the_time_for_each_line():
    """In relation to the smallest tree."""
    growth = load("growth")
    sizes = [growth.Size(1, 10, runs(1.0)), growth.Size(2, 20, runs(3.0))]

    assert [" 1.00 ", " 1.50 "] == [row.split("|")[5] for row in growth.rows(sizes)]
