"""How deeply a text nests, found without a parser: what is too deep would overflow the stack of a native one.

libcst's parser recurses natively. Measured on libcst 1.9 with a stack of 1 MB: 150 nested calls, or 700 links of
`a.b.c`, of `1 + 1 + 1` or of `elif`, end the process, and no exception handler sees it; patterns of a `case` take time
exponential in their depth. `ast` refuses most of this, but not all (`a and b and c` is flat for it).
"""

from __future__ import annotations

import re

from torchtielint.errors import UnreadableSourceError

BRACKET_COST = 8  # the stack that a bracket takes, in links of a chain
LIMIT = 600
CASE_DEPTH = 8
ELIF_LIMIT = 500

_OPERATOR = r"[^\w\s()\[\]{},\#'\"\\]+|\b(?:not|and|or|if|else|for|in|is|lambda|await|yield|async)\b"
_TOKEN = re.compile(
    r"""
      (?P<string>(?:\b(?P<prefix>[a-zA-Z]{1,2}))?(?:
          '''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''
        | \"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*\"""
        | '[^'\\\n]*(?:\\.[^'\\\n]*)*'
        | "[^"\\\n]*(?:\\.[^"\\\n]*)*"
      ))
    | (?P<comment>\#[^\n]*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<comma>,)
    | (?P<line>[\n;][ \t\f]*(?P<case>case\b)?)
    | (?P<operator>"""
    + _OPERATOR
    + r"""|['"])
    | (?P<continued>\\\n)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENERS = re.compile(r"[(\[{]")
_OPERATORS = re.compile(_OPERATOR)
_ELIF = re.compile(r"^([ \t\f]*)(elif\b|else\b|(?=[^\s#]))", re.MULTILINE)


def refuse_deep_nesting(text: str) -> None:
    """Raise UnreadableSourceError where a text nests so deeply that parsing it could end the process."""
    place = _too_deep(text)
    if place is None and text.count("elif") > ELIF_LIMIT:
        place = _long_elif_chain(text)
    if place is not None:
        line = text.count("\n", 0, place) + 1
        raise UnreadableSourceError(
            f"line {line} nests too deeply to be parsed safely",
            line=line,
            hint="split the expression, or leave the file out with `exclude`",
        )


def _too_deep(text: str, start: int = 0, cost: int = 0, *, until_closed: bool = False) -> int | None:
    """Where the nesting first costs more than the limit; each link since the last comma of each open bracket counts."""
    levels = [0]
    outer = cost
    case = text.startswith("case")
    in_format = False
    for token in _TOKEN.finditer(text, start):
        kind = token.lastgroup
        if kind == "operator":
            links = 1 if token.group().isalpha() else token.end() - token.start()
            levels[-1] += links
            cost += links
        elif kind == "comma":
            cost -= levels[-1]
            levels[-1] = 0
        elif kind == "open":
            levels[-1] += 1
            levels.append(0)
            cost += BRACKET_COST + 1
            if case and len(levels) > CASE_DEPTH + 1:
                return token.start()
        elif kind == "close":
            if len(levels) > 1:
                cost -= levels.pop() + BRACKET_COST
            if until_closed and len(levels) == 1:
                return None
        elif kind == "line":
            if len(levels) == 1:
                levels[0], cost, case, in_format = 0, outer, token["case"] is not None, False
        elif kind == "string":
            levels[-1] += 1
            cost += 1
            if in_format or "f" in (prefix := (token["prefix"] or "").lower()) or "t" in prefix:
                in_format = in_format or _is_cut(token.group())
                if _nests_in_string(token.group(), cost, whole=in_format):
                    return token.start()
        if cost > LIMIT:
            return token.start()
    return None


def _is_cut(literal: str) -> bool:
    """Whether a quote ended an f-string too early for us: its quotes nest (PEP 701), and code follows."""
    return literal.count("{") != literal.count("}")


def _nests_in_string(literal: str, cost: int, *, whole: bool) -> bool:
    """Whether the code inside an f-string may nest too deeply, given what it costs to get there."""
    literal = literal.replace("{{", "  ")  # a brace of the text, no field
    bound = cost + BRACKET_COST * len(_OPENERS.findall(literal)) + sum(map(len, _OPERATORS.findall(literal)))
    if bound <= LIMIT:
        return False
    if whole:
        return True
    fields = (match.start() for match in re.finditer(r"\{", literal))
    return any(_too_deep(literal, start, cost, until_closed=True) is not None for start in fields)


def _long_elif_chain(text: str) -> int | None:
    """Where a chain of `elif` gets too long: each one nests in the one before."""
    lengths: dict[int, int] = {}
    for line in _ELIF.finditer(text):
        indent = len(line[1])
        for deeper in [known for known in lengths if known > indent]:
            del lengths[deeper]
        lengths[indent] = lengths.get(indent, 0) + 1 if line[2] == "elif" else lengths.get(indent, 0) * (line[2] != "")
        if sum(lengths.values()) > ELIF_LIMIT:
            return line.start()
    return None
