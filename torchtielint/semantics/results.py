"""What an assignment takes from the right: results that are None, and tuples that a comma makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import expressions, modules
from torchtielint.semantics.facts.structure import ResultAssigned, TupleByComma
from torchtielint.semantics.records import ModuleRecord, Role, Slot, SlotKind, TensorRecord
from torchtielint.semantics.values import NONE, Ref, Value, members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class Registered:
    """A call that registered something (and returned None): on which module, by which method, under which name."""

    module: Ref
    method: str
    name: str


def note_registration(machine: Machine, ref: Ref, method: str, name: object, value: Value, node: cst.Call) -> None:
    """A registering method ran; one that registers None is no loss to anybody."""
    if NONE not in members(value):
        machine.registered_by[id(node)] = Registered(ref, method, name if isinstance(name, str) else "")


def check_assignment(machine: Machine, targets: list[cst.BaseExpression], value: cst.BaseExpression) -> None:
    """`self.b = self.register_buffer(...)`: the attribute is None."""
    if not machine.registered_by:
        return
    found = [registered for part in _results(value) if (registered := _registered(machine, part))]
    if not found:
        return
    several = isinstance(value, (cst.List, cst.Tuple, cst.ListComp, cst.GeneratorExp))
    for target in targets:
        match target:
            case cst.Name(value=name) if not several:
                machine.none_names[machine.frame.key, name] = found[0]
            case cst.Attribute(value=owner, attr=cst.Name(value=name)):
                record = machine.module(found[0].module)
                undone = name == found[0].name and expressions.evaluate(machine, owner) == found[0].module
                machine.emit(
                    ResultAssigned(
                        machine.site(machine.context.statement or target),
                        modules.class_name(record) if record else "",
                        machine.text(target),
                        found[0].method,
                        found[0].name,
                        undone,
                        several,
                    )
                )


def _registered(machine: Machine, node: cst.BaseExpression) -> Registered | None:
    if isinstance(node, cst.Name) and machine.lookup(node.value) == NONE:
        return machine.none_names.get((machine.frame.key, node.value))
    return machine.registered_by.get(id(node))


def _results(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The expressions whose value an expression may have, or holds as its elements."""
    match node:
        case cst.IfExp(body=body, orelse=orelse):
            yield from _results(body)
            yield from _results(orelse)
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            for element in elements:
                yield element.value
        case cst.ListComp(elt=element) | cst.GeneratorExp(elt=element):
            yield element
        case cst.NamedExpr(value=inner):
            yield from _results(inner)
        case _:
            yield node


def note_tuple(machine: Machine, node: cst.Tuple | cst.List | cst.Set, ref: Ref) -> None:
    """A tuple of one element without parentheses is made by a comma, which is easily left behind."""
    if isinstance(node, cst.Tuple) and len(node.elements) == 1 and not node.lpar:
        machine.comma_tuples[ref.key] = machine.site(node)


def check_tuple(machine: Machine, ref: Ref, name: str, new: Value, shown: str, site: Site) -> bool:
    """`self.fc = nn.Linear(3, 3),`: report it, and hold it as the plain value that it is."""
    if not isinstance(new, Ref):
        return False
    origin = machine.comma_tuples.get(new.key)
    container, record = machine.container(new), machine.module(ref)
    if origin is None or container is None or record is None or len(container.items) != 1:
        return False
    live = modules.reachable(machine, ref)
    for member in members(container.items[0]):
        if not isinstance(member, Ref) or member.key in live | machine.handed_on or member.key not in machine.created:
            return False
    first = machine.record(members(container.items[0])[0])
    match first:
        case ModuleRecord():
            what = modules.class_name(first)
        case TensorRecord(role=Role.PARAMETER):
            what = "nn.Parameter"
        case _:
            return False
    machine.emit(TupleByComma(site, modules.class_name(record), shown, what, origin))
    machine.held_by_comma.add(new.key)
    machine.update(ref, record.with_slot(name, Slot(SlotKind.UNCERTAIN, new, site)))
    return True
