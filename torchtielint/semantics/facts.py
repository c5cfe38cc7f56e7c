"""What the interpreter saw, typed: what rules speak about.

A fact carries everything that a rule needs in words (names, operations, classes), as the state that it was seen in
is gone when the rule reads it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.site import Site


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happens at a site."""

    site: Site


class Where(enum.Enum):
    """From where the code at hand is reached."""

    INIT = "__init__"
    FORWARD = "forward"
    STEP = "step"
    METHOD = "method"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class LostParameter(Fact):
    """A module attribute (as written) holds what an operation made of a Parameter or buffer that nothing else holds."""

    owner: str
    attribute: str
    operation: str
    conditional: bool
    buffer: bool
    origin: Site


class TensorHeldAs(enum.Enum):
    """How a module holds a tensor that should be a parameter."""

    ATTRIBUTE = "attribute"
    BUFFER = "buffer"
    REGISTER_PARAMETER = "register_parameter"


@dataclass(frozen=True, slots=True)
class LeafTensor(Fact):
    """A module holds a tensor that was made to be trained, but not as a Parameter."""

    owner: str
    attribute: str
    held_as: TensorHeldAs
    initialiser: str
    is_parameter: bool


@dataclass(frozen=True, slots=True)
class UnregisteredContents(Fact):
    """A module attribute is a plain container of parameters or modules that nobody registers."""

    owner: str
    attribute: str
    container: str
    element: str
    modules: bool
    origin: Site


class Misuse(enum.Enum):
    """How a container module is used against its interface."""

    LIST_ARGUMENT = "list-argument"
    SEVERAL_ARGUMENTS = "several-arguments"
    MODULE_ARGUMENT = "module-argument"
    NON_STRING_KEY = "non-string-key"
    CALLED = "called"
    ELEMENT = "element"


@dataclass(frozen=True, slots=True)
class ContainerMisuse(Fact):
    """A container module is given, or asked for, what it rejects."""

    container: str
    misuse: Misuse
    detail: str


@dataclass(frozen=True, slots=True)
class RegistrationBeforeInit(Fact):
    """A parameter, buffer or module is registered before `Module.__init__` ran; it runs later."""

    owner: str
    attribute: str
    what: str


class InitMistake(enum.Enum):
    """Why `Module.__init__` does not run."""

    NO_CALL = "no-call"
    NOT_CALLED = "not-called"
    UNBOUND_SUPER = "unbound-super"
    MISSPELT = "misspelt"
    DATACLASS = "dataclass"


@dataclass(frozen=True, slots=True)
class MissingInit(Fact):
    """No path through a Module's constructor runs `Module.__init__`."""

    owner: str
    mistake: InitMistake
    detail: str
    registration: Site | None


@dataclass(frozen=True, slots=True)
class CreatedInForward(Fact):
    """A Parameter, or a module with parameters or a mode, is made anew and used at every forward."""

    owner: str
    method: str
    what: str
    is_parameter: bool
    has_parameters: bool


@dataclass(frozen=True, slots=True)
class ImpossibleParameter(Fact):
    """`nn.Parameter(...)` of something that cannot require a gradient, or is no tensor, or with an unknown keyword."""

    argument: str
    keyword: str
    is_tensor: bool


@dataclass(frozen=True, slots=True)
class ClassLevelState(Fact):
    """A Parameter or stateful module is an attribute of a Module class."""

    owner: str
    attribute: str
    what: str
    is_parameter: bool


@dataclass(frozen=True, slots=True)
class SharedDefault(Fact):
    """A default argument is a stateful module (or Parameter) that the function registers."""

    owner: str
    argument: str
    what: str


@dataclass(frozen=True, slots=True)
class ParameterAssigned(Fact):
    """A registered parameter's name is assigned something else.

    Args:
        target: the assigned expression as written.
        new: what is assigned: "Tensor", "int", "list", ... or "Parameter".
        operation: what made it, where an operation did.
        is_parameter: it is another Parameter (legal, but a rebinding); else the assignment raises.
        where: from where the code is reached.
        registered: where the parameter was registered in the linted code, if there.
        tie: the parameter of another module that the value is a transposed view of, as written.
    """

    owner: str
    target: str
    new: str
    operation: str
    is_parameter: bool
    where: Where
    registered: Site | None
    tie: str = ""


@dataclass(frozen=True, slots=True)
class InPlaceWrite(Fact):
    """A leaf that requires a gradient is written to in place while gradients are recorded.

    `fresh`: it was made in the very expression, `nn.Parameter(...).normal_()`.
    """

    target: str
    operation: str
    view: bool
    where: Where
    fresh: bool


@dataclass(frozen=True, slots=True)
class RepeatedModule(Fact):
    """One stateful module (or Parameter) stands several times in a container."""

    element: str
    is_parameter: bool
    spelling: str
    constructed_here: bool
    name: str


class TieBy(enum.Enum):
    """How a tie was attempted."""

    DATA = ".data"
    NEW_PARAMETER = "nn.Parameter"
    CONSTRUCTOR = "constructor"


@dataclass(frozen=True, slots=True)
class FalseTie(Fact):
    """Two live parameters of one module are made to look tied, but are two Parameters."""

    target: str
    source: str
    by: TieBy
    transposed: bool
    copied: bool
    hinted: bool
    registered: Site | None


class ReparametrizationProblem(enum.Enum):
    """What is wrong with a call of `weight_norm` and its kin."""

    ON_PARAMETER = "on-parameter"
    ON_TENSOR = "on-tensor"
    ON_CLASS = "on-class"
    NAME_MISSING = "name-missing"
    NAME_NOT_STRING = "name-not-string"
    NOT_A_MODULE = "parametrization-not-a-module"
    NO_SUCH_PARAMETER = "no-such-parameter"
    IS_NONE = "is-none"
    UNINITIALIZED = "uninitialized"
    TOO_FEW_DIMENSIONS = "too-few-dimensions"


@dataclass(frozen=True, slots=True)
class ReparametrizationMisuse(Fact):
    """A reparametrization is applied to something that it cannot be applied to."""

    function: str
    problem: ReparametrizationProblem
    argument: str
    name: str
    module: str
    available: tuple[str, ...]
    proven: bool = True


@dataclass(frozen=True, slots=True)
class LostWrite(Fact):
    """A value is written to a weight that a reparametrization computes, so the write does not last."""

    target: str
    operation: str
    function: str
    family: str
    legacy: bool
    raises: bool
    applied: Site
