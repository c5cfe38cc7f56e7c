"""Patterns of paths in the language of gitignore, matched as git matches them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_PLAIN_NAME = re.compile(r"[\w.-]+/?")


@dataclass(frozen=True)
class Patterns:
    """Patterns relative to a folder, in the order in which later ones override earlier ones."""

    base: str
    lines: tuple[str, ...]
    _names: frozenset[str] = field(init=False, repr=False, compare=False)
    _folder_names: frozenset[str] = field(init=False, repr=False, compare=False)
    _regexes: tuple[tuple[re.Pattern[str], bool], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look plain names up in a set: a tree has many files, and the default patterns are all plain names."""
        plain = {line for line in self.lines if _PLAIN_NAME.fullmatch(line)}
        if any(line.startswith("!") for line in self.lines):
            plain = set()
        rest = [line for line in self.lines if line not in plain]
        set_field = object.__setattr__  # what a frozen dataclass offers
        set_field(self, "_names", frozenset(line for line in plain if not line.endswith("/")))
        set_field(self, "_folder_names", frozenset(line[:-1] for line in plain if line.endswith("/")))
        set_field(self, "_regexes", _compiled(rest) if rest else ())

    def decide(self, path: str, *, folder: bool) -> bool | None:
        """Whether the last pattern that matches an absolute path includes it (True) or negates it (False).

        None where none matches the path itself; a pattern that matches a folder says nothing about what is inside.
        """
        name = os.path.basename(path)
        if name in self._names or (folder and name in self._folder_names):
            return True
        if not self._regexes:
            return None
        relative = _relative(path, self.base)
        if not relative:
            return None
        for regex, include in self._regexes:
            if _matches_itself(regex, relative, folder=folder):
                return include
        return None

    def matches(self, path: str, *, folder: bool) -> bool:
        """Whether an absolute path is meant by these patterns."""
        return self.decide(path, folder=folder) is True

    def match_file_or_parent(self, path: str) -> bool:
        """Whether a file or a folder that it is in, up to the base of the patterns, is meant."""
        if self.matches(path, folder=False):
            return True
        return any(self.matches(parent, folder=True) for parent in parents(path, self.base))


def _compiled(lines: Sequence[str]) -> tuple[tuple[re.Pattern[str], bool], ...]:
    """What git understands by lines that are no plain names, last first: whether a match is meant or negated."""
    import pathspec  # most projects have plain names only

    patterns = reversed(list(pathspec.GitIgnoreSpec.from_lines(lines).patterns))
    return tuple((one.regex, one.include) for one in patterns if one.regex is not None and one.include is not None)


def parents(path: str, top: str) -> Iterable[str]:
    """The folders that a path is in, from the nearest to the one below `top`; to the root where `top` is elsewhere."""
    folder = os.path.dirname(path)
    while folder not in (top, os.path.dirname(folder)):
        yield folder
        folder = os.path.dirname(folder)


def _matches_itself(regex: re.Pattern[str], relative: str, *, folder: bool) -> bool:
    """Whether a pattern means this very path, and not only a folder that it is in.

    pathspec marks the slash behind such a folder by a group of that name; whoever walks has decided about it before.
    """
    match = regex.match(relative)
    if match and match.groupdict().get("ps_d") is None:
        return True
    match = regex.match(f"{relative}/") if folder else None
    return bool(match and match.groupdict().get("ps_d") and match.start("ps_d") == len(relative))


def _relative(path: str, base: str) -> str:
    """A path relative to a base with `/` between its parts; only its name where it is outside."""
    prefix = base if base.endswith(os.sep) else base + os.sep
    inside = path[len(prefix) :] if path.startswith(prefix) else os.path.basename(path)
    return inside if os.sep == "/" else inside.replace(os.sep, "/")
