"""What a report about a mistake of ours needs to say: `torchtielint --version --verbose`."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from torchtielint import __version__
from torchtielint.reporters.style import visible

NEEDED = ("libcst", "click", "pathspec", "rich", "tomli")
OPTIONAL = ("torch", "transformers", "watchfiles", "pygls", "flake8", "pre-commit")
VARIABLES = (
    *("TORCHTIELINT_CACHE_DIR", "TORCHTIELINT_OUTPUT_FORMAT", "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"),
    *("PYTHONUTF8", "PYTHONIOENCODING", "LC_ALL", "LANG", "CI"),
)


def about() -> list[str]:
    """`name: value` lines; nothing is imported to know its version."""
    return [f"{name}: {visible(value)}" for name, value in _facts()]


def _facts() -> Iterator[tuple[str, str]]:
    yield "torchtielint", f"{__version__} in {Path(__file__).parent}"
    yield "python", f"{platform.python_implementation()} {platform.python_version()} at {sys.executable}"
    yield "platform", f"{platform.platform()}, {_cores()} cores"
    yield "torch facts", f"of torch {_facts_version()}"
    yield "packages", ", ".join(f"{name} {found}" for name in NEEDED if (found := _version(name)))
    optional = [f"{name} {found}" for name in OPTIONAL if (found := _version(name))]
    yield "optional packages", ", ".join(optional) or "none"
    yield "configuration", _configuration()
    yield "cache", _cache()
    yield "terminal", _terminal()
    yield "encodings", f"{sys.getfilesystemencoding()} for names, {sys.stdout.encoding} for output"
    variables = [f"{name}={os.environ[name]}" for name in VARIABLES if name in os.environ]
    yield "environment", ", ".join(variables) or "nothing that matters"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _cores() -> int:
    from torchtielint.processes import usable_cores

    return usable_cores()


def _facts_version() -> str:
    from torchtielint.torch_facts import load

    return load().torch_version


def _configuration() -> str:
    from torchtielint.config import nearest_config, shown
    from torchtielint.errors import TorchtielintError

    try:
        found = nearest_config(Path.cwd())
    except TorchtielintError as error:
        return error.message
    return "none" if found is None else shown(found)


def _cache() -> str:
    from torchtielint.command import CheckOptions, cache_folder
    from torchtielint.config import shown
    from torchtielint.errors import TorchtielintError

    try:
        folder = cache_folder(CheckOptions())
    except TorchtielintError as error:
        return error.message
    if folder is None:
        return "none, as its folder is a link"
    return f"{shown(Path(folder))} ({'exists' if Path(folder).is_dir() else 'empty'})"


def _terminal() -> str:
    if not sys.stdout.isatty():
        return "none"
    size = shutil.get_terminal_size()
    return f"{size.columns} columns, {size.lines} lines"
