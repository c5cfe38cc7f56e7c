"""The folder of the cache: for which version it holds, how it is made, how it is removed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator

from torchtielint import stamps
from torchtielint.cache_files import FORMAT

TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# The cache of torchtielint; `torchtielint clean` removes it.\n"
# Versions of the linter whose results are kept beside those of the running one.
OLD_VERSIONS = 2
_VERSION = re.compile(r"[0-9a-f]{32}")
_OWN_FILES = re.compile(r"([0-9a-f]{32}\.details|(index|rules)\.json)(\.[\d-]+\.tmp)?")


def version() -> str:
    """What results depend on beside files and settings: the linter's own sources, libcst, Python."""
    package = os.path.dirname(os.path.abspath(__file__))
    parts = [str(FORMAT), sys.version, package]
    parts += _sources(package, deep=False)
    for name in ("checks", "semantics", "torch_facts"):
        parts += _sources(os.path.join(package, name), deep=True)
    parts += _libcst()
    return stamps.digest_of("\n".join(parts).encode("utf-8", "surrogateescape"))


def _sources(folder: str, *, deep: bool) -> Iterator[str]:
    """The files of a folder, and where `deep` of those inside, by name, time and size."""
    with os.scandir(folder) as scanned:
        entries = sorted(scanned, key=lambda entry: entry.name)
    for entry in entries:
        if deep and entry.name != "__pycache__" and entry.is_dir():
            yield from (f"{entry.name}/{one}" for one in _sources(entry.path, deep=True))
        elif entry.is_file():
            found = entry.stat()
            yield f"{entry.name} {found.st_mtime_ns} {found.st_size}"


def _libcst() -> Iterator[str]:
    """Where libcst is, and of which version, without importing it."""
    for folder in sys.path:
        place = os.path.join(folder, "libcst")
        if os.path.isdir(place):
            yield place
            yield from map(str, stamps.times(os.path.join(place, "_version.py"))[::2])
            return


def prepare(base: str, folder: str) -> None:
    """Make the folder of a version; what is made here says itself that it is no one else's business.

    Raises:
        OSError: it cannot be made.
    """
    made = not os.path.lexists(base) or not os.listdir(base)
    os.makedirs(folder, exist_ok=True)
    if made:
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", TAG)):
            with open(os.path.join(base, name), "w", encoding="utf-8") as file:
                file.write(text)
    for old in _versions(base, but=folder)[OLD_VERSIONS:]:
        _remove_own(old)


def _versions(base: str, *, but: str = "") -> list[str]:
    """The folders of versions, newest first."""
    names = [name for name in os.listdir(base) if _VERSION.fullmatch(name)]
    found = [os.path.join(base, name) for name in names]
    return sorted((one for one in found if one != but), key=lambda one: stamps.times(one)[0], reverse=True)


def _remove_own(folder: str) -> None:
    """Remove the files in a folder that are ours, and the folder where nothing else is in it."""
    try:
        for name in os.listdir(folder):
            if _OWN_FILES.fullmatch(name):
                os.unlink(os.path.join(folder, name))
        os.rmdir(folder)
    except OSError:
        return


def clean(base: str) -> bool:
    """Remove a cache, and nothing else that may lie in the folder; whether there was one."""
    if os.path.islink(base) or not os.path.isdir(base):
        return False
    found = _versions(base)
    for folder in found:
        _remove_own(folder)
    tag = os.path.join(base, "CACHEDIR.TAG")
    try:
        with open(tag, encoding="utf-8") as file:
            ours = file.read() == TAG
    except (OSError, UnicodeDecodeError):
        ours = False
    if ours:
        for name in ("CACHEDIR.TAG", ".gitignore"):
            if os.path.lexists(os.path.join(base, name)):
                os.unlink(os.path.join(base, name))
        if not os.listdir(base):
            os.rmdir(base)
    return bool(found) or ours
