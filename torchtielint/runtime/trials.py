"""Where the models come from that operations are tried on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from torch import nn

from torchtielint.runtime.faithful import faithful_copy, held_tensors, storage_bytes
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
        Inapplicable: the model takes more than `largest` bytes, or nothing gives a copy that has its ties.
    """
    if (size := storage_bytes(model)) > largest:
        raise Inapplicable(f"the model takes {size:,} bytes, and models up to {largest:,} bytes are copied")
    instance = None if make is None else _made(make)
    candidates: list[Make] = [partial(faithful_copy, model)]
    if make is not None and instance is not None:
        built: list[Make] = [partial(faithful_copy, instance), make]
        without_values = any(tensor.is_meta for tensor in held_tensors(model))
        candidates = [*built, *candidates] if without_values else [*candidates, *built]
    before = relations(model, groups)
    copy, scratch = _first_faithful(candidates, groups, before)
    on_meta = partial(faithful_copy, scratch, "meta")
    fresh = copy
    if make is not None and instance is not None:
        fresh, _ = _first_faithful([partial(faithful_copy, instance), make], groups, relations(instance, groups))
    held = {names: found for names, found in before.items() if found is not None}
    return Trial(copy, on_meta, fresh, directory, scratch, held)


def relations(model: nn.Module, groups: Sequence[TieGroup]) -> Relations:
    """Return what the names of each group are to each other, and None where one of them is not there."""
    found: Relations = {}
    for group in groups:
        things = [thing for name in group.names if (thing := reachable(model, name)) is not None]
        found[group.names] = relation(things) if len(things) == len(group.names) else None
    return found


def _made(make: Make) -> nn.Module | None:
    """Return an instance, unless making it fails: copies of the model stand for it then."""
    try:
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
