"""Reads a function, a method or a block of statements for what could make a rule speak."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from torchtielint.semantics.screen.kinds import HELD, KEPT, STATE, Kind, Kinds, Suspicion

_DATA_BUILTINS = frozenset(
    {
        "int", "float", "bool", "str", "bytes", "len", "range", "min", "max", "sum", "abs", "round", "isinstance",
        "issubclass", "hasattr", "type", "print", "id", "repr", "format", "any", "all", "pow", "divmod", "hash", "open",
        "callable", "ord", "chr", "slice", "partial", "complex", "input", "dir", "object", "property",
    }
)  # fmt: skip
_GATHERS = frozenset({"list", "tuple", "set", "dict", "sorted", "reversed", "zip", "enumerate", "iter", "next", "map",
                      "filter", "OrderedDict", "defaultdict", "frozenset", "deque", "chain", "getattr"})  # fmt: skip
_TENSORS = frozenset({"torch", "F", "np", "numpy", "math", "einops", "os", "re", "logging", "warnings", "json", "sys",
                      "logger", "_logger", "itertools", "functools", "collections", "random", "time", "inspect", "jnp",
                      "scipy", "copy", "typing", "string", "Path", "dist"})  # fmt: skip
_FRESH = frozenset({"zeros", "ones", "randn", "rand", "full", "normal", "tensor", "linspace", "randn_like", "eye",
                    "zeros_like", "ones_like", "full_like"})  # fmt: skip
_CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})
_PARAMETER_CONTAINERS = frozenset({"ParameterList", "ParameterDict", "BufferDict", "BufferList"})
_INTEGERS = re.compile(r"int|long|bool|short|byte")
_DATA_NAMES = re.compile(
    r"num|dim|size|chan|feat|chs|len|shape|strid|reduc|info|conf|cfg|devi|dtype|train|eps|head|widt|dept|reso|scal|drop"
    r"|mode|name|type|index|idx|count|max|min|prob|rate|ratio|padd|vocab|hidden|kernel|dilat|group|flag|use_|is_|has_"
)
_MEMBERS = frozenset({"children", "modules", "named_children", "named_modules", "values", "items"})
_SETTINGS = re.compile(r"checkpointing|enable|used?_|fused|clip|cfg|traits|args|default|config|mode|strateg|drop_prob")
_GRADIENT = re.compile(r"requ\w*_g")
_FILLS = re.compile(r"init|normal|unif|xavier|kaiming|zero|ones|const|fill|trunc|ortho|eye|dirac|copy")


@dataclass(slots=True)
class Assigned:
    """One assignment to an attribute of the object: what it may be, in which method, and below which tests."""

    kind: Kinds
    method: str
    constant: bool = False
    none: bool = False
    buffer: bool = False
    branch: tuple[tuple[int, int], ...] = ()

    def excludes(self, other: Assigned) -> bool:
        """Whether only one of two assignments can run: they stand in the two arms of one `if`."""
        arms = dict(self.branch)
        return any(arms.get(test, arm) != arm for test, arm in other.branch)


@dataclass(slots=True)
class Reading:
    """What was seen in one function.

    Args:
        suspicions: why it has to be run.
        calls: names that it calls or hands on, as dotted names.
        methods: names of methods and attributes of the object that it reads.
        attributes: what it assigns to the object.
        returns: what it may return.
        aliases: attributes of the object that it hands on to somebody who may keep them.
        creates: the classes of modules that it makes, and the functions that do.
        hands: whom it hands modules, parameters or the object itself.
        names: whom it hands classes.
        empty: attributes that it makes Parameters without values.
        fills: attributes that it hands to something that gives values.
    """

    suspicions: set[Suspicion] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    attributes: dict[str, list[Assigned]] = field(default_factory=dict)
    returns: Kinds = Kind.DATA
    aliases: dict[str, int] = field(default_factory=dict)
    creates: set[str] = field(default_factory=set)
    hands: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    fills: set[str] = field(default_factory=set)


class Reader:
    """Reads one function.

    Args:
        attribute: what an attribute of the object may be, as far as other methods say; None where they say nothing.
        result: what a call of a name returns that is no class; None where that is not known.
        is_module: whether a name with a capital may be a Module class.
        full: a dotted name behind the imports of the file.
        forward: it is (called by) a forward, where what goes to a call is not kept.
    """

    def __init__(
        self,
        attribute: Callable[[str], Kinds | None],
        result: Callable[[str], Kinds | None],
        is_module: Callable[[str], bool],
        full: Callable[[str], str],
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
        self._name = name
        self._forward = forward
        self._receiver = ""
        self._names: dict[str, Kinds] = {}
        self._made: dict[str, tuple[int, ...]] = {}
        self._uses: dict[str, int] = {}
        self._loops: tuple[int, ...] = ()
        self._settled = False
        self._branch: tuple[tuple[int, int], ...] = ()

    # Entry

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, *, receiver: bool) -> Reading:
        """Read a function; `receiver`: its first argument is the object."""
        arguments = node.args
        for at, one in enumerate([*arguments.posonlyargs, *arguments.args]):
            if at == 0 and receiver:
                self._receiver = one.arg
                self._names[one.arg] = Kind.SELF
            else:
                self._names[one.arg] = _annotated(one.annotation)
        for one in arguments.kwonlyargs:
            self._names[one.arg] = _annotated(one.annotation)
        for rest in filter(None, (arguments.vararg, arguments.kwarg)):
            self._names[rest.arg] = Kind.GIVEN
        for default in (*arguments.defaults, *filter(None, arguments.kw_defaults)):
            if any(isinstance(inner, ast.Call) and self._kind(inner) & STATE for inner in ast.walk(default)):
                self._suspect(Suspicion.DEFAULT)
        return self.block(node.body)

    def block(self, body: Sequence[ast.stmt]) -> Reading:
        """Read statements: once for what names may be, once more for what is done with them."""
        self._body(body)
        self._settled = True
        self.reading.suspicions &= {Suspicion.DEFAULT}
        for name, assigned in self.reading.attributes.items():
            for one in assigned:
                self._own[name] = self._own.get(name, Kind.DATA) | one.kind
        self._loops, self._made = (), {}
        self.reading.attributes.clear()
        self._body(body)
        if any(uses > 1 for uses in self._uses.values()):
            self._suspect(Suspicion.ALIAS)
        return self.reading

    def _attribute(self, name: str) -> Kinds:
        """What an attribute of the object may be."""
        elsewhere = self._elsewhere(name)
        own = self._own.get(name)
        if own is None:
            return Kind.GIVEN if elsewhere is None else elsewhere
        return own | elsewhere if elsewhere is not None else own

    def _suspect(self, suspicion: Suspicion) -> None:
        self.reading.suspicions.add(suspicion)

    def held(self) -> set[str]:
        """The names that may be modules, parameters, or containers of them."""
        return {name for name, kind in self._names.items() if kind & HELD}

    # Statements

    def _body(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                self._visit(value)
                if any(
                    _last(inner.func).startswith(("register_", "add_module"))
                    for inner in ast.walk(value)
                    if isinstance(inner, ast.Call)
                ):
                    self._suspect(Suspicion.NAME)
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    self._visit(value)
                    self._assign(target, value)
            case ast.AugAssign(target=target, value=value):
                self._visit(value)
                self._augment(target, value)
            case ast.Expr(value=value):
                self._visit(value)
            case ast.Return(value=value):
                if value is not None:
                    self._visit(value)
                    self.reading.returns |= self._kind(value)
            case ast.If(test=test) | ast.While(test=test):
                self._visit(test)
                if isinstance(node, ast.While):
                    self._loop(node, node.body)
                    self._body(node.orelse)
                else:
                    self._arms(node)
            case ast.For(target=target, iter=source) | ast.AsyncFor(target=target, iter=source):
                self._visit(source)
                self._loops = (*self._loops, id(node))
                self._bind(target, _element(self._kind(source)))
                self._loops = self._loops[:-1]
                self._loop(node, node.body)
                self._body(node.orelse)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    self._visit(item.context_expr)
                    if item.optional_vars is not None:
                        self._bind(item.optional_vars, self._kind(item.context_expr))
                self._body(node.body)
            case ast.Try():
                self._body([*node.body, *(line for one in node.handlers for line in one.body)])
                self._body([*node.orelse, *node.finalbody])
            case ast.Match(subject=subject, cases=cases):
                self._visit(subject)
                for case in cases:
                    for inner in ast.walk(case.pattern):
                        if isinstance(inner, (ast.MatchAs, ast.MatchStar)) and inner.name:
                            self._name_is(inner.name, self._kind(subject))
                    self._body(case.body)
            case ast.Delete(targets=targets):
                roots = [_root(target) for target in targets if not isinstance(target, ast.Name)]
                held = [self._names.get(root, Kind.DATA) if root else STATE for root in roots]
                if any(one & (HELD | Kind.SELF) for one in held):
                    self._suspect(Suspicion.CHILD_CHANGED)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._inner(node)
            case ast.ClassDef():
                self._suspect(Suspicion.CLASS_BODY)
            case _ if type(node).__name__ == "TryStar":  # Python 3.10 has no such class
                self._suspect(Suspicion.CLASS_BODY)
            case ast.Raise() | ast.Assert():
                for inner in ast.iter_child_nodes(node):
                    if isinstance(inner, ast.expr):
                        self._visit(inner)

    def _arms(self, node: ast.If) -> None:
        before = self._branch
        for arm, body in enumerate((node.body, node.orelse)):
            self._branch = (*before, (id(node), arm))
            self._body(body)
        self._branch = before

    def _loop(self, node: ast.stmt, body: Sequence[ast.stmt]) -> None:
        self._loops = (*self._loops, id(node))
        self._body(body)
        self._loops = self._loops[:-1]

    def _inner(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A function in a function: its body as if it stood here, in a loop of its own."""
        self._name_is(node.name, self._names.get(node.name, Kind.GIVEN))
        for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            self._names.setdefault(one.arg, _annotated(one.annotation))
        before = self.reading.returns
        self._loop(node, node.body)
        inner, self.reading.returns = self.reading.returns, before
        self._names[node.name] = self._names[node.name] | inner

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
                for one, each in zip(target.elts, value.elts, strict=True):
                    self._assign(one, each)
            else:
                self._bind(target, _element(self._kind(value)))
            return
        kind = self._kind(value)
        match target:
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if self._names.get(owner, Kind.DATA) & Kind.SELF:
                self._assign_attribute(name, value, kind)
            case ast.Attribute(value=owner, attr=name):
                self._visit(owner)
                self._assign_elsewhere(owner, name, value, kind)
            case ast.Subscript(value=owner, slice=key):
                self._visit(owner)
                self._visit(key)
                self._store(owner, kind)
            case _:
                if isinstance(value, (ast.Name, ast.Attribute)) and not self._forward:
                    self._use_if_held(value)
                self._bind(target, kind)

    def _assign_attribute(self, name: str, value: ast.expr, kind: Kinds) -> None:
        constant = isinstance(value, ast.Constant)
        none = constant and value.value is None  # type: ignore[attr-defined]  # a Constant has a value
        self.reading.attributes.setdefault(name, []).append(
            Assigned(kind, self._name, constant, none, branch=self._branch)
        )
        if not self._settled:
            return
        if kind & Kind.SELF:
            self._suspect(Suspicion.SELF_PASSED)
        if kind & Kind.CONTAINER:
            self._suspect(Suspicion.PLAIN_CONTAINER)
        if kind & Kind.TENSOR and not self._forward:
            self._suspect(Suspicion.PLAIN_TENSOR)
        if kind & Kind.PARAMETER:
            self._parameter(name, value)
        if self._loops and kind & STATE:
            self._suspect(Suspicion.LOOP)
        if not isinstance(value, ast.Call) and not self._is_slice_of(value, name):
            self._use_if_held(value)

    def _is_slice_of(self, value: ast.expr, name: str) -> bool:
        """`self.blocks = self.blocks[:4]`."""
        match value:
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id=owner), attr=attr), slice=ast.Slice()):
                return owner == self._receiver and attr == name
        return False

    def _parameter(self, name: str, value: ast.expr) -> None:
        """`self.w = nn.Parameter(...)`: of fresh values, and nothing else."""
        match value:
            case ast.Call(args=[made], keywords=keywords) if self._makes_parameter(value) and all(
                one.arg == "requires_grad" for one in keywords
            ):
                if isinstance(made, ast.Call) and self._called_name(made) == "torch.empty":
                    self.reading.empty.add(name)
                    return
                if self._is_fresh(made):
                    return
            case ast.IfExp(body=body, orelse=orelse):
                for one in (body, orelse):
                    if self._kind(one) & Kind.PARAMETER:
                        self._parameter(name, one)
                return
        self._suspect(Suspicion.PARAMETER)

    def _called_name(self, node: ast.Call) -> str:
        """What a call names, behind imports; empty for what is no name, or one that is bound here."""
        dotted = _dotted(node.func)
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
                whole = name in ("tensor", "full") and not _is_floating(args[-1] if args else None)
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

    def _assign_elsewhere(self, owner: ast.expr, name: str, value: ast.expr, kind: Kinds) -> None:
        """`a.b = value`: of a child, or of something that is not known."""
        held = self._kind(owner)
        known = held & (HELD | Kind.TENSOR) and not _SETTINGS.search(name)
        if known or kind & (HELD | Kind.TENSOR) or name in ("weight", "bias", "training"):
            self._suspect(Suspicion.CHILD_CHANGED)

    def _store(self, owner: ast.expr, kind: Kinds) -> None:
        """`a[...] = value`."""
        held = self._kind(owner)
        if held & (Kind.PARAMETER | Kind.MODULE) or (_is_own(owner, self._receiver) and held & ~Kind.TENSOR):
            self._suspect(Suspicion.IN_PLACE)
        if kind & HELD:
            root = _root(owner)
            if isinstance(owner, ast.Name):
                self._name_is_also(owner.id, Kind.CONTAINER)
            elif root is not None:
                self._suspect(Suspicion.PLAIN_CONTAINER)

    def _augment(self, target: ast.expr, value: ast.expr) -> None:
        kind = self._kind(value)
        match target:
            case ast.Name(id=name):
                if kind & HELD:
                    self._name_is_also(name, Kind.CONTAINER)
                if self._names.get(name, Kind.DATA) & Kind.PARAMETER:
                    self._suspect(Suspicion.IN_PLACE)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == self._receiver:
                if self._attribute(name) & ~Kind.SELF or kind & HELD:
                    self._suspect(Suspicion.IN_PLACE)
                self.reading.attributes.setdefault(name, []).append(Assigned(kind & ~HELD, self._name))
            case ast.Attribute(value=owner):
                if self._kind(owner) & HELD or kind & HELD:
                    self._suspect(Suspicion.IN_PLACE)
            case ast.Subscript(value=owner):
                if self._kind(owner) & STATE:
                    self._suspect(Suspicion.IN_PLACE)

    def _bind(self, target: ast.expr, kind: Kinds) -> None:
        match target:
            case ast.Name(id=name):
                self._name_is(name, kind)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                for one in elements:
                    self._bind(one, kind)
            case ast.Starred(value=value):
                self._bind(value, kind)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == self._receiver:
                self.reading.attributes.setdefault(name, []).append(Assigned(kind, self._name))
                if kind & (Kind.PARAMETER | Kind.CONTAINER | Kind.SELF) and self._settled:
                    self._suspect(Suspicion.CHILD_CHANGED)
            case ast.Attribute() | ast.Subscript():
                if kind & (HELD | Kind.TENSOR):
                    self._suspect(Suspicion.CHILD_CHANGED)

    def _name_is(self, name: str, kind: Kinds) -> None:
        self._names[name] = self._names.get(name, Kind.DATA) | kind
        self._made[name] = self._loops

    # Expressions

    def _visit(self, node: ast.expr) -> None:
        """Note what an expression does."""
        stack: list[ast.AST] = [node]
        while stack:
            current = stack.pop()
            match current:
                case ast.Call():
                    self._call(current)
                case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                    self._comprehension(current, (current.elt,))
                case ast.DictComp():
                    self._comprehension(current, (current.key, current.value))
                case ast.BinOp(left=left, right=right, op=op):
                    if self._makes_parameter(left) or self._makes_parameter(right):
                        self._suspect(Suspicion.PARAMETER)
                    listed = [one for one in (left, right) if isinstance(one, (ast.List, ast.Tuple))]
                    if isinstance(op, ast.Mult) and any(self._kind(one) & HELD for one in listed):
                        self._suspect(Suspicion.REPEATED)
                case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Dict(values=elements):
                    for one in elements:
                        self._use_if_held(one)
                case ast.NamedExpr(target=ast.Name(id=name), value=value):
                    self._name_is(name, self._kind(value))
                case ast.Attribute(value=ast.Name(id=owner), attr=attr) if owner == self._receiver:
                    self.reading.methods.add(attr)
                case ast.Name(id=name):
                    if name not in self._names:
                        self.reading.calls.add(name)
            stack.extend(ast.iter_child_nodes(current))

    def _comprehension(self, node: ast.expr, elements: Sequence[ast.expr]) -> None:
        for generator in node.generators:  # type: ignore[attr-defined]  # comprehensions have them
            kind = _element(self._kind(generator.iter))
            for inner in ast.walk(generator.target):
                if isinstance(inner, ast.Name):
                    self._names[inner.id] = self._names.get(inner.id, Kind.DATA) | kind
                    self._made[inner.id] = (*self._loops, id(node))
        for element in elements:
            own = isinstance(element, ast.Name) and self._made.get(element.id, ())[-1:] == (id(node),)
            if isinstance(element, (ast.Name, ast.Attribute)) and not own and self._kind(element) & STATE:
                self._suspect(Suspicion.REPEATED)
            for inner in ast.walk(element):
                if isinstance(inner, ast.Call) and self._kind(inner) & HELD:
                    for one in (*inner.args, *(keyword.value for keyword in inner.keywords)):
                        name = one.id if isinstance(one, ast.Name) else ""
                        if self._kind(one) & HELD and self._made.get(name, ())[-1:] != (id(node),):
                            self._suspect(Suspicion.REPEATED)

    def _call(self, node: ast.Call) -> None:
        function = node.func
        dotted = _dotted(function)
        last = (self._called_name(node) or dotted).rpartition(".")[2] or _last(function)
        if dotted:
            self.reading.calls.add(dotted)
        if last == "Parameter" and not self._is_plain_parameter(node):
            self._suspect(Suspicion.PARAMETER)
        if last == "__init__" and self._name != "__init__":
            self._suspect(Suspicion.SUPER_INIT)
        if self._kind(function) & Kind.LISTED:
            self._suspect(Suspicion.CONTAINER_CALL)
        if last.endswith("_") and not last.endswith("__") and isinstance(function, ast.Attribute):
            inside = self._kind(function.value)
            if inside & STATE or (_is_own(function.value, self._receiver) and inside & Kind.GIVEN):
                self._suspect(Suspicion.IN_PLACE)
        if any(one.arg and _GRADIENT.match(one.arg) for one in node.keywords) and last not in ("Parameter", "dict"):
            self._suspect(Suspicion.PARAMETER)
        if last in _CONTAINERS:
            self._container(last, node)
        elif last in _PARAMETER_CONTAINERS:
            self._suspect(Suspicion.CONTAINER_CALL)
        elif last == "register_buffer":
            self._buffer(node)
        elif last == "add_module":
            self._added(node)
        kind = self._kind(node)
        if kind & (Kind.MODULE | Kind.PARAMETER) and self._makes(function, last):
            self.reading.creates.add(dotted or last)
        if _FILLS.search(last):
            for one in (*node.args, function):
                self._fills(one)
        keeps = (bool(kind & KEPT) and last not in _GATHERS) or last in (
            "append",
            "extend",
            "insert",
            "add",
            "update",
            "setdefault",
        )
        keeps = keeps and not (self._forward and not last[:1].isupper())
        for one in (*node.args, *(keyword.value for keyword in node.keywords)):
            given = self._kind(one)
            if given & Kind.SELF and (last[:1].isupper() or kind & Kind.MODULE) and last != "Parameter":
                self._suspect(Suspicion.SELF_PASSED)
            if given & (Kind.SELF | KEPT):
                self.reading.hands.add(dotted or last)
            elif _names_class(one):
                self.reading.names.add(dotted or last)
            if last not in ("append", "register_parameter", "insert", "isinstance") and self._makes_parameter(one):
                self._suspect(Suspicion.PARAMETER)
            if keeps:
                self._use_if_held(one)
        if isinstance(function, ast.Attribute) and last in (
            "append",
            "extend",
            "insert",
            "add",
            "update",
            "setdefault",
        ):
            given = Kind.DATA
            for one in (*node.args, *(keyword.value for keyword in node.keywords)):
                given |= self._kind(one)
            self._gathered(function.value, given)

    def _fills(self, node: ast.expr) -> None:
        """An attribute is given to something that fills it, or has a method called that does."""
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == self._receiver:
                self.reading.fills.add(node.attr)
            node = node.value

    def _makes(self, function: ast.expr, last: str) -> bool:
        """Whether a call is written as one that makes something."""
        return last.lstrip("_")[:1].isupper() or (isinstance(function, ast.Name) and last not in _GATHERS)

    def _gathered(self, owner: ast.expr, kind: Kinds) -> None:
        """Something is put into a container."""
        if not kind & HELD:
            return
        match owner:
            case ast.Name(id=name):
                if not self._names.get(name, Kind.DATA) & Kind.MODULE:
                    self._name_is_also(name, Kind.CONTAINER)
            case ast.Attribute(value=ast.Name(id=root), attr=name) if root == self._receiver:
                if not self._attribute(name) & Kind.MODULE:
                    self._suspect(Suspicion.PLAIN_CONTAINER)
            case _:
                self._suspect(Suspicion.PLAIN_CONTAINER)

    def _name_is_also(self, name: str, kind: Kinds) -> None:
        self._names[name] = self._names.get(name, Kind.DATA) | kind

    def _container(self, last: str, node: ast.Call) -> None:
        """`nn.Sequential(...)` and its kin, in the ways that everybody writes."""
        args = node.args
        fine = not node.keywords
        for one in args:
            inner = one.value if isinstance(one, ast.Starred) else one
            listed = isinstance(inner, (ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp, ast.Dict, ast.DictComp))
            held = self._kind(inner)
            if last == "Sequential":
                fine &= (
                    isinstance(one, ast.Starred)
                    or not (listed or held & Kind.CONTAINER)
                    or (isinstance(inner, ast.Call) and _last(inner.func) == "OrderedDict")
                )
                fine &= not isinstance(inner, ast.Constant)
            elif last == "ModuleList":
                fine &= listed or bool(held & Kind.CONTAINER) or bool(held & Kind.GIVEN) or isinstance(inner, ast.Name)
                fine &= not isinstance(one, ast.Starred)
            else:
                fine &= isinstance(inner, ast.Dict) and all(
                    isinstance(key, ast.Constant) and str(key.value).isidentifier() for key in inner.keys
                )
            if listed and not isinstance(inner, (ast.Dict, ast.DictComp)):
                elements = inner.elts if isinstance(inner, (ast.List, ast.Tuple)) else [inner.elt]  # type: ignore[attr-defined]  # the rest are comprehensions
                fine &= not any(isinstance(element, ast.Constant) for element in elements)
        if not fine or (last != "Sequential" and len(args) > 1):
            self._suspect(Suspicion.CONTAINER_CALL)

    def _buffer(self, node: ast.Call) -> None:
        name = node.args[0] if node.args else None
        given = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.isidentifier()):
            self._suspect(Suspicion.NAME)
            return
        kinds = Kind.DATA
        for one in given:
            kinds |= self._kind(one)
        words = ast.dump(given[0]) if given else ""
        if kinds & STATE or "'expand" in words or "'broadcast" in words or "rand" in words or self._loops:
            self._suspect(Suspicion.PARAMETER)
        self.reading.attributes.setdefault(name.value, []).append(Assigned(Kind.TENSOR, self._name, buffer=True))

    def _is_plain_parameter(self, node: ast.Call) -> bool:
        """`nn.Parameter(...)` of fresh values, or of memory that somebody will fill."""
        plain = len(node.args) == 1 and all(one.arg == "requires_grad" for one in node.keywords)
        made = node.args[0] if plain else None
        empty = isinstance(made, ast.Call) and self._called_name(made) == "torch.empty"
        return made is not None and (empty or self._is_fresh(made))

    def _added(self, node: ast.Call) -> None:
        """`self.add_module("name", nn.Linear(2, 2))`, in the way that everybody writes."""
        name, made = (node.args[0], node.args[1]) if len(node.args) == 2 else (None, None)
        plain = isinstance(name, (ast.JoinedStr, ast.BinOp)) or (
            isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.isidentifier()
        )
        if name is None or not plain or not isinstance(made, ast.Call) or "." in _constants(name):
            self._suspect(Suspicion.NAME)
        elif isinstance(name, ast.Constant):
            if self._loops:
                self._suspect(Suspicion.LOOP)
            if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
                self.reading.attributes.setdefault(str(name.value), []).append(Assigned(Kind.MODULE, self._name))

    def _use_if_held(self, node: ast.expr) -> None:
        inner = node.value if isinstance(node, ast.Starred) else node
        if isinstance(inner, (ast.Name, ast.Attribute, ast.Subscript)) and self._is_kept(inner):
            self._use(inner)

    def _is_kept(self, node: ast.expr) -> bool:
        """Whether an expression names something that was made here, or belongs to the object."""
        kind = self._kind(node)
        if isinstance(node, ast.Name) and kind & Kind.GIVEN:
            return False
        return bool(kind & (KEPT if self._receiver else KEPT & ~Kind.MADE))

    def _use(self, node: ast.expr) -> None:
        """A thing that has a name goes somewhere where it may be kept."""
        if not self._settled:
            return
        root = _root(node)
        match node:
            case ast.Name(id=name):
                self._uses[name] = self._uses.get(name, 0) + 1
                if self._made.get(name, ()) != self._loops[: len(self._made.get(name, ()))] or len(self._loops) > len(
                    self._made.get(name, ())
                ):
                    self._suspect(Suspicion.ALIAS)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == self._receiver:
                self.reading.aliases[name] = self.reading.aliases.get(name, 0) + 1
                if self._loops and not self._forward:
                    self._suspect(Suspicion.ALIAS)
            case _ if root is not None and not self._forward:
                self._suspect(Suspicion.ALIAS)

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
                return _contained(self._all(elements))
            case ast.Dict(values=values):
                return _contained(self._all(values))
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                return _contained(self._kind(element))
            case ast.DictComp(value=element):
                return _contained(self._kind(element))
            case ast.Subscript(value=owner):
                return _element(self._kind(owner)) & ~Kind.SELF
            case ast.Starred(value=value) | ast.NamedExpr(value=value) | ast.Await(value=value):
                return self._kind(value)
        return Kind.DATA

    def _all(self, nodes: Iterable[ast.expr]) -> Kinds:
        found = Kind.DATA
        for node in nodes:
            found |= self._kind(node)
        return found

    def _call_kind(self, node: ast.Call) -> Kinds:
        dotted = _dotted(node.func)
        first, _, rest = dotted.partition(".")
        full = self._called_name(node)
        last = (full or dotted).rpartition(".")[2] or _last(node.func)
        if last == "Parameter":
            return Kind.PARAMETER
        if dotted and not rest and first not in self._names:
            if first in _DATA_BUILTINS:
                return Kind.DATA
            if first in _GATHERS:
                return self._all(node.args) | self._all(keyword.value for keyword in node.keywords)
        if ".init." in full:
            return self._all(node.args) & Kind.TENSOR
        if last.lstrip("_")[:1].isupper():
            if full.startswith("torch.") and not full.startswith("torch.nn."):
                return Kind.TENSOR
            listed = Kind.LISTED if last in ("ModuleList", "ModuleDict") else Kind.DATA
            return Kind.MODULE | listed if self._is_module(dotted or last) else Kind.DATA
        if full.startswith("torch."):
            return self._all(node.args) & STATE | Kind.TENSOR
        if dotted and first in _TENSORS and first not in self._names:
            given = self._all(node.args) & STATE
            return given | (Kind.TENSOR if first in ("torch", "F", "einops") else Kind.DATA)
        if isinstance(node.func, ast.Attribute):
            return self._method_kind(node, node.func)
        if dotted and first not in self._names:
            known = self._result(dotted)
            return self._given_back(node, known)
        return self._called(self._kind(node.func))

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
        if isinstance(owner, ast.Call) and _last(owner.func) == "super":
            return Kind.DATA if function.attr == "__init__" else Kind.GIVEN | Kind.MODULE
        dotted = _dotted(function)
        if dotted and dotted.split(".")[0] not in self._names and not held:
            known = self._result(dotted)
            return self._given_back(node, known)
        if held & Kind.MODULE and function.attr in _MEMBERS:
            return Kind.CONTAINER
        return held & ~Kind.SELF

    def _given_back(self, node: ast.Call, known: Kinds | None) -> Kinds:
        """What a function of the project returns, which may be what it is given, or made of it."""
        if known is None:
            return Kind.FOREIGN
        if known & Kind.GIVEN:
            given = self._all(node.args) | self._all(keyword.value for keyword in node.keywords)
            known |= given & ~Kind.SELF | (Kind.TENSOR if given & Kind.PARAMETER else Kind.DATA)
        return known


