"""What the expressions of one function may be."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable

from torchtielint.semantics.screen.kinds import STATE, Kind, Kinds, Suspicion
from torchtielint.semantics.screen.record import Branch, Reading
from torchtielint.semantics.screen.syntax import container_kind, dotted_name, element_kind, is_floating, last_name

_DATA_BUILTINS = frozenset(
    {
        "int", "float", "bool", "str", "bytes", "len", "range", "min", "max", "sum", "abs", "round", "isinstance",
        "issubclass", "hasattr", "type", "print", "id", "repr", "format", "any", "all", "pow", "divmod", "hash", "open",
        "callable", "ord", "chr", "slice", "partial", "complex", "input", "dir", "object", "property",
    }
)  # fmt: skip
GATHERS = frozenset({"list", "tuple", "set", "dict", "sorted", "reversed", "zip", "enumerate", "iter", "next", "map",
                      "filter", "OrderedDict", "defaultdict", "frozenset", "deque", "chain", "getattr"})  # fmt: skip
_TENSORS = frozenset({"torch", "F", "np", "numpy", "math", "einops", "os", "re", "logging", "warnings", "json", "sys",
                      "logger", "_logger", "itertools", "functools", "collections", "random", "time", "inspect", "jnp",
                      "scipy", "copy", "typing", "string", "Path", "dist"})  # fmt: skip
# Functions of torch that answer a question.
_ANSWERS = re.compile(
    r"torch\.(?:distributions|cuda|npu|xpu|mps|backends|version|jit\.is_|is_|get_|device\b|finfo|iinfo|numel)"
)
# Packages whose classes are no Modules.
_WITHOUT_MODULES = sys.stdlib_module_names | {"numpy", "PIL", "pandas", "cv2", "matplotlib", "scipy", "tqdm"}
_TUPLES = ("tuple", "make_divisible")
_FRESH = frozenset({"zeros", "ones", "randn", "rand", "full", "normal", "tensor", "linspace", "randn_like", "eye",
                    "zeros_like", "ones_like", "full_like"})  # fmt: skip
# Names of numbers, sizes and settings, whatever is called to find them.
_NUMBERS = re.compile(
    r"(?:num|use|has|is)_\w+|(?:in|out|hidden)_features"
    r"|(?:\w+_)?(?:sizes?|dims?|infos?|chs|channels|ratios?|index|idx|shapes?|strides?|lengths?|resolution)"
    r"|dilations?|padding|cfg|args|kwargs"
)
_INTEGERS = re.compile(r"int|long|bool|short|byte")
_DATA_NAMES = re.compile(
    r"num|dim|size|chan|feat|chs|len|shape|strid|reduc|info|conf|cfg|devi|dtype|train|eps|head|widt|dept|reso|scal|drop"
    r"|mode|name|type|index|idx|count|max|min|prob|rate|ratio|padd|vocab|hidden|kernel|dilat|group|flag|use_|is_|has_"
)
_MEMBERS = frozenset({"children", "modules", "named_children", "named_modules", "values", "items"})


class Expressions:
    """Tells what expressions may be; the names of one function, and what is known of its object, are kept here.

    Args:
        attribute: what an attribute of the object may be, as far as other methods say; None where they say nothing.
        result: what a call of a name returns that is no class; None where that is not known.
        is_module: whether a name with a capital may be a Module class.
        full: a dotted name behind the imports of the file.
        keeps: whether a function of the project may put what it is given somewhere.
        is_function: whether a name is that of a function of the project.
        forward: it is (called by) a forward, where what goes to a call is not kept.
    """

    def __init__(
        self,
        attribute: Callable[[str], Kinds | None],
        result: Callable[[str], Kinds | None],
        is_module: Callable[[str], bool],
        full: Callable[[str], str],
        keeps: Callable[[str], bool],
        is_function: Callable[[str], bool],
        *,
        name: str = "",
        forward: bool = False,
    ) -> None:
        self.reading = Reading()
        self._elsewhere = attribute
        self._own: dict[str, Kinds] = {}
        self._result = result
        self._is_module = is_module
        self._full = full
        self._keeps = keeps
        self._is_function = is_function
        self._name = name
        self._forward = forward
        self._receiver = ""
        self._names: dict[str, Kinds] = {}
        self._made: dict[str, tuple[int, ...]] = {}
        self._uses: dict[str, list[Branch]] = {}
        self._loops: tuple[int, ...] = ()
        self._settled = False
        self._branch: Branch = ()
        self._moved, self._moved_once = "", False
        self._dropped: ast.expr | None = None
        self._registered = False

    def _attribute(self, name: str) -> Kinds:
        """What an attribute of the object may be."""
        elsewhere = self._elsewhere(name)
        own = self._own.get(name)
        if own is None:
            return Kind.GIVEN if elsewhere is None else elsewhere
        return own | elsewhere if elsewhere is not None else own

    def _suspect(self, suspicion: Suspicion) -> None:
        self.reading.suspicions.add(suspicion)

    def _called_name(self, node: ast.Call) -> str:
        """What a call names, behind imports; empty for what is no name, or one that is bound here."""
        dotted = dotted_name(node.func)
        return self._full(dotted) if dotted and dotted.partition(".")[0] not in self._names else ""

    def _makes_parameter(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._called_name(node).rpartition(".")[2] == "Parameter"

    def _is_fresh(self, node: ast.expr) -> bool:
        """Whether an expression makes a floating point tensor of its own."""
        match node:
            case ast.Call(args=args, keywords=keywords) if self._called_name(node).startswith("torch."):
                name = self._called_name(node).removeprefix("torch.")
                plain = all(self._kind(one) & ~Kind.GIVEN == Kind.DATA for one in args)
                typed = any(one.arg in ("requires_grad", "out") or _INTEGERS.search(ast.dump(one)) for one in keywords)
                whole = name in ("tensor", "full") and not is_floating(args[-1] if args else None)
                return name in _FRESH and plain and not typed and not whole
            case ast.BinOp(left=left, right=right, op=op) if not isinstance(op, ast.MatMult):
                return (
                    self._is_fresh_factor(left)
                    and self._is_fresh_factor(right)
                    and (self._is_fresh(left) or self._is_fresh(right))
                )
        return False

    def _is_fresh_factor(self, node: ast.expr) -> bool:
        return self._is_fresh(node) or (self._kind(node) & ~Kind.GIVEN == Kind.DATA and not isinstance(node, ast.Call))

    def _kind(self, node: ast.expr) -> Kinds:
        """What an expression may be."""
        match node:
            case ast.Name(id=name):
                return self._names.get(name, Kind.DATA)
            case ast.Call():
                return self._call_kind(node)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == self._receiver:
                return self._attribute(name)
            case ast.Attribute(value=owner, attr=name):
                held = self._kind(owner)
                if held and name in ("weight", "bias"):
                    return Kind.PARAMETER
                child = Kind.MODULE if held & Kind.MODULE and not _DATA_NAMES.search(name) else Kind.DATA
                return held & (Kind.TENSOR | Kind.PARAMETER) | child
            case ast.BinOp(left=left, right=right):
                both = self._kind(left) | self._kind(right)
                kept = both & (Kind.CONTAINER | Kind.TENSOR | Kind.GIVEN)
                return kept | (Kind.TENSOR if both & Kind.PARAMETER else Kind.DATA)
            case ast.UnaryOp(operand=operand):
                inner = self._kind(operand) & (Kind.TENSOR | Kind.PARAMETER)
                return Kind.TENSOR | Kind.PARAMETER if inner & Kind.PARAMETER else inner
            case ast.IfExp(body=left, orelse=right):
                return self._kind(left) | self._kind(right)
            case ast.BoolOp(values=values):
                return self._all(values)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return container_kind(self._all(elements))
            case ast.Dict(values=values):
                return container_kind(self._all(values))
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                return container_kind(self._kind(element))
            case ast.DictComp(value=element):
                return container_kind(self._kind(element))
            case ast.Subscript(value=owner):
                return element_kind(self._kind(owner)) & ~Kind.SELF
            case ast.Starred(value=value) | ast.NamedExpr(value=value) | ast.Await(value=value):
                return self._kind(value)
        return Kind.DATA

    def _kind_as(self, name: str, value: ast.expr) -> Kinds:
        """What a value may be that somebody calls so: what is called a size is one where nothing else is known."""
        kind = self._kind(value)
        made = isinstance(value, ast.Call) and last_name(value.func).lstrip("_")[:1].isupper()
        if made or kind & Kind.PARAMETER or not _NUMBERS.fullmatch(name):
            return kind
        return kind & ~(Kind.MADE | Kind.FOREIGN)

    def _all(self, nodes: Iterable[ast.expr]) -> Kinds:
        found = Kind.DATA
        for node in nodes:
            found |= self._kind(node)
        return found

    def _call_kind(self, node: ast.Call) -> Kinds:
        dotted = dotted_name(node.func)
        first, _, rest = dotted.partition(".")
        full = self._called_name(node)
        last = (full or dotted).rpartition(".")[2] or last_name(node.func)
        if last == "Parameter":
            return Kind.PARAMETER
        if last.endswith(_TUPLES):
            return self._all(node.args) & ~(Kind.MADE | Kind.FOREIGN)
        if dotted and not rest and first not in self._names:
            if first in _DATA_BUILTINS:
                return Kind.DATA
            if first in GATHERS:
                return self._all(node.args) | self._all(keyword.value for keyword in node.keywords)
        if ".init." in full:
            return self._all(node.args) & Kind.TENSOR
        if self._names_a_class(node, last):
            if full.startswith("torch.") and not full.startswith("torch.nn."):
                return Kind.DATA if _ANSWERS.match(full) else Kind.TENSOR
            if rest and last in GATHERS:
                return self._all(node.args)
            if full.partition(".")[0] in _WITHOUT_MODULES:
                return Kind.DATA
            if first not in self._names and self._is_function(dotted or last):
                return self._given_back(node, self._result(dotted or last))
            listed = Kind.LISTED if last in ("ModuleList", "ModuleDict") else Kind.DATA
            return Kind.MODULE | listed if self._is_module(dotted or last) else Kind.DATA
        if full.startswith("torch."):
            return Kind.DATA if _ANSWERS.match(full) else self._all(node.args) & STATE | Kind.TENSOR
        if dotted and first in _TENSORS and first not in self._names:
            given = self._all(node.args) & STATE
            return given | (Kind.TENSOR if first in ("torch", "F", "einops") else Kind.DATA)
        if isinstance(node.func, ast.Attribute):
            return self._method_kind(node, node.func)
        if dotted and first not in self._names:
            known = self._result(dotted)
            return self._given_back(node, known)
        return self._called(self._kind(node.func))

    def _names_a_class(self, node: ast.Call, last: str) -> bool:
        """Whether what is called is written as a class is, and is no module of the object that has a class's name."""
        function = node.func
        if not last.lstrip("_")[:1].isupper():
            return False
        own = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
        if own and function.value.id == self._receiver:  # type: ignore[attr-defined]  # it is an attribute of a name
            return not self._attribute(last) & Kind.MODULE
        return True

    def _called(self, held: Kinds) -> Kinds:
        """What a call of something that has a name here gives."""
        if self._forward:
            return Kind.TENSOR if held & (STATE | Kind.GIVEN) else held
        return (held & ~Kind.GIVEN) | Kind.MADE if held & Kind.GIVEN or not held else held

    def _method_kind(self, node: ast.Call, function: ast.Attribute) -> Kinds:
        owner = function.value
        if isinstance(owner, ast.Name) and owner.id == self._receiver:
            held = self._attribute(function.attr)
            return self._called(held)
        held = self._kind(owner)
        if isinstance(owner, ast.Call) and last_name(owner.func) == "super":
            return Kind.DATA if function.attr == "__init__" else Kind.GIVEN | Kind.MODULE
        dotted = dotted_name(function)
        if dotted and dotted.split(".")[0] not in self._names and not held:
            known = self._result(dotted)
            return self._given_back(node, known)
        if held & Kind.MODULE and function.attr in _MEMBERS:
            return Kind.CONTAINER
        if _NUMBERS.fullmatch(function.attr):
            return Kind.DATA
        return held & ~Kind.SELF

    def _given_back(self, node: ast.Call, known: Kinds | None) -> Kinds:
        """What a function of the project returns, which may be what it is given, or made of it."""
        if known is None:
            return Kind.FOREIGN
        if known & Kind.GIVEN:
            given = self._all(node.args) | self._all(keyword.value for keyword in node.keywords)
            known |= given & ~Kind.SELF | (Kind.TENSOR if given & Kind.PARAMETER else Kind.DATA)
        return known
