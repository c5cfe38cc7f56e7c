"""Lint pinned packages from the registry, and write what is found to `tests/ecosystem/findings.md`, or compare with it.

Wheels are downloaded with pip and unpacked, never installed and never imported.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

# E402: the line above says where it is
from ecosystem_table import FINDINGS, PACKAGES, Package, Place, read_packages, read_table, render  # noqa: E402

MINUTES = 15  # many times what the largest package takes
Found = dict[Place, str]  # with the message of each

ADVICE = """
A false alarm is mended in the linter. For a true finding run `python scripts/ecosystem.py` and give its row a reason;
the same takes out the rows of findings that are rightly gone."""


class EcosystemError(Exception):
    """A package cannot be had or cannot be linted."""


def default_cache() -> Path:
    """Where unpacked packages are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "torchtielint-ecosystem"


def unpacked(package: Package, cache: Path) -> Path:
    """The folder with the Python files of a package, downloaded where it is not there yet."""
    folder = cache / f"{package.name}-{package.version}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", "--ignore-requires-python", "--dest", scratch]
        done = subprocess.run(
            [*command, f"{package.name}=={package.version}"], capture_output=True, text=True, check=False
        )
        wheels = list(Path(scratch).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            raise EcosystemError(f"{package.name} {package.version} cannot be downloaded:\n{done.stderr}")
        files = Path(scratch) / "files"
        with zipfile.ZipFile(wheels[0]) as wheel:
            wheel.extractall(files, [name for name in wheel.namelist() if name.endswith((".py", ".pyi"))])
        if folder.is_dir():  # another run was faster
            return folder
        shutil.move(files, folder)
    return folder


def lint(package: Package, paths: Sequence[str], cache: Path) -> Found:
    """What the linter finds in some files and folders of a package, and its message."""
    folder = unpacked(package, cache)
    command = [sys.executable, "-m", "torchtielint", "check", "--isolated", "--no-respect-gitignore", "--no-cache"]
    command += [part for setting in package.config for part in ("--config", setting)]
    try:
        done = subprocess.run(
            [*command, "--output-format", "json", *paths],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=MINUTES * 60,
        )
    except subprocess.TimeoutExpired as error:
        raise EcosystemError(f"{package.name} {package.version} is not linted after {MINUTES} minutes") from error
    if not done.stdout.startswith("["):
        raise EcosystemError(f"{package.name} {package.version} cannot be linted:\n{done.stderr}")
    found: Found = {}
    for finding in json.loads(done.stdout):
        file = Path(finding["filename"]).as_posix()
        if finding["severity"] != "info":  # what is said for information has nothing to be judged
            found[Place(package.name, file, finding["location"]["row"], finding["code"])] = finding["message"]
    return found


def paths_of(package: Package, known: Iterable[Place], *, whole: bool) -> list[str]:
    """What of a package is linted: all, or its slice and every file in which something is known to be found."""
    if whole:
        return ["."]
    files = {place.file for place in known if place.package == package.name}
    return [*package.slice, *sorted(files)]


def lint_all(packages: Sequence[Package], known: Iterable[Place], cache: Path, *, whole: bool, jobs: int) -> Found:
    """What is found in all packages, so many at once."""
    work = [(package, paths_of(package, known, whole=whole)) for package in packages]
    found: Found = {}
    with ThreadPoolExecutor(jobs) as pool:
        for some in pool.map(lambda one: lint(one[0], one[1], cache), [one for one in work if one[1]]):
            found |= some
    return found


def differences(reasons: dict[Place, str], found: Found) -> list[str]:
    """What a person has to look at, a line each, in reading order."""
    lines = []
    for place in sorted(reasons.keys() | found.keys()):
        where = f"{place.package}: {place.file}:{place.line} {place.code}"
        if place not in found:
            lines.append(f"- {where} is not found any more; the table says: {reasons[place] or 'nothing'}")
        elif place not in reasons:
            lines.append(f"+ {where} is new: {found[place]}")
        elif not reasons[place]:
            lines.append(f"? {where} has no reason: {found[place]}")
    return lines


def main() -> int:
    """Write the table, or with `--check` say what differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("packages", nargs="*", help="only these packages, by name")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything differs")
    parser.add_argument("--slice", action="store_true", help="with --check: only the part that CI lints")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder of unpacked packages [%(default)s]")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="packages at once [%(default)s]")
    options = parser.parse_args()
    if options.slice and not options.check:
        parser.error("--slice needs --check: the table is written from whole packages only")

    packages = read_packages(PACKAGES.read_text(encoding="utf-8"))
    names = {package.name for package in packages}
    if unknown := set(options.packages) - names:
        parser.error(f"{PACKAGES.name} has no {', '.join(sorted(unknown))}")
    chosen = [package for package in packages if package.name in (options.packages or names)]
    table = read_table(FINDINGS.read_text(encoding="utf-8")) if FINDINGS.exists() else None
    reasons = {} if table is None else table.reasons
    stale = [one for one in chosen if table is not None and table.versions.get(one.name) != one.version]

    run = partial(lint_all, chosen, reasons, options.cache.resolve(), jobs=max(1, options.jobs))
    try:
        found = run(whole=not options.slice)
    except EcosystemError as error:
        print(error, file=sys.stderr)
        return 2
    mine = {place: why for place, why in reasons.items() if place.package in {package.name for package in chosen}}
    lines = [f"! {one.name} is pinned to {one.version}, the table speaks of another version" for one in stale]
    lines += differences(mine, found)
    print("\n".join(lines) or f"{len(found)} findings in {len(chosen)} packages, each with its reason")
    if options.check:
        if lines:
            print(ADVICE)
        return 1 if lines else 0
    others = {place: why for place, why in reasons.items() if place not in mine and place.package in names}
    rows = others | {place: mine.get(place, "") for place in found}
    FINDINGS.write_text(render(packages, rows), encoding="utf-8")
    print(f"{FINDINGS}: {len(rows)} rows, {sum(not why for why in rows.values())} without a reason")
    return 0


if __name__ == "__main__":
    sys.exit(main())
