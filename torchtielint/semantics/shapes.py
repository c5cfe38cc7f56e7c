"""Sizes that are not numbers, and the shapes made of them: which are certainly equal, and which certainly differ."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics.records import ContainerRecord, TensorRecord
from torchtielint.semantics.values import Arguments, Computed, Const, Opaque, Part, Ref, Value, constant

if TYPE_CHECKING:
    from torchtielint.semantics.machine import Machine
    from torchtielint.torch_facts import Argument, ModuleFact, TensorFact

MAX_TERMS = 16  # a longer polynomial says nothing to a reader


@dataclass(frozen=True, slots=True)
class Quotient:
    """A division that does not come out even (`//`, `/`), or `int(...)` of something: one thing, not seen into."""

    operator: str
    dividend: Size
    divisor: Size | None = None

    def __str__(self) -> str:
        if self.divisor is None:
            return f"{self.operator}({self.dividend})"
        return f"({_factor(self.dividend)} {self.operator} {_factor(self.divisor)})"


Atom = Opaque | Part | Quotient
Term = tuple[tuple[Atom, ...], int]


@dataclass(frozen=True, slots=True)
class Size:
    """A size: a polynomial with integer coefficients over things that are one unknown number each.

    Two sizes are equal for certain when they are equal as polynomials; what is not known is taken to be positive.
    """

    terms: frozenset[Term]

    @classmethod
    def of(cls, coefficients: Mapping[tuple[Atom, ...], int]) -> Size:
        """The polynomial of these coefficients."""
        return cls(frozenset((atoms, factor) for atoms, factor in coefficients.items() if factor))

    @classmethod
    def number(cls, value: int) -> Size:
        """A known size."""
        return cls.of({(): value})

    @classmethod
    def atom(cls, atom: Atom) -> Size:
        """One unknown number."""
        return cls.of({(atom,): 1})

    @property
    def literal(self) -> int | None:
        """The number, where it is one."""
        if not self.terms:
            return 0
        (atoms, factor), *others = self.terms
        return None if atoms or others else factor

    @property
    def single(self) -> Atom | None:
        """The atom that the size is, if it is nothing else."""
        if len(self.terms) != 1:
            return None
        ((atoms, factor),) = self.terms
        return atoms[0] if factor == 1 and len(atoms) == 1 else None

    def atoms(self) -> frozenset[Atom]:
        """Everything unknown in it."""
        return frozenset(atom for atoms, _ in self.terms for atom in atoms)

    def plus(self, other: Size, factor: int = 1) -> Size:
        """The sum with a multiple of another size."""
        sums = dict(self.terms)
        for atoms, own in other.terms:
            sums[atoms] = sums.get(atoms, 0) + factor * own
        return Size.of(sums)

    def times(self, other: Size) -> Size:
        """The product."""
        products: dict[tuple[Atom, ...], int] = {}
        for left, first in self.terms:
            for right, second in other.terms:
                atoms = tuple(sorted((*left, *right), key=repr))
                products[atoms] = products.get(atoms, 0) + first * second
        return Size.of(products)

    def over(self, other: Size, operator: str) -> Size:
        """The quotient: exact where every term can be divided, else one unknown number."""
        if len(other.terms) == 1:
            ((divisor, number),) = other.terms
            divided = {_without(atoms, divisor): factor // number for atoms, factor in self.terms}
            if None not in divided and all(factor % number == 0 for _, factor in self.terms):
                return Size.of({atoms: factor for atoms, factor in divided.items() if atoms is not None})
        return Size.atom(Quotient(operator, self, other))

    def differs(self, other: Size) -> bool:
        """Whether the two cannot be equal, whatever positive numbers the unknown ones are."""
        factors = [factor for _, factor in self.plus(other, -1).terms]
        return bool(factors) and (min(factors) > 0 or max(factors) < 0)

    def __str__(self) -> str:
        shown = sorted(
            (_shown(atoms, factor) for atoms, factor in self.terms), key=lambda text: text.lstrip("-").isdigit()
        )
        return " + ".join(shown).replace("+ -", "- ") or "0"


def _without(atoms: tuple[Atom, ...], divisor: tuple[Atom, ...]) -> tuple[Atom, ...] | None:
    left = list(atoms)
    for atom in divisor:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def _shown(atoms: tuple[Atom, ...], factor: int) -> str:
    names = [atom.name if isinstance(atom, Opaque) else str(atom) for atom in atoms]
    if factor == 1 and names:
        return " * ".join(names)
    return " * ".join([str(factor), *names])


def _factor(size: Size) -> str:
    return str(size) if len(size.terms) < 2 else f"({size})"


Shape = tuple[Size | None, ...]
"""The sizes of a tensor's dimensions; None for one that is not known."""


