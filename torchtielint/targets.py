"""Which major version of transformers a project is written for, from what its own files pin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from torchtielint.errors import ConfigError
from torchtielint.options import parse_toml

_REQUIREMENT = re.compile(r"transformers\s*(?:\[[^\]]*\])?\s*\(?(?P<versions>[^;#)]*)(?:[;#)].*)?", re.IGNORECASE)
# In a `setup.py`, which is never run: a whole string that is a requirement.
_IN_SETUP = re.compile(r"""(?<=['"])transformers\s*[\[<>=~!][^'"\n]*(?=['"])""")
_SAYING = frozenset({"pyproject.toml", "requirements.txt", "setup.cfg", "setup.py"})
_CLAUSE = re.compile(r"(?P<operator>===|==|~=|<=|<|\^|~|)\s*v?(?P<major>\d+)(?P<rest>[\d.*]*)")


def pinned_in(folder: Path) -> int | None:
    """The newest major version of transformers that the requirements of the project in a folder allow.

    They stand in `pyproject.toml`, `requirements.txt`, `setup.cfg`, `setup.py`, or beside an unpacked wheel. None
    where nothing there bounds the version from above, or where the files cannot be read.
    """
    majors = [major for requirement in _requirements(folder) if (major := newest_major(requirement)) is not None]
    return min(majors, default=None)


def says_versions(names: Iterable[str]) -> bool:
    """Whether a folder with these names may say anything about versions."""
    return any(name in _SAYING or name.endswith(".dist-info") for name in names)


def newest_major(requirement: str) -> int | None:
    """The newest major version that a requirement on transformers allows: `transformers<5` is 4."""
    found = _REQUIREMENT.fullmatch(requirement.strip())
    if found is None:
        return None
    clauses = [_CLAUSE.fullmatch(clause.strip()) for clause in found["versions"].split(",")]
    return min((_upper(clause) for clause in clauses if clause is not None), default=None)


def _upper(clause: re.Match[str]) -> int:
    major = int(clause["major"])
    is_round = not clause["rest"].strip(".0*")
    return major - 1 if clause["operator"] == "<" and is_round else major


def forget_requirements() -> None:
    """Read what folders say anew."""
    _requirements.cache_clear()


@lru_cache(maxsize=1024)
def _requirements(folder: Path) -> tuple[str, ...]:
    return tuple(_read(folder))


def _read(folder: Path) -> Iterator[str]:
    yield from _text(folder / "requirements.txt").splitlines()
    yield from _text(folder / "setup.cfg").splitlines()
    yield from _IN_SETUP.findall(_text(folder / "setup.py"))
    yield from _of_wheel(folder)
    text = _text(folder / "pyproject.toml")
    if "transformers" not in text:
        return
    try:
        table = parse_toml(text, where="pyproject.toml")
    except ConfigError:  # whoever needs the file for configuration says so
        return
    project = table.get("project")
    yield from _strings(project.get("dependencies") if isinstance(project, dict) else None)
    tool = table.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    pinned = poetry.get("dependencies") if isinstance(poetry, dict) else None
    version = pinned.get("transformers") if isinstance(pinned, dict) else None
    version = version.get("version") if isinstance(version, dict) else version
    if isinstance(version, str):
        yield f"transformers {version}"


def _of_wheel(folder: Path) -> Iterator[str]:
    """The requirements of the one distribution that is unpacked in a folder."""
    try:
        found = [entry for entry in folder.iterdir() if entry.name.endswith(".dist-info")]
    except OSError:
        return
    if len(found) == 1:
        for line in _text(found[0] / "METADATA").splitlines():
            if line.startswith("Requires-Dist: "):
                yield line.removeprefix("Requires-Dist: ")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _strings(value: object) -> Iterable[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
