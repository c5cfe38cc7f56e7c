"""The baseline: what is known is silent, what is new is shown, what is gone is said."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from conftest import CATALOGUE, finding, layer
from hypothesis import given
from hypothesis import strategies as st

from torchtielint import cli
from torchtielint.baseline import Baseline, Key
from torchtielint.config import settings_from_layers
from torchtielint.engine import Outcome, Target

ONE = "import torch\nmistake(TTL301)\n"
TWO = "import torch\n\n\nmistake(TTL301)\nmistake(TTL301)\n"
FILE = "torchtielint-baseline.json"


@pytest.fixture
def command(fake_rules, capsys):
    """Run the command in this process; give exit code, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, list[str], str]:
        code = cli.execute(("check", "--output-format", "concise", *arguments))
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return run


def test_what_is_known_is_silent_and_what_is_new_is_not(command, tree):
    """Wherever the lines move; also from the cache."""
    tree({"a.py": ONE, "b.py": "import torch\n"})

    assert (
        0,
        [],
        f"wrote 1 finding in 1 file to {FILE}\nAll checks passed! (2 files) (1 known by the baseline)\n",
    ) == (command("--write-baseline"))
    tree({"a.py": "# moved\n\n" + ONE})
    assert (0, []) == command("--baseline", FILE)[:2] == command("--baseline", FILE)[:2]
    assert (1, ["a.py:4:1: TTL301 [repeated-module] found TTL301"]) == command()[:2]
    tree({"b.py": ONE, "a.py": ONE + "mistake(TTL302)\n"})
    assert (
        1,
        ["a.py:3:1: TTL302 [tie-through-data] found TTL302", "b.py:2:1: TTL301 [repeated-module] found TTL301"],
    ) == command("--baseline", FILE)[:2]


def test_one_more_than_known_shows_all(command, tree):
    """Nobody can tell which of them is new."""
    tree({"a.py": ONE})
    command("--write-baseline")
    tree({"a.py": TWO})

    code, out, err = command("--baseline", FILE)

    assert (1, 2) == (code, len(out))
    assert "more than the baseline knows: a.py: TTL301 (1 known, 2 found)\n" in err


def test_what_is_gone_is_stale(command, tree):
    """It would hide the next mistake of its kind, so that the run fails until the baseline is written anew."""
    tree({"a.py": TWO, "b.py": ONE})
    command("--write-baseline")
    tree({"a.py": ONE})
    Path("b.py").unlink()

    code, out, err = command("--baseline", FILE)

    assert (1, []) == (code, out)
    assert [
        "stale in the baseline: a.py: TTL301 (2 known, 1 found)",
        "stale in the baseline: b.py: TTL301 (1 known, 0 found)",
        f"`--write-baseline` removes what is stale from {FILE}",
    ] == err.splitlines()[:3]
    assert 0 == command("--baseline", FILE, "--exit-zero")[0]
    assert 0 == command("--baseline", FILE, "--write-baseline")[0]
    assert {"a.py": {"TTL301": {"": 1}}} == json.loads(Path(FILE).read_text())["findings"]


@pytest.mark.parametrize(
    "arguments", [("b.py",), ("--select", "TTL1"), ("--certainty", "proven"), ("--exclude", "a.py")]
)
def test_what_a_run_does_not_look_for_is_not_stale(command, tree, arguments):
    """Other files, other rules, less sure findings; and writing what it finds keeps the rest."""
    tree({"a.py": "import torch\nmistake(TTL301, likely)\n", "b.py": "import torch\nmistake(TTL302, likely)\n"})
    command("--write-baseline")
    before = Path(FILE).read_text()
    tree({"a.py": "import torch\n"})

    assert 0 == command("--baseline", FILE, *arguments)[0]
    command("--baseline", FILE, "--write-baseline", *arguments)
    assert before == Path(FILE).read_text()


def test_a_file_that_cannot_be_checked_is_neither_known_nor_stale(command, tree):
    """It is reported, every time."""
    tree({"a.py": ONE})
    command("--write-baseline")
    tree({"a.py": "import torch\ncrash()\n"})

    code, out, err = command("--baseline", FILE)

    assert (2, True, False) == (code, "TTL003" in out[0], "stale" in err)
    assert (2, True) == (command("--baseline", FILE, "--write-baseline")[0], "TTL301" in Path(FILE).read_text())


