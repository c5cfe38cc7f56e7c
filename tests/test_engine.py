"""The pipeline: one file's mistake never hides the others."""

from __future__ import annotations

import itertools
import sys
import types

import pytest
from conftest import CATALOGUE, layer
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from torchtielint import engine
from torchtielint.config import settings_from_layers
from torchtielint.engine import Target, check_source, run
from torchtielint.findings import Certainty, Severity
from torchtielint.selectors import Selection


def found(data, settings, path="model.py"):
    """Place and code of each finding."""
    return [
        (f.range.start.line, f.range.start.column, f.code) for f in check_source(data, path=path, settings=settings)
    ]


def test_findings_come_in_reading_order(fake_rules, settings):
    """Whatever the order in which rules found them."""
    text = "import torch\nmistake(TTL302) mistake(TTL301)\nmistake(TTL101)"

    assert [(2, 1, "TTL302"), (2, 17, "TTL301"), (3, 1, "TTL101")] == found(text, settings)


def test_positions_are_those_of_the_file(fake_rules, settings):
    """Whatever its line ends, mark and encoding."""
    data = b"\xef\xbb\xbfimport torch\r\n\r'\xc3\xa9' mistake(TTL301)\x0c\nmistake(TTL301)"

    assert [(3, 5, "TTL301"), (4, 1, "TTL301")] == found(data, settings)


def test_a_stub_says_nothing_about_what_its_functions_do():
    """A constructor without a body calls no `super().__init__()`, and is none."""
    text = "from torch import nn\n\nclass A(nn.ModuleList):\n    def __init__(self, modules=...) -> None: ...\n"
    settings = settings_from_layers(engine.catalogue(), [], folder="")

    assert [] == found(text, settings, path="model.pyi")
    assert [(4, 5, "TTL106")] == found(text, settings, path="model.py")


def test_files_without_torch_are_not_checked(fake_rules, settings):
    """But a suppression in them is judged."""
    assert [] == found("mistake(TTL301)", settings)
    assert [(1, 9, "TTL002")] == found("x #noqa:TTL301", settings)
    assert [(1, 27, "TTL002")] == found("x  # torchtielint: ignore[TTL301]", settings)


def test_a_mistake_of_ours_is_a_finding(fake_rules, settings):
    """It names the exception and asks for a report."""
    (one,) = check_source("import torch\ncrash()", path="model.py", settings=settings)

    assert ("TTL003", Severity.ERROR) == (one.code, one.severity)
    assert (
        one.message == "torchtielint failed on this file (RecursionError: too deep for us), so findings may be missing"
    )
    assert "report it" in one.help


@pytest.mark.parametrize(
    "error", [MemoryError(), RecursionError(), AssertionError("x\ny"), type("PanicException", (BaseException,), {})()]
)
def test_whatever_breaks_is_caught(monkeypatch, settings, error):
    """Even what a native parser raises, which is no Exception."""

    def fail(text, path, codes, **_where):
        raise error

    monkeypatch.setattr(engine, "check_text", fail)

    assert [(1, 1, "TTL003")] == found("import torch", settings)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_is_none(monkeypatch, settings, error):
    """It ends the run."""

    def fail(text, path, codes, **_where):
        raise error

    monkeypatch.setattr(engine, "check_text", fail)
    with pytest.raises(error):
        check_source("import torch", path="model.py", settings=settings)


def test_findings_below_the_wanted_certainty_are_not_shown(fake_rules):
    """But a comment that silences one is used."""
    text = "import torch\nmistake(TTL301, hint) mistake(TTL302, likely)\nmistake(TTL301, hint)  # noqa: TTL301"

    for wanted, expected in ((Certainty.PROVEN, 0), (Certainty.LIKELY, 1), (Certainty.HINT, 2)):
        chosen = settings_from_layers(CATALOGUE, [layer(certainty=wanted)], folder="/")
        assert expected == len(found(text, chosen))


def test_a_file_that_was_not_checked_is_always_told(fake_rules):
    """Whatever is selected, unless it is ignored."""
    data = b"import torch \xff"
    only = settings_from_layers(CATALOGUE, [layer(selection=Selection(select=("TTL301",)))], folder="/")
    without = settings_from_layers(CATALOGUE, [layer(selection=Selection(ignore=("file-not-finished",)))], folder="/")

    assert [(1, 1, "TTL003")] == found(data, only)
    assert [] == found(data, without)


def test_suppressions_are_not_judged_where_checking_failed(fake_rules, settings):
    """Nobody knows whether they are needed; those about the failure hold."""
    assert [(1, 1, "TTL003")] == found("import torch\ncrash()  # torchtielint: ignore[TTL301]", settings)
    assert [] == found("import torch\ncrash()\n# torchtielint: ignore-file[TTL003]", settings)


def test_per_file_ignores(fake_rules, tmp_path):
    """Patterns are matched against the file, not against what reports call it."""
    chosen = settings_from_layers(CATALOGUE, [layer(per_file_ignores={"tests": ("TTL301",)})], folder=str(tmp_path))
    target = Target(str(tmp_path / "tests/a.py"), "a.py", chosen, b"import torch; mistake(TTL301) mistake(TTL302)")

    assert ["TTL302"] == [finding.code for finding in run([target]).findings]


def test_a_run_goes_on(fake_rules, settings, tmp_path):
    """Past files that cannot be read, are no text, or break the linter."""
    contents = {"a.py": b"crash() torch", "b.py": b"torch \xff", "d.py": b"torch mistake(TTL301)"}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    names = ["a.py", "b.py", "c.py", "d.py"]

    outcome = run([Target(str(tmp_path / name), name, settings) for name in names])

    assert [("a.py", "TTL003"), ("b.py", "TTL003"), ("c.py", "TTL003"), ("d.py", "TTL301")] == [
        (finding.path, finding.code) for finding in outcome.findings
    ]
    assert outcome.findings[2].message == "cannot be read: No such file or directory"
    assert (4, 1) == (outcome.files_checked, len(outcome.traces))


def test_an_interrupted_run_gives_what_is_known(fake_rules, settings):
    """And says that it is not all."""
    targets = [Target(f"/{name}.py", f"{name}.py", settings, b"torch mistake(TTL301)") for name in "abc"]

    def two(results, _total):
        yield from itertools.islice(results, 2)
        raise KeyboardInterrupt

    outcome = run(targets, progress=two)

    assert (2, 2, True) == (len(outcome.findings), outcome.files_checked, outcome.interrupted)


def test_files_without_torch_import_no_parser(settings, monkeypatch):
    """Most files of a tree end at the screen."""
    monkeypatch.setitem(sys.modules, "torchtielint.checks.run", types.ModuleType("broken"))

    assert [] == found("x = 1", settings)


@given(st.binary(max_size=120))
@hypothesis_settings(deadline=None)
def test_any_bytes_give_findings(data):
    """With the real rules: never an exception, never a mistake of ours."""
    chosen = settings_from_layers(engine.catalogue(), [], folder="/")

    findings = check_source(b"import torch\n" + data, path="model.py", settings=chosen)

    assert not [finding.message for finding in findings if "failed on this file" in finding.message]
