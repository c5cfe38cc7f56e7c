"""1xx: what a module registers, and what it only seems to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torchtielint.checks.registry import Report, rule
from torchtielint.findings import Certainty, Severity
from torchtielint.repairs import calls, construction, containers, parameters
from torchtielint.semantics.facts.rebinding import InPlaceWrite
from torchtielint.semantics.facts.registration import (
    ClassLevelState,
    ContainerMisuse,
    CreatedInForward,
    ImpossibleParameter,
    InitMistake,
    LeafTensor,
    LostParameter,
    MissingInit,
    Misuse,
    RegistrationBeforeInit,
    SharedDefault,
    TensorHeldAs,
    UnregisteredContents,
)


def _symbol(owner: str, attribute: str) -> str:
    return f"{owner}.{attribute.rpartition('.')[2]}"


@rule("TTL101", "parameter-lost-to-op", on=LostParameter, severity=Severity.ERROR)
def parameter_lost_to_op(fact: LostParameter) -> Iterator[Report]:
    """A module keeps what an operation made of a fresh Parameter, so nothing is registered."""
    kind, maker = ("buffer", "nn.Buffer") if fact.buffer else ("parameter", "nn.Parameter")
    when = " whenever the move is real" if fact.conditional else ""
    where = "`buffers()` never sees it" if fact.buffer else "`parameters()` never sees it"
    yield Report(
        fact.site,
        f"`{fact.attribute}` is the Tensor that {fact.operation} returns, not a {kind}{when}: {where}",
        f"apply {fact.operation} before wrapping, inside `{maker}(...)`",
        ((f"the {kind} that is lost is made here", fact.origin),),
        symbol=_symbol(fact.owner, fact.attribute),
        fix=partial(parameters.move_inside, fact),
    )


@rule("TTL101", "parameter-lost-to-op", on=InPlaceWrite, severity=Severity.ERROR)
def fresh_parameter_written(fact: InPlaceWrite) -> Iterator[Report]:
    """An in-place operation is applied to a Parameter in the expression that makes it, which raises RuntimeError."""
    if fact.fresh:
        yield Report(
            fact.site,
            f"{fact.operation} writes in place to a new Parameter, a leaf that requires grad: this raises RuntimeError",
            f"apply {fact.operation} before wrapping, inside `nn.Parameter(...)`",
            fix=partial(parameters.move_inside, fact),
        )


@rule("TTL102", "leaf-tensor-not-parameter", on=LeafTensor, severity=Severity.WARNING)
def leaf_tensor_not_parameter(fact: LeafTensor) -> Iterator[Report]:
    """A module keeps a tensor that is meant to be trained, but it is no Parameter."""
    what = "a Parameter" if fact.is_parameter else "a tensor that requires a gradient"
    severity = None
    match fact.held_as:
        case TensorHeldAs.BUFFER:
            message = (
                f"{what} is registered as the buffer `{fact.attribute}`: saved and moved, but no optimizer gets it"
            )
            advice = f"assign it: `self.{fact.attribute} = nn.Parameter(...)`; or register it without a gradient"
        case TensorHeldAs.REGISTER_PARAMETER:
            message = f"`register_parameter` is given a plain tensor for `{fact.attribute}`, which raises TypeError"
            advice = "wrap the tensor: `nn.Parameter(...)`"
            severity = Severity.ERROR
        case TensorHeldAs.ATTRIBUTE if fact.initialiser:
            message = (
                f"`{fact.attribute}` is filled by {fact.initialiser} like a weight, but is a plain tensor: "
                "never trained, saved or moved"
            )
            advice = f"`{fact.attribute} = nn.Parameter(...)`, or `register_buffer` if it is meant to stay fixed"
        case TensorHeldAs.ATTRIBUTE:
            message = (
                f"`{fact.attribute}` requires grad but is no Parameter: "
                "`parameters()`, `state_dict()` and `.to()` skip it"
            )
            advice = f"`{fact.attribute} = nn.Parameter(...)`"
    yield Report(
        fact.site,
        message,
        advice,
        severity=severity,
        certainty=Certainty.LIKELY,
        symbol=_symbol(fact.owner, fact.attribute),
        fix=partial(calls.make_parameter, fact),
    )


_CONTAINERS = {
    "functools.partial": "a `functools.partial`",
    "generator": "a generator",
    "method": "a bound method",
    "lambda": "a lambda",
}


def _plain(fact: UnregisteredContents) -> str:
    return _CONTAINERS.get(fact.container, f"a plain {fact.container}")


@rule("TTL103", "parameters-in-plain-container", on=UnregisteredContents, severity=Severity.ERROR)
def parameters_in_plain_container(fact: UnregisteredContents) -> Iterator[Report]:
    """A module keeps Parameters in a plain container, so none is registered."""
    if fact.modules:
        return
    wrapper = "nn.ParameterDict" if fact.container == "dict" else "nn.ParameterList"
    yield Report(
        fact.site,
        f"`{fact.attribute}` holds Parameters in {_plain(fact)}: not registered, so never trained, saved or moved",
        f"use `{wrapper}`",
        (("a Parameter in it is made here", fact.origin),) if fact.origin != fact.site else (),
        symbol=_symbol(fact.owner, fact.attribute),
        fix=partial(containers.wrap_contents, fact),
    )


@rule("TTL104", "modules-in-plain-container", on=UnregisteredContents, severity=Severity.ERROR)
def modules_in_plain_container(fact: UnregisteredContents) -> Iterator[Report]:
    """A module keeps submodules in a plain container, so none is registered."""
    if not fact.modules:
        return
    wrapper = "nn.ModuleDict" if fact.container == "dict" else "nn.ModuleList"
    advice = f"use `{wrapper}`"
    if fact.container in ("functools.partial", "method", "lambda"):
        advice = "assign the module to an attribute of its own"
    yield Report(
        fact.site,
        f"`{fact.attribute}` holds `{fact.element}` in {_plain(fact)}: "
        "not registered, so never trained, saved, moved or put in eval mode",
        advice,
        (("a module in it is made here", fact.origin),) if fact.origin != fact.site else (),
        symbol=_symbol(fact.owner, fact.attribute),
        fix=partial(containers.wrap_contents, fact),
    )


@rule("TTL103", "parameters-in-plain-container", on=ContainerMisuse, severity=Severity.ERROR)
def parameter_container_misused(fact: ContainerMisuse) -> Iterator[Report]:
    """A container of parameters is given, or asked for, what it rejects."""
    if fact.container.startswith("nn.Parameter"):
        yield _misused(fact)


@rule("TTL104", "modules-in-plain-container", on=ContainerMisuse, severity=Severity.ERROR)
def module_container_misused(fact: ContainerMisuse) -> Iterator[Report]:
    """A container of modules is given, or asked for, what it rejects."""
    if not fact.container.startswith("nn.Parameter"):
        yield _misused(fact)


def _misused(fact: ContainerMisuse) -> Report:
    match fact.misuse:
        case Misuse.LIST_ARGUMENT:
            message = f"`{fact.container}` takes modules as separate arguments; a {fact.detail} raises TypeError"
            advice = f"unpack it: `{fact.container}(*...)`"
        case Misuse.SEVERAL_ARGUMENTS:
            message = f"`{fact.container}` takes one iterable; {fact.detail} arguments raise TypeError"
            advice = f"pass a list: `{fact.container}([...])`"
        case Misuse.MODULE_ARGUMENT:
            message = f"`{fact.container}` takes an iterable of modules; `{fact.detail}` is none and raises TypeError"
            advice = f"pass a list: `{fact.container}([...])`"
        case Misuse.NON_STRING_KEY:
            message = f"`{fact.container}` takes names as keys; {fact.detail} raises TypeError"
            advice = "use strings as keys: `str(...)`"
        case Misuse.ELEMENT:
            message = f"`{fact.container}` holds modules; a {fact.detail} in it raises TypeError"
            advice = "wrap it: `nn.ModuleList([...])`"
        case Misuse.CALLED:
            message = (
                f"`{fact.detail}` is an `{fact.container}`, which has no forward: calling it raises NotImplementedError"
            )
            advice = "loop over it, or use `nn.Sequential`"
    return Report(fact.site, message, advice, fix=partial(calls.give_what_it_takes, fact))


@rule("TTL105", "assign-before-super-init", on=RegistrationBeforeInit, severity=Severity.ERROR)
def assign_before_super_init(fact: RegistrationBeforeInit) -> Iterator[Report]:
    """A parameter or module is assigned before `super().__init__()`, which raises AttributeError."""
    yield Report(
        fact.site,
        f"the {fact.what} `{fact.attribute}` is registered before `super().__init__()`, which raises AttributeError",
        "call `super().__init__()` first",
        symbol=_symbol(fact.owner, fact.attribute),
        fix=partial(construction.initialise_first, fact),
    )


_INIT_ADVICE = "call `super().__init__()` first"


@rule("TTL106", "missing-super-init", on=MissingInit, severity=Severity.ERROR)
def missing_super_init(fact: MissingInit) -> Iterator[Report]:
    """A Module's constructor never runs `Module.__init__`, so the object cannot be used."""
    first = "its first registration" if fact.registration is not None else "the first call, `parameters()` or `.to()`"
    match fact.mistake:
        case InitMistake.NO_CALL:
            message, advice = (
                f"`{fact.owner}.__init__` never calls `super().__init__()`: {first} raises AttributeError",
                _INIT_ADVICE,
            )
        case InitMistake.NOT_CALLED:
            message = f"`{fact.detail}` names the constructor without calling it: {first} raises AttributeError"
            advice = "add the parentheses: `super().__init__()`"
        case InitMistake.UNBOUND_SUPER | InitMistake.WITHOUT_SELF:
            message = f"`{fact.detail}` does not run `Module.__init__` on this object: {first} raises"
            advice = "write `super().__init__()`"
        case InitMistake.MISSPELT:
            message = f"`{fact.owner}.{fact.detail}` is never called: Python looks for `__init__`"
            advice = "rename it to `__init__`"
        case InitMistake.DATACLASS:
            message = f"the constructor that `@dataclass` writes for `{fact.owner}` never calls `Module.__init__`"
            advice = "write an `__init__` that calls `super().__init__()`, or no dataclass"
    notes = (("registered here", fact.registration),) if fact.registration is not None else ()
    fix = partial(construction.call_parent, fact)
    yield Report(fact.site, message, advice, notes, symbol=fact.owner, fix=fix)


