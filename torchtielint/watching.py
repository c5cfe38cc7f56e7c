"""`torchtielint check --watch`: check again whenever something changes that may change the findings."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchtielint.command import INTERRUPTED, OK, STDIN, CheckOptions, cache_folder
from torchtielint.config import CONFIG_NAMES, forget_files, shown
from torchtielint.errors import PathError, TorchtielintError, UsageError
from torchtielint.reporters.style import visible

if TYPE_CHECKING:
    from watchfiles import Change

# Sources, configurations, and what says which version of transformers a project pins.
_SUFFIXES = frozenset({".py", ".pyi", ".ipynb", ".toml", ".cfg", ".txt"})
_NEVER = frozenset({".git", ".hg", ".svn", ".jj", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_TICK = 0.3  # seconds between looks at what no watch tells: configurations above, and folders that were replaced


def run_watch(paths: Sequence[str], options: CheckOptions, *, once: Callable[[], int]) -> int:
    """Check now and after each change until Ctrl-C ends it.

    Args:
        paths: what is checked.
        options: how.
        once: checks, and reports.

    Raises:
        UsageError: there is nothing to watch, or nothing to watch it with.
        TorchtielintError: the first check could not be done.
    """
    if STDIN in paths:
        raise UsageError("`--watch` watches files, and standard input is none")
    if options.write_baseline:
        raise UsageError("`--watch` and `--write-baseline` contradict each other")
    try:
        import watchfiles  # noqa: F401  # said here, before anything is checked
    except ImportError as error:
        raise UsageError("`--watch` needs watchfiles", hint="pip install 'torchtielint[watch]'") from error
    watched = Watched.of(paths, options)
    first = True
    try:
        for _ in watched.rounds():
            forget_files()
            if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
                sys.stdout.write(_CLEAR)
            start = time.monotonic()
            try:
                code = once()
            except TorchtielintError as error:
                if first:
                    raise
                code = OK
                sys.stderr.write(f"error: {visible(error.message)}\n")
            if code == INTERRUPTED:
                return OK
            first = False
            _say_status(watched, time.monotonic() - start)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    return OK


def _say_status(watched: Watched, took: float) -> None:
    sys.stdout.flush()
    names = " ".join(visible(shown(root)) for root in watched.roots)
    sys.stderr.write(f"[{time.strftime('%H:%M:%S')}] checked in {took:.2f} s; watching {names}, Ctrl-C ends\n")
    sys.stderr.flush()


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched: files and folders, files beside them that matter, and what we write ourselves."""

    roots: tuple[Path, ...]
    others: tuple[Path, ...] = ()
    written: tuple[Path, ...] = ()

    @classmethod
    def of(cls, paths: Sequence[str], options: CheckOptions) -> Watched:
        """What is to be watched for these arguments.

        Raises:
            PathError: one of them does not exist.
        """
        roots = tuple(Path(path).absolute() for path in paths or (".",))
        for given, root in zip(paths, roots, strict=False):
            if not root.exists():
                raise PathError(f"`{given}` does not exist")
        above = dict.fromkeys(folder for root in (Path.cwd(), *roots) for folder in (root, *root.parents))
        configured = [folder / name for folder in above for name in CONFIG_NAMES]
        named = [Path(name).absolute() for name in (*options.config, options.baseline or "") if name]
        cache = cache_folder(options)
        outputs = [options.output_file or "", *(one.partition(":")[2] for one in options.output_format)]
        written = [*outputs, cache or ""]
        return cls(roots, (*configured, *named), tuple(Path(name).absolute() for name in written if name))

    def rounds(self) -> Iterator[None]:
        """Yield once when everything is watched, and again after each change that matters.

        What changes while a round is worked on leads to the next.
        """
        from watchfiles import watch

        while True:
            identity, state = self._identity(), self._state()
            folders = self._folders()
            fresh = True
            if not folders:
                yield
                self._wait_for_roots()
                continue
            try:
                for changes in watch(
                    *folders, watch_filter=self.matters, yield_on_timeout=True, rust_timeout=int(_TICK * 1000)
                ):
                    if self._identity() != identity:
                        break  # a folder that was replaced, as by a branch switch, tells its watcher nothing any more
                    now = self._state()
                    if fresh or changes or now != state:
                        fresh, state = False, now
                        yield
            except FileNotFoundError:  # gone since we looked
                continue

    def matters(self, change: Change, path: str) -> bool:
        """Whether a change may change what is found."""
        where = Path(path)
        above = next(
            (root for root in (*self.roots, *(one.parent for one in self.roots)) if root in where.parents), None
        )
        inside = where if above is None else where.relative_to(above)
        if not _NEVER.isdisjoint(inside.parts) or any(where.is_relative_to(one) for one in self.written):
            return False
        if where.suffix in _SUFFIXES or not where.suffix or where in self.others:
            return True  # what has no suffix is a folder, or a file such as `.gitignore`
        looks_like_a_file = where.suffix[1:].isalpha()
        return where.is_dir() or (change.name == "deleted" and not looks_like_a_file)

    def _folders(self) -> list[str]:
        folders = dict.fromkeys(root if root.is_dir() else root.parent for root in self.roots)
        return [str(folder) for folder in folders if folder.is_dir()]

    def _identity(self) -> tuple[tuple[int, int] | None, ...]:
        """What tells a folder from another one in its place."""
        return tuple(
            None if (found := _stat(folder)) is None else (found.st_dev, found.st_ino)
            for root in self.roots
            for folder in (root, root.parent)
        )

    def _state(self) -> tuple[tuple[int, int] | None, ...]:
        """What tells whether one of the other files changed."""
        return tuple(
            None if (found := _stat(file)) is None else (found.st_mtime_ns, found.st_size) for file in self.others
        )

    def _wait_for_roots(self) -> None:
        while not self._folders():
            time.sleep(_TICK)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None
