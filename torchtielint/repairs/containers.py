"""Repairs of plain containers: what torch's own ones register."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchtielint.findings import Edit, Fix
from torchtielint.repairs.attributes import is_assigned, is_plain_use, methods_called, uses
from torchtielint.repairs.workshop import Bench, Workshop, insert, safe, unsafe
from torchtielint.semantics.facts.registration import UnregisteredContents
from torchtielint.semantics.facts.sharing import RepeatedModule
from torchtielint.torch_facts import load

_METHODS = {
    "nn.ModuleList": frozenset({"append", "extend", "insert", "pop"}),
    "nn.ParameterList": frozenset({"append", "extend"}),
    "nn.ModuleDict": frozenset({"items", "keys", "values", "update", "pop", "clear"}),
    "nn.ParameterDict": frozenset(
        {"items", "keys", "values", "update", "pop", "clear", "get", "setdefault", "popitem", "copy"}
    ),
}
# Methods of plain containers that the ones of torch lack.
_LACKING = frozenset(
    {"index", "remove", "sort", "copy", "reverse", "count", "get", "setdefault", "popitem", "insert", "pop"}
)
_CALLS = {"list": False, "tuple": False, "dict": True}


def wrap_contents(fact: UnregisteredContents, shop: Workshop) -> Fix | None:
    """Put a plain container into the one of torch, where the class uses it as that one can be used."""
    bench, node = shop.bench(fact.site), fact.site.node
    target, value, annotation = _assignment(node)
    if not isinstance(target, cst.Attribute) or value is None or fact.container in ("deque", "set"):
        return None
    mapping = _is_mapping(value)
    if mapping is None or bench.code(target) != f"self.{target.attr.value}":
        return None
    wrapper = f"nn.{'Module' if fact.modules else 'Parameter'}{'Dict' if mapping else 'List'}"
    found = uses(bench, target, target.attr.value)
    methods = _METHODS[wrapper]
    called = list(methods_called(bench, found))
    if any(is_assigned(bench, use) for use in found) or any(name in _LACKING - methods for name, _ in called):
        return None
    contents = [*_contents(value), *(added for name, call in called for added in _added(name, call))]
    doubts = [_doubt(one, mapping, fact.modules) for one in contents]
    spelling = bench.spell(f"torch.{wrapper}", node)
    if spelling is None or None in doubts:
        return None
    edits: list[Edit] = [*spelling.edits, *_wrapped(bench, value, spelling.text)]
    if annotation is not None:
        edits.append(bench.replace(annotation.annotation, spelling.text))
    sure = contents and not any(doubts) and all(is_plain_use(bench, use, methods) for use in found)
    message = f"wrap it in `{spelling.text}`: what it holds joins the parameters and the state dict"
    return (safe if sure else unsafe)(message, *edits)


def _assignment(
    node: cst.CSTNode,
) -> tuple[cst.BaseExpression | None, cst.BaseExpression | None, cst.Annotation | None]:
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=target)], value=value):
            return target, value, None
        case cst.AnnAssign(target=target, value=value, annotation=annotation):
            return target, value, annotation
    return None, None, None


def _is_mapping(value: cst.BaseExpression) -> bool | None:
    """Whether an expression makes a dict; None where it makes no list or tuple either."""
    match value:
        case cst.List() | cst.Tuple() | cst.ListComp() | cst.GeneratorExp():
            return False
        case cst.Dict() | cst.DictComp():
            return True
        case cst.Call(func=cst.Name(value=name)) if name in _CALLS:
            return _CALLS[name]
    return None


def _wrapped(bench: Bench, value: cst.BaseExpression, wrapper: str) -> Iterator[Edit]:
    """The edits that make a container the argument of a call."""
    match value:
        case cst.List(elements=[]) | cst.Tuple(elements=[]) | cst.Dict(elements=[]) | cst.Call(args=[]):
            yield bench.replace(value, f"{wrapper}()")
            return
        case cst.Tuple(lpar=[]):
            before, after = f"{wrapper}((", "))"
        case _:
            before, after = f"{wrapper}(", ")"
    own = isinstance(value, (cst.Tuple, cst.GeneratorExp))  # whose parentheses are their own
    place = bench.outer(value) if own else bench.range(value)
    yield insert(place.start, before)
    yield insert(place.end, after)


def _contents(value: cst.BaseExpression) -> Iterator[cst.CSTNode]:
    """The elements that a display or comprehension makes; of a dict they are its entries."""
    match value:
        case cst.List(elements=elements) | cst.Tuple(elements=elements):
            yield from (one.value if isinstance(one, cst.Element) else one for one in elements)
        case cst.Dict(elements=entries):
            yield from entries
        case cst.ListComp(elt=element) | cst.GeneratorExp(elt=element):
            yield element
        case cst.DictComp():
            yield value
        case cst.Call(args=[]):
            return
        case cst.Call(args=[cst.Arg(value=cst.ListComp() | cst.GeneratorExp() | cst.List() as inner)]):
            yield from _contents(inner)
        case _:
            yield value


def _added(name: str, call: cst.Call) -> Iterator[cst.CSTNode]:
    """What a method puts into a list."""
    match name, call.args:
        case "append", [cst.Arg(value=value)]:
            yield value
        case "insert", [_, cst.Arg(value=value)]:
            yield value
        case (("extend" | "update"), [cst.Arg(value=value)]):
            yield from _contents(value)


def _doubt(element: cst.CSTNode, mapping: bool, modules: bool) -> bool | None:  # of the container
    """Whether it is uncertain that torch's container takes an element; None where it certainly does not."""
    match element:
        case cst.DictElement(key=key, value=value):
            return _either(_key_doubt(key, modules), _doubt(value, False, modules))
        case cst.DictComp(key=key, value=value):
            return _either(_key_doubt(key, modules), _doubt(value, False, modules))
        case cst.Call(func=func):
            name = (
                func.attr.value if isinstance(func, cst.Attribute) else func.value if isinstance(func, cst.Name) else ""
            )
            return not name[:1].isupper()
        case cst.List() | cst.Tuple() | cst.Dict() | cst.ListComp() | cst.DictComp() | cst.Set():
            return None
        case (
            cst.SimpleString()
            | cst.ConcatenatedString()
            | cst.Integer()
            | cst.Float()
            | cst.Lambda()
            | cst.FormattedString()
        ):
            return None
        case cst.IfExp(body=body, orelse=orelse):
            return _either(_doubt(body, mapping, modules), _doubt(orelse, mapping, modules))
        case cst.Name(value="None"):
            return None
    return True


