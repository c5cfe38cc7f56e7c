"""Calls: arguments, project functions (entered), project classes (instantiated), everything else (dispatched)."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from torchtielint.semantics import (
    checkpoints,
    containers,
    cuts,
    expressions,
    initialisation,
    loops,
    module_calls,
    modules,
    optimizers,
    owners,
    placement,
    raw_init,
    registries,
    repeats,
    resets,
    shapes,
    sharing,
    summary,
    tensors,
    things,
    ties,
    torch_calls,
    visits,
)
from torchtielint.semantics.definitions import ClassModel, FunctionModel, ParameterSpec
from torchtielint.semantics.facts.base import Where
from torchtielint.semantics.machine import MAX_CALL_DEPTH, Frame
from torchtielint.semantics.records import CheckpointRecord, ContainerRecord, ModuleRecord, ObjectRecord, TensorRecord
from torchtielint.semantics.state import State, without_frame
from torchtielint.semantics.values import (
    COMPUTED,
    NONE,
    UNKNOWN,
    Arguments,
    BuiltinMethod,
    Carrying,
    ClassValue,
    Computed,
    Const,
    External,
    FunctionValue,
    Instance,
    Opaque,
    Optimizer,
    Part,
    Partial,
    Ref,
    Registry,
    Super,
    Union,
    Value,
    Weight,
    constant,
    join,
    members,
    without_none,
)
from torchtielint.torch_facts import Relation, load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchtielint.semantics.machine import Machine

NO_ARGUMENTS = Arguments()


def evaluate_call(machine: Machine, node: cst.Call) -> Value:
    """What a call evaluates to, with its effects."""
    if isinstance(node.func, cst.Name) and node.func.value == "super":
        return _super(machine, node)
    machine.training.calls += 1
    function = expressions.evaluate(machine, node.func)
    arguments = evaluate_arguments(machine, node.args, registers=_is_sequential(function))
    initialisation.note_call(machine, function, arguments, node)
    return call(machine, function, arguments, node)


def _is_sequential(function: Value) -> bool:
    """Whether a call registers its positional arguments as modules, and takes nothing else."""
    return function == External("torch.nn.Sequential")


def _super(machine: Machine, node: cst.Call) -> Value:
    frame = machine.frame
    after: Value = ClassValue(frame.owner) if frame.owner is not None else UNKNOWN
    receiver: Value = frame.receiver if frame.receiver is not None else UNKNOWN
    if len(node.args) == 1:
        return UNKNOWN
    if len(node.args) == 2:
        after = expressions.evaluate(machine, node.args[0].value)
        receiver = expressions.evaluate(machine, node.args[1].value)
        if frame.owner is not None and machine.text(node.args[0].value) == frame.owner.name:
            after = ClassValue(frame.owner)  # the name may have alternatives elsewhere; in its own body it has none
    cls = class_of(machine, receiver)
    if isinstance(after, External) and cls is not None and after.name in cls.mro():
        return Super(after.name, receiver, cls)
    if not isinstance(after, ClassValue) or cls is None:
        return UNKNOWN
    if cls.complete and after.model not in cls.mro():
        return UNKNOWN  # the object is none of that class: it raises TypeError
    return Super(after.model, receiver, cls)


def class_of(machine: Machine, value: Value) -> ClassModel | None:
    """The project class of an object (or the class itself, for a class)."""
    match value, machine.record(value):
        case ClassValue(model=model), _:
            return model
        case _, ModuleRecord(cls=ClassModel() as cls):
            return cls
        case _, ObjectRecord(cls=cls):
            return cls
    return None


def evaluate_arguments(machine: Machine, args: Sequence[cst.Arg], *, registers: bool = False) -> Arguments:
    """The arguments of a call, stars spread where their contents are known; `registers`: all are made submodules."""
    positional: list[Value] = []
    keywords: list[tuple[str, Value]] = []
    is_open = False
    for arg in args:
        value = expressions.evaluate(machine, arg.value)
        if arg.keyword is not None:
            keywords.append((arg.keyword.value, value))
        elif arg.star == "*":
            elements = containers.iterate(machine, value)
            positional.extend((*elements.items, *elements.rest))
            is_open = is_open or not elements.known
            sharing.consume(machine, value, registers=registers)
        elif arg.star == "**":
            spread = _spread_keywords(machine, value)
            if spread is None:
                is_open = True
                machine.escape(value)
            else:
                keywords.extend(spread)
        else:
            positional.append(value)
    return Arguments(tuple(positional), tuple(keywords), is_open)


def _spread_keywords(machine: Machine, value: Value) -> list[tuple[str, Value]] | None:
    record = machine.container(value)
    if record is None or record.rest or record.escaped or len(record.keys) != len(record.items):
        return None
    names = [constant(key) for key in record.keys]
    if not all(isinstance(name, str) for name in names):
        return None
    return list(zip([str(name) for name in names], record.items, strict=True))


def call(machine: Machine, function: Value, arguments: Arguments, node: cst.Call) -> Value:
    """Call a value."""
    function = without_none(function)
    if isinstance(function, Union):
        with machine.alternatives() as begin:

            def calling(member: Value) -> Value:
                begin()
                return _call_member(machine, member, arguments, node)

            return machine.branch([partial(calling, member) for member in function.members])
    return _call_member(machine, function, arguments, node)


def _call_member(machine: Machine, function: Value, arguments: Arguments, node: cst.Call) -> Value:
    match function:
        case FunctionValue():
            return call_function(machine, function, arguments, node)
        case ClassValue(model=model):
            return instantiate(machine, model, arguments, node)
        case External(name=name):
            return torch_calls.call(machine, name, arguments, node)
        case BuiltinMethod(receiver=receiver, name=name):
            return _call_method(machine, receiver, name, arguments, node)
        case Instance(kind="grad-mode", detail=detail):
            return _under_grad_mode(detail, arguments)
        case Partial(function=inner, arguments=given):
            keywords = dict(given.keywords) | dict(arguments.keywords)
            merged = Arguments(
                given.positional + arguments.positional, tuple(keywords.items()), given.open or arguments.open
            )
            return call(machine, inner, merged, node)
        case Ref():
            return _call_object(machine, function, arguments, node)
        case Part(owner=owner, name=name):
            raw_init.called(machine, owner, name, node)
            return things.call_method(machine, owner, name, arguments, node)
    return call_unknown(machine, arguments, node)


def _under_grad_mode(detail: str, arguments: Arguments) -> Value:
    """`torch.no_grad()(function)`: the function, under that mode."""
    function = arguments.positional[0] if arguments.positional else UNKNOWN
    if not isinstance(function, FunctionValue):
        return UNKNOWN
    return FunctionValue(replace(function.model, grad={"off": False, "on": True}.get(detail)), function.receiver)


def call_unknown(machine: Machine, arguments: Arguments, node: cst.CSTNode | None = None) -> Value:
    """A call of code that is not known: whatever it is given may be kept or changed."""
    ties.unknown_call(machine)
    placement.note_call(machine, arguments, node)
    if node is not None:
        checkpoints.unknown_call(machine, arguments, node)
        optimizers.given_away(machine, arguments, node)
    for value in arguments.all():
        machine.escape(value)
        machine.lent.update(member.key for member in members(value) if isinstance(member, Ref))
    name = machine.text(node.func).rpartition(".")[2] if isinstance(node, cst.Call) else ""
    return machine.thing(name)


def _call_method(machine: Machine, receiver: Value, name: str, arguments: Arguments, node: cst.Call) -> Value:
    match receiver:
        case Super():
            return module_calls.call_inherited(machine, receiver, name, arguments, node)
        case Const(value=str() as text):
            return _call_text_method(text, name, arguments)
        case Optimizer():
            optimizers.call_method(machine, receiver, name, arguments, node)
        case Weight():
            return checkpoints.call_weight(machine, receiver, name, arguments, node)
        case Registry():
            return registries.call_method(machine, receiver, name, arguments, node)
        case Carrying():
            call_unknown(machine, arguments, node)
            return cuts.after_method(machine, receiver, name, arguments)
        case Computed() | Opaque(kind="tensor"):
            found = _call_computed(name)
            return cuts.mark(machine, found, (receiver, *arguments.all())) if found == COMPUTED else found
        case Ref():
            match machine.record(receiver):
                case TensorRecord():
                    return tensors.several(
                        machine, name, tensors.call_method(machine, receiver, name, arguments, node), node
                    )
                case ModuleRecord():
                    return module_calls.call_method(machine, receiver, name, arguments, node)
                case ContainerRecord():
                    return containers.call_method(machine, receiver, name, arguments, node)
                case CheckpointRecord() as checkpoint:
                    return checkpoints.call_method(machine, receiver, checkpoint, name, node)
    return call_unknown(machine, arguments, node)


def _call_computed(name: str) -> Value:
    """A method of a tensor of which nothing else is known: what it computes is no Parameter."""
    fact = load().method(name)
    computes = fact is not None and fact.relation in (Relation.VIEW, Relation.TRANSPOSED_VIEW, Relation.COPY)
    return COMPUTED if computes and fact is not None and not fact.several else UNKNOWN


_TEXT_METHODS = {
    "find": str.find, "startswith": str.startswith, "endswith": str.endswith, "lower": str.lower, "upper": str.upper,
    "strip": str.strip, "count": str.count,
}  # fmt: skip


def _call_text_method(text: str, name: str, arguments: Arguments) -> Value:
    literals = [constant(value) for value in arguments.positional]
    method = _TEXT_METHODS.get(name)
    if method is None or not all(isinstance(literal, str) for literal in literals):
        return UNKNOWN
    try:
        return Const.of(method(text, *literals))  # type: ignore[operator]  # a str method of str arguments
    except TypeError:  # a wrong number of arguments
        return UNKNOWN


def _call_object(machine: Machine, ref: Ref, arguments: Arguments, node: cst.Call) -> Value:
    record = machine.record(ref)
    if isinstance(record, ModuleRecord):
        return module_calls.call_module(machine, ref, record, arguments, node)
    cls = class_of(machine, ref)
    method = cls.find("__call__") if cls else None
    if method is not None and isinstance(method[0], FunctionValue):
        return call_function(machine, FunctionValue(method[0].model, ref), arguments, node)
    return call_unknown(machine, arguments, node)


def call_function(machine: Machine, function: FunctionValue, arguments: Arguments, node: cst.CSTNode) -> Value:
    """Enter a project function (bounded in depth, and never into itself)."""
    model = function.model
    machine.reached.add(model)
    machine.uses.called.add(model)
    if machine.context.where is Where.INIT:
        machine.uses.run_by_constructors.add(model)
    too_deep = len(machine.stack) >= MAX_CALL_DEPTH or machine.steps > machine.calls_until
    if model.opaque or model.overload or model in machine.stack or too_deep:
        if function.receiver is not None:
            machine.escape(function.receiver)
        return call_unknown(machine, arguments, node)
    positional = arguments.positional
    if function.receiver is not None:
        positional = (function.receiver, *positional)
    bindings = _bind(machine, model, replace(arguments, positional=positional), node)
    for value in arguments.all():
        initialisation.note_handed(machine, value)
    body = partial(run_function, machine, model, bindings)
    run = partial(summary.note_default_arguments, machine, model, bindings, function.receiver, body)
    with visits.visiting(machine, model, node) if visits.leaves_file(machine, model) else nullcontext():
        return machine.visits.result(machine, model, bindings, run)


def _bind(machine: Machine, model: FunctionModel, arguments: Arguments, node: cst.CSTNode) -> dict[str, Value]:
    """Which parameter gets which value."""
    bindings: dict[str, Value] = {}
    left = list(arguments.positional)
    named = dict(arguments.keywords)
    for spec in model.parameters:
        if spec.kind == "positional" and left:
            given = left.pop(0)
            hidden = arguments.open and given == UNKNOWN
            bindings[spec.name] = _in_star(machine, model, spec) if hidden else given
        elif spec.kind in ("positional", "keyword"):
            default = _in_star(machine, model, spec) if arguments.open else model.defaults.get(spec.name, UNKNOWN)
            bindings[spec.name] = named.pop(spec.name, default)
        elif spec.kind == "args":
            rest = (UNKNOWN,) if arguments.open else ()
            bindings[spec.name] = machine.allocate(
                ContainerRecord("tuple", machine.site(node), machine.context.loops, tuple(left), rest)
            )
            left = []
        else:
            keys = tuple(Const.of(name) for name in named)
            rest = (UNKNOWN,) if arguments.open else ()
            bindings[spec.name] = machine.allocate(
                ContainerRecord("dict", machine.site(node), machine.context.loops, tuple(named.values()), rest, keys)
            )
            named = {}
    return bindings


def _in_star(machine: Machine, model: FunctionModel, spec: ParameterSpec) -> Value:
    """What a parameter gets from a star whose contents are not known: one unknown thing, or its default."""
    default = model.defaults.get(spec.name)
    if default is not None and shapes.size_of(default) is None:
        return join((default, UNKNOWN))
    return Opaque(spec.name, machine.counter.next())


def run_inherited(machine: Machine, model: FunctionModel, bindings: Mapping[str, Value]) -> Value:
    """Run a function that is an entry point, of this file or of a class in another one."""
    with visits.bounded(machine) if visits.leaves_file(machine, model) else nullcontext():
        return run_function(machine, model, bindings)


def run_function(machine: Machine, model: FunctionModel, bindings: Mapping[str, Value]) -> Value:
    """Run a function's body with its parameters bound; the state goes on where its exits join."""
    base, caller = machine.state, machine.frame
    machine.calls.append(resets.entry(machine))
    first = model.parameters[0].name if model.parameters and model.kind != "static" else None
    frame = Frame(machine.counter.next(), model.frames, model.piece, base, model, model.owner)
    frame.receiver = bindings.get(first) if first is not None and model.owner is not None else None
    machine.state, machine.frame = State(base), frame
    machine.stack.append(model)
    grad = machine.context.grad if model.grad is True else model.grad
    try:
        for name, value in bindings.items():
            machine.bind(name, value)
        with machine.within(grad=grad):
            if isinstance(model.node, cst.Lambda):
                value = expressions.evaluate(machine, model.node.body)
                frame.exits.append((machine.state.changes_since(base), value))
            else:
                machine.run_body(model.node.body)
                if machine.state.alive:
                    frame.exits.append((machine.state.changes_since(base), NONE))
    finally:
        machine.stack.pop()
        machine.calls.pop()
        machine.state, machine.frame = base, caller
    ends = [changes for changes, _ in frame.exits]
    base.absorb(ends if frame.captured else [without_frame(changes, frame.key) for changes in ends])
    results = [value for _, value in frame.exits]
    return UNKNOWN if frame.generator or not results else join(results)


