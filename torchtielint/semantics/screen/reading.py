"""Reads a function, a method or a block of statements for what could make a rule speak."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from torchtielint.semantics.screen.kinds import HELD, STATE, Kind, Kinds, Suspicion
from torchtielint.semantics.screen.record import Assigned, Reading, excludes
from torchtielint.semantics.screen.syntax import annotated_kind, children, element_kind, is_own, root_name, walk
from torchtielint.semantics.screen.uses import Uses

_SETTINGS = re.compile(r"checkpointing|enable|used?_|fused|clip|cfg|traits|args|default|config|mode|strateg|drop_prob")


class Reader(Uses):
    """Reads one function: its statements, in order, twice."""

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, *, receiver: bool) -> Reading:
        """Read a function; `receiver`: its first argument is the object."""
        arguments = node.args
        for at, one in enumerate([*arguments.posonlyargs, *arguments.args]):
            if at == 0 and receiver:
                self._receiver = one.arg
                self._names[one.arg] = Kind.SELF
            else:
                self._names[one.arg] = annotated_kind(one.annotation)
        for one in arguments.kwonlyargs:
            self._names[one.arg] = annotated_kind(one.annotation)
        for rest in filter(None, (arguments.vararg, arguments.kwarg)):
            self._names[rest.arg] = Kind.GIVEN
        for default in (*arguments.defaults, *filter(None, arguments.kw_defaults)):
            if any(isinstance(inner, ast.Call) and self._kind(inner) & STATE for inner in walk(default)):
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
        for uses in self._uses.values():
            if any(not excludes(one, other) for at, one in enumerate(uses) for other in uses[at + 1 :]):
                self._suspect(Suspicion.ALIAS)
        return self.reading

    def held(self) -> set[str]:
        """The names that may be modules, parameters, or containers of them."""
        return {name for name, kind in self._names.items() if kind & HELD}

    def _body(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                self._moved = targets[0].id if isinstance(targets[0], ast.Name) and len(targets) == 1 else ""
                self._moved_once = self._registered = False
                self._visit(value)
                self._moved = ""
                if self._registered:  # it gives nothing back
                    self._suspect(Suspicion.NAME)
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._visit(value)
                self._assign(target, value)
            case ast.AugAssign(target=target, value=value):
                self._visit(value)
                self._augment(target, value)
            case ast.Expr(value=value):
                self._dropped = value
                self._visit(value)
            case ast.Return(value=ast.expr() as value):
                for one in value.elts if isinstance(value, ast.Tuple) else (value,):
                    self._visit(one)
                self.reading.returns |= self._kind(value)
            case ast.Delete(targets=targets):
                roots = [root_name(target) for target in targets if not isinstance(target, ast.Name)]
                held = [self._names.get(root, Kind.DATA) if root else STATE for root in roots]
                if any(one & (HELD | Kind.SELF) for one in held):
                    self._suspect(Suspicion.CHILD_CHANGED)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._inner(node)
            case ast.ClassDef():
                self._suspect(Suspicion.CLASS_BODY)
            case ast.Raise() | ast.Assert():
                for inner in children(node):
                    if isinstance(inner, ast.expr):
                        self._visit(inner)
            case _:
                self._compound(node)

    def _compound(self, node: ast.stmt) -> None:
        """A statement that holds others."""
        match node:
            case ast.If(test=test):
                self._visit(test)
                self._arms(node)
            case ast.While(test=test, body=body, orelse=orelse):
                self._visit(test)
                self._loop(node, body)
                self._body(orelse)
            case ast.For(target=target, iter=source) | ast.AsyncFor(target=target, iter=source):
                self._visit(source)
                self._loops = (*self._loops, id(node))
                self._bind(target, element_kind(self._kind(source)))
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
                    for inner in walk(case.pattern):
                        if isinstance(inner, (ast.MatchAs, ast.MatchStar)) and inner.name:
                            self._name_is(inner.name, self._kind(subject))
                    self._body(case.body)
            case _ if type(node).__name__ == "TryStar":  # Python 3.10 has no such class
                self._suspect(Suspicion.CLASS_BODY)

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
            self._names.setdefault(one.arg, annotated_kind(one.annotation))
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
                self._bind(target, element_kind(self._kind(value)))
            return
        named = target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""
        kind = self._kind_as(named, value)
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
        none = isinstance(value, ast.Constant) and value.value is None
        self.reading.attributes.setdefault(name, []).append(Assigned(kind, self._name, none, branch=self._branch))
        if not self._settled:
            return
        if kind & Kind.GIVEN and is_own(value, self._receiver):  # the same thing under two names, as far as one knows
            self.reading.aliases[name] = self.reading.aliases.get(name, 0) + 1
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

    def _assign_elsewhere(self, owner: ast.expr, name: str, value: ast.expr, kind: Kinds) -> None:
        """`a.b = value`: of a child, or of something that is not known."""
        held = self._kind(owner)
        known = held & (HELD | Kind.TENSOR) and not _SETTINGS.search(name)
        setting = HELD & ~Kind.FOREIGN if _SETTINGS.search(name) else HELD
        if known or kind & (setting | Kind.TENSOR) or name in ("weight", "bias", "training"):
            self._suspect(Suspicion.CHILD_CHANGED)

    def _store(self, owner: ast.expr, kind: Kinds) -> None:
        """`a[...] = value`."""
        held = self._kind(owner)
        if held & (Kind.PARAMETER | Kind.MODULE) or (is_own(owner, self._receiver) and held & ~Kind.TENSOR):
            self._suspect(Suspicion.IN_PLACE)
        if kind & HELD:
            root = root_name(owner)
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