@rule("TTL107", "parameter-created-in-forward", on=CreatedInForward, severity=Severity.ERROR)
def parameter_created_in_forward(fact: CreatedInForward) -> Iterator[Report]:
    """Forward makes a Parameter, or a module with parameters or a mode, anew at every call."""
    if fact.is_parameter:
        message = (
            f"`{fact.method}` makes a new Parameter at every call: "
            "no optimizer has it, and no gradient reaches what it was made of"
        )
        advice = "make it in `__init__`; for a plain value use the tensor itself"
    elif fact.has_parameters:
        message = (
            f"`{fact.method}` makes a new `{fact.what}` at every call: "
            "its weights start anew each time and are never trained"
        )
        advice = "make it in `__init__`"
    else:
        message = f"`{fact.method}` makes a new `{fact.what}` at every call: it stays in training mode after `eval()`"
        advice = "make it in `__init__`, or use the function of `nn.functional` with `training=self.training`"
    yield Report(fact.site, message, advice, symbol=f"{fact.owner}.{fact.method}")


@rule("TTL111", "non-float-parameter", on=ImpossibleParameter, severity=Severity.ERROR)
def non_float_parameter(fact: ImpossibleParameter) -> Iterator[Report]:
    """`nn.Parameter` gets something that cannot require a gradient, which raises."""
    if fact.keyword:
        message = f"`nn.Parameter` has no argument `{fact.keyword}`: this raises TypeError"
        advice = "its arguments are `data` and `requires_grad`"
    elif fact.is_tensor:
        message = (
            f"`{fact.argument}` is no floating-point tensor and cannot require a gradient: this raises RuntimeError"
        )
        advice = "make it floating point, or pass `requires_grad=False`, or use `register_buffer`"
    else:
        message = f"`nn.Parameter` takes a tensor; a {fact.argument} raises AttributeError"
        advice = "make a tensor of it first: `torch.tensor(...)`"
    yield Report(fact.site, message, advice)


@rule("TTL112", "class-level-parameter", on=ClassLevelState, severity=Severity.ERROR)
def class_level_parameter(fact: ClassLevelState) -> Iterator[Report]:
    """A Parameter or stateful module is a class attribute: not registered, and one for all instances."""
    yield Report(
        fact.site,
        f"`{fact.owner}.{fact.attribute}` holds one `{fact.what}` for all instances, and none of them registers it",
        f"assign it in `__init__`: `self.{fact.attribute} = ...`",
        symbol=_symbol(fact.owner, fact.attribute),
        fix=partial(construction.into_constructor, fact),
    )


@rule("TTL113", "module-as-default-argument", on=SharedDefault, severity=Severity.WARNING)
def module_as_default_argument(fact: SharedDefault) -> Iterator[Report]:
    """A stateful module is a default argument, so that all instances share it."""
    yield Report(
        fact.site,
        f"the default of `{fact.argument}` is one `{fact.what}`, made once: "
        f"every `{fact.owner}` made without the argument shares it",
        f"make the default None, and the module in the body: `if {fact.argument} is None: ...`",
        symbol=f"{fact.owner}.{fact.argument}",
        fix=partial(construction.default_none, fact),
    )
