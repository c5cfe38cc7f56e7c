"""Published classes, each cut out of its file with what it refers to, and what they offer to a mistake."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LAYERS = {"Linear": "linear", "Conv1d": "conv", "Conv2d": "conv", "Embedding": "embedding", "LayerNorm": "norm"}
_BASES = (["nn.Module"], ["torch.nn.Module"], ["Module"])
_NAMES = {"torch": "import torch", "nn": "from torch import nn"}
_LONGEST = 400  # lines of a file with one class in it: longer ones say no more, and take longer
_SKIPPED = ("test", "example", "convert", "onnx", "benchmark", "quantiz", "deprecated")


@dataclass(frozen=True, slots=True)
class Host:
    """A class that can be constructed.

    Args:
        module: the dotted name of the file that it was cut from.
        name: what the class is called.
        text: the class, the imports of its file, and everything of its file that these refer to.
        features: attributes that the constructor sets in a statement of its own, by what they are: `linear`, `conv`,
            `embedding`, `norm`, `parameter`, `list` (of modules).
        arguments: what it is constructed with.
        size: a name in the constructor's scope that holds a whole number, where there is one.
    """

    module: str
    name: str
    text: str
    features: dict[str, list[str]]
    arguments: str = ""
    size: str = ""

    def parsed(self) -> ast.ClassDef:
        """The class, as a syntax tree."""
        return next(
            node for node in ast.parse(self.text).body if isinstance(node, ast.ClassDef) and node.name == self.name
        )


def method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """A method of a class."""
    return next((one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == name), None)


def is_super_init(node: ast.stmt) -> bool:
    """Whether a statement is `super().__init__()`."""
    return isinstance(node, ast.Expr) and ast.unparse(node.value) == "super().__init__()"


def candidates(folders: dict[str, tuple[str, Path]], *, each: int, seed: int) -> list[Host]:
    """At most so many classes of each package with each feature, in an order that the seed decides."""
    chosen: list[Host] = []
    for folder, root in folders.values():
        counts: dict[str, int] = {}
        found = [host for path in sorted((root / folder).rglob("*.py")) for host in _in_file(path, root)]
        random.Random(seed).shuffle(found)
        for host in found:
            kinds = [*host.features, "any"]
            if any(counts.get(kind, 0) < each for kind in kinds):
                chosen.append(host)
                for kind in kinds:
                    counts[kind] = counts.get(kind, 0) + 1
    return chosen


def _in_file(path: Path, root: Path) -> Iterator[Host]:
    module = ".".join(path.relative_to(root).with_suffix("").parts)
    if any(word in module for word in _SKIPPED):
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    if "Module" not in text or "\t" in text or path.name == "__init__.py":
        return
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and [ast.unparse(base) for base in node.bases] in _BASES:
            features = _features(node)
            if features is None:
                continue
            cut = _cut(tree, text.splitlines(), node, module)
            if cut.count("\n") <= _LONGEST:
                yield Host(module, node.name, cut, features)


def _features(node: ast.ClassDef) -> dict[str, list[str]] | None:
    """What the constructor sets, or nothing where the class is not one to put a mistake into."""
    constructor, forward = method(node, "__init__"), method(node, "forward")
    if constructor is None or forward is None or len(forward.args.args) < 2 or forward.decorator_list:
        return None
    if not any(map(is_super_init, constructor.body)) or any(
        isinstance(one, ast.Return) for one in ast.walk(constructor)
    ):
        return None
    features: dict[str, list[str]] = {}
    stored: dict[str, int] = {}
    for one in ast.walk(constructor):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store):
            stored[one.attr] = stored.get(one.attr, 0) + 1
    for statement in constructor.body:
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name("self"), attr=name)], value=ast.Call() as call) if (
                stored[name] == 1
            ):
                made = ast.unparse(call.func).removeprefix("torch.").removeprefix("nn.")
                kind = LAYERS.get(made) or {"Parameter": "parameter"}.get(made, "")
                if made == "ModuleList" and [*map(type, call.args)] in ([ast.List], [ast.ListComp]):
                    kind = "list"
                if kind:
                    features.setdefault(kind, []).append(name)
    return features


def _cut(tree: ast.Module, lines: list[str], wanted: ast.ClassDef, module: str) -> str:
    """The text of a class, of all imports, and of whatever of the file they refer to, in the file's order."""
    binders: dict[str, list[ast.stmt]] = {}
    kept: set[ast.stmt] = set()
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom) or _only_imports(statement):
            kept.add(statement)
        for name in _bound(statement):
            binders.setdefault(name, []).append(statement)
    pending: list[ast.stmt] = [wanted, *kept]
    while pending:
        statement = pending.pop()
        kept.add(statement)
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                pending += [one for one in binders.get(node.id, ()) if one not in kept]
    ordered = [one for one in tree.body if one in kept]
    text = "\n".join(_text(one, lines, module) for one in ordered) + "\n"
    future = [one for one in ordered if isinstance(one, ast.ImportFrom) and one.module == "__future__"]
    missing = [line for name, line in _NAMES.items() if not _binds(ordered, name)]
    at = _text(future[-1], lines, module) + "\n" if future else ""
    head, _, rest = text.partition(at) if at else ("", "", text)
    return head + at + "".join(f"{line}\n" for line in missing) + rest


def _binds(statements: Iterable[ast.stmt], name: str) -> bool:
    """Whether a name of torch's is imported as what it is."""
    wanted = {"torch": {"import torch"}, "nn": {"from torch import nn", "import torch.nn as nn"}}[name]
    return any(line in wanted for one in statements for line in _simple(one))


def _simple(statement: ast.stmt) -> list[str]:
    """An import, a name a line."""
    match statement:
        case ast.Import(names=names):
            return [f"import {ast.unparse(one)}" for one in names]
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return [f"from {module} import {ast.unparse(one)}" for one in names]
    return []


def _only_imports(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Try | ast.If) and any(
        isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(statement)
    )


def _bound(statement: ast.stmt) -> Iterable[str]:
    """The names that a statement at module level binds."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return [statement.name]
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _text(statement: ast.stmt, lines: list[str], module: str) -> str:
    """A statement as it stands in its file, with imports from the package by their full names."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(one.lineno for one in decorators)])
    text = "\n".join(lines[first - 1 : statement.end_lineno])
    package = module.split(".")[:-1]
    for node in ast.walk(statement):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = ".".join(package[: len(package) - node.level + 1])
            full = f"{base}.{node.module}" if node.module else base
            text = text.replace(f"from {'.' * node.level}{node.module or ''} import", f"from {full} import", 1)
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        return f"\n\n{text}\n"
    return text