def _either(one: bool | None, other: bool | None) -> bool | None:
    return None if one is None or other is None else one or other


def _key_doubt(key: cst.BaseExpression, modules: bool) -> bool | None:  # of the container
    """Likewise of a key: a name, without a dot, that no method of the container has."""
    match key:
        case cst.SimpleString():
            name = key.evaluated_value
            if not isinstance(name, str) or not name or "." in name:
                return None
            taken = (
                load().module_attributes
                | load().module_methods
                | (_METHODS["nn.ModuleDict"] if modules else frozenset())
            )
            return None if name in taken else False
        case cst.Integer() | cst.Float() | cst.Tuple():
            return None
    return True


def repeat_construction(fact: RepeatedModule, shop: Workshop) -> Fix | None:
    """Make an element for each place of `[element] * n`, or of a comprehension that repeats a name."""
    bench, node = shop.bench(fact.site), fact.site.node
    match node:
        case cst.BinaryOperation(left=cst.List(elements=[cst.Element(value=element)]), right=number):
            first, times = False, f" for _ in range({bench.code(number)})]"
        case cst.BinaryOperation(left=number, right=cst.List(elements=[cst.Element(value=element)])):
            first, times = True, f" for _ in range({bench.code(number)})]"
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="fromkeys"))):
            return _for_each_key(bench, node)
        case cst.ListComp(elt=cst.Name() as element):
            first, times = False, ""
        case _:
            return None
    opening, closing, imports = "", "", tuple[Edit, ...]()
    if isinstance(element, cst.Name):
        spelling = bench.spell("copy.deepcopy", node)
        if spelling is None:
            return None
        opening, closing, imports = f"{spelling.text}(", ")", spelling.edits
    elif not isinstance(element, cst.Call):
        return None
    inner, outer = bench.outer(element), bench.outer(node)
    before = bench.between(outer.start, inner.start, f"[{opening}") if first else insert(inner.start, opening)
    after = bench.between(inner.end, outer.end, closing + times) if times else insert(inner.end, closing)
    what = "copy it for each place" if opening else "make one for each place"
    return unsafe(f"{what}: each has parameters of its own", *imports, before, after)


def _for_each_key(bench: Bench, node: cst.Call) -> Fix | None:
    """`dict.fromkeys(keys, value)` as a comprehension, which makes each value anew."""
    match node.args:
        case [cst.Arg(keyword=None, star="", value=keys), cst.Arg(keyword=None, star="", value=cst.Call() as value)]:
            pass
        case _:
            return None
    made = bench.code(value)
    if bench.code(node.func) != "dict.fromkeys" or re.search(r"\bkey\b", made):
        return None
    comprehension = f"{{key: {made} for key in {bench.code(keys)}}}"
    whole = bench.outer(node)
    edit = bench.between(whole.start, whole.end, comprehension)
    return unsafe("make one for each place: each has parameters of its own", edit)
