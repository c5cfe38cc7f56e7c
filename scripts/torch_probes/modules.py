"""Which module classes register which tensors: found by constructing each class under every combination of switches."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from torch_probes.expressions import Assignment, expression
from torch_probes.signatures import constructor, names, takes_any_keyword
from torchtielint.torch_facts.modules import ABSENT, REGISTERED_AS_NONE, SHAPE_NOT_KNOWN, Case

CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList, nn.ParameterDict)

# Values that constructors accept, by argument name: two each, so that a shape that fits both is no coincidence.
VALUES: dict[str, tuple[Any, Any]] = {
    "in_channels": (12, 30), "out_channels": (18, 42), "groups": (3, 2), "num_channels": (21, 33), "num_groups": (3, 3),
    "embed_dim": (22, 26), "num_heads": (2, 2), "d_model": (22, 26), "nhead": (2, 2), "dim_feedforward": (34, 38),
    "num_encoder_layers": (1, 1), "num_decoder_layers": (1, 1), "hidden_size": (17, 23), "input_size": (11, 13),
    "num_parameters": (7, 11), "kernel_size": (5, 7), "in_features": (41, 53), "out_features": (43, 59),
    "in1_features": (37, 61), "in2_features": (29, 67), "num_features": (31, 71), "num_embeddings": (73, 83),
    "embedding_dim": (79, 89), "normalized_shape": (97, 101), "num_chunks": (4, 3), "output_size": (2, 3),
    "scale_factor": (2, 3), "upscale_factor": (2, 3), "downscale_factor": (2, 3), "padding": (1, 2), "dim": (1, 1),
    "threshold": (0.5, 0.5), "value": (0.5, 0.5), "size": (3, 3), "unflattened_size": ((2, 3), (3, 2)),
    "lambd": (0.5, 0.5), "n_classes": (113, 127), "cutoffs": ([5, 11], [7, 13]), "norm_type": (2, 2),
    "encoder_layer": (nn.TransformerEncoderLayer(22, 2), nn.TransformerEncoderLayer(26, 2)),
    "decoder_layer": (nn.TransformerDecoderLayer(22, 2), nn.TransformerDecoderLayer(26, 2)),
    "module": (nn.Linear(2, 3), nn.ReLU()), "num_layers": (1, 1), "vocab_size": (113, 127), "num_classes": (113, 127),
    "bias": (True, True),
}  # fmt: skip
# The same for arguments that mean something else in one class.
OF_CLASS: dict[str, dict[str, tuple[Any, Any]]] = {"LinearCrossEntropyLoss": {"out_features": ((), ())}}
# Sizes that occur in no constructor argument above, two for each optional argument.
ODD = ((103, 107), (109, 131), (137, 139), (149, 151), (157, 163), (167, 173), (179, 181), (191, 193))
# What else an argument can be, beside its default.
VARIANTS: dict[str, tuple[Callable[[Assignment], Any], ...]] = {
    "_weight": (lambda values: torch.ones(values["num_embeddings"], values["embedding_dim"]),),
    "weight": (lambda values: torch.ones(values.get("num_classes", ODD[0][values["?"]])),),
    "proj_size": (lambda values: values["hidden_size"] - 6,),
}
FACTORY = {"device", "dtype"}
TAKES_MODULE = {"norm", "custom_encoder", "custom_decoder", "activation", "distance_function"}
TAKES_TUPLE = {"kernel_size", "normalized_shape"}  # of the arguments that decide a shape
Size = int | tuple[int, ...]
Shape = tuple[int, ...] | str | None  # a string says that there is none yet, None that there is no tensor
LAYER = re.compile(r"(?<=_l)\d+")


@dataclass(frozen=True)
class Trial:
    """One combination of variants and what a construction registered under each of the two assignments."""

    variants: tuple[int, ...]
    slots: dict[str, tuple[str, Case]]
    children: dict[str, str | None]
    has_tensors: bool
    has_mode: bool


class ClassProbe:
    """Constructs one class in every way that can make a difference to what it registers."""

    def __init__(self, cls: type[nn.Module], canonical: Callable[[object], str]) -> None:
        self.cls = cls
        self.canonical = canonical
        self.arguments, self.varargs = constructor(cls)
        self.defaults = names(self.arguments)
        self.axes: dict[str, list[Callable[[Assignment], Any]]] = {}

    def stored(self) -> dict[str, Any]:
        """The entry of the data file."""
        mro = self.cls.__mro__[1 : self.cls.__mro__.index(nn.Module) + 1]
        bases = [self.canonical(base) for base in mro if base.__module__.startswith("torch")]
        entry: dict[str, Any] = {"bases": " ".join(bases), "arguments": self.arguments}
        container = next((base.__name__ for base in CONTAINERS if issubclass(self.cls, base)), None)
        flags = "*" if self.varargs else ""
        flags += "l" if issubclass(self.cls, nn.modules.lazy.LazyModuleMixin) else ""
        if self.cls is nn.Module:
            pass
        elif container is not None:
            of_modules = not container.startswith("Parameter")
            entry["container"] = container
            flags += "pmc" if of_modules else "pu"
        else:
            trials = [] if takes_any_keyword(self.cls) else self._trials()
            flags += self._fill(entry, trials) if trials else "pmcu"
        entry["flags"] = flags
        return {key: value for key, value in entry.items() if value not in ("", [], {})}

    def _fill(self, entry: dict[str, Any], trials: list[Trial]) -> str:
        """Add slots and children; return the flags that the trials give."""
        layers = self._layered() if "num_layers" in self.defaults else {}
        entry["slots"] = list(self._slots(trials)) + list(self._repeated(layers))
        if layers:
            entry["repeats"] = "num_layers"
        sure = {name: cls for name, cls in trials[0].children.items() if cls is not None}
        sure = {name: cls for name, cls in sure.items() if all(trial.children.get(name) == cls for trial in trials)}
        entry["children"] = sure
        is_open = any(trial.children != sure for trial in trials)
        flags = "c" if is_open else ""
        flags += "p" if is_open or any(trial.has_tensors for trial in trials) else ""
        return flags + ("m" if is_open or any(trial.has_mode for trial in trials) else "")

    def _base(self, which: int) -> Assignment:
        needed = {name for name, default in self.defaults.items() if default is ... or name in VALUES}
        values = {**VALUES, **OF_CLASS.get(self.cls.__name__, {})}
        return {name: values[name][which] for name in needed if name in values}

    def _build(self, which: int, choice: Mapping[str, Callable[[Assignment], Any]], **more: Size) -> nn.Module | None:
        values = self._base(which) | more
        values |= {name: make(values | {"?": which}) for name, make in choice.items()}
        try:
            return self.cls(**values)
        except (TypeError, ValueError, RuntimeError, AttributeError, AssertionError, NotImplementedError, IndexError):
            return None

    def _trials(self) -> list[Trial]:
        """Every combination of variants that can be constructed; none if the class needs more than is known here."""
        if self._build(0, {}) is None:
            return []
        self.axes = {name: list(self._variants(name)) for name in self.defaults if name not in FACTORY}
        self.axes = {name: makers for name, makers in self.axes.items() if len(makers) > 1}
        combinations = itertools.product(*(range(len(makers)) for makers in self.axes.values()))
        return [trial for variants in combinations if (trial := self._trial(variants)) is not None]

    def _variants(self, name: str) -> Iterator[Callable[[Assignment], Any]]:
        """Ways to fill an argument with which the construction succeeds, its default first."""
        default = self.defaults[name]
        candidates: list[Callable[[Assignment], Any]] = []
        if name in VARIANTS:
            candidates = [lambda _: default, *VARIANTS[name]]
        elif isinstance(default, bool) or name == "bias":
            candidates = [lambda _: False, lambda _: True]
        elif default is None:
            optional = [other for other, value in self.defaults.items() if value is None and other not in FACTORY]
            candidates = [lambda _: None, *_optional_values(name, optional.index(name)), *map(_EqualTo, self._sizes())]
        for make in candidates:
            if self._build(0, {name: make}) is not None:
                yield make

    def _sizes(self) -> list[str]:
        """The arguments that a dimension of some slot is, when every optional argument has its default."""
        built = self._build(0, {})
        shapes = (
            [] if built is None else [shape for _, shape in _registered(built).values() if isinstance(shape, tuple)]
        )
        sizes = {size for shape in shapes for size in shape}
        return [name for name, value in self._base(0).items() if isinstance(value, int) and value in sizes]

    def _trial(self, variants: tuple[int, ...], **more: Size) -> Trial | None:
        choice = {name: makers[index] for (name, makers), index in zip(self.axes.items(), variants, strict=True)}
        built = [self._build(which, choice, **more) for which in (0, 1)]
        if built[0] is None or built[1] is None:
            return None
        values = [self._integers(which, choice, more) for which in (0, 1)]
        first, second = (_registered(module) for module in built if module is not None)
        slots = {}
        for name, (flags, shape) in first.items():
            slots[name] = (flags, self._case(shape, second[name][1], values))
        children = [
            {child: self.canonical(type(value)) for child, value in module.named_children()}
            for module in built
            if module
        ]
        agreed = {name: cls if children[1].get(name) == cls else None for name, cls in children[0].items()}
        modules = [*built[0].modules(), *built[1].modules()]
        has_tensors = any(module._parameters or module._buffers for module in modules)
        return Trial(variants, slots, agreed, has_tensors, any(_reads_training(type(module)) for module in modules))

    def _integers(
        self, which: int, choice: Mapping[str, Callable[[Assignment], Any]], more: dict[str, Size]
    ) -> Assignment:
        """The integer arguments that a shape may depend on."""
        values = self._base(which) | more
        values |= {name: make(values | {"?": which}) for name, make in choice.items() if not isinstance(make, _EqualTo)}
        return {name: value for name, value in values.items() if isinstance(value, int) and not isinstance(value, bool)}

    def _case(self, first: Shape, second: Shape, values: list[Assignment]) -> Case:
        if first is None or second is None:
            return REGISTERED_AS_NONE
        if isinstance(first, str) or isinstance(second, str):
            return SHAPE_NOT_KNOWN
        entries = [expression(pair, values) for pair in zip(first, second, strict=True)]
        return SHAPE_NOT_KNOWN if None in entries else ",".join(self._marked([entry or "" for entry in entries]))

    def _marked(self, entries: list[str]) -> list[str]:
        """Mark the entries that come from an argument that may be a tuple as well, as construction tells."""
        for name in TAKES_TUPLE.intersection(entries):
            places = [place for place, entry in enumerate(entries) if entry == name]
            rank = tuple(itertools.islice((3, 9, 11), len(places)))
            built = self._build(0, {}, **{name: rank}) if rank else None
            if built is None:
                continue
            shapes = [shape for _, shape in _registered(built).values() if isinstance(shape, tuple)]
            if any(len(shape) == len(entries) and tuple(shape[place] for place in places) == rank for shape in shapes):
                for index, place in enumerate(places):
                    entries[place] = f"{name}@{index}"
            longer = self._build(0, {}, **{name: (3, 9, 11)})
            if longer is not None and any(shape == (3, 9, 11) for _, shape in _registered(longer).values()):
                entries = [f"*{name}"]
        return entries

    def _slots(self, trials: list[Trial]) -> Iterator[list[Any]]:
        """A row per slot: its name, its flags, the switches that it depends on and the case for each outcome."""
        fullest_first = sorted(trials, key=lambda trial: -len(trial.slots))
        every = {name: flags for trial in fullest_first for name, (flags, _) in trial.slots.items()}
        for name, flags in every.items():
            cases = {trial.variants: trial.slots[name][1] if name in trial.slots else ABSENT for trial in trials}
            yield [name, flags, *self._table(cases)]

    def _table(self, cases: dict[tuple[int, ...], Case]) -> list[Any]:
        """The switches that make a difference, joined, and the case for each of their outcomes in binary order."""
        switches: list[str] = []
        outcomes: list[list[bool]] = []
        for axis, (name, makers) in enumerate(self.axes.items()):
            switch = self._switch(name, self._classes(axis, len(makers), cases))
            if switch is not None:
                switches.append(switch[0])
                outcomes.append(switch[1])
        axes = [list(self.axes).index(re.split(r"[?!]", switch)[0]) for switch in switches]
        table: dict[tuple[bool, ...], Case] = {}
        for variants, case in cases.items():
            key = tuple(outcome[variants[axis]] for outcome, axis in zip(outcomes, axes, strict=True))
            if table.setdefault(key, case) != case:
                raise AssertionError(f"{self.cls}: {switches} do not decide {cases}")
        keys = itertools.product((False, True), repeat=len(switches))
        return [" ".join(switches), *(table[key] for key in keys)]

    def _classes(self, axis: int, count: int, cases: dict[tuple[int, ...], Case]) -> list[int]:
        """For each variant of an axis, the first variant from which no case tells it apart."""

        def alike(one: int, other: int) -> bool:
            swapped = ((key, (*key[:axis], other, *key[axis + 1 :])) for key in cases if key[axis] == one)
            return all(cases[key] == cases[twin] for key, twin in swapped if twin in cases)

        return [next(other for other in range(variant + 1) if alike(variant, other)) for variant in range(count)]

    def _switch(self, name: str, classes: list[int]) -> tuple[str, list[bool]] | None:
        """The kind of switch that tells these variants apart, with its outcome for each of them."""
        if set(classes) == {0}:
            return None
        outcome = [variant != 0 for variant in classes]
        if self.defaults[name] is not None:
            return name, outcome
        if all(outcome[1:]):
            return f"{name}?", outcome
        alike = [make for make, differs in zip(self.axes[name], outcome, strict=True) if not differs][1:]
        if len(alike) == 1 and isinstance(alike[0], _EqualTo):
            return f"{name}!{alike[0].other}", outcome
        raise AssertionError(f"{self.cls}: no switch tells the variants of {name} apart: {outcome}")

    def _layered(self) -> dict[int, list[Trial]]:
        """The trials with one and with three layers, if the number of layers decides what is registered."""
        layers: dict[int, list[Trial]] = {}
        for count in (1, 3):
            combinations = itertools.product(*(range(len(makers)) for makers in self.axes.values()))
            found = (self._trial(variants, num_layers=count) for variants in combinations)
            layers[count] = [trial for trial in found if trial is not None]
        return {} if layers[1][0].slots.keys() == layers[3][0].slots.keys() else layers

    def _repeated(self, layers: dict[int, list[Trial]]) -> Iterator[list[Any]]:
        """The rows of layer 1, which layer 2 must repeat, with `#` for the index."""
        if not layers:
            return
        by_index = {}
        for index in ("1", "2"):
            names_ = dict.fromkeys(
                name
                for trial in sorted(layers[3], key=lambda trial: -len(trial.slots))
                for name in trial.slots
                if LAYER.findall(name) == [index]
            )
            by_index[index] = [
                [
                    LAYER.sub("#", name),
                    "p",
                    *self._table({trial.variants: trial.slots.get(name, ("", ABSENT))[1] for trial in layers[3]}),
                ]
                for name in names_
            ]
        if by_index["1"] != by_index["2"]:
            raise AssertionError(f"{self.cls}: layers differ: {by_index}")
        yield from by_index["1"]


def _registered(module: nn.Module) -> dict[str, tuple[str, Shape]]:
    """The flags and shape of each slot; None for one that is registered as None."""
    found: dict[str, tuple[str, Shape]] = {}
    for flag, slots in (("p", module._parameters), ("b", module._buffers)):
        for name, tensor in slots.items():
            temporary = "t" if name in module._non_persistent_buffers_set else ""
            shape: Shape = None
            if isinstance(tensor, (nn.UninitializedParameter, nn.UninitializedBuffer)):
                shape = "uninitialized"
            elif tensor is not None:
                shape = tuple(tensor.shape)
            found[name] = (flag + temporary, shape)
    return found


def _optional_values(name: str, place: int) -> list[Callable[[Assignment], Any]]:
    if name in TAKES_MODULE:
        return [lambda values: (nn.Identity(), nn.ReLU())[values["?"]]]
    return [lambda values: ODD[place][values["?"]], lambda values: torch.ones(ODD[place][values["?"]])]


@dataclass(frozen=True)
class _EqualTo:
    """Fills an argument with the value of another."""

    other: str

    def __call__(self, values: Assignment) -> object:
        return values[self.other]


def _reads_training(cls: type) -> bool:
    """Whether any method of the class, `nn.Module`'s own apart, reads `training`."""
    classes = cls.__mro__[: cls.__mro__.index(nn.Module)]
    codes = [getattr(value, "__code__", None) for base in classes for value in vars(base).values()]
    return any(code is not None and "training" in code.co_names for code in codes)


def stored_modules(objects: Mapping[str, object], canonical: Callable[[object], str]) -> dict[str, Any]:
    """The entry of every public module class, and of those that they are made of."""
    classes = {
        name: value for name, value in objects.items() if isinstance(value, type) and issubclass(value, nn.Module)
    }
    stored: dict[str, Any] = {}
    while classes:
        name, cls = classes.popitem()
        stored[name] = ClassProbe(cls, canonical).stored()
        for part in [base for base in cls.__mro__ if issubclass(base, nn.Module)]:
            if canonical(part) not in stored:
                classes[canonical(part)] = part
    return stored
