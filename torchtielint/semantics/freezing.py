"""Flags that are set on modules and tensors: `requires_grad`, `training`, and the names that people write for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules, naming, things
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.optimizers import FlagOn, FlagSet
from torchtielint.semantics.records import ModuleRecord, Role
from torchtielint.semantics.values import Const, Opaque, Part, Ref, Value, Weight, constant, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

_MISSPELT = frozenset({"require_grad", "requires_grads", "require_grads", "required_grad", "requires_gradient",
                       "requiers_grad", "requires_gard", "require_gradient"})  # fmt: skip
_FLAGS = frozenset({"requires_grad", "training"})
_METHODS = frozenset({"requires_grad_", "train", "eval"})
# Attributes of models of which nothing is known that are modules, not parameters.
_CHILDREN = frozenset(
    {"fc", "head", "heads", "classifier", "features", "backbone", "encoder", "decoder", "conv", "bn", "norm", "layer",
     "layers", "blocks", "block", "module", "model", "net", "transformer", "embeddings", "vit", "bert", "roberta",
     "stem", "avgpool", "pooler", "neck", "body", "trunk", "visual"}
)  # fmt: skip


def note(machine: Machine, owner: Value, name: str, new: Value, node: cst.CSTNode) -> None:
    """`owner.name = new`, where the name is one that freezes, or is meant to."""
    if name not in _FLAGS | _MISSPELT | _METHODS:
        return
    if name in _METHODS and not isinstance(constant(new), bool):
        return
    found = [_kind(machine, member, name, new, node) for member in members(owner)]
    kind = found[0] if found else None
    if kind is None or any(other is not kind for other in found):
        return
    target = machine.text(node.value) if isinstance(node, cst.Attribute) else _argument(machine, node)
    certain = machine.record(members(owner)[0]) is not None
    machine.emit(FlagSet(machine.site(machine.context.statement or node), target, name, kind, certain))


def _argument(machine: Machine, node: cst.CSTNode) -> str:
    return machine.text(node.args[0].value) if isinstance(node, cst.Call) and node.args else machine.text(node)


def _kind(machine: Machine, value: Value, name: str, new: Value, node: cst.CSTNode) -> FlagOn | None:
    """What an attribute is set on, where that is not what the name is for."""
    record = machine.module(value)
    if record is not None:
        return _on_module(machine, value, record, name, new)
    tensor = machine.tensor(value)
    if tensor is not None or isinstance(value, Weight):
        if name in _MISSPELT | {"requires_grad_"}:
            return FlagOn.TENSOR if isinstance(value, Weight) or (tensor and tensor.role is Role.PARAMETER) else None
        is_view = tensor is not None and tensor.view is not None and tensor.view.detached and tensor.role is Role.TENSOR
        return FlagOn.TEMPORARY if is_view and name == "requires_grad" and _is_temporary(node) else None
    match value:
        case Part(name="data") if name == "requires_grad" and _is_temporary(node):
            return FlagOn.TEMPORARY
        case Opaque(kind="module"):
            return FlagOn.MODULE if name != "training" else None
        case Opaque(kind="" | "made") if things.is_model(machine, value):
            # On again in one module of a model in eval mode: what its class does with the flag is not known.
            return FlagOn.MODULE if name != "training" or constant(new) is not True else None
        case Part() if _is_child(machine, value) and name != "training":
            return FlagOn.MODULE
    return None


def _is_temporary(node: cst.CSTNode) -> bool:
    """Whether the tensor that gets the attribute is made in the very line: `w.data.requires_grad = False`."""
    match node:
        case cst.Attribute(value=cst.Subscript()):
            return True
        case cst.Attribute(value=cst.Attribute(attr=cst.Name(value="data"))):
            return True
        case cst.Attribute(value=cst.Call()):
            return True
    return False


def _on_module(machine: Machine, value: Value, record: ModuleRecord, name: str, new: Value) -> FlagOn | None:
    if value == machine.subject:
        is_flag = name == "requires_grad" and isinstance(constant(new), bool)
        return FlagOn.MODULE if is_flag and not _reads(record, name) else None
    if isinstance(record.cls, ClassModel) and (record.cls.find(name) is not None or _sets(record, name)):
        return None
    if name == "training":
        below = modules.tree(machine, value)[0] if isinstance(value, Ref) else ()
        return FlagOn.MODULE if len(below) > 1 else None
    return FlagOn.MODULE


def _code(record: ModuleRecord) -> str:
    classes = (
        [cls for cls in record.cls.mro() if isinstance(cls, ClassModel)] if isinstance(record.cls, ClassModel) else []
    )
    return "\n".join(cls.piece.code(cls.node) for cls in classes)


def _reads(record: ModuleRecord, name: str) -> bool:
    """Whether a class reads an attribute of its own that it sets: a setting, not an attempt to freeze."""
    return re.search(rf"self\.{name}\b(?!\s*=[^=])", _code(record)) is not None


def _sets(record: ModuleRecord, name: str) -> bool:
    return re.search(rf"self\.{name}\b", _code(record)) is not None


def _is_child(machine: Machine, value: Part) -> bool:
    """Whether a part of a thing is one of its submodules: by its name, or because it was used as one."""
    root, names = things.path(value)
    if isinstance(root, Const):
        return False
    whole = things.is_model(machine, root) or any(naming.says_model(one) for one in names[:-1])
    last = [one for one in names if not one.startswith("[")]
    if value in machine.training.used_as_module:
        return True
    return bool(whole and last) and bool(set(naming.words(last[-1])[-1:]) & _CHILDREN)
