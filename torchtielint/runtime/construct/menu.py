"""Other values for one argument, in the order in which a failure makes them likely."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache

import torch
from torch import nn

from torchtielint.runtime.construct.choices import Call, Choice, Listing, Literal, Reference, spell
from torchtielint.runtime.construct.configs import counts_layers
from torchtielint.runtime.construct.evidence import Evidence
from torchtielint.runtime.construct.infer import candidates, infer_call
from torchtielint.runtime.construct.names import LAYERS, STAGES, WIDTH, layer_type, number, several
from torchtielint.runtime.construct.signature import Wanted
from torchtielint.runtime.construct.sources import definition
from torchtielint.runtime.construct.stubs import identity

_SEQUENCE = re.compile(
    r"not iterable|no len\(\)|not subscriptable|unpack|must be (a )?(tuple|list|sequence)|to be (a )?(tuple|list)|"
    r"tuple of(?! ints, but)|list of|index out of range|must be an iterable"
)
_NUMBER = re.compile(
    r"unsupported operand|not supported between|must be (a )?(real )?number|interpreted as an integer|int\(\) argument|"
    r"float\(\) argument|bad operand|must be int|must be float|can't multiply|positive|negative|zero|divisible|"
    r"multiple|must be supplied|must be specified|not specified|must be provided|should be|greater|between|at least|"
    r"less than|ratio|type NoneType"
)
_CALLABLE = re.compile(r"not callable")
_MAPPING = re.compile(r"must be a mapping|has no attribute '(items|keys|get|values|pop|copy)'")
_TENSOR = re.compile(r"has no attribute '(shape|ndim|dim|size|dtype|device|numel|view|unsqueeze)'|must be Tensor")
_TEXT = re.compile(r"has no attribute '(lower|upper|split|startswith|endswith|strip|replace|format)'")
_NUMBERS = (1, 2, 4, 8, 16, 32, WIDTH, 0.5, 3, 0, 256)
_LENGTHS = (4, 2, 3, 1, 5)


def menu(
    target: Callable[..., object], one: Wanted, current: Choice | None, found: Evidence
) -> Iterator[tuple[float, Choice]]:
    """Yield values for an argument, each with how much is guessed in it."""
    shown = {spell(current)} if current is not None else set()
    for cost, choice in _ordered(target, one, current, found):
        text = spell(choice)
        if choice == Literal(0) and counts_layers(one.name):
            continue  # without the layers that fail anything can be built
        if text not in shown and (one.annotation not in (int, float, bool) or isinstance(choice, (Literal, Listing))):
            shown.add(text)
            yield cost, choice


def _ordered(
    target: Callable[..., object], one: Wanted, current: Choice | None, found: Evidence
) -> Iterator[tuple[float, Choice]]:
    is_text = isinstance(current, Literal) and isinstance(current.value, str)
    yield from ((1, Literal(value)) for value in found.mappings)
    for value in found.constants:
        if is_text or not isinstance(value, str) or current is None:
            yield 1 if is_text == isinstance(value, str) else 2, Literal(value)
    for value in compared_with(target, one.name):
        yield (1 if is_text else 2), Literal(value)
    for kind in found.classes:
        yield 1, _instance(kind)
    if _SEQUENCE.search(found.text):
        words = [value for value in found.constants if isinstance(value, str)]
        for at, value in enumerate(dict.fromkeys(words)):
            yield from ((1 + at / 8, several(Literal(value), length)) for length in (LAYERS, STAGES))
    yield from _by_message(one, current, found.text)
    yield from ((2 + at / 4, choice) for at, choice in enumerate(candidates(target, one)))
    is_thing = isinstance(current, Reference) or (isinstance(current, Literal) and callable(current.value))
    if not is_thing:
        yield from ((2.5 + at / 8, Literal(value)) for at, value in enumerate(_NUMBERS))
    yield 3, identity()
    yield 3, Reference(nn.Identity, "nn.Identity")
    yield from ((3, several(Literal(_size(one.name, current)), length)) for length in _LENGTHS)


def _by_message(one: Wanted, current: Choice | None, text: str) -> Iterator[tuple[float, Choice]]:
    """Values of the type that a message asks for."""
    if _CALLABLE.search(text):
        layer = layer_type(one.name) or layer_type(f"{one.name}_layer")
        yield from ((1, choice) for choice in (layer, identity(), Reference(nn.LayerNorm, "nn.LayerNorm")) if choice)
    if _MAPPING.search(text):
        yield 1, Literal({})
    if _TENSOR.search(text):
        yield 1, Call(torch.zeros, "torch.zeros", (Literal([WIDTH, WIDTH]),))
    if _TEXT.search(text):
        yield 1, Literal("relu")
    if _SEQUENCE.search(text):
        item = current if isinstance(current, (Listing, Call)) else Literal(_size(one.name, current))
        for at, length in enumerate(_LENGTHS):
            yield 1 + at / 8, several(item, length)
            yield 1.1 + at / 8, Listing((item,) * length, tuple)
        yield 2, Listing((several(item, 4),) * 4)
        yield 2, Listing((several(item, 2),) * 2)
    if _NUMBER.search(text):
        cost = 3 if isinstance(current, Reference) or (isinstance(current, Literal) and callable(current.value)) else 1
        yield from ((cost + at / 8, Literal(value)) for at, value in enumerate((_size(one.name, None), *_NUMBERS)))


def _size(name: str, current: Choice | None) -> object:
    """A number for an argument: the one that it has, or that of its name."""
    if isinstance(current, Literal) and isinstance(current.value, (int, float)) and not isinstance(current.value, bool):
        return current.value
    known = number(name)
    return known if isinstance(known, (int, float)) and not isinstance(known, bool) else 2


def _instance(kind: type) -> Choice:
    """Something that `isinstance` accepts."""
    if kind in (int, float, str, bool):
        return Literal({int: WIDTH, float: 0.5, str: "relu", bool: True}[kind])
    if kind in (list, tuple):
        return Literal(kind([2] * 4))
    if kind is dict:
        return Literal({})
    return infer_call(kind)


@cache
def compared_with(target: Callable[..., object], name: str) -> tuple[object, ...]:
    """Return the strings that the source of a class compares an argument with, or looks it up in."""
    source = definition(target)
    found: list[object] = []
    for node in ast.walk(source) if source is not None else ():
        if isinstance(node, ast.Compare) and _speaks_of(node.left, name):
            for side in node.comparators:
                found += [one.value for one in ast.walk(side) if isinstance(one, ast.Constant)]
        if isinstance(node, ast.Match) and _speaks_of(node.subject, name):
            found += [
                one.value for case in node.cases for one in ast.walk(case.pattern) if isinstance(one, ast.Constant)
            ]
    return tuple(value for value in dict.fromkeys(found) if isinstance(value, str))


def _speaks_of(node: ast.expr, name: str) -> bool:
    return (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)