def is_empty(shape: Shape | None) -> bool:
    """Whether a tensor of a shape certainly has no element."""
    return shape is not None and Size.number(0) in shape


def shown(shape: Shape) -> str:
    """A shape as people write it; `?` for a size that is not known."""
    return f"({', '.join('?' if size is None else str(size) for size in shape)}{',' * (len(shape) == 1)})"


def differ(first: Shape, second: Shape) -> bool:
    """Whether two shapes certainly differ."""
    if len(first) != len(second):
        return True
    return any(one and other and one.differs(other) for one, other in zip(first, second, strict=True))


def swapped(first: Shape, second: Shape) -> bool:
    """Whether two shapes are the same sizes in another order, so that only a coincidence makes them equal."""
    if None in first or None in second or first == second or len(first) != len(second):
        return False
    return sorted(map(repr, first)) == sorted(map(repr, second))


# Between values and sizes


def size_of(value: Value | None) -> Size | None:
    """The size that a value is, if it can be one."""
    match value:
        case Const(value=bool()):
            return None
        case Const(value=int() as number):
            return Size.number(number)
        case Opaque(kind="" | "int"):
            return Size.atom(value)
        case Part() if value.is_of_argument:
            return Size.atom(value)
        case Computed(size=size):
            return size
    return None


def value_of(size: Size) -> Value:
    """The value of a size."""
    if size.literal is not None:
        return Const.of(size.literal)
    atom = size.single
    return atom if isinstance(atom, (Opaque, Part)) else Computed(size)


def arithmetic(operator: type[cst.CSTNode], left: Value, right: Value) -> Size | None:
    """What `left operator right` is as a size."""
    first, second = size_of(left), size_of(right)
    if first is None or second is None or len(first.terms) * len(second.terms) > MAX_TERMS:
        return None
    if operator in (cst.Multiply, cst.MultiplyAssign):
        return first.times(second)
    if operator in (cst.Subtract, cst.SubtractAssign):
        return first.plus(second, -1)
    if operator in (cst.Add, cst.AddAssign) and any(isinstance(side, (Const, Computed)) for side in (left, right)):
        return first.plus(second)
    if operator in (cst.FloorDivide, cst.FloorDivideAssign) and second.literal != 0:
        return first.over(second, "//")
    if operator in (cst.Divide, cst.DivideAssign) and second.literal != 0:
        return first.over(second, "/")
    return None


def as_int(value: Value) -> Size | None:
    """What `int(value)` is as a size."""
    size = size_of(value)
    return None if size is None else Size.atom(Quotient("int", size))


def note_comparison(machine: Machine, left: Value, right: Value) -> None:
    """Remember sizes that the code asks to be equal: it knows that they may differ, and what then."""
    for one, other in ((left, right), (right, left)):
        size = size_of(one)
        if size is not None and not isinstance(other, Const):
            machine.compared |= size.atoms()
        for item in listed(machine, one) or ():
            note_comparison(machine, item, other)


# The shapes of tensors


def of_module(machine: Machine, fact: ModuleFact, arguments: Arguments | None, tensor: TensorFact) -> Shape | None:
    """The shape of a tensor that a torch module registers, given what its constructor was given."""
    if tensor.shape is None or arguments is None or arguments.open:
        return None
    given = constructor_arguments(fact.arguments, arguments)
    return tuple(_evaluated(machine, entry, given) for entry in tensor.shape)


def constructor_arguments(specs: tuple[Argument, ...], arguments: Arguments) -> dict[str, Value]:
    """What a constructor of torch is given, by name, defaults included."""
    given = {spec.name: Const.of(spec.default) for spec in specs if isinstance(spec.default, (int, float))}
    named = dict(zip((spec.name for spec in specs), arguments.positional, strict=False))
    return {**given, **named, **dict(arguments.keywords)}


def _evaluated(machine: Machine, entry: str, given: Mapping[str, Value]) -> Size | None:
    """An entry of a shape in torch's facts: `4 * hidden_size`, `normalized_shape[0]`, `3`."""
    return _size_at(machine, _parsed(entry), given)


@functools.lru_cache(maxsize=512)
def _parsed(entry: str) -> ast.expr:
    return ast.parse(entry, mode="eval").body


_OPERATORS: dict[type[ast.operator], type[cst.CSTNode]] = {
    ast.Add: cst.Add,
    ast.Mult: cst.Multiply,
    ast.FloorDiv: cst.FloorDivide,
}