def _names_class(node: ast.expr) -> bool:
    """Whether an argument says the name of a class without calling it."""
    called = {id(inner.func) for inner in ast.walk(node) if isinstance(inner, ast.Call)}
    for inner in ast.walk(node):
        name = inner.id if isinstance(inner, ast.Name) else inner.attr if isinstance(inner, ast.Attribute) else ""
        if name[:1].isupper() and not name.isupper() and id(inner) not in called:
            return True
    return False


def _annotated(annotation: ast.expr | None) -> Kinds:
    """What an argument is by its annotation."""
    if annotation is None:
        return Kind.GIVEN
    words = {inner.id if isinstance(inner, ast.Name) else inner.attr for inner in ast.walk(annotation)
             if isinstance(inner, (ast.Name, ast.Attribute))}  # fmt: skip
    if words & {"Type", "type", "Callable"}:
        return Kind.GIVEN
    if "Module" in words or words & _CONTAINERS:
        return Kind.MODULE | Kind.GIVEN
    return Kind.PARAMETER | Kind.GIVEN if "Parameter" in words else Kind.GIVEN


def _contained(kind: Kinds) -> Kinds:
    """A container of what may be this."""
    return (Kind.CONTAINER if kind & HELD else Kind.DATA) | kind & (Kind.TENSOR | Kind.SELF)


def _element(kind: Kinds) -> Kinds:
    """What a container holds."""
    return (kind & ~(Kind.CONTAINER | Kind.LISTED)) | (Kind.MODULE if kind & Kind.CONTAINER else Kind.DATA)


def _is_floating(node: ast.expr | None) -> bool:
    """Whether a literal is a floating point number."""
    return (
        any(isinstance(inner, ast.Constant) and isinstance(inner.value, float) for inner in ast.walk(node))
        if node
        else False
    )


def _constants(node: ast.expr) -> str:
    """The literal parts of a string that is put together."""
    parts = (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant))
    return "".join(part for part in parts if isinstance(part, str))


def _dotted(node: ast.expr) -> str:
    """A dotted name; empty for any other expression."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=owner, attr=name):
            inner = _dotted(owner)
            return f"{inner}.{name}" if inner else ""
    return ""


def _last(node: ast.expr) -> str:
    """The last part of what a call names."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _root(node: ast.expr) -> str | None:
    """The name at which a chain of attributes and indices begins."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _is_own(node: ast.expr, receiver: str) -> bool:
    """Whether an expression is an attribute of the object, or below one."""
    return bool(receiver) and not isinstance(node, ast.Name) and _root(node) == receiver
