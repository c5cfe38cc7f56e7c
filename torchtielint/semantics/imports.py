"""What an imported name stands for: a class or function of another file of the project, or something outside."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from torchtielint.semantics.definitions import FOREIGN_MODULES
from torchtielint.semantics.program import Scope
from torchtielint.semantics.values import ABSENT, External, Union, Value, join
from torchtielint.torch_facts import load

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine


class Imports:
    """Resolves dotted names for one machine; each file that one leads to becomes a scope of it, at most once.

    An `External` is what an import statement binds. It becomes a value of the project when somebody reads the name,
    so that nothing is parsed for an import that is not used.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._known: dict[str, Value] = {}
        self._scopes: dict[str, Scope | None] = {machine.program.file: machine.scopes[0]}

    def absolute(self, dotted: str) -> str:
        """The absolute dotted name of what the running code imports."""
        project = self._machine.project
        if project is None or not dotted.startswith("."):
            return dotted
        return project.absolute_name(self._machine.scope.program.file, dotted)

    def resolve(self, value: Value) -> Value:
        """A value, with what it names in the project in the place of a name."""
        match value:
            case External(name=name):
                return self.named(name)
            case Union(members=found):
                return join(map(self.resolve, found))
        return value

    def named(self, name: str) -> Value:
        """What an absolute dotted name stands for."""
        project = self._machine.project
        if project is None:
            return External(name)
        known = self._known.get(name)
        if known is None:
            self._known[name] = External(name)  # where an import cycle comes back, it ends
            known = self._known[name] = self._named(name)
        return known

    def _named(self, name: str) -> Value:
        project, importer = self._machine.project, self._machine.program.file
        outside = External(name)
        if project is None or not project.knows(importer, name):
            return outside
        if name in FOREIGN_MODULES or load().module(name) is not None:
            return outside
        package, _, last = name.rpartition(".")
        if not package:
            return outside
        found = self._attribute(package, last)
        return outside if found is None else found

    def _attribute(self, module: str, name: str) -> Value | None:
        """What a module of the project binds a name to."""
        scope = self._scope(module)
        if scope is None:
            return None
        found = self._machine.global_name(scope, name)
        return None if found is ABSENT else found

    def from_star(self, module: str, name: str) -> Value | None:
        """What `from module import *` binds a name to."""
        project = self._machine.project
        if project is None or name.startswith("_") or hasattr(builtins, name):
            return None
        file = project.find(self._machine.program.file, module)
        return self._attribute(module, name) if file is not None and project.binds(file, name) else None

    def _scope(self, module: str) -> Scope | None:
        machine = self._machine
        if machine.project is None:
            return None
        file = machine.project.find(machine.program.file, module)
        if file is None:
            return None
        if file not in self._scopes:
            program = machine.project.program(file)
            self._scopes[file] = None
            if program is not None:
                key = machine.counter.next()
                self._scopes[file] = machine.scopes[key] = Scope(program, key)
        return self._scopes[file]
