"""What IPython adds to Python, made plain Python line by line, so that lines and columns stay what they are.

Magics (`%time f()`), shell lines (`!pip install x`), help (`model?`) and cells in another language (`%%bash`) are
recognized where IPython recognizes them: at the start of a statement, never inside a string or a bracket.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

# Magics of a cell whose body IPython runs as Python in the notebook itself; that of others may be anything.
_PYTHON_CELLS = frozenset({"capture", "debug", "prun", "time", "timeit"})
_ESCAPES = ("!", "%", "?", ",", ";", "/")
_TIMED = re.compile(r"%time[ \t]+(?=\S)")
_ASSIGNED = re.compile(r"(?P<head>[\w.,*\[\]'\" \t]+=[ \t]*)(?P<magic>!|%(?=[^\W\d]))")
_TOKEN = re.compile(
    r"""'''|\"""|'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?|(?P<comment>\#.*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<more>\\$)"""
)
_CLOSERS = {quote: re.compile(rf"(?:\\.|(?!{quote}).)*{quote}") for quote in ("'''", '"""')}
# Nobody knows what a magic gives; `get_ipython()` is what a notebook calls, and no name that a program defines.
_UNKNOWN = "get_ipython()"


@dataclass(slots=True)
class _State:
    """What is still open where a line starts: brackets, a string of three quotes, a backslash at the end."""

    depth: int = 0
    quote: str = ""
    continued: bool = False

    @property
    def neutral(self) -> bool:
        """Whether a statement may start here."""
        return not (self.depth or self.quote or self.continued)

    def pass_over(self, line: str) -> int:
        """Go over a line of Python; return where its code ends and a comment begins."""
        at, code = 0, len(line)
        self.continued = False
        while at < len(line):
            if self.quote:
                closed = _CLOSERS[self.quote].match(line, at)
                if closed is None:
                    return code
                self.quote, at = "", closed.end()
                continue
            token = _TOKEN.search(line, at)
            if token is None:
                break
            at = token.end()
            match token.lastgroup:
                case "comment":
                    code = token.start()
                case "open":
                    self.depth += 1
                case "close":
                    self.depth = max(0, self.depth - 1)
                case "more":
                    self.continued = True
                case _ if token.group() in _CLOSERS:
                    self.quote = token.group()
        return code


def plain_python(lines: Sequence[str]) -> tuple[list[str], frozenset[int]]:
    """The lines of a cell as plain Python, as many as before, and which of them (from 0) are not what they were."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    plain = list(lines)
    if lines and lines[first].startswith("%%"):
        name = re.match(r"%%(\w*)", lines[first])
        if name is None or name[1] not in _PYTHON_CELLS:
            return [""] * len(lines), frozenset(range(len(lines)))
        plain[first] = ""
    state = _State()
    number = first
    while number < len(plain):
        line = plain[number]
        start = state.neutral
        made = _escaped(line) if start else None
        if made is None:
            code = state.pass_over(line)
            if start and state.neutral and line[:code].rstrip().endswith("?"):
                made = _indent(line) + "pass"
        number += 1
        if made is not None:
            plain[number - 1] = made
            while lines[number - 1].endswith("\\") and number < len(plain):  # a shell line goes on as Python's do
                plain[number] = ""
                number += 1
    return plain, frozenset(at for at, (old, new) in enumerate(zip(lines, plain, strict=True)) if old != new)


def _escaped(line: str) -> str | None:
    """A line that begins a statement as plain Python; None where it is that already."""
    bare = line.lstrip()
    indent = _indent(line)
    if bare.startswith(_ESCAPES):
        timed = _TIMED.match(bare)
        if timed is not None and _is_simple(bare[timed.end() :]):
            return f"{indent}{'pass;'.ljust(timed.end())}{bare[timed.end() :]}"
        return indent + "pass"
    assigned = _ASSIGNED.match(line)
    if assigned is None:
        return None
    rest = line[assigned.start("magic") :]
    timed = _TIMED.match(rest)
    if timed is not None and _is_simple(rest[timed.end() :]):
        return assigned["head"] + " " * timed.end() + rest[timed.end() :]
    return assigned["head"] + _UNKNOWN


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _is_simple(code: str) -> bool:
    """Whether code is whole on its line, and may stand behind a semicolon."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(body) and not any(hasattr(statement, "body") for statement in body)
