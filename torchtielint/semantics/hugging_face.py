"""Models of Hugging Face transformers 5: what `from_pretrained` and `save_pretrained` rely on in a class.

`from_pretrained` builds the model on the meta device, fills in what the checkpoint has, gives everything else fresh
memory, and calls `_init_weights` for each module that is not complete. `post_init` prepares all of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import modules
from torchtielint.semantics.definitions import HARMLESS_BASES, ClassModel, FunctionModel, is_transformers_model
from torchtielint.semantics.facts.hugging_face import ValueNotRestored
from torchtielint.semantics.loading import Loss
from torchtielint.semantics.records import Role, Slot, SlotKind
from torchtielint.semantics.syntax import nodes_of
from torchtielint.semantics.values import (
    ABSENT,
    NONE,
    ClassValue,
    External,
    FunctionValue,
    Opaque,
    Ref,
    Value,
    members,
)
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

_WORD = re.compile(r"[A-Za-z_]\w*")
_CALLED = re.compile(r"([A-Za-z_]\w*)\s*\(")
# Code in which any attribute may be meant.
_ANY_NAME = frozenset({"setattr", "named_buffers", "buffers", "_buffers", "__dict__", "vars"})
# What a module can be handed to without anything being written to it.
_READERS = frozenset({"isinstance", "hasattr", "getattr", "type", "id", "print", "_init_weights", "issubclass"})
# What runs over the modules after a checkpoint was loaded.
_INITIALISERS = frozenset({"_init_weights", "_initialize_weights", "initialize_weights", "_initialize_missing_keys"})


def is_pretrained(model: ClassModel) -> bool:
    """Whether a class derives from `transformers.PreTrainedModel`."""
    return any(is_transformers_model(base) for base in model.external_bases())


def is_known(model: ClassModel) -> bool:
    """Whether every base was found, or is torch's, or a model or mixin of transformers (mixins add no attributes)."""
    return all(_is_known_base(member) for base in model.bases for member in members(base))


def _is_known_base(base: Value) -> bool:
    match base:
        case ClassValue(model=model):
            return is_known(model)
        case External(name=name):
            mixin = name.startswith("transformers.") and name.endswith("Mixin")
            return mixin or is_transformers_model(name) or name in HARMLESS_BASES or load().module(name) is not None
    return False


