"""Where comments stand, and which statement each one is about."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

from torchtielint.findings import Position, Range

_LOOSE_COMMENT = re.compile(r"#.*")
_SPACE = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING)


@dataclass(slots=True)
class Comment:
    """A comment, its place (line from 1, column from 0), and the lines of the statement that it is about."""

    text: str
    line: int
    column: int
    own_line: bool
    before: str
    first: int = 0
    last: int = 0

    @property
    def removal(self) -> Range:
        """What to delete to take the comment away: its line where it has one, else it and the blanks before it."""
        if self.own_line:
            return Range(Position(self.line, 1), Position(self.line + 1, 1))
        start = len(self.before.rstrip())
        return Range(Position(self.line, start + 1), Position(self.line, self.column + len(self.text) + 1))


def comments_of(text: str) -> tuple[list[Comment], bool]:
    """Every comment of a text, and whether they are exact.

    They are not where `tokenize` gives up on newer or broken syntax: then a `#` in a string counts as one, and each
    comment is about its own line only (on a line of its own: about the next).
    """
    try:
        return _exact(text), True
    except (tokenize.TokenError, SyntaxError):
        return _loose(text), False


def _exact(text: str) -> list[Comment]:
    comments: list[Comment] = []
    waiting: list[Comment] = []  # those whose statement has not ended yet
    group_start = 0  # where the statement began, with the decorators above it
    start = 0
    decorator = False
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line, column = token.start
        if token.type == tokenize.COMMENT:
            before = token.line[:column] if start == 0 else token.line.split("\n")[0][:column]
            comments.append(Comment(token.string, line, column, start == 0 and not before.strip(), before))
            waiting.append(comments[-1])
        elif token.type == tokenize.NEWLINE:
            if not decorator:
                _settle(waiting, group_start, line)
                waiting, group_start = [], 0
            start, decorator = 0, False
        elif token.type not in _SPACE and start == 0:
            start = line
            group_start = group_start or line
            decorator = token.string == "@"
    _settle(waiting, group_start, text.count("\n") + 1)
    return comments


def _settle(waiting: list[Comment], first: int, last: int) -> None:
    """Say which lines comments are about: their statement's, and what stands between them and it."""
    first = min([first or last, *(comment.line for comment in waiting)])
    for comment in waiting:
        comment.first, comment.last = first, last


def _loose(text: str) -> list[Comment]:
    comments: list[Comment] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _LOOSE_COMMENT.search(line)
        if match:
            before = line[: match.start()]
            own = not before.strip()
            target = number + 1 if own else number
            comments.append(Comment(match.group(), number, match.start(), own, before, target, target))
    return comments
