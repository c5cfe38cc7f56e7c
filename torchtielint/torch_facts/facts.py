"""The data file, read once and decoded on demand."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from torchtielint.torch_facts.kinds import (
    OPAQUE,
    Action,
    Argument,
    Family,
    FunctionFact,
    FunctionKind,
    MethodFact,
    Relation,
    ReparametrizationFact,
    TensorKind,
)
from torchtielint.torch_facts.modules import ModuleFact, Slot

DATA = Path(__file__).with_name("facts.json")

RELATIONS = {
    "V": Relation.VIEW,
    "T": Relation.TRANSPOSED_VIEW,
    "C": Relation.COPY,
    "N": Relation.SAME_WHEN_NOOP,
    "S": Relation.SELF,
    "I": Relation.INPLACE,
    "D": Relation.DATA,
    "O": Relation.OTHER,
}
DTYPES = {"f": "float", "i": "integral", "a": "by-argument"}
"""The codes of the data file: a relation (or F, a factory), then a dtype class, `d` detached, `s` several."""


class TorchFacts:
    """What one version of torch defines; every answer is decoded when first asked for and kept."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._modules: dict[str, ModuleFact | None] = {}
        self._functions: dict[str, FunctionFact | None] = {}
        self.torch_version: str = data["torch"]
        self.module_methods: frozenset[str] = frozenset(data["module_methods"].split())
        self.module_attributes: frozenset[str] = frozenset(data["module_attributes"].split())
        self.optimizers: frozenset[str] = frozenset(data["optimizers"].split())
        self.dtypes: Mapping[str, str] = MappingProxyType(data["dtypes"])
        self.tensor_types: Mapping[str, str] = MappingProxyType(data["tensor_types"])

    def canonical(self, name: str) -> str:
        """Return the shortest public spelling of a dotted name; a name that torch does not define comes back as is.

        A class, function or module may be followed by further attributes.
        """
        if not name.startswith("torch."):
            return name
        head, rest = name, ""
        while "." in head:
            if head in self._aliases:
                return self._aliases[head] + rest
            head, _, last = head.rpartition(".")
            rest = f".{last}{rest}"
        return name

    def is_torch_name(self, name: str) -> bool:
        """Whether torch defines a public module, class, function or dtype of this dotted name."""
        module, _, last = name.rpartition(".")
        return last in self._names.get(module, frozenset()) or name in self._names

    def names(self, module: str) -> frozenset[str]:
        """The public names that a torch module defines or re-exports."""
        return self._names.get(module, frozenset())

    def module(self, name: str) -> ModuleFact | None:
        """A subclass of `torch.nn.Module`, or that class itself, under any of its spellings."""
        if name not in self._modules:
            known = self.canonical(name)
            stored = self._data["modules"].get(known)
            self._modules[name] = None if stored is None else _module(known, stored)
        return self._modules[name]

    def method(self, name: str) -> MethodFact | None:
        """A public method or property of `torch.Tensor`, such as `add_` or `data`."""
        code = self._data["methods"].get(name)
        return None if code is None else MethodFact(name, RELATIONS[code[0]], _dtype(code), "d" in code, "s" in code)

    def function(self, name: str) -> FunctionFact | None:
        """A public function of torch, under any of its spellings."""
        name = self.canonical(name)
        if name not in self._functions:
            stored = self._data["functions"].get(name)
            self._functions[name] = None if stored is None else _function(name, stored)
        return self._functions[name]

    def reparametrization(self, name: str) -> ReparametrizationFact | None:
        """A function that reparametrizes a parameter, or undoes that, under any of its spellings."""
        name = self.canonical(name)
        stored = self._data["reparametrizations"].get(name)
        if stored is None:
            return None
        return ReparametrizationFact(
            name=name,
            action=Action(stored["action"]),
            family=Family(stored["family"]),
            legacy=stored["legacy"],
            arguments=_arguments(stored["arguments"]),
            parameters=tuple(stored["parameters"]),
            buffers=tuple(stored["buffers"]),
            keeps_object=stored["keeps_object"],
            min_dims=stored["min_dims"],
        )

    def module_names(self) -> frozenset[str]:
        """The canonical names of all module classes."""
        return frozenset(self._data["modules"])

    def method_names(self) -> frozenset[str]:
        """The names of all public methods and properties of `torch.Tensor`."""
        return frozenset(self._data["methods"])

    def function_names(self) -> frozenset[str]:
        """The canonical names of all functions."""
        return frozenset(self._data["functions"])

    def reparametrization_names(self) -> frozenset[str]:
        """The canonical names of all reparametrizing functions."""
        return frozenset(self._data["reparametrizations"])

    @functools.cached_property
    def _aliases(self) -> dict[str, str]:
        groups = self._data["aliases"].items()
        same = {f"{old}.{last}": f"{new}.{last}" for old, new, last in _triples(groups)}
        same.update(self._data["renames"])
        return same

    @functools.cached_property
    def _names(self) -> dict[str, frozenset[str]]:
        return {module: frozenset(names.split()) for module, names in self._data["names"].items()}