def opaque_bindings(machine: Machine, model: FunctionModel, receiver: Value | None) -> dict[str, Value]:
    """The parameters of an entry point: each is one unknown thing."""
    bindings: dict[str, Value] = {}
    for position, spec in enumerate(model.parameters):
        if position == 0 and receiver is not None:
            bindings[spec.name] = receiver
        elif spec.kind == "args":
            record = ContainerRecord("tuple", machine.site(model.node), rest=(UNKNOWN,))
            bindings[spec.name] = machine.allocate(record)
        elif spec.kind == "kwargs":
            record = ContainerRecord("dict", machine.site(model.node), rest=(UNKNOWN,))
            bindings[spec.name] = machine.allocate(record)
        else:
            bindings[spec.name] = _argument(machine, spec, model)
    return bindings


def _argument(machine: Machine, spec: ParameterSpec, model: FunctionModel) -> Value:
    """An argument of an entry point: of an annotated module class, an object that somebody else made and keeps."""
    kind = ""
    if isinstance(spec.annotation, (cst.Name, cst.Attribute)):
        with machine.muting():
            annotation = expressions.evaluate(machine, spec.annotation)
        cls: ClassModel | str | None = None
        match annotation:
            case ClassValue(model=annotated) if annotated.is_module and annotated is not model.owner:
                cls = annotated
            case External(name=name):
                fact = load().module(name)
                cls = name if fact is not None and fact.has_parameters and fact.container is None else None
                kind = _ANNOTATIONS.get(name, "")
        if cls is not None and spec.default is None:
            site = machine.site(model.node)
            ref = machine.allocate(ModuleRecord(cls, site, arguments=Arguments(open=True), open=True))
            machine.handed_on.add(ref.key)
            return ref
    kind = kind or repeats.kind_of_argument(machine, spec.annotation, model.defaults.get(spec.name))
    return Opaque(spec.name, machine.counter.next(), kind)


