"""Sharing, claimed and real: repeated objects, and ties that are made through copies and views."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules, targets, tie_shapes, wrapping
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.sharing import FalseTie, RepeatedModule, TieBy
from torchtielint.semantics.machine import TieCandidate
from torchtielint.semantics.records import ModuleRecord, Repeat, Role, TensorRecord, View
from torchtielint.semantics.values import Ref, Value, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.state import State

SHARING_WORDS = re.compile(r"(?<![a-z])(?:tie[sd]?|tying|share[sd]?|sharing)(?![a-z])")
NEGATIONS = re.compile(
    r"(?<![a-z])(?:not|no|never|un|without|instead|separate|independent|don't|do not)(?![a-z])|untie|unshare"
)
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def speaks_of_sharing(text: str) -> bool:
    """Whether a name or comment says that something is meant to be shared (or tied), and does not say the opposite."""
    words = CAMEL.sub("_", text).lower()
    return SHARING_WORDS.search(words) is not None and NEGATIONS.search(words) is None


def sharing_intended(machine: Machine, *texts: str) -> bool:
    """Whether the names, the conditions around, the function or a comment beside say that sharing is meant."""
    function = machine.frame.function
    said = (*texts, function.name if function else "", *comments(machine))
    if any(speaks_of_sharing(text) for text in said):
        return True
    return any(_asks_for_sharing(machine, test, holds) for test, holds in machine.context.guards)


def _asks_for_sharing(machine: Machine, test: cst.BaseExpression, holds: bool) -> bool:
    """Whether a branch is taken because a condition asks for sharing: `if tie:`, not `if not tie:` or its `else`."""
    while isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        test, holds = test.expression, not holds
    try:
        code = machine.code(test)
    except KeyError:
        return False
    return holds and speaks_of_sharing(code)


def refuses_sharing(machine: Machine, test: cst.BaseExpression, holds: bool) -> bool:
    """Whether a branch is taken because a condition says that nothing is to be shared: `if not tie:`."""
    return _asks_for_sharing(machine, test, not holds)


def comments(machine: Machine) -> list[str]:
    """The comments above and beside the statement that is running."""
    line = machine.context.line
    if not isinstance(line, cst.SimpleStatementLine):
        return []
    found = [empty.comment.value for empty in line.leading_lines if empty.comment]
    if line.trailing_whitespace.comment:
        found.append(line.trailing_whitespace.comment.value)
    return found


def repeated(machine: Machine, repeat: Repeat, *, registers: bool = False) -> None:
    """Report an object that stands several times in a container, if it owns tensors and nobody means it so.

    `registers`: one of torch's containers takes it, which takes nothing but modules.
    """
    if isinstance(repeat.element, Ref):
        machine.repeated_at[repeat.element.key] = repeat.site
    tensor = machine.tensor(repeat.element)
    if repeat.intended or repeat.spelling == "attribute" or (tensor is not None and tensor.role is not Role.PARAMETER):
        return
    unknown = repeat.maker and (registers or repeat.maker != "unknown")
    if not unknown and modules.has_tensors(machine, repeat.element) is not True:
        return
    if _declares_ties(machine) or (not repeat.placed and is_registered_apart(machine, repeat.element)):
        return
    statement = machine.context.statement
    target = machine.text(statement.targets[0].target) if isinstance(statement, cst.Assign) else ""
    if sharing_intended(machine, repeat.name, target):
        return
    record = machine.module(repeat.element)
    machine.emit(
        RepeatedModule(
            repeat.site,
            modules.class_name(record) if record else repeat.name if unknown else "nn.Parameter",
            is_parameter=record is None and not unknown,
            spelling=repeat.spelling,
            constructed_here=repeat.spelling == "constructor",
            name=repeat.name,
            known=not unknown,
        )
    )


def _declares_ties(machine: Machine) -> bool:
    """Whether the class under analysis declares what it ties."""
    subject = machine.module(machine.subject)
    return subject is not None and isinstance(subject.cls, ClassModel) and "_tied_weights_keys" in subject.cls.namespace


def is_registered_apart(machine: Machine, element: Value) -> bool:
    """Whether an object has a name of its own already below the object under analysis."""
    if machine.subject is None or not isinstance(element, Ref):
        return False
    return element.key in modules.reachable(machine, machine.subject)


def consume(machine: Machine, value: Value, *, registers: bool = False) -> None:
    """A module takes over a list: what the list repeats, the module repeats; `registers`: one of torch's containers."""
    for member in members(value):
        record = machine.container(member)
        for repeat in record.repeats if record else ():
            repeated(machine, repeat, registers=registers)


def registered(machine: Machine, ref: Ref, name: str, new: Value, node: cst.CSTNode) -> None:
    """A module takes a value as an attribute: note repeats, Parameters that only look like another, or do not fit."""
    consume(machine, new)
    tie_shapes.note(machine, ref, name, new, node)
    for member in members(new):
        match machine.record(member):
            case TensorRecord(role=Role.PARAMETER) as made if isinstance(member, Ref):
                machine.loading.parameters.add(name)
                _note_tie(machine, member.key, made, TieBy.NEW_PARAMETER, node)
            case ModuleRecord() as made if (
                isinstance(made.cls, str) and made.slots is not None and isinstance(member, Ref)
            ):
                for slot in made.slots.values():
                    inner = machine.tensor(slot.value)
                    if inner is not None and inner.role is Role.PARAMETER and isinstance(slot.value, Ref):
                        _note_tie(machine, slot.value.key, inner, TieBy.CONSTRUCTOR, node)


