"""What an expression can be: the abstract values that the interpreter computes with.

A value is immutable and comparable. What can change (a module's attributes, a list's elements, whether a tensor
requires a gradient) lives in records on the heap of a state, and a `Ref` names the record.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchtielint.semantics.definitions import ClassModel, FunctionModel
    from torchtielint.semantics.shapes import Size


class Value:
    """Anything that an expression can be."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unknown(Value):
    """Not known; rules are silent on it."""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Carrying(Unknown):
    """Not known, but it carries the gradients of what it was computed from: modules and tensors, by identity."""

    carries: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Absent(Value):
    """No value: a name or attribute that is not bound on some path."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Opaque(Value):
    """Not known, but one thing: an argument of the function under analysis, or what unknown code gave back.

    `name` is the argument's, or the function's; an annotation, or where it comes from, may say what `kind` it is of.
    """

    name: str
    key: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Part(Value):
    """An attribute (or item, `[0]`) of a thing that is not known: the same whenever it is read, until somebody sets it.

    Of a known object: what the attribute held when the method under analysis began.
    """

    owner: Value
    name: str

    @property
    def is_of_argument(self) -> bool:
        """Whether it is a part of an argument of which nothing is known."""
        owner = self.owner
        return owner.is_of_argument if isinstance(owner, Part) else isinstance(owner, Opaque) and owner.kind == ""

    def __str__(self) -> str:
        first = self.owner.name if isinstance(self.owner, Opaque) else str(self.owner)
        return f"{first}{self.name}" if self.name.startswith("[") else f"{first}.{self.name}"


class Held(enum.Enum):
    """How tensors taken from a module hold its weights: they are them, unless they had to move, or copies."""

    LIVE = "live"
    UNLESS_MOVED = "unless moved"
    COPIED = "copied"


@dataclass(frozen=True, slots=True)
class Weight(Value):
    """One of the tensors of a module: an entry of a state dict of it, or a parameter where its class is not known."""

    module: Value
    held: Held = Held.LIVE
    entry_of: Ref | None = None


@dataclass(frozen=True, slots=True)
class Const(Value):
    """A literal; the type is part of its identity, as `True` is not `1` here."""

    value: object
    type_name: str

    @classmethod
    def of(cls, value: object) -> Const:
        """The constant of a Python literal."""
        return cls(value, type(value).__name__)


NONE = Const.of(None)
TRUE = Const.of(True)
FALSE = Const.of(False)


@dataclass(frozen=True, slots=True)
class External(Value):
    """Something imported from outside the project, by its canonical dotted name: a module, class or function."""

    name: str


@dataclass(frozen=True, slots=True)
class Instance(Value):
    """An object of an outside class of which only the class matters (a numpy array, a dtype, a grad mode)."""

    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Optimizer(Value):
    """An optimizer of torch; what it took is noted under it."""

    key: int


@dataclass(frozen=True, slots=True)
class Computed(Value):
    """What arithmetic gives whose operands are not known: no Parameter, no module; the `size` that it may be.

    `carries`: of what it carries the gradients, as `Carrying` does.
    """

    size: Size | None = None
    carries: frozenset[int] = frozenset()


COMPUTED = Computed()
INT = Instance("int")
"""Some integer."""


@dataclass(frozen=True, slots=True)
class ClassValue(Value):
    """A class defined in the project."""

    model: ClassModel


@dataclass(frozen=True, slots=True)
class FunctionValue(Value):
    """A function or lambda defined in the project, with the receiver it is bound to, if any."""

    model: FunctionModel
    receiver: Value | None = None


@dataclass(frozen=True, slots=True)
class BuiltinMethod(Value):
    """A method that torch or Python defines, bound to its receiver."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True)
class Partial(Value):
    """`functools.partial(function, ...)`."""

    function: Value
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Super(Value):
    """`super()` inside a method of `after`, for `receiver`, an object of the class `cls`."""

    after: ClassModel | str
    receiver: Value
    cls: ClassModel


