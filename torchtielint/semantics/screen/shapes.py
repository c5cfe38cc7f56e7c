"""Top-level statements as the screen sees them, each by itself: why it has to be run, and what others must know."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from torchtielint.semantics.screen.kinds import HELD, STATE, Kind, Kinds, Suspicion
from torchtielint.semantics.screen.reading import Reader
from torchtielint.semantics.screen.record import Assigned, Reading
from torchtielint.semantics.screen.syntax import dotted_name
from torchtielint.semantics.screen.words import CUTS, RUN, without_prose
from torchtielint.torch_facts import load

_FORWARD = ("forward", "_forward", "__call__", "call")
_MEANINGFUL = frozenset(
    {"__new__", "__setattr__", "__getattr__", "__getattribute__", "__delattr__", "__eq__", "__hash__", "__deepcopy__",
     "__init_subclass__", "__class_getitem__", "__copy__", "__setstate__"}
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
        suspicions: why it has to be run, as far as it tells by itself.
        calls: the names that it uses.
        returns: of a function, what it may return.
        attributes: of a class, what its methods assign.
        aliases: of a class, attributes that were handed on.
        names: of a class, the names of its methods and attributes.
        bases: of a class, dotted names.
        reads: of a class, by method, the attributes of the object that it reads.
        creates: of a class, the methods that make modules; of a function, what it makes.
        repeats: it puts what it is given several times into a list.
        hands: names of what it hands modules, parameters or objects of its own; classes: of what it hands classes.
        empty: of a class, the Parameters that it makes without values; fills: by method, attributes that it gives some.
        uses: of a class, the names that each method calls.
        cuts: it may cut a tensor off its gradients.
        binds: names of modules or parameters that it binds at the top level.
    """

    suspicions: set[Suspicion] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    returns: Kinds = Kind.DATA
    attributes: dict[str, list[Assigned]] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
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


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean in a file: what a call returns (None: not known), and whether a class may be a Module."""

    result: Callable[[str], Kinds | None]
    is_module: Callable[[str], bool]
    full: Callable[[str], str]

    def reader(self, attribute: Callable[[str], Kinds | None], name: str = "", *, forward: bool = False) -> Reader:
        """What reads a function in which these names hold."""
        return Reader(attribute, self.result, self.is_module, self.full, name=name, forward=forward)


def shape_of(text: str, names: Names) -> Shape:
    """The shape of a statement's own lines."""
    shape = Shape()
    said = without_prose(text)
    if RUN.search(said):
        shape.suspicions.add(Suspicion.WORD)
    shape.cuts = CUTS.search(said) is not None
    for node in ast.parse(text).body:
        match node:
            case ast.ClassDef():
                _Class(node, names, shape).read()
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                reading = names.reader(_given, node.name).function(node, receiver=False)
                _take(shape, reading)
                shape.creates |= reading.creates
                shape.returns |= reading.returns
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

    def __init__(self, node: ast.ClassDef, names: Names, shape: Shape) -> None:
        self._node = node
        self._names = names
        self._shape = shape
        self._methods = {one.name: one for one in node.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))}
        self._readings: dict[str, Reading] = {}
        self._reading: set[str] = set()

    def read(self) -> None:
        """Fill the shape."""
        shape, node = self._shape, self._node
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
        for name in sorted(self._methods, key=lambda name: name != "__init__"):
            self._method(name)
        for name, reading in self._readings.items():
            _take(shape, reading)
            shape.reads[name] = reading.methods
            shape.uses[name] = reading.calls
            shape.fills[name] = reading.fills
            if reading.creates:
                shape.creates.add(name)
            for attribute, count in reading.aliases.items():
                shape.aliases[attribute] = shape.aliases.get(attribute, 0) + count

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
                    if any(isinstance(inner, ast.Call) for inner in ast.walk(one)):
                        self._shape.suspicions.add(Suspicion.CLASS_BODY)
                    continue
                case _:
                    self._shape.suspicions.add(Suspicion.CLASS_BODY)
                    continue
            reader = self._names.reader(_given)
            reading = reader.block([one])
            if reading.suspicions or reader.held():
                self._shape.suspicions.add(Suspicion.CLASS_BODY)

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

    def _method(self, name: str) -> Reading:
        if name in self._readings:
            return self._readings[name]
        if name in self._reading:
            return Reading(returns=Kind.GIVEN)
        self._reading.add(name)
        node = self._methods[name]
        is_static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
        reader = self._names.reader(self._attribute, name, forward=name.startswith(_FORWARD))
        reading = self._readings[name] = reader.function(node, receiver=not is_static)
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
                names = [inner for inner in ast.walk(statement) if isinstance(inner, (ast.Name, ast.Attribute))]
                if any(isinstance(inner, ast.Attribute) and inner.attr == "__init__" for inner in names):
                    return False
                touched = touched or any(isinstance(inner, ast.Name) and inner.id == receiver for inner in names)
    return calls == 1


