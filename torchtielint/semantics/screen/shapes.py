"""Top-level statements as the screen sees them, each by itself: why it has to be run, and what others must know."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from torchtielint.semantics.screen.family import FORWARD
from torchtielint.semantics.screen.kinds import HELD, Kind, Kinds, Suspicion
from torchtielint.semantics.screen.reading import Reader
from torchtielint.semantics.screen.record import Assigned, Reading
from torchtielint.semantics.screen.syntax import dotted_name, handed_on, walk
from torchtielint.semantics.screen.words import CUTS, is_interesting, is_of_transformers, without_prose

_MEANINGFUL = frozenset(
    {"__new__", "__setattr__", "__getattr__", "__getattribute__", "__delattr__", "__eq__", "__hash__", "__deepcopy__",
     "__class_getitem__", "__copy__", "__setstate__"}
)  # fmt: skip
_MAPPINGS = frozenset({"Mapping", "MutableMapping", "Sequence", "MutableSequence", "Set", "MutableSet", "dict", "list",
                       "set", "UserDict", "UserList", "Dict", "List"})  # fmt: skip
_MISSPELT = frozenset(
    {"_init_", "__int__", "__init", "_init__", "__init_", "_int_", "__initi__", "__intit__", "init__"}
)


@dataclass(slots=True)
class Shape:
    """One statement.

    Args:
        name: of a class, its name.
        suspicions: why it has to be run, as far as it tells by itself.
        calls: the names that it uses.
        returns: of a function, what it may return.
        attributes: of a class, what its methods assign.
        body: of a class, why its body has to be run; suspects: by method, why it has to.
        aliases: of a class, by method, how often it hands on attributes.
        keeping: of a class, the methods that assign something that may be a module.
        names: of a class, the names of its methods and attributes.
        bases: of a class, dotted names.
        reads: of a class, by method, the attributes of the object that it reads.
        creates: of a class, the methods that make modules; of a function, what it makes.
        repeats: it puts what it is given several times into a list.
        hands: names of what it hands modules, parameters or objects of its own; classes: of what it hands classes.
        empty: of a class, the Parameters that it makes without values; fills: by method, attributes that it gives some.
        uses: of a class, the names that each method calls.
        cuts: it may cut a tensor off its gradients; cutting: of a class, the methods that may.
        binds: names of modules or parameters that it binds at the top level.
        kept: of a function, whom it hands something that may keep it; None: it keeps what it is given itself.
    """

    name: str = ""
    suspicions: set[Suspicion] = field(default_factory=set)
    body: frozenset[Suspicion] = frozenset()
    suspects: dict[str, set[Suspicion]] = field(default_factory=dict)
    calls: set[str] = field(default_factory=set)
    returns: Kinds = Kind.DATA
    attributes: dict[str, list[Assigned]] = field(default_factory=dict)
    aliases: dict[str, dict[str, int]] = field(default_factory=dict)
    keeping: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    bases: tuple[str, ...] = ()
    reads: dict[str, set[str]] = field(default_factory=dict)
    creates: set[str] = field(default_factory=set)
    repeats: bool = False
    hands: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    fills: dict[str, set[str]] = field(default_factory=dict)
    binds: set[str] = field(default_factory=set)
    uses: dict[str, set[str]] = field(default_factory=dict)
    cuts: bool = False
    cutting: set[str] = field(default_factory=set)
    kept: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean in a file: what a call returns (None: not known), and whether a class may be a Module."""

    result: Callable[[str], Kinds | None]
    is_module: Callable[[str], bool]
    full: Callable[[str], str]
    keeps: Callable[[str], bool]
    is_function: Callable[[str], bool]

    def reader(self, attribute: Callable[[str], Kinds | None], name: str = "", *, forward: bool = False) -> Reader:
        """What reads a function in which these names hold."""
        known = (self.result, self.is_module, self.full, self.keeps, self.is_function)
        return Reader(attribute, *known, name=name, forward=forward)


