"""How a file spells names of other modules, and the import that it lacks."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import libcst as cst

from torchtielint.findings import Edit, Position, Range
from torchtielint.semantics.index import Statement, StatementKind
from torchtielint.semantics.program import Program
from torchtielint.semantics.syntax import assigned_names, dotted_name

# What is imported for a name, as the statement, the name that it binds and what of the dotted name that stands for.
_IMPORTS = {
    "torch": ("import torch", "torch"),
    "torch.nn": ("from torch import nn", "nn"),
    "torch.nn.utils.parametrizations": ("from torch.nn.utils import parametrizations", "parametrizations"),
    "copy": ("import copy", "copy"),
    "typing.Optional": ("from typing import Optional", "Optional"),
}


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a name is written, and the edits that add an import where it needs one."""

    text: str
    edits: tuple[Edit, ...] = ()


def bound(program: Program) -> dict[str, str]:
    """The names that imports at the top of a file bind for good, and what they stand for."""
    found: dict[str, str] = {}
    for statement in program.index.statements:
        if statement.kind is StatementKind.IMPORT and not statement.star:
            found |= {name: dotted for name, dotted in statement.imports if _is_alone(program, statement, name)}
    return found


def _is_alone(program: Program, statement: Statement, name: str) -> bool:
    """Whether nothing else at the top of the file binds a name, but imports of the same."""
    meant = dict(statement.imports)[name]
    return all(dict(other.imports).get(name) == meant for other in program.binders(name))


def meaning(program: Program, node: cst.BaseExpression) -> str:
    """What a dotted name means by the imports of a file; empty where they do not say."""
    head, dot, rest = dotted_name(node).partition(".")
    known = bound(program).get(head, "")
    return f"{known}{dot}{rest}" if known else ""


def spell(program: Program, dotted: str, inside: Sequence[cst.FunctionDef], *, before: int) -> Spelling | None:
    """How to write a dotted name inside of functions; None where it cannot be said.

    Args:
        program: the file.
        dotted: the name in full.
        inside: the functions around the place, whose own names hide others.
        before: the line of the place, above which an import must stand.
    """
    hidden = {name for function in inside for name in local_names(function)}
    known = {name: meant for name, meant in bound(program).items() if name not in hidden}
    prefix, rest = dotted, ""
    while prefix:
        for name, meant in known.items():
            if meant == prefix:
                return Spelling(name + rest)
        prefix, dot, last = prefix.rpartition(".")
        rest = f"{dot}{last}{rest}"
    return _with_import(program, dotted, hidden, known, before)


def local_names(function: cst.FunctionDef) -> set[str]:
    """The plain names that a function binds for itself."""
    parameters = function.params
    every = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    every += [one for one in (parameters.star_arg, parameters.star_kwarg) if isinstance(one, cst.Param)]
    return {one.name.value for one in every} | set(assigned_names(function.body))


def _with_import(
    program: Program, dotted: str, hidden: Iterable[str], known: dict[str, str], before: int
) -> Spelling | None:
    module, _, last = dotted.rpartition(".")
    siblings = {meant.rpartition(".")[0] for meant in known.values()}
    options = [(f"from {module} import {last}", last, "")] if module in siblings - {"torch"} else []
    for prefix in (dotted, module):
        if prefix in _IMPORTS:
            statement, name = _IMPORTS[prefix]
            options.append((statement, name, dotted[len(prefix) :]))
    longer = _longer(program, module, last)
    if longer is not None and last not in hidden and not program.binders(last):
        return Spelling(last, (longer,))
    for statement, name, rest in options:
        place = _place(program, statement, before)
        if place is not None and name not in hidden and not program.binders(name):
            end = "\n\n" if _is_first_of_its_kind(program, statement, place) else "\n"
            return Spelling(name + rest, (Edit(Range(place, place), f"{statement}{end}"),))
    return None


def _longer(program: Program, module: str, name: str) -> Edit | None:
    """One more name in an import of one line that takes names from a module, in the order that these have."""
    for statement in program.index.statements:
        line = program.lines()[statement.first_line - 1]
        found = re.fullmatch(rf"from {re.escape(module)} import (\w+(?:, \w+)*)", line)
        if found and statement.first_line == statement.last_line and module != "torch":
            names = found[1].split(", ")
            before = next((one for one in names if one > name), None) if names == sorted(names) else None
            column = found.start(1) + 1 + (len(found[1]) if before is None else found[1].index(before))
            place = Position(statement.first_line, column)
            return Edit(Range(place, place), f", {name}" if before is None else f"{name}, ")
    return None


def _place(program: Program, statement: str, before: int) -> Position | None:
    """Where an import goes: under the last of the same package, else above or below those that there are."""
    imports = [one for one in program.index.statements if one.kind is StatementKind.IMPORT and one.last_line < before]
    package = statement.split()[1].split(".", maxsplit=1)[0]
    near = [one for one in imports if any(dotted.split(".")[0] == package for _, dotted in one.imports)]
    if near:
        return Position(near[-1].last_line + 1, 1)
    standard = [one for one in imports if _is_standard(one)]
    if standard and package != "torch":
        return Position(standard[-1].last_line + 1, 1)
    plain = [one for one in imports if not any(dotted.startswith("__future__") for _, dotted in one.imports)]
    if plain:
        return Position(plain[0].first_line if package != "torch" else plain[-1].last_line + 1, 1)
    return Position(imports[-1].last_line + 1, 1) if imports else None


def _is_standard(statement: Statement) -> bool:
    """Whether an import is one of Python's own modules, but for `__future__`."""
    roots = {dotted.split(".")[0] for _, dotted in statement.imports}
    return bool(roots) and roots <= sys.stdlib_module_names - {"__future__"}


def _is_first_of_its_kind(program: Program, statement: str, place: Position) -> bool:
    """Whether an import is the only one of Python's own modules above those of others."""
    own = statement.split()[1].partition(".")[0] in sys.stdlib_module_names
    below = [one for one in program.index.statements if one.first_line == place.line]
    return own and bool(below) and below[0].kind is StatementKind.IMPORT and not _is_standard(below[0])
