"""The abstract machine: the state, the frames, where it stands, and the facts that it has seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, TypeVar

from torchtielint.semantics.cut_log import Cuts
from torchtielint.semantics.facts.base import Fact, Where
from torchtielint.semantics.facts.reparametrization import LostWrite
from torchtielint.semantics.facts.sharing import TieBy
from torchtielint.semantics.imports import Imports
from torchtielint.semantics.loading import Loading
from torchtielint.semantics.program import MODULE_FRAME, Program, Scope
from torchtielint.semantics.records import (
    CheckpointRecord,
    ContainerRecord,
    ModuleRecord,
    ObjectRecord,
    Record,
    TensorRecord,
)
from torchtielint.semantics.site import Call, Site
from torchtielint.semantics.state import Changes, State
from torchtielint.semantics.training import Training
from torchtielint.semantics.uses import Uses
from torchtielint.semantics.values import (
    ABSENT,
    UNKNOWN,
    ClassValue,
    Counter,
    External,
    Opaque,
    Ref,
    Value,
    join,
    members,
)
from torchtielint.semantics.visits import Visits
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    import libcst as cst

    from torchtielint.findings import Range
    from torchtielint.semantics.definitions import ClassModel, FunctionModel
    from torchtielint.semantics.index import Statement
    from torchtielint.semantics.loops import LoopLog
    from torchtielint.semantics.modules import Tree
    from torchtielint.semantics.owners import Given, Replaced
    from torchtielint.semantics.project import Project
    from torchtielint.semantics.reparametrized import HookRead
    from torchtielint.semantics.resets import Entry
    from torchtielint.semantics.results import Registered
    from torchtielint.semantics.shapes import Atom
    from torchtielint.semantics.site import Slice
    from torchtielint.semantics.tie_shapes import ShapeCandidate
    from torchtielint.semantics.ties import Broken

RecordT = TypeVar("RecordT", TensorRecord, ModuleRecord, ContainerRecord, ObjectRecord, CheckpointRecord)

# What reads a module as a whole, and so every attribute of it.
EVERYTHING = "*"
# What a context that expects an error catches.
ANYTHING = "*"
# Expressions and statements that one entry point (a function or a class's methods) may take.
BUDGET = 200_000
MAX_CALL_DEPTH = 12
# Steps after which whoever waits is asked whether to go on.
CHECKPOINT = 128
# From here on calls are no longer entered, so that code that calls itself in many ways still comes to its end.
CALLS_UNTIL = BUDGET // 4


@dataclass(frozen=True, slots=True)
class TieCandidate:
    """An attempt to tie two parameters that makes two Parameters; false once both turn out to be live."""

    site: Site
    target: int
    source: int
    by: TieBy
    target_text: str
    transposed: bool = False
    copied: bool = False
    hinted: bool = False


class OverBudgetError(Exception):
    """An entry point took more steps than it may."""


@dataclass(slots=True)
class Loop:
    """A running round of a loop: the state that it started from, and what had changed at each jump out of it."""

    base: State
    breaks: list[Changes] = field(default_factory=list)
    continues: list[Changes] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Frame:
    """A running function, class body or module.

    Args:
        key: the frame's part of the keys of its variables.
        closures: the frames around it, innermost first; the last is that of its file, but for a file's own frame.
        base: the state that it started from; exits are changes since then.
        exits: the changes and the value at each `return`.
        line_of_module: of the module's frame: the line of the statement that runs; what follows is not bound yet.
        captured: its variables may be read after it ended, by a function or class that was defined in it, say.
    """

    key: int
    closures: tuple[int, ...]
    piece: Slice
    base: State
    function: FunctionModel | None = None
    owner: ClassModel | None = None
    receiver: Value | None = None
    exits: list[tuple[Changes, Value]] = field(default_factory=list)
    jumps: list[Loop] = field(default_factory=list)
    generator: bool = False
    line_of_module: int | None = None
    captured: bool = False


@dataclass(eq=False, slots=True)
class Context:
    """Where the machine stands: what a fact needs to know about the way here."""

    where: Where = Where.FUNCTION
    grad: bool | None = True
    loops: tuple[int, ...] = ()
    guards: tuple[tuple[cst.BaseExpression, bool], ...] = ()
    caught: tuple[str, ...] = ()
    handling: bool = False
    loop_guards: int = 0
    loop_names: frozenset[str] = frozenset()
    varying: frozenset[int] = frozenset()
    meta: bool = False
    device_told: bool = False
    unrolled: int = 1
    contexts: tuple[str, ...] = ()
    apply_site: Site | None = None
    entered: Call | None = None
    statement: cst.CSTNode | None = None
    line: cst.CSTNode | None = None


_FIELDS = tuple(one.name for one in fields(Context))


class Elsewhere:
    """Another context for a while. No generator and no `replace`: it happens for every branch and call."""

    __slots__ = ("_before", "_changes", "_machine")

    def __init__(self, machine: Machine, changes: dict[str, object]) -> None:
        self._machine = machine
        self._changes = changes

    def __enter__(self) -> None:
        before = self._before = self._machine.context
        context = object.__new__(Context)
        for name in _FIELDS:
            setattr(context, name, getattr(before, name))
        for name, value in self._changes.items():
            setattr(context, name, value)
        self._machine.context = context

    def __exit__(self, *_: object) -> None:
        self._machine.context = self._before


class Machine:
    """Runs over abstract values; the modules beside this one say what each construct does to it."""

    def __init__(self, program: Program, project: Project | None = None) -> None:
        self.program = program
        self.project = project
        self.counter = Counter()
        self.root = State()
        self.state = self.root
        self.frame: Frame = None  # type: ignore[assignment]  # the module's frame is entered before anything runs
        self.module_frame: Frame = None  # type: ignore[assignment]  # likewise
        self.context = Context()
        self.facts: dict[Fact, None] = {}
        self.classes: dict[int, ClassModel] = {}
        self.functions: dict[FunctionModel, None] = {}
        self.reached: set[FunctionModel] = set()
        self.stack: list[FunctionModel] = []
        self.subject: Ref | None = None
        self.ties: list[TieCandidate] = []
        self.wrapped: dict[Value, list[Ref]] = {}
        self.broken: list[Broken] = []
        self.given: list[Given] = []
        self.replaced: list[Replaced] = []
        self.set_in: dict[Site, tuple[ClassModel | None, Where]] = {}
        self.filled: dict[int, set[int]] = {}
        self.load_hooks: set[int] = set()
        self.misfits: list[ShapeCandidate] = []
        self.loading = Loading()
        self.rebindings: list[tuple[Fact, Value]] = []
        self.pending_leaves: dict[int, Fact] = {}
        self.created: list[int] = []
        self.used: set[int] = set()
        self.handed_on: set[int] = set()
        self.optimised: set[int] = set()
        self.hooked: set[int] = set()
        self.lent: set[int] = set()
        self.read_in_forward: set[int] = set()
        self.hook_reads: dict[tuple[int, str, FunctionModel | None], HookRead] = {}
        self.called_somewhere: set[int] = set()
        self.read_at: dict[int, Site] = {}
        self.entry_start = 0
        self.optimised_sites: set[Site] = set()
        self.read_in_operations: set[int] = set()
        self.scopes: dict[int, Scope] = {MODULE_FRAME: Scope(program, MODULE_FRAME)}
        self.imports = Imports(self)
        self.default_grad: bool | None = True
        self.written: set[int] = set()
        self.assigned: dict[Ref, None] = {}
        self.assigned_at: dict[tuple[int, str, Value], Site] = {}
        self.changed_for_many: set[int] = set()
        self.assigned_as: dict[tuple[int, str], str] = {}
        self.calls: list[Entry] = []
        self.loop_logs: list[LoopLog] = []
        self.registered_by: dict[int, Registered] = {}
        self.none_names: dict[tuple[int, str], Registered] = {}
        self.comma_tuples: dict[int, Site] = {}
        self.held_by_comma: set[int] = set()
        self.plain_at: dict[tuple[int, str], Site] = {}
        self.made_here: set[int] = set()
        self.appended: dict[tuple[int, int, Value], bool] = {}
        self.loop_names: dict[int, frozenset[str]] = {}
        self.compared: frozenset[Atom] = frozenset()
        self.training = Training()
        self.guarded: dict[Site, str] = {}
        self.repeated_at: dict[int, Site] = {}
        self.moved: dict[int, tuple[int, Site]] = {}
        self.uses = Uses()
        self.cuts = Cuts()
        self.muted = 0
        self.steps = 0
        self.calls_until = CALLS_UNTIL
        self.visits = Visits()
        # What functions of `modules` gave, with the records that they read.
        self.trees: dict[int, Tree] = {}
        self.children: dict[int, tuple[ModuleRecord, tuple[tuple[Value, ...], bool]]] = {}
        self.own_tensors: dict[int, tuple[ModuleRecord, tuple[Value, ...]]] = {}

    # Records

    def allocate(self, record: Record) -> Ref:
        """Put a new object on the heap."""
        ref = Ref(self.counter.next())
        self.state.set(ref.key, record)
        return ref

    def record(self, value: Value | None) -> Record | None:
        """The record of a value that is one known object."""
        if not isinstance(value, Ref):
            return None
        found = self.state.get(value.key)
        return None if isinstance(found, Value) else found

    def _typed(self, value: Value | None, kind: type[RecordT]) -> RecordT | None:
        record = self.record(value)
        return record if isinstance(record, kind) else None

    def tensor(self, value: Value | None) -> TensorRecord | None:
        """The record of a value that is a known tensor."""
        return self._typed(value, TensorRecord)

    def module(self, value: Value | None) -> ModuleRecord | None:
        """The record of a value that is a known module."""
        return self._typed(value, ModuleRecord)

    def container(self, value: Value | None) -> ContainerRecord | None:
        """The record of a value that is a known Python container."""
        return self._typed(value, ContainerRecord)

    def instance(self, value: Value | None) -> ObjectRecord | None:
        """The record of a value that is an instance of a project class that is no Module."""
        return self._typed(value, ObjectRecord)

    def checkpoint(self, value: Value | None) -> CheckpointRecord | None:
        """The record of a value that is a state dict."""
        return self._typed(value, CheckpointRecord)

    def thing(self, name: str = "", kind: str = "made") -> Value:
        """Something that is not known, but one thing: what unknown code gave back just now."""
        made = Opaque(name, self.counter.next(), kind)
        self.training.made_in[made.key] = self.context.loops
        return made

    def update(self, ref: Ref, record: Record) -> None:
        """Put a changed record in the place of an object's record."""
        self.state.set(ref.key, record)

    # Names

    def bind(self, name: str, value: Value) -> None:
        """Bind a name in the running frame."""
        self.state.set((self.frame.key, name), value)

    def variables(self) -> list[Value]:
        """What the variables of the running frame hold."""
        return self.state.named(self.frame.key, self.frame.base if self.frame.function is not None else None)

    def lookup(self, name: str) -> Value:
        """What a name stands for here."""
        if name == "__class__" and self.frame.owner is not None:
            return ClassValue(self.frame.owner)
        for key in (self.frame.key, *self.frame.closures):
            if key not in self.scopes:
                found = self.state.get((key, name))
                if isinstance(found, Value) and found is not ABSENT:
                    return self.imports.resolve(found)
        found = self.global_name(self.scope, name, before=self.frame.line_of_module)
        if found is not None:
            return found
        return External(f"builtins.{name}") if name in BUILTINS else UNKNOWN

    @property
    def scope(self) -> Scope:
        """The file whose code runs."""
        closures = self.frame.closures
        return self.scopes[closures[-1] if closures else self.frame.key]

    def global_name(self, scope: Scope, name: str, *, before: int | None = None) -> Value | None:
        """What a file binds a name to (only before a line, where one is given); None when it does not bind it."""
        for statement in scope.pending(name):
            if before is None or statement.first_line < before:
                self.run_statement(scope, statement)
        found = self.state.get((scope.key, name))
        if isinstance(found, Value):
            return self.imports.resolve(found)
        for prefix in reversed(scope.stars):
            if load().is_torch_name(f"{prefix}.{name}"):
                return External(load().canonical(f"{prefix}.{name}"))
            taken = self.imports.from_star(prefix, name)
            if taken is not None:
                return taken
        return None

    run_statement: Callable[[Scope, Statement], None]
    run_body: Callable[[cst.BaseSuite], None]
    note_escape: Callable[[Ref], None]

    # Facts

    def site(self, node: cst.CSTNode) -> Site:
        """The site of a node of the running frame."""
        piece, call = self.frame.piece, self.context.entered
        if call is None or piece.path == self.program.path:
            return Site.of(node, piece)
        if call.plain and len(self.context.guards) > call.guards:
            call = replace(call, plain=False)  # what it does in some cases only is not told of each call
        return Site(node, piece, id(node), call)

    def note_guards(self, site: Site) -> None:
        """Remember under which conditions something happens, as written; none where nothing is asked."""
        tests = (self.text(test) if holds else f"not ({self.text(test)})" for test, holds in self.context.guards)
        self.guarded[site] = " and ".join(tests)

    def emit(self, fact: Fact) -> None:
        """Note a fact, once."""
        if self.muted or ANYTHING in self.context.caught:
            return
        told = fact if self._is_here(fact.site) else self._told_from_here(fact)
        if told is not None:
            self.facts[told] = None

    def _is_here(self, site: Site) -> bool:
        return site.path == self.program.path

    def _told_from_here(self, fact: Fact) -> Fact | None:
        """What happens in code of another file: told where this file calls it, if it hangs on what is done here.

        What that file says of itself is found where it is linted.
        """
        call = fact.site.call
        if call is None:
            return None
        others = (getattr(fact, field.name) for field in fields(fact) if field.name not in ("site", "elsewhere"))
        hangs = any(isinstance(other, Site) and self._is_here(other) for other in others)
        if not hangs and (not call.plain or self.says_itself(fact)):
            return None
        return replace(fact, site=call.site, elsewhere=fact.site)

    def says_itself(self, fact: Fact) -> bool:
        """Whether the other file that a fact happens in shows it without this one."""
        program = next((scope.program for scope in self.scopes.values() if scope.program.path == fact.site.path), None)
        own = None if program is None else self.own_facts(program)
        return own is None or fact.place in own

    own_facts: Callable[[Program], frozenset[tuple[type[Fact], Range]] | None]

    @contextmanager
    def alternatives(self) -> Iterator[Callable[[], None]]:
        """Run what happens for each alternative of a value, and note only what happens for every one.

        Gives a function to call before each alternative. A write that is lost in one of them is noted all the same:
        it is lost whenever that alternative holds.
        """
        before, found = self.facts, list[dict[Fact, None]]()

        def begin() -> None:
            self.facts = {}
            found.append(self.facts)

        try:
            yield begin
        finally:
            self.facts = before
        places = [{(type(fact), fact.site) for fact in facts} for facts in found]
        unconditional = not self.context.guards
        for fact in (fact for facts in found for fact in facts):
            place = (type(fact), fact.site)
            if (isinstance(fact, LostWrite) and unconditional) or all(place in others for others in places):
                before[fact] = None

    def code(self, node: cst.CSTNode) -> str:
        """A node of the running frame as written."""
        return self.frame.piece.code(node)

    def text(self, node: cst.CSTNode) -> str:
        """A node as written, on one line and not too long."""
        code = " ".join(self.code(node).split())
        return code if len(code) <= 60 else f"{code[:57]}..."

    def step(self) -> None:
        """Count one evaluation.

        Raises:
            OverBudgetError: when the entry point has taken more than it may.
        """
        self.steps += 1
        if self.steps > BUDGET:
            raise OverBudgetError
        if not self.steps % CHECKPOINT and self.project is not None:
            self.project.checkpoint()

    # Flow

    def within(self, **changes: object) -> Elsewhere:
        """Stand elsewhere for a while."""
        return Elsewhere(self, changes)

    @contextmanager
    def muting(self) -> Iterator[None]:
        """Run something whose facts are found elsewhere, where it is an entry point of its own."""
        self.muted += 1
        try:
            yield
        finally:
            self.muted -= 1

    def branch(self, ways: Sequence[Callable[[], Value]]) -> Value:
        """Run alternatives, each on its own copy of the state, and go on where they join."""
        base = self.state
        results: list[Value] = []
        changes: list[Changes] = []
        for way in ways:
            self.state = State(base)
            value = way()
            if self.state.alive:
                results.append(value)
                changes.append(self.state.changes_since(base))
        self.state = base
        base.absorb(changes)
        return join(results) if results else UNKNOWN

    # Escapes

    def escape(self, value: Value, seen: set[int] | None = None) -> None:
        """Code that is not known got hold of a value: it may register, change or keep it."""
        seen = set() if seen is None else seen
        for member in members(value):
            if not isinstance(member, Ref) or member.key in seen:
                continue
            seen.add(member.key)
            self.handed_on.add(member.key)
            match self.record(member):
                case TensorRecord() as tensor:
                    if not tensor.escaped:
                        self.update(member, replace(tensor, escaped=True))
                    self.note_escape(member)
                case ModuleRecord() as module:
                    for log in self.loop_logs:
                        log.reads.add((member.key, EVERYTHING))
                    initialised = module.initialised or None
                    if not (module.open and module.touched and module.initialised is initialised):
                        self.update(member, replace(module, open=True, touched=True, initialised=initialised))
                    self.note_escape(member)
                case ContainerRecord() as container:
                    if not container.escaped:
                        self.update(member, replace(container, escaped=True))
                    for element in container.elements():
                        self.escape(element, seen)

    def is_fresh_here(self, loops: tuple[int, ...]) -> bool:
        """Whether something made in some loops is made anew in every round of the innermost loop at hand."""
        return not self.context.loops or self.context.loops[-1] in loops


BUILTINS = frozenset(
    {
        "abs", "all", "any", "bool", "dict", "enumerate", "filter", "float", "frozenset", "getattr", "hasattr",
        "int", "isinstance", "issubclass", "iter", "len", "list", "map", "max", "min", "next", "object", "print",
        "property", "range", "repr", "reversed", "round", "set", "setattr", "slice", "sorted", "staticmethod",
        "classmethod", "str", "sum", "super", "tuple", "type", "zip", "delattr", "callable", "id", "vars", "bytes",
        "hash", "divmod", "pow", "chr", "ord", "format", "complex",
        "Exception", "ValueError", "TypeError", "RuntimeError", "AttributeError", "KeyError", "NotImplementedError",
        "AssertionError", "ImportError", "IndexError", "StopIteration", "Warning", "DeprecationWarning",
        "UserWarning", "FutureWarning", "ModuleNotFoundError", "NotImplemented", "NameError",
    }
)  # fmt: skip
