"""The pinned packages and what is known to be found in them: `tests/ecosystem/`, read and written."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "ecosystem"
PACKAGES = FOLDER / "packages.toml"
FINDINGS = FOLDER / "findings.md"

INTRODUCTION = """\
# What the linter finds in published packages

Everything but information that the default rules report in the packages below, each read in its source.
`scripts/ecosystem.py` writes this file and keeps the reasons; a finding without a reason fails CI, and so does one that
is gone.
"""
HEADER = "| file | line | code | why it is true |\n|---|---|---|---|"
NOTHING = "Nothing."
_HEADING = re.compile(r"^## (?P<name>\S+) (?P<version>\S+)$")
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Package:
    """A package at one version, the files and folders of it that CI lints, and settings that a checkout would have.

    Wheels hold no `pyproject.toml`: which transformers a package is written for stands in `config`.
    """

    name: str
    version: str
    slice: tuple[str, ...] = ()
    config: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is found: a package, a file in it, a line, and the code of the rule."""

    package: str
    file: str
    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Table:
    """The reason why each finding is true, empty where nobody gave one, and the versions that it speaks of."""

    versions: dict[str, str]
    reasons: dict[Place, str]


def read_packages(text: str) -> list[Package]:
    """The packages in the order in which they are linted: what takes longest first.

    Raises:
        ValueError: an entry is not as it should be.
    """
    packages = []
    for entry in tomllib.loads(text)["package"]:
        unknown = entry.keys() - {"name", "version", "slice", "config"}
        if unknown:
            raise ValueError(f"{PACKAGES.name} has unknown keys: {', '.join(sorted(unknown))}")
        lists = {key: tuple(entry.get(key, ())) for key in ("slice", "config")}
        packages.append(Package(entry["name"], entry["version"], **lists))
    return packages


def read_table(text: str) -> Table:
    """The table as `render` writes it.

    Raises:
        ValueError: a line is no part of a table.
    """
    versions: dict[str, str] = {}
    reasons: dict[Place, str] = {}
    package = ""
    for number, line in enumerate(text.splitlines(), 1):
        heading = _HEADING.match(line)
        if heading is not None:
            package = heading["name"]
            versions[package] = heading["version"]
        elif package and line.startswith("| `"):
            cells = [cell.strip() for cell in _CELL.split(line)[1:-1]]
            if len(cells) != 4 or not cells[1].isdecimal():
                raise ValueError(f"{FINDINGS.name}:{number} is no row of four cells: {line}")
            place = Place(package, cells[0].strip("`"), int(cells[1]), cells[2])
            if place in reasons:
                raise ValueError(f"{FINDINGS.name}:{number} stands there twice: {line}")
            reasons[place] = cells[3].replace("\\|", "|")
        elif package and line and line not in HEADER.splitlines() and line != NOTHING:
            raise ValueError(f"{FINDINGS.name}:{number} is no part of a table: {line}")
    return Table(versions, reasons)


def render(packages: Iterable[Package], reasons: dict[Place, str]) -> str:
    """The whole file: a table for each package, by name."""
    sections = [INTRODUCTION]
    for package in sorted(packages, key=lambda package: package.name):
        rows = [_row(place, reasons[place]) for place in sorted(reasons) if place.package == package.name]
        sections.append(f"## {package.name} {package.version}\n\n" + _table(rows))
    return "\n".join(sections)


def _table(rows: Sequence[str]) -> str:
    return "\n".join([HEADER, *rows]) + "\n" if rows else f"{NOTHING}\n"


def _row(place: Place, why: str) -> str:
    cells = (f"`{place.file}`", str(place.line), place.code, why.replace("|", "\\|"))
    return f"| {' | '.join(cells)} |" if why else f"| {' | '.join(cells[:3])} | |"
