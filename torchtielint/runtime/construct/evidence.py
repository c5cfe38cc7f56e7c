"""What a traceback says of the arguments: where the constructor failed, and which names and constants stand there."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType, FrameType, TracebackType

from torchtielint.runtime.construct.signature import functions, takes_any
from torchtielint.runtime.construct.sources import tree

_FIRST = ("self", "cls", "_")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Place:
    """One frame of the traceback.

    Args:
        frame: the frame.
        line: the line in it that failed.
        node: the statement on that line; of a `raise`, the test of the `if` around it.
        exact: the expression in it that failed, where Python (3.11 and later) says which.
    """

    frame: FrameType
    line: int
    node: ast.AST | None
    exact: ast.AST | None = None


@dataclass(slots=True)
class Evidence:
    """What is known of a failure.

    Args:
        text: the message.
        progress: the line of the target's own constructor that failed, 0 where it was never entered.
        deepest: the line that raised.
        names: names of arguments that may be at fault, the likeliest first.
        spoken: every name on the failing lines, as it is called there.
        constants: plain values that stand on the failing lines, such as the strings that a value is compared with.
        classes: classes that `isinstance` or `issubclass` asks for on these lines.
        mappings: keys of dictionaries that a failing look-up on these lines goes through.
    """

    text: str
    progress: int = 0
    deepest: int = 0
    names: list[str] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    constants: list[object] = field(default_factory=list)
    classes: list[type] = field(default_factory=list)
    mappings: list[object] = field(default_factory=list)


def evidence(target: Callable[..., object], error: BaseException, known: Sequence[str]) -> Evidence:
    """Read an exception and its traceback.

    Args:
        target: what was called.
        error: what it raised.
        known: the names of the arguments that can be changed; where the target takes any, those that the functions
            take that it calls are added.
    """
    places = _places(error.__traceback__)
    codes = [getattr(one, "__code__", None) for one in functions(target)]
    first = next((at for at, one in enumerate(places) if one.frame.f_code in codes), None)
    found = Evidence(str(error))
    if first is None:
        return found
    found.progress = max(one.line for one in places if one.frame.f_code is places[first].frame.f_code)
    aliases: dict[str, str] = {}
    spoken: list[str] = []
    for place, following in itertools.zip_longest(places[first:], places[first + 1 :]):
        exact = _names(place.exact)
        names = [*exact, *_derived(place, exact), *_names(place.node)]
        found.spoken = [*names, *found.spoken]
        spoken = [aliases.get(name, name) for name in names] + spoken
        aliases = _passed_on(place, following, aliases) if following is not None else aliases
    for place in reversed(places[first:]):
        _read(place, found)
    words = _WORD.findall(found.text)
    found.deepest = places[-1].line
    if takes_any(target):
        known = [*known, *(name for place in places[first + 1 :] for name in _taken(place.frame.f_code))]
    ranked = [*words, *(word.replace(" ", "_") for word in words), *spoken]
    found.names = [name for name in dict.fromkeys(ranked) if name in known]
    return found


def _places(trace: TracebackType | None) -> list[Place]:
    found: list[Place] = []
    while trace is not None:
        line = trace.tb_lineno
        node = _statement(trace.tb_frame.f_code, line)
        found.append(Place(trace.tb_frame, line, node, _expression(node, trace)))
        trace = trace.tb_next
    return found


def _statement(code: CodeType, line: int) -> ast.AST | None:
    """The smallest statement of a function on a line; of a compound one its head, of `raise` the test around it."""
    parsed = tree(code.co_filename)
    if parsed is None:
        return None
    best: ast.stmt | None = None
    around: list[ast.expr] = []
    for node in _enclosing(parsed, line):
        best = node
        if isinstance(node, ast.If):
            around.append(node.test)
    if isinstance(best, ast.Raise):
        return ast.Tuple([*reversed(around[-3:]), *([best.exc] if best.exc else [])], ast.Load())
    if isinstance(best, (ast.If, ast.While)):
        return best.test
    return best.iter if isinstance(best, ast.For) else best


def _expression(node: ast.AST | None, trace: TracebackType) -> ast.AST | None:
    """The expression of a statement in which it failed."""
    positions = getattr(trace.tb_frame.f_code, "co_positions", None)  # there since Python 3.11
    if node is None or positions is None:
        return None
    wanted = next(itertools.islice(positions(), trace.tb_lasti // 2, None))
    parts = (one for one in ast.walk(node) if isinstance(one, ast.expr) and hasattr(one, "lineno"))
    return next(
        (one for one in parts if (one.lineno, one.end_lineno, one.col_offset, one.end_col_offset) == wanted), None
    )


def _enclosing(start: ast.AST, line: int) -> Iterator[ast.stmt]:
    """The statements around a line, from the outermost in."""
    for node in ast.iter_child_nodes(start):
        inside = isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case))
        first = getattr(node, "lineno", 0 if isinstance(node, ast.match_case) else line + 1)
        if inside and first <= line <= getattr(node, "end_lineno", line):
            if isinstance(node, ast.stmt):
                yield node
            yield from _enclosing(node, line)


def _names(node: ast.AST | None) -> list[str]:
    """Names and attributes that an expression reads."""
    if node is None or isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return []
    found: list[str] = []
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            found.append(one.id)
        elif isinstance(one, ast.Attribute):
            found.append(one.attr)
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "getattr":
            found += [part.value for part in one.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return list(dict.fromkeys(found))


def _derived(place: Place, names: list[str]) -> list[str]:
    """What the function computed local names from, one step back."""
    parsed = tree(place.frame.f_code.co_filename) if names else None
    around = _enclosing(parsed, place.line) if parsed is not None else ()
    functions_around = [one for one in around if isinstance(one, ast.FunctionDef)]
    found: list[str] = []
    for node in ast.walk(functions_around[-1]) if functions_around else ():
        if isinstance(node, ast.Assign) and any(set(_names(one)) & set(names) - {"self"} for one in node.targets):
            found += _names(node.value)
    return found


def _passed_on(place: Place, following: Place, before: dict[str, str]) -> dict[str, str]:
    """What the arguments of the next function are called in the target, where they are passed on by name."""
    code = following.frame.f_code
    aliases: dict[str, str] = {}
    for call in ast.walk(place.node) if place.node is not None else ():
        if not isinstance(call, ast.Call):
            continue
        taken = _taken(code)
        offset = 1 if code.co_varnames[:1] in (("self",), ("cls",)) else 0
        pairs = [(key.arg, key.value) for key in call.keywords if key.arg in taken]
        if len(pairs) == len([key for key in call.keywords if key.arg]):
            pairs += list(zip(code.co_varnames[offset : code.co_argcount], call.args, strict=False))
            for name, value in pairs:
                inner = _names(value)
                if name and inner:
                    aliases.setdefault(name, before.get(inner[-1], inner[-1]))
    return aliases


def _taken(code: CodeType) -> tuple[str, ...]:
    """The arguments of a function, by name."""
    return tuple(one for one in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if one not in _FIRST)


def _read(place: Place, found: Evidence) -> None:
    """Collect the constants, classes and dictionaries of one place."""
    if place.node is None or isinstance(place.node, (ast.FunctionDef, ast.ClassDef)):
        return
    for node in ast.walk(place.node):
        match node:
            case ast.Compare(left, _, others):
                found.constants += [one for part in (left, *others) for one in _plain(part, place.frame)]
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
                value = _value(kinds, place.frame) if not isinstance(kinds, ast.Tuple) else kinds.elts
                for one in value if isinstance(value, (list, tuple)) else [value]:
                    kind = _value(one, place.frame) if isinstance(one, ast.AST) else one
                    if isinstance(kind, type):
                        found.classes.append(kind)
            case ast.Subscript(value=table):
                keys = _value(table, place.frame)
                if isinstance(keys, Mapping):
                    found.mappings += [key for key in itertools.islice(keys, 8) if isinstance(key, (str, int))]


def _plain(node: ast.expr, frame: FrameType) -> list[object]:
    """The constants of one side of a comparison, a collection's one by one."""
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return [one.value for one in node.elts if isinstance(one, ast.Constant)]
    value = _value(node, frame) if isinstance(node, (ast.Name, ast.Attribute)) else None
    if isinstance(value, (list, tuple, set, frozenset, dict)) and isinstance(node, (ast.Name, ast.Attribute)):
        found: list[object] = [one for one in sorted(value, key=repr) if isinstance(one, (str, int))]
        return found[:8]
    return []


def _value(node: ast.AST, frame: FrameType) -> object:
    """What a name or a dotted name is in a frame; no property is asked."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, frame)
        return inspect.getattr_static(owner, node.attr, None)  # no property of the user runs
    return None
