"""Write `docs/survival.md`: what each operation does to each kind of tie, by doing it to a model of each kind.

Needs torch and safetensors; `--check` fails where the document is stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from torchtielint.kinds import TieKind
from torchtielint.runtime.operation_names import FULL, OPERATIONS
from torchtielint.runtime.report import Outcome, Survival, TieGroup
from torchtielint.runtime.survival import survive

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "survival.md"

INTRODUCTION = """\
# What keeps a tie, and what undoes it

Measured on torch {torch} by `scripts/survival_matrix.py`, which does each operation to a small model of each kind; a
test fails where this page is not what it finds. For your own model, `torchtielint.runtime.survival.with_survival`
does the same to copies of it.
"""

MEANING = {
    Outcome.KEPT: "the names are one as they were; of an optimizer step: it is stepped once",
    Outcome.DEMOTED: "they still share memory, and are one object no more: a true tie became a false one",
    Outcome.BROKEN: "they share nothing any more; of a step or a norm: they are stepped or counted apart",
    Outcome.ERROR: "the operation raises",
    Outcome.SKIPPED: "nothing to try: buffers are neither stepped nor reparametrized",
}

MARKS = {
    Outcome.KEPT: "kept",
    Outcome.DEMOTED: "*demoted*",
    Outcome.BROKEN: "**broken**",
    Outcome.ERROR: "error",
    Outcome.SKIPPED: "",
}


class Pair(nn.Module):
    """Two layers of one shape.

    Args:
        tie: makes them share.
    """

    def __init__(self, tie: Callable[[Pair], None]) -> None:
        super().__init__()
        self.a = nn.Linear(4, 4, bias=False)
        self.b = nn.Linear(4, 4, bias=False)
        tie(self)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return what both layers make of `x`."""
        y: torch.Tensor = self.b(self.a(x))
        return y


def one_parameter(pair: Pair) -> None:
    """Make a true tie."""
    pair.b.weight = pair.a.weight


def one_module(pair: Pair) -> None:
    """Register one module twice."""
    pair.b = pair.a


def one_storage(pair: Pair) -> None:
    """Make a second Parameter over the same memory."""
    pair.b.weight = nn.Parameter(pair.a.weight.detach())


def overlapping(pair: Pair) -> None:
    """Make a second Parameter over a transposed view."""
    pair.b.weight = nn.Parameter(pair.a.weight.detach().t())


def sliced(pair: Pair) -> None:
    """Make two Parameters over parts of one tensor that have rows in common."""
    rows = torch.ones(6, 4)
    pair.a.weight, pair.b.weight = nn.Parameter(rows[:4]), nn.Parameter(rows[2:])


def one_buffer(pair: Pair) -> None:
    """Register one buffer twice."""
    pair.a.register_buffer("mask", torch.ones(4))
    pair.b.register_buffer("mask", pair.a.get_buffer("mask"))


def buffer_view(pair: Pair) -> None:
    """Register a view of a buffer."""
    pair.a.register_buffer("mask", torch.ones(4))
    pair.b.register_buffer("mask", pair.a.get_buffer("mask").view(4))


@dataclass(frozen=True)
class Column:
    """A canonical model."""

    title: str
    how: str
    tie: Callable[[Pair], None]
    kind: TieKind
    names: tuple[str, str] = ("a.weight", "b.weight")

    def row(self) -> dict[str, Survival]:
        """Return what each operation does to it."""
        buffers = self.names[0].endswith("mask")
        group = TieGroup(self.names, self.kind, None, "float32", 0, buffers=buffers)
        return survive(Pair(self.tie), [group], make=lambda: Pair(self.tie), operations=FULL)[self.names]


MASKS = ("a.mask", "b.mask")
COLUMNS = (
    Column("same-parameter", "`b.weight = a.weight`", one_parameter, TieKind.SAME_PARAMETER),
    Column("same-module", "`b = a`", one_module, TieKind.SAME_MODULE, ("a", "b")),
    Column("same-storage", "`b.weight = nn.Parameter(a.weight.detach())`", one_storage, TieKind.SAME_STORAGE),
    Column(
        "overlapping, transposed", "`b.weight = nn.Parameter(a.weight.detach().t())`", overlapping, TieKind.OVERLAPPING
    ),
    Column("overlapping, sliced", "`nn.Parameter(rows[:4])` and `nn.Parameter(rows[2:])`", sliced, TieKind.OVERLAPPING),
    Column("same buffer", '`b.register_buffer("mask", a.mask)`', one_buffer, TieKind.SAME_PARAMETER, MASKS),
    Column("buffer view", '`b.register_buffer("mask", a.mask.view(4))`', buffer_view, TieKind.SAME_STORAGE, MASKS),
)

