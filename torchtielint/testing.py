"""Assertions on the ties of a live model, for the suites of those who build models.

A name is that of a parameter, a buffer or a module, as `named_parameters` and `named_modules` spell it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from torch import Tensor, nn

from torchtielint.runtime.advice import advice
from torchtielint.runtime.between import between
from torchtielint.runtime.consequences import remedy, spelled
from torchtielint.runtime.lines import block, line
from torchtielint.runtime.naming import UnknownNameError, registered
from torchtielint.runtime.report import Outcome, TieGroup
from torchtielint.runtime.scan import tie_report
from torchtielint.runtime.survival import with_survival
from torchtielint.runtime.walk import walk

__all__ = ["UnknownNameError", "assert_no_false_ties", "assert_not_tied", "assert_tied", "assert_ties_survive"]

TRUE_TIES_SURVIVE = ("deepcopy", "pickle", "state_dict_round_trip", "to_dtype", "sgd_step", "adam_step")
"""What a Parameter under several names survives; loading with `assign=True` and conversions by way of meta undo it."""


def assert_tied(model: nn.Module, *names: str) -> None:
    """Assert that all names are one: one Parameter, one buffer, or one module.

    Raises:
        AssertionError: they are not; the message says what they are, and how to tie them.
        UnknownNameError: the model has no such name.
    """
    __tracebackhide__ = True
    things = _things(model, names)
    if all(thing is things[0] for thing in things):
        return
    one, other = next((names[0], name) for name, thing in zip(names, things, strict=True) if thing is not things[0])
    raise AssertionError(
        "\n".join(
            [
                f"{_listed(names)} are not one {_sort(things[0])}",
                *block(between(model, names), nothing="they have no byte in common"),
                f"tie them: `{spelled(other)} = {spelled(one)}`, after whatever else assigns to `{other}`",
            ]
        )
    )


def assert_not_tied(model: nn.Module, *names: str) -> None:
    """Assert that no two of the names have a tensor or a byte in common.

    Raises:
        AssertionError: some have; the message shows what they share, and how to part them.
        UnknownNameError: the model has no such name.
    """
    __tracebackhide__ = True
    _things(model, names)
    shared = [group for group in between(model, names) if group.kind.is_sharing]
    if shared:
        raise AssertionError(
            "\n".join(
                [
                    f"{_listed(names)} are not separate",
                    *block(shared),
                    "part them: give each memory of its own (`copy.deepcopy` of the module, `.clone()` of the tensor)",
                ]
            )
        )


def assert_no_false_ties(model: nn.Module) -> None:
    """Assert that no names look like one parameter and are several Parameters over common memory.

    Raises:
        AssertionError: some do; the message shows each group, and what to do about it.
    """
    __tracebackhide__ = True
    false = tie_report(model).false_ties
    if false:
        said = [f"{type(model).__name__} has {len(false)} false tie{'s' if len(false) > 1 else ''}"]
        for group in false:
            said += [*block([group]), f"      {remedy(group)}"]
        raise AssertionError("\n".join(said))


def assert_ties_survive(
    model: nn.Module,
    *,
    by: str | Iterable[str] | None = None,
    make: Callable[[], nn.Module] | None = None,
) -> None:
    """Assert that operations on copies of a model keep every tie of it; the model itself is not changed.

    Args:
        model: any module that ties something.
        by: operations, as in `["deepcopy", "to_dtype"]`: an iterable of names, `quick` or `full`. Unless given, those
            that a Parameter under several names survives.
        make: gives a fresh instance, as loading a checkpoint needs it; without it, a copy stands for one.

    Raises:
        AssertionError: an operation undoes a tie, raises, or was asked for by its name and cannot run here; the message
            says which, and what to do. Also where the model ties nothing.
        ValueError: there is no such operation, or none is named.
    """
    __tracebackhide__ = True
    named = by not in (None, "quick", "full")
    by = by if isinstance(by, str) else list(TRUE_TIES_SURVIVE if by is None else by)
    if by in ([], "", "none"):
        raise ValueError("no operation is named that the ties are to survive")
    report = with_survival(tie_report(model), model, make=make, operations=by)
    groups = [group for group in report.groups if group.kind.is_sharing]
    if not groups:
        raise AssertionError(f"{type(model).__name__} ties nothing, and so there is nothing to survive")
    said = [text for group in groups for text in _undone(group, skipped=named)]
    if said:
        raise AssertionError("\n".join([f"{type(model).__name__} does not keep its ties", *said]))


def _undone(group: TieGroup, *, skipped: bool) -> Iterator[str]:
    """What does not keep a tie, and what to do; nothing where all does."""
    passed = {Outcome.KEPT} if skipped else {Outcome.KEPT, Outcome.SKIPPED}
    undone = {name: found for name, found in group.survival.items() if found.outcome not in passed}
    if undone:
        yield f"  {line(group)}"
        for name, found in undone.items():
            yield f"      {name}: {found.outcome.value}" + (f", {found.reason}" if found.reason else "")
        yield from (f"      {text}" for text in advice(group))


def _things(model: nn.Module, names: Sequence[str]) -> list[Tensor | nn.Module]:
    """What the names stand for.

    Raises:
        TypeError: there are fewer than two names.
        UnknownNameError: the model has no such name.
    """
    if len(names) < 2:
        raise TypeError(f"at least two names are compared, and {len(names)} given")
    seen = walk(model)
    return [registered(model, seen, name) for name in names]


def _sort(thing: Tensor | nn.Module) -> str:
    if isinstance(thing, nn.Module):
        return "module"
    return "Parameter" if isinstance(thing, nn.Parameter) else "buffer"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(f'`{name}`' for name in names[:-1])} and `{names[-1]}`"
