"""The public names of torch, and the one spelling by which the facts know each object."""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from collections.abc import Iterator
from types import ModuleType

import torch

# Packages whose modules are walked; the others of torch define nothing that a model is built from.
WALKED = ("torch.nn", "torch.optim", "torch.autograd", "torch.distributions")
ALONE = (
    "torch", "torch.amp", "torch.cuda", "torch.fft", "torch.functional", "torch.jit", "torch.linalg", "torch.nested",
    "torch.random", "torch.serialization", "torch.sparse", "torch.special", "torch.utils", "torch.utils.checkpoint",
    "torch.utils.data",
)  # fmt: skip
# Shims that warn and forward to torch.ao, whose modules are made by conversion and not by hand.
SHIMS = ("torch.nn.intrinsic", "torch.nn.qat", "torch.nn.quantizable", "torch.nn.quantized")


class Names:
    """What is defined where, and under which name the facts know it."""

    def __init__(self) -> None:
        self.modules: dict[str, ModuleType] = dict(_walk())
        spellings: dict[int, list[str]] = {}
        self._objects: dict[int, object] = {}
        for path, module in self.modules.items():
            for last, value in vars(module).items():
                if _is_torch_definition(value):
                    spellings.setdefault(id(value), []).append(f"{path}.{last}")
                    self._objects[id(value)] = value
        self._canonical = {
            key: min(names, key=lambda name: _rank(name, self._objects[key])) for key, names in spellings.items()
        }
        self._spellings = spellings

    def of(self, value: object) -> str:
        """The canonical name of a class or function of torch."""
        if id(value) in self._canonical:
            return self._canonical[id(value)]
        return f"{value.__module__}.{getattr(value, '__qualname__', '?')}"

    def objects(self) -> dict[str, object]:
        """Every class and function with a public name, by its canonical name."""
        found = {name: self._objects[key] for key, name in self._canonical.items()}
        return {name: value for name, value in sorted(found.items()) if not _is_private(name)}

    def aliases(self) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
        """Spellings that are not canonical: grouped where the last component stays, and one by one where not."""
        groups: dict[str, dict[str, list[str]]] = {}
        renames: dict[str, str] = {}
        for key, names in self._spellings.items():
            canonical = self._canonical[key]
            parent, _, last = canonical.rpartition(".")
            for name in set(names) | self._defined_as(key):
                module, _, own = name.rpartition(".")
                if name == canonical or name.startswith("torch._C."):
                    continue
                if own == last:
                    groups.setdefault(module, {}).setdefault(parent, []).append(last)
                else:
                    renames[name] = canonical
        return {
            old: {new: " ".join(sorted(lasts)) for new, lasts in sorted(targets.items())}
            for old, targets in sorted(groups.items())
        }, dict(sorted(renames.items()))

    def public(self) -> dict[str, str]:
        """The public names of each module, without what it imports from elsewhere."""
        found: dict[str, str] = {}
        for path, module in sorted(self.modules.items()):
            submodules = {name.rpartition(".")[2] for name in self.modules if name.rpartition(".")[0] == path}
            if path == "torch":
                submodules |= {info.name for info in pkgutil.iter_modules(module.__path__)}
            defined = {
                name for name, value in vars(module).items() if _is_torch_definition(value) or _is_constant(value)
            }
            found[path] = " ".join(sorted(name for name in defined | submodules if not name.startswith("_")))
        return found

    def _defined_as(self, key: int) -> set[str]:
        """The spelling that an object gives of itself, if it tells the truth."""
        value = self._objects[key]
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if not isinstance(module, str) or not module.startswith("torch") or not isinstance(name, str):
            return set()
        return {f"{module}.{name}"} if getattr(_imported(module), name, None) is value else set()


def _imported(path: str) -> ModuleType | None:
    try:
        return importlib.import_module(path)
    except ImportError:
        return None


def _walk() -> Iterator[tuple[str, ModuleType]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in ALONE:
            yield path, importlib.import_module(path)
        for root in WALKED:
            package = importlib.import_module(root)
            yield root, package
            for info in pkgutil.walk_packages(package.__path__, f"{root}."):
                if not _is_private(info.name) and not info.name.startswith(SHIMS):
                    module = _imported(info.name)
                    if module is not None:
                        yield info.name, module


def _is_private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split("."))


def _is_constant(value: object) -> bool:
    return isinstance(value, torch.dtype | torch.layout | torch.memory_format)


def _is_torch_definition(value: object) -> bool:
    if isinstance(value, ModuleType) or not callable(value):
        return False
    module = getattr(value, "__module__", None)
    if module is None:  # builtins that C++ registers
        return type(value).__name__ in {"builtin_function_or_method", "type"}
    if isinstance(value, type(torch.LongTensor)):
        return True
    return hasattr(value, "__qualname__") and isinstance(module, str) and module.split(".")[0] == "torch"


def _rank(name: str, value: object) -> tuple[bool, bool, int, int, str]:
    """Public first, then a package that contains the definition, then the fewest components."""
    parent = name.rpartition(".")[0]
    module = getattr(value, "__module__", None) or ""
    contains = f"{module}.".startswith(f"{parent}.")
    return _is_private(name), not contains, name.count("."), len(name), name
