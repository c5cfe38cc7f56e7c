"""Classes and functions that the project defines, as the interpreter knows them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchtielint.semantics.values import ClassValue, External, Instance, Value, members
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.semantics.site import Slice
    from torchtielint.semantics.state import State
    from torchtielint.torch_facts import ModuleFact

MODULE = "torch.nn.Module"

# Bases that add no attributes to instances and do not touch `Module.__init__`.
HARMLESS_BASES = frozenset(
    {
        "abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol",
        "typing_extensions.Generic", "enum.Enum", "huggingface_hub.ModelHubMixin",
        "huggingface_hub.PyTorchModelHubMixin", "huggingface_hub.hub_mixin.ModelHubMixin",
        "huggingface_hub.hub_mixin.PyTorchModelHubMixin",
    }
)  # fmt: skip

# Modules of other libraries that projects derive from: Modules for sure, with attributes that are not known here.
FOREIGN_MODULES = frozenset(
    {
        "pytorch_lightning.LightningModule", "pytorch_lightning.core.LightningModule", "lightning.LightningModule",
        "lightning.pytorch.LightningModule", "pytorch_lightning.core.lightning.LightningModule",
        "lightning.pytorch.core.LightningModule", "torch_geometric.nn.MessagePassing",
        "torch_geometric.nn.conv.MessagePassing", "torch_geometric.nn.conv.message_passing.MessagePassing",
    }
)  # fmt: skip


# Modules of other libraries that register nothing of their own: as good as `nn.Module`.
PLAIN_MODULES = frozenset(
    {"transformers.modeling_layers.GradientCheckpointingLayer", "transformers.GradientCheckpointingLayer"}
)

# The models of transformers, by how they are called: `PreTrainedModel`, `BertPreTrainedModel`, `LlamaForCausalLM`.
_TRANSFORMERS_BASE = re.compile(r"transformers\.([a-z]\w*\.)*(?!TF|Flax)\w*PreTrainedModel")
_TRANSFORMERS_MODEL = re.compile(
    r"transformers\.((models|modeling_\w+)\.([a-z]\w*\.)*)?(?!TF|Flax|Auto|DataCollator)[A-Z]\w*(Model|For[A-Z]\w*)"
)


@functools.lru_cache(1024)
def is_transformers_base(name: str) -> bool:
    """Whether an outside class is `PreTrainedModel`, or one like `BertPreTrainedModel`: these call no `post_init`."""
    return _TRANSFORMERS_BASE.fullmatch(name) is not None


@functools.lru_cache(1024)
def is_transformers_model(name: str) -> bool:
    """Whether an outside class derives from `transformers.PreTrainedModel` (or is it)."""
    return is_transformers_base(name) or _TRANSFORMERS_MODEL.fullmatch(name) is not None


def is_foreign_module(name: str) -> bool:
    """Whether an outside class of another library than torch is a Module for sure."""
    return name in FOREIGN_MODULES or is_transformers_model(name)


# `@dataclass`: whether it writes the constructor, and whether it leaves instances hashable.
DATACLASS = Instance("dataclass", "init")
DATACLASS_HASHABLE = Instance("dataclass", "init, hashable")
DATACLASS_WITHOUT_INIT = Instance("dataclass", "no-init")
DATACLASS_WITHOUT_INIT_HASHABLE = Instance("dataclass", "no-init, hashable")
# Class decorators that leave the constructor as it is written, or write one in a known way.
KNOWN_DECORATORS = frozenset(
    {
        DATACLASS, DATACLASS_HASHABLE, DATACLASS_WITHOUT_INIT, DATACLASS_WITHOUT_INIT_HASHABLE,
        External("dataclasses.dataclass"), External("typing.final"),
        External("typing_extensions.final"), External("functools.total_ordering"), External("torch.jit.script"),
        External("typing.runtime_checkable"), Instance("transparent"),
    }
)  # fmt: skip


@dataclass(eq=False, slots=True)
class ParameterSpec:
    """A parameter of a function: its kind is "positional", "keyword", "args" or "kwargs"."""

    name: str
    kind: str
    default: cst.BaseExpression | None = None
    annotation: cst.BaseExpression | None = None


@dataclass(eq=False, slots=True)
class FunctionModel:
    """A function, method or lambda.

    Args:
        frames: the frames of the functions around it, innermost first, and that of its file.
        owner: the class in whose body it stands.
        kind: "function", "static", "class" or "property".
        grad: the grad mode its decorators put its body in: True (as the caller), False, None (not known).
        opaque: decorators or the kind of function (generator, coroutine) hide what a call returns.
        defaults: the values of its default arguments.
    """

    name: str
    node: cst.FunctionDef | cst.Lambda
    piece: Slice
    frames: tuple[int, ...]
    parameters: tuple[ParameterSpec, ...]
    owner: ClassModel | None = None
    kind: str = "function"
    grad: bool | None = True
    opaque: bool = False
    overload: bool = False
    defaults: dict[str, Value] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """It as written."""
        return self.piece.code(self.node)

    @property
    def is_private(self) -> bool:
        """Whether only the class itself (or nobody that is known) is meant to call it."""
        return self.name.startswith("_") and not (self.name.startswith("__") and self.name.endswith("__"))


@dataclass(eq=False, slots=True)
class ClassModel:
    """A class: its bases as values, and its namespace after its body ran."""

    name: str
    node: cst.ClassDef
    piece: Slice
    frames: tuple[int, ...]
    bases: tuple[Value, ...]
    decorators: tuple[Value, ...] = ()
    metaclass: bool = False
    namespace: dict[str, Value] = field(default_factory=dict)
    statements: dict[str, list[cst.CSTNode]] = field(default_factory=dict)
    home: State | None = None
    _mro: tuple[ClassModel | str, ...] | None = None
    _torch_base: tuple[ModuleFact | None] | tuple[()] = ()
    _complete: bool = True
    _resolved: bool = True

    def mro(self) -> tuple[ClassModel | str, ...]:
        """The classes in method resolution order; outside ones by name, and without those that are not known."""
        if self._mro is None:
            self._mro = (self,)  # an inheritance cycle ends here
            self._mro = (self, *self._linearise())
        return self._mro

    def assume_module(self) -> None:
        """Take it for a Module, though no base that could be found says so; one that could not is not looked into."""
        self._mro = (*self.mro(), MODULE)
        self._torch_base = ()

    @property
    def torch_base(self) -> ModuleFact | None:
        """What torch says of the first of its own classes that this one derives from."""
        if not self._torch_base:
            facts = (load().module(cls) for cls in self.mro() if isinstance(cls, str))
            self._torch_base = (next((fact for fact in facts if fact is not None), None),)
        return self._torch_base[0]

    def lost_bases(self) -> Iterator[Value]:
        """The bases, its own and those of its bases, of which nothing is known but perhaps a name."""
        for cls in self.mro():
            for base in cls.bases if isinstance(cls, ClassModel) else ():
                if not isinstance(base, ClassValue) and _is_lost(base):
                    yield base

    @property
    def is_local(self) -> bool:
        """Whether a function or another class defines it, not the file itself."""
        return len(self.frames) > 1

    @property
    def complete(self) -> bool:
        """Whether every class in the method resolution order is known, with all that it defines."""
        self.mro()
        return self._complete

    @property
    def resolved(self) -> bool:
        """Whether every base could be found, though outside ones may define more than is known."""
        self.mro()
        return self._resolved

    @property
    def has_metaclass(self) -> bool:
        """Whether it or a base names a metaclass, which may do more than to call the constructor."""
        return any(cls.metaclass for cls in self.mro() if isinstance(cls, ClassModel))

    @property
    def is_decorated(self) -> bool:
        """Whether a decorator that is not known may have changed the class."""
        return any(decorator not in KNOWN_DECORATORS for decorator in self.decorators)

    @property
    def is_module(self) -> bool:
        """Whether it is a `torch.nn.Module` for certain."""
        return any(base == MODULE or (isinstance(base, str) and is_foreign_module(base)) for base in self.mro())

    def external_bases(self) -> Iterator[str]:
        """The outside classes in its method resolution order."""
        return (base for base in self.mro() if isinstance(base, str))

    def after(self, current: ClassModel | str, of: ClassModel) -> tuple[ClassModel | str, ...]:
        """What follows a class in the method resolution order of another (itself a subclass): where `super()` looks."""
        order = of.mro()
        return order[order.index(current) + 1 :] if current in order else ()

    def find(self, name: str) -> tuple[Value, ClassModel] | None:
        """The attribute that the project's classes define under a name, and by which of them.

        None as well when an outside class that may define it comes first.
        """
        return find_in(self.mro(), name)

    def _linearise(self) -> list[ClassModel | str]:
        sequences: list[list[ClassModel | str]] = []
        direct: list[ClassModel | str] = []
        for base in self.bases:
            known = self._base(base)
            if known is None:
                continue
            direct.append(known)
            sequences.append([*known.mro()] if isinstance(known, ClassModel) else [known, *_external_bases(known)])
            if isinstance(known, ClassModel):
                self._complete = self._complete and known.complete
                self._resolved = self._resolved and known.resolved
        return self._merge([*sequences, direct])

    def _base(self, base: Value) -> ClassModel | str | None:
        found = members(base)
        if len(found) == 1:
            match found[0]:
                case ClassValue(model=model):
                    return model
                case External(name=name) if name in HARMLESS_BASES:
                    return None
                case External(name=name) if load().module(name) is not None:
                    return name
                case External(name=name) if name in PLAIN_MODULES:
                    return MODULE
                case External(name=name) if is_foreign_module(name):
                    self._complete = False
                    return name
        self._complete = self._resolved = False
        return None

    def _merge(self, sequences: list[list[ClassModel | str]]) -> list[ClassModel | str]:
        """C3; where the bases contradict each other (or a base could not be found), depth first is the best guess."""
        order: list[ClassModel | str] = []
        sequences = [sequence for sequence in sequences if sequence]
        while sequences:
            for sequence in sequences:
                head = sequence[0]
                if not any(head in other[1:] for other in sequences):
                    break
            else:
                self._complete = False
                head = sequences[0][0]
            order.append(head)
            sequences = [[item for item in sequence if item is not head and item != head] for sequence in sequences]
            sequences = [sequence for sequence in sequences if sequence]
        return order


def _is_lost(base: Value) -> bool:
    if not isinstance(base, External):
        return True
    known = base.name in HARMLESS_BASES | PLAIN_MODULES or load().module(base.name) is not None
    return not (known or is_foreign_module(base.name))


def _external_bases(name: str) -> tuple[str, ...]:
    if is_foreign_module(name):
        return (MODULE,)
    fact = load().module(name)
    return fact.bases if fact else ()


# What torch's own module classes define beyond `nn.Module`'s methods, so that nothing behind them is found.
TORCH_METHODS = frozenset(
    {"__init__", "__new__", "__setattr__", "__getattr__", "reset_parameters", "forward", "extra_repr"}
)


def find_in(order: tuple[ClassModel | str, ...], name: str) -> tuple[Value, ClassModel] | None:
    """The first project class along an order that defines a name; None where an outside class defines it first."""
    for cls in order:
        if isinstance(cls, ClassModel):
            if name in cls.namespace:
                return cls.namespace[name], cls
        elif name in TORCH_METHODS or name in load().module_methods:
            return None
    return None
