"""What keeps each tie of a model and what undoes it, found by doing it to copies of the model."""

from __future__ import annotations

import random
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from torchtielint.runtime.advice import advice
from torchtielint.runtime.operation_names import OPERATIONS, QUICK, selected
from torchtielint.runtime.operations import ON_GROUP, ON_MODEL, Inapplicable, Trial, one_line, skipped
from torchtielint.runtime.relations import Relation, judge
from torchtielint.runtime.report import Outcome, Survival, TieGroup, TieReport
from torchtielint.runtime.trials import Make, prepared, relations

__all__ = ["LARGEST", "OPERATIONS", "advice", "survive", "with_survival"]

LARGEST = 64 * 2**20
"""Bytes of a copy; models that take more are tried on copies with tensors of a few elements."""

MOST = 32
"""Ties of one model that are tried one by one."""

Row = dict[str, Survival]


def with_survival(
    report: TieReport,
    model: nn.Module,
    *,
    make: Make | None = None,
    operations: str | Iterable[str] = "quick",
    largest: int = LARGEST,
) -> TieReport:
    """Return a report whose groups say what operations do to them.

    Args:
        report: what `tie_report(model)` gave.
        model: the measured model, on any device; it is read and never changed.
        make: gives a new instance with values, on the CPU; without it, a copy of the model stands for one.
        operations: `quick`, `full`, `none`, names with commas between them, or an iterable of names.
        largest: bytes of a copy; a model that takes more is tried on copies whose tensors have a few elements each.

    Raises:
        ValueError: no operation has such a name.
    """
    found = survive(model, report.groups, make=make, operations=selected(operations), largest=largest)
    groups = (replace(group, survival=found.get(group.names, group.survival)) for group in report.groups)
    return replace(report, groups=tuple(groups))


def survive(
    model: nn.Module,
    groups: Sequence[TieGroup],
    *,
    make: Make | None = None,
    operations: Sequence[str] = QUICK,
    largest: int = LARGEST,
) -> dict[tuple[str, ...], Row]:
    """Return for the names of each group that shares, and each operation, what has become of the tie.

    The model, the state of random numbers, the modes and flags of torch, and the filters of warnings stay as they are.
    """
    sharing = [group for group in groups if group.kind.is_sharing]
    if not sharing or not operations:
        return {group.names: {} for group in sharing}
    found = relations(model, sharing)
    copied = [group for group in sharing if found[group.names] in (Relation.ONE, Relation.MEMORY)]
    reason = "its names share what no copy does, as two mappings of one file"
    rows = {group.names: dict.fromkeys(operations, skipped(reason)) for group in sharing}
    with _undisturbed(), tempfile.TemporaryDirectory(prefix="torchtielint-") as directory:
        try:
            trial = prepared(model, copied, make=make, directory=Path(directory), largest=largest)
        except Inapplicable as refusal:
            return rows | {group.names: dict.fromkeys(operations, skipped(str(refusal))) for group in copied}
        for name in operations:
            for group, outcome in zip(copied, _outcomes(name, trial, copied), strict=True):
                rows[group.names][name] = outcome
    return rows


def _outcomes(name: str, trial: Trial, groups: Sequence[TieGroup]) -> list[Survival]:
    """Return what an operation does to each group."""
    if name in ON_GROUP:
        tried = [_on_group(name, trial, group) for group in groups[:MOST]]
        return tried + [skipped(f"only the first {MOST} ties of a model are tried")] * (len(groups) - MOST)
    try:
        model = ON_MODEL[name](trial)
    except Inapplicable as reason:
        return [skipped(str(reason))] * len(groups)
    except Exception as error:  # hooks and `__deepcopy__` of the model may raise anything
        return [Survival(Outcome.ERROR, one_line(error))] * len(groups)
    return [judge(group, trial.before[group.names], model) for group in groups]


def _on_group(name: str, trial: Trial, group: TieGroup) -> Survival:
    try:
        return ON_GROUP[name](trial, group)
    except Inapplicable as reason:
        return skipped(str(reason))
    except Exception as error:  # hooks and `__deepcopy__` of the model may raise anything
        return Survival(Outcome.ERROR, one_line(error))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep random numbers, modes, the default dtype and device, and the filters of warnings as they are."""
    python, dtype = random.getstate(), torch.get_default_dtype()
    numpy = sys.modules.get("numpy")
    numbers = numpy.random.get_state() if numpy else None
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        stack.enter_context(torch.random.fork_rng(devices=[]))
        if torch.empty(0).device.type != "cpu":  # the mode makes each call slower, and is hardly ever needed
            stack.enter_context(torch.device("cpu"))
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)
            random.setstate(python)
            if numpy:
                numpy.random.set_state(numbers)