def judge(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """What the constructor of a model left that loading a checkpoint does not give back."""
    if not is_pretrained(model) or not is_known(model):
        return
    found, _ = modules.tree(machine, ref)
    inside = [record.cls for module in found if module != ref and (record := machine.module(module))]
    machine.loading.parts.update(cls for cls in inside if isinstance(cls, ClassModel))
    if model.find("from_pretrained") is not None:
        return
    lost = [each for module in found for each in _lost(machine, model, module)]
    if not lost:
        return
    classes = [record.cls for module in found if (record := machine.module(module))]
    models = [cls for cls in classes if isinstance(cls, ClassModel) and is_pretrained(cls)]
    functions = _functions(machine)
    initialised = _initialised(machine, models, functions)
    by_transformers = not initialised or any(word.endswith(("super", "PreTrainedModel")) for word in initialised)
    for fact, loss in lost:
        by_base = fact.name in _ROTARY and loss.rotary and by_transformers
        if not by_base and not initialised & (_ANY_NAME | {fact.name}) and _is_read(machine, functions, fact.name):
            machine.loading.unrestored.setdefault(fact, loss)


# What `PreTrainedModel._init_weights` computes anew for a `...RotaryEmbedding`.
_ROTARY = frozenset({"inv_freq", "original_inv_freq"})


def _lost(machine: Machine, model: ClassModel, ref: Ref) -> Iterator[tuple[ValueNotRestored, Loss]]:
    """The values that a module computes in its constructor and registers nowhere, or as a non-persistent buffer."""
    held = modules.slots(machine, ref)
    record = machine.module(ref)
    if record is None or not isinstance(record.cls, ClassModel) or not is_known(record.cls):
        return
    cls = record.cls
    rotary = "RotaryEmbedding" in cls.name and "original_inv_freq" in held
    for name, slot in held.items():
        tensors = [machine.tensor(member) for member in members(slot.value)]
        is_buffer = slot.kind is SlotKind.BUFFER and slot.persistent is False
        matters = _holds_value(machine, slot) if is_buffer else _is_left_on_meta(machine, slot)
        if slot.site is None or not matters:
            continue
        fact = ValueNotRestored(slot.site, cls.name, name, model.name, is_buffer, is_tensor=None not in tensors)
        yield fact, Loss(cls, frozenset(tensor.site for tensor in tensors if tensor is not None), rotary)


def _holds_value(machine: Machine, slot: Slot) -> bool:
    """Whether a buffer has contents that matter: no placeholder, nothing that an argument may leave out."""
    for member in members(slot.value):
        tensor = machine.tensor(member)
        if member in (NONE, ABSENT) or isinstance(member, Opaque):
            return False
        if tensor is not None and tensor.blank and isinstance(member, Ref) and member.key not in machine.written:
            return False
    return True


def _is_left_on_meta(machine: Machine, slot: Slot) -> bool:
    """Whether an attribute is a plain tensor that was made on the device at hand, which is meta while loading."""
    found = [machine.tensor(member) for member in members(slot.value)]
    return slot.kind is SlotKind.PLAIN and all(
        tensor is not None and tensor.role is Role.TENSOR and tensor.follows_device and not tensor.escaped
        for tensor in found
    )


def _functions(machine: Machine) -> dict[str, list[FunctionModel]]:
    """The functions and methods of the file, by name."""
    found: dict[str, list[FunctionModel]] = {}
    for function in machine.functions:
        found.setdefault(function.name, []).append(function)
    for cls in machine.classes.values():
        for value in cls.namespace.values():
            for member in members(value):
                if isinstance(member, FunctionValue):
                    found.setdefault(member.model.name, []).append(member.model)
    return found


def _initialised(
    machine: Machine, models: list[ClassModel], functions: dict[str, list[FunctionModel]]
) -> frozenset[str]:
    """The words of every `_init_weights` of some models, and of the functions that it calls."""
    pending = [
        value.model
        for model in models
        for cls in model.mro()
        if isinstance(cls, ClassModel)
        for name in _INITIALISERS
        if isinstance(value := cls.namespace.get(name), FunctionValue)
    ]
    words: set[str] = set()
    seen: set[FunctionModel] = set()
    while pending:
        function = pending.pop()
        if function in seen:
            continue
        seen.add(function)
        code = function.code
        words.update(_WORD.findall(code))
        if function.name in _INITIALISERS and _hands_on(function, functions):
            words.add("setattr")
        pending.extend(called for name in _CALLED.findall(code) for called in functions.get(name, ()))
    return frozenset(words)


def _hands_on(function: FunctionModel, functions: dict[str, list[FunctionModel]]) -> bool:
    """Whether a function gives the module that it is to initialise to code that is not known."""
    names = [spec.name for spec in function.parameters[1:2]]
    for call in nodes_of(cst.Call, function.node):
        match call.func:
            case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=called)) if owner in names:
                known = called in load().module_methods
            case cst.Attribute(attr=cst.Name(value=called)) | cst.Name(value=called):
                given = [arg.value.value for arg in call.args if isinstance(arg.value, cst.Name)]
                known = called in _READERS or not set(given) & set(names)
            case _:
                continue
        if not known and called not in functions:
            return True
    return False


def _is_read(machine: Machine, functions: dict[str, list[FunctionModel]], name: str) -> bool:
    """Whether code outside of constructors mentions an attribute."""
    mention = re.compile(rf"(\.|[\"']){name}\b")
    return any(
        mention.search(function.code)
        for called, models in functions.items()
        if called != "__init__"
        for function in models
    )


def settle(machine: Machine) -> None:
    """At the end of a file: what no code outside of constructors sets anew."""
    for fact, loss in machine.loading.unrestored.items():
        rewritten = any((cls, fact.name) in machine.loading.rewrites.attributes for cls in loss.owner.mro())
        if rewritten or loss.made & machine.loading.rewrites.tensors:
            continue
        if fact.is_tensor or not _is_written(machine, fact.name):
            machine.emit(fact)
    machine.loading.unrestored.clear()


def _is_written(machine: Machine, name: str) -> bool:
    """Whether some code writes to an attribute whose value is not followed."""
    write = re.compile(rf"\.{name}(\[[^\]]*\])?(\.data)?(\[[^\]]*\])?\s*([-+*/]?=[^=]|\.\w+_\()")
    return any(
        write.search(function.code)
        for called, models in _functions(machine).items()
        if called != "__init__"
        for function in models
    )
