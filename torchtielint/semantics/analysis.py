"""The entry points: what of a file is run, in which order, and what is judged when each has ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from torchtielint.semantics import (
    caches,
    calls,
    checkpoints,
    constructors,
    cycles,
    gradients,
    hugging_face,
    hugging_face_ties,
    initialisation,
    late,
    module_calls,
    optimizers,
    owners,
    placement,
    raw_init,
    reparametrized,
    sharing,
    summary,
    targets,
    templates,
    tie_graph,
    tied_tables,
    ties,
    unused,
)
from torchtielint.semantics.definitions import ClassModel, FunctionModel
from torchtielint.semantics.facts.base import Fact, Where
from torchtielint.semantics.facts.use import UnusedParameter
from torchtielint.semantics.index import Statement, StatementKind
from torchtielint.semantics.interpreter import Interpreter
from torchtielint.semantics.machine import Context, Frame, Machine, OverBudgetError
from torchtielint.semantics.program import MODULE_FRAME, Program
from torchtielint.semantics.records import ModuleRecord, ObjectRecord, SlotKind
from torchtielint.semantics.state import State
from torchtielint.semantics.tie_graph import TieGraph
from torchtielint.semantics.training import Training
from torchtielint.semantics.values import (
    FALSE,
    NONE,
    TRUE,
    Arguments,
    ClassValue,
    Const,
    FunctionValue,
    Part,
    Ref,
    Value,
    members,
)

if TYPE_CHECKING:
    from torchtielint.findings import Range
    from torchtielint.semantics.project import Project
    from torchtielint.semantics.site import Slice

FORWARD_NAMES = frozenset({"forward", "__call__", "forward_features", "forward_head"})
LIGHTNING_STEPS = frozenset({"training_step", "validation_step", "test_step"})
STEP_NAMES = LIGHTNING_STEPS | {"step", "update", "train_step"}


def analyse(
    program: Program,
    project: Project | None = None,
    only: frozenset[Statement] | None = None,
    *,
    wanted: Collection[type[Fact]] | None = None,
) -> tuple[list[Fact], bool]:
    """The facts of a file of a project, and whether every entry point was run to its end.

    Args:
        program: the file.
        project: what it may import.
        only: the statements that are entry points; others run where these need them. None: all.
        wanted: the facts that somebody asks for: what takes long is left out where nobody does. None: all.
    """
    analysis = _Analysis(program, project, only)
    analysis.unused = wanted is None or UnusedParameter in wanted
    return list(analysis.run()), analysis.finished


def own_facts(program: Program, project: Project | None) -> frozenset[tuple[type[Fact], Range]] | None:
    """What a file says of its own code, and where; None where that cannot be found out.

    What it says of others' code is not asked for: the answer is the same whoever asks first, and circles end.
    """
    if project is None:
        return None
    known = project.said.get(program.file)
    if known is None:
        with project.ledger.apart() as uses:
            project.ledger.everything(program, placed=True)
            analysis = _Analysis(program, project)
            analysis.machine.own_facts = _nothing_known
            try:
                known = frozenset(fact.place for fact in analysis.run()), uses
            except RecursionError:  # asked from deep inside of another analysis
                return None
        project.said[program.file] = known
    project.ledger.again(known[1])
    return known[0]


def _nothing_known(_program: Program) -> None:
    return None


def tie_graphs(program: Program, project: Project | None = None) -> list[TieGraph]:
    """The predicted tie graph of every Module class that a file defines at its top level."""
    return list(_Analysis(program, project).tie_graphs())


class _Analysis:
    def __init__(self, program: Program, project: Project | None, only: frozenset[Statement] | None = None) -> None:
        self._only = only
        self._pieces = None if only is None else {id(program.parse(statement)) for statement in only}
        self.interpreter = Interpreter(program, project)
        self.machine: Machine = self.interpreter.machine
        self.machine.own_facts = partial(own_facts, project=project)
        self.finished = True
        self.unused = True
        self._seen_classes: set[ClassModel] = set()

    def run(self) -> Iterable[Fact]:
        """Run everything."""
        machine = self.machine
        self._entry(self._run_module)
        self._run_classes()
        for function in list(machine.functions):
            if self._is_entry(function.piece) and (function not in machine.reached or function.node is None):
                self._entry(partial(self._run_function, function))
        self._run_classes()
        hugging_face.settle(machine)
        raw_init.settle(machine)
        hugging_face_ties.settle(machine)
        machine.context = Context()
        late.settle(machine)
        initialisation.settle(machine)
        templates.settle(machine)
        gradients.settle(machine)
        placement.settle(machine)
        tied_tables.settle(machine)
        if self.unused:
            unused.settle(machine)
        return machine.facts

    def _entry(self, run: Callable[[], None]) -> None:
        """One entry point: its own budget, and a state that is thrown away afterwards."""
        machine = self.machine
        machine.steps = 0
        machine.created, machine.used = [], set()
        machine.ties, machine.misfits, machine.wrapped = [], [], {}
        machine.broken, machine.given, machine.replaced = [], [], []
        machine.training = Training()
        machine.hook_reads = {}
        machine.called_somewhere = set()
        machine.entry_start = machine.counter.last
        machine.assigned = {}
        machine.context = Context()
        machine.stack = []
        machine.subject = None
        machine.muted = 0
        machine.frame = machine.module_frame
        try:
            run()
        except (OverBudgetError, RecursionError):  # costs this entry point, not the file
            self.finished = False
        machine.state, machine.frame = machine.root, machine.module_frame

    def _run_module(self) -> None:
        """The module's own statements, in order; plain data waits until something needs it."""
        machine = self.machine
        scope = machine.scopes[MODULE_FRAME]
        for statement in scope.program.index.statements:
            if statement.kind is not StatementKind.DATA and (self._only is None or statement in self._only):
                machine.steps = 0
                self.interpreter.run_statement(scope, statement)
        self._judge_others()

    def _run_classes(self) -> None:
        while True:
            pending = [model for model in self.machine.classes.values() if model not in self._seen_classes]
            if not pending:
                return
            for model in pending:
                self._seen_classes.add(model)
                if not self._is_entry(model.piece):
                    continue
                self._entry(partial(self._run_class, model))

    def _is_entry(self, piece: Slice) -> bool:
        """Whether what a statement defines is run by itself."""
        return self._pieces is None or id(piece) in self._pieces

    def _run_function(self, function: FunctionModel) -> None:
        machine = self.machine
        machine.state = State(machine.root)
        with machine.within(where=Where.FUNCTION, grad=self._entry_grad(function, reached=False)):
            machine.frame = self._frame_at(function.piece)
            bindings = calls.opaque_bindings(machine, function, None)
            run = partial(calls.run_function, machine, function, bindings)
            summary.note_default_arguments(machine, function, bindings, None, run)
        self._judge_others()

    def _judge_others(self) -> None:
        """Judge the modules that code outside of them was given, or made, and changed."""
        for ref in list(self.machine.assigned):
            summary.check_attributes(self.machine, ref, during=None)
        cycles.check_cycles(self.machine, self.machine.assigned)
        summary.settle_leaves(self.machine)
        summary.settle_rebindings(self.machine)
        sharing.settle(self.machine)
        ties.settle(self.machine)
        owners.settle(self.machine)
        targets.finish(self.machine)

    def _frame_at(self, piece: Slice) -> Frame:
        return Frame(MODULE_FRAME, (), piece, self.machine.state)

    def _run_class(self, model: ClassModel) -> None:
        machine = self.machine
        self._enter_class(model)
        if not model.is_module:
            self._run_plain_class(model)
            return
        constructors.check_class_body(machine, model)
        hugging_face_ties.judge_class(machine, model)
        ref = self._construct(model)
        after = machine.module(ref)
        if after is not None:
            machine.update(ref, _as_methods_find_it(ref, after))
        built = machine.state
        during_init = set(machine.reached)
        for function in sorted(_own_methods(model), key=_entry_order):
            # what the constructor calls ran already, on the object as it was then
            reached = function.is_private and function in machine.reached
            again = function in during_init and where_of(function.name) is Where.METHOD
            if function.name != "__init__" and not reached and not again:
                self._run_method(model, ref, function, built)
        machine.state = built
        templates.note_class(machine, model, ref)
        gradients.note_class(machine, model, ref)
        placement.note_class(machine, ref)
        tied_tables.note_class(machine, model, ref)
        unused.note_class(machine, model, ref)
        checkpoints.settle(machine)
        targets.finish(machine)
        summary.settle_leaves(machine)
        reparametrized.settle_reads(machine)
        caches.settle(machine, ref)

    def _enter_class(self, model: ClassModel) -> None:
        """Stand where a class is defined, with nothing run of it yet."""
        machine = self.machine
        machine.reached = set()
        machine.state = State(model.home if model.is_local and model.home is not None else machine.root)
        machine.frame = Frame(MODULE_FRAME, model.frames, model.piece, machine.state)

    def tie_graphs(self) -> Iterator[TieGraph]:
        """What the constructor of each Module class ties, in the order of the file."""
        self._entry(self._run_module)
        for model in list(self.machine.classes.values()):
            if model.is_module:
                found = [TieGraph(model, (), complete=False)]  # what is left of a class that never comes to its end
                self._entry(partial(self._predict, model, found))
                yield found[-1]

    def _predict(self, model: ClassModel, found: list[TieGraph]) -> None:
        self._enter_class(model)
        ref = self._construct(model)
        found.append(tie_graph.predict(self.machine, model, ref))

    def _construct(self, model: ClassModel) -> Ref:
        """Run the constructor on a new object, and judge what it left."""
        machine = self.machine
        found = model.find("__init__")
        known = (
            model.resolved
            and not model.has_metaclass
            and not model.is_decorated
            and not any(map(model.find, ("__new__", "__init_subclass__")))
        )
        if found is not None and not (isinstance(found[0], FunctionValue) and not found[0].model.opaque):
            known = False
        initialised = False if known else None
        record = ModuleRecord(
            model,
            machine.site(model.node),
            arguments=Arguments(open=True),
            slots={},
            initialised=initialised,
            open=not model.complete,
        )
        ref = machine.allocate(record)
        machine.subject = ref
        with machine.within(where=Where.INIT, grad=machine.default_grad):
            if found is not None and isinstance(found[0], FunctionValue):
                function = found[0].model
                bindings = calls.opaque_bindings(machine, function, ref)
                summary.note_default_arguments(
                    machine, function, bindings, ref, partial(calls.run_inherited, machine, function, bindings)
                )
            else:
                base = next(iter(model.external_bases()), "torch.nn.Module")
                module_calls.initialise(machine, ref, base, Arguments(open=True), model.node)
        if machine.state.alive:
            constructors.check_init(machine, model, ref)
            optimizers.kept(machine, ref)
            cycles.check_cycles(machine, (ref,))
            summary.check_attributes(machine, ref, during=None)
            hugging_face.judge(machine, model, ref)
            hugging_face_ties.judge_built(machine, model, ref)
            initialisation.note_constructed(machine, model, ref)
        summary.settle_rebindings(machine)
        sharing.settle(machine)
        ties.settle(machine)
        owners.settle(machine)
        machine.state.alive = True
        return ref

    def _run_method(self, model: ClassModel, ref: Ref, function: FunctionModel, built: State) -> None:
        """Run one method on the constructed object."""
        machine = self.machine
        machine.state = State(built)
        machine.created, machine.used = [], set()
        machine.entry_start = machine.counter.last
        machine.steps = 0
        reached_by_nobody = function.is_private
        where = where_of(function.name)
        receiver = _receiver(function, model, ref)
        with machine.within(where=where, grad=self._entry_grad(function, reached=not reached_by_nobody)):
            bindings = calls.opaque_bindings(machine, function, receiver) | raw_init.given(machine, model, function)
            run = partial(calls.run_inherited, machine, function, bindings)
            value = summary.note_default_arguments(machine, function, bindings, receiver, run)
        checkpoints.note_kept(machine, ref)
        templates.note_use(machine, (value,))
        gradients.note_plain(machine, (value,))
        if where is Where.FORWARD or function.name in LIGHTNING_STEPS:
            summary.check_created(machine, model, function, value)
        elif not function.is_private:
            summary.check_attributes(machine, ref, during=function)
        cycles.check_cycles(machine, (ref,))
        reparametrized.end_method(machine, function)
        if where is Where.METHOD:
            hugging_face_ties.judge_ties(machine, model, ref)
        summary.settle_rebindings(machine)
        sharing.settle(machine)
        ties.settle(machine)
        owners.settle(machine)

    def _entry_grad(self, function: FunctionModel, *, reached: bool) -> bool | None:
        """The grad mode at the start: on, but for code whose callers are not known."""
        return self.machine.default_grad if reached or not function.is_private else None

    def _run_plain_class(self, model: ClassModel) -> None:
        """A class that is no Module (a trainer, a config): its methods run, with what its constructor left."""
        machine = self.machine
        ref = machine.allocate(ObjectRecord(model, machine.site(model.node)))
        found = model.find("__init__")
        if found is not None and isinstance(found[0], FunctionValue):
            calls.run_inherited(machine, found[0].model, calls.opaque_bindings(machine, found[0].model, ref))
            machine.state.alive = True
            optimizers.kept(machine, ref)
            sharing.settle(machine)
            ties.settle(machine)
        self._forget(ref)
        built = machine.state
        during_init = set(machine.reached)
        for function in _own_methods(model):
            if function.name != "__init__" and function not in during_init:
                machine.state = State(built)
                machine.entry_start = machine.counter.last
                receiver = _receiver(function, model, ref)
                with machine.within(grad=self._entry_grad(function, reached=not function.is_private)):
                    calls.run_function(machine, function, calls.opaque_bindings(machine, function, receiver))
                checkpoints.note_kept(machine, ref)
                summary.settle_rebindings(machine)
                sharing.settle(machine)
                ties.settle(machine)
                owners.settle(machine)
        machine.state = built
        checkpoints.settle(machine)
        targets.finish(machine)

    def _forget(self, ref: Ref) -> None:
        """Plain values that an object began with may have changed when a method is called."""
        record = self.machine.instance(ref)
        if record is not None:
            held = {
                name: Part(ref, name) if isinstance(value, Const) else value
                for name, value in record.attributes.items()
            }
            self.machine.update(ref, replace(record, attributes=held))


