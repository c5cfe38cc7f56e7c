"""Facts about what a module registers, and what it fails to."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from torchtielint.semantics.facts.base import Fact
from torchtielint.semantics.site import Site


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
    WITHOUT_SELF = "without-self"
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


class PokeEffect(enum.Enum):
    """What is wrong with an entry of one of a module's dicts."""

    TENSOR = "tensor"
    """A tensor that is no Parameter stands among the parameters."""
    NO_MODULE = "no module"
    """Something that is no module stands among the modules."""
    DOTTED = "dotted"
    """The name has a dot, as paths have."""
    DUPLICATE = "duplicate"
    """The name is registered already, as something of another kind."""
    HIDDEN = "hidden"
    """A plain attribute of that name is found first."""
    SHADOWS = "shadows"
    """A plain attribute is found before what is registered under its name."""


@dataclass(frozen=True, slots=True)
class RegistryPoked(Fact):
    """An entry is put into a module's `_parameters`, `_buffers`, `_modules` or `__dict__` that is wrong there.

    Args:
        owner: the class of the module, or the module as written.
        registry: the dict.
        name: the entry's; empty where it is not known.
        certain: the module is known; else names and uses say that it is one.
    """

    owner: str
    registry: str
    name: str
    effect: PokeEffect
    certain: bool