def _size_at(machine: Machine, node: ast.expr, given: Mapping[str, Value]) -> Size | None:
    match node:
        case ast.Constant(value=int() as number):
            return Size.number(number)
        case ast.Name(id=name):
            return size_of(given.get(name))
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() as index)):
            items = listed(machine, given.get(name))
            return size_of(items[index]) if items is not None and index < len(items) else None
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            first, second = _size_at(machine, left, given), _size_at(machine, right, given)
            if first is None or second is None:
                return None
            return arithmetic(_OPERATORS[type(op)], Computed(first), Computed(second))
    return None


def listed(machine: Machine, value: Value | None) -> tuple[Value, ...] | None:
    """The elements of a tuple or list of which all are known."""
    record = machine.container(value)
    if not isinstance(record, ContainerRecord) or record.rest or record.escaped or record.kind == "dict":
        return None
    return record.items


_SIZED = frozenset({"empty", "zeros", "ones", "rand", "randn", "full", "randint", "eye"})


def of_factory(machine: Machine, name: str, arguments: Arguments) -> Shape | None:
    """The shape of what a factory of torch makes (`torch.Tensor(2, 3)` and its kin are factories too)."""
    last = name.rpartition(".")[2]
    is_type = last.endswith("Tensor")
    first = arguments.get(0, "input")
    if last.endswith("_like"):
        record = machine.tensor(first)
        return record.shape if record is not None else None
    if arguments.open or not (is_type or last in _SIZED):
        return None
    named = arguments.keyword("size")
    if last == "randint":
        return None if named is None else _as_shape(machine, named)
    if last == "eye":
        sides = (*arguments.positional, *arguments.positional)[:2]
        return tuple(size_of(side) for side in sides) or None
    if named is not None or last == "full":
        return _as_shape(machine, named or arguments.get(0, "size"))
    if len(arguments.positional) == 1 and size_of(first) is None:
        return None if is_type else _as_shape(machine, first)
    if len(arguments.positional) == 1 and (
        isinstance(first, Part) or (isinstance(first, Opaque) and first.kind != "int")
    ):
        return None  # a number, a tuple or a tensor
    return tuple(size_of(value) for value in arguments.positional) or None


def _as_shape(machine: Machine, value: Value | None) -> Shape | None:
    items = listed(machine, value)
    return None if items is None else tuple(size_of(item) for item in items)


# Methods that give a tensor of the same shape.
_KEEPING = frozenset(
    {"clone", "detach", "contiguous", "to", "cuda", "cpu", "half", "float", "double", "bfloat16", "type", "type_as",
     "neg", "abs", "requires_grad_", "data"}
)  # fmt: skip
# Methods that change the shape in place.
RESHAPING = frozenset(
    {"t_", "transpose_", "swapaxes_", "swapdims_", "resize_", "resize_as_", "squeeze_", "unsqueeze_", "set_",
     "as_strided_"}
)  # fmt: skip
_TRANSPOSING = frozenset({"t", "T", "mT", "H", "mH", "adjoint"})


def after(operation: str, shape: Shape | None) -> Shape | None:
    """The shape of what a method or property of a tensor, as written in messages, gives."""
    name = operation.strip("`().")
    if shape is None or name in _KEEPING:
        return shape
    return (shape[1], shape[0]) if name in _TRANSPOSING and len(shape) == 2 else None


def scaled(machine: Machine, made: Value, left: Value, right: Value) -> Value:
    """A tensor that arithmetic with a literal made has the shape of its operand."""
    for one, other in ((left, right), (right, left)):
        source, record = machine.tensor(one), machine.tensor(made)
        if source is not None and record is not None and isinstance(made, Ref) and isinstance(other, Const):
            machine.update(made, replace(record, shape=source.shape))
    return made


def read(machine: Machine, record: TensorRecord, node: cst.CSTNode) -> Ref | None:
    """`tensor.shape`: a tuple of the sizes, where all are known."""
    sizes = [] if record.shape is None else [size for size in record.shape if size is not None]
    if record.shape is None or len(sizes) < len(record.shape):
        return None
    items = tuple(value_of(size) for size in sizes)
    return machine.allocate(ContainerRecord("tuple", machine.site(node), machine.context.loops, items))


def size(machine: Machine, record: TensorRecord, arguments: Arguments, node: cst.CSTNode) -> Value | None:
    """`tensor.size()` or `tensor.size(dimension)`, where it is known."""
    if not arguments.all():
        return read(machine, record, node)
    index = constant(arguments.get(0, "dim"))
    if record.shape is None or not isinstance(index, int) or not -len(record.shape) <= index < len(record.shape):
        return None
    found = record.shape[index]
    return None if found is None else value_of(found)