_ANNOTATIONS = {"torch.Tensor": "tensor", "builtins.int": "int", "torch.nn.Module": "module"}


def instantiate(machine: Machine, model: ClassModel, arguments: Arguments, node: cst.Call) -> Value:
    """An object of a project class."""
    site, loops = machine.site(node), machine.context.loops
    if model.is_module:
        ref = machine.allocate(ModuleRecord(model, site, loops, arguments, meta=machine.context.meta))
        machine.created.append(ref.key)
        if any(_interesting(machine, value) for value in arguments.all()):
            modules.slots(machine, ref)
            owners.given(machine, ref, arguments, node)
        elif machine.context.grad is False:
            construct(machine, ref, ModuleRecord(model, site, loops, arguments), grad=False)
        return ref
    found = model.find("__init__")
    if not model.complete or model.has_metaclass or model.decorators or found is None:
        return call_unknown(machine, arguments, node) if arguments.all() or not model.complete else UNKNOWN
    if not (visits.is_own(model) or any(_interesting(machine, value) for value in arguments.all())):
        return machine.allocate(ObjectRecord(model, site, loops, open=True))  # a configuration: it may take long
    ref = machine.allocate(ObjectRecord(model, site, loops))
    if isinstance(found[0], FunctionValue):
        call_function(machine, FunctionValue(found[0].model, ref), arguments, node)
    return ref


