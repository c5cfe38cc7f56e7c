"""Repairs of constructors: what they call first, and what belongs into them."""

from __future__ import annotations

import re

import libcst as cst

from torchtielint.findings import Edit, Fix, Position, Range
from torchtielint.repairs.workshop import Bench, Workshop, insert, safe, unsafe
from torchtielint.semantics.facts.initialisation import UninitialisedParameter
from torchtielint.semantics.facts.registration import (
    ClassLevelState,
    InitMistake,
    MissingInit,
    RegistrationBeforeInit,
    SharedDefault,
)
from torchtielint.semantics.facts.structure import Unhashable, UnhashableModule
from torchtielint.semantics.syntax import assigned_names

_MODULES = frozenset({"torch.nn.Module", "torch.nn.modules.Module", "torch.nn.modules.module.Module"})
_SUPER = re.compile(r"(super\(.*\)|[\w.]*Module)\.__init__\(.*\)", re.DOTALL)


def initialise_first(fact: RegistrationBeforeInit, shop: Workshop) -> Fix | None:
    """Move the call of `super().__init__()` up, above what registers."""
    bench, node = shop.bench(fact.site), fact.site.node
    function = bench.closest(node, cst.FunctionDef)
    body = _block(function)
    if function is None or body is None:
        return None
    calls = [index for index, line in enumerate(body) if _is_super_call(bench, line)]
    early = [index for index, line in enumerate(body) if line is node or line in bench.around(node)]
    if len(calls) != 1 or len(early) != 1 or early[0] >= calls[0]:
        return None
    call = body[calls[0]]
    names = _names_in(call)
    owner = bench.closest(function, cst.ClassDef)
    start = int(_is_docstring(body[0]))
    if owner is None or not _is_plain_module(bench, owner):
        start = early[0]  # another parent's constructor may call methods that read what is set above
    for index, line in enumerate(body[: calls[0]]):
        if names & assigned_names(line) or (
            isinstance(line, (cst.FunctionDef, cst.ClassDef)) and line.name.value in names
        ):
            start = max(start, index + 1)
    if start > early[0]:
        return None
    return safe("call it first", *_moved_line(bench, call, before=body[start]))


def _moved_line(bench: Bench, line: cst.BaseStatement, *, before: cst.BaseStatement) -> list[Edit]:
    """Move a line, with the comments right above it, to before another one and its comments."""
    place = bench.range(line)
    first = place.start.line - _comments_above(line)
    lines = bench.program.lines()
    text = "".join(f"{one}\n" for one in lines[first - 1 : place.end.line])
    last = place.end.line
    if first > 1 and not lines[first - 2].strip() and last < len(lines) and not lines[last].strip():
        last += 1  # not two empty lines where it was
    target = bench.range(before).start.line - _comments_above(before)
    return [
        insert(Position(target, 1), text),
        Edit(Range(Position(first, 1), Position(last + 1, 1)), ""),
    ]


def _comments_above(line: cst.BaseStatement) -> int:
    """How many lines of comments stand right above a statement."""
    leading = line.leading_lines if isinstance(line, (cst.SimpleStatementLine, cst.BaseCompoundStatement)) else ()
    count = 0
    for one in reversed(leading):
        if one.comment is None:
            break
        count += 1
    return count


def call_parent(fact: MissingInit, shop: Workshop) -> Fix | None:
    """Run the constructor of `nn.Module`, where that is the only parent."""
    bench, node = shop.bench(fact.site), fact.site.node
    owner = bench.closest(node, cst.ClassDef)
    if not isinstance(node, cst.FunctionDef) or owner is None or not _is_plain_module(bench, owner):
        return None
    match fact.mistake:
        case InitMistake.NO_CALL if (body := _block(node)) is not None:
            return safe("call `super().__init__()` first", _first_line(bench, body, ["super().__init__()"]))
        case InitMistake.NOT_CALLED:
            return safe("call it", _written(bench, node, fact.detail, "super().__init__()"))
        case InitMistake.UNBOUND_SUPER | InitMistake.WITHOUT_SELF:
            return safe("call `super().__init__()`", _written(bench, node, fact.detail, "super().__init__()"))
        case InitMistake.MISSPELT if fact.detail == node.name.value:
            return safe("call it `__init__`", Edit(bench.range(node.name), "__init__"))
    return None


def _written(bench: Bench, function: cst.FunctionDef, text: str, content: str) -> Edit | None:
    """Replace the only statement of a function that says just this."""
    found = [
        one.value
        for line in _block(function) or ()
        if isinstance(line, cst.SimpleStatementLine)
        for one in line.body
        if isinstance(one, cst.Expr) and bench.code(one.value).replace(" ", "") == text.replace(" ", "")
    ]
    return bench.replace(found[0], content) if len(found) == 1 else None


