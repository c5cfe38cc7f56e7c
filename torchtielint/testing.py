"""Assertions on the ties of a live model, for the suites of those who build models.

A name is that of a parameter, a buffer or a module, as `named_parameters` and `named_modules` spell it.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from torchtielint.runtime.between import between
from torchtielint.runtime.consequences import remedy, spelled
from torchtielint.runtime.lines import block
from torchtielint.runtime.naming import UnknownNameError, registered
from torchtielint.runtime.scan import tie_report
from torchtielint.runtime.walk import walk

__all__ = ["UnknownNameError", "assert_no_false_ties", "assert_not_tied", "assert_tied"]


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
