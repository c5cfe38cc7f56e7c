"""Where the models come from that operations are tried on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch
from torch import nn

from torchtielint.runtime.faithful import copied_bytes, faithful_copy, has_values
from torchtielint.runtime.operations.base import Inapplicable, Trial, one_line
from torchtielint.runtime.relations import Relation, reachable, relation
from torchtielint.runtime.report import TieGroup

Make = Callable[[], nn.Module]
Relations = dict[tuple[str, ...], Relation | None]


def prepared(
    model: nn.Module, groups: Sequence[TieGroup], *, make: Make | None, directory: Path, largest: int
) -> Trial:
    """Return what operations on the groups of a model work on.

    Raises:
        Inapplicable: even a narrow copy takes more than `largest` bytes, or nothing gives a copy that has the ties.
    """
    narrow = copied_bytes(model) > largest
    if narrow and (size := copied_bytes(model, narrow=True)) > largest:
        raise Inapplicable(f"a copy of the model takes {size:,} bytes, and {largest:,} are the limit")
    instance = None if make is None else _made(make, model, narrow=narrow)
    before, built = relations(model, groups), has_values(model)
    if narrow:
        model, instance, make = _narrowed(model), instance and _narrowed(instance), None
    candidates: list[Make] = [partial(faithful_copy, model)]
    again: list[Make] = []
    if instance is not None:
        again = [partial(faithful_copy, instance), *([make] if make is not None else [])]
        candidates = [*candidates, *again] if built or narrow else [*again, *candidates]
    copy, scratch = _first_faithful(candidates, groups, before)
    fresh = copy
    if instance is not None:
        fresh, _ = _first_faithful(again, groups, relations(instance, groups))
    held = {names: found for names, found in before.items() if found is not None}
    return Trial(copy, partial(faithful_copy, scratch, "meta"), fresh, directory, scratch, held)


def _narrowed(model: nn.Module) -> nn.Module:
    """Return a narrow copy, from which the others are made.

    Raises:
        Inapplicable: the model cannot be copied.
    """
    try:
        return faithful_copy(model, narrow=True)
    except Exception as error:  # attributes of the model are copied by methods of theirs
        raise Inapplicable(f"the model cannot be copied: {one_line(error)}") from error


def relations(model: nn.Module, groups: Sequence[TieGroup]) -> Relations:
    """Return what the names of each group are to each other, and None where one of them is not there."""
    found: Relations = {}
    for group in groups:
        things = [thing for name in group.names if (thing := reachable(model, name)) is not None]
        found[group.names] = relation(things) if len(things) == len(group.names) else None
    return found


def _made(make: Make, model: nn.Module, *, narrow: bool) -> nn.Module | None:
    """Return a new instance; None where making it fails, or could take the memory of a large model once more.

    Copies of the model stand for it then.
    """
    if narrow and not has_values(model):
        return None
    try:
        if not narrow:
            return make()
        with torch.device("meta"):
            return make()
    except Exception:  # a constructor of the checked project may raise anything
        return None


def _first_faithful(
    candidates: Sequence[Make], groups: Sequence[TieGroup], wanted: Relations
) -> tuple[Make, nn.Module]:
    """Return what gives models with the ties that are wanted, and the first such model.

    Raises:
        Inapplicable: none of them does; the message says what the last one did instead.
    """
    trouble = ""
    for candidate in candidates:
        try:
            model = candidate()
        except Exception as error:  # attributes of the model are copied by methods of theirs
            trouble = one_line(error)
            continue
        if relations(model, groups) == wanted:
            return candidate, model
        trouble = "a copy does not have the same ties"
    raise Inapplicable(f"the model cannot be copied: {trouble}")