@functools.cache
def load() -> TorchFacts:
    """Read the facts that ship with this package; a few milliseconds, once."""
    return TorchFacts(json.loads(DATA.read_text(encoding="utf-8")))


def _triples(groups: Iterable[tuple[str, Mapping[str, str]]]) -> Iterable[tuple[str, str, str]]:
    for old, targets in groups:
        for new, names in targets.items():
            for last in names.split():
                yield old, new, last


def _dtype(code: str) -> str | None:
    return next((name for letter, name in DTYPES.items() if letter in code[1:]), None)


def _arguments(stored: list[Any]) -> tuple[Argument, ...]:
    """A string is an argument without default, a list has its default or, of length one, an opaque one."""
    found: list[Argument] = []
    keyword_only = False
    for entry in stored:
        if entry == "*":
            keyword_only = True
        elif isinstance(entry, str):
            found.append(Argument(entry, None, has_default=False, keyword_only=keyword_only))
        else:
            default = entry[1] if len(entry) > 1 else OPAQUE
            found.append(Argument(entry[0], default, has_default=True, keyword_only=keyword_only))
    return tuple(found)


def _module(name: str, stored: Mapping[str, Any]) -> ModuleFact:
    flags = stored.get("flags", "")
    return ModuleFact(
        name=name,
        bases=tuple(stored.get("bases", "").split()),
        arguments=_arguments(stored.get("arguments", [])),
        varargs="*" in flags,
        children=tuple((child, cls) for child, cls in stored.get("children", {}).items()),
        children_open="c" in flags,
        has_parameters="p" in flags,
        has_mode="m" in flags,
        lazy="l" in flags,
        container=stored.get("container"),
        slots=tuple(_slot(*slot) for slot in stored.get("slots", [])),
        repeats=stored.get("repeats"),
        unlisted="u" in flags,
    )


def _slot(name: str, flags: str, switches: str, *cases: int | str) -> Slot:
    kind = TensorKind.PARAMETER if "p" in flags else TensorKind.BUFFER
    return Slot(name, kind, "t" not in flags, "#" in name, tuple(switches.split()), cases)


def _function(name: str, stored: str | list[Any]) -> FunctionFact:
    code, arguments = (stored, None) if isinstance(stored, str) else (stored[0], _arguments(stored[1]))
    kind, relation = FunctionKind.RELATION, RELATIONS.get(code[0])
    if code[0] == "F":
        kind, relation = FunctionKind.FACTORY, RELATIONS.get(code[1])
    elif relation is Relation.OTHER:
        kind, relation = FunctionKind.OTHER, None
    return FunctionFact(name, kind, relation, _dtype(code), "d" in code, "s" in code, arguments)