def _receiver(function: FunctionModel, model: ClassModel, ref: Ref) -> Value | None:
    """What a method that is an entry point is bound to."""
    if function.kind == "static":
        return None
    return ClassValue(model) if function.kind == "class" else ref


def where_of(name: str) -> Where:
    """From where a method is reached when it is an entry point itself."""
    if name in FORWARD_NAMES:
        return Where.FORWARD
    if name in STEP_NAMES or "epoch" in name.split("_") or name.startswith("train_"):
        return Where.STEP
    return Where.METHOD


def _as_methods_find_it(ref: Ref, record: ModuleRecord) -> ModuleRecord:
    """The constructed object; flags and placeholders that it began with may have changed since."""
    slots = {
        name: replace(slot, value=Part(ref, name), kind=SlotKind.UNCERTAIN if slot.value == NONE else slot.kind)
        if slot.kind is SlotKind.PLAIN and slot.value in (NONE, TRUE, FALSE)
        else slot
        for name, slot in (record.slots or {}).items()
    }
    return replace(record, initialised=True, slots=slots)


_ORDER = {Where.FORWARD: 0, Where.STEP: 1}


def _entry_order(function: FunctionModel) -> int:
    """Forward first: what it reaches is judged as reached from there; private methods last, if nobody called them."""
    return 3 if function.is_private else _ORDER.get(where_of(function.name), 2)


def _own_methods(model: ClassModel) -> Iterator[FunctionModel]:
    for value in model.namespace.values():
        for member in members(value):
            if isinstance(member, FunctionValue) and member.model.owner is model and not member.model.overload:
                yield member.model
    if "forward" not in model.namespace and any(name != "__init__" for name in model.namespace):
        inherited = model.find("forward")
        if inherited is not None and isinstance(inherited[0], FunctionValue):
            yield inherited[0].model  # it may call what the class overrides
