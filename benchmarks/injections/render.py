"""From a class and a way to the files of a small project, with the lines on which the rule must be reported."""

from __future__ import annotations

import ast
import random
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from injections.catalogue import MARK, Injection, Snippet, Way
from injections.hosts import Host, is_super_init, method

ATTRIBUTES = """scale gate gamma alpha table logits mixer shift temperature extra prior proj_out adapter memory
query_bias head_extra gain offset probe tail""".split()
METHODS = "_setup _build _make _create _init_extra _prepare".split()
FUNCTIONS = "make_extra build_part create_weights get_part".split()
PLAIN, SUBCLASS, OTHER_CLASS, OTHER_FUNCTION = "", "subclass", "subclass in another file", "function in another file"


@dataclass(frozen=True, slots=True)
class Project:
    """A small package.

    Args:
        files: its texts by file name.
        marks: file and line of each place where the rule must be reported.
        main: the name of the module with the class.
        kind: what the class is called.
        effect: the expression that is true of the mistake and false of its twin.
    """

    files: dict[str, str]
    marks: frozenset[tuple[str, int]]
    main: str
    kind: str
    effect: str = ""


def projects(injection: Injection, way: Way, variant: str, host: Host, number: int) -> tuple[Project, Project] | None:
    """The mistake and its twin, or nothing where it cannot be put into this class in this way."""
    if any(need not in host.features for need in way.needs) or (way.avoids and way.avoids in host.text):
        return None
    if variant == OTHER_CLASS and "(" in host.arguments and _constructs(way):
        return None  # what the arguments are made of is not imported there
    values = _values(host, random.Random(f"{injection.code} {way.name} {number}"), variant)
    if callable(way.bad):
        edited = way.bad(host, values)
        if edited is None:
            return None
        effect = _fill(way.effect or injection.effect, values)
        return replace(_single(edited[0], host), effect=effect), replace(_single(edited[1], host), effect=effect)
    rendered = []
    effect = _fill(way.effect or injection.effect, values)
    for snippet in (way.bad, way.good):
        filled = Snippet(**{one.name: _fill(getattr(snippet, one.name), values) for one in fields(snippet)})
        project = _project(host, filled, variant, relative=number % 2 == 0)
        rendered.append(replace(project, effect=effect))
    return rendered[0], rendered[1]


def _constructs(way: Way) -> bool:
    return isinstance(way.bad, Snippet) and "{arguments}" in way.bad.below


def _values(host: Host, chance: random.Random, variant: str) -> dict[str, str]:
    fresh = [name for name in ATTRIBUTES if not re.search(rf"\b{name}\b", host.text)]
    a, b, c = chance.sample(fresh, 3)
    forward = method(host.parsed(), "forward")
    literal = chance.choice(("4", "8", "16"))
    values = {
        "h": host.name,
        "a": a,
        "b": b,
        "c": c,
        "f": chance.choice([name for name in METHODS if name not in host.text]),
        "g": chance.choice([name for name in FUNCTIONS if name not in host.text]),
        "n": host.size if host.size and variant == PLAIN and chance.random() < 0.5 else literal,
        "x": forward.args.args[1].arg if forward else "x",
        "literal": literal,
        "arguments": host.arguments,
    }
    return values | {kind: chance.choice(names) for kind, names in host.features.items()}


