"""Parameters and modules that are registered, and that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules
from torchtielint.semantics.definitions import MODULE, ClassModel
from torchtielint.semantics.facts.use import UnusedParameter
from torchtielint.semantics.mentions import Mentions
from torchtielint.semantics.records import ModuleRecord, Role, Slot, SlotKind, TensorRecord
from torchtielint.semantics.values import ABSENT, NONE, FunctionValue, Ref, Value, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.program import Program
    from torchtielint.semantics.site import Site

_HOOKS = ("__getattr__", "__getattribute__", "__setattr__", "parameters", "named_parameters", "children")
# What says of itself, or of which a comment says, that it is not there to be used.
_ON_PURPOSE = re.compile(r"unused|not used|dummy|placeholder|compat|legacy|deprecated|checkpoint|backward")


@dataclass(frozen=True, slots=True)
class Unread:
    """A parameter or module of a class that no method was seen to use."""

    model: ClassModel
    fact: UnusedParameter


def note_class(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """Every method of a class ran: remember what none of them used."""
    record = machine.module(ref)
    if record is None or record.open or not _is_whole(model):
        return
    if ref.key in machine.handed_on or ref.key in machine.uses.modules_by_name:
        return
    for name, slot in (record.slots or {}).items():
        value = _only(slot.value)
        here = slot.site is not None and slot.site.path == machine.program.path
        if slot.site is not None and here and value is not None and _is_unused(machine, ref, slot, value):
            made = machine.module(value)
            what = modules.class_name(made) if made is not None else ""
            machine.uses.unread.append(Unread(model, UnusedParameter(slot.site, model.name, name, what)))


def _is_whole(model: ClassModel) -> bool:
    """Whether a class has a forward, and nothing in it is hidden that may read its attributes."""
    found = model.find("forward")
    if found is None or not isinstance(found[0], FunctionValue) or not model.complete or model.is_decorated:
        return False
    if set(model.external_bases()) != {MODULE} or any(map(model.find, _HOOKS)):
        return False
    return not _is_abstract(found[0].model.node)


def _is_abstract(node: cst.FunctionDef | cst.Lambda) -> bool:
    """Whether a function does nothing but say that a subclass shall."""
    if isinstance(node, cst.Lambda) or not isinstance(node.body, cst.IndentedBlock):
        return False
    lines = [line.body[0] for line in node.body.body if isinstance(line, cst.SimpleStatementLine)]
    return len(lines) == len(node.body.body) and all(
        isinstance(line, (cst.Raise, cst.Pass, cst.Expr)) for line in lines
    )


def _only(value: Value) -> Ref | None:
    """The one object that an attribute holds, if any."""
    found = [member for member in members(value) if member not in (ABSENT, NONE)]
    return found[0] if len(found) == 1 and isinstance(found[0], Ref) else None


def _is_unused(machine: Machine, owner: Ref, slot: Slot, value: Ref) -> bool:
    if slot.site is None or value.key in machine.handed_on | machine.lent:
        return False
    match machine.record(value):
        case TensorRecord(role=Role.PARAMETER, requires_grad=True, escaped=False):
            unused = slot.kind is SlotKind.PARAMETER and value.key not in machine.uses.plain
        case ModuleRecord():
            unused = slot.kind is SlotKind.MODULE and value.key not in machine.uses.modules
            unused = unused and modules.has_parameters(machine, value)
        case _:
            return False
    return unused and _is_made_by(machine, slot.site.node, value) and _has_one_owner(machine, owner, value)


def _has_one_owner(machine: Machine, owner: Ref, value: Ref) -> bool:
    """Whether one name leads to an object."""
    found, _ = modules.tree(machine, owner)
    held = [
        member for module in found for slot in modules.slots(machine, module).values() for member in members(slot.value)
    ]
    listed = [item for module in found if (record := machine.module(module)) for item in (*record.items, *record.rest)]
    return (*held, *listed).count(value) == 1


def _is_made_by(machine: Machine, statement: cst.CSTNode, value: Ref) -> bool:
    """Whether a statement makes an object, and gives it to one attribute only."""
    match statement:
        case cst.Assign(targets=[_], value=cst.Call() as made):
            pass
        case cst.AnnAssign(value=cst.Call() as made):
            pass
        case cst.Call(args=[_, cst.Arg(value=cst.Call() as made), *_]):
            pass
        case _:
            return False
    nodes = {id(node) for node in _within(made)}
    pending: list[Value] = [value]
    seen: set[Value] = set()
    while pending:
        current = pending.pop()
        record = machine.record(current)
        if current in seen or record is None:
            continue
        seen.add(current)
        if isinstance(record, (ModuleRecord, TensorRecord)) and id(record.site.node) not in nodes:
            return False
        if isinstance(record, ModuleRecord):
            given = record.arguments.all() if record.arguments is not None else ()
            inner = (*given, *record.items, *record.rest, *record.unnamed)
        else:
            container = machine.container(current)
            inner = container.elements() if container is not None else ()
        pending.extend(member for item in inner for member in members(item))
    return True


def _within(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _within(child)


def settle(machine: Machine) -> None:
    """After everything ran: what no line of the files that make up the class mentions either."""
    seen: set[Site] = set()
    read: dict[str, Mentions | None] = {}
    for unread in machine.uses.unread:
        if unread.fact.site in seen:
            continue
        seen.add(unread.fact.site)
        paths = {machine.program.path, *(cls.piece.path for cls in unread.model.mro() if isinstance(cls, ClassModel))}
        programs = [scope.program for scope in machine.scopes.values() if scope.program.path in paths]
        for program in programs:
            if program.path not in read:
                read[program.path] = Mentions.of(program.everything())
        mentions = [read[program.path] for program in programs]
        related = _Related(machine, unread.model)
        if all(
            found is not None and not found.reads(unread.fact.attribute, related) for found in mentions
        ) and not _is_meant(machine.program, unread.fact):  # last, as libcst computes the places of a whole class
            machine.emit(unread.fact)
    machine.uses.unread.clear()


class _Related:
    """The classes, by name, that may have an object of a class as their `self`."""

    def __init__(self, machine: Machine, model: ClassModel) -> None:
        classes = list(machine.classes.values())
        families = [cls.mro() for cls in classes if model in cls.mro()]
        near = {id(cls) for family in families for cls in family}
        self._strangers = {cls.name for cls in classes if id(cls) not in near}
        self._near = {cls.name for cls in classes if id(cls) in near}

    def __call__(self, name: str) -> bool:
        return name in self._near or name not in self._strangers


def _is_meant(program: Program, fact: UnusedParameter) -> bool:
    """Whether the name, or a comment at the line, says that it is not there to be used."""
    first, last = fact.site.range.start.line, fact.site.range.end.line
    lines = program.text.split("\n")
    said = [line.partition("#")[2] for line in lines[first - 1 : last]]
    above = lines[first - 2].strip() if first > 1 else ""
    said.append(above if above.startswith("#") else "")
    return any(_ON_PURPOSE.search(text.lower()) for text in (fact.attribute, *said))
