"""Which files are linted: arguments, ignore files and excludes; every file once, in order."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from torchtielint.config import Resolver, Settings
from torchtielint.errors import PathError
from torchtielint.patterns import Patterns, parents

SUFFIXES = (".py", ".pyi", ".ipynb")


@dataclass(slots=True)
class Discovered:
    """The files to lint as absolute paths in order, and the folders that could not be read, with the reason."""

    files: list[str]
    unreadable: list[tuple[str, str]]


def discover(arguments: Sequence[str], resolver: Resolver) -> Discovered:
    """Find what the arguments stand for: files as they are, folders with all the Python files in them.

    Raises:
        PathError: an argument does not exist, or is neither a file nor a folder.
    """
    ignore_files = IgnoreFiles()
    walk = _Walk(resolver, ignore_files)
    roots: list[str] = []
    for argument in arguments:
        path = os.path.abspath(argument)
        if _kind(path, argument) == "folder":
            roots.append(path)
        elif not _left_out(path, resolver.for_folder(os.path.dirname(path)), ignore_files, folder=False):
            walk.add(path, os.path.realpath(path))
    for root in roots:
        if not _left_out(root, resolver.for_folder(root), ignore_files, folder=True):
            walk.start(root)
    walk.finish()
    return Discovered(sorted(walk.files.values(), key=_by_parts), walk.unreadable)


def _left_out(path: str, settings: Settings, ignore_files: IgnoreFiles, *, folder: bool) -> bool:
    """Whether what the user named is excluded nevertheless, itself or by a folder that it is in."""
    if not settings.force_exclude:
        return False
    chain = [(path, folder), *((parent, True) for parent in parents(path, ""))]
    if any(patterns.matches(one, folder=is_folder) for one, is_folder in chain for patterns in settings.excludes):
        return True
    return settings.respect_gitignore and any(
        _ignored(one, ignore_files.above(one), folder=is_folder) for one, is_folder in chain
    )


def leaves_out(path: str, settings: Settings) -> bool:
    """Whether a file that is not walked, such as a name given to standard input, is left out by `force-exclude`."""
    return _left_out(path, settings, IgnoreFiles(), folder=False)


def _kind(path: str, argument: str) -> str:
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise PathError(f"`{argument}` {reason}") from error
    except ValueError as error:
        raise PathError(f"`{argument}` is no path: {error}") from error
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISREG(mode):
        return "file"
    raise PathError(f"`{argument}` is neither a file nor a folder", hint="`torchtielint -` reads standard input")


def _by_parts(path: str) -> list[str]:
    return path.split(os.sep)


@dataclass(slots=True)
class IgnoreFiles:
    """The ignore files of git, read once each."""

    _inside: dict[str, tuple[Patterns, ...]] = field(default_factory=dict)

    def above(self, path: str) -> tuple[Patterns, ...]:
        """Those that hold for a path, nearest first: of the folders that it is in, up to the root of its repository."""
        folder = os.path.dirname(path)
        if folder not in self._inside:
            names = {name for name in (".git", ".gitignore") if os.path.lexists(os.path.join(folder, name))}
            outer = () if folder == os.path.dirname(folder) or ".git" in names else self.above(folder)
            self._inside[folder] = self.within(folder, names, outer) if self._in_repository(folder) else ()
        return self._inside[folder]

    def within(self, folder: str, names: set[str], outer: tuple[Patterns, ...]) -> tuple[Patterns, ...]:
        """Those that hold inside a folder that has entries of these names; a repository starts afresh."""
        if ".git" in names:
            outer = _read_patterns(folder, os.path.join(_git_folder(folder), "info", "exclude"))
        if ".gitignore" in names:
            outer = (*_read_patterns(folder, os.path.join(folder, ".gitignore")), *outer)
        return outer

    @staticmethod
    def _in_repository(folder: str) -> bool:
        return any(os.path.lexists(os.path.join(one, ".git")) for one in (folder, *parents(folder, "")))


@dataclass(slots=True)
class _Walk:
    """One pass over folders; links are followed at the end, so that a file shows up under its own path."""

    resolver: Resolver
    ignore_files: IgnoreFiles
    files: dict[str, str] = field(default_factory=dict)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _links: list[tuple[str, tuple[Patterns, ...]]] = field(default_factory=list)

    def add(self, path: str, real: str) -> None:
        """Take a file, unless it was taken under another path."""
        self.files.setdefault(real, path)

    def start(self, root: str) -> None:
        """Walk a folder that the user named: it is linted even where a pattern or git would leave it out."""
        self._folders([(root, os.path.realpath(root), self.ignore_files.above(root))])

    def finish(self) -> None:
        """Follow the links that the walk met, each target once."""
        while self._links:
            path, ignores = self._links.pop(0)
            real = os.path.realpath(path)
            if os.path.isdir(real):
                self._folders([(path, real, ignores)])
            elif path.endswith(SUFFIXES) and os.path.isfile(real):
                self.add(path, real)

    def _folders(self, pending: list[tuple[str, str, tuple[Patterns, ...]]]) -> None:
        while pending:
            path, real, ignores = pending.pop()
            if real in self._seen:
                continue
            self._seen.add(real)
            try:
                with os.scandir(path) as scanned:
                    entries = sorted(scanned, key=_name)
            except OSError as error:
                self.unreadable.append((path, error.strerror or str(error)))
                continue
            names = {entry.name for entry in entries}
            settings = self.resolver.for_folder(path, names)
            ignores = self.ignore_files.within(path, names, ignores) if settings.respect_gitignore else ()
            for entry in entries:
                self._entry(entry, real, settings, ignores, pending)

    def _entry(
        self,
        entry: os.DirEntry[str],
        real: str,
        settings: Settings,
        ignores: tuple[Patterns, ...],
        pending: list[tuple[str, str, tuple[Patterns, ...]]],
    ) -> None:
        link = entry.is_symlink()
        folder = entry.is_dir(follow_symlinks=False)
        if not folder and not link and not entry.name.endswith(SUFFIXES):
            return
        if any(patterns.matches(entry.path, folder=folder) for patterns in settings.excludes):
            return
        if _ignored(entry.path, ignores, folder=folder):
            return
        if link:
            self._links.append((entry.path, ignores))
        elif folder:
            pending.append((entry.path, os.path.join(real, entry.name), ignores))
        elif entry.is_file(follow_symlinks=False):
            self.add(entry.path, os.path.join(real, entry.name))


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _ignored(path: str, ignores: Iterable[Patterns], *, folder: bool) -> bool:
    """Whether git ignores a path: the nearest ignore file that says anything about it decides."""
    for patterns in ignores:
        decision = patterns.decide(path, folder=folder)
        if decision is not None:
            return decision
    return False


def _git_folder(root: str) -> str:
    """Where a repository keeps `info/exclude`: `.git`, or what a worktree's `.git` file points to."""
    dot_git = os.path.join(root, ".git")
    try:
        with open(dot_git, encoding="utf-8", errors="surrogateescape") as file:
            pointed = os.path.join(root, file.read(4096).removeprefix("gitdir:").strip())
        with open(os.path.join(pointed, "commondir"), encoding="utf-8", errors="surrogateescape") as file:
            return os.path.join(pointed, file.read(4096).strip())
    except (OSError, ValueError):
        return dot_git


def _read_patterns(base: str, path: str) -> tuple[Patterns, ...]:
    """The patterns of one ignore file; none where it cannot be read, as git does."""
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            text = file.read()
    except OSError:
        return ()
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    lines = [line for line in lines if line.strip() and not line.startswith("#")]
    return (Patterns(base, tuple(lines)),) if lines else ()
