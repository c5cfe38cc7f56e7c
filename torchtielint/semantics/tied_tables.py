"""Embeddings whose weight is an output layer's as well: with which values they start, and what becomes of padding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import hugging_face, ties
from torchtielint.semantics.definitions import ClassModel
from torchtielint.semantics.facts.sharing import TiedInit, TiedPadding
from torchtielint.semantics.records import ModuleRecord
from torchtielint.semantics.uses import TiedTable
from torchtielint.semantics.values import (
    NONE,
    Carrying,
    Computed,
    Const,
    FunctionValue,
    Opaque,
    Part,
    Ref,
    Value,
    members,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchtielint.semantics.machine import Machine
    from torchtielint.semantics.ties import Place

_TABLES = frozenset({"torch.nn.Embedding", "torch.nn.EmbeddingBag"})
_SCALING = (cst.Multiply, cst.Divide, cst.MultiplyAssign, cst.DivideAssign)
_SCALING_METHODS = frozenset({"mul", "mul_", "div", "div_", "multiply", "divide", "true_divide", "normalize"})


def note_scaled(machine: Machine, values: Iterable[Value]) -> None:
    """Values are multiplied or divided: what comes straight out of a layer is then of another size."""
    for value in values:
        for member in members(value):
            if isinstance(member, (Carrying, Computed)):
                machine.uses.scaled |= member.carries


def note_operator(machine: Machine, operator: type[cst.CSTNode], left: Value, right: Value) -> None:
    """`left operator right`."""
    if operator in _SCALING:
        note_scaled(machine, (left, right))


def note_method(machine: Machine, receiver: Value, name: str) -> None:
    """A method of a value that carries gradients, or a function that is given it."""
    if name.rpartition(".")[2] in _SCALING_METHODS:
        note_scaled(machine, (receiver,))


def note_class(machine: Machine, model: ClassModel, ref: Ref) -> None:
    """Every method of a class ran: the output layers that share the weight of a table which its constructor made."""
    if not model.complete or hugging_face.is_pretrained(model):
        return
    for key, held in ties.places(machine, ref).items():
        tables = [place for place in held if _class_of(machine, place) in _TABLES and place.name == "weight"]
        heads = [place for place in held if _class_of(machine, place) == "torch.nn.Linear" and place.name == "weight"]
        weight = machine.tensor(Ref(key))
        if len(tables) != 1 or not heads or weight is None or weight.requires_grad is not True:
            continue
        table, head = tables[0], heads[0]
        site = ties.slot_site(machine, head) or ties.slot_site(machine, table)
        record = machine.module(table.owner)
        if site is None or record is None:
            continue
        names = (f"self{ties.dotted(table.path[:-1])}", f"self{ties.dotted(head.path[:-1])}")
        made = TiedTable(
            site,
            names,
            frozenset({table.owner.key, head.owner.key}),
            frozenset({weight.site}),
            from_table=ties.slot_site(machine, table) is None and _starts_random(record),
            padding=_padding(model, record),
        )
        if not weight.escaped and not any(_is_open(machine, place) for place in (table, head)):
            machine.uses.tied_tables.append(made)


def _class_of(machine: Machine, place: Place) -> ClassModel | str | None:
    record = machine.module(place.owner)
    return record.cls if record is not None else None


def _is_open(machine: Machine, place: Place) -> bool:
    record = machine.module(place.owner)
    return record is None or record.open


def _starts_random(record: ModuleRecord) -> bool:
    """Whether the table keeps what torch draws for it: a normal distribution of deviation one."""
    arguments = record.arguments
    return arguments is not None and not arguments.open and arguments.keyword("_weight") is None


def _padding(model: ClassModel, record: ModuleRecord) -> bool:
    """Whether the table has a row for padding, as far as its constructor's argument says."""
    if record.arguments is None or record.arguments.open:
        return False
    match record.arguments.get(2 if record.cls == "torch.nn.Embedding" else -1, "padding_idx"):
        case Opaque(name=name):
            found = model.find("__init__")
            function = found[0] if found is not None else None
            return not isinstance(function, FunctionValue) or function.model.defaults.get(name) != NONE
        case Const(value=int()) | Part():
            return True
    return False


def settle(machine: Machine) -> None:
    """After everything ran: tables that nothing gave other values, and rows for padding that nothing keeps at zero."""
    uses = machine.uses
    for tied in dict.fromkeys(uses.tied_tables):
        hooked = bool(tied.made & uses.hooked)
        if tied.padding and not hooked and not (tied.made & uses.given and not tied.from_table):
            machine.emit(TiedPadding(tied.site, *tied.names, starts_zero=tied.from_table))
        elsewhere = tied.made & uses.given or {"weight", ""} & set(uses.initialised_names)
        loaded = any("load" in name or "init" in name for name in uses.called_on_unknown)
        if tied.from_table and not elsewhere and not loaded and not tied.modules & uses.scaled:
            machine.emit(TiedInit(tied.site, *tied.names))
    uses.tied_tables.clear()