def into_constructor(fact: ClassLevelState, shop: Workshop) -> Fix | None:
    """Assign in the constructor what the class body assigns."""
    bench, node = shop.bench(fact.site), fact.site.node
    owner, line = bench.closest(node, cst.ClassDef), bench.parent(node)
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
            pass
        case _:
            return None
    if owner is None or not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return None
    by_class = rf"\b({owner.name.value}|cls|type\(self\)|self\.__class__)\.{name}\b"
    if re.search(by_class, shop.program.text) or _block(owner) is None or line not in owner.body.body:
        return None
    removal = _removal(bench, line)
    message = "assign it in `__init__`: each instance has its own, which joins the parameters and the state dict"
    assignment = f"self.{name} = {bench.code(value)}"
    init = _own_init(owner)
    if init is None:
        return safe(message, removal, _new_init(bench, owner, line, assignment))
    body = _block(init)
    calls = [one for one in body or () if _is_super_call(bench, one)]
    if len(calls) != 1:
        return None
    above = _last_of_plain(bench, body or [], calls[0])
    return safe(message, removal, insert(_after(bench, above), f"{_indent(bench, calls[0])}{assignment}\n"))


def _last_of_plain(bench: Bench, body: list[cst.BaseStatement], line: cst.BaseStatement) -> cst.BaseStatement:
    """The last of the assignments right below a statement that read nothing of the object: so the order stays."""
    for one in body[body.index(line) + 1 :]:
        match one:
            case cst.SimpleStatementLine(
                body=[
                    cst.Assign(
                        targets=[cst.AssignTarget(target=cst.Attribute(value=cst.Name(value="self")))], value=value
                    )
                ]
            ) if not re.search(r"\bself\b|\bsuper\b", bench.code(value)):
                line = one
            case _:
                break
    return line


def _removal(bench: Bench, line: cst.BaseStatement) -> Edit:
    """Take a statement's lines away, and an empty one below that would be the first of a block."""
    place, lines = bench.range(line), bench.program.lines()
    first, last = place.start.line, place.end.line
    if first > 1 and lines[first - 2].rstrip().endswith(":") and last < len(lines) and not lines[last].strip():
        last += 1
    return Edit(Range(Position(first, 1), Position(last + 1, 1)), "")


def _new_init(bench: Bench, owner: cst.ClassDef, line: cst.BaseStatement, assignment: str) -> Edit | None:
    """A constructor before the first method, or at the end of the class."""
    if not _is_plain_module(bench, owner):
        return None
    body = owner.body.body
    methods = [one for one in body if isinstance(one, cst.FunctionDef)]
    indent = _indent(bench, line)
    inner = f"{indent}{indent.removeprefix(_indent(bench, owner)) or '    '}"
    lines = [f"{indent}def __init__(self):", f"{inner}super().__init__()", f"{inner}{assignment}", ""]
    if not methods:
        return insert(_after(bench, body[-1]), "\n".join(lines))
    first = methods[0].decorators[0] if methods[0].decorators else methods[0]
    return insert(Position(bench.range(first).start.line, 1), "\n".join([*lines, ""]))


def default_none(fact: SharedDefault, shop: Workshop) -> Fix | None:
    """Make a default None, and the object in the body."""
    bench, node = shop.bench(fact.site), fact.site.node
    parameter, function = bench.closest(node, cst.Param), bench.closest(node, cst.FunctionDef)
    body = _block(function)
    if parameter is None or function is None or body is None or parameter.default is not node:
        return None
    name = parameter.name.value
    text = bench.text(Range(bench.range(body[0]).start, bench.range(function).end))
    if re.search(rf"\b{name} is (not )?None|\bif (not )?{name}\b|\b{name} or\b", text):
        return None  # None means something already
    edits: list[Edit | None] = [Edit(bench.outer(parameter.default), "None")]
    if parameter.annotation is not None:
        annotation = parameter.annotation.annotation
        spelling = bench.spell("typing.Optional", annotation)
        if spelling is None or "None" in bench.code(annotation) or "Optional" in bench.code(annotation):
            return None
        edits += [*spelling.edits, bench.replace(annotation, f"{spelling.text}[{bench.code(annotation)}]")]
    lines = [f"if {name} is None:", f"{_step(bench, function, body)}{name} = {bench.code(parameter.default)}"]
    edits.append(_first_line(bench, body, lines))
    return unsafe("make one at each call", *edits)


def call_reset(fact: UninitialisedParameter, shop: Workshop) -> Fix | None:
    """Call the method that gives values at the end of the constructor."""
    bench, node = shop.bench(fact.site), fact.site.node
    owner = bench.closest(node, cst.ClassDef)
    init = None if owner is None or not fact.forgotten else _own_init(owner)
    body = _block(init)
    if init is None or body is None or init not in bench.around(node):
        return None
    if not isinstance(body[-1], cst.SimpleStatementLine) or isinstance(body[-1].body[-1], (cst.Return, cst.Raise)):
        return None
    content = f"{_indent(bench, body[-1])}self.{fact.forgotten}()\n"
    return safe(f"call `self.{fact.forgotten}()`", insert(_after(bench, body[-1]), content))


