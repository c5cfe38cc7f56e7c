"""Repairs of the fields of configurations, and of the configurations inside them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping

from torchtielint.runtime.construct.choices import Call, Choice, Listing, Literal, make
from torchtielint.runtime.construct.configs import is_config, is_hugging_face, values_of
from torchtielint.runtime.construct.evidence import Evidence
from torchtielint.runtime.construct.menu import menu
from torchtielint.runtime.construct.names import by_name
from torchtielint.runtime.construct.signature import EMPTY, Wanted, wanted

NO_ATTRIBUTE = re.compile(r"(?:'([\w.]+)' object|type object '([\w.]+)') has no attribute '(\w+)'")
_MOST_FIELDS = 4
_MOST = 16
_DEEPEST = 2

_Change = tuple[float, str, Choice]


def field_repairs(
    target: Callable[..., object], call: Call, error: BaseException, found: Evidence
) -> Iterator[tuple[float, Call]]:
    """Yield calls with a configuration that has another value in a field that the failing lines read, or lacks."""
    for one in wanted(target):
        config = config_of(one, call.kwargs.get(one.name))
        if config is None:
            continue
        for cost, changed in _changed(config, error, found):
            yield cost, call.put(one.name, changed)


def config_of(one: Wanted, choice: Choice | None) -> Call | None:
    """The call that makes the configuration of an argument, if it is one."""
    if isinstance(choice, Call):
        return choice if is_config(choice.function) else None
    kind = one.annotation
    return Call(kind, kind.__qualname__) if isinstance(kind, type) and is_config(kind) else None


def plain_values(name: str) -> list[object]:
    """Values for a field or a key of which only the name is known."""
    plain = [one.value for one in by_name(name) if isinstance(one, Literal)]
    return [*plain, None] if plain else [8, 1.0, None]


def _changed(config: Call, error: BaseException, found: Evidence) -> Iterator[tuple[float, Call]]:
    instance = _made(config)
    held = dict(values_of(instance)) if is_hugging_face(type(instance)) else {}
    own = {field.name: Literal(field.default) for field in wanted(config.function) if field.default is not EMPTY}
    current: dict[str, Choice] = {**own, **{name: Literal(value) for name, value in held.items()}, **config.kwargs}
    for cost, name, choice in _changes(config.function, current, error, found):
        yield cost, config.put(name, choice)
    for cost, path, value in _inside(held, error, found):
        changed = _put(config, path, value)
        if changed is not None:
            yield cost, changed


def _made(config: Call) -> object:
    try:
        return make(config)
    except Exception:  # the configuration is user code, and may refuse its own values
        return None


def _changes(
    kind: Callable[..., object], current: Mapping[str, Choice], error: BaseException, found: Evidence
) -> Iterator[_Change]:
    """What could be changed in one configuration."""
    lacking = NO_ATTRIBUTE.search(found.text)
    if lacking and is_hugging_face(kind) and lacking[1] == getattr(kind, "__name__", ""):
        for at, value in enumerate(plain_values(lacking[3])):
            yield 0.5 + at / 8, lacking[3], Literal(value)
    known = {field.name: field for field in wanted(kind)}
    spoken = dict.fromkeys([*re.findall(r"\w+", found.text), *found.spoken])
    names = [name for name in spoken if name in known]
    if "NoneType" in found.text:
        names.sort(key=lambda name: not _is_none(current.get(name)))
    for at, name in enumerate(names[:_MOST_FIELDS]):
        yield from ((0.25 + cost, name, choice) for cost, choice in _with_key(current.get(name), error))
        for cost, choice in itertools.islice(menu(kind, known[name], current.get(name), found), _MOST):
            yield cost + at * 0.25 + 0.25, name, choice


def _is_none(choice: Choice | None) -> bool:
    return isinstance(choice, Literal) and choice.value is None


def _with_key(current: Choice | None, error: BaseException) -> Iterator[tuple[float, Choice]]:
    """A table with the key that was looked up: with what its other keys hold, or holding all that it was before."""
    table = current.value if isinstance(current, Literal) else None
    key = error.args[0] if isinstance(error, KeyError) and len(error.args) == 1 else None
    if not isinstance(table, dict) or not isinstance(key, (str, int)) or key in table:
        return
    others = [value for value in table.values() if isinstance(value, dict)]
    values: list[object] = [*others[:1]] or [{**table}, *(plain_values(key) if isinstance(key, str) else [])]
    for at, value in enumerate(values):
        yield at / 8, Literal({**table, key: value})


def _inside(
    held: Mapping[str, object], error: BaseException, found: Evidence, path: tuple[str, ...] = ()
) -> Iterator[tuple[float, tuple[tuple[str, str], ...], object]]:
    """Changes in the configurations that a configuration holds, each with the way to it and the value."""
    for name, inner in held.items() if len(path) < _DEEPEST else ():
        kind = type(inner)
        if not is_hugging_face(kind):
            continue
        values = dict(values_of(inner))
        step = (name, str(getattr(inner, "model_type", "")))
        for cost, field, choice in _changes(kind, {key: Literal(one) for key, one in values.items()}, error, found):
            if isinstance(choice, (Literal, Listing)):
                yield cost + 0.125, (step, (field, "")), make(choice)
        for cost, way, value in _inside(values, error, found, (*path, name)):
            yield cost + 0.125, (step, *way), value


def _put(config: Call, path: tuple[tuple[str, str], ...], value: object) -> Call | None:
    """The configuration with another value in one that it holds, which it reads from a dictionary."""
    first, *_ = path
    current = config.kwargs.get(first[0], Literal({}))
    if not isinstance(current, Literal) or not isinstance(current.value, dict):
        return None
    return config.put(first[0], Literal(_with(current.value, path, value)))


def _with(table: dict[str, object], path: tuple[tuple[str, str], ...], value: object) -> dict[str, object]:
    """A copy of the dictionary of the first step, changed at the end of the path."""
    (_, kind), (name, _), *_ = path
    base = {"model_type": kind, **table} if kind else dict(table)
    inner = base.get(name)
    last = len(path) == 2  # a configuration and its field
    return {**base, name: value if last else _with(inner if isinstance(inner, dict) else {}, path[1:], value)}
