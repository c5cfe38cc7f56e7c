"""How a Hugging Face model of transformers 5 declares its ties, and whether its constructor ends in `post_init`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchtielint.semantics import modules
from torchtielint.semantics.definitions import ClassModel, is_transformers_base
from torchtielint.semantics.facts.hugging_face import (
    OldTyingApi,
    PostInitMissing,
    TieNeverMade,
    TieUndeclared,
    TyingMistake,
)
from torchtielint.semantics.hugging_face import is_known, is_pretrained
from torchtielint.semantics.records import ModuleRecord, Role, Slot, SlotKind
from torchtielint.semantics.site import Site
from torchtielint.semantics.values import (
    NONE,
    TRUE,
    ClassValue,
    FunctionValue,
    Opaque,
    Ref,
    Value,
    members,
)

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

KEYS = "_tied_weights_keys"
_MISSPELT = (
    "tied_weights_keys", "_tied_weight_keys", "_tied_weights_key", "_tied_weight_key", "_tie_weights_keys",
    "_tied_weights", "_tied_keys", "tied_weight_keys",
)  # fmt: skip
_TIE_WEIGHTS_GETS = ("missing_keys", "recompute_mapping")
_TIES_BY_HAND = re.compile(r"\.(weight|data)\s*=[^=]|\btie_\w+\(|setattr\(|register_parameter\(")


def judge_class(machine: Machine, model: ClassModel) -> None:
    """What a class body says about its ties."""
    if not is_pretrained(model):
        return
    keys = model.namespace.get(KEYS)
    for statement in model.statements.get(KEYS, ())[-1:]:
        _check_keys(machine, model, keys, Site.of(statement, model.piece))
    for name in _MISSPELT:
        held = machine.container(model.namespace.get(name))
        if held is not None and held.elements() and is_known(model) and model.find(KEYS) is None:
            for statement in model.statements.get(name, ())[-1:]:
                site = Site.of(statement, model.piece)
                machine.emit(OldTyingApi(site, model.name, TyingMistake.MISSPELT, name))
    _check_signature(machine, model)


def _check_keys(machine: Machine, model: ClassModel, keys: Value | None, site: Site) -> None:
    """`_tied_weights_keys` is a dict of targets and sources."""
    found = [machine.container(member) for member in members(keys)] if keys is not None else []
    kinds = {record.kind if record is not None else "" for record in found}
    if len(kinds) == 1 and (kind := kinds.pop()) in ("list", "tuple", "set"):
        filled = any(record is not None and record.elements() for record in found)
        machine.emit(OldTyingApi(site, model.name, TyingMistake.LIST, kind, certain=filled))


def _check_signature(machine: Machine, model: ClassModel) -> None:
    """`tie_weights` is called with `missing_keys` and `recompute_mapping`."""
    value = model.namespace.get("tie_weights")
    if not isinstance(value, FunctionValue) or value.model.opaque or value.model.kind != "function":
        return
    specs = value.model.parameters
    if any(spec.kind == "kwargs" for spec in specs):
        return
    missing = [name for name in _TIE_WEIGHTS_GETS if name not in {spec.name for spec in specs}]
    if missing:
        site = Site.of(value.model.node, value.model.piece)
        machine.emit(OldTyingApi(site, model.name, TyingMistake.SIGNATURE, missing[-1]))


def judge_built(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """What the constructor of a model left: its ties, its keys, and whether it called `post_init`."""
    if not is_pretrained(model) or not is_known(model):
        return
    slot = modules.slots(machine, ref).get(KEYS)
    if slot is not None and slot.site is not None:
        _check_keys(machine, model, slot.value, slot.site)
    judge_ties(machine, model, ref)
    _judge_head(machine, model, ref)
    _judge_post_init(machine, model, ref)


def _is_base_only(model: ClassModel) -> bool:
    """Whether every outside base is abstract; a finished model calls `post_init` and declares its ties."""
    return all(is_transformers_base(base) or not base.startswith("transformers.") for base in model.external_bases())


def _says_nothing(machine: Machine, model: ClassModel, ref: Ref) -> bool:
    """Whether a model declares no tie at all, in no base and not in its constructor."""
    if not _is_base_only(model) or modules.slots(machine, ref).get(KEYS) is not None:
        return False
    found = model.find(KEYS)
    if found is None:
        return True
    records = [machine.container(member) for member in members(found[0])]
    return found[0] == NONE or all(record is not None and not record.elements() for record in records)


# What a class may save or load in its own way.
_OWN_WAYS = (
    "save_pretrained",
    "_keys_to_ignore_on_save",
    "get_expanded_tied_weights_keys",
    "_dynamic_tied_weights_keys",
)


def judge_ties(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """Parameters at two places of a model that declares no tie."""
    if not is_pretrained(model) or not is_known(model) or not _says_nothing(machine, model, ref):
        return
    if any(model.find(name) is not None or name in modules.slots(machine, ref) for name in _OWN_WAYS):
        return
    seen: dict[Ref, tuple[str, Slot]] = {}
    for path, slot, member in _registered(machine, ref):
        before = seen.setdefault(member, (path, slot))
        if before[0] == path:
            continue
        later = slot if slot.site is not None else before[1]
        names = (before[0], path) if later is slot else (path, before[0])
        if later.site is not None:
            machine.emit(TieUndeclared(later.site, model.name, *names))


def _registered(machine: Machine, root: Ref) -> Iterator[tuple[str, Slot, Ref]]:
    """Every place below a module where a parameter or a module with parameters is registered, with its path."""
    pending: list[tuple[Ref, str]] = [(root, "")]
    visited: set[Ref] = set()
    while pending:
        current, prefix = pending.pop(0)
        record = machine.module(current)
        if current in visited or record is None or prefix.count(".") > modules.MAX_DEPTH:
            continue
        visited.add(current)
        for name, slot in modules.slots(machine, current).items():
            for member in members(slot.value):
                if not isinstance(member, Ref) or slot.kind in (SlotKind.PLAIN, SlotKind.DERIVED):
                    continue
                match machine.record(member):
                    case ModuleRecord():
                        if modules.has_parameters(machine, member):
                            yield f"{prefix}{name}", slot, member
                        pending.append((member, f"{prefix}{name}."))
                    case held if held is not None and getattr(held, "role", None) is Role.PARAMETER:
                        yield f"{prefix}{name}", slot, member
        for position, item in enumerate((*record.items, *record.rest)):
            if isinstance(item, Ref):
                pending.append((item, f"{prefix}{position}."))


def _judge_head(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """A configuration that ties by default, and a head that nothing ties."""
    config = model.find("config_class")
    if config is None or not isinstance(config[0], ClassValue) or not _ties(config[0].model):
        return
    head = _head(machine, model, ref)
    if not head or not _says_nothing(machine, model, ref) or model.find("tie_weights") is not None:
        return
    functions = [member.model for cls in model.mro() if isinstance(cls, ClassModel) for member in _methods(cls)]
    if any(_TIES_BY_HAND.search(function.code) for function in functions):
        return
    name = config[0].model.name
    for statement in model.statements.get(KEYS, ())[-1:]:
        site = Site.of(statement, model.piece)
        machine.emit(OldTyingApi(site, model.name, TyingMistake.EMPTY, head))
        return
    if model.find(KEYS) is None:
        machine.emit(TieNeverMade(Site.of(model.node, model.piece), model.name, name, head))


def _methods(cls: ClassModel) -> Iterator[FunctionValue]:
    return (value for value in cls.namespace.values() if isinstance(value, FunctionValue))


def _ties(config: ClassModel) -> bool:
    """Whether a configuration class has `tie_word_embeddings=True` by default."""
    found = config.find("tie_word_embeddings")
    if found is not None:
        return found[0] == TRUE
    init = config.find("__init__")
    return (
        init is not None
        and isinstance(init[0], FunctionValue)
        and init[0].model.defaults.get("tie_word_embeddings") == TRUE
    )


def _head(machine: Machine, model: ClassModel, ref: Ref) -> str:
    """The linear layer that a model gives out as its output embeddings."""
    found = model.find("get_output_embeddings")
    if found is None or not isinstance(found[0], FunctionValue):
        named = ["lm_head"]
    else:
        named = re.findall(r"return self\.(\w+)\s*$", found[0].model.code, flags=re.MULTILINE)
    for name in named[:1]:
        slot = modules.slots(machine, ref).get(name)
        record = machine.module(slot.value) if slot is not None else None
        if record is not None and record.cls == "torch.nn.Linear":
            return name
    return ""


def _only_wraps(machine: Machine, ref: Ref) -> bool:
    """Whether a model registers what its constructor was handed, and nothing that it would have to initialise."""
    pending = [slot.value for slot in modules.slots(machine, ref).values() if slot.kind is not SlotKind.PLAIN]
    given = False
    while pending:
        for member in members(pending.pop()):
            record = machine.module(member)
            if record is None:
                if machine.tensor(member) is not None:
                    return False
                given = given or (isinstance(member, Opaque) and member.kind in ("", "module"))
                continue
            fact = modules.torch_class(record)
            if isinstance(record.cls, ClassModel) or fact is None or (fact.has_parameters and not fact.container):
                return False
            pending.extend((*record.items, *record.rest, *(slot.value for slot in (record.slots or {}).values())))
    return given


def _judge_post_init(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """A model whose constructor does not call `post_init`."""
    if ref.key in machine.loading.posted:
        machine.loading.prepared.update(cls for cls in model.mro() if isinstance(cls, ClassModel))
        return
    found = model.find("__init__")
    forward = model.find("forward")
    if (
        not _is_base_only(model)
        or model.has_metaclass
        or found is None
        or forward is None
        or ref.key in machine.handed_on
        or _only_wraps(machine, ref)
    ):
        return
    if not isinstance(found[0], FunctionValue) or not machine.state.alive:
        return
    function, owner = found[0].model, found[1]
    site = Site.of(function.node if owner is model else model.node, model.piece)
    legacy = "init_weights(" in function.code
    machine.loading.unprepared[PostInitMissing(site, model.name, legacy)] = model


def settle(machine: Machine) -> None:
    """At the end of a file: models without `post_init` that are neither parts nor bases of prepared ones."""
    for fact, model in machine.loading.unprepared.items():
        if model not in machine.loading.prepared and model not in machine.loading.parts:
            machine.emit(fact)
    machine.loading.unprepared.clear()
