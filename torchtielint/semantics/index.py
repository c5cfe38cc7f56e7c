"""A file's top-level statements: where each begins and ends, and which names it binds. From `ast`, at C speed."""

from __future__ import annotations

import ast
import enum
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchtielint.errors import SourceSyntaxError

if TYPE_CHECKING:
    import libcst as cst


class StatementKind(enum.Enum):
    """How a top-level statement is run."""

    IMPORT = "import"
    DEFINITION = "definition"
    DATA = "data"
    CODE = "code"


@dataclass(frozen=True, eq=False, slots=True)
class Statement:
    """Whole lines of a file that hold one top-level statement (or several that share a line).

    Args:
        kind: how it is run.
        first_line: its first line, that of its decorators where it has some.
        last_line: its last line.
        binds: the names that it may bind.
        star: it holds a `from x import *`, which may bind any name.
        imports: what it imports, as the bound name (`*` for a star) and the dotted name, with its leading dots.
        bases: of a class, the dotted names of its bases.
        is_class: it is a class, alone on its lines.
    """

    kind: StatementKind
    first_line: int
    last_line: int
    binds: tuple[str, ...]
    star: bool = False
    imports: tuple[tuple[str, str], ...] = ()
    bases: tuple[str, ...] = ()
    is_class: bool = False


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
    import libcst as cst  # not needed to see whether what was found before still holds

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
        case ast.ClassDef():
            bases = tuple(filter(None, map(_dotted, node.bases)))
            return Statement(StatementKind.DEFINITION, first, last, (node.name,), bases=bases, is_class=True)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return Statement(StatementKind.DEFINITION, first, last, (node.name,))
        case ast.Import() | ast.ImportFrom():
            imports = tuple(_imported(node))
            names = tuple(name for name, _ in imports)
            return Statement(StatementKind.IMPORT, first, last, names, star=names == ("*",), imports=imports)
    binds, imports, calls = _contents(node)
    kind = StatementKind.DATA if _is_data(node) and not calls else StatementKind.CODE
    return Statement(kind, first, last, binds, any(name == "*" for name, _ in imports), imports)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """The bound name and the dotted name of each thing that a statement imports; of a star, those of the module."""
    prefix = "" if isinstance(node, ast.Import) else "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            yield "*", prefix
        elif isinstance(node, ast.Import):
            root = alias.name.split(".")[0]
            yield alias.asname or root, alias.name if alias.asname else root
        else:
            yield alias.asname or alias.name, f"{prefix}{'' if prefix.endswith('.') else '.'}{alias.name}"


def _dotted(node: ast.expr) -> str:
    """A dotted name as text; empty for any other expression. Of `Base[T]`, that of `Base`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name) if _dotted(owner):
            return f"{_dotted(owner)}.{name}"
        case ast.Subscript(value=owner):
            return _dotted(owner)
    return ""


def _is_data(node: ast.stmt) -> bool:
    """Whether a statement only binds names: nothing has to run it before one of them is needed."""
    match node:
        case ast.Assign(targets=targets):
            return all(isinstance(target, ast.Name) for target in targets)
        case ast.AnnAssign(target=target):
            return isinstance(target, ast.Name)
    return isinstance(node, ast.Expr)


def _contents(node: ast.stmt) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], bool]:
    """The names that a statement may bind, what it imports, and whether it calls anything."""
    names: dict[str, None] = {}
    imports: list[tuple[str, str]] = []
    calls = False
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()):
                names[name] = None
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] = None
            case ast.Import() | ast.ImportFrom():
                imports.extend(_imported(inner))
            case ast.Call():
                calls = True
    names.update(dict.fromkeys(name for name, _ in imports if name != "*"))
    return tuple(names), tuple(imports), calls


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
                    last.imports + statement.imports,
                    last.bases + statement.bases,
                )
            )
        else:
            merged.append(statement)
    return merged
