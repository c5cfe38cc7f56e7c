"""What is done with things in the expressions of one function."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from torchtielint.semantics.screen.expressions import GATHERS, Expressions
from torchtielint.semantics.screen.kinds import HELD, KEPT, STATE, Kind, Kinds, Suspicion
from torchtielint.semantics.screen.record import Assigned, excludes
from torchtielint.semantics.screen.syntax import (
    CONTAINERS,
    children,
    dotted_name,
    element_kind,
    is_own,
    last_name,
    literal_text,
    names_class,
    root_name,
    walk,
)
from torchtielint.torch_facts import load

_PARAMETER_CONTAINERS = frozenset({"ParameterList", "ParameterDict", "BufferDict", "BufferList"})
_GRADIENT = re.compile(r"requ\w*_g")
_FILLS = re.compile(r"init|normal|unif|xavier|kaiming|zero|ones|const|fill|trunc|ortho|eye|dirac|copy")

_PUTS = frozenset({"append", "extend", "insert", "add", "update", "setdefault"})
_TAKES_PARAMETER = frozenset({"append", "register_parameter", "insert", "isinstance"})


class Uses(Expressions):
    """Notes what expressions hand on, put together, call and change."""

    def _visit(self, node: ast.expr) -> None:
        """Note what an expression does; in the first reading, what it says of names and attributes."""
        if not self._settled:
            self._prepare(node)
            return
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
                    if isinstance(op, ast.Mult):
                        self._repeated(self._all(one for part in listed for one in part.elts))
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
            stack.extend(children(current))

    def _prepare(self, node: ast.expr) -> None:
        stack: list[ast.AST] = [node]
        while stack:
            current = stack.pop()
            match current:
                case ast.Call(func=ast.Attribute(value=owner, attr=attr)):
                    if attr in _PUTS:
                        given = (*current.args, *(keyword.value for keyword in current.keywords))
                        self._gathered(owner, self._all(given))
                    elif attr == "register_buffer":
                        self._buffer(current)
                    elif attr == "add_module":
                        self._added(current)
                case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                    self._targets(current)
                case ast.NamedExpr(target=ast.Name(id=name), value=value):
                    self._name_is(name, self._kind(value))
            stack.extend(children(current))

    def _targets(self, node: ast.expr) -> None:
        """The names of a comprehension."""
        for generator in node.generators:  # type: ignore[attr-defined]  # comprehensions have them
            kind = element_kind(self._kind(generator.iter))
            for inner in walk(generator.target):
                if isinstance(inner, ast.Name):
                    self._names[inner.id] = self._names.get(inner.id, Kind.DATA) | kind
                    self._made[inner.id] = (*self._loops, id(node))

    def _comprehension(self, node: ast.expr, elements: Sequence[ast.expr]) -> None:
        self._targets(node)
        for element in elements:
            own = isinstance(element, ast.Name) and self._made.get(element.id, ())[-1:] == (id(node),)
            if isinstance(element, (ast.Name, ast.Attribute)) and not own:
                self._repeated(self._kind(element))
            for inner in walk(element):
                if isinstance(inner, ast.Call) and self._kind(inner) & HELD:
                    for one in (*inner.args, *(keyword.value for keyword in inner.keywords)):
                        name = one.id if isinstance(one, ast.Name) else ""
                        if self._kind(one) & HELD and self._made.get(name, ())[-1:] != (id(node),):
                            self._suspect(Suspicion.REPEATED)

    def _repeated(self, kind: Kinds) -> None:
        """One thing stands several times in a list."""
        self.reading.repeats = self.reading.repeats or bool(kind & Kind.GIVEN)
        if kind & HELD:
            self._suspect(Suspicion.REPEATED)

    def _call(self, node: ast.Call) -> None:
        function = node.func
        dotted = dotted_name(function)
        last = (self._called_name(node) or dotted).rpartition(".")[2] or last_name(function)
        if dotted:
            self.reading.calls.add(dotted)
        self._registered = self._registered or last.startswith(("register_", "add_module"))
        self._odd_call(node, last)
        if last in CONTAINERS:
            self._container(last, node)
        elif last == "register_buffer":
            self._buffer(node)
        elif last == "add_module":
            self._added(node)
        if self._makes(node, dotted, last):
            self.reading.creates.add(dotted or last)
        if _FILLS.search(last):
            for one in (*node.args, function):
                self._fills(one)
        self._arguments(node, dotted or last, last)

    def _odd_call(self, node: ast.Call, last: str) -> None:
        """Calls that few people write, and that rules speak about."""
        function = node.func
        if last == "Parameter" and not self._is_plain_parameter(node):
            self._suspect(Suspicion.PARAMETER)
        if last == "__init__" and self._name != "__init__":
            self._suspect(Suspicion.SUPER_INIT)
        if last in _PARAMETER_CONTAINERS or self._kind(function) & Kind.LISTED:
            self._suspect(Suspicion.CONTAINER_CALL)
        if last.endswith("_") and not last.endswith("__") and isinstance(function, ast.Attribute):
            inside = self._kind(function.value)
            if inside & STATE or (is_own(function.value, self._receiver) and inside & Kind.GIVEN):
                self._suspect(Suspicion.IN_PLACE)
        if any(one.arg and _GRADIENT.match(one.arg) for one in node.keywords) and last not in ("Parameter", "dict"):
            self._suspect(Suspicion.PARAMETER)

    def _arguments(self, node: ast.Call, called: str, last: str) -> None:
        """What goes to a call, and whether it may be kept there."""
        kind = self._kind(node)
        dropped = node is self._dropped and isinstance(node.func, ast.Name) and not self._keeps(called)
        keeps = (bool(kind & KEPT) and last not in GATHERS and not dropped) or last in _PUTS
        is_class = self._names_a_class(node, last)
        keeps = keeps and (is_class or not self._forward)
        everything = Kind.DATA
        for one in (*node.args, *(keyword.value for keyword in node.keywords)):
            given = self._kind(one)
            everything |= given
            if given & Kind.SELF and (is_class or kind & Kind.MODULE) and last != "Parameter":
                self._suspect(Suspicion.SELF_PASSED)
            if given & (Kind.SELF | KEPT):
                self.reading.hands.add(called)
            elif names_class(one):
                self.reading.names.add(called)
            if last not in _TAKES_PARAMETER and self._makes_parameter(one):
                self._suspect(Suspicion.PARAMETER)
            if keeps:
                self._use_if_held(one)
        if isinstance(node.func, ast.Attribute) and last in _PUTS:
            self._gathered(node.func.value, everything)

    def _fills(self, node: ast.expr) -> None:
        """An attribute is given to something that fills it, or has a method called that does."""
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == self._receiver:
                self.reading.fills.add(node.attr)
            node = node.value

    def _makes(self, node: ast.Call, dotted: str, last: str) -> bool:
        """Whether a call makes a module or a parameter: not where it only gives back one that it was given."""
        wanted = Kind.MODULE | Kind.PARAMETER
        if self._names_a_class(node, last) and not self._is_function(dotted or last):
            fact = load().module(self._called_name(node))
            stateless = fact is not None and not (fact.has_parameters or fact.has_mode or fact.container)
            return bool(self._kind(node) & wanted) and not stateless
        if not isinstance(node.func, ast.Name) or last in GATHERS:
            return False
        known = self._result(dotted) if dotted not in self._names else self._kind(node)
        return known is not None and bool(known & wanted)

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

    def _name_is(self, name: str, kind: Kinds) -> None:
        self._names[name] = self._names.get(name, Kind.DATA) | kind
        self._made[name] = self._loops

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
                    or (isinstance(inner, ast.Call) and last_name(inner.func) == "OrderedDict")
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
        self._note_taken(name.value)
        self.reading.attributes.setdefault(name.value, []).append(Assigned(Kind.TENSOR, self._name, buffer=True))

    def _note_taken(self, name: str) -> None:
        """Something is registered under a name that a plain assignment before may have taken, which torch refuses."""
        earlier = self.reading.attributes.get(name, ())
        if any(not one.buffer and not excludes(one.branch, self._branch) for one in earlier):
            self._suspect(Suspicion.NAME)

    def _is_plain_parameter(self, node: ast.Call) -> bool:
        """`nn.Parameter(...)` of fresh values, or of memory that somebody will fill."""
        plain = len(node.args) == 1 and all(one.arg == "requires_grad" for one in node.keywords)
        made = node.args[0] if plain else None
        empty = isinstance(made, ast.Call) and self._called_name(made) == "torch.empty"
        return made is not None and (empty or self._is_fresh(made))

    def _added(self, node: ast.Call) -> None:
        """`self.add_module("name", nn.Linear(2, 2))`, in the way that everybody writes."""
        name, made = (node.args[0], node.args[1]) if len(node.args) == 2 else (None, None)
        plain = (
            isinstance(name, (ast.JoinedStr, ast.BinOp))
            or (isinstance(name, ast.Call) and dotted_name(name.func) == "str")
            or (isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value.isidentifier())
        )
        if name is None or not plain or not isinstance(made, (ast.Call, ast.Name)) or "." in literal_text(name):
            self._suspect(Suspicion.NAME)
        elif isinstance(name, ast.Constant):
            if self._loops:
                self._suspect(Suspicion.LOOP)
            if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
                self._note_taken(str(name.value))
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
        root = root_name(node)
        match node:
            case ast.Name(id=name):
                if name == self._moved:
                    if self._moved_once:
                        self._suspect(Suspicion.ALIAS)
                    self._moved_once = True
                    if name not in self._uses:
                        return  # from here on the name stands for what holds it
                self._uses.setdefault(name, []).append(self._branch)
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
