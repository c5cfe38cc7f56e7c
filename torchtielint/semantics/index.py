"""A file's top-level statements: where each begins and ends, and which names it binds. From `ast`, at C speed."""

from __future__ import annotations

import ast
import enum
import warnings
from dataclasses import dataclass

import libcst as cst

from torchtielint.errors import SourceSyntaxError


class StatementKind(enum.Enum):
    """How a top-level statement is run."""

    IMPORT = "import"
    DEFINITION = "definition"
    DATA = "data"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Statement:
    """Whole lines of a file that hold one top-level statement (or several that share a line).

    `star` marks `from x import *`: it may bind any name.
    """

    kind: StatementKind
    first_line: int
    last_line: int
    binds: tuple[str, ...]
    star: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """The statements of a file in order; `whole` when only libcst could parse it, as one piece."""

    statements: tuple[Statement, ...]
    whole: cst.Module | None = None


def index_source(text: str) -> Index:
    """Index a file.

    Raises:
        SourceSyntaxError: when neither `ast` nor libcst can parse it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError) as refused:
        return _index_newer_syntax(text, refused)
    return Index(tuple(_merge_shared_lines([_statement(node) for node in tree.body])))


def _index_newer_syntax(text: str, refused: Exception) -> Index:
    """`ast` of the running Python knows no newer syntax; libcst may."""
    try:
        tree = cst.parse_module(text)
    except Exception as error:  # libcst raises its own error type, and others where its parser has a gap
        raise _syntax_error(refused) from error
    whole = Statement(StatementKind.CODE, 1, text.count("\n") + 1, binds=(), star=True)
    return Index((whole,), whole=tree)


def _syntax_error(refused: Exception) -> SourceSyntaxError:
    if isinstance(refused, SyntaxError):
        return SourceSyntaxError(refused.lineno or 1, max(refused.offset or 1, 1), refused.msg)
    return SourceSyntaxError(1, 1, str(refused))


def _statement(node: ast.stmt) -> Statement:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    last = node.end_lineno or node.lineno
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return Statement(StatementKind.DEFINITION, first, last, (node.name,))
        case ast.Import() | ast.ImportFrom():
            names = tuple((alias.asname or alias.name).split(".")[0] for alias in node.names)
            return Statement(StatementKind.IMPORT, first, last, names, star=names == ("*",))
    binds, star, calls = _contents(node)
    kind = StatementKind.DATA if _is_data(node) and not calls else StatementKind.CODE
    return Statement(kind, first, last, binds, star)


def _is_data(node: ast.stmt) -> bool:
    """Whether a statement only binds names: nothing has to run it before one of them is needed."""
    match node:
        case ast.Assign(targets=targets):
            return all(isinstance(target, ast.Name) for target in targets)
        case ast.AnnAssign(target=target):
            return isinstance(target, ast.Name)
    return isinstance(node, ast.Expr)


def _contents(node: ast.stmt) -> tuple[tuple[str, ...], bool, bool]:
    """The names that a statement may bind, whether it holds a star import, and whether it calls anything."""
    names: dict[str, None] = {}
    star = calls = False
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()):
                names[name] = None
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] = None
            case ast.alias(name="*"):
                star = True
            case ast.alias(name=name, asname=asname):
                names[(asname or name).split(".")[0]] = None
            case ast.Call():
                calls = True
    return tuple(names), star, calls


def _merge_shared_lines(statements: list[Statement]) -> list[Statement]:
    """Statements on one line (`import torch; x = 1`) cannot be parsed apart by lines: make them one."""
    merged: list[Statement] = []
    for statement in statements:
        if merged and statement.first_line <= merged[-1].last_line:
            last = merged.pop()
            binds = tuple(dict.fromkeys(last.binds + statement.binds))
            kind = last.kind if last.kind is statement.kind else StatementKind.CODE
            merged.append(
                Statement(
                    kind,
                    last.first_line,
                    max(last.last_line, statement.last_line),
                    binds,
                    last.star or statement.star,
                )
            )
        else:
            merged.append(statement)
    return merged