@dataclass(frozen=True, slots=True)
class ModuleItems(Value):
    """What `module.parameters()`, `.named_parameters()`, `.children()`, `.modules()`, ... yield; each call another."""

    module: Value
    kind: str
    key: int = 0


@dataclass(frozen=True, slots=True)
class Ref(Value):
    """An object whose record is on the heap."""

    key: int


@dataclass(frozen=True, slots=True)
class Registry(Unknown):
    """One of the dicts in which a known module keeps what it registers (`_parameters`, ...), or its `__dict__`.

    `buffers`: the names of the buffers that it had when the dict was read.
    """

    module: Ref
    name: str
    buffers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Union(Value):
    """One of several values, after branches joined; never nested."""

    members: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call; `open` when `*args` or `**kwargs` of unknown contents were passed too."""

    positional: tuple[Value, ...] = ()
    keywords: tuple[tuple[str, Value], ...] = ()
    open: bool = False

    def get(self, position: int, name: str) -> Value | None:
        """The argument at a position or of a name; None when it was not passed (or is hidden in a star)."""
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return self.keyword(name)

    def keyword(self, name: str) -> Value | None:
        """The keyword argument of a name."""
        for key, value in self.keywords:
            if key == name:
                return value
        return None

    def all(self) -> tuple[Value, ...]:
        """Every value passed."""
        return self.positional + tuple(value for _, value in self.keywords)


MAX_MEMBERS = 8


def members(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value."""
    return value.members if isinstance(value, Union) else (value,)


def join(values: Iterable[Value]) -> Value:
    """One value that stands for any of several."""
    found: dict[Value, None] = {}
    for value in values:
        for member in members(value):
            found[member] = None
    if not found:
        return UNKNOWN
    if len(found) > 1 and any(isinstance(value, (Carrying, Computed)) for value in found):
        found = _join_carrying(found)
    if len(found) == 1:
        return next(iter(found))
    if len(found) > MAX_MEMBERS:
        return UNKNOWN
    return Union(tuple(found))


def _join_carrying(found: dict[Value, None]) -> dict[Value, None]:
    """Values that carry gradients as one; beside one that need not carry any, they need not either."""
    carrying = [value.carries for value in found if isinstance(value, Carrying)]
    computed = [value.carries for value in found if isinstance(value, Computed) and value.size is None]
    joined: dict[Value, None] = {}
    for value in found:
        if isinstance(value, Carrying):
            joined[UNKNOWN if UNKNOWN in found else Carrying(frozenset().union(*carrying))] = None
        elif isinstance(value, Computed) and value.size is None:
            joined[Computed(carries=frozenset().union(*computed) if all(computed) else frozenset())] = None
        else:
            joined[value] = None
    return joined


def is_unknown(value: Value) -> bool:
    """Whether any alternative is not known."""
    return any(isinstance(member, (Unknown, Opaque, Part, Absent)) for member in members(value))


def without_none(value: Value) -> Value:
    """The value where it is used as an object: None and unbound alternatives would have raised."""
    if not isinstance(value, Union):
        return value
    kept = [member for member in value.members if member not in (NONE, ABSENT)]
    return join(kept) if kept else value


def constant(value: Value | None) -> object:
    """The literal that a value is, or `NOT_CONSTANT`."""
    return value.value if isinstance(value, Const) else NOT_CONSTANT


class _NotConstant:
    """The type of NOT_CONSTANT."""


NOT_CONSTANT = _NotConstant()


def truth(value: Value) -> bool | None:
    """Whether a value is true, where that is known."""
    answers = {_member_truth(member) for member in members(value)}
    return answers.pop() if len(answers) == 1 else None


def _member_truth(value: Value) -> bool | None:
    match value:
        case Const(value=literal):
            return bool(literal)
        case FunctionValue() | ClassValue() | BuiltinMethod() | Partial():
            return True
        case _:
            return None


@dataclass(slots=True)
class Counter:
    """Hands out identities."""

    last: int = field(default=0)

    def next(self) -> int:
        """A number that was not handed out before."""
        self.last += 1
        return self.last
