"""The table of what is found in published packages is whole; `.ci/run` compares it with what the linter finds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from torchtielint.checks.registry import all_rules

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import ecosystem  # noqa: E402  # the line above makes it importable
import ecosystem_table  # noqa: E402  # the lines above say where it is
from ecosystem_table import Package, Place  # noqa: E402  # likewise

PACKAGES = ecosystem_table.read_packages(ecosystem_table.PACKAGES.read_text(encoding="utf-8"))
TEXT = ecosystem_table.FINDINGS.read_text(encoding="utf-8")
TABLE = ecosystem_table.read_table(TEXT)

ONE = Place("one", "one/a.py", 3, "TTL104")
OTHER = Place("one", "one/b.py", 1, "TTL204")


def test_every_row_has_a_reason() -> None:
    assert [place for place, why in TABLE.reasons.items() if not why] == []


def test_every_code_is_a_rule_that_is_on_by_default() -> None:
    on = {code for code, rule in all_rules().items() if rule.default}
    assert {place.code for place in TABLE.reasons} <= on


def test_no_row_says_that_the_linter_failed() -> None:
    assert [place for place in TABLE.reasons if place.code.startswith("TTL0")] == []


def test_rows_and_packages_are_those_that_a_run_writes() -> None:
    assert ecosystem_table.render(PACKAGES, TABLE.reasons) == TEXT


def test_the_table_speaks_of_the_pinned_versions() -> None:
    assert TABLE.versions == {package.name: package.version for package in PACKAGES}


def test_packages_are_named_once_and_pinned_to_one_version() -> None:
    assert len({package.name for package in PACKAGES}) == len(PACKAGES)
    assert all(re.fullmatch(r"\d+(\.\d+)*", package.version) for package in PACKAGES)


def test_ci_lints_something_of_every_library_that_the_readme_names() -> None:
    sliced = {package.name for package in PACKAGES if package.slice}
    assert sliced >= {"timm", "transformers", "x-transformers", "vit-pytorch", "open-clip-torch"}


def test_the_slice_includes_every_file_with_a_row() -> None:
    package = Package("one", "1.0", ("one/c",))
    assert ecosystem.paths_of(package, [OTHER, ONE, OTHER], whole=False) == ["one/c", "one/a.py", "one/b.py"]
    assert ecosystem.paths_of(package, [OTHER], whole=True) == ["."]
    assert ecosystem.paths_of(Package("two", "1.0"), [ONE], whole=False) == []


def test_a_bar_in_a_reason_survives() -> None:
    reasons = {ONE: "`a | b` is true", OTHER: ""}
    text = ecosystem_table.render([Package("one", "1.0")], reasons)
    assert ecosystem_table.read_table(text).reasons == reasons


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("| `one/a.py` | 3 | TTL104 |", "no row of four cells"),
        ("| `one/a.py` | three | TTL104 | why |", "no row of four cells"),
        ("| one/a.py | 3 | TTL104 | why |", "no part of a table"),
        ("| `one/b.py` | 1 | TTL204 | why |", "stands there twice"),
    ],
)
def test_a_line_that_is_no_row_is_refused(line: str, said: str) -> None:
    text = ecosystem_table.render([Package("one", "1.0")], {OTHER: "why"}) + line
    with pytest.raises(ValueError, match=said):
        ecosystem_table.read_table(text)


def test_an_unknown_key_of_a_package_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown keys: slices"):
        ecosystem_table.read_packages('[[package]]\nname = "one"\nversion = "1.0"\nslices = []\n')


def test_differences_say_what_is_new_gone_and_unexplained() -> None:
    third = Place("two", "two.py", 9, "TTL101")
    lines = ecosystem.differences({ONE: "it raises", OTHER: ""}, {OTHER: "this raises", third: "this is lost"})
    assert lines == [
        "- one: one/a.py:3 TTL104 is not found any more; the table says: it raises",
        "? one: one/b.py:1 TTL204 has no reason: this raises",
        "+ two: two.py:9 TTL101 is new: this is lost",
    ]
    assert ecosystem.differences({ONE: "it raises"}, {ONE: "this raises"}) == []


@pytest.fixture
def pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One package, unpacked already, with one finding; its table is empty."""
    folder = tmp_path / "cache" / "one-1.0" / "one"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text(
        "from torch import nn\n\n\nclass A(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layers = [nn.Linear(2, 2)]\n",
        encoding="utf-8",
    )
    packages = tmp_path / "packages.toml"
    packages.write_text('[[package]]\nname = "one"\nversion = "1.0"\nslice = ["one"]\n', encoding="utf-8")
    monkeypatch.setattr(ecosystem, "PACKAGES", packages)
    monkeypatch.setattr(ecosystem, "FINDINGS", tmp_path / "findings.md")
    return tmp_path


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["ecosystem.py", "--cache", str(folder / "cache"), *arguments])
    return int(ecosystem.main())


def test_a_finding_needs_a_reason_and_then_its_finding(
    pinned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pinned / "findings.md"
    assert run(pinned, monkeypatch) == 0
    assert "1 rows, 1 without a reason" in capsys.readouterr().out
    assert run(pinned, monkeypatch, "--check", "--slice") == 1
    assert "? one: one/a.py:7 TTL104 has no reason: `self.layers` holds" in capsys.readouterr().out

    table.write_text(table.read_text(encoding="utf-8").replace("TTL104 | |", "TTL104 | it is |"), encoding="utf-8")
    assert run(pinned, monkeypatch, "--check", "--slice") == 0
    assert run(pinned, monkeypatch) == 0
    assert "TTL104 | it is |" in table.read_text(encoding="utf-8")

    (pinned / "cache" / "one-1.0" / "one" / "a.py").write_text("import torch\n", encoding="utf-8")
    capsys.readouterr()
    assert run(pinned, monkeypatch, "--check") == 1
    assert "- one: one/a.py:7 TTL104 is not found any more; the table says: it is" in capsys.readouterr().out
    assert run(pinned, monkeypatch) == 0
    assert ecosystem_table.NOTHING in table.read_text(encoding="utf-8")


def test_another_version_needs_another_table(
    pinned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package = Package("one", "0.9")
    (pinned / "findings.md").write_text(ecosystem_table.render([package], {}), encoding="utf-8")
    assert run(pinned, monkeypatch, "--check") == 1
    assert "! one is pinned to 1.0, the table speaks of another version" in capsys.readouterr().out


def test_a_package_that_cannot_be_linted_is_no_empty_result(
    pinned: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (pinned / "packages.toml").write_text(
        '[[package]]\nname = "one"\nversion = "1.0"\nslice = ["missing"]\n', encoding="utf-8"
    )
    assert run(pinned, monkeypatch, "--check", "--slice") == 2
    assert "`missing` does not exist" in capsys.readouterr().err


def test_a_package_that_cannot_be_had_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_pip: list[list[str]]
) -> None:
    with pytest.raises(ecosystem.EcosystemError, match="no such version"):
        ecosystem.unpacked(Package("one", "1.0"), tmp_path / "cache")
    assert fake_pip[0][-1] == "one==1.0"
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.fixture
def fake_pip(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A pip that finds nothing, and what it was asked."""
    asked: list[list[str]] = []

    def refuse(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, "", "no such version")

    monkeypatch.setattr(subprocess, "run", refuse)
    return asked
