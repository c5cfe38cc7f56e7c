"""`_init_weights` of a Hugging Face model: which weights of the module that it is given it writes to past `nn.init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.semantics import hugging_face, things
from torchtielint.semantics.facts.hugging_face import RawInitWrite
from torchtielint.semantics.values import Opaque, Part, Value, members
from torchtielint.torch_facts import Relation, load

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.definitions import ClassModel, FunctionModel
    from torchtielint.semantics.machine import Machine

GIVEN = "initialised"
_WEIGHTS = frozenset({"weight", "bias"})
# What says whether a weight was loaded; code that asks is left alone.
_LOADED_FLAG = "_is_hf_initialized"


def given(machine: Machine, model: ClassModel, function: FunctionModel) -> dict[str, Value]:
    """What `_init_weights` is given: a module of which some tensors may be loaded ones."""
    specs = [spec for spec in function.parameters if spec.kind == "positional"]
    if function.name != "_init_weights" or len(specs) < 2 or not hugging_face.is_pretrained(model):
        return {}
    return {specs[1].name: Opaque(specs[1].name, machine.counter.next(), GIVEN)}


def is_inside(value: Value) -> bool:
    """Whether a value is something inside the module that `_init_weights` is given."""
    root, names = things.path(value)
    return bool(names) and isinstance(root, Opaque) and root.kind == GIVEN


def called(machine: Machine, owner: Value, name: str, node: cst.CSTNode) -> None:
    """A method of a weight of that module, which may write to it."""
    fact = load().method(name)
    if fact is not None and fact.relation is Relation.INPLACE:
        written(machine, owner, name, node)


def assigned(machine: Machine, owner: Value, name: str, node: cst.CSTNode) -> None:
    """`module.weight = ...`, or `module.weight.data = ...`."""
    written(machine, Part(owner, name), "an assignment", machine.context.statement or node)


def written(machine: Machine, value: Value, operation: str, node: cst.CSTNode) -> None:
    """A weight of that module is written to."""
    function = machine.frame.function
    if function is None or machine.muted or not any(map(is_inside, members(value))):
        return
    if _LOADED_FLAG in function.code:
        return
    for member in members(value):
        if is_inside(member):
            root, names = things.path(member)
            kept = [name for name in names if name != "data" and not name.startswith("[")]
            target = ".".join((things.name_of(root), *kept))
            machine.loading.raw[RawInitWrite(machine.site(node), target, operation)] = kept[-1] if kept else ""


def settle(machine: Machine) -> None:
    """At the end of a file: the writes to what are parameters."""
    for fact, name in machine.loading.raw.items():
        if name in _WEIGHTS or name in machine.loading.parameters:
            machine.emit(fact)
    machine.loading.raw.clear()
