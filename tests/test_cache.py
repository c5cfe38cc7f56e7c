"""What was found before: used where it still holds, and nowhere else."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import ROOT, torchtielint

from torchtielint import cache_folder, engine, stamps
from torchtielint.cache_files import FORMAT
from torchtielint.config import settings_from_layers
from torchtielint.engine import Outcome, Target
from torchtielint.options import Layer
from torchtielint.selectors import Selection

BASE = """from torch import nn

# a comment
def width():
    return 4

class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Linear(width(), 4)

class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.o = nn.Linear(4, 4)
"""
PART = """from torch import nn
from base import Base

class Part(Base):
    def __init__(self):
        super().__init__()
        self.v = nn.Linear(4, 4)
        self.v.weight = nn.Parameter(self.w.weight)
"""
ALONE = """from torch import nn

class Alone(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2)]
"""
UNNAMED = "from base import Base\n\nclass Part(Base):\n    def more(self):\n        self.u = [Base()]\n"
PROJECT = {"base.py": BASE, "part.py": PART, "alone.py": ALONE}


@dataclass
class Runs:
    """Runs over the files of a folder, with a cache and without."""

    folder: Path
    checked: list[str] = field(default_factory=list)

    def write(self, files: dict[str, str]) -> None:
        """Write files."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def outcome(self, *, cached: bool = True, select: tuple[str, ...] | None = None) -> Outcome:
        """What one run finds."""
        layers = [] if select is None else [Layer("a test", "/", Selection(select=select))]
        settings = settings_from_layers(engine.catalogue(), layers, folder="/")
        paths = sorted(self.folder.rglob("*.py"))
        targets = [Target(str(path), str(path.relative_to(self.folder)), settings) for path in paths]
        return engine.run(targets, cache=engine.open_cache(str(self.folder / ".cache")) if cached else None)

    def again(self, **options: tuple[str, ...]) -> list[str]:
        """The files that a run with the cache checks; it finds what one without does."""
        self.checked.clear()
        found = self.outcome(**options)
        names = list(self.checked)
        assert self.outcome(cached=False, **options) == found
        return names


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Runs that note down what they check."""
    made = Runs(tmp_path)
    real = engine.check_work

    def noting(item, project):
        made.checked.append(item.shown)
        return real(item, project)

    monkeypatch.setattr(engine, "check_work", noting)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    return made


def test_nothing_is_checked_twice(runs):
    """Also what has nothing to do with torch; findings, notes and all are what they were."""
    runs.write({**PROJECT, "plain.py": "x = 1\n"})

    assert ["alone.py", "base.py", "part.py", "plain.py"] == runs.again()
    assert [] == runs.again()
    assert [("alone.py", "TTL104"), ("part.py", "TTL303")] == [(one.path, one.code) for one in runs.outcome().findings]


def test_a_changed_base_class_is_a_reason_to_check_what_derives_from_it(runs):
    """In other files, also where they do not say `torch`; and nothing else."""
    runs.write({**PROJECT, "unnamed.py": UNNAMED})
    runs.again()

    runs.write({"base.py": BASE.replace("self.w = nn.Linear(width(), 4)", "self.w = nn.Identity()")})

    assert ["base.py", "part.py", "unnamed.py"] == runs.again()


def test_what_a_base_class_uses_counts_as_well(runs):
    """A function that its constructor calls."""
    runs.write(PROJECT)
    runs.again()

    runs.write({"base.py": BASE.replace("return 4", "return 5")})

    assert ["base.py", "part.py"] == runs.again()


@pytest.mark.parametrize(("old", "new"), [("# a comment", "# another one"), ("self.o = nn", "self.p = nn")])
def test_what_a_file_does_not_use_of_another_is_none(runs, old, new):
    """A comment, or a class that it does not derive from."""
    runs.write(PROJECT)
    runs.again()

    runs.write({"base.py": BASE.replace(old, new)})

    assert ["base.py"] == runs.again()
    assert [] == runs.again()


def test_a_note_moves_with_what_it_points_at(runs):
    """A line more above the base class."""
    runs.write(PROJECT)
    runs.again()
    before = [note.range.start.line for one in runs.outcome().findings for note in one.notes if note.path == "base.py"]

    runs.write({"base.py": "\n" + BASE})
    runs.again()

    found = [note.range.start.line for one in runs.outcome().findings for note in one.notes if note.path == "base.py"]
    assert before
    assert [line + 1 for line in before] == found


def test_what_is_worked_out_once_counts_for_all_that_use_it(runs):
    """The screen reads a base class once for its two subclasses."""
    base = "from torch import nn\nfrom helper import make\nclass Base(nn.Module):\n    def __init__(self):\n"
    helper = "from torch import nn\ndef make():\n    return nn.Linear(4, 4)\n"
    part = "from torch import nn\nfrom base import Base\nclass P(Base):\n    def forward(self, x):\n        return x\n"
    body = "        super().__init__()\n        self.w = make()\n"
    runs.write({"helper.py": helper, "base.py": base + body, "part.py": part, "part2.py": part})
    runs.again()

    runs.write({"helper.py": helper.replace("nn.Linear(4, 4)", "[nn.Linear(4, 4)]")})

    assert ["base.py", "helper.py", "part.py", "part2.py"] == runs.again()


def test_a_name_that_was_missing_counts(runs):
    """It was looked for, so that its appearance changes what is found."""
    runs.write({**PROJECT, "base.py": "from torch import nn\n"})
    runs.again()

    runs.write({"base.py": BASE})

    assert ["base.py", "part.py"] == runs.again()


def test_a_new_file_may_be_what_an_import_means(runs):
    """And a new file that nobody imports is no reason for anything."""
    runs.write({"src/a/base.py": BASE, "src/a/part.py": PART, "src/b/part.py": PART.replace("base", "a.base")})
    runs.again()

    runs.write({"src/b/nobody.py": ""})
    assert ["src/b/nobody.py"] == runs.again()

    runs.write({"src/b/a/base.py": "Base = object\n"})
    assert ["src/b/a/base.py", "src/b/part.py"] == runs.again()


def test_a_removed_file_counts(runs):
    """What imported it is checked without it."""
    runs.write(PROJECT)
    runs.again()

    (runs.folder / "base.py").unlink()

    assert ["part.py"] == runs.again()


def test_settings_count(runs):
    """Which rules are on."""
    runs.write(PROJECT)
    runs.again()

    assert ["alone.py", "base.py", "part.py"] == runs.again(select=("TTL303",))
    assert [] == runs.again(select=("TTL303",))


def test_the_version_of_the_linter_counts(runs, monkeypatch):
    """A changed source of ours, and a changed libcst, are other versions."""
    runs.write(PROJECT)
    runs.again()
    monkeypatch.setattr(cache_folder, "_libcst", lambda: iter(["elsewhere"]))

    assert ["alone.py", "base.py", "part.py"] == runs.again()


def test_versions_follow_our_sources(tmp_path, monkeypatch):
    """Whatever file of the semantics is written, the results of before are not used."""
    for name in ("checks", "semantics/facts", "torch_facts"):
        (tmp_path / name).mkdir(parents=True)
    source = tmp_path / "semantics/facts/base.py"
    source.write_text("a")
    monkeypatch.setattr(cache_folder, "__file__", str(tmp_path / "cache_folder.py"))
    before = cache_folder.version()
    source.write_text("ab")

    assert before != cache_folder.version()


def test_what_changed_at_the_same_moment_is_seen(runs, monkeypatch):
    """A file of the same size and times: they say nothing about what was written just now."""
    now = time.time_ns()
    monkeypatch.setattr(stamps, "times", lambda path: (now, now, 100) if Path(path).exists() else (0, 0, 0))
    runs.write(PROJECT)
    runs.again()
    runs.write({"alone.py": ALONE.replace("[nn.", "(nn.").replace("2)]", "2))")})

    assert ["alone.py"] == runs.again()


def test_a_file_that_was_only_touched_is_not_checked(runs, monkeypatch):
    """Its content says that it is the same; and where the times say so, it is not even read."""
    monkeypatch.setattr(stamps, "UNSURE", 0)
    runs.write(PROJECT)
    runs.again()
    os.utime(runs.folder / "base.py")
    assert [] == runs.again()

    monkeypatch.setattr(stamps, "stamp_now", None)
    assert [] == runs.again()


def test_what_could_not_be_read_and_our_mistakes_are_tried_again(runs, monkeypatch):
    """Next time it may be otherwise."""
    runs.write({"ok.py": ALONE})
    (runs.folder / "bytes.py").write_bytes(b"import torch \xff")
    real = engine.check_text

    def fail(text, *arguments, **others):
        if "crash()" in text:
            raise MemoryError
        return real(text, *arguments, **others)

    monkeypatch.setattr(engine, "check_text", fail)
    runs.write({"crash.py": "import torch\ncrash()\n"})
    assert 3 == runs.outcome().files_checked
    runs.checked.clear()
    runs.outcome()

    assert ["bytes.py", "crash.py"] == runs.checked


def files_of(runs: Runs) -> list[Path]:
    return list((runs.folder / ".cache").rglob("index.json"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"\xff\x00 not ours",
        lambda data: data.replace(b"alone.py", b"alonf.py"),
        lambda data: resummed([]),
        lambda data: resummed({"format": 0, "keys": [], "rows": [], "entries": {}}),
        lambda data: resummed({"format": FORMAT, "keys": [""], "rows": [[1]], "entries": {}}),
        lambda data: data.replace(b'"PROVEN', b'"LIKELY'),
    ],
)
def test_a_file_that_is_not_as_it_was_written_is_ignored(runs, damage):
    """Cut off, empty, of another program, with a bit changed, of another folder."""
    runs.write(PROJECT)
    runs.again()
    (path,) = files_of(runs)
    data = damage(path.read_bytes())
    path.write_bytes(data)

    assert ["alone.py", "base.py", "part.py"] == runs.again() or data == path.read_bytes()
    assert [] == runs.again()


def resummed(value: object) -> bytes:
    """A file that is whole, whatever it says."""
    body = json.dumps(value).encode()
    return b"%d\n%b" % (zlib.crc32(body), body)


def test_a_hostile_file_gives_no_wrong_types(runs):
    """Findings of the wrong shape are found anew."""
    runs.write({"alone.py": ALONE})
    runs.again()
    (path,) = files_of(runs)
    plain = json.loads(path.read_bytes().split(b"\n")[1])
    plain["entries"][str(runs.folder)]["alone.py"][1] = [[1, 2, 3]]
    path.write_bytes(resummed(plain))

    assert ["alone.py"] == runs.again()
    assert [] == runs.again()


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", None])
def test_without_what_exactly_was_used_a_file_is_checked(runs, damage):
    """It lies in a file of its own, and only counts where something changed."""
    runs.write(PROJECT)
    runs.again()
    (path,) = (runs.folder / ".cache").rglob("*.details")
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage(path.read_bytes()))
    assert [] == runs.again()

    runs.write({"base.py": BASE.replace("# a comment", "# another one")})

    assert ["base.py", "part.py"] == runs.again()


def test_what_exactly_was_used_is_that_of_the_findings(runs):
    """A run that is killed between the two leaves them apart."""
    runs.write(PROJECT)
    runs.again()
    (path,) = (runs.folder / ".cache").rglob("*.details")
    before = path.read_bytes()
    runs.write({"base.py": BASE.replace("self.w = nn.Linear(width(), 4)", "self.w = nn.Linear(4, 4)")})
    runs.again()
    path.write_bytes(before)

    runs.write({"base.py": BASE})

    assert ["base.py", "part.py"] == runs.again()


def test_two_processes_keep_each_others_results(runs):
    """Whoever writes last adds to what is there."""
    runs.write(PROJECT)
    first, second = (engine.open_cache(str(runs.folder / ".cache")) for _ in range(2))
    settings = settings_from_layers(engine.catalogue(), [], folder="/")
    for name, cache in (("alone.py", first), ("part.py", second)):
        cache.look_up(str(runs.folder / "base.py"), "", "")
        engine.run([Target(str(runs.folder / name), name, settings)], cache=cache)

    assert ["base.py"] == runs.again()


def test_files_that_are_gone_are_forgotten(runs):
    """When something else of their folder is written."""
    runs.write(PROJECT)
    runs.again()
    (runs.folder / "alone.py").unlink()
    runs.write({"base.py": BASE + "\n"})
    runs.again()

    (path,) = files_of(runs)
    assert b"alone.py" not in path.read_bytes()


def test_the_findings_are_the_same_after_whatever_happens_to_the_files(runs):
    """A hundred edits by chance would be too slow; a few of every kind."""
    chance = random.Random(5)
    variants = {
        "base.py": [
            BASE,
            BASE.replace("4)", "8)"),
            "\n\n" + BASE,
            "Base = object\n",
            BASE.replace("w =", "v ="),
            "x =",
        ],
        "part.py": [PART, PART.replace("base", "helper"), PART.replace("self.w.weight", "self.o.weight")],
        "helper.py": [None, "from base import *\n", "from base import Other as Base\n", BASE],
        "base/__init__.py": [None, None, "from helper import Base\n"],
    }
    for _ in range(14):
        name = chance.choice(list(variants))
        text = chance.choice(variants[name])
        if text is None:
            (runs.folder / name).unlink(missing_ok=True)
        else:
            runs.write({name: text})
        if not (runs.folder / "base/__init__.py").exists() and (runs.folder / "base").exists():
            (runs.folder / "base").rmdir()
        runs.again()
        assert [] == runs.again()


# The command

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}


def python(script: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", script, *arguments]
    return subprocess.run(line, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def command(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> tuple[int, str]:
    done = torchtielint("--output-format", "concise", *arguments, cwd=cwd, env=env)
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout.decode()


def test_the_cache_lies_beside_the_configuration(tree):
    """It is ignored by git by itself, and `clean` removes it."""
    folder = tree({"torchtielint.toml": "", "sub/alone.py": ALONE})

    first = command(cwd=folder / "sub")
    made = folder / ".torchtielint_cache"

    assert [".gitignore", "CACHEDIR.TAG"] == sorted(path.name for path in made.iterdir() if path.is_file())
    assert first == command(cwd=folder / "sub")
    (made / "mine").touch()
    assert 0 == torchtielint("clean", cwd=folder / "sub").returncode
    assert ["mine"] == [path.name for path in made.iterdir()]
    (made / "mine").unlink()
    made.rmdir()
    assert b"no cache in .torchtielint_cache" in torchtielint("clean", cwd=folder).stderr


def test_the_cache_lies_where_one_says(tree):
    """By an option, the environment or the configuration; or there is none."""
    folder = tree({"torchtielint.toml": 'cache-dir = "c"', "alone.py": "import torch\n"})

    def place(**options: object) -> str | None:
        from torchtielint.command import CheckOptions, cache_folder

        found = cache_folder(CheckOptions(**options))
        return None if found is None else str(Path(found).relative_to(folder))

    assert ("c", "d", None) == (place(), place(cache_dir="d"), place(no_cache=True))
    assert ".torchtielint_cache" == place(isolated=True)
    assert "e" == place(isolated=True, config=('cache-dir = "e"',))
    os.environ["TORCHTIELINT_CACHE_DIR"] = "f"
    try:
        assert ("f", "d") == (place(), place(cache_dir="d"))
    finally:
        del os.environ["TORCHTIELINT_CACHE_DIR"]
    (folder / "elsewhere").mkdir()
    (folder / ".torchtielint_cache").symlink_to(folder / "elsewhere")
    assert None is place(isolated=True)


def test_nothing_is_written_where_nothing_is_to_be_kept(tree):
    """With `--no-cache`, and for standard input."""
    folder = tree({"alone.py": ALONE})
    command("--no-cache", cwd=folder)

    assert ["alone.py"] == [path.name for path in folder.iterdir()]


def test_a_warm_run_imports_no_parser(tree):
    """Neither libcst nor what reads patterns, configurations or hashes."""
    folder = tree({"alone.py": ALONE, "plain.py": "x = 1\n"})
    first = command(cwd=folder)
    script = (
        "import sys\nfrom torchtielint import stamps\nstamps.UNSURE = 0\nfrom torchtielint.cli import execute\n"
        "code = execute(['--output-format', 'concise'])\n"
        "heavy = {'libcst', 'pathspec', 'tomllib', 'rich', 'multiprocessing', 'concurrent.futures'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "sys.exit(code)\n"
    )
    done = python(script, cwd=folder)

    assert (first[0], first[1] + "[]\n") == (done.returncode, done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits")
@pytest.mark.parametrize("obstacle", ["read-only", "full", "a file"])
def test_a_folder_that_takes_nothing_costs_time_only(tree, obstacle):
    """A read-only one, a full disk, a file in its place."""
    folder = tree({"alone.py": ALONE})
    place = folder / ".torchtielint_cache"
    limit = ""
    if obstacle == "read-only":
        arguments = ["--cache-dir", "/proc/self/cache"]  # where even root writes nothing
    elif obstacle == "full":
        arguments, limit = [], "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40)); "
    else:
        place.touch()
        arguments = []
    script = f"{limit}import sys; from torchtielint.cli import execute; sys.exit(execute(sys.argv[1:]))"
    done = python(script, "--output-format", "concise", *arguments, cwd=folder)

    assert (1, 1) == (done.returncode, done.stdout.count("TTL104"))
    assert "Traceback" not in done.stderr
    assert [] == list(folder.rglob("*.tmp"))


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_run_that_is_killed_leaves_what_it_saved(runs):
    """Nothing that it leaves behind is in the way of the next."""
    runs.write({f"m{i}.py": ALONE for i in range(4)})
    script = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n"
        "import os, signal\nfrom pathlib import Path\n"
        "from torchtielint import cache, engine\nfrom test_cache import Runs\n"
        "cache.SAVE_EVERY = -1\ncache.SAVE_SHARE = 0\nreal = engine.check_text\n"
        "def check(text, path, *rest, **others):\n"
        "    if path == 'm3.py': os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(text, path, *rest, **others)\n"
        "engine.check_text = check\nRuns(Path.cwd()).outcome()\n"
    )
    done = python(script, cwd=runs.folder)
    assert (-signal.SIGKILL, "") == (done.returncode, done.stderr)

    assert ["m3.py"] == runs.again()


def test_two_runs_at_once_find_what_one_does(tree):
    """They write the same files."""
    folder = tree({f"m{i}.py": ALONE.replace("Alone", f"A{i}") for i in range(3)})
    expected = command("--no-cache", cwd=folder)
    line = [sys.executable, "-m", "torchtielint", "-q", "--output-format", "concise"]
    both = [subprocess.Popen(line, cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) for _ in "ab"]
    said = [one.communicate()[0] for one in both]

    assert [expected, expected] == [(one.returncode, out) for one, out in zip(both, said, strict=True)]
    assert expected == command(cwd=folder)
    assert [] == list(folder.rglob("*.tmp"))