NOTES = {
    "deepcopy": (
        "A Parameter is copied by itself, so two over one memory part. A buffer is copied with its storage, "
        "so buffers over one memory stay together."
    ),
    "pickle": (
        "Each tensor is written with a storage of its own, unless it is the same object. `torch.save` writes "
        "each storage once: `save_load_model` keeps what `pickle` separates."
    ),
    "state_dict_round_trip": (
        "The tie is that of the fresh instance. One that its constructor does not make is not in the file, "
        "and is broken. Of a false tie the name that is loaded last wins."
    ),
    "load_assign": (
        "Each name gets a Parameter of its own over the tensor in the state dict. `torch.load` gives tensors "
        "that share as those which were saved, so memory stays common; from a state dict of copies nothing is"
        " shared."
    ),
    "load_missing_name": (
        "With `strict=True` the load raises for the name that is missing, though its values are there under "
        "the other name."
    ),
    "to_dtype": (
        "A Parameter keeps its object and gets new data once, so a true tie holds; of Parameters over one "
        "memory each gets its own. A buffer is replaced under each name: even one buffer under two names "
        "becomes two."
    ),
    "to_meta": (
        "Between devices of different implementations (meta, XLA) Parameters are replaced under each name. Of"
        " a module under two names they are replaced once."
    ),
    "meta_to_empty": ("A model that is built on meta has its ties until `to_empty()`."),
    "overwrite_module_params_on_conversion": ('The flag makes every conversion do what `.to("meta")` does.'),
    "swap_module_params_on_conversion": (
        'Contents are swapped and Parameters stay, also in `.to("meta")` and `to_empty()`; buffers are '
        "replaced all the same."
    ),
    "sgd_step": (
        "The gradients are zero, so that the decay alone is seen: a false tie decays twice. Both names have "
        "equal values all the time, and they are those of two steps."
    ),
    "adam_step": ("A false tie takes two steps of the learning rate."),
    "grad_norm": ("A false tie has two gradients, and clipping counts both."),
    "weight_norm": (
        "The direction (`original1`) is a new Parameter over the memory of the tied weight: both are stepped."
    ),
    "remove_weight_norm": ("The weight becomes a new Parameter with memory of its own."),
    "legacy_weight_norm": (
        "The direction (`weight_v`) is a new Parameter over the memory of the tied weight: both are stepped."
    ),
    "remove_legacy_weight_norm": ("The weight becomes a new Parameter with memory of its own."),
    "spectral_norm": ("The weight stays, and one side is normalized."),
    "remove_spectral_norm": (
        "The same Parameter is given the normalized values, so the other name changes with it. A second "
        "Parameter over the same memory is given memory of its own."
    ),
    "prune": (
        "The weight stays, and one side is masked. `l1_unstructured` flattens by `view(-1)`, which a "
        "transposed tensor refuses."
    ),
    "remove_prune": (
        "The zeros are written into the shared weight: the other name is pruned too. A second Parameter over "
        "the same memory is given memory of its own."
    ),
    "functional_call": (
        "A tensor that is given for one name reaches the others of the same Parameter (`tie_weights`), and "
        "not those over the same memory."
    ),
    "export": ("The program has a module for each name, over the same parameters."),
    "fx": ("The graph calls one object by one of its names."),
    "safetensors_save_file": ("Names over common memory are refused, true ties included."),
    "safetensors_save_model": (
        "One of the names is written, and the fresh instance has the tie. Parts of a tensor and transposed "
        "views are refused."
    ),
}


def render() -> str:
    """Return the document."""
    rows = {column.title: column.row() for column in COLUMNS}
    version = ".".join(torch.__version__.split("+")[0].split(".")[:2])
    parts = [INTRODUCTION.format(torch=version)]
    parts.append(_table(("kind", "how"), [(column.title, column.how) for column in COLUMNS]))
    parts.append(_table(("cell", "meaning"), [(MARKS[outcome] or "empty", said) for outcome, said in MEANING.items()]))
    cells = [(f"`{name}`", *(MARKS[row[name].outcome] for row in rows.values())) for name in FULL]
    parts.append("## The matrix\n\n" + _table(("operation", *rows), cells))
    described = [(f"`{name}`", _listed(name), NOTES.get(name, "")) for name in FULL]
    parts.append("## The operations\n\n" + _table(("operation", "what is done", "what to know"), described))
    return "\n".join(parts)


def _listed(name: str) -> str:
    return OPERATIONS[name].description + (" (quick)" if OPERATIONS[name].quick else "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> int:
    """Write the document, or say that it is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the document is stale")
    text = render()
    if not parser.parse_args().check:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print("docs/survival.md is stale: run scripts/survival_matrix.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