def _fill(text: str, values: dict[str, str]) -> str:
    """Only the known names: braces of dicts and formats stay."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), textwrap.dedent(text).strip("\n"))


def _project(host: Host, snippet: Snippet, variant: str, *, relative: bool) -> Project:
    if variant == SUBCLASS:
        return _single(f"{host.text}\n\n{_subclass(host, snippet)}", replace(host, name=f"{host.name}Extended"))
    if variant == OTHER_CLASS:
        base = f"from .model import {host.name}" if relative else f"from PACKAGE.model import {host.name}"
        text = f"import torch\nfrom torch import nn\n\n{base}\n\n\n{_subclass(host, snippet)}"
        kind = host.name if snippet == Snippet(below=snippet.below) else f"{host.name}Extended"
        return _marked({"model.py": host.text, "extended.py": text}, "extended", kind)
    if variant == OTHER_FUNCTION:
        names = ", ".join(node.name for node in ast.parse(snippet.above).body if isinstance(node, ast.FunctionDef))
        line = f"from .parts import {names}" if relative else f"from PACKAGE.parts import {names}"
        inner = _insert(host, replace(snippet, above=line))
        parts = f"import torch\nfrom torch import nn\n\n\n{snippet.above}\n"
        return _marked({"model.py": inner, "parts.py": parts}, "model", host.name)
    return _single(_insert(host, snippet), host)


def _single(text: str, host: Host) -> Project:
    return _marked({"model.py": text}, "model", host.name)


def _marked(files: dict[str, str], main: str, kind: str) -> Project:
    """Take the marks out of the texts."""
    marks = set()
    clean = {}
    for name, text in files.items():
        lines = text.split("\n")
        marks |= {(name, number) for number, line in enumerate(lines, start=1) if line.endswith(MARK)}
        clean[name] = "\n".join(line.removesuffix(MARK).rstrip() if line.endswith(MARK) else line for line in lines)
    return Project(clean, frozenset(marks), main, kind)


def _subclass(host: Host, snippet: Snippet) -> str:
    """A subclass of the host with the lines of a snippet; a script that uses the host where there is nothing else."""
    if snippet == Snippet(below=snippet.below):
        return f"{snippet.below}\n"
    forward = method(host.parsed(), "forward")
    x = forward.args.args[1].arg if forward else "x"
    parts = [f"class {host.name}Extended({host.name}):"]
    if snippet.above:
        parts.insert(0, snippet.above + "\n\n")
    if snippet.body:
        parts.append(textwrap.indent(snippet.body, " " * 4) + "\n")
    if snippet.init or snippet.first:
        parts.append("    def __init__(self, *args, **kwargs):")
        parts += _indented([snippet.first, "super().__init__(*args, **kwargs)", snippet.init], 8)
        parts.append("")
    if snippet.forward:
        parts.append(f"    def forward(self, {x}, *args, **kwargs):")
        parts += _indented([snippet.forward, f"return super().forward({x}, *args, **kwargs)"], 8)
        parts.append("")
    if snippet.methods:
        parts.append(textwrap.indent(snippet.methods, " " * 4) + "\n")
    if snippet.below:
        parts.append(f"\n{snippet.below}\n")
    return "\n".join(parts)


def _indented(texts: list[str], by: int) -> Iterator[str]:
    return (textwrap.indent(text, " " * by) for text in texts if text)


def _insert(host: Host, snippet: Snippet) -> str:
    """The host's text with the lines of a snippet in their places."""
    node = host.parsed()
    constructor, forward = method(node, "__init__"), method(node, "forward")
    assert constructor is not None  # every host has both
    assert forward is not None
    start = next(one for one in constructor.body if is_super_init(one))
    top = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    inner = " " * (forward.col_offset + 4)
    outer = " " * forward.col_offset
    places = [  # before this line, with this indentation
        (top, "", snippet.above and f"{snippet.above}\n\n"),
        (_first_line(node), outer, snippet.body and f"{snippet.body}\n"),
        (start.lineno, inner, snippet.first),
        (_end(node) + 1, "", snippet.below and f"\n\n{snippet.below}\n"),
        (_end(node) + 1, outer, snippet.methods and f"\n{snippet.methods}\n"),
        (_end(constructor) + 1, inner, snippet.init),
        (_first_line(forward), inner, snippet.forward),
    ]  # of those before one line, the last ends up first
    lines = host.text.split("\n")
    for before, indent, text in sorted(places, key=lambda place: -place[0]):
        if text:
            lines[before - 1 : before - 1] = textwrap.indent(text, indent).split("\n")
    return "\n".join(lines)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _first_line(node: ast.ClassDef | ast.FunctionDef) -> int:
    """The line of the first statement after the docstring, decorators of a method counted."""
    body: list[ast.stmt] = (
        node.body[1:] if ast.get_docstring(node, clean=False) is not None and len(node.body) > 1 else node.body
    )
    decorators: list[ast.expr] = getattr(body[0], "decorator_list", [])
    return min([body[0].lineno, *(one.lineno for one in decorators)])
