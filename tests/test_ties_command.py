"""`torchtielint ties TARGET`: real workers on real files, as a shell sees them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from torchtielint.measure.planning import literal

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "torchtielint" / "measure" / "ties.schema.json"

MODELS = """\
from torch import nn


class Tied(nn.Module):
    def __init__(self, vocab, dim):
        super().__init__()
        self.table = nn.Embedding(vocab, dim)
        self.head = nn.Linear(dim, vocab, bias=False)
        self.head.weight = self.table.weight


class Plain(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.layer = nn.Linear(dim, dim)


class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        raise ZeroDivisionError("no such model")


def tiny():
    return Tied(7, 3)


ready = Tied(5, 2)
number = 3
"""
FALSE = """\
from torch import nn


class Same(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.one = nn.Linear(dim, dim)
        self.other = nn.Linear(dim, dim)
        self.other.weight = nn.Parameter(self.one.weight)
"""
DIFFERING = """\
from torch import nn


class Hidden(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(2, 2)
        self.other = nn.Linear(2, 2)


class Undone(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(2, 2)
        self.other = nn.Linear(2, 2)
        self.other.weight = self.one.weight


def tied(self, made=Hidden.__init__):
    made(self)
    self.other = self.one


def untied(self, made=Undone.__init__):
    made(self)
    self.other = nn.Linear(2, 2)


Hidden.__init__, Undone.__init__ = tied, untied
"""
HOSTILE = """\
import atexit, ctypes, os, sys, threading, time
from torch import nn


class Segfault(nn.Module):
    def __init__(self):
        super().__init__()
        ctypes.string_at(0)


class Leaves(nn.Module):
    def __init__(self):
        super().__init__()
        os._exit(7)


class Exits(nn.Module):
    def __init__(self):
        super().__init__()
        sys.exit(3)


class Hangs(nn.Module):
    def __init__(self):
        super().__init__()
        while True:
            try:
                time.sleep(100)
            except BaseException:
                pass


class Recurses(nn.Module):
    def __init__(self):
        super().__init__()
        self.__init__()


class Loud(nn.Module):
    def __init__(self):
        super().__init__()
        for _ in range(1000):
            print("x" * 10_000)
            os.write(2, b"x" * 10_000)
        threading.Thread(target=time.sleep, args=(10_000,)).start()
        atexit.register(time.sleep, 10_000)
        if os.fork() == 0:
            os.setsid()
            open("pid", "w").write(str(os.getpid()))
            time.sleep(10_000)
        self.layer = nn.Linear(2, 2)


class Last(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(2, 2)
        self.other = self.one
"""


def ties(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with one worker unless said otherwise: torch takes seconds to import."""
    command = [sys.executable, "-m", "torchtielint", "ties", *(() if "--static" in arguments else ("--jobs", "1"))]
    command += arguments
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def models(done: subprocess.CompletedProcess[str]) -> dict[str, dict]:
    """The models of a JSON report, by target."""
    assert done.stdout, done.stderr
    return {model["target"]: model for model in json.loads(done.stdout)["models"]}


def test_a_file_is_measured_class_by_class(tmp_path):
    """What shares is shown, what cannot be built is listed with its reason, and true ties are no reason to fail."""
    (tmp_path / "model.py").write_text(MODELS)
    done = ties(tmp_path, "model.py", "--output-format", "json")
    found = models(done)

    assert (0, "") == (done.returncode, done.stderr)
    jsonschema.validate(json.loads(done.stdout), json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert {"model.py::Tied", "model.py::Plain", "model.py::Broken"} <= set(found)
    tied = found["model.py::Tied"]
    assert ("ok", "model.py", 4, "meta") == (tied["status"], tied["file"], tied["line"], tied["device"])
    assert [["table.weight", "head.weight"]] == [group["names"] for group in tied["groups"]]
    assert ("same-parameter", False) == (tied["groups"][0]["kind"], tied["groups"][0]["false_tie"])
    assert "kept" == tied["groups"][0]["survival"]["deepcopy"]["outcome"]
    assert "broken" == tied["groups"][0]["survival"]["to_meta"]["outcome"]
    assert (2, 1) == (tied["parameters"]["named"], tied["parameters"]["unique"])
    assert [] == tied["disagreements"]
    assert ["table.weight", "head.weight"] == tied["predicted"][0]["names"]
    assert [] == found["model.py::Plain"]["groups"]
    assert ("failed", "ZeroDivisionError: no such model") == (
        found["model.py::Broken"]["status"],
        found["model.py::Broken"]["reason"],
    )


def test_strict_makes_a_class_that_cannot_be_built_a_failure(tmp_path):
    """And text says which it is."""
    (tmp_path / "model.py").write_text(MODELS)
    done = ties(tmp_path, "model.py::Broken", "--strict", "--survival", "none")

    assert 1 == done.returncode
    assert "model.py::Broken: failed: ZeroDivisionError: no such model" in done.stdout
    assert "0 models measured: 0 with shared parameters, 1 failed." in done.stdout


def test_a_false_tie_fails_the_run(tmp_path):
    """It is shown with what it does and what to do."""
    (tmp_path / "false.py").write_text(FALSE)
    done = ties(tmp_path, "false.py")

    assert 1 == done.returncode
    assert "same-storage, " in done.stdout
    assert ": a false tie" in done.stdout
    assert "x broken by deepcopy" in done.stdout
    assert "help: make it one Parameter: `model.other.weight = model.one.weight`" in done.stdout


def test_reports_are_pictures_too(tmp_path):
    """In a file of their own."""
    (tmp_path / "model.py").write_text(MODELS)
    done = ties(tmp_path, "model.py::tiny", "--survival", "none", "--output-format", "html", "-o", "ties.html")
    page = (tmp_path / "ties.html").read_text()

    assert ("", 0) == (done.stdout, done.returncode)
    assert "<!doctype html>" == page[:15].lower()
    assert "table.weight" in page
    static = ties(tmp_path, "--static", "model.py", "--output-format", "svg")
    assert ("`--static` writes text or JSON" in static.stderr, 2) == (True, static.returncode)


def test_targets_are_classes_functions_and_models_of_modules(tmp_path):
    """By dotted name or file, with arguments as literals or an expression."""
    (tmp_path / "model.py").write_text(MODELS)
    found = models(
        ties(tmp_path, "model:Tied", "model:tiny", "model:ready", "--survival", "none", "--output-format", "json")
    )
    shapes = {name: model["groups"][0]["shape"] for name, model in found.items()}

    assert {"model:Tied", "model:tiny", "model:ready"} == set(found)
    assert ([7, 3], [5, 2]) == (shapes["model:tiny"], shapes["model:ready"])
    plain = ("model.py::Tied", "--survival", "none", "--output-format", "json")
    given = {
        ("--args", "11", "--kwargs", "dim=2"): [11, 2],
        ("--call", "Tied(number * 5, dim=number)"): [15, 3],
    }
    for option, shape in given.items():
        model = models(ties(tmp_path, *plain, *option))["model.py::Tied"]
        assert shape == model["groups"][0]["shape"], model["reason"]


@pytest.mark.parametrize(
    ("option", "text", "value"),
    [
        ("--args", "11, 2", (11, 2)),
        ("--args", "(11, 2)", (11, 2)),
        ("--args", "[11, 2], ", ([11, 2],)),
        ("--kwargs", "vocab=12, dim=[3, 4]", {"vocab": 12, "dim": [3, 4]}),
        ("--kwargs", '{"vocab": 13}', {"vocab": 13}),
    ],
)
def test_arguments_are_literals(option, text, value):
    """A tuple in parentheses is all of them; a list is one."""
    assert repr(value) == literal(option, text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to measure"),
        (("missing.py",), "`missing.py` does not exist"),
        (("model.py::Teid",), "there is no `Teid` in `model`: did you mean `Tied`?"),
        (("no such target",), "`no such target` is no target"),
        (("model.py", "--args", "1"), "`--args`, `--kwargs` and `--call` are for one class"),
        (("model.py::Tied", "--args", "os.getcwd()"), "`--args os.getcwd()` is no literal"),
        (("model.py::Tied", "--survival", "magic"), "no such operation: magic"),
    ],
)
def test_what_cannot_be_asked_is_said(tmp_path, arguments, said):
    """With exit code 2."""
    (tmp_path / "model.py").write_text(MODELS)
    done = ties(tmp_path, *arguments)

    assert said in done.stderr
    assert 2 == done.returncode


def test_a_worker_that_dies_costs_one_model(tmp_path):
    """Crashes, exits, hangs, recursion, floods, forks and threads are a line each, and nothing is left behind."""
    (tmp_path / "hostile.py").write_text(HOSTILE)
    (tmp_path / "unimportable.py").write_text("import nothing_of_this_name\n")
    (tmp_path / "exits.py").write_text("import sys\nsys.exit(4)\n")
    files = ("hostile.py", "unimportable.py", "exits.py")
    done = ties(tmp_path, *files, "--jobs", "2", "--timeout", "8", "--survival", "none", "--output-format", "json")
    reasons = {name: model["reason"] for name, model in models(done).items()}

    assert {
        "hostile.py::Segfault": "was ended by SIGSEGV",
        "hostile.py::Leaves": "ended the process with exit code 7",
        "hostile.py::Exits": "SystemExit: 3",
        "hostile.py::Hangs": "took longer than 8 s",
        "hostile.py::Recurses": "RecursionError: maximum recursion depth exceeded",
        "hostile.py::Loud": "",
        "hostile.py::Last": "",
        "unimportable.py": "ModuleNotFoundError: No module named 'nothing_of_this_name'",
        "exits.py": "SystemExit: 4",
    } == {name: reason.partition(" while")[0] for name, reason in reasons.items()}
    assert 0 == done.returncode
    assert [["one", "other"]] == [group["names"] for group in models(done)["hostile.py::Last"]["groups"]]
    assert not _runs(int((tmp_path / "pid").read_text()))


def _runs(process: int) -> bool:
    for _ in range(50):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True


def test_nothing_outlives_the_command(tmp_path):
    """Not even where it is killed in the middle."""
    (tmp_path / "hang.py").write_text(
        "import os, time\nfrom torch import nn\n\n\nclass Hang(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        open('pid.part', 'w').write(str(os.getpid()))\n"
        "        os.rename('pid.part', 'pid')\n        time.sleep(10_000)\n"
    )
    command = [sys.executable, "-m", "torchtielint", "ties", "hang.py", "--timeout", "1000"]
    started = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    for _ in range(1200):
        if (tmp_path / "pid").exists():
            break
        time.sleep(0.1)
    process = int((tmp_path / "pid").read_text())
    started.kill()
    started.wait()

    assert not _runs(process)


def test_memory_is_bounded(tmp_path):
    """A constructor that takes more than it may is refused, and the machine does not notice."""
    (tmp_path / "large.py").write_text(
        "from torch import nn\n\n\nclass Large(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.blocks = [bytearray(2**28) for _ in range(1000)]\n"
    )
    done = ties(tmp_path, "large.py", "--memory", "1024", "--output-format", "json")

    assert "MemoryError" == models(done)["large.py::Large"]["reason"]


def test_configured_models_are_held_to_what_is_expected(tmp_path):
    """Without targets; a broken expectation fails the run."""
    (tmp_path / "model.py").write_text(MODELS)
    (tmp_path / "torchtielint.toml").write_text(
        '[[models]]\ntarget = "model.py::Tied"\nkwargs = { vocab = 9, dim = 2 }\n'
        'tied = [["table.weight", "head.weight"]]\nsurvives = ["deepcopy"]\n'
        '[[models]]\ntarget = "model.py::Plain"\nargs = [3]\nuntied = [["layer.weight", "layer.bias"]]\n'
    )
    done = ties(tmp_path, "--output-format", "json")
    found = models(done)
    assert [True, True] == [one["met"] for one in found["model.py::Tied"]["expectations"]]
    assert [True] == [one["met"] for one in found["model.py::Plain"]["expectations"]]
    assert ([9, 2], 0) == (found["model.py::Tied"]["groups"][0]["shape"], done.returncode)

    (tmp_path / "torchtielint.toml").write_text(
        '[[models]]\ntarget = "model.py::Tied"\nuntied = [["table.weight", "head.weight"]]\nsurvives = ["to_meta"]\n'
        '[[models]]\ntarget = "model.py::Plain"\ntied = [["layer.weight", "layer.bias"]]\n'
        '[[models]]\ntarget = "model.py::Broken"\ntied = [["a", "b"]]\n'
    )
    done = ties(tmp_path)
    assert 1 == done.returncode
    assert "expected untied: table.weight, head.weight: `table.weight` and `head.weight` are same-param" in done.stdout
    assert "expected survives: to_meta: `table.weight` and `head.weight`: broken" in done.stdout
    assert "expected tied: layer.weight, layer.bias: they share nothing" in done.stdout
    assert 4 == sum(
        not one["met"]
        for model in models(ties(tmp_path, "--output-format", "json")).values()
        for one in model["expectations"]
    )


def test_what_was_chosen_can_be_pasted(tmp_path):
    """As `factory` of the configuration, where names of other modules are imported."""
    (tmp_path / "model.py").write_text(
        "from torch.nn import Linear, Module\nfrom config import Sizes as Plan\n\n\nclass Wide(Module):\n"
        "    def __init__(self, sizes: Plan, dtype):\n        super().__init__()\n"
        "        self.one = self.other = Linear(sizes.dim, sizes.dim, dtype=dtype)\n"
    )
    (tmp_path / "config.py").write_text(
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Sizes:\n    dim: int\n"
    )
    shown = ties(tmp_path, "model.py::Wide").stdout.splitlines()
    line = next(line for line in shown if "factory = " in line)
    assert "config.Sizes(dim=" in line
    (tmp_path / "torchtielint.toml").write_text(
        '[[models]]\ntarget = "model.py::Wide"\ntied = [["one.weight", "other.weight"]]\n'
        + line[line.index("factory") :]
    )
    again = ties(tmp_path)
    assert (0, shown) == (again.returncode, again.stdout.splitlines())


def test_targets_of_the_configuration_are_relative_to_it(tmp_path):
    """And what it says of a class holds where the whole file or folder is asked for too."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "model.py").write_text(MODELS)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "torchtielint.toml").write_text(
        '[[models]]\ntarget = "src/model.py::Tied"\nkwargs = { vocab = 9, dim = 4 }\n'
        'untied = [["table.weight", "head.weight"]]\n'
        '[[models]]\ntarget = "model:tiny"\n'
    )
    below = tmp_path / "src"
    options = ("--survival", "none", "--output-format", "json")
    found = {
        "no target": (tmp_path / "elsewhere", ()),
        "file": (below, ("model.py",)),
        "folder": (below, (".",)),
        "class": (below, ("./model.py::Tied",)),
    }
    for asked, (folder, targets) in found.items():
        done = ties(folder, *targets, *options)
        model = next(model for name, model in models(done).items() if name.endswith("::Tied"))
        assert (1, [9, 4], [False]) == (
            done.returncode,
            model["groups"][0]["shape"],
            [one["met"] for one in model["expectations"]],
        ), asked


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('target = "model.py"', "names no class"),
        (
            'target = "model.py::Tied"\nsurvives = ["magic"]',
            "`survives` of `model.py::Tied` in torchtielint.toml: no such",
        ),
        (
            'target = "model.py::Tied"\ntied = ["a", "b"]',
            "`tied` of `models` in torchtielint.toml must be a list of lists",
        ),
        ('target = "model.py::Tied"\nsurvive = ["deepcopy"]', "did you mean `survives`?"),
        ("kwargs = { vocab = 3 }", "has no `target`"),
    ],
)
def test_what_cannot_be_configured_is_said(tmp_path, entry, said):
    """With exit code 2, before anything is run."""
    (tmp_path / "model.py").write_text(MODELS)
    (tmp_path / "torchtielint.toml").write_text(f"[[models]]\n{entry}\n")
    done = ties(tmp_path)

    assert said in done.stderr
    assert 2 == done.returncode


def test_a_folder_runs_only_files_that_define_modules(tmp_path):
    """A script beside the models is never run."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "base.py").write_text(MODELS)
    (tmp_path / "package" / "deep.py").write_text(
        "from .base import Tied\n\n\nclass Deeper(Tied):\n    def __init__(self):\n        super().__init__(6, 2)\n"
    )
    (tmp_path / "package" / "script.py").write_text("import torch\nopen('ran', 'w').close()\n")
    done = ties(tmp_path, "package", "--survival", "none", "--output-format", "json")
    deeper = models(done)["package/deep.py::Deeper"]

    assert (0, [6, 2]) == (done.returncode, deeper["groups"][0]["shape"])
    assert not (tmp_path / "ran").exists()


def test_the_two_halves_are_compared(tmp_path):
    """What only one of them sees is a disagreement, at its line."""
    (tmp_path / "hidden.py").write_text(DIFFERING)
    done = ties(tmp_path, "hidden.py", "--survival", "none", "--output-format", "json")
    found = models(done)

    hidden, undone = (found[f"hidden.py::{name}"]["disagreements"] for name in ("Hidden", "Undone"))
    assert [("TTL902", 4)] == [(one["code"], one["line"]) for one in hidden]
    assert [("TTL901", 16)] == [(one["code"], one["line"]) for one in undone]
    assert 1 == done.returncode
