"""Calls into other files of the project: how far they are followed, and what need not be run twice.

Every file that imports a helper runs it anew. Where nothing that matters goes into a call, only what comes out does:
it is run once for each kind of arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchtielint.semantics.program import MODULE_FRAME
from torchtielint.semantics.records import ContainerRecord
from torchtielint.semantics.site import Call
from torchtielint.semantics.values import (
    UNKNOWN,
    Absent,
    BuiltinMethod,
    ClassValue,
    Const,
    External,
    FunctionValue,
    Instance,
    Opaque,
    Part,
    Ref,
    Union,
    Unknown,
    Value,
    join,
    members,
)

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.definitions import ClassModel, FunctionModel
    from torchtielint.semantics.machine import Machine

# Expressions and statements that one call into another file may take, and all of those that one file makes.
VISIT = 1_500
VISITS = 40_000
# Annotations that say that an argument is data, whatever is known of it.
_DATA = re.compile(
    r"(typing\.)?(Optional\[)?(str|int|float|bool|bytes|None)\]?([ ]*\|[ ]*(str|int|float|bool|bytes|None))*"
)
# Tuples in tuples that are remembered.
MAX_NESTING = 3

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a call gave back: a value, and the records of the containers that it consists of."""

    value: Value
    containers: Mapping[Ref, ContainerRecord]


class Visits:
    """What one machine has seen of other files.

    Args:
        left: steps that calls into other files may still take.
    """

    def __init__(self) -> None:
        self.left = VISITS
        self._results: dict[Key, Remembered] = {}
        self._data: dict[FunctionModel, frozenset[str]] = {}

    def data_of(self, function: FunctionModel) -> frozenset[str]:
        """The parameters of a function that are data by their annotation."""
        found = self._data.get(function)
        if found is None:
            annotated = ((spec.name, spec.annotation) for spec in function.parameters if spec.annotation is not None)
            found = frozenset(name for name, said in annotated if _DATA.fullmatch(function.piece.code(said)))
            self._data[function] = found
        return found

    def result(
        self, machine: Machine, function: FunctionModel, bindings: Mapping[str, Value], run: Callable[[], Value]
    ) -> Value:
        """What a function gives back: that of an earlier call, where only what comes out matters."""
        key = None if is_own(function) or len(function.frames) > 1 else self._key(machine, function, bindings)
        if key is None:
            return run()
        known = self._results.get(key)
        if known is not None:
            return _again(machine, known)
        start, told = machine.counter.last, len(machine.facts)
        value = run()
        containers: dict[Ref, ContainerRecord] = {}
        silent = machine.state.alive and len(machine.facts) == told
        if silent and _is_portable(machine, value, start, containers):
            self._results[key] = Remembered(value, containers)
        return value

    def _key(self, machine: Machine, function: FunctionModel, bindings: Mapping[str, Value]) -> Key | None:
        """What the result depends on; None where an argument is something that the function may change or keep."""
        data = self.data_of(function)
        key: list[object] = [function, bool(machine.muted)]
        for name, value in bindings.items():
            if all(map(_is_plain, members(value))):
                key.append(value)
            elif name in data:
                key.append(UNKNOWN)
            else:
                return None
        return tuple(key)


def is_own(model: FunctionModel | ClassModel) -> bool:
    """Whether the file under analysis defines a function or class."""
    return model.frames[-1] == MODULE_FRAME


def leaves_file(machine: Machine, function: FunctionModel) -> bool:
    """Whether a call of a function leads from the file under analysis into another one."""
    return machine.scope.key == MODULE_FRAME and not is_own(function)


@contextmanager
def visiting(machine: Machine, function: FunctionModel, node: cst.CSTNode) -> Iterator[None]:
    """Run code of another file, and remember from where."""
    entered = Call(machine.site(node), function.owner is None, len(machine.context.guards))
    with bounded(machine), machine.within(entered=entered):
        yield


@contextmanager
def bounded(machine: Machine) -> Iterator[None]:
    """Run code of another file less far than one's own: every file that imports it runs it anew."""
    before, start = machine.calls_until, machine.steps
    machine.calls_until = min(before, start + min(VISIT, machine.visits.left))
    try:
        yield
    finally:
        machine.calls_until = before
        machine.visits.left = max(0, machine.visits.left - (machine.steps - start))


def _is_plain(value: Value) -> bool:
    """Whether a value is nothing that code could change: a literal, a class, or not known at all."""
    return type(value) is Unknown or isinstance(value, (Const, Absent, External, ClassValue))


def _is_portable(
    machine: Machine, value: Value, start: int, containers: dict[Ref, ContainerRecord], depth: int = 0
) -> bool:
    """Whether a value made since `start` can be given back again; notes the containers that it consists of."""
    for member in members(value):
        match member:
            case Opaque(kind="made", key=made) if made > start:
                pass
            case Part(owner=owner):
                if not _is_portable(machine, owner, start, containers, depth):
                    return False
            case BuiltinMethod(receiver=Instance()):
                pass
            case FunctionValue(receiver=None, model=model) if len(model.frames) == 1:
                pass
            case Ref(key=made) if made > start and depth < MAX_NESTING:
                record = machine.container(member)
                if record is None or record.escaped:
                    return False
                containers[member] = record
                inner = (*record.elements(), *record.keys)
                if not all(_is_portable(machine, element, start, containers, depth + 1) for element in inner):
                    return False
            case _ if not _is_plain(member):
                return False
    return True


def _again(machine: Machine, remembered: Remembered) -> Value:
    """A remembered value, with new objects in the place of those that were new then."""
    made: dict[Value, Value] = {}

    def renewed(value: Value) -> Value:
        if isinstance(value, Union):
            return join(map(renewed, value.members))
        if value not in made:
            made[value] = one(value)
        return made[value]

    def one(value: Value) -> Value:
        match value:
            case Opaque():
                return machine.thing(value.name, value.kind)
            case Part(owner=owner, name=name):
                return Part(renewed(owner), name)
            case Ref():
                record = remembered.containers[value]
                items, rest = tuple(map(renewed, record.items)), tuple(map(renewed, record.rest))
                return machine.allocate(replace(record, items=items, rest=rest))
        return value

    return renewed(remembered.value)
