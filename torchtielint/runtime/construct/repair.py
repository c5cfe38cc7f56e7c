"""From the text of an exception to the arguments that do not raise it."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable, Iterator

from torch import nn

from torchtielint.runtime.construct.choices import Call, Choice, Listing, Literal, Reference, make
from torchtielint.runtime.construct.configs import config_choices, is_config, is_hugging_face
from torchtielint.runtime.construct.evidence import Evidence
from torchtielint.runtime.construct.fields import NO_ATTRIBUTE, config_of, field_repairs, plain_values
from torchtielint.runtime.construct.infer import candidates
from torchtielint.runtime.construct.menu import menu
from torchtielint.runtime.construct.names import number
from torchtielint.runtime.construct.signature import EMPTY, Wanted, inherited, wanted

_MISSING = re.compile(r"missing \d+ required (?:positional|keyword-only) arguments?: (.*)")
_UNEXPECTED = re.compile(r"got an unexpected keyword argument '(\w+)'")
_MULTIPLE = re.compile(r"got multiple values for (?:keyword )?argument '(\w+)'")
_MOST_NAMES = 6

Repair = tuple[float, Call]


def repairs(target: Callable[..., object], call: Call, error: BaseException, found: Evidence) -> Iterator[Repair]:
    """Yield changed calls, each with how much is guessed in it.

    Args:
        target: the class or the function.
        call: what raised.
        error: the exception.
        found: what its traceback says.
    """
    if isinstance(error, TypeError):
        yield from _keywords(target, call, found.text)
    if isinstance(error, KeyError) and len(error.args) == 1:
        yield from _keys(call, error.args[0])
    attribute = NO_ATTRIBUTE.search(found.text)
    if attribute:
        yield from _attributes(target, call, attribute[1] or attribute[2], attribute[3], found)
    yield from field_repairs(target, call, error, found)
    yield from _values(target, call, found)
    yield from _lengths(call)


def _keywords(target: Callable[..., object], call: Call, text: str) -> Iterator[Repair]:
    """Give what is missing, and take back what nobody takes or somebody else gives."""
    missing = _MISSING.search(text)
    if missing:
        changed = call
        names = [name for name in re.findall(r"'(\w+)'", missing[1]) if name not in call.kwargs]
        for name in names:
            changed = changed.put(name, candidates(target, _argument(target, name))[0])
        yield 0, changed
        for name in names:
            for at, choice in enumerate(candidates(target, _argument(target, name))[1:]):
                yield 2 + at, changed.put(name, choice)
    refused = _UNEXPECTED.search(text) or _MULTIPLE.search(text)
    if refused and refused[1] in call.kwargs:
        yield 0, call.drop(refused[1])


def _argument(target: Callable[..., object], name: str) -> Wanted:
    return inherited(target, name) or Wanted(name, EMPTY, EMPTY, positional=False, owner=target)


def _keys(call: Call, key: object) -> Iterator[Repair]:
    """Put the key that was looked up into the dictionaries that were made up."""
    if not isinstance(key, str):
        return
    for name, choice in call.kwargs.items():
        if isinstance(choice, Literal) and isinstance(choice.value, dict) and key not in choice.value:
            for one in plain_values(key):
                yield 0.25, call.put(name, Literal({**choice.value, key: one}))


def _attributes(
    target: Callable[..., object], call: Call, kind: str, attribute: str, found: Evidence
) -> Iterator[Repair]:
    """Give a configuration the field that is read, or an argument a value that has the attribute."""
    for name, choice in call.kwargs.items():
        if isinstance(choice, Call) and choice.function is types.SimpleNamespace and kind.endswith("SimpleNamespace"):
            for at, one in enumerate(plain_values(attribute)):
                yield 0.25 * at, call.put(name, choice.put(attribute, Literal(one)))
    for name in _blamed(target, call, found):
        for cost, choice in _having(target, attribute):
            yield cost, call.put(name, choice)


def _current(one: Wanted, call: Call) -> Choice | None:
    """What an argument is now: what was chosen for it, or its default."""
    return call.kwargs.get(one.name) or (Literal(one.default) if one.default is not EMPTY else None)


def _having(target: Callable[..., object], attribute: str) -> Iterator[tuple[float, Choice]]:
    """Things in the module of a class that have an attribute: classes of layers, configurations, a namespace."""
    scope = vars(sys.modules.get(getattr(target, "__module__", ""), types.ModuleType("none")))
    for name, value in scope.items():
        if not isinstance(value, type) or value is target:
            continue
        if issubclass(value, nn.Module) and attribute in vars(value):
            yield 1, Reference(value, name)
        elif is_config(value) and attribute in getattr(value, "__annotations__", {}):
            yield from ((1.0 + at, choice) for at, choice in enumerate(config_choices(value)))
    fields = {attribute: Literal(plain_values(attribute)[0])}
    if number(attribute) is not None:
        yield 1.5, Call(types.SimpleNamespace, "types.SimpleNamespace", (), fields)


def _blamed(target: Callable[..., object], call: Call, found: Evidence) -> list[str]:
    """The arguments that may be at fault: those that are spoken of, else all that were made up."""
    return found.names[:_MOST_NAMES] or [one.name for one in wanted(target) if one.name in call.kwargs]


def _values(target: Callable[..., object], call: Call, found: Evidence) -> Iterator[Repair]:
    """Try other values for the arguments that are spoken of, those first that the failing lines speak of."""
    for at, name in enumerate(_blamed(target, call, found)):
        one = _argument(target, name)
        if _is_settled(one, call):
            continue
        for cost, choice in menu(target, one, _current(one, call), found):
            yield cost + at * 0.25, call.put(name, choice)


def _is_settled(one: Wanted, call: Call) -> bool:
    """Whether an argument is a configuration of Hugging Face: only another one, or another field, can do."""
    config = config_of(one, call.kwargs.get(one.name))
    return config is not None and is_hugging_face(config.function)


def _lengths(call: Call) -> Iterator[Repair]:
    """Give all lists that were made up one length."""
    lists = {name: one for name, one in call.kwargs.items() if _items(one)}
    for length in (4, 2, 3, 5, 1) if lists else ():
        changed = call
        for name, one in lists.items():
            items = _items(one)
            changed = changed.put(name, Listing((items * length)[:length], _kind(one)))
        yield 1.5, changed


def _items(choice: Choice) -> tuple[Choice, ...]:
    if isinstance(choice, Listing):
        return choice.items
    if isinstance(choice, Literal) and isinstance(choice.value, (list, tuple)):
        return tuple(map(Literal, choice.value))
    return ()


def _kind(choice: Choice) -> type[list[object]] | type[tuple[object, ...]]:
    return tuple if isinstance(make(choice), tuple) else list
