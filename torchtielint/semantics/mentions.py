"""Where a file mentions the attributes of objects: who may read what, from `ast` alone."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

ANY = "*"
"""What reads attributes by names that are not known."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_REGISTERING = frozenset({"register_parameter", "add_module", "register_module"})
# Methods named so give values to parameters; what they read of them is no use.
_INITIALISES = re.compile(r"_*(re)?(set|init\w*)_(parameters?|weights?|params?)")
# Methods named so look at every parameter and compute nothing with it.
_BOOKKEEPING = re.compile(r"init|reset|freeze|count|num|optim|device|dtype|summary|decay|group")
_CHILDREN = frozenset({"children", "named_children"})
_ITEMS = _CHILDREN | {"modules", "named_modules", "parameters", "named_parameters", "state_dict"}
_TABLES = frozenset({"__dict__", "_modules", "_parameters"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A read of an attribute: of `self` in the class of a name, or of any object (None)."""

    owner: str | None


@dataclass(slots=True)
class Mentions:
    """Who reads which attribute in one file."""

    found: dict[str, set[Mention]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Mentions | None:
        """The mentions of a file; None where the running Python cannot parse it."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return None
        made = cls()
        imported = {
            alias.asname or alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for alias in node.names
        }
        try:
            _Reader(made, imported).visit(tree)
        except RecursionError:
            return None
        return made

    def reads(self, name: str, concerns: Callable[[str], bool]) -> bool:
        """Whether anything may read the attribute; `concerns` says for which classes `self` may be the object."""
        mentions = self.found.get(name, set()) | self.found.get(ANY, set())
        return any(mention.owner is None or concerns(mention.owner) for mention in mentions)

    def add(self, name: str, owner: str | None) -> None:
        """Note a read."""
        self.found.setdefault(name, set()).add(Mention(owner))


@dataclass(frozen=True, slots=True)
class _Place:
    """The class and the method at hand, and what it calls its object."""

    owner: str = ""
    method: str = ""
    receiver: str = ""


class _Reader(ast.NodeVisitor):
    def __init__(self, mentions: Mentions, imported: set[str]) -> None:
        self._mentions = mentions
        self._imported = imported
        self._at = _Place()

    def _owner(self, value: ast.expr) -> str | None:
        """Of which class an expression is the object at hand; None where it may be any object."""
        is_receiver = isinstance(value, ast.Name) and value.id == self._at.receiver and self._at.owner
        return self._at.owner if is_receiver else None

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before, self._at = self._at, _Place(node.name)
        self.generic_visit(node)
        self._at = before

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before = self._at
        if before.owner and not before.method:
            names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            self._at = _Place(before.owner, node.name, names[0] if names else "")
        self.generic_visit(node)
        self._at = before

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        match node.value:
            case ast.Constant():
                return  # a docstring
            case ast.Call(func=ast.Attribute(attr=name, value=owner)) as call if _writes(name):
                if _is_init(owner):
                    self._visit_initialised(call)
                else:
                    self._visit_written(owner)
                    self._visit_all(call.args, call.keywords)
            case ast.Call(func=ast.Name(id=name)) as call if _writes(name):
                self._visit_initialised(call)
            case _:
                self.generic_visit(node)

    def _visit_initialised(self, call: ast.Call) -> None:
        """`nn.init.normal_(self.weight, std=0.02)`."""
        if call.args:
            self._visit_written(call.args[0])
        self._visit_all(call.args[1:], call.keywords)

    def _visit_written(self, node: ast.AST) -> None:
        """What is only written to; indices on the way are read."""
        while True:
            match node:
                case ast.Attribute(value=inner):
                    node = inner
                case ast.Subscript(value=inner, slice=index):
                    self.visit(index)
                    node = inner
                case ast.Name():
                    return
                case _:
                    self.visit(node)
                    return

    def _visit_all(self, *lists: list[ast.expr] | list[ast.keyword]) -> None:
        for nodes in lists:
            for node in nodes:
                self.visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, (ast.Attribute, ast.Subscript)):
                self._visit_written(target)
            else:
                self.visit(target)
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Attribute):
            self._mentions.add(node.target.attr, self._owner(node.target.value))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        owner = self._owner(node.value)
        if node.attr in _TABLES:
            self._mentions.add(ANY, owner)
        elif not isinstance(node.ctx, ast.Store) and not (owner and _INITIALISES.fullmatch(self._at.method)):
            self._mentions.add(node.attr, owner)
        self.visit(node.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            for word in _WORD.findall(node.value):
                self._mentions.add(word, None)

    def visit_Call(self, node: ast.Call) -> None:
        match node:
            case ast.Call(func=ast.Attribute(attr=name, value=owner)) if name in _REGISTERING:
                self.visit(owner)
                self._visit_all(node.args[1:], node.keywords)
                return
            case ast.Call(func=ast.Attribute(attr=name, value=owner)) if name in _ITEMS:
                self._note_items(name, owner)
            case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[owner, ast.expr() as name, *_]):
                of_import = isinstance(owner, ast.Name) and owner.id in self._imported
                if not isinstance(name, ast.Constant) and not of_import:
                    self._mentions.add(ANY, self._owner(owner))
            case ast.Call(func=ast.Name(id="vars" | "eval" | "exec")):
                self._mentions.add(ANY, None)
        self.generic_visit(node)

    def _note_items(self, name: str, owner: ast.expr) -> None:
        """`self.parameters()`, `model.children()`: whoever iterates may compute with all of them."""
        own = self._owner(owner)
        if own is None and name in _CHILDREN:
            self._mentions.add(ANY, None)
        elif own is not None and not _BOOKKEEPING.search(self._at.method):
            self._mentions.add(ANY, own)


def _writes(name: str) -> bool:
    """Whether a function of this name writes to what it is given, and no more: `normal_`."""
    return name.endswith("_") and not name.endswith("__")


def _is_init(node: ast.expr) -> bool:
    """Whether an expression is `torch.nn.init`, by its last name."""
    match node:
        case ast.Name(id="init") | ast.Attribute(attr="init"):
            return True
    return False
