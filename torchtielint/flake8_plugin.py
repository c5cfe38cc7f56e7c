"""What flake8 finds by itself where torchtielint is installed: the same findings, under the same settings.

Nothing here imports anything that takes time before flake8 has a file to check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import torchtielint

if TYPE_CHECKING:
    import ast

    from torchtielint.config import Resolver
    from torchtielint.findings import Finding
    from torchtielint.semantics.project import Project

BROKEN = "TTL003"


class Plugin:
    """Checks one file; flake8 makes one for each, and gives what the parameters ask for by their names.

    Args:
        tree: what Python makes of the file; asked for since flake8 knows by it what kind of plugin this is.
        lines: the file.
        filename: its name; `-` or `stdin` for standard input, unless `--stdin-display-name` says otherwise.
    """

    name = "torchtielint"
    version = torchtielint.__version__

    def __init__(self, tree: ast.AST, lines: Sequence[str], filename: str) -> None:
        self._text = "".join(lines)
        self._filename = filename

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Line, column from 0, code and message of each finding; what goes wrong is one as well, and ends nothing."""
        from torchtielint.errors import TorchtielintError
        from torchtielint.reporters.style import visible

        try:
            found = _findings(self._text, self._filename)
        except TorchtielintError as error:
            yield 1, 0, f"{BROKEN} torchtielint cannot check: {visible(error.message)}", type(self)
            return
        except Exception as error:  # a mistake of ours must not end flake8, which has other plugins to run
            yield 1, 0, f"{BROKEN} torchtielint failed: {visible(repr(error))}", type(self)
            return
        for one in found:
            start = one.range.start
            yield start.line, start.column - 1, f"{one.code} {visible(one.message)}", type(self)


def _findings(text: str, filename: str) -> Sequence[Finding]:
    from dataclasses import replace

    from torchtielint.discovery import leaves_out
    from torchtielint.engine import Outcome, Target, check_source

    path = str(Path(filename).absolute())
    settings = _resolver(str(Path.cwd())).for_folder(str(Path(path).parent))
    if leaves_out(path, replace(settings, force_exclude=True)):  # files are named by flake8, not by the user
        return ()
    found = check_source(text, path=filename, settings=settings, file=path, project=lambda: _project(str(Path.cwd())))
    if settings.baseline:
        from torchtielint import baseline

        known = baseline.read(settings.baseline)
        found = known.apply(Outcome(found, 1), [Target(path, filename, settings)]).findings
    return found


@lru_cache(maxsize=1)
def _resolver(folder: str) -> Resolver:
    """The settings of the folders of a run, which flake8 starts in a working folder and spreads over processes."""
    from torchtielint import engine
    from torchtielint.config import Resolver

    return Resolver(engine.catalogue(), folder=folder)


@lru_cache(maxsize=1)
def _project(_folder: str) -> Project:
    """What the files of a run import."""
    from torchtielint.importable import new_project

    return new_project()
