"""Tensors that are written to a safetensors file, which refuses those that share memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.kinds import TieKind
from torchtielint.semantics import modules, tie_graph
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.checkpoints import SharedSave
from torchtielint.semantics.records import CheckpointRecord, ContainerRecord, SlotKind
from torchtielint.semantics.tie_graph import TieGroup
from torchtielint.semantics.values import UNKNOWN, Arguments, Const, Held, Ref, Value

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.site import Site

_CATCHING = frozenset({"RuntimeError", "Exception", "BaseException"})


def save(machine: Machine, arguments: Arguments, node: cst.Call) -> Value:
    """`safetensors.torch.save_file(tensors, path)`, `save(tensors)`."""
    given = arguments.get(0, "tensors")
    if _CATCHING & set(machine.context.caught):
        return UNKNOWN
    match machine.record(given):
        case CheckpointRecord(module=Ref() as module) as record if _is_as_taken(record):
            _judge_module(machine, module, node)
        case ContainerRecord(kind="dict", escaped=False) as record:
            _judge_dict(machine, record, node)
    return UNKNOWN


def _is_as_taken(record: CheckpointRecord) -> bool:
    """Whether a state dict still has all the tensors of its module, as they lie in memory."""
    return record.whole and record.held is Held.LIVE and not record.edited


def _judge_module(machine: Machine, module: Ref, node: cst.Call) -> None:
    record = machine.module(module)
    if record is None or (isinstance(record.cls, ClassModel) and record.cls.find("state_dict")):
        return
    for group in tie_graph.groups(machine, module):
        names = _saved(machine, module, group)
        if len(names) > 1 or (names and "*" in names[0]):
            _emit(machine, node, names, group.site, certain=not record.open)
            return


def _saved(machine: Machine, root: Ref, group: TieGroup) -> tuple[str, ...]:
    """The names of a group under which the state dict certainly has it."""
    if group.conditional:
        return ()
    if group.kind is TieKind.SAME_MODULE or (group.kind is TieKind.SAME_PARAMETER and not group.buffers):
        return group.names
    return tuple(name for name in group.names if _is_saved(machine, root, name))


def _is_saved(machine: Machine, root: Ref, name: str) -> bool:
    path, _, last = name.rpartition(".")
    owner = next((ref for found, ref in modules.paths(machine, root) if found == path), None)
    slot = modules.slots(machine, owner).get(last) if owner is not None else None
    if slot is None:
        return False
    return slot.kind is SlotKind.PARAMETER or (slot.kind is SlotKind.BUFFER and slot.persistent is True)


def _judge_dict(machine: Machine, record: ContainerRecord, node: cst.Call) -> None:
    """A dict of tensors: two keys that hold one."""
    seen: dict[Ref, str] = {}
    for key, value in zip(record.keys, record.items, strict=False):
        memory = tie_graph.memory(machine, value) if isinstance(value, Ref) and machine.tensor(value) else None
        if memory is None or not memory.whole or not isinstance(key, Const):
            continue
        if memory.base in seen:
            _emit(machine, node, (seen[memory.base], str(key.value)), None, certain=True)
            return
        seen[memory.base] = str(key.value)


def _emit(machine: Machine, node: cst.Call, names: tuple[str, ...], tied: Site | None, *, certain: bool) -> None:
    machine.emit(SharedSave(machine.site(node), machine.text(node.func), names, tied, certain))
