"""Repairs of ties, and of reparametrizations."""

from __future__ import annotations

import re

import libcst as cst

from torchtielint.findings import Edit, Fix, Position, Range
from torchtielint.repairs.workshop import Bench, Workshop, insert, safe, unsafe
from torchtielint.semantics.facts.reparametrization import (
    HookApplied,
    ReparametrizationMisuse,
    ReparametrizationProblem,
)
from torchtielint.semantics.facts.sharing import FalseTie, TieBy


def tie(fact: FalseTie, shop: Workshop) -> Fix | None:
    """Assign the Parameter itself, where nothing but its memory was taken."""
    bench, node = shop.bench(fact.site), fact.site.node
    if fact.copied or fact.transposed or not fact.source or fact.by not in (TieBy.DATA, TieBy.NEW_PARAMETER):
        return None
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() as target)], value=value):
            pass
        case _:
            return None
    core = _core(value)
    edits: list[Edit | None] = []
    if not isinstance(core, cst.Attribute) or bench.code(core) != fact.source:
        return None
    if target.attr.value == "data":
        edits.append(Edit(Range(bench.outer(target.value).end, bench.outer(target).end), ""))
    whole, inner = bench.outer(value), bench.outer(core)
    edges = ((whole.start, inner.start), (inner.end, whole.end))
    edits += [bench.between(start, end) for start, end in edges if start != end]
    return unsafe("make the two names one Parameter", *edits) if edits else None


def _core(value: cst.BaseExpression) -> cst.BaseExpression:
    """What is inside of `.data`, `.detach()` and `nn.Parameter(...)`."""
    match value:
        case cst.Attribute(value=inner, attr=cst.Name(value="data")):
            return _core(inner)
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="detach")), args=[]):
            return _core(inner)
        case cst.Call(
            func=cst.Attribute(attr=cst.Name(value="Parameter")) | cst.Name(value="Parameter"),
            args=[cst.Arg(keyword=None, star="", value=inner)],
        ):
            return _core(inner)
    return value


def name_the_module(fact: ReparametrizationMisuse, shop: Workshop) -> Fix | None:
    """Give a reparametrization the module and the name of its parameter."""
    bench, node = shop.bench(fact.site), fact.site.node
    if not isinstance(node, cst.Call) or not node.args or node.args[0].star or node.args[0].keyword is not None:
        return None
    first, *rest = node.args
    if fact.problem is ReparametrizationProblem.NAME_NOT_STRING:
        return _as_name(bench, first, rest)
    if fact.problem is not ReparametrizationProblem.ON_PARAMETER or not isinstance(first.value, cst.Attribute):
        return None
    owner, name = first.value.value, first.value.attr.value
    if not isinstance(owner, (cst.Name, cst.Attribute)):
        return None
    end = bench.outer(first.value).end
    given = [one for one in rest if one.keyword is None or one.keyword.value in ("name", "tensor_name")]
    required = bench.dotted(node.func).startswith(("torch.nn.utils.prune", "torch.nn.utils.parametrize."))
    added = f', "{name}"' if (name != "weight" or required) and not given else ""
    edits: list[Edit | None] = [Edit(Range(bench.outer(owner).end, end), added)]
    if given and not isinstance(given[0].value, cst.SimpleString):
        return None
    written = bench.parent(node)
    if isinstance(written, cst.Assign):
        targets = [bench.code(one.target) for one in written.targets]
        if targets == [bench.code(first.value)]:
            edits.append(bench.between(bench.range(written).start, bench.outer(node).start))
        elif targets != [bench.code(owner)]:
            return None  # what the name is meant to hold is not known
    elif not isinstance(written, cst.Expr):
        return None
    return safe(f"give it the module: `{bench.code(owner)}`", *edits, *_successor(bench, node))


def _successor(bench: Bench, node: cst.Call) -> list[Edit]:
    """The edits by which a call that raises so far names the successor of a deprecated function."""
    if bench.dotted(node.func) not in _hooks("weight_norm"):
        return []
    moved = _moved_import(bench, node, "weight_norm", once=True)
    if moved is not None:
        return [moved]
    spelling = bench.spell("torch.nn.utils.parametrizations.weight_norm", node)
    return [*spelling.edits, bench.replace(node.func, spelling.text)] if spelling is not None else []


def _as_name(bench: Bench, first: cst.Arg, rest: list[cst.Arg]) -> Fix | None:
    match rest:
        case [cst.Arg(star="", value=cst.Attribute(value=owner, attr=cst.Name(value=name)) as value), *_]:
            if bench.code(owner) == bench.code(first.value):
                return safe("give it the name", bench.replace(value, f'"{name}"'))
    return None


def succeed(fact: HookApplied, shop: Workshop) -> Fix | None:
    """Apply the parametrization that took the place of a hook-based function."""
    bench, node = shop.bench(fact.site), fact.site.node
    text = shop.program.text
    legacy = rf"remove_{fact.family}|\b{fact.family}_(g|v|orig|u)\b|weight_[gv]\b|weight_orig\b"
    if not isinstance(node, cst.Call) or bench.dotted(node.func) not in _hooks(fact.family) or re.search(legacy, text):
        return None  # its removal and the names of its parts differ, too
    message = "use its successor; the keys of the state dict change: `weight_g` is `parametrizations.weight.original0`"
    if fact.family != "weight_norm":
        message = "use its successor; the keys of the state dict change"
    moved = _moved_import(bench, node, fact.family, once=False)
    if moved is not None:
        return unsafe(message, moved)
    spelling = bench.spell(f"torch.nn.utils.parametrizations.{fact.family}", node)
    if spelling is None:
        return None
    return unsafe(message, *spelling.edits, bench.replace(node.func, spelling.text))


def _hooks(family: str) -> tuple[str, str]:
    """What a hook-based function is called in full."""
    return f"torch.nn.utils.{family}", f"torch.nn.utils.{family}.{family}"


def _moved_import(bench: Bench, node: cst.Call, family: str, *, once: bool) -> Edit | None:
    """Import the same name from the other module, where it is imported alone, and every use of it may change.

    `once`: this call must be the only use; else no comment may silence one.
    """
    if not isinstance(node.func, cst.Name) or bench.dotted(node.func) != f"torch.nn.utils.{family}":
        return None
    text = bench.program.text
    if len(re.findall(rf"\b{node.func.value}\b", text)) != 2 and (once or re.search(r"noqa|torchtielint:", text)):
        return None
    for statement in bench.program.binders(node.func.value):
        line = bench.program.lines()[statement.first_line - 1]
        if re.fullmatch(rf"from torch\.nn\.utils import {family}( as \w+)?\s*(#.*)?", line):
            return insert(Position(statement.first_line, len("from torch.nn.utils") + 1), ".parametrizations")
    return None
