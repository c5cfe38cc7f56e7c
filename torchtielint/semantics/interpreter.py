"""The visitor: runs statements over abstract values. Expressions are evaluated, never walked into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from functools import partial

import libcst as cst

from torchtielint.semantics import (
    attributes,
    checkpoints,
    containers,
    expressions,
    flow,
    functions,
    initialisation,
    loops,
    optimizers,
    raw_init,
    registries,
    results,
    streams,
    syntax,
    targets,
    tensors,
)
from torchtielint.semantics.classes import add_method, define_class
from torchtielint.semantics.facts.checkpoints import Use
from torchtielint.semantics.index import Statement
from torchtielint.semantics.machine import ANYTHING, Frame, Machine
from torchtielint.semantics.program import MODULE_FRAME, Program, Scope
from torchtielint.semantics.project import Project
from torchtielint.semantics.state import State
from torchtielint.semantics.values import (
    NONE,
    UNKNOWN,
    External,
    Instance,
    Ref,
    Value,
    Weight,
    is_unknown,
    join,
    members,
    truth,
    without_none,
)
from torchtielint.torch_facts import load

# Context managers that change nothing about gradients or registration.
HARMLESS_CONTEXTS = (
    "contextlib.",
    "warnings.",
    "torch.profiler",
    "torch.autograd.profiler",
    "torch.cuda.stream",
    "tqdm.",
)


# Of an `elif` ladder, the tests right before a branch say what it may assume.
MAX_ASSUMPTIONS = 4


def _ladder(node: cst.If) -> tuple[list[cst.If], cst.BaseSuite | None]:
    """The rungs of `if`, `elif`, ..., and the body of the final `else`."""
    rungs = [node]
    while isinstance(rungs[-1].orelse, cst.If):
        rungs.append(rungs[-1].orelse)
    last = rungs[-1].orelse
    return rungs, last.body if isinstance(last, cst.Else) else None


class Interpreter:
    """Runs statements on a machine, each by the method that is named after its class in libcst."""

    def __init__(self, program: Program, project: Project | None = None) -> None:
        self.machine = Machine(program, project)
        self.machine.run_statement = self.run_statement
        self.machine.run_body = self.run_body
        self.machine.note_escape = partial(initialisation.note_escape, self.machine)
        self.machine.module_frame = self.machine.frame = self._module_frame(program)

    def _module_frame(self, program: Program) -> Frame:
        first = program.index.statements[0] if program.index.statements else None
        piece = program.parse(first) if first is not None else None
        return Frame(MODULE_FRAME, (), piece, self.machine.root)  # type: ignore[arg-type]  # an empty file runs nothing

    def run_statement(self, scope: Scope, statement: Statement) -> None:
        """Run a top-level statement of a file, once, on the file's own state, whoever needs it."""
        if not scope.start(statement):
            return
        machine = self.machine
        here = machine.state, machine.frame, machine.context, machine.stack
        machine.state = machine.root
        piece = scope.program.parse(statement)
        machine.frame = Frame(scope.key, (), piece, machine.root, line_of_module=statement.first_line)
        machine.context = type(machine.context)()
        machine.stack = []
        try:
            with machine.muting() if scope.key != MODULE_FRAME else nullcontext():
                for line in piece.tree.body:
                    self._run(line)
            machine.root.alive = True
        finally:
            machine.state, machine.frame, machine.context, machine.stack = here

    def run_body(self, body: cst.BaseSuite) -> None:
        """Run the statements of a suite, until one of them leaves."""
        statements: Sequence[cst.BaseStatement | cst.BaseSmallStatement] = body.body
        for statement in statements:
            if not self.machine.state.alive:
                return
            if isinstance(statement, cst.BaseSmallStatement):  # `def f(self): self.x = 1`
                self.machine.context.statement = statement
            self._run(statement)

    def _run(self, node: cst.CSTNode) -> None:
        """Run a statement by its handler; the way through libcst's own dispatch costs as much as many statements do."""
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            getattr(self, handler)(node)
        elif isinstance(node, cst.BaseSuite):
            self.run_body(node)

    def _alternatives(self, *ways: Callable[[], None]) -> None:
        def running(way: Callable[[], None]) -> Callable[[], Value]:
            def run() -> Value:
                way()
                return NONE

            return run

        self.machine.branch([running(way) for way in ways])

    # Simple statements

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> None:
        before = self.machine.context.line
        self.machine.context.line = node
        for statement in node.body:
            if not self.machine.state.alive:
                break
            self.machine.context.statement = statement
            self._run(statement)
        self.machine.context.line = before

    def visit_Expr(self, node: cst.Expr) -> None:
        value = expressions.evaluate(self.machine, node.value)
        if isinstance(value, Instance) and value.kind == "grad-mode" and isinstance(node.value, cst.Call):
            name = self.machine.code(node.value.func)
            if name.endswith("set_grad_enabled"):
                grad = {"on": True, "off": False}.get(value.detail)
                self.machine.context.grad = grad
                if self.machine.frame.key == MODULE_FRAME and grad is not True:
                    self.machine.default_grad = None

    def visit_Assign(self, node: cst.Assign) -> None:
        value = expressions.evaluate(self.machine, node.value)
        results.check_assignment(self.machine, [target.target for target in node.targets], node.value)
        for target in node.targets:
            targets.note(self.machine, target.target, value)
            containers.unpack(self.machine, target.target, value)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        if node.value is not None:
            value = expressions.evaluate(self.machine, node.value)
            results.check_assignment(self.machine, [node.target], node.value)
            targets.note(self.machine, node.target, value)
            containers.unpack(self.machine, node.target, value)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        machine = self.machine
        before = expressions.evaluate(machine, node.target)
        value = expressions.evaluate(machine, node.value)
        operator = type(node.operator)
        raw_init.written(machine, before, "an augmented assignment", node)
        found = members(without_none(before))
        in_place = [member for member in found if machine.tensor(member)]
        if in_place and operator is not cst.MatrixMultiplyAssign:
            name = f"`{expressions.operation_name(operator).strip('`')}=`"
            with machine.alternatives() as begin:
                for member in found:
                    begin()
                    if isinstance(member, Ref) and machine.tensor(member):
                        view = isinstance(node.target, cst.Subscript)
                        tensors.write(machine, member, name, node, view=view, sources=(value,))
            return
        weights = [member for member in found if isinstance(member, Weight)]
        if weights:
            for weight in weights:
                checkpoints.write(machine, weight, node)
            return
        record = machine.container(before)
        if record is not None and operator is cst.AddAssign and isinstance(before, Ref):
            containers.extend(machine, before, value, node)
            return
        result = expressions.operate(machine, node, operator, before, value)
        containers.unpack(machine, node.target, result)

    def visit_Return(self, node: cst.Return) -> None:
        machine = self.machine
        value = expressions.evaluate(machine, node.value) if node.value is not None else NONE
        checkpoints.keep(machine, value, Use.RETURNED, node)
        optimizers.returned(machine, value, node)
        frame = machine.frame
        frame.exits.append((machine.state.changes_since(frame.base), value))
        loops.note_exit(machine)
        machine.state.alive = False

    def visit_Raise(self, node: cst.Raise) -> None:
        if node.exc is not None:
            with self.machine.muting():
                expressions.evaluate(self.machine, node.exc)
        self.machine.state.alive = False

    def visit_Break(self, node: cst.Break) -> None:
        flow.jump(self.machine, leaves=True)

    def visit_Continue(self, node: cst.Continue) -> None:
        flow.jump(self.machine, leaves=False)

    def visit_Assert(self, node: cst.Assert) -> None:
        expressions.evaluate(self.machine, node.test)
        flow.narrow(self.machine, node.test, holds=True)

    def visit_Del(self, node: cst.Del) -> None:
        targets = (
            [element.value for element in node.target.elements] if isinstance(node.target, cst.Tuple) else [node.target]
        )
        for target in targets:
            match target:
                case cst.Name(value=name):
                    self.machine.bind(name, UNKNOWN)
                case cst.Attribute(value=owner, attr=cst.Name(value=name)):
                    attributes.delete(self.machine, expressions.evaluate(self.machine, owner), name)
                case cst.Subscript(value=owner):
                    index = containers.index_of(self.machine, target)
                    for member in members(expressions.evaluate(self.machine, owner)):
                        registries.remove(self.machine, member, index)
                        if isinstance(member, Ref):
                            containers.remove_some(self.machine, member)
                            checkpoints.edit(self.machine, member)

    def visit_Global(self, node: cst.Global) -> None:
        for item in node.names:
            self.machine.bind(item.name.value, UNKNOWN)

    # Imports

    def visit_Import(self, node: cst.Import) -> None:
        for alias in node.names:
            dotted = syntax.dotted_name(alias.name)
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                self.machine.bind(alias.asname.name.value, External(load().canonical(dotted)))
            else:
                root = dotted.split(".")[0]
                self.machine.bind(root, External(root))

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        dotted = "." * len(node.relative) + (syntax.dotted_name(node.module) if node.module is not None else "")
        prefix = self.machine.imports.absolute(dotted)
        if isinstance(node.names, cst.ImportStar):
            self.machine.scope.stars.append(prefix)
            return
        for alias in node.names:
            name = alias.name.value if isinstance(alias.name, cst.Name) else syntax.dotted_name(alias.name)
            bound = alias.asname.name.value if alias.asname and isinstance(alias.asname.name, cst.Name) else name
            separator = "" if prefix.endswith(".") else "."
            self.machine.bind(bound, External(load().canonical(f"{prefix}{separator}{name}")))

    # Compound statements

    def visit_If(self, node: cst.If) -> None:
        machine = self.machine
        ladder, last = _ladder(node)
        bodies: list[tuple[cst.If, tuple[tuple[cst.BaseExpression, bool], ...]]] = []
        refused: tuple[tuple[cst.BaseExpression, bool], ...] = ()
        open_ended = True
        for rung in ladder:
            known = truth(expressions.evaluate(machine, rung.test))
            if known is True:
                bodies.append((rung, refused))
                open_ended = False
                break
            if known is None:
                bodies.append((rung, (*refused, (rung.test, True))))
                refused = (*refused, (rung.test, False))
        ways = [partial(self._assuming, assumptions, rung.body) for rung, assumptions in bodies]
        if open_ended:
            ways.append(partial(self._assuming, refused, last))
        if len(ways) == 1:
            ways[0]()
        else:
            self._alternatives(*ways)

    def _assuming(self, assumptions: Sequence[tuple[cst.BaseExpression, bool]], body: cst.BaseSuite | None) -> None:
        """Run a branch (None: an empty one) that is taken under some assumptions."""
        with ExitStack() as stack:
            for test, holds in assumptions[-MAX_ASSUMPTIONS:]:
                stack.enter_context(flow.assuming(self.machine, test, holds))
            if body is not None:
                self.run_body(body)

    def visit_Else(self, node: cst.Else) -> None:
        self.run_body(node.body)

    def visit_For(self, node: cst.For) -> None:
        machine = self.machine
        source = expressions.evaluate(machine, node.iter)
        leaves = any(word in machine.code(node.body) for word in ("break", "return", "yield"))
        streams.consume(machine, source, node.iter, "a loop", whole=not leaves)
        elements = containers.iterate(machine, source)
        everything = (*elements.items, *elements.rest)
        summary = join(everything) if everything else UNKNOWN

        def body(value: Value) -> None:
            containers.unpack(machine, node.target, value)
            self.run_body(node.body)

        choices = elements.items if elements.known else None
        flow.run_loop(machine, choices, summary, body, self._assigned_in(node))
        if node.orelse is not None and machine.state.alive:
            self._alternatives(lambda: self._run(node.orelse), lambda: None)  # type: ignore[arg-type]  # just checked

    def _assigned_in(self, loop: cst.For | cst.While) -> frozenset[str]:
        """The names that a loop assigns, its own variable among them; found once, as it may run often."""
        names = self.machine.loop_names
        if id(loop) not in names:
            names[id(loop)] = syntax.assigned_names(loop)
        return names[id(loop)]

    def visit_While(self, node: cst.While) -> None:
        machine = self.machine
        expressions.evaluate(machine, node.test)
        names = self._assigned_in(node)
        flow.run_loop(machine, None, UNKNOWN, lambda _: self.run_body(node.body), names)

    def visit_With(self, node: cst.With) -> None:
        machine = self.machine
        grad, caught, meta = machine.context.grad, machine.context.caught, machine.context.meta
        told = machine.context.device_told
        contexts = (*machine.context.contexts, *(machine.text(item.item) for item in node.items))
        for item in node.items:
            value = expressions.evaluate(machine, item.item)
            if value == Instance("expects-error") or syntax.asserts_raises(item.item):
                caught = (*caught, ANYTHING)
            if item.asname is not None:
                target = value if isinstance(value, Ref) else UNKNOWN
                containers.unpack(machine, item.asname.name, target)
            grad = self._grad_within(value, grad)
            if isinstance(value, Instance) and value.kind == "transparent" and value.detail:
                meta, told = value.detail == "meta", True
        with machine.within(grad=grad, caught=caught, meta=meta, device_told=told, contexts=contexts):
            self.run_body(node.body)
        if ANYTHING in caught:
            machine.state.alive = True

    def _grad_within(self, value: Value, grad: bool | None) -> bool | None:
        match value:
            case Instance(kind="grad-mode", detail=detail):
                return {"on": True, "off": False}.get(detail)
            case Instance(kind="transparent" | "expects-error"):
                return grad
            case External(name=name) if name.startswith(HARMLESS_CONTEXTS):
                return grad
            case _ if self.machine.record(value) is not None:
                return grad if grad is not True or not is_unknown(value) else None
        return grad if grad is False else None

    def visit_Try(self, node: cst.Try) -> None:
        self._try(node)

    def visit_TryStar(self, node: cst.TryStar) -> None:
        self._try(node)

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        machine = self.machine
        base = machine.state
        caught = tuple(name for handler in node.handlers for name in self._caught(handler))

        def body() -> None:
            with machine.within(caught=(*machine.context.caught, *caught)):
                self.run_body(node.body)
            if node.orelse is not None and machine.state.alive:
                self._run(node.orelse)

        machine.state = State(base)
        body()
        after_body = machine.state.changes_since(base)
        ends = [after_body] if machine.state.alive else []
        for handler in node.handlers:
            machine.state = State(base)
            machine.state.absorb([after_body, {}])
            if handler.name is not None and isinstance(handler.name.name, cst.Name):
                machine.bind(handler.name.name.value, UNKNOWN)
            with machine.within(handling=True):
                self.run_body(handler.body)
            if machine.state.alive:
                ends.append(machine.state.changes_since(base))
        machine.state = base
        base.absorb(ends)
        if node.finalbody is not None:
            alive, base.alive = base.alive, True
            self.run_body(node.finalbody.body)
            base.alive = alive and base.alive

    def _caught(self, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> tuple[str, ...]:
        if handler.type is None:
            return ("Exception", "TypeError", "RuntimeError", "AttributeError", "ValueError", "KeyError")
        written = self.machine.code(handler.type)
        names = [name.strip(" ()") for name in written.split(",")]
        if {"Exception", "BaseException"} & set(names):
            return ("Exception", "TypeError", "RuntimeError", "AttributeError", "ValueError", "KeyError")
        return tuple(names)

    def visit_Match(self, node: cst.Match) -> None:
        machine = self.machine
        expressions.evaluate(machine, node.subject)

        def running(case: cst.MatchCase) -> Callable[[], None]:
            def run() -> None:
                for name in syntax.captured(case.pattern):
                    machine.bind(name, UNKNOWN)
                self.run_body(case.body)

            return run

        irrefutable = any(
            isinstance(case.pattern, cst.MatchAs) and case.pattern.pattern is None and case.guard is None
            for case in node.cases
        )
        ways = [running(case) for case in node.cases]
        self._alternatives(*ways, *([] if irrefutable else [lambda: None]))

    # Definitions

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        frame = self.machine.frame
        if frame.owner is not None and frame.function is None:
            add_method(self.machine, frame.owner, node)
            return
        value = functions.define_function(self.machine, node, None)
        self.machine.bind(node.name.value, value)
        if self.machine.frame.key == MODULE_FRAME:
            self.machine.functions[value.model] = None

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        value = define_class(self.machine, node, self.run_body)
        self.machine.bind(node.name.value, value)


_HANDLERS = {getattr(cst, name.removeprefix("visit_")): name for name in vars(Interpreter) if name.startswith("visit_")}
