"""Mistakes that are changes of the class's own lines."""

from __future__ import annotations

import ast

from injections.catalogue import MARK, Edit
from injections.hosts import Host, is_super_init, method


def replaced(host: Host, node: ast.AST, text: str) -> str:
    """The host's text with other text in place of a statement or expression."""
    lines = host.text.split("\n")
    first, last = node.lineno - 1, node.end_lineno - 1  # type: ignore[attr-defined]  # both have one
    start = lines[first].encode()[: node.col_offset].decode()  # type: ignore[attr-defined]  # as above
    end = lines[last].encode()[node.end_col_offset :].decode()  # type: ignore[attr-defined]  # as above
    return "\n".join([*lines[:first], start + text + end, *lines[last + 1 :]])


def constructor(host: Host) -> ast.FunctionDef:
    """The constructor of the class."""
    found = method(host.parsed(), "__init__")
    if found is None:
        raise ValueError(f"{host.name} has no constructor")
    return found


def assignment(host: Host, name: str) -> ast.Assign:
    """The statement of the constructor that sets an attribute."""
    return next(
        one
        for one in constructor(host).body
        if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == f"self.{name}"
    )


def rewritten(feature: str, bad: str, good: str = "") -> Edit:
    """An edit of `self.a = made(first, ...)`; in the texts `{value}` is the call, `{first}` its argument."""

    def edit(host: Host, values: dict[str, str]) -> tuple[str, str] | None:
        if feature not in host.features:
            return None
        values["a"] = values[feature]
        statement = assignment(host, values["a"])
        if not isinstance(statement.value, ast.Call) or not statement.value.args:
            return None
        parts = {"value": ast.unparse(statement.value), "first": ast.unparse(statement.value.args[0])}
        texts = [f"self.{values['a']} = {text.format(**parts)}" for text in (bad, good) if text]
        twin = replaced(host, statement, texts[1]) if good else host.text
        return replaced(host, statement, f"{texts[0]}  {MARK}"), twin

    return edit


def repeated(host: Host, values: dict[str, str]) -> tuple[str, str] | None:
    """`[Layer(...) for _ in range(n)]` becomes `[Layer(...)] * n`."""
    for name in host.features.get("list", []):
        statement = assignment(host, name)
        made = statement.value.args[0] if isinstance(statement.value, ast.Call) else None
        match made:
            case ast.ListComp(
                elt=ast.Call() as element,
                generators=[
                    ast.comprehension(target=ast.Name(index), iter=ast.Call(func=ast.Name("range"), args=[count]))
                ],
            ) if index not in {node.id for node in ast.walk(element) if isinstance(node, ast.Name)}:
                values["a"] = name
                text = f"self.{name} = nn.ModuleList([{ast.unparse(element)}] * {ast.unparse(count)})  {MARK}"
                return replaced(host, statement, text), host.text
    return None


def _super_init(host: Host) -> ast.stmt:
    return next(one for one in constructor(host).body if is_super_init(one))


def without_super_init(text: str) -> Edit:
    """An edit that writes something else for `super().__init__()`."""

    def edit(host: Host, values: dict[str, str]) -> tuple[str, str] | None:
        lines = replaced(host, _super_init(host), text.replace("{h}", values["h"])).split("\n")
        lines[constructor(host).lineno - 1] += f"  {MARK}"
        return "\n".join(lines), host.text

    return edit


def late_super_init(host: Host, values: dict[str, str]) -> tuple[str, str] | None:
    """`super().__init__()` goes below the first registration."""
    start = _super_init(host)
    kinds = [name for names in host.features.values() for name in names]
    for statement in constructor(host).body:
        if isinstance(statement, ast.Assign) and statement.lineno > start.lineno:
            target = statement.targets[0]
            if not (isinstance(target, ast.Attribute) and target.attr in kinds):
                continue
            values["a"] = target.attr
            indent = " " * statement.col_offset
            text = f"{ast.unparse(statement)}  {MARK}\n{indent}super().__init__()"
            lines = replaced(host, statement, text).split("\n")
            del lines[start.lineno - 1]
            return "\n".join(lines), host.text
    return None


def default_argument(made: str) -> Edit:
    """The constructor takes a layer whose default is made in its signature."""

    def edit(host: Host, values: dict[str, str]) -> tuple[str, str] | None:
        node = constructor(host)
        if node.args.vararg or node.args.kwarg:
            return None
        name = values["a"]
        texts = []
        for default, stored in ((made, name), ("None", f"{made} if {name} is None else {name}")):
            mark = f"  {MARK}" if default == made else ""
            signature = ast.unparse(ast.FunctionDef("__init__", node.args, [ast.Pass()], [], lineno=0))
            signature = signature.splitlines()[0].removesuffix("):")
            indent = " " * node.col_offset
            lines = host.text.split("\n")
            lines[node.end_lineno or 0 : node.end_lineno or 0] = [f"{indent}    self.{name} = {stored}"]
            first = node.body[0].lineno - 1
            lines[node.lineno - 1 : first] = [f"{indent}{signature}, {name}={default}):{mark}"]
            texts.append("\n".join(lines))
        return texts[0], texts[1]

    return edit
