"""Where a comment goes that silences a finding."""

from __future__ import annotations

import io
import re
import tokenize

from torchtielint.findings import Edit, Position, Range
from torchtielint.source import split_lines

_KNOWN = re.compile(r"#\s*torchtielint:\s*ignore\[(?P<items>[^\]]*)\]")


def ignore_edit(text: str, line: int, code: str, reason: str = "") -> Edit | None:
    """The edit that silences a rule on the statement of a line; None where no comment can stand there.

    An entry of a comment that is there already, or a comment at the end of the statement, with the reason in it.
    """
    lines = split_lines(text)
    span = _statement(text, line)
    if span is None or span[1] > len(lines):
        return None
    for number in range(span[0], span[1] + 1):
        known = _KNOWN.search(lines[number - 1])
        if known is not None:
            end = known.end("items")
            place = Position(number, end + 1)
            return Edit(Range(place, place), f", {code}" if known["items"].strip() else code)
    last = lines[span[1] - 1]
    place = Position(span[1], len(last.rstrip()) + 1)
    return Edit(Range(place, Position(span[1], len(last) + 1)), f"  # torchtielint: ignore[{code}] {reason}".rstrip())


def _statement(text: str, line: int) -> tuple[int, int] | None:
    """The first and last line of the statement, or the head of a block, that a line is part of."""
    first = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NEWLINE:
                if (first or token.start[0]) <= line <= token.start[0]:
                    return first or token.start[0], token.start[0]
                first = 0
            elif token.type not in _BETWEEN and not first:
                first = token.start[0]
                if first > line:
                    return None
    except (tokenize.TokenError, SyntaxError):
        return None
    return None


_BETWEEN = (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER)
