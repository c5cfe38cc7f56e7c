"""Repairs of calls: wrong arguments, what should be called instead of assigned, and calls that are missing."""

from __future__ import annotations

import libcst as cst

from torchtielint.findings import Edit, Fix, Position, Range
from torchtielint.repairs.workshop import Bench, Workshop, insert, safe, unsafe
from torchtielint.semantics.facts.checkpoints import LiveSnapshot
from torchtielint.semantics.facts.hugging_face import PostInitMissing
from torchtielint.semantics.facts.optimizers import FlagOn, FlagSet
from torchtielint.semantics.facts.registration import ContainerMisuse, LeafTensor, Misuse, TensorHeldAs


def give_what_it_takes(fact: ContainerMisuse, shop: Workshop) -> Fix | None:
    """Unpack a list for a container that takes arguments, or make one of arguments for one that takes a list."""
    bench, node = shop.bench(fact.site), fact.site.node
    if not isinstance(node, cst.Call) or not node.args or any(one.star or one.keyword for one in node.args):
        return None
    first, last = bench.outer(node.args[0].value), bench.outer(node.args[-1].value)
    match fact.misuse:
        case Misuse.LIST_ARGUMENT if len(node.args) == 1 and not isinstance(node.args[0].value, cst.GeneratorExp):
            return safe("unpack it", insert(first.start, "*"))
        case Misuse.SEVERAL_ARGUMENTS | Misuse.MODULE_ARGUMENT:
            return safe("give it a list", insert(first.start, "["), insert(last.end, "]"))
    return None


def set_on_parameters(fact: FlagSet, shop: Workshop) -> Fix | None:
    """Set `requires_grad` on all parameters of a module, or by its right name on one."""
    bench, node = shop.bench(fact.site), fact.site.node
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() as target)], value=value):
            pass
        case _:
            return None
    if isinstance(value, cst.Tuple):
        return None
    if fact.on is FlagOn.TENSOR:
        return unsafe("set `requires_grad`, which changes what trains", Edit(bench.range(target.attr), "requires_grad"))
    if fact.on is not FlagOn.MODULE or fact.name != "requires_grad":
        return None
    return unsafe(
        "set it on all of its parameters, which changes what trains",
        bench.between(bench.outer(target.value).end, bench.outer(value).start, ".requires_grad_("),
        insert(bench.outer(value).end, ")"),
    )


def call_post_init(fact: PostInitMissing, shop: Workshop) -> Fix | None:
    """Call `self.post_init()` at the end of a constructor."""
    bench, node = shop.bench(fact.site), fact.site.node
    if not isinstance(node, cst.FunctionDef) or not isinstance(node.body, cst.IndentedBlock):
        return None
    last = node.body.body[-1]
    if not isinstance(last, cst.SimpleStatementLine) or isinstance(last.body[-1], (cst.Return, cst.Raise)):
        return None
    place = bench.range(last)
    indent = bench.text(Range(Position(place.start.line, 1), place.start))
    content = f"{indent}self.post_init()\n"
    message = "call it at the end, which initialises the weights as the model says"
    return unsafe(message, insert(Position(place.end.line + 1, 1), content))


def copy_snapshot(fact: LiveSnapshot, shop: Workshop) -> Fix | None:
    """Put a copy of a state dict aside."""
    bench, node = shop.bench(fact.site), fact.site.node
    match node:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="state_dict"))):
            pass
        case _:
            return None
    spelling = bench.spell("copy.deepcopy", node)
    if spelling is None:
        return None
    place = bench.outer(node)
    return safe("put a copy aside", *spelling.edits, insert(place.start, f"{spelling.text}("), insert(place.end, ")"))


def make_parameter(fact: LeafTensor, shop: Workshop) -> Fix | None:
    """Make a Parameter of a tensor that is made to be trained."""
    bench, node = shop.bench(fact.site), fact.site.node
    if fact.held_as is TensorHeldAs.REGISTER_PARAMETER:
        return _registered(bench, node)
    match node:
        case cst.Assign(targets=[cst.AssignTarget()], value=cst.Call() as value):
            pass
        case _:
            return None
    spelling = bench.spell("torch.nn.Parameter", node)
    if spelling is None or fact.held_as is not TensorHeldAs.ATTRIBUTE:
        return None
    place = bench.outer(value)
    return unsafe(
        "make it a Parameter: it joins the parameters and the state dict",
        *spelling.edits,
        insert(place.start, f"{spelling.text}("),
        *_without_flag(bench, value),
        insert(place.end, ")"),
    )


def _registered(bench: Bench, node: cst.CSTNode) -> Fix | None:
    """Wrap the tensor that `register_parameter` refuses."""
    call = node.value if isinstance(node, cst.Expr) else node
    if not isinstance(call, cst.Call) or len(call.args) != 2 or any(one.star or one.keyword for one in call.args):
        return None
    spelling = bench.spell("torch.nn.Parameter", node)
    place = bench.outer(call.args[1].value)
    if spelling is None:
        return None
    return safe("wrap the tensor", *spelling.edits, insert(place.start, f"{spelling.text}("), insert(place.end, ")"))


def _without_flag(bench: Bench, call: cst.Call) -> list[Edit]:
    """Take away a `requires_grad=True` behind other arguments, which a Parameter has of itself."""
    for before, argument in zip(call.args, call.args[1:], strict=False):
        if argument.keyword is not None and argument.keyword.value == "requires_grad":
            edit = bench.between(bench.outer(before.value).end, bench.outer(argument.value).end)
            return [edit] if edit is not None and isinstance(argument.value, cst.Name) else []
    return []
