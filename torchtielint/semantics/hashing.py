"""Whether a class's objects have a hash: torch keeps modules in sets and as keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchtielint.semantics.definitions import (
    DATACLASS,
    DATACLASS_WITHOUT_INIT,
    HARMLESS_BASES,
    ClassModel,
    is_foreign_module,
)
from torchtielint.semantics.facts.structure import Unhashable, UnhashableModule
from torchtielint.semantics.site import Site
from torchtielint.semantics.values import NONE, ClassValue, External, FunctionValue, Value, members
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

# Outside classes that define `__eq__`, and so take the hash away.
HASHLESS_BASES = frozenset(
    {
        "collections.abc.Mapping", "collections.abc.MutableMapping", "collections.abc.Set",
        "collections.abc.MutableSet", "collections.UserDict", "collections.UserList", "collections.OrderedDict",
        "collections.defaultdict", "collections.deque", "typing.Mapping", "typing.MutableMapping", "builtins.dict",
        "builtins.list", "builtins.set", "typing.Dict", "typing.List",
    }
)  # fmt: skip
_COMPARING = (DATACLASS, DATACLASS_WITHOUT_INIT, External("dataclasses.dataclass"))


def check_hash(machine: Machine, model: ClassModel) -> None:
    """Report a Module class whose own lines take the hash away from its objects."""
    for cls in model.mro():
        if not isinstance(cls, ClassModel):
            continue
        found = _taken_away(cls)
        if found is not None:
            why, where = found
            if cls is model or not (cls.is_module or _inherited(model, cls)):
                site = where if cls is model else Site.of(model.node, model.piece)
                machine.emit(UnhashableModule(site, model.name, why, cls.name))
            return
        if "__hash__" in cls.namespace:
            return
    base = _hashless_base(model)
    if base:
        machine.emit(UnhashableModule(Site.of(model.node, model.piece), model.name, Unhashable.BASE, base))


def _taken_away(cls: ClassModel) -> tuple[Unhashable, Site] | None:
    """How a class of the project makes its objects unhashable, if it does."""
    here = Site.of(cls.node, cls.piece)
    if "__hash__" in cls.namespace:
        return (Unhashable.NONE, here) if cls.namespace["__hash__"] == NONE else None
    if any(decorator in _COMPARING for decorator in cls.decorators):
        return Unhashable.DATACLASS, here
    if "__eq__" not in cls.namespace:
        return None
    return Unhashable.EQ, _site_of_method(cls, cls.namespace["__eq__"]) or here


def _site_of_method(cls: ClassModel, value: Value) -> Site | None:
    if isinstance(value, FunctionValue) and value.model.owner is cls:
        return Site.of(value.model.node, value.model.piece)
    return None


def _inherited(model: ClassModel, cls: ClassModel) -> bool:
    """Whether a Module class between the two is the one to blame."""
    between = (base for base in model.mro()[1:] if isinstance(base, ClassModel) and base.is_module)
    return any(cls in base.mro() for base in between)


def _hashless_base(model: ClassModel) -> str:
    """A direct outside base without a hash, where every other base is known to have nothing to say about it."""
    names = [base.name for value in model.bases for base in members(value) if isinstance(base, External)]
    found = [name for name in names if name in HASHLESS_BASES]
    known = all(_known(base) for value in model.bases for base in members(value))
    return found[0] if found and known and "__hash__" not in model.namespace else ""


def _known(base: Value) -> bool:
    match base:
        case External(name=name):
            listed = HASHLESS_BASES | HARMLESS_BASES
            return name in listed or is_foreign_module(name) or load().module(name) is not None
        case ClassValue(model=model):
            return model.complete and model.find("__hash__") is None
    return False