def _interesting(machine: Machine, value: Value) -> bool:
    """Whether a constructor may do something to an argument, so that it must run where the call stands."""
    return any(machine.record(member) is not None for member in members(value))


def construct(machine: Machine, ref: Ref, record: ModuleRecord, *, grad: bool | None = True) -> None:
    """Run the constructor of a project module class, to know its attributes; its facts are found elsewhere.

    It runs when somebody first asks, so what holds there (a branch, a grad mode) does not hold for it.
    """
    model = record.cls
    if not isinstance(model, ClassModel):
        return
    open_ = not model.complete or model.has_metaclass
    machine.update(ref, replace(record, slots={}, open=record.open or open_))
    found = model.find("__init__")
    created, machine.created = machine.created, []
    where = machine.within(meta=record.meta, where=Where.INIT, loops=record.loops, guards=(), grad=grad)
    with machine.muting(), where, loops.apart(machine):
        if found is not None and isinstance(found[0], FunctionValue):
            function = FunctionValue(found[0].model, ref)
            if record.arguments is None:
                run_function(machine, function.model, opaque_bindings(machine, function.model, ref))
            else:
                call_function(machine, function, record.arguments, record.site.node)
        else:
            base = next((base for base in model.external_bases()), None)
            if base is not None:
                module_calls.initialise(machine, ref, base, record.arguments or Arguments(open=True), record.site.node)
    machine.state.alive = True
    machine.created = created
    after = machine.module(ref)
    if after is not None:
        machine.update(ref, replace(after, initialised=True, touched=record.touched))
