"""What the tests of the command line and the engine share."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from torchtielint import engine
from torchtielint.config import Settings, settings_from_layers
from torchtielint.findings import Certainty, Finding, Note, Position, Range, Severity
from torchtielint.options import Layer
from torchtielint.repairs.workshop import Workshop
from torchtielint.selectors import Catalogue

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that at the end no core waits for another."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give each worker tests that stand together, which share what they prepare; who is done takes from the others."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None  # as `-n` alone says


NAMES = {
    "TTL001": "syntax-error",
    "TTL002": "unused-suppression",
    "TTL003": "file-not-finished",
    "TTL101": "parameter-lost-to-op",
    "TTL301": "repeated-module",
    "TTL302": "tie-through-data",
    "TTL311": "tied-padding-row",
}
CATALOGUE = Catalogue(NAMES, frozenset(NAMES) - {"TTL311"}, always=frozenset({"TTL001", "TTL003"}))
_MISTAKE = re.compile(r"mistake\((TTL\d{3})(?:, (\w+))?\)")


def listening() -> None:
    """In a process that begins: let Ctrl-C reach it, which shells keep from what they run in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def finding(code: str, line: int, column: int = 1, *, end: tuple[int, int] | None = None, **others: object) -> Finding:
    """A finding of a rule of the test catalogue."""
    values: dict[str, object] = {"message": f"found {code}", "path": "model.py", **others}
    place = Range(Position(line, column), Position(*(end or (line, column + 1))))
    return Finding(code, NAMES[code], Severity.ERROR, Certainty.PROVEN, range=place, **values)  # type: ignore[arg-type]  # as given


def fake_check(text: str, path: str, codes: frozenset[str], **_where: object) -> list[Finding]:
    """Find a mistake wherever a text says `mistake(CODE)` or `mistake(CODE, certainty)`; fail where it says so."""
    if "crash()" in text:
        raise RecursionError("too deep for us")
    found: list[Finding] = []
    for number, line in enumerate(text.split("\n"), 1):
        for match in _MISTAKE.finditer(line):
            place = Range(Position(number, match.start() + 1), Position(number, match.end() + 1))
            sure = Certainty[(match[2] or "proven").upper()]
            if match[1] in codes:
                found.append(Finding(match[1], NAMES[match[1]], Severity.ERROR, sure, f"found {match[1]}", path, place))
    return found


@pytest.fixture
def fake_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a check that reads marks in place of the interpreter."""
    monkeypatch.setattr(engine, "check_text", fake_check)
    monkeypatch.setattr(engine, "catalogue", lambda: CATALOGUE)


@pytest.fixture(autouse=True)
def repairs_that_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in a repair costs users a fix, and a test its success."""
    monkeypatch.setattr(Workshop, "repaired", lambda shop, repair: repair(shop))


@pytest.fixture
def settings() -> Settings:
    """What holds where nothing is configured."""
    return settings_from_layers(CATALOGUE, [], folder=str(Path.cwd()))


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write files into an empty working folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TORCHTIELINT_OUTPUT_FORMAT"):
        monkeypatch.delenv(name, raising=False)

    def write(files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write


def layer(**values: object) -> Layer:
    """A layer of configuration."""
    return Layer("a test", str(Path.cwd()), **values)  # type: ignore[arg-type]  # as given


def torchtielint(*arguments: str, cwd: Path, stdin: bytes = b"", env: dict[str, str] | None = None):
    """Run the real command."""
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    environment |= {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]), **(env or {})}
    return subprocess.run(
        [sys.executable, "-m", "torchtielint", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=environment,
        check=False,
        timeout=60,
    )


__all__ = ["CATALOGUE", "NAMES", "ROOT", "Note", "fake_check", "finding", "layer", "torchtielint"]