def _note_tie(machine: Machine, key: int, made: TensorRecord, by: TieBy, node: cst.CSTNode) -> None:
    if made.copy_of is not None:
        base, transposed, copied = made.copy_of, False, True
    elif made.view is not None and made.view.whole:
        base, transposed, copied = made.view.base, made.view.transposed, False
    else:
        return
    source = machine.tensor(Ref(base))
    if source is None or source.role is not Role.PARAMETER or base == key:
        return
    if machine.muted:
        return
    site = machine.site(machine.context.statement or node)
    hinted = sharing_intended(machine)
    text = machine.text(node)
    machine.ties.append(TieCandidate(site, key, base, by, text, transposed, copied, hinted))


def tied_through_data(machine: Machine, target: Ref, new: Ref, node: cst.CSTNode) -> None:
    """`target.data = new`: note it when `new` is, or shows, a Parameter."""
    record = machine.tensor(new)
    if record is None:
        return
    shown = View(new.key) if record.role is Role.PARAMETER else record.view
    source = machine.tensor(Ref(shown.base)) if shown is not None and shown.whole else None
    if (
        shown is None
        or source is None
        or source.role is not Role.PARAMETER
        or shown.base == target.key
        or machine.muted
    ):
        return
    site = machine.site(machine.context.statement or node)
    text, transposed = machine.text(node), shown.transposed
    machine.ties.append(TieCandidate(site, target.key, shown.base, TieBy.DATA, text, transposed, hinted=True))


def transposed_source(machine: Machine, ref: Ref, new: Value) -> str:
    """The path of another live Parameter that a value is a transposed view of; empty when it is none."""
    record = machine.tensor(new)
    if record is None or record.view is None or not record.view.transposed or not record.view.whole:
        return ""
    source = machine.tensor(Ref(record.view.base))
    if source is None or source.role is not Role.PARAMETER:
        return ""
    for root in roots(machine):
        path = path_of(machine, root, record.view.base)
        if path and ref.key in modules.reachable(machine, root):
            return path
    return ""


def roots(machine: Machine) -> tuple[Ref, ...]:
    """The modules from which the code at hand starts: the object under analysis, or the modules that variables hold."""
    if machine.subject is not None:
        return (machine.subject,)
    found: dict[Ref, None] = {}
    layer: State | None = machine.state
    while layer is not None:
        for key, cell in list(layer.cells.items()):
            if isinstance(key, int) and isinstance(cell, ModuleRecord) and isinstance(cell.cls, ClassModel):
                found[Ref(key)] = None
        layer = layer.parent
    return tuple(found)


def known_modules(machine: Machine) -> tuple[Ref, ...]:
    """Every module that code outside of a class has made so far."""
    found: dict[Ref, None] = {}
    layer: State | None = machine.state
    while layer is not None:
        found.update({Ref(key): None for key, cell in layer.cells.items() if isinstance(cell, ModuleRecord)})  # type: ignore[arg-type]  # records have keys that are numbers
        layer = layer.parent
    return tuple(found)


def path_of(machine: Machine, root: Ref, key: int) -> str:
    """The dotted path, from a module, of the parameter with an identity; empty when it has none."""
    pending: list[tuple[Ref, str]] = [(root, "")]
    seen: set[Ref] = set()
    while pending:
        current, prefix = pending.pop(0)
        if current in seen:
            continue
        seen.add(current)
        for name, slot in modules.slots(machine, current).items():
            for member in members(slot.value):
                if not isinstance(member, Ref):
                    continue
                if member.key == key:
                    return f"{prefix}{name}"
                if machine.module(member):
                    pending.append((member, f"{prefix}{name}."))
        record = machine.module(current)
        for position, item in enumerate((*record.items, *record.rest) if record else ()):
            if isinstance(item, Ref) and machine.module(item):
                pending.append((item, f"{prefix.removesuffix('.')}[{position}]."))
    return ""


def _is_tied_else(machine: Machine, root: Ref, target: int, source: int) -> bool:
    """Whether the place of one parameter below a module holds another one in other cases."""
    both = {Ref(target), Ref(source)}
    below = modules.tree(machine, root)[0]
    return any(both <= set(members(slot.value)) for ref in below for slot in modules.slots(machine, ref).values())


def settle(machine: Machine) -> None:
    """At the end of an entry point: the noted ties whose both sides are live under one module are false ones."""
    tie_shapes.settle(machine)
    wrapping.settle(machine)
    targets.settle(machine)
    candidates, machine.ties = machine.ties, []
    if not candidates:
        return
    for root in roots(machine):
        live = modules.live_parameters(machine, root)
        prefix = "self." if root == machine.subject else ""
        for tie in candidates:
            if tie.target in live and tie.source in live and (tie.hinted or not tie.copied):
                source, target = machine.tensor(Ref(tie.source)), machine.tensor(Ref(tie.target))
                frozen = any(side is not None and side.requires_grad is False for side in (source, target))
                if frozen and tie.by is not TieBy.CONSTRUCTOR:
                    continue  # a frozen teacher that starts from the student: no tie is meant
                if tie.copied and _is_tied_else(machine, root, tie.target, tie.source):
                    continue  # a setting decides whether the two are tied or cloned
                fact = FalseTie(
                    tie.site,
                    tie.target_text,
                    f"{prefix}{path_of(machine, root, tie.source)}",
                    tie.by,
                    tie.transposed,
                    tie.copied,
                    tie.hinted,
                    source.site if source else None,
                )
                machine.emit(fact)
