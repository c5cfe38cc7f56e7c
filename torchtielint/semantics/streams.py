"""Generators of parameters: `parameters()`, `filter(...)`, generator expressions. Whoever comes second gets nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import expressions, naming, things
from torchtielint.semantics.facts.optimizers import GeneratorReused
from torchtielint.semantics.records import Role
from torchtielint.semantics.site import Site
from torchtielint.semantics.values import UNKNOWN, Arguments, ModuleItems, Opaque, Ref, Value, Weight, members

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine

_TENSORS = ("parameters", "buffers")
_CONSUMERS = frozenset(
    {"torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_value_", "torch.nn.utils.parameters_to_vector",
     "torch.nn.utils.clip_grad_norm", "torch.nn.utils.get_total_norm"}
)  # fmt: skip
_WHOLE = frozenset({"list", "tuple", "set", "frozenset", "sorted", "dict", "sum", "max", "min"})
_SOME = frozenset({"next", "map", "filter", "zip", "enumerate", "iter", "any", "all"})
_CELL = "consumed"


@dataclass(frozen=True, slots=True)
class Consumed(Value):
    """A generator that was run to its end, and where."""

    site: Site


def consume(machine: Machine, value: Value, expression: cst.BaseExpression, by: str, *, whole: bool = True) -> None:
    """Something iterates over a value; `whole`: to its end."""
    found = members(value)
    stream = found[0]
    if len(found) != 1 or not _is_stream(machine, stream):
        return
    key = _key(stream)
    cell = machine.state.get((key, _CELL))
    before = members(cell) if isinstance(cell, Value) else ()
    site = machine.site(expression)
    certain = _is_certain(machine, stream)
    if before and all(isinstance(one, Consumed) for one in before):
        first = next(one.site for one in before if isinstance(one, Consumed))
        machine.emit(GeneratorReused(site, machine.text(expression), by, first, certain))
    elif whole and not before:
        _note_round(machine, stream, GeneratorReused(site, machine.text(expression), by, None, certain))
    machine.state.set((key, _CELL), Consumed(site) if whole else UNKNOWN)


def consume_source(machine: Machine, clause: cst.CompFor, by: str) -> None:
    """A comprehension, or what is given a generator expression, runs through a generator that has a name."""
    if isinstance(clause.iter, (cst.Name, cst.Attribute)):
        with machine.muting():
            source = expressions.evaluate(machine, clause.iter)
        consume(machine, source, clause.iter, by)


def consume_by_builtin(machine: Machine, name: str, arguments: Arguments, node: cst.CSTNode) -> None:
    """A built-in function runs through its argument, or takes some of it."""
    if not isinstance(node, cst.Call) or len(node.args) != len(arguments.positional) or name not in _WHOLE | _SOME:
        return
    for argument, value in zip(node.args, arguments.positional, strict=True):
        if isinstance(argument.value, cst.GeneratorExp) and name in _WHOLE:
            consume_source(machine, argument.value.for_in, f"`{name}()`")
        elif not argument.star:
            consume(machine, value, argument.value, f"`{name}()`", whole=name in _WHOLE)


def _note_round(machine: Machine, stream: Value, fact: GeneratorReused) -> None:
    """A generator from outside of a loop is empty from the loop's second round on."""
    loops = machine.context.loops
    unconditional = len(machine.context.guards) <= machine.context.loop_guards and not machine.muted
    if loops and unconditional and loops[-1] not in _loops(machine, stream):
        machine.training.streams.append((loops[-1], fact))


def round_ended(machine: Machine, loop: int, *, goes_on: bool) -> None:
    """At the end of a loop's round: what it used up is empty in the next."""
    streams, machine.training.streams = machine.training.streams, []
    for wanted, fact in streams:
        if wanted != loop:
            machine.training.streams.append((wanted, fact))
        elif goes_on:
            machine.emit(fact)


def consume_by_call(machine: Machine, name: str, arguments: Arguments, node: cst.CSTNode) -> None:
    """An outside function is called: optimizers and what works on gradients run through what they are given."""
    if not isinstance(node, cst.Call):
        return
    last = name.rpartition(".")[2]
    is_optimizer = name.startswith("torch.optim.") and "lr_scheduler" not in name
    sure = is_optimizer or name in _CONSUMERS or (naming.says_optimizer(last) and last[:1].isupper())
    by = "an optimizer" if is_optimizer or naming.says_optimizer(last) else f"`{last}()`"
    for argument in node.args:
        if argument.star:
            continue
        position = node.args.index(argument)
        value = arguments.get(position, argument.keyword.value if argument.keyword else "")
        if value is None or (argument.keyword is None and position >= len(arguments.positional)):
            continue
        _consume_within(machine, value, argument.value, by, whole=sure)


def _consume_within(machine: Machine, value: Value, expression: cst.BaseExpression, by: str, *, whole: bool) -> None:
    if _is_stream(machine, value):
        if whole or machine.state.get((_key(value), _CELL)) is None:
            consume(machine, value, expression, by, whole=whole)
        return
    record = machine.container(value)
    if record is not None and record.kind in ("list", "tuple", "dict") and not record.rest:
        for item in record.items:
            inner = machine.container(item)
            if _is_stream(machine, item) or (inner is not None and inner.kind == "dict"):
                _consume_within(machine, item, expression, by, whole=whole)


def _is_stream(machine: Machine, value: Value) -> bool:
    """Whether a value is a generator of a module's tensors."""
    match value:
        case ModuleItems(module=module, kind=kind, key=key) if key and kind.endswith(_TENSORS):
            return things.is_model(machine, module)
    record = machine.container(value)
    if record is None or record.kind != "generator" or record.repeats:
        return False
    return any(_is_parameter(machine, element) for element in record.elements())


def _is_parameter(machine: Machine, value: Value) -> bool:
    for member in members(value):
        tensor = machine.tensor(member)
        pair = machine.container(member)
        if isinstance(member, Weight) or (tensor is not None and tensor.role is Role.PARAMETER):
            return True
        if pair is not None and pair.kind == "tuple" and any(_is_parameter(machine, one) for one in pair.items):
            return True
    return False


def _is_certain(machine: Machine, stream: Value) -> bool:
    """Whether a stream's module is known; else names and uses say that it is one."""
    record = machine.container(stream)
    sources = [stream] if record is None else [one for value in record.elements() for one in members(value)]
    owners = [one.module for one in sources if isinstance(one, (ModuleItems, Weight))]
    return all(
        machine.module(owner) is not None or (isinstance(owner, Opaque) and owner.kind == "module") for owner in owners
    )


def _key(value: Value) -> int:
    return value.key if isinstance(value, (ModuleItems, Ref)) else 0


def _loops(machine: Machine, value: Value) -> tuple[int, ...]:
    record = machine.container(value)
    return record.loops if record is not None else machine.training.made_in.get(_key(value), ())
