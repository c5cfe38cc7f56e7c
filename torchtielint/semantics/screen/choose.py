"""Which statements of a file are run: those that are suspicious, by themselves or by what they stand on."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchtielint.semantics.index import Statement, StatementKind
from torchtielint.semantics.screen.family import called_by_forward, is_run_for, joined
from torchtielint.semantics.screen.kinds import Kind, Kinds, Suspicion
from torchtielint.semantics.screen.shapes import Names, Shape, shape_of
from torchtielint.semantics.screen.words import is_interesting

if TYPE_CHECKING:
    from torchtielint.semantics.program import Program
    from torchtielint.semantics.project import Project

MAX_FOLLOWED = 12
"""Imports that are followed from one name to the statement that binds it."""
_PLAIN_BASES = frozenset({"object", "Exception", "dict", "list", "str", "int", "tuple", "Enum", "IntEnum", "StrEnum",
                          "NamedTuple", "TypedDict", "Protocol", "ABC", "OrderedDict", "ValueError", "UserDict",
                          "RuntimeError", "Dataset", "Generic", "ExplicitEnum", "Optimizer"})  # fmt: skip


_MAKING = {Suspicion.PARAMETER, Suspicion.PLAIN_CONTAINER, Suspicion.REPEATED}

# What only matters where a class may be a Module.
_OF_MODULES = {
    Suspicion.CLASS_BODY, Suspicion.SUPER_INIT, Suspicion.PLAIN_CONTAINER, Suspicion.PLAIN_TENSOR, Suspicion.NAME,
    Suspicion.BASE,
}  # fmt: skip

# What a class that is given may make a finding of.
_BUILDING = {
    Suspicion.ALIAS, Suspicion.REPEATED, Suspicion.PLAIN_CONTAINER, Suspicion.LOOP, Suspicion.CALLEE,
    Suspicion.CONTAINER_CALL,
}  # fmt: skip


@dataclass(slots=True)
class Screened:
    """The statements of a file that are run; and why, for whoever wants to run less."""

    run: frozenset[Statement]
    why: dict[Statement, set[Suspicion]] = field(default_factory=dict)


def screened(program: Program, project: Project | None) -> Screened | None:
    """Which statements of a file have to be run; None for all of them."""
    return _Choice(program, project).screened()


class _Choice:
    """One file's choice; the shapes of statements are kept with their programs."""

    def __init__(self, program: Program, project: Project | None) -> None:
        self._program = program
        self._project = project
        self._judged: dict[Statement, set[Suspicion]] = {}

    def screened(self) -> Screened | None:
        program = self._program
        if program.index.whole is not None or any(
            statement.star for statement in program.index.statements if statement.kind is not StatementKind.IMPORT
        ):
            return None
        why: dict[Statement, set[Suspicion]] = {}
        shapes: dict[Statement, Shape] = {}
        imports = (each for one in program.index.statements for each in one.imports)
        risky = {bound for bound, dotted in imports if is_interesting(f"{dotted.replace('.data.', '.')}(")}
        for statement in program.index.statements:
            if statement.kind is StatementKind.IMPORT:
                continue
            if self._project is not None:
                self._project.checkpoint()
            shape = shapes[statement] = self._shape(program, statement)
            found = set(self._suspicions(program, statement))
            if shape.binds:
                found.add(Suspicion.TOP_LEVEL)
            if risky & {name.partition(".")[0] for name in shape.calls}:
                found.add(Suspicion.WORD)
            if found:
                why[statement] = found
        self._spread(shapes, why)
        return Screened(frozenset(why), why)

    def _spread(self, shapes: dict[Statement, Shape], why: dict[Statement, set[Suspicion]]) -> None:
        """What is run because other statements are."""
        pieces = [one for one in shapes if one.kind is not StatementKind.DEFINITION]
        while True:
            before = len(why)
            if any(one in why for one in pieces):  # the statements of the module are one program
                for one in pieces:
                    why.setdefault(one, {Suspicion.TOP_LEVEL})
            suspicious = {name for one in why for name in (*one.binds, *shapes[one].names)}
            suspicious |= {name for one, shape in shapes.items() if shape.repeats for name in one.binds}
            builders = {name for one, found in why.items() if found & _BUILDING for name in one.binds}
            makers = {name for one, found in why.items() if found & _MAKING and not one.is_class for name in one.binds}
            for statement, shape in shapes.items():
                if statement in why:
                    continue
                if makers & {name.partition(".")[0] for name in shape.calls}:
                    why[statement] = {Suspicion.PARAMETER}
                elif any(self._is_suspicious(name, suspicious) for name in shape.hands) or any(
                    self._is_suspicious(name, builders, _BUILDING) for name in shape.classes
                ):
                    why[statement] = {Suspicion.CALLEE}
            if len(why) == before:
                return

    def _is_suspicious(self, name: str, here: set[str], of: set[Suspicion] | None = None) -> bool:
        """Whether a function or class, of this file or another, is suspicious itself."""
        if name in here or name.rpartition(".")[2] in here:
            return True
        others = (one for one in self._bound(self._program, name) if one[0] is not self._program)
        return any(
            self._suspicions(program, statement) & of
            if of is not None
            else self._shape(program, statement).repeats or self._suspicions(program, statement)
            for program, statement in others
        )

    def _shape(self, program: Program, statement: Statement) -> Shape:
        known = program.shapes.get(statement)
        ledger = program.ledger
        if known is None and ledger is not None:
            with ledger.apart() as uses:
                known = self._read(program, statement)
            program.shapes_use[statement] = uses
        elif known is None:
            known = self._read(program, statement)
        elif ledger is not None and statement in program.shapes_use:
            ledger.again(program.shapes_use[statement])
        return known

    def _read(self, program: Program, statement: Statement) -> Shape:
        # While it is read, as in a circle of calls, it may give back anything.
        program.shapes[statement] = Shape(returns=Kind.FOREIGN | Kind.MADE | Kind.GIVEN)
        names = Names(
            lambda name: self._result(program, name),
            lambda name: self._is_module(program, name),
            lambda name: _full(program, name),
            lambda name: self._keeps(program, name),
            lambda name: self._is_function(program, name),
        )
        try:
            known = shape_of(program.lines_of(statement), names)
        except (SyntaxError, ValueError, RecursionError):
            known = Shape(suspicions={Suspicion.WORD})
        program.shapes[statement] = known
        return known

    def _suspicions(self, program: Program, statement: Statement) -> set[Suspicion]:
        known = self._judged.get(statement)
        if known is None:
            known = self._judged[statement] = self._judge(program, statement)
        return known

    def _judge(self, program: Program, statement: Statement) -> set[Suspicion]:
        shape = self._shape(program, statement)
        found = set(shape.suspicions)
        if statement.is_class:
            bases = [one for base in shape.bases for one in self._family(program, base, set())]
            if is_run_for(shape, bases):
                found.add(Suspicion.BASE)
            found.update(joined(shape, bases))
            if any(self._creates(program, name) for name in called_by_forward([shape, *bases])):
                found.add(Suspicion.CREATED)
            if not self._is_module_class(program, statement):
                found -= _OF_MODULES
            if "PreTrainedModel" in [base.name for base in bases]:
                found.discard(Suspicion.PRETRAINED)  # it is read as any other class, so is what derives from it
        return found

    def _creates(self, program: Program, name: str) -> bool:
        """Whether a function of the project makes modules."""
        return any(
            not statement.is_class and self._shape(other, statement).creates
            for other, statement in self._bound(program, name)
            if statement.kind is StatementKind.DEFINITION
        )

    def _family(self, program: Program, name: str, seen: set[tuple[str, str]]) -> Iterator[Shape]:
        """The shapes of a base class, and of its bases."""
        if (program.file, name) in seen or len(seen) > 64:
            return
        seen.add((program.file, name))
        for other, statement in self._bound(program, name):
            if statement.is_class:
                shape = self._shape(other, statement)
                yield shape
                for base in shape.bases:
                    yield from self._family(other, base, seen)

    def _bound(self, program: Program, name: str, depth: int = 0) -> Iterator[tuple[Program, Statement]]:
        """The statements of the project that bind a name, behind imports."""
        if depth > MAX_FOLLOWED:
            return
        head, _, rest = name.partition(".")
        for statement in program.binders(head):
            if not statement.imports:
                if not rest:
                    yield program, statement
                continue
            for bound, imported in statement.imports:
                if bound == head:
                    yield from self._imported(program, f"{imported}.{rest}" if rest else imported, depth)
        for star in program.stars if not program.binders(head) else ():
            yield from self._imported(program, f"{star}{'' if star.endswith('.') else '.'}{name}", depth)

    def _imported(self, program: Program, dotted: str, depth: int) -> Iterator[tuple[Program, Statement]]:
        project = self._project
        if project is None:
            return
        absolute = project.absolute_name(program.file, dotted)
        if not project.knows(program.file, absolute):
            return
        package, _, last = absolute.rpartition(".")
        file = project.find(program.file, package) if package else None
        other = project.program(file) if file is not None else None
        if other is not None:
            yield from self._bound(other, last, depth + 1)

    def _result(self, program: Program, name: str) -> Kinds | None:
        """What a call of a function gives; None where it is not one of the project's."""
        found = list(self._bound(program, name))
        if not found:
            return None
        kind = Kind.DATA
        for other, statement in found:
            if statement.kind is not StatementKind.DEFINITION:
                if name.rpartition(".")[2] in self._shape(other, statement).binds:
                    return None
                continue
            if statement.is_class:
                return Kind.MODULE
            kind |= self._shape(other, statement).returns
        return kind

    def _keeps(self, program: Program, name: str, depth: int = 0) -> bool:
        """Whether a function may put what it is given somewhere, or hand it to somebody who does."""
        found = list(self._bound(program, name))
        if not found:
            return not hasattr(builtins, name)
        for other, statement in found:
            kept = self._shape(other, statement).kept
            if kept is None or depth > MAX_FOLLOWED or any(self._keeps(other, one, depth + 1) for one in kept):
                return True
        return False

    def _is_function(self, program: Program, name: str) -> bool:
        """Whether a name is that of a function of the project, and nothing else."""
        found = list(self._bound(program, name))
        kinds = {statement.kind for _, statement in found}
        return kinds == {StatementKind.DEFINITION} and not any(statement.is_class for _, statement in found)

    def _is_module(self, program: Program, name: str, depth: int = 0) -> bool:
        """Whether a class may be a Module, or hold one."""
        if depth > MAX_FOLLOWED:
            return True
        found = list(self._bound(program, name))
        if not found:
            return not _is_plain(name.rpartition(".")[2])
        return any(
            not statement.is_class or self._is_module_class(other, statement, depth) for other, statement in found
        )

    def _is_module_class(self, program: Program, statement: Statement, depth: int = 0) -> bool:
        """Whether a class of the project may be a Module."""
        return any(
            not _is_plain(base.rpartition(".")[2]) and self._is_module(program, base, depth + 1)
            for base in statement.bases
        )


def _is_plain(name: str) -> bool:
    """Whether a class of this name, defined elsewhere, is no Module."""
    return name in _PLAIN_BASES or hasattr(builtins, name) or name.endswith(("Error", "Exception", "Warning"))


def _full(program: Program, name: str) -> str:
    """A dotted name behind the imports of its file."""
    head, _, rest = name.partition(".")
    for statement in program.binders(head):
        for bound, imported in statement.imports:
            if bound == head:
                return f"{imported}.{rest}" if rest else imported
    return name