def _dotted_base(node: ast.expr) -> str:
    """The dotted name of a base; of `Base[T]`, that of `Base`."""
    return dotted_name(node.value if isinstance(node, ast.Subscript) else node)


def joined(shape: Shape, bases: list[Shape]) -> Iterator[Suspicion]:
    """What a class and its bases do together."""
    family = [shape, *bases]
    names = set[str]().union(*(one.names for one in family))
    assigned: dict[str, list[Assigned]] = {}
    aliases: dict[str, int] = {}
    for one in family:
        for name, each in one.attributes.items():
            assigned.setdefault(name, []).extend(each)
        for name, count in one.aliases.items():
            aliases[name] = aliases.get(name, 0) + count
    for name, each in assigned.items():
        if _is_several(each, aliases.get(name, 0)):
            yield Suspicion.REBOUND
        registered = any(one.kind & STATE or one.buffer for one in each)
        if registered and (name in names or name in _torch_names()):
            yield Suspicion.NAME
    if any(count > 1 for name, count in aliases.items() if name in assigned and _may_be(assigned[name], HELD)):
        yield Suspicion.ALIAS
    if _forward_creates(family):
        yield Suspicion.CREATED
    if any(one.cuts for one in family) and any(_may_be(each, Kind.PARAMETER) for each in assigned.values()):
        yield Suspicion.WORD
    if any(one.empty for one in family) and not set().union(*(one.empty for one in family)) <= _filled(family):
        yield Suspicion.PARAMETER


@functools.cache
def _torch_names() -> frozenset[str]:
    return load().module_methods


def _may_be(each: list[Assigned], kind: Kinds) -> bool:
    return any(one.kind & kind for one in each)


def _is_several(each: list[Assigned], aliases: int) -> bool:
    """Whether an attribute is registered, and something else at another time."""
    real = [one for one in each if not one.none]
    if len(real) < 2:
        return False
    kinds = Kind.DATA
    for one in real:
        kinds |= one.kind
    if any(one.buffer for one in real):
        return any(not one.buffer and not one.kind & (Kind.TENSOR | Kind.GIVEN) for one in real) or bool(kinds & STATE)
    if kinds & Kind.PARAMETER:
        pairs = [(one, other) for at, one in enumerate(real) for other in real[at + 1 :]]
        apart = all(one.method == other.method and one.excludes(other) for one, other in pairs)
        return not apart or bool(kinds & (Kind.TENSOR | Kind.CONTAINER)) or bool(aliases)
    if kinds & Kind.MODULE:
        plain = any(not one.kind & (Kind.MODULE | Kind.GIVEN | Kind.MADE | Kind.FOREIGN) for one in real)
        return plain or bool(aliases)
    return False


def _filled(family: list[Shape]) -> set[str]:
    """The attributes that the constructor gives values, itself or by a method."""
    reads: dict[str, set[str]] = {}
    fills: dict[str, set[str]] = {}
    for one in family:
        for name, read in one.reads.items():
            reads.setdefault(name, set()).update(read)
        for name, filled in one.fills.items():
            fills.setdefault(name, set()).update(filled)
    return set().union(*(fills.get(name, set()) for name in _reached({"__init__"}, reads)))


def _reached(start: set[str], reads: dict[str, set[str]]) -> set[str]:
    """The methods that some methods lead to."""
    seen = set(start)
    pending = list(start)
    while pending:
        new = (reads.get(pending.pop(), set()) & reads.keys()) - seen
        seen |= new
        pending.extend(new)
    return seen


def _forward_creates(family: list[Shape]) -> bool:
    """Whether a forward, or what it calls of the object, makes modules."""
    creates = set[str]().union(*(one.creates for one in family))
    return bool(creates & _run_by_forward(family))


def called_by_forward(family: list[Shape]) -> set[str]:
    """The names that a forward, or what it calls of the object, uses."""
    run = _run_by_forward(family)
    return set[str]().union(*(used for one in family for name, used in one.uses.items() if name in run))


def _run_by_forward(family: list[Shape]) -> set[str]:
    reads: dict[str, set[str]] = {}
    for one in family:
        for name, read in one.reads.items():
            reads.setdefault(name, set()).update(read)
    return _reached({name for name in reads if name.startswith(_FORWARD) or name.endswith("_step")}, reads)
