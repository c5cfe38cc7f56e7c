"""Whether a file defines Modules though it never says `torch`: from the indexes of files alone, without libcst."""

from __future__ import annotations

from torchtielint.semantics.definitions import FOREIGN_MODULES
from torchtielint.semantics.index import Index, Statement
from torchtielint.semantics.program import Program
from torchtielint.semantics.project import Project
from torchtielint.torch_facts import load

# Classes and imports that are followed for one question.
MAX_FOLLOWED = 64


def defines_modules(index: Index, file: str, project: Project) -> bool:
    """Whether a class of a file derives from a Module of another one."""
    program = Program.of(file, "", index, file)
    search = _Search(project)
    return any(search.is_module(program, base) for statement in index.statements for base in statement.bases if base)


class _Search:
    """One question; what was asked once is not asked again, so that circles end."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._asked: set[tuple[str, str]] = set()

    def is_module(self, program: Program, dotted: str) -> bool:
        """Whether a dotted name, as a file writes it, is a Module class."""
        key = (program.file, dotted)
        if key in self._asked or len(self._asked) >= MAX_FOLLOWED:
            return False
        self._asked.add(key)
        head, _, rest = dotted.partition(".")
        if any(self._binds_module(program, statement, head, rest) for statement in program.binders(head)):
            return True
        stars = (self._project.absolute_name(program.file, star) for star in program.stars)
        return any(self._named(program.file, f"{star}.{dotted}") for star in stars)

    def _binds_module(self, program: Program, statement: Statement, head: str, rest: str) -> bool:
        if not rest and any(self.is_module(program, base) for base in statement.bases):
            return True
        for name, imported in statement.imports:
            if name == head:
                absolute = self._project.absolute_name(program.file, imported)
                if self._named(program.file, f"{absolute}.{rest}" if rest else absolute):
                    return True
        return False

    def _named(self, importer: str, name: str) -> bool:
        if name in FOREIGN_MODULES or load().module(name) is not None:
            return True
        package, _, last = name.rpartition(".")
        file = self._project.find(importer, package) if package else None
        program = self._project.program(file) if file is not None else None
        return program is not None and self.is_module(program, last)