def keep_hash(fact: UnhashableModule, shop: Workshop) -> Fix | None:
    """Let the objects of a class have the hash of modules, as what compares them takes it away."""
    bench, node = shop.bench(fact.site), fact.site.node
    if fact.why is Unhashable.DATACLASS and isinstance(node, cst.ClassDef):
        return _without_eq(bench, node)
    last: cst.CSTNode | None = None
    if fact.why is Unhashable.EQ and isinstance(node, cst.FunctionDef):
        last = node
    elif fact.why is Unhashable.BASE and isinstance(node, cst.ClassDef) and (body := _block(node)) is not None:
        last = body[-1]
    spelling = bench.spell("torch.nn.Module", node)
    if last is None or spelling is None:
        return None
    content = f"\n{_indent(bench, last)}__hash__ = {spelling.text}.__hash__\n"
    return safe("keep the hash of modules", *spelling.edits, insert(_after(bench, last), content))


def _without_eq(bench: Bench, node: cst.ClassDef) -> Fix | None:
    for one in node.decorators:
        made = one.decorator
        func = made.func if isinstance(made, cst.Call) else made
        if bench.dotted(func) != "dataclasses.dataclass":
            continue
        if not isinstance(made, cst.Call):
            return safe("leave objects as they are compared", insert(bench.outer(made).end, "(eq=False)"))
        if any(one.keyword is None or one.keyword.value in ("eq", "order", "unsafe_hash") for one in made.args):
            return None  # an order needs equality
        start = bench.outer(made.args[-1].value).end if made.args else bench.outer(func).end
        text = ", eq=False" if made.args else "(eq=False"
        end = start if made.args else Position(start.line, start.column + 1)
        return safe("leave objects as they are compared", Edit(Range(start, end), text))
    return None


# Places


def _block(node: cst.FunctionDef | cst.ClassDef | None) -> list[cst.BaseStatement] | None:
    """The statements of a body that has lines of its own."""
    if node is None or not isinstance(node.body, cst.IndentedBlock) or not node.body.body:
        return None
    return list(node.body.body)


def _first_line(bench: Bench, body: list[cst.BaseStatement], lines: list[str]) -> Edit | None:
    """Put lines at the top of a function, below its docstring and a call of `super().__init__()`."""
    indent = _indent(bench, body[0])
    content = "".join(f"{indent}{line}\n" for line in lines)
    start = int(_is_docstring(body[0]))
    if start < len(body) and _is_super_call(bench, body[start]) and _takes_nothing(body[start]):
        start += 1
    while start < len(body) and _is_default(bench, body[start]):
        start += 1
    if start:
        return insert(_after(bench, body[start - 1]), content)
    line = bench.range(body[0]).start.line - _comments_above(body[0])
    return insert(Position(line, 1), content)


def _after(bench: Bench, line: cst.CSTNode) -> Position:
    """The start of the line below a statement."""
    return Position(bench.range(line).end.line + 1, 1)


def _indent(bench: Bench, line: cst.CSTNode) -> str:
    """What stands before a statement on its line."""
    place = bench.range(line)
    return bench.text(Range(Position(place.start.line, 1), place.start))


def _step(bench: Bench, function: cst.FunctionDef, body: list[cst.BaseStatement]) -> str:
    """By how much a block is indented."""
    return _indent(bench, body[0]).removeprefix(_indent(bench, function)) or "    "


def _is_docstring(line: cst.BaseStatement) -> bool:
    match line:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())]):
            return True
    return False


def _is_super_call(bench: Bench, line: cst.BaseStatement) -> bool:
    match line:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call() as call)]):
            return _SUPER.fullmatch(bench.code(call)) is not None
    return False


def _is_default(bench: Bench, line: cst.BaseStatement) -> bool:
    """Whether a statement gives a value to what is None, as this repair writes it."""
    return isinstance(line, cst.If) and re.fullmatch(r"\w+ is None", bench.code(line.test)) is not None


def _takes_nothing(line: cst.BaseStatement) -> bool:
    match line:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(args=[]))]):
            return True
    return False


def _own_init(owner: cst.ClassDef) -> cst.FunctionDef | None:
    for one in owner.body.body:
        if isinstance(one, cst.FunctionDef) and one.name.value == "__init__":
            return one
    return None


def _is_plain_module(bench: Bench, owner: cst.ClassDef) -> bool:
    """Whether a class has `nn.Module` as its only parent, whose constructor takes no arguments."""
    return len(owner.bases) == 1 and not owner.keywords and bench.dotted(owner.bases[0].value) in _MODULES


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def visit_Name(self, node: cst.Name) -> None:
        self.found.add(node.value)

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        if isinstance(node.value, cst.Name):
            self.found.add(f"{node.value.value}.{node.attr.value}")
        node.value.visit(self)
        return False


def _names_in(node: cst.CSTNode) -> set[str]:
    visitor = _Names()
    node.visit(visitor)
    return visitor.found - {"self", "super"}