def shape_of(text: str, names: Names) -> Shape:
    """The shape of a statement's own lines."""
    shape = Shape()
    said = without_prose(text)
    if is_interesting(said):
        shape.suspicions.add(Suspicion.WORD)
    if is_of_transformers(said):
        shape.suspicions.add(Suspicion.PRETRAINED)
    shape.cuts = CUTS.search(said) is not None
    for node in ast.parse(text).body:
        match node:
            case ast.ClassDef():
                _Class(node, names, shape, text).read()
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                reading = names.reader(_given, node.name).function(node, receiver=False)
                _take(shape, reading)
                shape.creates |= reading.creates
                shape.returns |= reading.returns
                shape.kept = handed_on(node)
            case _:
                reader = names.reader(_given)
                _take(shape, reader.block([node]))
                shape.binds.update(reader.held())
    return shape


def _given(_: str) -> None:
    """Outside of a class nothing is known of attributes."""


def _take(shape: Shape, reading: Reading) -> None:
    shape.suspicions |= reading.suspicions
    shape.calls |= reading.calls
    shape.hands |= reading.hands
    shape.repeats |= reading.repeats
    shape.classes |= reading.names
    shape.empty |= reading.empty


class _Class:
    """Reads a class: its constructor first, and the methods that are asked for before they are read."""

    def __init__(self, node: ast.ClassDef, names: Names, shape: Shape, text: str) -> None:
        self._node = node
        self._names = names
        self._shape = shape
        self._lines = text.split("\n")
        self._methods = {one.name: one for one in node.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))}
        self._readings: dict[str, Reading] = {}
        self._reading: set[str] = set()

    def read(self) -> None:
        """Fill the shape."""
        shape, node = self._shape, self._node
        shape.name = node.name
        shape.bases = tuple(filter(None, map(_dotted_base, node.bases)))
        shape.names.update(self._methods)
        if node.keywords or len(shape.bases) < len(node.bases):
            shape.suspicions.add(Suspicion.CLASS_BODY)
        if any("dataclass" in ast.dump(one) or "attr" in ast.dump(one) for one in node.decorator_list):
            shape.suspicions.add(Suspicion.CLASS_BODY)
        if _MISSPELT & self._methods.keys():
            shape.suspicions.add(Suspicion.CLASS_BODY)
        self._body()
        if _MEANINGFUL & shape.names or any(_is_odd_base(self._names.full(base)) for base in shape.bases):
            shape.suspicions.add(Suspicion.CLASS_BODY)
        constructor = self._methods.get("__init__")
        if constructor is not None and node.bases and not _starts(constructor, node.name):
            shape.suspicions.add(Suspicion.SUPER_INIT)
        self._read_methods()
        words = {Suspicion.WORD} if is_interesting(without_prose(self._text_outside())) else set()
        shape.body = frozenset(shape.suspicions - {Suspicion.WORD, Suspicion.PRETRAINED} | words)
        for name, reading in self._readings.items():
            _take(shape, reading)
            shape.suspects[name] = set(reading.suspicions)
            text = self._text_of(self._methods[name])
            if is_interesting(text):
                shape.suspects[name].add(Suspicion.WORD)
            if shape.cuts and CUTS.search(text):
                shape.cutting.add(name)
            shape.reads[name] = reading.methods
            shape.uses[name] = reading.calls
            shape.fills[name] = reading.fills
            if reading.creates:
                shape.creates.add(name)
            shape.aliases[name] = reading.aliases
            if any(one.kind & HELD for each in reading.attributes.values() for one in each):
                shape.keeping.add(name)

    def _body(self) -> None:
        """Everything in the class body that is no method."""
        for one in self._node.body:
            match one:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Pass():
                    continue
                case ast.Expr(value=ast.Constant()):
                    continue
                case ast.Assign(targets=targets):
                    self._shape.names.update(target.id for target in targets if isinstance(target, ast.Name))
                case ast.AnnAssign(target=ast.Name(id=name), value=value):
                    if value is None:
                        continue  # an annotation alone is no attribute
                    self._shape.names.add(name)
                case ast.ClassDef(name=name):
                    self._shape.names.add(name)
                    if any(isinstance(inner, ast.Call) for inner in walk(one)):
                        self._shape.suspicions.add(Suspicion.CLASS_BODY)
                    continue
                case _:
                    self._shape.suspicions.add(Suspicion.CLASS_BODY)
                    continue
            reader = self._names.reader(_given)
            reading = reader.block([one])
            if reading.suspicions or reader.held():
                self._shape.suspicions.add(Suspicion.CLASS_BODY)

    def _text_outside(self) -> str:
        """The lines of the class that are in no method."""
        inside = {at for node in self._methods.values() for at in range(node.lineno - 1, node.end_lineno or 0)}
        return "\n".join(line for at, line in enumerate(self._lines) if at not in inside)

    def _text_of(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        return without_prose("\n".join(self._lines[node.lineno - 1 : node.end_lineno]))

    def _attribute(self, name: str) -> Kinds | None:
        """What an attribute of the object may be."""
        if name in self._methods:
            return self._method(name).returns
        known = self._shape.attributes.get(name)
        if known is None:
            return Kind.DATA if name in self._shape.names else None
        found = Kind.DATA
        for one in known:
            found |= one.kind
        return found

    def _read_methods(self) -> None:
        """The constructor first; what it calls once more, when all is known that it assigns."""
        early: list[str] = []
        if "__init__" in self._methods:
            self._method("__init__")
            early = [name for name in self._readings if name != "__init__"]
            for name in early:
                del self._readings[name]
                self._reading.discard(name)
        for name in (*early, *self._methods):
            self._method(name)
        attributes: dict[str, list[Assigned]] = {}
        for reading in self._readings.values():
            for attribute, assigned in reading.attributes.items():
                attributes.setdefault(attribute, []).extend(assigned)
        self._shape.attributes = attributes

    def _method(self, name: str) -> Reading:
        if name in self._readings:
            return self._readings[name]
        if name in self._reading:
            return Reading(returns=Kind.GIVEN)
        self._reading.add(name)
        node = self._methods[name]
        decorators = {one.id for one in node.decorator_list if isinstance(one, ast.Name)}
        of_class = bool(decorators & {"staticmethod", "classmethod"}) or name in ("__init_subclass__", "__new__")
        reader = self._names.reader(self._attribute, name, forward=name.startswith(FORWARD))
        reading = self._readings[name] = reader.function(node, receiver=not of_class)
        for attribute, assigned in reading.attributes.items():
            self._shape.attributes.setdefault(attribute, []).extend(assigned)
        return reading


def _is_odd_base(full: str) -> bool:
    """Whether a base brings more than methods: containers, mappings, models of transformers."""
    first, _, last = full.partition(".")[0], "", full.rpartition(".")[2]
    listed = last in ("ParameterList", "ParameterDict", "ModuleList", "ModuleDict")
    return listed or first in ("collections", "transformers") or last in _MAPPINGS


def _starts(constructor: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a constructor runs that of its base, once, before it does anything with the object."""
    calls = 0
    touched = False
    receiver = constructor.args.args[0].arg if constructor.args.args else ""
    for statement in constructor.body:
        match statement:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=given), attr="__init__")
                )
            ) if not given or [dotted_name(one) for one in given] == [name, receiver]:
                if touched:
                    return False
                calls += 1
            case _:
                names = [inner for inner in walk(statement) if isinstance(inner, (ast.Name, ast.Attribute))]
                if any(isinstance(inner, ast.Attribute) and inner.attr == "__init__" for inner in names):
                    return False
                touched = touched or any(isinstance(inner, ast.Name) and inner.id == receiver for inner in names)
    return calls == 1


def _dotted_base(node: ast.expr) -> str:
    """The dotted name of a base; of `Base[T]`, that of `Base`."""
    return dotted_name(node.value if isinstance(node, ast.Subscript) else node)