def test_the_setting(command, tree, monkeypatch):
    """Relative to its file, also from a folder below; an empty option turns it off."""
    root = tree({"torchtielint.toml": 'baseline = "known.json"\n', "sub/a.py": ONE})
    command("--write-baseline")
    monkeypatch.chdir(root / "sub")

    assert {"sub/a.py"} == set(json.loads((root / "known.json").read_text())["findings"])
    assert 0 == command()[0]
    assert 1 == command("--baseline", "")[0]


def test_standard_input(command, tree, monkeypatch):
    """Under the name of its file."""
    tree({"a.py": ONE})
    command("--write-baseline")

    for text, code in ((ONE, 0), (TWO, 1)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert code == command("-", "--stdin-filename", "a.py", "--baseline", FILE)[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        ("", "is no baseline"),
        ("[" * 100_000, "is no baseline"),
        ("[]", "is no baseline"),
        ('{"version": 2}', "is a baseline of another version: 2"),
        ('{"version": 1, "certainty": "likely", "findings": {"a": {"b": {"c": -1}}}}', "is no baseline"),
        ('{"version": 1, "certainty": "likely", "findings": {"a": {"b": {"c": "1"}}}}', "is no baseline"),
        ('{"version": 1, "certainty": "sure", "findings": {}}', "is no baseline"),
        ("<<<<<<< HEAD", "is no baseline"),
    ],
)
def test_what_is_no_baseline_is_said(command, tree, content, message):
    """Before anything is checked."""
    tree({"a.py": ONE, **({} if content is None else {"known.json": content})})

    code, _, err = command("--baseline", "known.json")

    assert (2, True) == (code, message in err)


def test_a_baseline_is_not_written_by_a_run_that_fixes(command, tree):
    """What it found is not what is left."""
    tree({"a.py": ONE})

    assert (2, True) == ((ran := command("--write-baseline", "--fix"))[0], "contradict" in ran[2])
    assert not Path(FILE).exists()


@given(
    st.lists(st.tuples(st.sampled_from(["a.py", "b.py"]), st.sampled_from(["TTL301", "TTL302"])), max_size=8),
    st.lists(st.tuples(st.sampled_from(["a.py", "b.py"]), st.sampled_from(["TTL301", "TTL302"])), max_size=8),
)
def test_nothing_new_is_swallowed(before, after):
    """Whatever was known: as many findings as are new are shown at least, and each entry is used up or stale."""
    settings = settings_from_layers(CATALOGUE, [layer()], folder="/p")
    targets = [Target(f"/p/{name}", name, settings) for name in ("a.py", "b.py")]

    def outcome(pairs):
        return Outcome(tuple(finding(code, 1, path=path) for path, code in pairs), 2)

    known = Baseline("/p/known.json", {}).updated(outcome(before), targets)
    left = known.apply(outcome(after), targets)

    for path, code in {*before, *after}:
        new = after.count((path, code)) - before.count((path, code))
        shown = sum((one.path, one.code) == (path, code) for one in left.findings)
        assert (after.count((path, code)) if new > 0 else 0) == shown
        assert known.counts.get(Key(path, code, ""), 0) == before.count((path, code))
    assert left.stale == sum(after.count(pair) < before.count(pair) for pair in set(before))
    assert left.known == len(after) - len(left.findings)


def test_a_finding_in_a_file_that_was_not_asked_for_is_counted_where_it_is(tmp_path, monkeypatch):
    """Whatever led there."""
    monkeypatch.chdir(tmp_path)
    settings = settings_from_layers(CATALOGUE, [layer()], folder=str(tmp_path))
    outcome = Outcome((finding("TTL301", 1, path="other/b.py"),), 1)
    made = Baseline(str(tmp_path / "known.json"), {}).updated(
        outcome, [Target(str(tmp_path / "a.py"), "a.py", settings)]
    )

    assert {Key("other/b.py", "TTL301", ""): 1} == made.counts
